"""A build folder gives what plain Python gives, wherever its stages run."""

import json
import random
import subprocess
from collections import Counter

import numpy as np
import pytest

from flowcc.deploy.launch import launch, launch_counted
from flowcc.deploy.targets import processes, threads
from flowcc.diagnostics import FlowError
from flowcc.runtime.failures import Skipped
from flowcc.sources import text
from tests.deploy.builds import HEAD, channel, moved, relay, stage, word_count, write_build

LINES = [f"The {n % 7} word{n % 101} and {'é' * (n % 3)}" for n in range(3000)]
COUNTS = Counter(word.lower() for line in LINES for word in line.split())
TARGETS = [threads(), processes(), processes(transport="tcp")]


def run(build, on=None, *, members=None, records=None, **arguments):
    return launch(build, arguments, members=members or {}, on=on or threads(), records=records or {})


@pytest.mark.parametrize("on", TARGETS, ids=str)
@pytest.mark.parametrize("members", [1, 3])
def test_word_count(tmp_path, on, members):
    counts = run(word_count(tmp_path / "build"), on, members={"Counters": members}, lines=LINES)
    assert counts == COUNTS
    assert type(counts) is Counter


@pytest.mark.parametrize(
    "lines", [list(LINES), tuple(LINES), iter(LINES), (line for line in LINES), np.array(LINES)], ids=lambda x: type(x)
)
def test_any_iterable_is_an_argument(tmp_path, lines):
    assert run(word_count(tmp_path / "build"), members={"Counters": 2}, lines=lines) == COUNTS


def test_a_file_is_read_by_its_owner(tmp_path):
    (tmp_path / "book.txt").write_text("\n".join(LINES))
    build = word_count(tmp_path / "build")
    assert run(build, processes(), members={"Counters": 2}, lines=text(tmp_path / "book.txt")) == COUNTS


def test_a_cluster_shares_a_file_and_is_dealt_items(tmp_path):
    (tmp_path / "numbers.txt").write_text("\n".join(map(str, range(5000))))
    build = relay(tmp_path / "build", "[int(x) for x in xs]", place="Workers", kind="cluster")
    for xs in (text(tmp_path / "numbers.txt"), list(map(str, range(5000)))):
        assert sorted(run(build, members={"Workers": 3}, xs=xs)) == list(range(5000))


@pytest.mark.parametrize("xs", [[], [1], list(range(100_000))], ids=len)
@pytest.mark.parametrize("on", TARGETS[:2], ids=str)
def test_order_is_kept_from_one_sender(tmp_path, xs, on):
    assert run(relay(tmp_path / "build", "[x + 1 for x in xs]"), on, xs=xs) == [x + 1 for x in xs]


def test_columns_travel_as_columns(tmp_path):
    xs = np.arange(300_000)
    build = relay(tmp_path / "build", "[type(xs).__name__] + xs")
    assert run(build, processes(), xs=xs)[:3] == ["list", 0, 1]


def test_items_larger_than_the_window(tmp_path):
    xs = ["a" * 20_000_000, "é" * 9_000_000, ""]
    assert run(relay(tmp_path / "build", "[x + '!' for x in xs]"), processes(), xs=xs) == [x + "!" for x in xs]


def test_more_than_credit_covers_goes_round_without_a_stop(tmp_path):
    """To a cluster and back to the same place: whoever waits for credit must go on reading."""
    there = f"""
{HEAD}
def hub(stage: Stage) -> None:
    xs = stage.source("xs", at=1)
    stage.send("out", xs, at=2)
    back = stage.receive("back", at=3)
    stage.result(stage.fold("len", back, at=4), at=4)
"""
    spokes = f"""
{HEAD}
def twice(xs):
    return [x for x in xs for _ in range(2)]

def spokes(stage: Stage) -> None:
    stage.send("back", stage.each(twice, stage.receive("out", at=2), at=3), at=3)
"""
    build = write_build(
        tmp_path / "build",
        {"hub": there, "spokes": spokes},
        stages=[stage("Hub"), stage("Spokes", kind="cluster", size=2)],
        channels=[channel("out", "Hub", "Spokes", "broadcast"), channel("back", "Spokes", "Hub", "gather")],
        sources=[{"name": "xs", "place": "Hub"}],
        result={"places": ["Hub"], "many": False},
    )
    assert run(build, xs=("x" * 1000 + str(n) for n in range(20_000))) == 80_000


