"""Statements that make items from items: comprehensions, joins, look-ups, slices, running state, concatenation."""

from __future__ import annotations

from dataclasses import replace

from tests.flows.variables import Draft, Var, in_order, is_items, on_process

ELEMENTS = ["int", "int", "int", "str", "str", "float", "bool", "opt", "pair", "row"]


def variable(var: Var) -> str:
    """Return a name for an item of ``var``."""
    return {"int": "x", "float": "f", "str": "s", "bool": "b", "opt": "o", "pair": "p", "row": "r"}[var.element]


def mapped(draft: Draft) -> None:
    """Add a comprehension, in one of the ways Python has to write it."""
    xs = draft.pick(lambda var: is_items(var) and var.share != "copies")
    if xs is None:
        return
    x, element = variable(xs), draft.choose.of(ELEMENTS)
    made = draft.expression(element, **{x: xs.element})
    test = draft.expression("bool", **{x: xs.element})
    source = draft.read(xs)
    kept = replace(xs, element=element)
    same = f"{x} for {x} in {source}"
    forms = {
        f"[{made} for {x} in {source}]": kept,
        f"[{made} for {x} in {source} if {test}]": kept,
        f"[{made} for {x} in [{same}]]": kept,
        f"list(map(lambda {x}: {made}, {source}))": kept,
        f"[{same} if {test}]": xs,
        f"list(filter(lambda {x}: {test}, {source}))": xs,
        f"list(filterfalse(lambda {x}: {test}, {source}))": xs,
        f"[{made} for {x} in {source} for _ in range(({draft.safe('int', **{x: xs.element})}) % 3)]": kept,
    }
    if xs.element == "str":
        forms[f"[c.upper() for {x} in {source} for c in {x}]"] = replace(xs, element="str")
        forms[f"[w for {x} in {source} for w in {x}.split()]"] = replace(xs, element="str")
    if xs.element == "pair":
        forms[f"[(a * 2, s) for a, s in {source} if s]"] = xs
        forms[f"list(starmap(lambda a, s: a + len(s), {source}))"] = replace(xs, element="int")
    text = draft.choose.of(list(forms))
    resplit = replace(forms[text], share="dealt" if xs.share not in ("", "copies") else xs.share, key="")
    draft.assign(text, draft.named(resplit))


def joined(draft: Draft) -> None:
    """Add a join by equality (inner, outer, semi, anti, counted) or a product of two collections at one place."""
    xs = draft.pick(lambda var: is_items(var) and var.share != "copies")
    if xs is None:
        return
    share = ("copies",) if xs.share else ("",)
    ys = draft.pick(
        lambda var: var.shape in ("items", "set") and var.place == xs.place and var.share in share and var.ends
    )
    if ys is None:
        return
    x, left, right = variable(xs), draft.read(xs), draft.read(ys)
    key = draft.safe(ys.element, **{x: xs.element})
    facts = replace(xs, share="dealt" if xs.share else "")
    if ys.shape == "set" or draft.choose.chance(40):
        word = draft.choose.of(["in", "not in"])
        draft.assign(f"[{x} for {x} in {left} if {key} {word} {right}]", draft.named(facts))
        return
    y = variable(ys) + "2"
    other = draft.leaf(ys.element, **{y: ys.element})
    element = draft.choose.of(["int", "str", "pair"])
    made = draft.safe(element, **{x: xs.element, y: ys.element})
    test = draft.choose.of([f" if {key} == {y}", f" if {y} == {key}", f" if {key} == {y} and {y} == {other}", ""])
    if not draft.choose.chance(20):
        test = test or f" if {key} == {y}"
    result = replace(facts, element=element, ordered=xs.ordered and ys.ordered)
    asked, nothing = draft.safe("bool", **{x: xs.element, y: ys.element}), draft.leaf(ys.element)
    forms = [
        (f"[{made} for {x} in {left} for {y} in {right}{test}]", result),
        (f"[{made} for {x} in {left} for {y} in [{y} for {y} in {right} if {y} == {key}] or [{nothing}]]", result),
        (f"[{x} for {x} in {left} if any({key} == {y} and {asked} for {y} in {right})]", facts),
        (f"[{x} for {x} in {left} if not any([{y} == {key} for {y} in {right}])]", facts),
        (f"[{x} for {x} in {left} if all({key} != {y} or {asked} for {y} in {right})]", facts),
        (f"[len([{y} for {y} in {right} if {y} == {key}]) for {x} in {left}]", replace(facts, element="int")),
    ]
    text, given = draft.choose.of([*forms, forms[0], forms[0]])
    draft.assign(text, draft.named(given))


