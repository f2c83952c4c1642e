"""Libraries that are quick at something but slow to import: used where they have been imported anyway."""

from __future__ import annotations

import sys
from typing import Any


def loaded(name: str) -> Any:
    """Return a module that has been imported to the end, else None: another thread may be at it."""
    module = sys.modules.get(name)
    return None if module is None or getattr(module.__spec__, "_initializing", False) else module
