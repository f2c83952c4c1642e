"""Operators, places and facts in a few words, as graphs label them."""

from __future__ import annotations

from typing import assert_never

from flowcc.facts import ANYWHERE, Delivery, Facts, Order, PlaceRef, Shape
from flowcc.ir import (
    Apply,
    Claim,
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
    Zip,
)

MOST_CHARACTERS = 44

ORDERS = {Order.TOTAL: "in order", Order.PER_KEY: "in order per key", Order.NONE: "any order"}
DELIVERIES = {Delivery.ONCE: "once", Delivery.AT_LEAST_ONCE: "at least once"}


def operator_text(op: Op) -> str:
    """Return what an operator does in at most `MOST_CHARACTERS` characters."""
    return shortened(_text(op))


def _text(op: Op) -> str:
    match op:
        case Source():
            return "parameter"
        case Literal():
            return op.items.text
        case Each() | Apply() | Join():
            return op.code.text
        case Fold() | Scan() | Sort() | Window() | Concat():
            arguments = ", ".join(f"{name}={code.text}" for name, code in op.arguments)
            return f"{op.function}({arguments})" if arguments else op.function
        case Group():
            return f"group(by={op.by.text})" if op.by else "group"
        case GroupFold():
            return "group: " + ", ".join(function for _, function, _ in op.folds)
        case Entries():
            return op.part
        case Take():
            start, stop, step = ("" if code is None else code.text for code in (op.start, op.stop, op.step))
            return f"[{start}:{stop}:{step}]" if step else f"[{start}:{stop}]"
        case Zip():
            return "zip(strict=True)" if op.strict else "zip"
        case Merge():
            return "merge"
        case Fixpoint():
            return f"fixpoint({op.step.text})"
        case Claim():
            return op.function
        case Move():
            key = op.by or op.merge
            return op.verb if key is None else f"{op.verb}({'by' if op.by else 'merge'}={key.text})"
        case Result():
            return "to the caller"
        case _:
            assert_never(op)


def shortened(text: str) -> str:
    """Return a text on one line, its middle left out where it is long."""
    line = " ".join(text.split())
    if len(line) <= MOST_CHARACTERS:
        return line
    half = (MOST_CHARACTERS - 1) // 2
    return f"{line[:half]}…{line[-half:]}"


def place_text(place: PlaceRef) -> str:
    """Return a place's name and kind."""
    if place == ANYWHERE:
        return "known when compiled"
    return f"{place.name} (cluster)" if place.is_cluster else place.name


def wire_facts(facts: Facts) -> dict[str, str | bool]:
    """Return the facts of a wire in words: element type, order, delivery, whether it ends."""
    is_value = facts.shape is Shape.VALUE
    return {
        "element": f"one {facts.element}" if is_value else str(facts.element),
        "shape": facts.shape.value,
        "order": "" if is_value else ORDERS[facts.order],
        "delivery": DELIVERIES[facts.delivery],
        "ends": facts.ends,
        "share": facts.share,
    }
