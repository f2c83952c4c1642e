"""Element code as functions: names that meet, nested functions that differ, collections read twice."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flowcc.backend.comprehensions import each_kernel
from flowcc.backend.emit_code import Functions
from flowcc.backend.naming import Names, free_names, snake_case
from flowcc.backend.printing import flat, join_blocks, layout
from flowcc.facts import Facts, Shape
from flowcc.ir import Code, Each, Join, Wire
from flowcc.source import Span

SPAN = Span("f.py", 7, 0, 7, 1)
XS, YS = Wire("xs", Facts()), Wire("ys", Facts())
TOP = Wire("top", Facts(shape=Shape.VALUE))


def functions(taken: tuple[str, ...] = (), locals_: tuple[str, ...] = ("stage", "xs", "ys", "top")) -> Functions:
    return Functions(Names({*taken, *locals_}), frozenset(locals_))


def run(made: Functions, expression: str, **names: Any) -> Any:
    exec(join_blocks(made.blocks), names)
    return eval(expression, names)


def test_definitions_that_read_a_wire_are_inside() -> None:
    made = functions()
    code = Code("[part(x) for x in xs]", ("def part(x):\n    return x / top",))
    name = made.kernel("a_each", ["xs", "top"], code, SPAN)
    assert run(made, f"{name}([1, 2], 4)") == [0.25, 0.5]
    assert len(made.blocks) == 1


def test_a_factory_takes_the_sides_values() -> None:
    made = functions()
    key = made.argument("a_key", Code("lambda x, step=2: (-(x % top), step)"), (TOP,), SPAN)
    number = made.argument("a_n", Code("top + 1"), (TOP,), SPAN)
    assert run(made, f"({key}(3)(5), {number}(3))") == ((-2, 2), 4)


def test_a_name_that_a_wire_shadows_is_said_outside_the_stage() -> None:
    made = functions()
    assert made.argument("a_n", Code("limit"), (), SPAN) == "limit"
    assert made.argument("a_n", Code("top"), (), SPAN) == "a_n"
    assert made.blocks == [["a_n = top  # f.py:7"]]


def test_kernels_have_new_names() -> None:
    made = functions(taken=("a_each",))
    assert made.kernel("a_each", ["xs"], Code("[x for x in xs]"), SPAN) == "a_each_2"
    assert made.kernel("a_each", ["xs"], Code("[x for x in xs]"), SPAN) == "a_each_3"
    assert [Names(["class_"]).fresh("class"), snake_case("HTTPServer"), snake_case("EastCoast2")] == [
        "class__2", "http_server", "east_coast2",
    ]  # fmt: skip


def kernel_of(op: Each | Join) -> tuple[Any, int]:
    """Return a kernel, and how many inputs it takes whole."""
    parameters, code, sides = each_kernel(op)
    made = functions()
    name = made.kernel("a_each", parameters, code, SPAN)
    return run(made, name), len(sides)


numbers = st.lists(st.integers(-3, 3), max_size=6)


@given(xs=numbers, cut=st.integers(0, 6))
def test_items_that_are_also_read_whole_come_twice(xs: list[int], cut: int) -> None:
    for text in ("[x * len(xs) for x in xs]", "[(x, y) for x in xs for y in xs if x != max(xs)]"):
        kernel, whole = kernel_of(Each(out=YS, inputs=(XS,), code=Code(text)))
        assert whole == 1
        assert kernel(xs[:cut], xs) + kernel(xs[cut:], xs) == eval(text, {"xs": xs})
    kernel, whole = kernel_of(Each(out=YS, inputs=(XS,), code=Code("[x for x in xs if x]")))
    assert (whole, kernel([0, 1])) == (0, [1])


names = st.sampled_from(["alpha", "beta", "gamma_delta", "f", "x.y", "1", "'a b'", "-x", "None", "(x, y)", "[]"])
expressions = st.recursive(
    names,
    lambda e: st.one_of(
        st.tuples(e, st.sampled_from("+ - * ** // and or == < in is".split()), e).map(" ".join),
        st.tuples(e, e, e).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        st.lists(e, max_size=4).map(lambda es: f"call({', '.join(es)})"),
        st.lists(e, max_size=4).map(lambda es: f"[{', '.join(es)}]"),
        st.tuples(e, e).map(lambda t: f"{{{t[0]}: {t[1]}}}"),
        st.tuples(e, e, e).map(lambda t: f"[{t[0]} for a, b in [{t[1]}] if ({t[2]}) for c in b]"),
        st.tuples(e, e).map(lambda t: f"sum({t[0]} for a in {t[1]!r})"),
        st.tuples(e, e).map(lambda t: f"(lambda q, r={t[0]}: {t[1]})"),
        e.map(lambda t: f'f"<{{{t.replace(chr(39), "")}!r}}>"'.replace("''", '""') if '"' not in t else t),
    ),
    max_leaves=40,
)


@given(expressions)
def test_a_printed_expression_is_the_same_expression(text: str) -> None:
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:
        return
    lines = layout(tree, 1, "return ", "  # f.py:7")
    again = ast.parse("def f():\n" + "\n".join(lines)).body[0]
    assert isinstance(again, ast.FunctionDef)
    assert isinstance(again.body[0], ast.Return)
    assert ast.dump(again.body[0].value or tree) == ast.dump(tree)
    assert ast.dump(ast.parse(flat(tree), mode="eval").body) == ast.dump(tree)


def test_short_expressions_are_as_ruff_has_them() -> None:
    texts = [
        "x ** 2 + f(x) ** 2",
        "sum((y for y in x))",
        "a.b ** -c",
        "'a' + \"it's\"",
        "x ** y[0]",
        "(1,)",
        "f(-x) ** 2",
    ]
    body = "\n".join(f"x = {flat(ast.parse(text, mode='eval').body)}" for text in texts) + "\n"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", "--diff", "-"]
    done = subprocess.run(command, input=body, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_free_names_are_what_comes_from_outside() -> None:
    assert free_names("[f(x, n) for x in xs if (lambda q: q + w)(x)]", "eval") == {"f", "n", "xs", "w"}
    assert free_names("@mark\ndef f(a: A, b=d):\n    import os\n    return f(os, a, z)") == {"mark", "A", "d", "z"}
    assert free_names("class C(B, size=n):\n    x: int = d\n    def m(self): return C.x + e") == {
        "B",
        "n",
        "d",
        "e",
        "int",
    }
