"""Group the values that are folded instead of the items they come from.

``{k: sum(x.n for x in xs) for k, xs in group(items, by=lambda x: x.key).items()}`` becomes a group of the pairs
``(x.key, x.n)`` whose values are summed as they are. It applies where every fold reads the same expression, which is
evaluated in any case; not where failing items are left out, since then another item would be.
"""

from __future__ import annotations

import ast
from copy import deepcopy
from dataclasses import dataclass, field, replace

from flowcc.facts import UNKNOWN, Shape, Type
from flowcc.ir import Code, Each, Entries, Flow, Group, Op, Wire
from flowcc.passes.renaming import code_of, fresh, names_in, tree_of
from flowcc.scopes import replace_names

MAPPED = frozenset("sum min max mean fmean".split())


def map_before_group(flow: Flow) -> Flow:
    """Begin every group whose items are only folded by one expression with that expression."""
    if flow.on_error != "raise":
        return flow
    readers = flow.readers()
    made = {op.out: op for op in flow.ops}
    taken = {op.out.name for op in flow.ops}
    replaced: dict[Wire, list[Op]] = {}
    for each in flow.ops:
        entries = made.get(each.inputs[0]) if isinstance(each, Each) else None
        group = made.get(entries.inputs[0]) if isinstance(entries, Entries) else None
        if not (isinstance(each, Each) and isinstance(entries, Entries) and isinstance(group, Group)):
            continue
        if readers[entries.out] == readers[group.out] == 1 and entries.part == "items" and _is_plain(group):
            begun = _begun(group, entries, each, taken)
            if begun is not None:
                replaced |= {group.out: begun[:2], entries.out: begun[2:3], each.out: begun[3:]}
    return replace(flow, ops=tuple(part for op in flow.ops for part in replaced.get(op.out, [op])))


def _is_plain(group: Group) -> bool:
    by, items = group.by, group.inputs[0]
    simple = by is not None and not by.definitions and not by.hidden
    return simple and group.until is None and len(group.inputs) == 1 and items.facts.shape is Shape.ITEMS


@dataclass
class _Folds(ast.NodeTransformer):
    """Makes folds of an expression of each item folds of the items, when all are of the same expression."""

    held: str
    mapped: ast.comprehension | None = None
    element: ast.expr | None = None
    otherwise: bool = False
    skippable: int = 0
    seen: set[str] = field(default_factory=set)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node:
            case ast.Call(func=ast.Name("len"), args=[ast.Name(id=held)], keywords=[]) if held == self.held:
                return node
            case ast.Call(
                func=ast.Name(id=function),
                args=[ast.GeneratorExp(element, [made]) | ast.ListComp(element, [made])],
                keywords=[],
            ) if function in MAPPED and _is_map(made, self.held):
                self.mapped, self.element = made, element
                self.seen.add(ast.dump(made) + ast.dump(element))
                self.otherwise |= bool(self.skippable) or self.held in names_in(element)
                return ast.copy_location(ast.Call(node.func, [made.iter], []), node)
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        self.otherwise |= node.id == self.held
        return node

    def _maybe(self, node: ast.expr) -> ast.expr:
        self.skippable += 1
        self.generic_visit(node)
        self.skippable -= 1
        return node

    visit_IfExp = visit_BoolOp = visit_Lambda = visit_ListComp = visit_GeneratorExp = _maybe
    visit_SetComp = visit_DictComp = _maybe


def _is_map(made: ast.comprehension, held: str) -> bool:
    return isinstance(made.iter, ast.Name) and made.iter.id == held and not made.ifs and not made.is_async


def _begun(group: Group, entries: Entries, each: Each, taken: set[str]) -> list[Op] | None:
    copy = deepcopy(tree_of(each.code))
    match copy:
        case ast.ListComp(generators=[ast.comprehension(
            target=ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=held)]), ifs=[]
        )]) if key != held:  # fmt: skip
            pass
        case _:
            return None
    folds = _Folds(held)
    element = folds.visit(copy.elt)
    if folds.otherwise or len(folds.seen) != 1 or folds.mapped is None or folds.element is None:
        return None
    foreign = {key, *each.code.hidden, *(wire.name for wire in each.inputs)}
    if names_in(folds.element) & foreign or each.code.definitions:
        return None
    pairs = _pairs(group, folds.mapped.target, folds.element)
    if pairs is None:
        return None
    element_type = group.out.facts.element
    key_type = element_type.arguments[0] if element_type.arguments else UNKNOWN
    held_type = Type("list", (UNKNOWN,))
    pair = _typed(group.inputs[0], Type("tuple", (key_type, UNKNOWN)), fresh(f"{group.out.name}_pairs", taken))
    grouped = _typed(group.out, Type("dict", (key_type, held_type)))
    entry = _typed(entries.out, Type("tuple", (key_type, held_type)))
    tree = ast.copy_location(ast.ListComp(element, copy.generators), copy)
    return [
        Each(out=pair, inputs=group.inputs, span=each.span, code=pairs),
        replace(group, inputs=(pair,), out=grouped, by=None),
        replace(entries, inputs=(grouped,), out=entry),
        replace(each, inputs=(entry, *each.inputs[1:]), code=code_of(tree, each.code)),
    ]


def _typed(wire: Wire, element: Type, name: str = "") -> Wire:
    return Wire(name or wire.name, replace(wire.facts, element=element))


def _pairs(group: Group, target: ast.expr, element: ast.expr) -> Code | None:
    """Return the comprehension of (key, value) pairs, or None where names would clash."""
    assert group.by is not None
    source, by = group.inputs[0].name, tree_of(group.by)
    bound = {n.id for n in ast.walk(target) if isinstance(n, ast.Name)}
    item = target.id if isinstance(target, ast.Name) else fresh("_item", bound | names_in(by) | names_in(element))
    match by:
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=name)], vararg=None, kwonlyargs=[]), body=body):
            if bound & (names_in(body) - {name}):
                return None
            key = replace_names(body, {name: item})
        case ast.Name() if by.id not in bound:
            key = ast.Call(by, [ast.Name(item, ast.Load())], [])
        case _:
            return None
    generators = [ast.comprehension(ast.Name(item, ast.Store()), ast.Name(source, ast.Load()), [], 0)]
    if not isinstance(target, ast.Name):
        generators.append(ast.comprehension(target, ast.List([ast.Name(item, ast.Load())], ast.Load()), [], 0))
    pair = ast.Tuple([key, element], ast.Load())
    return code_of(ast.copy_location(ast.ListComp(pair, generators), element), group.by)
