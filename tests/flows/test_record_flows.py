"""Random flows over records give what Python gives, as lists, from files and on stages, though they lack fields."""

from __future__ import annotations

import linecache
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowcc import csv, threads
from flowcc.diagnostics import FlowError

PRELUDE = """
from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple
from flowcc import Batch, Cluster, Process, broadcast, flow, gather, group, scatter, send

class Front(Process): ...
class Back(Process): ...
class Workers(Cluster): ...

class Item(NamedTuple):
    key: str
    n: int
    x: float | None
    note: str = "-"
    def twice(self): return self.n * 2
    @property
    def short(self): return self.key[:1]

@dataclass(frozen=True)
class Kind:
    key: str
    size: int
    label: str

def n_of(item): return item.n
"""
NUMBERS = count()
CONDITIONS = st.sampled_from([
    "i.n > 1", "i.n % 3", "i.x is not None", "i.key", "i.note == 'a'", "n_of(i) < 5", "i.twice() > 2", "i.short",
    "i != Item('', 0, None)", "i.n in [k.size for k in kinds]", "len(i.key) < 9", "(lambda i: i.n)(i)",
])  # fmt: skip
STEPS = st.one_of(
    CONDITIONS.map(lambda condition: "[i for i in {items} if " + condition + "]"),
    st.sampled_from([
        "sorted({items}, key=lambda i: i.n)", "sorted({items}, key=n_of)", "{items}[:3]", "list(reversed({items}))",
        "[i._replace(n=i.n + 1) for i in {items}]", "[i for i in {items} for k in kinds if i.key == k.key]",
        "[Item(k.label, k.size, None) for i in {items} for k in kinds if i.key == k.key]", "send({items}, Back)",
        "gather(scatter({items}, Workers), {place}, ordered=True)", "[j for i in {items} for j in [i]]",
        "gather([i for i in scatter({items}, Workers) if i.n % 2], {place}, ordered=True)",
        "gather([i for i in scatter({items}, Workers) if i.n > 0], {place}, ordered=True)",
    ]),
)  # fmt: skip
ENDS = st.sampled_from([
    "{items}", "len({items})", "[i.n for i in {items}]", "[(i.key, i.x) for i in {items}]", "[str(i) for i in {items}]",
    "Counter(i.key for i in {items})", "set({items})", "max({items}, key=lambda i: i.n, default=None)",
    "[(i.n, k.label) for i in {items} for k in kinds if i.key == k.key]", "sum(1 for i in {items})",
    "{{key: len(held) for key, held in group({items}, by=lambda i: i.key).items()}}",
    "{{key: [i.x for i in held] for key, held in group({items}, by=lambda i: i.key).items()}}",
    "[1 // i.n for i in {items}]", "[tuple(i) for i in {items}]", "[i[1] for i in {items}]",
    "[i.twice() for i in {items}]",
    "sorted({items})[:1]", "[n for key, n, x, note in {items}]", "[i.note for i in {items}], [k.size for k in kinds]",
    "gather(Counter(i.note for i in scatter({items}, Workers, by=lambda i: i.note)), {place})",
])  # fmt: skip
ITEMS = st.lists(
    st.tuples(st.sampled_from(["", "a", "b", "ab"]), st.integers(-2, 6) | st.just(2**63), st.none() | st.floats(-3, 3),
              st.sampled_from(["-", "a"])), max_size=6,
)  # fmt: skip
KINDS = st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.integers(0, 3), st.just("l")), max_size=3)


def source_of(steps: list[str], end: str) -> str:
    """A flow in which each step goes on from the one before; kinds are where the items are."""
    lines = [PRELUDE, "@flow", "def f(given: Batch[Item, Front], kinds: Batch[Kind, Front]):"]
    items, place = "given", "Front"
    for number, step in enumerate(steps):
        if step.startswith("send") and place == "Back":
            continue
        lines.append(f"    items_{number} = " + step.format(items=items, place=place))
        items = f"items_{number}"
        if step.startswith("send"):
            place = "Back"
            lines.append("    kinds = send(kinds, Back)")
    return "\n".join([*lines, "    return " + end.format(items=items, place=place)]) + "\n"


def outcome(call: Callable[[], Any]) -> str:
    """What a call gives, or what it raises; none of these flows is refused."""
    try:
        found = call()
        return f"set {sorted(map(repr, found))}" if isinstance(found, set) else repr(found)
    except FlowError:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def written(path: Path, names: list[str], rows: list[tuple[Any, ...]]) -> Path:
    lines = [",".join("" if value is None else str(value) for value in row) for row in rows]
    path.write_text("\n".join([",".join(names), *lines]), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each example writes over the files of the one before."""
    return tmp_path_factory.mktemp("records")


@settings(max_examples=120, deadline=None)
@given(steps=st.lists(STEPS, max_size=3), end=ENDS, items=ITEMS, kinds=KINDS)
def test_fuzz_flows_over_records(steps: list[str], end: str, items: Any, kinds: Any, folder: Path) -> None:
    text = source_of(steps, end)
    filename = f"<records {next(NUMBERS)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    names: dict[str, Any] = {"__name__": "records"}
    exec(compile(text, filename, "exec", dont_inherit=True), names)
    flow, item, kind = names["f"], names["Item"], names["Kind"]
    given_items, given_kinds = [item(*row) for row in items], [kind(*row) for row in kinds]
    expected = outcome(lambda: flow.plain(given_items, given_kinds))
    files = (
        csv(written(folder / "items.csv", list(item._fields), items), item),
        csv(written(folder / "kinds.csv", ["key", "size", "label"], kinds), kind),
    )
    sizes = {"Workers": 2} if "Workers" in text.removeprefix(PRELUDE) else {}
    assert outcome(lambda: flow(*files)) == expected, text
    for arguments in (files, (given_items, given_kinds)):
        found = outcome(lambda: flow.run(*arguments, on=threads(), members=sizes))  # noqa: B023  # called at once
        assert found == expected, text
