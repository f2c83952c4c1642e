"""Every character of Unicode through the text kernels, against Python."""

from __future__ import annotations

import linecache
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowcc.backend.kernels.text_tables import (
    AS_BESIDE,
    CASES_END,
    OTHERWISE,
    PROPERTIES_END,
    case_table,
    property_table,
)
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
    "s.replace('', '-')", "s.replace('', 'é', 2)", "s.replace('a', '𝔘', 1)", "s.replace('é', '')",
    "s.replace('', '', 0)",
    "s.strip('aé\u2003')", "s.lstrip('x𝔘')", "s.rstrip('')", "s.startswith(('é', 'x'))", "s.endswith('')", "'é' in s",
    "s < 'é'", "s + 'é' == 'éé'", "s.split('é')", "f'{s}{None}{s == s}'", "s.removeprefix('é')", "s.removesuffix('𝔘')",
]  # fmt: skip


def kernel(expression: str) -> Callable[[list[str]], list[Any]]:
    """A kernel of one expression, or that loops over what it gives."""
    loop = "for part in " + expression if expression in ("s.split()", "s.split('é')") else ""
    source = f"def kernel(items):\n    return [{'part' if loop else expression} for s in items {loop}]\n"
    name = f"<kernel of {expression}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    names: dict[str, Any] = {"swapped": swapped, "numbered": numbered}
    exec(compile(source, name, "exec"), names)
    found: Callable[[list[str]], list[Any]] = names["kernel"]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kernels")


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


def test_a_sigma_is_final_as_its_neighbours_say(folder: Path) -> None:
    parts = ["", "A", "é", "Ό", ".", " ", "'", "1", "Σ", "\u0301", "ß", "İ", "ς"]
    items = [f"{a}{b}Σ{c}{d}" for a in parts for b in parts for c in parts for d in parts]
    items += [text for c in KNOWN for text in (f"{c}Σ", f"A{c}Σ", f"AΣ{c}", f"AΣ{c}A", f"Σ{c}")]
    native = made(kernel("s.lower()"), items[:1], (), folder)
    assert listed(native(items)) == [text.lower() for text in items]
    greek = ["ΟΔΟΣ", "Σοφός", "ΣΟΦΌΣ ΣΊΣΥΦΟΣ.", "Σ", "AΣ1"]
    before = native.redone
    assert listed(native(greek)) == [text.lower() for text in greek]
    assert native.redone == before


def test_what_becomes_several_or_depends_on_others_is_left_to_python() -> None:
    table = case_table(str.lower)
    assert table is not None
    assert len(table) < 2**15
    for character in "ΣİK":
        code = ord(character)
        entry = 2176 + 192 * (table[128 + (code >> 6)] - 1) + 3 * (code & 63)
        form = int.from_bytes(table[entry : entry + 3], "little")
        assert form == {"K": ord("k"), "İ": OTHERWISE, "Σ": AS_BESIDE}[character]
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


JOINS = [
    "','.join(w.upper() for w in s.split())", "'é'.join(s.split('x'))", "'-'.join((s, s, 'q'))",
    "'-'.join([s])",
    "''.join(c + c for c in s if c != 'x')", "s.join(('a', 'b', s))", "s.join(c for c in '𝔘b')",
    "'+'.join(c for c in '')",
    "'+'.join('-'.join(c for c in w) + '!' for w in s.split('a'))",
    "'-'.join(c for t in [''.join(s.split())] for c in t)",
    "s.split('a')[0]", "s.split('a')[-1]", "s.split(None)[0] if s.strip() else s",
    "''.join(s.split()) + s.split('\u2003')[0]",
    "swapped(s) if s.count('a') == 1 else s", "numbered(s)",
]  # fmt: skip
NUMBERS = [
    "0", "-0", "+7", " 12 ", "\u200312\n", "007", "9" * 18, "9" * 19, "-" + "9" * 18, "1_000", "٣", "", "-", "+-1",
    "1 2", "0x1",
    "1.5", "-.5", "5.", ".", "1e5", "1e-5", "1E+5", "1e 5", "1e", "e5", "0.1", "123456789012345", "1234567890123456",
    "1e22", "1e23", "1e-22", "1e400", "nan", "inf", "-infinity", "1e5\n", "1.2.3", "-0.0", "4.35", "8.41e21", "1e٣",
]  # fmt: skip


def swapped(text: str) -> str:
    left, right = text.split("a")
    return right + left.strip()


def numbered(text: str) -> str:
    told = ""
    for letter in text[:9]:
        if letter == " ":
            continue
        told += letter
        if letter == "b":
            break
    else:
        told += "."
    return told


@pytest.mark.parametrize("expression", JOINS)
def test_parts_and_joins(expression: str, folder: Path) -> None:
    items = [*TEXTS, "a b" * 4000, *ODD]
    program = kernel(expression)
    native = made(program, items[:1], (), folder)
    assert listed(native(items)) == program(items)
    assert native.redone < len(items)


@pytest.mark.parametrize("expression", ["int(s)", "float(s)"])
def test_numbers_are_read_from_texts(expression: str, folder: Path) -> None:
    program = kernel(expression)
    native = made(program, NUMBERS[:1], (), folder)
    for text in NUMBERS:
        try:
            expected = repr(program([text]))
        except ValueError:
            assert native([text]) is None
        else:
            assert repr(listed(native([text]))) == expected
    assert native.redone < len(NUMBERS)


def test_parts_of_another_number_are_pythons_to_refuse(folder: Path) -> None:
    native = made(kernel("swapped(s)"), ["bab"], (), folder)
    assert listed(native(["1a 2", "a"])) == [" 21", ""]
    assert native(["1a2a"]) is None
    assert made(kernel("s.split('a')[2]"), ["bab"], (), folder)(["bab"]) is None
