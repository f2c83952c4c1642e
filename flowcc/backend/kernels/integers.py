"""Integer operations with Python's meaning on 64-bit registers; what does not fit is handed to Python.

A failing operation leaves the sign bit in ``bad`` and some harmless value behind, so that straight loops stay
free of branches. No operation here can trap: divisors 0 and -1 never reach the machine's division.
"""

from __future__ import annotations

import ast
from collections.abc import Callable

from flowcc.backend.kernels.values import INT_MIN, Interval, Value, bounded, hull, literal, refuse
from flowcc.backend.kernels.writer import Writer
from flowcc.runtime.schema import FLOAT64, INT64

Operation = Callable[[Writer, Value, Value, ast.AST], Value]

EXACT_IN_FLOAT = 2**53


def known_int(value: Value) -> int | None:
    """Return the number when it is known before the kernel runs."""
    return int(value.known) if isinstance(value.known, int) else None


def _unchecked(w: Writer, interval: Interval | None) -> bool:
    """Tell whether an operation may leave its test to the bound on the inputs, and ask for the proof."""
    if interval is None:
        return False
    w.prove(interval)
    return not w.checked


def _wrapped(w: Writer, operation: str, left: str, right: str) -> str:
    """Write an operation that may wrap; Numba's own `+` and `-` promise LLVM that they never do."""
    w.intrinsics.add(operation)
    return w.temporary(f"{operation}({left}, {right})")


