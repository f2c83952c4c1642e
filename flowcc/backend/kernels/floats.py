"""Float operations, bit for bit CPython's: the same IEEE operation or the same libm function, no reassociation.

Where CPython raises (a zero divisor, a domain or range error) the item fails and Python raises it.
"""

from __future__ import annotations

import ast

from flowcc.backend.kernels.integers import Operation
from flowcc.backend.kernels.values import Value
from flowcc.backend.kernels.writer import Writer
from flowcc.runtime.schema import FLOAT64, INT64

IN_INT64 = "(9223372036854775808.0)"


def _plain(operator: str) -> Operation:
    def operate(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
        return Value(FLOAT64, (w.temporary(f"{a.parts[0]} {operator} {b.parts[0]}"),))

    return operate


def divide(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a / b."""
    if not b.known or not isinstance(b.known, float | int):
        w.fail_if(f"{b.parts[0]} == 0.0")
    return Value(FLOAT64, (w.temporary(f"{a.parts[0]} / {b.parts[0]}"),))


def modulo(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a % b, as `float_rem` does it."""
    return Value(FLOAT64, (_divmod(w, a, b)[1],))


def floor_divide(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a // b, as `_float_div_mod` does it."""
    return Value(FLOAT64, (_divmod(w, a, b)[0],))


def divide_modulo(w: Writer, a: Value, b: Value) -> tuple[Value, Value]:
    """divmod(a, b)."""
    quotient, rest = _divmod(w, a, b)
    return Value(FLOAT64, (quotient,)), Value(FLOAT64, (rest,))


def _divmod(w: Writer, a: Value, b: Value) -> tuple[str, str]:
    left, right = w.temporary(a.parts[0]), w.temporary(b.parts[0])
    w.fail_if(f"{right} == 0.0")
    rest = w.call("fmod", 2, left, right)
    quotient = w.temporary(f"({left} - {rest}) / {right}")
    with w.block(f"if {rest} != 0.0:"), w.block(f"if ({right} < 0.0) != ({rest} < 0.0):"):
        w.line(f"{rest} += {right}")
        w.line(f"{quotient} -= 1.0")
    with w.block("else:"):
        w.line(f"{rest} = math.copysign(0.0, {right})")
    floor = w.fresh()
    with w.block(f"if {quotient} != 0.0:"):
        w.line(f"{floor} = np.floor({quotient})")
        with w.block(f"if {quotient} - {floor} > 0.5:"):
            w.line(f"{floor} += 1.0")
    with w.block("else:"):
        w.line(f"{floor} = math.copysign(0.0, {left} / {right})")
    return floor, rest


def power(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a ** b; a complex result, an overflow or 0.0 to a negative power is left to Python."""
    left, right = w.temporary(a.parts[0]), w.temporary(b.parts[0])
    w.fail_if(f"({left} - {left} != 0.0) | ({right} - {right} != 0.0)")
    w.fail_if(f"({left} == 0.0) & ({right} < 0.0)")
    result = w.call("pow", 2, left, right)
    w.fail_if(f"{result} - {result} != 0.0")
    return Value(FLOAT64, (result,))


def to_int(w: Writer, a: Value, rounding: str = "np.trunc") -> Value:
    """Return a float as an integer after rounding; what is not finite or past 64 bits fails."""
    rounded = w.temporary(f"{rounding}({a.parts[0]})")
    fits = w.temporary(f"({rounded} >= -{IN_INT64}) & ({rounded} < {IN_INT64})")
    w.fail_if(f"not {fits}")
    return Value(INT64, (w.temporary(f"int64({rounded} if {fits} else 0.0)"),))


def libm(w: Writer, symbol: str, arguments: list[Value], node: ast.AST) -> Value:
    """Call the function of libm that `math` calls; whatever is not finite is left to Python and its errors."""
    names = [argument.parts[0] for argument in arguments]
    if symbol.startswith("log"):
        limit = "-1.0" if symbol == "log1p" else "0.0"
        w.fail_if(f"not ({names[0]} > {limit})")
    result = w.call(symbol, len(names), *names)
    w.fail_if(f"{result} - {result} != 0.0")
    return Value(FLOAT64, (result,))


OPERATIONS: dict[type[ast.operator], Operation] = {
    ast.Add: _plain("+"), ast.Sub: _plain("-"), ast.Mult: _plain("*"), ast.Div: divide, ast.Mod: modulo,
    ast.FloorDiv: floor_divide, ast.Pow: power,
}  # fmt: skip
