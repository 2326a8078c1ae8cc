"""A cause for a terminal: its diagnosis with each proof, and the findings behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from amyqa.characters import visible
from amyqa.model import Cell, Change, Explanation, Finding, Severity, TableDiagnosis
from amyqa.model import Table as Printed
from amyqa.model.findings import contradict
from amyqa.reports.causes import FIRST_ALIKE, MAX_ALIKE, Cause, alike_phrase, checks_phrase, size_phrase
from amyqa.reports.certainty import (
    candidates,
    cell_name,
    certificate,
    explains,
    instead,
    likelihood_phrase,
    percent,
    proposed_as_printed,
    sentence,
)
from amyqa.reports.phrases import place, printed_at, short, where_phrase
from amyqa.reports.proofs import Address, Proof
from amyqa.reports.rulings import contradiction_phrase, standing_phrase

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
INDENT = 8
_MAX_ALTERNATIVES = 3
_MAX_CANDIDATES = 6


def cause_told(
    number: int,
    cause: Cause,
    findings: Sequence[Finding],
    table: Printed | None,
    proven: Mapping[tuple[int, Address], Proof],
    *,
    full: bool,
    whole: bool,
) -> Iterator[RenderableType]:
    """A cause with the findings behind it; of many that are alike, the first and how many more.

    Args:
        number: its place among the causes of the report.
        findings: those of its findings that are told here.
        proven: the proofs of the report.
        full: each finding with its place.
        whole: with its diagnosis.
    """
    head = Text(f"Cause {number}", style="bold", overflow="fold")
    head.append(f"  {cause.noun}", style=STYLES[cause.severity] if cause.is_open else "not bold default")
    if cause.certainty:
        head.append(f", {cause.certainty}", style="not bold default")
    yield head.append(f"  {visible(cause.table)}", style="not bold default")
    if contradict(finding.status for finding in cause.findings):
        said = f"Rulings contradict each other: {contradiction_phrase(cause)}."
        yield row("", Text(said, style=STYLES[Severity.WARNING]))
    if cause.diagnosis is not None and whole:
        yield from _diagnosis(cause.number, cause.diagnosis, table, proven)
        if findings:
            part = "behind it" if explains(cause.diagnosis) else "about it"
            yield row("", Text(f"{checks_phrase(findings)} {part}:"))
    in_short = cause.diagnosis is not None and whole and not full
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding.severity, finding.table, finding.rule, finding.relation), []).append(
            finding
        )
    for members in alike.values():
        many = not full and len(members) > MAX_ALIKE
        for finding in members[:FIRST_ALIKE] if many else members:
            yield from [_in_short(finding)] if in_short else _finding(finding)
        if many:
            size = size_phrase(members, table)
            told = f"{alike_phrase(members)}{f', {size}' if size else ''}; "
            told += f"{len(members) - FIRST_ALIKE:,} more like these."
            yield row("", Text(visible(told), overflow="fold"))
    if in_short and cause.diagnosis is not None and not cause.diagnosis.changes:
        yield from _places([finding.cells[0] for finding in findings[:FIRST_ALIKE] if finding.cells])


def _diagnosis(
    number: int,
    diagnosis: TableDiagnosis,
    table: Printed | None,
    proven: Mapping[tuple[int, Address], Proof],
) -> Iterator[RenderableType]:
    yield row("", Text(visible(diagnosis.message)))
    for change in diagnosis.changes:
        told = change.message
        if not told or diagnosis.message.startswith(told):  # the sentence above is not said twice
            told = f"{_corrected(change, table)}{', ' if change.kind else ''}{change.kind}"
        yield row("", _columns(14, change.role_word, Text(visible(told))))
        proof = proven.get((number, (change.cell.table, change.cell.id)))
        if proof is not None and proof.after:
            yield row("", _columns(14, "proof", Text(visible(f"{proof.line}."))))
    if diagnosis.located:
        yield row("", Text(sentence(f"{likelihood_phrase(diagnosis.likelihood)}: {certificate(diagnosis)}")))
    else:
        yield row("", Text(sentence(f"nothing is proposed: {certificate(diagnosis)}")))
    if more := instead(diagnosis):
        yield row("", Text(more))
    for assumption in diagnosis.assumptions:
        yield row("", Text(visible(f"Assuming that {assumption}.")))
    word = "or" if diagnosis.located else "perhaps"
    for alternative in diagnosis.alternatives[:_MAX_ALTERNATIVES]:
        yield row("", _columns(14, word, Text(visible(_alternative(alternative, diagnosis.located, table)))))
    if (rest := len(diagnosis.alternatives) - _MAX_ALTERNATIVES) > 0:
        yield row("", _columns(14, word, Text(f"{rest:,} more that are less likely")))
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


def row(head: str, body: RenderableType, style: str = "") -> RenderableType:
    """A line under a word in the margin, or under none."""
    if not head:  # the same without a table, which takes longer
        return Padding(body, (0, 0, 0, INDENT), expand=False)
    return _columns(INDENT, Text(head, style=style), body)


def _columns(width: int, head: str | Text, body: RenderableType) -> Table:
    grid = Table.grid()
    grid.add_column(width=width)
    grid.add_column(overflow="fold")
    grid.add_row(head, body)
    return grid


def _places(cells: list[Cell], id: str = "") -> Iterator[RenderableType]:
    """The lines of the files and of the print, each once, and a finding's id; a path stays in one piece."""
    told = [
        f"{place(cell)} ({printed})" if (printed := printed_at(cell)) else place(cell)
        for cell in {(cell.file, cell.line): cell for cell in cells}.values()
    ]
    if id:
        told = [" ".join([*told[:1], f"[{short(id)}]"])]
    for line in told:
        yield Text(f"{' ' * INDENT}{visible(line)}", style="dim", no_wrap=True)


def _in_short(finding: Finding) -> RenderableType:
    """A finding of which the diagnosis has said where it stands."""
    known = "(known)" if finding.known and finding.is_open else ""
    parts = (finding.message, known, standing_phrase(finding), f"[{short(finding.id)}]")
    told = " ".join(filter(None, parts))
    return row(finding.severity.upper(), Text(visible(told), overflow="fold"), style=STYLES[finding.severity])


def _finding(finding: Finding) -> Iterator[RenderableType]:
    head = Text(visible(finding.table), overflow="fold")
    if where := where_phrase(finding.where):
        head.append(f"  {visible(where)}")
    if not finding.is_open:
        head.append(f"  ({visible(finding.status)})")
    elif finding.known:
        head.append("  (known)")
    yield row(finding.severity.upper(), head, style=STYLES[finding.severity])
    yield row("", Text(visible(finding.message), overflow="fold"))
    if told := standing_phrase(finding):
        yield row("", Text(visible(told), overflow="fold"))
    yield from _places(list(finding.cells[:1]), finding.id)
