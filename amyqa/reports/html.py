"""The report as one HTML file: the verdict, the findings as sentences, the tables as printed."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, localcontext
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from amyqa.model import Counts, Finding, Report, Severity, Status, Table
from amyqa.reports.certainty import INHERITED, ROOT, reasons
from amyqa.reports.corrections import CANDIDATE, by_cell, diagnosed
from amyqa.reports.page import (
    Link,
    Marks,
    Page,
    PageCell,
    PageColumn,
    PageRow,
    Section,
    Told,
    anchor,
)
from amyqa.reports.phrases import (
    Gap,
    by_table,
    counted,
    figure,
    findings_phrase,
    gaps,
    gaps_phrase,
    identities_phrase,
    place,
    tally,
    verdict,
    visible,
    where_phrase,
)
from amyqa.reports.places import Places, is_total

# So that a cube of a million cells still opens in a browser. What is left out is always counted.
MOST_ROWS = 1000
MOST_TERMS = 40
MOST_AT_TOP = 50
MOST_DIAGNOSES_AT_TOP = 5


def render(report: Report) -> str:
    """The report as a self-contained HTML page; the same report gives the same bytes."""
    return _environment().get_template("report.html.j2").render(page=_Builder(report).page()) + "\n"


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("amyqa", "reports/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _harmless(value: object) -> object:
    """The last thing done to any text before it is escaped; what a macro returns is escaped already."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


