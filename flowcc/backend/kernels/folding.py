"""Kernels that fold what they make: `sum`, `min`, `max`, `any`, `all` or `len` of a batch's results, in one loop.

Nothing is written for a single result. What is held from block to block is in ``out0``: of a sum the upper and the
lower 32 bits of every item, apart, so that it can be of any size; of the others the value so far. A block that fails
leaves ``out0`` as it was before it. Floats are not added here: Python adds them from left to right over all batches.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flowcc.backend.kernels.assembly import BLOCK, indented, loads
from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.truth import truth
from flowcc.backend.kernels.values import INT_MAX, INT_MIN, Lookup, Nothing, Static, Value, refuse
from flowcc.backend.kernels.writer import Writer
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, Schema

FOLDS = frozenset({"sum", "min", "max", "any", "all", "len"})
WORD = 2**32 - 1
FAR = 2**51  # a block of such integers has a sum of 64 bits
ROWS = 2**31  # of one item, whose lower halves have a sum of 64 bits


@dataclass
class Folding:
    """Stands where `Outputs` stand in a kernel that gives rows; ``kind`` is the schema of what is folded."""

    w: Writer
    function: str
    kind: Schema | None = None
    strings = 0

    def give(self, scope: Scope, value: Value, node: ast.AST) -> None:
        """Write how one result is folded in."""
        if isinstance(value.type, Static | Nothing | Lookup):
            raise refuse(f"items that are {value.type}", node)
        if self.kind is not None and self.kind != value.type:
            raise refuse(f"items sometimes {self.kind}, sometimes {value.type}", node)
        self.kind = value.type
        match self.function:
            case "sum":
                self._add(value, node)
            case "min" | "max":
                self._compare(value, node)
            case "any" | "all":
                held = truth(scope, value, node)
                sign = "|" if self.function == "any" else "&"
                self.w.line(f"out_part {sign}= int64({held})")
        self.w.line("k += 1")

    def _add(self, value: Value, node: ast.AST) -> None:
        if value.type not in (INT64, BOOL):
            raise refuse(f"a sum of {value.type}", node)
        text = value.parts[0] if value.type == INT64 else f"int64({value.parts[0]})"
        interval = value.interval if value.type == INT64 else lambda _: (0, 1)
        small = interval is not None and interval(2**63)[0] >= -FAR and interval(2**63)[1] <= FAR
        if interval is not None and self.w.proofs and not small:  # without other proofs, going over inputs costs more
            self.w.prove(interval, -FAR, FAR)
            small = not self.w.checked
        if small:
            self.w.line(f"out_part += {text}")
            return
        self.w.line(f"out_low += {text} & {WORD}")
        self.w.line(f"out_high += {text} >> 32")

    def _compare(self, value: Value, node: ast.AST) -> None:
        if value.type not in (INT64, FLOAT64, BOOL):
            raise refuse(f"`{self.function}` of {value.type}", node)
        text = value.parts[0] if value.type != BOOL else f"int64({value.parts[0]})"
        sign = "<" if self.function == "min" else ">"
        if value.type == FLOAT64:
            text = text if text.isidentifier() else self.w.temporary(text)
            self.w.fail_if(f"{text} != {text}")  # with nan, what came before the batch shows
        self.w.line(f"out_part = {text} if {text} {sign} out_part else out_part")

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Yield name and pointer type of what is held."""
        if self.kind is None:
            raise refuse("no item can pass")
        yield "out0", "float64*" if self.kind == FLOAT64 and self.function in ("min", "max") else "int64*"

    @property
    def start(self) -> list[int] | list[float]:
        """What ``out0`` holds before the first item."""
        match self.function:
            case "sum":
                return [0, 0]
            case "min":
                return [float("inf")] if self.kind == FLOAT64 else [INT_MAX]
            case "max":
                return [float("-inf")] if self.kind == FLOAT64 else [INT_MIN]
        return [int(self.function == "all")]

    def begin(self) -> list[str]:
        """Return the statements before a block."""
        if self.function == "sum":
            return ["out_part = int64(0)", "out_low = int64(0)", "out_high = int64(0)"]
        return ["out_part = out0[0]"] if self.function != "len" else []

    def commit(self) -> list[str]:
        """Return the statements behind a block that did not fail."""
        if self.function == "sum":
            return [
                f"out_low += out0[1] + (out_part & {WORD})",
                "out0[0] += out_high + (out_part >> 32) + (out_low >> 32)",
                f"out0[1] = out_low & {WORD}",
            ]
        return ["out0[0] = out_part"] if self.function != "len" else []


