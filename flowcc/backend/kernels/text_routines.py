"""What kernels do to UTF-8 bytes, as plain functions that Numba compiles into each kernel that uses them.

A text is (buffer, start, stop). Routines that make a text write it at ``used`` in ``scratch`` and return
its end, -1 where only Python can say (characters past ASCII), -2 where ``room`` does not suffice.
"""

from __future__ import annotations

from typing import Any


def same_text(a: Any, start: int, stop: int, b: Any, begin: int, end: int) -> bool:
    """Tell whether two texts are equal."""
    length = stop - start
    if length != end - begin:
        return False
    for i in range(length):  # noqa: SIM110 - Numba compiles no generator
        if a[start + i] != b[begin + i]:
            return False
    return True


def order_text(a: Any, start: int, stop: int, b: Any, begin: int, end: int) -> int:
    """Return a negative, zero or positive number as the first text sorts before, with or after the second."""
    length = stop - start if stop - start < end - begin else end - begin
    for i in range(length):
        if a[start + i] != b[begin + i]:
            return -1 if a[start + i] < b[begin + i] else 1  # a difference of bytes would be unsigned
    return (stop - start) - (end - begin)


def find_text(a: Any, start: int, stop: int, b: Any, begin: int, end: int) -> int:
    """Return where in its buffer the second text first stands in the first, or -1."""
    length = end - begin
    for i in range(start, stop - length + 1):
        j = 0
        while j < length and a[i + j] == b[begin + j]:
            j += 1
        if j == length:
            return i
    return -1


def count_text(a: Any, start: int, stop: int, b: Any, begin: int, end: int) -> int:
    """Return how often the second text, not empty, stands in the first without overlap."""
    count, place = 0, start
    while begin < end:
        found = find_text(a, place, stop, b, begin, end)
        if found < 0:
            break
        count += 1
        place = found + (end - begin)
    return count


def starts_with(a: Any, start: int, stop: int, b: Any, begin: int, end: int) -> bool:
    """Tell whether the first text starts with the second."""
    return stop - start >= end - begin and same_text(a, start, start + (end - begin), b, begin, end)


def ends_with(a: Any, start: int, stop: int, b: Any, begin: int, end: int) -> bool:
    """Tell whether the first text ends with the second."""
    return stop - start >= end - begin and same_text(a, stop - (end - begin), stop, b, begin, end)


def all_ascii(a: Any, start: int, stop: int) -> bool:
    """Tell whether every character is one byte."""
    seen = 0
    for i in range(start, stop):
        seen |= a[i]
    return seen < 128


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


def next_word(a: Any, place: int, stop: int) -> tuple[int, int]:
    """Return where the next run without white space starts and stops; both the same when there is none."""
    while place < stop:
        width = space_width(a, place, stop)
        if width == 0:
            break
        place += width
    start = place
    while place < stop:
        c = a[place]
        if 32 < c < 0x80 or 0x80 <= c < 0xC2:  # most letters; the bytes that continue a character
            place += 1
        elif space_width(a, place, stop) != 0:
            break
        else:
            place += 1
    return start, place


def strip_text(a: Any, start: int, stop: int, sides: int) -> tuple[int, int]:
    """Return the bounds without white space at the start (``sides`` & 1) and the end (``sides`` & 2)."""
    while sides & 1 and start < stop:
        width = space_width(a, start, stop)
        if width == 0:
            break
        start += width
    while sides & 2 and start < stop:
        last = stop - 1
        while (a[last] & 0xC0) == 0x80:
            last -= 1
        if space_width(a, last, stop) == 0:
            break
        stop = last
    return start, stop


def slice_bounds(start: int, stop: int, lower: int, upper: int) -> tuple[int, int]:
    """Return the bounds of a slice with Python's meaning of negative and far indices."""
    length = stop - start
    lower = clamped(lower, length)
    upper = clamped(upper, length)
    return start + lower, start + (upper if upper > lower else lower)


def clamped(index: int, length: int) -> int:
    """Return an index of a slice within 0 and ``length``; a negative one counts from the end."""
    if index < 0:
        return index + length if index + length > 0 else 0
    return index if index < length else length


def copy_text(a: Any, start: int, stop: int, to: Any, at: int) -> int:
    """Copy a text and return where the copy ends."""
    for i in range(stop - start):
        to[at + i] = a[start + i]
    return at + (stop - start)


def lower_text(a: Any, start: int, stop: int, constants: Any, table: int, scratch: Any, used: int, room: int) -> int:
    """Write the text in lower case; ``table`` is that of `case_table`."""
    if used + (stop - start) > room:
        return -2
    seen = 0
    for i in range(stop - start):
        c = a[start + i]
        seen |= c
        scratch[used + i] = c | (int((c >= 65) & (c <= 90)) << 5)
    if seen >= 128 and not change_case(a, start, stop, constants, table, scratch, used):
        return -1
    return used + (stop - start)


def upper_text(a: Any, start: int, stop: int, constants: Any, table: int, scratch: Any, used: int, room: int) -> int:
    """Write the text in upper case; ``table`` is that of `case_table`."""
    if used + (stop - start) > room:
        return -2
    seen = 0
    for i in range(stop - start):
        c = a[start + i]
        seen |= c
        scratch[used + i] = c & ~(int((c >= 97) & (c <= 122)) << 5)
    if seen >= 128 and not change_case(a, start, stop, constants, table, scratch, used):
        return -1
    return used + (stop - start)


