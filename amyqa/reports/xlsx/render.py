"""The report as an XLSX workbook: the tables as printed, and what was found in them, to be filtered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from amyqa.model import Cell, Counts, Decision, DecisionStatus, Finding, Report
from amyqa.reports import unchecked
from amyqa.reports.certainty import (
    cell_name,
    likelihood_phrase,
    sentence,
)
from amyqa.reports.phrases import (
    by_severity,
    by_table,
    counted,
    failures,
    gaps_phrase,
    tally,
    verdict,
    where_phrase,
)
from amyqa.reports.places import Places
from amyqa.reports.suspects import proposal, suspects
from amyqa.reports.xlsx.tablesheet import TableSheet
from amyqa.reports.xlsx.workbook import MAX_LINKS, Book, BookSheet, Value, lossless

# A cube of a million cells would take minutes to write and to open. What is left out is always counted.
MAX_TABLE_ROWS = 10_000
MAX_LINES = 200_000
MAX_TABLES = 2_000
MAX_AT_TOP = 50


def render(report: Report) -> bytes:
    """The report as a workbook; the same report gives the same bytes."""
    return _Workbook(report).save()


class _Workbook:
    """Puts the sheets together; the first ones refer to the tables', so that those are named first."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.tables = {table.id: table for table in report.tables}
        self.suspects = suspects(report)
        self.findings = dict(by_table(report.findings))
        self.book = Book()
        self.summary = self.book.sheet("Summary")
        self.list = self.book.sheet("Findings") if report.findings else None
        self.gaps = self.book.sheet("Not evaluated") if report.not_evaluated else None
        self.unchecked = self.book.sheet("Checked by no sum") if report.unchecked else None
        self.rulings = self.book.sheet("Decisions") if report.decisions else None
        places = Places(report, MAX_TABLE_ROWS)
        worth = sorted(report.tables, key=lambda table: table.id not in self.findings)[:MAX_TABLES]
        kept = {table.id for table in worth}
        self.sheets: dict[str, TableSheet] = {}
        for table in report.tables:
            if table.id in kept:
                sheet = self.book.sheet(table.id.rpartition("/")[2])
                self.sheets[table.id] = TableSheet(sheet, table, sorted(places.shown[table.id]))

    def save(self) -> bytes:
        """Write every sheet."""
        self._summary()
        if self.list:
            self._findings(self.list)
        if self.gaps:
            self._not_evaluated(self.gaps)
        if self.unchecked:
            self._unchecked(self.unchecked)
        if self.rulings:
            self._decisions(self.rulings)
        for table in self.sheets.values():
            table.write(self.suspects, self.summary.at(1))
        return self.book.save()

    def link(self, cell: Cell) -> str:
        """Where the cell stands in the workbook, if it does."""
        return self.sheets[cell.table].place(cell.id) if cell.table in self.sheets else ""

    def title(self, table: str) -> str:
        """A table's title, or its id where it was not read."""
        return self.tables[table].spec.title if table in self.tables else table

    def _summary(self) -> None:
        sheet, report = self.summary, self.report
        facts = [(verdict(report), "title"), (tally(report), "")]
        if report.engine:
            facts.append((f"Engine: {report.engine}.", ""))
        if report.since:
            facts.append((f"Compared with the commit {report.since}.", ""))
        if report.not_evaluated:
            facts.append((f"Not evaluated: {gaps_phrase(report)}. Unknown is never a pass.", "strong"))
        for failed, problems in failures(report):
            facts += [(f"{failed}: {problem}", "strong") for problem in problems]
        facts += [(said, "strong") for said in self._left_out()]
        for row, (said, style) in enumerate(facts, 1):
            sheet.put(row, 1, said, style, measured=False)
        row = len(facts) + 2
        if report.pending:
            sheet.put(row, 1, "Most likely misprints, most certain first", "strong", measured=False)
            for _, diagnosis in report.pending[:MAX_AT_TOP]:
                row += 1
                link = self.link(diagnosis.changes[0].cell) if diagnosis.changes else ""
                sure = likelihood_phrase(diagnosis.likelihood) if diagnosis.located else "not located"
                said = f"{self.title(diagnosis.table)}: {diagnosis.message} {sentence(sure)}"
                sheet.put(row, 1, said, "link" if link else "", link=link, measured=False)
            if (more := len(report.pending) - MAX_AT_TOP) > 0:
                row += 1
                sheet.put(row, 1, f"and {more:,} more", measured=False)
            row += 2
        header = row
        severities = [severity.value for severity in by_severity(())]
        names = ["Table", "Title", "Cells", "Evaluated", "Broken", "Not evaluated", *severities, "Decided"]
        sheet.row(header, [name.capitalize() for name in names], "header")
        for row, table in enumerate(report.tables, header + 1):
            mine, counts = self.findings.get(table.id, []), report.counts.get(table.id, Counts())
            link = self.sheets[table.id].top if table.id in self.sheets else ""
            sheet.put(row, 1, table.id, "link" if link else "", link=link)
            numbers = (report.size(table), counts.evaluated, counts.broken, counts.not_evaluated)
            found = (*by_severity(mine).values(), sum(not finding.is_open for finding in mine))
            values: tuple[Value, ...] = (table.spec.title, *numbers, *found)
            for column, value in enumerate(values, 2):
                sheet.put(row, column, value)
        sheet.filter(header, header + len(report.tables), len(names))
        sheet.finish(header, one_page=True)

    def _left_out(self) -> Iterator[str]:
        """What does not fit into the workbook."""
        if (more := len(self.report.tables) - len(self.sheets)) > 0:
            yield f"{counted(more, 'table')} without findings {'has' if more == 1 else 'have'} no sheet here."
        for name, lines in (("Findings", self.report.findings), ("Not evaluated", self.report.not_evaluated)):
            if (more := len(lines) - MAX_LINES) > 0:
                yield f"The sheet {name} leaves out the last {counted(more, 'line')}; report.json has all."

    def _findings(self, sheet: BookSheet) -> None:
        lines = (self._finding(number, finding) for number, finding in enumerate(self.report.findings, 1))
        names = (
            "No.", "Cell", "Severity", "Status", "Table", "Sentence", "Proposed", "Row", "Column", "Token",
            "Printed", "Computed", "Difference", "Where", "Relation", "Rule", "ESS", "Level", "New or known",
            "Ruling", "Reason", "Who", "Date", "Expires", "File", "Line", "Source line", "Id",
        )  # fmt: skip
        links = [self.link(finding.cells[0]) if finding.cells else "" for finding in self.report.findings]
        _listed(sheet, names, lines, links, frozen=2)

    def _finding(self, number: int, finding: Finding) -> Sequence[Value]:
        cell = finding.cells[0] if finding.cells else None
        link = self.link(cell) if cell else ""
        return (
            number,
            link.rpartition("!")[2],
            finding.severity.value,
            _status(finding),
            finding.table,
            finding.message,
            "; ".join(self._proposals(finding)) or None,
            *((cell.row, cell.column, cell.token) if cell else [None] * 3),
            *map(_exact, (finding.printed, finding.computed, finding.difference)),
            where_phrase(finding.where),
            finding.relation,
            finding.rule,
            finding.ess,
            finding.level,
            ("known" if finding.known else "new") if self.report.since else None,
            *(_ruling(decision) if (decision := finding.decision) else [None] * 5),
            *((cell.file, cell.line, cell.source_line) if cell else [None] * 3),
            finding.id,
        )

    def _proposals(self, finding: Finding) -> Iterator[str]:
        """What a diagnosis proposes for cells of this finding: ``2006, Total: 895 → 859``."""
        for cell in finding.cells:
            suspect = self.suspects.get((cell.table, cell.id))
            if suspect and (better := proposal(suspect, self.tables.get(cell.table))):
                yield f"{cell_name(cell)}: {better}"

    def _not_evaluated(self, sheet: BookSheet) -> None:
        names = ("Table", "What", "Rule", "Relation", "Where", "Reason")
        lines = (
            (
                e.table,
                "identity" if e.identity else "rule",
                e.rule,
                e.relation,
                where_phrase(e.where),
                e.reason,
            )
            for e in self.report.not_evaluated
        )
        tops = (self.sheets[e.table].top if e.table in self.sheets else "" for e in self.report.not_evaluated)
        _listed(sheet, names, lines, tops, at=1)

    def _unchecked(self, sheet: BookSheet) -> None:
        found = [(table, line) for table, lines in unchecked.told(self.report) for line in lines]
        tops = (self.sheets[table].top if table in self.sheets else "" for table, _ in found)
        _listed(sheet, ("Table", "What no sum checks"), iter(found), tops, at=1)

    def _decisions(self, sheet: BookSheet) -> None:
        names = (
            "Standing", "Table", "Rule", "Severity", "Where", "Relation", "Printed", "Sentence",
            "Ruling", "Reason", "Who", "Date", "Expires", "Finding", "File", "Line",
        )  # fmt: skip
        _listed(sheet, names, (_decision(*decided) for decided in self.report.decisions), ())