def looked_up(draft: Draft) -> None:
    """Add a comprehension that looks its items up in a dict."""
    table = draft.pick(lambda var: var.shape == "dict" and var.ends)
    if table is None:
        return
    xs = draft.pick(lambda var: is_items(var) and var.place == table.place and on_process(var))
    if xs is None:
        return
    x, d, source = variable(xs), draft.read(table), draft.read(xs)
    key = draft.safe(table.key, **{x: xs.element})
    default = draft.leaf(table.element)
    forms = [f"[{d}.get({key}, {default}) for {x} in {source}]", f"[{d}[{key}] for {x} in {source} if {key} in {d}]"]
    if draft.partial and draft.choose.chance(20):
        forms = [f"[{d}[{key}] for {x} in {source}]"]
    draft.assign(draft.choose.of(forms), draft.named(replace(xs, element=table.element)))


def taken(draft: Draft) -> None:
    """Add a slice, or a function that needs the order of its items."""
    xs = draft.pick(in_order)
    if xs is None:
        return
    x, source = variable(xs), draft.read(xs)
    test = draft.safe("bool", **{x: xs.element})
    key = draft.safe("int", **{x: xs.element})
    bounds = [draft.choose.of(["", "0", "1", "2", "5"]) for _ in range(2)]
    forms = [
        (f"{source}[{bounds[0]}:{bounds[1]}]", xs),
        (f"list(islice({source}, {bounds[1] or 'None'}))", xs),
        (f"list(takewhile(lambda {x}: {test}, {source}))", xs),
        (f"list(dropwhile(lambda {x}: {test}, {source}))", xs),
        (f"[({key}, str(i)) for i, {x} in enumerate({source}, start=3)]", replace(xs, element="pair")),
        (f"[i for i, {x} in enumerate({source}) if {test}]", replace(xs, element="int")),
        (f"[{x} == {x}2 for {x}, {x}2 in pairwise({source})]", replace(xs, element="bool")),
        (f"[(len(list(held)), str(name)) for name, held in groupby({source}, key=lambda {x}: {test})]",
         replace(xs, element="pair")),
    ]  # fmt: skip
    if xs.element == "int":
        forms += [
            (f"list(accumulate({source}))", xs),
            (f"list(accumulate({source}, max, initial=1))", xs),
            (f"list(accumulate({source}, lambda held, x: (2 * held + x) % 1000))", xs),
        ]
    if xs.ends:
        negative = draft.choose.of(["-1", "-2", "-4"])
        forms += [(f"{source}[{negative}:]", xs), (f"{source}[::{negative}]", xs), (f"list(reversed({source}))", xs),
                  (f"{source}[:{negative}]", xs), (f"{source}[1::2]", xs)]  # fmt: skip
    text, result = draft.choose.of(forms)
    draft.assign(text, draft.named(result))


