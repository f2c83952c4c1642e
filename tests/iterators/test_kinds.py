"""Iterators and views are what they are in Python: no lists."""

# ruff: noqa: B905, C417, C419, F841
from __future__ import annotations

import itertools
from collections.abc import Callable
from itertools import accumulate, chain, islice, takewhile

import pytest

from flowcc import Batch, Cluster, FlowError, Process, flow, gather, processes, scatter, threads

XS = [3, 1, 0, 5, -2, 7]


class Reader(Process):
    """Reads."""


class Clerks(Cluster):
    """Count."""


@flow
def length_of_a_map(xs: Batch[int]) -> int:
    return len(map(abs, xs))


@flow
def length_of_a_generator(xs: Batch[int]) -> int:
    return len(x for x in xs)


@flow
def length_of_a_zip_by_name(xs: Batch[int]) -> int:
    pairs = zip(xs, xs)
    return len(pairs)


@flow
def first_of_a_map(xs: Batch[int]) -> int:
    return map(abs, xs)[0]


@flow
def slice_of_a_filter(xs: Batch[int]) -> list[int]:
    return filter(None, xs)[:2]


@flow
def first_key(xs: Batch[int]) -> int:
    d = {x: x for x in xs}
    return d.keys()[0]


@flow
def slice_of_values(xs: Batch[int]) -> list[int]:
    d = {x: x for x in xs}
    return d.values()[1:]


@flow
def sum_of_lists_and_maps(xs: Batch[int]) -> list[int]:
    return xs + map(abs, xs)


@flow
def reversed_map(xs: Batch[int]) -> list[int]:
    return list(reversed(map(abs, xs)))


@flow
def next_of_a_list(xs: Batch[int]) -> int:
    ys = [x + 1 for x in xs]
    return next(ys)


@flow
def copy_of_a_generator(xs: Batch[int]) -> list[int]:
    return (x for x in xs).copy()


@flow
def length_of_accumulate_in_a_sum(xs: Batch[int]) -> int:
    return 1 + len(accumulate(xs))


@flow
def by_another_name(xs: Batch[int]) -> int:
    apply = map
    return len(apply(abs, xs))


@flow
def first_above(xs: Batch[int]) -> int:
    return next((x for x in xs if x > 4), -1)


@flow
def first_above_all(xs: Batch[int]) -> int:
    return next((x for x in xs if x > 100), -1)


@flow
def first_of_none(xs: Batch[int]) -> int:
    return next(x for x in xs if x > 100)


@flow
def first_of_iter(xs: Batch[int]) -> int:
    ys = [x * 2 for x in xs]
    return next(iter(ys)) + 1


@flow
def first_key_in_order(xs: Batch[int]) -> int:
    d = {x % 3: x for x in xs}
    return next(iter(d))


@flow
def length_of_keys(xs: Batch[int]) -> int:
    d = {x % 3: x for x in xs}
    return len(d.keys()) + len(d.values())


@flow
def truth_of_an_empty_generator(xs: Batch[int]) -> int:
    none = (x for x in xs if x > 100)
    return 1 if none else 2


@flow
def lists_of_iterators(xs: Batch[int]) -> int:
    ys = list(map(abs, xs))
    return len(ys) + ys[0] + sum(ys[1:])


