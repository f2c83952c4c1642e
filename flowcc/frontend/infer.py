"""The facts of what each operator gives, from the facts of what it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flowcc.facts import ANYWHERE, HERE, UNKNOWN, Delivery, Facts, Order, PlaceRef, Shape, Type, weaker
from flowcc.ir import Wire

SCALAR_FOLDS = {"len": Type("int"), "any": Type("bool"), "all": Type("bool"), "mean": UNKNOWN,
                "fmean": Type("float"), "fsum": Type("float"), "join": Type("str")}  # fmt: skip
DEALT, COPIES, BY_KEYS, PARTIAL = "dealt", "copies", "by keys", "partial"


def infer_each(stream: Facts, products: Sequence[Facts], sides: Sequence[Facts], element: Type, share: str) -> Facts:
    """Facts of a comprehension over ``stream``; ``products`` are the inputs its further generators go over.

    ``share`` is what the comprehension leaves of the stream's share; sides that a member holds only a part of
    make what it computes from them a part as well.
    """
    whole = weaker(stream, *products)
    ends = whole.ends and all(side.ends for side in sides)
    place = _place(stream, sides)
    share = beside(share, stream, sides)
    return replace(whole, place=place, element=element, shape=Shape.ITEMS, ends=ends, share=share)


def beside(share: str, items: Facts, sides: Sequence[Facts]) -> str:
    """Return ``share`` as it is where ``sides`` are read whole: of what every member holds, or of a member's own part.

    What is known when the flow is compiled is at every member.
    """
    if any(side.place.is_cluster and side.share != COPIES for side in sides):
        return PARTIAL
    return COPIES if items.place == ANYWHERE and _place(items, sides).is_cluster else share


def infer_fold(function: str, items: Facts, sides: Sequence[Facts], element: Type = UNKNOWN) -> Facts:
    """Facts of a fold: one value; the entries of a dict stay in order and with their members, those of a set do not."""
    keyed = function in ("dict", "Counter", "set", "frozenset")
    order = {"set": Order.NONE, "frozenset": Order.NONE, "dict": items.order, "Counter": items.order,
             "tuple": items.order}.get(function, Order.TOTAL)  # fmt: skip
    disjoint = items.share == "by lambda _: _" or (function == "dict" and items.share == "by lambda _: _[0]")
    if items.shape is Shape.ENTRIES and function == "dict":
        disjoint = items.share == BY_KEYS
    share = items.share if not items.place.is_cluster or items.share in (COPIES, PARTIAL) else DEALT
    share = beside(share, items, sides)
    return Facts(
        place=_place(items, sides),
        element=element if element != UNKNOWN else _fold_type(function, items),
        shape=Shape.VALUE,
        order=order,
        ends=items.ends and all(side.ends for side in sides),
        delivery=items.delivery if function in ("dict", "Counter", "tuple") else Delivery.ONCE,
        share=BY_KEYS if keyed and disjoint and items.place.is_cluster and share != PARTIAL else share,
    )


def _place(items: Facts, sides: Sequence[Facts]) -> PlaceRef:
    return next((facts.place for facts in (items, *sides) if facts.place != ANYWHERE), ANYWHERE)


def _fold_type(function: str, items: Facts) -> Type:
    element = items.element
    if function in SCALAR_FOLDS:
        return SCALAR_FOLDS[function]
    match function:
        case "set" | "frozenset" | "tuple":
            return Type(function, (element, Type("...")) if function == "tuple" else (element,))
        case "Counter":
            return Type("dict", (element, Type("int")))
        case "dict" if element.name == "tuple" and len(element.arguments) == 2:
            return Type("dict", element.arguments)
        case "dict":
            return Type("dict", (UNKNOWN, UNKNOWN))
        case "min" | "max" | "item":
            return element
        case "sum" | "prod":
            return element if element.name in ("int", "float") else Type("int") if element.name == "bool" else UNKNOWN
    return UNKNOWN


def infer_apply(inputs: Sequence[Facts], element: Type, keeps_order: bool) -> Facts:
    """Facts of a value made from values; its inside is in order only where nothing unordered was iterated over."""
    if not inputs:
        return Facts(place=ANYWHERE, element=element, shape=Shape.VALUE)
    place = next((facts.place for facts in inputs if facts.place != ANYWHERE), ANYWHERE)
    ordered = keeps_order or all(facts.order is Order.TOTAL for facts in inputs)
    shares = {facts.share for facts in inputs if facts.place != ANYWHERE}
    return Facts(
        place=place,
        element=element,
        shape=Shape.VALUE,
        order=Order.TOTAL if ordered else Order.NONE,
        delivery=min(facts.delivery for facts in inputs),
        ends=all(facts.ends for facts in inputs),
        share="" if not place.is_cluster else COPIES if shares == {COPIES} else PARTIAL if PARTIAL in shares else DEALT,
    )


def infer_group(items: Facts, key: str, value: Type, key_type: Type, closes: bool) -> Facts:
    """Facts of ``group``; ``key`` is the grouping key as normalised lambda text."""
    whole = items.order is Order.TOTAL
    delivery = Delivery.ONCE if closes else items.delivery
    return replace(
        items,
        element=Type("dict", (key_type, Type("list", (value,)))),
        shape=Shape.ENTRIES,
        order=items.order if whole else Order.NONE,
        delivery=delivery,
        share=_keyed_share(items, key),
    )


def _keyed_share(items: Facts, key: str) -> str:
    if not items.place.is_cluster:
        return ""
    if items.share in (COPIES, PARTIAL):
        return items.share
    return BY_KEYS if items.share == f"by {key}" else DEALT


def infer_window(items: Facts, key: str, element: Type, late: bool) -> Facts:
    """Facts of windows and sessions: entries in order of closing, or the items that came too late."""
    shape = Shape.ITEMS if late else Shape.ENTRIES
    return replace(items, element=element, shape=shape, share=_keyed_share(items, key))


def infer_entries(value: Facts, part: str) -> Facts:
    """Facts of iterating over a finished value: entries of a dict are in its order, elements of a set in none."""
    element, share = _entry_type(value.element, part), PARTIAL
    if value.share == BY_KEYS:
        share = {"items": "by lambda _: _[0]", "keys": "by lambda _: _", "iter": "by lambda _: _"}.get(part, DEALT)
    if value.share == COPIES or not value.place.is_cluster:
        share = value.share
    order = Order.NONE if value.element.name in ("set", "frozenset") else value.order
    return replace(value, element=element, shape=Shape.ITEMS, share=share, order=order)


def _entry_type(value: Type, part: str) -> Type:
    if value.name != "dict" or len(value.arguments) != 2:
        single = value.name in ("set", "frozenset", "list", "tuple") and value.arguments
        return value.arguments[0] if single else Type("str") if value.name == "str" else UNKNOWN
    key, held = value.arguments
    return {"items": Type("tuple", (key, held)), "values": held}.get(part, key)


def infer_scan(items: Facts, element: Type, key: str | None) -> Facts:
    """Facts of a running state: in order as its items; keyed, each key in order among its own."""
    keyed = key is not None and items.share == f"by {key}"
    share = items.share if items.share in ("", COPIES) else DEALT if keyed else PARTIAL
    return replace(items, element=element, shape=Shape.ITEMS, share=share)


def infer_sort(function: str, items: Facts, whole_order: bool) -> Facts:
    """Facts of sorted items: in order when no two different items can tie, else as far as they were before."""
    order = Order.TOTAL if whole_order and function != "reversed" else items.order
    share = items.share if function in ("sorted", "reversed") or items.share == COPIES else PARTIAL
    return replace(items, shape=Shape.ITEMS, order=order, share=share if items.place.is_cluster else "")


def infer_several(inputs: Sequence[Facts], element: Type, ordered: bool) -> Facts:
    """Facts of several collections made one."""
    whole = weaker(inputs[0], *inputs[1:])
    shares = {COPIES if facts.place == ANYWHERE and whole.place.is_cluster else facts.share for facts in inputs}
    share = PARTIAL if shares & {PARTIAL, COPIES} else DEALT  # copies among shares would count once a member
    if len(shares) == 1 or not whole.place.is_cluster:
        share = shares.pop()
    order = whole.order if ordered else Order.NONE
    return replace(whole, element=element, shape=Shape.ITEMS, order=order, share=share if share else "")


def infer_move(verb: str, moved: Facts, to: PlaceRef, key: str, ordered: bool) -> Facts:
    """Facts after a verb, from the table of verbs: which member an item reaches, and what is left of its order."""
    from_process = not moved.place.is_cluster
    if moved.share == COPIES and moved.shape is not Shape.VALUE:  # every member sends what all of them hold
        moved = replace(moved, delivery=Delivery.AT_LEAST_ONCE)
    match verb:
        case "send":
            return replace(moved, place=to, share="")
        case "broadcast":
            order = moved.order if from_process else Order.NONE
            return replace(moved, place=to, share=COPIES, order=order)
        case "scatter" if key:
            return replace(moved, place=to, share=f"by {key}", order=moved.order if from_process else Order.NONE)
        case "scatter":
            return replace(moved, place=to, share=DEALT, order=moved.order if from_process else Order.NONE)
        case "route":
            element = moved.element.arguments[1] if len(moved.element.arguments) == 2 else UNKNOWN
            order = moved.order if from_process else Order.NONE
            return replace(moved, place=to, share=DEALT, element=element, order=order)
    scalar = moved.shape is Shape.VALUE and moved.element.name not in ("dict", "set", "frozenset", "object", "list")
    kept = ordered or scalar
    return replace(
        moved,
        place=to,
        share="",
        order=Order.TOTAL if kept else Order.NONE,
    )


def with_sides(facts: Facts, items: Facts, sides: Sequence[Wire]) -> Facts:
    """Return facts of what was made of ``items`` by code that reads ``sides`` whole."""
    read = [side.facts for side in sides]
    return replace(facts, place=_place(facts, read), share=beside(facts.share, items, read))


def source_facts(kind: str, element: Type, place: PlaceRef = HERE) -> Facts:
    """Facts of a parameter annotated ``Stream``, ``Batch`` or ``Bag``; a cluster's members share it."""
    return Facts(
        place=place,
        element=element,
        order=Order.NONE if kind == "Bag" else Order.TOTAL,
        ends=kind != "Stream",
        share=DEALT if place.is_cluster else "",
    )
