"""Making many objects at once without a search for garbage every few hundred of them, which would cost more than they.

None of them can be garbage yet. What was switched off before stays off.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search() -> Iterator[None]:
    """Keep Python from searching for garbage inside the block."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