@flow
def any_of_a_generator(xs: Batch[int]) -> bool:
    return any(10 // x > 2 for x in xs)


@flow
def any_of_a_list(xs: Batch[int]) -> bool:
    return any([10 // x > 2 for x in xs])


@flow
def slice_of_a_list(xs: Batch[int]) -> list[int]:
    ys = [10 // x for x in xs]
    return ys[:2]


@flow
def islice_of_a_list(xs: Batch[int]) -> list[int]:
    ys = [10 // x for x in xs]
    return list(islice(ys, 2))


@flow
def islice_of_a_generator(xs: Batch[int]) -> list[int]:
    return list(itertools.islice((10 // x for x in xs), 2))


@flow
def takewhile_of_a_map(xs: Batch[int]) -> list[int]:
    return list(takewhile(lambda x: x != 10, map(lambda x: 10 // x, xs)))


@flow
def zip_of_a_short_list(xs: Batch[int]) -> list[tuple[int, int]]:
    return list(zip([1, 2], (10 // x for x in xs)))


@flow
def zip_that_reaches_one_more(xs: Batch[int]) -> list[tuple[int, int]]:
    return list(zip((10 // x for x in xs), [1, 2]))


@flow
def within_an_item(xs: Batch[int]) -> list[int]:
    return list(islice((10 // y for x in xs for y in (x, x - 1, x - 3)), 2))


@flow
def chained(xs: Batch[int]) -> list[int]:
    return list(islice(chain(xs, (10 // x for x in xs)), 8))


@flow
def at_a_place(xs: Batch[int, Reader]) -> list[int]:
    return list(islice((10 // x for x in xs), 2))


@flow
def on_a_cluster(xs: Batch[int]) -> bool:
    mine = scatter(xs, Clerks, by=lambda x: x)
    return gather(any(10 // x > 2 for x in (y for y in mine)), Reader, merge=lambda a, b: a or b)


@flow
def generator_functions(xs: Batch[int]) -> Batch[int]:
    return islice((x * x for x in xs), 3)


@flow
def truth_of_a_generator(xs: Batch[int]) -> bool:
    return bool(x for x in xs if x > 100)


@flow
def generator_in_a_condition(xs: Batch[int]) -> int:
    return 1 if (x for x in xs if x > 100) else 0


@flow
def generator_beside_a_list(xs: Batch[int]) -> bool:
    return (x for x in xs) == [x + 0 for x in xs]


@flow
def type_of_a_generator(xs: Batch[int]) -> str:
    return type(x for x in xs).__name__


@flow
def length_in_a_function(xs: Batch[int]) -> int:
    def f(v):
        return len(v)

    return f(x for x in xs)


@flow
def iterators_that_nobody_reads(xs: Batch[int]) -> int:
    bad = map(lambda v: 1 // 0, xs)
    worse = zip(xs, (1 // x for x in xs))
    return len(xs)


FLOWS = [each for each in list(globals().values()) if hasattr(each, "plain")]


def outcome(call: Callable[[], object]) -> tuple[str, object]:
    try:
        return "gives", call()
    except Exception as error:
        return type(error).__name__, str(error)


def plain(one: object) -> tuple[str, object]:
    kind, made = outcome(lambda: one.plain(list(XS)))
    return kind, list(made) if isinstance(made, islice) else made


@pytest.mark.parametrize("jit", ["auto", "never", "always"])
@pytest.mark.parametrize("one", FLOWS, ids=lambda one: one.__name__)
def test_a_call_gives_or_raises_what_python_does(one: object, jit: str) -> None:
    forced = flow(jit=jit)(one.plain)
    forced.check()
    assert outcome(lambda: forced(list(XS))) == plain(one)
    assert outcome(lambda: forced(iter(XS)))[0] == plain(one)[0]


@pytest.mark.parametrize("one", FLOWS, ids=lambda one: one.__name__)
def test_so_does_a_run_on_stages(one: object) -> None:
    assert outcome(lambda: one.run(list(XS), on=threads())) == plain(one)


def test_processes_reach_no_item_that_python_does_not() -> None:
    xs = [3, 1, 0, 5] * 100
    assert at_a_place.run(xs, on=processes()) == at_a_place.plain(xs)


@flow
def used_twice_in_a_tuple(xs: Batch[int]) -> int:
    pair = (map(abs, xs), 1)
    return sum(pair[0]) + sum(pair[0])


@flow
def largest_and_sum(numbers: Batch[int]) -> int:
    return max(numbers) + sum(numbers)


@flow
def handed_to_a_flow_that_goes_over_it_twice(xs: Batch[int]) -> int:
    return largest_and_sum(map(abs, xs))


@flow
def unpacked_and_used_twice(xs: Batch[int]) -> int:
    ys, zs = map(abs, xs), 2
    return sum(ys) + max(ys) + zs


@pytest.mark.parametrize(
    "one", [used_twice_in_a_tuple, handed_to_a_flow_that_goes_over_it_twice, unpacked_and_used_twice],
    ids=lambda one: one.__name__,
)  # fmt: skip
def test_an_iterator_is_gone_over_once(one: object) -> None:
    with pytest.raises(FlowError) as caught:
        one.check()
    assert caught.value.code == "F103"
