"""The report as an XLSX workbook: the tables as printed, and what was found in them, to be filtered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice

from amyqa.model import Cell, Counts, Decision, DecisionStatus, Finding, Report, Ruling
from amyqa.reports import unchecked
from amyqa.reports.causes import Cause, causes, headline
from amyqa.reports.certainty import cell_name, sentence
from amyqa.reports.phrases import (
    by_severity,
    by_table,
    counted,
    failures,
    gaps_phrase,
    imprint_phrases,
    tally,
    verdict,
    where_phrase,
)
from amyqa.reports.places import Places
from amyqa.reports.proofs import proofs
from amyqa.reports.suspects import proposal, suspects
from amyqa.reports.xlsx.tablesheet import TableSheet
from amyqa.reports.xlsx.workbook import MAX_LINKS, Book, BookSheet, Value, lossless

# A cube of a million cells would take minutes to write and to open. What is left out is always counted.
MAX_TABLE_ROWS = 10_000
MAX_LINES = 200_000
MAX_TABLES = 2_000
MAX_AT_TOP = 50
TO_FILL_IN = ("Ruling", "Reason", "Who")
"""Columns that an editor fills in, and `amyqa decide --from` reads."""
WIDE = {"Cause": 16, "Table": 20, "Sentence": 48, "Proposed": 26, "Proof": 36, "Ruling": 16, "Reason": 28}
"""Columns whose text is wrapped, with their widths in characters."""


def render(report: Report) -> bytes:
    """The report as a workbook; the same report gives the same bytes."""
    return _Workbook(report).save()


class _Workbook:
    """Puts the sheets together; the first ones refer to the tables', so that those are named first."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.tables = {table.id: table for table in report.tables}
        self.suspects = suspects(report)
        self.causes, self.proofs = causes(report), proofs(report)
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
        facts += [(headline(report), "strong")] if headline(report) else []
        facts += [(" · ".join(imprint_phrases(report)), "")]
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
        things = [cause for cause in self.causes if cause.is_open]
        if things:
            sheet.put(row, 1, "What to look at, the most serious and certain first", "strong", measured=False)
            for number, cause in enumerate(things[:MAX_AT_TOP], 1):  # open ones are the first of all
                row += 1
                link = self._leads(cause)
                said = f"{number} {self._told(cause)}"
                sheet.put(row, 1, said, "link" if link else "", link=link, measured=False)
            if (more := len(things) - MAX_AT_TOP) > 0:
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

    def _leads(self, cause: Cause) -> str:
        """To the misprint, or the first cell of what is broken."""
        changed = [change.cell for change in cause.diagnosis.changes[:1]] if cause.diagnosis else []
        cells = changed or [cell for finding in cause.findings[:1] for cell in finding.cells[:1]]
        return self.link(cells[0]) if cells else ""

    def _told(self, cause: Cause) -> str:
        """A cause in a line: what, where, its proof, how sure."""
        known = f" (known since {self.report.since})" if cause.known and self.report.since else ""
        said = (
            f"{cause.noun}{known}: {self.title(cause.table)}: {cause.sentence(self.tables.get(cause.table))}"
        )
        first = cause.diagnosis.changes[:1] if cause.diagnosis else ()
        found = [self.proofs.get((cause.number, (c.cell.table, c.cell.id))) for c in first]
        said += "".join(f" Printed: {p.before}. Corrected: {p.after}." for p in found if p and p.after)
        return f"{said} {sentence(cause.certainty)}" if cause.certainty else said

    def _left_out(self) -> Iterator[str]:
        """What does not fit into the workbook."""
        if (more := len(self.report.tables) - len(self.sheets)) > 0:
            yield f"{counted(more, 'table')} without findings {'has' if more == 1 else 'have'} no sheet here."
        for name, lines in (("Findings", self.report.findings), ("Not evaluated", self.report.not_evaluated)):
            if (more := len(lines) - MAX_LINES) > 0:
                yield f"The sheet {name} leaves out the last {counted(more, 'line')}; report.json has all."

    def _findings(self, sheet: BookSheet) -> None:
        """The findings cause by cause; what is to be filled in and printed stands before the rest."""
        numbers = {finding.id: n for n, finding in enumerate(self.report.findings, 1)}
        found = [(n, cause, f) for n, cause in enumerate(self.causes, 1) for f in cause.findings]
        names = (
            "No.", "Cell", "Severity", "Status", "Cause", "Table", "Sentence", "Proposed", "Proof",
            "Ruling", "Reason", "Who", "Date", "Expires", "Row", "Column", "Token",
            "Printed", "Computed", "Difference", "Where", "Relation", "Rule", "ESS", "Level", "New or known",
            "File", "Line", "Source line", "Id",
        )  # fmt: skip
        links = [self.link(f.cells[0]) if f.cells else "" for _, _, f in found]
        lines = (self._finding(numbers[f.id], n, cause, f) for n, cause, f in found)
        for name, width in WIDE.items():
            sheet.width(names.index(name) + 1, width)
        last = min(len(found), MAX_LINES) + 1
        sheet.choose(names.index("Ruling") + 1, 2, last, [ruling.value for ruling in Ruling])
        styles = dict.fromkeys((*WIDE, "Status"), "wrapped") | dict.fromkeys(TO_FILL_IN, "to fill in")
        _listed(sheet, names, lines, links, frozen=2, styles=[styles.get(name, "plain") for name in names])
        sheet.printed(last, names.index("Reason") + 1)

    def _finding(self, number: int, place: int, cause: Cause, finding: Finding) -> Sequence[Value]:
        cell = finding.cells[0] if finding.cells else None
        link = self.link(cell) if cell else ""
        return (
            number,
            link.rpartition("!")[2],
            finding.severity.value,
            _status(finding),
            f"{place} {cause.noun}",
            finding.table,
            finding.message,
            "; ".join(self._proposals(finding)) or None,
            self._proof(cause, finding),
            *(_ruling(decision) if (decision := finding.decision) else [None] * 5),
            *((cell.row, cell.column, cell.token) if cell else [None] * 3),
            *map(_exact, (finding.printed, finding.computed, finding.difference)),
            where_phrase(finding.where),
            finding.relation,
            finding.rule,
            finding.ess,
            finding.level,
            ("known" if finding.known else "new") if self.report.since else None,
            *((cell.file, cell.line, cell.source_line) if cell else [None] * 3),
            finding.id,
        )

    def _proof(self, cause: Cause, finding: Finding) -> str | None:
        """What this sum is with the corrections of its cause, where it is the proof of one of them."""
        changes = cause.diagnosis.changes if cause.diagnosis else ()
        found = (self.proofs.get((cause.number, (c.cell.table, c.cell.id))) for c in changes)
        return next((p.after for p in found if p and p.after and p.finding.id == finding.id), None)

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
    styles: Sequence[str] = (),
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
            style = "link" if here else styles[column - 1] if styles else ""
            sheet.put(row, column, value, style, format=format, link=here)
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
