"""A rule on a table as a test case, for JUnit and pytest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from amyqa.characters import visible
from amyqa.model import Finding, NotEvaluated, Report, Severity
from amyqa.reports.phrases import by_severity, counted, place, printed_at, where_phrase
from amyqa.reports.rulings import ruling_phrase, standing_phrase
from amyqa.rules.vocabulary import BY_NAME


class CaseState(StrEnum):
    """What a test runner makes of a case."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"  # could not be checked
    DECIDED = "decided"  # all that would fail it was ruled on
    SKIPPED = "skipped"  # not evaluated: never a pass


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One rule on one table.

    Args:
        file: the table's CSV, from the yearbook's folder ("": a table that was not read).
        name: the rule's; ``totals (not evaluated)`` where only a part of it could be evaluated.
        title: what holds.
        headline: the outcome in a sentence; of a case that passed, what holds.
        sentences: what failed or was ruled on, or why it was not evaluated.
        asides: what is said beside it and fails nothing: below the gate, not new, ruled on.
    """

    table: str
    file: str
    name: str
    title: str
    state: CaseState
    headline: str
    sentences: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()


def cases(report: Report, fail_on: Severity | None = Severity.ERROR) -> Iterator[RuleCase]:
    """The cases of each table, tables in the order of the report, rules in that of the vocabulary.

    Args:
        fail_on: the severity from which on a finding fails its case; where nothing is to fail a check,
            what is wrong is still shown as failed: None is error.
    """
    gate = fail_on or Severity.ERROR
    for failure in report.failures:
        problems = tuple(visible(str(problem)) for problem in failure.problems)
        headline = f"{failure.how}: {problems[0]}"
        title = "the table can be read, and its family's rules run" if failure.table else "it can be read"
        yield RuleCase(failure.name, "", "reading", title, CaseState.ERROR, headline, problems)
    findings: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in report.findings:
        findings[finding.table, finding.rule].append(finding)
    gaps: defaultdict[tuple[str, str], list[NotEvaluated]] = defaultdict(list)
    for gap in report.not_evaluated:
        gaps[gap.table, gap.rule].append(gap)
    ran = {(each.table, each.rule): each for each in report.ran}
    order = {name: number for number, name in enumerate(BY_NAME)}
    tables = {table.id: number for number, table in enumerate(report.tables)}
    files = {table.id: table.file for table in report.tables}
    keys = dict.fromkeys([*ran, *findings, *gaps])
    for key in sorted(keys, key=lambda k: (tables.get(k[0], len(tables)), order.get(k[1], len(order)))):
        file, looked = files.get(key[0], ""), key in ran or key in findings
        if looked:
            number = ran[key].looked_at if key in ran else 0
            yield _judged(key, file, number, findings.get(key, ()), gate)
        if key in gaps:
            yield _unknown(key, file, gaps[key], partly=looked)


def told(finding: Finding) -> str:
    """A finding's sentence and its place, in one line, with the ruling where there is one."""
    said = f"{finding.severity.upper()}: {finding.message}"
    if finding.cells:
        cell = finding.cells[0]
        source = f" ({printed})" if (printed := printed_at(cell)) else ""
        said = f"{said} {place(cell)}{source}"
    if standing := standing_phrase(finding):
        said = f"{said} {standing}"
    return visible(said)


def _judged(
    key: tuple[str, str], file: str, number: int, findings: Iterable[Finding], gate: Severity
) -> RuleCase:
    table, rule = key
    failing: list[Finding] = []
    decided: list[Finding] = []
    passing: list[Finding] = []
    for finding in findings:
        if finding.severity.rank > gate.rank or (finding.is_open and finding.known):
            passing.append(finding)
        else:
            (failing if finding.is_open else decided).append(finding)
    looked = f" of {number:,} looked at" if number else ""
    title = BY_NAME[rule].title if rule in BY_NAME else rule

    def case(state: CaseState, headline: str, said: list[Finding], beside: list[Finding]) -> RuleCase:
        asides = tuple(map(told, beside))
        sentences = tuple(map(told, said))
        return RuleCase(table, file, visible(rule), title, state, visible(headline), sentences, asides)

    if failing:
        severe = _numbers(failing)
        return case(
            CaseState.FAILED, f"{severe}{looked}: {failing[0].message}", failing, [*decided, *passing]
        )
    if decided:
        first = decided[0]
        ruling = ruling_phrase(first.decision) if first.decision else first.status
        headline = f"{counted(len(decided), 'finding')} decided: {ruling}"
        return case(CaseState.DECIDED, headline, decided, passing)
    return case(CaseState.PASSED, title, [], passing)


def _numbers(findings: Iterable[Finding]) -> str:
    return " and ".join(counted(n, severity) for severity, n in by_severity(findings).items() if n)


def _unknown(key: tuple[str, str], file: str, gaps: list[NotEvaluated], *, partly: bool) -> RuleCase:
    table, rule = key
    title = BY_NAME[rule].title if rule in BY_NAME else rule
    name = f"{visible(rule)} (not evaluated)" if partly else visible(rule)
    reasons = list(dict.fromkeys(gap.reason for gap in gaps))
    more = f"; and {counted(len(reasons) - 1, 'other reason')}" if len(reasons) > 1 else ""
    headline = visible(f"{len(gaps):,} not evaluated: {reasons[0]}{more}")
    sentences = []
    for gap in gaps:
        where = f" ({where_phrase(gap.where)})" if gap.where else ""
        sentences.append(visible(f"NOT EVALUATED: {gap.relation or gap.rule}{where}: {gap.reason}"))
    return RuleCase(table, file, name, title, CaseState.SKIPPED, headline, tuple(sentences))
