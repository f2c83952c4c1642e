"""What the documents show is true: programs in them pass their checks, the first of all runs, links lead somewhere."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from flowcc.compiler import check_source

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("examples/*.md")])
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")
PROGRAMS = [
    pytest.param(text, id=f"{path.relative_to(ROOT)}-{number}")
    for path in DOCUMENTS
    for number, text in enumerate(BLOCK.findall(path.read_text(encoding="utf-8")), start=1)
    if "@flow" in text
]
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]


@pytest.mark.parametrize("text", PROGRAMS)
def test_programs_pass_their_checks(text: str) -> None:
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    for function in functions:
        if any(ast.unparse(mark).startswith("flow") for mark in function.decorator_list):
            check_source(text, "document.py", function.name)


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_links_lead_somewhere(path: Path) -> None:
    missing = [link for link in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("path", DOCUMENTS, ids=NAMES)
def test_fault_codes_that_are_mentioned_exist(path: Path) -> None:
    pages = {page.stem for page in (ROOT / "flowcc" / "cli" / "pages").glob("*.md")}
    assert set(re.findall(r"\bF\d{3}\b", path.read_text(encoding="utf-8"))) <= pages


def test_the_example_of_the_readme_runs(tmp_path: Path) -> None:
    text = BLOCK.findall((ROOT / "README.md").read_text(encoding="utf-8"))[0]
    (tmp_path / "lines.txt").write_text("to be\nor not to be\n", encoding="utf-8")
    (tmp_path / "example.py").write_text(text.replace("word_count.run(", "result = word_count.run("), encoding="utf-8")
    code = "import example; print(sorted(example.result.items()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[('be', 2), ('not', 1), ('or', 1), ('to', 2)]\n", done.stderr
