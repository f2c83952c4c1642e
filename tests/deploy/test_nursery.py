"""What stages are forked from: kept from run to run, fresh for every stage, gone with its caller."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from flowcc.deploy import nurseries
from flowcc.deploy.launch import launch
from flowcc.deploy.targets import processes
from flowcc.diagnostics import FlowError
from tests.deploy.builds import relay

PATIENCE = 30.0
PARENT = "[__import__('os').getppid() for x in xs]"
COUNTED = "import os\nSEEN = []\ndef seen(x):\n    SEEN.append(x)\n    return len(SEEN)\n"
CALLER = """
import os, sys
from pathlib import Path
from flowcc.deploy.launch import launch
from flowcc.deploy.targets import processes
print(*launch(Path(sys.argv[1]), {"xs": [1]}, members={}, on=processes(), records={}), flush=True)
os.read(0, 1)
"""


def run(build, xs=(1,), **members):
    return launch(build, {"xs": list(xs)}, members=members, on=processes(), records={})


def wait_until_gone(process: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return
        if state_of(process).startswith("Z"):  # ended, and whoever inherited it has not looked yet
            return
        time.sleep(0.01)
    raise AssertionError("the nursery is left")


def state_of(process: int) -> str:
    if sys.platform != "linux":
        return subprocess.run(["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True).stdout
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except FileNotFoundError:  # gone since it was looked for
        return "Z"


def test_it_is_kept_and_its_stages_are_fresh(tmp_path):
    build = relay(tmp_path / "build", "[(os.getppid(), os.getpid(), seen(x)) for x in xs]", prelude=COUNTED)
    (parent, first, seen), (again, second, seen_again) = (run(build)[0] for _ in range(2))
    assert parent == again != os.getpid()
    assert first != second
    assert seen == seen_again == 1


def test_it_tells_how_large_stages_were(tmp_path):
    run(relay(tmp_path / "build", "[len(bytearray(200 << 20)) for x in xs]"))
    assert nurseries.Family.largest > 200 << 20


def test_it_holds_nothing_of_the_callers(tmp_path):
    kernel = "[[name for name in __import__('sys').modules if name.startswith(('pytest', 'tests'))] for x in xs]"
    assert run(relay(tmp_path / "build", kernel)) == [[]]


def test_stages_have_the_callers_environment_of_now(tmp_path, monkeypatch):
    kernel = "[(__import__('os').environ.get('FLOWCC_TEST_ONLY'), __import__('os').getcwd()) for x in xs]"
    build = relay(tmp_path / "build", kernel)
    assert run(build) == [(None, os.getcwd())]
    monkeypatch.setenv("FLOWCC_TEST_ONLY", "é")
    monkeypatch.chdir(tmp_path)
    assert run(build) == [("é", str(tmp_path))]


@pytest.mark.parametrize("number", [None, signal.SIGKILL, signal.SIGINT], ids=str)
def test_it_ends_with_its_caller(tmp_path, number):
    build = relay(tmp_path / "build", PARENT)
    with subprocess.Popen(
        [sys.executable, "-c", CALLER, build], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    ) as caller:  # fmt: skip
        nursery = int(caller.stdout.readline())
        assert nursery != caller.pid
        if number is None:
            caller.stdin.close()
        else:
            caller.send_signal(number)
        caller.wait(PATIENCE)
    wait_until_gone(nursery)


def test_another_one_is_started_where_it_has_ended(tmp_path):
    build = relay(tmp_path / "build", PARENT)
    (nursery,) = run(build)
    os.kill(nursery, signal.SIGKILL)
    (other,) = run(build)
    assert other != nursery


def test_stages_end_with_it_and_the_caller_hears_of_it(tmp_path):
    kernel = "[(__import__('os').kill(__import__('os').getppid(), 9), __import__('time').sleep(60)) for x in xs]"
    build = relay(tmp_path / "build", kernel, place="Workers", kind="cluster")
    with pytest.raises(FlowError, match="F532") as caught:
        run(build, xs=[1, 2], Workers=2)
    assert "was ended with the process that it was forked from" in str(caught.value)
    assert len(run(relay(tmp_path / "other", PARENT))) == 1


def test_one_that_cannot_be_started_is_a_fault_with_what_it_printed(tmp_path, monkeypatch):
    build = relay(tmp_path / "build", PARENT)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(tmp_path / "nothing"))
        with pytest.raises(FlowError, match="F533"):
            run(build)
    with monkeypatch.context() as patch:
        patch.setattr(nurseries, "START", "raise SystemExit('no Python today')")
        patch.setenv("FLOWCC_TEST_ONLY", "1")
        with pytest.raises(FlowError, match=r"F533.*\n?.*no Python today"):
            run(build)
    assert len(run(build)) == 1


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_what_is_forked_from_the_caller_has_its_own(tmp_path):
    build = relay(tmp_path / "build", PARENT)
    (nursery,) = run(build)
    process = os.fork()
    if not process:
        try:
            status = int(run(build) == [nursery])
        except BaseException:
            status = 2
        os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    assert run(build) == [nursery]


def test_runs_at_once_have_stages_of_their_own(tmp_path):
    kernel = "[(x, __import__('os').getpid()) for x in xs]"
    build = relay(tmp_path / "build", kernel, place="Workers", kind="cluster")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda n: run(build, xs=[n, n], Workers=2), range(8)))
    assert [sorted({x for x, _ in result}) for result in results] == [[n] for n in range(8)]
    assert len({process for result in results for _, process in result}) == 16
