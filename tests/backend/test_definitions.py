"""What a stage needs of the user's file, followed to the end."""

from __future__ import annotations

import ast
import importlib.machinery
import linecache
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from flowcc.backend.definitions import Definitions, definitions_of
from flowcc.diagnostics import FlowError
from flowcc.environment import Environment
from flowcc.flow import Flow
from flowcc.source import Span

SPAN = Span("orders.py", 3, 4, 3, 9)


@pytest.fixture
def user_modules() -> Iterator[list[str]]:
    names: list[str] = []
    yield names
    for name in names:
        sys.modules.pop(name, None)


def run_file(text: str, names: list[str], name: str = "orders", filename: str = "orders.py") -> Environment:
    """Execute a text as the file of a flow and return its environment."""
    text = textwrap.dedent(text)
    module = sys.modules[name] = ModuleType(name)
    names.append(name)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    exec(compile(text, filename, "exec", dont_inherit=True), vars(module))
    return Environment(filename, text, vars(module))


def carried(environment: Environment, *names: str) -> Definitions:
    return definitions_of(dict.fromkeys(names, SPAN), environment, "orders")


def remade(found: Definitions, names: list[str]) -> dict[str, Any]:
    """Execute ``definitions.py`` where nothing else is known."""
    module = sys.modules["carried_away"] = ModuleType("carried_away")
    names.append("carried_away")
    exec(compile(found.text, "definitions.py", "exec", dont_inherit=True), vars(module))
    return vars(module)


def fault(environment: Environment, *names: str) -> list[str]:
    with pytest.raises(FlowError) as raised:
        carried(environment, *names)
    assert {each.code for each in raised.value.diagnostics} == {"F403"}
    assert all(each.primary is not None and each.primary.span == SPAN for each in raised.value.diagnostics)
    return [each.title for each in raised.value.diagnostics]


def test_what_a_function_needs_comes_along_and_nothing_else(user_modules: list[str]) -> None:
    environment = run_file(
        """
        from math import sqrt, floor
        import json

        SCALE = 3
        UNUSED = 4

        # the comment above
        def first(x):
            # the comment inside
            return second(x) * SCALE

        def second(x):
            return floor(sqrt(x)) if x > 1 else first(x + 1)
        """,
        user_modules,
    )
    found = carried(environment, "first")
    assert "# the comment above\ndef first(x):\n    # the comment inside\n" in found.text
    assert "UNUSED" not in found.text
    assert "json" not in found.text
    assert found.defined == {"first": "first"}
    assert remade(found, user_modules)["first"](2) == 3
    assert remade(found, user_modules)["first"](17) == 12


def test_definitions_begin_with_the_future_imports_of_the_file(user_modules: list[str]) -> None:
    environment = run_file(
        '''
        """A file."""
        from __future__ import annotations
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            from decimal import Decimal

        def double(x: Decimal) -> Decimal:
            return x * 2
        ''',
        user_modules,
    )
    found = carried(environment, "double")
    body = ast.parse(found.text).body
    assert isinstance(body[1], ast.ImportFrom)
    assert body[1].module == "__future__"
    assert "if TYPE_CHECKING:\n    from decimal import Decimal\n" in found.text
    assert remade(found, user_modules)["double"](4) == 8


def test_bases_and_decorators_are_defined_before_they_are_needed(user_modules: list[str]) -> None:
    environment = run_file(
        """
        from dataclasses import dataclass
        from enum import Enum
        from typing import NamedTuple

        class Colour(Enum):
            RED = 1

        DEFAULT = Colour.RED

        def twice(function):
            return lambda x: function(function(x))

        class Shape:
            def area(self):
                return Square(1).side

        @dataclass(frozen=True)
        class Square(Shape):
            side: int
            colour: Colour = DEFAULT

        class Pair(NamedTuple):
            left: int
            right: Square = Square(2)

        @twice
        def grow(x):
            return x + 1
        """,
        user_modules,
    )
    found = carried(environment, "grow", "Pair", "Shape")
    made = remade(found, user_modules)
    assert made["grow"](1) == 3
    assert made["Pair"](1).right.colour.name == "RED"
    assert made["Shape"]().area() == 1
    assert found.records == ("Colour", "Pair", "Square")


