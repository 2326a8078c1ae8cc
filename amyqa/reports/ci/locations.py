"""Where a finding stands, as programs want it: paths in the repository, lines, characters."""

from __future__ import annotations

from amyqa.model import Cell, Finding, Report, Span


def in_repository(file: str, report: Report) -> str:
    """A file's path from the top of its git repository, which is where CI looks for it."""
    return f"{report.folder}/{file}" if report.folder and file else file


def span(cell: Cell, report: Report) -> Span | None:
    """Where a cell's field stands, character by character, where that is known."""
    return report.spans.get((cell.file, cell.line, cell.position))


def file_of(finding: Finding, report: Report) -> str:
    """The file that a finding is about ("": a table that was not read)."""
    if finding.cells:
        return finding.cells[0].file
    return next((table.file for table in report.tables if table.id == finding.table), "")
