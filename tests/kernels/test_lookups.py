"""Look-ups in kernels: what Python's own dict, Counter, set or list says of a key, whatever its type."""

from __future__ import annotations

import linecache
import math
from collections import Counter, defaultdict
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from flowcc.backend.kernels.cache import Cache
from flowcc.backend.kernels.hot import Hot
from flowcc.backend.kernels.making import kinds_of, make
from flowcc.runtime.columns import columns_of
from flowcc.runtime.lookup import members
from flowcc.runtime.sides import Side
from tests.kernels.fuzz import same

NUMBERS = count()
INTS = [0, 1, -1, 5, 2**31, 2**53, 2**53 + 1, 2**62, 2**63 - 1, -(2**63), 7]
FLOATS = [0.0, -0.0, 1.0, 0.5, 5.0, 2.0**53, 2.0**62, 2.0**63, -(2.0**63), 1e300, math.inf, -math.inf]
TEXTS = ["", "a", "ab", "ä", "\0", "abcdefgh", "abcdefghi", "A", "\U0001f600"]
KEYS: dict[str, list[Any]] = {
    "ints": INTS, "floats": FLOATS, "texts": TEXTS, "bools": [True, False], "near": list(range(-3, 40)),
    "far": [n * 10**15 for n in range(-20, 20)], "none": [],
}  # fmt: skip
ITEMS: dict[str, list[Any]] = {
    "ints": [*INTS, 3, 10**15], "floats": [*FLOATS, 3.0, 10.0**15], "texts": [*TEXTS, "b", "abcdefgx"],
    "bools": [True, False], "nullable": [None, 1, 5, None, 2**53], "maybe texts": ["a", None, "", "b"],
}  # fmt: skip
VALUES: dict[str, Callable[[int], Any]] = {
    "int": lambda n: n * 7, "float": lambda n: n / 3, "str": lambda n: "v" * n, "bool": lambda n: n % 2 == 0,
    "nullable": lambda n: None if n % 3 else n, "pair": lambda n: (n, str(n)),
}  # fmt: skip


@pytest.fixture
def folder(kernel_cache: Path) -> Path:
    return kernel_cache


def kernel_of(element: str, condition: str = "") -> Callable[..., Any]:
    text = f"def kernel(xs, d):\n    return [{element} for x in xs{f' if {condition}' if condition else ''}]\n"
    text += "\n\ndef own_or(e, y):\n    if y in e:\n        return e[y]\n    return y\n"
    name = f"<look-up {next(NUMBERS)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    names: dict[str, Any] = {}
    exec(compile(text, name, "exec"), names)
    function: Callable[..., Any] = names["kernel"]
    return function


def agrees(kernel: Callable[..., Any], items: list[Any], side: Any, folder: Path) -> int:
    """Check that a kernel gives or raises what Python does, together and item by item; return how often it did."""
    held = Side(side, Hot("always"))
    kinds = kinds_of(items, [held])
    assert not isinstance(kinds, str), kinds
    made = make(kernel, "each", kinds, True, Cache(folder))
    assert made is not None
    assert made.native is not None, made.refusal
    own = 0
    for batch in (items, *([item] for item in items)):
        columns, before = columns_of(batch, kinds[0]), made.native.redone
        assert columns is not None
        given = made.native(columns, held)
        try:
            expected = kernel(batch, side)
        except Exception:
            assert given is None
            continue
        assert given is not None
        assert same(tuple(given), tuple(expected))
        own += made.native.redone == before
    return own


@pytest.mark.parametrize("items", ITEMS)
@pytest.mark.parametrize("keys", KEYS)
def test_membership_and_get(keys: str, items: str, folder: Path) -> None:
    held = {key: n for n, key in enumerate(KEYS[keys])}
    kernel = kernel_of("(x in d, x not in d, d.get(x), d.get(x, -1), len(d))")
    assert agrees(kernel, ITEMS[items], held, folder) == len(ITEMS[items]) + 1


