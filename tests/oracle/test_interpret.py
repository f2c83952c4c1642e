"""The reference meaning of each operator, on flows written by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce as python_reduce

import pytest

from flowcc import ir
from flowcc.facts import Shape
from flowcc.interpret import interpret
from tests.oracle.build import CLERKS, DESK, bag, code, entries, environment, flow, value, wire

XS = ir.Source(out=wire("xs"))
YS = ir.Source(out=wire("ys"))
NAMES = {"Counter": Counter, "reduce": python_reduce}


def run(program: ir.Flow, seed: int | None = None, members: int = 1, **arguments: Sequence[object]) -> object:
    return interpret(program, arguments, environment(NAMES), {"Clerks": members}, seed)


def each(out: ir.Wire, text: str, *inputs: ir.Op) -> ir.Each:
    return ir.Each(out=out, inputs=tuple(op.out for op in inputs), code=code(text))


def fold(name: str, source: ir.Op, /, **arguments: str) -> ir.Fold:
    codes = tuple((argument, code(text)) for argument, text in arguments.items())
    return ir.Fold(out=value("v", place=source.out.facts.place), inputs=(source.out,), function=name,
                   arguments=codes)  # fmt: skip


def move(verb: str, source: ir.Op, out: ir.Wire, **options: object) -> ir.Move:
    return ir.Move(out=out, inputs=(source.out,), verb=verb, to=out.facts.place, **options)  # type: ignore[arg-type]


def test_a_comprehension_maps_filters_and_flattens() -> None:
    program = flow(XS, each(wire("ys"), "[y for x in xs if x for y in range(x)]", XS))
    assert run(program, xs=[0, 2, 3]) == [0, 1, 0, 1, 2]


def test_a_comprehension_reads_its_other_inputs_whole() -> None:
    total = ir.Fold(out=value("total"), inputs=(YS.out,), function="sum")
    program = flow(XS, YS, total, each(wire("zs"), "[x + total * len(ys) for x in xs]", XS, total, YS))
    assert run(program, xs=[1, 2], ys=[10, 20]) == [61, 62]


def test_a_comprehension_may_go_over_its_input_twice() -> None:
    program = flow(XS, each(wire("zs"), "[(x, y) for x in xs for y in xs if x < y]", XS))
    assert run(program, xs=[1, 2, 3]) == [(1, 2), (1, 3), (2, 3)]


def test_nested_functions_are_defined_before_the_code_that_calls_them() -> None:
    text = "def twice(x):\n    return 2 * x"
    program = flow(XS, ir.Each(out=wire("ys"), inputs=(XS.out,), code=code("[twice(x) for x in xs]", text)))
    assert run(program, xs=[4]) == [8]


@pytest.mark.parametrize(
    ("function", "arguments", "items", "expected"),
    [
        ("sum", {"start": "100"}, [1, 2], 103),
        ("max", {"default": "None"}, [], None),
        ("min", {"key": "lambda x: -x"}, [1, 5, 2], 5),
        ("reduce", {"function": "lambda a, b: 10 * a + b"}, [1, 2, 3], 123),
        ("reduce", {"function": "lambda a, b: 10 * a + b", "initial": "9"}, [1, 2], 912),
        ("item", {"index": "-1"}, [1, 2, 3], 3),
        ("join", {"separator": "'-'"}, ["a", "b"], "a-b"),
        ("Counter", {}, [1, 1, 2], Counter({1: 2, 2: 1})),
        ("dict", {}, [(1, 2), (1, 3)], {1: 3}),
    ],
)
def test_folds(function: str, arguments: dict[str, str], items: list[object], expected: object) -> None:
    assert run(flow(XS, fold(function, XS, **arguments)), xs=items) == expected


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("scan", {"step": "lambda state, x: (state + x, (state, x))", "init": "0"}, [(0, 1), (1, 2), (3, 3), (6, 1)]),
        ("scan", {"step": "lambda s, x: (s + x, s + x)", "init": "0", "by": "lambda x: x % 2"}, [1, 2, 4, 5]),
        ("accumulate", {}, [1, 3, 6, 7]),
        ("accumulate", {"function": "max", "initial": "2"}, [2, 2, 2, 3, 3]),
        ("enumerate", {"start": "5"}, [(5, 1), (6, 2), (7, 3), (8, 1)]),
        ("pairwise", {}, [(1, 2), (2, 3), (3, 1)]),
        ("batched", {"n": "3"}, [(1, 2, 3), (1,)]),
        ("takewhile", {"predicate": "lambda x: x < 3"}, [1, 2]),
        ("dropwhile", {"predicate": "lambda x: x < 3"}, [3, 1]),
        ("groupby", {"key": "lambda x: x > 1"}, [(False, [1]), (True, [2, 3]), (False, [1])]),
    ],
)
def test_scans(function: str, arguments: dict[str, str], expected: list[object]) -> None:
    codes = tuple((name, code(text)) for name, text in arguments.items())
    program = flow(XS, ir.Scan(out=wire("ys"), inputs=(XS.out,), function=function, arguments=codes))
    assert run(program, xs=[1, 2, 3, 1]) == expected


def test_groups_come_in_order_of_first_appearance() -> None:
    program = flow(XS, ir.Group(out=entries("g"), inputs=(XS.out,), by=code("lambda x: x % 3")))
    result = run(program, xs=[5, 3, 2, 6])
    assert isinstance(result, dict)
    assert list(result.items()) == [(2, [5, 2]), (0, [3, 6])]


def test_a_group_that_closes_begins_anew_and_is_dropped_unless_it_closes_again() -> None:
    group = ir.Group(out=entries("g"), inputs=(XS.out,), until=code("lambda held: len(held) == 2"))
    items = ir.Entries(out=wire("e"), inputs=(group.out,), part="items")
    pairs = [(1, "a"), (1, "b"), (2, "c"), (1, "d"), (1, "e"), (1, "f")]
    assert run(flow(XS, group, items), xs=pairs) == [(1, ["a", "b"]), (1, ["d", "e"])]


def test_group_fold_is_group_and_folds() -> None:
    folds = (("_1", "sum", ()), ("_2", "max", (("default", code("0")),)))
    op = ir.GroupFold(out=entries("g"), inputs=(XS.out,), folds=folds, result=code("lambda k, _1, _2: (k, _1 - _2)"),
                      where=code("lambda k, _1, _2: _1 > 3"))  # fmt: skip
    assert run(flow(XS, op), xs=[("a", 1), ("b", 2), ("a", 3), ("b", 1)]) == {"a": 1}


@pytest.mark.parametrize("part", ["items", "keys", "values", "iter"])
def test_entries_of_a_finished_value_and_of_arriving_ones(part: str) -> None:
    value_of = {"items": [(1, 2), (3, 4)], "keys": [1, 3], "values": [2, 4], "iter": [1, 3]}[part]
    made = ir.Fold(out=value("d"), inputs=(XS.out,), function="dict")
    finished = flow(XS, made, ir.Entries(out=wire("e"), inputs=(made.out,), part=part))
    assert run(finished, xs=[(1, 2), (3, 4)]) == value_of
    arriving = ir.Group(out=entries("g"), inputs=(XS.out,))
    flowing = flow(XS, arriving, ir.Entries(out=wire("e"), inputs=(arriving.out,), part=part))
    expected = {"items": [(1, [2]), (3, [4])], "values": [[2], [4]]}.get(part, value_of)
    assert run(flowing, xs=[(1, 2), (3, 4)]) == expected


def test_sorts_slices_and_combinations() -> None:
    top = ir.Sort(out=wire("t"), inputs=(XS.out,), function="nlargest", arguments=(("n", code("2")),))
    back = ir.Sort(out=wire("b"), inputs=(XS.out,), function="reversed")
    part = ir.Take(out=wire("p"), inputs=(back.out,), start=code("1"), step=code("2"))
    pairs = ir.Zip(out=wire("z"), inputs=(top.out, part.out))
    chained = ir.Concat(out=wire("c"), inputs=(top.out, part.out))
    merged = ir.Concat(out=wire("m"), inputs=(top.out, top.out), function="heapq.merge",
                       arguments=(("reverse", code("True")),))  # fmt: skip
    result = ir.Result(out=pairs.out, inputs=(pairs.out, chained.out, merged.out), many=True)
    program = flow(XS, top, back, part, pairs, chained, merged, result)
    assert run(program, xs=[3, 1, 4, 1]) == ([(4, 4), (3, 3)], [4, 3, 4, 3], [4, 4, 3, 3])


def test_zip_strict_raises_as_python_does() -> None:
    with pytest.raises(ValueError, match="shorter"):
        run(flow(XS, YS, ir.Zip(out=wire("z"), inputs=(XS.out, YS.out), strict=True)), xs=[1, 2], ys=[1])


def test_fixpoint_ends_when_nothing_changes() -> None:
    start = ir.Fold(out=value("s"), inputs=(XS.out,), function="set")
    step = code("lambda seen: seen | {x // 2 for x in seen} | set(ys)")
    program = flow(XS, YS, start, ir.Fixpoint(out=value("all"), inputs=(start.out, YS.out), step=step))
    assert run(program, xs=[9], ys=[7]) == {9, 4, 2, 1, 0, 7, 3}


@pytest.mark.parametrize("members", [1, 2, 3])
def test_a_scatter_by_key_keeps_equal_keys_at_one_member(members: int) -> None:
    mine = move("scatter", XS, wire("mine", place=CLERKS), by=code("lambda x: x"))
    count = fold("Counter", mine)
    back = move("gather", count, value("total"))
    xs = [1, 2, 2.0, True, 3, 1]
    for seed in (None, 0, 1):
        assert run(flow(XS, mine, count, back), seed=seed, members=members, xs=xs) == Counter(xs)


@pytest.mark.parametrize("members", [1, 2, 3])
def test_an_ordered_gather_restores_the_order_that_a_scatter_split(members: int) -> None:
    mine = move("scatter", XS, wire("mine", place=CLERKS))
    made = each(wire("made", place=CLERKS), "[y for x in mine if x % 3 for y in (x, -x)]", mine)
    back = move("gather", made, wire("back"), ordered=True)
    for seed in (None, 0, 1):
        result = run(flow(XS, mine, made, back), seed=seed, members=members, xs=list(range(9)))
        assert result == [y for x in range(9) if x % 3 for y in (x, -x)]


def test_a_gather_without_order_comes_in_orders_that_the_seed_chooses() -> None:
    mine = move("scatter", XS, wire("mine", place=CLERKS))
    back = move("gather", mine, bag("back"))
    program = flow(XS, mine, back)
    orders: set[tuple[int, ...]] = set()
    for seed in range(20):
        orders.add(tuple(run(program, seed=seed, members=2, xs=[1, 2, 3, 4])))  # type: ignore[arg-type]
    assert len(orders) > 3
    assert all(sorted(order) == [1, 2, 3, 4] for order in orders)
    assert all(order.index(1) < order.index(3) and order.index(2) < order.index(4) for order in orders)


def test_values_are_merged_in_member_order() -> None:
    mine = move("scatter", XS, wire("mine", place=CLERKS))
    text = ir.Fold(
        out=value("t", place=CLERKS), inputs=(mine.out,), function="join", arguments=(("separator", code("''")),)
    )
    back = move("gather", text, value("all"), merge=code("lambda a, b: a + '|' + b"))
    assert run(flow(XS, mine, text, back), members=3, xs=["a", "b", "c", "d"]) == "ad|b|c"


def test_broadcast_route_and_send() -> None:
    all_of_it = move("broadcast", XS, wire("copy", place=CLERKS))
    home = move("gather", all_of_it, bag("back"))
    assert run(flow(XS, all_of_it, home), members=3, xs=[7]) == [7, 7, 7]
    routed = move("route", XS, wire("mine", place=CLERKS))
    own = each(wire("own", place=CLERKS), "[[x] for x in mine]", routed)
    home = move("gather", own, bag("back"))
    assert run(flow(XS, routed, own, home), members=2, xs=[(1, "a"), (0, "b"), (1, "c")]) == [["b"], ["a"], ["c"]]
    sent = move("send", XS, wire("there", place=DESK))
    assert run(flow(XS, sent), xs=[1, 2]) == [1, 2]


def test_a_shuffle_between_members_keeps_each_senders_order() -> None:
    dealt = move("scatter", XS, wire("dealt", place=CLERKS))
    mine = move("scatter", dealt, wire("mine", place=CLERKS), by=code("lambda x: x % 2"))
    back = move("gather", mine, bag("back"))
    for seed in range(10):
        result = run(flow(XS, dealt, mine, back), seed=seed, members=2, xs=[0, 1, 2, 3, 4, 5])
        assert isinstance(result, list)
        assert [x for x in result if x % 2 == 0] == [0, 2, 4]


def test_failing_items_are_left_out_only_when_asked_for() -> None:
    inverse = each(wire("ys"), "[1 // x for x in xs]", XS)
    assert run(flow(XS, inverse, on_error="skip"), xs=[1, 0, -1]) == [1, -1]
    with pytest.raises(ZeroDivisionError):
        run(flow(XS, inverse), xs=[1, 0, -1])


def test_failing_items_leave_reductions_and_states_as_they_were() -> None:
    scan = (("step", code("lambda held, x: (held + 10 // x, held)")), ("init", code("0")))
    state = ir.Scan(out=wire("ys"), inputs=(XS.out,), function="scan", arguments=scan)
    assert run(flow(XS, state, on_error="skip"), xs=[5, 0, 10, 1]) == [0, 2, 3]
    divided = (("function", code("lambda held, x: held + 10 // x")),)
    sums = ir.Scan(out=wire("ys"), inputs=(XS.out,), function="accumulate", arguments=divided)
    assert run(flow(XS, sums, on_error="skip"), xs=[5, 0, 10, 1]) == [5, 6, 16]
    total = ir.Fold(out=value("v"), inputs=(XS.out,), function="reduce", arguments=divided)
    assert run(flow(XS, total, on_error="skip"), xs=[5, 0, 10, 1]) == 16
    largest = ir.Fold(out=value("v"), inputs=(XS.out,), function="max", arguments=(("key", code("lambda x: 1 / x")),))
    assert run(flow(XS, largest, on_error="skip"), xs=[5, 0, 10]) == 5


def test_a_join_means_its_comprehension() -> None:
    join = ir.Join(out=wire("zs"), inputs=(XS.out, YS.out), code=code("[(x, y) for x in xs for y in ys if x == y[0]]"),
                   key=code("lambda y: y[0]"))  # fmt: skip
    nan = float("nan")
    assert run(flow(XS, YS, join), xs=[1, nan, True], ys=[(1.0, "a"), (nan, "b"), (1, "c")]) == [
        (1, (1.0, "a")), (1, (1, "c")), (True, (1.0, "a")), (True, (1, "c")),
    ]  # fmt: skip


def test_a_value_at_a_place_is_one_object() -> None:
    count = ir.Fold(out=value("n"), inputs=(XS.out,), function="len")
    doubled = ir.Apply(out=value("m"), inputs=(count.out,), code=code("2 * n"))
    assert doubled.out.facts.shape is Shape.VALUE
    assert run(flow(XS, count, doubled), xs=[1, 2]) == 4
