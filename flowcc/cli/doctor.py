"""`flowcc doctor`: whether this machine has what flowcc needs, and what to do where it has not.

Each check is a function that gives a `Finding`; none changes anything that it does not put back.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from flowcc.cli.report import DONE, FAILED, json_option, show_json, show_table
from flowcc.diagnostics import FlowError

NEEDED_FILES = 1024
NEEDED_SHARED_MEMORY = 64 << 20
NEEDED_DISK = 256 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: ``state`` is ok, slow (works, but not at its best) or bad; ``help`` what to do."""

    check: str
    state: str
    found: str
    help: str = ""


def check_python() -> Finding:
    """Python is the one that kernels are compiled for (its version pip has seen to)."""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    if platform.python_implementation() != "CPython":
        return Finding("python", "bad", version, "run flowcc with CPython: kernels are compiled for it")
    return Finding("python", "ok", version)


def check_package(name: str, needed_for: str) -> Callable[[], Finding]:
    """Make the check that a package can be imported."""

    def check() -> Finding:
        try:
            importlib.import_module(name)
        except Exception as error:  # a broken binary raises anything at all on import
            return Finding(name, "bad", f"{type(error).__name__}: {error}", f"pip install {name}  ({needed_for})")
        return Finding(name, "ok", importlib.metadata.version(name))

    return check


def check_kernel() -> Finding:
    """Numba compiles and runs a loop."""
    try:
        import numba

        doubled = numba.njit("int64(int64)")(lambda x: x + x)(21)
    except Exception as error:  # a numba that does not fit its numpy or llvmlite raises anything at all
        return Finding(
            "kernels", "bad", f"{type(error).__name__}: {error}", "pip install --upgrade numba llvmlite numpy"
        )
    return Finding("kernels", "ok" if doubled == 42 else "bad", f"compiled for {platform.machine()}")


def check_socket() -> Finding:
    """A frame goes through an ipc socket and back out."""
    try:
        import zmq

        from flowcc.deploy.in_processes import make_folder, possible_folders

        folder = make_folder(possible_folders())
        try:
            arrived = _exchange(f"ipc://{folder}/doctor")
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except FlowError as error:
        return Finding("ipc sockets", "bad", error.diagnostics[0].title, error.diagnostics[0].help)
    except Exception as error:  # zmq.ZMQError, or no zmq at all
        return Finding(
            "ipc sockets", "bad", f"{type(error).__name__}: {error}", "set TMPDIR to a folder on a local disk"
        )
    if not arrived:
        return Finding("ipc sockets", "bad", "nothing arrived in 2 s", "see whether a sandbox forbids local sockets")
    return Finding("ipc sockets", "ok", f"libzmq {zmq.zmq_version()}, in {os.path.dirname(folder)}")


def _exchange(endpoint: str) -> bool:
    import zmq

    with zmq.Context() as context, context.socket(zmq.PAIR) as one, context.socket(zmq.PAIR) as two:
        one.linger = two.linger = 0
        one.bind(endpoint)
        two.connect(endpoint)
        two.send(b"frame")
        return bool(one.poll(2000)) and one.recv() == b"frame"


def check_cache() -> Finding:
    """Compiled kernels can be kept between runs."""
    from flowcc.cli.cache import cache_folder

    folder = cache_folder()
    parent = next(path for path in (folder, *folder.parents) if path.exists())
    if not os.access(parent, os.W_OK | os.X_OK):
        return Finding("kernel cache", "slow", f"{folder} cannot be written", "set FLOWCC_CACHE to a folder that can")
    free = shutil.disk_usage(parent).free
    if free < NEEDED_DISK:
        return Finding("kernel cache", "slow", f"{folder}: {free >> 20} MB free", "free some disk: flowcc cache clean")
    return Finding("kernel cache", "ok", str(folder))


def check_shared_memory() -> Finding:
    """``/dev/shm``, where the system has one, can be written and is not tiny."""
    folder = Path("/dev/shm")
    if not folder.is_dir():
        return Finding("shared memory", "ok", "not a folder on this system")
    free = shutil.disk_usage(folder).free
    if not os.access(folder, os.W_OK) or free < NEEDED_SHARED_MEMORY:
        return Finding(
            "shared memory", "slow", f"/dev/shm: {free >> 20} MB free", "give the container more: --shm-size=256m"
        )
    return Finding("shared memory", "ok", f"/dev/shm: {free >> 20} MB free")


def check_files() -> Finding:
    """A stage may open enough files: every channel takes a few."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < NEEDED_FILES:
        return Finding("open files", "slow", f"{soft} (at most {hard})", f"ulimit -n {NEEDED_FILES}")
    return Finding("open files", "ok", str(soft))


def check_cores() -> Finding:
    """How many members can run at once."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Finding("cores", "ok", str(cores))


CHECKS: tuple[Callable[[], Finding], ...] = (
    check_python,
    check_package("numpy", "number columns"),
    check_package("pyarrow", "string columns and files"),
    check_package("libcst", "reads programs"),
    check_package("msgspec", "objects in frames"),
    check_kernel,
    check_socket,
    check_cache,
    check_shared_memory,
    check_files,
    check_cores,
)


@click.command(name="doctor")
@json_option
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int:
    """Say whether this machine has what flowcc needs. Status 3 when something that it cannot do without is missing."""
    findings = [check() for check in CHECKS]
    if as_json:
        show_json({"findings": [asdict(finding) for finding in findings]})
    else:
        rows = [(finding.state, finding.check, finding.found, finding.help) for finding in findings]
        show_table("", ("state", "check", "found", "what to do"), rows)
    return FAILED if any(finding.state == "bad" for finding in findings) else DONE
