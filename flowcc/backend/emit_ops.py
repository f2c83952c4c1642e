"""One statement an operator: how each is wired up on a stage.

``at=`` is the line in the user's file, said again in the comment for whoever reads.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from flowcc.backend.comprehensions import each_kernel
from flowcc.backend.emit_code import Functions, comment_of
from flowcc.backend.lookups import Index, index_kernel
from flowcc.backend.naming import Names, free_names, names_of_code
from flowcc.backend.printing import call, flat
from flowcc.facts import PlaceRef, Shape
from flowcc.ir import (
    Apply,
    Channel,
    Claim,
    Code,
    Concat,
    Each,
    Entries,
    Fixpoint,
    Fold,
    Group,
    GroupFold,
    Join,
    Literal,
    Merge,
    Move,
    Op,
    Result,
    Scan,
    Sort,
    Source,
    Take,
    Window,
    Wire,
    Zip,
)
from flowcc.source import Span

ROUTED = Code("[item for _, item in pairs]")  # what `route` means in plain Python


class Wiring:
    """The body of a stage's function: statements that wire up operators, and the functions they name.

    ``place`` is where the stage lives, or None when all places are one and a `Move` is what it means in plain Python.
    """

    def __init__(self, place: PlaceRef | None, channels: Mapping[str, Channel], functions: Functions, names: Names,
                 stage: str) -> None:  # fmt: skip
        self.lines: list[str] = []
        self._place = place
        self._channels = channels
        self._functions = functions
        self._names = names
        self._stage = stage
        self._variables: dict[str, str] = {}
        self._lookups: dict[tuple[str, ...], str] = {}

    def add(self, op: Op) -> None:
        """Write the statements of one operator."""
        match op:
            case Source():
                self._node(op, "source", [f'"{op.out.name}"', *_only(op)])
            case Literal():
                self._node(op, "literal", [self._argument(op, "items", op.items, ())])
            case Each() | Join() | Apply():
                self._kernel(op)
            case Fold() | Scan() | Sort() | Window():
                arguments = [*self._named(op, op.arguments), *_is_lazy(op)]
                self._node(op, type(op).__name__.lower(), [f'"{op.function}"', *self._inputs(op), *arguments])
            case Concat():
                arguments = [*(self._keyword(op, name, code, ()) for name, code in op.arguments), *_is_lazy(op)]
                self._node(op, "concat", [f'"{op.function}"', *self._inputs(op), *arguments])
            case Group():
                self._node(op, "group", [*self._inputs(op), *self._named(op, [("by", op.by), ("until", op.until)])])
            case GroupFold():
                self._group_fold(op)
            case Entries():
                self._node(op, "entries", [f'"{op.part}"', *self._inputs(op)])
            case Take():
                bounds = [("start", op.start), ("stop", op.stop), ("step", op.step)]
                self._node(op, "take", [*self._inputs(op), *self._named(op, bounds), *_is_lazy(op)])
            case Zip():
                self._node(op, "zip", [*self._inputs(op), *(["strict=True"] if op.strict else []), *_is_lazy(op)])
            case Merge():
                self._node(op, "merge", self._inputs(op))
            case Fixpoint():
                steps = [("step", op.step), ("grow", op.grow)]
                self._node(op, "fixpoint", [*self._inputs(op), *self._named(op, steps), *self._follow(op)])
            case Claim():
                self._alias(op)
            case Move():
                self._move(op)
            case Result():
                self._call("result", [*self._inputs(op), *(["many=True"] if op.many else [])], op.span)
            case _:
                assert_never(op)

    def _follow(self, op: Fixpoint) -> list[str]:
        if op.follow is None:
            return []
        kernel = self._functions.kernel(f"{op.out.name}_follow", [op.inputs[1].name], op.follow, op.span)
        return [f"follow={kernel}"]

    def _kernel(self, op: Each | Join | Apply) -> None:
        if isinstance(op, Apply):
            parameters, code = list(dict.fromkeys(wire.name for wire in op.inputs)), op.code
            inputs = self._values(dict.fromkeys(op.inputs))
        else:
            parameters, code, sides = each_kernel(op)
            parameters, code, inputs = self._indexed(op, parameters, code, (op.inputs[0], *sides))
        hint = f"{op.out.name}_{type(op).__name__.lower()}"
        kernel = self._functions.kernel(hint, parameters, code, op.span)
        if op.lazy:
            inputs.append(f"lazily={self._functions.kernel(f'{op.out.name}_lazily', parameters, _lazy(code), op.span)}")
        self._node(op, "apply" if isinstance(op, Apply) else "each", [kernel, *inputs])

    def _indexed(
        self, op: Each | Join, parameters: list[str], code: Code, wires: Sequence[Wire]
    ) -> tuple[list[str], Code, list[str]]:
        """Return a kernel's parameters, code and inputs, with look-ups, made once, in place of going through sides."""
        wire_of = dict(zip(parameters[1:], wires[1:], strict=True))
        collections = {name for name, wire in wire_of.items() if wire.facts.shape is Shape.ITEMS}
        changed, indexes = index_kernel(code, collections, parameters)
        if not indexes:
            return parameters, code, self._values(wires)
        read = names_of_code(changed)
        made = [self._lookup(op, index, wire_of) for index in indexes]
        kept = [name for name in wire_of if name in read]
        inputs = [*self._values([wires[0], *(wire_of[name] for name in kept)]), *made]
        return [parameters[0], *kept, *(index.name for index in indexes)], changed, inputs

    def _lookup(self, op: Each | Join, index: Index, wire_of: Mapping[str, Wire]) -> str:
        """Return the variable of a look-up; one serves all kernels that ask the same."""
        text = "" if index.keys is None else flat(index.keys)
        names = free_names(text, "eval") - {index.items} if text else set()
        items, read = wire_of[index.items], [wire for name, wire in wire_of.items() if name in names]
        inputs = self._values([items, *read])
        known = (text, *inputs)
        if known not in self._lookups:
            variable = self._lookups[known] = self._names.fresh(index.name)
            hint, key = f"{op.out.name}_{index.name}", index.function
            if key is not None:
                by = self._functions.argument(f"{hint}_key", key, read, op.span)
                self._call("by_key", [*inputs, f"key={by}"], op.span, f"{variable} = ")
            else:
                maker = self._functions.lookup(hint, index, [index.items, *(wire.name for wire in read)], op.span)
                self._call("apply", [maker, *inputs], op.span, f"{variable} = ")
        return self._lookups[known]

    def _group_fold(self, op: GroupFold) -> None:
        by = self._named(op, [("by", op.by)])
        folds, written = [], dict[str, str]()  # what two folds are alike in is one function: it runs once for both
        for name, function, arguments in op.folds:
            for key, code in arguments:
                if code.text not in written:
                    written[code.text] = self._argument(op, f"{name}_{key}", code, op.inputs[1:])
            texts = [f'"{key}": {written[code.text]}' for key, code in arguments]
            folds.append(f'("{name}", "{function}", {{{", ".join(texts)}}})')
        ends = self._named(op, [("result", op.result), ("where", op.where)])
        listed = f"folds=[{', '.join(folds)}]"
        asked = [f'"{name}": {self._argument(op, f"{name}_asked", code, op.inputs[1:])}' for name, code in op.asked]
        given = [f"asked={{{', '.join(asked)}}}"] if asked else []
        self._node(op, "group_fold", [*self._inputs(op), *by, listed, *given, *ends])

    def _move(self, op: Move) -> None:
        channel = self._channels.get(op.out.name)
        if channel is None:
            self._alias(op)
            return
        name = f'"{op.out.name}"'
        if channel.sender == self._place:
            self._call("send", [name, *self._inputs(op), *self._named(op, [("by", op.by)]), *_only(op)], op.span)
        if channel.receiver == self._place:
            merge = [self._keyword(op, "merge", op.merge, ())] if op.merge else []
            self._node(op, "receive", [name, *merge, *(["ordered=True"] if op.ordered else [])])

    def _alias(self, op: Claim | Move) -> None:
        """Write what an operator means that moves nothing: its input by another name."""
        if isinstance(op, Move) and op.verb == "route":
            kernel = self._functions.kernel(f"{op.out.name}_route", ["pairs"], ROUTED, op.span)
            self._node(op, "each", [kernel, *self._values(op.inputs[:1])])
            return
        variable = self._variable(op.out)
        self.lines.append(f"    {variable} = {self._values(op.inputs[:1])[0]}{comment_of(op.span)}")

    def _node(self, op: Op, method: str, arguments: Sequence[str]) -> None:
        self._call(method, arguments, op.span, f"{self._variable(op.out)} = ")

    def _call(self, method: str, arguments: Sequence[str], span: Span, before: str = "") -> None:
        target = f"{before}{self._stage}.{method}"
        self.lines += call(target, [*arguments, f"at={span.line}"], 1, comment_of(span))

    def _variable(self, wire: Wire) -> str:
        if wire.name not in self._variables:
            self._variables[wire.name] = self._names.fresh(wire.name)
        return self._variables[wire.name]

    def _values(self, wires: Iterable[Wire]) -> list[str]:
        return [self._variable(wire) for wire in wires]

    def _inputs(self, op: Op) -> list[str]:
        return self._values(op.inputs)

    def _named(self, op: Op, arguments: Iterable[tuple[str, Code | None]]) -> list[str]:
        return [self._keyword(op, name, code, op.inputs[1:]) for name, code in arguments if code is not None]

    def _keyword(self, op: Op, name: str, code: Code, sides: Sequence[Wire]) -> str:
        return f"{name}={self._argument(op, name, code, sides)}"

    def _argument(self, op: Op, name: str, code: Code, sides: Sequence[Wire]) -> str:
        return self._functions.argument(f"{op.out.name}_{name}", code, sides, op.span)


def _is_lazy(op: Op) -> list[str]:
    return ["lazy=True"] if op.lazy else []


def _lazy(code: Code) -> Code:
    """Return a comprehension as a generator."""
    made = ast.parse(code.text, mode="eval").body
    assert isinstance(made, ast.ListComp), "only comprehensions are lazy"
    return replace(code, text=ast.unparse(ast.GeneratorExp(made.elt, made.generators)), tree=None)


def _only(op: Source | Move) -> list[str]:
    """Return the argument that names the fields that are needed, where not all are."""
    return [] if op.only is None else [f"only={flat(ast.Tuple([ast.Constant(name) for name in op.only], ast.Load()))}"]
