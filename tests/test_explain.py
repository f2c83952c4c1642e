"""`explain` says of each operator what runs it, how fast, where its kernel came from, and why it is Python's."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from flowcc import Batch, flow


@flow(jit="always")
def halved(xs: Batch[int]) -> Batch[int]:
    return [x // 2 for x in xs if x % 3]


@flow(jit="always")
def thirds(xs: Batch[int]) -> Batch[int]:
    return [x // 3 for x in xs if x % 5]


@flow(jit="always")
def shown(xs: Batch[float]) -> list[str]:
    return [f"{x:.3f}" for x in xs]


@flow(jit="always")
def remainders(xs: Batch[int]) -> dict[int, int]:
    return Counter(x % 7 for x in xs)


def test_a_kernel_has_its_items_its_speed_and_where_it_came_from() -> None:
    halved(np.arange(10_000))
    (each,) = [row for row in halved.explain().operators() if row["operator"] == "Each"]
    assert (each["runs"], each["why"]) == ("numba", "")
    assert each["items"] == "10,000"
    assert int(str(each["items/s"]).replace(",", "")) > 0
    assert each["kernel"] == "from the cache" or str(each["kernel"]).startswith("compiled in ")
    text = str(halved.explain())
    assert all(str(each[column]) in text for column in ("runs", "items", "items/s", "kernel"))


def test_what_stays_in_python_has_its_expression() -> None:
    shown(np.arange(1000) / 7)
    (each,) = [row for row in shown.explain().operators() if row["operator"] == "Each"]
    assert (each["runs"], each["items"], each["kernel"]) == ("python", "1,000", "")
    assert "f'{x:.3f}'" in str(each["why"])


def test_operators_over_columns_have_their_items_and_speed() -> None:
    xs = np.arange(100_000)
    assert remainders(xs) == remainders.plain(xs.tolist())
    (fold,) = [row for row in remainders.explain().operators() if row["operator"] == "Fold"]
    assert (fold["runs"], fold["items"]) == ("numba", "100,000")
    assert int(str(fold["items/s"]).replace(",", "")) > 0


def test_where_a_kernel_came_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLOWCC_CACHE", str(tmp_path))
    kernels = []
    for _ in range(2):
        again = flow(thirds.plain, jit="always")
        again(np.arange(1000))
        kernels += [str(row["kernel"]) for row in again.explain().operators() if row.get("kernel")]
    assert kernels[0].endswith("not kept yet")
    assert kernels[1] == "from the cache"
