"""What a program that is being drawn has so far: its lines, and its variables with what may be done to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.flows.expressions import Choices, Scope, expression

HERE = "Here"


@dataclass(frozen=True)
class Var:
    """A variable of the flow.

    ``shape`` is ``items``, ``value``, ``dict``, ``set`` or ``entries`` (a dict of groups, key → list of ``element``);
    ``element`` the type of its items (of its values, for a dict), ``key`` that of a dict's keys. ``share`` is how the
    members of a cluster divide it: ``dealt``, ``copies``, or the text of the key that it was scattered by.
    ``split`` says that each member has its items in the order of the whole.
    """

    name: str
    shape: str
    element: str
    key: str = ""
    place: str = HERE
    ordered: bool = True
    ends: bool = True
    share: str = ""
    split: bool = False


@dataclass
class Draft:
    """A program being drawn."""

    choose: Choices
    partial: bool
    lines: list[str] = field(default_factory=list)
    variables: list[Var] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    settings: dict[str, int] = field(default_factory=dict)
    indent: str = "    "
    count: int = 0

    def fresh(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def pick(self, wanted: Callable[[Var], bool]) -> Var | None:
        """Return one of the variables that are as wanted, the unread ones first."""
        found = [var for var in self.variables if wanted(var)]
        unread = [var for var in found if var.name in self.unread]
        if not found:
            return None
        return self.choose.of(unread if unread and self.choose.chance(60) else found)

    def read(self, var: Var) -> str:
        """Return the name of ``var``, which is read from now on."""
        if var.name in self.unread:
            self.unread.remove(var.name)
        return var.name

    def assign(self, text: str, var: Var) -> None:
        """Add ``name = text``; sometimes under the name of a variable that it replaces."""
        self.lines.append(f"{self.indent}{var.name} = {text}")
        self.keep(var)

    def keep(self, var: Var) -> None:
        self.variables = [held for held in self.variables if held.name != var.name]
        self.variables.append(var)
        if var.name not in self.unread:
            self.unread.append(var.name)

    def named(self, var: Var) -> Var:
        """Give ``var`` a name: a new one, or that of a variable which has been read and is bound again."""
        spent = [held.name for held in self.variables if held.name not in self.unread and held.name.startswith("v")]
        again = spent and self.choose.chance(10)
        return replace(var, name=self.choose.of(spent) if again else self.fresh())

    def expression(self, kind: str, **names: str) -> str:
        """Return element code of type ``kind`` over ``names`` and the flow's settings; it may raise where allowed."""
        settings = dict.fromkeys(self.settings, "int")
        partial = self.partial and self.choose.chance(50)
        return expression(kind, Scope({**settings, **names}, partial), self.choose)

    def safe(self, kind: str, **names: str) -> str:
        """Return element code that cannot raise."""
        return expression(kind, Scope(names), self.choose, 1)

    def leaf(self, kind: str, **names: str) -> str:
        """Return a variable, a part of one or a literal."""
        return expression(kind, Scope(names), self.choose, 0)


def is_items(var: Var) -> bool:
    return var.shape == "items"


def on_process(var: Var) -> bool:
    return not var.share


def in_order(var: Var) -> bool:
    return var.shape == "items" and var.ordered and not var.share
