"""Folds of groups over columns are those of Python, however batches are cut and lists come between."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.backend.kernels.hot import Hot
from flowcc.runtime.local import run_here
from flowcc.runtime.node import Node
from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import (
    Alone,
    InColumns,
    Odd,
    Partly,
    agree,
    cuts,
    floats,
    ints,
    keys_of_kinds,
    odd,
    run,
    texts,
)

FUNCTIONS = ("sum", "len", "min", "max", "any", "all", "mean", "fmean", "fsum", "prod")
values = {"ints": ints, "floats": floats, "bools": st.booleans(), "texts": texts}


def packed(key: Any, *folds: Any) -> Any:
    return key, folds


def entry(key, total, size):  # type: ignore[no-untyped-def]
    return (key, (total, size))


def is_large(key: Any, *folds: Any) -> bool:
    return bool(folds[0] > 1)


def above(held):  # type: ignore[no-untyped-def]
    return (x for x in held if x > 0)


def each_plus(held):  # type: ignore[no-untyped-def]
    return [x + x for x in held]


def each_twice(held):  # type: ignore[no-untyped-def]
    return (x * 2 for x in held for _ in range(2))


def parity(pair):  # type: ignore[no-untyped-def]
    return pair[1] % 2


def first(pair):  # type: ignore[no-untyped-def]
    return pair[0]


def second(held):  # type: ignore[no-untyped-def]
    return (amount for _, amount in held)


def divided(held):  # type: ignore[no-untyped-def]
    return (10 // amount for amount in held)


def is_positive(key: Any, *folds: Any) -> bool:
    return bool(key > 0)


def grouped(functions: list[str], **arguments: Any) -> Any:
    def wire(stage: Stage) -> None:
        xs: Node = stage.source("xs", at=1)
        folds = [(f"f{number}", *_spec(function)) for number, function in enumerate(functions)]
        stage.result(stage.group_fold(xs, folds=folds, **{"result": packed, **arguments}, at=2), at=3)

    return wire


def amount(pair):  # type: ignore[no-untyped-def]
    return pair[1]


def magnitude(x):  # type: ignore[no-untyped-def]
    return x * x if x < 2**31 else x


def _spec(function: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(function, str):
        return function, {}
    return function[0], function[1] if isinstance(function[1], dict) else {"of": function[1]}


@pytest.mark.parametrize("kind", values)
@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_folds(kind: str, data: st.DataObject, sizes: list[int], lists: int) -> None:
    keys = data.draw(st.sampled_from([ints, texts, st.integers(0, 2)]))
    pairs = data.draw(st.lists(st.tuples(keys, values[kind])))
    functions = data.draw(st.lists(st.sampled_from(FUNCTIONS), min_size=1, max_size=3))
    agree(grouped(functions), {"xs": InColumns(pairs, sizes, lists)})


@given(data=st.data(), sizes=cuts)
@settings(deadline=None)
def test_other_items_hand_over_to_python(data: st.DataObject, sizes: list[int]) -> None:
    numbers = data.draw(st.sampled_from([ints, floats]))
    few = st.integers(0, 2)
    pairs = data.draw(st.lists(st.tuples(few, numbers)))
    others = data.draw(st.lists(st.tuples(st.one_of(few, odd), st.one_of(odd, numbers)), min_size=1))
    functions = data.draw(st.lists(st.sampled_from(FUNCTIONS), min_size=1, max_size=3))
    agree(grouped(functions), {"xs": InColumns([*pairs, *others, *pairs], sizes)})


def test_what_is_no_number_is_compared_as_python_does() -> None:
    nan = float("nan")
    pairs = [(1, nan), (1, 2.0), (1, 1.0), (2, 1.0), (2, nan), (2, 0.5), (3, 0.0), (3, -0.0), (4, -0.0), (4, 0.0)]
    keys, column = np.array([key for key, _ in pairs]), np.array([value for _, value in pairs])
    from flowcc.runtime.columns import Columns
    from flowcc.runtime.schema import FLOAT64, INT64, Struct

    columns = Columns(Struct((INT64, FLOAT64)), (keys, column), len(keys))

    class Once:
        def batches(self, share: int, shares: int) -> Any:
            return iter([columns])

    assert agree(grouped(["min", "max", "any", "sum"]), {"xs": Once()}) == "['numba']"


def test_entries_that_only_pack_the_folds_are_columns_and_others_are_not() -> None:
    pairs = [(n % 7, n) for n in range(100)]
    for result in (entry, lambda key, total, size: (key, total / size), lambda key, total, size: (key, (size, total))):
        assert agree(grouped(["sum", "len"], result=result), {"xs": InColumns(pairs, [9])}) == "['numba']"
    agree(grouped(["sum", "len"], result=entry, where=is_large), {"xs": InColumns(pairs, [9])})


def test_a_result_that_raises_is_told_with_its_entry() -> None:
    pairs = [(n % 7, n % 3) for n in range(100)]
    wire = grouped(["min", "max"], result=lambda key, least, most: (key, most // least))
    agree(wire, {"xs": InColumns(pairs, [9])})


def test_sums_past_64_bits() -> None:
    pairs = [(n % 3, (2**63 - 1) * (-1) ** (n % 2)) for n in range(9)] + [(1, 2**62)] * 50 + [(2, -(2**63))] * 50
    assert agree(grouped(["sum"], result=lambda k, s: (k, (s,))), {"xs": InColumns(pairs, [10])}) == "['numba']"


@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_folds_of_comprehensions(data: st.DataObject, sizes: list[int], lists: int) -> None:
    """Also where a group has no values at all, and where an item fails that is asked for in some groups only."""
    numbers = data.draw(st.sampled_from([ints, floats, st.integers(-3, 3)]))
    pairs = data.draw(st.lists(st.tuples(st.integers(0, 2), numbers)))
    kernels = [above, each_plus, each_twice, divided]
    drawn = st.tuples(st.sampled_from(FUNCTIONS).filter(lambda name: name != "len"), st.sampled_from(kernels))
    functions = data.draw(st.lists(st.one_of(drawn, st.sampled_from(FUNCTIONS)), min_size=1, max_size=3))
    asked = {"f0": is_positive} if data.draw(st.booleans()) else {}
    agree(grouped(functions, asked=asked), {"xs": InColumns(pairs, sizes, lists)})


@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_groups_by_a_key(data: st.DataObject, sizes: list[int], lists: int) -> None:
    pairs = data.draw(st.lists(st.tuples(texts, st.one_of(st.integers(-3, 3), ints))))
    functions = data.draw(st.lists(st.sampled_from(["len", ("sum", second), ("max", second)]), min_size=1, max_size=3))
    agree(grouped(functions, by=data.draw(st.sampled_from([parity, first]))), {"xs": InColumns(pairs, sizes, lists)})


@pytest.mark.parametrize("function", ["fsum", "fmean", "mean"])
def test_means_are_exact(function: str) -> None:
    rng = np.random.default_rng(1)
    wild = rng.standard_normal(4000) * 10.0 ** rng.integers(-300, 290, 4000)
    near = np.concatenate([wild, rng.random(4000), -wild[::2], np.arange(400.0), [0.5, 2.0**53, -0.0, 5e-324, 1e16]])
    pairs = [(int(key), float(value)) for key, value in zip(rng.integers(0, 9, len(near)), near, strict=True)]
    assert agree(grouped([function]), {"xs": InColumns(pairs, [1000])}) == "['numba']"
    few = [(n // 2, value) for n, value in enumerate([1.0, 2.0, -0.0, -0.0, -5e-324, 0.0, 1e16, 1.0, 0.1, 0.2])]
    assert agree(grouped([function]), {"xs": InColumns(few, [3])}) == "['numba']"
    whole = [(n % 5, n * n * (-1) ** n) for n in range(97)] + [(7, 2**63 - 1), (7, 2**63 - 1), (8, 2**60 + 1)]
    assert agree(grouped([function]), {"xs": InColumns(whole, [40])}) == "['numba']"


@pytest.mark.parametrize("function", ["fsum", "fmean", "mean"])
def test_what_is_not_finite_and_what_is_huge(function: str) -> None:
    inf = float("inf")
    finite = [(n % 3, n / 7) for n in range(30)]
    for special in ([(0, inf)], [(0, inf), (0, -inf)], [(1, 1e308), (1, 1e308)], [(1, 1e308), (1, -1e308), (0, inf)]):
        for asked in ({}, {"f0": is_positive}):
            agree(grouped([function, "len"], asked=asked), {"xs": InColumns([*finite, *special, *finite], [7])})


def test_a_fold_that_fails_matters_where_it_is_asked_for() -> None:
    pairs = [(0, 0), (1, 5), (0, 3), (1, 2)]
    wire = grouped([("max", divided)], asked={"f0": is_positive})
    assert run(wire, {"xs": InColumns(pairs, [2])}, Hot("always")) == {0: (None,), 1: (5,)}
    with pytest.raises(ZeroDivisionError):
        run(grouped([("max", divided)]), {"xs": InColumns(pairs, [2])}, Hot("always"))


def test_a_fold_that_fails_in_long_groups_matters_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own steps fold groups as soon as they are large."""
    monkeypatch.setattr("flowcc.runtime.operators.group.PENDING", 3)
    pairs = [(0, 0), (1, 5), (0, 3), (1, 2), (0, "a"), (1, 7), (1, 1)] * 3
    for functions in (["sum"], [("sum", divided)], [("any", divided)], ["max"], ["mean", "len"]):
        assert agree(grouped(functions, asked={"f0": is_positive}), {"xs": InColumns(pairs, [2])})


