"""Words about decisions that all reports share: what was ruled, what it does today, what the gate says."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from amyqa.characters import visible
from amyqa.model import Decision, DecisionStatus, Finding, Report, Ruling, Severity
from amyqa.model.findings import contradict
from amyqa.reports.causes import Cause, causes, kinds
from amyqa.reports.phrases import by_severity, counted, failed_phrase, verdict

UNMATCHED = {
    DecisionStatus.STALE: "nothing is found there any more",
    DecisionStatus.IDLE: "what it is about could not be evaluated",
}
"""What is said of decisions without a finding."""


def decided(findings: Iterable[Finding]) -> list[Finding]:
    """Those that a decision in force is about, in the order given."""
    return [finding for finding in findings if not finding.is_open]


def overrides(report: Report) -> dict[str, int]:
    """How many findings of each rule stand though it is broken, most first; rules without any are left out.

    A number that was corrected, or is asked of its source, overrides no rule.
    """
    kept = (Ruling.EXPLAINED.value, Ruling.KEPT.value)
    numbers = Counter(finding.rule for finding in report.findings if finding.status in kept)
    return dict(sorted(numbers.items(), key=lambda item: (-item[1], item[0])))


def contradictions(report: Report, now: Mapping[str, str] = MappingProxyType({})) -> list[Cause]:
    """Causes of which some findings are ruled corrected, and others to stand.

    Args:
        now: rulings made since the check, by the findings' ids.
    """
    return [
        cause
        for cause in causes(report)
        if contradict(now.get(finding.id, finding.status) for finding in cause.findings)
    ]


def contradiction_phrase(cause: Cause) -> str:
    """``2 findings are corrected, but 1 is kept as printed: one number cannot be both``."""
    numbers = Counter(finding.status for finding in cause.findings if not finding.is_open)
    said = [f"{number:,} {ruling}" for ruling, number in numbers.items() if ruling != Ruling.ASKED]
    return f"of its findings, {' and '.join(said)}: one number cannot be wrong and stand"


def by_whom(decision: Decision) -> str:
    """``decision of A. Editor, 2026-11-02``."""
    return f"decision of {decision.who}, {decision.date.isoformat()}"


def ruling_phrase(decision: Decision) -> str:
    """``kept as printed: the source has it so (A. Editor, 2026-11-02; until 2027-01-31)``."""
    return f"{decision.ruling}: {decision.reason.rstrip('.')} ({_signed(decision)})"


def _signed(decision: Decision) -> str:
    until = f"; until {decision.expires.isoformat()}" if decision.expires is not None else ""
    return f"{decision.who}, {decision.date.isoformat()}{until}"


def standing_phrase(finding: Finding) -> str:
    """What a decision does to a finding, in one sentence; "" where there is none."""
    decision = finding.decision
    if decision is None:
        return ""
    if finding.standing is DecisionStatus.REOPENED:
        changed = _changed(finding, decision)
        return f"Reopened by a changed number{changed}. Before: {ruling_phrase(decision)}."
    if finding.standing is DecisionStatus.EXPIRED:
        return f"Open again, the decision has expired. Before: {ruling_phrase(decision)}."
    return f"Decided: {ruling_phrase(decision)}."


def _changed(finding: Finding, decision: Decision) -> str:
    """`` (2006, Male: 267, now 268)``: the tokens that are not those decided on."""
    now = finding.tokens
    told = [
        f"{place}: {before}, now {now[place]}"
        for place, before in decision.printed.items()
        if place in now and now[place] != before
    ]
    return f" ({'; '.join(told)})" if told else ""


def gate(report: Report, fail_on: Severity | None) -> str:
    """Why the check fails or passes, in a line that is understood at midnight.

    ``FAILED: 2 likely misprints (3 cells); 3 open errors (2 new, 1 reopened by a changed number: decision
    of A. Editor, 2026-11-02). 110 decided.``
    """
    stopping = report.failing(fail_on)
    parts = [_stopping(stopping, report) if stopping else _passing(report, fail_on)]
    if not stopping and verdict(report).startswith("Not ready"):  # nobody reads "passed" as "not gated"
        parts = [f"The gate lets it through: {parts[0].removeprefix('PASSED: ')}"]
    if report.failures:
        first = parts if stopping else ["FAILED:"]
        parts = [*first, f"{failed_phrase(report.failures)}."]
    if number := len(decided(report.findings)):
        parts.append(f"{number:,} decided.")
    if torn := len(contradictions(report)):
        parts.append(f"{counted(torn, 'cause')} with rulings that contradict each other.")
    if known := sum(finding.known and finding.is_open for finding in report.findings):
        parts.append(f"{known:,} open since before {report.since}, not counted.")
    if stale := sum(standing is DecisionStatus.STALE for _, standing in report.decisions):
        parts.append(f"{counted(stale, 'decision')} stale: nothing is found there any more.")
    return " ".join(parts)


def _stopping(findings: Sequence[Finding], report: Report) -> str:
    numbers = " and ".join(
        counted(number, f"open {severity}") for severity, number in by_severity(findings).items() if number
    ).replace("open info", "open remarks")
    ids = {finding.id for finding in findings}
    behind = [cause for cause in causes(report) if any(f.id in ids for f in cause.findings)]
    numbers = f"{kinds(behind)}; {numbers}"
    reopened = [f for f in findings if f.standing is DecisionStatus.REOPENED]
    expired = [f for f in findings if f.standing is DecisionStatus.EXPIRED]
    new = len(findings) - len(reopened) - len(expired)
    why = []
    if new and (reopened or expired or report.since):
        why.append(f"{new:,} new since {report.since}" if report.since else f"{new:,} new")
    if reopened:
        why.append(f"{len(reopened):,} reopened by a changed number: {_decisions(reopened)}")
    if expired:
        why.append(f"{len(expired):,} with an expired decision: {_decisions(expired)}")
    return f"FAILED: {numbers} ({', '.join(why)})." if why else f"FAILED: {numbers}."


def _decisions(findings: Iterable[Finding]) -> str:
    """Whose decisions they were, each name and day once; of many the first."""
    told = list(dict.fromkeys(by_whom(f.decision) for f in findings if f.decision is not None))
    more = [f"{len(told) - 2:,} more"] if len(told) > 2 else []
    return " and ".join(told[:2] + more)


def _passing(report: Report, fail_on: Severity | None) -> str:
    if fail_on is None:
        return "PASSED: nothing fails this check."
    numbers = by_severity([finding for finding in report.findings if not finding.known])
    new = "new " if report.since else ""
    worse = " or worse" if fail_on is not Severity.ERROR else ""
    rest = sum(number for severity, number in numbers.items() if severity.rank > fail_on.rank)
    below = f" {counted(rest, 'less serious finding')} open." if rest else ""
    return f"PASSED: no {new}open {fail_on}{worse}.{below}"


def listed(decisions: Sequence[tuple[Decision, DecisionStatus]]) -> str:
    """Decisions for a terminal, each with its finding and reason; what needs attention first."""
    order = (
        DecisionStatus.REOPENED,
        DecisionStatus.EXPIRED,
        DecisionStatus.STALE,
        DecisionStatus.IDLE,
        DecisionStatus.APPLIES,
    )
    told = []
    for decision, standing in sorted(decisions, key=lambda pair: order.index(pair[1])):
        state = standing.value.upper() if standing is not DecisionStatus.APPLIES else standing.value
        told.append(visible(f"{decision.finding}  {state}: {decision.ruling} ({_signed(decision)})"))
        told += _wrapped(decision.table, decision.message, f"Reason: {decision.reason}")
        told.append(f"  {visible(decision.file)}:{decision.line}")
    numbers = Counter(standing for _, standing in decisions)
    tally = ", ".join(
        f"{numbers[standing]:,} {_TALLIED[standing]}" for standing in order if numbers[standing]
    )
    told.append(f"{counted(len(decisions), 'decision')}{': ' if tally else ''}{tally}.")
    return "\n".join(told) + "\n"


_TALLIED = {
    DecisionStatus.REOPENED: "reopened by a changed number",
    DecisionStatus.EXPIRED: "expired",
    DecisionStatus.STALE: "stale (nothing is found there any more)",
    DecisionStatus.IDLE: "about what could not be evaluated",
    DecisionStatus.APPLIES: "in force",
}


def _wrapped(*paragraphs: str) -> list[str]:
    return [
        f"  {line}"
        for paragraph in paragraphs
        for line in textwrap.wrap(visible(paragraph), 76, break_long_words=False, break_on_hyphens=False)
    ]
