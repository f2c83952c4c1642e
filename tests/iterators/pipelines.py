"""Random chains of iterators and lists over items of which some fail: which of them Python reaches is the question."""

from __future__ import annotations

from tests.flows.expressions import Choices

HEAD = """\
from itertools import accumulate, chain, dropwhile, enumerate_, islice, pairwise, starmap, takewhile

from flowcc import Batch, flow


def inverse(x):
    return 12 // x


def bad(x):
    if x == 0:
        raise ZeroDivisionError("bad")
    return x


""".replace("enumerate_, ", "")


def program_of(draws: Choices, jit: str) -> str:
    """Return the text of a module with a flow ``flowing`` of the integers ``xs`` and ``ys``."""
    lines: list[str] = []
    name, lazy = _source(draws), False
    for number in range(draws.number(1, 4)):
        text, lazy = _stage(draws, name, lazy)
        name = f"s{number}"
        lines.append(f"{name} = {text}")
    result = draws.of(
        (
            f"list({name})", f"sum({name})", f"any(x > 3 for x in {name})", f"all({name})", f"next(iter({name}), -1)",
            f"list(islice({name}, {draws.number(0, 4)}))", f"any([x > 3 for x in {name}])",
            f"list(zip({name}, ys))", f"list(zip(ys, {name}))", f"sorted({name})[:2]",
        )
    )  # fmt: skip
    lines.append(f"return {result}")
    body = "\n".join(f"    {line}" for line in lines)
    return f'{HEAD}@flow(jit="{jit}")\ndef flowing(xs: Batch[int], ys: Batch[int]):\n{body}\n'


def _source(draws: Choices) -> str:
    return draws.of(("xs", "ys"))


def _stage(draws: Choices, name: str, lazy: bool) -> tuple[str, bool]:
    """Draw what goes over ``name``, and whether it is an iterator."""
    count = draws.number(0, 5)
    kind = draws.number(0, 17)
    options = [
        (f"(12 // x for x in {name})", True),
        (f"[12 // x for x in {name}]", False),
        (f"[bad(x) for x in {name} if x < 9]", False),
        (f"map(inverse, {name})", True),
        (f"map(bad, {name})", True),
        (f"filter(inverse, {name})", True),
        (f"(y for x in {name} for y in (x, 12 // x, x))", True),
        (f"islice({name}, {count})", True),
        (f"islice({name}, 1, {count + 1})", True),
        (f"takewhile(lambda x: 12 // x < {count}, {name})", True),
        (f"dropwhile(lambda x: x > {count}, {name})", True),
        (f"accumulate({name}, lambda a, b: a // b)", True),
        (f"(a + b for a, b in zip({name}, ys))", True),
        (f"(a + b for a, b in zip((12 // y for y in ys), {name}))", True),
        (f"chain({name}, (12 // y for y in ys))", True),
        (f"(a - b for a, b in pairwise({name}))", True),
        (f"(n + x for n, x in enumerate({name}))", True),
        (f"list({name})" if lazy else f"{name}[:{count}]", False),
    ]
    return options[kind]


def items_of(draws: Choices) -> tuple[list[int], list[int]]:
    """Return arguments with a zero here and there."""
    return tuple([draws.of((0, 1, 2, 3, 4, 5, 6, 7, 12)) for _ in range(draws.number(0, 7))] for _ in "xy")  # type: ignore[return-value]
