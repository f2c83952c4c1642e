"""What the annotation of a flow's results asks for: which of them are lists, and what is known of their items.

Read from the function itself, so that aliases are what they stand for; from the annotation's text where its names
exist only for type checkers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import GenericAlias, SimpleNamespace, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from flowcc.facts import UNKNOWN, Type
from flowcc.ir import Flow, Fold, Literal, Result, Wire
from flowcc.runtime.results import ResultSpec
from flowcc.runtime.schema import KINDS, Scalar, Schema, Struct, schema_of_annotation

LISTS = ("list", "List")
ITEMS = (*LISTS, "Batch", "Bag", "Stream", "Iterable", "Iterator", "Sequence", "Collection", "Generator")
NAMED = {kind.__name__: schema for kind, schema in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Annotation:
    """A head and its arguments: ``Batch`` of ``int``; ``object`` is the type itself, where it is to be had."""

    head: str = ""
    arguments: tuple[Annotation, ...] = ()
    object: object = None


NOTHING = Annotation()


def annotation_of(function: Callable[..., Any], name: str) -> Annotation:
    """Return what a parameter is annotated with, or what is returned; `NOTHING` where it is not."""
    annotations = getattr(function, "__annotations__", {})
    if name not in annotations:
        return NOTHING
    found = hint_of(function, name)
    return _of_object(annotations[name] if found is None else found)


def hint_of(function: Callable[..., Any], name: str) -> object:
    """Return an annotation as an object, or None where its names exist only for type checkers."""
    alone = SimpleNamespace(__annotations__={name: getattr(function, "__annotations__", {}).get(name)})
    try:
        return get_type_hints(alone, getattr(function, "__globals__", {})).get(name)
    except (NameError, TypeError, AttributeError, SyntaxError):
        return None


def _of_object(annotation: Any) -> Annotation:
    if isinstance(annotation, str):
        return _of_text(annotation)
    while type(annotation).__name__ == "TypeAliasType":
        annotation = annotation.__value__
    origin = get_origin(annotation)
    if origin is Annotated:
        return _of_object(get_args(annotation)[0])
    head = "|" if origin in (Union, UnionType) else getattr(origin or annotation, "__name__", "")
    known = not isinstance(annotation, GenericAlias) or not any(isinstance(part, str) for part in get_args(annotation))
    return Annotation(head, tuple(map(_of_object, get_args(annotation))), annotation if known else None)


def _of_text(text: str) -> Annotation:
    try:
        return _of_tree(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return NOTHING


def _of_tree(tree: ast.expr) -> Annotation:
    match tree:
        case ast.Constant(value=str() as text):
            return _of_text(text)
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return Annotation("|", (_of_tree(left), _of_tree(right)))
        case ast.Subscript(value=value, slice=inner):
            head = _of_tree(value).head
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            return Annotation("|" if head in ("Optional", "Union") else head, tuple(map(_of_tree, parts)))
    return Annotation(ast.unparse(tree).rpartition(".")[2])


def result_specs(flow: Flow, annotation: Annotation) -> tuple[ResultSpec, ...]:
    """Return what is known beforehand of each result of a flow whose results are so annotated."""
    result = flow.ops[-1]
    assert isinstance(result, Result)
    parts = _parts(annotation, len(result.inputs)) if result.many else [annotation]
    return tuple(_spec(flow, wire, part) for wire, part in zip(result.inputs, parts, strict=True))


def _parts(annotation: Annotation, count: int) -> list[Annotation]:
    is_tuple = annotation.head in ("tuple", "Tuple")
    if is_tuple and len(annotation.arguments) == 2 and annotation.arguments[1].object is ...:
        return [annotation.arguments[0]] * count
    fits = is_tuple and len(annotation.arguments) == count
    return list(annotation.arguments) if fits else [NOTHING] * count


def _spec(flow: Flow, wire: Wire, annotation: Annotation) -> ResultSpec:
    heads = [part.head for part in _alternatives(annotation)]
    items = [part.arguments[0] for part in _alternatives(annotation) if part.head in ITEMS and part.arguments]
    element = wire.facts.element
    declared = items[0].object if items and items[0].object not in (None, Any, object) else None
    schema = _schema_of_class(declared) or _schema_of_type(element)
    return ResultSpec(
        as_list=any(head in LISTS for head in heads),
        as_items=any(head in ITEMS for head in heads),
        schema=schema,
        is_known=schema is not None or element != UNKNOWN,
        is_constant=_is_constant(flow, wire),
    )


def _alternatives(annotation: Annotation) -> Iterator[Annotation]:
    if annotation.head == "|":
        for part in annotation.arguments:
            yield from _alternatives(part)
    else:
        yield annotation


def _schema_of_class(declared: object) -> Schema | None:
    try:
        return None if declared is None else schema_of_annotation(declared)
    except (NameError, TypeError, AttributeError):  # of a record whose own annotations are for type checkers alone
        return None


def _schema_of_type(element: Type) -> Schema | None:
    if element.name in NAMED and not element.arguments:
        return Scalar(NAMED[element.name])
    if element.name == "|":
        rest = [part for part in element.arguments if part != Type("None")]
        inner = _schema_of_type(rest[0]) if len(rest) == 1 else None
        return Scalar(inner.kind, True) if isinstance(inner, Scalar) else None
    if element.name != "tuple":
        return None
    items = [item for part in element.arguments if (item := _schema_of_type(part)) is not None]
    return Struct(tuple(items)) if items and len(items) == len(element.arguments) else None


def _is_constant(flow: Flow, wire: Wire) -> bool:
    """Tell whether a result is known when the flow is compiled."""
    made_by = {op.out.name: op for op in flow.ops}
    item = made_by.get(wire.name)
    return isinstance(item, Fold) and item.function == "item" and isinstance(made_by[item.inputs[0].name], Literal)
