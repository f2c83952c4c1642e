"""Calls on a few items, which are the plain function's: nothing that is made of a flow can be as quick as that.

The plain function is what a flow means, so its answer is the answer. Where it raises, the flow runs the call again, to
tell which item it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from flowcc.facts import Shape
from flowcc.ir import Each, Fixpoint, Flow, Literal, Op, Result, Source
from flowcc.quicker import Quicker
from flowcc.runtime.local import listed
from flowcc.runtime.node import ITEMS, VALUE
from flowcc.runtime.results import Handover
from flowcc.runtime.sequence import is_columns

if TYPE_CHECKING:
    from flowcc.runtime.local import Rows

FEW = 256  # items, over all collections; kernels take no fewer
FEWER = 32  # where the plain function goes over one collection for each item of another, or on and on
SEVERAL = 1 << 14  # items, beyond which only the flow takes calls: it keeps little in memory at a time
NEVER = -1
NOT_FEW: Final = object()


@dataclass(frozen=True, slots=True)
class Few:
    """What a flow's plain function gives, as the flow gives it."""

    shapes: tuple[Shape, ...]
    many: bool

    def answer(
        self, plain: Callable[..., Any], given: Mapping[str, object], collections: Mapping[str, object],
        rows: Rows, handover: Handover,
    ) -> Any:  # fmt: skip
        """Return what the plain function gives; `NOT_FEW` where it raises, or gives what no flow does.

        ``given`` are all arguments, ``collections`` those that flow; ``rows`` and ``handover`` are those of `run_here`.
        """
        lists = {name: listed(name, argument, rows.get(name)) for name, argument in collections.items()}
        try:
            answer = plain(**{**given, **lists})
        except Exception:  # element code may raise anything; the flow tells where
            return NOT_FEW
        answers = answer if self.many else (answer,)
        if not all(map(_is_plain, self.shapes, answers)):
            return NOT_FEW
        if handover.like is None:
            return answer
        found = zip(self.shapes, answers, strict=True)
        return handover.results([_as_batches(shape, answer) for shape, answer in found], self.many)


def few_of(flow: Flow) -> Few:
    """Return what is known of a flow's plain function."""
    result = flow.ops[-1]
    assert isinstance(result, Result)
    facts = [wire.facts for wire in result.inputs]
    return Few(
        tuple(each.shape for each in facts),
        result.many,
    )


def quicker_of(flow: Flow) -> Quicker:
    """Return up to how many items the plain function is surely the quicker one, and up to how many it may be."""
    if any(isinstance(op, Literal) for op in flow.ops) or not any(isinstance(op, Source) for op in flow.ops):
        return Quicker(NEVER, NEVER)  # how many items there are is not for the caller to say
    if any(map(_goes_over_again, flow.ops)):
        return Quicker(FEWER, FEWER)
    return Quicker(FEW, SEVERAL)


def count_of(collections: Iterable[object]) -> int | None:
    """Return how many items all collections have; None where that is not known."""
    count = 0
    for argument in collections:
        if type(argument) is not list and (not is_columns(argument) or getattr(argument, "ndim", 1) == 0):
            return None
        length = getattr(argument, "__len__", None)
        if length is None:
            return None
        count += length()
    return count


def _goes_over_again(op: Op) -> bool:
    if isinstance(op, Fixpoint):
        return True
    return isinstance(op, Each) and sum(wire.facts.shape is Shape.ITEMS for wire in op.inputs) > 1


def _is_plain(shape: Shape, answer: object) -> bool:
    """Whether an answer is what a flow gives: a list of items, a dict of entries, or a value."""
    return shape is Shape.VALUE or type(answer) is (list if shape is Shape.ITEMS else dict)


def _as_batches(shape: Shape, answer: Any) -> tuple[str, list[Any]]:
    """Return an answer as the batches that a stage would have given."""
    return (ITEMS, [answer]) if shape is Shape.ITEMS else (VALUE, [[answer]])


def calls_flows(function: Callable[..., Any]) -> bool:
    """Whether a function calls other flows by name, which would be compiled for themselves when it is called."""
    if not isinstance(function, FunctionType):
        return True
    return any(hasattr(function.__globals__.get(name), "__flow_source__") for name in _names_of(function.__code__))


def _names_of(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names_of, inner))
