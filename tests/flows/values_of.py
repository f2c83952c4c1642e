"""Statements that make values, dicts and sets from items, and items from those again."""

from __future__ import annotations

from dataclasses import replace

from tests.flows.collections_of import variable
from tests.flows.variables import Draft, Var, is_items, on_process

PLAIN = ("int", "str", "bool", "pair")


def folded(draft: Draft) -> None:
    """Add a fold of items to one value; of items in any order only what cannot tell."""
    xs = draft.pick(lambda var: is_items(var) and on_process(var))
    if xs is None:
        return
    text, element = draft.choose.of(folds(draft, xs))
    draft.assign(text, draft.named(_value(xs, element)))


def _value(xs: Var, element: str) -> Var:
    return Var("", "value", element, place=xs.place, ends=xs.ends, share=xs.share)


def folds(draft: Draft, xs: Var) -> list[tuple[str, str]]:
    """Return the folds that fit ``xs``, each with the type of its value."""
    x, source = variable(xs), draft.read(xs)
    test = draft.safe("bool", **{x: xs.element})
    number = draft.safe("int", **{x: xs.element})
    found = [
        (f"len({source})", "int"),
        (f"any({test} for {x} in {source})", "bool"),
        (f"all([{test} for {x} in {source}])", "bool"),
        (f"sum({number} for {x} in {source})", "int"),
        (f"sum([{number} for {x} in {source}], start=7)", "int"),
        (f"max(({number} for {x} in {source}), default=0)", "int"),
        (f"reduce(operator.add, [{number} for {x} in {source}], 0)", "int"),
        (f"prod({number} for {x} in {source})", "int"),
    ]
    if xs.element in PLAIN:
        default = {"int": "-1", "str": "'none'", "bool": "False", "pair": "(0, '')"}[xs.element]
        found += [(f"{word}({source}, default={default})", xs.element) for word in ("min", "max")]
        if draft.partial:
            found.append((f"max({source})", xs.element))
    if xs.ordered and xs.element != "float":
        found += [
            (f"reduce(lambda held, {x}: (held * 2 + {number}) % 1009, {source}, 1)", "int"),
        ]
        if xs.element == "str":
            found.append((f"'+'.join({source})", "str"))
        if draft.partial and xs.ends:
            found += [(f"{source}[0]", xs.element), (f"{source}[-1]", xs.element)]
    if xs.ordered and xs.element == "float" and draft.partial:
        found += [(f"sum({source})", "float"), (f"fsum({source})", "float"), (f"fmean({source})", "float"),
                  (f"max({source}, default=0.0)", "float")]  # fmt: skip
    return found


def gathered_up(draft: Draft) -> None:
    """Add a set, a dict or a Counter."""
    xs = draft.pick(lambda var: is_items(var) and on_process(var) and var.element != "float")
    if xs is None:
        return
    x, source = variable(xs), draft.read(xs)
    key_type, element = draft.choose.of(["int", "str", "bool"]), draft.choose.of(["int", "str", "opt"])
    key, made = draft.safe(key_type, **{x: xs.element}), draft.safe(element, **{x: xs.element})
    held = replace(xs, shape="set", ordered=False)
    table = replace(xs, shape="dict", key=key_type, element=element)
    counts = replace(xs, shape="dict", key=xs.element, element="int")
    forms = [
        (f"set({source})", held),
        (f"{{{key} for {x} in {source}}}", replace(held, element=key_type)),
        (f"Counter({source})", counts),
        (f"Counter({key} for {x} in {source})", replace(counts, key=key_type)),
    ]
    if xs.ordered:
        forms += [
            (f"{{{key}: {made} for {x} in {source}}}", table),
            (f"dict(({key}, {made}) for {x} in {source})", table),
        ]
    else:
        forms.append((f"{{{x}: {made} for {x} in {source}}}", replace(table, key=xs.element)))
    text, result = draft.choose.of(forms)
    draft.assign(text, draft.named(result))


