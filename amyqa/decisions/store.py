"""Writing decisions: one writer at a time, a file whole or not at all, nothing acknowledged is lost."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from amyqa.decisions.blocks import agree, edited
from amyqa.decisions.files import home, read_file
from amyqa.errors import BadInput, Problem, Problems
from amyqa.model import Decision
from amyqa.project import Yearbook
from amyqa.reading.writing import clear_leftovers, write_atomically
from amyqa.sources.files import MAX_YAML_BYTES, read_text

WAIT = 60.0
"""Seconds to wait for another writer."""


Seen = Mapping[str, Decision | None]
"""What somebody saw of decisions, by the findings' ids; None: there was none."""


class Overtaken(BadInput):
    """Somebody else has decided in the meantime: nothing was written."""


def write(
    yearbook: Yearbook, new: Iterable[Decision], gone: Iterable[Decision] = (), seen: Seen | None = None
) -> tuple[Decision, ...]:
    """Write decisions down, and take others out; when it returns, they are on disk.

    Args:
        new: one on a finding that is decided already takes the old one's place.
        gone: decisions that were read; one that is not there any more, or was made anew, is passed over.
        seen: what whoever decides has seen; where something else stands there now, nothing is written.

    Returns:
        The decisions that were replaced, and those that were taken out.

    Raises:
        Overtaken: what stands there is not what was seen.
        BadInput: a file cannot be read, holds mistakes, or cannot be written; then it is as it was.
    """
    added, removed = list(new), list(gone)
    before: list[Decision] = []
    for name in {home(decision.table) for decision in (*added, *removed)}:
        refuse_outside(yearbook, yearbook.root / name)
    with locked(yearbook.decisions):
        if seen is not None:
            _refuse_overtaken(yearbook, {home(each.table) for each in (*added, *removed)}, seen)
        for name in sorted({home(decision.table) for decision in (*added, *removed)}):
            mine = {each.finding: each for each in added if home(each.table) == name}
            before += _rewritten(yearbook, name, mine, [each for each in removed if each.finding not in mine])
    return tuple(before)


def _refuse_overtaken(yearbook: Yearbook, names: Iterable[str], seen: Seen) -> None:
    """Compare what stands in files of decisions with what was seen of it. The lock is held.

    Raises:
        Overtaken: they differ.
    """
    problems = Problems()
    there = {each.finding: each for name in names for each in read_file(yearbook, name, problems)}
    problems.raise_if_any()
    changed = []
    for finding, before in seen.items():
        now = there.get(finding)
        if (now and replace(now, line=0)) != (before and replace(before, line=0)):
            by = f"{now.who} has decided: {now.ruling}" if now else "the decision was taken back"
            changed.append(Problem(f"{by} (finding {finding})", "look again", _home_of(now or before)))
    if changed:
        raise Overtaken(changed)


def _home_of(decision: Decision | None) -> str | None:
    """The file of a decision."""
    return home(decision.table) if decision else None


def _rewritten(
    yearbook: Yearbook, name: str, new: Mapping[str, Decision], gone: Iterable[Decision]
) -> list[Decision]:
    """Rewrite one file; the decisions that stood there and do not any more. The lock is held."""
    path = yearbook.root / name
    problems = Problems()
    known = {each.finding: each for each in read_file(yearbook, name, problems)}
    problems.raise_if_any()
    changes: dict[str, Decision | None] = dict(new)
    for decision in gone:
        there = known.get(decision.finding)
        if there is not None and replace(there, line=decision.line) == decision:
            changes[decision.finding] = None
    text = read_text(path, name, MAX_YAML_BYTES) if path.exists() else ""
    told = edited(text, {each.finding: each.line for each in known.values()}, changes)
    if len(told.encode()) > MAX_YAML_BYTES:
        message = f"would be larger than {MAX_YAML_BYTES:,} bytes"
        raise BadInput([Problem(message, "prune what is stale, or split the chapter", file=name)])
    if not agree(text, told, changes):
        message = "is laid out so that amyqa cannot add to it"
        raise BadInput([Problem(message, "begin every decision at the start of a line", file=name)])
    clear_leftovers(path)
    if told != text:
        write_atomically(path, told)
        _settle(path.parent)
    return [each for finding, each in known.items() if finding in changes]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer. The system lets go of it when a process dies, however it dies.

    Raises:
        BadInput: it cannot be held, or another writer does not end.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = folder / ".lock"
        with FileLock(lock, timeout=WAIT, poll_interval=0.01):
            try:
                yield
            finally:
                with suppress(OSError):  # who waits for it sees that it is gone, and makes its own
                    lock.unlink()
    except Timeout as error:
        advice = "wait until it has finished"
        raise BadInput(
            [Problem(f"has been locked by another amyqa for {WAIT:.0f} s", advice, str(folder))]
        ) from error
    except OSError as error:
        message = f"cannot be written: {error.strerror or error}"
        raise BadInput([Problem(message, "choose a folder you may write to", str(folder))]) from error


def refuse_outside(yearbook: Yearbook, path: Path) -> None:
    """A link may lead a file, or the folder it is to be made in, out of the yearbook.

    Raises:
        BadInput: it does.
    """
    try:
        inside = path.resolve().is_relative_to(yearbook.root.resolve())
    except (OSError, RuntimeError):  # a link to itself
        inside = False
    if not inside:
        message = "is a link that leads out of the yearbook, or lies behind one"
        raise BadInput([Problem(message, "put the folder itself here", file=yearbook.shown(path))])


def _settle(folder: Path) -> None:
    """See to it that the new name is on disk, too, where the system can."""
    with suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
