"""Statements that move data between places, and what is done to it on a cluster before it comes back."""

from __future__ import annotations

from dataclasses import replace

from tests.flows.collections_of import mapped, variable
from tests.flows.variables import HERE, Draft, Var, is_items, on_process

PROCESSES = ("Here", "Desk", "Reader")
CLUSTERS = ("Clerks", "Counters")


def sent(draft: Draft) -> None:
    """Add a send to another process."""
    xs = draft.pick(lambda var: var.shape in ("items", "value", "set") and on_process(var))
    if xs is None:
        return
    to = draft.choose.of([place for place in PROCESSES if place != xs.place])
    draft.assign(f"send({draft.read(xs)}, {to})", draft.named(replace(xs, place=to)))


def split(draft: Draft) -> None:
    """Add a scatter: one in turn or by a key; or a route."""
    xs = draft.pick(lambda var: is_items(var) and on_process(var))
    if xs is None:
        return
    x, to, source = variable(xs), draft.choose.of(CLUSTERS), draft.read(xs)
    key = draft.choose.of(["int", "str", "bool"])
    by = f"lambda {x}: {draft.safe(key, **{x: xs.element})}"
    there = replace(xs, place=to, key="", split=xs.ordered)
    forms = [
        (f"scatter({source}, {to})", replace(there, share="dealt")),
        (f"scatter({source}, {to}, by={by})", replace(there, share=by, key=key)),
        (f"scatter({source}, {to}, by={by})", replace(there, share=by, key=key)),
    ]
    if draft.choose.chance(10):
        number = draft.safe("int", **{x: xs.element})
        pairs = f"[(({number}) % size({to}), {x}) for {x} in {source}]"
        forms = [(f"route({pairs}, {to})", replace(there, share="dealt", split=False))]
    text, result = draft.choose.of(forms)
    draft.assign(text, draft.named(result))


def copied(draft: Draft) -> None:
    """Add a broadcast, to be read whole beside a share."""
    shared = draft.pick(lambda var: bool(var.share) and var.share != "copies")
    xs = draft.pick(lambda var: var.shape in ("items", "set") and on_process(var) and var.ends)
    if shared is None or xs is None:
        return
    text = f"broadcast({draft.read(xs)}, {shared.place})"
    draft.assign(text, draft.named(replace(xs, place=shared.place, share="copies")))
    draft.unread.remove(draft.variables[-1].name)  # to be read by a join, or by nothing


def brought_back(draft: Draft) -> None:
    """Gather something that a cluster holds."""
    xs = draft.pick(lambda var: bool(var.share) and var.share != "copies")
    if xs is not None:
        gather(draft, xs, draft.choose.of(PROCESSES))


def gather(draft: Draft, xs: Var, to: str) -> None:
    """Bring ``xs`` to a process: its items, or a fold of each member's merged."""
    source = draft.read(xs)
    here = replace(xs, place=to, share="", key="", ordered=False, split=False)
    if xs.shape == "dict":  # made of a share by key: members hold different keys
        draft.assign(f"gather({source}, {to})", draft.named(replace(here, key=xs.key)))
        return
    x = variable(xs)
    number = draft.safe("int", **{x: xs.element})
    value = Var("", "value", "int", place=to, ends=xs.ends)
    forms = [
        (f"gather({source}, {to})", here),
        (f"gather({source}, {to})", here),
        (f"gather(sum({number} for {x} in {source}), {to}, merge=operator.add)", value),
        (f"gather(len({source}), {to}, merge=operator.add)", value),
    ]
    if xs.split:
        forms += [(f"gather({source}, {to}, ordered=True)", replace(here, ordered=True))] * 3
    if xs.element != "float":
        counts = replace(here, shape="dict", key=xs.element, element="int")
        forms += [
            (f"gather(set({source}), {to}, merge=operator.or_)", replace(here, shape="set")),
            (f"gather(Counter({source}), {to}, merge=operator.add)", counts),
        ]
    text, result = draft.choose.of(forms)
    draft.assign(text, draft.named(result))


def home(draft: Draft) -> None:
    """Bring everything that nothing has read to where a result may be."""
    for var in [held for held in draft.variables if held.name in draft.unread and held.share]:
        gather(draft, var, HERE)


def on_members(draft: Draft) -> None:
    """Split something and work on the shares."""
    split(draft)
    for _ in range(draft.choose.number(0, 2)):
        mapped(draft)
