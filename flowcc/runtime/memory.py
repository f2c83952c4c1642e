"""Memory that was freed and is kept, because the next batch asks for as much again."""

from __future__ import annotations

from functools import cache

import numpy as np

KEPT = 31 << 20  # bytes: below the 32 MiB up to which the GNU C library learns


@cache
def keep_freed() -> None:
    """Let the C library keep blocks of a batch's size when they are freed, and hand them out again.

    The GNU C library gives large blocks back to the system at once until it has seen one as large freed: from then
    on it keeps up to twice that. So it sees one, which is never written to. Elsewhere, or where the user has set how
    memory is kept, this changes nothing. A page that is asked for anew costs more than most kernels take to fill it.
    """
    np.empty(KEPT, np.uint8)
