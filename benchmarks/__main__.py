"""`python -m benchmarks`: ask all rows, or some of them, and write results, tables and plots."""

import argparse
import sys
from pathlib import Path
from typing import Any

from benchmarks import report, results, rows
from benchmarks.harness import CHECKOUT
from benchmarks.question import Size

ROUNDS = {"full": 5, "quick": 5, "tiny": 2}
SETTLE = {"full": None, "quick": 1.0, "tiny": 0.0}


def main(arguments: list[str] | None = None) -> int:
    """Measure, print each row as it is done, and write the report; 1 when an answer was wrong."""
    options = parse(arguments)
    size: Size = "tiny" if options.tiny else "quick" if options.quick else "full"
    out: Path = options.out or (CHECKOUT / "docs" if size == "full" else CHECKOUT / "build" / "benchmarks")
    out.mkdir(parents=True, exist_ok=True)
    written = out / "benchmarks.json"
    document = results.load(written, size)
    wrong = False
    for name in options.only or rows.SCRIPTS:
        row = results.ask(rows.find(name), size, options.rounds or ROUNDS[size], SETTLE[size], options.question)
        results.add(document, name, row)
        print(report.row_as_text(row), flush=True)
        wrong |= not all_agree(row)
        results.save(written, document)
        report.write(out, document)
    return int(wrong)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small inputs: a look, no figures to keep")
    parser.add_argument("--tiny", action="store_true", help="hardly any input: do all contenders agree?")
    parser.add_argument(
        "--only", action="append", choices=rows.SCRIPTS, metavar="NAME", help="this row; may be repeated"
    )
    parser.add_argument("--question", action="append", metavar="NAME", help="this question of the row; may be repeated")
    parser.add_argument("--rounds", type=int, help="how often each contender is timed")
    parser.add_argument("--out", type=Path, help="where results and report go")
    return parser.parse_args(arguments)


def all_agree(row: dict[str, Any]) -> bool:
    """Whether everyone who answered gave the plain function's answer."""
    return all(each["agrees"] is not False for question in row["questions"] for each in question["contenders"])


if __name__ == "__main__":
    sys.exit(main())
