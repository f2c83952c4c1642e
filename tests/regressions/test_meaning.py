"""Programs that once gave another value than Python does."""

from __future__ import annotations

import operator
from functools import reduce

import pytest

from flowcc import Bag, Cluster, FlowError, Here, flow, gather, group, scatter


class Clerks(Cluster):
    """Answer."""


PAIRS = [(n % 3, n * 7 % 5) for n in range(20)]


def mean(values: list[int]) -> int:
    """Not `statistics.mean`."""
    return values[0]


def max(a: int, b: int) -> int:
    """Not the builtin."""
    return 100


@flow
def folds_of_ones_own(pairs: list[tuple[int, int]]) -> dict[int, int]:
    return {k: mean(v) for k, v in group(pairs).items()}


@flow
def builtin_of_ones_own(pairs: list[tuple[int, int]]) -> list[int]:
    k = max(1, 2)
    return [v + k for _, v in pairs]


@flow
def default_of_a_lambda(pairs: list[tuple[int, int]]) -> list[int]:
    k = 1
    shifted = lambda pair, k=k: pair[1] + k  # noqa: E731
    k = 2
    return [shifted(pair) for pair in pairs]


@flow
def default_of_a_function(pairs: list[tuple[int, int]]) -> list[int]:
    k = 1

    def shifted(pair: tuple[int, int], k: int = k) -> int:
        return pair[1] + k

    k = 2
    return [shifted(pair) for pair in pairs]


@flow
def functions_of_one_name(pairs: list[tuple[int, int]]) -> list[int]:
    xs = [v for _, v in pairs]
    for i in range(3):
        f = lambda x, i=i: x * 10 + i  # noqa: E731
        xs = [f(x) for x in xs]
    return xs


@flow
def in_one_after_another(pairs: list[tuple[int, int]]) -> list[int]:
    f = lambda x: x[1] + 1  # noqa: E731
    xs = [f(x) for x in pairs]
    f = lambda x: x * 2  # noqa: E731
    return [f(x) for x in xs]


@pytest.mark.parametrize(
    "program",
    [folds_of_ones_own, builtin_of_ones_own, default_of_a_lambda, default_of_a_function, functions_of_one_name,
     in_one_after_another],
    ids=lambda program: program.__name__,
)  # fmt: skip
def test_it_gives_what_python_gives(program) -> None:  # type: ignore[no-untyped-def]
    assert program(PAIRS) == program.plain(PAIRS)


@flow
def two_lists(xs: list[int]) -> tuple[list[int], list[int]]:
    return sorted(xs), sorted(xs)


def test_equal_results_are_two_lists() -> None:
    first, second = two_lists([2, 1])
    assert first == second == [1, 2]
    assert first is not second


@flow
def gone_over_twice(xs: list[int]) -> tuple[int, int]:
    g = (x for x in xs)
    return sum(g), sum(g)


@flow
def zipped_with_itself(xs: list[int]) -> list[tuple[int, int]]:
    it = iter(xs)
    return list(zip(it, it, strict=False))


@flow
def read_late(xs: list[int]) -> list[int]:
    k = 1
    g = (x + k for x in xs)
    k = 2
    return list(g)


@flow
def read_late_in_a_loop(xs: list[int]) -> list[int]:
    for k in range(3):
        xs = map(lambda x: x + k, xs)  # type: ignore[assignment]  # noqa: C417
    return list(xs)


@pytest.mark.parametrize("program", [gone_over_twice, zipped_with_itself, read_late, read_late_in_a_loop])
def test_iterators_are_gone_over_once(program) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FlowError) as raised:
        program.check()
    assert raised.value.code == "F103"


@flow
def lazily(xs: list[int]) -> int:
    k = 1
    pairs = zip(xs, xs, strict=True)
    sums = map(lambda pair: pair[0] + k, pairs)  # noqa: C417
    total = sum(s for s in sums if s > 2)
    k = 2
    return total + k


def test_lazy_chains_give_what_python_gives() -> None:
    assert lazily([1, 2, 3]) == lazily.plain([1, 2, 3])


@flow
def least(xs: list[int]) -> int:
    return gather(min(scatter(xs, Clerks)), Here, merge=min)


@flow
def reduced(xs: list[int]) -> int:
    return gather(reduce(operator.add, scatter(xs, Clerks)), Here, merge=operator.add)


@pytest.mark.parametrize("program", [least, reduced])
def test_empty_shares_are_not_an_empty_whole(program) -> None:  # type: ignore[no-untyped-def]
    for xs in ([3], [3, 1], list(range(9))):
        assert program.run(xs, members={Clerks: 3}) == program.plain(xs)
    with pytest.raises((ValueError, TypeError), match="empty"):
        program.run([], members={Clerks: 3})


NOTHING, BOUNDLESS = float("nan"), float("-inf")


@flow
def constants(xs: list[int], separator: str = "\ud800\n") -> Bag[tuple[object, ...], Here]:
    return gather([(NOTHING, BOUNDLESS, separator) for _ in scatter(xs, Clerks)], Here)


def test_constants_that_json_has_no_form_for() -> None:
    assert repr(constants.run([1])) == repr(constants.plain([1]))
