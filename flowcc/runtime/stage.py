"""A stage: the operators of one place as a graph, wired up by a generated module and driven from outside.

The wiring calls are the methods from `source` to `result`, one an operator, each with the line of the flow that it
came from. Whoever drives the stage then calls `start`, pushes into `sources` and `receivers`, and reads `outcome`
when it has `finished`; what leaves goes to the `outlet`. All of it happens in one thread but what `parallel` runs.

With sides, every argument that is code is a function of the sides' values that gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowcc.operators import fixpoint
from flowcc.runtime.batches import Batch
from flowcc.runtime.ends import MergingReceiver, OrderedReceiver, Receiver, Send, union
from flowcc.runtime.failures import OnError
from flowcc.runtime.jit import Jit
from flowcc.runtime.node import ENTRIES, ITEMS, VALUE, Collector, Failure, Node, Source, Step, Transform, Whole
from flowcc.runtime.operators.by_key import Indexing
from flowcc.runtime.operators.each import Kernel, Lazily, each_of, keys_of, values_of
from flowcc.runtime.operators.fixpoint import Growing, grow_until_still
from flowcc.runtime.operators.group import Group, GroupFold, GroupUntil, Spec
from flowcc.runtime.operators.make_fold import make_fold
from flowcc.runtime.operators.order import make_slice, make_sort
from flowcc.runtime.operators.scan import make_scan
from flowcc.runtime.operators.several import Chain, Merge, MergeSorted, Zip
from flowcc.runtime.operators.window import make_window
from flowcc.runtime.outlet import Outlet
from flowcc.runtime.parallel import Parallel
from flowcc.runtime.sides import Entries

Function = Callable[..., Any]


class Stage:
    """The graph of one member of one place."""

    __slots__ = (
        "_literals", "columns", "filename", "flow", "given", "jit", "many", "member", "members", "on_error", "outlet",
        "parallel", "place", "receivers", "results", "running", "sends", "shapes", "skipped", "sources", "starters",
        "unfinished",
    )  # fmt: skip

    def __init__(
        self,
        *,
        flow: str,
        filename: str,
        place: str = "Here",
        member: int = 0,
        members: Mapping[str, int] | None = None,
        on_error: OnError = "raise",
        jit: Jit | None = None,
        outlet: Outlet | None = None,
        shapes: Mapping[str, str] | None = None,
    ) -> None:
        self.flow = flow
        self.filename = filename
        self.place = place
        self.member = member
        self.members = members or {}
        self.on_error = on_error
        self.jit = jit
        if outlet is not None:
            self.outlet = outlet
        self.shapes = shapes or {}  # of the channels that arrive
        self.sources: dict[str, Source] = {}
        self.receivers: dict[str, Receiver] = {}
        self.sends: dict[str, Node] = {}
        self.results: list[Collector] = []
        self.many = False
        self.skipped: dict[int, int] = {}  # line → items left out there
        self.starters: list[Callable[[], None]] = []  # what gives something before anything arrives
        self.given: list[tuple[Node, int, Batch | Failure | None]] = []  # by the node at work: to whom, what or the end
        self.running = False
        self.unfinished = 0  # results and sends that have not ended
        self.parallel = Parallel()
        self.columns: dict[int, tuple[list[Any], Batch, int]] = {}  # by the ids of lists: who is still to read them so

    @property
    def finished(self) -> bool:
        """Whether all results are complete and everything has been sent."""
        return self.unfinished == 0

    def run(self) -> None:
        """Hand what has been given to its readers, and what they give to theirs, each before anything later."""
        self.running = True
        stack: list[tuple[Node, int, Batch | Failure | None]] = []
        given = self.given
        try:
            while True:
                if given:
                    given.reverse()
                    stack += given
                    given.clear()
                elif not stack:
                    return
                node, port, batch = stack.pop()
                if batch is None:
                    node.end(port)
                elif isinstance(batch, Failure):
                    node.failed(port, batch)
                else:
                    node.push(port, batch)
        finally:
            given.clear()
            self.running = False

    def over_columns(self, node: Node, step: Step) -> Step:
        """Return a step that goes on from ``step`` over columns, or that step itself."""
        from flowcc.runtime.columnar.choose import over_columns  # NumPy, which is here when columns are

        return over_columns(node, step)

    def start(self) -> None:
        """Give what needs no input; to be called once, after the wiring."""
        for starter in self.starters:
            starter()

    def outcome(self) -> Any:
        """Return the result, or the tuple of all, as plain values; after the end."""
        if self.many:
            return tuple(result.value() for result in self.results)
        return self.results[0].value()

    def source(self, name: str, *, only: tuple[str, ...] | None = None, at: int) -> Source:
        """Return the wire of the parameter ``name``; of its records, only these fields are read."""
        node = self.sources[name] = Source(self, "source", at, only)
        return node

    def literal(self, items: Sequence[Any], *, at: int) -> Node:
        """Return a wire of items known when the flow was compiled."""
        node = Source(self, "literal", at)

        def give() -> None:
            node.emit_all(items if isinstance(items, list) else list(items))
            node.finish()

        self.starters.append(give)
        return node

    def each(self, kernel: Kernel, items: Node, *sides: Node, lazily: Lazily | None = None, at: int) -> Node:
        """A comprehension: ``kernel(items, *values of the sides)`` for every batch.

        ``lazily`` is the same as a generator, where items that no reader asks for may fail.
        """
        make = each_of(kernel, sides, lazily)
        node = Transform(self, "each", at, ITEMS, (items, *sides), make, unread=len(sides))
        node.lazy = lazily is not None
        return node

    def by_key(self, items: Node, *sides: Node, key: Function, at: int) -> Node:
        """A look-up: ``lookup(wanted)`` gives the items whose ``key`` may equal what is wanted, in order."""
        return Indexing(self, at, items, sides, key)

    def apply(self, function: Function, *values: Node, at: int) -> Node:
        """One value made from values."""
        return Whole(self, "apply", at, VALUE, values, lambda *given: [function(*given)])

    def fold(self, function: str, items: Node, /, *sides: Node, at: int, **arguments: Any) -> Node:
        """All items made into one value by one of Python's functions."""
        return Transform(
            self, function, at, VALUE, (items, *sides),
            lambda node, *values: make_fold(node, function, node.given(arguments, values)),
        )  # fmt: skip

    def group(
        self, items: Node, *sides: Node, by: Function | None = None, until: Function | None = None, at: int
    ) -> Node:
        """Entries key → items; each as soon as ``until`` of its items holds, where that is given."""

        def make(node: Node, *values: Any) -> Step:
            given = node.given({"by": by, "until": until}, values)
            return Group(node, given["by"]) if until is None else GroupUntil(node, given["by"], given["until"])

        return Transform(self, "group", at, ENTRIES, (items, *sides), make)

    def group_fold(
        self, items: Node, *sides: Node, by: Function | None = None, folds: Sequence[Spec],
        asked: Mapping[str, Function] | None = None, result: Function, where: Function | None = None, at: int,
    ) -> Node:  # fmt: skip
        """Entries ``result(key, *folds)`` for each key of which ``where(key, *folds)`` holds.

        A fold named in ``asked`` is made only where that holds of the key and the folds before it; else it is None.
        """

        def make(node: Node, *values: Any) -> Step:
            given = node.given({"by": by, "result": result, "where": where}, values)
            specs = [(name, function, node.given(arguments, values)) for name, function, arguments in folds]
            return GroupFold(node, given["by"], specs, node.given(asked or {}, values), given["result"], given["where"])

        return Transform(self, "group", at, ENTRIES, (items, *sides), make)

    def entries(self, part: str, value: Node, *, at: int) -> Node:
        """What iterating over a value gives, or over a dict's ``items``, ``keys`` or ``values``."""
        if value.shape == VALUE:
            return Entries(self, part, at, value)
        if value.shape == ITEMS or part == "items":
            return value
        return self.each(values_of if part == "values" else keys_of, value, at=at)

    def scan(
        self, function: str, items: Node, /, *sides: Node, lazy: bool = False, at: int,
        **arguments: Any,
    ) -> Node:  # fmt: skip
        """Items made from items in order, with a state."""
        node = Transform(
            self, function, at, ITEMS, (items, *sides),
            lambda node, *values: make_scan(node, function, node.given(arguments, values)),
        )  # fmt: skip
        node.lazy = lazy
        return node

    def sort(self, function: str, items: Node, /, *sides: Node, at: int, **arguments: Any) -> Node:
        """All items in another order."""
        return Transform(
            self, function, at, ITEMS, (items, *sides),
            lambda node, *values: make_sort(node, function, node.given(arguments, values)),
        )  # fmt: skip

    def take(
        self, items: Node, *sides: Node, start: Any = None, stop: Any = None, step: Any = None, lazy: bool = False,
        at: int,
    ) -> Node:  # fmt: skip
        """A slice, with Python's meaning."""
        bounds = {"start": start, "stop": stop, "step": step}
        node = Transform(
            self, "slice", at, ITEMS, (items, *sides),
            lambda node, *values: make_slice(**node.given(bounds, values)),
        )  # fmt: skip
        node.lazy = lazy
        return node

    def zip(self, *inputs: Node, strict: bool = False, lazy: bool = False, at: int) -> Node:
        """Tuples of the n-th items of all inputs."""
        node = Zip(self, at, inputs, strict)
        node.lazy = lazy
        return node

    def concat(self, function: str, /, *inputs: Node, lazy: bool = False, at: int, **arguments: Any) -> Node:
        """All inputs as one: ``chain`` one after the other, ``merge`` (of `heapq`) in order of their keys."""
        node: Node = Chain(self, at, inputs) if function == "chain" else MergeSorted(self, at, inputs, **arguments)
        node.lazy = lazy
        return node

    def merge(self, *inputs: Node, at: int) -> Node:
        """All inputs as one, in any order."""
        return Merge(self, at, inputs)

    def window(self, function: str, items: Node, /, *sides: Node, at: int, **arguments: Any) -> Node:
        """Entries of ``windows`` or ``sessions`` as they close; the items that came too late of ``windows.late``."""
        return Transform(
            self, function, at, ITEMS if function.endswith(".late") else ENTRIES, (items, *sides),
            lambda node, *values: make_window(node, function, node.given(arguments, values)),
        )  # fmt: skip

    def fixpoint(
        self, start: Node, *sides: Node, step: Function, grow: Function | None = None, follow: Function | None = None,
        at: int,
    ) -> Node:  # fmt: skip
        """The value that ``step`` leaves as it is; by ``grow`` of what is new, where that gives the same.

        ``follow(side)`` gives the pairs (element, element that it leads to) that ``grow`` goes by, where there are.
        """

        def run(value: Any, *values: Any) -> list[Any]:
            given = node.given({"step": step, "grow": grow}, values)
            return [fixpoint(given["step"], value) if grow is None else grow_until_still(given["grow"], value)]

        node = Growing(self, at, (start, *sides), run, follow)
        return node

    def send(
        self, channel: str, wire: Node, *sides: Node, by: Function | None = None, only: tuple[str, ...] | None = None,
        at: int,
    ) -> Node:  # fmt: skip
        """Hand everything to the outlet, with the keys of the items where the move has them; of records ``only``."""
        self.unfinished += 1
        node = self.sends[channel] = Transform(
            self, "send", at, wire.shape, (wire, *sides),
            lambda node, *values: Send(node, channel, node.given({"by": by}, values)["by"], only),
        )  # fmt: skip
        return node

    def receive(self, channel: str, *, merge: Function | None = None, ordered: bool = False, at: int) -> Node:
        """What arrives on a channel: a value made by ``merge``, tagged pairs in order of their tags, or as it comes."""
        shape = self.shapes.get(channel, ITEMS if merge is None else VALUE)
        if merge is not None or shape == VALUE:
            node: Receiver = MergingReceiver(self, at, shape, merge or union)
        else:
            node = OrderedReceiver(self, at, shape) if ordered else Receiver(self, at, shape)
        self.receivers[channel] = node
        return node

    def result(self, *wires: Node, many: bool = False, at: int) -> None:
        """What the caller gets."""
        self.many = many
        self.unfinished += len(wires)
        self.results += [Collector(self, at, wire) for wire in wires]