def item_by_item(body: list[str], scratch: bool, fold: Folding) -> list[str]:
    """Return the statements of a kernel with inner loops or texts: each item is folded in, or fails, by itself.

    What is held is in variables until the kernel is left: the loop writes nothing that it might read.
    """
    held = range(len(fold.start))
    begin, commit = (
        [re.sub(r"out0\[(\d)\]", r"out_held\1", line) for line in of] for of in (fold.begin(), fold.commit())
    )
    put = [f"out0[{n}] = out_held{n}" for n in held]
    lines = ["k = state[0]", "room = state[3]", *(f"out_held{n} = out0[{n}]" for n in held)]
    lines += ["for i in range(lo, hi):", "    k_from = k", "    bad = int64(0)"]
    lines += ["    used = int64(0)", "    full = False"] if scratch else []
    lines += indented([*begin, *body, f"bad |= -int64(k - k_from > {ROWS})"], 1)
    head, *leave = _leave("i", "1 if full else 2" if scratch else "2")
    lines += indented([head, *indented(put, 1), *leave, *commit], 1)
    return [*lines, *put, "state[0] = k", "return hi"]


def block_by_block(
    body: list[str], quick: list[str] | None, bound: int, integers: tuple[str, ...], fold: Folding
) -> list[str]:
    """Return the statements of a kernel for numbers: a block whose inputs are below the bound runs without tests."""
    tested = loads(body, integers)
    lines = ["k = state[0]", "block = lo", "while block < hi:"]
    lines += [f"    end = block + {BLOCK} if hi - block > {BLOCK} else hi", "    k_from = k", "    bad = int64(0)"]
    lines += indented(fold.begin(), 1)
    if quick is not None and not tested:  # no integer comes in whose size could matter
        lines += ["    for i in range(block, end):", *indented(quick, 2)]
    elif quick is not None:
        lines += ["    wide = int64(0)", "    for i in range(block, end):", *indented(tested, 2)]
        lines += [f"    if wide < {bound}:", "        for i in range(block, end):", *indented(quick, 3)]
        lines += ["    else:", "        for i in range(block, end):", *indented(body, 3)]
    else:
        lines += ["    for i in range(block, end):", *indented(body, 2)]
    if any(re.search(r"\bbad\b", line) for line in (*body, *(quick or ()))):
        lines += indented(_leave("block", "2"), 1)
    return [*lines, *indented(fold.commit(), 1), "    block = end", "state[0] = k", "return hi"]


def _leave(at: str, reason: str) -> list[str]:
    return ["if bad < 0:", "    state[0] = k_from", f"    state[2] = {reason}", f"    return {at}"]


SUMMARIES: dict[str, Callable[[Sequence[Any], Schema], int | float | bool]] = {
    "sum": lambda held, _: (int(held[0]) << 32) + int(held[1]),
    "min": lambda held, kind: bool(held[0]) if kind == BOOL else held[0],
    "max": lambda held, kind: bool(held[0]) if kind == BOOL else held[0],
    "any": lambda held, _: bool(held[0]),
    "all": lambda held, _: bool(held[0]),
    "len": lambda held, _: 0,
}
"""From what ``out0`` holds, the value of the results that were folded in."""
