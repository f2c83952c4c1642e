"""Collections as annotations. To a type checker they are what plain Python hands around: lists and values.

A result so annotated is a list, or where columns came in a read-only sequence over columns that reads as the list does;
one annotated ``list`` is always a list.

At run time ``Stream[str, Reader]`` is a small record of its arguments, which the frontend reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import TypeAliasType, TypeVar

    from flowcc.places import Here, Place

    _T = TypeVar("_T")
    _P = TypeVar("_P", bound=Place, default=Here)

    Stream = TypeAliasType("Stream", list[_T], type_params=(_T, _P))
    Batch = TypeAliasType("Batch", list[_T], type_params=(_T, _P))
    Bag = TypeAliasType("Bag", list[_T], type_params=(_T, _P))
    Live = TypeAliasType("Live", _T, type_params=(_T, _P))

else:
    import types

    class _Collection:
        """``Stream[T]`` and ``Stream[T, P]`` keep their arguments, as ``list[T]`` does."""

        def __class_getitem__(cls, arguments: Any) -> types.GenericAlias:
            return types.GenericAlias(cls, arguments)

    class Stream(_Collection):
        """Items in an order; may never end. Plain Python: a ``list``."""

    class Batch(_Collection):
        """Items in an order; ends. Plain Python: a ``list``."""

    class Bag(_Collection):
        """Items in no order; ends if its inputs do. Plain Python: a ``list`` compared without order."""

    class Live(_Collection):
        """One value that is revised as input arrives. Plain Python: the value."""