class _Builder:
    """Puts the page together, in the order of the report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.places = Places(report, MOST_ROWS)
        self.tables = self.places.tables
        self.findings_of = dict(by_table(report.findings))
        self.reasons = reasons(report.diagnoses)
        self.told = [self._tell(number, finding) for number, finding in enumerate(report.findings, 1)]
        self.told_of: defaultdict[str, list[Told]] = defaultdict(list)
        self.marks: defaultdict[tuple[str, int], Marks] = defaultdict(Marks)
        for told, finding in zip(self.told, report.findings, strict=True):
            self.told_of[finding.table].append(told)
            for i, cell in enumerate(finding.cells):
                marks = self.marks[cell.table, cell.id]
                (marks.part if i else marks.broken).append(told)
        by_id = {finding.id: told for told, finding in zip(self.told, report.findings, strict=True)}
        self.diagnosed = [
            diagnosed(number, diagnosis, self.places, [by_id[i] for i in diagnosis.explains if i in by_id])
            for number, diagnosis in enumerate(report.diagnoses, 1)
        ]
        self.corrections = by_cell(self.diagnosed)

    def page(self) -> Page:
        """The whole page."""
        unknown: dict[str, list[Gap]] = {}
        for gap in gaps(self.report):
            unknown.setdefault(gap.table, []).append(gap)
        return Page(
            verdict=verdict(self.report),
            look=next((s.value for s in Severity if self.report.at(s)), "fine"),
            tally=tally(self.report),
            engine=self.report.engine,
            diagnoses=tuple(self.diagnosed),
            most_diagnoses_at_top=MOST_DIAGNOSES_AT_TOP,
            findings=tuple(self.told),
            most_at_top=MOST_AT_TOP,
            sections=tuple(self._section(table) for table in self.report.tables),
            diagnosed_elsewhere=tuple(each for each in self.diagnosed if each.table not in self.tables),
            elsewhere=tuple(
                told
                for told, finding in zip(self.told, self.report.findings, strict=True)
                if finding.table not in self.tables
            ),
            gaps=tuple((self.places.title(table), tuple(entries)) for table, entries in unknown.items()),
            not_evaluated=gaps_phrase(self.report),
        )

    def _section(self, table: Table) -> Section:
        findings = self.findings_of.get(table.id, [])
        shown = self.places.shown[table.id]
        rows = tuple(self._row(table, i) for i in sorted(shown))
        roles = {cell.correction.role for row in rows for cell in row.cells if cell.correction}
        counts = self.report.counts.get(table.id, Counts())
        facts = [fact for fact in (table.spec.unit, counted(table.size, "cell")) if fact]
        if counts.evaluated or counts.not_evaluated:
            facts.append(identities_phrase(counts))
        records = table.spec.fields is not None
        return Section(
            id=table.id,
            anchor=anchor("table", table.id),
            spec=table.spec,
            file=table.file,
            source=_source(table),
            facts=tuple(facts),
            counts=counts,
            size=table.size,
            outcome=findings_phrase(findings),
            look=next((f.severity.value for f in findings if f.status == "open"), "fine"),
            keys=("No.",) if records else _key_labels(table),
            columns=tuple(self._column(table, i) for i in range(len(table.columns))),
            rows=rows,
            hidden=len(table.rows) - len(shown),
            diagnoses=tuple(each for each in self.diagnosed if each.table == table.id),
            roles=tuple(role for role in (ROOT, INHERITED, CANDIDATE) if role in roles),
            findings=tuple(self.told_of[table.id]),
        )

    def _column(self, table: Table, column: int) -> PageColumn:
        if table.spec.fields is not None:  # a month is printed as a word, though it reads as a number
            numbers = table.spec.fields.get(table.columns[column]) in ("number", "year", "day")
        else:
            read = {row.readings[column].status for row in table.rows}
            numbers = Status.TEXT not in read or bool(read & {Status.VALUE, Status.NIL})
        shown = self.places.shown[table.id]
        cells = (self.marks.get((table.id, table.cell_id(row, column))) for row in shown)
        return PageColumn(
            label=table.columns[column],
            kind="number" if numbers else "text",
            gutter=max((marks.width for marks in cells if marks), default=0),
        )

    def _row(self, table: Table, index: int) -> PageRow:
        row = table.rows[index]
        origin = f"{table.file}:{row.line}"
        if table.source_lines and (line := table.source_lines[index]):
            origin += f", printed source: line {line}"
        first = table.cell_id(index, 0)
        return PageRow(
            keys=row.keys or (row.label,),
            origin=origin,
            total=is_total(table, row.keys, row.label),
            uncertain=table.spec.uncertain.get(row.label, ""),
            cells=tuple(self._cell(table, id, token) for id, token in enumerate(row.tokens, first)),
        )

    def _cell(self, table: Table, id: int, token: str) -> PageCell:
        here = anchor("cell", table.id, id)
        return PageCell(here, token, self.marks.get((table.id, id)), self.corrections.get(here))

    def _tell(self, number: int, finding: Finding) -> Told:
        adds_up = _is_addition(finding)
        details = [where_phrase(finding.where), "" if adds_up else finding.relation]
        details.append(" ".join(filter(None, ("rule", finding.rule))))
        details.append(" ".join(filter(None, ("ESS", finding.ess, finding.level))))
        if finding.cells:
            details.append(place(finding.cells[0]))
            if line := finding.cells[0].source_line:
                details.append(f"printed source: line {line}")
        links = self.places.links(finding.cells[: MOST_TERMS + 1])
        spec = self.tables[finding.table].spec if finding.table in self.tables else None
        marks = (spec.decimal, spec.thousands) if spec else (".", ",")
        reason = self.reasons.get(finding.id)
        return Told(
            number=number,
            anchor=anchor("finding", finding.id),
            severity=finding.severity,
            status=finding.status,
            message=finding.message,
            title=self.places.title(finding.table),
            details=tuple(filter(None, details)),
            total=links[0] if adds_up else None,
            parts=links[1:] if adds_up else (),
            computed=figure(finding.computed, *marks) if adds_up and finding.computed is not None else "",
            difference="" if finding.difference is None else figure(finding.difference, *marks, signed=True),
            cells=() if adds_up else links,
            more=len(finding.cells) - len(links),
            reason=Link(reason.words, anchor("diagnosis", reason.number)) if reason else None,
        )


def _is_addition(finding: Finding) -> bool:
    """Whether the table's other cells, added up, are the number computed: then it is shown as a sum."""
    if {cell.table for cell in finding.cells} != {finding.table}:
        return False
    values = [cell.reading.value for cell in finding.cells]
    known = [value for value in values if value is not None]
    if len(known) < 2 or len(known) < len(values) or finding.computed is None:
        return False
    with localcontext(prec=400):
        return known[0] == finding.printed and sum(known[1:], Decimal(0)) == finding.computed


def _key_labels(table: Table) -> tuple[str, ...]:
    """Headings of the key columns, as printed."""
    return table.key_columns or (table.spec.rows.dimension or "",)


def _source(table: Table) -> str:
    """``seeds/cambodia-2005.txt, lines 597-608``."""
    source = table.spec.source
    if source is None:
        return ""
    spans: list[list[int]] = []
    for line in source.lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    lines = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
    word = "line" if len(source.lines) == 1 else "lines"
    return f"{source.document}, {word} {lines}" if lines else source.document
