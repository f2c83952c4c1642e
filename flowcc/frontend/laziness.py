"""Iterators and views: what Python gives no length or index, and makes no item of before it is asked for.

A flow computes collections. Where Python has an iterator instead, what it cannot do raises what Python raises, and an
item behind the last one that is asked for may fail without anybody seeing it (`Node.lazy`).
"""

from __future__ import annotations

import ast
import heapq
import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from flowcc.frontend.apply import apply_code
from flowcc.frontend.element_code import CodeBuilder
from flowcc.frontend.lowering import Lowering
from flowcc.frontend.values import LAZY, PASSING, VIEWS, Flowing, Symbol, Value
from flowcc.ir import Concat, Each, Join, Scan, Take, Wire, Zip

SAMPLES: Mapping[str, Callable[[], object]] = MappingProxyType({
    "list": list,
    "generator": lambda: (item for item in [0]),
    "iter": lambda: iter([]),
    "enumerate": lambda: enumerate(()),
    "zip": lambda: zip(()),
    "reversed": lambda: reversed([]),
    "map": lambda: map(abs, ()),
    "filter": lambda: filter(None, ()),
    "accumulate": lambda: itertools.accumulate(()),
    "chain": itertools.chain,
    "islice": lambda: itertools.islice((), 0),
    "takewhile": lambda: itertools.takewhile(bool, ()),
    "dropwhile": lambda: itertools.dropwhile(bool, ()),
    "batched": lambda: itertools.batched((), 1),  # type: ignore[attr-defined,unused-ignore]  # from Python 3.12 on
    "pairwise": lambda: itertools.pairwise(()),
    "groupby": lambda: itertools.groupby(()),
    "product": itertools.product,
    "starmap": lambda: itertools.starmap(abs, ()),
    "filterfalse": lambda: itertools.filterfalse(None, ()),
    "chain.from_iterable": lambda: itertools.chain.from_iterable(()),
    "heapq.merge": heapq.merge,
    "keys": lambda: {}.keys(),
    "values": lambda: {}.values(),
    "items": lambda: {}.items(),
})  # fmt: skip
STREAMING = (Each, Join, Scan, Take, Zip, Concat)  # those that go from item to item


def with_kind(made: Value, node: ast.expr, lowering: Lowering) -> Value:
    """Return what an expression gives, with what Python has there where that is no collection."""
    kind = _kind_of(node, lowering)
    if not isinstance(made, Flowing) or not kind or made.kind:
        return made
    if kind in LAZY and kind != "iter":  # which is of the same items
        lowering.product.lazy.add(made.wire.name)
    return replace(made, kind=kind)


def _kind_of(node: ast.expr, lowering: Lowering) -> str:
    match node:
        case ast.GeneratorExp():
            return "generator"
        case ast.Name(id=name):
            value = lowering.names.get(name)
            return value.kind if isinstance(value, Flowing) else ""
        case ast.Call(func=ast.Attribute(attr=attribute), args=[]) if attribute in VIEWS:
            return attribute
        case ast.Call(func=function, args=[first, *_]):
            called = lowering.called(function)
            name = called.name if isinstance(called, Symbol) else ""
            return name if name in LAZY else _kind_of(first, lowering) if name in PASSING else ""
    return ""


def gone_over(value: Value, lowering: Lowering) -> None:
    """Take note that all items of an iterator are made: it is in a list."""
    if isinstance(value, Flowing):
        lowering.product.lazy.discard(value.wire.name)


def stop_early(wire: Wire, lowering: Lowering) -> None:
    """Take note that who reads ``wire`` may stop early.

    What makes its items then makes none before it is asked for, where it is an iterator or may never end.
    """
    product, waiting = lowering.product, [wire]
    while waiting:
        wire = waiting.pop()
        if wire.name not in product.lazy and wire.facts.ends:
            continue
        for at, op in enumerate(product.ops):
            if op.out.name == wire.name and isinstance(op, STREAMING) and not op.lazy:
                product.ops[at] = replace(op, lazy=True)
                waiting += op.inputs


def refusal(act: Callable[..., object], *kinds: str) -> Exception | None:
    """Return what Python raises when it does this to things of these kinds; None when it does it."""
    try:
        act(*(SAMPLES[kind or "list"]() for kind in kinds))
    except (TypeError, AttributeError) as error:
        return error
    except (IndexError, StopIteration):
        return None
    return None


def raising(error: Exception, wire: Wire, node: ast.expr, lowering: Lowering, hint: str) -> Value:
    """Return what raises ``error`` when the flow runs, as Python does at this point."""
    builder = CodeBuilder(lowering)
    read = builder.read(wire, node)
    text = f"(_ for _ in ()).throw({type(error).__name__}({str(error)!r}))"
    thrown = ast.parse(text, mode="eval").body
    tree = ast.Subscript(ast.Tuple([read, thrown], ast.Load()), ast.Constant(1), ast.Load())
    for part in ast.walk(tree):
        ast.copy_location(part, node)
    return apply_code(tree, builder, node, lowering, hint)
