"""The report for a terminal: tables, diagnoses, findings, what was not evaluated, and a last line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from amyqa.characters import visible
from amyqa.model import (
    Cell,
    Change,
    Counts,
    Explanation,
    Finding,
    Report,
    Severity,
    TableDiagnosis,
)
from amyqa.model import Table as Printed
from amyqa.reports import unchecked
from amyqa.reports.causes import FIRST_ALIKE, MAX_ALIKE, alike_phrase, causes, headline, size_phrase
from amyqa.reports.certainty import (
    Reason,
    candidates,
    cell_name,
    certificate,
    instead,
    likelihood_phrase,
    percent,
    proposed_as_printed,
    reasons,
    sentence,
)
from amyqa.reports.phrases import (
    Gap,
    by_table,
    counted,
    failures,
    failures_phrase,
    findings_phrase,
    gaps,
    gaps_phrase,
    identities_phrase,
    place,
    short,
    tally,
    verdict,
    where_phrase,
)
from amyqa.reports.proofs import Address, Proof, proofs
from amyqa.reports.rulings import UNMATCHED, decided, overrides, ruling_phrase, standing_phrase

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
_MAX_RELATIONS = 3
_MAX_ALTERNATIVES = 3
_MAX_CANDIDATES = 6
_LONGEST_REASON = 70
_INDENT = 8
_NARROW = 60
"""Columns below which a table of numbers has no room for the tables' names."""


def render(report: Report, *, width: int = 80, color: bool = False, detail: str = "full") -> str:
    """The report as text.

    Args:
        report: what was found.
        width: columns of the terminal; only a file's path may run over it, to stay in one piece.
        color: whether to colour with ANSI escapes.
        detail: ``full``; ``normal``: findings of one relation, when they are many, and what was not evaluated
            in a table are a line each; ``brief``: a line for each thing to look at.
    """
    out = StringIO()
    # Every setting is given: what the environment says (COLUMNS, TERM, NO_COLOR) is the command's to judge.
    console = Console(
        file=out,
        width=width,
        height=25,
        color_system="standard" if color else None,
        force_terminal=color,
        force_jupyter=False,
        force_interactive=False,
        no_color=not color,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )
    parts = _brief(report) if detail == "brief" else _parts(report, width < _NARROW, detail == "full")
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, Text) and part.no_wrap is True)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().split("\n")[:-1])


def _brief(report: Report) -> Iterator[RenderableType]:
    """Each thing to look at in a sentence, and the verdict."""
    tables = {table.id: table for table in report.tables}
    for cause in causes(report):
        if cause.open and cause.severity is not Severity.INFO:
            said = visible(f"{cause.open[0].table}: {cause.sentence(tables.get(cause.open[0].table))}")
            yield _row(cause.severity.upper(), Text(said, overflow="fold"), style=_STYLES[cause.severity])
    yield from _verdict(report)


def _parts(report: Report, narrow: bool, full: bool) -> Iterator[RenderableType]:
    if report.tables:
        yield from _stacked(report) if narrow else [_tables(report)]
        yield ""
    if report.pending:
        yield _heading("Most likely misprints (most certain first)")
        tables = {table.id: table for table in report.tables}
        proven = proofs(report)
        for number, diagnosis in report.pending:
            yield from _diagnosis(number, diagnosis, tables.get(diagnosis.table), proven)
        yield ""
    yield from _findings(report, full)
    yield from _idle_decisions(report)
    if report.not_evaluated:
        yield _heading(f"Not evaluated: {gaps_phrase(report)} (unknown is never a pass)")
        table = None
        if not full:
            yield from _gaps_in_a_line(report)
        for gap in gaps(report) if full else ():
            if gap.table != table:
                table = gap.table
                yield _indented(Text(visible(table), style="bold"), 2)
            yield _gap(gap)
        yield ""
    if report.unchecked:
        yield _heading("Checked by no sum")
        for id, lines in unchecked.told(report):
            if len(lines) == 1:
                yield _indented(Text(visible(f"{id}: {lines[0]}"), overflow="fold"), 2)
                continue
            yield _indented(Text(visible(id), style="bold", overflow="fold"), 2)
            for line in lines:
                yield _indented(Text(visible(line), overflow="fold"), 4)
        yield ""
    if report.failures:
        yield _heading(failures_phrase(report))
        for named, problems in failures(report):
            yield _indented(Text(visible(named), style="bold", overflow="fold"), 2)
            for problem in problems:
                yield _indented(Text(visible(problem), overflow="fold"), 4)
        yield ""
    yield from _verdict(report)


