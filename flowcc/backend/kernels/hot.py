"""When a kernel is compiled: what proves hot in the background, at once, or never; and the record of it all.

Python runs every batch until the time it took says that compiling pays; the compiled kernel takes over at a batch.
The choice is made from measured time alone, so that a call on a few items imports and compiles nothing.
"""

from __future__ import annotations

import linecache
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from math import inf
from types import FunctionType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from flowcc.backend.kernels.background import BACKGROUND, Task
from flowcc.backend.kernels.routines import Routines
from flowcc.runtime.sides import plain

if TYPE_CHECKING:
    from flowcc.backend.kernels.making import Made
    from flowcc.backend.kernels.native import Native
    from flowcc.backend.kernels.running import Running, Runnings
    from flowcc.runtime.batches import Folded
    from flowcc.runtime.columns import Columns
    from flowcc.runtime.schema import Schema

Mode: TypeAlias = Literal["auto", "always", "never"]
Batch: TypeAlias = "list[Any] | Columns"
Given: TypeAlias = "list[Any] | Columns | Folded"

LOOK_COLD, LOOK_WARM = 0.06, 0.005  # seconds of Python worth a look into the cache, without and with llvmlite loaded
COMPILE_COLD, COMPILE_WARM = 0.25, 0.1  # seconds of Python worth a compile, without and with Numba loaded
OWN = 0.002  # seconds of Python after which a function shares in what its whole flow has taken
AT_LAST = 10  # times these seconds that a flow has taken when any of its functions is hot
PER_BYTE = 5e-9  # seconds of Python for a byte of columns: what the quickest comprehensions over numbers take
SMALL = 256  # a list this short stays in Python: the way into columns and back costs more
LONG = 2048  # a list this long is another matter than shorter ones: what each batch costs is spread over many items
TRIALS, DOUBTFUL = 5, 20  # batches of a list that are timed there and back, and those if it is close
CLOSE = 1.3  # times Python's: so much slower may be other work that disturbed the trials
TRIES_FOR_COLUMNS = 4
KINDS_AT_MOST = 4  # schemas one function is compiled for


class Spent:
    """The seconds that one flow has taken: its runs as a whole, and its element code in Python."""

    def __init__(self) -> None:
        self.runs = self.python = 0.0

    def worth(self, own: float) -> float:
        """Return the seconds that count for a function which has taken ``own`` of them in Python.

        Of many small functions none is hot by itself; so each is when all of the flow together are.
        """
        spent = max(self.runs, self.python)
        return max(own, spent if own >= OWN else spent / AT_LAST)


class Hot:
    """What runs element code of one flow; `offer` is called for every batch, from any thread."""

    def __init__(self, mode: Mode = "auto") -> None:
        self.mode = mode
        self.runners: dict[tuple[Any, str], Runner] = {}
        self.notes: dict[tuple[int, object], Mapping[str, object]] = {}
        self.spent = Spent()
        self._routines = Routines()
        self._runnings: Runnings | None = None

    def offer(self, function: Callable[..., Any], kind: str, batch: Batch) -> Runner | None:
        """Return what runs ``function`` over batches, or None where only Python does.

        ``kind`` is ``each`` for a function from a list to a list (``columns`` where its readers rather take columns
        than lists, the name of a fold where they are content with that), ``item`` for one from an item to a result;
        what is returned is called with a batch and the sides, and gives None where Python is to do the batch.
        """
        runner = self.runners.get((function, kind))
        if runner is None:
            runner = self.runners[function, kind] = Runner(function, kind, self.mode, self.spent)
        if self.mode == "never":
            return None
        return runner

    def by_line(self) -> Mapping[int, Sequence[Mapping[str, object]]]:
        """Return what ran at each line of the flow's file."""
        found: dict[int, list[Mapping[str, object]]] = {}
        for runner in list(self.runners.values()):
            found.setdefault(line_of(runner.function), []).append(runner.describe())
        for (line, _), note in list(self.notes.items()):
            found.setdefault(line, []).append(note)
        return found

    def routines(self, functions: Sequence[Any], seconds: float) -> Sequence[Callable[..., int]] | None:
        """Return fixed routines compiled, or None while they are not; Python has taken so many seconds for them."""
        if self.mode == "never":
            return None
        look, compiles, always = self._worth(seconds)
        return self._routines.get(functions, look, compiles, always)

    def running(
        self, step: Any, schema: Schema, first: object, keyed: bool, pairs: bool, seconds: float
    ) -> Running | str | None:
        """Return a compiled loop of a step with a state over items of a schema; why there is none, or None for now."""
        look, compiles, always = self._worth(seconds)
        if self.mode == "never" or not (look or self._runnings is not None):
            return None
        from flowcc.backend.kernels.running import Runnings  # NumPy and llvmlite, only once they pay
        from flowcc.backend.kernels.running_text import Loop

        if self._runnings is None:
            self._runnings = Runnings()
        return self._runnings.get(Loop(step, schema, first, keyed, pairs), look, compiles, always)

    def _worth(self, seconds: float) -> tuple[bool, bool, bool]:
        """Return whether that much time in Python is worth a look into the cache, a compile, or that at once."""
        worth, always = self.spent.worth(seconds), self.mode == "always"
        return always or worth_a_look(worth), worth_compiling(worth), always

    def ran(self, seconds: float) -> None:
        """Take note that a run of the flow took so long."""
        self.spent.runs += seconds

    def note(self, line: int, record: Mapping[str, object]) -> None:
        """Keep the last record of what runs an operator of a line."""
        self.notes[line, record.get("operator")] = record

    @property
    def busy(self) -> bool:
        """Whether anything is being compiled in this process."""
        return BACKGROUND.busy

    def wait(self) -> None:
        """Return when no kernel is being compiled."""
        for runner in list(self.runners.values()):
            runner.wait()
        self._routines.wait()
        if self._runnings is not None:
            self._runnings.wait()