@pytest.mark.parametrize("kind", keys_of_kinds)
@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=30)
def test_keys(kind: str, data: st.DataObject, sizes: list[int], lists: int) -> None:
    """Any kind of key groups as in Python; of equal ones the first is what comes out."""
    pairs = data.draw(st.lists(st.tuples(keys_of_kinds[kind], st.integers(0, 9))))
    wire = grouped(["sum", "len"], result=lambda key, total, size: (key, (repr(key), total, size)))
    agree(wire, {"xs": InColumns(pairs, sizes, lists)})


def test_keys_of_their_own_equality_are_left_to_python() -> None:
    for key in (Odd(1, "a"), Alone(1), Partly(1, "a")):
        assert agree(
            grouped(["len"], result=lambda key, size: (str(key), size)), {"xs": InColumns([(key, 1)], [1])}
        ) == ("['python']")


def test_nan_is_a_key_of_its_own() -> None:
    from flowcc.runtime.columns import Columns
    from flowcc.runtime.schema import FLOAT64, INT64, Struct

    class Once:
        def batches(self, share: int, shares: int) -> Any:
            keys = np.array([1.0, float("nan"), 1.0, float("nan")])
            return iter([Columns(Struct((FLOAT64, INT64)), (keys, np.arange(4)), 4)])

    given = run(grouped(["len"]), {"xs": Once()}, Hot("always"))
    assert sorted(given.values()) == [(1,), (1,), (2,)]


