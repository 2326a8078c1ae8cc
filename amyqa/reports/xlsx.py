"""The report as an XLSX workbook: the tables as printed, and what was found in them, to be filtered."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice

from amyqa.model import Cell, Counts, Decision, Finding, Report, Row, Standing, Status, Table
from amyqa.reports.certainty import (
    cell_name,
    likelihood_phrase,
    proposed_as_printed,
    sentence,
)
from amyqa.reports.phrases import by_severity, by_table, counted, gaps_phrase, tally, verdict, where_phrase
from amyqa.reports.places import Places
from amyqa.reports.suspects import CANDIDATE, ROLES, Address, Suspect, suspects
from amyqa.reports.workbook import MOST_COLUMNS, MOST_LINKS, MOST_ROWS, Book, Sheet, Value, lossless

# A cube of a million cells would take minutes to write and to open. What is left out is always counted.
MOST_TABLE_ROWS = 10_000
MOST_LINES = 200_000
MOST_TABLES = 2_000
MOST_AT_TOP = 50

_HEADER = 5
"""The row of a table's column labels; above it stand its title, facts, legend and what is left out."""


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
        self.rulings = self.book.sheet("Decisions") if report.decisions else None
        places = Places(report, MOST_TABLE_ROWS)
        worth = sorted(report.tables, key=lambda table: table.id not in self.findings)[:MOST_TABLES]
        kept = {table.id for table in worth}
        self.sheets: dict[str, _TableSheet] = {}
        for table in report.tables:
            if table.id in kept:
                sheet = self.book.sheet(table.id.rpartition("/")[2])
                self.sheets[table.id] = _TableSheet(sheet, table, sorted(places.shown[table.id]))

    def save(self) -> bytes:
        """Write every sheet."""
        self._summary()
        if self.list:
            self._findings(self.list)
        if self.gaps:
            self._not_evaluated(self.gaps)
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
            facts.append((f"The suites were run by {report.engine}.", ""))
        if report.since:
            facts.append((f"Compared with the commit {report.since}.", ""))
        if report.not_evaluated:
            facts.append((f"Not evaluated: {gaps_phrase(report)}. Unknown is never a pass.", "strong"))
        facts += [(said, "strong") for said in self._left_out()]
        for row, (said, style) in enumerate(facts, 1):
            sheet.put(row, 1, said, style, measured=False)
        row = len(facts) + 2
        if report.pending:
            sheet.put(row, 1, "Likeliest misprints, most certain first", "strong", measured=False)
            for _, diagnosis in report.pending[:MOST_AT_TOP]:
                row += 1
                link = self.link(diagnosis.changes[0].cell) if diagnosis.changes else ""
                sure = likelihood_phrase(diagnosis.likelihood) if diagnosis.located else "not located"
                said = f"{self.title(diagnosis.table)}: {diagnosis.message} {sentence(sure)}"
                sheet.put(row, 1, said, "link" if link else "", link=link, measured=False)
            if (more := len(report.pending) - MOST_AT_TOP) > 0:
                row += 1
                sheet.put(row, 1, f"and {more:,} more", measured=False)
            row += 2
        header = row
        severities = [severity.value for severity in by_severity(())]
        names = ["Table", "Title", "Cells", "Evaluated", "Broken", "Not evaluated", *severities, "Ruled on"]
        sheet.row(header, [name.capitalize() for name in names], "header")
        for row, table in enumerate(report.tables, header + 1):
            mine, counts = self.findings.get(table.id, []), report.counts.get(table.id, Counts())
            link = self.sheets[table.id].top if table.id in self.sheets else ""
            sheet.put(row, 1, table.id, "link" if link else "", link=link)
            numbers = (table.size, counts.evaluated, counts.broken, counts.not_evaluated)
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
            if (more := len(lines) - MOST_LINES) > 0:
                yield f"The sheet {name} leaves out the last {counted(more, 'line')}; report.json has all."

    def _findings(self, sheet: Sheet) -> None:
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
            if suspect and (better := _proposal(suspect, self.tables.get(cell.table))):
                yield f"{cell_name(cell)}: {better}"

    def _not_evaluated(self, sheet: Sheet) -> None:
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

    def _decisions(self, sheet: Sheet) -> None:
        names = (
            "Standing", "Table", "Rule", "Severity", "Where", "Relation", "Printed", "Sentence",
            "Ruling", "Reason", "Who", "Date", "Expires", "Finding", "File", "Line",
        )  # fmt: skip
        _listed(sheet, names, (_decision(*decided) for decided in self.report.decisions), ())


