"""Fold groups as their items arrive: ``{k: sum(vs) for k, vs in group(xs, by=f).items()}`` never keeps ``vs``.

It applies where the comprehension goes straight over a group's entries and uses each list only as the argument of a
fold that always runs; a list that is used otherwise is kept whole.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from flowcc.facts import UNKNOWN, Type
from flowcc.ir import Code, Each, Entries, Flow, Group, GroupFold, Op, Wire
from flowcc.passes.renaming import code_of, fresh, names_in, tree_of

FOLDS = frozenset("sum len min max mean fmean any all".split())


def fold_groups(flow: Flow) -> Flow:
    """Make a `GroupFold` of every group that is only folded."""
    readers = flow.readers()
    made = {op.out: op for op in flow.ops}
    replaced: dict[Wire, list[Op]] = {}
    for each in flow.ops:
        entries = made.get(each.inputs[0]) if isinstance(each, Each) else None
        group = made.get(entries.inputs[0]) if isinstance(entries, Entries) else None
        if not (isinstance(each, Each) and isinstance(entries, Entries) and isinstance(group, Group)):
            continue
        if readers[entries.out] == readers[group.out] == 1 and entries.part == "items" and group.until is None:
            folded = _folded(group, entries, each)
            if folded is not None:
                replaced |= {group.out: folded[:1], entries.out: folded[1:2], each.out: folded[2:]}
    return replace(flow, ops=tuple(part for op in flow.ops for part in replaced.get(op.out, [op])))


@dataclass
class _Folds(ast.NodeTransformer):
    """Replaces folds of the list ``held`` by names, and finds out whether it is used otherwise."""

    held: str
    taken: set[str]
    hidden: tuple[str, ...]
    names: dict[str, str] = field(default_factory=dict)
    otherwise: bool = False
    skippable: int = 0

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node:
            case ast.Call(func=ast.Name(id=function), args=[ast.Name(id=held)], keywords=[]) if (
                held == self.held and function in FOLDS and function not in self.hidden
            ):
                if self.skippable:
                    self.otherwise = True
                if function not in self.names:
                    self.names[function] = fresh(f"{function}_of_{held}", self.taken)
                return ast.copy_location(ast.Name(self.names[function], ast.Load()), node)
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


def _folded(group: Group, entries: Entries, each: Each) -> list[Op] | None:
    tree = tree_of(each.code)
    match tree:
        case ast.ListComp(generators=[ast.comprehension(
            target=ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=held)]), ifs=conditions
        )]) if key != held:  # fmt: skip
            pass
        case _:
            return None
    folds = _Folds(held, names_in(tree), each.code.hidden)
    copy = ast.parse(ast.unparse(tree), mode="eval").body
    assert isinstance(copy, ast.ListComp)
    asked = [folds.visit(condition) for condition in copy.generators[0].ifs]
    in_conditions = len(folds.names)
    element = folds.visit(copy.elt)
    if folds.otherwise or not folds.names or (asked and len(folds.names) > in_conditions and not _never_fails(group)):
        return None
    assert len(asked) == len(conditions)
    return _operators(group, entries, each, (key, folds.names, element, asked))


def _never_fails(group: Group) -> bool:
    """Whether folds of this group's items are of numbers, and so cannot raise on a group that a filter drops."""
    element = group.inputs[0].facts.element
    if group.by is None:
        element = element.arguments[1] if len(element.arguments) == 2 else UNKNOWN
    return element.name in ("int", "float", "bool")


def _operators(
    group: Group, entries: Entries, each: Each, parts: tuple[str, dict[str, str], ast.expr, list[ast.expr]]
) -> list[Op]:
    key, names, element, asked = parts
    arguments = ast.arguments([], [ast.arg(n) for n in (key, *names.values())], None, [], [], None, [])
    values: ast.expr = ast.Tuple([ast.Name(n, ast.Load()) for n in names.values()], ast.Load())
    target: ast.expr = ast.Tuple([ast.Name(n, ast.Store()) for n in names.values()], ast.Store())
    pair = ast.Tuple([ast.Name(key, ast.Load()), values], ast.Load())
    held_type = Type("tuple", (UNKNOWN,) * len(names))
    key_type = group.out.facts.element.arguments[0] if group.out.facts.element.arguments else UNKNOWN
    facts = replace(group.out.facts, element=Type("dict", (key_type, held_type)))
    folded = GroupFold(
        out=Wire(group.out.name, facts),
        inputs=group.inputs,
        span=group.span,
        by=group.by,
        folds=tuple((name, function, ()) for function, name in names.items()),
        result=code_of(ast.copy_location(ast.Lambda(arguments, pair), each.code.tree or pair)),
    )
    entry = Wire(entries.out.name, replace(entries.out.facts, element=Type("tuple", (key_type, held_type))))
    whole = ast.Tuple([ast.Name(key, ast.Store()), target], ast.Store())
    tree = ast.ListComp(element, [ast.comprehension(whole, ast.Name(entry.name, ast.Load()), asked, 0)])
    located = ast.copy_location(tree, each.code.tree or tree)
    code: Code = code_of(located, each.code)
    return [
        folded,
        replace(entries, inputs=(folded.out,), out=entry),
        replace(each, inputs=(entry, *each.inputs[1:]), code=code),
    ]
