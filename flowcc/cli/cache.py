"""`flowcc cache ls` and `flowcc cache clean`: the kernels that were compiled and kept."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import click

from flowcc.cli.report import json_option, show_json, show_table


@click.group(name="cache")
def command() -> None:
    """List or clean the compiled kernels."""


@command.command(name="ls")
@json_option
def list_entries(as_json: bool) -> None:
    """List the cached kernels: size in bytes, age and file."""
    folder = cache_folder()
    entries = _entries(folder)
    if as_json:
        listed = [{"file": str(path), "bytes": size, "modified": modified} for path, size, modified in entries]
        show_json({"folder": str(folder), "entries": listed})
        return
    now = time.time()
    rows = [(str(size), _age(now - modified), str(path.relative_to(folder))) for path, size, modified in entries]
    show_table(str(folder), ("bytes", "age", "file"), rows)
    click.echo(f"{len(entries)} files, {sum(size for _, size, _ in entries)} bytes in {folder}", err=True)


@command.command(name="clean")
@json_option
def clean(as_json: bool) -> None:
    """Remove every cached kernel; each is compiled again when it is needed."""
    folder = cache_folder()
    entries = _entries(folder)
    for path, _, _ in entries:
        path.unlink(missing_ok=True)
    removed = {"folder": str(folder), "removed": len(entries), "bytes": sum(size for _, size, _ in entries)}
    if as_json:
        show_json(removed)
    else:
        click.echo(f"removed {removed['removed']} files, {removed['bytes']} bytes from {folder}")


def cache_folder() -> Path:
    """Where compiled kernels are kept."""
    from flowcc.backend.kernels.cache import cache_folder  # loads what reads kernels

    return cache_folder()


def _entries(folder: Path) -> list[tuple[Path, int, float]]:
    """The kernels in the folder, also half-written ones; nothing else that may be kept there."""
    found = []
    for path in sorted([*folder.glob("*.kernel"), *folder.glob(".*.part")]):
        with contextlib.suppress(FileNotFoundError):  # another process cleans too
            status = path.lstat()
            found.append((path, status.st_size, status.st_mtime))
    return found


def _age(seconds: float) -> str:
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
