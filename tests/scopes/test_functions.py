"""Functions of flows, at any depth, kept, given back and bound again: each flow means what its plain function says."""

# ruff: noqa: E731, B006, B023, RUF005
from __future__ import annotations

import dataclasses
import functools

import pytest

from flowcc import Batch, FlowError, flow, scan, threads

XS = [3, 1, 0, 5, -2, 7, 4]


@flow
def kept_from_a_loop(xs: Batch[int]) -> list[int]:
    fs = ()
    for k in range(3):
        fs = fs + (lambda x: x + k,)
    return [fs[0](x) for x in xs]


@flow
def that_read_a_parameter(xs: Batch[int], k: int = 3) -> list[int]:
    def outer(x):
        def inner(y):
            return y * k

        return inner(x)

    return [outer(x) for x in xs]


@flow
def that_call_a_sibling(xs: Batch[int]) -> list[int]:
    def one(x):
        return x + 1

    def two(x):
        def inner(y):
            return one(y)

        return inner(x)

    return [two(x) for x in xs]


@flow
def in_the_step_of_a_scan(xs: Batch[int], k: int = 3) -> list[int]:
    def step(s, x):
        def scaled(v):
            return v * k

        return s + x, scaled(s)

    return scan(step, xs, init=0)


@flow
def bound_in_a_branch(xs: Batch[int], negative: bool = True) -> list[int]:
    def minus(a):
        return -a

    if negative:
        g = minus
    else:
        g = abs
    return [g(x) for x in xs]


@flow
def given_back_by_a_function(xs: Batch[int], k: int = 3) -> list[int]:
    def times(n):
        def mul(x):
            return x * n

        return mul

    g = times(k)
    return [g(x) for x in xs]


@flow
def given_back_to_be_called_at_once(xs: Batch[int], k: int = 3) -> list[int]:
    def times(n):
        return lambda x: x * n

    return [times(k)(x) + times(2)(x) for x in xs]


@flow
def that_read_a_folded_value(xs: Batch[int]) -> list[int]:
    low = min(xs)

    def outer(x):
        def inner(y):
            return y - low

        return inner(x)

    return [outer(x) for x in xs]


@flow
def with_a_parameter_named_like_a_wire(xs: Batch[int]) -> list[int]:
    x = sum(xs)
    k = x

    def g(x):
        return x + k

    return [g(v) for v in xs]


@flow
def called_by_keyword(xs: Batch[int]) -> list[int]:
    x = sum(xs)
    g = lambda x: x
    return [g(x=v) + x for v in xs]


@flow
def in_a_key(xs: Batch[int]) -> list[int]:
    low = min(xs)

    def key(x):
        def part(y):
            return (y - low) % 3, y

        return part(x)

    return sorted(xs, key=key)


@flow
def that_a_default_keeps(xs: Batch[int]) -> list[int]:
    k = 1

    def times(x, k=k):
        return x * k

    k = 5
    return [times(x) + k for x in xs]


@flow
def with_decorators_inside(xs: Batch[int]) -> list[int]:
    def outer(x):
        @functools.cache
        def fib(n):
            return n if n < 2 else fib(n - 1) + fib(n - 2)

        return fib(abs(x))

    return [outer(x) for x in xs]


@flow
def with_a_match(xs: Batch[int]) -> list[int]:
    def shape(x):
        match (x % 3, [x, x]):
            case (0, [a, *rest]):
                return a + len(rest)
            case (n, _) if n > 1:
                return n
            case whole:
                return len(whole)

    return [shape(x) for x in xs]


@flow
def kept_in_a_list(xs: Batch[int]) -> list[int]:
    fs = []
    for k in range(3):
        fs = fs + [lambda x: x + k]
    return [fs[0](x) for x in xs]


@flow
def made_by_a_generator(xs: Batch[int]) -> list[int]:
    fs = tuple(lambda x: x + k for k in range(3))
    return [fs[x % 3](x) for x in xs]


@flow
def with_the_round_as_default(xs: Batch[int]) -> list[int]:
    fs = ()
    for k in range(3):
        fs = (*fs, lambda x, k=k: x + k)
    return [fs[x % 3](x) for x in xs]


@flow
def kept_in_a_dict(xs: Batch[int]) -> list[int]:
    ops = {}
    for k in range(3):
        ops = {**ops, k: lambda x: x * k}
    return [ops[x % 3](x) for x in xs]


@flow
def of_data_bound_again(xs: Batch[int]) -> list[int]:
    low = min(xs)
    fs = ((lambda x: x - low),)
    low = max(xs)
    return [fs[0](x) for x in xs]


