"""The log of corrections made in place, written so that it tells what was done and never more.

What is about to be done is written beside the log first. When it is done, or by the next run if this one
is stopped, the log gets the lines of the CSVs that have been replaced.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from amyqa.errors import BadInput, Problem
from amyqa.project import Yearbook
from amyqa.reading.writing import write_atomically
from amyqa.sources.files import read_text

LOG = "changes.csv"
COLUMNS = (
    "table", "row", "column", "file", "line", "old", "new", "kind", "role", "likelihood", "reason",
)  # fmt: skip
PENDING = ".changes.csv.pending"
_HEADER = ",".join(COLUMNS) + "\n"


def begin(yearbook: Yearbook, planned: Iterable[tuple[Path, bytes, str]]) -> None:
    """Note what is about to be done: CSVs, what each will hold, and its part of the log."""
    steps = [
        {"file": yearbook.shown(csv), "becomes": _digest(content), "lines": text.removeprefix(_HEADER)}
        for csv, content, text in planned
    ]
    before = earlier(yearbook.root / LOG)
    told = {"log": _digest(before.encode()), "steps": steps}
    write_atomically(yearbook.root / PENDING, json.dumps(told, indent=1))


def finish(yearbook: Yearbook) -> None:
    """Write into the log what was done of what was begun; nothing where nothing was.

    Raises:
        BadInput: a file is not as amyqa left it.
    """
    pending, log = yearbook.root / PENDING, yearbook.root / LOG
    if not pending.exists():
        return
    try:
        told = json.loads(read_text(pending, PENDING))
        steps = [(str(each["file"]), str(each["becomes"]), str(each["lines"])) for each in told["steps"]]
        before = str(told["log"])
    except (ValueError, KeyError, TypeError) as error:
        message = "is not as amyqa wrote it: whether the log of changes is whole cannot be told"
        raise BadInput(
            [Problem(message, "compare changes.csv with the CSVs, and remove it", PENDING)]
        ) from error
    text = earlier(log)
    if _digest(text.encode()) == before:  # else stopped after this, and before the next line
        done = "".join(lines for file, becomes, lines in steps if _holds(yearbook.root / file, becomes))
        if done:
            write_atomically(log, (text or _HEADER) + done)
    pending.unlink()


def earlier(log: Path) -> str:
    """What a log holds already; "" where there is none.

    Raises:
        BadInput: the file is no log of ours.
    """
    if not log.exists():
        return ""
    text = read_text(log, str(log))
    if not text.startswith(_HEADER):
        message = "is not a log of amyqa's, and is not overwritten"
        raise BadInput([Problem(message, "rename it", str(log))])
    return text


def _holds(csv: Path, digest: str) -> bool:
    with suppress(OSError):
        return _digest(csv.read_bytes()) == digest
    return False


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
