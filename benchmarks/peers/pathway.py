"""The programs as pathway has them: tables, reducers and `iterate`, from static input, run to the end."""

from pathlib import Path
from typing import Any

from benchmarks.data import Ints
from benchmarks.question import Answer, Unavailable


def engine() -> Any:
    """Return the module, or say why there is none."""
    import pathway

    if not hasattr(pathway, "run"):
        raise Unavailable("pathway is installed as a stub: it has no build for this system")
    return pathway


def result(table: Any, pw: Any) -> dict[Any, Any]:
    """Run the graph to its end, return the rows of a table of one or two columns, and forget the graph."""
    rows: dict[Any, Any] = {}

    def seen(key: Any, row: dict[str, Any], time: int, is_addition: bool) -> None:
        name, *rest = row.values()
        if is_addition:
            rows[name] = rest[0] if rest else True
        elif rows.get(name) == (rest[0] if rest else True):
            del rows[name]

    pw.io.subscribe(table, on_change=seen)
    pw.run(monitoring_level=pw.MonitoringLevel.NONE)
    pw.internals.parse_graph.G.clear()
    return rows


def word_count(path: Path) -> Answer:
    """Lines of a file, flattened into words, counted by a reducer."""
    pw = engine()

    def split(line: str) -> list[str]:
        return line.lower().split()

    def answer() -> object:
        lines = pw.io.plaintext.read(str(path), mode="static")
        words = lines.select(word=pw.apply_with_type(split, list[str], pw.this.data)).flatten(pw.this.word)
        return result(words.groupby(pw.this.word).reduce(pw.this.word, count=pw.reducers.count()), pw)

    return answer


def reachable(edges: Ints) -> Answer:
    """`iterate` over the set of nodes reached so far."""
    pw = engine()
    import pandas

    frame = pandas.DataFrame({"source": edges[:, 0], "target": edges[:, 1]})
    roots = pandas.DataFrame({"node": [0]})

    def step(reached: Any, links: Any) -> Any:
        onward = links.join(reached, links.source == reached.node).select(node=links.target)
        both = reached.select(pw.this.node).concat_reindex(onward)
        return {"reached": both.groupby(pw.this.node).reduce(pw.this.node).with_id_from(pw.this.node), "links": links}

    def answer() -> object:
        links = pw.debug.table_from_pandas(frame)
        start = pw.debug.table_from_pandas(roots).with_id_from(pw.this.node)
        return set(result(pw.iterate(step, reached=pw.iterate_universe(start), links=links).reached, pw))

    return answer