@flow
def of_data_in_a_dict(xs: Batch[int]) -> list[int]:
    low = min(xs)
    fs = {"a": lambda x: x - low}
    low = max(xs)
    return [fs["a"](x) for x in xs]


@flow
def called_by_its_former_name(xs: Batch[int]) -> list[int]:
    k = 1

    def fact(n):
        return k if n <= 1 else n * fact(n - 1)

    g = fact

    def fact(n):
        return -g(n)

    k = 2
    return [fact(x % 5) for x in xs]


@flow
def calling_one_another(xs: Batch[int]) -> list[int]:
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    return [x for x in xs if even(x % 7)]


@flow
def with_a_nonlocal(xs: Batch[int]) -> list[int]:
    def counter(n):
        c = 0

        def up():
            nonlocal c
            c += n
            return c

        up()
        up()
        return c

    return [counter(x) for x in xs]


@flow
def with_a_class(xs: Batch[int]) -> list[int]:
    d = 3

    def g(x):
        class P:
            d = 10

            def __init__(self, v):
                self.v = v

            def get(self):
                return self.v + d

        return P(x).get() + P.d

    return [g(x) for x in xs]


@flow
def named_like_a_wire(xs: Batch[int]) -> list[int]:
    total = sum(xs)

    def total_of(total):
        return total + 1

    h = total_of

    def g(total):
        return h(total)

    return [g(x) + total for x in xs]


@flow
def one_after_the_other(xs: Batch[int]) -> list[int]:
    for f in (abs, lambda x: -x, lambda x: x * 2):
        xs = [f(x) for x in xs]
    return xs


@flow
def hidden_by_a_variable(xs: Batch[int]) -> list[int]:
    g = abs
    return [abs + 1 for abs in [g(x) for x in xs]]


@flow
def under_a_variable_of_its_name(xs: Batch[int]) -> list[int]:
    g = abs
    return [abs(g(x)) for x in xs for abs in [lambda y: y + 1]]


@flow
def beside_a_generator_of_its_variable(xs: Batch[int]) -> list[int]:
    ys = [x for x in xs if any(y for y in range(3) if y > x)]
    return [y + 1 for y in ys]


@flow
def that_read_what_is_bound_later(xs: Batch[int]) -> list[int]:
    def make():
        return lambda x: x + k

    k = 4
    g = make()
    return [g(x) for x in xs]


@flow
def with_keywords_and_a_walrus(xs: Batch[int]) -> list[int]:
    def f(x, *, k=2):
        t = [y for y in range(x % 3) if (z := y) > 0]
        return sum(t) + k + (z if x % 3 else 0)

    return [f(x, k=x) for x in xs]


@flow
def that_yield(xs: Batch[int]) -> list[int]:
    def gen(x):
        yield x
        yield from (x + 1, x + 2)

    return [v for x in xs for v in gen(x)]


@flow
def that_try_and_import(xs: Batch[int]) -> list[int]:
    def f(x):
        try:
            return 10 // x
        except ZeroDivisionError as e:
            import math as m

            return int(m.sqrt(len(str(e))))
        finally:
            pass

    return [f(x) for x in xs]


@flow
def three_deep(xs: Batch[int]) -> list[int]:
    n = len(xs)

    def outer(x):
        def mid(y):
            return [n + y + z for z in range(2)]

        return mid(x)

    return [v for x in xs for v in outer(x)]


@flow
def in_a_list_of_data(xs: Batch[int]) -> list[int]:
    low = min(xs)
    fs = [lambda x: x - low]
    return [f(1) for f in fs]


@flow
def called_with_a_constant(xs: Batch[int]) -> int:
    low = min(xs)

    def g(x):
        return x - low

    return g(10)


@flow
def called_for_a_constant(xs: Batch[int]) -> list[int]:
    low = min(xs)
    fs = {"a": lambda x: x - low}
    t = fs["a"](10)
    return [x + t for x in xs]


@flow
def over_a_constant_list_by_key(xs: Batch[int]) -> list[int]:
    low = min(xs)

    def g(x):
        return x - low

    return sorted([3, 1, 2], key=g)


@flow
def over_a_constant_list(xs: Batch[int]) -> list[int]:
    low = min(xs)

    def g(x):
        return x - low

    return [g(x) for x in [1, 2, 3]]


@flow
def over_a_known_list(xs: Batch[int]) -> list[int]:
    low = min(xs)

    def g(x):
        return x - low

    ys = [1, 2]
    zs = [g(y) for y in ys]
    return [z + x for x in xs for z in zs]


