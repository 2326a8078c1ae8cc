"""What a review needs of the order: what is reviewed is checked, tried out, corrected and watched."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from amyqa.errors import BadInput, Problem, Problems
from amyqa.model import Decision, Report, TableDiagnosis
from amyqa.pipeline import deciding, mending
from amyqa.pipeline.checking import Named, evaluated
from amyqa.pipeline.files import check_files, decided_beside, outside
from amyqa.pipeline.locating import located
from amyqa.pipeline.running import Engine
from amyqa.project import Yearbook, open_yearbook
from amyqa.sources.files import read_bytes
from amyqa.sources.marking import WORKBOOKS

if TYPE_CHECKING:
    from amyqa.fixing import Correction, Fixed

_FOLDERS = ("data", "schemas", "checks", "seeds")


@dataclass(frozen=True, slots=True)
class Corrected:
    """What was corrected in place.

    Args:
        files: before and after.
    """

    fixed: Fixed
    files: Mapping[Path, tuple[bytes, bytes]]


class Subject(Protocol):
    """What is reviewed."""

    @property
    def home(self) -> Yearbook:
        """Where decisions are kept."""

    def evaluate(self) -> Report:
        """Check it as it is now, without what was decided."""

    def decisions(self, problems: Problems) -> list[Decision]:
        """What was decided about it."""

    def watched(self) -> Iterator[Path]:
        """The files that a check reads."""

    def outcome(self, diagnosis: TableDiagnosis, report: Report) -> Fixed:
        """What a correction would mend and break; nothing is changed."""

    def correct(self, diagnosis: TableDiagnosis, report: Report) -> Corrected:
        """Correct what a diagnosis proposes, in place, and write it into the log."""


def subject(paths: Sequence[Path], engine: Engine | None) -> Subject:
    """What paths name: a yearbook or a part of it, or files of no yearbook.

    Raises:
        BadInput: files of several folders.
    """
    chosen = [Path(path) for path in paths] or [Path()]
    if not (files := outside(chosen)):
        return _OfYearbook(chosen, engine)
    if len({file.resolve().parent for file in files}) > 1:
        advice = "review those of one folder, or start a yearbook: amyqa new"
        raise BadInput([Problem("the files lie in several folders", advice, str(files[0].parent))])
    return _OfFiles(files, engine)


def restore(subject: Subject, done: Corrected) -> None:
    """Put back what was corrected, as long as nothing else has changed since; the log tells it.

    Raises:
        BadInput: a file is not as the correction left it.
    """
    from amyqa.fixing.files import in_place

    problems = Problems()
    for file, (_, after) in done.files.items():
        if read_bytes(file, str(file)) != after:
            message = "has changed since the correction"
            problems.add(BadInput, Problem(message, "correct it by hand", subject.home.shown(file)))
    problems.raise_if_any()
    rows = [_reversed(each) for each in done.fixed.corrections]
    lines = {file: rows if number == 0 else [] for number, file in enumerate(done.files)}
    planned = [(file, before, lines[file]) for file, (before, _) in done.files.items()]
    in_place(subject.home, planned, again=True)


def _reversed(each: Correction) -> Correction:
    cell = replace(each.change.cell, token=each.new)
    change = replace(each.change, cell=cell, kind="", message="taken back in a review")
    return replace(each, change=change, new=each.change.cell.token)


def _planned(diagnosis: TableDiagnosis, report: Report) -> Fixed:
    """The corrections of one diagnosis, however likely: somebody has ruled on it.

    Raises:
        BadInput: it cannot be corrected.
    """
    from amyqa import fixing

    fixed = fixing.plan(dataclasses.replace(report, diagnoses=(diagnosis,)), 0)
    if not fixed.corrections:
        reason = fixed.held[0].reason if fixed.held else "nothing is proposed"
        raise BadInput([Problem(f"cannot be corrected: {reason}", "correct it by hand", diagnosis.table)])
    return fixed


@dataclass
class _OfYearbook:
    """Tables of a yearbook, which is looked through anew whenever it is evaluated."""

    paths: Sequence[Path]
    engine: Engine | None
    opened: Yearbook | None = None

    @property
    def home(self) -> Yearbook:
        if self.opened is None:
            self.opened = open_yearbook(self.paths[0])
        return self.opened

    def evaluate(self) -> Report:
        self.opened = None
        yearbook = self.home
        return located(evaluated(yearbook, Named.by(yearbook, self.paths), self.engine), yearbook)

    def decisions(self, problems: Problems) -> list[Decision]:
        yearbook = self.home
        return deciding.decisions_about(yearbook, Named.by(yearbook, self.paths).all, problems)

    def watched(self) -> Iterator[Path]:
        root = self.home.root
        for name in _FOLDERS:
            yield from (path for path in (root / name).rglob("*") if path.is_file())

    def outcome(self, diagnosis: TableDiagnosis, report: Report) -> Fixed:
        return mending.outcome(diagnosis, report, self.home, self.engine)

    def correct(self, diagnosis: TableDiagnosis, report: Report) -> Corrected:
        from amyqa.fixing.files import write

        yearbook, fixed = self.home, _planned(diagnosis, report)
        files = [each.csv for each in yearbook.tables if each.id in fixed.tables]
        before = {file: read_bytes(file, yearbook.shown(file)) for file in files}
        write(fixed, report.tables, yearbook, None, again=True)
        return Corrected(fixed, {file: (raw, file.read_bytes()) for file, raw in before.items()})


@dataclass(frozen=True)
class _OfFiles:
    """Files of no yearbook, all in one folder, where what is decided is kept in ``decisions/``."""

    paths: Sequence[Path]
    engine: Engine | None

    @property
    def home(self) -> Yearbook:
        return Yearbook(self.paths[0].resolve().parent, ())

    def evaluate(self) -> Report:
        return check_files(self.paths, self.engine, decided=False)[0]

    def decisions(self, problems: Problems) -> list[Decision]:
        return decided_beside(self.paths, None, problems)

    def watched(self) -> Iterator[Path]:
        yield from self.paths

    def outcome(self, diagnosis: TableDiagnosis, report: Report) -> Fixed:
        from amyqa import fixing
        from amyqa.fixing.workbooks import write

        fixed = fixing.plan(dataclasses.replace(report, diagnoses=(diagnosis,)), 0)
        if not fixed.corrections or not _are_workbooks(self.paths):
            return fixed
        with tempfile.TemporaryDirectory(prefix="amyqa-") as folder:
            copies, _ = write(fixed, report.tables, Path(folder))
            after, _ = check_files(
                [copies.get(str(file), file) for file in self.paths], self.engine, decided=False
            )
        return dataclasses.replace(fixed, mended=fixing.compare(report, after))

    def correct(self, diagnosis: TableDiagnosis, report: Report) -> Corrected:
        from amyqa.fixing.files import in_place
        from amyqa.fixing.workbooks import edits_of
        from amyqa.sources.xlsx import corrected

        if not _are_workbooks(self.paths):
            message = "of no yearbook, only .xlsx and .xlsm are corrected"
            raise BadInput([Problem(message, "amyqa new takes its tables into one", str(self.paths[0]))])
        fixed = _planned(diagnosis, report)
        files: dict[Path, tuple[bytes, bytes]] = {}
        for name, sheets in edits_of(fixed, report.tables).items():
            file = next(path for path in self.paths if str(path) == name).resolve()
            before = read_bytes(file, name)
            files[file] = before, corrected(before, name, sheets)
        planned = [
            (file, after, fixed.corrections if number == 0 else ())
            for number, (file, (_, after)) in enumerate(files.items())
        ]
        in_place(self.home, planned, again=True)
        return Corrected(fixed, files)


def _are_workbooks(paths: Sequence[Path]) -> bool:
    return all(path.suffix.lower() in WORKBOOKS for path in paths)
