"""What kernels do to UTF-8 bytes, as plain functions that Numba compiles into each kernel that uses them.

A text is (buffer, start, stop). Routines that make a text write it at ``used`` in ``scratch`` and return
its end, -1 where only Python can say (`ß` in upper case), -2 where ``room`` does not suffice.
"""

from __future__ import annotations

from typing import Any

from flowcc.backend.kernels.text_characters import (
    back,
    changed,
    character_width,
    code_point,
    count_characters,
    is_final,
    skipped,
    space_width,
    write_character,
)


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


def slice_bounds(a: Any, start: int, stop: int, lower: int, upper: int) -> tuple[int, int]:
    """Return the bounds of a slice of characters with Python's meaning of negative and far indices."""
    if lower >= 0 and upper >= 0:
        first = skipped(a, start, stop, lower)
        if upper >= stop - start:
            return first, stop
        return first, skipped(a, first, stop, upper - lower)
    length = count_characters(a, start, stop)
    lower, upper = clamped(lower, length), clamped(upper, length)
    first = start + lower if length == stop - start else skipped(a, start, stop, lower)
    if upper <= lower:
        return first, first
    return first, first + (upper - lower) if length == stop - start else skipped(a, first, stop, upper - lower)


def index_bounds(a: Any, start: int, stop: int, index: int) -> tuple[int, int]:
    """Return the bounds of one character; both the same where there is none."""
    if index >= 0:
        place = skipped(a, start, stop, index)
    else:
        place = back(a, start, stop, -(index + 1))
        place = back(a, start, place, 1) if place > start else start - 1
    if place < start or place >= stop:
        return start, start
    return place, place + character_width(a, place)


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
    """Write the text in lower case; ``table`` is that of `text_tables.case_table`."""
    if used + (stop - start) > room:
        return -2
    seen = 0
    for i in range(stop - start):
        c = a[start + i]
        seen |= c
        scratch[used + i] = c | (int((c >= 65) & (c <= 90)) << 5)
    if seen >= 128:
        return change_case(a, start, stop, constants, table, scratch, used, room)
    return used + (stop - start)


def upper_text(a: Any, start: int, stop: int, constants: Any, table: int, scratch: Any, used: int, room: int) -> int:
    """Write the text in upper case; ``table`` is that of `text_tables.case_table`."""
    if used + (stop - start) > room:
        return -2
    seen = 0
    for i in range(stop - start):
        c = a[start + i]
        seen |= c
        scratch[used + i] = c & ~(int((c >= 97) & (c <= 122)) << 5)
    if seen >= 128:
        return change_case(a, start, stop, constants, table, scratch, used, room)
    return used + (stop - start)


def append_text(
    a: Any, start: int, stop: int, b: Any, begin: int, end: int, more: bool, scratch: Any, at: int, room: int
) -> int:
    """Write the first text, where ``more`` came before, and the second."""
    if at + (stop - start) + (end - begin) > room:
        return -2
    if more:
        at = copy_text(a, start, stop, scratch, at)
    return copy_text(b, begin, end, scratch, at)


def change_case(a: Any, start: int, stop: int, constants: Any, table: int, scratch: Any, used: int, room: int) -> int:
    """Write what each character of a text becomes."""
    place = start
    while place < stop:
        if used + 4 > room:
            return -2
        code = code_point(a, place)
        place += character_width(a, place)
        code = changed(constants, table, code)
        if code == 0xFFFFFE:
            final = is_final(a, start, place - 2, stop, constants, table)
            code = 0xFFFFFF if final < 0 else 0x3C3 - final
        if code == 0xFFFFFF:
            return -1
        used = write_character(code, scratch, used)
    return used


def join_texts(a: Any, start: int, stop: int, b: Any, begin: int, end: int, scratch: Any, used: int, room: int) -> int:
    """Write one text after the other."""
    if used + (stop - start) + (end - begin) > room:
        return -2
    return copy_text(b, begin, end, scratch, copy_text(a, start, stop, scratch, used))


