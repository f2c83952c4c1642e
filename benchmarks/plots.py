"""Plots of the results as SVG, drawn the same way whenever the figures are the same."""

from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.question import FLOWCC, PLAIN

REACHED, BELOW, OTHER = "#2a7f62", "#c1443c", "#7a8794"
Drawn = list[tuple[str, str]]


def draw(folder: Path, document: dict[str, Any]) -> Drawn:
    """Draw what there is to draw; return file names and titles. Without matplotlib there are no plots."""
    try:
        import matplotlib
    except ImportError:
        return []
    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "flowcc", "svg.fonttype": "none", "font.size": 9})
    folder.mkdir(parents=True, exist_ok=True)
    drawn = [goals(folder, document), engines(folder, document), sizes(folder, document)]
    return [each for each in drawn if each is not None]


def save(figure: Any, folder: Path, name: str, title: str) -> tuple[str, str]:
    """Write a figure without a date in it."""
    figure.tight_layout()
    figure.savefig(folder / name, metadata={"Date": None})
    return name, title


def goals(folder: Path, document: dict[str, Any]) -> tuple[str, str] | None:
    """Every ratio as a multiple of its goal: to the right of the line is reached."""
    from matplotlib.figure import Figure

    bars = [
        (f"{row['title']} · {verdict['against']}", verdict)
        for row in document["rows"].values()
        if len(row["questions"]) <= 2
        for question in row["questions"]
        for verdict in question["verdicts"]
        if verdict["value"] is not None and verdict["goal"].endswith("×")
    ]
    if not bars:
        return None
    figure = Figure(figsize=(9, 0.8 + 0.32 * len(bars)))
    axes = figure.subplots()
    for at, (_, verdict) in enumerate(reversed(bars)):
        low, middle, high = (verdict[key] / verdict["wanted"] for key in ("low", "value", "high"))
        axes.barh(at, middle, color=REACHED if verdict["reached"] else BELOW)
        axes.plot([low, high], [at, at], color="black", linewidth=1)
    axes.set_yticks(range(len(bars)), [name for name, _ in reversed(bars)])
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_xlabel("measured ratio / goal, smallest to largest")
    return save(figure, folder, "goals.svg", "Measured ratios as multiples of their goals")


def engines(folder: Path, document: dict[str, Any]) -> tuple[str, str] | None:
    """The micro benchmarks: items a second of flowcc, the plain function and DFIR."""
    from matplotlib.figure import Figure

    row = document["rows"].get("dfir")
    if row is None:
        return None
    figure = Figure(figsize=(9, 4))
    axes = figure.subplots()
    names = [question["name"] for question in row["questions"]]
    for shift, (contender, colour) in enumerate(((PLAIN, OTHER), ("dfir_rs", "#3c6ec1"), (FLOWCC, REACHED))):
        rates = [rate(question, contender) for question in row["questions"]]
        axes.bar([at + 0.27 * (shift - 1) for at in range(len(names))], rates, 0.27, label=contender, color=colour)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")
    axes.set_yscale("log")
    axes.set_ylabel("items a second")
    axes.legend()
    return save(figure, folder, "dfir.svg", "DFIR's micro benchmarks, items a second")


def rate(question: dict[str, Any], name: str) -> float:
    """Return a contender's items a second, or nan if it has none."""
    for each in question["contenders"]:
        if each["name"] == name and each["seconds"]:
            return float(question["items"] * each["share"] / median(each["seconds"]))
    return float("nan")


def sizes(folder: Path, document: dict[str, Any]) -> tuple[str, str] | None:
    """From few items to many: times as fast as the plain function."""
    from matplotlib.figure import Figure

    row = document["rows"].get("sizes")
    if row is None:
        return None
    figure = Figure(figsize=(9, 4))
    axes = figure.subplots()
    lines: dict[str, list[tuple[int, float]]] = {}
    for question in row["questions"]:
        ratio = rate(question, FLOWCC) / rate(question, PLAIN)
        lines.setdefault(question["name"].rpartition("_")[0], []).append((question["items"], ratio))
    for name, points in lines.items():
        axes.plot(*zip(*sorted(points), strict=True), marker="o", label=name)
    axes.axhline(1, color="black", linewidth=1)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("items")
    axes.set_ylabel("times as fast as the plain function")
    axes.legend(fontsize=7, ncols=2)
    return save(figure, folder, "sizes.svg", "Against the plain function, from few items to many")