def _verdict(report: Report) -> Iterator[RenderableType]:
    """What to look at, then whether it can be printed and the numbers behind that."""
    if told := headline(report):
        yield Text(told, style="bold")
        yield ""
    color = next((_STYLES[s] for s in (Severity.ERROR, Severity.WARNING) if report.at(s)), "bold")
    color = _STYLES[Severity.ERROR] if report.failures else color
    yield Text(f"{verdict(report)} ", style=color).append(tally(report), style="not bold default")


def _heading(text: str) -> Text:
    return Text(text, style="bold underline")


def _indented(text: Text, columns: int) -> Padding:
    return Padding(text, (0, 0, 0, columns), expand=False)


def _tables(report: Report) -> Table:
    findings = dict(by_table(report.findings))
    # The box sets one space between columns; the last one, not flush right, begins with another.
    table = Table(box=box.SIMPLE_HEAD, padding=0, show_edge=False)
    table.add_column("Table", overflow="fold", vertical="top")
    for name in ("Cells", "Evaluated", "Broken", "Not\nevaluated"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column(" Findings", no_wrap=True)
    for entry in report.tables:
        counts = report.counts.get(entry.id, Counts())
        mine = findings.get(entry.id, [])
        worst = next((_STYLES[finding.severity] for finding in mine if finding.status == "open"), "")
        table.add_row(
            Text(visible(entry.id)),
            f"{entry.size:,}",
            f"{counts.evaluated:,}",
            f"{counts.broken:,}",
            f"{counts.not_evaluated:,}",
            Text(f" {findings_phrase(mine)}".replace(", ", "\n "), style=worst),
        )
    return table


def _stacked(report: Report) -> Iterator[RenderableType]:
    """The same numbers, each table's below its name."""
    findings = dict(by_table(report.findings))
    for entry in report.tables:
        yield Text(visible(entry.id), style="bold", overflow="fold")
        found = findings_phrase(findings.get(entry.id, []))
        told = f"{counted(entry.size, 'cell')}, {identities_phrase(report.counts.get(entry.id, Counts()))}"
        yield _indented(Text(f"{told}. Findings: {found}."), 2)


def _gaps_in_a_line(report: Report) -> Iterator[RenderableType]:
    """A line for each table: how much could not be evaluated, and the first reason."""
    found: dict[str, list[Gap]] = {}
    for gap in gaps(report):
        found.setdefault(gap.table, []).append(gap)
    for table, members in found.items():
        numbers = [
            counted(number, noun)
            for noun, identity in (("identity", True), ("rule", False))
            if (number := sum(gap.count for gap in members if gap.identity is identity))
        ]
        reason = members[0].reason
        reason = reason if len(reason) <= _LONGEST_REASON else f"{reason[: _LONGEST_REASON - 1]}…"
        more = f", and {counted(len(members) - 1, 'other reason')}" if len(members) > 1 else ""
        told = visible(f"{table}: {' and '.join(numbers)} ({reason}{more})")
        yield _indented(Text(told, overflow="fold"), 2)
    yield _indented(Text("amyqa check --verbose lists all of it.", style="dim"), 2)


def _flood(members: list[Finding], table: Printed | None) -> Iterator[RenderableType]:
    """What is not spelled out of many findings of one relation."""
    size = size_phrase(members, table)
    told = f"{alike_phrase(members)}{f', {size}' if size else ''}; "
    told += f"{len(members) - FIRST_ALIKE:,} more like these."
    yield _row("", Text(visible(told), overflow="fold"))


def _findings(report: Report, full: bool) -> Iterator[RenderableType]:
    """What fails the check first, then what was there before, then what is decided."""
    told = {number for number, _ in report.pending}
    explained = {id: why for id, why in reasons(report.diagnoses).items() if why.number in told}
    known = [finding for finding in report.findings if finding.known and finding.is_open]
    ruled = decided(report.findings)
    new = [finding for finding in report.findings if finding.is_open and not finding.known]
    rules = ", ".join(f"{rule} {number:,}" for rule, number in overrides(report).items())
    for title, findings in (
        (f"Findings: {findings_phrase(new)}", new),
        (f"Open since before {visible(report.since)}, not counted: {findings_phrase(known)}", known),
        (f"Decided: {counted(len(ruled), 'finding')} (by rule: {visible(rules)})", ruled),
    ):
        if findings:
            yield _heading(title)
            yield from _listed(findings, explained, report, full)
            yield ""


def _listed(
    findings: list[Finding], explained: Mapping[str, Reason], report: Report, full: bool
) -> Iterator[RenderableType]:
    """The findings cause by cause; of many that are alike, the first and how many more."""
    place = {finding.id: n for n, cause in enumerate(causes(report)) for finding in cause.findings}
    tables = {table.id: table for table in report.tables}
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in sorted(findings, key=lambda each: (each.severity.rank, place[each.id])):
        key = (place[finding.id], finding.severity, finding.table, finding.rule, finding.relation)
        alike.setdefault(key, []).append(finding)
    for members in alike.values():
        many = not full and len(members) > MAX_ALIKE
        for finding in members[:FIRST_ALIKE] if many else members:
            yield from _finding(finding, explained)
        if many:
            yield from _flood(members, tables.get(members[0].table))


def _idle_decisions(report: Report) -> Iterator[RenderableType]:
    """Decisions without a finding."""
    found = [(d, standing) for d, standing in report.decisions if standing in UNMATCHED]
    if not found:
        return
    yield _heading(f"Decisions to look at: {len(found):,}")
    for decision, standing in found:
        head = Text(f"{visible(decision.table)}  ({UNMATCHED[standing]})", overflow="fold")
        yield _row(standing.name, head, style="bold")
        yield _row("", Text(visible(decision.message), overflow="fold"))
        yield _row("", Text(visible(f"Decided: {ruling_phrase(decision)}."), overflow="fold"))
        if decision.file:
            path = f"{' ' * _INDENT}{visible(decision.file)}:{decision.line}"
            yield Text(path, style="dim", no_wrap=True)
    yield ""


def _diagnosis(
    number: int,
    diagnosis: TableDiagnosis,
    table: Printed | None,
    proven: Mapping[tuple[int, Address], Proof],
) -> Iterator[RenderableType]:
    head = Text(f"Diagnosis {number}", style="bold", overflow="fold")
    yield head.append(f"  {visible(diagnosis.table)}", style="not bold default")
    yield _row("", Text(visible(diagnosis.message)))
    for change in diagnosis.changes:
        told = change.message
        if not told or diagnosis.message.startswith(told):  # the sentence above is not said twice
            told = f"{_corrected(change, table)}{', ' if change.kind else ''}{change.kind}"
        yield _row("", _columns(14, change.role_word, Text(visible(told))))
        proof = proven.get((number, (change.cell.table, change.cell.id)))
        if proof is not None and proof.after:
            yield _row("", _columns(14, "proof", Text(visible(f"{proof.line}."))))
    if diagnosis.located:
        yield _row("", Text(sentence(f"{likelihood_phrase(diagnosis.likelihood)}: {certificate(diagnosis)}")))
    else:
        yield _row("", Text(sentence(f"nothing is proposed: {certificate(diagnosis)}")))
    if more := instead(diagnosis):
        yield _row("", Text(more))
    for assumption in diagnosis.assumptions:
        yield _row("", Text(visible(f"Assuming that {assumption}.")))
    word = "or" if diagnosis.located else "perhaps"
    for alternative in diagnosis.alternatives[:_MAX_ALTERNATIVES]:
        yield _row("", _columns(14, word, Text(visible(_alternative(alternative, diagnosis.located, table)))))
    if (rest := len(diagnosis.alternatives) - _MAX_ALTERNATIVES) > 0:
        yield _row("", _columns(14, word, Text(f"{rest:,} more that are less likely")))
    yield from _places([change.cell for change in diagnosis.changes])


def _alternative(alternative: Explanation, located: bool, table: Printed | None) -> str:
    """One line; where nothing can be located, its cells are named and no number is proposed."""
    if located:
        told = "; ".join(_corrected(change, table) for change in alternative.changes)
    else:
        named = [f"{cell_name(c.cell)} ({c.cell.token.strip()})" for c in candidates(alternative)]
        more = len(named) - _MAX_CANDIDATES
        told = "; ".join(named[:_MAX_CANDIDATES] + ([f"and {more:,} more"] if more > 0 else []))
    return f"{told}: {percent(alternative.likelihood)}"


def _corrected(change: Change, table: Printed | None) -> str:
    return f"{cell_name(change.cell)}: {change.cell.token.strip()} → {proposed_as_printed(change, table)}"


def _row(head: str, body: RenderableType, style: str = "") -> RenderableType:
    if not head:  # the same without a table, which takes longer
        return Padding(body, (0, 0, 0, _INDENT), expand=False)
    return _columns(_INDENT, Text(head, style=style), body)


def _columns(width: int, head: str | Text, body: RenderableType) -> Table:
    grid = Table.grid()
    grid.add_column(width=width)
    grid.add_column(overflow="fold")
    grid.add_row(head, body)
    return grid


def _places(cells: list[Cell], id: str = "") -> Iterator[RenderableType]:
    """The lines of the files and of the print, each once, and a finding's id; a path stays in one piece."""
    told = [
        f"{place(cell)} (printed source: line {cell.source_line})" if cell.source_line else place(cell)
        for cell in {(cell.file, cell.line): cell for cell in cells}.values()
    ]
    if id:
        told = [" ".join([*told[:1], f"[{short(id)}]"])]
    for line in told:
        yield Text(f"{' ' * _INDENT}{visible(line)}", style="dim", no_wrap=True)


def _finding(finding: Finding, explained: Mapping[str, Reason]) -> Iterator[RenderableType]:
    head = Text(visible(finding.table), overflow="fold")
    if where := where_phrase(finding.where):
        head.append(f"  {visible(where)}")
    if not finding.is_open:
        head.append(f"  ({visible(finding.status)})")
    if reason := explained.get(finding.id):
        head.append(f"  ({reason.words})", style="dim")
    yield _row(finding.severity.upper(), head, style=_STYLES[finding.severity])
    yield _row("", Text(visible(finding.message), overflow="fold"))
    if told := standing_phrase(finding):
        yield _row("", Text(visible(told), overflow="fold"))
    yield from _places(list(finding.cells[:1]), finding.id)


def _gap(gap: Gap) -> Padding:
    """One line for all that shares a table and a reason; the count stands for what is not spelled out."""
    shown = []
    for relation, places in list(gap.relations.items())[:_MAX_RELATIONS]:
        if len(places) > 1:
            shown.append(f"{relation} ({len(places):,} times)")
        else:
            shown.append(f"{relation} ({places[0]})" if places[0] else relation)
    if (more := len(gap.relations) - len(shown)) > 0:
        shown.append(f"and {counted(more, 'other relation')}")
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, min_width=12)
    grid.add_column(overflow="fold")
    grid.add_row(gap.counted, Text(visible(f"{gap.reason}: {'; '.join(shown)}"), overflow="fold"))
    return Padding(grid, (0, 0, 0, 2), expand=False)