def grouped(draft: Draft) -> None:
    """Add groups by a key, folded in a comprehension."""
    xs = draft.pick(lambda var: is_items(var) and var.ends and (on_process(var) or var.key != ""))
    if xs is None:
        return
    x, source = variable(xs), draft.read(xs)
    key_type = xs.key if xs.share else draft.choose.of(["int", "str", "bool"])
    by = xs.share or f"lambda {x}: {draft.safe(key_type, **{x: xs.element})}"
    until = ", until=lambda held: len(held) == 2" if not xs.share and xs.ordered and draft.choose.chance(15) else ""
    groups = f"group({source}, by={by}{until})"
    if not xs.share and draft.choose.chance(15):
        groups = f"group([({draft.safe(key_type, **{x: xs.element})}, {x}) for {x} in {source}])"
    inner = replace(xs, name="held", share="", ordered=xs.ordered, place=xs.place)
    fold, element = draft.choose.of(_group_folds(draft, inner))
    other, _ = draft.choose.of(_group_folds(draft, inner))
    test = draft.choose.of(["", "", " if len(held) > 1", f" if {other} != {fold}", f" if len(held) > 1 and {other}"])
    table = replace(xs, shape="dict", key=key_type, element=element)
    kept = replace(xs, key="", share="dealt" if xs.share else "")
    forms = [
        (
            f"[({fold}, str(k)) for k, held in {groups}.items(){test}]",
            replace(kept, element="pair" if element == "int" else "any"),
        ),
        (f"[len(held) for held in {groups}.values()]", replace(kept, element="int")),
    ]
    if not until:
        forms += [(f"{{k: {fold} for k, held in {groups}.items(){test}}}", table)] * 3
        forms += [(f"{{k: str(({fold}, {other})) for k, held in {groups}.items()}}", replace(table, element="str"))]
    text, result = draft.choose.of(forms)
    if result.element != "any":
        draft.assign(text, draft.named(result))


def _group_folds(draft: Draft, held: Var) -> list[tuple[str, str]]:
    x = variable(held)
    number, test = draft.safe("int", **{x: held.element}), draft.safe("bool", **{x: held.element})
    odd = f"(({number}) % 2)"
    found = [
        ("len(held)", "int"),
        (f"sum({number} for {x} in held)", "int"),
        (f"max({number} for {x} in held)", "int"),
        (f"any({draft.safe('bool', **{x: held.element})} for {x} in held)", "bool"),
        (f"len({{{number} for {x} in held}})", "int"),
        (f"sum({number} for {x} in held if {test})", "int"),
        (f"(min({number} for {x} in held) if len(held) > 1 else sum({number} for {x} in held))", "int"),
        (f"(sum(9 // {odd} for {x} in held) if all({odd} for {x} in held) else len(held))", "int"),
    ]
    if held.ordered:
        found += [
            (f"max(({number} for {x} in held if {test}), default=-1)", "int"),
            (f"sum([{number} for {x} in held if {test}], 5)", "int"),
            (f"prod({number} for {x} in held) % 1009", "int"),
            (f"str([fsum({number} for {x} in held), mean({number} for {x} in held)])", "str"),
            (f"str(max(held, key=lambda {x}: {number}))", "str"),
        ]
        found.append((f"str([{x} for {x} in held])", "str"))
        if held.element == "int":
            found += [("held[0]", "int"), ("held[-1] - sum(held)", "int")]
    return found


