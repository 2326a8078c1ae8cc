"""The report for a terminal: tables, findings, what was not evaluated, and a last line that sums up."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from amyqa.model import Counts, Finding, Report, Severity
from amyqa.reports.phrases import (
    Gap,
    by_table,
    counted,
    findings_phrase,
    gaps,
    gaps_phrase,
    place,
    tally,
    verdict,
    visible,
    where_phrase,
)

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
_MOST_RELATIONS = 3
_INDENT = 8


def render(report: Report, *, width: int = 80, color: bool = False) -> str:
    """The report as text.

    Args:
        report: what was found.
        width: columns of the terminal; only a file's path may run over it, to stay in one piece.
        color: whether to colour with ANSI escapes.
    """
    out = StringIO()
    # Every setting is given: what the environment says (COLUMNS, TERM, NO_COLOR) is cli.py's to judge.
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
    for part in _parts(report):
        console.print(part, soft_wrap=isinstance(part, Text) and part.no_wrap is True)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().split("\n")[:-1])


def _parts(report: Report) -> Iterator[RenderableType]:
    if report.tables:
        yield _tables(report)
        yield ""
    if report.findings:
        yield _heading(f"Findings: {findings_phrase(report.findings)}")
        for finding in report.findings:
            yield from _finding(finding)
        yield ""
    if report.not_evaluated:
        yield _heading(f"Not evaluated: {gaps_phrase(report)} (unknown is never a pass)")
        table = None
        for gap in gaps(report):
            if gap.table != table:
                table = gap.table
                yield _indented(Text(visible(table), style="bold"), 2)
            yield _gap(gap)
        yield ""
    color = next((_STYLES[s] for s in (Severity.ERROR, Severity.WARNING) if report.at(s)), "bold")
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


def _finding(finding: Finding) -> Iterator[RenderableType]:
    head = Text(visible(finding.table), overflow="fold")
    if where := where_phrase(finding.where):
        head.append(f"  {visible(where)}")
    if finding.status != "open":
        head.append(f"  ({visible(finding.status)})")
    grid = Table.grid()
    grid.add_column(width=_INDENT)
    grid.add_column()
    grid.add_row(Text(finding.severity.upper(), style=_STYLES[finding.severity]), head)
    grid.add_row("", Text(visible(finding.message), overflow="fold"))
    yield grid
    if finding.cells:
        cell = finding.cells[0]
        source = f" (printed source: line {cell.source_line})" if cell.source_line else ""
        yield Text(f"{' ' * _INDENT}{visible(place(cell))}{source}", style="dim", no_wrap=True)


def _gap(gap: Gap) -> Padding:
    """One line for all that shares a table and a reason; the count stands for what is not spelled out."""
    shown = []
    for relation, places in list(gap.relations.items())[:_MOST_RELATIONS]:
        if len(places) > 1:
            shown.append(f"{relation} ({len(places):,} times)")
        else:
            shown.append(f"{relation} ({places[0]})" if places[0] else relation)
    if (more := len(gap.relations) - len(shown)) > 0:
        shown.append(f"and {counted(more, 'other relation')}")
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", min_width=4)
    grid.add_column(overflow="fold")
    grid.add_row(f"{gap.count:,}", Text(visible(f"{gap.reason}: {'; '.join(shown)}"), overflow="fold"))
    return Padding(grid, (0, 0, 0, 2), expand=False)
