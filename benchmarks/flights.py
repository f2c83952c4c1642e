"""From two CSV files to an answer, beside tools that read CSV for a living."""

from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from benchmarks import data
from benchmarks.peers import duckdb, polars
from benchmarks.question import FLOWCC, PLAIN, Answer, Contender, Goal, Question, Row
from benchmarks.summaries import of_list
from flowcc import Batch, csv, flow, group


class Flight(NamedTuple):
    """One departure."""

    tailnum: str
    dep_delay: float | None  # minutes; None when cancelled
    distance: int  # miles


class Plane(NamedTuple):
    """One airframe."""

    tailnum: str
    manufacturer: str


@flow
def late_makers(flights: Batch[Flight], planes: Batch[Plane]) -> list[tuple[str, float]]:
    """Return (manufacturer, mean departure delay in minutes) of those with a hundred flights, latest first."""
    flown = [f for f in flights if f.dep_delay is not None]
    by_plane = [(p.manufacturer, f.dep_delay) for f in flown for p in planes if f.tailnum == p.tailnum]
    means = {maker: fmean(delays) for maker, delays in group(by_plane).items() if len(delays) >= 100}
    return sorted(means.items(), key=lambda item: (-item[1], item[0]))


def prepare(size: int, folder: Path) -> tuple[Path, Path]:
    """Return the paths of flights and planes."""
    return data.flight_files(folder, size)


def start_flow(paths: tuple[Path, Path]) -> Answer:
    """From the files to the list."""
    flights, planes = map(str, paths)
    return lambda: late_makers(csv(flights, Flight), csv(planes, Plane))


def start_plain(paths: tuple[Path, Path]) -> Answer:
    """The csv module and a dict instead of comparing every pair."""
    from csv import reader

    def answer() -> object:
        with paths[1].open(encoding="utf-8", newline="") as file:
            makers = dict(list(reader(file))[1:])
        delays: dict[str, list[float]] = {}
        with paths[0].open(encoding="utf-8", newline="") as file:
            rows = reader(file)
            next(rows)
            for tailnum, delay, _ in rows:
                if delay and tailnum in makers:
                    delays.setdefault(makers[tailnum], []).append(float(delay))
        means = {maker: fmean(known) for maker, known in delays.items() if len(known) >= 100}
        return sorted(means.items(), key=lambda item: (-item[1], item[0]))

    return answer


ROW = Row(
    name="flights",
    title="Flights: two CSV files → join → answer",
    remedy=(
        "Most of what is left is reading: lines are cut and counted before Arrow takes numbers and texts out of "
        "them, so that a bad field is told with its line. Texts that are keys are hashed in the join and again in "
        "the group; handing their numbers on would save the second time."
    ),
    questions=(
        Question(
            name="flights",
            title="mean delay by maker, from two CSV files",
            sizes={"full": 3_000_000, "quick": 100_000, "tiny": 5_000},
            unit="rows",
            prepare=prepare,
            contenders=(
                Contender(name=FLOWCC, start=start_flow),
                Contender(name=PLAIN, start=start_plain, note="csv module, a dict instead of comparing every pair"),
                Contender(name="polars", start=polars.late_makers),
                Contender(name="duckdb", start=duckdb.late_makers),
            ),
            goals=(Goal(against=("polars", "duckdb"), at_least=0.5),),
            summary=of_list,
            flow=late_makers,
        ),
    ),
)
