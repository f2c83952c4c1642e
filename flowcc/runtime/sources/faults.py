"""What can be wrong with a file that is read or written: the catalogue of F51x.

Every fault's subject is the file, with its line where there is one: ``flights.csv:17``.
"""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable

from flowcc.diagnostics import Diagnostic, FlowError

NO_SURROGATES = 'encode it first, as with text.encode(errors="replace").decode()'
SHOWN = 60  # characters of a value that are repeated in a message


def shorten(value: object) -> str:
    """Return ``repr(value)``, its middle left out when it is long."""
    text = repr(value[: 4 * SHOWN] if isinstance(value, str | bytes) else value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 10]}…{text[-8:]}"


def at_line(path: str, line: int) -> str:
    """Return how a fault names a line of a file."""
    return f"{path}:{line}"


def missing_file(path: str) -> FlowError:
    """F510: there is no such file."""
    folder = os.path.dirname(path) or "."
    try:
        near = difflib.get_close_matches(os.path.basename(path), os.listdir(folder), n=1)
    except OSError:
        near = []
        help = "a path is relative to the folder the run was started in"
        return _fault("F510", f"the folder `{folder}` of the file does not exist", path, help=help)
    guess = f"`{folder}` holds no file of this name or one like it"
    if near:
        guess = f"did you mean `{os.path.join(os.path.dirname(path), near[0])}`?"
    return _fault("F510", "this file does not exist", path, help=guess)


def nothing_matches(pattern: str) -> FlowError:
    """F510: a pattern names no file."""
    return _fault("F510", "no file matches this pattern", pattern, help="`*` is any name, `**` any folders")


def unreadable(path: str, error: OSError) -> FlowError:
    """F511: the system does not let this be read."""
    if isinstance(error, IsADirectoryError):
        return directory_given(path)
    help = "look whether `cat` can read it"
    if error.errno == errno.EACCES:
        help = "give the user that runs the stage the right to read it"
    why = error.strerror or str(error)
    return _fault("F511", f"this file cannot be read: {why}", path, help=help)


def directory_given(path: str) -> FlowError:
    """F511: a folder stands where a file is read."""
    name = os.path.join(path, "*")
    return _fault("F511", "this is a folder, not a file", path, help=f"`{name}` reads the files in it")


def damaged(path: str, kind: str, why: str) -> FlowError:
    """F512: a compressed file ends early or is not what it says it is."""
    help = f"check it with `{kind} -t {os.path.basename(path)}`, and fetch or write it again"
    return _fault("F512", f"this {kind} file is damaged: {why}", path, help=help)


def not_utf8(path: str, line: int, offset: int, byte: int) -> FlowError:
    """F513: bytes that are no UTF-8; ``offset`` counts bytes from the start of the (decompressed) file."""
    title = f"byte 0x{byte:02x} at offset {offset} is not UTF-8"
    return _fault("F513", title, at_line(path, line), help="convert it, as with `iconv -f latin1 -t utf-8`")


def no_header(path: str) -> FlowError:
    """F514: an empty file stands where a header names the columns."""
    title = "this CSV file is empty, and its first line should name the columns"
    return _fault("F514", title, at_line(path, 1), help="csv(path, Row, header=False) reads a file without a header")


def missing_column(path: str, line: int, column: str, row: str, header: Iterable[str]) -> FlowError:
    """F514: the row type names a column that the file does not have."""
    names = list(header)
    near = difflib.get_close_matches(column, names, n=1)
    held = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    help = f"did you mean `{near[0]}`?" if near else f"give `{column}` a default in {row}, or remove it"
    title = f"there is no column `{column}`, which {row} has"
    return _fault("F514", title, at_line(path, line), notes=(f"columns: {held}",), help=help)


def duplicate_column(path: str, line: int, column: str) -> FlowError:
    """F514: the header names a column twice."""
    help = "name each column once"
    return _fault("F514", f"two columns are named `{column}`", at_line(path, line), help=help)


def wrong_width(path: str, line: int, found: int, wanted: int, text: str) -> FlowError:
    """F515: a record has too few or too many fields."""
    fields = f"{found} field" + ("" if found == 1 else "s")
    help = 'a field that holds a comma, a quote or a line end is written in "quotes"'
    title = f"this record has {fields}, and the header has {wanted}"
    return _fault("F515", title, at_line(path, line), notes=(f"the record: {shorten(text)}",), help=help)


def malformed(path: str, line: int, what: str, why: str) -> FlowError:
    """F515: a line is not written in the format of its file."""
    helps = {
        "CSV": 'a quote inside a quoted field is written twice: ""',
        "JSON": "each line holds one whole JSON value",
    }
    return _fault("F515", f"this is not {what}: {why}", at_line(path, line), help=helps.get(what, ""))


