"""Every character of Unicode through the text kernels, against Python."""

from __future__ import annotations

import linecache
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flowcc.backend.kernels.text_tables import CASES_END, OTHERWISE, PROPERTIES_END, case_table, property_table
from tests.kernels import programs
from tests.kernels.test_kernels import listed, made

CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
KNOWN = [c for c in CHARACTERS if unicodedata.category(c) not in ("Cn", "Co")]  # the rest are all alike
ODD = ["a", "Σ", "ß", "é", "𝔘", " ", "\u2003", "\u0301", "ǅ", "İ", "\u0345", "\x1c", "٣", "²", "ſ", "\u212a"]
TEXTS = ["", "abc", "añ" * 50, "x" * 300, *ODD, *(a + b for a in ODD for b in ODD), "ΑΣ", "ΑΣ Α", "a\u0308b", "ﬁ", "İİ"]

METHODS = [
    "s.lower()", "s.upper()", "s.isalpha()", "s.isdigit()", "s.isdecimal()", "s.isnumeric()", "s.isalnum()",
    "s.isspace()", "s.islower()", "s.isupper()", "s.strip()", "s.lstrip()", "s.rstrip(None)", "s.split()",
]  # fmt: skip
PLACES = [
    "len(s)", "s[1:]", "s[:-1]", "s[-2:]", "s[1:3]", "s[-3:-1]", "s[9:2]", "s[::-1]", "s[::2]", "s[5::-2]", "s[-2::-1]",
    "s[:1:-1]", "s[1:-1:3]", "s[0] if s else s", "s[-1] if s else s", "s[1] if len(s) > 1 else s",
    "s[-2] if len(s) > 1 else s", "s.find('é')", "s.find('')", "s.index('') + 1", "s.count('')", "s.count('a')",
    "s.replace('', '-')", "s.replace('', 'é', 2)", "s.replace('a', '𝔘', 1)", "s.replace('é', '')", "s.replace('', '', 0)",
    "s.strip('aé\u2003')", "s.lstrip('x𝔘')", "s.rstrip('')", "s.startswith(('é', 'x'))", "s.endswith('')", "'é' in s",
    "s < 'é'", "s + 'é' == 'éé'", "s.split('é')", "f'{s}{None}{s == s}'", "s.removeprefix('é')", "s.removesuffix('𝔘')",
]  # fmt: skip


def kernel(expression: str) -> Callable[[list[str]], list[Any]]:
    """A kernel of one expression, or that loops over what it gives."""
    loop = "for part in " + expression if ".split(" in expression else ""
    source = f"def kernel(items):\n    return [{'part' if loop else expression} for s in items {loop}]\n"
    name = f"<kernel of {expression}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    names: dict[str, Any] = {}
    exec(compile(source, name, "exec"), names)
    found: Callable[[list[str]], list[Any]] = names["kernel"]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield tmp_path_factory.mktemp("kernels")


@pytest.mark.parametrize("expression", METHODS)
def test_every_character(expression: str, folder: Path) -> None:
    items = [*KNOWN, *CHARACTERS[::997], *TEXTS, *(f"x{c}Y" for c in KNOWN)]
    program = kernel(expression)
    native = made(program, items[:1], (), folder)
    assert listed(native(items)) == program(items)
    assert native.redone < len(items) / 30


@pytest.mark.parametrize("expression", PLACES)
def test_places_count_characters(expression: str, folder: Path) -> None:
    program = kernel(expression)
    native = made(program, TEXTS[:1], (), folder)
    result, expected = listed(native(TEXTS)), program(TEXTS)
    assert result == expected
    assert [type(item) for item in result] == [type(item) for item in expected]
    assert native.redone == 0


def test_an_index_past_the_end_is_pythons(folder: Path) -> None:
    for expression in ("s[2]", "s[-3]", "s.index('q')", "s[-2**63]", "s[2**63 - 1]"):
        native = made(kernel(expression), ["é"], (), folder)
        assert native(["ab", "é"]) is None


def test_every_character_as_white_space(tmp_path: Path) -> None:
    items = [f"{character}a{character}b{character}" for character in KNOWN]
    for program in (programs.words, programs.fields):
        native = made(program, items[:1], (), tmp_path)
        assert listed(native(items)) == program(items)
        assert native.redone < 100


def test_tables_are_what_python_says() -> None:
    for holds in (str.isalpha, str.isnumeric, str.istitle):
        table = property_table(holds)
        for code in range(PROPERTIES_END):
            block = 1024 + 32 * table[code >> 8]
            assert bool(table[block + (code >> 3 & 31)] >> (code & 7) & 1) == holds(chr(code))


def test_what_becomes_several_or_depends_on_others_is_left_to_python() -> None:
    table = case_table(str.lower)
    assert table is not None
    assert len(table) < 2**15
    for character in "ΣİK":
        code = ord(character)
        entry = 2048 + 192 * (table[code >> 6] - 1) + 3 * (code & 63)
        form = int.from_bytes(table[entry : entry + 3], "little")
        assert form == (ord("k") if character == "K" else OTHERWISE)
    beyond = "".join(map(chr, range(CASES_END, sys.maxunicode + 1)))
    assert beyond.lower() == beyond == beyond.upper()


def test_case_is_changed_once() -> None:
    for code in (*range(0xD800), *range(0xE000, 0x110000)):
        character = chr(code)
        upper, lower = character.upper(), f"a{character}".lower()
        assert upper.upper() == upper
        assert lower.lower() == lower


@pytest.mark.parametrize("program", [programs.cased_twice, programs.cased_in_a_loop])
def test_case_that_may_have_changed_is_changed_again(program: Callable[[list[str]], list[Any]], folder: Path) -> None:
    items = ["", "a", "ßa", "ΑΣ", "aΣ b", "ŉ", *KNOWN]
    assert listed(made(program, items[:1], (), folder)(items)) == program(items)
