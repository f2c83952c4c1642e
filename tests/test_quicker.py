"""Which of plain function and flow answers is found out from their times, and trials cost little."""

from flowcc.quicker import SHARE, TRY_EVERY, Quicker


def seconds_of(quicker: Quicker, items: int, calls: int, plain: float, flow: float) -> tuple[float, list[bool]]:
    """Return what so many calls take together when either way takes that long, and which way each went."""
    taken, ways = 0.0, []
    for _ in range(calls):
        is_plain = quicker.is_plain(items)
        quicker.took(items, is_plain, plain if is_plain else flow)
        taken += plain if is_plain else flow
        ways.append(is_plain)
    return taken, ways


def test_always_and_never() -> None:
    quicker = Quicker(always=10, at_most=100)
    assert seconds_of(quicker, 10, 50, plain=5.0, flow=1.0)[1] == [True] * 50
    assert seconds_of(quicker, 101, 50, plain=1.0, flow=5.0)[1] == [False] * 50


def test_the_plain_function_begins_and_stays_where_it_is_quicker() -> None:
    taken, ways = seconds_of(Quicker(10, 1000), 500, 2000, plain=1.0, flow=7.0)
    assert ways[: TRY_EVERY - 1] == [True] * (TRY_EVERY - 1)
    assert not all(ways)
    assert taken < 2000 * (1 + 1.3 / SHARE)


def test_the_flow_takes_over_where_it_is_quicker() -> None:
    taken, ways = seconds_of(Quicker(10, 1000), 500, 2000, plain=5.0, flow=1.0)
    assert ways[-TRY_EVERY:].count(False) >= TRY_EVERY - 1
    assert taken < 2000 * 1.0 * (1 + 1.5 / SHARE) + TRY_EVERY * 5.0


def test_a_flow_that_becomes_quick_is_found() -> None:
    quicker = Quicker(10, 1000)
    seconds_of(quicker, 500, 200, plain=1.0, flow=4.0)
    ways = seconds_of(quicker, 500, 400, plain=1.0, flow=0.1)[1]
    assert ways[-1] is False


def test_sizes_are_apart() -> None:
    quicker = Quicker(10, 10_000)
    seconds_of(quicker, 500, 100, plain=1.0, flow=4.0)
    seconds_of(quicker, 5000, 100, plain=10.0, flow=4.0)
    assert seconds_of(quicker, 500, 10, plain=1.0, flow=4.0)[1].count(True) >= 9
    assert seconds_of(quicker, 5000, 10, plain=10.0, flow=4.0)[1].count(False) >= 9
