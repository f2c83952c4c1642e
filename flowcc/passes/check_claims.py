"""Test the laws that functions are claimed to keep, on small values, wherever a flow uses them (F305)."""

from __future__ import annotations

from flowcc.algebra.refute import refute_claim
from flowcc.diagnostics import Diagnostic
from flowcc.environment import Environment
from flowcc.ir import Flow, Fold
from flowcc.passes import faults


def check_claims(flow: Flow, environment: Environment) -> list[Diagnostic]:
    """Return a fault for each claim that a counterexample refutes; only of live functions, since it calls them."""
    found: list[Diagnostic] = []
    for op in flow.ops if environment.live else ():
        for _, code in op.arguments if isinstance(op, Fold) else ():
            for law in code.claims:
                function = environment.get(code.text)
                if not callable(function):
                    continue
                counterexample = refute_claim(law, function, op.inputs[0].facts.element)
                if counterexample:
                    found.append(faults.law_broken(op.span, code.text, law, counterexample))
    return found
