"""The report as one HTML file: the verdict, the findings as sentences, the tables as printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal, localcontext
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from amyqa.model import Cell, Counts, Finding, Report, Severity, Status, Table
from amyqa.reports.page import (
    CellLink,
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

# So that a cube of a million cells still opens in a browser. What is left out is always counted.
MOST_ROWS = 1000
MOST_TERMS = 40
MOST_AT_TOP = 50


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
        self.tables = {table.id: table for table in report.tables}
        self.findings_of = dict(by_table(report.findings))
        self.shown = {table.id: self._shown_rows(table) for table in report.tables}
        self.told = [self._tell(number, finding) for number, finding in enumerate(report.findings, 1)]
        self.told_of: defaultdict[str, list[Told]] = defaultdict(list)
        self.marks: defaultdict[tuple[str, int], Marks] = defaultdict(Marks)
        for told, finding in zip(self.told, report.findings, strict=True):
            self.told_of[finding.table].append(told)
            for i, cell in enumerate(finding.cells):
                marks = self.marks[cell.table, cell.id]
                (marks.part if i else marks.broken).append(told)

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
            findings=tuple(self.told),
            most_at_top=MOST_AT_TOP,
            sections=tuple(self._section(table) for table in self.report.tables),
            elsewhere=tuple(
                told
                for told, finding in zip(self.told, self.report.findings, strict=True)
                if finding.table not in self.tables
            ),
            gaps=tuple((self._title(table), tuple(entries)) for table, entries in unknown.items()),
            not_evaluated=gaps_phrase(self.report),
        )

    def _title(self, table: str) -> str:
        return self.tables[table].spec.title if table in self.tables else table

    def _shown_rows(self, table: Table) -> frozenset[int]:
        """Rows of the table that are shown: the first ones, and those with a finding, a total or a doubt."""
        shown = set(range(min(len(table.rows), MOST_ROWS)))
        concerned = {f.cells[0].id for f in self.findings_of.get(table.id, ()) if f.cells}
        shown.update((id - 1) // len(table.columns) for id in concerned)
        for i, row in enumerate(table.rows):
            if _is_total(table, row.keys, row.label) or row.label in table.spec.uncertain:
                shown.add(i)
        return frozenset(shown)

    def _section(self, table: Table) -> Section:
        findings = self.findings_of.get(table.id, [])
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
            rows=tuple(self._row(table, i) for i in sorted(self.shown[table.id])),
            hidden=len(table.rows) - len(self.shown[table.id]),
            findings=tuple(self.told_of[table.id]),
        )

    def _column(self, table: Table, column: int) -> PageColumn:
        if table.spec.fields is not None:  # a month is printed as a word, though it reads as a number
            numbers = table.spec.fields.get(table.columns[column]) in ("number", "year", "day")
        else:
            read = {row.readings[column].status for row in table.rows}
            numbers = Status.TEXT not in read or bool(read & {Status.VALUE, Status.NIL})
        cells = (self.marks.get((table.id, table.cell_id(row, column))) for row in self.shown[table.id])
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
        ids = (table.cell_id(index, column) for column in range(len(table.columns)))
        return PageRow(
            keys=row.keys or (row.label,),
            origin=origin,
            total=_is_total(table, row.keys, row.label),
            uncertain=table.spec.uncertain.get(row.label, ""),
            cells=tuple(
                PageCell(anchor("cell", table.id, id), token, self.marks.get((table.id, id)))
                for id, token in zip(ids, row.tokens, strict=True)
            ),
        )

    def _tell(self, number: int, finding: Finding) -> Told:
        adds_up = _is_addition(finding)
        details = [where_phrase(finding.where), "" if adds_up else finding.relation]
        details.append(" ".join(filter(None, ("rule", finding.rule))))
        details.append(" ".join(filter(None, ("ESS", finding.ess, finding.level))))
        if finding.cells:
            details.append(place(finding.cells[0]))
            if line := finding.cells[0].source_line:
                details.append(f"printed source: line {line}")
        links = self._links(finding.cells[: MOST_TERMS + 1])
        spec = self.tables[finding.table].spec if finding.table in self.tables else None
        marks = (spec.decimal, spec.thousands) if spec else (".", ",")
        return Told(
            number=number,
            anchor=anchor("finding", finding.id),
            severity=finding.severity,
            status=finding.status,
            message=finding.message,
            title=self._title(finding.table),
            details=tuple(filter(None, details)),
            total=links[0] if adds_up else None,
            parts=links[1:] if adds_up else (),
            computed=figure(finding.computed, *marks) if adds_up and finding.computed is not None else "",
            difference="" if finding.difference is None else figure(finding.difference, *marks, signed=True),
            cells=() if adds_up else links,
            more=len(finding.cells) - len(links),
        )

    def _links(self, cells: Sequence[Cell]) -> tuple[CellLink, ...]:
        """Links to cells, each named by what tells it from the others."""
        one_table = len({cell.table for cell in cells}) == 1
        one_row = len({cell.row for cell in cells}) == 1
        one_column = len({cell.column for cell in cells}) == 1
        links = []
        for cell in cells:
            if len(cells) > 1 and one_table and one_row != one_column:
                label = cell.column if one_row else cell.row
            else:
                label = f"{self._row_name(cell)}, {cell.column}"
            if not one_table:
                label = f"{self._title(cell.table)}: {label}"
            here = cell.table in self.tables and self._row_of(cell) in self.shown[cell.table]
            links.append(
                CellLink(
                    label=label,
                    text="0" if cell.reading.status is Status.NIL else cell.token or "blank",
                    title=f"row {cell.row}, column {cell.column}, {place(cell)}",
                    anchor=anchor("cell", cell.table, cell.id) if here else "",
                )
            )
        return tuple(links)

    def _row_name(self, cell: Cell) -> str:
        """A record has only a number, which alone would look like a figure."""
        records = cell.table in self.tables and self.tables[cell.table].spec.fields is not None
        return f"row {cell.row}" if records else cell.row

    def _row_of(self, cell: Cell) -> int:
        return (cell.id - 1) // len(self.tables[cell.table].columns)


def _is_total(table: Table, keys: Iterable[str], label: str) -> bool:
    return table.spec.rows.total is not None and table.spec.rows.total in (label, *keys)


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
