"""A build folder as data: `plan.json`, checked against the modules beside it and against this version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from flowcc.deploy import faults
from flowcc.runtime.channels.wiring import HERE, Route, Wiring
from flowcc.version import VERSION

FORMAT = 1
PLAN = "plan.json"


class StagePlan(msgspec.Struct, frozen=True):
    """One place: its kind, its default number of members, and the module whose function wires its stage up."""

    place: str
    kind: str
    size: int
    module: str
    function: str


class ChannelPlan(msgspec.Struct, frozen=True):
    """One move between two places."""

    name: str
    sender: str
    receiver: str
    verb: str
    shape: str = "items"
    line: int = 0


class SourcePlan(msgspec.Struct, frozen=True):
    """One parameter and the place it is handed to; ``only`` are the fields of its records that are read there."""

    name: str
    place: str
    shape: str = "items"
    element: str = "object"
    only: tuple[str, ...] | None = None


class ResultPlan(msgspec.Struct, frozen=True):
    """Where the result's wires live, one place each in order; ``many`` when the caller gets a tuple."""

    places: list[str]
    many: bool = False


class Plan(msgspec.Struct, frozen=True):
    """All of `plan.json` that a run needs."""

    format: int
    flowcc: str
    flow: str
    file: str
    digest: str
    stages: list[StagePlan]
    channels: list[ChannelPlan]
    sources: list[SourcePlan]
    result: ResultPlan
    on_error: str = "raise"

    @property
    def key(self) -> bytes:
        """The first bytes of the digest, which every frame carries."""
        return bytes.fromhex(self.digest)[:8]


def read_plan(build: Path) -> Plan:
    """Read and check a build folder; raises `FlowError` (F540, F541, F542)."""
    path = build / PLAN
    try:
        text = path.read_bytes()
        head = msgspec.json.decode(text)
        if isinstance(head, dict) and (head.get("format"), head.get("flowcc")) != (FORMAT, VERSION):
            raise faults.other_version(str(path), str(head.get("flowcc", "of unknown version")), VERSION)
        plan = msgspec.json.decode(text, type=Plan)
        digest = digest_modules(build, plan)
    except OSError as error:
        raise faults.no_plan(str(error.filename or path), error.strerror or str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise faults.no_plan(str(path), str(error)) from None
    if digest != plan.digest:
        raise faults.changed_modules(str(path))
    return plan


def digest_modules(build: Path, plan: Plan) -> str:
    """Return the digest over the modules of a build folder, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted({f"{stage.module}.py" for stage in plan.stages if stage.module} | {"definitions.py"}):
        path = build / name
        if name != "definitions.py" or path.exists():
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def wire(plan: Plan, members: Mapping[str, int]) -> Wiring:
    """Say who is connected with whom; raises `FlowError` (F530, F531) for wrong ``members``."""
    sizes = {HERE: 1}
    for stage in plan.stages:
        sizes[stage.place] = _size(stage, members)
    for place in members:
        if place not in sizes:
            raise faults.unknown_place(plan.flow, place, [stage.place for stage in plan.stages])
    routes = [(c.name, c.verb, c.sender, c.receiver) for c in plan.channels]
    routes += [(source_route(s.name), "scatter", HERE, s.place) for s in plan.sources if s.place != HERE]
    routes += [
        (result_route(at), "gather", place, HERE)
        for at, place in enumerate(plan.result.places)
        if place != HERE
    ]  # fmt: skip
    return Wiring(sizes, tuple(Route(number, *route) for number, route in enumerate(routes, start=1)))


def source_route(name: str) -> str:
    """Return the name of the channel on which an argument travels to the place that reads it."""
    return f"{name} (argument)"


def result_route(at: int) -> str:
    """Return the name of the channel on which a result comes back."""
    return f"{at} (result)"


def _size(stage: StagePlan, members: Mapping[str, int]) -> int:
    size = members.get(stage.place, stage.size)
    if type(size) is not int or size < 1:
        raise faults.wrong_members(stage.place, size)
    if stage.kind != "cluster" and size != 1:
        raise faults.members_of_process(stage.place, size)
    return size
