"""What a flow says about itself: the guarantees of `check`, and the operators of `explain`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flowcc.algebra.names import Names
from flowcc.facts import Delivery, Facts, Order, Shape
from flowcc.ir import (
    Apply,
    Claim,
    Each,
    Entries,
    Fixpoint,
    Flow,
    Fold,
    GroupFold,
    Join,
    Literal,
    Move,
    Op,
    Result,
    Source,
)  # fmt: skip
from flowcc.passes.laws import Finding, established
from flowcc.show import show, show_expression

ORDERS = {Order.TOTAL: "in order", Order.PER_KEY: "in order for each key", Order.NONE: "in any order"}
SHOWN = 60  # characters of an expression that are repeated in a reason
ROUNDING = frozenset("sum mean prod".split())


@dataclass(frozen=True)
class CheckReport:
    """The guarantees of a flow that passed every check."""

    flow: Flow
    names: Names

    def guarantees(self) -> list[str]:
        """What holds of each result."""
        result = self.flow.ops[-1]
        assert isinstance(result, Result)
        return [describe(wire.facts) for wire in result.inputs]

    def claims(self) -> list[str]:
        """Every ``because`` of the flow, with its line."""
        given = [f"line {op.span.line}: {op.because}" for op in self.flow.ops if isinstance(op, Claim) and op.because]
        laws = [
            f"line {op.span.line}: `{code.text}` is {law} (claimed, tested)"
            for op in self.flow.ops
            if isinstance(op, Fold)
            for _, code in op.arguments
            for law in code.claims
        ]
        return given + laws

    def merges(self) -> list[str]:
        """How members' values become one, and how it was established that this agrees with their fold."""
        return [
            f"line {op.span.line}: merge={op.merge.text} agrees with the fold it merges ({finding.holds})"
            for op, finding in self._laws
            if isinstance(op, Move) and op.merge is not None
        ]

    def reductions(self) -> list[str]:
        """How it was established that a reduction does not show the order of its items, where they are in none."""
        return [
            f"line {op.span.line}: `reduce` does not show the order of its items ({finding.holds})"
            for op, finding in self._laws
            if isinstance(op, Fold)
        ]

    @cached_property
    def _laws(self) -> list[tuple[Op, Finding]]:
        return list(established(self.flow, self.names))

    def exceptions(self) -> list[str]:
        """Where a result may differ from the plain function's in rounding or in order, as the language allows."""
        merged = {op.inputs[0].name for op in self.flow.ops if isinstance(op, Move) and op.merge is not None}
        found = [
            f"line {op.span.line}: a float `{op.function}` over members may round differently than over one list"
            for op in self.flow.ops
            if isinstance(op, Fold) and op.out.name in merged and op.function in ROUNDING
            and op.out.facts.element.name not in ("int", "bool")
        ]  # fmt: skip
        found += [
            f"line {op.span.line}: floats in a `reduce` may round differently in another order"
            for op, finding in self._laws
            if finding.rounds and not (isinstance(op, Move) and self._is_named(op))
        ]
        bags = [w for w in self.flow.ops[-1].inputs if w.facts.shape is Shape.ITEMS and w.facts.order is Order.NONE]
        return found + ["the items of the result may come in any order"] * bool(bags)

    def _is_named(self, op: Move) -> bool:
        fold = self.flow.writer(op.inputs[0])
        return isinstance(fold, Fold) and fold.function in ROUNDING

    def to_json(self) -> dict[str, object]:
        """The whole report as plain data."""
        return {
            "flow": self.flow.name,
            "result": self.guarantees(),
            "because": self.claims(),
            "merges": self.merges(),
            "reductions": self.reductions(),
            "exceptions": self.exceptions(),
            "wires": [facts_of(op) for op in self.flow.ops],
        }

    def __str__(self) -> str:
        sections = [
            ("result", self.guarantees()),
            ("because", self.claims()),
            ("merges", self.merges()),
            ("reductions", self.reductions()),
            ("exceptions", self.exceptions()),
        ]
        lines = [f"{self.flow.name}: no faults"]
        lines += [f"  {name}: {text}" for name, texts in sections for text in texts]
        return "\n".join(lines)


def describe(facts: Facts) -> str:
    """Return the five facts in words."""
    kind = {Shape.ITEMS: "items", Shape.ENTRIES: "entries", Shape.VALUE: "one value"}[facts.shape]
    parts = [f"{kind} of type {facts.element}" if facts.shape is not Shape.VALUE else f"one {facts.element}"]
    parts.append(f"at {facts.place.name}")
    if facts.shape is not Shape.VALUE:
        parts.append(ORDERS[facts.order])
        parts.append("once" if facts.delivery is Delivery.ONCE else "at least once")
    parts.append("ends" if facts.ends else "revised as input arrives" if kind == "one value" else "may never end")
    return ", ".join(parts)


def facts_of(op: Op) -> dict[str, object]:
    """Return an operator's output as plain data."""
    facts = op.out.facts
    return {
        "wire": op.out.name,
        "operator": type(op).__name__,
        "line": op.span.line,
        "place": facts.place.name,
        "type": str(facts.element),
        "shape": facts.shape.value,
        "order": facts.order.name.lower(),
        "delivery": facts.delivery.name.lower(),
        "ends": facts.ends,
    }


