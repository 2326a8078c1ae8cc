"""The JSON report, version 1: a public contract that :func:`schema` describes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from amyqa.model import Cell, Counts, Finding, NotEvaluated, Report, Severity
from amyqa.reports.phrases import HIDDEN, by_severity, by_table

VERSION = 1


def render(report: Report) -> str:
    """The report as JSON text; the same report gives the same bytes.

    Numbers are exact: an integer, a float that reads back as the printed decimal, or a string.
    """
    text = json.dumps(_report(report), ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    # The report goes to terminals and pipes as well: no control characters, no half surrogates.
    return HIDDEN.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", text)


def _report(report: Report) -> dict[str, Any]:
    findings = dict(by_table(report.findings))
    return {
        "version": VERSION,
        "engine": report.engine,
        "summary": {
            "tables": len(report.tables),
            "cells": report.cells,
            "identities": _identities(report.total),
            "findings": _severities(report.findings),
        },
        "tables": [
            {
                "table": table.id,
                "title": table.spec.title,
                "file": table.file,
                "cells": table.size,
                "identities": _identities(report.counts.get(table.id, Counts())),
                "findings": _severities(findings.get(table.id, ())),
            }
            for table in report.tables
        ],
        "findings": [_finding(finding) for finding in report.findings],
        "diagnoses": [],
        "not_evaluated": [_not_evaluated(entry) for entry in report.not_evaluated],
    }


def _identities(counts: Counts) -> dict[str, int]:
    return {
        "evaluated": counts.evaluated,
        "broken": counts.broken,
        "not_evaluated": counts.not_evaluated,
    }


def _severities(findings: tuple[Finding, ...] | list[Finding]) -> dict[str, int]:
    return {severity.value: number for severity, number in by_severity(findings).items()}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "table": finding.table,
        "rule": finding.rule,
        "ess": finding.ess,
        "level": finding.level,
        "severity": finding.severity.value,
        "caught_by": finding.caught_by,
        "where": dict(finding.where),
        "relation": finding.relation,
        "cells": [_cell(cell) for cell in finding.cells],
        "printed": exact(finding.printed),
        "computed": exact(finding.computed),
        "difference": exact(finding.difference),
        "message": finding.message,
        "status": finding.status,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "table": cell.table,
        "row": cell.row,
        "column": cell.column,
        "printed": cell.token,
        "status": cell.reading.status.value,
        "value": exact(cell.reading.value),
        "file": cell.file,
        "line": cell.line,
        "column_number": cell.position,
        "source_line": cell.source_line,
    }


def _not_evaluated(entry: NotEvaluated) -> dict[str, Any]:
    return {
        "table": entry.table,
        "rule": entry.rule,
        "relation": entry.relation,
        "where": dict(entry.where),
        "reason": entry.reason,
        "identity": entry.identity,
    }


def exact(value: Decimal | None) -> int | float | str | None:
    """A number that JSON carries without loss: whole, or a float that says the same, or text."""
    if value is None:
        return None
    if not value.is_finite() or abs(value.adjusted()) > 1000:
        return str(value)
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    return number if Decimal(repr(number)) == value else str(value)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the report.

    Objects are open: version 1 may gain keys, and a reader passes over those it does not know.
    """
    count = {"type": "integer", "minimum": 0}
    text = {"type": "string"}
    line = {"type": "integer", "minimum": 1}
    number = {"$ref": "#/$defs/number"}
    identities, severities, where = (
        {"$ref": f"#/$defs/{name}"} for name in ("identities", "severities", "where")
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:amyqa:report:{VERSION}",
        "title": "amyqa report",
        **_object(
            version={"const": VERSION},
            engine={**text, "description": "Who ran the suites."},
            summary=_object(tables=count, cells=count, identities=identities, findings=severities),
            tables=_list(
                _object(
                    table={**text, "description": "Path under data/ without its ending."},
                    title=text,
                    file={**text, "description": "The CSV, relative to the yearbook."},
                    cells=count,
                    identities=identities,
                    findings=severities,
                )
            ),
            findings={**_list({"$ref": "#/$defs/finding"}), "description": "Most serious first."},
            diagnoses=_list({"type": "object"}),
            not_evaluated={
                **_list(
                    _object(
                        table=text,
                        rule=text,
                        relation=text,
                        where=where,
                        reason=text,
                        identity={"type": "boolean", "description": "One identity; false: a whole rule."},
                    )
                ),
                "description": "What could not be judged, and why. Never a pass.",
            },
        ),
        "$defs": {
            "number": {
                "description": "Exact. A string where a float would not be; null where there is none.",
                "anyOf": [
                    {"type": "number"},
                    {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?([Ee][+-]?[0-9]+)?$"},
                    {"type": "null"},
                ],
            },
            "where": {
                "description": "Dimension (or row, column) to code.",
                "type": "object",
                "additionalProperties": text,
            },
            "identities": {
                "description": "Broken ones are among the evaluated.",
                **_object(evaluated=count, broken=count, not_evaluated=count),
            },
            "severities": {
                "description": "Number of open findings.",
                **_object(**dict.fromkeys((severity.value for severity in Severity), count)),
            },
            "finding": _object(
                id={**text, "description": "Fingerprint of rule, table, coordinates and printed tokens."},
                table=text,
                rule=text,
                ess={**text, "description": "Type of rule in the European Statistical System's list."},
                level={**text, "description": "Validation level, 0 to 5."},
                severity={"enum": [severity.value for severity in Severity]},
                caught_by={"enum": ["schema", "suite"]},
                where=where,
                relation={**text, "description": "What should hold."},
                cells={**_list({"$ref": "#/$defs/cell"}), "description": "The total first."},
                printed=number,
                computed=number,
                difference={**number, "description": "Printed minus computed."},
                message={**text, "description": "One sentence for an editor."},
                status={**text, "description": "open, or what an editor ruled."},
            ),
            "cell": _object(
                table=text,
                row=text,
                column=text,
                printed={**text, "description": "The token as it stands in the file."},
                status={"enum": ["value", "nil", "missing", "bound", "text"]},
                value=number,
                file=text,
                line={**line, "description": "Line of the file."},
                column_number={**line, "description": "Position of the field in that line, from 1."},
                source_line={
                    "description": "Line of the printed source.",
                    "anyOf": [line, {"type": "null"}],
                },
            ),
        },
    }


def _object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}
