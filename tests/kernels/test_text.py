"""Every character of Unicode through the text routines, against Python."""

from __future__ import annotations

import sys
from pathlib import Path

from flowcc.backend.kernels import text_routines
from flowcc.backend.kernels.text_methods import case_table
from tests.kernels import programs
from tests.kernels.test_kernels import listed, made

CHARACTERS = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]


def test_every_character_in_lower_and_upper_case(tmp_path: Path) -> None:
    items = [f"x{character}Y" for character in CHARACTERS]
    native = made(programs.cased, items[:1], (), tmp_path)
    assert listed(native(items)) == programs.cased(items)


def test_every_character_as_white_space(tmp_path: Path) -> None:
    items = [f"{character}a{character}b{character}" for character in CHARACTERS]
    for program in (programs.words, programs.fields):
        native = made(program, items[:1], (), tmp_path)
        assert listed(native(items)) == program(items)


def test_what_counts_as_without_case_has_none() -> None:
    for character in CHARACTERS[0x800:]:
        if text_routines.without_case(character.encode(), 0):
            assert character.lower() == character == character.upper()


def test_the_table_of_cases() -> None:
    assert len(case_table(str.lower)) == 2 * (0x800 - 0x80)
    assert case_table(str.lower)[2 * (0xC9 - 0x80) :][:2].decode() == "é"
    assert case_table(str.upper)[2 * (0xDF - 0x80) :][:2] == b"\0\0"  # two letters
