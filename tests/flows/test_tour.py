"""Every flow of the tour gives what the plain function gives: called, cut into batches, interpreted, on stages."""

from __future__ import annotations

import itertools
from functools import partial

import pytest

from flowcc import Batch, Flow, FlowError, flow, threads
from flowcc.interpret import interpret
from tests.flows import tour_of_code, tour_of_collections
from tests.flows.agreement import Cut, Outcome, clusters_of, outcome
from tests.flows.compare import form

MODULES = (tour_of_code, tour_of_collections)
FLOWS = [made for module in MODULES for made in vars(module).values() if isinstance(made, Flow)]
INPUTS = ([3, 1, 2, 1, 5, 0, 7, 2], [])


def same(expected: Outcome, found: Outcome) -> bool:
    if expected.error is not None:
        return type(found.error) is type(expected.error)
    return found.error is None and form(listed(expected.value)) == form(listed(found.value))


def listed(value: object) -> object:
    """Return a result with Python's iterators and views as the lists that flows give."""
    if type(value) is tuple:
        return tuple(map(listed, value))
    once = hasattr(value, "__next__") or type(value).__name__ in ("dict_keys", "dict_values")
    return list(value) if once else value  # type: ignore[call-overload]


@pytest.mark.parametrize("items", INPUTS, ids=["some", "none"])
@pytest.mark.parametrize("made", FLOWS, ids=[made.__name__ for made in FLOWS])
def test_a_flow_means_what_python_means(made: Flow[[object], object], items: list[int]) -> None:
    expected = outcome(lambda: made.plain(list(items)))
    assert same(expected, outcome(lambda: made(list(items))))
    assert same(expected, outcome(lambda: made(Cut(list(items)))))
    clusters = clusters_of(made._compile({}).written)
    for members in (1, 2, 3):
        assert same(expected, outcome(partial(interpreted, made, items, dict.fromkeys(clusters, members))))
    members_of = dict.fromkeys(clusters, 3)
    assert same(expected, outcome(lambda: made.run(list(items), on=threads(), members=members_of)))


def interpreted(made: Flow[[object], object], items: list[int], sizes: dict[str, int]) -> object:
    compiled = made._compile({})
    return interpret(compiled.rewritten, {made.parameters[0][0]: items}, compiled.environment, sizes)


@flow
def counted(xs: Batch[int]):  # type: ignore[no-untyped-def]
    return list(zip(xs, itertools.count(), strict=False))


def test_known_items_must_end() -> None:
    with pytest.raises(FlowError) as refused:
        counted([1, 2])
    assert refused.value.code == "F302"


def test_the_tour_is_long() -> None:
    assert len(FLOWS) >= 70
