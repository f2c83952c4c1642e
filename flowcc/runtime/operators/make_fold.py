"""Which fold a name stands for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from flowcc.runtime.node import Node
from flowcc.runtime.operators.compensated_sum import CompensatedSum
from flowcc.runtime.operators.fold import (
    COMPENSATED,
    ON_LISTS,
    Arguments,
    At,
    Collected,
    Decision,
    Extreme,
    Fold,
    Length,
    OfAll,
    Reduction,
    Tally,
    Total,
    sum_from,
)


def make_fold(node: Node, function: str, arguments: Arguments) -> Fold:
    """Return the fold that ``function`` names."""
    make = FOLDS.get(function)
    if make is not None:
        return make(node, arguments)
    of_list = ON_LISTS[function]
    return OfAll(node, (lambda items: of_list(items, **arguments)) if arguments else of_list, function)


def _sum(node: Node, arguments: Arguments) -> Fold:
    start = arguments.get("start", 0)
    sum((), start)  # raises what Python does for a start it refuses
    return CompensatedSum(node, start) if COMPENSATED else Total(node, sum_from, start)


def _prod(node: Node, arguments: Arguments) -> Fold:
    return Total(node, lambda items, held: prod(items, start=held), arguments.get("start", 1))


def _reduce(node: Node, arguments: Arguments) -> Fold:
    return Reduction(node, arguments["function"], *_initial(arguments))


def _initial(arguments: Arguments) -> tuple[Any, ...]:
    return (arguments["initial"],) if "initial" in arguments else ()


FOLDS: Mapping[str, Callable[[Node, Arguments], Fold]] = {
    "sum": _sum,
    "len": lambda node, _: Length(node),
    "min": lambda node, arguments: Extreme(node, min, arguments),
    "max": lambda node, arguments: Extreme(node, max, arguments),
    "any": lambda node, _: Decision(node, any, True),
    "all": lambda node, _: Decision(node, all, False),
    "set": lambda node, _: Collected(node, set()),
    "dict": lambda node, _: Collected(node, {}),
    "Counter": lambda node, _: Collected(node, Counter()),
    "prod": _prod,
    "reduce": _reduce,
    "item": lambda node, arguments: At(node, arguments["index"]),
    "tally": lambda node, _: Tally(node),
}  # those that go on from batch to batch