def ranked(draft: Draft) -> None:
    """Add a sort; of items in any order only one whose keys cannot tie without being equal."""
    xs = draft.pick(
        lambda var: is_items(var) and on_process(var) and var.ends and var.element in ("int", "str", "pair")
    )
    if xs is None:
        return
    x, source = variable(xs), draft.read(xs)
    key = draft.safe(draft.choose.of(["int", "str"]), **{x: xs.element})
    total = replace(xs, ordered=True)
    n = draft.choose.of(["0", "1", "3"])
    forms = [
        (f"sorted({source})", total),
        (f"sorted({source}, reverse=True)", total),
        (f"nlargest({n}, {source})", total),
        (f"nsmallest({n}, {source})", total),
        (f"sorted({source}, key=lambda {x}: ({key}, {x}))", total),
    ]
    if xs.ordered:
        forms += [
            (f"sorted({source}, key=lambda {x}: {key}, reverse={draft.choose.of(['True', 'False'])})", xs),
            (f"nlargest({n}, {source}, key=lambda {x}: {key})", xs),
            (f"nsmallest({n}, {source}, key=lambda {x}: {key})", xs),
        ]
    text, result = draft.choose.of(forms)
    draft.assign(text, draft.named(result))


def together(draft: Draft) -> None:
    """Add one collection made of two at the same place."""
    xs = draft.pick(lambda var: is_items(var) and on_process(var))
    if xs is None:
        return
    ys = draft.pick(
        lambda var: is_items(var) and on_process(var) and (var.place, var.element) == (xs.place, xs.element)
    )
    assert ys is not None
    a, b = draft.read(xs), draft.read(ys)
    ends = xs.ends and ys.ends
    ordered = xs.ordered and ys.ordered
    both = replace(xs, ordered=ordered, ends=ends)
    forms = [(f"merge({a}, {b})", replace(both, ordered=False)), (f"unordered({a})", replace(xs, ordered=False))]
    if ends:
        forms += [(f"{a} + {b}", both), (f"list(chain({a}, {b}))", both)]
        forms += [(f"{a} + [{draft.leaf(xs.element)}]", xs), (f"[{draft.leaf(xs.element)}] + {a}", xs)]
        if xs.element == "int" and ordered:
            forms.append((f"list(heapq.merge(sorted({a}), sorted({b})))", both))
    if ordered:
        x = variable(xs)
        same = f"{x} == {x}2"
        forms += [
            (f"[{same} for {x}, {x}2 in zip({a}, {b})]", replace(both, element="bool")),
            (f"trust({a}, ordered=True, because='it is in order as it came')", xs),
        ]
        if draft.partial and draft.choose.chance(20):
            forms = [(f"[{same} for {x}, {x}2 in zip({a}, {b}, strict=True)]", replace(both, element="bool"))]
        if ends:
            forms.append((f"[{same} for {x}, {x}2 in product({a}[:3], {b}[:3])]", replace(both, element="bool")))
    text, result = draft.choose.of(forms)
    draft.assign(text, draft.named(result))


def scanned(draft: Draft) -> None:
    """Add a running state, one of all items or one a key."""
    xs = draft.pick(
        lambda var: is_items(var) and var.ordered and var.share != "copies" and (not var.share or var.key != "")
    )
    if xs is None or xs.element == "float":
        return
    x, source = variable(xs), draft.read(xs)
    out = draft.choose.of(["(held, str({n}))", "held * 2 + {n}", "{n}"]).replace(
        "{n}", draft.safe("int", **{x: xs.element})
    )
    step = draft.choose.of([f"lambda held, {x}: ((held * 3 + {draft.safe('int', **{x: xs.element})}) % 10007, {out})"])
    element = "pair" if out.startswith("(held") else "int"
    if xs.share:
        text = f"scan({step}, {source}, 0, by={xs.share})"
    else:
        by = f", by=lambda {x}: {draft.safe('int', **{x: xs.element})}" if draft.choose.chance(50) else ""
        text = f"scan({step}, {source}, {draft.choose.of(['0', 'init=5'])}{by})"
    draft.assign(
        text, draft.named(replace(xs, element=element, key="", share="dealt" if xs.share else "", split=False))
    )
