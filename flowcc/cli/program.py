"""Finds the flow that a command line names: loads the file or module and picks one flow of it."""

from __future__ import annotations

import ast
import contextlib
import importlib
import linecache
import os
import re
import sys
import tokenize
import traceback
import types
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from flowcc.cli import faults
from flowcc.diagnostics import FlowError
from flowcc.source import Span

if TYPE_CHECKING:
    from flowcc.flow import Flow

    AnyFlow = Flow[..., object]

NAME = re.compile(r"[^\W\d]\w*")
MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def complete_target(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete files and folders before the colon, the flows of the file after it."""
    path, colon, begun = incomplete.rpartition(":")
    if not colon:
        return [CompletionItem(incomplete, type="file")]
    return [CompletionItem(f"{path}:{name}") for name in flow_names(Path(path)) if name.startswith(begun)]


flow_argument = click.argument("target", metavar="FLOW", shell_complete=complete_target)


def find_flow(target: str) -> AnyFlow:
    """Return the flow that ``target`` names.

    Raises `FlowError` (F550 to F554) when there is no such program or flow, or several and no name.
    """
    program, name = split_target(target)
    module = _load(program)
    flows = _flows_of(module)
    if name:
        return _named(target, module, name, flows)
    if len(flows) > 1:
        raise FlowError([faults.several_flows(program, list(flows))])
    if not flows:
        raise FlowError([faults.flow_not_found(program, "", [])])
    return next(iter(flows.values()))


def split_target(target: str) -> tuple[str, str]:
    """Split ``FILE:FLOW`` into program and name; the name is empty where there is none."""
    program, colon, name = target.rpartition(":")
    if colon and program and NAME.fullmatch(name) and not os.path.exists(target):
        return program, name
    return target, ""


def flow_names(path: Path) -> list[str]:
    """The functions of a file that carry ``@flow``, read without running it; none where it cannot be read."""
    try:
        with tokenize.open(path) as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        return []
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return [node.name for node in functions if any("flow" in ast.unparse(mark) for mark in node.decorator_list)]


def _named(target: str, module: types.ModuleType, name: str, flows: dict[str, AnyFlow]) -> AnyFlow:
    from flowcc.flow import Flow

    found = getattr(module, name, None)
    if isinstance(found, Flow):
        return found
    if found is None:
        raise FlowError([faults.flow_not_found(target, name, list(flows))])
    raise FlowError([faults.not_a_flow(target, name, type(found).__name__, list(flows))])


def _flows_of(module: types.ModuleType) -> dict[str, AnyFlow]:
    """The module's flows by name: its own or, where it has none, those that it imports."""
    from flowcc.flow import Flow

    found = {name: value for name, value in vars(module).items() if isinstance(value, Flow)}
    own = {name: value for name, value in found.items() if value.__module__ == module.__name__}
    return own or found


def _load(program: str) -> types.ModuleType:
    path = Path(program)
    if path.is_dir():
        raise FlowError([faults.program_not_found(program, "it is a folder")])
    if path.exists() or path.suffix == ".py" or os.sep in program:
        return _load_file(program, path)
    if not MODULE.fullmatch(program):
        raise FlowError([faults.program_not_found(program, "there is no such file, and it is no module's name")])
    return _load_module(program)


def _load_module(program: str) -> types.ModuleType:
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return importlib.import_module(program)
    except ModuleNotFoundError as error:
        if error.name and (program == error.name or program.startswith(error.name + ".")):
            raise FlowError([faults.program_not_found(program, f"there is no module {error.name}")]) from None
        raise _raised(program, error) from error
    except SyntaxError as error:
        raise _not_python(program, error) from None
    except (Exception, SystemExit) as error:  # the edge: whatever the user's module raises
        raise _raised(program, error) from error


def _load_file(program: str, path: Path) -> types.ModuleType:
    """Run a file as a module, with its folder in front of the path as `python FILE` has it."""
    text = ""
    try:
        with tokenize.open(path) as file:
            text = file.read()
        code = compile(text, program, "exec", dont_inherit=True)
    except OSError as error:
        raise FlowError([faults.program_not_found(program, error.strerror or str(error))]) from None
    except SyntaxError as error:
        raise _not_python(program, error, text) from None
    except ValueError as error:  # a null byte, or bytes that are not of the declared encoding
        raise FlowError([faults.program_not_found(program, f"it is not Python text ({error})")]) from None
    name = path.stem if NAME.fullmatch(path.stem) and path.stem not in sys.modules else f"_program_{path.stem}"
    module = types.ModuleType(name)
    module.__file__ = str(path.absolute())
    sys.modules[name] = module  # dataclasses and `inspect` look their module up
    sys.path.insert(0, str(path.absolute().parent))
    linecache.checkcache(program)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            exec(code, vars(module))
    except (Exception, SystemExit) as error:  # the edge: whatever the user's file raises
        del sys.modules[name]
        raise _raised(program, error) from error
    return module


def _not_python(program: str, error: SyntaxError, text: str = "") -> FlowError:
    line, column = error.lineno or 1, max((error.offset or 1) - 1, 0)
    end_line, end_column = error.end_lineno or line, max((error.end_offset or 0) - 1, column + 1)
    filename = error.filename or program
    span = Span(filename, line, column, max(end_line, line), end_column)
    return FlowError([faults.not_python(span, error.msg)], {filename: text} if text else None)


def _raised(program: str, error: BaseException) -> FlowError:
    """Name the innermost line outside Python's own files at which loading went wrong."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_users(frame.filename, program)]
    where = None
    if frames and frames[-1].lineno:
        frame = frames[-1]
        line, column = frame.lineno or 1, frame.colno or 0
        where = Span(frame.filename, line, column, frame.end_lineno or line, frame.end_colno or column + 1)
    said = str(error).strip()
    shown = type(error).__name__ + (f" ({said})" if said else "")
    if isinstance(error, FlowError):
        return error
    return FlowError([faults.program_raises(program, shown, where)])


def _is_users(filename: str, program: str) -> bool:
    own = Path(filename).absolute() == Path(program).absolute()
    return own or not (filename.startswith((sys.base_prefix, sys.prefix, "<")) or f"{os.sep}flowcc{os.sep}" in filename)
