"""From a kernel function to the text of a compiled one: its loops, its buffers, its way out when an item fails.

The text is a function of raw pointers, ``kernel(lo, hi, state, scratch, constants, inputs…, sides…, outputs…)``.
It works on items ``lo`` to ``hi`` and returns the first one it did not finish; ``state`` says how many rows (0)
and string bytes (4…) it wrote, how many fit (1, 5…), why it stopped (2: 1 for room, 2 for an item that is Python's)
and the size of ``scratch`` (3). Numbers without inner loops go block by block: where the inputs of a block stay
below a bound, nothing can overflow and the loop without tests runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import TypeAlias

from flowcc.backend.kernels import lookups, matches
from flowcc.backend.kernels.assembly import in_blocks, one_by_one
from flowcc.backend.kernels.expressions import evaluate
from flowcc.backend.kernels.folding import FOLDS, Folding, block_by_block, item_by_item
from flowcc.backend.kernels.inlining import inline
from flowcc.backend.kernels.loops import comprehend, filtered
from flowcc.backend.kernels.outputs import Outputs, loaded, pointers
from flowcc.backend.kernels.reading import read_function
from flowcc.backend.kernels.scope import Captured, Scope
from flowcc.backend.kernels.values import Lookup, Nothing, Refusal, Refused, Value, item_of, refuse, symmetric
from flowcc.backend.kernels.writer import Writer
from flowcc.runtime.schema import INT64, Schema, Struct, Table, leaves

Comprehension = ast.ListComp | ast.GeneratorExp
SideKind: TypeAlias = Schema | Nothing | Table


@dataclass(frozen=True)
class KernelText:
    """A translated kernel, ready to be compiled or found in the cache.

    ``start`` is what one that folds begins with, ``tables`` are collections from outside that it looks into.
    """

    name: str
    text: str
    parameters: tuple[tuple[str, str], ...]
    result: Schema
    flat: bool
    scratch: bool
    pool: bytes
    externals: tuple[tuple[str, int], ...]
    routines: tuple[str, ...]
    captured: tuple[Captured, ...]
    origin: str = ""
    start: tuple[int | float, ...] = ()
    tables: tuple[tuple[object, Table], ...] = ()


@dataclass
class Draft:
    """One translation of the loop body, with or without overflow tests; ``integers`` are the inputs under the bound."""

    writer: Writer
    outputs: Outputs | Folding
    captured: dict[tuple[int, str], Captured]
    integers: tuple[str, ...]
    nested: bool = False

    def give(self, scope: Scope, value: Value, node: ast.AST) -> None:
        """Write what becomes of one result."""
        if isinstance(self.outputs, Folding):
            self.outputs.give(scope, value, node)
        else:
            self.outputs.give(value, node)


def translate(
    function: FunctionType, kind: str, schema: Schema, sides: Sequence[SideKind] = ()
) -> KernelText | Refusal:
    """Return the text of a kernel for items of a schema, or why there is none.

    ``kind`` is ``each`` for a function from a list to a list, ``item`` for a function of one item; of a function from
    a list to a list, the name of a fold gives that fold of the list.
    """
    try:
        return _translate(function, kind, schema, tuple(sides))
    except Refused as refused:
        return refused.refusal
    except RecursionError:
        return Refusal("the expression is nested too deeply")


def _translate(function: FunctionType, kind: str, schema: Schema, sides: tuple[SideKind, ...]) -> KernelText:
    draft = _draft(function, kind, schema, sides, checked=True)
    w, outputs = draft.writer, draft.outputs
    constants = [parameter for _, held in w.tables for parameter in lookups.parameters(held.name, held.table)]
    parameters = [*pointers("in", schema), *_side_parameters(sides), *constants, *outputs.parameters()]
    one = draft.nested or outputs.strings > 0 or w.needs_scratch
    bound = None if one else w.largest_bound()
    quick = _draft(function, kind, schema, sides, checked=False).writer.lines if bound else None
    if isinstance(outputs, Folding) and one:
        lines = item_by_item(w.lines, w.needs_scratch, outputs)
    elif isinstance(outputs, Folding):
        lines = block_by_block(w.lines, quick, bound or 0, draft.integers, outputs)
    elif one:
        lines = one_by_one(w.lines, outputs.strings, w.needs_scratch)
    else:
        lines = in_blocks(w.lines, quick, bound or 0, draft.integers)
    heads = ["lo", "hi", "state", "scratch", "constants", *(name for name, _ in parameters)]
    assert outputs.kind is not None
    return KernelText(
        name=function.__name__ if function.__name__.isidentifier() else "kernel",
        text="\n".join([f"def kernel({', '.join(heads)}):", *("    " + line for line in lines)]) + "\n",
        parameters=tuple(parameters),
        result=outputs.kind,
        flat=draft.nested,
        scratch=w.needs_scratch,
        pool=bytes(w.pool),
        externals=tuple(sorted(w.externals.items())),
        routines=tuple(sorted(w.intrinsics | ({"copy_text"} if outputs.strings else set()))),
        captured=tuple(draft.captured.values()),
        origin=_origin(function),
        start=tuple(outputs.start) if isinstance(outputs, Folding) else (),
        tables=tuple((collection, held.table) for collection, held in w.tables),
    )


def _origin(function: FunctionType) -> str:
    """Return which flow a function was generated for, or which file it stands in, and its name."""
    filename = function.__code__.co_filename
    generated = re.match(r"<flow (\w+) ", filename)
    return f"{function.__module__} {generated[1] if generated else Path(filename).stem} {function.__name__}"


def _draft(function: FunctionType, kind: str, schema: Schema, sides: tuple[SideKind, ...], checked: bool) -> Draft:
    definition = read_function(function)
    if definition is None:
        raise refuse(f"the source of `{function.__name__}` is not to be found")
    w = Writer(checked, depth=0)
    item = Value(
        schema, loaded(w, "in", schema), interval=symmetric() if schema == INT64 or isinstance(schema, Struct) else None
    )
    draft = Draft(w, Folding(w, kind) if kind in FOLDS else Outputs(w), {}, _integers(item))
    arguments = [argument.arg for argument in (*definition.args.posonlyargs, *definition.args.args)]
    if definition.args.vararg or definition.args.kwonlyargs or len(arguments) != 1 + len(sides):
        raise refuse(f"`{function.__name__}` takes other parameters than its items and sides")
    given = [_side_value(number, side) for number, side in enumerate(sides)]
    scope = Scope(w, function, evaluate, draft.captured)
    if kind == "item":
        draft.give(scope, inline(scope, function, [item, *given], {}, definition), definition)
        return draft
    scope.stack = (function.__code__,)
    scope.names = dict(zip(arguments[1:], given, strict=True))
    _write_comprehension(draft, scope, _chain(_returned(definition), arguments[0], draft, scope), item)
    return draft


def _integers(value: Value) -> tuple[str, ...]:
    """Return the variables of an item whose size the bound speaks of."""
    if isinstance(value.type, Struct):
        return tuple(n for index in range(len(value.type.items)) for n in _integers(item_of(value, index)))
    return value.parts if value.type == INT64 else ()


def _side_parameters(sides: tuple[SideKind, ...]) -> Iterator[tuple[str, str]]:
    for number, side in enumerate(sides):
        if isinstance(side, Table):
            given = matches if side.kind in ("row", "rows") else lookups
            yield from given.parameters(f"side{number}", side)
        elif not isinstance(side, Nothing):
            yield from pointers(f"side{number}_", side)


def _side_value(number: int, side: SideKind) -> Value:
    """Return a side: a collection, or one value, which is the first item of its buffers."""
    if isinstance(side, Table):
        return Value(Lookup(side, f"side{number}"))
    if isinstance(side, Nothing):
        return Value(side, (), None)
    return Value(side, tuple(_side_parts(f"side{number}_", side)))


def _side_parts(prefix: str, side: Schema) -> Iterator[str]:
    for number, leaf in enumerate(leaves(side)):
        name = f"{prefix}{number}"
        if leaf.kind == "utf8":
            yield from (f"{name}_bytes", f"{name}_offsets[0]", f"{name}_offsets[1]")
        else:
            yield f"({name}[0] != 0)" if leaf.kind == "bool" else f"{name}[0]"
        if leaf.nullable:
            yield f"({name}_mask[0] != 0)"


def _returned(definition: ast.FunctionDef | ast.Lambda) -> ast.expr:
    body = definition.body
    if isinstance(body, ast.expr):
        return body
    statements = [s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    if len(statements) != 1 or not isinstance(statements[0], ast.Return) or statements[0].value is None:
        raise refuse("a kernel of more than one `return`", definition if isinstance(definition, ast.stmt) else None)
    return statements[0].value


def _chain(node: ast.expr, items: str, draft: Draft, scope: Scope) -> list[Comprehension]:
    """Return the comprehensions from the outermost to the one over the items."""
    chain: list[Comprehension] = []
    while isinstance(node, ast.ListComp | ast.GeneratorExp):
        if any(generator.is_async for generator in node.generators):
            raise refuse("an asynchronous comprehension", node)
        draft.nested |= not all(_names_one(g) or matches.is_one(scope, g.iter) for g in node.generators[1:])
        chain.append(node)
        node = node.generators[0].iter
    if not chain or not isinstance(node, ast.Name) or node.id != items:
        raise refuse("a kernel that is no comprehension over its items", node)
    if sum(isinstance(inner, ast.Name) and inner.id == items for inner in ast.walk(chain[0])) > 1:
        raise refuse("the items as a whole inside a comprehension over them", chain[0])
    return chain


def _names_one(generator: ast.comprehension) -> bool:
    """Tell whether a generator only gives a name to one value, as in ``for y in [f(x)]``."""
    return isinstance(generator.iter, ast.List | ast.Tuple) and len(generator.iter.elts) == 1


def _write_comprehension(draft: Draft, scope: Scope, chain: list[Comprehension], item: Value) -> None:
    """Write the innermost comprehension's item into the one around it, out to the results."""

    def run(depth: int, value: Value) -> None:
        node, inner = chain[depth], scope.inner()

        def give(result: Value) -> None:
            if depth:
                run(depth - 1, result)
            else:
                draft.give(inner, result, node.elt)

        first, *rest = node.generators
        inner.unpack(first.target, value)
        filtered(inner, first.ifs, lambda: comprehend(inner, node.elt, rest, give))

    run(len(chain) - 1, item)
