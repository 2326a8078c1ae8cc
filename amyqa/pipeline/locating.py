"""Where what a report speaks of stands: characters of the CSVs' lines, and the yearbook's folder in git."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from amyqa.errors import BadInput
from amyqa.model import Cell, Report, Span
from amyqa.project import Yearbook
from amyqa.reading.files import read_text
from amyqa.reading.spans import spans


def located(report: Report, yearbook: Yearbook) -> Report:
    """The report with the spans of its cells' fields and the yearbook's folder in its repository."""
    return dataclasses.replace(report, spans=_spans(report, yearbook), folder=_folder(yearbook.root))


def _spans(report: Report, yearbook: Yearbook) -> Mapping[tuple[str, int, int], Span]:
    delimiters = {table.file: table.spec.delimiter for table in report.tables}
    wanted: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for cell in _cells(report):
        if cell.file in delimiters:  # cells of tables that were not asked for are named by their lines
            wanted[cell.file].add((cell.line, cell.position))
    found = {}
    for file, places in wanted.items():
        try:
            text = read_text(yearbook.root / file, file)
        except BadInput:  # removed since it was read: its cells keep their lines
            continue
        for (line, position), span in spans(text, delimiters[file], places).items():
            found[file, line, position] = span
    return found


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
