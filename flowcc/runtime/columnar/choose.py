"""Which step over columns does what a Python step does."""

from __future__ import annotations

from collections import Counter

from flowcc.runtime.columnar.averages import AverageOverColumns
from flowcc.runtime.columnar.folds import fold_over_columns
from flowcc.runtime.columnar.groups.counting import CountedOverColumns, CounterOverColumns, TallyOverColumns
from flowcc.runtime.columnar.groups.extremes import ExtremeByKey
from flowcc.runtime.columnar.groups.grouping import GroupFoldOverColumns
from flowcc.runtime.columnar.groups.held import DictOverColumns
from flowcc.runtime.columnar.groups.listing import GroupOverColumns
from flowcc.runtime.columnar.order.sorting import SortOverColumns
from flowcc.runtime.columnar.sending import SendOverColumns
from flowcc.runtime.columnar.sequences.runs import RunsOverColumns, WhileOverColumns
from flowcc.runtime.columnar.sequences.scanning import AccumulateOverColumns, ScanOverColumns
from flowcc.runtime.columnar.sequences.structs import FORMS, HeldInColumns, InStructs
from flowcc.runtime.columnar.sequences.windowing import WindowsOverColumns
from flowcc.runtime.columnar.walking import held_dict, held_group
from flowcc.runtime.ends import Send
from flowcc.runtime.node import Node, Step
from flowcc.runtime.operators.early import Counted
from flowcc.runtime.operators.fold import Collected, Decision, Extreme, OfAll, Tally, Total
from flowcc.runtime.operators.group import Group, GroupFold
from flowcc.runtime.operators.order import Held
from flowcc.runtime.operators.scan import Accumulate, Runs, Scan, While
from flowcc.runtime.operators.window import Windows


def over_columns(node: Node, plain: Step) -> Step:
    """Return a step that goes on from ``plain`` over columns, or ``plain`` itself where there is none."""
    match plain:
        case Collected() if type(plain.held) is Counter:
            return CounterOverColumns(node, plain)
        case Counted():
            return CountedOverColumns(node, plain)
        case Send():
            return SendOverColumns(node, plain)
        case Collected() if type(plain.held) is dict:
            return held_dict(node, plain) or DictOverColumns(node, plain)
        case Group():
            return held_group(node, plain) or GroupOverColumns(node, plain)
        case Accumulate():
            return AccumulateOverColumns(node, plain)
        case Scan():
            return ScanOverColumns(node, plain)
        case GroupFold():
            return GroupFoldOverColumns(node, plain)
        case Extreme() if plain.key is not None:
            return ExtremeByKey(node, plain)
        case Total() | Extreme() | Decision() | Collected():
            return fold_over_columns(node, plain) or plain
        case OfAll() if plain.has_columns:
            return AverageOverColumns(node, plain)
        case Held():
            return HeldInColumns(node, plain) if plain.cut is not None else SortOverColumns(node, plain)
        case While():
            return WhileOverColumns(node, plain)
        case Runs():
            return RunsOverColumns(node, plain)
        case Windows():
            return WindowsOverColumns(node, plain)
        case Tally():
            return TallyOverColumns(node, plain)
    form = FORMS.get(type(plain))
    return plain if form is None else InStructs(node, plain, form)