def test_scatter_deals_in_turn(tmp_path):
    build = moved(tmp_path / "build", "scatter")
    got = run(build, processes(), members={"Takers": 3}, xs=list(range(10_000)))
    assert got == [(n, list(range(n, 10_000, 3))) for n in range(3)]


def test_scatter_by_key_gives_equal_keys_to_one_member(tmp_path):
    build = moved(tmp_path / "build", "scatter", by="lambda x: x % 10")
    got = run(build, members={"Takers": 3}, xs=list(range(1000)))
    owners = {x % 10: {n for n, xs in got if any(y % 10 == x % 10 for y in xs)} for x in range(10)}
    assert all(len(members) == 1 for members in owners.values())
    assert all(xs == sorted(xs) for _, xs in got)


def test_broadcast_gives_all_to_everyone(tmp_path):
    got = run(moved(tmp_path / "build", "broadcast"), members={"Takers": 3}, xs=["a", "b"])
    assert got == [(n, ["a", "b"]) for n in range(3)]


def test_route_gives_to_whom_it_names(tmp_path):
    xs = [(random.Random(7).randrange(3), n) for n in range(100)]
    got = run(moved(tmp_path / "build", "route"), members={"Takers": 3}, xs=xs)
    assert got == [(n, [item for member, item in xs if member == n]) for n in range(3)]


@pytest.mark.parametrize("member", [3, -1, "x", 1.0])
def test_route_to_nobody_is_an_error(tmp_path, member):
    with pytest.raises(IndexError, match=f"member {member!r}"):
        run(moved(tmp_path / "build", "route"), members={"Takers": 3}, xs=[(0, 1), (member, 2)])


def test_several_results_from_several_places(tmp_path):
    build = write_build(
        tmp_path / "build",
        {
            "one": f"{HEAD}\ndef one(stage):\n    xs = stage.source('xs', at=1)\n    stage.send('c', xs, at=2)\n"
            "    stage.result(stage.fold('len', xs, at=3), many=True, at=3)\n",
            "two": f"{HEAD}\ndef two(stage):\n    stage.result(stage.group(stage.receive('c', at=2), by=str, at=3), "
            "many=True, at=3)\n",
            "here": f"{HEAD}\ndef here(stage):\n    stage.result(stage.source('ys', at=1), many=True, at=1)\n",
        },
        stages=[stage("One"), stage("Two"), stage("Here")],
        channels=[channel("c", "One", "Two", "send")],
        sources=[{"name": "xs", "place": "One"}, {"name": "ys", "place": "Here"}],
        result={"places": ["Two", "Here", "One"], "many": True},
    )
    assert run(build, processes(), xs=[1, 2, 1], ys=[None]) == ({"1": [1, 1], "2": [2]}, [None], 3)


RECORD = """
from typing import NamedTuple
class Point(NamedTuple):
    x: int
class Odd(ValueError):
    def __init__(self, point, more):
        super().__init__(point, more)
        self.more = more
def fail(error):
    raise error
RECORDS = (Point, Odd)
"""


@pytest.mark.parametrize("on", TARGETS[:2], ids=str)
def test_the_users_classes_travel_by_name(tmp_path, on):
    namespace = {"__name__": "user"}
    exec(RECORD, namespace)
    point = namespace["Point"]
    build = relay(tmp_path / "build", "[Point(x.x + 1) for x in xs]", prelude=RECORD)
    (got,) = run(build, on, records={"Point": point}, xs=[point(1)])
    assert got == point(2)
    assert type(got) is point


@pytest.mark.parametrize("on", TARGETS[:2], ids=str)
def test_classes_of_one_name_are_told_apart(tmp_path, on):
    namespace = {"__name__": "user"}
    prelude = RECORD + "Near = Point\nclass Point(NamedTuple):\n    y: str\nRECORDS = (Near, Point)\n"
    exec(prelude, namespace)
    near, point = namespace["Near"], namespace["Point"]
    build = relay(tmp_path / "build", "[Point(str(x.x)) for x in xs] + xs", prelude=prelude)
    got = run(build, on, records={"Near": near, "Point": point}, xs=[near(1)])
    assert got == [point("1"), near(1)]
    assert [type(item) for item in got] == [point, near]


