"""Every top-level function of Python's own standard library is accepted or refused at a span, and quickly."""

from __future__ import annotations

import ast
import gc
import sysconfig
import time
import tokenize
from collections.abc import Iterator
from pathlib import Path

from flowcc.compiler import check_source
from flowcc.diagnostics import Diagnostic, FlowError
from tests.pace import yardstick

LIBRARY = Path(sysconfig.get_path("stdlib"))
FOLDERS = ("", "asyncio", "collections", "concurrent/futures", "email", "html", "http", "importlib", "json", "logging")
AT_LEAST = 1000  # functions, so that the corpus cannot silently be empty
MOST = 1.6  # yardsticks a function: 1.0 alone, up to half as much again beside another worker


def functions() -> Iterator[tuple[str, str, str]]:
    """Text, file and name of each function, in the order of the files."""
    for folder in FOLDERS:
        for path in sorted((LIBRARY / folder).glob("*.py")):
            with tokenize.open(path) as file:
                text = file.read()
            for node in ast.parse(text).body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield text, str(path), node.name


def stands_in(fault: Diagnostic, filename: str, lines: int) -> bool:
    """Whether a fault points into the file."""
    return fault.primary is not None and fault.primary.span.filename == filename and fault.primary.span.line <= lines


def test_the_standard_library_is_accepted_or_refused() -> None:
    corpus = list(functions())
    assert len(corpus) >= AT_LEAST
    accepted, wrong = 0, []
    pace = yardstick()
    gc.freeze()  # what other tests left is not gone through again and again
    started = time.process_time()
    for text, filename, name in corpus:
        try:
            check_source(text, filename, name)
            accepted += 1
        except FlowError as error:
            lines = text.count("\n") + 1
            wrong += [
                f"{filename}:{name}: {fault}" for fault in error.diagnostics if not stands_in(fault, filename, lines)
            ]
        except Exception as error:  # what this test is about: nothing but a FlowError may come out
            wrong.append(f"{filename}:{name}: {type(error).__name__}: {error}")
    seconds = time.process_time() - started
    gc.unfreeze()
    assert not wrong, "\n".join(wrong[:20])
    assert 0 < accepted < len(corpus)
    each = seconds / len(corpus) / ((pace + yardstick()) / 2)
    assert each <= MOST, f"{len(corpus)} functions in {seconds:.1f} s, {each:.2f} yardsticks each"