def change_case(a: Any, start: int, stop: int, constants: Any, table: int, scratch: Any, used: int) -> bool:
    """Change the characters past ASCII of a copied text; tell whether all have a known form of the same length."""
    i = start
    while i < stop:
        lead = a[i]
        if lead < 0x80:
            i += 1
        elif lead < 0xE0:
            place = table + 2 * (((lead & 0x1F) << 6 | (a[i + 1] & 0x3F)) - 0x80)
            if constants[place] == 0:
                return False
            scratch[used + (i - start)] = constants[place]
            scratch[used + (i - start) + 1] = constants[place + 1]
            i += 2
        elif not without_case(a, i):
            return False
        else:
            i += 3 if lead < 0xF0 else 4
    return True


def without_case(a: Any, i: int) -> bool:
    """Tell whether a character of three or four bytes is punctuation, a symbol or from a script without case."""
    if a[i] < 0xF0:
        code = (a[i] & 0x0F) << 12 | (a[i + 1] & 0x3F) << 6 | (a[i + 2] & 0x3F)
        if code < 0x2190:
            return bool(0x900 <= code < 0x10A0 or 0x2010 <= code < 0x2070 or 0x20A0 <= code < 0x2102)
        return bool(code < 0x24B0 or 0x2500 <= code < 0x2C00 or 0x2E80 <= code < 0xA640 or 0xAC00 <= code < 0xFB00)
    code = (a[i] & 0x07) << 18 | (a[i + 1] & 0x3F) << 12 | (a[i + 2] & 0x3F) << 6 | (a[i + 3] & 0x3F)
    return bool(code >= 0x1F200)


def join_texts(a: Any, start: int, stop: int, b: Any, begin: int, end: int, scratch: Any, used: int, room: int) -> int:
    """Write one text after the other."""
    if used + (stop - start) + (end - begin) > room:
        return -2
    return copy_text(b, begin, end, scratch, copy_text(a, start, stop, scratch, used))


def replace_text(
    a: Any, start: int, stop: int, old: Any, begin: int, end: int, new: Any, first: int, last: int,
    scratch: Any, used: int, room: int,
) -> int:  # fmt: skip
    """Write the text with every ``old`` replaced by ``new``; an empty ``old`` is left to Python."""
    if begin == end:
        return -1
    while True:
        found = find_text(a, start, stop, old, begin, end)
        piece = (found if found >= 0 else stop) - start
        if used + piece + (last - first) > room:
            return -2
        used = copy_text(a, start, start + piece, scratch, used)
        if found < 0:
            return used
        used = copy_text(new, first, last, scratch, used)
        start = found + (end - begin)


def write_integer(number: int, scratch: Any, used: int, room: int) -> int:
    """Write a number in decimal."""
    if used + 20 > room:
        return -2
    if number < 0:
        scratch[used] = 45
        used += 1
    digits, rest = 1, abs_tenth(number)
    while rest > 0:
        digits += 1
        rest //= 10
    tenth, unit = abs_tenth(number), abs_unit(number)
    scratch[used + digits - 1] = 48 + unit
    for i in range(digits - 1):
        scratch[used + digits - 2 - i] = 48 + tenth % 10
        tenth //= 10
    return used + digits


def abs_unit(number: int) -> int:
    """Return the last decimal digit."""
    return number % 10 if number >= 0 else (10 - number % 10) % 10


def abs_tenth(number: int) -> int:
    """Return the magnitude without its last decimal digit; no step can overflow."""
    return number // 10 if number >= 0 else -((number + abs_unit(number)) // 10)


def is_alpha(a: Any, start: int, stop: int) -> bool:
    """Tell whether an ASCII text is letters, and not empty."""
    for i in range(start, stop):
        c = a[i] | 32
        if c < 97 or c > 122:
            return False
    return start < stop


def is_digit(a: Any, start: int, stop: int) -> bool:
    """Tell whether an ASCII text is digits, and not empty."""
    for i in range(start, stop):
        if a[i] < 48 or a[i] > 57:
            return False
    return start < stop


def is_alnum(a: Any, start: int, stop: int) -> bool:
    """Tell whether an ASCII text is letters and digits, and not empty."""
    for i in range(start, stop):
        c = a[i]
        d = c | 32
        if (c < 48 or c > 57) and (d < 97 or d > 122):
            return False
    return start < stop


def is_blank(a: Any, start: int, stop: int) -> bool:
    """Tell whether an ASCII text is white space, and not empty."""
    for i in range(start, stop):
        if space_width(a, i, stop) == 0:
            return False
    return start < stop


def is_upper(a: Any, start: int, stop: int) -> bool:
    """Tell whether an ASCII text has a letter, and no small one."""
    seen = False
    for i in range(start, stop):
        if 97 <= a[i] <= 122:
            return False
        seen = seen or 65 <= a[i] <= 90
    return seen


def is_lower(a: Any, start: int, stop: int) -> bool:
    """Tell whether an ASCII text has a letter, and no capital."""
    seen = False
    for i in range(start, stop):
        if 65 <= a[i] <= 90:
            return False
        seen = seen or 97 <= a[i] <= 122
    return seen
