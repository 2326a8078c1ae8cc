"""Everything that one check knows of a cell, or of a table."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.errors import AmyqaError, BadInput, Problem, Problems, nearest
from amyqa.loading import Loaded, named_cell, referring
from amyqa.model import Cell, Reference
from amyqa.pipeline.checking import Engine, Heard, check_tables
from amyqa.project import TableFiles, Yearbook, open_yearbook, select
from amyqa.rules.outcome import Judged, Ran, Signature

if TYPE_CHECKING:
    from amyqa.reports.explain import Explained


def explain(table: str, place: tuple[str, str] | None = None, engine: Engine = "duckdb") -> Explained:
    """All that can be said of one cell, or of a table.

    Args:
        table: its id, or its CSV or YAML.
        place: the cell's row and column.

    Raises:
        AmyqaError: there is no such table or cell, or something cannot be read or run.
    """
    from amyqa.reports.explain import explained

    yearbook, files = _one_table(table)
    problems = Problems()
    read = Loaded(yearbook, problems).table(files.id)
    problems.raise_if_any()
    assert read is not None  # what keeps it from being read is a problem
    cell = None
    if place is not None:
        cell, advice = named_cell(read, Reference(read.id, *place))
        if cell is None:
            what, _, mend = advice.partition(": ")
            raise BadInput([Problem(f"there is no {what}", mend, read.file)])
    heard: list[Heard] = []
    report = check_tables(yearbook, (files,), engine, heard)
    if cell is not None:
        with suppress(AmyqaError):  # what other tables say of it, where they can be read
            said = check_tables(yearbook, referring(yearbook, [read.id]), engine, heard)
            report = dataclasses.replace(report, findings=(*report.findings, *said.findings))
    judged = ((each.account.observations, *pair) for each in heard for pair in _identities(each, cell))
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
        advice = nearest(id, [files.id for files in found or yearbook.tables])
        message = f"{name!r} names {len(found)} tables" if found else f"there is no table {name!r}"
        raise BadInput([Problem(message, advice)])
    return yearbook, found[0]


def _identities(heard: Heard, cell: Cell | None) -> Iterator[tuple[Ran, Judged]]:
    """Every identity once, by the rule that judged it first; for a cell, those that hold with their terms."""
    from amyqa.engines.evaluate import terms_of

    observations = heard.account.observations
    own = cell is not None and cell.table == observations.table.id
    seen: set[Signature] = set()
    for ran in heard.rans:
        terms: Mapping[int, Mapping[int, int]] = {}
        if cell is not None and ran.outcome.judged:
            around = [cell.id] if own else None
            terms = terms_of(ran.rule, ran.arguments, heard.data, observations.shape, around)
        for judged in ran.outcome.judged:
            if judged.signature not in seen:
                seen.add(judged.signature)
                found = judged.terms or tuple(terms.get(judged.key, {}).items())
                yield ran, dataclasses.replace(judged, terms=found)
