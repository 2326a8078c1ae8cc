"""Everything that one check knows of a cell, or of a table."""

from __future__ import annotations

import dataclasses
import unicodedata
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.errors import AmyqaError, BadInput, Problem, Problems, did_you_mean
from amyqa.loading import Loaded, named_cell, referring
from amyqa.model import Cell, Reference
from amyqa.pipeline.checking import evaluate
from amyqa.pipeline.deciding import with_decisions
from amyqa.pipeline.identities import judged_once
from amyqa.pipeline.running import Engine, TableRun
from amyqa.project import TableFiles, Yearbook, open_yearbook, select

if TYPE_CHECKING:
    from amyqa.reports.text.explain import Explained


def explain(table: str, place: tuple[str, str] | None = None, engine: Engine | None = None) -> Explained:
    """All that can be said of one cell, or of a table.

    Args:
        table: its id, or its CSV or YAML.
        place: the cell's row and column.

    Raises:
        AmyqaError: there is no such table or cell, or something cannot be read or run.
    """
    from amyqa.reports.text.explain import explained

    yearbook, files = _one_table(table)
    problems = Problems()
    read = Loaded(yearbook, problems).table(files.id)
    problems.raise_if_any()
    assert read is not None  # what keeps it from being read is a problem
    cell = None
    if place is not None:
        cell, advice = named_cell(read, Reference(read.id, *place))
        if cell is None:
            what, _, hint = advice.partition(": ")
            raise BadInput([Problem(f"there is no {what}", hint, read.file)])
    with ExitStack() as stack:
        run = stack.enter_context(evaluate(yearbook, (files,), engine))
        report, runs, concerned = run.report, run.tables, [files]
        if cell is not None:
            with suppress(AmyqaError):  # what other tables say of it, where they can be read
                others = referring(yearbook, [read.id])
                said = stack.enter_context(evaluate(yearbook, others, engine))
                report = dataclasses.replace(report, findings=(*report.findings, *said.report.findings))
                runs += said.tables
                concerned += others
        report = with_decisions(report, yearbook, concerned)
        judged = (
            (each.collector.observations, *pair)
            for each in runs
            for pair in judged_once(each, terms=cell is not None, around=_around(cell, each))
        )
        return explained(report, read, cell, judged)


def _one_table(name: str) -> tuple[Yearbook, TableFiles]:
    """The table of an id, or of a file's path."""
    path = Path(name)
    yearbook = open_yearbook(path if path.is_file() else Path())
    if path.is_file():
        [files] = select(yearbook, [path])
        return yearbook, files
    id = unicodedata.normalize("NFC", name).removeprefix("data/").removesuffix(".csv").removesuffix(".yaml")
    found = [files for files in yearbook.tables if files.id == id]
    found = found or [files for files in yearbook.tables if files.id.endswith(f"/{id}")]
    if len(found) != 1:
        advice = did_you_mean(id, [files.id for files in found or yearbook.tables])
        message = f"{name!r} names {len(found)} tables" if found else f"there is no table {name!r}"
        raise BadInput([Problem(message, advice)])
    return yearbook, found[0]


def _around(cell: Cell | None, each: TableRun) -> list[int] | None:
    """What a table's identities are to be near to: the cell, if it is the table's own."""
    own = cell is not None and cell.table == each.collector.observations.table.id
    return [cell.id] if cell is not None and own else None
