"""SARIF 2.1.0 (OASIS), as code scanning reads it: results at the lines and characters of the CSVs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from amyqa.characters import visible
from amyqa.model import Cell, Change, Finding, Report, Severity, Table
from amyqa.reports.certainty import cell_name, likelihood_phrase, proposed_as_printed
from amyqa.reports.ci.advice import Advice
from amyqa.reports.ci.locations import file_of, in_repository, span
from amyqa.reports.phrases import counted, failures, gaps
from amyqa.reports.rows import likeliest, most_important
from amyqa.reports.rulings import ruling_phrase, standing_phrase
from amyqa.rules.rule import Rule
from amyqa.rules.vocabulary import BY_NAME
from amyqa.rules.wording import as_printed

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS = 25_000
"""Code scanning refuses a run with more."""
_MAX_LOCATIONS = 100
_MAX_LINKS = 10
_MAX_GAPS = 1_000
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT = "%SRCROOT%"


def render(report: Report, version: str) -> str:
    """The report as a SARIF log with one run.

    Paths are relative to the repository. What an editor ruled on is a suppressed result. What could
    not be evaluated, and what is left out, is told among the tool's notifications.

    Args:
        version: of amyqa.
    """
    findings = [*most_important(report), *(f for f in report.findings if not f.is_open)]
    kept = findings[:MAX_RESULTS]
    rules = {name: i for i, name in enumerate(dict.fromkeys([*BY_NAME, *(f.rule for f in kept)]))}
    likely = likeliest(report)
    tables = {table.id: table for table in report.tables}
    advice = Advice(report)
    run = {
        "tool": {
            "driver": {
                "name": "amyqa",
                "version": version,
                "semanticVersion": version,
                "rules": [_rule(name, findings) for name in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": _text("the git repository, or the yearbook's folder")}},
        "invocations": [
            {
                "executionSuccessful": not report.failures,
                "toolExecutionNotifications": list(_notifications(report, len(findings) - len(kept))),
            }
        ],
        "results": [
            _result(f, report, rules[f.rule], likely.get(f.id, ((), 0.0)), tables, advice) for f in kept
        ],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=True) + "\n"


def _text(text: str) -> dict[str, str]:
    """A message of plain text: what would be a link or a placeholder in it is escaped (3.11.5, 3.11.6)."""
    told = re.sub(r"\{(\d+)\}", r"{{\1}}", visible(text))
    return {"text": re.sub(r"([\[\]])", r"\\\1", told) if "](" in told else told or "-"}


def _linked(text: str, cells: Sequence[Cell]) -> dict[str, str]:
    """A message that ends in links to the related locations (3.11.6); brackets of its own are escaped."""
    if not cells:
        return _text(text)

    def plain(words: str) -> str:
        told = re.sub(r"\{(\d+)\}", r"{{\1}}", visible(words))
        return re.sub(r"([\\\[\]])", r"\\\1", told)

    links = (f"[{plain(f'{cell_name(cell)}: {cell.token.strip()}')}]({i})" for i, cell in enumerate(cells))
    return {"text": f"{plain(text)} See {'; '.join(links)}."}


def _rule(name: str, findings: Iterable[Finding]) -> dict[str, Any]:
    found = next((finding for finding in findings if finding.rule == name), None)
    rule = BY_NAME.get(name) or Rule(name, found.ess if found else "", found.level if found else "", name, "")
    what = f"{rule.title[:1].upper()}{rule.title[1:]}."
    ess = f"ESS validation rule type {rule.ess}, level {rule.level}."
    return {
        "id": visible(rule.name),
        "name": visible(rule.expectation or rule.name),
        "shortDescription": _text(what),
        "fullDescription": _text(f"{what} {ess}"),
        "help": _text(f"{what} {ess} Correct the number, or decide on the finding (amyqa decide)."),
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "ess": visible(rule.ess),
            "level": visible(rule.level),
            "tags": ["official-statistics"],
        },
    }


def _result(
    finding: Finding,
    report: Report,
    rule: int,
    likely: tuple[tuple[Change, ...], float],
    tables: Mapping[str, Table],
    advice: Advice,
) -> dict[str, Any]:
    told = (finding.message, standing_phrase(finding) if finding.is_open else "", advice.sentence(finding))
    said = " ".join(filter(None, told))
    result: dict[str, Any] = {
        "ruleId": visible(finding.rule),
        "ruleIndex": rule,
        "kind": "fail",
        "level": _LEVELS[finding.severity],
        "message": _linked(said, finding.cells[1 : _MAX_LINKS + 1]),
        "locations": [_location(cell, report) for cell in finding.cells[:1]] or _whole(finding, report),
        # code scanning tells alerts apart by the second, and would else make one of several on a line
        "partialFingerprints": {
            "amyqa/v1": visible(finding.id),
            "primaryLocationLineHash": f"{visible(finding.id)}:1",
        },
        "properties": {
            "table": visible(finding.table),
            "caughtBy": visible(finding.caught_by),
            "cause": visible(advice.cause(finding)),
            "proposal": visible(advice.proposal(finding)),
        },
    }
    if others := finding.cells[1 : _MAX_LOCATIONS + 1]:
        result["relatedLocations"] = [
            {"id": i, **_location(cell, report), "message": _text(f"{cell_name(cell)}: {cell.token.strip()}")}
            for i, cell in enumerate(others)
        ]
    if not finding.is_open:
        ruling = ruling_phrase(finding.decision) if finding.decision else finding.status
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": visible(ruling)}
        ]
    if report.since:
        result["baselineState"] = "unchanged" if finding.known else "new"
    if fix := _fix(*likely, report, tables):
        result["fixes"] = [fix]
    return result


def _whole(finding: Finding, report: Report) -> list[dict[str, Any]]:
    """A finding about no cell stands at the first line of its table."""
    file = file_of(finding, report)
    if not file:
        return []
    return [{"physicalLocation": {"artifactLocation": _artifact(file, report), "region": {"startLine": 1}}}]


def _artifact(file: str, report: Report) -> dict[str, str]:
    return {"uri": uri(in_repository(file, report)), "uriBaseId": _ROOT}


def uri(path: str) -> str:
    """A path as a relative reference; a first segment with a colon would look like a scheme."""
    try:
        raw = path.encode("utf-8", "surrogateescape")  # a name of bytes that are no UTF-8
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "replace")
    return quote(raw, safe="/")


def _location(cell: Cell, report: Report) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(cell.file, report),
            "region": _region(cell, report),
        },
        "logicalLocations": [{"fullyQualifiedName": visible(f"{cell.table}[{cell.row}, {cell.column}]")}],
    }


def _region(cell: Cell, report: Report) -> dict[str, int]:
    place = span(cell, report)
    if place is None:
        return {"startLine": cell.line}
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _fix(
    changes: tuple[Change, ...], likelihood: float, report: Report, tables: Mapping[str, Table]
) -> dict[str, Any] | None:
    """The proposed numbers in the place of the printed ones; none where a cell's notation is its own."""
    replaced: dict[str, list[dict[str, Any]]] = {}
    for change in changes:
        cell, table = change.cell, tables.get(change.cell.table)
        place = span(cell, report)
        printed = cell.reading.value
        if table is None or place is None or printed is None:
            return None
        if as_printed(printed, cell, table) != cell.token:  # (0.6), 56a: not ours to rewrite
            return None
        text = table.origin.written(proposed_as_printed(change, table), place)
        region = _region(cell, report)
        replaced.setdefault(cell.file, []).append(
            {"deletedRegion": region, "insertedContent": {"text": text}}
        )
    if not replaced:
        return None
    return {
        "description": _text(f"The likeliest correction: {likelihood_phrase(likelihood)}."),
        "artifactChanges": [
            {"artifactLocation": _artifact(file, report), "replacements": replacements}
            for file, replacements in replaced.items()
        ],
    }


def _notifications(report: Report, left_out: int) -> Iterable[dict[str, Any]]:
    if left_out:
        text = f"{counted(left_out, 'finding')} left out: code scanning takes {MAX_RESULTS:,}."
        yield {"level": "warning", "message": _text(text)}
    for failed, problems in failures(report):
        yield {"level": "error", "message": _text(f"{failed}: {'; '.join(problems)}")}
    known = gaps(report)
    for gap in known[:_MAX_GAPS]:
        text = f"{gap.table}: {gap.counted} not evaluated: {gap.reason}"
        yield {"level": "note", "message": _text(text)}
    if (more := len(known) - _MAX_GAPS) > 0:
        yield {"level": "note", "message": _text(f"{counted(more, 'more reason')} left out.")}
