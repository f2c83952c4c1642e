"""Items by key, for element code that goes through a whole collection again and again and keeps what is equal.

Whoever asks still compares: a look-up may give more than what is equal (all items, where keys cannot be hashed), never
less, and always in order. The first question is answered the plain way; a table is made at the second.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any


class _Table(dict[Any, list[Any]]):
    """Key → items; what is not there has none."""

    def __missing__(self, key: Any) -> Sequence[Any]:
        return ()


class lookup:
    """``lookup(items, keys)(key)`` gives the items whose key may equal ``key``; ``keys()`` gives the keys of all."""

    __slots__ = ("_keys", "_questions", "_table", "items")

    def __init__(self, items: Sequence[Any], keys: Callable[[], list[Any]]) -> None:
        self.items = items
        self._keys = keys
        self._questions = 0
        self._table: _Table | None = None

    @property
    def quick(self) -> Callable[[Any], Sequence[Any]]:
        """The same for keys that can be hashed, in half the time once there is a table; others raise."""
        return self if self._table is None else self._table.__getitem__

    def __call__(self, key: object) -> Sequence[Any]:
        """Return the items whose key equals ``key`` or may do so."""
        if self._table is None and self._questions < 2:
            self._questions += 1
            if self._questions >= 2:  # several threads may ask at once, and each make it
                self.make()
        if self._table is None:
            return self.items
        try:
            return self._table.get(key, ())
        except Exception:  # a key of the user's own may raise anything when it is hashed
            return self.items

    def make(self) -> None:
        """Make the table, where all keys can be had and hashed."""
        table = _Table()
        try:
            for key, item in zip(self._keys(), self.items, strict=True):
                table.setdefault(key, []).append(item)
        except Exception:  # element code may raise anything; asked item by item it raises where plain Python does
            return
        self._table = table


class members:
    """``item in members(items)`` is ``item in items``, by hash where all can be hashed."""

    __slots__ = ("_known", "_questions", "items")

    def __init__(self, items: Sequence[Any]) -> None:
        self.items = items
        self._questions = 0
        self._known: frozenset[Any] | None = None

    def __len__(self) -> int:
        return len(self.items)

    def __contains__(self, item: object) -> bool:
        if self._known is None:
            self._questions += 1
            if self._questions == 2:
                self._known = self._made()
        if self._known is None:
            return item in self.items
        try:
            return item in self._known
        except Exception:  # an item of the user's own may raise anything when it is hashed
            return item in self.items

    def _made(self) -> frozenset[Any] | None:
        try:
            for item in self.items:
                bool(item == item)  # raises where comparing raises, as for what is missing in pandas
            return frozenset(self.items)
        except Exception:  # an item of the user's own may raise anything when it is hashed
            return None


class made_once:
    """``item in made_once(make)`` is ``item in make()`` of a set or a list, which is made at the first question."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Collection[Any]]) -> None:
        self._make = make
        self._made: set[Any] | members | None = None

    def __len__(self) -> int:
        return len(self._held())

    @property
    def items(self) -> Collection[Any]:
        """What is made, which raises whenever making it does."""
        held = self._held()
        return held.items if isinstance(held, members) else held

    def __contains__(self, item: object) -> bool:
        return item in self._held()

    def _held(self) -> set[Any] | members:
        if self._made is None:
            made = self._make()
            self._made = made if isinstance(made, set) else members(list(made))
        return self._made
