"""The loops of sorting, which Numba compiles as C (see `numbering`)."""

from __future__ import annotations

from flowcc.runtime.columnar.routines.numbering import Bytes, Int64s


def pack_texts(count: int, skip: int, which: Int64s, offsets: Int64s, data: Bytes, words: Int64s) -> int:
    """Put eight bytes of each text behind the first ``skip`` into a word, the first one highest; zeros for none."""
    for i in range(count):
        start, stop = offsets[which[i]] + skip, offsets[which[i] + 1]
        word = 0
        for j in range(8):
            word <<= 8
            if start + j < stop:
                word |= data[start + j]
        words[i] = word
    return count
