"""Lists of groups over columns are those of Python, however batches are cut and lists come between."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc.runtime.stage import Stage
from tests.columnar.over_columns import InColumns, agree, cuts, floats, ints, odd, texts

values = {
    "ints": ints,
    "floats": floats,
    "texts": texts,
    "pairs": st.tuples(texts, st.one_of(st.none(), floats)),
    "numbers or None": st.one_of(st.none(), ints),
}


def parity(pair):  # type: ignore[no-untyped-def]
    return pair[1] % 2


def first(pair):  # type: ignore[no-untyped-def]
    return pair[0]


def listed(**arguments: Any) -> Any:
    def wire(stage: Stage) -> None:
        stage.result(stage.group(stage.source("xs", at=1), at=2, **arguments), at=3)

    return wire


@pytest.mark.parametrize("kind", values)
@given(data=st.data(), sizes=cuts, lists=st.integers(0, 3))
@settings(deadline=None, max_examples=40)
def test_lists(kind: str, data: st.DataObject, sizes: list[int], lists: int) -> None:
    keys = data.draw(st.sampled_from([ints, texts, st.integers(0, 2), st.tuples(st.booleans(), texts)]))
    pairs = data.draw(st.lists(st.tuples(keys, values[kind])))
    agree(listed(**data.draw(st.sampled_from([{}, {"by": first}]))), {"xs": InColumns(pairs, sizes, lists)})


@given(data=st.data(), sizes=cuts)
@settings(deadline=None, max_examples=60)
def test_other_items_hand_over_to_python(data: st.DataObject, sizes: list[int]) -> None:
    few = st.integers(0, 2)
    pairs = data.draw(st.lists(st.tuples(few, ints)))
    others = data.draw(st.lists(st.tuples(st.one_of(few, odd), st.one_of(odd, ints)), min_size=1))
    agree(listed(), {"xs": InColumns([*others[1:], *pairs, *others, *pairs], sizes)})


def test_a_key_is_compiled() -> None:
    pairs = [(str(n % 7), n) for n in range(100)]
    assert agree(listed(by=parity), {"xs": InColumns(pairs, [9])}) == "['numba']"
    assert agree(listed(by=first), {"xs": InColumns(pairs, [9])}) == "['numba']"
    assert agree(listed(by=lambda pair: 10 // (pair[1] - 50)), {"xs": InColumns(pairs, [9])}) == "['python']"
