"""`docs/benchmarks.md` and its plots, from the JSON document alone: `python -m benchmarks.report [FOLDER]`."""

import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.rows import SCRIPTS

INTRODUCTION = """# Benchmarks

{caution}Every row is one script of `benchmarks/`; `make bench` asks all of them again and rewrites this page, the plots
beside it and `benchmarks.json`, which holds every single timing. Figures are medians of {rounds} rounds; in each round
every contender is timed once, in its own process, the order turning round with every round. A ratio compares timings of
the same round; smallest and largest are given beside its median. The answer of every contender is checked against the
plain function's: exactly for flowcc, up to the rounding of float sums for the others. "First" is the first call,
compilation included; memory is the most that the process held, and in brackets what it held before the first call, its
input included.

{machine}
"""


def write(out: Path, document: dict[str, Any]) -> None:
    """Write the page, and the plots where matplotlib is found."""
    from benchmarks import plots

    drawn = plots.draw(out / "benchmarks", document)
    parts = [introduction(document), *(f"![{title}](benchmarks/{name})\n" for name, title in drawn)]
    parts += ["## The table\n", table(document), "## Below their goal\n", below(document), "## All figures\n"]
    parts += [section(row) for row in document["rows"].values()]
    (out / "benchmarks.md").write_text("\n".join(parts), encoding="utf-8")


def introduction(document: dict[str, Any]) -> str:
    """Return how it was measured, on what and with what."""
    facts = ", ".join(f"{name}: {value}" for name, value in document["machine"].items())
    versions = ", ".join(f"{name} {value}" for name, value in document["versions"].items())
    rounds = sorted({row["rounds"] for row in document["rows"].values()})
    caution = (
        ""
        if document["size"] == "full"
        else (f"**Measured with `--{document['size']}` inputs: good for a look, not for conclusions.**\n\n")
    )
    return INTRODUCTION.format(
        caution=caution, rounds=" or ".join(map(str, rounds)), machine=f"Machine: {facts}.\n\nVersions: {versions}."
    )


def table(document: dict[str, Any]) -> str:
    """Return one line a goal; a row of many questions has one line."""
    lines = ["| workload | against | goal | measured (smallest to largest) | |", "| --- | --- | --- | --- | --- |"]
    for name in SCRIPTS:
        row = document["rows"].get(name)
        if row is None:
            lines.append(f"| {name} | | | not measured | |")
        elif len(row["questions"]) > 2:
            lines.append(many(row))
        else:
            lines += [line(row, question, verdict) for question in row["questions"] for verdict in question["verdicts"]]
    return "\n".join(lines) + "\n"


def many(row: dict[str, Any]) -> str:
    """Return the line of a row with many questions: how many reach their goals, and the lowest and highest ratio."""
    verdicts = [verdict for question in row["questions"] for verdict in question["verdicts"]]
    values = sorted(verdict["value"] for verdict in verdicts if verdict["value"] is not None)
    done = sum(verdict["reached"] is True for verdict in verdicts)
    spread = f"; {values[0]:.2f}× to {values[-1]:.2f}×, in the middle {median(values):.2f}×" if values else ""
    wanted = f"{verdicts[0]['goal']} on {row['enough'] or len(verdicts)} of {len(verdicts)}"
    against = verdicts[0]["against"]
    return f"| {row['title']} | {against} | {wanted} | {done} of {len(verdicts)}{spread} | {mark(row['reached'])} |"


def line(row: dict[str, Any], question: dict[str, Any], verdict: dict[str, Any]) -> str:
    """Return the line of one goal."""
    title = row["title"] if len(row["questions"]) == 1 else f"{row['title']}: {question['title']}"
    return (
        f"| {title} | {verdict['against']} | {verdict['goal']} | {verdict['measured']} | {mark(verdict['reached'])} |"
    )


def mark(reached: bool | None) -> str:
    """Return the word for a verdict."""
    return {True: "reached", False: "**below**", None: "no peer"}[reached]


def below(document: dict[str, Any]) -> str:
    """Return, for every row that is below its goal, where the time goes and what would change it."""
    parts = []
    for row in document["rows"].values():
        if row["reached"] is not False:
            continue
        parts.append(f"### {row['title']}\n")
        if row["remedy"]:
            parts.append(f"{row['remedy']}\n")
        missed = [question for question in row["questions"] if missed_goals(question)]
        parts += [f"{described(question)}\n" for question in missed[:10]]
    return "\n".join(parts) or "None.\n"


def missed_goals(question: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the verdicts of a question that are below their goals."""
    return [verdict for verdict in question["verdicts"] if verdict["reached"] is False]


def described(question: dict[str, Any]) -> str:
    """Return a question's missed goals and its profile."""
    missed = "; ".join(
        f"{each['measured']} of {each['against']}, wanted {each['goal']}" for each in missed_goals(question)
    )
    operators = [f"  - {entry}" for entry in question.get("engines", ())]
    profile = [f"  - {entry}" for entry in question["profile"]]
    return "\n".join([f"- {question['title']}: {missed}", *operators, *profile])


def section(row: dict[str, Any]) -> str:
    """Return all figures of a row."""
    parts = [f"### {row['title']}: `benchmarks/{row['name']}.py`\n"]
    for question in row["questions"]:
        parts.append(f"{question['title']}, {question['items']:,} {question['unit']}\n")
        unit = question["unit"]
        parts.append(f"| | seconds (smallest to largest) | {unit} a second | first | memory | same answer |")
        parts.append("| --- | --- | --- | --- | --- | --- |")
        parts += [contender_line(question, each) for each in question["contenders"]]
        parts.append("")
    return "\n".join(parts)


def contender_line(question: dict[str, Any], each: dict[str, Any]) -> str:
    """Return one contender's figures, or why it has none."""
    share = f"on {each['share']:g} of the {question['unit']}" if each["share"] != 1 else ""
    notes = "; ".join(filter(None, (each["note"], share)))
    name = f"{each['name']} ({notes})" if notes else each["name"]
    if each["status"] != "ran" or not each["seconds"]:
        return f"| {name} | {each['status']}: {each['reason']} | | | | |"
    middle = median(each["seconds"])
    rate = question["items"] * each["share"] / middle
    spread = f"{seconds(middle)} ({seconds(min(each['seconds']))} to {seconds(max(each['seconds']))})"
    memory = f"{each['memory'] / 2**20:,.0f} MiB ({each['memory_before'] / 2**20:,.0f})"
    agrees = {True: "yes", False: "**no**", None: "not checked"}[each["agrees"]]
    return f"| {name} | {spread} | {rate:,.0f} | {seconds(each['first'])} | {memory} | {agrees} |"


def seconds(value: float) -> str:
    """Return a time in the unit that suits it."""
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def row_as_text(row: dict[str, Any]) -> str:
    """Return a row for the terminal: verdicts, and who did not take part."""
    lines = [f"{row['title']}: {mark(row['reached']).strip('*')}"]
    for question in row["questions"]:
        for verdict in question["verdicts"]:
            lines.append(
                f"  {question['name']}: {verdict['measured']} against {verdict['against']}, wanted {verdict['goal']}"
            )
        for each in question["contenders"]:
            if each["status"] != "ran":
                lines.append(f"  {question['name']}: {each['name']} {each['status']}: {each['reason']}")
            elif each["agrees"] is False:
                lines.append(f"  {question['name']}: WRONG ANSWER: {each['name']}: {each['summary'][:6]}")
    return "\n".join(lines)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs")
    write(folder, json.loads((folder / "benchmarks.json").read_text(encoding="utf-8")))
