"""Calls on a few items, which are the plain function's: nothing that is made of a flow can be as quick as that.

The plain function is what a flow means, so its answer is the answer. Where it raises, the flow runs as ever, to tell
which item it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final

from flowcc.facts import Shape
from flowcc.ir import Each, Fixpoint, Flow, Literal, Op, Result, Source
from flowcc.runtime.local import few_items, items_like

if TYPE_CHECKING:
    from flowcc.runtime.local import Rows

FEW = 256  # items, over all collections; kernels take no fewer
FEWER = 32  # where the plain function goes over one collection for each item of another, or on and on
NEVER = -1
NOT_FEW: Final = object()


@dataclass(frozen=True, slots=True)
class Few:
    """What is known of a flow's plain function: for how many items it is quickest, and what it gives."""

    at_most: int
    shapes: tuple[Shape, ...]
    elements: tuple[str, ...]
    many: bool

    def answer(
        self, plain: Callable[..., Any], given: Mapping[str, object], collections: Mapping[str, object],
        rows: Rows, like: object,
    ) -> Any:  # fmt: skip
        """Return what the plain function gives, or `NOT_FEW` for too many items, or where the flow has to tell more.

        ``given`` are all arguments, ``collections`` those that flow; ``rows`` and ``like`` are those of `run_here`.
        """
        if self.at_most < 0:
            return NOT_FEW
        left, lists = self.at_most, dict[str, object]()
        for name, argument in collections.items():
            items = few_items(name, argument, rows.get(name), left)
            if items is None:
                return NOT_FEW
            left -= len(items)
            lists[name] = items
        try:
            answer = plain(**{**given, **lists})
        except Exception:  # element code may raise anything; the flow tells where
            return NOT_FEW
        answers = answer if self.many else (answer,)
        if not all(map(_is_plain, self.shapes, answers)):
            return NOT_FEW
        return answer if like is None else self._like(answers, like)

    def _like(self, answers: tuple[Any, ...], like: object) -> Any:
        columns = tuple(
            items_like(answer, like, element) if shape is Shape.ITEMS else answer
            for answer, shape, element in zip(answers, self.shapes, self.elements, strict=True)
        )
        return columns if self.many else columns[0]


def few_of(flow: Flow) -> Few:
    """Return what is known of a flow's plain function."""
    result = flow.ops[-1]
    assert isinstance(result, Result)
    facts = [wire.facts for wire in result.inputs]
    return Few(
        _at_most(flow),
        tuple(each.shape for each in facts),
        tuple(each.element.name for each in facts),
        result.many,
    )


def _at_most(flow: Flow) -> int:
    if any(isinstance(op, Literal) for op in flow.ops) or not any(isinstance(op, Source) for op in flow.ops):
        return NEVER  # how many items there are is not for the caller to say
    return FEWER if any(map(_goes_over_again, flow.ops)) else FEW


def _goes_over_again(op: Op) -> bool:
    if isinstance(op, Fixpoint):
        return True
    return isinstance(op, Each) and sum(wire.facts.shape is Shape.ITEMS for wire in op.inputs) > 1


def _is_plain(shape: Shape, answer: object) -> bool:
    """Whether an answer is what a flow gives: a list of items, a dict of entries, or a value."""
    return shape is Shape.VALUE or type(answer) is (list if shape is Shape.ITEMS else dict)


def calls_flows(function: Callable[..., Any]) -> bool:
    """Whether a function calls other flows by name, which would be compiled for themselves when it is called."""
    if not isinstance(function, FunctionType):
        return True
    return any(hasattr(function.__globals__.get(name), "__flow_source__") for name in _names_of(function.__code__))


def _names_of(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*map(_names_of, inner))
