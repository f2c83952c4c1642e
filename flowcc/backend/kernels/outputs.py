"""Where a kernel writes its results: one row after another into the buffers of the result's schema."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from flowcc.backend.kernels.values import Nothing, Static, Value, item_of, refuse
from flowcc.backend.kernels.writer import Writer
from flowcc.runtime.schema import Scalar, Schema, Struct, leaves

POINTERS = {"int64": "int64*", "float64": "float64*", "bool": "uint8*"}


@dataclass
class Outputs:
    """The result's schema, once the first row is written, and how many of its leaves are strings."""

    w: Writer
    kind: Schema | None = None
    strings: int = 0

    def give(self, value: Value, node: ast.AST) -> None:
        """Write one row; ``#room`` marks where a kernel with changing numbers of rows looks for room."""
        if isinstance(value.type, Static | Nothing):
            raise refuse(f"items that are {value.type}", node)
        if self.kind is not None and self.kind != value.type:
            raise refuse(f"items sometimes {self.kind}, sometimes {value.type}", node)
        self.kind, self.strings = value.type, 0
        flat = list(_leaves(value))
        sizes = [f"{v.parts[2]} - {v.parts[1]}" for v in flat if isinstance(v.type, Scalar) and v.type.kind == "utf8"]
        self.w.line(f"#room {'|'.join(sizes)}")
        for number, leaf in enumerate(flat):
            self._write(number, leaf)
        self.w.line("k += 1")

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
