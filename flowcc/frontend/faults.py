"""Faults of the frontend: what is outside the language, and annotations that do not hold."""

from __future__ import annotations

from flowcc.diagnostics import Diagnostic, Label
from flowcc.source import Span

INSTEAD = {
    "while": "fixpoint(step, start), or `for` over a range known when the flow is compiled",
    "try": '@flow(on_error="skip"), or `try` inside a function that element code calls',
    "with": "a source such as text(path), or `with` inside a function that element code calls",
    "async for": "a comprehension; flows are asynchronous by themselves",
    "yield": "return the collection",
    "await": "a comprehension; flows are asynchronous by themselves",
    "global": "pass the value in as a parameter",
    "nonlocal": "scan(step, xs, init=…) keeps a state",
    "del": "nothing: names may be bound again",
    "raise": "raise inside a function that element code calls",
    "assert": "a filter, or an `assert` inside a function that element code calls",
    "import": "import at the top of the file",
    "class": "define the class at the top of the file",
    "match": "a conditional expression, or `match` inside a function that element code calls",
    ":=": "an assignment of its own",
}


def outside_language(where: Span, what: str) -> Diagnostic:
    """F101: a statement or expression that flows do not have."""
    return Diagnostic(
        code="F101",
        title=f"`{what}` is outside the language of flows",
        primary=Label(where),
        help=INSTEAD.get(what, "an assignment, a comprehension or one of flowcc's operators"),
    )


def loop_over_data(where: Span, name: str) -> Diagnostic:
    """F102: a `for` statement over data that flows."""
    return Diagnostic(
        code="F102",
        title=f"a `for` statement cannot go over `{name}`, which is known only when the flow runs",
        primary=Label(where, "its items are not known when the flow is compiled"),
        help="a comprehension, scan(step, xs, init=…) for a running state, or reduce(f, xs, init)",
    )


def choice_on_data(where: Span) -> Diagnostic:
    """F102: an `if` statement or loop over something that is not known when the flow is compiled."""
    return Diagnostic(
        code="F102",
        title="an `if` statement needs a condition that is known when the flow is compiled",
        primary=Label(where, "known only when the flow runs"),
        help="a conditional expression `a if condition else b`, or a filter in a comprehension",
    )


def mutation(where: Span, what: str, instead: str) -> Diagnostic:
    """F103: something would be changed in place."""
    return Diagnostic(
        code="F103",
        title=f"{what} changes a value in place; a flow only makes new ones",
        primary=Label(where),
        help=instead,
    )


def iterator_twice(where: Span, name: str) -> Diagnostic:
    """F103: an iterator that is gone over more than once."""
    return Diagnostic(
        code="F103",
        title=f"`{name}` is an iterator, and whoever goes over it a second time finds it used up",
        primary=Label(where),
        help=f"list(…) of it where `{name}` is assigned",
    )


def read_late(where: Span, name: str, iterator: str) -> Diagnostic:
    """F103: a name is bound again that an iterator reads only when it is gone over."""
    return Diagnostic(
        code="F103",
        title=f"`{name}` changes what the iterator `{iterator}` gives, which reads it only when it is gone over",
        primary=Label(where),
        help=f"list(…) of it where `{iterator}` is assigned, or another name",
    )


def read_early_or_late(where: Span, made: str, name: str) -> Diagnostic:
    """F103: a call may have read a name before it was bound again, or what it made reads it now."""
    return Diagnostic(
        code="F103",
        title=f"`{made}` was made by a call that may read `{name}`, and `{name}` was bound again in between",
        primary=Label(where, f"which `{name}` is meant cannot be told"),
        help=f"another name for the second `{name}`",
    )


def unknown_name(where: Span, name: str) -> Diagnostic:
    """F104: a name that nothing defines."""
    return Diagnostic(code="F104", title=f"`{name}` is not defined", primary=Label(where), help="assign or import it")


def read_before_bound(where: Span, name: str) -> Diagnostic:
    """F104: a name that the flow binds, but only later."""
    return Diagnostic(
        code="F104",
        title=f"`{name}` is a name of this flow, and is read before it is bound",
        primary=Label(where),
        help=f"bind `{name}` first, or give the flow's own another name",
    )


def not_known_early(where: Span, why: str) -> Diagnostic:
    """F105: a value that has to be known when the flow is compiled, and is not."""
    return Diagnostic(
        code="F105",
        title="this has to be known when the flow is compiled",
        primary=Label(where, why),
        help="a constant, or a parameter of the flow that is no collection",
    )


def unknown_operator(where: Span, name: str) -> Diagnostic:
    """F106: a function that the language does not know is handed a whole collection."""
    return Diagnostic(
        code="F106",
        title=f"`{name}` is handed a whole collection, and flowcc does not know what it does with it",
        primary=Label(where),
        help=f"call it on items in a comprehension, or make `{name}` a flow with @flow",
    )


def verb_on_items(where: Span, name: str) -> Diagnostic:
    """F106: a verb or a live operator stands inside element code or in a branch."""
    return Diagnostic(
        code="F106",
        title=f"`{name}` works on whole collections; it cannot be called for single items or in a branch",
        primary=Label(where),
        help=f"call {name}(…) in an assignment of its own",
    )


