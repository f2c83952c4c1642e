"""Random flows of functions in functions, lambdas, comprehensions and unrolled loops, over few names.

With few names nearly everything is hidden by something, bound again, or read before or after that. All values are
integers and functions of one integer, so that any of them may stand where another does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.flows.expressions import Choices

NUMBERS = ("a", "b", "k", "n", "x", "y")
FUNCTIONS = ("f", "g", "h")
MAKERS = ("make", "times")
TUPLES = ("fs", "gs")
HEAD = """\
import functools
import operator

from flowcc import Batch, flow

SCALE = 7


def twice(value):
    return 2 * value


"""


@dataclass
class Nesting:
    """One program while it is drawn: its lines, and the names that surely are bound at this point of it."""

    draws: Choices
    lines: list[str] = field(default_factory=list)
    indent: int = 1
    numbers: tuple[str, ...] = ()
    functions: tuple[str, ...] = ("abs", "twice")
    makers: tuple[str, ...] = ()
    tuples: tuple[tuple[str, int], ...] = ()
    data: tuple[str, ...] = ("xs",)
    deep: int = 0
    own: tuple[str, ...] = FUNCTIONS  # what functions may be called

    def line(self, text: str) -> None:
        """Add a line."""
        self.lines.append("    " * self.indent + text)

    def bind(self, kind: str, name: str) -> None:
        """Note that a name is bound; it stands for nothing else from here."""
        for other in ("numbers", "functions", "makers", "data"):
            kept = tuple(each for each in getattr(self, other) if each != name)
            setattr(self, other, (*kept, name) if other == kind else kept)
        self.tuples = tuple(pair for pair in self.tuples if pair[0] != name)

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Names that are bound within are not known to be bound afterwards."""
        before = self.numbers, self.functions, self.makers, self.tuples, self.data
        self.indent, self.deep = self.indent + 1, self.deep + 1
        yield
        self.numbers, self.functions, self.makers, self.tuples, self.data = before
        self.indent, self.deep = self.indent - 1, self.deep - 1


def program_of(draws: Choices) -> str:
    """Return the text of a module with a flow ``flowing`` of ``xs``, ``k`` and ``negative``."""
    nesting = Nesting(draws)
    if draws.chance(20):
        nesting.own = (*FUNCTIONS, "twice")  # hides the function of the file
    for _ in range(draws.number(2, 7)):
        _statement(nesting)
    item = draws.of(NUMBERS)
    nesting.bind("numbers", item)
    source = draws.of((*nesting.data, *nesting.data, "[1, 2, 3]"))
    nesting.line(f"return [{_number(nesting, 2)} for {item} in {source}]")
    jit = draws.of(("never", "never", "never", "always"))
    head = f'@flow(jit="{jit}")\ndef flowing(xs: Batch[int], k: int = 3, negative: bool = True) -> Batch[int]:\n'
    return HEAD + head + "\n".join(nesting.lines) + "\n"


def _statement(nesting: Nesting) -> None:
    """Draw a statement of the flow itself."""
    draws = nesting.draws
    kind = draws.of("constant fold define define lambda alias choice loop make call tuple use each".split())
    match kind:
        case "constant":
            value = _number(nesting, 1) if draws.chance(50) else str(draws.number(-3, 9))
            _assign(nesting, "numbers", NUMBERS, value)
        case "fold":
            _assign(nesting, "numbers", NUMBERS, f"{draws.of(('min', 'max', 'sum', 'len'))}({draws.of(nesting.data)})")
        case "define":
            _define(nesting, draws.of(nesting.own))
        case "lambda":
            _assign(nesting, "functions", nesting.own, _lambda(nesting, 2))
        case "alias":
            _assign(nesting, "functions", nesting.own, draws.of(nesting.functions))
        case "choice":
            _choice(nesting)
        case "loop" if nesting.deep < 2:
            _loop(nesting)
        case "make":
            _maker(nesting)
        case "call" if nesting.makers:
            made = f"{draws.of(nesting.makers)}({_number(nesting, 1)})"
            _assign(nesting, "functions", nesting.own, made)
        case "tuple":
            _tuple(nesting)
        case "use" if nesting.tuples:
            name, length = draws.of(nesting.tuples)
            _assign(nesting, "functions", nesting.own, f"{name}[{draws.number(0, length - 1)}]")
        case _:
            item, name = draws.of(NUMBERS), draws.of(("xs", "ys"))
            source = draws.of(nesting.data)
            inner = Nesting(draws, numbers=nesting.numbers, functions=nesting.functions, tuples=nesting.tuples)
            inner.bind("numbers", item)
            where = f" if {_number(inner, 1)} % 3" if draws.chance(50) else ""
            nesting.line(f"{name} = [{_number(inner, 2)} for {item} in {source}{where}]")
            nesting.bind("data", name)


def _assign(nesting: Nesting, kind: str, names: tuple[str, ...], value: str) -> None:
    name = nesting.draws.of(names)
    nesting.line(f"{name} = {value}")
    nesting.bind(kind, name)


def _choice(nesting: Nesting) -> None:
    draws, name = nesting.draws, nesting.draws.of(nesting.own)
    nesting.line("if negative:")
    nesting.indent += 1
    for word in ("else:", ""):
        if draws.chance(50):
            nesting.line(f"{name} = {draws.of(nesting.functions)}")
        else:
            _define(nesting, name)
        if word:
            nesting.indent -= 1
            nesting.line(word)
            nesting.indent += 1
    nesting.indent -= 1
    nesting.bind("functions", name)


