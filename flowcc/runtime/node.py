"""Nodes: the operators of a stage as a graph that batches are pushed through.

A node that gives something puts it on the stage's stack instead of calling its readers, so that graphs may be deep.
A node reads on numbered ports. Port 0 is its stream; the others are sides, which it reads whole before it takes the
first batch. What a node does with batches is its step; nodes know of ports, sides, ends, and of not being wanted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from flowcc.operators import dict_of
from flowcc.runtime.batches import WHOLE, Batch, Folded, rows, slices
from flowcc.runtime.failures import Site, Where
from flowcc.runtime.narrow import narrow

if TYPE_CHECKING:
    from flowcc.runtime.jit import Jit
    from flowcc.runtime.outlet import Outlet
    from flowcc.runtime.parallel import Parallel

# Element code is measured, and compiled once it is hot, between batches; frames are bounded; the rest is as quick on
# one long list, and need not put it together again.
CUTTING = frozenset({"each", "send", "scan"})
WITHOUT_CODE = frozenset("slice enumerate pairwise batched".split())  # no item can make these fail
IN_PYTHON = (list, Folded)  # the types of batches that Python steps take as they are
ITEMS, ENTRIES, VALUE = "items", "entries", "value"


@dataclass(frozen=True, slots=True)
class Failure:
    """What follows the last item that could be made: an exception, for who asks for the next."""

    error: Exception


class Host(Where, Protocol):
    """The stage of a node, as nodes know it: what they give is handed on there, what they need is had from there."""

    jit: Jit | None
    outlet: Outlet
    parallel: Parallel
    given: list[tuple[Node, int, Batch | Failure | None]]
    columns: dict[int, tuple[list[Any], Batch, int]]
    starters: list[Callable[[], None]]
    running: bool
    unfinished: int

    def run(self) -> None:
        """Hand on what has been given."""

    def over_columns(self, node: Node, step: Step) -> Step:
        """Return a step that goes on from ``step`` over columns, or that step itself."""


class Node(Site):
    """What reads and gives batches. Every node gives its end once; nothing follows it."""

    __slots__ = ("ceased", "inputs", "lazy", "readers", "shape", "unwanted")
    stage: Host

    def __init__(self, stage: Host, operator: str, at: int, shape: str, inputs: Sequence[Node] = ()) -> None:
        self.stage = stage
        self.operator = operator
        self.at = at
        self.shape = shape
        self.inputs = inputs
        self.readers: list[tuple[Node, int]] = []
        self.unwanted = 0  # readers that want no more
        self.ceased = False  # whether this node told its inputs so
        self.lazy = False  # whether an item that fails is told to the readers, which may not come to it
        for port, node in enumerate(inputs):
            node.readers.append((self, port))

    def push(self, port: int, batch: Batch) -> None:
        """Take a batch that the input at ``port`` gives."""
        raise AssertionError(f"{self.operator} reads nothing")

    def end(self, port: int) -> None:
        """Take note that the input at ``port`` has ended."""
        raise AssertionError(f"{self.operator} reads nothing")

    def failed(self, port: int, failure: Failure) -> None:
        """Take note that the input at ``port`` has given all items before one that failed."""
        raise failure.error

    def emit(self, batch: Batch) -> None:
        """Give a batch to every reader."""
        stage = self.stage
        put = stage.given.append
        for reader, port in self.readers:
            put((reader, port, batch))
        if not stage.running:
            stage.run()

    def emit_all(self, batch: Batch) -> None:
        """Give a batch of any length, cut where a reader is better off with short ones."""
        if len(batch) <= WHOLE or not any(reader.operator in CUTTING for reader, _ in self.readers):
            self.emit(batch)
            return
        for part in slices(batch):
            self.emit(part)

    def finish(self) -> None:
        """Tell every reader that nothing follows."""
        stage = self.stage
        put = stage.given.append
        for reader, port in self.readers:
            put((reader, port, None))
        if not stage.running:
            stage.run()

    def fail_at_end(self, failure: Failure) -> None:
        """Tell every reader that the next item failed."""
        self.stage.given += [(reader, port, failure) for reader, port in self.readers]
        if not self.stage.running:
            self.stage.run()

    @property
    def may_stop(self) -> bool:
        """Whether items need not be looked at that no reader wants; else one of them may fail."""
        return True

    def cease(self) -> None:
        """Tell the inputs that this node wants no more, so that an endless source can stop being read."""
        ceasing: list[Node] = [self]
        while ceasing:
            done = ceasing.pop()
            if done.ceased:  # by itself before, or by another way through the graph
                continue
            done.ceased = True
            for node in done.inputs:
                node.unwanted += 1
                if not node.wanted and node.may_stop:
                    ceasing.append(node)

    @property
    def wanted(self) -> bool:
        """Whether any reader still wants more."""
        return self.unwanted < len(self.readers)


class Source(Node):
    """What is handed in from outside: an argument, of whose records ``only`` is read; items known beforehand."""

    __slots__ = ("ended", "only")

    def __init__(self, stage: Host, operator: str, at: int, only: tuple[str, ...] | None = None) -> None:
        super().__init__(stage, operator, at, ITEMS)
        self.ended = False
        self.only = only

    def emit(self, batch: Batch) -> None:
        """Give a batch to every reader; columns of records without the fields that none reads."""
        super().emit(batch if self.only is None or type(batch) is list else narrow(batch, self.only))

    def finish(self) -> None:
        """Tell every reader that nothing follows."""
        self.ended = True
        super().finish()


class Step:
    """What an operator does with the batches of its stream; one is made for each node, once the sides are known."""

    __slots__ = ()
    done = False  # whether what follows cannot change the result any more
    has_columns = False  # whether there may be a step that does the same over columns
    takes_folded = ""  # the fold of its items that it is content with, as a `Folded`

    def take(self, batch: Batch) -> Batch | None:
        """Take the next batch and return what can be given for it already."""
        raise AssertionError("a step takes batches")

    def before_failure(self, batch: Batch) -> list[Any]:
        """Return what can be given for the items of a batch before the one that fails; of a step that goes on."""
        made: list[Any] = []
        try:
            for item in rows(batch):
                given = self.take([item])
                made += [] if given is None else rows(given)
        except Exception:  # element code may raise anything
            return made
        return made

    def close(self) -> Batch | None:
        """Return what is left to give when the stream has ended."""
        return None


def whole(shape: str, batches: list[Batch]) -> Any:
    """Return what a wire gave, as element code reads it: the value, the dict, or the list of all items."""
    if shape == VALUE:
        return rows(batches[0])[0]
    if len(batches) == 1:
        items = rows(batches[0])
    else:
        items = []
        for batch in batches:
            items += rows(batch)
    return items if shape == ITEMS else dict_of(items)


class Transform(Node):
    """One stream in, one out, through the step that ``make(node, *values of the sides)`` gives."""

    __slots__ = ("_ended", "_held", "_make", "_over", "_sides", "_step", "_unread", "_waiting")

    def __init__(
        self, stage: Host, operator: str, at: int, shape: str, inputs: Sequence[Node], make: Callable[..., Step],
        unread: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(stage, operator, at, shape, inputs)
        self._ended = self._over = False
        self._waiting = len(inputs) - 1
        self._step: Step | None = None
        if self._waiting:
            self._unread = unread  # sides that the step gets in batches, as they arrived
            self._make = make
            self._held: list[Batch | Failure] = []
            self._sides: list[list[Batch]] = [[] for _ in range(self._waiting)]
        else:
            self._step = self.call(make, self)

    def push(self, port: int, batch: Batch) -> None:
        """Run the stream's batches through the step, as soon as the sides are whole."""
        if port:
            self._sides[port - 1].append(batch)
        elif self._step is None:
            self._held.append(batch)
        else:
            self._take(self._step, batch)

    def end(self, port: int) -> None:
        """Begin when the last side has ended, finish when the stream has as well."""
        if port:
            self._waiting -= 1
            if not self._waiting:
                self._begin()
        elif self._step is None:
            self._ended = True
        else:
            self._finish(self._step)

    def failed(self, port: int, failure: Failure) -> None:
        """Pass on that an item failed, where this node is lazy and still asks for it."""
        if port == 0 and self._step is None:
            self._held.append(failure)
        elif self._step is not None and self._step.done:
            self._finish(self._step)
        elif port or not (self.lazy or self._over):
            raise failure.error
        elif not self._over:
            self._over = True
            self.fail_at_end(failure)

    @property
    def may_stop(self) -> bool:
        """Whether items need not be looked at that no reader wants."""
        return self.lazy or self.operator in WITHOUT_CODE

    @property
    def arrived(self) -> list[Batch] | None:
        """The whole stream, where it ended before its sides did."""
        held = self._held if self._waiting == 0 and self._ended and self._step is None else None
        return held  # type: ignore[return-value]  # a failure is not followed by an end

    def _begin(self) -> None:
        unread, sides = self._unread, self._sides
        read = [whole(node.shape, held) for node, held in zip(self.inputs[1 + unread :], sides[unread:], strict=True)]
        self._step = self.call(self._make, self, *sides[:unread], *read)
        self._sides = []
        self.stage.given += [(self, 0, batch) for batch in self._held]  # and then what follows
        self._held.clear()
        if self._ended:
            self.stage.given.append((self, 0, None))

    def _take(self, step: Step, batch: Batch) -> None:
        if self._over:
            return
        if step.has_columns and type(batch) not in IN_PYTHON and self.stage.jit is not None and not self.lazy:
            step = self._step = self.stage.over_columns(self, step)
        before = copy(step) if self.lazy else step
        try:
            given = step.take(batch)
        except Exception as error:  # element code may raise anything
            if not self.lazy:
                raise
            self._over = True
            made = before.before_failure(batch)
            if made:
                self.emit(made)
            self.fail_at_end(Failure(error))
            return
        if given:
            self.emit(given)
        if step.done:
            self._finish(step)
            self.cease()

    def _finish(self, step: Step) -> None:
        if self._over:
            return
        self._over = True
        given = step.close()
        if given:
            self.emit_all(given)
        self.finish()


