"""Every row at a size that takes no time: all contenders that are installed answer, and agree."""

from contextlib import suppress

import pytest

from benchmarks import rows
from benchmarks.harness import Standing
from benchmarks.peers.dfir_process import PROJECT
from benchmarks.question import FLOWCC, Timed, Unavailable
from benchmarks.verdicts import agrees

PROCESSES = {"startup", "staged_words", "latency", "throughput"}
"""Rows that start processes: one test each, not one a contender."""
QUESTIONS = [
    (name, question)
    for name in rows.SCRIPTS
    if name not in PROCESSES | {"sizes"}
    for question in rows.find(name).questions
]


def answered(question, name, inputs):
    """Return what a contender answers in this process, in short."""
    result = question.contender(name).start(inputs)()
    return Standing(summary=list(question.summary(result.answer if isinstance(result, Timed) else result)))


@pytest.mark.parametrize(("row", "question"), QUESTIONS, ids=[f"{row}-{each.name}" for row, each in QUESTIONS])
def test_all_who_are_installed_agree(row, question, tmp_path):
    inputs = question.prepare(question.sizes["tiny"], tmp_path)
    reference = answered(question, question.reference, inputs).summary
    assert agrees(question, FLOWCC, answered(question, FLOWCC, inputs), reference)
    for contender in question.contenders:
        if contender.name == "dfir_rs" and not (PROJECT / "target" / "release").exists():
            continue  # a test does not build it
        with suppress(ImportError, Unavailable):
            assert agrees(question, contender.name, answered(question, contender.name, inputs), reference)


@pytest.mark.parametrize("name", sorted(PROCESSES))
def test_rows_with_processes_of_their_own(name, tmp_path):
    question = rows.find(name).questions[-1]
    inputs = question.prepare(question.sizes["tiny"], tmp_path)
    reference = answered(question, question.reference, inputs).summary
    assert agrees(question, FLOWCC, answered(question, FLOWCC, inputs), reference)


def test_the_row_of_sizes_asks_everything_at_three_sizes():
    questions = rows.find("sizes").questions
    assert len(questions) == 3 * len({each.name.rpartition("_")[0] for each in questions})
    assert {each.sizes["full"] for each in questions} == {10, 1_000, 100_000}
    assert all({each.name for each in question.contenders} == {FLOWCC, question.reference} for question in questions)


def test_every_goal_names_contenders_of_its_question():
    for name in rows.SCRIPTS:
        row = rows.find(name)
        assert row.name == name
        for question in row.questions:
            known = {each.name for each in question.contenders}
            assert FLOWCC in known
            assert question.reference in known
            assert all(set(goal.against) <= known for goal in question.goals)
