import pytest

from benchmarks.harness import Outcome, Standing
from benchmarks.question import FLOWCC, PLAIN, Contender, Goal, Question
from benchmarks.verdicts import agrees, judge

PEER, OTHER = "peer", "other"


def never(inputs):
    raise AssertionError("not started here")


def question(*goals):
    return Question(
        name="q",
        title="q",
        sizes={"full": 1, "quick": 1, "tiny": 1},
        prepare=lambda size, folder: None,
        contenders=(
            Contender(name=FLOWCC, start=never),
            Contender(name=PLAIN, start=never),
            Contender(name=PEER, start=never, share=0.1, ordered=False),
            Contender(name=OTHER, start=never),
        ),
        goals=goals,
        summary=lambda answer: (answer,),
    )


def outcome(**seconds):
    standings = {name: Standing(seconds=list(times)) for name, times in seconds.items()}
    missing = {name: Standing(status="failed") for name in (FLOWCC, PLAIN, PEER, OTHER) if name not in standings}
    return Outcome(question(), 1, standings | missing)


def test_a_ratio_is_taken_within_each_round_and_its_median_counts():
    verdict = judge(outcome(flowcc=[1.0, 2.0, 4.0], other=[3.0, 4.0, 4.0]), Goal(against=(OTHER,), at_least=2.0))
    assert (verdict.value, verdict.low, verdict.high) == (2.0, 1.0, 3.0)
    assert verdict.reached is True


def test_the_goal_is_against_the_fastest_that_ran():
    shown = outcome(flowcc=[1.0, 1.0], other=[2.0, 2.0], peer=[0.5, 0.5])
    verdict = judge(shown, Goal(against=(OTHER, PEER), at_least=1.0))
    assert (verdict.against, verdict.reached) == (PEER, False)
    assert judge(outcome(flowcc=[1.0], other=[2.0]), Goal(against=(OTHER, PEER), at_least=1.0)).against == OTHER


def test_a_part_of_the_items_is_scaled_to_all_of_them():
    shown = outcome(flowcc=[1.0], peer=[0.5])
    shown.standings[PEER].share = 0.1
    assert judge(shown, Goal(against=(PEER,), at_least=1.0)).value == pytest.approx(5.0)


def test_seconds_more_and_times_as_long():
    shown = outcome(flowcc=[3.0, 3.0, 3.0], other=[1.0, 2.0, 2.5])
    assert judge(shown, Goal(against=(OTHER,), within=0.9)).reached is False
    assert judge(shown, Goal(against=(OTHER,), within=1.0)).reached is True
    assert judge(shown, Goal(against=(OTHER,), most=1.5)).reached is True
    assert judge(shown, Goal(against=(OTHER,), most=1.4)).reached is False


def test_the_allowance_is_taken_off_but_never_makes_anyone_faster():
    goal = Goal(against=(OTHER,), at_least=0.8, allowance=60e-6)
    assert judge(outcome(flowcc=[70e-6], other=[10e-6]), goal).value == pytest.approx(1.0)
    assert judge(outcome(flowcc=[80e-6], other=[10e-6]), goal).value == pytest.approx(0.5)
    assert judge(outcome(flowcc=[10e-6], other=[20e-6]), goal).value == pytest.approx(2.0)


def test_without_a_peer_there_is_no_verdict_and_without_flowcc_none_is_good():
    assert judge(outcome(flowcc=[1.0]), Goal(against=(OTHER,), at_least=1.0)).reached is None
    assert judge(outcome(other=[1.0]), Goal(against=(OTHER,), at_least=1.0)).reached is False


@pytest.mark.parametrize(
    ("name", "summary", "same"),
    [
        (FLOWCC, [1, 2.5], True),
        (FLOWCC, [1, 2.5 + 1e-12], False),
        (FLOWCC, [1.0, 2.5], False),
        (OTHER, [1.0, 2.5 + 1e-12], True),
        (OTHER, [1, 2.6], False),
        (OTHER, [1], False),
    ],
)
def test_flowcc_must_give_the_plain_answer_and_others_up_to_rounding(name, summary, same):
    assert agrees(question(), name, Standing(summary=summary), [1, 2.5]) is same


def test_who_keeps_no_order_is_compared_without_it():
    reference = [10, 45, 0, 9, 77, 0, 9, 285]
    shuffled = [10, 45, 0, 9, 77, 3, 1, 200]
    assert agrees(question(), PEER, Standing(summary=shuffled), reference)
    assert not agrees(question(), OTHER, Standing(summary=shuffled), reference)
    assert not agrees(question(), PEER, Standing(summary=[10, 46, *shuffled[2:]]), reference)
