"""The modules of a build folder, loaded under names of their own, so that they hide nothing and nothing hides them."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from flowcc.deploy import faults

DEFINITIONS = "definitions"
PACKAGE = "flowcc_build_"
_LOADING = threading.Lock()


def package_name(key: bytes) -> str:
    """Return the name under which the modules of a plan are known in this process."""
    return f"{PACKAGE}{key.hex()}"


def is_copied(module: str) -> bool:
    """Whether what a module of this name defines is a copy, made for stages, of what the user's file defines."""
    return module.startswith(PACKAGE)


def load_module(folder: Path, name: str, key: bytes) -> ModuleType:
    """Return a stage's module; what it imports from ``definitions`` is the file beside it, loaded once a plan.

    Raises `FlowError` (F545) where it imports what is not there.
    """
    with _LOADING:
        hidden = sys.modules.pop(DEFINITIONS, None)
        try:
            if (folder / f"{DEFINITIONS}.py").exists():
                sys.modules[DEFINITIONS] = _load(folder, DEFINITIONS, key)
            return _load(folder, name, key)
        except ModuleNotFoundError as error:
            raise faults.module_missing(error.name or str(error), str(folder / f"{name}.py")) from error
        finally:
            sys.modules.pop(DEFINITIONS, None)
            if hidden is not None:
                sys.modules[DEFINITIONS] = hidden


def _load(folder: Path, name: str, key: bytes) -> ModuleType:
    full = f"{package_name(key)}.{name}"
    path = (folder / f"{name}.py").resolve()
    known = sys.modules.get(full)
    if known is not None and known.__file__ == str(path):
        return known
    spec = importlib.util.spec_from_file_location(full, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[full] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[full]
        raise
    return module


def records_of(module: ModuleType) -> Mapping[str, type]:
    """Return the classes whose values may travel, by the names that they have in the module, and their own."""
    kinds: tuple[type, ...] = getattr(module, "RECORDS", ())
    named = {name: thing for name, thing in vars(module).items() if any(thing is kind for kind in kinds)}
    return {**{kind.__name__: kind for kind in kinds}, **named}
