"""Blocks of a batch's size are handed out again instead of being asked for anew."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

FAULTS = """
import resource, sys
import numpy as np
from flowcc.runtime.memory import keep_freed
if sys.argv[1] == "keep":
    keep_freed()
def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
before = faults()
for _ in range(50):
    held = [np.ones(1 << 17) for _ in range(8)]
    del held
print(faults() - before)
"""


def test_freed_blocks_are_kept() -> None:
    asked = {how: int(_run(how)) for how in ("keep", "leave")}
    if platform.libc_ver()[0] == "glibc":
        assert asked["keep"] < asked["leave"] / 10
    else:  # other C libraries keep as much as they do by themselves
        assert asked["keep"] < asked["leave"] * 1.1


def _run(how: str) -> str:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    command = [sys.executable, "-c", FAULTS, how]
    here = Path(__file__).parents[2]
    return subprocess.run(command, cwd=here, env=plain, capture_output=True, text=True, check=True).stdout
