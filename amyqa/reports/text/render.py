"""The report for a terminal: tables, diagnoses, findings, what was not evaluated, and a last line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from amyqa.characters import visible
from amyqa.model import (
    Counts,
    Finding,
    Report,
    Severity,
)
from amyqa.reports import unchecked
from amyqa.reports.causes import (
    Cause,
    causes,
    headline,
    kinds,
)
from amyqa.reports.phrases import (
    Gap,
    by_table,
    counted,
    cube_phrase,
    failures,
    failures_phrase,
    findings_phrase,
    gaps,
    gaps_phrase,
    identities_phrase,
    tally,
    verdict,
)
from amyqa.reports.proofs import proofs
from amyqa.reports.rulings import UNMATCHED, decided, overrides, ruling_phrase
from amyqa.reports.text.cause import INDENT, STYLES, cause_told, row

_MAX_RELATIONS = 3
_LONGEST_REASON = 70
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
        if cause.is_open and cause.severity is not Severity.INFO:
            known = f" (known since {report.since})" if cause.known else ""
            said = visible(f"{cause.table}: {cause.sentence(tables.get(cause.table))}{known}")
            yield row(cause.severity.upper(), Text(said, overflow="fold"), style=STYLES[cause.severity])
    yield from _verdict(report)


def _parts(report: Report, narrow: bool, full: bool) -> Iterator[RenderableType]:
    if report.tables:
        yield from _stacked(report) if narrow else [_tables(report)]
        yield ""
    if report.cubes:
        yield _heading("Cubes")
        for id, cube in sorted(report.cubes.items()):
            yield _indented(Text(visible(f"{id}: {cube_phrase(cube)}"), overflow="fold"), 2)
        yield ""
    yield from _causes(report, full)
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
    color = next((STYLES[s] for s in (Severity.ERROR, Severity.WARNING) if report.at(s)), "bold")
    color = STYLES[Severity.ERROR] if report.failures else color
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
        worst = next((STYLES[finding.severity] for finding in mine if finding.status == "open"), "")
        table.add_row(
            Text(visible(entry.id)),
            f"{report.size(entry):,}",
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
        cells, counts = counted(report.size(entry), "cell"), report.counts.get(entry.id, Counts())
        told = f"{cells}, {identities_phrase(counts)}"
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


def _causes(report: Report, full: bool) -> Iterator[RenderableType]:
    """Cause by cause: what fails the check first, then what was there before, then what is decided."""
    found = list(enumerate(causes(report), 1))
    new = [pair for pair in found if pair[1].is_open and not pair[1].known]
    known = [pair for pair in found if pair[1].known]
    ruled = decided(report.findings)
    told = [f for f in report.findings if f.is_open and not f.known]
    numbers = overrides(report)
    rules = ", ".join(f"{rule} {number:,}" for rule, number in numbers.items())
    kept = {finding.id for finding in ruled}
    sections: tuple[tuple[str, list[tuple[int, Cause]], Callable[[Finding], bool]], ...] = (
        (f"To look at: {kinds(cause for _, cause in new)} ({findings_phrase(told)})", new, _is_open),
        (
            f"Open since before {visible(report.since)}, not counted: {kinds(c for _, c in known)}",
            known,
            _is_open,
        ),
        (
            f"Decided: {counted(len(ruled), 'finding')}{f' (overrides: {visible(rules)})' if rules else ''}",
            [pair for pair in found if any(f.id in kept for f in pair[1].findings)],
            lambda finding: not finding.is_open,
        ),
    )
    explained: set[int] = set()
    tables, proven = {table.id: table for table in report.tables}, proofs(report)
    for title, members, wanted in sections:
        if not members:
            continue
        yield _heading(title)
        for number, cause in members:
            whole = number not in explained and (cause.is_open or full)
            explained.add(number)
            mine = [finding for finding in cause.findings if wanted(finding)]
            table = tables.get(cause.table)
            yield from cause_told(number, cause, mine, table, proven, full=full, whole=whole)
        yield ""


def _is_open(finding: Finding) -> bool:
    return finding.is_open


def _idle_decisions(report: Report) -> Iterator[RenderableType]:
    """Decisions without a finding."""
    found = [(d, standing) for d, standing in report.decisions if standing in UNMATCHED]
    if not found:
        return
    yield _heading(f"Decisions to look at: {len(found):,}")
    for decision, standing in found:
        head = Text(f"{visible(decision.table)}  ({UNMATCHED[standing]})", overflow="fold")
        yield row(standing.name, head, style="bold")
        yield row("", Text(visible(decision.message), overflow="fold"))
        yield row("", Text(visible(f"Decided: {ruling_phrase(decision)}."), overflow="fold"))
        if decision.file:
            path = f"{' ' * INDENT}{visible(decision.file)}:{decision.line}"
            yield Text(path, style="dim", no_wrap=True)
    yield ""


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
