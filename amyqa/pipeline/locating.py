"""Where what a report speaks of stands: characters of the CSVs' lines, and the yearbook's folder in git."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from amyqa.model import Cell, Field, Report, Span
from amyqa.project import Yearbook


def located(report: Report, yearbook: Yearbook) -> Report:
    """The report with the spans of its cells' fields and the yearbook's folder in its repository."""
    return dataclasses.replace(report, spans=_spans(report), folder=_folder(yearbook.root))


def _spans(report: Report) -> Mapping[tuple[str, int, int], Span]:
    wanted: defaultdict[str, set[Field]] = defaultdict(set)
    for cell in _cells(report):  # cells of tables that were not asked for are named by their lines
        wanted[cell.table].add((cell.line, cell.position))
    return {
        (table.file, line, position): span
        for table in report.tables
        for (line, position), span in table.origin.spans(wanted[table.id]).items()
    }


def _cells(report: Report) -> Iterator[Cell]:
    for finding in report.findings:
        yield from finding.cells
    for diagnosis in report.diagnoses:
        yield from (change.cell for change in diagnosis.changes)


def _folder(root: Path) -> str:
    """Its path in the git repository that holds it; "" for the repository itself, or where there is none."""
    root = root.absolute()
    for folder in (root, *root.parents):
        if (folder / ".git").exists():
            return "" if folder == root else root.relative_to(folder).as_posix()
    return ""
