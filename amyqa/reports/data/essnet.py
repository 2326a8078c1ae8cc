"""The European Statistical System's generic validation report, version 1.0.1, in JSON.

Its structure: M. van der Loo and O. ten Bosch, *Design of a generic machine-readable validation report
structure* (ESSnet ValiDat Integration, 2017). One object for every validation, with its event, rule and
data; its value is ``"1"`` (holds), ``"0"`` (does not hold) or ``"NA"`` (could not be evaluated).
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from amyqa.characters import visible
from amyqa.model import Cell, Failure, Finding, NotEvaluated, RanRule, Report, Severity
from amyqa.reports.phrases import where_phrase
from amyqa.reports.rulings import ruling_phrase
from amyqa.rules.vocabulary import BY_NAME

_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "information"}


def render(report: Report, time: datetime.datetime, version: str) -> str:
    """Every finding, all that could not be evaluated, and what held, told once for each rule and table.

    Args:
        time: of the check, with its zone.
        version: of amyqa.
    """
    event = {
        "time": time.astimezone(datetime.UTC).strftime("%Y%m%dT%H%M%S+0000"),
        "actor": f"amyqa {version}",
        "agent": visible(report.engine),
        "trigger": visible(f"since {report.since}") if report.since else None,
    }
    seen: Counter[str] = Counter()
    validations = []
    for entry in _entries(report):
        id = visible(entry["id"])
        seen[id] += 1
        unique = id if seen[id] == 1 else f"{id}-{seen[id]}"
        validations.append({**entry, "id": unique, "type": "validation", "event": event})
    return json.dumps(validations, ensure_ascii=True, indent=2, sort_keys=True) + "\n"


def _entries(report: Report) -> Iterator[dict[str, Any]]:
    for finding in report.findings:
        yield _broken(finding)
    for failure in report.failures:
        yield _unread(failure)
    for gap in report.not_evaluated:
        yield _unknown(gap)
    for ran in report.ran:
        if ran.looked_at > ran.broken:
            yield _held(ran)


def _broken(finding: Finding) -> dict[str, Any]:
    rule = _rule(finding.rule, finding.relation, _SEVERITIES[finding.severity], finding.ess, finding.level)
    if finding.decision is not None and not finding.is_open:
        rule["explanation"] = visible(ruling_phrase(finding.decision))
    cells = [_key(cell) for cell in finding.cells]
    return {
        "id": finding.id,
        "rule": rule,
        "data": _data(cells, cells[:1] or [_table(finding.table)], finding.message),
        "value": "0",
    }


def _unread(failure: Failure) -> dict[str, Any]:
    """A table that could not be checked, or not whole (none of it, or not all, was evaluated), or a file."""
    keys = [_table(failure.name)]
    problems = "; ".join(str(problem) for problem in failure.problems)
    return {
        "id": _id(failure.name, "reading"),
        "rule": _rule("reading", "the table can be read, and its family's rules run", "error", "", ""),
        "data": _data(keys, keys, f"{failure.how}: {problems}"),
        "value": "NA",
    }


def _unknown(gap: NotEvaluated) -> dict[str, Any]:
    where = where_phrase(gap.where)
    known = BY_NAME.get(gap.rule)
    ess, level = (known.ess, known.level) if known else ("", "")
    keys = [_table(gap.table)]
    return {
        "id": _id(gap.table, gap.rule, gap.relation, where),
        "rule": _rule(gap.rule, gap.relation or gap.rule, "error", ess, level),
        "data": _data(keys, keys, f"{where}: {gap.reason}" if where else gap.reason),
        "value": "NA",
    }


def _held(ran: RanRule) -> dict[str, Any]:
    known = BY_NAME.get(ran.rule)
    title, ess, level = (known.title, known.ess, known.level) if known else (ran.rule, "", "")
    keys = [_table(ran.table)]
    held = f"{ran.looked_at - ran.broken:,} of {ran.looked_at:,} looked at hold"
    return {
        "id": _id(ran.table, ran.rule, "held"),
        "rule": _rule(ran.rule, title, "error", ess, level),
        "data": _data(keys, keys, held),
        "value": "1",
    }


def _rule(name: str, expression: str, severity: str, ess: str, level: str) -> dict[str, str]:
    known = BY_NAME.get(name)
    title = known.title if known else name
    about = f"{title} (ESS validation rule type {ess}, level {level})" if ess else title
    return {
        "language": "amyqa",
        "expression": visible(expression),
        "severity": severity,
        "description": visible(f"{name}: {about}"),
    }


def _data(source: list[list[str]], target: list[list[str]], description: str) -> Mapping[str, Any]:
    return {"source": source, "target": target, "description": visible(description)}


def _key(cell: Cell) -> list[str]:
    """Population, measurement, unit and variable: the table, its file's line, the row, the column."""
    return [visible(part) for part in (cell.table, f"{cell.file}:{cell.line}", cell.row, cell.column)]


def _table(id: str) -> list[str]:
    return [visible(id)]


def _id(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]
