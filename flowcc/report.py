"""What a flow says about itself: the guarantees of `check`, and the operators of `explain`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flowcc.facts import Delivery, Facts, Order, Shape
from flowcc.ir import Claim, Flow, Fold, Move, Op, Result, Source
from flowcc.show import show

ORDERS = {Order.TOTAL: "in order", Order.PER_KEY: "in order for each key", Order.NONE: "in any order"}
ROUNDING = frozenset("sum mean prod".split())


@dataclass(frozen=True)
class CheckReport:
    """The guarantees of a flow that passed every check."""

    flow: Flow

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
        """How members' values become one, and why that agrees with their fold."""
        return [
            f"line {op.span.line}: merge={op.merge.text} agrees with the fold it merges (recognised)"
            for op in self.flow.ops
            if isinstance(op, Move) and op.merge is not None
        ]

    def exceptions(self) -> list[str]:
        """Where a result may differ from the plain function's in rounding or in order, as the language allows."""
        merged = {op.inputs[0].name for op in self.flow.ops if isinstance(op, Move) and op.merge is not None}
        found = [
            f"line {op.span.line}: a float `{op.function}` over members may round differently than over one list"
            for op in self.flow.ops
            if isinstance(op, Fold) and op.out.name in merged and op.function in ROUNDING
            and op.out.facts.element.name not in ("int", "bool")
        ]  # fmt: skip
        bags = [w for w in self.flow.ops[-1].inputs if w.facts.shape is Shape.ITEMS and w.facts.order is Order.NONE]
        return found + ["the items of the result may come in any order"] * bool(bags)

    def to_json(self) -> dict[str, object]:
        """The whole report as plain data."""
        return {
            "flow": self.flow.name,
            "result": self.guarantees(),
            "because": self.claims(),
            "merges": self.merges(),
            "exceptions": self.exceptions(),
            "wires": [facts_of(op) for op in self.flow.ops],
        }

    def __str__(self) -> str:
        sections = [("result", self.guarantees()), ("because", self.claims()), ("merges", self.merges()),
                    ("exceptions", self.exceptions())]  # fmt: skip
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
    """The operators of a flow as they run, and how each is run."""

    written: Flow
    rewritten: Flow
    runs: Mapping[int, Sequence[Mapping[str, object]]]  # line → what ran there

    def operators(self) -> list[dict[str, object]]:
        """One row an operator: what it is, where, and what runs it."""
        return [
            {**facts_of(op), "runs": self._runner(op), "detail": list(self.runs.get(op.span.line, ()))}
            for op in self.rewritten.ops
        ]

    def _runner(self, op: Op) -> str:
        ran = self.runs.get(op.span.line, ())
        if ran:
            return ", ".join(dict.fromkeys(str(entry.get("runs", "python")) for entry in ran))
        return "–" if isinstance(op, Source | Result | Move | Claim) else "python"

    def to_json(self) -> dict[str, object]:
        """The whole report as plain data."""
        return {"flow": self.written.name, "program": show(self.rewritten), "operators": self.operators()}

    def __str__(self) -> str:
        rows: list[tuple[str, ...]] = [("line", "wire", "operator", "place", "runs", "why")]
        for row in self.operators():
            detail = row["detail"]
            assert isinstance(detail, list)
            why = "; ".join(dict.fromkeys(str(entry["why"]) for entry in detail if entry.get("why")))
            rows.append((*(str(row[k]) for k in ("line", "wire", "operator", "place", "runs")), why))
        widths = [max(len(row[column]) for row in rows) for column in range(6)]
        return "\n".join("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows)
