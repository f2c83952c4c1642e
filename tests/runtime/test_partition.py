"""Who owns a key: the same member everywhere, and one for equal keys."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowcc.diagnostics import FlowError
from flowcc.runtime.partition import REMEMBERED, Owners, owner, partition, stable_hash

ROOT = Path(__file__).parents[2]


class Point(NamedTuple):
    x: float
    y: str


class Colour(Enum):
    RED = 1


class Level(IntEnum):
    LOW = 1


class Name(StrEnum):
    A = "a"


@dataclass(frozen=True)
class Card:
    suit: str
    rank: int
    seen: int = field(default=0, compare=False)


EAST = dt.timezone(dt.timedelta(hours=2))
NOON = dt.datetime(2024, 5, 1, 12, 30, tzinfo=dt.UTC)
EQUAL: list[tuple[Any, ...]] = [
    (1, 1.0, True, Decimal("1.00"), Fraction(2, 2), 1 + 0j, Level.LOW),
    (0, -0.0, False),
    (2**70, float(2**70), Decimal(2**70)),
    (0.5, Fraction(1, 2), Decimal("0.5")),
    ("a", Name.A),
    (b"a", memoryview(b"a")),
    ((1, "a"), Point(1.0, "a"), (True, Name.A)),
    (frozenset([1, "a"]), frozenset(["a", 1.0])),
    (Card("hearts", 1), Card("hearts", 1, seen=9)),
    (NOON, NOON.astimezone(EAST)),
    (dt.time(1, tzinfo=dt.UTC), dt.time(3, tzinfo=EAST)),
    (dt.timedelta(days=1), dt.timedelta(hours=24)),
    (range(0), range(5, 5)),
    (range(3, 4, 1), range(3, 4, 9)),
    (range(0, 5, 2), range(0, 6, 2)),
]
SINGLE: list[Any] = [
    None, ..., Colour.RED, int, UUID(int=7), PurePosixPath("a/b"), NOON.replace(tzinfo=None), NOON.date(), "\ud800",
    "", b"", (), frozenset(), float("inf"), float("nan"), (float("nan"), None),
]  # fmt: skip
KEYS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.binary(max_size=3)),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.frozensets(inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("keys", EQUAL, ids=lambda keys: "-".join(type(key).__name__ for key in keys))
def test_equal_keys_have_one_owner(keys: tuple[Any, ...]) -> None:
    assert len(set(keys)) == 1, "the test compares equal keys"
    assert len({stable_hash(key) for key in keys}) == 1


@given(KEYS, KEYS)
def test_any_equal_keys_have_one_owner(one: Hashable, other: Hashable) -> None:
    assert one != other or stable_hash(one) == stable_hash(other)
    assert 0 <= stable_hash(one) < 2**64


def test_other_processes_find_the_same_owners() -> None:
    program = "from tests.runtime.test_partition import hashes; print(hashes())"
    command = [sys.executable, "-W", "error", "-c", program]
    said = {
        subprocess.run(
            command, env={"PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert said == {f"{hashes()}\n"}


def hashes() -> list[int]:
    return [stable_hash(key) for keys in [*EQUAL, SINGLE] for key in keys]


def test_kinds_that_are_never_equal_are_told_apart() -> None:
    found = {stable_hash(keys[0]) for keys in EQUAL} | {stable_hash(key) for key in SINGLE[:-3]}
    assert len(found) == len(EQUAL) + len(SINGLE) - 3


@pytest.mark.parametrize("members", [2, 3, 7])
@pytest.mark.parametrize(
    "keys",
    [range(3000), range(0, 30000, 10), [f"w{n}" for n in range(3000)], [(n, "a") for n in range(3000)],
     [n / 7 for n in range(3000)]],
    ids=["numbers", "tens", "words", "pairs", "floats"],
)  # fmt: skip
def test_members_own_about_equally_many(members: int, keys: list[Any]) -> None:
    counts = [0] * members
    for key in keys:
        counts[owner(key, members)] += 1
    assert max(counts) < 1.15 * len(keys) / members


def test_items_stay_in_order_at_their_member() -> None:
    batch = [f"{n}-{n % 5}" for n in range(50)]
    keys = [item[-1] for item in batch]
    shares = partition(batch, keys, 3)
    assert [member for member, _ in shares] == sorted({owner(key, 3) for key in keys})
    for member, items in shares:
        assert items == [item for item in batch if owner(item[-1], 3) == member]


def test_what_is_remembered_is_bounded() -> None:
    owners = Owners(5)
    for key in range(REMEMBERED + 10):
        assert owners[key] == owner(key, 5)
    assert len(owners) <= REMEMBERED


def test_a_key_that_cannot_be_hashed_is_pythons_own_error() -> None:
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        owner([1], 3)
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        partition([1], [(1, [2])], 3)


def test_a_key_whose_hash_is_its_identity_is_refused() -> None:
    with pytest.raises(FlowError) as raised:
        owner(object(), 3)
    assert raised.value.code == "F521"