def add(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a + b."""
    interval = hull(lambda x, y: [x[0] + y[0], x[1] + y[1]], a.interval, b.interval)
    left, right = a.parts[0], b.parts[0]
    if _unchecked(w, interval):
        return Value(INT64, (w.temporary(f"{left} + {right}"),), interval=interval)
    t = _wrapped(w, "add_wrapped", left, right)
    w.line(f"bad |= ({left} ^ {t}) & ({right} ^ {t})")
    return Value(INT64, (t,), interval=interval)


def subtract(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a - b."""
    interval = hull(lambda x, y: [x[0] - y[1], x[1] - y[0]], a.interval, b.interval)
    left, right = a.parts[0], b.parts[0]
    if _unchecked(w, interval):
        return Value(INT64, (w.temporary(f"{left} - {right}"),), interval=interval)
    t = _wrapped(w, "subtract_wrapped", left, right)
    w.line(f"bad |= ({left} ^ {right}) & ({left} ^ {t})")
    return Value(INT64, (t,), interval=interval)


def multiply(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a * b."""
    interval = hull(lambda x, y: [p * q for p in x for q in y], a.interval, b.interval)
    if _unchecked(w, interval):
        return Value(INT64, (w.temporary(f"{a.parts[0]} * {b.parts[0]}"),), interval=interval)
    t, over = w.fresh(), w.fresh("over")
    w.intrinsics.add("multiply_checked")
    w.line(f"{t}, {over} = multiply_checked({a.parts[0]}, {b.parts[0]})")
    w.line(f"bad |= {over}")
    return Value(INT64, (t,), interval=interval)


def negate(w: Writer, a: Value) -> Value:
    """-a."""
    interval = hull(lambda x, _: [-x[0], -x[1]], a.interval, bounded(0, 0))
    t = w.temporary(f"-{a.parts[0]}")
    if not _unchecked(w, interval):
        w.line(f"bad |= {a.parts[0]} & {t}")
    return Value(INT64, (t,), interval=interval)


def absolute(w: Writer, a: Value) -> Value:
    """abs(a)."""
    interval = hull(lambda x, _: [0, max(abs(x[0]), abs(x[1]))], a.interval, bounded(0, 0))
    sign = w.temporary(f"{a.parts[0]} >> 63")
    t = _wrapped(w, "subtract_wrapped", f"{a.parts[0]} ^ {sign}", sign)
    if not _unchecked(w, interval):
        w.line(f"bad |= {t}")
    return Value(INT64, (t,), interval=interval)


def floor_divide(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a // b."""
    divisor = known_int(b)
    if divisor is not None and divisor > 0:
        interval = hull(lambda x, _: [x[0] // divisor, x[1] // divisor], a.interval, bounded(0, 0))
        return Value(INT64, (w.temporary(f"{a.parts[0]} // {divisor}"),), interval=interval)
    return _guarded(w, a, b, "//")


def modulo(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a % b."""
    divisor = known_int(b)
    if divisor is not None and divisor > 0:
        return Value(INT64, (w.temporary(f"{a.parts[0]} % {divisor}"),), interval=bounded(0, divisor - 1))
    return _guarded(w, a, b, "%")


def _guarded(w: Writer, a: Value, b: Value, operator: str) -> Value:
    """Divide by what may be 0 (fails) or -1 (negation, as the machine's own division could trap)."""
    t, right = w.fresh(), b.parts[0]
    left = a.parts[0] if known_int(a) is None else f"int64({a.parts[0]})"  # else Python folds -(-2**63)
    with w.block(f"if {right} == 0 or {right} == -1:"):
        w.line(f"bad |= -int64({right} == 0)")
        w.line(f"{t} = {'0' if operator == '%' else f'-{left}'}")
        if operator == "//":
            w.line(f"bad |= {left} & {t}")
    with w.block("else:"):
        w.line(f"{t} = {left} {operator} {right}")
    return Value(INT64, (t,))


def true_divide(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a / b of integers, correctly rounded; past 53 bits Python does it."""
    left, right = exact_float(w, a), exact_float(w, b)
    if not known_int(b):
        w.fail_if(f"{b.parts[0]} == 0")
    return Value(FLOAT64, (w.temporary(f"{left.parts[0]} / {right.parts[0]}"),))


def exact_float(w: Writer, a: Value) -> Value:
    """Return an integer as the float equal to it; fail past 53 bits, where there may be none."""
    number = known_int(a)
    if number is not None:
        if abs(number) > EXACT_IN_FLOAT:
            raise refuse(f"{number} has no equal float")
        converted = literal(float(number))
        assert converted is not None
        return converted
    if a.interval is not None:
        w.prove(a.interval, -EXACT_IN_FLOAT, EXACT_IN_FLOAT)
    if a.interval is None or w.checked:
        w.fail_if(f"({a.parts[0]} ^ ({a.parts[0]} >> 63)) >> 53 != 0")
    return Value(FLOAT64, (w.temporary(f"float64({a.parts[0]})"),))


def nearest_float(w: Writer, a: Value) -> Value:
    """Return an integer rounded to a float, half to even, as `float(a)` and mixed arithmetic do."""
    return Value(FLOAT64, (w.temporary(f"float64({a.parts[0]})"),))


def power(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a ** b; a negative exponent gives a float and is left to Python."""
    exponent = known_int(b)
    if exponent is None:
        return _power_loop(w, a, b)
    if exponent < 0:
        raise refuse("a negative exponent makes a float", node)
    result = literal(1)
    assert result is not None
    if exponent > 64:
        return _power_loop(w, a, b)
    square, first = a, True
    while exponent:
        if exponent & 1:
            result = square if first else multiply(w, result, square, node)
            first = False
        exponent >>= 1
        if exponent:
            square = multiply(w, square, square, node)
    return result


def _power_loop(w: Writer, a: Value, b: Value) -> Value:
    """Square and multiply; a square that overflows only fails when it is used."""
    w.intrinsics.add("multiply_checked")
    result, square, left = w.temporary("int64(1)"), w.temporary(a.parts[0]), w.temporary(b.parts[0])
    lost, over = w.temporary("int64(0)"), w.fresh("over")
    w.fail_if(f"{left} < 0")
    with w.block(f"while {left} > 0 and bad >= 0:"):
        with w.block(f"if {left} & 1:"):
            w.line(f"{result}, {over} = multiply_checked({result}, {square})")
            w.line(f"bad |= {over} | {lost}")
        w.line(f"{square}, {over} = multiply_checked({square}, {square})")
        w.line(f"{lost} |= {over}")
        w.line(f"{left} >>= 1")
    return Value(INT64, (result,))


def shift_left(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a << b."""
    count = known_int(b)
    if count is not None and 0 <= count < 63:
        factor = literal(1 << count)
        assert factor is not None
        return multiply(w, a, factor, node)
    places = w.temporary(f"{b.parts[0]} & 63")
    t = w.temporary(f"{a.parts[0]} << {places}")
    w.fail_if(f"({b.parts[0]} != {places}) | ({t} >> {places} != {a.parts[0]})")
    return Value(INT64, (t,))


def shift_right(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
    """a >> b."""
    count = known_int(b)
    if count is not None and count >= 0:
        interval = hull(lambda x, _: [x[0] >> count, x[1] >> count], a.interval, bounded(0, 0))
        return Value(INT64, (w.temporary(f"{a.parts[0]} >> {min(count, 63)}"),), interval=interval)
    w.fail_if(f"{b.parts[0]} < 0")
    places = w.temporary(f"({b.parts[0]} if {b.parts[0]} < 63 else 63) & 63")
    return Value(INT64, (w.temporary(f"{a.parts[0]} >> {places}"),))


def bitwise(operator: str) -> Operation:
    """Return ``&``, ``|`` or ``^``; none can overflow."""

    def operate(w: Writer, a: Value, b: Value, node: ast.AST) -> Value:
        mask = known_int(b) if known_int(b) is not None else known_int(a)
        interval = (
            bounded(0, mask) if operator == "&" and mask is not None and mask >= 0 else bounded(INT_MIN, -INT_MIN - 1)
        )
        return Value(INT64, (w.temporary(f"{a.parts[0]} {operator} {b.parts[0]}"),), interval=interval)

    return operate


OPERATIONS: dict[type[ast.operator], Operation] = {
    ast.Add: add, ast.Sub: subtract, ast.Mult: multiply, ast.FloorDiv: floor_divide, ast.Mod: modulo,
    ast.Div: true_divide, ast.Pow: power, ast.LShift: shift_left, ast.RShift: shift_right,
    ast.BitAnd: bitwise("&"), ast.BitOr: bitwise("|"), ast.BitXor: bitwise("^"),
}  # fmt: skip
