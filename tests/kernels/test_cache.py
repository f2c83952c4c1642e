"""The cache on disk: found by content, safe under races, and nothing foreign in it is ever run."""

from __future__ import annotations

import errno
import logging
import os
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flowcc.backend.kernels import making
from flowcc.backend.kernels.cache import Cache, Key, cache_folder, key_of
from flowcc.backend.kernels.kernel_text import KernelText, translate
from flowcc.backend.kernels.making import Made, make
from flowcc.backend.kernels.objects import ObjectCode
from flowcc.runtime.schema import INT64
from tests.kernels import programs

RACE = """
import sys
from pathlib import Path
from flowcc.backend.kernels.hot import Hot
from tests.kernels import programs
given = Hot("always").offer(programs.arithmetic, "each", [])(list(range(100)))
assert given.rows() == programs.arithmetic(list(range(100)))
print("numba" in sys.modules)
"""


def in_process(folder: Path) -> subprocess.Popen[str]:
    here = Path(__file__).parents[2]
    environment = os.environ | {"FLOWCC_CACHE": str(folder), "PYTHONPATH": str(here)}
    command = [sys.executable, "-c", RACE]
    return subprocess.Popen(
        command, env=environment, cwd=here, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def compiled(folder: Path) -> Made | None:
    """Return the kernel as a process that has not loaded it yet finds it."""
    making._loaded.clear()
    return make(programs.arithmetic, "each", (INT64, ()), False, Cache(folder))


def text() -> KernelText:
    found = translate(programs.arithmetic, "each", INT64)
    assert isinstance(found, KernelText)
    return found


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled") / "cache"
    making._loaded.clear()
    assert make(programs.arithmetic, "each", (INT64, ()), True, Cache(folder)) is not None
    return folder


def test_eight_processes_race_for_an_empty_cache(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    racing = [in_process(folder) for _ in range(8)]
    for process in racing:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    assert [path.suffix for path in folder.iterdir()] == [".kernel"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    late = in_process(folder)
    assert late.communicate()[0].strip() == "False"  # a kernel from the cache needs no Numba


def test_a_kept_kernel_is_found_and_works(filled: Path) -> None:
    found = compiled(filled)
    assert found is not None
    assert found.native is not None
    assert found.cache == "hit"
    assert found.native([1, 2, 3]) is not None


@pytest.mark.parametrize("spoil", ["truncated", "bit", "empty", "magic", "text"])
def test_a_corrupt_entry_is_ignored_and_written_anew(filled: Path, tmp_path: Path, spoil: str) -> None:
    (original,) = filled.iterdir()
    data = bytearray(original.read_bytes())
    data[-100] ^= spoil == "bit"
    spoilt = {"truncated": data[:-1], "bit": data, "empty": b"", "magic": b"x" + data, "text": b"not a kernel\n" * 9}[
        spoil
    ]
    path = tmp_path / original.name
    path.write_bytes(spoilt)
    tmp_path.chmod(0o700)
    assert compiled(tmp_path) is None
    making._loaded.clear()
    made = make(programs.arithmetic, "each", (INT64, ()), True, Cache(tmp_path))
    assert made is not None
    assert compiled(tmp_path) is not None


def test_an_entry_of_another_key_under_this_name_is_ignored(tmp_path: Path) -> None:
    cache, key = Cache(tmp_path / "c"), key_of(text())
    other = Key(key.name, {**key.parts, "numba": "0.0"})
    cache.store(other, ObjectCode("f", b"code"))
    os.replace(cache.folder / other.file, cache.folder / key.file)
    assert cache.load(key) is None


def test_a_folder_that_others_can_write_is_not_read(filled: Path) -> None:
    filled.chmod(0o777)
    try:
        cache = Cache(filled)
        assert cache.load(key_of(text())) is None
        assert "others can write" in cache.trouble
    finally:
        filled.chmod(0o700)


def test_a_folder_that_cannot_be_made_is_reported_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache")
    with caplog.at_level(logging.WARNING, "flowcc"):
        cache.store(key_of(text()), ObjectCode("f", b""))
        cache.store(key_of(text()), ObjectCode("f", b""))
    assert len(caplog.records) == 1


def test_the_part_of_a_key_that_changed_is_named(tmp_path: Path) -> None:
    cache, key = Cache(tmp_path / "c"), key_of(text())
    assert cache.missed(key) == "not kept yet"
    cache.store(replace(key, parts={**key.parts, "numba": "0.0"}), ObjectCode("f", b"code"))
    assert cache.missed(key) == "numba changed"


def test_content_is_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(text())
    assert key_of(text()).file == before.file
    first = translate(programs.points, "each", INT64)
    monkeypatch.setattr(programs, "LIMIT", 11)
    second = translate(programs.points, "each", INT64)
    assert isinstance(first, KernelText)
    assert isinstance(second, KernelText)
    assert key_of(first).file != key_of(second).file


def test_the_folder_follows_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLOWCC_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("FLOWCC_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    assert cache_folder() == tmp_path / "flowcc"


def test_a_file_that_others_can_write_is_ignored_and_written_anew(filled: Path) -> None:
    (path,) = filled.glob("*.kernel")
    path.chmod(0o666)
    assert compiled(filled) is None
    assert make(programs.arithmetic, "each", (INT64, ()), True, Cache(filled)) is not None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert compiled(filled) is not None


def test_a_file_of_another_user_is_ignored(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (path,) = filled.glob("*.kernel")
    with monkeypatch.context() as patch:
        if os.geteuid() == 0:
            os.chown(path, 12345, -1)
        else:  # only root can give a file away: so it is we who are another user
            patch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        assert compiled(filled) is None
    os.chown(path, os.geteuid(), -1)
    assert compiled(filled) is not None


def test_a_full_disk_is_reported_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    cache = Cache(tmp_path / "c")
    making._loaded.clear()
    found = make(programs.arithmetic, "each", (INT64, ()), True, cache)
    assert found is not None
    assert found.native is not None
    assert "No space left" in found.cache
    assert list(cache.folder.iterdir()) == []


def test_trouble_is_logged_once_in_a_process(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("")
    for _ in range(3):
        Cache(tmp_path / "file" / "cache").store(key_of(text()), ObjectCode("f", b""))
    assert len(caplog.records) == 1


def test_another_flow_of_this_name_changed_nothing(tmp_path: Path) -> None:
    cache, key = Cache(tmp_path / "c"), key_of(text())
    cache.store(Key(key.name, {**key.parts, "source": "other"}, "another"), ObjectCode("f", b"code"))
    assert cache.missed(key) == "not kept yet"
