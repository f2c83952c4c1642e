"""How fast this machine is just now, so that bounds on time hold where other processes slow it down."""

from __future__ import annotations

import time

TEXT = "\n".join(
    f"def step_{n}(xs, *rest, key=None):\n    return [(x + {n}, key(x), f'{{x}} of {{rest}}') for x in xs if x != {n}]"
    for n in range(120)
)


def yardstick() -> float:
    """Return the seconds of the process's own time in which Python compiles a fixed text, at best of five.

    A process's own time, too, grows where cores share a cache or a host, up to twofold.
    """
    return min(_measured() for _ in range(5))


def _measured() -> float:
    start = time.process_time()
    compile(TEXT, "<yardstick>", "exec")
    return time.process_time() - start