@flow
def called_by_one_another_with_constants(xs: Batch[int]) -> int:
    def g(x):
        return x + 1

    return g(g(1)) + len(xs)


@flow
def reducing_a_constant_list(xs: Batch[int]) -> int:
    low = min(xs)

    def g(x):
        return x + low

    return functools.reduce(lambda a, b: a + g(b), [1, 2, 3], 0)


@flow
def handed_a_constant_list(xs: Batch[int]) -> list[int]:
    low = min(xs)

    def g(ys):
        return [y - low for y in ys]

    return g([1, 2, 3])


@flow
def making_a_constant_dict(xs: Batch[int]) -> dict[int, int]:
    def g(x):
        return x % 2

    d = {g(x): x for x in [1, 2, 3]}
    return {x: d[g(x)] for x in xs}


@flow
def in_a_condition(xs: Batch[int]) -> bool:
    low = min(xs)
    g = lambda x: x > low
    return g(3) and not g(-5)


@flow
def in_one_of_two_results(xs: Batch[int]) -> tuple[int, list[int]]:
    g = lambda x: x + 1
    return g(1), [g(x) for x in xs]


@flow
def with_data_as_default(xs: Batch[int]) -> list[int]:
    low = min(xs)

    def g(x, d=[low]):
        return x + d[0]

    return [g(x) for x in xs]


@flow
def without_data(xs: Batch[int]) -> int:
    g = lambda: 5
    return g()


@flow
def called_where_it_is_made(xs: Batch[int]) -> list[int]:
    n = sum(x for x in [1, 2])
    t = (lambda x: n + x)(3)
    return [x + t for x in xs]


@flow
def that_hide_what_two_names_stand_for(xs: Batch[int]) -> list[int]:
    y = sum(xs)
    n = -2
    n = sum(xs)

    def g(b, plus=1):
        return (lambda y: n + y)(b) + plus

    return [g(x) + y for x in xs]


@flow
def with_a_dataclass_inside(xs: Batch[int]) -> list[int]:
    def f(v):
        @dataclasses.dataclass
        class Q:
            a: int

        return Q(v).a

    return [f(x) for x in xs]


@flow
def with_defaults_in_a_lazy_map(xs: Batch[int]) -> list[int]:
    out = (x for x in xs)
    for k in range(3):
        out = map(lambda v, k=k: v * k + 1, out)
    return list(out)


@flow
def handed_a_generator(xs: Batch[int]) -> int:
    def twice(it):
        return sum(it) + sum(it)

    return twice(x for x in xs)


@flow
def handed_a_generator_at_once(xs: Batch[int]) -> list[int]:
    return (lambda it: list(it) + list(it))(x for x in xs)


FLOWS = [each for each in list(globals().values()) if hasattr(each, "plain")]


@pytest.mark.parametrize("jit", ["auto", "never", "always"])
@pytest.mark.parametrize("one", FLOWS, ids=lambda one: one.__name__)
def test_functions_see_what_python_says(one: object, jit: str) -> None:
    forced = flow(jit=jit)(one.plain)
    forced.check()
    assert forced(list(XS)) == one.plain(list(XS))
    many = XS * 200  # more than the plain function takes
    assert forced(list(many)) == one.plain(list(many))


@pytest.mark.parametrize("one", FLOWS, ids=lambda one: one.__name__)
def test_functions_see_it_on_stages_too(one: object) -> None:
    assert one.run(list(XS), on=threads()) == one.plain(list(XS))


@flow
def made_by_a_call(xs: Batch[int]) -> list[int]:
    k = 1

    def plus_k(y):
        return y + k

    ten = plus_k(9)
    k = 100
    return [x + ten + k for x in xs]


@flow
def kept_in_data(xs: Batch[int]) -> list[int]:
    low = min(xs)
    fs = [functools.partial(lambda x, y: x - y - low, x) for x in xs]
    low = max(xs)
    return [f(1) + low for f in fs]


@flow
def read_before_it_is_bound(xs: Batch[int]) -> list[int]:
    ys = [abs(x) for x in xs]
    abs = 3
    return [y + abs for y in ys]


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (made_by_a_call, "F103"),
        (kept_in_data, "F103"),
        (read_before_it_is_bound, "F104"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_what_cannot_be_told_is_refused_at_its_line(one: object, code: str) -> None:
    with pytest.raises(FlowError) as caught:
        one.check()
    assert caught.value.code == code
