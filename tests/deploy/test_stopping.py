"""Whatever ends a run, no process and no file is left, and the caller hears why."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from flowcc.deploy.interrupts import Interrupts
from flowcc.deploy.launch import launch
from flowcc.deploy.targets import processes, threads
from flowcc.diagnostics import FlowError
from tests.deploy.builds import relay

PATIENCE = 30.0
CALLER = """
import sys
from pathlib import Path
from flowcc.deploy.launch import launch_counted
from flowcc.deploy.targets import processes
build = Path(sys.argv[1])
launch_counted(build, {"xs": range(100)}, members={"Workers": 2}, on=processes(), records={}, temporary=build.parent)
"""


class Held:
    """A pipe with a name that every stage of a build keeps open: it ends when the last of them is gone."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "held"
        os.mkfifo(self.path)
        self._reading = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)

    @property
    def prelude(self) -> str:
        return (
            f"import os, time\nHELD = open({str(self.path)!r}, 'wb', buffering=0)\n"
            "def say(x):\n    HELD.write(b'!')\n    print('at', x)\n"
            "def linger(x):\n    say(x)\n    while True:\n        time.sleep(60)\n"
            "def spin(x):\n    say(x)\n    while True:\n        pass\n"
        )

    def wait_for_words(self, number: int) -> None:
        """Wait until stages have said something that many times."""
        while number > 0:
            assert select.select([self._reading], [], [], PATIENCE)[0], "stages do not start"
            number -= len(os.read(self._reading, number))

    def wait_for_end(self) -> None:
        """Wait until no stage is left."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if not os.read(self._reading, 1000):
                    return
            except BlockingIOError:  # someone has it open and says nothing
                select.select([self._reading], [], [], PATIENCE)
        raise AssertionError("a stage is left")

    def close(self) -> None:
        os.close(self._reading)


@pytest.fixture
def held(tmp_path):
    held = Held(tmp_path)
    yield held
    held.close()


@pytest.fixture
def scratch(tmp_path, monkeypatch):
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def workers(folder: Path, held: Held, kernel: str) -> Path:
    return relay(folder / "build", kernel, place="Workers", kind="cluster", prelude=held.prelude)


@pytest.mark.parametrize(
    ("death", "how"),
    [("os.kill(os.getpid(), 9)", "was ended by SIGKILL"), ("os._exit(7)", "ended with exit status 7"),
     ("os.abort()", "was ended by SIGABRT"), ("os.kill(os.getpid(), 15)", "was ended by SIGTERM")],
)  # fmt: skip
def test_a_stage_that_dies_is_named_with_what_it_printed(tmp_path, held, scratch, capfd, death, how):
    build = workers(tmp_path, held, f"[say(x) or {death} if x == 3 else x for x in xs]")
    with pytest.raises(FlowError) as caught:
        launch(build, {"xs": range(10)}, members={"Workers": 2}, on=processes(), records={})
    fault = caught.value.diagnostics[0]
    assert fault.code == "F532"
    assert fault.title == f"stage `Workers`, member 1, {how}"
    assert "at 3" in fault.notes[0]
    assert "at 3" in capfd.readouterr().err
    held.wait_for_end()


def test_a_stage_that_is_killed_while_the_others_work(tmp_path, held, scratch):
    build = workers(tmp_path, held, "[linger(x) if x else os.kill(os.getpid(), 9) for x in xs]")
    with pytest.raises(FlowError, match="SIGKILL"):
        launch(build, {"xs": range(10)}, members={"Workers": 3}, on=processes(), records={})
    held.wait_for_end()


@pytest.mark.parametrize("kernel", ["[linger(x) for x in xs]", "[spin(x) for x in xs]"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_a_caller_that_is_interrupted_or_killed(tmp_path, held, scratch, kernel, number):
    (scratch / "own").mkdir()
    build = workers(scratch / "own", held, kernel)
    with subprocess.Popen(
        [sys.executable, "-c", CALLER, build], stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": os.getcwd()}
    ) as caller:
        held.wait_for_words(2)
        caller.send_signal(number)
        _, said = caller.communicate(timeout=PATIENCE)
    held.wait_for_end()
    if number == signal.SIGINT:
        assert b"KeyboardInterrupt" in said
        shutil.rmtree(build.parent)  # whose it is
    assert caller.returncode == -number


def test_an_error_ends_members_that_are_busy(tmp_path, held, scratch):
    build = workers(tmp_path, held, "[linger(x) if x else 1 // x for x in xs]")
    with pytest.raises(ZeroDivisionError):
        launch(build, {"xs": range(10)}, members={"Workers": 3}, on=processes(), records={})
    held.wait_for_end()


def test_an_argument_that_fails_ends_the_stages(tmp_path, held, scratch):
    def items():
        yield from range(100_000)
        raise OSError("the well is dry")

    build = workers(tmp_path, held, "[say(x) for x in xs[:1]]")
    with pytest.raises(OSError, match="the well is dry"):
        launch(build, {"xs": items()}, members={"Workers": 2}, on=processes(), records={})
    held.wait_for_end()


def test_threads_end_with_an_error(tmp_path):
    before = threading.active_count()
    build = relay(tmp_path / "build", "[1 // x for x in xs]", place="Workers", kind="cluster")
    with pytest.raises(ZeroDivisionError):
        launch(build, {"xs": iter(range(100_000))}, members={"Workers": 3}, on=threads(), records={})
    assert threading.active_count() <= before + 1  # pyzmq keeps one of its own


def test_no_descriptors_are_left(tmp_path):
    build = relay(tmp_path / "build", "xs")
    counts = []
    for on in (processes(), threads(), processes(), threads(), processes(), threads()):
        launch(build, {"xs": [1]}, members={}, on=on, records={})
        counts.append(len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0)
    assert counts[-1] == counts[3]  # a nursery for another environment may have been ending until then


def test_stages_find_no_standard_input_and_no_arguments(tmp_path):
    build = relay(tmp_path / "build", "[__import__('sys').stdin.read(), *__import__('sys').argv] + xs")
    assert launch(build, {"xs": [1]}, members={}, on=processes(), records={}) == ["", "-c", 1]


def test_an_interrupt_that_nothing_came_of_is_raised_later():
    with Interrupts() as interrupts:
        interrupts.check()
        with contextlib.suppress(KeyboardInterrupt):  # as where ZeroMQ gives memory back
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
        interrupts.check()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_process_that_element_code_started_does_not_hold_the_run_up(tmp_path):
    start = "__import__('subprocess').Popen(['sleep', '60'], start_new_session=True).pid"
    (number,) = launch(relay(tmp_path / "build", f"[{start} for x in xs]"), {"xs": [1]}, members={}, on=processes(),
                       records={})  # fmt: skip
    os.kill(number, signal.SIGKILL)  # it is alive: it is not the run's to end


def test_what_element_code_starts_reads_nothing(tmp_path):
    kernel = "[__import__('subprocess').check_output(['cat']) for x in xs]"
    assert launch(relay(tmp_path / "build", kernel), {"xs": [1]}, members={}, on=processes(), records={}) == [b""]


def test_threads_that_do_not_come_back_are_waited_for_only_so_long(tmp_path, monkeypatch):
    """A thread cannot be ended; the caller gets its error all the same, and the thread goes on alone."""
    monkeypatch.setattr("flowcc.deploy.in_threads.PATIENCE", 0.1)
    here = threading.Event()
    monkeypatch.setattr(threading, "held_by_test", here, raising=False)
    kernel = "[__import__('threading').held_by_test.wait() if x else 1 // x for x in xs]"
    build = relay(tmp_path / "build", kernel, place="Workers", kind="cluster")
    with pytest.raises(ZeroDivisionError):
        launch(build, {"xs": [0, 1]}, members={"Workers": 2}, on=threads(), records={})
    here.set()
    for thread in threading.enumerate():
        if thread.name.startswith("flowcc "):
            thread.join(PATIENCE)