class Whole(Node):
    """Any number of inputs, all read whole; ``function`` of their values gives the only batch."""

    __slots__ = ("_function", "_held", "_waiting")

    def __init__(
        self, stage: Host, operator: str, at: int, shape: str, inputs: Sequence[Node], function: Callable[..., Batch]
    ) -> None:
        super().__init__(stage, operator, at, shape, inputs)
        self._function = function
        self._waiting = len(inputs)
        self._held: list[list[Batch]] = [[] for _ in inputs]
        if not inputs:
            stage.starters.append(self._finish)

    def push(self, port: int, batch: Batch) -> None:
        """Keep the batch."""
        self._held[port].append(batch)

    def end(self, port: int) -> None:
        """Give the result once all inputs have ended."""
        self._waiting -= 1
        if not self._waiting:
            self._finish()

    def _finish(self) -> None:
        held, self._held = self._held, []
        given = self.make(held)
        if given:
            self.emit_all(given)
        self.finish()

    def make(self, held: list[list[Batch]]) -> Batch:
        """Return the only batch, from what each input gave."""
        values = [whole(node.shape, batches) for node, batches in zip(self.inputs, held, strict=True)]
        made: Batch = self.call(self._function, *values)
        return made


class Collector(Node):
    """What a result gathers: ``value()`` once its input has ended."""

    __slots__ = ("_batches", "ended")

    def __init__(self, stage: Host, at: int, wire: Node) -> None:
        super().__init__(stage, "result", at, wire.shape, (wire,))
        self._batches: list[Batch] = []
        self.ended = False

    def push(self, port: int, batch: Batch) -> None:
        """Keep the batch."""
        self._batches.append(batch)

    def end(self, port: int) -> None:
        """Take note that the result is complete."""
        self.ended = True
        self.stage.unfinished -= 1

    def value(self) -> Any:
        """Return the result as a plain value."""
        return whole(self.shape, self._batches)

    @property
    def batches(self) -> list[Batch]:
        """What has arrived, as it arrived."""
        return self._batches
