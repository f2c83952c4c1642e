"""A flow should never be slower than its plain function, however little there is to do."""

from dataclasses import replace

from benchmarks import rows
from benchmarks.question import FLOWCC, PLAIN, Goal, Question, Row

MEASURED = ("arrays", "lists", "words", "groups", "joins", "running", "flights", "pagerank", "reachability", "dfir")
COUNTS = (10, 1_000, 100_000)


def smaller(row: str, question: Question, count: int) -> Question:
    """Return the question with so many items, asked of flowcc and the plain function alone."""
    kept = tuple(each for each in question.contenders if each.name in (FLOWCC, PLAIN))
    return replace(
        question,
        name=f"{question.name}_{count}" if row == question.name else f"{row}_{question.name}_{count}",
        title=f"{question.title}: {count:,} {question.unit}",
        sizes={"full": count, "quick": count, "tiny": count},
        contenders=kept,
        goals=(Goal(against=(PLAIN,), at_least=0.8, allowance=60e-6),),
        settle=1.0,
    )


ROW = Row(
    name="sizes",
    title="Anything above at 10, 1 k and 100 k items",
    remedy=(
        "Three kinds of calls miss it. Files of a few lines: opening a source and its reader takes longer "
        "than the lines; a reader for small files that makes no columns would do. Tables of a thousand rows: "
        "their rows become Python objects, or columns become arrays, before anything is done, and the plain "
        "function is given its objects ready made. Fixed points over a few edges, which are prepared for "
        "many."
    ),
    questions=tuple(
        smaller(name, question, count)
        for name in MEASURED
        for question in rows.find(name).questions
        for count in COUNTS
    ),
)
