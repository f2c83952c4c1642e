"""The loops that find which member owns each key: what `partition.owner` gives, for columns.

They are compiled like those of `numbering`; a column's owners are the same in every process and for keys in Python.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

Int64s: TypeAlias = Any
Bytes: TypeAlias = Any

whole: Any = np.int64  # a number of C, of which Numba makes its own
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
HALF = np.uint64(32)
NUMBER = np.uint64(0xFFFFFFFF)
BYTE = np.uint64(0xFF)
PRIME = np.uint64(2**61 - 1)  # of which Python's hash of a whole number is the remainder
TEXT = np.uint64(1 << 32)


def own_texts(count: int, members: int, offsets: Int64s, data: Bytes, crcs: Int64s, owners: Int64s) -> int:
    """Find the member that owns each text, of so many; ``crcs`` are the CRC-32 of each byte."""
    for i in range(count):
        crc = NUMBER
        for at in range(offsets[i], offsets[i + 1]):
            crc = np.uint64(crcs[whole((crc ^ np.uint64(data[at])) & BYTE)]) ^ (crc >> np.uint64(8))
        owners[i] = owner_of(TEXT | (crc ^ NUMBER), members)
    return count


def own_ints(count: int, members: int, keys: Int64s, owners: Int64s) -> int:
    """Find the member that owns each whole number, of so many."""
    for i in range(count):
        key = keys[i]
        if key >= 0:
            hashed = np.uint64(key) % PRIME
        else:
            hashed = (np.uint64(0) - np.uint64(key)) % PRIME
            if hashed == np.uint64(1):  # -1 is no hash
                hashed = np.uint64(2)
            hashed = np.uint64(0) - hashed
        owners[i] = owner_of(hashed, members)
    return count


def owner_of(hashed: Any, members: int) -> Any:
    """Return the upper 64 bits of the well-mixed hash times ``members``."""
    bits = hashed * GOLDEN
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    among = np.uint64(members)
    return whole(((bits >> HALF) * among + (((bits & NUMBER) * among) >> HALF)) >> HALF)
