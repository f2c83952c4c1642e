"""Calls in element code: builtins, `math`, constructors of records, methods, and the user's own functions inlined."""

from __future__ import annotations

import ast
import builtins
import dataclasses
import math
import operator
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType

from flowcc.backend.kernels import floats, integers, lookups
from flowcc.backend.kernels.comparisons import compare
from flowcc.backend.kernels.inlining import inline
from flowcc.backend.kernels.reductions import reduce_items
from flowcc.backend.kernels.scope import OF_FUNCTIONS, Scope, choose, constant, tuple_of
from flowcc.backend.kernels.strings import is_text, number_of, text_of
from flowcc.backend.kernels.text_joins import join_pieces
from flowcc.backend.kernels.text_methods import METHODS
from flowcc.backend.kernels.truth import as_int, number_kind, required, truth
from flowcc.backend.kernels.values import Static, Value, bounded, item_of, refuse
from flowcc.runtime.schema import BOOL, FLOAT64, INT64, UTF8, Scalar, Struct, record_fields

Call = Callable[[Scope, list[Value], ast.Call], Value]

UNARY_LIBM = (
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "exp",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
)


def call(scope: Scope, node: ast.Call) -> Value:
    """Translate a call, or refuse it."""
    if any(isinstance(argument, ast.Starred) for argument in node.args) or any(k.arg is None for k in node.keywords):
        raise refuse("a call with `*` or `**`", node)
    if isinstance(node.func, ast.Lambda):
        return _call_lambda(scope, node.func, node)
    if isinstance(node.func, ast.Attribute):
        of = scope.value(node.func.value)
        if not isinstance(of.type, Static) or isinstance(of.known, dict):
            return _method(scope, of, node.func.attr, node)
    function = scope.value(node.func)
    if not isinstance(function.type, Static):
        raise refuse(f"calling {function.type}", node)
    if (reduced := reduce_items(scope, function.known, node)) is not None:
        return reduced
    return _call_object(scope, function.known, node)


def _call_lambda(scope: Scope, function: ast.Lambda, node: ast.Call) -> Value:
    """Call a lambda where it stands: its names are those around it, and its parameters."""
    names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    others = (function.args.vararg, function.args.kwarg, *function.args.kwonlyargs, *function.args.defaults)
    if any(others) or node.keywords or len(names) != len(node.args):
        raise refuse("a lambda called with these arguments", node)
    values = [scope.stored(scope.value(argument)) for argument in node.args]
    inner = scope.inner()
    for name, value in zip(names, values, strict=True):
        inner.lost.pop(name, None)
        inner.names[name] = value
    return inner.value(function.body)


def _call_object(scope: Scope, function: object, node: ast.Call) -> Value:
    arguments = [scope.value(argument) for argument in node.args]
    keywords = {keyword.arg or "": scope.value(keyword.value) for keyword in node.keywords}
    if function is dataclasses.replace and arguments:
        return _replaced(scope, arguments, keywords, node)
    if isinstance(function, FunctionType):
        return inline(scope, function, arguments, keywords, node)
    if isinstance(function, type) and (names := record_fields(function)):
        return _construct(scope, function, names, arguments, keywords, node)
    if not keywords and isinstance(function, type | BuiltinFunctionType) and function in CALLS:
        return CALLS[function](scope, arguments, node)
    if isinstance(function, MethodDescriptorType) and function.__objclass__ is str and not keywords:
        method = METHODS.get(function.__name__)
        if method is not None and arguments and arguments[0].type == UTF8:
            return method(scope, arguments, node)
    name = getattr(function, "__qualname__", type(function).__name__)
    raise refuse(f"`{name}` has no kernel", node)


def _construct(
    scope: Scope, record: type, names: tuple[str, ...], given: list[Value], keywords: dict[str, Value], node: ast.Call
) -> Value:
    """Make a record from positional and keyword arguments and constant defaults."""
    fields = dict(zip(names, given, strict=False))
    if len(given) > len(names) or keywords.keys() & fields.keys() or keywords.keys() - set(names):
        raise refuse("this call always raises", node)
    fields |= keywords
    maker = getattr(record, "__new__" if issubclass(record, tuple) else "__init__")
    if not isinstance(maker, FunctionType):
        raise refuse(f"making a `{record.__name__}`", node)
    scope.capture(maker, *OF_FUNCTIONS)
    given_last = maker.__defaults__ or ()
    defaults = dict(zip(names[len(names) - len(given_last) :], given_last, strict=True))
    for name in names:
        if name not in fields:
            if name not in defaults:
                raise refuse(f"the field `{name}` is not given", node)
            fields[name] = constant(scope.w, defaults[name], node)
    return tuple_of([fields[name] for name in names], names, record)


