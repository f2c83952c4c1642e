"""The text of a kernel while it is being written, and the proofs and names that go with it."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from flowcc.backend.kernels import text_characters, text_routines
from flowcc.backend.kernels.values import INT_MAX, INT_MIN, Interval, Lookup, Type, Value, refuse
from flowcc.runtime.columnar.lookups.indices import table_of
from flowcc.runtime.columnar.routines import finding

LINES_AT_MOST = 3000


@dataclass
class Writer:
    """Collects indented lines, hands out names, and notes what a kernel needs around it.

    With ``checked`` every integer operation tests for overflow; without, those whose interval is known
    rely on the bound that ``proofs`` ask for.
    """

    checked: bool
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    proofs: list[tuple[Interval, int, int]] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    pool: bytearray = field(default_factory=bytearray)
    externals: dict[str, int] = field(default_factory=dict)
    intrinsics: set[str] = field(default_factory=set)
    results: dict[object, Type] = field(default_factory=dict)
    tables: list[tuple[object, Lookup]] = field(default_factory=list)
    needs_scratch: bool = False

    def line(self, text: str) -> None:
        """Write one statement."""
        if len(self.lines) > LINES_AT_MOST:
            raise refuse("the kernel becomes too long")
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a compound statement; an empty body becomes ``pass``."""
        self.line(head)
        self.depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    @contextmanager
    def captured(self) -> Iterator[list[str]]:
        """Collect what is written, one level deeper, instead of writing it; `extend` writes it later."""
        outer, self.lines = self.lines, []
        self.depth += 1
        try:
            yield self.lines
        finally:
            self.depth -= 1
            self.lines = outer

    def extend(self, head: str, lines: list[str]) -> None:
        """Write a compound statement from a captured body."""
        self.line(head)
        self.lines.extend(lines or ["    " * (self.depth + 1) + "pass"])

    def fresh(self, name: str = "t") -> str:
        """Return a name not used before, as close to ``name`` as can be."""
        count, found = self.names.get(name, 0) + 1, name
        if count > 1 or name in RESERVED or OWN.fullmatch(name):
            found = f"{name}_{count}"
        while found in self.taken:
            count += 1
            found = f"{name}_{count}"
        self.names[name] = count
        self.taken.add(found)
        return found

    def temporary(self, expression: str) -> str:
        """Name the value of an expression."""
        name = self.fresh()
        self.line(f"{name} = {expression}")
        return name

    def fail_if(self, condition: str) -> None:
        """Hand the item to Python when a condition (a bool) holds."""
        self.line(f"bad |= -int64({condition})")

    def prove(self, interval: Interval, low: int = INT_MIN, high: int = INT_MAX) -> None:
        """Ask that the bound on the inputs keep an integer within limits."""
        self.proofs.append((interval, low, high))

    def constant_text(self, text: str, node: ast.AST | None) -> tuple[str, str, str]:
        """Put a string constant into the pool and return its three scalars."""
        try:
            data = text.encode()
        except UnicodeEncodeError:
            raise refuse("a string with a lone surrogate", node) from None
        start = self.constant_bytes(data)
        return "constants", str(start), str(start + len(data))

    def constant_bytes(self, data: bytes) -> int:
        """Put bytes into the pool and return where they stand."""
        start = self.pool.find(data)
        if start < 0:
            start = len(self.pool)
            self.pool += data
        return start

    def constant_table(self, collection: object, node: ast.AST | None) -> Lookup:
        """Return a collection from outside as one that is looked into."""
        for held, found in self.tables:
            if held is collection:
                return found
        table = table_of(collection)
        if isinstance(table, str):
            raise refuse(table.replace("a side", "a constant"), node)
        lookup = Lookup(table, f"side_of_constant{len(self.tables)}")
        self.tables.append((collection, lookup))
        return lookup

    def call(self, symbol: str, arity: int, *arguments: Value | str) -> str:
        """Call a libm function through a name that the optimiser knows nothing about."""
        self.externals[symbol] = arity
        texts = [argument if isinstance(argument, str) else argument.parts[0] for argument in arguments]
        return self.temporary(f"libm_{symbol}({', '.join(texts)})")

    def largest_bound(self) -> int | None:
        """Return the largest power of two that proves everything, 0 when nothing needs proof, None when none does."""
        if not self.proofs:
            return 0
        for power in range(62, 7, -1):
            if all(low <= i(2**power)[0] and i(2**power)[1] <= high for i, low, high in self.proofs):
                return int(2**power)
        return None


RESERVED = {
    *vars(builtins), *vars(text_characters), *vars(text_routines), *vars(finding),
    "bad", "i", "k", "lo", "hi", "state", "scratch", "constants", "used", "end",
    "block", "wide", "int64", "float64", "math", "np", "INFINITY", "kernel", "full", "rows", "k_from",
}  # fmt: skip
OWN = re.compile(r"(in|out|side|room|written|from|libm_).*")