def _listed(
    sheet: BookSheet,
    names: Sequence[str],
    lines: Iterator[Sequence[Value]],
    links: Sequence[str] | Iterator[str],
    *,
    at: int = 2,
    frozen: int = 0,
) -> None:
    """A list with filters; each line's cell in column `at` leads to where its link says."""
    sheet.row(1, names, "header")
    linked = iter(links)
    row = 1
    for row, values in enumerate(islice(lines, MAX_LINES), 2):
        link = next(linked, "")
        for column, value in enumerate(values, 1):
            here = link if column == at and row <= MAX_LINKS else ""
            format = _general(value) if isinstance(value, Decimal) else ""
            sheet.put(row, column, value, "link" if here else "", format=format, link=here)
    sheet.head(1, frozen)
    sheet.filter(1, row, len(names))
    sheet.finish(1, one_page=False)


def _exact(value: Decimal | None) -> Value:
    """A number where a spreadsheet keeps it, otherwise its digits."""
    return value if value is None or lossless(value) else str(value)


def _general(value: Decimal) -> str:
    """Grouped, with the decimals it has."""
    decimals = max(0, -int(value.as_tuple().exponent))
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _status(finding: Finding) -> str:
    """``open``; ``open, reopened`` where a decision no longer stands."""
    return f"{finding.status}, {finding.standing}" if finding.is_open and finding.standing else finding.status


def _ruling(decision: Decision) -> Sequence[Value]:
    return decision.ruling.value, decision.reason, decision.who, decision.date, decision.expires


def _decision(decision: Decision, standing: DecisionStatus) -> Sequence[Value]:
    return (
        standing.value,
        decision.table,
        decision.rule,
        decision.severity.value,
        where_phrase(decision.where),
        decision.relation,
        "; ".join(f"{where} {token}" for where, token in decision.printed.items()),
        decision.message,
        *_ruling(decision),
        decision.finding,
        decision.file,
        decision.line or None,
    )
