"""What can be wrong with arguments: F520 to F529."""

from __future__ import annotations

from flowcc.diagnostics import Diagnostic, FlowError


def not_iterable(name: str, value: object) -> FlowError:
    """F520: an argument for a collection that cannot be iterated over."""
    kind = type(value).__name__
    return FlowError(
        [
            Diagnostic(
                code="F520",
                title=f"`{name}` is to be a collection, and `{kind}` cannot be iterated over",
                subject=f"argument `{name}`",
                help="pass a list, an iterator, an array or table, or a source such as text(path)",
            )
        ]
    )


def key_not_shared(key: object) -> FlowError:
    """F521: a key whose type has no hash that is the same in every process, so that no member could own it."""
    kind = type(key).__qualname__
    return FlowError(
        [
            Diagnostic(
                code="F521",
                title=f"a key of type `{kind}` cannot say which member owns it: its hash differs between processes",
                help="let `by` give numbers, strings, tuples, enums or frozen dataclasses",
            )
        ]
    )


def column_not_given(name: str, column: str, row: str, found: int) -> FlowError:
    """F522: a table in which the field of a declared row is missing, or stands ``found`` times."""
    what = f"{found} columns `{column}`" if found else f"no column `{column}`"
    return FlowError(
        [
            Diagnostic(
                code="F522",
                title=f"the table for `{name}` has {what}, and `{row}` has one",
                subject=f"argument `{name}`",
                help=f"name the column as the field, or give `{column}` a default in {row}",
            )
        ]
    )