@dataclass(frozen=True)
class ExplainReport:
    """The operators of a flow as a call runs them, each at its place, with the cuts between places and what runs each.

    ``written`` has the places and the moves, ``rewritten`` the operators.
    """

    written: Flow
    rewritten: Flow
    runs: Mapping[int, Sequence[Mapping[str, object]]]  # line → what ran there
    plain_calls: int = 0  # that the plain function took
    ran: bool = False  # in this process

    def operators(self) -> list[dict[str, object]]:
        """One row an operator: what it is, where, and what runs it; ``detail`` as it was counted while it ran."""
        places = {op.out.name: op.out.facts.place.name for op in self.written.ops}
        cuts = [op for op in self.written.ops if isinstance(op, Move)]
        rows: list[dict[str, object]] = []
        for op in sorted((*self.rewritten.ops, *cuts), key=lambda op: op.span.line):
            facts = facts_of(op)
            rows.append({**facts, "place": places.get(op.out.name, facts["place"]), **self._run_of(op)})
        return rows

    def _run_of(self, op: Op) -> dict[str, object]:
        detail = [entry for entry in self.runs.get(op.span.line, ()) if _belongs(entry, op)]
        if not detail:
            runs, why = _unmeasured(op, self.ran)
            return {"runs": runs, "why": _named(why, op) if runs == "python" else why, "detail": detail}
        runs, why = _listed(entry.get("runs", "python") for entry in detail), _reasons(detail)
        return {
            "runs": runs,
            "why": _named(why, op) if "python" in runs else why,
            "items": _listed(f"{entry['items']:,}" for entry in detail if entry.get("items")),
            "items/s": _listed(f"{speed:,}" for entry in detail if (speed := _speed(entry))),
            "kernel": _listed(_kernel(entry) for entry in detail if "cache" in entry),
            "detail": detail,
        }

    def to_json(self) -> dict[str, object]:
        """The whole report as plain data."""
        return {
            "flow": self.written.name,
            "program": show(self.rewritten),
            "operators": self.operators(),
            "plain_calls": self.plain_calls,
        }

    def __str__(self) -> str:
        columns = ("line", "wire", "operator", "place", "runs", "items", "items/s", "kernel", "why")
        rows = [columns, *(tuple(str(row.get(column, "")) for column in columns) for row in self.operators())]
        widths = [max(len(row[column]) for row in rows) for column in range(len(columns))]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
        if self.plain_calls:
            lines.append(f"calls that the plain function took, being the quicker one: {self.plain_calls:,}")
        return "\n".join(lines)


def _reasons(detail: Sequence[Mapping[str, object]]) -> str:
    """Why not all of it runs as machine code: refusals, and items that kernels handed back."""
    texts = [str(entry["why"]) for entry in detail if entry.get("why")]
    texts += [f"{entry['items_in_python']:,} items in Python" for entry in detail if entry.get("items_in_python")]
    return "; ".join(dict.fromkeys(texts))


def _named(why: str, op: Op) -> str:
    """Return a reason with the expression that it is about."""
    if "`" in why:
        return why
    text = " ".join(show_expression(op).split())
    text = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
    return f"{why or 'its items came as Python objects'}: `{text}`"


def _listed(values: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, values)))


def _speed(entry: Mapping[str, Any]) -> int:
    """Items a second; 0 for what was not measured."""
    if "items_per_second" in entry:
        return int(entry["items_per_second"])
    return round(entry["items"] / entry["seconds"]) if entry.get("seconds") else 0


def _kernel(entry: Mapping[str, object]) -> str:
    """Where a compiled kernel came from: the cache, or a compile of so many seconds because of what changed."""
    if entry["cache"] == "hit":
        return "from the cache"
    return f"compiled in {entry['compile_seconds']} s: {entry['cache']}"


def _belongs(entry: Mapping[str, object], op: Op) -> bool:
    """Whether something that ran at an operator's line is this operator: its kernel has the name of its wire."""
    kernel = entry.get("kernel")
    if kernel is not None:
        return str(kernel).startswith(f"{op.out.name}_")
    own = "group" if isinstance(op, GroupFold) else type(op).__name__.lower()
    return entry.get("operator") in (own, getattr(op, "function", own))


def _unmeasured(op: Op, ran: bool) -> tuple[str, str]:
    """What runs an operator that counted nothing, and why; ``ran`` where the flow did."""
    match op:
        case Source(only=tuple() as only):
            fields = [name for name in only if name.isidentifier()]
            return "–", f"of records only {', '.join(fields)} are read" if fields else "of records nothing is read"
        case Source() | Result() | Move() | Claim() | Literal():
            return "–", ""
        case _ if not ran:
            return "python", "has not run in this process"
        case Each() | Join():
            return "python", "no items came"
        case Entries():
            return "python", "hands entries on as they are"
        case Apply() | Fixpoint():
            return "python", "runs once, on whole values"
        case _:
            return "python", "its items came as Python objects"
