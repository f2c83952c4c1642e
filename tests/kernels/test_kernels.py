"""Kernels of element code as it is written: the same results as Python, and which items Python had to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowcc.backend.kernels.cache import Cache
from flowcc.backend.kernels.kernel_text import translate
from flowcc.backend.kernels.making import kinds_of, make
from flowcc.backend.kernels.native import Native
from flowcc.backend.kernels.values import Refusal
from flowcc.runtime.columns import Columns, columns_of
from flowcc.runtime.schema import INT64
from tests.kernels import programs

LARGE = [2**62, 2**63 - 1, -(2**63)]
TEXTS = ["The quick  brown", "", " \t", "one", "Ä ö\u2003ß É", "x" * 5000 + " Y", "a,b,,c , d", "\x1csep\x1fend"]
CASES: list[tuple[Callable[..., Any], list[Any]]] = [
    (programs.arithmetic, list(range(-3000, 6000))),
    (programs.arithmetic, [*range(5000), *LARGE, *range(5000)]),
    (programs.fused, list(range(3000))),
    (programs.nested, list(range(-100, 3000))),
    (programs.words, TEXTS * 20),
    (programs.fields, TEXTS * 20),
    (programs.collatzes, list(range(1, 300))),
    (programs.primes, list(range(-3, 500))),
    (programs.summed, TEXTS),
    (programs.signs, [-1, 0, 5, *LARGE]),
    (programs.points, [1, 50, 2**54, 10]),
    (programs.moved, [programs.Point(2, 3.0), programs.Point(1), programs.Point(4, 0.5), programs.Point(-2, 9.5)]),
    (programs.told, ["a", "straße", "", "abc"]),
    (programs.long_words, [programs.Word("abc", 3), programs.Word("d", 1)]),
    (programs.present, [1, None, -1, 2**63 - 1]),
    (programs.pairs, [0, 3, 1, -5, 40]),
    (programs.letters, ["a1b", "", "Z"]),
]


def made(
    function: Callable[..., Any], items: list[Any], sides: tuple[Any, ...], folder: Path, kind: str = "each"
) -> Native:
    kinds = kinds_of(items, sides)
    assert kinds is not None
    found = make(function, kind, kinds, True, Cache(folder))
    assert found is not None
    assert found.native is not None, found.refusal
    return found.native


def listed(result: Any) -> Any:
    return result.rows() if isinstance(result, Columns) else result


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kernels")


@pytest.mark.parametrize(("function", "items"), CASES, ids=[f"{f.__name__}-{n}" for n, (f, _) in enumerate(CASES)])
def test_a_kernel_gives_what_python_gives(function: Callable[..., Any], items: list[Any], folder: Path) -> None:
    expected = function(items)
    result = listed(made(function, items, (), folder)(items))
    assert result == expected
    assert [type(item) for item in result] == [type(item) for item in expected]


def test_most_items_never_meet_python(folder: Path) -> None:
    items = [*range(10_000), 2**62, *range(10_000)]
    native = made(programs.there_and_back, items, (), folder)
    assert listed(native(items)) == programs.there_and_back(items)
    assert 1 <= native.redone <= 4096


def test_text_without_letters_past_ascii_never_meets_python(folder: Path) -> None:
    items = ["Plain words", "wide\u2003space", "a\u00a0b"] * 1000
    native = made(programs.words, items, (), folder)
    assert listed(native(items)) == programs.words(items)
    assert native.redone == 0


def test_sides_are_arguments(folder: Path) -> None:
    native = made(programs.offset, [1, 2], (5, "n"), folder)
    assert listed(native([1, 2, -3], 5, "n")) == programs.offset([1, 2, -3], 5, "n")
    assert listed(native([1], -7, "ä")) == ["ä:-6"]
    assert listed(native([1], True, "n")) == ["n:2"]


def test_a_function_of_one_item(folder: Path) -> None:
    native = made(programs.key, ["Ab"], (), folder, "item")
    assert listed(native(["Ab", "", "Éa", "z"])) == ["a", "", "é", "z"]


def test_where_python_raises_the_kernel_gives_nothing(folder: Path) -> None:
    native = made(programs.divided, [1], (), folder)
    assert native([1, 0, 2]) is None
    assert listed(native([1, 3, -3])) == [100, 33, -34]


def test_the_least_of_nothing_is_pythons_to_refuse(folder: Path) -> None:
    native = made(programs.shortest, ["a"], (), folder)
    assert listed(native(["bb a", "ccc"])) == [1, 3]
    assert native(["a", ""]) is None


def test_items_of_another_type_are_pythons(folder: Path) -> None:
    native = made(programs.arithmetic, [1], (), folder)
    assert native([1, True, 2.5]) == programs.arithmetic([1, True, 2.5])
    assert native([2**70]) == programs.arithmetic([2**70])


def test_a_constant_that_changed_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    native = made(programs.points, [1], (), folder)
    monkeypatch.setattr(programs, "LIMIT", 0)
    assert listed(native([1, 5])) == programs.points([1, 5]) == [programs.Point(1, 0.5), programs.Point(5, 2.5)]


def test_a_refusal_names_the_expression() -> None:
    refusal = translate(programs.last_resort, "each", INT64)
    assert isinstance(refusal, Refusal)
    assert refusal.expression in ("sorted([x, 1])", "[x, 1]")
    assert refusal.line > 0


def test_a_constant_nan_stays_one_object() -> None:
    assert isinstance(translate(programs.not_numbers, "each", INT64), Refusal)


def test_a_slice_of_columns_starts_where_it_starts(folder: Path) -> None:
    columns = columns_of(TEXTS * 3)
    assert columns is not None
    native = made(programs.words, TEXTS, (), folder)
    assert listed(native(columns[3:9])) == programs.words((TEXTS * 3)[3:9])
    assert listed(native(columns[0:0])) == []