def wrong_arguments(where: Span, name: str, problem: str) -> Diagnostic:
    """F106: a call of a known function with arguments it does not take."""
    return Diagnostic(code="F106", title=f"`{name}`: {problem}", primary=Label(where), help=f"see help({name})")


def not_python(where: Span, message: str) -> Diagnostic:
    """F107: the file is not Python."""
    return Diagnostic(code="F107", title=f"this is not Python: {message}", primary=Label(where), help="mend the syntax")


def no_such_function(filename: str, name: str) -> Diagnostic:
    """F108: the function was not found in its file."""
    return Diagnostic(
        code="F108",
        title=f"no function `{name}` in {filename}",
        subject=filename,
        help="the file may have changed since it was imported; import it again",
    )


def no_source(name: str) -> Diagnostic:
    """F108: a function whose source text nobody kept, as in a bare interactive session."""
    return Diagnostic(
        code="F108",
        title=f"the source of `{name}` is not to be had: it was typed into a session that keeps none",
        subject=name,
        help="write the function into a file and import it, or use a notebook or IPython",
    )


def not_yet(where: Span, name: str) -> Diagnostic:
    """F109: a part of the language that needs a live run."""
    return Diagnostic(
        code="F109",
        title=f"`{name}` needs a live run, which this version of flowcc does not have",
        primary=Label(where),
        help="scan(step, xs, init=…) keeps a state item by item" if name == "tick" else "a bounded run",
    )


def not_straight(where: Span, what: str) -> Diagnostic:
    """F110: a function whose form no flow can have."""
    return Diagnostic(
        code="F110",
        title=f"a flow is one straight function, and this is {what}",
        primary=Label(where),
        help="plain parameters and a single `return` at the end",
    )


def value_as_collection(where: Span, what: str) -> Diagnostic:
    """F106: a collection stands where a value is wanted, or the other way round."""
    return Diagnostic(code="F106", title=what, primary=Label(where), help="fold it first, or use a comprehension")


def not_at_place(where: Span, name: str, is_at: str, wanted: str) -> Diagnostic:
    """F201: an annotation or a call wants data elsewhere than it is."""
    return Diagnostic(
        code="F201",
        title=f"`{name}` lives at {is_at}, and this says {wanted}",
        primary=Label(where, f"is at {is_at}"),
        help=f"send({name}, {wanted}), or change the annotation",
    )


def wrong_type(where: Span, said: str, found: str) -> Diagnostic:
    """F202: an annotation says another kind of collection or value than the expression gives."""
    return Diagnostic(
        code="F202",
        title=f"this is {found}, and the annotation says {said}",
        primary=Label(where),
        help="change the annotation or the expression",
    )


def other_type(where: Span, said: str, found: str) -> Diagnostic:
    """F203: an annotation says another type of items or value than was inferred."""
    return Diagnostic(
        code="F203",
        title=f"the annotation says `{said}`, and this is {found}",
        primary=Label(where),
        help="change the annotation, or convert the items: [str(x) for x in …]",
    )


def bad_annotation(where: Span, text: str, why: str) -> Diagnostic:
    """F202: an annotation that means nothing to a flow."""
    return Diagnostic(
        code="F202",
        title=f"the annotation `{text}` {why}",
        primary=Label(where),
        help="Stream[T, P], Batch[T, P], Bag[T, P], list[T], or the type of a value",
    )


def order_promised(where: Span, said: str, lost_at: Span | None) -> Diagnostic:
    """F301: an annotation promises an order that is lost."""
    how = "order is lost here" if lost_at is None or lost_at.line != where.line else "they have no order"
    return Diagnostic(
        code="F301",
        title=f"`{said}` promises an order, and these items come in any order",
        primary=Label(where),
        secondary=() if lost_at is None else (Label(lost_at, how),),
        help="Bag[…] in the annotation, sorted(…), or gather(…, ordered=True)",
    )


def end_promised(where: Span, said: str) -> Diagnostic:
    """F302: an annotation promises an end that may never come."""
    return Diagnostic(
        code="F302",
        title=f"`{said}` promises an end, and this may never end",
        primary=Label(where),
        help="Stream[…] in the annotation, or Batch[…] for the parameter if its items end",
    )


def never_ends(where: Span, written: str) -> Diagnostic:
    """F302: items known when the flow is compiled have no end."""
    return Diagnostic(
        code="F302",
        title=f"`{written}` never ends, and what is known when the flow is compiled has to",
        primary=Label(where),
        help="enumerate(xs) for a count of the items; range(n) where n is known",
    )


def no_reason(where: Span, name: str) -> Diagnostic:
    """F304: a `because` is missing or empty."""
    return Diagnostic(
        code="F304",
        title=f"`{name}` claims what cannot be shown, and does not say why it holds",
        primary=Label(where),
        help='because="…" with a sentence that a reviewer can check',
    )


def impure(where: Span, path: str, why: str) -> Diagnostic:
    """F401: element code that gives another answer each time it runs, or acts on the world."""
    return Diagnostic(
        code="F401",
        title=f"`{path}` is not pure: {why}",
        primary=Label(where),
        help='pass what it gives in as an argument, or @impure(because="…") above a function that has to',
    )


def no_live_runs(name: str) -> Diagnostic:
    """F109: a way of running that this version does not have."""
    return Diagnostic(
        code="F109",
        title=f"`{name}` is not part of this version of flowcc",
        subject=name,
        help="call the flow, or flow.run(…, on=processes())",
    )
