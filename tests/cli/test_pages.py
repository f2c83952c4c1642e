"""Every fault has a page, and what the page shows is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from flowcc.cli.explain import fault_pages
from flowcc.cli.program import find_flow
from flowcc.compiler import check_source
from flowcc.diagnostics import FlowError

PACKAGE = Path(__file__).parents[2] / "flowcc"
PAGES = fault_pages()
WITHOUT_PROGRAM = {"F107", "F108", "F403"}  # none shows them: not Python, no text at all, living objects
PROGRAM = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
OF_PROGRAMS = sorted(code for code in PAGES if code < "F500" and code not in WITHOUT_PROGRAM)


def codes_of_faults() -> set[str]:
    """All codes that the package writes, but for the table of exit statuses."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path != PACKAGE / "cli" / "report.py":
            found |= set(re.findall(r"\"(F\d{3})\"", path.read_text(encoding="utf-8")))
    return found


def check_all(text: str) -> None:
    """Check every function of a program that carries `@flow`, as text and as what Python made of it."""
    marked = [
        node.name
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(ast.unparse(mark).startswith("flow") for mark in node.decorator_list)
    ]
    assert marked
    Path("page.py").write_text(text, encoding="utf-8")
    for name in marked:
        check_source(text, "page.py", name)
        find_flow(f"page.py:{name}").check()


def test_every_fault_has_a_page_and_every_page_a_fault() -> None:
    assert codes_of_faults() == set(PAGES)


@pytest.mark.parametrize("code", sorted(PAGES))
def test_a_page_begins_with_its_code(code: str) -> None:
    assert PAGES[code].startswith(f"# {code}: ")


@pytest.mark.parametrize("code", OF_PROGRAMS)
def test_the_first_program_of_a_page_is_refused_with_its_code(code: str) -> None:
    refused = PROGRAM.findall(PAGES[code])[0]
    with pytest.raises(FlowError) as raised:
        check_all(refused)
    assert {diagnostic.code for diagnostic in raised.value.diagnostics} == {code}
    assert all(diagnostic.primary is not None and diagnostic.help for diagnostic in raised.value.diagnostics)


@pytest.mark.parametrize("code", OF_PROGRAMS)
def test_what_a_page_advises_is_accepted(code: str) -> None:
    for accepted in PROGRAM.findall(PAGES[code])[1:]:
        check_all(accepted)
