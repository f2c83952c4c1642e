"""``separator.join(…)`` of a comprehension, of the parts of a string, or of a tuple.

The room that is left in ``scratch`` is halved: what is joined grows in the upper half while its pieces are made in the
lower one. At the end it moves down to where the first piece stood, for no piece is needed any more.
"""

from __future__ import annotations

import ast

from flowcc.backend.kernels.reductions import each_item, gone_over
from flowcc.backend.kernels.scope import Scope
from flowcc.backend.kernels.strings import concatenate, use
from flowcc.backend.kernels.truth import required
from flowcc.backend.kernels.values import Value, item_of, refuse
from flowcc.runtime.schema import UTF8, Struct


def join_pieces(scope: Scope, separator: Value, node: ast.Call) -> Value:
    """Return ``separator.join(pieces)``."""
    separator = required(scope, separator, node)
    if len(node.args) != 1 or node.keywords:
        raise refuse("`join` with these arguments", node)
    of = gone_over(scope, node.args[0])
    if of is None:
        return _join_tuple(scope, separator, node)
    w = scope.w
    w.needs_scratch = True
    begin, outer = w.temporary("used"), w.temporary("room")
    w.line("room = used + (room - used) // 2")
    edge, end, more = w.temporary("room"), w.temporary("room"), w.temporary("False")

    def give(inner: Scope, value: Value) -> None:
        piece = _text(inner, value, node)
        reached = w.temporary(use(inner, "append_text", separator, piece, more, "scratch", end, outer))
        w.line(f"bad |= {reached}")
        w.line(f"full |= {reached} == -2")
        w.line(f"{end} = {reached} if {reached} > {end} else {end}")
        w.line(f"{more} = True")

    each_item(scope, of, give)
    w.line(f"room = {outer}")
    w.line(f"used = {use(scope, 'copy_text', 'scratch', edge, end, 'scratch', begin)}")
    return Value(UTF8, ("scratch", begin, w.temporary("used")))


def _join_tuple(scope: Scope, separator: Value, node: ast.Call) -> Value:
    of = node.args[0]
    if isinstance(of, ast.List | ast.Tuple):
        pieces = [scope.value(piece) for piece in of.elts]
    else:
        value = scope.value(of)
        if not isinstance(value.type, Struct):
            raise refuse(f"`join` of {value.type}", node)
        pieces = [item_of(value, index) for index in range(len(value.type.items))]
    texts = [_text(scope, piece, node) for piece in pieces]
    if not texts:
        return Value(UTF8, scope.w.constant_text("", node))
    return concatenate(scope, [part for text in texts for part in (separator, text)][1:])


def _text(scope: Scope, value: Value, node: ast.Call) -> Value:
    value = required(scope, value, node)
    if value.type != UTF8:
        raise refuse(f"`join` of {value.type}", node)
    return value
