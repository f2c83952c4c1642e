"""Print a flow in the language itself: one annotated assignment an operator, which the frontend reads back.

What passes introduce (`Join`, `GroupFold`, the ``grow`` of a `Fixpoint`) is printed as the plain language text that
means the same, so that any flow can be read and run, but only flows fresh from the frontend come back equal.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from typing import assert_never

from flowcc import ir
from flowcc.facts import ANYWHERE, HERE, Facts, Order, Shape, Type

INDENT = "    "
Arguments = tuple[tuple[str, ir.Code], ...]


def show(flow: ir.Flow) -> str:
    """Return ``flow`` as the text of a decorated function."""
    decorator = "@flow" if flow.on_error == "raise" else f"@flow(on_error={flow.on_error!r})"
    parameters = ", ".join(
        f"{op.out.name}: {show_annotation(op.out.facts)}" for op in flow.ops if isinstance(op, ir.Source)
    )
    lines = [decorator, f"def {flow.name}({parameters}):"]
    lines += [f"{INDENT}# of `{op.out.name}`{_only(op)}" for op in flow.ops if isinstance(op, ir.Source) and _only(op)]
    defined: set[str] = set()
    literals = _literals_in_place(flow)
    for op in flow.ops:
        lines += [INDENT + line for text in _new_definitions(op, defined) for line in text.splitlines()]
        lines += [INDENT + line for line in _statement(op, flow, literals).splitlines()]
    return "\n".join(lines) + "\n"


def show_annotation(facts: Facts) -> str:
    """Return how a wire with these facts is annotated: its collection, element type and place."""
    where = "" if facts.place in (HERE, ANYWHERE) else f", {facts.place.name}"
    return f"{_collection(facts)}[{_element(facts)}{where}]"


def _collection(facts: Facts) -> str:
    match facts.shape:
        case Shape.VALUE | Shape.ENTRIES:
            return "Live"
        case Shape.ITEMS:
            if facts.order is not Order.TOTAL:
                return "Bag"
            return "Batch" if facts.ends else "Stream"
        case _:
            assert_never(facts.shape)


def _element(facts: Facts) -> Type:
    """Return the type to print; entries are a dict to the reader."""
    element = facts.element
    if facts.shape is Shape.ENTRIES and element.name == "tuple" and len(element.arguments) == 2:
        return Type("dict", element.arguments)
    return element


def _statement(op: ir.Op, flow: ir.Flow, literals: Mapping[str, str]) -> str:
    match op:
        case ir.Source():
            return ""
        case ir.Literal() if op.out.name in literals:
            return ""
        case ir.Result():
            names = ", ".join(wire.name for wire in op.inputs)
            return f"return ({names}{',' if len(op.inputs) == 1 else ''})" if op.many else f"return {names}"
        case ir.Window():
            text = _late(op, flow)
        case _:
            placed = {wire.name: literals[wire.name] for wire in op.inputs if wire.name in literals}
            text = _put_in_place(show_expression(op), placed) if placed else show_expression(op)
            text = f"list({text})" if _gives_iterator(op) else text
            text += f"  #{_only(op)}" if isinstance(op, ir.Move) and _only(op) else ""
    where = "" if op.out.facts.place == ANYWHERE else f": {show_annotation(op.out.facts)}"
    return f"{op.out.name}{where} = {text}"


def _only(op: ir.Source | ir.Move) -> str:
    """Return which fields are needed, where not all are, as a comment says it."""
    return "" if op.only is None else f" only {', '.join(op.only) or 'how many'}"


def _gives_iterator(op: ir.Op) -> bool:
    """Whether Python gives what can be gone over only once; `groupby` has to be gone over as it comes."""
    match op:
        case ir.Scan(function=function):
            return function not in ("scan", "groupby")
        case ir.Sort(function=function):
            return function == "reversed"
        case ir.Zip() | ir.Concat():
            return True
    return False


def _literals_in_place(flow: ir.Flow) -> dict[str, str]:
    """Return the literals to print in the one expression that reads them, as they were written."""
    readers = flow.readers()
    returned = {wire for op in flow.ops if isinstance(op, ir.Result) for wire in op.inputs}
    return {
        op.out.name: op.items.text
        for op in flow.ops
        if isinstance(op, ir.Literal) and readers[op.out] == 1 and op.out not in returned
    }


def _put_in_place(text: str, literals: Mapping[str, str]) -> str:
    tree = ast.parse(text, mode="eval")
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            parts = value if isinstance(value, list) else [value]
            placed = [
                ast.parse(literals[part.id], mode="eval").body
                if isinstance(part, ast.Name) and part.id in literals
                else part
                for part in parts
            ]
            setattr(parent, name, placed if isinstance(value, list) else placed[0])
    return ast.unparse(tree)


def _late(op: ir.Window, flow: ir.Flow) -> str:
    """Return what came too late for windows that were made before, or windows themselves."""
    function, _, part = op.function.partition(".")
    made = [
        other.out.name
        for other in flow.ops[: flow.ops.index(op)]
        if isinstance(other, ir.Window) and part
        if (other.function, other.inputs, other.arguments) == (function, op.inputs, op.arguments)
    ]
    return f"{made[-1]}.{part}" if made else show_expression(op)


def show_expression(op: ir.Op) -> str:
    """Return the expression of the language that ``op`` stands for; its wires appear by their names."""
    first = op.inputs[0].name if op.inputs else ""
    match op:
        case ir.Literal():
            return op.items.text
        case ir.Each() | ir.Join() if op.lazy and op.out.facts.ends:  # where items may never end it goes without saying
            return f"({op.code.text[1:-1]})"
        case ir.Each() | ir.Join() | ir.Apply():
            return op.code.text
        case ir.Fold():
            return show_fold(op.function, first, op.arguments)
        case ir.Group():
            return _call("group", [first], _given(by=op.by, until=op.until))
        case ir.GroupFold():
            return _group_fold(op)
        case ir.Entries():
            return f"list({first})" if op.part == "iter" else f"{first}.{op.part}()"
        case ir.Scan():
            return _scan(op)
        case ir.Sort():
            return _sort(op)
        case ir.Take() if op.lazy and op.out.facts.ends:
            bounds = ["None" if bound is None else bound.text for bound in (op.start, op.stop, op.step)]
            return f"islice({', '.join([first, *bounds])})"
        case ir.Take():
            return f"{first}[{_slice(op)}]"
        case ir.Zip():
            return _call("zip", [wire.name for wire in op.inputs], [("strict", "True")] if op.strict else [])
        case ir.Concat():
            return _call(op.function, _collections(op), _texts(op.arguments))
        case ir.Merge():
            return _call("merge", [wire.name for wire in op.inputs])
        case ir.Window():
            function, _, part = op.function.partition(".")
            return _call(function, [first], _texts(op.arguments)) + (f".{part}" if part else "")
        case ir.Fixpoint():
            return _call("fixpoint", [op.step.text, first])
        case ir.Claim():
            return _call(op.function, [first], _claims(op) if op.function == "trust" else [])
        case ir.Move():
            return _move(op)
        case ir.Source() | ir.Result():
            raise AssertionError(f"a {type(op).__name__.lower()} is no expression")
        case _:
            assert_never(op)


def show_fold(function: str, items: str, arguments: Arguments) -> str:
    """Return the call that folds ``items``, each argument where Python has it."""
    given = {name: code.text for name, code in arguments}
    match function:
        case "item":
            return f"{items}[{given['index']}]"
        case "join":
            return f"{_operand(given['separator'])}.join({items})"
        case "reduce":
            return _call("reduce", [given["function"], items, *_some(given, "initial")])
        case _:
            return _call(function, [items], given.items())


def _claims(op: ir.Claim) -> list[tuple[str, str]]:
    before, after = op.inputs[0].facts, op.out.facts
    once = [("once", "True")] if after.delivery is not before.delivery else []
    ordered = [] if once and after.order is before.order else [("ordered", "True")]
    return [*ordered, *once, ("because", repr(op.because))]


def _scan(op: ir.Scan) -> str:
    items = op.inputs[0].name
    given = {name: code.text for name, code in op.arguments}
    match op.function:
        case "scan":
            return _call("scan", [given.pop("step"), items], given.items())
        case "accumulate":
            function = [given.pop("function")] if "function" in given else []
            return _call("accumulate", [items, *function], given.items())
        case "batched":
            return _call("batched", [items, given["n"]])
        case "takewhile" | "dropwhile":
            return _call(op.function, [given["predicate"], items])
        case _:
            return _call(op.function, [items], given.items())


def _sort(op: ir.Sort) -> str:
    given = {name: code.text for name, code in op.arguments}
    return _call(op.function, [*_some(given, "n"), op.inputs[0].name], [p for p in given.items() if p[0] != "n"])


def _slice(op: ir.Take) -> str:
    start, stop, step = ("" if bound is None else bound.text for bound in (op.start, op.stop, op.step))
    return f"{start}:{stop}" + (f":{step}" if step else "")


def _move(op: ir.Move) -> str:
    options = _given(by=op.by, merge=op.merge) + ([("ordered", "True")] if op.ordered else [])
    return _call(op.verb, [op.inputs[0].name, op.to.name], options)


def _group_fold(op: ir.GroupFold) -> str:
    """Return the dict comprehension over the groups that a `GroupFold` was made from."""
    asked = dict(op.asked)
    folds: list[str] = []
    for name, function, arguments in op.folds:
        given = dict(arguments)
        items = f"({given.pop('of').text})(_held)" if "of" in given else "_held"
        fold = show_fold(function, items, tuple(given.items()))
        if name in asked:
            fold = f"({fold} if ({asked[name].text})({', '.join(['_key', *folds])}) else None)"
        folds.append(fold)
    groups = _call("group", [op.inputs[0].name], _given(by=op.by))
    folded = ", ".join(["_key", *folds])
    where = f" if ({op.where.text})({folded})" if op.where else ""
    return f"dict([({op.result.text})({folded}) for _key, _held in {groups}.items(){where}])"


def _collections(op: ir.Concat) -> list[str]:
    """Return the inputs that are concatenated; a wire that only an argument reads is not."""
    return [wire.name for wire in op.inputs if wire.facts.shape is not Shape.VALUE]


def _call(function: str, positional: Iterable[str], named: Iterable[tuple[str, str]] = ()) -> str:
    return f"{function}({', '.join([*positional, *(f'{name}={text}' for name, text in named)])})"


def _given(**codes: ir.Code | None) -> list[tuple[str, str]]:
    return [(name, code.text) for name, code in codes.items() if code is not None]


def _texts(arguments: Arguments) -> list[tuple[str, str]]:
    return [(name, code.text) for name, code in arguments]


def _some(given: dict[str, str], name: str) -> list[str]:
    return [given[name]] if name in given else []


def _operand(text: str) -> str:
    """Put in brackets what binds weaker than a method call."""
    tree = ast.parse(text, mode="eval").body
    simple = isinstance(tree, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.JoinedStr)
    is_text = isinstance(tree, ast.Constant) and isinstance(tree.value, str | bytes)
    return text if simple or is_text else f"({text})"


def codes_of(op: ir.Op) -> list[ir.Code]:
    """Return all element code of ``op``, in the order in which it is printed."""
    match op:
        case ir.Literal():
            return [op.items]
        case ir.Each() | ir.Apply():
            return [op.code]
        case ir.Join():
            return [op.code, op.key]
        case ir.Fold() | ir.Scan() | ir.Sort() | ir.Concat() | ir.Window():
            return [code for _, code in op.arguments]
        case ir.Group():
            return _present(op.by, op.until)
        case ir.GroupFold():
            folded = [code for _, _, arguments in op.folds for _, code in arguments]
            return _present(op.by, *folded, *(code for _, code in op.asked), op.result, op.where)
        case ir.Take():
            return _present(op.start, op.stop, op.step)
        case ir.Fixpoint():
            return _present(op.step, op.grow, op.follow)
        case ir.Move():
            return _present(op.by, op.merge)
        case ir.Source() | ir.Entries() | ir.Zip() | ir.Merge() | ir.Claim() | ir.Result():
            return []
        case _:
            assert_never(op)


def _present(*codes: ir.Code | None) -> list[ir.Code]:
    return [code for code in codes if code is not None]


def _new_definitions(op: ir.Op, defined: set[str]) -> list[str]:
    """Return the definitions to print before ``op``: those it names that stand nowhere yet."""
    wanted = [text for code in codes_of(op) for text in code.definitions if text not in defined]
    defined.update(wanted)
    return list(dict.fromkeys(wanted))
