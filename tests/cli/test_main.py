"""The command as a shell sees it: help, usage, exit statuses, signals and pipes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowcc.cli import main
from flowcc.cli.report import status_of
from flowcc.version import VERSION

from .conftest import Command

COMMAND = [sys.executable, "-c", "from flowcc.cli.main import main; main()"]
ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def test_help_names_every_verb_and_loads_none(flowcc: Command) -> None:
    ended = flowcc("--help")
    assert ended.status == 0
    assert all(f"  {verb} " in ended.out for verb in main.VERBS)
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "from flowcc.cli.main import main; main()", "--help"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert not [name for name in ("numpy", "rich", "libcst", "flowcc.cli.run") if f" {name}\n" in shown.stderr]


@pytest.mark.parametrize("verb", list(main.VERBS))
def test_every_verb_has_help(flowcc: Command, verb: str) -> None:
    ended = flowcc(verb, "--help")
    assert ended.status == 0
    assert f"flowcc {verb}" in ended.out


def test_version(flowcc: Command) -> None:
    assert flowcc("--version").out == f"flowcc {VERSION}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuchverb"],
        ["check"],
        ["check", "a.py", "b.py"],
        ["run", "a.py", "--on", "moon"],
        ["check", "--nosuch", "a.py"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(flowcc: Command, arguments: list[str]) -> None:
    ended = flowcc(*arguments)
    assert ended.status == 2
    assert ended.out == ""
    assert "Usage: flowcc" in ended.err


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *[("F101", 1), ("F201", 1), ("F303", 1), ("F401", 1), ("F553", 1)],
        *[("F520", 2), ("F551", 2), ("F519", 2), ("F510", 3), ("F531", 2), ("F532", 3), ("F541", 1)],
    ],
)
def test_the_status_of_a_fault(code: str, status: int) -> None:
    assert status_of(code) == status


def test_an_interrupt_is_status_130(flowcc: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main.cli, "main", interrupted)
    ended = flowcc("doctor")
    assert (ended.status, ended.out, ended.err) == (130, "", "interrupted\n")


def test_nobody_reads_the_output() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        ended = subprocess.run([*COMMAND, "explain", "F301"], env=ENVIRONMENT, stdout=closed, stderr=subprocess.PIPE)
    assert ended.returncode == 141
    assert ended.stderr == b""


def test_the_page_of_a_fault(flowcc: Command) -> None:
    ended = flowcc("explain", "f301")
    assert ended.status == 0
    assert ended.out.startswith("# F301: ")
    assert json.loads(flowcc("explain", "F301", "--json").out)["code"] == "F301"


def test_there_is_no_such_page(flowcc: Command) -> None:
    ended = flowcc("explain", "F999")
    assert ended.status == 2
    assert "error[F559]: there is no fault F999" in ended.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(flowcc: Command, shell: str) -> None:
    ended = flowcc("completion", shell)
    assert ended.status == 0
    assert "_FLOWCC_COMPLETE" in ended.out


def complete(words: str, folder: Path) -> list[str]:
    asked = {"_FLOWCC_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    done = subprocess.run(COMMAND, env=ENVIRONMENT | asked, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_completion_of_verbs_options_and_flows(tmp_path: Path) -> None:
    program = "@flow\ndef one(xs): ...\n\n@flow(on_error='skip')\ndef two(xs): ...\n\ndef other(): ...\n"
    (tmp_path / "program.py").write_text(program)
    assert complete("flowcc comp", tmp_path) == ["plain,compile", "plain,completion"]
    assert "plain,--members" in complete("flowcc run --mem", tmp_path)
    assert complete("flowcc check program.py:", tmp_path) == ["plain,program.py:one", "plain,program.py:two"]
