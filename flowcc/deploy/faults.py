"""What can go wrong when a plan is read, launched and run: F530 to F533, F538, F540 to F542 and F545."""

from __future__ import annotations

from collections.abc import Iterable

from flowcc.diagnostics import Diagnostic, FlowError


def _fault(code: str, title: str, *, subject: str = "", help: str = "", notes: Iterable[str] = ()) -> FlowError:
    return FlowError([Diagnostic(code=code, title=title, subject=subject, help=help, notes=tuple(notes))])


def wrong_members(place: str, given: object) -> FlowError:
    """F530: a number of members that is none."""
    return _fault(
        "F530",
        f"`{place}` cannot have {given!r} members",
        subject=f"members={{{place}: {given!r}}}",
        help="give a whole number of 1 or more",
    )


def members_of_process(place: str, given: object) -> FlowError:
    """F530: more than one member of a place that has one instance."""
    return _fault(
        "F530",
        f"`{place}` is a process and cannot have {given!r} members",
        subject=f"members={{{place}: {given!r}}}",
        help=f"declare `class {place}(Cluster)` if it shall have many",
    )


def unknown_place(flow: str, place: str, places: Iterable[str]) -> FlowError:
    """F531: members of a place that the flow does not have."""
    known = ", ".join(f"`{name}`" for name in places) or "no place but the caller's"
    return _fault("F531", f"`{flow}` has no place `{place}`", subject=f"members={{{place}: …}}", help=f"it has {known}")


def stage_died(place: str, member: int, how: str, printed: str) -> FlowError:
    """F532: a stage's process ended before its work."""
    notes = [f"it printed last:\n{printed}"] if printed else ["it printed nothing"]
    return _fault("F532", f"stage `{place}`, member {member}, {how}", notes=notes)


def cannot_start(place: str, member: int, why: str) -> FlowError:
    """F533: a stage's process could not be started."""
    return _fault("F533", f"stage `{place}`, member {member}, cannot be started: {why}")


def no_folder(why: str) -> FlowError:
    """F533: no folder for sockets can be made."""
    return _fault(
        "F533",
        f"no folder for the sockets of the stages can be made: {why}",
        help="point TMPDIR at a folder in which files may be made",
    )


def failed_elsewhere(name: str, text: str, place: str, member: int) -> FlowError:
    """F538: element code raised an exception whose class the caller does not know."""
    return _fault("F538", f"`{name}` was raised at `{place}`, member {member}", notes=[text])


def no_plan(path: str, why: str) -> FlowError:
    """F540: a build folder without a readable plan."""
    return _fault(
        "F540", f"there is no plan to run: {why}", subject=path, help="make one: flowcc compile FILE:FLOW -o FOLDER"
    )


def changed_modules(path: str) -> FlowError:
    """F541: the modules of a build folder are not those the plan was made with."""
    return _fault(
        "F541",
        "the modules beside this plan are not those that it was made with",
        subject=path,
        help="compile the flow again; what was compiled is not to be edited",
    )


def other_version(path: str, made_by: str, running: str) -> FlowError:
    """F542: a build folder made by another version."""
    return _fault(
        "F542",
        f"this plan was made by flowcc {made_by}, and this is flowcc {running}",
        subject=path,
        help="compile the flow again",
    )


def module_missing(missing: str, module: str) -> FlowError:
    """F545: what a build folder's module imports is not to be found where it runs."""
    return _fault(
        "F545",
        f"`{missing}`, which this module needs, cannot be imported here",
        subject=module,
        help=f"install `{missing}` where the stages run, or name its folder in PYTHONPATH",
        notes=["a build folder holds what the flow's own file defines, and none of the other modules that it imports"],
    )