@pytest.mark.parametrize("kind", ["ints", "floats", "bools", "texts"])
@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=40)
def test_the_best_by_a_key_is_the_first(kind: str, data: st.DataObject, sizes: list[int], lists: int) -> None:
    """Items are told apart by their first part, which no key reads; keys are often equal."""
    few = values[kind] if data.draw(st.booleans()) else st.sampled_from(data.draw(st.lists(values[kind], min_size=1)))
    items = data.draw(st.lists(st.tuples(st.integers(0, 2), st.tuples(texts, few))))
    functions = data.draw(st.lists(st.sampled_from(["max", "min"]), min_size=1, max_size=2))
    specs = [(function, {"key": amount}) for function in functions]
    agree(grouped([*specs, "len"]), {"xs": InColumns(items, sizes, lists)})


def test_the_best_of_a_comprehension_by_a_key() -> None:
    pairs = [(n % 3, n * 7 % 10 - 4) for n in range(50)]
    for function in ("max", "min"):
        given = {"of": above, "key": magnitude, "default": None}
        assert agree(grouped([(function, given)]), {"xs": InColumns([*pairs, (9, -1)], [7])}) == "['numba']"
    items = [(n % 3, (str(n), float(n * 7 % 10))) for n in range(50)]
    assert agree(grouped([("max", {"key": amount})]), {"xs": InColumns(items, [7])}) == "['numba']"
    assert agree(grouped([("max", {"key": first})]), {"xs": InColumns(items, [7])}) == "['python']"


