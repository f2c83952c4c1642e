"""What a flow may say, in small programs: each gives what its plain function gives."""

from __future__ import annotations

import linecache
import re
from itertools import count

import pytest

from flowcc import Flow

IMPORTS = '''
import heapq
import math
from collections import Counter
from functools import reduce
from itertools import accumulate, chain, dropwhile, groupby, islice, pairwise, product, starmap, takewhile
from operator import add
from statistics import fmean, mean
from flowcc import (
    Bag, Batch, Cluster, Process, Stream, broadcast, fixpoint, flow, gather, group, merge, route, scan, scatter, send,
    sessions, size, trust, unordered, windows,
)

class Front(Process):
    """One."""

class Workers(Cluster):
    """Many."""

'''
NUMBER = count()
XS = [5, 3, -1, 4, 4, 0, 12, 7]


def compiled(body: str) -> Flow[..., object]:
    """The flow ``f`` with this body over ``xs``, which are ints."""
    text = IMPORTS + "@flow\ndef f(xs: Batch[int]):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    filename = f"<language {next(NUMBER)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    names: dict[str, object] = {"__name__": "language"}
    exec(compile(text, filename, "exec"), names)
    found = names["f"]
    assert isinstance(found, Flow)
    return found


@pytest.mark.parametrize(
    "body",
    [
        "return [x for x in xs if x], sum(xs), 'constant'",
        "low, high = min(xs), max(xs)\nreturn high - low",
        "for step in (1, 2, 3):\n    xs = [x + step for x in xs]\nreturn xs",
        "if True:\n    ys = xs\nelse:\n    ys = [0]\nreturn ys",
        "key = lambda x: -x\nreturn sorted(xs, key=key)",
        "def twice(x):\n    y = x * 2\n    return y\nreturn [twice(x) for x in xs]",
        "factor = 3\nkey = lambda x: x * factor\nfactor = 5\nreturn [key(x) for x in xs]",
        "total = sum(xs)\nreturn [x / total for x in xs]",
        "return sum(xs) / len(xs) if xs else 0.0",
        "return {'n': len(xs), 'top': max(xs), 'both': (min(xs), max(xs))}",
        "return f'{len(xs)} items, {sum(xs):>5}'",
        "return [(x, y) for x in xs for y in xs if x == y]",
        "seen = set(xs)\nreturn [x for x in range(10) if x in seen]",
        "counts = Counter(xs)\nreturn [(x, counts[x], counts.get(x + 1, 0)) for x in xs]",
        "return {x % 3: x for x in xs}, {x % 3 for x in xs}",
        "return xs[1:-1], xs[::-2], xs[0], xs[-1], list(islice(xs, 1, 5, 2))",
        "return list(enumerate(xs, start=2)), list(zip(xs, xs[1:])), list(pairwise(xs))",
        "return list(reversed(xs)), heapq.nlargest(3, xs), heapq.nsmallest(2, xs, key=lambda x: -x)",
        "return list(accumulate(xs)), list(accumulate(xs, lambda a, b: a * 2 + b, initial=1))",
        "return list(takewhile(lambda x: x > 0, xs)), list(dropwhile(lambda x: x > 0, xs))",
        "return [(k, len(list(g))) for k, g in groupby(xs, key=lambda x: x > 3)]",
        "return reduce(lambda a, b: 2 * a + b, xs, 0), reduce(add, xs)",
        "return list(map(lambda x: x + 1, xs)), list(map(add, xs, xs[1:])), list(filter(None, xs))",
        "return list(chain(xs, [1, 2])), xs + xs, list(chain.from_iterable([[x, x] for x in xs]))",
        "return list(product(xs[:2], 'ab')), list(starmap(add, zip(xs, xs)))",
        "return mean(xs), fmean(xs), math.fsum(xs), math.prod(xs[:3]), any(xs), all(xs)",
        "return {k: (len(v), sum(v), v[0]) for k, v in group(xs, by=lambda x: x % 3).items()}",
        "return list(scan(lambda s, x: (s + x, s * x), xs, 0))",
        "return list(scan(lambda s, x: (s + 1, s), xs, 0, lambda x: x % 2))",
        "return fixpoint(lambda s: s | {y // 2 for y in s if y > 0}, set(xs))",
        "return ','.join([str(x) for x in xs]), [*map(str, (1, 2))]",
        "ws = windows([(x, 'a') for x in sorted(xs)], 5, lambda p: p[0])\n"
        "return [(w.start, len(v)) for (w, _), v in ws.items()]",
        "ws = windows([(x, 'a') for x in xs], 5, lambda p: p[0])\nreturn ws.late, {k: v for k, v in ws.items()}",
        "return 3",
        "a = b = [x + 1 for x in xs]\nreturn a, b",
        "return (lambda q: q * q)(sum(xs)), sorted(set(xs))[0], dict(zip(xs, xs))",
        "best = max(xs, default=0, key=lambda x: x % 5)\nreturn best if best > 3 else None",
    ],
)
def test_it_gives_what_python_gives(body: str) -> None:
    flow = compiled(body)
    plain = flow.plain(XS)
    found = flow(XS)
    assert repr(found) == repr(plain) or found == plain
    assert type(found) is type(plain)
    try:
        empty = flow.plain([])
    except Exception as error:  # whatever Python raises on nothing, so do we
        with pytest.raises(type(error), match=re.escape(str(error))):
            flow([])
    else:
        assert flow([]) == empty