def wrong_value(path: str, line: int, column: str, kind: str, value: str, optional: bool) -> FlowError:
    """F516: the text of a field does not give a value of its column's type."""
    if value == "":
        title = f"column `{column}` is empty here, and must be {kind}"
        help = f"`{column}: {kind} | None` takes an empty field as None"
        return _fault("F516", title, at_line(path, line), help=help)
    title = f"column `{column}` must be {kind}, and {shorten(value)} is not"
    takes = "true, false, True, False, TRUE, FALSE, 1 or 0" if kind == "bool" else f"what {kind}() takes"
    empty = ", or nothing for None" if optional else ""
    return _fault("F516", title, at_line(path, line), help=f"write {takes}{empty}, or declare `{column}: str`")


def wrong_json(path: str, line: int, why: str, text: str) -> FlowError:
    """F516: a JSON value does not fit the row type; ``why`` names the field as ``$.name``."""
    first = why[:1].lower() + why[1:]
    help = "correct the line, or the type it is read as (`X | None` takes null, a default a missing field)"
    return _fault("F516", first, at_line(path, line), notes=(f"the line: {shorten(text)}",), help=help)


def null_value(path: str, row: int, column: str, kind: str) -> FlowError:
    """F516: a Parquet column holds a null where its type has none; ``row`` counts from 0."""
    title = f"column `{column}` is null in row {row}, and must be {kind}"
    return _fault("F516", title, path, help=f"`{column}: {kind} | None` takes it as None")


def unreadable_row(subject: str, what: str, help: str) -> FlowError:
    """F517: a row type or value that this format does not hold."""
    return _fault("F517", what, subject, help=help)


def wrong_column_type(path: str, column: str, held: str, kind: str) -> FlowError:
    """F517: a Parquet column holds another type than the row type says."""
    title = f"column `{column}` holds {held}, which is not {kind}"
    return _fault("F517", title, path, help=f"declare the type of `{column}` as the file has it")


def damaged_parquet(path: str, why: str) -> FlowError:
    """F512: a file that is no Parquet, or a damaged one."""
    return _fault("F512", f"this cannot be read as Parquet: {why}", path, help="write it again")


def unwritable(path: str, error: OSError) -> FlowError:
    """F518: the system does not let this be written; nothing stands under the final name."""
    helps = {
        errno.ENOSPC: "make room, or write elsewhere; nothing was left under this name",
        errno.EDQUOT: "make room in the quota, or write elsewhere; nothing was left under this name",
        errno.EFBIG: "raise the limit on file sizes, or write elsewhere; nothing was left under this name",
        errno.ENOENT: f"make the folder first: mkdir -p {os.path.dirname(path) or '.'}",
        errno.EISDIR: "name a file in it",
        errno.ENOTDIR: "name a folder before the last `/`",
        errno.EACCES: "write to a folder that this user may write to",
        errno.EPERM: "write to a folder that this user may write to",
        errno.EROFS: "write to a folder that is not read-only",
    }
    why = error.strerror or str(error)
    return _fault(
        "F518", f"this file cannot be written: {why}", path, help=helps.get(error.errno or 0, "write elsewhere")
    )


def unwritable_value(path: str, kind: str, value: object, why: str, help: str) -> FlowError:
    """F517: a result that this format cannot hold."""
    return _fault("F517", f"{kind} cannot hold {shorten(value)}: {why}", path, help=help)


def not_understood(text: str, what: str, kinds: Iterable[str]) -> FlowError:
    """F519: a description on the command line names no kind of source or sink."""
    names = list(kinds)
    near = difflib.get_close_matches(text.partition(":")[0], names, n=1)
    forms = ", ".join(f"{name}:PATH" for name in names) + " or -"
    guess = f"did you mean `{near[0]}:…`? " if near else ""
    return _fault("F519", f"`{text}` is no {what}", text, help=f"{guess}write {forms}")


def not_a_json_list(text: str, why: str) -> FlowError:
    """F519: items given on the command line are no JSON list."""
    help = 'write a list, like [1, 2, 3] or ["a", "b"]'
    return _fault("F519", f"these items are no JSON list: {why}", text, help=help)


def text_has_no_type(path: str, row: str) -> FlowError:
    """F519: lines are wanted as something other than `str`."""
    help = f"jsonl:{path} or csv:{path} give {row}"
    return _fault("F519", f"text gives lines (str), and {row} is wanted", path, help=help)


def _fault(code: str, title: str, subject: str, *, notes: tuple[str, ...] = (), help: str = "") -> FlowError:
    return FlowError([Diagnostic(code=code, title=title, subject=subject, notes=notes, help=help)])
