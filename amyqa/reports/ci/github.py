"""Annotations of GitHub Actions: workflow commands on stdout, the most important findings first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from amyqa.characters import visible
from amyqa.model import Finding, Report, Severity
from amyqa.reports.causes import headline
from amyqa.reports.ci.advice import Advice
from amyqa.reports.ci.locations import file_of, in_repository, span
from amyqa.reports.phrases import counted, failures, place, tally, verdict
from amyqa.reports.rulings import standing_phrase

MAX_OF_A_KIND = 10
"""GitHub shows ten errors, ten warnings and ten notices of a step; the last notice is the summary."""
_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_LONGEST = 4_000


def render(report: Report) -> str:
    """Annotations, one for each cause first; plain lines of what GitHub would not show; the summary.

    Findings that an editor ruled on, or that are not new, are only counted.
    """
    shown: Counter[str] = Counter({"notice": 1})
    annotations, rest = [], []
    for failed, problems in failures(report):
        shown["error"] += 1
        if shown["error"] <= MAX_OF_A_KIND:
            annotations.append(f"::error title={property(failed)}::{data(chr(10).join(problems)[:_LONGEST])}")
        else:
            rest += [visible(f"ERROR {problem}").replace("##[", "## [") for problem in problems]
    advice = Advice(report)
    for finding in advice.in_order(report.failing(Severity.INFO)):
        command = _COMMANDS[finding.severity]
        shown[command] += 1
        if shown[command] <= MAX_OF_A_KIND:
            annotations.append(_annotation(command, finding, report, advice))
        else:
            rest.append(_plain(finding))
    summary = " ".join(filter(None, (verdict(report), headline(report), tally(report))))
    if rest:
        summary += f" {counted(len(rest), 'finding')} not annotated: in the log and the report."
    return "".join(f"{line}\n" for line in [*annotations, *rest, f"::notice title=amyqa::{data(summary)}"])


def _annotation(command: str, finding: Finding, report: Report, advice: Advice) -> str:
    title = f"{finding.rule} ({finding.table})"
    known = [("file", in_repository(file_of(finding, report), report)), *_position(finding, report)]
    told = ",".join(f"{name}={property(value)}" for name, value in [*known, ("title", title)] if value)
    message = " ".join(part for part in (finding.message, standing_phrase(finding)) if part)
    return f"::{command} {told}::{data(f'{message[:_LONGEST]} {advice.sentence(finding)}')}"


def _position(finding: Finding, report: Report) -> Iterator[tuple[str, str]]:
    for cell in finding.cells[:1]:
        where = span(cell, report)
        yield "line", str(where.line if where else cell.line)
        if where and where.end_line == where.line:
            yield "col", str(where.column)
            yield "endColumn", str(max(where.column, where.end_column - 1))  # a blank cell has no character


def _plain(finding: Finding) -> str:
    where = f"{place(finding.cells[0])} " if finding.cells else ""
    # a runner takes "::" at the start of a line, and ##[ anywhere in it, for a command
    return visible(f"{finding.severity.upper()} {where}{finding.message}").replace("##[", "## [")


def data(text: str) -> str:
    """Text as a workflow command carries it."""
    return visible(text).replace("%", "%25")


def property(text: str) -> str:
    """A property's value as a workflow command carries it."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
