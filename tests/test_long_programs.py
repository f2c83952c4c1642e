"""Programs of many statements and deep expressions: compiled, with work that grows as they do."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable

import pytest

from tests.scopes.compare import flow_of

HEAD = 'from flowcc import Batch, flow\n\n\n@flow(jit="never")\ndef flowing(xs: Batch[int]):\n'


def chain(count: int) -> str:
    lines = [f"x{n} = [x + {n} for x in {f'x{n - 1}' if n else 'xs'}]" for n in range(count)]
    return _flow([*lines, f"return x{count - 1}"])


def side_by_side(count: int) -> str:
    lines = [f"x{n} = [x + {n} for x in xs]" for n in range(count)]
    return _flow([*lines, f"return {' + '.join(f'x{n}' for n in range(count))}"])


def sums_in_one_expression(count: int) -> str:
    return _flow([f"return {' + '.join(f'sum(x * {n} for x in xs)' for n in range(count))}"])


def values(count: int) -> str:
    lines = [f"s{n} = sum(x * {n} for x in xs)" for n in range(count)]
    return _flow([*lines, "t = 0", *[f"t = t + s{n}" for n in range(count)], "return t"])


def functions(count: int) -> str:
    lines = []
    for n in range(count):
        called = f"f{n - 1}(x)" if n % 4 else "x"
        lines += [f"def f{n}(x):", f"    return {called} + {n}", f"y{n} = [f{n}(x) for x in xs]"]
    return _flow([*lines, f"return y{count - 1}"])


def _flow(lines: list[str]) -> str:
    return HEAD + "\n".join(f"    {line}" for line in lines) + "\n"


def calls(text: str) -> int:
    """Return how many functions are called to compile and run a flow: a measure of its work."""
    with flow_of(text) as flowing, cProfile.Profile() as profile:
        assert flowing([1, 2, 3]) == flowing.plain([1, 2, 3])
    return pstats.Stats(profile).total_calls  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(
    "shape", [chain, side_by_side, sums_in_one_expression, values, functions], ids=lambda s: s.__name__
)
def test_the_work_grows_with_the_length(shape: Callable[[int], str]) -> None:
    calls(shape(10))  # what is done once
    assert calls(shape(100)) < 2.4 * calls(shape(50))


@pytest.mark.parametrize("shape", [sums_in_one_expression, side_by_side], ids=lambda shape: shape.__name__)
def test_deep_expressions_are_compiled(shape: Callable[[int], str]) -> None:
    with flow_of(shape(500)) as flowing:
        assert flowing([1, 2, 3]) == flowing.plain([1, 2, 3])
        assert flowing.check()
