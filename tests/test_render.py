"""Faults are drawn in one form, whatever the source text holds."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from textwrap import dedent

import pytest
from rich.console import Console

from flowcc.diagnostics import Diagnostic, FlowError, Label
from flowcc.render import WIDTH, print_faults, render_faults
from flowcc.source import Span

ACCOUNT = "\n" * 20 + dedent(
    """\
        checked = [amount for amount in scatter(deposits, Clerks) if amount > 0]
        return reduce(lambda held, amount: 2 * held + amount, gather(checked, Teller), 0)
    """
)


def span(line: int, column: int, end_column: int, *, end_line: int = 0, filename: str = "account.py") -> Span:
    return Span(filename, line, column, end_line or line, end_column)


def fault(primary: Label | None = None, **more: object) -> Diagnostic:
    return Diagnostic(**{"code": "F301", "title": "wrong", "primary": primary, **more})  # type: ignore[arg-type]


def drawn(text: str, *labels: Label, **more: object) -> list[str]:
    found = fault(labels[0], secondary=labels[1:], **more)
    return render_faults([found], {"account.py": text}).split("\n")


def test_the_form_of_the_language() -> None:
    order_lost = Diagnostic(
        code="F301",
        title="`reduce` needs the order of its items, and these come in any order",
        primary=Label(span(22, 7, 13), "f(f(0, 1), 2) = 4, but f(f(0, 2), 1) = 5"),
        secondary=(Label(span(21, 32, 57), "order is split over 3 members here"),),
        help="gather(checked, Teller, ordered=True), or a function that commutes",
    )
    assert render_faults([order_lost], {"account.py": ACCOUNT}) == dedent(
        """\
        error[F301]: `reduce` needs the order of its items, and these come in any order
          account.py:22:8
           21 | checked = [amount for amount in scatter(deposits, Clerks) if amount > 0]
              |                                 ------------------------- order is split over 3 members here
           22 | return reduce(lambda held, amount: 2 * held + amount, gather(checked, Teller), 0)
              |        ^^^^^^ f(f(0, 1), 2) = 4, but f(f(0, 2), 1) = 5
           help: gather(checked, Teller, ordered=True), or a function that commutes"""
    )


def test_faults_outside_source_name_their_subject() -> None:
    missing = fault(code="F511", title="there is no such file", subject="book.txt", help="name a file\nthat exists")
    assert render_faults([missing, missing]) == "\n".join(
        [
            "error[F511]: there is no such file",
            "  book.txt",
            "   help: name a file",
            "         that exists",
            "",
            "error[F511]: there is no such file",
            "  book.txt",
            "   help: name a file",
            "         that exists",
        ]
    )


def test_notes_come_before_help() -> None:
    lines = drawn("x = 1", Label(span(1, 0, 1)), notes=("first", "second"), help="third")
    assert lines[-3:] == ["   note: first", "   note: second", "   help: third"]


def test_lines_in_between_are_left_out() -> None:
    text = "\n".join(f"line{number}" for number in range(1, 13))
    lines = drawn(text, Label(span(12, 0, 4), "here"), Label(span(1, 0, 4), "a"), Label(span(3, 0, 4), "b"))
    assert lines[2:] == [
        "    1 | line1",
        "      | ---- a",
        "    2 | line2",
        "    3 | line3",
        "      | ---- b",
        "    …",
        "   12 | line12",
        "      | ^^^^ here",
    ]


def test_two_labels_on_one_line() -> None:
    lines = drawn("f(xs, ys)", Label(span(1, 6, 8), "West"), Label(span(1, 2, 4), "East"))
    assert lines[2:] == ["   1 | f(xs, ys)", "     |   -- East", "     |       ^^ West"]


def test_several_files() -> None:
    found = fault(Label(span(2, 0, 1), "used"), secondary=(Label(span(1, 4, 5, filename="other.py"), "made"),))
    lines = render_faults([found], {"account.py": "\nx", "other.py": "y = z"}).split("\n")
    assert lines[1:] == [
        "  account.py:2:1",
        "   2 | x",
        "     | ^ used",
        "  other.py:1:5",
        "   1 | y = z",
        "     |     - made",
    ]


def test_a_label_over_several_lines_marks_its_first() -> None:
    lines = drawn("total = sum(\n    xs\n)", Label(span(1, 8, 1, end_line=3), "all of it"))
    assert lines[2:] == ["   1 | total = sum(", "     |         ^^^^ all of it"]


def test_tabs_and_wide_characters_keep_carets_in_place() -> None:
    assert drawn("\tx = y", Label(span(1, 5, 6)))[2:] == ["   1 |     x = y", "     |         ^"]
    assert drawn("名前 = y", Label(span(1, 5, 6)))[2:] == ["   1 | 名前 = y", "     |        ^"]
    assert drawn("e\u0301 = y", Label(span(1, 5, 6)))[2:] == ["   1 | e\u0301 = y", "     |     ^"]


def test_nothing_in_source_or_message_reaches_the_terminal_as_control() -> None:
    text = render_faults(
        [fault(Label(span(1, 0, 1), "\x1b[2J"), title="a\x07b", subject="\x1b", help="\u202e")],
        {"account.py": "x\x1b[31m\u202e\ud800"},
    )
    assert all(character == "\n" or character.isprintable() for character in text)
    assert text.encode()


@pytest.mark.parametrize("column", [0, 60, 150, 5_000, 99_990])
def test_long_lines_are_cut_around_the_label(column: int) -> None:
    line = "".join(str(number % 10) for number in range(100_000))
    _, _, source, carets = drawn(line, Label(span(1, column, column + 3)))
    assert len(source) <= WIDTH + len("   1 | ")
    marked = source[carets.index("^") : carets.rindex("^") + 1]
    assert marked == line[column : column + 3]


def test_positions_past_the_end_do_not_fail() -> None:
    assert drawn("x", Label(span(9, 40, 50), "gone"))[-1].endswith("gone")
    assert drawn("", Label(span(1, 0, 0), "empty"))[2:] == ["   1 |", "     | ^ empty"]


def test_source_is_read_from_disk_when_it_is_not_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "program.py"
    path.write_text("x = 1\r\ny = 2\r\n", encoding="utf-8")
    lines = render_faults([fault(Label(span(2, 0, 1, filename=str(path))))]).split("\n")
    assert lines[1:] == ["  program.py:2:1", "   2 | y = 2", "     | ^"]


def test_a_flow_error_shows_itself() -> None:
    error = FlowError([fault(Label(span(1, 0, 1, filename="<cell 3>"), "here"))], {"<cell 3>": "x = 1"})
    assert str(error).split("\n")[1:] == ["error[F301]: wrong", "  <cell 3>:1:1", "   1 | x = 1", "     | ^ here"]


@pytest.mark.parametrize("terminal", [True, False])
def test_colour_only_on_a_terminal(terminal: bool) -> None:
    found = fault(Label(span(1, 0, 1), "[bold]here[/bold]"), help="[red]")
    shown = StringIO()
    console = Console(file=shown, force_terminal=terminal, color_system="standard" if terminal else None, width=40)
    print_faults([found], {"account.py": "x = 1"}, console=console)
    plain = render_faults([found], {"account.py": "x = 1"})
    assert ("\x1b[" in shown.getvalue()) == terminal
    assert terminal or shown.getvalue().rstrip("\n") == plain