def opened(draft: Draft) -> None:
    """Add items from a finished dict or set."""
    held = draft.pick(lambda var: var.shape in ("dict", "set") and on_process(var) and var.ends)
    if held is None:
        return
    source = draft.read(held)
    base = replace(held, shape="items", key="")
    if held.shape == "set":
        forms = [(f"[x for x in {source}]", replace(base, ordered=False))]
        if held.element in PLAIN and held.ends:
            forms.append((f"sorted({source})", replace(base, ordered=True)))
    else:
        forms = [
            (f"[k for k in {source}]", replace(base, element=held.key)),
            (f"list({source}.values())", base),
            (f"[(len(str(v)), str(k)) for k, v in {source}.items()]", replace(base, element="pair")),
        ]
        if held.ends and held.key in PLAIN:
            forms.append((f"[k for k, _ in sorted({source}.items(), key=lambda item: item[0])]",
                          replace(base, element=held.key, ordered=True)))  # fmt: skip
    text, result = draft.choose.of(forms)
    draft.assign(text, draft.named(result))


def applied(draft: Draft) -> None:
    """Add a value made of values."""
    v = draft.pick(lambda var: var.shape in ("value", "dict", "set") and on_process(var) and var.ends)
    if v is None:
        return
    name = draft.read(v)
    w = draft.pick(lambda var: var.shape == "value" and on_process(var) and var.place == v.place and var.ends)
    if v.shape != "value":
        forms = [(f"len({name})", "int")] + (
            [(f"{name}.get({draft.leaf(v.key)}, None) is None", "bool")] if v.key else []
        )
    else:
        kind = draft.choose.of(["int", "str", "bool"])
        names = {name: v.element} | ({w.name: w.element} if w else {})
        text = draft.expression(kind, **names)
        if w is not None:
            draft.read(w)
        forms = [
            (
                text if any(n in text for n in names) else f"str({name}) + str({text})",
                kind if any(n in text for n in names) else "str",
            )
        ]
        if w is None or w.name not in forms[0][0]:
            forms += [(f"f'{{{name}}}!'", "str")]
            if w is not None and w.name != name:
                forms = [(f"str(({forms[0][0]}, {w.name}))", "str")]
    text, element = draft.choose.of(forms)
    draft.assign(text, draft.named(_value(v, element)))


def closed(draft: Draft) -> None:
    """Add a fixed point over sets of small numbers."""
    xs = draft.pick(lambda var: is_items(var) and on_process(var) and var.element == "int" and var.ends)
    if xs is None:
        return
    source = draft.read(xs)
    edges = draft.pick(
        lambda var: is_items(var) and var.place == xs.place and on_process(var) and var.element == "int" and var.ends
    )
    step = "{x // 2 for x in seen}"
    if edges is not None:
        step = draft.choose.of([step, f"{{(x + e) % 12 for x in seen for e in {draft.read(edges)} if e % 12 == x}}"])
    text = f"fixpoint(lambda seen: seen | {step}, {{x % 12 for x in {source}}})"
    draft.assign(text, draft.named(Var("", "set", "int", place=xs.place, ordered=False)))


def windowed(draft: Draft) -> None:
    """Add windows or sessions over a time that is a number of the item."""
    xs = draft.pick(
        lambda var: is_items(var) and on_process(var) and var.ordered and var.element in ("int", "pair", "row")
    )
    if xs is None:
        return
    x, source = variable(xs), draft.read(xs)
    number = {"int": "x", "pair": "p[0]", "row": "r.a"}[xs.element]
    late = draft.choose.of(["", ", late=3", ", late=100"])
    by = draft.choose.of(["", f", by=lambda {x}: {draft.safe('bool', **{x: xs.element})}"])
    every = draft.choose.of(["", ", every=2"])
    call = draft.choose.of([f"windows({source}, 4, lambda {x}: {number} % 20{every}{by}{late})",
                            f"sessions({source}, 3, time=lambda {x}: {number} % 20{by}{late})"])  # fmt: skip
    forms = [
        (f"[(w.start, str((k, len(held)))) for (w, k), held in {call}.items()]", replace(xs, element="pair")),
        (f"[len(held) for held in {call}.values()]", replace(xs, element="int")),
        (f"{call}.late", xs),
    ]
    text, result = draft.choose.of(forms)
    draft.assign(text, draft.named(result))
