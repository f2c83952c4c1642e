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
from flowcc.passes.renaming import bound_names, code_of, fresh, names_in, tree_of
from flowcc.scopes import free_names, replace_names

LONGEST = 24  # generators; kernels of very long loops take longer to compile than they save


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
    if first.lazy != second.lazy:
        return False  # all items of the one are made, and of the other those that are asked for
    if isinstance(first, Join) and isinstance(second, Join):
        return False  # one collection is looked into by key, which is the second input
    apart = first.inputs[0] not in second.inputs[1:]  # else the loop would read what it goes over
    joined = [op.inputs[1] for op in (first, second) if isinstance(op, Join)]
    apart = apart and not any(wire in first.inputs[1:] and wire in second.inputs[1:] for wire in joined)
    made = tree_of(first.code)
    return readers == 1 and apart and isinstance(made, ast.ListComp) and len(made.generators) < LONGEST


def _fused(first: Each | Join, second: Each | Join) -> Each | Join:
    sides = (
        (*second.inputs[1:], *first.inputs[1:]) if isinstance(second, Join) else (*first.inputs[1:], *second.inputs[1:])
    )
    inputs, code = (first.inputs[0], *dict.fromkeys(sides)), _composed(first.code, second.code)
    if isinstance(first, Join):
        return replace(first, out=second.out, span=second.span, inputs=inputs, code=code)
    return replace(second, inputs=inputs, code=code)


def _may_be(element: ast.Name, target: ast.Name, inner: ast.ListComp) -> bool:
    """Whether the variable that the inner comprehension gives can be called what the outer one calls it."""
    return element.id in bound_names(inner) and target.id not in names_in(inner) - {element.id}


def _composed(first: Code, second: Code) -> Code:
    inner, outer = tree_of(first), tree_of(second)
    assert isinstance(inner, ast.ListComp)
    assert isinstance(outer, ast.ListComp)
    taken = names_in(inner) | names_in(outer)
    outer = _renamed(outer, bound_names(outer) & free_names(inner), taken)
    inner = _renamed(inner, bound_names(inner) & names_in(outer), taken)
    head, *rest = outer.generators
    given, target = inner.elt, head.target
    if isinstance(given, ast.Name) and isinstance(target, ast.Name) and _may_be(given, target, inner):
        whole = replace_names(inner, {given.id: target.id})
        assert isinstance(whole, ast.ListComp)
        whole.generators[-1].ifs += head.ifs
        generators = [*whole.generators, *rest]
    else:
        assigned = ast.comprehension(target, ast.List([given], ast.Load()), head.ifs, 0)
        generators = [*inner.generators, assigned, *rest]
    return code_of(ast.copy_location(ast.ListComp(outer.elt, generators), outer), first, second)


def _renamed(tree: ast.ListComp, names: set[str], taken: set[str]) -> ast.ListComp:
    """Return a comprehension whose variables among ``names`` are called otherwise."""
    renamed = replace_names(tree, {name: fresh(name, taken) for name in sorted(names)})
    assert isinstance(renamed, ast.ListComp)
    return renamed
