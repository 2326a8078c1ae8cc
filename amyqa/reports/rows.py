"""The findings as flat rows: one definition for every tabular format."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from amyqa.characters import visible
from amyqa.model import Change, Finding, Report, Severity, Table
from amyqa.reports.certainty import cell_name, percent, proposed_as_printed, reasons
from amyqa.reports.phrases import where_phrase

Kind = Literal["text", "whole", "decimal", "yes or no", "date"]
Value = str | int | Decimal | bool | datetime.date | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the flat table.

    Args:
        kind: of all its values, where they are not None.
    """

    name: str
    kind: Kind
    about: str


COLUMNS = (
    Column("finding", "text", "its fingerprint; the same as long as the printed numbers are"),
    Column("severity", "text", "error, warning or info"),
    Column("status", "text", "open, or what an editor ruled"),
    Column("new", "yes or no", "not there at the commit that the check compares with; empty without one"),
    Column("table", "text", "the table's id"),
    Column("where", "text", "coordinates of the broken relation"),
    Column("message", "text", "what is wrong, in a sentence"),
    Column("likeliest", "text", "the misprint that explains it, where one is likely enough"),
    Column("likelihood", "text", "of that, as 98% or over 99.9%"),
    Column("row", "text", "of the first cell: its row"),
    Column("column", "text", "its column"),
    Column("token", "text", "what is printed there, character by character"),
    Column("printed", "decimal", "the printed number, exact, in the table's unit"),
    Column("computed", "decimal", "what its parts add up to"),
    Column("difference", "decimal", "printed minus computed"),
    Column("relation", "text", "what should hold"),
    Column("rule", "text", "the rule's name"),
    Column("ess", "text", "its code in the European Statistical System"),
    Column("level", "text", "its validation level there, 0 to 5"),
    Column("caught_by", "text", "schema or suite"),
    Column("file", "text", "the CSV, from the yearbook's folder"),
    Column("line", "whole", "the line of the CSV, from 1"),
    Column("field", "whole", "the field in that line, from 1"),
    Column("source_line", "whole", "the line of the printed source, where the table was traced to one"),
    Column("reason", "text", "why the editor ruled so"),
    Column("who", "text", "the editor"),
    Column("ruled_on", "date", "when"),
    Column("expires", "date", "the last day that the ruling holds"),
)


def rows(report: Report) -> Iterator[tuple[Value, ...]]:
    """A row for each finding, in the order of the report; texts have no control characters."""
    likely = likeliest(report)
    tables = {table.id: table for table in report.tables}
    for finding in report.findings:
        row = {**_about(finding), **_ruling(finding, report), **_likely(finding, likely, tables)}
        values = (row.get(column.name) for column in COLUMNS)
        yield tuple(visible(value) if isinstance(value, str) else value for value in values)


def most_important(report: Report) -> list[Finding]:
    """Open findings in the order of the report, those first that are new."""
    return sorted((f for f in report.findings if f.is_open), key=lambda finding: finding.known)


def likeliest(report: Report) -> Mapping[str, tuple[tuple[Change, ...], float]]:
    """The changes that are proposed for the cells of each finding, with their likelihood, by its id."""
    explained = reasons(report.diagnoses)
    found = {}
    for finding in report.findings:
        reason = explained.get(finding.id)
        if reason is None or not reason.located:
            continue
        diagnosis = report.diagnoses[reason.number - 1]
        cells = {(cell.table, cell.id) for cell in finding.cells}
        mine = tuple(c for c in diagnosis.changes if (c.cell.table, c.cell.id) in cells)
        if mine:
            found[finding.id] = (mine, diagnosis.likelihood)
    return found


def corrected(change: Change, table: Table | None) -> str:
    """``2006, Total: 895 → 859``."""
    return f"{cell_name(change.cell)}: {change.cell.token.strip()} → {proposed_as_printed(change, table)}"


def _about(finding: Finding) -> dict[str, Value]:
    row: dict[str, Value] = {
        "finding": finding.id,
        "severity": Severity(finding.severity).value,
        "status": finding.status,
        "table": finding.table,
        "where": where_phrase(finding.where),
        "message": finding.message,
        "printed": finding.printed,
        "computed": finding.computed,
        "difference": finding.difference,
        "relation": finding.relation,
        "rule": finding.rule,
        "ess": finding.ess,
        "level": finding.level,
        "caught_by": finding.caught_by,
    }
    for cell in finding.cells[:1]:
        row |= {
            "row": cell.row,
            "column": cell.column,
            "token": cell.token,
            "file": cell.file,
            "line": cell.line,
            "field": cell.position,
            "source_line": cell.source_line,
        }
    return row


def _ruling(finding: Finding, report: Report) -> dict[str, Value]:
    row: dict[str, Value] = {"new": not finding.known if report.since else None}
    if (decision := finding.decision) is not None:
        row |= {
            "reason": decision.reason,
            "who": decision.who,
            "ruled_on": decision.date,
            "expires": decision.expires,
        }
    return row


def _likely(
    finding: Finding,
    likely: Mapping[str, tuple[tuple[Change, ...], float]],
    tables: Mapping[str, Table],
) -> dict[str, Value]:
    changes, likelihood = likely.get(finding.id, ((), 0.0))
    if not changes:
        return {}
    told = "; ".join(corrected(change, tables.get(change.cell.table)) for change in changes)
    return {"likeliest": told, "likelihood": percent(likelihood)}
