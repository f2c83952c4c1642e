import ast
from itertools import count

from flowcc.frontend.definitions import DefinitionNames, in_order


def settled(names: DefinitionNames, text: str, **wanted: str) -> tuple[str, tuple[str, ...]]:
    numbers = count(2)
    tree, definitions = names.settle(ast.parse(text, mode="eval").body, wanted, lambda hint: f"{hint}_{next(numbers)}")
    return ast.unparse(tree), definitions


def test_two_functions_of_one_name_stay_apart() -> None:
    names = DefinitionNames()
    first, second = (f"def part(x):\n    return x + {n}" for n in (1, 2))
    assert settled(names, "part(1)", part=first) == ("part(1)", (first,))
    renamed = second.replace("part", "part_2")
    assert settled(names, "part(1)", part=second) == ("part_2(1)", (renamed,))
    assert settled(names, "part(1)", part=first) == ("part(1)", (first,))
    assert settled(names, "part(1)", part=second) == ("part_2(1)", (renamed,))


def test_what_calls_a_renamed_function_is_renamed() -> None:
    names = DefinitionNames()
    whole = "def whole(x):\n    return part(x)"
    settled(names, "whole", whole=whole, part="part = abs")
    tree, definitions = settled(names, "whole", whole=whole, part="part = float")
    assert tree == "whole_3"
    assert definitions == ("def whole_3(x):\n    return part_2(x)", "part_2 = float")


def test_definitions_stand_behind_all_that_executing_them_reads() -> None:
    texts = {
        "table": "table = double(3)",
        "double": "def double(x):\n    return times(x, 2)",
        "times": "def times(x, by):\n    return put(x * by)",
        "put": "def put(x, here=place):\n    return x",
        "place": "place = [0]",
    }
    order = in_order(texts)
    assert sorted(order) == sorted(texts)
    namespace: dict[str, object] = {}
    for name in order:
        exec(texts[name], namespace)
    assert namespace["table"] == 6


def test_functions_that_call_one_another_have_any_order() -> None:
    assert set(in_order({"a": "def a(n):\n    return b(n)", "b": "def b(n):\n    return a(n)"})) == {"a", "b"}
