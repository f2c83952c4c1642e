"""From a step with a state to the text of a compiled loop: one state for all items, or one for each group of them.

The text is a function ``kernel(lo, hi, state, scratch, constants, inputs…, groups, new, held…, outputs…)`` as in
`kernel_text`. It stops at the first item that is Python's, with every state as it was before that item.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from flowcc.backend.kernels.expressions import evaluate
from flowcc.backend.kernels.inlining import inline
from flowcc.backend.kernels.kernel_text import KernelText
from flowcc.backend.kernels.outputs import Outputs, loaded, pointers
from flowcc.backend.kernels.reading import read_function
from flowcc.backend.kernels.scope import Captured, Scope, choose, constant, converted
from flowcc.backend.kernels.values import Refusal, Refused, Value, item_of, refuse
from flowcc.backend.kernels.writer import Writer
from flowcc.runtime.schema import Scalar, Schema, Struct, leaves

GROUPS, NEW, HELD = "side_groups", "side_new", "side_held"
KEEP = "#keep"  # marks where the only state goes back from its variables into its buffers
ROUNDS = 3  # a state's type may change from the first value to what a step makes of it, and once more


@dataclass(frozen=True, slots=True)
class Loop:
    """What a loop is made from: a function; ``pairs`` where a step gives (state, result), else the state is the result.

    With ``pairs`` a new group begins with ``first``, which the loop may have been made for.
    """

    step: Any
    schema: Schema
    first: object
    keyed: bool
    pairs: bool


@dataclass(frozen=True, slots=True)
class RunningText:
    """The text of a loop; ``held`` is a state's schema, ``marks`` whether it is told which groups are new."""

    kernel: KernelText
    held: Schema
    marks: bool


def translate_running(loop: Loop, held: Schema | None) -> RunningText | Refusal:
    """Return the text for a loop, or why there is none; ``held`` is the schema of the first value, if it has one."""
    marks = held is None
    if not isinstance(loop.step, FunctionType):
        return Refusal(f"`{loop.step!r:.60}` is no Python function")
    try:
        for _ in range(ROUNDS):
            text, found = _Writing(loop, held, marks).text()
            if found == held:
                return RunningText(text, found, marks)
            if not loop.pairs:
                break
            held, marks = found, True
        raise refuse("the type of the state depends on the values")
    except Refused as refused:
        return refused.refusal
    except RecursionError:
        return Refusal("the expression is nested too deeply")


