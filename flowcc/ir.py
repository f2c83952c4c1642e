"""The intermediate representation: a flow as a tuple of operators in source order, each assigned once.

Read this file first. Every operator is frozen data with ``out``, ``inputs`` and ``span``; there is no behaviour and
there are no visitors: whoever takes a flow apart writes one ``match`` closed by ``assert_never``.
``Move`` is the only operator that crosses places. `show` prints a flow in the language itself, `verify` states
what must hold of every flow, `interpret` gives the reference meaning.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import TypeAlias

from flowcc.facts import Facts, PlaceRef
from flowcc.source import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Wire:
    """What an operator gives: a name unique in its flow, and the facts known from birth."""

    name: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Code:
    """Element code: a pure Python expression over wires it reads whole and names of the flow's environment.

    ``text`` is normalised (`ast.unparse`), so two spellings are equal; ``definitions`` are nested functions of the
    flow that it calls, as source text; ``claims`` are the laws that the function it names is said to keep; ``hidden``
    are names in it that only look like functions whose laws are known (a ``mean`` of the user's own); ``asks`` says
    that it calls ``size`` or ``member``; ``tree`` keeps the expression with its positions in the user's file.
    """

    text: str
    definitions: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    asks: bool = field(default=False, compare=False)
    tree: ast.expr | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What every operator has; where it was written never affects equality.

    ``lazy``: what reads ``out`` may stop early, and Python makes no item before it is asked for (a generator, `map`,
    `islice`). An item that fails is then a fault only where it is reached. All other operators look at every item.
    """

    out: Wire
    inputs: tuple[Wire, ...] = ()
    lazy: bool = False
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source(Node):
    """A collection handed in as the parameter of the same name as ``out``.

    ``only`` are the fields that anything reads of its items, where those are records; None: whole items.
    """

    only: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Node):
    """Items known when the flow is compiled: ``items`` is an expression for a list of them."""

    items: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Each(Node):
    """A whole list comprehension (map, filter, flat map) over the first input; other inputs are read whole.

    ``code`` names its inputs by their wires: ``[word for line in lines for word in line.split()]``.
    """

    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Join(Node):
    """An `Each` whose second input is looked up by an equality: its items are kept in a hash table by ``key``.

    ``code`` is the comprehension it came from, which names the second input once; ``key`` is a lambda of one item.
    """

    code: Code
    key: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Apply(Node):
    """One value computed from values: ``4.0 * inside / n``."""

    code: Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold(Node):
    """All items made into one value by a function of Python's: ``sum min max len any all set dict Counter reduce …``.

    ``arguments`` are its further arguments by name (``key``, ``default``, ``start``, ``function``, ``initial``, …).
    """

    function: str
    arguments: tuple[tuple[str, Code], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Node):
    """Entries key → list of items, in order of first appearance. Without ``by`` the items are (key, value) pairs.

    With ``until`` an entry is given as soon as ``until(items)`` holds, and the key begins anew.
    """

    by: Code | None = None
    until: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFold(Node):
    """Entries key → result, where each group is folded as items arrive and never kept whole.

    ``folds`` are (name, function, arguments as in `Fold`), and an argument ``of`` is a lambda that makes what is folded
    of a list of items; ``result`` is a lambda of the key and of all folds. ``where`` likewise says which entries to
    keep. A fold named in ``asked`` is only made where a lambda of the key and the folds before it holds, else None.
    """

    by: Code | None = None
    folds: tuple[tuple[str, str, tuple[tuple[str, Code], ...]], ...]
    result: Code
    where: Code | None = None
    asked: tuple[tuple[str, Code], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries(Node):
    """What iterating over a finished value gives; ``part`` is ``items``, ``keys``, ``values`` or ``iter``."""

    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan(Node):
    """Items from items in order, with a state: ``scan accumulate enumerate pairwise takewhile dropwhile groupby``."""

    function: str
    arguments: tuple[tuple[str, Code], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort(Node):
    """All items in another order: ``sorted``, ``reversed``, ``nlargest``, ``nsmallest``; stable as Python's."""

    function: str
    arguments: tuple[tuple[str, Code], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Take(Node):
    """A slice; each bound an expression, or None where it was left out."""

    start: Code | None = None
    stop: Code | None = None
    step: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Zip(Node):
    """Tuples of the n-th items of all inputs, as long as the shortest (or all alike when ``strict``)."""

    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Concat(Node):
    """All inputs as one: ``chain`` one after the other, ``heapq.merge`` by ``key`` as `heapq.merge` does."""

    function: str = "chain"
    arguments: tuple[tuple[str, Code], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(Node):
    """All inputs as one, in any order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Node):
    """Entries (window, key) → items, each once its time has passed: ``windows``, ``sessions``.

    ``windows.late`` and ``sessions.late`` give the items that came too late for theirs.
    """

    function: str
    arguments: tuple[tuple[str, Code], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixpoint(Node):
    """``step`` (a lambda of one value) applied to the first input until nothing changes.

    ``grow`` is the same step on what is new, set where the result only ever gains elements (`passes/semi_naive.py`).
    ``follow`` is set where each new element leads to others by equality alone: a comprehension of the pairs (element,
    what it leads to) over the only side; of a dict of lists, over its pairs (key, item of the list).
    """

    step: Code
    grow: Code | None = None
    follow: Code | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Node):
    """The same items with other facts: ``unordered`` forgets order, ``trust`` asserts it."""

    function: str
    because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move(Node):
    """The items or value at another place: ``send scatter broadcast route gather``; ``only`` as of a `Source`."""

    verb: str
    to: PlaceRef
    by: Code | None = None
    merge: Code | None = None
    ordered: bool = False
    only: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(Node):
    """What the caller gets: the only input, or a tuple of all when ``many``."""

    many: bool = False


Op: TypeAlias = (
    Source | Literal | Each | Join | Apply | Fold | Group | GroupFold | Entries | Scan | Sort | Take | Zip | Concat
    | Merge | Window | Fixpoint | Claim | Move | Result
)  # fmt: skip


def codes_of(op: Op) -> Iterator[Code]:
    """Give every piece of an operator's element code."""
    for part in fields(op):
        value = getattr(op, part.name)
        if isinstance(value, Code):
            yield value
        elif part.name == "arguments":
            yield from (code for _, code in value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A whole flow; ``ops`` in source order, the last one its `Result`. ``on_error`` as given to ``@flow``."""

    name: str
    ops: tuple[Op, ...]
    on_error: str = "raise"

    def readers(self) -> Counter[Wire]:
        """Count how many inputs read each wire."""
        return Counter(wire for op in self.ops for wire in op.inputs)

    def writer(self, wire: Wire) -> Op:
        """Return the operator that gives ``wire``."""
        return next(op for op in self.ops if op.out == wire)


@dataclass(frozen=True, slots=True)
class Channel:
    """One edge between two stages: what a `Move` became. ``name`` is that of the wire it fills."""

    name: str
    sender: PlaceRef
    receiver: PlaceRef
    move: Move


@dataclass(frozen=True, slots=True)
class StageProgram:
    """The operators of one place in source order; channels into and out of it are its moves."""

    place: PlaceRef
    ops: tuple[Op, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """A flow after splitting: one stage a place and the channels between them."""

    name: str
    stages: tuple[StageProgram, ...]
    channels: tuple[Channel, ...]
    on_error: str = "raise"