def replace_text(
    a: Any, start: int, stop: int, old: Any, begin: int, end: int, new: Any, first: int, last: int, times: int,
    scratch: Any, used: int, room: int,
) -> int:  # fmt: skip
    """Write the text with ``old`` replaced by ``new`` so many times, everywhere where that is negative."""
    while True:
        found = -1
        if times != 0:
            found = find_text(a, start, stop, old, begin, end) if begin < end else start
        times -= 1
        piece = (found if found >= 0 else stop) - start
        if used + piece + (last - first) + 4 > room:
            return -2
        used = copy_text(a, start, start + piece, scratch, used)
        if found < 0:
            return used
        used = copy_text(new, first, last, scratch, used)
        start = found + (end - begin)
        if begin == end:
            if start == stop:
                return used
            width = character_width(a, start)
            used = copy_text(a, start, start + width, scratch, used)
            start += width


def pick_text(
    a: Any, start: int, stop: int, lower: int, upper: int, step: int, scratch: Any, used: int, room: int
) -> int:
    """Write every ``step``-th character from index ``lower`` on, up to ``upper``, as a slice does."""
    length = count_characters(a, start, stop)
    if used + (stop - start) > room:
        return -2
    if step > 0:
        lower, upper = clamped(lower, length), clamped(upper, length)
        place = skipped(a, start, stop, lower)
        while lower < upper:
            width = character_width(a, place)
            used = copy_text(a, place, place + width, scratch, used)
            lower += step
            place = skipped(a, place, stop, step)
        return used
    lower, upper = clamped_down(lower, length), clamped_down(upper, length)
    place = skipped(a, start, stop, lower)
    while lower > upper:
        used = copy_text(a, place, place + character_width(a, place), scratch, used)
        lower += step
        place = back(a, start, place, -step)
    return used


def clamped_down(index: int, length: int) -> int:
    """Return an index of a slice that goes backwards: from -1, before the first, to the last."""
    if index < 0:
        return index + length if index + length >= 0 else -1
    return index if index < length else length - 1


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


def strip_characters(a: Any, start: int, stop: int, b: Any, begin: int, end: int, sides: int) -> tuple[int, int]:
    """Return the bounds without any of some characters at the start (``sides`` & 1) and the end (``sides`` & 2)."""
    while sides & 1 and start < stop:
        width = character_width(a, start)
        if find_text(b, begin, end, a, start, start + width) < 0:
            break
        start += width
    while sides & 2 and start < stop:
        last = back(a, start, stop, 1)
        if find_text(b, begin, end, a, last, stop) < 0:
            break
        stop = last
    return start, stop


def whole_number(a: Any, start: int, stop: int) -> tuple[int, bool]:
    """Return the number that a text of at most 18 plain digits is, with spaces and a sign, and whether it is one."""
    start, stop = strip_text(a, start, stop, 3)
    minus = start < stop and a[start] == 45
    if start < stop and (a[start] == 45 or a[start] == 43):
        start += 1
    number = 0
    for i in range(start, stop):
        if a[i] < 48 or a[i] > 57:
            return 0, False
        number = number * 10 + (a[i] - 48)
        if i - start > 17:
            return 0, False
    return -number if minus else number, start < stop


def real_number(a: Any, start: int, stop: int) -> tuple[float, bool]:
    """Return the number that a text of at most 15 digits and a small exponent is, and whether it is one.

    Both such digits and such a power of ten are floats exactly, so that one operation rounds as it should (W. D.
    Clinger, How to read floating point numbers accurately, 1990).
    """
    start, stop = strip_text(a, start, stop, 3)
    minus = start < stop and a[start] == 45
    if start < stop and (a[start] == 45 or a[start] == 43):
        start += 1
    number, digits, power, place = 0, 0, 0, start
    behind_point = False
    while place < stop and ((48 <= a[place] <= 57) or (a[place] == 46 and not behind_point)):
        if a[place] == 46:
            behind_point = True
        else:
            number = number * 10 + (a[place] - 48)
            digits += 1
            power -= int(behind_point)
        if digits > 15:
            return 0.0, False
        place += 1
    if place + 1 < stop and (a[place] | 32) == 101 and stop - place < 6:
        exponent, found = whole_number(a, place + 1, stop)
        if not found or a[place + 1] <= 32 or a[place + 1] >= 128:
            return 0.0, False
        power += exponent
        place = stop
    if place != stop or digits == 0 or power < -22 or power > 22:
        return 0.0, False
    scale = 1.0
    for _ in range(abs(power)):
        scale *= 10.0
    value = number * scale if power >= 0 else number / scale
    return -value if minus else value, True