def test_the_best_stays_the_best_when_many_others_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowcc.runtime.columnar.groups.bests.SPARE", 4)
    items = [(n % 3, (str(n), n * 7919 % 1000)) for n in range(300)]
    growing = [(n % 3, (str(n), n)) for n in range(300)]
    for pairs in (items, growing, growing[::-1]):
        assert agree(grouped([("max", {"key": amount}), "len"]), {"xs": InColumns(pairs, [9])}) == "['numba']"


def test_texts_are_compared_as_python_does() -> None:
    texts = ["b", "a", "ab", "", "\x00", "a\x00", "é", "z", "\U0001f600", "\uffff", "ÿ"]
    pairs = [(n % 4, texts[n * 5 % 11]) for n in range(80)]
    assert agree(grouped(["min", "max"]), {"xs": InColumns(pairs, [9])}) == "['numba']"


class Mixed(InColumns):
    """Lists first, then columns, then both."""

    def batches(self, share: int, shares: int) -> Any:
        for number, batch in enumerate(InColumns(self.items, self.sizes).batches(share, shares)):
            as_list = number < self.lists or number % 5 == 4
            yield batch.rows() if as_list and not isinstance(batch, list) else batch


@pytest.mark.parametrize("kind", ["ints", "floats", "bools", "texts"])
@given(data=st.data(), sizes=cuts, lists=st.integers(0, 6))
@settings(deadline=None, max_examples=40)
def test_folds_of_pythons_go_on_over_columns(kind: str, data: st.DataObject, sizes: list[int], lists: int) -> None:
    """Also when Python has folded its groups by then, since they were large."""
    pairs = data.draw(st.lists(st.tuples(st.integers(0, 2), values[kind]), max_size=40))
    keyed = [(name, {"key": lambda x: x}) for name in ("max", "min")]
    mapped = [("max", each_twice), ("mean", each_plus), ("sum", above)]
    functions = data.draw(st.lists(st.sampled_from([*FUNCTIONS, *keyed, *mapped]), min_size=1, max_size=3))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("flowcc.runtime.operators.group.PENDING", 5)
        agree(grouped(functions), {"xs": Mixed(pairs, sizes, lists)})


@pytest.mark.parametrize("function", [*FUNCTIONS, ("max", {"key": magnitude})])
def test_what_python_has_folded_is_taken_over(function: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowcc.runtime.operators.group.PENDING", 5)
    pairs = [(n % 3, n * 7919 % 1000 / 8) for n in range(60)]
    assert agree(grouped([function]), {"xs": Mixed(pairs, [4], 4)}) == "['numba']"


@pytest.mark.parametrize("pending", [3, 1 << 20])
@pytest.mark.parametrize("jit", [Hot("always"), None])
def test_a_group_that_fails_is_told_by_its_key(pending: int, jit: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowcc.runtime.operators.group.PENDING", pending)
    pairs = [(key, key - number) for number in range(4) for key in (7, 1, 8)]
    wire = grouped([("max", divided), "len"])
    skipped: list[Any] = []
    given = run_here(wire, {"xs": InColumns(pairs, [2])}, flow="f", filename="f.py", jit=jit, on_error=skipped.append)
    assert given.keys() == {7, 8}
    items = [each.item if isinstance(each.item, int) else each.item[0] for each in skipped]
    assert items == [1]
    with pytest.raises(ZeroDivisionError) as raised:
        run(wire, {"xs": InColumns(pairs, [2])}, jit)
    assert any("item" in note and "1" in note for note in raised.value.__notes__)
