"""Records with code of their own where others have only fields are left to Python."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from flowcc import Batch, flow
from flowcc.runtime.schema import record_fields


class Reading(NamedTuple):
    a: int
    b: int

    def __getattribute__(self, name: str) -> Any:
        return 7 if name == "a" else tuple.__getattribute__(self, name)


class Indexed(NamedTuple):
    a: int
    b: int

    def __getitem__(self, index: Any) -> Any:
        return 99


class Iterated(NamedTuple):
    a: int
    b: int

    def __iter__(self) -> Any:
        return iter((5, 6))


class Plain(NamedTuple):
    a: int
    b: int

    def __len__(self) -> int:
        return 9


@flow(jit="always")
def sums(xs: Batch):
    return [x.a + x[1] + p * q for x in xs for p, q in [x]]


@pytest.mark.parametrize("kind", [Reading, Indexed, Iterated, Plain])
def test_what_a_class_does_itself_is_done(kind: Any) -> None:
    items = [kind(number, 2) for number in range(300)]
    assert sums(items) == sums.plain(items)
    assert (record_fields(kind) is None) == (kind is not Plain)
