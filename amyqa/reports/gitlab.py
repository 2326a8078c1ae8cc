"""GitLab's Code Quality report: open findings at their lines, for the merge request."""

from __future__ import annotations

import json

from amyqa.model import Finding, Report, Severity
from amyqa.reports.locations import file_of, in_repository
from amyqa.reports.phrases import visible

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.INFO: "info"}
_LONGEST = 1000


def render(report: Report) -> str:
    """A list of issues; GitLab itself tells which of them a merge request adds or mends.

    Findings that an editor ruled on are left out. A finding's fingerprint is its id.
    """
    issues: dict[str, object] = {}
    for finding in report.findings:
        if finding.is_open:
            issues.setdefault(finding.id, _issue(finding, report))
    return json.dumps(list(issues.values()), ensure_ascii=True, indent=2) + "\n"


def _issue(finding: Finding, report: Report) -> dict[str, object]:
    cell = finding.cells[0] if finding.cells else None
    message = visible(f"{finding.message} ({finding.table})")
    return {
        "description": message if len(message) <= _LONGEST else f"{message[: _LONGEST - 1]}…",
        "check_name": visible(f"amyqa/{finding.rule}"),
        "fingerprint": finding.id,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": in_repository(file_of(finding, report), report),
            "lines": {"begin": cell.line if cell else 1},
        },
    }