class _TableSheet:
    """The sheet of one table.

    Args:
        shown: 0-based numbers of its rows that are shown, in order.
    """

    def __init__(self, sheet: Sheet, table: Table, shown: Sequence[int]) -> None:
        self.sheet, self.table = sheet, table
        self.shown = shown[: MOST_ROWS // 2]  # what is found is told below the table
        self.keys = ("No.",) if table.spec.fields is not None else table.key_columns
        if not self.keys and table.rows:
            widest = max(len(row.keys) for row in table.rows) or 1
            self.keys = (table.spec.rows.dimension or "", *[""] * (widest - 1))
        self.columns = table.columns[: MOST_COLUMNS - len(self.keys) - 1]
        self.top = sheet.at(1)

    def place(self, id: int) -> str:
        """Where a link to this cell leads; nowhere if it is left out."""
        index, column = divmod(id - 1, len(self.table.columns))
        at = bisect_left(self.shown, index)
        if at == len(self.shown) or self.shown[at] != index or column >= len(self.columns):
            return ""
        return self.sheet.at(_HEADER + 1 + at, len(self.keys) + 1 + column)

    def write(self, suspects: Mapping[Address, Suspect], summary: str) -> None:
        """The whole sheet."""
        table, sheet = self.table, self.sheet
        source = table.spec.source.document if table.spec.source else ""
        sheet.put(1, 1, table.spec.title, "title", measured=False)
        facts = " · ".join(filter(None, (table.id, table.spec.unit, table.file, source)))
        sheet.put(2, 1, facts, measured=False)
        sheet.put(3, 1, "Summary", "link", link=summary, measured=False)
        if said := self._left_out():
            sheet.put(4, 1, said, "strong", measured=False)
        sheet.row(_HEADER, (*self.keys, *self.columns), "header")
        marked: dict[str, tuple[str, Suspect]] = {}
        for at, index in enumerate(self.shown, _HEADER + 1):
            row = table.rows[index]
            sheet.row(at, row.keys or (row.label,), "strong")
            for column, token in enumerate(row.tokens[: len(self.columns)]):
                id = table.cell_id(index, column)
                suspect = suspects.get((table.id, id))
                self._cell(at, len(self.keys) + 1 + column, row, column, token, suspect)
                if suspect:
                    marked[self.place(id)] = cell_name(table.cell(id)), suspect
        self._below(_HEADER + len(self.shown) + 2, marked)
        sheet.head(_HEADER, len(self.keys))
        sheet.finish(_HEADER, one_page=True)

    def _cell(
        self, row: int, at: int, printed: Row, column: int, token: str, suspect: Suspect | None
    ) -> None:
        """One printed cell: a number where a spreadsheet shows just what is printed, otherwise text."""
        reading = printed.readings[column]
        style = suspect.role if suspect else ""
        format = number_format(token, reading.value) if reading.status is Status.VALUE else ""
        if format:
            self.sheet.put(row, at, reading.value, style, format=format)
        elif token or style:
            self.sheet.put(row, at, token, style, right=reading.status is not Status.TEXT)
        if suspect:
            self.sheet.comment(row, at, _said(suspect, self.table))

    def _left_out(self) -> str:
        rows, columns = (
            len(self.table.rows) - len(self.shown),
            len(self.table.columns) - len(self.columns),
        )
        parts = [counted(number, noun) for number, noun in ((rows, "row"), (columns, "column")) if number]
        return f"Not shown here: {' and '.join(parts)}; the file has them." if parts else ""

    def _below(self, row: int, marked: Mapping[str, tuple[str, Suspect]]) -> None:
        """The table's notes, what its sums take for granted, and what was found in its cells.

        Args:
            row: the first one that is free.
            marked: the suspicious cells by their addresses, with their names.
        """
        spec, sheet = self.table.spec, self.sheet
        notes = [f"{mark}  {said}" for mark, said in spec.notes.items()]
        notes += [f"Assuming that {assumption}." for assumption in spec.assumptions]
        notes += [f"{label} cannot be placed: {reason}" for label, reason in spec.uncertain.items()]
        for note in notes:
            sheet.put(row, 1, note, measured=False)
            row += 1
        row += 1
        used = {suspect.role for _, suspect in marked.values()}
        for role in (role for role in ROLES if role in used):
            sheet.put(row, 1, role, role)
            sheet.put(row, 2, ROLES[role], measured=False)
            row += 1
        for address, (name, suspect) in islice(marked.items(), MOST_ROWS - row):
            row += 1
            said = f"{name}: {_remark(suspect, self.table)}"
            sheet.put(row, 1, said, "link", link=address, measured=False)


def _listed(
    sheet: Sheet,
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
    for row, values in enumerate(islice(lines, MOST_LINES), 2):
        link = next(linked, "")
        for column, value in enumerate(values, 1):
            here = link if column == at and row <= MOST_LINKS else ""
            format = _general(value) if isinstance(value, Decimal) else ""
            sheet.put(row, column, value, "link" if here else "", format=format, link=here)
    sheet.head(1, frozen)
    sheet.filter(1, row, len(names))
    sheet.finish(1, one_page=False)


def number_format(token: str, value: Decimal | None) -> str:
    """The format in which a spreadsheet shows the number just as the token does; "" where none can.

    Spreadsheets in another language show their own marks for ``,`` and ``.``, as for every number.
    """
    printed = token.strip()
    if value is None or not lossless(value):
        return ""
    for grouping in ("", ","):
        plain = printed.strip("()-")
        decimals = len(plain.rpartition(".")[2]) if "." in plain else 0
        if plain != f"{abs(value):{grouping}.{decimals}f}" or value != round(value, decimals):
            continue
        pattern = ("#,##0" if grouping else "0") + (f".{'0' * decimals}" if decimals else "")
        if printed == ("-" if value < 0 else "") + plain:
            return pattern
        if printed == f"({plain})" and value < 0:
            return f"{pattern};({pattern})"
    return ""


def _exact(value: Decimal | None) -> Value:
    """A number where a spreadsheet keeps it, otherwise its digits."""
    return value if value is None or lossless(value) else str(value)


def _general(value: Decimal) -> str:
    """Grouped, with the decimals it has."""
    decimals = max(0, -int(value.as_tuple().exponent))
    return f"#,##0.{'0' * decimals}" if decimals else "#,##0"


def _proposal(suspect: Suspect, table: Table | None) -> str:
    """``895 → 859``, where something is proposed."""
    if suspect.change is None or suspect.role == CANDIDATE:
        return ""
    return f"{suspect.change.cell.token.strip()} → {proposed_as_printed(suspect.change, table)}"


def _remark(suspect: Suspect, table: Table) -> str:
    """``root misprint, 895 → 859, transposed digits (findings 1, 3)``."""
    said = [ROLES[suspect.role]]
    if better := _proposal(suspect, table):
        said += filter(None, (better, suspect.change.kind if suspect.change else ""))
    numbers = ", ".join(map(str, suspect.findings))
    word = "finding" if len(suspect.findings) == 1 else "findings"
    return ", ".join(said) + (f" ({word} {numbers})" if numbers else "")


def _said(suspect: Suspect, table: Table) -> Iterator[str]:
    """The sentences of a cell's comment."""
    yield f"{ROLES[suspect.role].capitalize()}."
    if better := _proposal(suspect, table):
        yield f"Proposed: {better}."
        if suspect.change and suspect.change.message:
            yield suspect.change.message
    elif suspect.role == CANDIDATE:
        yield "Which cell is wrong cannot be told."
    for number, finding in suspect.findings.items():
        status = "" if finding.is_open else f" ({finding.status})"
        yield f"{finding.severity.capitalize()} {number}{status}: {finding.message}"


def _status(finding: Finding) -> str:
    """``open``; ``open, reopened`` where a decision no longer stands."""
    return f"{finding.status}, {finding.standing}" if finding.is_open and finding.standing else finding.status


def _ruling(decision: Decision) -> Sequence[Value]:
    return decision.ruling.value, decision.reason, decision.who, decision.date, decision.expires


def _decision(decision: Decision, standing: Standing) -> Sequence[Value]:
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
