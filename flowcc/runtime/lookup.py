"""Items by key, for element code that goes through a whole collection again and again and keeps what is equal.

Whoever asks still compares: a lookup may give more than what is equal (all items, where keys cannot be hashed), never
less, and always in order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any


class lookup:
    """``lookup(items, keys)(key)`` gives the items whose key may equal ``key``; ``keys()`` gives the key of each item.

    The first question is answered with all items; a table is made at the second.
    """

    __slots__ = ("_asked", "_items", "_keys", "_table")

    def __init__(self, items: Sequence[Any], keys: Callable[[], list[Any]]) -> None:
        self._items = items
        self._keys = keys
        self._asked = False
        self._table: dict[Any, list[Any]] | None = None

    def __call__(self, key: object) -> Sequence[Any]:
        """Return the items whose key equals ``key`` or may do so."""
        if self._table is not None:
            try:
                return self._table.get(key, ())
            except TypeError:  # it cannot be hashed
                return self._items
        if self._asked:
            self._table = self._made()
        self._asked = True
        return self._items

    def _made(self) -> dict[Any, list[Any]] | None:
        table: dict[Any, list[Any]] = {}
        try:
            for key, item in zip(self._keys(), self._items, strict=True):
                table.setdefault(key, []).append(item)
        except Exception:  # element code may raise anything; asked item by item it raises where plain Python does
            return None
        return table
