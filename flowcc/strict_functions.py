"""What a strict flow asks of the functions handed to its operators: that keys and steps have kernels as well."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator, Mapping
from types import FunctionType
from typing import Any

from flowcc.backend.kernels.kernel_text import translate
from flowcc.backend.kernels.running_text import Loop, translate_running
from flowcc.backend.kernels.values import Refusal
from flowcc.ir import Code, Fold, Group, GroupFold, Op, Scan, Sort
from flowcc.runtime.columns import columns_of
from flowcc.runtime.schema import Schema

IN_PYTHON = Refusal("`reduce` calls it in Python, item by item")


def refused_functions(op: Op, schema: Schema | None, names: Mapping[str, Any]) -> Iterator[tuple[Code, Refusal]]:
    """Yield the functions of an operator over items of a schema that would run in Python, and why.

    Functions that Python itself is written with, such as `len`, are no element code.
    """
    given = _given(op)
    for name, code in given.items():
        function = _function(code, names)
        if function is None or name not in ("key", "by", "step", "function"):
            continue
        if schema is None:
            yield code, Refusal("its items have no columns")
        elif name in ("key", "by"):
            made = translate(function, "item", schema)
            if isinstance(made, Refusal):
                yield code, made
        elif isinstance(op, Fold):
            yield code, IN_PYTHON
        elif name == "step" and (refusal := _refused_step(function, schema, given, names)) is not None:
            yield code, refusal


def _given(op: Op) -> Mapping[str, Code]:
    match op:
        case Fold() | Sort() | Scan():
            return dict(op.arguments)
        case Group() | GroupFold() if op.by is not None:
            return {"by": op.by}
    return {}


def _refused_step(
    function: FunctionType, schema: Schema, given: Mapping[str, Code], names: Mapping[str, Any]
) -> Refusal | None:
    """Return why a step with a state has no compiled loop, as far as what it begins with can be told."""
    try:
        first = eval(given["init"].text, dict(names))
    except Exception:  # what a state begins with is the user's own code
        return None
    held = columns_of([first])
    loop = Loop(function, schema, first, keyed="by" in given, pairs=True)
    made = translate_running(loop, None if held is None else held.schema)
    return made if isinstance(made, Refusal) else None


def _function(code: Code, names: Mapping[str, Any]) -> FunctionType | None:
    """Return element code as the function it stands for, with a source that can be read; None for one of Python's."""
    if not isinstance(code.tree, ast.Lambda | ast.Name):
        return None
    text = "\n".join((*code.definitions, f"found = {code.text}")) + "\n"
    filename = f"<strict {abs(hash(text)):x}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    space = dict(names)
    try:
        exec(compile(text, filename, "exec", dont_inherit=True), space)
    except NameError:  # it reads another collection
        return None
    found = space["found"]
    return found if isinstance(found, FunctionType) else None
