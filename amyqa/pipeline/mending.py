"""From a diagnosis to corrected files, and the check that they hold."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.errors import AmyqaError, BadInput, Problem
from amyqa.loading import referring
from amyqa.model import Report, TableDiagnosis
from amyqa.pipeline.checking import checked
from amyqa.pipeline.deciding import with_decisions
from amyqa.pipeline.files import check_files, outside
from amyqa.pipeline.running import Engine
from amyqa.project import Yearbook, open_yearbook, select
from amyqa.sources import UNWRITTEN
from amyqa.sources.marking import WORKBOOKS

if TYPE_CHECKING:
    from amyqa.fixing import Fixed


def fix(
    paths: Sequence[Path | str] = (".",),
    to: Path | None = None,
    at_least: float = 0.95,
    engine: Engine | None = None,
) -> Fixed:
    """Correct what is diagnosed with enough certainty, and check the result.

    Args:
        paths: the yearbook, or folders, CSVs or YAMLs in it.
        to: the folder for corrected copies; None: in place, each printed file kept beside its CSV.
        at_least: the likelihood from which on a diagnosis is acted on.

    Raises:
        AmyqaError: something cannot be read, run or written.
    """
    from amyqa import fixing

    chosen = [Path(path) for path in paths] or [Path()]
    if files := outside(chosen):
        return _fix_workbooks(files, to, at_least, engine)
    yearbook = open_yearbook(chosen[0])
    refused: dict[str, Problem] = {}
    tables = select(yearbook, chosen, refused)
    before = with_decisions(checked(yearbook, tables, engine, refused=refused), yearbook, tables)
    fixed = fixing.plan(before, at_least)
    return dataclasses.replace(carried_out(fixed, before, yearbook, to, engine), failures=before.failures)


def carried_out(
    fixed: Fixed, before: Report, yearbook: Yearbook, to: Path | None, engine: Engine | None
) -> Fixed:
    """Write planned corrections, and check what became of the sums of the tables and of those that name them.

    Args:
        before: of a check of at least the corrected tables.
        to: the folder for corrected copies; None: in place.

    Raises:
        AmyqaError: something cannot be read, run or written.
    """
    from amyqa import fixing
    from amyqa.fixing.files import write

    concerned = list(fixed.tables)
    with suppress(AmyqaError):  # what other tables say of the corrected cells, where they can be read
        others = referring(yearbook, fixed.tables)
        said = checked(yearbook, others, engine)
        before = dataclasses.replace(before, findings=(*before.findings, *said.findings))
        concerned += [files.id for files in others]
    corrected, log = write(fixed, before.tables, yearbook, to)
    after = checked(corrected, [files for files in corrected.tables if files.id in concerned], engine)
    return dataclasses.replace(fixed, mended=fixing.compare(before, after), log=log)


def outcome(diagnosis: TableDiagnosis, report: Report, yearbook: Yearbook, engine: Engine | None) -> Fixed:
    """What one diagnosis would mend and break if it was corrected; nothing of the yearbook is changed.

    Raises:
        AmyqaError: something cannot be read or run.
    """
    from amyqa import fixing

    fixed = fixing.plan(dataclasses.replace(report, diagnoses=(diagnosis,)), 0)
    if not fixed.corrections:
        return fixed
    with tempfile.TemporaryDirectory(prefix="amyqa-") as folder:
        return dataclasses.replace(carried_out(fixed, report, yearbook, Path(folder), engine), log=None)


def _fix_workbooks(files: Sequence[Path], to: Path | None, at_least: float, engine: Engine | None) -> Fixed:
    """Corrected copies of workbooks that are of no yearbook, and the check that they hold.

    Raises:
        AmyqaError: a file is no workbook, or no folder is named for the copies.
    """
    from amyqa import fixing
    from amyqa.fixing.workbooks import write

    others = [file for file in files if file.suffix.lower() not in (*WORKBOOKS, *UNWRITTEN)]
    none = all(file.suffix.lower() not in WORKBOOKS for file in files)
    if others or none or to is None:
        message = (
            "of no yearbook, only .xlsx and .xlsm are corrected" if others or none else "is of no yearbook"
        )
        hint = "name a folder for the copy with --to"
        if others or none:
            hint = "amyqa check FILE says what to correct there; amyqa new takes its tables into a yearbook"
        raise BadInput([Problem(message, hint, str(file)) for file in others or files])
    before, _ = check_files(files, engine)
    fixed = fixing.plan(before, at_least)
    copies, log = write(fixed, before.tables, to)
    if not copies:
        return dataclasses.replace(fixed, failures=before.failures)
    after, _ = check_files([copies.get(str(file), file) for file in files], engine)
    return dataclasses.replace(fixed, mended=fixing.compare(before, after), log=log, failures=before.failures)
