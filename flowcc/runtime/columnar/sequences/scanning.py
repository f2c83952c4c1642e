"""Running states over columns: `scan`, by key or not, and `accumulate`, by compiled loops over arrays of states."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from flowcc.runtime.batches import Batch, rows
from flowcc.runtime.columnar.fields import column_of
from flowcc.runtime.columnar.groups.any_keys import AnyKeys
from flowcc.runtime.columnar.groups.keys import NUMBERING, Keys, chunks, keys_of, with_room
from flowcc.runtime.columnar.order.ordering import routines_for
from flowcc.runtime.columnar.step import OverColumns, P
from flowcc.runtime.columns import Buffer, Columns, columns_of, concat
from flowcc.runtime.operators.scan import Accumulate, Scan
from flowcc.runtime.schema import Schema


class Running(Protocol):
    """A compiled loop of a step with a state."""

    held: Schema
    marks: bool
    describe: Mapping[str, object]

    def states(self, size: int, first: object) -> list[Buffer]:
        """Return the marks of new groups, where they are told apart, and buffers for states that begin as ``first``."""

    def holds(self) -> bool:
        """Tell whether all that the step reads from outside is what it was."""

    def __call__(self, columns: Columns, groups: Sequence[Buffer], states: Sequence[Buffer]) -> tuple[int, Columns]:
        """Return how many items were done, and their results."""


class _OverStates(OverColumns[P]):
    """What runs a step with a state: it goes as far as the loop can, and Python goes on from that item."""

    running: Running
    states: list[Buffer]

    def needed(self, schema: Schema) -> Sequence[Callable[..., int]] | None:
        """Return nothing: which routines are needed only the keys tell."""
        return ()

    def found(self, step: Callable[..., Any], schema: Schema, first: object, keyed: bool, pairs: bool) -> bool:
        """Look for the loop; whether there is one by now."""
        jit = self.node.stage.jit
        assert jit is not None
        running = jit.running(step, schema, first, keyed, pairs, self._seconds)
        if isinstance(running, str):
            self.leave(running)
        elif running is None:
            self._record["why"] = "not hot yet"
        else:
            self.running = running
            self._record |= running.describe
            return True
        return False

    def ran(self, columns: Columns, groups: Sequence[Buffer]) -> Batch | None:
        """Return the results of a batch, the last ones by Python from the first item on that is not the loop's."""
        self._record["runs"] = "numba"
        self._record.pop("why", None)
        done, results = self.running(columns, groups, self.states) if self.running.holds() else (0, None)
        if done == len(columns):
            return results
        self.leave("an item that Python does")
        rest = self.plain.take(columns[done:])
        return rest if not results else [*results.rows(), *rows(rest or [])]

    def held(self, groups: int) -> Columns:
        """Return the states of the first groups."""
        buffers = self.states[1:] if self.running.marks else self.states
        return Columns(self.running.held, tuple(buffer[:groups] for buffer in buffers), groups)

    def hold(self, groups: Buffer, states: Columns) -> None:
        """Put states into the places of groups."""
        if self.running.marks:
            self.states[0][groups] = False
        for buffer, values in zip(self.states[self.running.marks :], states.buffers, strict=True):
            buffer[groups] = values

    def is_new(self, group: int) -> bool:
        """Tell whether nothing came to a group so far, where that is told apart."""
        return bool(self.running.marks and self.states[0][group])


