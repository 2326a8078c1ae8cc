"""JUnit XML as Jenkins, GitLab and others read it: a table is a suite, a rule on it a test case."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from amyqa.characters import visible
from amyqa.model import Report, Severity
from amyqa.reports.ci.cases import CaseState, RuleCase, cases

_MAX_LINES = 200
"""Of one case; test reports are read in narrow columns, and the whole is in the other formats."""


def render(report: Report, fail_on: Severity | None = Severity.ERROR) -> str:
    """The report as JUnit XML.

    A case fails for open, new findings at or above `fail_on`; a table that could not be checked is an
    error. What was ruled on, and what could not be
    evaluated, is skipped, with the ruling or the reason; what remains is told as a case's output.
    """
    everything = list(cases(report, fail_on))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuites name="amyqa" {_numbers(everything)}>')
    for table, group in groupby(everything, key=lambda case: case.table):
        members = list(group)
        file = f" file={_attribute(members[0].file)}" if members[0].file else ""
        skipped = sum(case.state in (CaseState.SKIPPED, CaseState.DECIDED) for case in members)
        head = f'name={_attribute(table)} {_numbers(members)} skipped="{skipped}" time="0"'
        lines.append(f"  <testsuite {head}{file}>")
        for case in members:
            lines += _case(case)
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>"]) + "\n"


def _numbers(members: list[RuleCase]) -> str:
    failed, errors = (
        sum(case.state is state for case in members) for state in (CaseState.FAILED, CaseState.ERROR)
    )
    return f'tests="{len(members)}" failures="{failed}" errors="{errors}"'


def _case(case: RuleCase) -> Iterable[str]:
    head = f'<testcase name={_attribute(case.name)} classname={_attribute(case.table)} time="0"'
    inside = []
    if case.state is CaseState.FAILED:
        message = _attribute(case.headline)
        inside.append(f'<failure type="finding" message={message}>{_text(case.sentences)}</failure>')
    elif case.state is CaseState.ERROR:
        message = _attribute(case.headline)
        inside.append(f'<error type="not checked" message={message}>{_text(case.sentences)}</error>')
    elif case.state is not CaseState.PASSED:
        kind = "decided" if case.state is CaseState.DECIDED else "not evaluated"
        message = _attribute(case.headline)
        inside.append(f'<skipped type="{kind}" message={message}>{_text(case.sentences)}</skipped>')
    if case.asides:
        inside.append(f"<system-out>{_text(case.asides)}</system-out>")
    if not inside:
        return [f"    {head}/>"]
    return [f"    {head}>", *(f"      {line}" for line in inside), "    </testcase>"]


def _attribute(text: str) -> str:
    return quoteattr(visible(text))


def _text(sentences: tuple[str, ...]) -> str:
    shown = list(sentences[:_MAX_LINES])
    if more := len(sentences) - len(shown):
        shown.append(f"… and {more:,} more")
    return escape("\n".join(map(visible, shown)))
