"""Element types of element code, as far as they follow from what is written; `object` where they do not.

Types are for reading (`check`, `explain`, graphs) and for choosing schemas, which look at the data again:
nothing is computed differently because a type was guessed.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from flowcc.environment import Environment
from flowcc.facts import UNKNOWN, Type
from flowcc.frontend.meanings import is_home
from flowcc.frontend.parse import parse_file

INT, FLOAT, STR, BOOL = Type("int"), Type("float"), Type("str"), Type("bool")
STR_METHODS = {
    **dict.fromkeys("lower upper strip lstrip rstrip replace title capitalize casefold join format zfill".split(), STR),
    **dict.fromkeys("split rsplit splitlines".split(), Type("list", (STR,))),
    **dict.fromkeys("startswith endswith isalpha isdigit isspace isupper islower isalnum".split(), BOOL),
    **dict.fromkeys("count find index rfind rindex".split(), INT),
}
BUILTINS = {"len": INT, "int": INT, "float": FLOAT, "str": STR, "bool": BOOL, "repr": STR, "ord": INT, "chr": STR,
            "hash": INT, "any": BOOL, "all": BOOL, "isinstance": BOOL}  # fmt: skip
KNOWN = frozenset(BUILTINS) | {"sum", "min", "max", "abs"}
CONSTANTS = {bool: BOOL, int: INT, float: FLOAT, str: STR, bytes: Type("bytes"), type(None): Type("None")}


def type_of(tree: ast.expr, names: Mapping[str, Type], environment: Environment) -> Type:
    """Return the type of an expression whose variables have the types ``names``."""

    def of(part: ast.expr) -> Type:
        return type_of(part, names, environment)

    match tree:
        case ast.Constant(value=value):
            return CONSTANTS.get(type(value), UNKNOWN)
        case ast.Name(id=name):
            return names.get(name, UNKNOWN)
        case ast.JoinedStr():
            return STR
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return BOOL
        case ast.UnaryOp(operand=operand):
            return INT if of(operand) == BOOL else of(operand)
        case ast.BinOp(left=left, op=operator, right=right):
            return _arithmetic(of(left), operator, of(right))
        case ast.BoolOp(values=values):
            return joined([of(value) for value in values])
        case ast.IfExp(body=body, orelse=orelse):
            return joined([of(body), of(orelse)])
        case ast.Tuple(elts=parts) if not any(isinstance(part, ast.Starred) for part in parts):
            return Type("tuple", tuple(of(part) for part in parts))
        case ast.List(elts=[first, *_]):
            return Type("list", (of(first),))
        case ast.Attribute(value=value, attr=field):
            return _field(of(value), field, environment)
        case ast.Subscript(value=value, slice=index):
            return _item(of(value), index)
        case ast.Call(func=function, args=arguments):
            return _call(function, [of(a) for a in arguments if not isinstance(a, ast.Starred)], names, environment)
    return UNKNOWN


def joined(types: list[Type]) -> Type:
    """Return the type of one of several: the same, or a union with None, or unknown."""
    distinct = list(dict.fromkeys(types))
    if len(distinct) == 1:
        return distinct[0]
    distinct = list(dict.fromkeys(part for each in types for part in (each.arguments if each.name == "|" else (each,))))
    if len(distinct) == 2 and Type("None") in distinct and UNKNOWN not in distinct:
        return Type("|", tuple(sorted(distinct, key=lambda each: each.name == "None")))
    return UNKNOWN


def _arithmetic(left: Type, operator: ast.operator, right: Type) -> Type:
    numbers = {INT, FLOAT, BOOL}
    if left in numbers and right in numbers:
        if isinstance(operator, ast.Div):
            return FLOAT
        if FLOAT in (left, right):
            return FLOAT
        bits = isinstance(operator, ast.BitAnd | ast.BitOr | ast.BitXor) and left == right == BOOL
        return BOOL if bits else UNKNOWN if isinstance(operator, ast.Pow) else INT
    if left == right == STR and isinstance(operator, ast.Add):
        return STR
    return STR if left == STR and isinstance(operator, ast.Mod | ast.Mult) else UNKNOWN


def _item(held: Type, index: ast.expr) -> Type:
    match held.name, held.arguments, index:
        case "tuple", arguments, ast.Constant(value=int() as position) if abs(position) < len(arguments):
            return arguments[position]
        case "dict", (_, value), _:
            return value
        case "list", (item,), ast.Slice():
            return held
        case "list", (item,), _:
            return item
        case "str", _, _:
            return STR
    return UNKNOWN


def _field(held: Type, field: str, environment: Environment) -> Type:
    return dict(fields_of(held.name, environment)).get(field, UNKNOWN)


def fields_of(name: str, environment: Environment) -> tuple[tuple[str, Type], ...]:
    """Return the annotated fields of a record class of the flow's file, in order."""
    for statement in parse_file(environment.text, environment.filename).body:
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            return tuple(
                (part.target.id, read_type(part.annotation))
                for part in statement.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            )
    return ()


