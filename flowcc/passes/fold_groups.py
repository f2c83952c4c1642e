"""Fold groups as their items arrive: ``{k: sum(vs) for k, vs in group(xs, by=f).items()}`` never keeps ``vs``.

It applies where the comprehension goes straight over a group's entries and uses each list only in folds; a list that
is used otherwise is kept whole. A fold that plain Python makes of some groups only (behind a filter, say) and that may
raise comes with the condition under which it is asked for.
"""

from __future__ import annotations

import ast
from copy import deepcopy
from dataclasses import dataclass, replace

from flowcc.facts import UNKNOWN, Type
from flowcc.ir import Code, Each, Entries, Flow, Group, GroupFold, Op, Wire
from flowcc.passes.group_uses import Path, Uses, conjuncts
from flowcc.passes.renaming import code_of, fresh, names_in, tree_of


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
        if readers[entries.out] == readers[group.out] == 1 and group.until is None:
            folded = _folded(group, entries, each)
            if folded is not None:
                replaced |= {group.out: folded[:1], entries.out: folded[1:2], each.out: folded[2:]}
    return replace(flow, ops=tuple(part for op in flow.ops for part in replaced.get(op.out, [op])))


@dataclass(frozen=True)
class _Parts:
    """A comprehension over entries, whose folds are names by now."""

    key: str
    uses: Uses
    element: ast.expr
    conditions: list[ast.expr]


def _folded(group: Group, entries: Entries, each: Each) -> list[Op] | None:
    parts = _parts(entries, each)
    if parts is None or parts.uses.otherwise or not parts.uses.folds:
        return None
    folded = _group_fold(group, each, parts)
    return None if folded is None else _operators(folded, entries, each, parts)


def _parts(entries: Entries, each: Each) -> _Parts | None:
    """Take a comprehension apart; None where it is over something else than entries or lists."""
    tree = deepcopy(tree_of(each.code))
    taken = names_in(tree)
    match entries.part, tree:
        case "items", ast.ListComp(generators=[ast.comprehension(
            target=ast.Tuple(elts=[ast.Name(id=key), ast.Name(id=held)])
        )]) if key != held:  # fmt: skip
            pass
        case "values", ast.ListComp(generators=[ast.comprehension(target=ast.Name(id=held))]):
            key = fresh("key", taken)
        case _:
            return None
    uses = Uses(key, held, taken, each.code.hidden)
    conditions: list[ast.expr] = []
    path: Path = ()
    for condition in tree.generators[0].ifs:
        conditions.append(uses.put(condition, path))
        path += tuple(conjuncts(conditions[-1]))
    return _Parts(key, uses, uses.put(tree.elt, path), conditions)


def _group_fold(group: Group, each: Each, parts: _Parts) -> GroupFold | None:
    """Return the operator that folds; None where it would have to read what only the comprehension reads."""
    names = list(parts.uses.folds)
    asked = []
    for number, name in enumerate(names):
        condition = _condition(parts.uses.paths.get(name, [()]))
        if condition is not None:
            if names_in(condition) & set(names[number:]):
                return None
            asked.append((name, _lambda([parts.key, *names[:number]], condition, each)))
    folds = tuple((name, fold.function, _arguments(parts, name, each)) for name, fold in parts.uses.folds.items())
    sides = {wire.name for wire in each.inputs}
    codes = [code for _, code in asked] + [code for *_, given in folds for _, code in given]
    if any(_reads(code) & sides for code in codes):
        return None
    values: ast.expr = ast.Tuple([ast.Name(n, ast.Load()) for n in names], ast.Load())
    pair = ast.copy_location(ast.Tuple([ast.Name(parts.key, ast.Load()), values], ast.Load()), tree_of(each.code))
    key_type, held_type = _types(group, names)
    return GroupFold(
        out=Wire(group.out.name, replace(group.out.facts, element=Type("dict", (key_type, held_type)))),
        inputs=group.inputs,
        span=group.span,
        by=group.by,
        folds=folds,
        result=_lambda([parts.key, *names], pair),
        asked=tuple(asked),
    )


def _condition(paths: list[Path]) -> ast.expr | None:
    """Return where a fold is asked for, in one expression; None: always."""
    ways = [path for path in paths if not any(path[: len(p)] == p and path != p for p in paths)]
    if () in ways:
        return None
    texts = {" and ".join(map(ast.unparse, path)): path for path in ways}
    each = [path[0] if len(path) == 1 else ast.BoolOp(ast.And(), list(path)) for path in texts.values()]
    return each[0] if len(each) == 1 else ast.BoolOp(ast.Or(), each)


def _arguments(parts: _Parts, name: str, each: Each) -> tuple[tuple[str, Code], ...]:
    fold = parts.uses.folds[name]
    of = [("of", _lambda([parts.uses.held], fold.of, each))] if fold.of is not None else []
    return (*of, *((argument, code_of(code, each.code)) for argument, code in fold.arguments))


def _lambda(names: list[str], body: ast.expr, *definitions: Each) -> Code:
    arguments = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
    made = ast.copy_location(ast.Lambda(arguments, body), body)
    return code_of(made, *(each.code for each in definitions))


def _reads(code: Code) -> set[str]:
    """Return every name in code and in its nested functions."""
    return names_in(tree_of(code)).union(*(names_in(ast.parse(text)) for text in code.definitions))


def _types(group: Group, names: list[str]) -> tuple[Type, Type]:
    arguments = group.out.facts.element.arguments
    return arguments[0] if arguments else UNKNOWN, Type("tuple", (UNKNOWN,) * len(names))


def _operators(folded: GroupFold, entries: Entries, each: Each, parts: _Parts) -> list[Op]:
    element = Type("tuple", folded.out.facts.element.arguments)
    entry = Wire(entries.out.name, replace(entries.out.facts, element=element))
    names = ast.Tuple([ast.Name(n, ast.Store()) for n in parts.uses.folds], ast.Store())
    target = ast.Tuple([ast.Name(parts.key, ast.Store()), names], ast.Store())
    over = ast.comprehension(target, ast.Name(entry.name, ast.Load()), parts.conditions, 0)
    tree = ast.copy_location(ast.ListComp(parts.element, [over]), tree_of(each.code))
    return [
        folded,
        replace(entries, inputs=(folded.out,), out=entry, part="items"),
        replace(each, inputs=(entry, *each.inputs[1:]), code=code_of(tree, each.code)),
    ]