@pytest.mark.parametrize("items", ["ints", "floats", "maybe texts"])
@pytest.mark.parametrize("keys", ["ints", "texts", "none"])
def test_sets_and_lists(keys: str, items: str, folder: Path) -> None:
    held, kernel = KEYS[keys], kernel_of("(x in d, x not in d)")
    for side in (set(held), frozenset(held), members(held), members([*held, *held])):
        assert agrees(kernel, ITEMS[items], side, folder) == len(ITEMS[items]) + 1


@pytest.mark.parametrize("values", VALUES)
def test_values(values: str, folder: Path) -> None:
    held = {key: VALUES[values](n) for n, key in enumerate(INTS)}
    agrees(kernel_of("d[x]"), ITEMS["ints"], held, folder)
    assert agrees(kernel_of("(x, d[x])", "x in d"), ITEMS["ints"], held, folder) == len(ITEMS["ints"]) + 1
    agrees(kernel_of("d.get(x, 0)" if values == "pair" else "(d.get(x), d.get(x, 0))"), ITEMS["ints"], held, folder)


def test_keys_that_may_be_none(folder: Path) -> None:
    agrees(kernel_of("(d[x] if x is not None else '', d.get(x))"), ITEMS["nullable"], {1: "a", 5: "b"}, folder)


def test_a_counter_has_none_of_what_it_lacks(folder: Path) -> None:
    kernel = kernel_of("(d[x], d.get(x), x in d)")
    assert agrees(kernel, INTS, Counter([1, 5, 5, 2**62]), folder) == len(INTS) + 1
    assert agrees(kernel, TEXTS, Counter("abcA"), folder) == len(TEXTS) + 1
    assert agrees(kernel, INTS, Counter(), folder) == len(INTS) + 1


def test_what_is_lacked_is_pythons(folder: Path) -> None:
    side, kernel = Side({1: 2}, Hot("always")), kernel_of("d[x]")
    kinds = kinds_of([1, 2], [side])
    assert not isinstance(kinds, str)
    made = make(kernel, "each", kinds, True, Cache(folder))
    assert made is not None
    assert made.native is not None
    assert made.native([1, 1], side) is not None
    assert made.native.redone == 0
    assert made.native([1, 2], side) is None


def test_a_default_of_another_type_is_pythons(folder: Path) -> None:
    held = {n: n / 2 for n in range(0, 100, 2)}
    assert agrees(kernel_of("d.get(x, 0) + 1"), list(range(0, 100, 2)), held, folder) == 51
    agrees(kernel_of("d.get(x, 0) + 1"), list(range(100)), held, folder)


@pytest.mark.parametrize(
    "element",
    [
        "d[x] + 1 if x in d else 0", "sum(d.get(x + n, 0) for n in range(3))", "(d.get(x) or 0) + 1",
        "len(d) - x", "1 if d else 0", "d.get(d.get(x, 5), 7)", "own_or(d, x)", "d.get(x * 1.0)",
        "d.get(x > 3, 0)", "any(y in d for y in (x, x + 1))",
    ],
)  # fmt: skip
def test_in_expressions(element: str, folder: Path) -> None:
    held = {n: n * 3 for n in range(0, 60, 3)}
    assert agrees(kernel_of(element), list(range(-5, 70)), held, folder) == 76