class ScanOverColumns(_OverStates[Scan]):
    """`scan` of columns: a state in arrays for each key, or one."""

    keys: Keys | AnyKeys | None = None
    _kind: Schema  # of the keys

    def begin(self, columns: Columns, library: object) -> bool:
        """Take Python's states over."""
        plain = self.plain
        if not self.found(plain.step, columns.schema, plain.init, plain.by is not None, pairs=True):
            return False
        if plain.by is None:
            taken = self._take_over([0], [plain.states.get(None, plain.init)])
        else:
            named = self._named(columns)
            if self._over or named is None or not self._number_by(named.schema):
                return False
            taken = self._take_over_keys(named.schema)
        if not taken:
            self.leave("Python holds other states")
        return taken

    def _number_by(self, schema: Schema) -> bool:
        """Make the numbering of keys, if its routines are there."""
        plain, jit = NUMBERING.get(schema), self.node.stage.jit
        needed = routines_for(schema) if plain is None else plain
        assert jit is not None
        found = jit.routines(needed, self._seconds)
        if found is not None:
            self._kind = schema
            library = dict(zip(needed, found, strict=True))
            self.keys = AnyKeys(schema, library) if plain is None else keys_of(schema, library)
        return found is not None

    def _take_over_keys(self, schema: Schema) -> bool:
        assert self.keys is not None
        held = self.plain.states
        keys = columns_of(list(held), schema)
        groups = None if keys is None else self._groups(keys)
        return groups is not None and self._take_over(groups, list(held.values()))

    def _groups(self, keys: Columns) -> Buffer | None:
        """Return the group of each key; None where only Python compares them."""
        assert self.keys is not None
        numbers = [self.keys.number(part) for (part,) in chunks(keys)]
        found = [each for each in numbers if each is not None]
        return np.concatenate(found) if len(found) == len(numbers) else None

    def _take_over(self, groups: Sequence[int] | Buffer, states: list[Any]) -> bool:
        self.states = self.running.states(len(groups), self.plain.init)
        if self.keys is None and states[0] is self.plain.init:
            return True
        columns = columns_of(states, self.running.held)
        if columns is not None:
            self.hold(np.asarray(groups, np.int64), columns)
        return columns is not None

    def _named(self, columns: Columns) -> Columns | None:
        """Return the keys of items as columns; None, having left, where they have none."""
        named = column_of(self.node, self.plain.by, columns)
        if named is None:
            self.leave("keys without columns")
        return named

    def add(self, columns: Columns) -> Batch | None:
        """Give the results of a batch."""
        if self.keys is None:
            return self.ran(columns, ())
        named = self._named(columns)
        if named is None or named.schema != self._kind:
            self.leave("keys of another type")
            return self.plain.take(columns)
        groups = self._groups(named)
        if groups is None:
            self.leave("keys that only Python compares")
            return self.plain.take(columns)
        self._make_room(self.keys.known)
        return self.ran(columns, (groups,))

    def _make_room(self, groups: int) -> None:
        if len(self.states[0]) < groups:
            blank = self.running.states(1, self.plain.init)
            pairs = zip(self.states, blank, strict=True)
            self.states = [with_room(buffer, groups, value[0]) for buffer, value in pairs]

    def hand_over(self) -> None:
        """Give Python the states."""
        if self.keys is None:
            if not self.is_new(0):
                (self.plain.states[None],) = self.held(1).rows()
            return
        known = self.keys.known
        self._make_room(known)
        states = zip(self.keys.columns().rows(), self.held(known).rows(), strict=True)
        if self.running.marks:
            new = self.states[0].tolist()
            self.plain.states.update(pair for pair, fresh in zip(states, new, strict=False) if not fresh)
        else:
            self.plain.states.update(states)


class AccumulateOverColumns(_OverStates[Accumulate]):
    """`accumulate` of columns."""

    def take(self, batch: Batch) -> Batch | None:
        """Take a batch; Python takes the very first item, before which there is nothing to hold."""
        if not batch and self.schema is None:
            return self.plain.take(batch)
        if (self.plain.begun and self.plain.held) or not batch:
            return super().take(batch)
        first, rest = self.plain.take(rows(batch[:1])), super().take(batch[1:])
        columns = columns_of(rows(first), rest.schema) if isinstance(rest, Columns) else None
        if columns is not None and isinstance(rest, Columns):
            return concat([columns, rest])
        return [*rows(first), *rows(rest or [])]

    def begin(self, columns: Columns, library: object) -> bool:
        """Take over what Python holds."""
        plain = self.plain
        first = _blank(plain.held[0])
        step = OPERATORS.get(plain.function, plain.function)
        state = columns_of([plain.held[0]])
        if self.found(step, columns.schema, first, keyed=False, pairs=False) and state is not None:
            if state.schema == self.running.held:
                self.states = self.running.states(1, first)
                self.hold(np.zeros(1, np.int64), state)
                return True
            self.leave("Python holds another state")
        return False

    def add(self, columns: Columns) -> Batch | None:
        """Give the results of a batch."""
        return self.ran(columns, ())

    def hand_over(self) -> None:
        """Give Python the state."""
        self.plain.held = tuple(self.held(1).rows())


def _add(state, item):  # type: ignore[no-untyped-def]
    return state + item


def _multiply(state, item):  # type: ignore[no-untyped-def]
    return state * item


def _most(state, item):  # type: ignore[no-untyped-def]
    return max(state, item)


def _least(state, item):  # type: ignore[no-untyped-def]
    return min(state, item)


OPERATORS: Mapping[Any, Any] = {None: _add, operator.add: _add, operator.mul: _multiply, max: _most, min: _least}


def _blank(value: Any) -> Any:
    """Return a value of the same type, the same one for all where that is simple."""
    return type(value)() if type(value) in (int, float, bool) else value
