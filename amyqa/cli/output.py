"""What is printed, where and how: results to stdout, the rest to stderr."""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.characters import HIDDEN, visible
from amyqa.cli import leaving
from amyqa.errors import AmyqaError, BadInput, Problem

if TYPE_CHECKING:
    from amyqa.model import Failure

Progress = Callable[[int, int, str], object]
"""Called with the tables done, their number, and the one that is checked now."""


def keep_for_results() -> None:
    """Lead to stderr what a library writes to the process's stdout by itself, as solvers in C do.

    ``sys.stdout`` writes to where stdout was led. A guard around each call would not do: C writes late,
    when its buffer is full or the process ends.
    """
    out = sys.stdout
    if out is not sys.__stdout__ or not isinstance(out, io.TextIOWrapper):
        return  # somebody has taken its place already, and C does not write there
    try:
        led = os.dup(out.fileno())
        out.flush()
        sys.stdout = io.TextIOWrapper(
            os.fdopen(led, "wb"),
            encoding=out.encoding, errors=out.errors, line_buffering=out.line_buffering,
        )  # fmt: skip
        try:
            os.dup2(2, out.fileno())
        except OSError:  # stderr is closed
            os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
    except OSError:  # no more files can be opened: results are told apart by what writes them
        return


_SHOWN = re.compile(r"\n|\x1b\[[0-9;]*m")
"""What a text for people may hold that is not seen: ends of lines and, on a terminal, our own colours."""


def shown(text: str, *, colored: bool = False) -> str:
    """Lines in which nothing is hidden; the last guard, whoever made them."""
    if not HIDDEN.search(text.replace("\n", "")):
        return text
    ours = [match[0] if colored or match[0] == "\n" else visible(match[0]) for match in _SHOWN.finditer(text)]
    parts = [visible(part) for part in _SHOWN.split(text)]
    return "".join(part + kept for part, kept in zip(parts, [*ours, ""], strict=True))


def print_result(text: str) -> None:
    """Write to stdout at once, so that what is wrong with it can still be told."""
    told = shown(text, colored=color())
    _written(lambda: sys.stdout.write(told) and sys.stdout.flush())


def _written(write: Callable[[], object]) -> None:
    leaving.go()
    try:
        write()
    except OSError as error:
        silence()  # a reader (head, less) that has seen enough is no failure
        if not isinstance(error, BrokenPipeError):
            reason = error.strerror or "unwritable"
            raise BadInput([Problem(f"the results cannot be written: {reason}", file="stdout")]) from error


def silence() -> None:
    """The rest of stdout goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_bytes(content: bytes) -> None:
    """Write bytes to stdout, whatever its encoding and line ends."""
    if (raw := getattr(sys.stdout, "buffer", None)) is None:  # a stream of text alone
        print_result(content.decode("utf-8", "backslashreplace"))
        return
    sys.stdout.flush()
    _written(lambda: raw.write(content) and raw.flush())


def note(text: str) -> None:
    """A line for people, on stderr."""
    leaving.go()
    with suppress(OSError):
        sys.stderr.write(f"{shown(text)}\n")
        sys.stderr.flush()


def from_here(path: Path) -> Path:
    """The path as short as it can be named from the current folder."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


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


@contextmanager
def progress(after: float = 1.0) -> Iterator[Progress | None]:
    """A bar on the terminal's stderr, once the work takes longer than `after` seconds; gone when it is done.

    Yields:
        What the work tells how far it is, or None: a file, a pipe or a CI log gets no bar.
    """
    if not sys.stderr.isatty() or os.environ.get("CI") or os.environ.get("TERM") == "dumb":
        yield None
        return
    from threading import Timer

    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar
    from rich.table import Column

    # stdout and stderr stay as they are: what a yearbook's schemas print is not the bar's to move
    bar = Bar(
        TextColumn("Checking"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn(
            "{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
        ),
        console=Console(file=sys.stderr),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    task = bar.add_task("reading the tables", total=None)

    def told(done: int, total: int, name: str) -> None:
        leaving.so_far(f"It was at {name}." if name else "")
        bar.update(task, completed=done, total=total, description=visible(name))

    timer = Timer(after, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield told
    finally:
        timer.cancel()
        timer.join()  # it may be starting the bar just now
        bar.stop()


def tell_failures(failures: Sequence[Failure], *, whole: bool = True) -> None:
    """Tell which tables could not be checked, and (where the results do not) what stands in the way."""
    from amyqa.reports.phrases import counted, failed_phrase

    problems = list(dict.fromkeys(problem for failure in failures for problem in failure.problems))
    if not problems:
        return
    if whole:
        _tell(problems)
    note(f"{failed_phrase(failures)}: fix {counted(len(problems), 'problem')}.")


def _tell(problems: Sequence[Problem]) -> None:
    from amyqa.reports.phrases import MAX_PROBLEMS, shortened

    for problem in problems[:MAX_PROBLEMS]:
        note(shortened(str(problem).replace("##[", "## [")))  # a command, to GitHub's runners
    if (more := len(problems) - MAX_PROBLEMS) > 0:
        note(f"… and {more:,} more")


def fail(error: AmyqaError) -> int:
    """Tell what stands in the way; the exit code: 2, or 1 where a trace has found what it is there for."""
    from amyqa.reports.phrases import counted

    _tell(error.problems)
    note(error.closing.format(counted(len(error.problems), "problem")))
    return error.code
