"""Compiled kernels on disk, found by content: the same text, versions and processor give the same file name.

A file is a line of magic, a line of JSON (the parts of its key, for `missed`), a SHA-256 over all that follows and
precedes it, and object code: nothing in it is executed or unpickled before the sum agrees. Files are written beside
and renamed, so that processes may race; what is corrupt or foreign counts as absent and is written anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import stat
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path

from flowcc.backend.kernels import text_characters, text_routines
from flowcc.backend.kernels.kernel_text import KernelText
from flowcc.backend.kernels.objects import ObjectCode, processor
from flowcc.runtime.columnar.routines import finding, numbering
from flowcc.version import VERSION

SHARED = (text_characters, text_routines, finding, numbering)  # modules whose functions stand in every kernel
MAGIC = b"flowcc kernel 1\n"
SUM = hashlib.sha256().digest_size
log = logging.getLogger("flowcc")
_told: set[str] = set()  # what was reported in this process


def cache_folder() -> Path:
    """Return where kernels are kept: ``FLOWCC_CACHE``, else ``flowcc`` where the platform keeps caches."""
    if given := os.environ.get("FLOWCC_CACHE"):
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "flowcc"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flowcc"


@dataclass(frozen=True)
class Key:
    """What a compiled kernel depends on, each part as a short text; equal parts mean equal code."""

    name: str
    parts: Mapping[str, str]
    origin: str = ""  # the flow it is of; no part of what the code depends on

    @cached_property
    def file(self) -> str:
        """The file name: for people the kernel's name, then the digest of all parts."""
        digest = hashlib.sha256(json.dumps(self.parts, sort_keys=True).encode()).hexdigest()
        return f"{self.name[:40]}-{digest[:40]}.kernel"


def key_of(kernel: KernelText) -> Key:
    """Return the key of a kernel: its text holds source, callees, captured values and schema already.

    The rounds of a loop that is unrolled, whose names differ in numbers, share one.
    """
    content = repr((kernel.text, kernel.parameters, kernel.externals, kernel.routines))
    name = re.sub(r"_\d+(?=_|$)", "", kernel.name)  # what a flow does several times is one kernel
    return Key(name, {"source": hashlib.sha256(content.encode()).hexdigest(), **environment()}, kernel.origin)


@lru_cache(maxsize=1)
def environment() -> dict[str, str]:
    """Return the parts of every key: versions, the routines that kernels share, and the processor."""
    shared = b"".join(Path(module.__file__ or "").read_bytes() for module in SHARED)
    digest = hashlib.sha256(shared).hexdigest()[:16]
    python = ".".join(map(str, sys.version_info[:3]))
    return {
        "flowcc": f"{VERSION} {digest}",
        "numba": version("numba"),
        "llvmlite": version("llvmlite"),
        "python": python,
        "processor": processor(),
    }


@dataclass
class Cache:
    """A folder of compiled kernels. ``trouble`` says why nothing is kept, where that is so; a process logs it once."""

    folder: Path = field(default_factory=cache_folder)
    trouble: str = ""

    def load(self, key: Key) -> ObjectCode | None:
        """Return the code of a kernel, or None when there is none that can be trusted."""
        try:
            if not self._is_ours(self.folder.stat()):
                self._report("others can write to it")
                return None
            path = self.folder / key.file
            data = path.read_bytes() if self._is_ours(path.stat()) else b""
        except OSError:
            return None
        return _read(data, key)

    def store(self, key: Key, code: ObjectCode) -> None:
        """Keep the code of a kernel; a folder that cannot be written is reported once and done without."""
        if self.trouble:
            return
        temporary = ""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not self._is_ours(self.folder.stat()):
                self._report("others can write to it")
                return
            handle, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=self.folder)
            with os.fdopen(handle, "wb") as file:
                file.write(_written(key, code))
            os.replace(temporary, self.folder / key.file)
        except OSError as error:
            self._report(error.strerror or str(error))
            if temporary:
                Path(temporary).unlink(missing_ok=True)

    def missed(self, key: Key) -> str:
        """Return which part of the key changed since a kernel of this flow and name was kept, or that none was."""
        newest: dict[str, str] = {}
        when = 0.0
        try:
            for path in self.folder.glob(f"{key.name[:40]}-*.kernel"):
                parts = _parts(path.read_bytes(), key.origin)
                if parts is not None and path.stat().st_mtime > when:
                    newest, when = parts, path.stat().st_mtime
        except OSError:
            return "not kept yet"
        changed = [name for name, part in key.parts.items() if newest.get(name) != part]
        return f"{', '.join(changed)} changed" if newest and changed else "not kept yet"

    def _is_ours(self, status: os.stat_result) -> bool:
        return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)

    def _report(self, reason: str) -> None:
        if not self.trouble:
            self.trouble = f"{self.folder} is not used: {reason}"
            if self.trouble not in _told:
                _told.add(self.trouble)
                log.warning("kernels are not kept on disk: %s", self.trouble)


def _written(key: Key, code: ObjectCode) -> bytes:
    header = json.dumps({"symbol": code.symbol, "origin": key.origin, "parts": dict(key.parts)}).encode() + b"\n"
    return MAGIC + header + hashlib.sha256(header + code.data).digest() + code.data


def _split(data: bytes) -> tuple[dict[str, object], bytes] | None:
    """Return header and object code of a file whose sum agrees."""
    if not data.startswith(MAGIC):
        return None
    header, newline, rest = data[len(MAGIC) :].partition(b"\n")
    if hashlib.sha256(header + newline + rest[SUM:]).digest() != rest[:SUM]:
        return None
    try:
        described = json.loads(header)
    except ValueError:
        return None
    return (described, rest[SUM:]) if isinstance(described, dict) else None


def _parts(data: bytes, origin: str) -> dict[str, str] | None:
    found = _split(data)
    parts = found[0].get("parts") if found and found[0].get("origin") == origin else None
    return parts if isinstance(parts, dict) else None


def _read(data: bytes, key: Key) -> ObjectCode | None:
    found = _split(data)
    if found is None or found[0].get("parts") != dict(key.parts):
        return None
    symbol = found[0].get("symbol")
    return ObjectCode(symbol, found[1]) if isinstance(symbol, str) else None
