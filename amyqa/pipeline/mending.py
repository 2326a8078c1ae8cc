"""From a diagnosis to corrected files, and the check that they hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.errors import AmyqaError, BadInput, Problem
from amyqa.loading import referring
from amyqa.pipeline.checking import checked
from amyqa.pipeline.deciding import with_decisions
from amyqa.pipeline.files import check_files, outside
from amyqa.pipeline.running import Engine
from amyqa.project import open_yearbook, select
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
    from amyqa.fixing.files import write

    chosen = [Path(path) for path in paths] or [Path()]
    if files := outside(chosen):
        return _fix_workbooks(files, to, at_least, engine)
    yearbook = open_yearbook(chosen[0])
    refused: dict[str, Problem] = {}
    tables = select(yearbook, chosen, refused)
    before = with_decisions(checked(yearbook, tables, engine, refused=refused), yearbook, tables)
    fixed = fixing.plan(before, at_least)
    concerned = list(fixed.tables)
    with suppress(AmyqaError):  # what other tables say of the corrected cells, where they can be read
        others = referring(yearbook, fixed.tables)
        said = checked(yearbook, others, engine)
        before = dataclasses.replace(before, findings=(*before.findings, *said.findings))
        concerned += [files.id for files in others]
    corrected, log = write(fixed, before.tables, yearbook, to)
    after = checked(corrected, [files for files in corrected.tables if files.id in concerned], engine)
    return dataclasses.replace(fixed, mended=fixing.compare(before, after), log=log, failures=before.failures)


def _fix_workbooks(files: Sequence[Path], to: Path | None, at_least: float, engine: Engine | None) -> Fixed:
    """Corrected copies of workbooks that are of no yearbook, and the check that they hold.

    Raises:
        AmyqaError: a file is no workbook, or no folder is named for the copies.
    """
    from amyqa import fixing
    from amyqa.fixing.workbooks import write

    others = [file for file in files if file.suffix.lower() not in WORKBOOKS]
    if others or to is None:
        message = "of no yearbook, only .xlsx and .xlsm are corrected" if others else "is of no yearbook"
        hint = "amyqa new takes its tables into one" if others else "name a folder for the copy with --to"
        raise BadInput([Problem(message, hint, str(file)) for file in others or files])
    before, _ = check_files(files, engine)
    fixed = fixing.plan(before, at_least)
    copies, log = write(fixed, before.tables, to)
    if not copies:
        return dataclasses.replace(fixed, failures=before.failures)
    after, _ = check_files([copies.get(str(file), file) for file in files], engine)
    return dataclasses.replace(fixed, mended=fixing.compare(before, after), log=log, failures=before.failures)