def test_values_are_what_they_are_now_and_functions_made_by_expressions_are_made_again(user_modules: list[str]) -> None:
    environment = run_file(
        r"""
        import re
        from functools import partial, lru_cache
        from operator import itemgetter

        TEXT = 11
        COUNT = 1
        COUNT += 1
        WORD = re.compile(r"\w+'", re.I)
        key = itemgetter(1, 0)
        triple = partial(max, 3)
        double = lambda x: x * COUNT

        def adder(n):
            def add(x):
                text = '''
        over lines'''
                return x + n + COUNT + len(text) - TEXT
            return add

        add5 = adder(5)
        TABLE = {"f": double, "g": len, "n": float("inf"), "+": lambda a, b: a + b, "-": lambda a, b: a - b}
        """,
        user_modules,
    )
    made = remade(carried(environment, "WORD", "key", "triple", "add5", "TABLE"), user_modules)
    assert made["COUNT"] == 2
    assert made["WORD"] == environment["WORD"]
    assert made["key"]("ab") == ("b", "a")
    assert made["triple"](5) == 5
    assert made["add5"](1) == 8
    assert made["TABLE"]["f"](4) == 8
    assert made["TABLE"]["g"] is len
    assert (made["TABLE"]["+"](3, 2), made["TABLE"]["-"](3, 2)) == (5, 1)


def test_settings_and_closed_over_values_stand_beside_what_the_file_calls_alike(user_modules: list[str]) -> None:
    environment = run_file("n = 1\n\ndef above(x):\n    return x > n\n", user_modules)
    closed: Mapping[str, object] = {"n": 5, "len": 7}
    settings = {"rounds": 3}
    environment = Environment(environment.filename, environment.text, environment.file_names, closed, settings)
    found = carried(environment, "n", "above", "len", "rounds")
    assert found.defined == {"n": "n_of_flow", "above": "above", "len": "len_of_flow", "rounds": "rounds"}
    made = remade(found, user_modules)
    assert (made["n_of_flow"], made["n"], made["len_of_flow"], made["rounds"]) == (5, 1, 7, 3)
    assert made["above"](2)


def test_what_other_modules_give_is_imported_as_the_file_does(user_modules: list[str]) -> None:
    environment = run_file(
        """
        import os.path
        import math as m
        from collections import Counter as Bag
        try:
            from no_such_module import loads
        except ImportError:
            from json import loads
        """,
        user_modules,
    )
    found = carried(environment, "os", "m", "Bag", "loads", "print")
    shown = {
        name: [(each.module, each.attribute, each.asname) for each in given] for name, given in found.imports.items()
    }
    assert shown == {
        "os": [("os.path", "", "")],
        "m": [("math", "", "m")],
        "Bag": [("collections", "Counter", "Bag")],
        "loads": [("json", "loads", "")],
    }
    assert found.defined == {}
    assert "import" not in found.text


def test_functions_and_classes_of_other_cells_are_found(user_modules: list[str]) -> None:
    first = "from typing import NamedTuple\n\nclass Row(NamedTuple):\n    n: int\n\n"
    first += "def helper(row):\n    return row.n + OFFSET\n"
    linecache.cache["<ipython-input-1>"] = (len(first), None, first.splitlines(keepends=True), "<ipython-input-1>")
    environment = run_file("OFFSET = 2\n", user_modules, filename="<ipython-input-2>")
    names = dict(environment.file_names)
    module = sys.modules["orders"]
    exec(compile(first, "<ipython-input-1>", "exec", dont_inherit=True), vars(module))
    environment = Environment("<ipython-input-2>", environment.text, vars(module))
    assert "helper" not in names
    found = carried(environment, "helper", "Row")
    made = remade(found, user_modules)
    assert made["helper"](made["Row"](3)) == 5
    assert found.records == ("Row",)


