"""What one would write by hand in Numba: the loops, over arrays, wrapping integers and all."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks.data import Ints, Keyed
from benchmarks.question import Answer

Flags = NDArray[np.bool_]


def map_filter_map(xs: Ints) -> Answer:
    """One loop into an array of the greatest possible length."""

    @njit(nogil=True)
    def halved(xs: Ints) -> Ints:
        out = np.empty(len(xs), np.int64)
        kept = 0
        for x in xs:
            tripled = 3 * x + 1
            if tripled % 2 == 0:
                out[kept] = tripled // 2
                kept += 1
        return out[:kept]

    return lambda: halved(xs)


def running_state(payments: Keyed) -> Answer:
    """A hash table with open addressing, for keys of which nothing is known.

    The loop never rebinds its arrays: one function books until the table is half full, another doubles it twice.
    """

    @njit(nogil=True)
    def grown(entries: Ints, used: Flags) -> tuple[Ints, Flags]:
        wider, taken = np.empty((4 * len(used), 2), np.int64), np.zeros(4 * len(used), np.bool_)
        for old in range(len(used)):
            if used[old]:
                slot = ((entries[old, 0] * -7046029254386353131) >> 32) & (len(taken) - 1)
                while taken[slot]:
                    slot = (slot + 1) & (len(taken) - 1)
                wider[slot, 0], wider[slot, 1], taken[slot] = entries[old, 0], entries[old, 1], True
        return wider, taken

    @njit(nogil=True)
    def book(keys: Ints, values: Ints, out: Ints, at: int, entries: Ints, used: Flags, count: int) -> tuple[int, int]:
        mask, limit = len(used) - 1, len(used) // 2
        while at < len(keys):
            key = keys[at]
            slot = ((key * -7046029254386353131) >> 32) & mask
            while used[slot] and entries[slot, 0] != key:
                slot = (slot + 1) & mask
            if not used[slot]:
                if count == limit:
                    break
                entries[slot, 0], entries[slot, 1], used[slot] = key, 0, True
                count += 1
            after = entries[slot, 1] + values[at]
            if after >= 0:
                entries[slot, 1] = after
            out[at] = entries[slot, 1]
            at += 1
        return at, count

    @njit(nogil=True)
    def balances(keys: Ints, values: Ints) -> Ints:
        out = np.empty(len(keys), np.int64)
        entries, used, at, count = np.empty((1024, 2), np.int64), np.zeros(1024, np.bool_), 0, 0
        while True:
            at, count = book(keys, values, out, at, entries, used, count)
            if at == len(keys):
                return out
            entries, used = grown(entries, used)

    return lambda: balances(payments.key, payments.value)


def running_state_dense(payments: Keyed) -> Answer:
    """An array indexed by the key, for who knows that keys are 0, 1, 2 and so on."""

    @njit(nogil=True)
    def balances(keys: Ints, values: Ints, length: int) -> Ints:
        states = np.zeros(length, np.int64)
        out = np.empty(len(keys), np.int64)
        for at in range(len(keys)):
            after = states[keys[at]] + values[at]
            if after >= 0:
                states[keys[at]] = after
            out[at] = states[keys[at]]
        return out

    length = int(payments.key.max()) + 1
    return lambda: balances(payments.key, payments.value, length)