def _replaced(scope: Scope, arguments: list[Value], keywords: dict[str, Value], node: ast.Call) -> Value:
    """Return a record with some fields given anew."""
    (of, *more), kind = arguments, arguments[0].type
    if more or not isinstance(kind, Struct) or kind.record is None:
        raise refuse("`replace` of this", node)
    held = {name: item_of(of, at) for at, name in enumerate(kind.names) if name not in keywords}
    return _construct(scope, kind.record, kind.names, [], {**held, **keywords}, node)


def _method(scope: Scope, of: Value, name: str, node: ast.Call) -> Value:
    if name == "get" and (side := lookups.side_of(scope, of, node)) is not None:
        return lookups.get(scope, side, [scope.value(argument) for argument in node.args], node)
    if isinstance(of.type, Scalar) and of.type.kind == "utf8":
        if name == "join":
            return join_pieces(scope, of, node)
        if node.keywords or name not in METHODS:
            raise refuse(f"`str.{name}` has no kernel", node)
        of = required(scope, of, node)
        return METHODS[name](scope, [of, *(scope.value(argument) for argument in node.args)], node)
    if isinstance(of.type, Struct) and of.type.record is not None:
        if name == "_replace" and issubclass(of.type.record, tuple):
            keywords = {keyword.arg or "": scope.value(keyword.value) for keyword in node.keywords}
            return _replaced(scope, [of, *(scope.value(argument) for argument in node.args)], keywords, node)
        found = vars(of.type.record).get(name)
        if isinstance(found, FunctionType):
            scope.capture(of.type.record, name)
            arguments = [of, *(scope.value(argument) for argument in node.args)]
            keywords = {keyword.arg or "": scope.value(keyword.value) for keyword in node.keywords}
            return inline(scope, found, arguments, keywords, node)
    if of.type == FLOAT64 and name == "is_integer" and not node.args:
        x = of.parts[0]
        return Value(BOOL, (scope.w.temporary(f"({x} - {x} == 0.0) and np.floor({x}) == {x}"),))
    raise refuse(f"the method `{name}` of {of.type}", node)


def _count(arguments: list[Value], allowed: int, node: ast.Call) -> None:
    if len(arguments) != allowed:
        raise refuse(f"a call with {len(arguments)} arguments", node)


def _extreme(sign: ast.cmpop) -> Call:
    """min and max of several values: a later one wins only where it compares so, as with nan."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        if len(arguments) < 2:
            raise refuse("`min` or `max` of one collection", node)
        best = arguments[0]
        for value in arguments[1:]:
            held, later = best, value
            won = truth(scope, compare(scope, later, sign, held, node), node)
            if isinstance(won, bool):
                best = later if won else held
            else:
                best = choose(scope, won, _given(later), _given(held), node)
        return best

    return operate


def _given(value: Value) -> Callable[[], Value]:
    return lambda: value


def _abs(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    _count(arguments, 1, node)
    if number_kind(scope, arguments[0], node) == "float":
        return Value(FLOAT64, (scope.w.temporary(f"math.fabs({required(scope, arguments[0], node).parts[0]})"),))
    return integers.absolute(scope.w, as_int(scope, arguments[0], node))


def _float_argument(scope: Scope, value: Value, node: ast.Call) -> Value:
    if number_kind(scope, value, node) == "float":
        return required(scope, value, node)
    return integers.nearest_float(scope.w, as_int(scope, value, node))


def _rounding(how: str) -> Call:
    """Return round, floor, ceil, trunc or int of one number: an integer."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        _count(arguments, 1, node)
        if number_kind(scope, arguments[0], node) == "float":
            return floats.to_int(scope.w, required(scope, arguments[0], node), how)
        return as_int(scope, arguments[0], node)

    return operate


