"""Where a kernel writes its results: one row after another into the buffers of the result's schema."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from flowcc.backend.kernels.values import Lookup, Nothing, Static, Value, item_of, refuse
from flowcc.backend.kernels.writer import Writer
from flowcc.runtime.schema import UTF8, Scalar, Schema, Struct, leaves

POINTERS = {"int64": "int64*", "float64": "float64*", "bool": "uint8*"}


@dataclass
class Outputs:
    """The result's schema, once the first row is written, and how many of its leaves are strings."""

    w: Writer
    kind: Schema | None = None
    strings: int = 0

    def give(self, value: Value, node: ast.AST) -> None:
        """Write one row; ``#room`` marks where a kernel with changing numbers of rows looks for room."""
        if isinstance(value.type, Static | Nothing | Lookup):
            raise refuse(f"items that are {value.type}", node)
        if self.kind is not None and self.kind != value.type:
            raise refuse(f"items sometimes {self.kind}, sometimes {value.type}", node)
        self.kind, self.strings = value.type, 0
        flat = list(_leaves(value))
        if value.type == UTF8 and self._move(value):
            return
        texts = [leaf for leaf in flat if isinstance(leaf.type, Scalar) and leaf.type.kind == "utf8"]
        sizes = [f"written{n} + ({v.parts[2]} - {v.parts[1]}) > room{n}" for n, v in enumerate(texts)]
        self.w.line(f"#room {' or '.join(['k >= rows', *sizes])}")
        for number, leaf in enumerate(flat):
            self._write(number, leaf)
        self.w.line("k += 1")

    def _move(self, value: Value) -> bool:
        """Let a text that was just made in scratch be made in the result instead, saving a copy."""
        lines, indent = self.w.lines[-6:], "    " * self.w.depth
        base, start, end = value.parts
        made = re.fullmatch(rf"{indent}(\w+) = (\w+\(.*)scratch, used, room\)", lines[0] if lines else "")
        if (
            made is None
            or base != "scratch"
            or lines[3:] != [f"{indent}{start} = used", lines[4], f"{indent}{end} = used"]
        ):
            return False
        self.strings = 1
        del self.w.lines[-6:]
        self.w.line(f"{made[1]} = {made[2]}out0_bytes, written0, room0)")
        self.w.line(f"#room k >= rows or {made[1]} == -2")
        self.w.line(f"bad |= {made[1]}")
        self.w.line(f"written0 = {made[1]} if {made[1]} > written0 else written0")
        self.w.line("out0_offsets[k + 1] = written0")
        self.w.line("k += 1")
        return True

    def _write(self, number: int, leaf: Value) -> None:
        w, kind, name = self.w, leaf.type, f"out{number}"
        assert isinstance(kind, Scalar)
        if kind.kind == "utf8":
            written = f"written{self.strings}"
            self.strings += 1
            w.line(f"{written} = copy_text({', '.join(leaf.parts[:3])}, {name}_bytes, {written})")
            w.line(f"{name}_offsets[k + 1] = {written}")
        else:
            w.line(f"{name}[k] = {leaf.parts[0]}")
        if kind.nullable:
            w.line(f"{name}_mask[k] = {leaf.parts[-1]}")

    def parameters(self) -> Iterator[tuple[str, str]]:
        """Yield name and pointer type of every result buffer."""
        if self.kind is None:
            raise refuse("no item can pass")
        yield from pointers("out", self.kind)


def pointers(prefix: str, schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield name and pointer type of every buffer of a schema, numbered by leaf."""
    for number, leaf in enumerate(leaves(schema)):
        name = f"{prefix}{number}"
        if leaf.kind == "utf8":
            yield f"{name}_offsets", "int64*"
            yield f"{name}_bytes", "uint8*"
        else:
            yield name, POINTERS[leaf.kind]
        if leaf.nullable:
            yield f"{name}_mask", "uint8*"


def _leaves(value: Value) -> Iterator[Value]:
    if not isinstance(value.type, Struct):
        yield value
        return
    for index in range(len(value.type.items)):
        yield from _leaves(item_of(value, index))


def loaded(w: Writer, prefix: str, schema: Schema) -> tuple[str, ...]:
    """Write the loads of item ``i`` from the buffers of a schema and return its scalars."""
    parts: list[str] = []
    for number, leaf in enumerate(leaves(schema)):
        name = f"{prefix}{number}"
        if leaf.kind == "utf8":
            start, stop = w.fresh("start"), w.fresh("stop")
            w.line(f"{start} = {name}_offsets[i]")
            w.line(f"{stop} = {name}_offsets[i + 1]")
            parts += [f"{name}_bytes", start, stop]
        else:
            x = w.fresh("x")
            w.line(f"{x} = {name}[i]" + (" != 0" if leaf.kind == "bool" else ""))
            parts.append(x)
        if leaf.nullable:
            parts.append(w.temporary(f"{name}_mask[i] != 0"))
    return tuple(parts)