class Trials:
    """How long lists take in Python, and there and back: seconds an item in the best batch, as others are disturbed."""

    def __init__(self) -> None:
        self._python = self._columns = inf
        self._count = 0

    def note_python(self, rate: float) -> None:
        """Take note of a batch in Python."""
        self._python = min(self._python, rate)

    def note_columns(self, rate: float) -> None:
        """Take note of a batch in columns."""
        self._columns = min(self._columns, rate)
        self._count += 1

    @property
    def undecided(self) -> bool:
        """Whether more batches have to be timed."""
        return self._count < (DOUBTFUL if self._python <= self._columns < CLOSE * self._python else TRIALS)

    @property
    def pay(self) -> bool:
        """Whether columns are worth it, as far as is known."""
        return self.undecided or self._columns < self._python


class Runner:
    """One function of element code: Python and its time, and a kernel for each schema once made."""

    def __init__(self, function: Callable[..., Any], kind: str, mode: Mode, spent: Spent) -> None:
        self.function, self.mode, self.spent = function, mode, spent
        self.kind = "each" if kind == "columns" else kind
        self.folds = kind not in ("each", "item", "columns")
        self.for_columns = kind == "columns" or self.folds
        self.items = 0
        self.seconds = self.python_seconds = 0.0
        self._trials = Trials(), Trials()  # of short lists, and of long ones
        self.why = "not hot yet" if mode == "auto" else f'jit="{mode}"' if mode == "never" else ""
        self.made: dict[object, Made] = {}
        self._native: Native | None = None
        self._task: Task | None = None
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        self._looked: set[object] = set()
        self._without_columns = 0  # batches that had none; looking at every item of each costs more than it gives

    def __call__(self, batch: Batch, *sides: Any) -> Given | None:
        """Return the results of a batch, or None when Python raised: the caller then finds the item."""
        self.items += len(batch)
        start = time.perf_counter()
        native = self._native_for(batch, sides)
        if native is None:
            result: Given | None = self._python(batch, sides)
            taken = time.perf_counter() - start
            self.python_seconds += taken
            self.spent.python += taken
            if result is not None and len(batch) >= SMALL:
                self._trials_of(batch).note_python(taken / len(batch))
        else:
            result = native(batch, *sides)
            if self.mode == "auto" and type(batch) is list and result is not None:
                result = self._on_trial(result, batch, start)
            taken = time.perf_counter() - start
        self.seconds += taken
        return result

    def work(self, batch: Batch, *sides: Any) -> Callable[[], Given | None] | None:
        """Return the kernel's work on a batch, to be done in any thread; None where Python is to do it."""
        native = self._native_for(batch, sides)
        if native is None:
            return None

        def run() -> Given | None:
            start = time.perf_counter()
            result = native(batch, *sides)
            with self._counting:
                self.items += len(batch)
                self.seconds += time.perf_counter() - start
            return result

        return run

    def expect(self, seconds: float) -> None:
        """Take note that Python is going to take so long for the first batch, which tells whether compiling pays."""
        self.python_seconds = max(self.python_seconds, seconds)

    def columns_of(self, batch: list[Any]) -> Batch | None:
        """Return a list as the columns that the kernel in use takes, or itself without them; None without a kernel."""
        if self._native is None:
            return None
        from flowcc.runtime.columns import columns_of

        columns = columns_of(batch, self._native.schema)
        return batch if columns is None else columns

    def ready(self, batch: Batch, sides: Sequence[Any], seconds: float) -> bool | None:
        """Whether there is a kernel for such a batch, after so many seconds in Python; None: there never will be."""
        self.expect(seconds)
        if self._native_for(batch, sides) is not None:
            return True
        refused = self.made and all(made.native is None for made in self.made.values())
        return None if refused or self._without_columns else False

    def _python(self, batch: Batch, sides: Sequence[Any]) -> list[Any] | None:
        items, sides = batch if isinstance(batch, list) else batch.rows(), plain(sides)
        try:
            if self.kind == "item":
                return [self.function(item, *sides) for item in items]
            result: list[Any] = self.function(items, *sides)
            return result
        except Exception:  # the edge of element code: the stage runs it again to tell of the item
            return None

    def _on_trial(self, result: Given, batch: list[Any], start: float) -> Given:
        """Time a list's way into columns (and back, where that follows), to go on in Python if that is no slower."""
        trials = self._trials_of(batch)
        if trials.undecided:
            if not isinstance(result, list) and not self.for_columns:
                result = result.rows()
            trials.note_columns((time.perf_counter() - start) / len(batch))
        return result

    def _trials_of(self, batch: Batch) -> Trials:
        return self._trials[len(batch) >= LONG]

    def _native_for(self, batch: Batch, sides: Sequence[Any]) -> Native | None:
        """Return the kernel for this batch, if there is one and it pays."""
        if self.mode == "auto":
            if type(batch) is list and (len(batch) < SMALL or not self._trials_of(batch).pay):
                return None
            if self._native is None and not worth_a_look(self.worth + least(batch)):
                return None
        native = self._native
        if native is not None and native.fits(batch, sides):
            return native
        return self._another(batch, sides)

    def _another(self, batch: Batch, sides: Sequence[Any]) -> Native | None:
        """Return the kernel for a batch's schema; from the cache, from a compile at once, or none yet."""
        if self._task is not None and self._task.pending:
            return None
        if self._without_columns >= TRIES_FOR_COLUMNS and self.mode == "auto":
            return None
        from flowcc.backend.kernels import making  # NumPy and llvmlite, only once they pay

        kinds = making.kinds_of(batch, sides, inf if self.mode == "always" else self.worth)
        if isinstance(kinds, str):
            self._without_columns += kinds != making.NOT_YET
            self.why = kinds
            return None
        made = self.made.get(kinds)
        if made is None and len(self.made) < KINDS_AT_MOST:
            made = self._make(kinds)
        if self.folds and made is not None and made.native is None:
            self._give_results()
            return self._another(batch, sides)
        self._native = made.native if made is not None and made.native is not None else self._native
        return made.native if made is not None else None

    @property
    def worth(self) -> float:
        """The seconds in Python that a look into the cache, or a compile, may save from now on."""
        return self.spent.worth(self.python_seconds)

    def _give_results(self) -> None:
        """Fold no more: these results are only folded in Python, or as columns."""
        self.folds, self.kind = False, "each"
        self.made, self._looked, self._native = {}, set(), None

    def _make(self, kinds: Any) -> Made | None:
        from flowcc.backend.kernels import making

        with self._lock:
            if kinds in self._looked and not worth_compiling(self.worth):
                return None
            if kinds not in self._looked or self.mode == "always":
                self._looked.add(kinds)
                made = making.make(self.function, self.kind, kinds, may_compile=self.mode == "always")
                if made is not None:
                    self.made[kinds] = made
                return made
            if self._task is None or not self._task.busy:
                self._task = BACKGROUND.put(lambda: self._compile(kinds))
        return None

    def _compile(self, kinds: Any) -> None:
        from flowcc.backend.kernels import making

        made = making.make(self.function, self.kind, kinds, may_compile=True)
        assert made is not None
        self.made[kinds] = made

    def wait(self) -> None:
        """Return when nothing is being compiled for this function."""
        if self._task is not None:
            self._task.wait()

    def describe(self) -> dict[str, object]:
        """Return what `explain` shows: what runs, why not Numba, compile seconds, cache, items and speed."""
        described: dict[str, object] = {
            "kernel": getattr(self.function, "__name__", "kernel"),
            "runs": "python",
            "items": self.items,
            "items_per_second": round(self.items / self.seconds) if self.seconds else 0,
        }
        for made in list(self.made.values()):
            described |= made.describe()
        if described["runs"] == "numba" and self.mode == "auto" and not all(trials.pay for trials in self._trials):
            short = "short " if self._trials[True].pay else ""
            described |= {"runs": "python, numba", "why": f"Python is as fast on {short}lists"}
        if described["runs"] == "python":
            described.setdefault("why", self.why)
        return described


def line_of(function: Callable[..., Any]) -> int:
    """Return the line of the flow's file that generated code names beside a kernel, else the function's own."""
    if not isinstance(function, FunctionType):
        return 0
    first = function.__code__.co_firstlineno
    for number in range(first, first + 40):
        text = linecache.getline(function.__code__.co_filename, number)
        if named := re.search(r"# \S+:(\d+)\s*$", text):
            return int(named[1])
        if number > first and text[:1] not in (" ", "\n"):
            break
    return first


def least(batch: Batch) -> float:
    """Return the seconds that Python takes at least for a batch; of lists that is not known beforehand."""
    return 0.0 if isinstance(batch, list) else PER_BYTE * batch.nbytes


def worth_a_look(seconds: float) -> bool:
    """Whether that much time in Python is worth a look into the cache."""
    return seconds >= (LOOK_WARM if _loaded("llvmlite.binding") else LOOK_COLD)


def worth_compiling(seconds: float) -> bool:
    """Whether that much time in Python is worth a compile."""
    return seconds >= (COMPILE_WARM if _loaded("numba") else COMPILE_COLD)


def _loaded(module: str) -> bool:
    return module in sys.modules
