"""One contender in a process of its own: `python -m benchmarks.worker ROW QUESTION CONTENDER SIZE FOLDER`.

It speaks JSON, a line a message, on what was standard output when it began; anything that a contender itself
prints goes to standard error. Each line that comes in is a command: `time COUNT`, `settle SECONDS`, `profile`.
"""

import cProfile
import gc
import io
import json
import os
import pstats
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from benchmarks import rows
from benchmarks.question import Answer, Question, Summary, Timed, Unavailable

PROFILED = 0.2
"""Seconds for which short calls are repeated under the profiler."""
LONGEST_SETTLING = 200
"""Calls after which settling ends, however short they are, once nothing more is to be compiled."""
STEADY = 5
"""Calls one after another, with nothing to be compiled, that say so."""
MOST_SETTLING = 10
"""Times the seconds asked for after which settling ends, whatever is still to be compiled."""


def main(arguments: list[str]) -> None:
    """Start the contender, say `ready` or why not, and obey commands until standard input ends."""
    row_name, question_name, contender_name, size, folder = arguments
    replies = private_output()
    question = rows.find(row_name).question(question_name)
    contender = question.contender(contender_name)
    try:
        inputs = question.prepare(int(size), Path(folder))
        answer = contender.start(inputs)
    except (ImportError, Unavailable) as missing:
        say(replies, {"unavailable": str(missing)})
        return
    del inputs
    gc.collect()
    say(replies, {"ready": True, "memory": forget_peak()})
    serve(question, answer, replies)


def private_output() -> TextIO:
    """Keep standard output for replies alone: whatever else writes there reaches standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return replies


def say(replies: TextIO, message: dict[str, Any]) -> None:
    """Send one reply."""
    replies.write(json.dumps(message) + "\n")
    replies.flush()


def serve(question: Question, answer: Answer, replies: TextIO) -> None:
    """Obey commands; a failure is reported and ends the process."""
    for line in sys.stdin:
        command, *values = line.split()
        try:
            match command:
                case "time":
                    say(replies, timed(answer, int(values[0]), question.summary))
                case "settle":
                    say(replies, settled(answer, float(values[0]), question.flow))
                case "profile":
                    say(replies, {"profile": profile(answer), "engines": engines(question.flow)})
        except Exception as error:  # the edge of the process: a peer that fails is a result too
            traceback.print_exc()
            say(replies, {"failed": f"{type(error).__name__}: {error}".splitlines()[0][:300]})
            return


def timed(answer: Answer, count: int, summary: Callable[[object], Summary]) -> dict[str, Any]:
    """Call ``count`` times and return the seconds of one call, its answer in short, and the most memory held."""
    gc.collect()
    begun = time.perf_counter()
    for _ in range(count):
        result = answer()
    seconds = (time.perf_counter() - begun) / count
    memory = 0
    if isinstance(result, Timed):
        seconds, memory, result = result.seconds, result.memory, result.answer
    return {"seconds": seconds, "summary": summary(result), "memory": max(memory, peak_memory())}


def settled(answer: Answer, seconds: float, flow: Any) -> dict[str, Any]:
    """Call once for the first time, then for so many seconds, and return how long a call takes at last.

    A flow is called on as long as it says that an operator of it is not hot yet: what is timed is what it settles to.
    """
    begun = time.perf_counter()
    answer()
    first = last = time.perf_counter() - begun
    calls = steady = 0
    while (passed := time.perf_counter() - begun) < MOST_SETTLING * seconds:
        steady = 0 if warming(flow) else steady + 1
        if (passed > seconds or calls >= LONGEST_SETTLING) and steady >= STEADY:
            break
        call = time.perf_counter()
        answer()
        last = time.perf_counter() - call
        calls += 1
        time.sleep(0)
    return {"first": first, "last": last}


def warming(flow: Any) -> bool:
    """Tell whether an operator of a flow is being compiled, or may yet be."""
    background = sys.modules.get("flowcc.backend.kernels.background")
    if flow is None or background is None:
        return False
    return background.BACKGROUND.busy or any("not hot yet" in engine for engine in engines(flow))


def profile(answer: Answer) -> list[str]:
    """Return the functions that take the most of a call, each with its own part of the time and its calls."""
    profiler, times, until = cProfile.Profile(), 0, time.perf_counter() + PROFILED
    while not times or time.perf_counter() < until:
        profiler.enable()
        answer()
        profiler.disable()
        times += 1
    stats = pstats.Stats(profiler, stream=io.StringIO())
    entries: list[tuple[float, float, str]] = []
    for (filename, line, function), (_, calls, own, _, _) in stats.stats.items():  # type: ignore[attr-defined]
        where = f" ({Path(filename).parent.name}/{Path(filename).name}:{line})".replace("(/", "(")
        entries.append(
            (
                own / max(stats.total_tt, 1e-9),
                calls / times,  # type: ignore[attr-defined]
                function if filename == "~" else function + where,
            )
        )
    entries.sort(reverse=True)
    return [f"{part:.0%} in {calls:g} calls of `{name}`" for part, calls, name in entries[:8] if part >= 0.02]


def engines(flow: Any) -> list[str]:
    """Return what runs a flow's operators, as `explain` says it, operators alike in one line."""
    if flow is None:
        return []
    found: dict[tuple[str, str, str], list[int]] = {}
    for row in flow.explain().to_json()["operators"]:
        why = "; ".join(dict.fromkeys(str(each["why"]) for each in row["detail"] if each.get("why")))
        if row["runs"] != "–" and row["operator"] != "Result":
            found.setdefault((row["operator"], row["runs"], why), []).append(row["line"])
    return [
        f"{len(lines)} × {operator} by {runs}{f' ({why})' if why else ''}, line {', '.join(unique(lines))}"
        for (operator, runs, why), lines in found.items()
    ]


def unique(lines: list[int]) -> list[str]:
    """Return line numbers as text, each once."""
    return [str(line) for line in dict.fromkeys(lines)]


def forget_peak() -> int:
    """Return the memory held now, in bytes; from here on the peak counts anew where the system can do that."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return 0
    return proc_status("VmRSS")


def peak_memory() -> int:
    """Return the most memory held so far, in bytes, of this process or of the largest that it, or a run, started."""
    nurseries = sys.modules.get("flowcc.deploy.nurseries")  # there once stages have run in processes
    stages = 0 if nurseries is None else nurseries.Family.largest
    children = max(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024, stages)
    own = proc_status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return max(own, children)


def proc_status(name: str, pid: int | str = "self") -> int:
    """Return a field of a process's status in bytes, or 0 where there is none."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)


if __name__ == "__main__":
    main(sys.argv[1:])
