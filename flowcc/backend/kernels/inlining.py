"""The user's own functions, inlined where they are called: statements, loops, `match` and `return`.

A `return` inside loops sets a flag that the loops around it look at; elsewhere control flow stays as written.
Every loop ends as soon as its item has failed, so that no garbage can keep it running.
"""

from __future__ import annotations

import ast
import dis
import inspect
from types import FunctionType

from flowcc.backend.kernels.reading import read_function
from flowcc.backend.kernels.scope import OF_FUNCTIONS, Scope, constant
from flowcc.backend.kernels.statements import Body, run_body
from flowcc.backend.kernels.values import Value, refuse

DEPTH_AT_MOST = 12


def inline(
    scope: Scope, function: FunctionType, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
) -> Value:
    """Write the body of a function with its parameters bound, and return its result."""
    code = function.__code__
    if code in scope.stack or len(scope.stack) > DEPTH_AT_MOST:
        raise refuse("recursion", node)
    scope.capture(function, *OF_FUNCTIONS)
    definition = read_function(function)
    if definition is None:
        raise refuse(f"the source of `{function.__name__}` is not to be found", node)
    inner = Scope(scope.w, function, scope.evaluate, scope.captured, stack=(*scope.stack, code))
    _bind_parameters(inner, function, arguments, keywords, node)
    if isinstance(definition, ast.Lambda):
        return inner.value(definition.body)
    return run_body(Body(inner, definition))


def _bind_parameters(
    inner: Scope, function: FunctionType, arguments: list[Value], keywords: dict[str, Value], node: ast.AST
) -> None:
    signature = inspect.signature(function)
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in signature.parameters.values()):
        raise refuse("a function with `*` or `**` parameters", node)
    try:
        bound = signature.bind(*arguments, **keywords)
    except TypeError:
        raise refuse("this call always raises TypeError", node) from None
    for name, parameter in signature.parameters.items():
        value = bound.arguments.get(name)
        given = constant(inner.w, parameter.default, node) if value is None else value
        inner.names[name] = given if _never_assigned(function, name) else inner.stored(given)


def _never_assigned(function: FunctionType, name: str) -> bool:
    """Tell whether a parameter keeps its value, so that the argument itself can stand for it."""
    stored = (i.argval for i in dis.get_instructions(function) if i.opname.startswith(("STORE_", "DELETE_")))
    return not any(name == argument or (isinstance(argument, tuple) and name in argument) for argument in stored)
