"""The loop around a translated body: item by item with room to look for, or block by block under a bound."""

from __future__ import annotations

import re

BLOCK = 2048
SEARCH = r"\w+_among_\w+\("  # a look-up, which works on keys of any size


def one_by_one(body: list[str], strings: int, scratch: bool) -> list[str]:
    """Return a kernel's statements for results whose number or size only the items tell."""
    lines = ["k = state[0]", "rows = state[1]", "room = state[3]"]
    lines += [f"written{n} = state[{4 + 2 * n}]" for n in range(strings)]
    lines += [f"room{n} = state[{5 + 2 * n}]" for n in range(strings)]
    lines += ["for i in range(lo, hi):", "    k_from = k", "    bad = int64(0)"]
    lines += ["    used = int64(0)", "    full = False"] if scratch else []
    lines += [f"    from{n} = written{n}" for n in range(strings)]
    lines += [placed for line in body for placed in _placed("    " + line, strings)]
    lines += ["    if bad < 0:", *indented(_leave(strings, "1 if full else 2" if scratch else "2"), 2)]
    lines += ["state[0] = k", *(f"state[{4 + 2 * n}] = written{n}" for n in range(strings)), "return hi"]
    return lines


def _placed(line: str, strings: int) -> list[str]:
    """Turn the mark before a row into the test for room."""
    marked = re.fullmatch(r"( *)#room (.*)", line)
    if marked is None:
        return [line]
    depth = len(marked[1]) // 4
    return [f"{marked[1]}if {marked[2]}:", *indented(_leave(strings, "1"), depth + 1)]


def _leave(strings: int, reason: str) -> list[str]:
    """Return the statements that end a kernel at item ``i`` with what was whole before it."""
    held = [f"state[{4 + 2 * n}] = from{n}" for n in range(strings)]
    return ["state[0] = k_from", f"state[2] = {reason}", *held, "return i"]


def in_blocks(body: list[str], quick: list[str] | None, bound: int, integers: tuple[str, ...]) -> list[str]:
    """Return a kernel's statements for numbers: a failing block is left whole, a bounded one runs without tests."""
    body = [line for line in body if "#room" not in line]
    if not any(re.search(r"\bbad\b", line) for line in body):
        return ["k = state[0]", "for i in range(lo, hi):", *indented(body, 1), "state[0] = k", "return hi"]
    checked = ["bad = int64(0)", "for i in range(block, end):", *indented(body, 1)]
    checked += ["if bad < 0:", "    state[0] = k_from", "    state[2] = 2", "    return block"]
    lines = [
        "k = state[0]",
        "block = lo",
        "while block < hi:",
        f"    end = block + {BLOCK} if hi - block > {BLOCK} else hi",
        "    k_from = k",
    ]
    tested = loads(body, integers)
    if quick is None or not tested:
        lines += indented(checked, 1)
    else:
        quick = [line for line in quick if "#room" not in line]
        fails = any(re.search(r"\bbad\b", line) for line in quick)
        lines += ["    wide = int64(0)", "    for i in range(block, end):", *indented(tested, 2)]
        lines += [f"    if wide < {bound}:"]
        lines += indented(["bad = int64(0)"] if fails else [], 2)
        lines += ["        for i in range(block, end):", *indented(quick, 3)]
        lines += indented(checked[-4:], 2) if fails else []
        lines += ["    else:", *indented(checked, 2)]
    return [*lines, "    block = end", "state[0] = k", "return hi"]


def loads(body: list[str], integers: tuple[str, ...]) -> list[str]:
    """Return the statements that widen ``wide`` by each integer input whose size matters to the body."""
    lines = []
    for load in body:
        name, _, _ = load.partition(" = ")
        if name in integers and _matters(name, body, set()):
            lines += [load, f"wide |= {name} ^ ({name} >> 63)"]
    return lines


def _matters(name: str, body: list[str], seen: set[str]) -> bool:
    """Whether anything is computed of a variable; what is only copied and searched for may be of any size."""
    seen.add(name)
    for line in body:
        made, _, expression = line.strip().partition(" = ")
        if not re.search(rf"\b{name}\b", expression or line) or re.match(SEARCH, expression):
            continue
        if expression != name or (made not in seen and _matters(made, body, seen)):
            return True
    return False


def indented(lines: list[str], depth: int) -> list[str]:
    """Return statements as they stand so deep."""
    return ["    " * depth + line for line in lines]
