"""Small flows, one corner of the language each, as people write them: collections, look-ups, joins, places."""

# ruff: noqa: C416, C420, B905, RUF007 - written as users write

import operator
import statistics
from collections import Counter
from itertools import accumulate, chain, groupby, islice, pairwise, product, starmap

from flowcc import (
    Batch,
    Cluster,
    Here,
    Process,
    broadcast,
    fixpoint,
    flow,
    gather,
    group,
    scan,
    scatter,
)  # fmt: skip


class P(Process): ...


class Q(Process): ...


class C(Cluster): ...


class D(Cluster, size=2): ...


@flow
def most_common(xs: Batch[int]):
    return Counter(x % 3 for x in xs).most_common(2)


@flow
def frequencies(xs: Batch[int]):
    c = Counter(x % 3 for x in xs)
    return {k: v / sum(c.values()) for k, v in c.items()}


@flow
def counters_asked(xs: Batch[int]):
    c = Counter(xs)
    return c[1], c[99], c.get(99), 1 in c, len(c), sorted(c), sorted(c.items()), max(c.values()), list(c.keys())


@flow
def look_ups(xs: Batch[int]):
    d = {x % 4: x for x in xs}
    return [d[x % 4] - x for x in xs], [d.get(x, -1) for x in xs], [x for x in xs if x in d]


@flow
def sets(xs: Batch[int]):
    s = set(xs)
    t = {x + 1 for x in xs}
    return s | t, s & t, s - t, s ^ t, s <= t, len(s), 3 in s


@flow
def groups_read_often(xs: Batch[int]):
    g = group(xs, by=lambda x: x % 3)
    return (
        {k: sorted(v)[:2] for k, v in g.items()},
        {k: v[0] for k, v in g.items()},
        [len(v) for v in g.values()],
        list(g),
        g[1],
    )


@flow
def groups_folded(xs: Batch[int]):
    return {
        k: (min(v), max(v), sum(v) / len(v), statistics.median(v)) for k, v in group((x % 3, x) for x in xs).items()
    }


@flow
def groups_opened(xs: Batch[int]):
    g = group(xs, by=lambda x: x % 3)
    return [(k, x) for k, v in g.items() for x in v if x > k]


@flow
def groups_ranked(xs: Batch[int]):
    return sorted(((k, len(v)) for k, v in group(xs, by=lambda x: x % 3).items()), key=lambda kv: (-kv[1], kv[0]))[:2]


@flow
def products_of_itself(xs: Batch[int]):
    return [(a, b, c) for a in xs for b in xs for c in xs if a + b == c]


@flow
def joins(xs: Batch[int]):
    ys = [(x, x * x) for x in xs]
    return [(a, s) for a in xs for b, s in ys if a == b], [(a, s) for b, s in ys for a in xs if b + 1 == a]


@flow
def anti_joins_by_hand(xs: Batch[int]):
    return [x for x in xs if not any(y > x for y in xs)]


@flow
def zips(xs: Batch[int]):
    return list(zip(xs, xs[1:])), list(zip(xs, xs[1:], xs[2:])), dict(zip(xs, xs[1:]))


@flow
def enumerated(xs: Batch[int]):
    return [(i, x) for i, x in enumerate(xs, 1) if i % 2], dict(enumerate(xs)), {i: x for i, x in enumerate(xs)}


@flow
def accumulated(xs: Batch[int]):
    return (
        list(accumulate(xs, operator.mul)),
        list(accumulate(xs, func=lambda a, b: a - b)),
        list(accumulate(xs, initial=5)),
    )


@flow
def pairs_and_chains(xs: Batch[int]):
    return (
        [sum(p) for p in pairwise(xs)],
        list(chain.from_iterable([x, x] for x in xs)),
        list(starmap(pow, [(x, 2) for x in xs])),
    )


@flow
def runs(xs: Batch[int]):
    return [(k, list(g)) for k, g in groupby(sorted(xs), key=lambda x: x // 3)]


@flow
def products_and_islices(xs: Batch[int]):
    return list(product(xs, "ab")), list(product(xs, xs))[:3], list(islice(xs, 1, 5, 2))


@flow
def running_states(xs: Batch[int]):
    return scan(lambda s, x: (s + x, s), xs, 0), scan(lambda s, x: (s + 1, (x, s)), xs, init=0, by=lambda x: x % 2)


@flow
def fixed_points(xs: Batch[int]):
    return fixpoint(lambda n: n // 2, max(xs)), fixpoint(lambda s: s | {x // 2 for x in s}, set(xs))


@flow
def closures_of_relations(xs: Batch[int]):
    edges = [(x, (x * 3) % 7) for x in xs]
    return fixpoint(lambda r: r | {(a, d) for a, b in r for c, d in r if b == c}, set(edges))


@flow
def known_items_first(xs: Batch[int]):
    return [x**2 for x in range(10) if x in xs]


@flow
def known_items_crossed(xs: Batch[int]):
    return [x + y for x in [1, 2] for y in xs]


@flow
def counted_by_key(xs: Batch[int]):
    mine = scatter(xs, C, by=lambda x: x % 3)
    return gather({k: len(v) for k, v in group(mine, by=lambda x: x % 3).items()}, Here)


@flow
def dealt(xs: Batch[int]):
    mine = scatter(xs, D)
    return gather([x * 2 for x in mine], Here, ordered=True), sorted(gather(mine, Here))


@flow
def a_value_for_all(xs: Batch[int, P]):
    n = sum(xs)
    m = broadcast(n, C)
    mine = scatter(xs, C)
    return gather(sum(x * m for x in mine), Q, merge=operator.add)


@flow
def counters_combined(xs: Batch[int]):
    return Counter(xs) + Counter(x + 1 for x in xs), Counter(xs) - Counter([1])


@flow
def functions_of_values(xs: Batch[int]):
    return (
        max(len(xs), 3),
        min(sum(xs), 10),
        abs(sum(xs)),
        divmod(sum(xs), 3),
        round(sum(xs) / 3, 2),
        int(sum(xs)),
        str(len(xs)),
    )


@flow
def sorts(xs: Batch[int]):
    return (
        sorted(xs, reverse=True),
        sorted(xs, key=lambda x: -x)[0],
        sorted(xs)[len(xs) // 2],
        list(reversed(xs)),
        sorted(map(str, xs)),
    )


@flow
def closed_groups(xs: Batch[int]):
    return group(xs, by=lambda x: x % 3, until=lambda v: len(v) == 2)


@flow
def views(xs: Batch[int]):
    return {x: 1 for x in xs}.keys(), {x for x in xs if x}, list({x: 1 for x in xs}.values())


@flow
def annotated(xs: Batch[int]):
    """Docstring."""
    ys: Batch[int] = [x for x in xs]
    zs: list[int] = ys
    n: int = len(zs)
    return zs[:n]


@flow
def enumerated_sorts(xs: Batch[int]):
    return list(enumerate(sorted(xs)))[:2], list(zip(range(100), xs)), list(zip("abc", xs))


@flow
def computed_positions(xs: Batch[int]):
    return xs[sum(xs) % len(xs)], xs[-len(xs)], xs[: sum(xs) % 4]
