"""Files outside any yearbook, checked as they are: their tables are found, drafted and checked in passing."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.decisions.files import read_decisions
from amyqa.errors import AmyqaError, BadInput, Problem, Problems
from amyqa.model import Decision, Failure, Imprint, Original, Report
from amyqa.pipeline.checking import evaluate
from amyqa.pipeline.deciding import apply_decisions, unread
from amyqa.pipeline.locating import located
from amyqa.pipeline.running import Engine
from amyqa.project import Yearbook, open_yearbook, select
from amyqa.reports.formats import now
from amyqa.sources import is_source
from amyqa.sources.files import is_marked
from amyqa.version import VERSION

if TYPE_CHECKING:
    from amyqa.starting.opening import Opened

_MAX_FILES = 1_000
_MAX_NAMED = 12
_TEXT = (".csv", ".tsv")
_REPORT = ("report.html", "report.json", "findings.csv")
"""What stands in the folder of a report."""


def outside(paths: Sequence[Path]) -> list[Path]:
    """The files that paths name, where they are of no yearbook; none where one is.

    A CSV that lies in a yearbook but not in its ``data/`` is a mistake there; a workbook is not.
    """
    found: list[Path] = []
    for path in paths:
        try:
            yearbook = open_yearbook(path)
        except BadInput:
            if not _is_there(path):
                return []
        else:
            inside = path.resolve().is_relative_to(yearbook.root / "data")
            if inside or path.is_dir() or path.suffix.lower() in _TEXT or not is_source(path):
                return []
        found += [path] if path.is_file() else sorted(_within(path))
    return [] if any(path.suffix.lower() in _TEXT and _is_of_yearbook(path) for path in found) else found


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _is_of_yearbook(path: Path) -> bool:
    try:
        open_yearbook(path)
    except BadInput:
        return False
    return True


def _within(folder: Path) -> Iterator[Path]:
    """The files of a folder that can be read; hidden ones, and what amyqa wrote, left out."""
    for path in folder.rglob("*"):
        hidden = any(part.startswith((".", "~")) for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and is_source(path) and not _is_written(path):
            yield path


def _is_written(path: Path) -> bool:
    """Whether a file is a report, or stands in the folder of one: no data."""
    return is_marked(path) or all((path.parent / name).is_file() for name in _REPORT)


def check_files(
    paths: Sequence[Path], engine: Engine | None, *, identities: bool = False, decided: bool = True
) -> tuple[Report, list[str]]:
    """Find the tables of files, draft what they mean, and check them; nothing is written.

    Args:
        decided: what a review has decided on them, and left in ``decisions/`` beside them, is applied.

    Returns:
        The report, which names places in the files; and what was found in them, in words.

    Raises:
        AmyqaError: no table can be checked.
    """
    from amyqa.starting.opening import new_tables  # heavy, and only needed here

    if len(paths) > _MAX_FILES:
        message = f"{len(paths):,} files are more than can be checked at once"
        raise BadInput([Problem(message, f"at most {_MAX_FILES:,}; name some of them")])
    with tempfile.TemporaryDirectory(prefix="amyqa-") as folder:
        root = Path(folder).resolve()
        originals: dict[str, Original] = {}
        told: list[str] = []
        failures: list[Failure] = []
        for number, path in enumerate(paths, 1):
            to = root / "data" / (path.stem if _is_alone(path, paths) else f"{number}-{path.stem}")
            to.mkdir(parents=True)
            try:
                opened = new_tables(path, to=to, as_source=False)
            except AmyqaError as error:
                if len(paths) == 1:
                    raise
                failures.append(Failure("", error.problems, file=str(path)))
                continue
            told += _found(path, opened)
            if opened.failed:
                failures.append(Failure("", opened.failed, file=str(path)))
            for _, made in opened.made:
                id = made.csv.relative_to(root / "data").with_suffix("").as_posix()
                assert made.original is not None
                originals[id] = made.original
        if not originals:
            raise BadInput([problem for failure in failures for problem in failure.problems])
        report = checked_in_passing(root, originals, engine, identities=identities)
    problems = Problems()
    decisions = decided_beside(paths, report, problems) if decided else []
    failures += unread(problems)
    if decisions:
        report = apply_decisions(report, decisions, datetime.date.today())
    names = ", ".join(path.name for path in paths[:_MAX_NAMED])
    imprint = Imprint(f"{names}{', …' if len(paths) > _MAX_NAMED else ''}", (), now(), VERSION)
    return replace(report, imprint=imprint, failures=(*report.failures, *failures)), told


def checked_in_passing(
    root: Path, originals: Mapping[str, Original], engine: Engine | None, *, identities: bool
) -> Report:
    """The report of tables that were drafted in a folder of their own; places are those of their originals.

    Raises:
        AmyqaError: none can be checked.
    """
    yearbook = replace(open_yearbook(root), originals=originals)
    with evaluate(yearbook, select(yearbook, [root]), engine, identities=identities) as run:
        return replace(located(run.report, yearbook), folder="")


def decided_beside(paths: Sequence[Path], report: Report | None, problems: Problems) -> list[Decision]:
    """What a review of files has decided on their tables; it lies beside them.

    Args:
        report: of which tables; None: of all that are decided on there.
    """
    home = Yearbook(paths[0].resolve().parent, ())
    if len({path.resolve().parent for path in paths}) > 1 or not home.decisions.is_dir():
        return []
    return read_decisions(home, None if report is None else {table.id for table in report.tables}, problems)


def _is_alone(path: Path, paths: Iterable[Path]) -> bool:
    return sum(other.stem.casefold() == path.stem.casefold() for other in paths) == 1


def _found(path: Path, opened: Opened) -> Iterator[str]:
    """What was found in a file, line by line."""
    count = "1 table" if len(opened.made) == 1 else f"{len(opened.made)} tables"
    yield f"{path}: {count} found"
    for where, made in opened.made[:_MAX_NAMED]:
        sums = len(made.draft.sums)
        stated = "1 relation" if sums == 1 else f"{sums} relations" if sums else "no relation"
        yield f"  {where or made.csv.stem}: {stated} stated"
    if (more := len(opened.made) - _MAX_NAMED) > 0:
        yield f"  … and {more} more"
    yield from (f"  {line}" for line in opened.left[:_MAX_NAMED])
    if (more := len(opened.left) - _MAX_NAMED) > 0:
        yield f"  … and {more} more notes"
