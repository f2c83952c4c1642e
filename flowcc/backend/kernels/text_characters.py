"""The characters of UTF-8 bytes, as plain functions that Numba compiles: where they stand, and what they are.

A property is looked up in a table of `text_tables`, which stands somewhere in a kernel's constants.
"""

from __future__ import annotations

from typing import Any


def count_characters(a: Any, start: int, stop: int) -> int:
    """Return the number of characters: of bytes that continue none."""
    count = 0
    for i in range(start, stop):
        count += int((a[i] & 0xC0) != 0x80)
    return count


def character_width(a: Any, place: int) -> int:
    """Return the number of bytes of the character that starts here."""
    lead = a[place]
    if lead < 0x80:
        return 1
    if lead < 0xE0:
        return 2
    return 3 if lead < 0xF0 else 4


def code_point(a: Any, place: int) -> int:
    """Return the character that starts here."""
    lead: int = a[place]
    second: int = a[place + 1] & 0x3F if lead >= 0x80 else 0
    if lead < 0x80:
        return int(lead)
    if lead < 0xE0:
        return (lead & 0x1F) << 6 | second
    if lead < 0xF0:
        return int((lead & 0x0F) << 12 | second << 6 | (a[place + 2] & 0x3F))
    return int((lead & 0x07) << 18 | second << 12 | (a[place + 2] & 0x3F) << 6 | (a[place + 3] & 0x3F))


def write_character(code: int, to: Any, at: int) -> int:
    """Write a character and return where it ends."""
    if code < 0x80:
        to[at] = code
        return at + 1
    if code < 0x800:
        to[at] = 0xC0 | code >> 6
        to[at + 1] = 0x80 | (code & 0x3F)
        return at + 2
    if code < 0x10000:
        to[at] = 0xE0 | code >> 12
        to[at + 1] = 0x80 | (code >> 6 & 0x3F)
        to[at + 2] = 0x80 | (code & 0x3F)
        return at + 3
    to[at] = 0xF0 | code >> 18
    to[at + 1] = 0x80 | (code >> 12 & 0x3F)
    to[at + 2] = 0x80 | (code >> 6 & 0x3F)
    to[at + 3] = 0x80 | (code & 0x3F)
    return at + 4


def skipped(a: Any, place: int, stop: int, count: int) -> int:
    """Return where so many characters further on another starts, at most ``stop``."""
    while count > 0 and place < stop:
        place += character_width(a, place)
        count -= 1
    return place


def back(a: Any, start: int, place: int, count: int) -> int:
    """Return where so many characters further back another starts; before ``start`` when there are not so many."""
    while count > 0 and place > start:
        place -= 1
        while (a[place] & 0xC0) == 0x80:
            place -= 1
        count -= 1
    return place if count == 0 else start - 1


def space_width(a: Any, place: int, stop: int) -> int:
    """Return the number of bytes of the white space (as `str.isspace`) that starts here, 0 for none."""
    c = a[place]
    if c < 0x80:
        return int(c == 32 or (9 <= c <= 13) or (28 <= c <= 31))
    if c == 0xC2:
        return 2 if a[place + 1] == 0x85 or a[place + 1] == 0xA0 else 0
    if c == 0xE1:
        return 3 if a[place + 1] == 0x9A and a[place + 2] == 0x80 else 0
    if c == 0xE2:
        d, e = a[place + 1], a[place + 2]
        wide = d == 0x80 and (e <= 0x8A or e == 0xA8 or e == 0xA9 or e == 0xAF)
        return 3 if wide or (d == 0x81 and e == 0x9F) else 0
    return 3 if c == 0xE3 and a[place + 1] == 0x80 and a[place + 2] == 0x80 else 0


def all_blank(a: Any, start: int, stop: int) -> bool:
    """Tell whether a text is white space, and not empty."""
    place = start
    while place < stop:
        width = space_width(a, place, stop)
        if width == 0:
            return False
        place += width
    return start < stop


def has_property(constants: Any, table: int, code: int) -> int:
    """Return 1 where a character is in a table of `text_tables.property_table`, 0 where not, -1 where none says."""
    if code >= 0x40000:
        return -1
    block = table + 1024 + 32 * constants[table + (code >> 8)]
    return int(constants[block + (code >> 3 & 31)] >> (code & 7) & 1)


def all_have(a: Any, start: int, stop: int, constants: Any, table: int) -> int:
    """Return 1 where a text is not empty and all characters are in a table, 0 where not, -1 where none says."""
    place = start
    while place < stop:
        held = has_property(constants, table, code_point(a, place))
        if held != 1:
            return held
        place += character_width(a, place)
    return int(start < stop)


def has_case(a: Any, start: int, stop: int, constants: Any, wanted: int, other: int) -> int:
    """Return 1 where some character is in the table ``wanted`` and none in ``other``, 0 where not, -1 as above."""
    place, seen = start, 0
    while place < stop:
        code = code_point(a, place)
        found, against = has_property(constants, wanted, code), has_property(constants, other, code)
        if found < 0 or against > 0:
            return -1 if found < 0 else 0
        seen |= found
        place += character_width(a, place)
    return seen


def changed(constants: Any, table: int, code: int) -> int:
    """Return what a character becomes by a table of `text_tables.case_table`."""
    block = int(constants[table + 128 + (code >> 6)]) if code < 0x20000 else 0
    if block == 0:
        return code
    entry = table + 2176 + 192 * (block - 1) + 3 * (code & 63)
    return int(constants[entry] + 256 * constants[entry + 1] + 65536 * constants[entry + 2])  # a shift is unsigned


def beside_sigma(constants: Any, table: int, code: int) -> int:
    """Return 1 for a letter that has case, 2 for what is passed over, 0 for neither, -1 for what Python must tell."""
    if code < 128:
        return int(constants[table + code])
    becomes = changed(constants, table, code)
    return 1 if becomes != code and becomes != 0xFFFFFF else -1


def is_final(a: Any, start: int, place: int, stop: int, constants: Any, table: int) -> int:
    """Return 1 where the capital sigma at ``place`` ends a word, 0 where not, -1 where Python must tell."""
    kind, before = 2, place
    while kind == 2:
        if before == start:
            return 0
        before = back(a, start, before, 1)
        kind = beside_sigma(constants, table, code_point(a, before))
    if kind != 1:
        return kind
    kind, after = 2, place + 2
    while kind == 2:
        if after >= stop:
            return 1
        kind = beside_sigma(constants, table, code_point(a, after))
        after += character_width(a, after)
    return 1 - kind if kind >= 0 else -1