def _loop(nesting: Nesting) -> None:
    draws, name = nesting.draws, nesting.draws.of(NUMBERS)
    nesting.line(f"for {name} in range({draws.number(1, 3)}):")
    nesting.bind("numbers", name)
    nesting.indent, nesting.deep = nesting.indent + 1, nesting.deep + 1
    for _ in range(draws.number(1, 3)):
        _statement(nesting)
    nesting.indent, nesting.deep = nesting.indent - 1, nesting.deep - 1


def _tuple(nesting: Nesting) -> None:
    draws = nesting.draws
    items = [
        draws.of(nesting.functions) if draws.chance(50) else _lambda(nesting, 1) for _ in range(draws.number(1, 2))
    ]
    written = f"({', '.join(items)},)"
    name, length = draws.of(TUPLES), len(items)
    if nesting.tuples and draws.chance(50):
        other, more = draws.of(nesting.tuples)
        written, length = f"{other} + {written}", length + more
    nesting.line(f"{name} = {written}")
    nesting.bind("", name)
    if length <= 8:
        nesting.tuples = (*nesting.tuples, (name, length))


def _maker(nesting: Nesting) -> None:
    """A function that gives a function."""
    draws, name, parameter = nesting.draws, nesting.draws.of(MAKERS), nesting.draws.of(NUMBERS)
    nesting.line(f"def {name}({parameter}):")
    with nesting.scope():
        nesting.bind("numbers", parameter)
        if draws.chance(50):
            inner = draws.of(nesting.own)
            _define(nesting, inner)
            nesting.line(f"return {inner}")
        else:
            nesting.line(f"return {_lambda(nesting, 2)}")
    nesting.bind("makers", name)


def _define(nesting: Nesting, name: str) -> None:
    draws, parameter = nesting.draws, nesting.draws.of(NUMBERS)
    default = f", plus={_number(nesting, 1)}" if draws.chance(50) else ""
    nesting.line(f"def {name}({parameter}{default}):")
    with nesting.scope():
        nesting.bind("numbers", parameter)
        if default:
            nesting.bind("numbers", "plus")
        for _ in range(draws.number(0, 2)):
            _local_statement(nesting)
        nesting.line(f"return {_number(nesting, 2)}")
    nesting.bind("functions", name)


def _local_statement(nesting: Nesting) -> None:
    """Draw a statement of a local function, where anything goes."""
    draws = nesting.draws
    match draws.of(("assign", "define", "lambda", "count", "loop", "class", "walrus")):
        case "assign":
            _assign(nesting, "numbers", NUMBERS, _number(nesting, 1))
        case "define" if nesting.deep < 3:
            _define(nesting, draws.of(nesting.own))
        case "lambda":
            _assign(nesting, "functions", nesting.own, _lambda(nesting, 1))
        case "count":
            nesting.line("seen = 1")
            nesting.line("def count(by):")
            nesting.line("    nonlocal seen")
            nesting.line("    seen += by")
            nesting.line("    return seen")
            nesting.bind("functions", "count")
            nesting.bind("numbers", "seen")
        case "loop":
            name = draws.of(NUMBERS)
            nesting.line(f"for {name} in range(2):")
            nesting.bind("numbers", name)
            nesting.line(f"    {name} = {_number(nesting, 1)}")
        case "class":
            nesting.line("class Held:")
            nesting.line(f"    n = {_number(nesting, 1)}")
            nesting.line("    def get(self, by):")
            nesting.line(f"        return self.n + by + {_number(nesting, 0)}")
            nesting.line("held = Held().get")
            nesting.bind("functions", "held")
        case _:
            name = draws.of(NUMBERS)
            nesting.line(f"if ({name} := {_number(nesting, 1)}) % 2:")
            nesting.bind("numbers", name)
            nesting.line(f"    {name} = {_number(nesting, 1)}")


def _lambda(nesting: Nesting, depth: int) -> str:
    draws, parameter = nesting.draws, nesting.draws.of(NUMBERS)
    default = f", plus={_number(nesting, 0)}" if draws.chance(50) else ""
    with nesting.scope():
        nesting.bind("numbers", parameter)
        return f"lambda {parameter}{default}: {_number(nesting, depth)}"


def _number(nesting: Nesting, depth: int) -> str:
    """Draw an expression that gives an integer."""
    draws = nesting.draws
    if depth == 0 or draws.of((True, False, False)):
        return draws.of((*nesting.numbers, str(draws.number(-2, 5)), "SCALE"))
    match draws.of("call call add choice generator apply tuple partial".split()):
        case "call":
            return f"{draws.of(nesting.functions)}({_number(nesting, depth - 1)})"
        case "choice":
            return f"({_number(nesting, depth - 1)} if {_number(nesting, 0)} > 1 else {_number(nesting, depth - 1)})"
        case "generator":
            item = draws.of(NUMBERS)
            with nesting.scope():
                nesting.bind("numbers", item)
                made = _number(nesting, depth - 1)
            opening, closing = draws.of((("sum(", ")"), ("sum([", "])"), ("len({", "})")))
            return f"{opening}{made} for {item} in range(3){closing}"
        case "apply":
            return f"({_lambda(nesting, depth - 1)})({_number(nesting, depth - 1)})"
        case "tuple" if nesting.tuples:
            name, length = draws.of(nesting.tuples)
            return f"{name}[{draws.number(0, length - 1)}]({_number(nesting, depth - 1)})"
        case "partial":
            return f"functools.partial({draws.of(nesting.functions)}, {_number(nesting, depth - 1)})()"
    return f"({_number(nesting, depth - 1)} + {_number(nesting, depth - 1)})"