@pytest.mark.parametrize("on", TARGETS[:2], ids=str)
@pytest.mark.parametrize(
    ("kernel", "kind", "text"),
    [
        ("[1 // x for x in xs]", ZeroDivisionError, "by zero"),
        ("[{}[x] for x in xs]", KeyError, "0"),
        ("[open('/nowhere/to/be/found') for x in xs]", FileNotFoundError, "/nowhere/to/be/found"),
        ("[b'\\xff'.decode() for x in xs]", UnicodeDecodeError, "0xff"),
        ("[__import__('json').loads('{') for x in xs]", json.JSONDecodeError, "line 1 column 2"),
        ("[__import__('sys').exit(3) for x in xs]", SystemExit, "3"),
        ("[__import__('numpy').zeros(2).sum(axis=5) for x in xs]", np.exceptions.AxisError, "axis 5"),
        ("[__import__('subprocess').check_call(['false']) for x in xs]", subprocess.CalledProcessError, "status 1"),
    ],
)
def test_errors_reach_the_caller_as_themselves(tmp_path, on, kernel, kind, text):
    with pytest.raises(kind) as caught:
        run(relay(tmp_path / "build", kernel), on, xs=[0])
    assert type(caught.value) is kind
    assert text in str(caught.value)
    if kind is not SystemExit:
        assert "item 0 at flow.py:4, `each` of flow, at Worker, member 0" in caught.value.__notes__[0]


@pytest.mark.parametrize("on", TARGETS[:2], ids=str)
def test_errors_of_the_users_classes(tmp_path, on):
    namespace = {"__name__": "user"}
    exec(RECORD, namespace)
    build = relay(tmp_path / "build", "[fail(Odd(x, more='é')) for x in xs]", prelude=RECORD)
    records = {name: namespace[name] for name in ("Odd", "Point")}
    with pytest.raises(namespace["Odd"]) as caught:
        run(build, on, records=records, xs=[records["Point"](0)])
    assert caught.value.more == "é"
    assert caught.value.args == (records["Point"](0), "é")
    assert type(caught.value.args[0]) is records["Point"]
    with pytest.raises(FlowError, match="F538") as caught:
        run(build, on, xs=[0])
    assert "Odd" in str(caught.value)
    assert caught.value.__notes__


ERRORS = """
class Coded(Exception):
    def __init__(self, code):
        super().__init__(f"code {code}")
        self.code = code
class Named(KeyError):
    def __init__(self, *, name):
        super().__init__(name, 1)
        self.name = name
    def __str__(self):
        return f"no {self.name}"
class Made(ValueError):
    def __new__(cls, first, second):
        return super().__new__(cls, first)
    def __init__(self, first, second):
        super().__init__(first, second)
        self.second = second
class Lost(OSError):
    def __init__(self, number, text, where):
        super().__init__(number, text)
        self.where = where
class Counted(Exception):
    def __init__(self, number):
        self.number = number
    def __reduce__(self):
        return type(self), (self.number,)
class Quit(SystemExit):
    def __init__(self):
        super().__init__(4)
def fail(error):
    raise error
"""


@pytest.mark.parametrize("on", TARGETS[:2], ids=str)
@pytest.mark.parametrize(
    "made", ["Coded(5)", "Named(name='é')", "Made(1, 2)", "Lost(2, 'gone', where='x')", "Counted(7)", "Quit()"]
)
def test_errors_with_constructors_of_their_own(tmp_path, on, made):
    namespace = {"__name__": "user"}
    exec(ERRORS, namespace)
    expected = eval(made, namespace)
    build = relay(tmp_path / "build", f"[fail({made}) for x in xs]", prelude=ERRORS)
    with pytest.raises(type(expected)) as caught:
        run(build, on, records={type(expected).__name__: type(expected)}, xs=[0])
    assert type(caught.value) is type(expected)
    assert str(caught.value) == str(expected)
    assert caught.value.args == expected.args
    assert {**vars(caught.value), "__notes__": None} == {**vars(expected), "__notes__": None}
    if isinstance(expected, OSError):
        assert (caught.value.errno, caught.value.strerror) == (2, "gone")
    if isinstance(expected, SystemExit):
        assert caught.value.code == 4