def test_what_cannot_be_carried_is_named_once_each(user_modules: list[str], tmp_path: Path) -> None:
    environment = run_file(
        """
        import threading

        lock = threading.Lock()

        class Model:
            pass

        model = Model()
        ROWS = [1, {"m": model}]
        made = eval("lambda x: x")

        def locked(x):
            with lock:
                return x
        """,
        user_modules,
    )
    assert fault(environment, "locked") == ["`lock` cannot be carried to another process: it is a `lock`"]
    assert fault(environment, "ROWS", "model") == [
        "`ROWS` cannot be carried to another process: it is data that holds a `Model`",
        "`model` cannot be carried to another process: it is a `Model`",
    ]
    file = (tmp_path / "f").open("w")
    with file:
        opened = Environment("orders.py", "", {}, {"out": file})
        assert fault(opened, "out") == ["`out` cannot be carried to another process: it is a `TextIOWrapper`"]
    assert fault(Environment("orders.py", "", {}, {"f": eval("lambda x: x")}), "f") == [
        "`f` cannot be carried to another process: it is a function whose source is not known"
    ]


def test_one_name_with_two_meanings_is_refused(user_modules: list[str]) -> None:
    environment = run_file(
        """
        def make(n):
            def add(x):
                return x + n
            def sub(x):
                return x - n
            return add, sub

        add, _ = make(1)
        _, sub = make(2)
        """,
        user_modules,
    )
    assert fault(environment, "add", "sub") == [
        "`n` cannot be carried to another process: two functions mean different things by it"
    ]


def test_a_file_read_as_text_alone_is_followed_by_its_statements(user_modules: list[str]) -> None:
    text = "import math\n\nBASE = math.sqrt(4)\n\ndef up(x):\n    return math.floor(x ** BASE)\n"
    found = carried(Environment("orders.py", text, live=False), "up", "print")
    assert found.defined == {"up": "up"}
    assert remade(found, user_modules)["up"](3) == 9


def test_records_of_other_modules_bring_the_records_that_they_hold(user_modules: list[str]) -> None:
    models = """
    from dataclasses import dataclass
    from enum import Enum
    from typing import NamedTuple

    class Colour(Enum):
        RED = 1

    class Point(NamedTuple):
        colour: Colour

    @dataclass
    class Line:
        points: list[Point | None]

    class Found(NamedTuple):
        line: Line

    def read(text: str) -> dict[str, tuple[Found, ...]]:
        return {}
    """
    run_file(models, user_modules, "models_of_test", "models_of_test.py")
    sys.modules["models_of_test"].__spec__ = importlib.machinery.ModuleSpec("models_of_test", None)
    environment = run_file("from models_of_test import Line as L, read\n", user_modules)
    found = carried(environment, "L")
    assert found.records == ("Colour", "L", "Point")
    assert remade(found, user_modules)["Point"] is vars(sys.modules["models_of_test"])["Point"]
    assert carried(environment, "read").records == ("Colour", "Found", "Line", "Point")


def test_a_name_of_the_file_that_a_wire_hides_is_not_carried() -> None:
    names: dict[str, object] = {"__name__": "hidden"}
    text = (
        "from flowcc import Batch, Process, flow, threads\n"
        "class Front(Process): pass\n"
        "xs = item = step = object()\n"
        "@flow\n"
        "def hidden(xs: Batch[int, Front]) -> list[int]:\n"
        "    step = lambda q: q + 1\n"
        "    return [step(item) for item in xs]\n"
    )
    linecache.cache["<hidden>"] = (len(text), None, text.splitlines(keepends=True), "<hidden>")
    exec(compile(text, "<hidden>", "exec"), names)
    hidden = names["hidden"]
    assert isinstance(hidden, Flow)
    assert hidden.run([1, 2]) == [2, 3]
