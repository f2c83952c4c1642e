"""What must hold of every flow, between any two passes. A violation is a fault of ours: an AssertionError.

`check_flow` says it of a flow and of every operator in it, `check_program` of a flow that was split.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable

from flowcc import ir
from flowcc.facts import ANYWHERE, Order, Shape
from flowcc.show import codes_of

ITEMS_OUT = (ir.Source, ir.Literal, ir.Scan, ir.Sort, ir.Take, ir.Zip, ir.Concat, ir.Merge, ir.Entries)
VALUE_OUT = (ir.Apply, ir.Fixpoint)
SIDELESS = (ir.Zip, ir.Concat, ir.Merge, ir.Result)
ENTRIES_OUT = (ir.Group, ir.GroupFold)


def verify(subject: ir.Flow | ir.Program) -> None:
    """Raise AssertionError at the first invariant that does not hold."""
    if isinstance(subject, ir.Program):
        check_program(subject)
    else:
        check_flow(subject)


def check_flow(flow: ir.Flow) -> None:
    """Check names, order of operators and each operator by itself."""
    assert flow.name.isidentifier(), f"{flow.name!r} is no name"
    assert isinstance(flow.ops[-1], ir.Result), "the last operator is the result"
    assert sum(isinstance(op, ir.Result) for op in flow.ops) == 1, "a flow has one result"
    _check_wires(flow.ops, known={})
    for op in flow.ops:
        check_op(op)


def check_program(program: ir.Program) -> None:
    """Check that stages share no operator, that channels join them completely, and each operator by itself."""
    places = [stage.place for stage in program.stages]
    assert len(set(places)) == len(places), "a place has one stage"
    names = [channel.name for channel in program.channels]
    assert len(set(names)) == len(names), "a channel's name is its own"
    for channel in program.channels:
        move = channel.move
        assert channel.name == move.out.name, f"channel {channel.name} is not named for the wire it fills"
        assert channel.receiver == move.to, f"channel {channel.name} does not end where its move does"
        assert channel.sender == move.inputs[0].facts.place, f"channel {channel.name} starts elsewhere"
        assert {channel.sender, channel.receiver} <= set(places), f"channel {channel.name} joins unknown places"
    owners: dict[str, str] = {}
    for stage in program.stages:
        known = {c.move.out.name: c.move.out for c in program.channels if c.receiver == stage.place}
        local = [op for op in stage.ops if not isinstance(op, ir.Move)]
        _check_wires(local, known)
        for op in local:
            assert isinstance(op, ir.Result) or op.out.facts.place in (stage.place, ANYWHERE), f"{op} is elsewhere"
            check_op(op)
            if op.out.facts.place != ANYWHERE:
                owner = owners.setdefault(op.out.name, stage.place.name)
                assert owner == stage.place.name, f"`{op.out.name}` is computed at {owner} and at {stage.place.name}"
    results = sum(isinstance(op, ir.Result) for stage in program.stages for op in stage.ops)
    assert results >= 1, "no stage has the result"


def _check_wires(ops: Iterable[ir.Op], known: dict[str, ir.Wire]) -> None:
    known = dict(known)
    defined: dict[str, str] = {}
    for op in ops:
        for code in codes_of(op):
            _check_code(code, f"{type(op).__name__} `{op.out.name}`")
            for name, text in zip(map(_defined, code.definitions), code.definitions, strict=True):
                assert defined.setdefault(name, text) == text, f"`{name}` is defined in two ways"
        for wire in op.inputs:
            assert wire.name in known, f"`{wire.name}` is read by `{op.out.name}` before it is assigned"
            assert known[wire.name] == wire, f"`{wire.name}` is read with facts that it was not given"
        _check_names(op, known)
        assert op.out.name.isidentifier(), f"{op.out.name!r} is no name"
        if not isinstance(op, ir.Result):
            assert op.out.name not in known, f"`{op.out.name}` is assigned twice"
            known[op.out.name] = op.out


def _check_names(op: ir.Op, known: dict[str, ir.Wire]) -> None:
    """Check that element code names the wires it reads, and no other."""
    named = {name for code in codes_of(op) for name in free_names(code)}
    read = {wire.name for wire in op.inputs}
    missing = named & known.keys() - read
    assert not missing, f"`{op.out.name}` names {missing}, which it does not read"
    sides = op.inputs if isinstance(op, ir.Apply) else () if isinstance(op, SIDELESS) else op.inputs[1:]
    for wire in sides:
        assert wire.name in named, f"`{op.out.name}` reads `{wire.name}` and does not name it"
    if isinstance(op, ir.Each | ir.Join):
        assert op.inputs[0].name in named, f"`{op.out.name}` is not about `{op.inputs[0].name}`"
        assert op.inputs[0].name not in _read_whole(op.code), f"`{op.out.name}` reads whole what it goes over"


def _read_whole(code: ir.Code) -> set[str]:
    """Return the names that a comprehension reads elsewhere than as what its first generator goes over."""
    tree = ast.parse(code.text, mode="eval").body
    if not isinstance(tree, ast.ListComp):
        return set()
    tree.generators[0].iter = ast.Tuple([], ast.Load())
    return free_names(ir.Code(ast.unparse(tree), code.definitions))


def free_names(code: ir.Code) -> set[str]:
    """Return the names that ``code`` takes from outside itself, its own nested functions aside."""
    tables = [symtable.symtable(code.text, "<code>", "eval")]
    tables += [symtable.symtable(text, "<code>", "exec") for text in code.definitions]
    defined = set(map(_defined, code.definitions))
    return {name for table in tables for name in _outside(table)} - defined


def _defined(definition: str) -> str:
    match ast.parse(definition).body:
        case [ast.FunctionDef(name=name)] | [ast.Assign(targets=[ast.Name(id=name)])]:
            return name
    raise AssertionError(f"`{definition}` defines no function")


def _outside(table: symtable.SymbolTable) -> set[str]:
    top = table.get_type() == "module"
    names = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (s.is_global() or top)}
    return names.union(*(_outside(child) for child in table.get_children()))


def check_op(op: ir.Op) -> None:
    """Check one operator: how many inputs, of which shapes, at which place, and its code."""
    where = f"{type(op).__name__} `{op.out.name}`"
    _check_arity(op, where)
    _check_place(op, where)
    _check_shapes(op, where)
    if isinstance(op, ir.Each | ir.Join):
        assert isinstance(_parsed(op.code, where), ast.ListComp), f"{where} is no list comprehension"
    if isinstance(op, ir.Join):
        assert isinstance(_parsed(op.key, where), ast.Lambda), f"{where} is not by a lambda"
    if isinstance(op, ir.Fixpoint):
        assert isinstance(_parsed(op.step, where), ast.Lambda), f"{where} does not step by a lambda"
        if op.follow is not None:
            assert isinstance(_parsed(op.follow, where), ast.ListComp), f"{where} follows no list comprehension"
            assert len(op.inputs) == 2, f"{where} follows more than one side"


def _check_arity(op: ir.Op, where: str) -> None:
    match op:
        case ir.Source():
            assert not op.inputs, f"{where} reads something"
        case ir.Apply() | ir.Literal():
            pass
        case ir.Join():
            assert len(op.inputs) >= 2, f"{where} has one input"
        case _:
            assert op.inputs, f"{where} reads nothing"
    if isinstance(op, ir.Each | ir.Join | ir.Apply):  # their code knows its inputs by name alone
        assert len(set(op.inputs)) == len(op.inputs), f"{where} reads one wire twice"


def _check_place(op: ir.Op, where: str) -> None:
    places = {wire.facts.place for wire in op.inputs} - {ANYWHERE}
    out = op.out.facts.place
    match op:
        case ir.Move():
            source = op.inputs[0].facts.place
            assert len(places) <= 1, f"{where} reads from many places"
            assert out == op.to, f"{where} gives its items elsewhere than it says"
            shuffles = source.is_cluster and op.verb in ("scatter", "route")
            assert source != op.to or shuffles, f"{where} moves nothing"
            _check_verb(op, where)
        case ir.Result():
            if not op.many:
                assert not op.inputs[0].facts.place.is_cluster, f"{where} is left on a cluster"
        case _:
            assert len(places) <= 1, f"{where} reads from {', '.join(sorted(place.name for place in places))}"
            assert not places or out in places, f"{where} moves from {places} to {out} by itself"


def _check_verb(op: ir.Move, where: str) -> None:
    source = op.inputs[0].facts.place
    shape = op.inputs[0].facts.shape
    match op.verb:
        case "send":
            assert not source.is_cluster, f"{where} sends from a cluster"
            assert not op.to.is_cluster, f"{where} sends to a cluster"
        case "broadcast":
            assert not source.is_cluster, f"{where} broadcasts from a cluster"
            assert op.to.is_cluster, f"{where} broadcasts to a process"
        case "scatter" | "route":
            assert op.to.is_cluster, f"{where}: {op.verb} goes to a cluster"
            assert shape is not Shape.VALUE, f"{where}: one value has no items to divide"
            assert op.by is not None or op.verb == "route" or not source.is_cluster, f"{where} deals from a cluster"
        case "gather":
            assert source.is_cluster, f"{where} gathers from a process"
            assert not op.to.is_cluster, f"{where} gathers to a cluster"
        case _:
            raise AssertionError(f"{where}: unknown verb {op.verb}")
    assert op.by is None or op.verb == "scatter", f"{where}: {op.verb} has no key"
    assert op.merge is None or (op.verb == "gather" and shape is Shape.VALUE), f"{where} merges no values"
    assert not op.ordered or (op.verb == "gather" and shape is not Shape.VALUE), f"{where} orders no items"
    assert op.out.facts.shape is shape, f"{where} changes the shape of what it moves"


def _check_shapes(op: ir.Op, where: str) -> None:
    shape = op.out.facts.shape
    first = op.inputs[0].facts.shape if op.inputs else None
    if isinstance(op, ITEMS_OUT):
        assert shape is Shape.ITEMS, f"{where} gives {shape.value}"
    if isinstance(op, VALUE_OUT):
        assert shape is Shape.VALUE, f"{where} gives {shape.value}"
    if isinstance(op, ENTRIES_OUT):
        assert shape is Shape.ENTRIES, f"{where} gives {shape.value}"
    match op:
        case ir.Fold():
            assert shape in (Shape.VALUE, Shape.ENTRIES), f"{where} gives items"
            assert first is not Shape.VALUE, f"{where} folds one value"
        case ir.Entries():
            assert first is not Shape.ITEMS, f"{where} takes items apart"
            assert op.part in ("items", "keys", "values", "iter"), f"{where}: no part {op.part}"
        case ir.Each() | ir.Join() | ir.Group() | ir.GroupFold() | ir.Scan() | ir.Sort() | ir.Take() | ir.Window():
            assert first is not Shape.VALUE, f"{where} reads items from one value"
        case ir.Fixpoint():
            assert first is Shape.VALUE, f"{where} starts from no value"
        case ir.Zip() | ir.Merge():
            assert all(wire.facts.shape is not Shape.VALUE for wire in op.inputs), f"{where} reads one value"
        case ir.Claim():
            assert op.function in ("unordered", "trust"), f"{where}: no claim {op.function}"
            assert op.function == "unordered" or op.because, f"{where} says no reason"
            assert shape is first, f"{where} changes the shape"
        case _:
            pass
    _check_facts(op, where)


def _check_facts(op: ir.Op, where: str) -> None:
    facts = op.out.facts
    assert not facts.share or facts.place.is_cluster, f"{where} is shared, but not at a cluster"
    if isinstance(op, ir.Merge) or (isinstance(op, ir.Claim) and op.function == "unordered"):
        assert facts.order is not Order.TOTAL, f"{where} has no order"
    if isinstance(op, ir.Move) and op.verb == "gather" and not op.ordered and facts.shape is Shape.ITEMS:
        assert facts.order is not Order.TOTAL, f"{where} cannot know the order across members"


def _parsed(code: ir.Code, where: str) -> ast.expr:
    try:
        return ast.parse(code.text, mode="eval").body
    except SyntaxError as error:
        raise AssertionError(f"{where}: `{code.text}` is no expression") from error


def _check_code(code: ir.Code, where: str) -> None:
    text = ast.unparse(_parsed(code, where))
    assert text == code.text, f"{where}: `{code.text}` is not normalised"
    for definition in code.definitions:
        try:
            _defined(definition)
        except SyntaxError as error:
            raise AssertionError(f"{where}: `{definition}` defines no function") from error
