"""What is printed, where and how: results to stdout, the rest to stderr."""

from __future__ import annotations

import codecs
import os
import re
import sys
from contextlib import suppress
from typing import NoReturn

from amyqa.errors import AmyqaError, BadInput, Problem

MOST_PROBLEMS = 100
LONGEST_PROBLEM = 1000


def print_result(text: str) -> None:
    """Write to stdout at once, so that what is wrong with it can still be told."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # the rest goes nowhere; a reader (head, less) that has seen enough is no failure
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            reason = error.strerror or "unwritable"
            raise BadInput([Problem(f"the results cannot be written: {reason}", file="stdout")]) from error


def note(text: str) -> None:
    """A line for people, on stderr."""
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def escaped(report: str) -> str:
    """JSON is UTF-8; a stdout of another encoding gets it in ASCII."""
    import json

    if codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8":
        return report
    return re.sub(r"[^\x00-\x7f]", lambda match: json.dumps(match[0])[1:-1], report)


def drawn(report: str) -> str:
    """Lines and minus signs as every terminal can show them."""
    try:
        report.encode(sys.stdout.encoding or "utf-8", "surrogatepass")
    except UnicodeEncodeError:
        return report.translate({ord("─"): "-", ord("−"): "-"})
    return report


def width() -> int:
    """Columns to print in: the terminal's, or 80."""
    import shutil

    return shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80


def color() -> bool:
    """Whether to colour: only a terminal, and only where nobody said otherwise (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def fail(error: AmyqaError) -> NoReturn:
    """Tell what stands in the way, and exit with 2."""
    from amyqa.reports.phrases import counted, visible

    for problem in error.problems[:MOST_PROBLEMS]:
        told = visible(str(problem))
        note(told if len(told) <= LONGEST_PROBLEM else f"{told[: LONGEST_PROBLEM // 2]} … {told[-200:]}")
    if (more := len(error.problems) - MOST_PROBLEMS) > 0:
        note(f"… and {more:,} more")
    note(f"amyqa could not do its job: {counted(len(error.problems), 'problem')} to mend first.")
    raise SystemExit(2)
