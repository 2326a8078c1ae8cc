"""GitLab's Code Quality report: open findings at their lines, for the merge request."""

from __future__ import annotations

import hashlib
import json

from amyqa.characters import visible
from amyqa.errors import Problem
from amyqa.model import Failure, Finding, Report, Severity
from amyqa.reports.ci.advice import Advice
from amyqa.reports.ci.locations import file_of, in_repository

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
_LONGEST = 1000


def render(report: Report) -> str:
    """A list of issues; GitLab itself tells which of them a merge request adds or mends.

    Findings that an editor ruled on are left out. A finding's fingerprint is its id.
    """
    issues: dict[str, object] = {}
    for failure in report.failures:
        for problem in failure.problems:
            fingerprint = hashlib.sha256(f"{failure.name}: {problem}".encode()).hexdigest()[:16]
            issues.setdefault(fingerprint, _stopped(failure, problem, fingerprint, report))
    advice = Advice(report)
    for finding in report.findings:
        if finding.is_open:
            issues.setdefault(finding.id, _issue(finding, report, advice))
    return json.dumps(list(issues.values()), ensure_ascii=True, indent=2) + "\n"


def _stopped(failure: Failure, problem: Problem, fingerprint: str, report: Report) -> dict[str, object]:
    """What keeps a table from being checked, or from being read whole."""
    return {
        "description": visible(f"{failure.name} {failure.how}: {problem}")[:_LONGEST],
        "check_name": "amyqa/could-not-be-checked",
        "fingerprint": fingerprint,
        "severity": "blocker",
        "location": {
            "path": in_repository(problem.file or failure.file or f"data/{failure.table}.yaml", report),
            "lines": {"begin": problem.line or 1},
        },
    }


def _issue(finding: Finding, report: Report, advice: Advice) -> dict[str, object]:
    cell = finding.cells[0] if finding.cells else None
    message, advised = visible(f"{finding.message} ({finding.table})"), visible(advice.sentence(finding))
    room = _LONGEST - len(advised) - 1
    message = message if len(message) <= room else f"{message[: max(room, 1) - 1]}…"
    return {
        "description": f"{message} {advised}"[:_LONGEST],
        "check_name": visible(f"amyqa/{finding.rule}"),
        "fingerprint": finding.id,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": in_repository(file_of(finding, report), report),
            "lines": {"begin": cell.line if cell else 1},
        },
    }
