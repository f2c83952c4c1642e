"""Read annotations: which kind of collection, of what, where; and check what they demand."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from flowcc.facts import ANYWHERE, UNKNOWN, Facts, Order, PlaceRef, Shape, Type
from flowcc.frontend import faults
from flowcc.frontend.demands import contradicts
from flowcc.frontend.lowering import Fault, Lowering
from flowcc.frontend.names import resolve
from flowcc.frontend.types import arguments_of, read_type
from flowcc.frontend.values import PlaceValue

COLLECTIONS = ("Stream", "Batch", "Bag")
ANY_COLLECTION = frozenset(("Iterable", "Collection"))  # sets and dicts are such, too
ITERABLE = frozenset(("set", "frozenset", "dict"))
AS_BATCH = {"list": "Batch", "List": "Batch", "Iterable": "Batch", "Sequence": "Batch", "Iterator": "Batch",
            "Collection": "Batch", "Generator": "Batch", "ndarray": "Batch", "NDArray": "Batch",
            "Series": "Batch"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation as a flow reads it; ``kind`` is Stream, Batch, Bag, Live, or "" for a plain value."""

    kind: str
    element: Type
    place: PlaceRef | None
    text: str


def read_annotation(tree: ast.expr, lowering: Lowering) -> Annotation:
    """Return what an annotation says; F202 when a collection's arguments make no sense."""
    if isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        tree = _parse_string(tree, lowering)
    text = ast.unparse(tree)
    head = tree.value if isinstance(tree, ast.Subscript) else tree
    name = ast.unparse(head).rpartition(".")[2]
    arguments = arguments_of(tree)
    if name in COLLECTIONS or name == "Live":
        return _collection(tree, name, arguments, text, lowering)
    if name in AS_BATCH:
        element = read_type(arguments[0]) if arguments and name not in ("NDArray", "Generator") else UNKNOWN
        return Annotation("Batch", element, None, text)
    return Annotation("", read_type(tree), None, text)


def _collection(tree: ast.expr, name: str, arguments: list[ast.expr], text: str, lowering: Lowering) -> Annotation:
    if len(arguments) > 2:
        raise Fault(faults.bad_annotation(lowering.span(tree), text, "takes an element type and a place"))
    if arguments and _is_place(arguments[0], lowering):
        raise Fault(faults.bad_annotation(lowering.span(tree), text, "names a place where the type of an item belongs"))
    element = read_type(arguments[0]) if arguments else UNKNOWN
    place = _place(arguments[1], text, lowering) if len(arguments) == 2 else None
    return Annotation(name, element, place, text)


def _is_place(tree: ast.expr, lowering: Lowering) -> bool:
    path = ast.unparse(tree)
    return path.replace(".", "").isidentifier() and isinstance(resolve(path, lowering.environment), PlaceValue)


def _place(tree: ast.expr, text: str, lowering: Lowering) -> PlaceRef:
    path = tree.value if isinstance(tree, ast.Constant) and isinstance(tree.value, str) else ast.unparse(tree)
    if path == "Anywhere":
        return ANYWHERE
    local = lowering.names.get(path)
    value = local if local is not None else resolve(path, lowering.environment)
    if not isinstance(value, PlaceValue):
        if path == "Here":
            return PlaceRef("Here")
        raise Fault(faults.bad_annotation(lowering.span(tree), text, f"names `{path}`, which is no place"))
    if value.place.kind == "external":
        raise Fault(faults.not_yet(lowering.span(tree), f"External ({path})"))
    return value.place


def _parse_string(tree: ast.Constant, lowering: Lowering) -> ast.expr:
    try:
        parsed = ast.parse(str(tree.value), mode="eval").body
    except SyntaxError:
        raise Fault(faults.bad_annotation(lowering.span(tree), str(tree.value), "is not an expression")) from None
    for node in ast.walk(parsed):
        ast.copy_location(node, tree)
    return parsed


def check_demand(annotation: Annotation, facts: Facts, tree: ast.expr, name: str, lowering: Lowering) -> Type:
    """Fault where facts do not keep what an annotation promises; return the element type that holds from here."""
    where = lowering.span(tree)
    if annotation.place is not None and facts.place not in (annotation.place, ANYWHERE):
        raise Fault(faults.not_at_place(where, name, facts.place.name, annotation.place.name))
    if facts.shape is Shape.ITEMS:
        _check_items(annotation, facts, tree, lowering)
        found = facts.element if annotation.kind in COLLECTIONS else Type("list", (facts.element,))
        if contradicts(annotation.element, found, lowering.environment):
            raise Fault(faults.other_type(where, annotation.text, f"a collection of `{facts.element}`"))
        return (
            annotation.element
            if annotation.element != UNKNOWN and annotation.kind in (*COLLECTIONS, "Live")
            else (facts.element)
        )
    loose = annotation.text.partition("[")[0].rpartition(".")[2] in ANY_COLLECTION and facts.element.name in ITERABLE
    if loose:
        return facts.element
    if annotation.kind in ("Stream", "Batch") and facts.element.name not in ("list", "tuple", "object"):
        raise Fault(faults.wrong_type(where, annotation.text, f"one value ({facts.element})"))
    if annotation.kind in ("Stream", "Batch") and facts.order is not Order.TOTAL:
        raise Fault(faults.order_promised(where, annotation.text, None))
    if annotation.kind in ("", "Live") and contradicts(annotation.element, facts.element, lowering.environment):
        raise Fault(faults.other_type(where, annotation.text, f"a value of type `{facts.element}`"))
    plain_dict = annotation.kind in ("", "Live") and annotation.element != UNKNOWN
    return annotation.element if plain_dict and facts.shape is Shape.VALUE else facts.element


def _check_items(annotation: Annotation, facts: Facts, tree: ast.expr, lowering: Lowering) -> None:
    where = lowering.span(tree)
    if annotation.kind in ("", "Live"):
        base = annotation.element.name
        if base in ("object", "Any", "|") or annotation.kind == "Live":
            return
        raise Fault(faults.wrong_type(where, annotation.text, f"a collection of {facts.element}"))
    if annotation.kind in ("Stream", "Batch") and facts.order is not Order.TOTAL:
        lost = next((op.span for op in reversed(lowering.product.ops) if _loses_order(op.inputs, op.out.facts)), None)
        raise Fault(faults.order_promised(where, annotation.text, lost))
    if annotation.kind == "Batch" and not facts.ends:
        raise Fault(faults.end_promised(where, annotation.text))


def _loses_order(inputs: tuple[object, ...], facts: Facts) -> bool:
    return facts.order is not Order.TOTAL and all(getattr(wire, "facts", facts).order is Order.TOTAL for wire in inputs)
