"""What characters are and become, from the running Python's own Unicode data, as bytes that kernels read.

A table of a property is 1024 numbers of blocks, of 256 characters each, and the blocks, a bit for each character; it
ends at U+3FFFF, and Python is asked beyond. A table of cases is a byte for each ASCII character, of which kind it is
to a sigma beside it; 2048 numbers of blocks, of 64 characters each, 0 where none changes; and the blocks from number 1
on, three bytes for each character: what it becomes, or `OTHERWISE` where it becomes several, or `AS_BESIDE` where that
depends on its neighbours, as of the capital sigma in lower case.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

OTHERWISE, AS_BESIDE = 0xFFFFFF, 0xFFFFFE
PASSED_OVER, CASED, NEITHER = 2, 1, 0  # by who looks for the letter beside a sigma
PROPERTIES_END, CASES_END = 0x40000, 0x20000


@cache
def property_table(holds: Callable[[str], bool]) -> bytes:
    """Return for which characters ``holds`` is true, such as `str.isalpha`."""
    bits = np.fromiter(map(holds, _characters(PROPERTIES_END)), np.bool_, PROPERTIES_END)
    blocks, numbers = np.unique(np.packbits(bits, bitorder="little").reshape(-1, 32), axis=0, return_inverse=True)
    assert len(blocks) <= 256
    return numbers.astype(np.uint8).tobytes() + blocks.tobytes()


@cache
def case_table(change: Callable[[str], str]) -> bytes | None:
    """Return what characters become by `str.lower` or `str.upper`; None where those past the table change as well."""
    beyond = _characters(0x110000)[CASES_END:]
    if change(beyond) != beyond:
        return None
    text, numbers, blocks = _characters(CASES_END), bytearray(), list[bytes]()
    for start in range(0, CASES_END, 64):
        piece = text[start : start + 64]
        if change(piece) != piece:
            blocks.append(b"".join(_form(character, change).to_bytes(3, "little") for character in piece))
        numbers.append(len(blocks) if change(piece) != piece else 0)
    return bytes(_beside_sigma(chr(code)) for code in range(128)) + bytes(numbers) + b"".join(blocks)


def _form(character: str, change: Callable[[str], str]) -> int:
    """Return what a character becomes; who finds that it changes takes it for a letter that has case."""
    form = change(character)
    if change("A" + character) != change("A") + form:
        return AS_BESIDE if change("A" + character) == "a\u03c2" else OTHERWISE
    return ord(form) if len(form) == 1 and (form == character or _beside_sigma(character) == CASED) else OTHERWISE


def _beside_sigma(character: str) -> int:
    """Return what a character before a capital sigma makes of it, which is final behind a letter that has case."""
    if f"{character}\u03a3".lower()[-1] == "\u03c2":
        return CASED
    return PASSED_OVER if f"A{character}\u03a3".lower()[-1] == "\u03c2" else NEITHER


@cache
def _characters(end: int) -> str:
    return np.arange(end, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