@pytest.mark.parametrize("keys", ["ints", "texts", "floats"])
def test_keys_that_are_pairs_or_may_be_none(keys: str, folder: Path) -> None:
    some = [key for key in KEYS[keys] if key != 5]
    pairs = {(key, n % 3): n for n, key in enumerate(some)}
    items = [(key, n) for key in [*some, 5, "b"] for n in range(3) if isinstance(key, type(some[0]))]
    kernel = kernel_of("(x in d, d.get(x), d.get((x[0], True), 7), d.get((x[0], x[1] - 0.0)), len(d))")
    assert agrees(kernel, items, pairs, folder) == len(items) + 1
    agrees(kernel_of("d[x[0], x[1]]"), items, pairs, folder)
    agrees(kernel_of("(x[0], x[1]) in d"), items, set(pairs), folder)
    absent = {key: n for n, key in enumerate([*some[:3], None, *some[3:]])}
    for held in ([None, *some], [key for key, _ in items]):
        agrees(kernel_of("(x in d, d.get(x), None in d)"), held, absent, folder)


class Sale(NamedTuple):
    item: str
    amount: int


def test_keys_of_fields(folder: Path) -> None:
    sales = [Sale("a", 2), Sale("b", 3), Sale("ab", 4), Sale("", 5)]
    assert agrees(kernel_of("x.amount * d[x.item]"), sales, {"a": 1, "b": 10, "ab": 100, "": 1000}, folder) == 5


class Loud(dict[int, int]):
    def __missing__(self, key: int) -> int:
        return 99


@pytest.mark.parametrize(
    "side",
    [
        {1: 2, "a": 4}, {True: 1, 2: 1}, {1: 2, 2.0: 3}, {(1, (2,)): 3}, {1: [2]}, {1: 2, 2: 2.0}, {1: math.nan},
        {2**63: 1}, {1: object()}, {None: 1}, {math.nan: 1}, {"\ud800": 1}, {1, "a"}, {1: 2**63},
    ],
)  # fmt: skip
def test_what_has_no_columns_is_pythons(side: Any) -> None:
    held = Side(side, Hot("always"))
    assert isinstance(kinds_of([1, 2], [held]), str)
    assert held.why


@pytest.mark.parametrize("side", [Loud(), defaultdict(int)])
def test_dicts_of_other_classes_are_pythons(side: Any) -> None:
    assert isinstance(kinds_of([1, 2], [side]), str)


def test_an_index_is_made_once_it_pays() -> None:
    side = Side({n: n for n in range(1000)}, Hot("always"))
    assert side.look_into(100, 1.0) is None
    found = side.look_into(900, 1.0)
    assert found is not None
    assert side.look_into(1, 1.0) is found


PRICES = {n: n * 1.5 for n in range(50)}
NAMES = {"a": "first", "b": "second"}
SPECIAL = {2, 3, 5, 7}
MANY = frozenset(range(0, 100, 3))
ODD = {1: 2, "a": 3}


def of_constants(items: list[int]) -> list[Any]:
    return [(x, PRICES[x], x in SPECIAL, x not in MANY, NAMES.get("a"), len(NAMES)) for x in items if x in PRICES]


def of_an_odd_one(items: list[int]) -> list[Any]:
    return [ODD.get(x) for x in items]


def test_collections_from_outside(folder: Path) -> None:
    items = list(range(-100, 400))
    kinds = kinds_of(items, ())
    assert not isinstance(kinds, str)
    native = getattr(make(of_constants, "each", kinds, True, Cache(folder)), "native", None)
    assert native is not None
    assert native(items).rows() == of_constants(items)
    assert native.redone == 0
    for change in (lambda: PRICES.update({3: 0.5}), lambda: PRICES.pop(7), lambda: SPECIAL.add(8), NAMES.popitem):
        change()
        assert native(items).rows() == of_constants(items)
    assert native.redone == 0
    PRICES[3] = 1
    assert same(tuple(native(items)), tuple(of_constants(items)))
    assert native.redone == len(items)
    assert native(items[:40]) == of_constants(items[:40])


def test_a_collection_from_outside_without_columns(folder: Path) -> None:
    kinds = kinds_of([1], ())
    assert not isinstance(kinds, str)
    made = make(of_an_odd_one, "each", kinds, True, Cache(folder))
    assert made is not None
    assert "the keys of a constant have no columns" in str(made.refusal)
