"""Programs that once gave another value than Python does."""

from __future__ import annotations

import pytest

from flowcc import flow, group

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
