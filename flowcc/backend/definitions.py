"""``definitions.py`` of a build folder: what element code names, where the user's file is not.

From the names that element code reads, everything they need is followed: what other modules give is imported;
functions and classes of the flow's own file are copied as they are written; values become literals of what they are
now. What can be none of these is F403, once for each name. A flow without live names (read from text alone) is
followed by the statements of its file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flowcc.backend.bindings import early_names, future_imports
from flowcc.backend.carrier import Carrier
from flowcc.backend.imports import Import, import_lines
from flowcc.backend.printing import join_blocks
from flowcc.backend.record_classes import is_record
from flowcc.environment import Environment
from flowcc.source import Span


@dataclass(frozen=True, slots=True)
class Definitions:
    """The text of ``definitions.py``, and how each name of a flow is had elsewhere.

    ``imports`` are the names that other modules give, ``defined`` the names that ``definitions.py`` gives (by what
    it calls them), ``records`` the classes there whose instances may travel.
    """

    text: str
    imports: Mapping[str, tuple[Import, ...]] = field(default_factory=dict)
    defined: Mapping[str, str] = field(default_factory=dict)
    records: tuple[str, ...] = ()


def definitions_of(uses: Mapping[str, Span], environment: Environment, flow: str = "") -> Definitions:
    """Return what carries the names in ``uses`` (and where each is used) to another process.

    Raises `FlowError` (F403) with every name that cannot be carried.
    """
    carrier = Carrier(environment)
    defined: dict[str, str] = {}
    imports: dict[str, tuple[Import, ...]] = {}
    for name in sorted(uses):
        there = carrier.carry(name, uses[name])
        carrier.follow()
        if there in carrier.imports:
            found = carrier.imports[there]
            imports[name] = tuple(found if there == name else [replace(each, asname=name) for each in found])
        elif there is not None:
            defined[name] = there
    carrier.raise_faults()
    records = tuple(sorted(name for name, value in carrier.objects.items() if is_record(value)))
    return Definitions(_text(carrier, environment, flow), imports, defined, records)


def _text(carrier: Carrier, environment: Environment, flow: str) -> str:
    """Return the module: imports, then values and copies in the order of the user's file, needs first."""
    base = environment.filename.replace("\\", "/").rpartition("/")[2]
    title = f"What the stages of `{flow}` need" if flow else "What stages need"
    blocks = [[f'"""{title}, copied by flowcc from {base}."""']]
    future = [Import("__future__", name) for name in future_imports(environment.text)]
    typed = [statement for name in sorted(carrier.typed) for statement in carrier.typed[name]]
    needed = {need for item in carrier.items.values() for need in item.needs}
    needed |= {name for name, value in carrier.objects.items() if is_record(value)}
    always = [statement for name in carrier.imports if name in needed for statement in carrier.imports[name]]
    blocks += import_lines([*future, *always, *([Import("typing", "TYPE_CHECKING")] if typed else [])])
    if typed:
        blocks.append(["if TYPE_CHECKING:", *(f"    {line}" for group in import_lines(typed) for line in group)])
    values: list[str] = []
    for text in (carrier.items[name].text for name in _in_order(carrier)):
        if "\n" in text:
            blocks += [values, text.split("\n")]
            values = []
        else:
            values.append(text)
    return join_blocks([block for block in [*blocks, values] if block])


def _in_order(carrier: Carrier) -> list[str]:
    """Return the names in an order in which each is defined before another's definition reads it."""
    order: dict[str, None] = {}
    begun: set[tuple[str, bool]] = set()

    def place(name: str, *, called: bool) -> None:
        """Put a definition after what it reads when it is executed, and before a call what that reads as well."""
        item = carrier.items.get(name)
        if item is None or (name, called) in begun:
            return
        begun.add((name, called))
        for need in sorted(early_names(item.text)):
            place(need, called=True)
        order.setdefault(name)
        for need in sorted(item.needs) if called else ():
            place(need, called=True)

    for name in sorted(carrier.items, key=lambda name: (carrier.items[name].rank, name)):
        place(name, called=False)
    return list(order)