def _call(function: ast.expr, arguments: list[Type], names: Mapping[str, Type], environment: Environment) -> Type:
    match function:
        case ast.Attribute(value=value, attr=method):
            held = type_of(value, names, environment)
            if held == STR:
                return STR_METHODS.get(method, UNKNOWN)
            if held.name == "dict" and len(held.arguments) == 2 and method == "get" and len(arguments) == 2:
                return joined([held.arguments[1], arguments[1]])
            return UNKNOWN
        case ast.Name(id=name) if name in names:
            return UNKNOWN
        case ast.Name(id=name) if name in KNOWN and not is_home(name, name, environment):
            return _declared(name, environment)
        case ast.Name(id="sum" | "min" | "max" | "abs", ctx=_) if arguments:
            first = arguments[0]
            return (
                first.arguments[0]
                if first.name in ("list", "set") and first.arguments
                else (joined(arguments) if first in (INT, FLOAT) else UNKNOWN)
            )
        case ast.Name(id=name) if name in BUILTINS:
            return BUILTINS[name]
        case ast.Name(id=name):
            return _declared(name, environment)
    return UNKNOWN


def _declared(name: str, environment: Environment) -> Type:
    for statement in parse_file(environment.text, environment.filename).body:
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            return Type(name)
        if isinstance(statement, ast.FunctionDef) and statement.name == name and statement.returns is not None:
            return UNKNOWN if statement.decorator_list else read_type(statement.returns)
    return UNKNOWN


def bind_target(target: ast.expr, element: Type) -> dict[str, Type]:
    """Return the types that a comprehension target gives its names."""
    match target:
        case ast.Name(id=name):
            return {name: element}
        case ast.Tuple(elts=parts) if element.name == "tuple" and len(parts) == len(element.arguments):
            found: dict[str, Type] = {}
            for part, inner in zip(parts, element.arguments, strict=True):
                found |= bind_target(part, inner)
            return found
    return {}


def element_of(held: Type) -> Type:
    """Return the type of the items that iterating over a value of type ``held`` gives."""
    if held.name in ("list", "set", "frozenset", "dict") and held.arguments:
        return held.arguments[0]
    return STR if held == STR else INT if held.name == "range" else UNKNOWN


def arguments_of(tree: ast.expr) -> list[ast.expr]:
    """Return what stands in an annotation's brackets."""
    if not isinstance(tree, ast.Subscript):
        return []
    return list(tree.slice.elts) if isinstance(tree.slice, ast.Tuple) else [tree.slice]


def read_type(tree: ast.expr) -> Type:
    """Return an element type as written; what is no type is unknown."""
    match tree:
        case ast.Constant(value=None):
            return Type("None")
        case ast.Constant(value=str() as text):
            try:
                return read_type(ast.parse(text, mode="eval").body)
            except SyntaxError:
                return UNKNOWN
        case ast.Constant(value=value) if value is ...:
            return Type("...")
        case ast.Name(id=name):
            return UNKNOWN if name == "Any" else Type(name)
        case ast.Attribute():
            return Type(ast.unparse(tree))
        case ast.BinOp(op=ast.BitOr(), left=left, right=right):
            return _union(read_type(left), read_type(right))
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return _union(read_type(inner), Type("None"))
        case ast.Subscript(value=head):
            if isinstance(tree.slice, ast.Tuple) and not tree.slice.elts:
                return Type(ast.unparse(head))
            return Type(ast.unparse(head), tuple(map(read_type, arguments_of(tree))))
    return UNKNOWN


def _union(left: Type, right: Type) -> Type:
    parts = [*(left.arguments if left.name == "|" else [left]), *(right.arguments if right.name == "|" else [right])]
    return Type("|", tuple(dict.fromkeys(parts)))