class _Writing:
    """One translation under an assumption about the state's schema."""

    def __init__(self, loop: Loop, held: Schema | None, marks: bool) -> None:
        definition = read_function(loop.step)
        if definition is None:
            raise refuse(f"the source of `{loop.step.__name__}` is not to be found")
        if held is not None and _has_text(held):
            raise refuse(f"a state that is {held}", definition)
        self.loop, self.held, self.marks, self.definition = loop, held, marks, definition
        self.w = Writer(checked=True, depth=0)
        self.captured: dict[tuple[int, str], Captured] = {}

    def text(self) -> tuple[KernelText, Schema]:
        """Return the text, and the schema of the state that the step gives."""
        w, loop = self.w, self.loop
        item = Value(loop.schema, loaded(w, "in", loop.schema))
        result = self._stepped(item)
        given, out = self._parts(result)
        kind = given.type
        if not isinstance(kind, Scalar | Struct) or _has_text(kind):
            raise refuse(f"a state that is {kind}", self.definition)
        with w.block("if bad < 0:"):
            for line in ("state[0] = k", "state[2] = 2", KEEP, "return i"):
                w.line(line)
        for name, part in zip(_places(kind, self._at()), converted(given, kind), strict=True):
            w.line(f"{name} = {part}")
        if self.marks:
            w.line(f"{self._new()} = False")
        outputs = Outputs(w)
        outputs.give(out, self.definition)
        if outputs.strings or w.needs_scratch:
            raise refuse("texts made by a step with a state", self.definition)
        if w.tables:
            raise refuse("a look-up in a step with a state", self.definition)
        return self._assembled(kind, outputs), kind

    def _stepped(self, item: Value) -> Value:
        """Write the step: on the first value where a group is new, else on what is held."""
        loop, w = self.loop, self.w
        scope = Scope(w, loop.step, evaluate, self.captured)

        def first() -> Value:
            return inline(scope, loop.step, [constant(w, loop.first, self.definition), item], {}, self.definition)

        def later() -> Value:
            assert self.held is not None
            parts = tuple(w.temporary(part) for part in _reads(self.held, self._at()))
            return inline(scope, loop.step, [Value(self.held, parts), item], {}, self.definition)

        if self.held is None:
            return first()
        return choose(scope, self._new(), first, later, self.definition) if self.marks else later()

    def _parts(self, result: Value) -> tuple[Value, Value]:
        if not self.loop.pairs:
            return result, result
        if not isinstance(result.type, Struct) or len(result.type.items) != 2 or result.type.record is not None:
            raise refuse("a step that gives no pair", self.definition)
        return item_of(result, 0), item_of(result, 1)

    def _at(self) -> str:
        return "[in_group]" if self.loop.keyed else ""

    def _new(self) -> str:
        return f"{NEW}[in_group]" if self.loop.keyed else "in_new"

    def _assembled(self, kind: Schema, outputs: Outputs) -> KernelText:
        w, loop = self.w, self.loop
        inner = [line for line in w.lines if "#room" not in line]
        load, keep = ([], []) if loop.keyed else _into_variables(kind, self.marks)
        group = [f"    in_group = {GROUPS}[i]"] if loop.keyed else []
        lines = ["k = state[0]", *load, "for i in range(lo, hi):", "    bad = int64(0)", *group]
        for line in inner:
            indent = " " * (len(line) - len(line.lstrip()))
            lines += [f"    {indent}{kept}" for kept in keep] if line.strip() == KEEP else ["    " + line]
        lines += ["state[0] = k", *keep, "return hi"]
        parameters = [*pointers("in", loop.schema), *self._own_parameters(kind), *outputs.parameters()]
        return self._kernel(lines, parameters, outputs)

    def _own_parameters(self, kind: Schema) -> Iterator[tuple[str, str]]:
        if self.loop.keyed:
            yield GROUPS, "int64*"
        if self.marks:
            yield NEW, "uint8*"
        yield from pointers(HELD, kind)

    def _kernel(self, lines: list[str], parameters: list[tuple[str, str]], outputs: Outputs) -> KernelText:
        w, name = self.w, self.loop.step.__name__
        heads = ["lo", "hi", "state", "scratch", "constants", *(head for head, _ in parameters)]
        assert outputs.kind is not None
        return KernelText(
            name=name if name.isidentifier() else "kernel",
            text="\n".join([f"def kernel({', '.join(heads)}):", *("    " + line for line in lines)]) + "\n",
            parameters=tuple(parameters),
            result=outputs.kind,
            flat=False,
            scratch=False,
            pool=bytes(w.pool),
            externals=tuple(sorted(w.externals.items())),
            routines=tuple(sorted(w.intrinsics)),
            captured=tuple(self.captured.values()),
        )


def _has_text(kind: Schema) -> bool:
    return any(leaf.kind == "utf8" for leaf in leaves(kind))


def _into_variables(kind: Schema, marks: bool) -> tuple[list[str], list[str]]:
    """Return what takes the only state from its buffers into variables, and what puts it back."""
    places = _places(kind, "")
    load = [f"{variable} = {read}" for variable, read in zip(places, _reads(kind, "[0]"), strict=True)]
    keep = [f"{place} = {variable}" for place, variable in zip(_places(kind, "[0]"), places, strict=True)]
    if marks:
        load, keep = [*load, f"in_new = {NEW}[0] != 0"], [*keep, f"{NEW}[0] = in_new"]
    return load, keep


def _places(kind: Schema, at: str) -> list[str]:
    """Return where each scalar of a state is: in its buffers at an index, or in variables."""
    return [f"{name}{at}" if at else f"in_{name}" for name, _ in pointers(HELD, kind)]


def _reads(kind: Schema, at: str) -> list[str]:
    """Return what reads each scalar of a state."""
    flags = [flag for leaf in leaves(kind) for flag in (leaf.kind == "bool", True)[: 1 + leaf.nullable]]
    return [f"{place} != 0" if flag and at else place for place, flag in zip(_places(kind, at), flags, strict=True)]
