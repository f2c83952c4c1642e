"""Results as one JSON document: what was asked, every timing, every verdict, the machine and the versions."""

import json
import sys
from collections import Counter
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks.harness import ContenderFailed, Outcome, Standing, answer_once, measure
from benchmarks.machine import machine, versions
from benchmarks.question import Question, Row, Size
from benchmarks.rows import SCRIPTS
from benchmarks.verdicts import Verdict, agrees, judge

Document = dict[str, Any]


def load(path: Path, size: Size) -> Document:
    """Return the document that is there if it is of this size, else a new one; versions are always today's."""
    document: Document = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    rows = document["rows"] if document.get("size") == size else {}
    return {"size": size, "machine": machine(), "versions": versions(), "rows": rows}


def save(path: Path, document: Document) -> None:
    """Write the document; a reader sees the old one or the new one."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    unfinished.replace(path)


def add(document: Document, name: str, row: dict[str, Any]) -> None:
    """Put a row in its place."""
    found = document["rows"] | {name: row}
    document["rows"] = {each: found[each] for each in SCRIPTS if each in found}


def ask(row: Row, size: Size, rounds: int, settle: float | None, only: list[str] | None = None) -> dict[str, Any]:
    """Ask all questions of a row, or those named."""
    asked = [each for each in row.questions if not only or each.name in only]
    questions = []
    for question in asked:
        print(f"{row.name}: {question.title}", file=sys.stderr, flush=True)
        questions.append(answered(row, question, size, rounds, settle))
    return {
        "name": row.name,
        "title": row.title,
        "rounds": rounds,
        "questions": questions,
        "reached": reached(questions, row.enough),
        "enough": row.enough,
        "remedy": row.remedy,
    }


def answered(row: Row, question: Question, size: Size, rounds: int, settle: float | None) -> dict[str, Any]:
    """Ask one question and return all of it as JSON has it."""
    outcome = measure(row, question, size, rounds=rounds, settle=settle)
    references = reference_summaries(row, outcome)
    agreements = {
        name: agrees(question, name, each, references[each.share])
        for name, each in outcome.standings.items()
        if each.ran and each.share in references
    }
    verdicts = [judge(outcome, goal) for goal in question.goals]
    return {
        "name": question.name,
        "title": question.title,
        "items": outcome.size,
        "unit": question.unit,
        "contenders": [
            contender(question, name, each, agreements.get(name)) for name, each in outcome.standings.items()
        ],
        "verdicts": [asdict(unless_wrong(verdict, agreements)) for verdict in verdicts],
        "profile": outcome.profile,
        "engines": outcome.engines,
    }


def reference_summaries(row: Row, outcome: Outcome) -> dict[float, list[Any]]:
    """Return the plain function's answer for every share of the items that a contender was given."""
    reference = outcome.standings[outcome.question.reference]
    found = {reference.share: reference.summary} if reference.ran else {}
    for share, _ in Counter(each.share for each in outcome.standings.values() if each.ran).items():
        if share not in found:
            contender = replace(outcome.question.contender(outcome.question.reference), share=share)
            try:
                found[share] = answer_once(row, outcome.question, contender, outcome.size)
            except ContenderFailed:
                continue
    return found


def contender(question: Question, name: str, standing: Standing, agreed: bool | None) -> dict[str, Any]:
    """Return what one contender showed, as JSON has it."""
    return {"name": name, "note": question.contender(name).note, "agrees": agreed, **asdict(standing)}


def unless_wrong(verdict: Verdict, agreements: dict[str, bool]) -> Verdict:
    """No goal is reached with a wrong answer."""
    return verdict if agreements.get("flowcc", True) else replace(verdict, reached=False)


def reached(questions: list[dict[str, Any]], enough: int | None) -> bool | None:
    """Whether a row's goals are reached: True, False, or None when nothing could be compared."""
    each = [question_reached(question) for question in questions]
    if enough is not None:
        return each.count(True) >= enough
    return False if False in each else None if None in each else True


def question_reached(question: dict[str, Any]) -> bool | None:
    """Whether all goals of a question are reached; those without a peer that ran do not count against it."""
    verdicts = [verdict["reached"] for verdict in question["verdicts"]]
    return False if False in verdicts else True if True in verdicts else None
