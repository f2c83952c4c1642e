"""The Rust twin of a micro benchmark, built where cargo is found, and kept as a process that answers when asked."""

import atexit
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from benchmarks.question import Answer, Timed, Unavailable
from benchmarks.worker import proc_status

PROJECT = Path(__file__).parent / "dfir"


@cache
def binary() -> Path:
    """Build the project, which does nothing when it is built, and return the program."""
    cargo = shutil.which("cargo")
    if cargo is None:
        raise Unavailable("no cargo on the path")
    command = [cargo, "build", "--release", "--quiet", "--manifest-path", str(PROJECT / "Cargo.toml")]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode != 0:
        raise Unavailable(f"cargo build failed: {(built.stderr.strip() or 'no message').splitlines()[-1][:200]}")
    target = Path(os.environ.get("CARGO_TARGET_DIR", PROJECT / "target"))
    return target / "release" / "flowcc-dfir-peer"


def start(name: str, files: Sequence[Path]) -> Answer:
    """Start one benchmark on its input files; its own clock says how long a run takes."""
    process = subprocess.Popen(
        [str(binary()), name, *map(str, files)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    to, back = process.stdin, process.stdout

    def end() -> None:
        to.close()
        process.wait()
        back.close()

    def answer() -> Timed:
        to.write("run\n")
        to.flush()
        reply = json.loads(back.readline())
        numbers = reply["answer"]
        return Timed(reply["seconds"], tuple(numbers), proc_status("VmHWM", process.pid))

    atexit.register(end)
    return answer
