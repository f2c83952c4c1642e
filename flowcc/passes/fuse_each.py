"""Turn chains of comprehensions into one, so that each chain becomes one loop.

A comprehension that anything else reads is kept: absorbing it would run it twice. Places need no check, because only
`Move` crosses them. ``[f(y) for y in [g(x) for x in xs]]`` becomes ``[f(y) for x in xs for y in [g(x)]]``, which
CPython runs as an assignment; where the first gives its own variable and nothing else, that is the second's variable.

Python runs the first comprehension to its end before the second begins. Fused, they take turns, which can show only
in which of two exceptions comes first; so the first is absorbed where one of the two cannot raise, or when an error
in either is the same to the caller: a run stops at the first one either way.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from flowcc.ir import Code, Each, Flow, Join, Op, Wire
from flowcc.passes.renaming import bound_names, code_of, fresh, names_in, renamed, tree_of


def fuse_each(flow: Flow) -> Flow:
    """Absorb each comprehension into the one that is its only reader.

    Not where failing items are left out: the item that fails must be the one that the user's own comprehension saw.
    """
    if flow.on_error != "raise":
        return flow
    readers = flow.readers()
    kept: dict[Wire, Op] = {}
    for op in flow.ops:
        first = kept.get(op.inputs[0]) if op.inputs else None
        if isinstance(op, Each | Join) and isinstance(first, Each | Join) and _absorbs(first, op, readers[first.out]):
            del kept[first.out]
            kept[op.out] = _fused(first, op)
        else:
            kept[op.out] = op
    return replace(flow, ops=tuple(kept.values()))


def _absorbs(first: Each | Join, second: Each | Join, readers: int) -> bool:
    if isinstance(first, Join) and isinstance(second, Join):
        return False  # one collection is looked into by key, which is the second input
    clashing = {_defined(text): text for text in first.code.definitions}
    same_names = all(clashing.get(_defined(text), text) == text for text in second.code.definitions)
    apart = first.inputs[0] not in second.inputs[1:]  # else the loop would read what it goes over
    joined = [op.inputs[1] for op in (first, second) if isinstance(op, Join)]
    apart = apart and not any(wire in first.inputs[1:] and wire in second.inputs[1:] for wire in joined)
    return readers == 1 and same_names and apart and isinstance(tree_of(first.code), ast.ListComp)


def _defined(definition: str) -> str:
    """Return the name that ``def f(x): …`` or ``f = lambda x: …`` defines."""
    return definition.removeprefix("def ").replace("(", " ", 1).split(maxsplit=1)[0]


def _fused(first: Each | Join, second: Each | Join) -> Each | Join:
    sides = (
        (*second.inputs[1:], *first.inputs[1:]) if isinstance(second, Join) else (*first.inputs[1:], *second.inputs[1:])
    )
    inputs, code = (first.inputs[0], *dict.fromkeys(sides)), _composed(first.code, second.code)
    if isinstance(first, Join):
        return replace(first, out=second.out, span=second.span, inputs=inputs, code=code)
    return replace(second, inputs=inputs, code=code)


def _composed(first: Code, second: Code) -> Code:
    inner, outer = tree_of(first), tree_of(second)
    assert isinstance(inner, ast.ListComp)
    assert isinstance(outer, ast.ListComp)
    taken = names_in(inner) | names_in(outer)
    clashes = bound_names(inner) & names_in(outer)
    inner_renamed = renamed(inner, {name: fresh(name, taken) for name in sorted(clashes)})
    assert isinstance(inner_renamed, ast.ListComp)
    head, *rest = outer.generators
    element = inner_renamed.elt
    if isinstance(element, ast.Name) and isinstance(head.target, ast.Name) and element.id in bound_names(inner_renamed):
        whole = renamed(inner_renamed, {element.id: head.target.id})
        assert isinstance(whole, ast.ListComp)
        whole.generators[-1].ifs += head.ifs
        generators = [*whole.generators, *rest]
    else:
        given = ast.comprehension(head.target, ast.List([element], ast.Load()), head.ifs, 0)
        generators = [*inner_renamed.generators, given, *rest]
    return code_of(ast.copy_location(ast.ListComp(outer.elt, generators), outer), first, second)