def _int(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    if len(arguments) == 1 and is_text(arguments[0]):
        return number_of(scope, arguments[0], "whole_number", INT64, node)
    return _rounding("np.trunc")(scope, arguments, node)


def _float(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    _count(arguments, 1, node)
    if is_text(arguments[0]):
        return number_of(scope, arguments[0], "real_number", FLOAT64, node)
    return _float_argument(scope, arguments[0], node)


def _bool(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    _count(arguments, 1, node)
    held = truth(scope, arguments[0], node)
    return constant(scope.w, held, node) if isinstance(held, bool) else Value(BOOL, (held,))


def _len(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    _count(arguments, 1, node)
    value = arguments[0]
    if isinstance(value.type, Struct) and (value.type.record is None or issubclass(value.type.record, tuple)):
        return constant(scope.w, len(value.type.items), node)
    if isinstance(value.type, Scalar) and value.type.kind == "utf8":
        scope.w.intrinsics.add("count_characters")
        text = required(scope, value, node)
        length = scope.w.temporary(f"count_characters({', '.join(text.parts)})")
        return Value(INT64, (length,), interval=bounded(0, 2**48))
    if (side := lookups.side_of(scope, value, node)) is not None:
        return lookups.size(scope, side)
    raise refuse(f"`len` of {value.type}", node)


def _divmod(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    _count(arguments, 2, node)
    kinds = {number_kind(scope, argument, node) for argument in arguments}
    if "float" in kinds:
        a, b = (_float_argument(scope, argument, node) for argument in arguments)
        return tuple_of(list(floats.divide_modulo(scope.w, a, b)))
    a, b = (as_int(scope, argument, node) for argument in arguments)
    return tuple_of([integers.floor_divide(scope.w, a, b, node), integers.modulo(scope.w, a, b, node)])


def _libm(symbol: str, arity: int) -> Call:
    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        _count(arguments, arity, node)
        return floats.libm(scope.w, symbol, [_float_argument(scope, value, node) for value in arguments], node)

    return operate


def _sqrt(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    _count(arguments, 1, node)
    x = _float_argument(scope, arguments[0], node).parts[0]
    scope.w.fail_if(f"{x} < 0.0")
    return Value(FLOAT64, (scope.w.temporary(f"math.sqrt({x})"),))


def _classify(template: str) -> Call:
    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        _count(arguments, 1, node)
        x = _float_argument(scope, arguments[0], node).parts[0]
        return Value(BOOL, (scope.w.temporary(template.format(x=x)),))

    return operate


def _exact(name: str, arity: int) -> Call:
    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        _count(arguments, arity, node)
        texts = ", ".join(_float_argument(scope, value, node).parts[0] for value in arguments)
        return Value(FLOAT64, (scope.w.temporary(f"math.{name}({texts})"),))

    return operate


def _str(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    _count(arguments, 1, node)
    return text_of(scope, arguments[0], node)


def _compared(sign: ast.cmpop) -> Call:
    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        _count(arguments, 2, node)
        return compare(scope, arguments[0], sign, arguments[1], node)

    return operate


def _scaled(by: float) -> Call:
    """degrees and radians: one multiplication, as in `math`."""

    def operate(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
        _count(arguments, 1, node)
        return Value(FLOAT64, (scope.w.temporary(f"{_float_argument(scope, arguments[0], node).parts[0]} * {by!r}"),))

    return operate


def _gcd(scope: Scope, arguments: list[Value], node: ast.Call) -> Value:
    """gcd: Euclid's, of magnitudes."""
    _count(arguments, 2, node)
    w = scope.w
    a, b = (w.temporary(integers.absolute(w, as_int(scope, value, node)).parts[0]) for value in arguments)
    with w.block(f"while {b} > 0:"):
        w.line(f"{a}, {b} = {b}, {a} % {b}")
    return Value(INT64, (a,))


CALLS: dict[object, Call] = {
    builtins.min: _extreme(ast.Lt()),
    builtins.max: _extreme(ast.Gt()),
    builtins.abs: _abs,
    builtins.len: _len,
    builtins.divmod: _divmod,
    int: _int,
    float: _float,
    bool: _bool,
    str: _str,
    builtins.round: _rounding("np.rint"),
    math.floor: _rounding("np.floor"),
    math.ceil: _rounding("np.ceil"),
    math.trunc: _rounding("np.trunc"),
    math.sqrt: _sqrt,
    math.fabs: _exact("fabs", 1),
    math.copysign: _exact("copysign", 2),
    math.degrees: _scaled(180.0 / math.pi),
    math.radians: _scaled(math.pi / 180.0),
    math.gcd: _gcd,
    math.isnan: _classify("{x} != {x}"),
    math.isinf: _classify("({x} == {x}) and ({x} - {x} != 0.0)"),
    math.isfinite: _classify("{x} - {x} == 0.0"),
    math.atan2: _libm("atan2", 2),
    math.fmod: _libm("fmod", 2),
    operator.eq: _compared(ast.Eq()),
    operator.ne: _compared(ast.NotEq()),
    operator.lt: _compared(ast.Lt()),
    operator.le: _compared(ast.LtE()),
    operator.gt: _compared(ast.Gt()),
    operator.ge: _compared(ast.GtE()),
    **{getattr(math, symbol): _libm(symbol, 1) for symbol in UNARY_LIBM},
}