def test_an_unknown_error_is_named_as_its_user_knows_it(tmp_path):
    build = relay(tmp_path / "build", "[fail(Coded(5)) for x in xs]", prelude=ERRORS)
    with pytest.raises(FlowError, match="F538") as caught:
        run(build, processes(), xs=[0])
    assert "`Coded` was raised at `Worker`" in str(caught.value)


def test_an_error_in_an_argument_reaches_the_caller(tmp_path):
    def lines():
        yield "a"
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        run(word_count(tmp_path / "build"), processes(), lines=lines())


def test_faults_of_stages_reach_the_caller(tmp_path):
    with pytest.raises(FlowError) as caught:
        run(word_count(tmp_path / "build"), processes(), lines=text(tmp_path / "missing.txt"))
    assert caught.value.code.startswith("F51")
    with pytest.raises(FlowError, match="F534"):
        run(relay(tmp_path / "other", "[object() for x in xs]"), processes(), xs=[0])
    with pytest.raises(FlowError, match="F520"):
        run(word_count(tmp_path / "build"), lines=5)


def test_a_module_that_cannot_be_imported(tmp_path):
    build = relay(tmp_path / "build", "xs", prelude="import no_such_module_anywhere")
    for on in TARGETS[:2]:
        with pytest.raises(FlowError, match="F545") as caught:
            run(build, on, xs=[])
        assert "`no_such_module_anywhere`" in str(caught.value)


@pytest.mark.parametrize("on", TARGETS[:2], ids=str)
def test_skipped_items_are_counted_and_kept(tmp_path, on):
    kept: list[Skipped] = []
    errors = []

    def keep(skipped, error):
        kept.append(skipped)
        errors.append(error)

    build = relay(tmp_path / "build", "[10 // x for x in xs]", place="Workers", kind="cluster", on_error="sink")
    outcome = launch_counted(build, {"xs": [1, 0, 2, 0, 5]}, members={"Workers": 2}, on=on, records={}, sink=keep)
    assert sorted(outcome.result) == [2, 5, 10]
    assert outcome.skipped == {4: 2}
    assert outcome.seen == {"Workers": 5, "Here": 8}
    assert [(skip.item, skip.line, skip.place) for skip in kept] == [(0, 4, "Workers")] * 2
    assert [type(error) for error in errors] == [ZeroDivisionError] * 2
    assert [str(error) for error in errors] == [skip.error.partition(": ")[2] for skip in kept]


def test_progress_is_told(tmp_path):
    told = []
    build = relay(tmp_path / "build", "[x for x in xs if x == 0 or not __import__('time').sleep(0.3)]")
    launch_counted(build, {"xs": iter([1, 0])}, members={}, on=threads(), records={}, progress=told.append)
    assert told[-1] == {"Worker": 2, "Here": 4}


@pytest.mark.parametrize("on", TARGETS[:2], ids=str)
def test_element_code_is_compiled_in_stages_by_what_is_named(tmp_path, on):
    xs = np.arange(100_000)
    build = relay(tmp_path / "build", "[x * 3 for x in xs if x % 2]")
    jit = ("flowcc.backend.kernels.hot:Hot", "always", 0.0)
    outcome = launch_counted(build, {"xs": xs}, members={}, on=on, records={}, jit=jit)
    assert outcome.result == [x * 3 for x in range(100_000) if x % 2]


def test_what_a_stage_begins_to_compile_is_there_for_the_next_run(tmp_path, monkeypatch):
    """It is hot after a quarter of a second, and the work over before the compiler is loaded."""
    monkeypatch.setenv("FLOWCC_CACHE", str(tmp_path / "kernels"))
    build = relay(tmp_path / "build", "[x * 3 + 1 for x in xs]", place="Worker")
    xs = np.arange(6_000_000)
    jit = ("flowcc.backend.kernels.hot:Hot", "auto", 0.0)
    outcome = launch_counted(build, {"xs": xs}, members={}, on=processes(), records={}, jit=jit)
    assert outcome.result == (xs * 3 + 1).tolist()
    assert list((tmp_path / "kernels").rglob("*.kernel"))
