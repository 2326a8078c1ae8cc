"""Markdown as GitHub and GitLab show it, for a pull request's comment or a job's summary."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from amyqa.characters import visible
from amyqa.model import Finding, Report, Severity, Table
from amyqa.reports import unchecked
from amyqa.reports.causes import Cause, causes, headline
from amyqa.reports.certainty import likelihood_phrase
from amyqa.reports.ci.advice import Advice
from amyqa.reports.phrases import (
    counted,
    failures,
    failures_phrase,
    findings_phrase,
    gaps,
    gaps_phrase,
    place,
    short,
    tally,
    verdict,
)
from amyqa.reports.proofs import Address, Proof, proofs
from amyqa.reports.rows import corrected, most_important
from amyqa.reports.rulings import decided, gate, ruling_phrase, standing_phrase

LONGEST = 65_000
"""Characters; a comment on GitHub may have 65,536."""
_ROOMS = {
    "causes": 10_000,
    "findings": 30_000,
    "gaps": 8_000,
    "failures": 4_000,
    "unchecked": 8_000,
    "decisions": 8_000,
}
"""Characters of each part; with the sentences around them it stays below the limit."""
_MAX_CAUSES = 10
_MAX_CHANGES = 6
_LONGEST_TEXT = 600

_MARKUP = re.compile(r"([\\`*_\[\]|~$])")
_LEADING = re.compile(r"^(?:([-+=#])|(\d+)([.)]))")
# What GitHub makes a link, a mention or an emoji of, even where its characters are escaped.
_LIVE = re.compile(r"@|#(?=\w)|(?<=:)(?=//)|(?<=www)(?=\.)|:(?=[\w+-]+:)|(?<=GH)(?=-\d)", re.IGNORECASE)
_BREAK = "\u200b"
_T = TypeVar("_T")


def render(report: Report, fail_on: Severity | None = Severity.ERROR) -> str:
    """The report in at most 65,000 characters; what is left out is counted.

    Args:
        fail_on: from which severity on an open finding fails the check (None: nothing does).
    """
    told, said = verdict(report), gate(report, fail_on)
    parts = [f"### {escaped(told)}"]
    if first := headline(report):
        parts.append(escaped(first))
    parts.append(escaped(f"{said} {tally(report)}"))
    parts += _failures(report)
    parts += _causes(report)
    parts += _findings(report)
    parts += _gaps(report)
    parts += _unchecked(report)
    parts += _decisions(report)
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """A text that is shown as it is, in a table or out of it: no markup, no link, no mention."""
    text = visible(text)
    if len(text) > _LONGEST_TEXT:
        text = f"{text[: _LONGEST_TEXT - 1]}…"
    text = _MARKUP.sub(r"\\\1", text)
    text = _LEADING.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)
    text = _LIVE.sub(lambda match: match[0] + _BREAK, text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fitting(items: Sequence[_T], told: Callable[[_T], str], room: int) -> tuple[list[str], int]:
    """The lines of the first items, as many as fit in so many characters, and how many do not."""
    kept: list[str] = []
    for item in items:
        line = told(item)
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept, len(items) - len(kept)


def _causes(report: Report) -> Iterator[str]:
    told = [c for c in causes(report) if c.is_open and c.severity is not Severity.INFO]
    first = told[:_MAX_CAUSES]
    proven = proofs(report)
    tables = {table.id: table for table in report.tables}
    kept, _ = _fitting(first, lambda c: _cause(c, tables.get(c.table), proven, report), _ROOMS["causes"])
    if not kept:
        return
    yield "**Look at first**"
    if more := len(told) - len(kept):
        kept.append(f"- … and {more:,} more")
    yield "\n".join(kept)


def _cause(
    cause: Cause, table: Table | None, proven: Mapping[tuple[int, Address], Proof], report: Report
) -> str:
    diagnosis, known = cause.diagnosis, f", known since {report.since}" if cause.known else ""
    where = f"({escaped(f'{cause.noun}, {cause.table}{known}')})"
    if diagnosis is None or not diagnosis.changes:
        return f"- {escaped(cause.sentence(table))} {where}"
    told = [corrected(change, table) for change in diagnosis.changes[:_MAX_CHANGES]]
    if (more := len(diagnosis.changes) - len(told)) > 0:
        told.append(f"and {more:,} more")
    likely = likelihood_phrase(diagnosis.likelihood)
    changes = f" {escaped('; '.join(told))}: {likely}."
    first = diagnosis.changes[0].cell
    proof = proven.get((cause.number, (first.table, first.id)))
    shown = f" {escaped(f'{proof.line[:1].upper()}{proof.line[1:]}.')}" if proof and proof.after else ""
    return f"- {escaped(diagnosis.message)}{shown}{changes} {where}"


def _findings(report: Report) -> Iterator[str]:
    rows, advice = [], Advice(report)
    for finding in most_important(report):
        where = place(finding.cells[0]) if finding.cells else finding.table
        said = " ".join(part for part in (finding.message, standing_phrase(finding)) if part)
        severity = f"{finding.severity}{', known' if finding.known else ''}"
        rows.append((severity, said, where, _advice(finding, advice)))
    summary = f"Findings: {findings_phrase(report.findings)}"
    yield from _folded(summary, ("Severity", "Finding", "Place", "Cause"), rows, _ROOMS["findings"])


def _advice(finding: Finding, advice: Advice) -> str:
    proposal = advice.proposal(finding)
    return f"{advice.cause(finding)}{f': {proposal}' if proposal else ''}; id {short(finding.id)}"


def _failures(report: Report) -> Iterator[str]:
    rows = [(failed, problem) for failed, problems in failures(report) for problem in problems]
    yield from _folded(failures_phrase(report), ("Where", "Problem"), rows, _ROOMS["failures"])


def _unchecked(report: Report) -> Iterator[str]:
    rows = [(table, "; ".join(lines)) for table, lines in unchecked.told(report)]
    yield from _folded("Checked by no sum", ("Table", "What"), rows, _ROOMS["unchecked"])


def _gaps(report: Report) -> Iterator[str]:
    rows = [(gap.counted, gap.table, gap.reason) for gap in gaps(report)]
    summary = f"Not evaluated: {gaps_phrase(report)} (unknown is never a pass)"
    yield from _folded(summary, ("Number", "Table", "Reason"), rows, _ROOMS["gaps"])


def _decisions(report: Report) -> Iterator[str]:
    rows = [
        (finding.message, ruling_phrase(finding.decision) if finding.decision else finding.status)
        for finding in decided(report.findings)
    ]
    summary = f"Decided: {counted(len(rows), 'finding')}"
    yield from _folded(summary, ("Finding", "Ruling"), rows, _ROOMS["decisions"])


def _folded(summary: str, head: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> Iterator[str]:
    """A table that is opened by a click; nothing without rows."""
    kept, left_out = _fitting(rows, _row, room)
    if not kept and not left_out:
        return
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *kept]
    more = f"\n\n… and {left_out:,} more, left out here." if left_out else ""
    table = "\n".join(lines)
    yield f"<details>\n<summary>{escaped(summary)}</summary>\n\n{table}{more}\n\n</details>"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(escaped, cells))} |"
