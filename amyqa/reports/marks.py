"""What a workbook's own cells are to show of a report: colours, and notes in an editor's words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from amyqa.model import Report
from amyqa.reports.certainty import INHERITED, ROOT
from amyqa.reports.suspects import BROKEN, CANDIDATE, RULED, remarks, suspects
from amyqa.sources.marking import Mark

COLORS: Mapping[str, str] = {
    ROOT: "FF9999",
    INHERITED: "FFCC80",
    CANDIDATE: "FFF2B3",
    BROKEN: "FFF2B3",
}
"""Red for a misprint, orange for what was carried over from one, light yellow for what may be wrong."""


def marks(report: Report) -> dict[str, dict[int, Mark]]:
    """The marks of each table's cells, by their ids, the most telling first.

    Of a finding that no misprint explains, all cells are marked: one of them is wrong. What an editor has
    decided, and what is right but for a misprint elsewhere, is not marked.
    """
    tables = {table.id: table for table in report.tables}
    located = {id for each in report.diagnoses if each.located for id in each.explains}
    loose = [finding for finding in report.findings if finding.is_open and finding.id not in located]
    names = {finding.id for finding in loose}
    found: defaultdict[str, dict[int, Mark]] = defaultdict(dict)
    told = suspects(report)
    for role in COLORS:
        for (table, id), suspect in told.items():
            stray = role == BROKEN and not any(each.id in names for each in suspect.findings.values())
            if suspect.role == role and role != RULED and not stray and table in tables:
                found[table][id] = Mark(COLORS[role], "\n".join(remarks(suspect, tables[table])))
    for finding in loose:
        for cell in finding.cells:
            if cell.table in tables:
                found[cell.table].setdefault(cell.id, Mark(COLORS[BROKEN]))
    return dict(found)
