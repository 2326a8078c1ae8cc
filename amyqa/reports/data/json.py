"""The JSON report, version 1: a public contract that :mod:`amyqa.reports.data.document` describes."""

from __future__ import annotations

import json
from decimal import Decimal

from amyqa.characters import HIDDEN
from amyqa.errors import Problem
from amyqa.model import (
    Cell,
    Change,
    Counts,
    CubeSummary,
    Decision,
    Finding,
    Imprint,
    NotEvaluated,
    Report,
    Severity,
    TableDiagnosis,
    Unchecked,
)
from amyqa.reports.causes import causes
from amyqa.reports.certainty import proposed
from amyqa.reports.data.document import (
    VERSION,
    CauseEntry,
    CellEntry,
    ChangeEntry,
    CubeEntry,
    DecisionEntry,
    DiagnosisEntry,
    Document,
    FindingEntry,
    Identities,
    ImprintEntry,
    NotEvaluatedEntry,
    ProblemEntry,
    Severities,
    UncheckedEntry,
    schema,
)
from amyqa.reports.phrases import by_severity, by_table
from amyqa.reports.proofs import proofs
from amyqa.reports.rulings import overrides

__all__ = ["VERSION", "exact", "render", "schema"]


def render(report: Report) -> str:
    """The report as JSON text; the same report gives the same bytes.

    Numbers are exact: an integer, a float that reads back as the printed decimal, or a string.
    """
    text = json.dumps(_report(report), ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    # The report goes to terminals and pipes as well: no control characters, no half surrogates.
    return HIDDEN.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", text)


def _report(report: Report) -> Document:
    findings = dict(by_table(report.findings))
    return {
        "version": VERSION,
        "engine": report.engine,
        "imprint": _imprint(report.imprint),
        "summary": {
            "tables": len(report.tables),
            "cells": report.cells,
            "identities": _identities(report.total),
            "findings": _severities(report.findings),
            "overrides": overrides(report),
        },
        "since": report.since or None,
        "tables": [
            {
                "table": table.id,
                "title": table.spec.title,
                "file": table.file,
                "cells": report.size(table),
                "identities": _identities(report.counts.get(table.id, Counts())),
                "findings": _severities(findings.get(table.id, ())),
            }
            for table in report.tables
        ],
        "findings": [_finding(finding) for finding in report.findings],
        "diagnoses": _diagnoses(report),
        "causes": _causes(report),
        "not_evaluated": [_not_evaluated(entry) for entry in report.not_evaluated],
        "failures": [
            {
                "table": each.table,
                "file": each.file or None,
                "problems": [_problem(problem) for problem in each.problems],
                "partly": each.partly,
            }
            for each in report.failures
        ],
        "unchecked": [
            _unchecked(table.id, report.unchecked[table.id])
            for table in report.tables
            if table.id in report.unchecked
        ],
        "cubes": [_cube(id, cube) for id, cube in sorted(report.cubes.items())],
        "decisions": [
            {"standing": standing.value, **_decision(decision)} for decision, standing in report.decisions
        ],
    }


def _imprint(imprint: Imprint | None) -> ImprintEntry | None:
    if imprint is None:
        return None
    return {
        "yearbook": imprint.yearbook,
        "editions": list(imprint.editions),
        "commit": imprint.commit or None,
        "changed": imprint.changed,
        "time": imprint.time.isoformat(timespec="seconds"),
        "version": imprint.version,
    }


def _causes(report: Report) -> list[CauseEntry]:
    tables = {table.id: table for table in report.tables}
    return [
        {
            "id": cause.id,
            "kind": cause.noun,
            "table": cause.table,
            "severity": Severity(cause.severity).value,
            "status": "known" if cause.known else "open" if cause.is_open else "decided",
            "likelihood": cause.diagnosis.likelihood if cause.diagnosis and cause.located else None,
            "message": cause.sentence(tables.get(cause.table)),
            "findings": [finding.id for finding in cause.findings],
            "diagnosis": cause.number - 1 if cause.diagnosis else None,
        }
        for cause in causes(report)
    ]


def _cube(id: str, cube: CubeSummary) -> CubeEntry:
    return {
        "table": id,
        "observations": cube.observations,
        "identities": _identities(Counts(cube.evaluated, cube.broken, cube.not_evaluated)),
        "shown": _identities(Counts(cube.shown, cube.shown, cube.not_evaluated_shown)),
        "sampled": cube.sampled,
        "repeated": cube.repeated,
        "uncovered": cube.uncovered,
    }


def _problem(problem: Problem) -> ProblemEntry:
    return {
        "message": problem.message,
        "mend": problem.hint,
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "key": problem.key,
    }


def _identities(counts: Counts) -> Identities:
    return {
        "evaluated": counts.evaluated,
        "broken": counts.broken,
        "not_evaluated": counts.not_evaluated,
    }


def _severities(findings: tuple[Finding, ...] | list[Finding]) -> Severities:
    numbers = by_severity(findings)
    return {
        "error": numbers[Severity.ERROR],
        "warning": numbers[Severity.WARNING],
        "info": numbers[Severity.INFO],
    }


def _finding(finding: Finding) -> FindingEntry:
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
        "decision": _decision(finding.decision) if finding.decision is not None else None,
        "standing": finding.standing.value if finding.standing is not None else None,
        "known": finding.known,
    }


def _decision(decision: Decision) -> DecisionEntry:
    return {
        "finding": decision.finding,
        "table": decision.table,
        "rule": decision.rule,
        "severity": decision.severity.value,
        "where": dict(decision.where),
        "relation": decision.relation,
        "printed": dict(decision.printed),
        "message": decision.message,
        "ruling": decision.ruling.value,
        "reason": decision.reason,
        "who": decision.who,
        "date": decision.date.isoformat(),
        "expires": decision.expires.isoformat() if decision.expires is not None else None,
        "file": decision.file,
        "line": decision.line,
    }


def _cell(cell: Cell) -> CellEntry:
    entry: CellEntry = {
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
    if cell.address:
        entry["address"] = cell.address
    return entry


def _diagnoses(report: Report) -> list[DiagnosisEntry]:
    proven = proofs(report)
    told = []
    for number, diagnosis in enumerate(report.diagnoses, 1):
        entry = _diagnosis(diagnosis)
        for change, written in zip(diagnosis.changes, entry["changes"], strict=True):
            proof = proven.get((number, (change.cell.table, change.cell.id)))
            if proof is not None and proof.after:
                written["proof"] = {
                    "finding": proof.finding.id,
                    "alone": proof.alone,
                    "before": proof.before,
                    "after": proof.after,
                }
        told.append(entry)
    return told


def _diagnosis(diagnosis: TableDiagnosis) -> DiagnosisEntry:
    return {
        "table": diagnosis.table,
        "message": diagnosis.message,
        "explains": list(diagnosis.explains),
        "located": diagnosis.located,
        "settled": diagnosis.settled,
        "likelihood": _share(diagnosis.likelihood),
        "missing": _share(diagnosis.missing),
        "unique": diagnosis.unique,
        "smallest": diagnosis.smallest,
        "ties": diagnosis.ties,
        "next_best": diagnosis.next_best,
        "proven": diagnosis.proven,
        "reached": diagnosis.search_truncated,
        "assumptions": list(diagnosis.assumptions),
        "changes": [_change(change) for change in diagnosis.changes],
        "alternatives": [
            {
                "likelihood": _share(alternative.likelihood),
                "changes": [_change(change) for change in alternative.changes],
            }
            for alternative in diagnosis.alternatives
        ],
    }


def _share(likelihood: float) -> float:
    """Twelve digits: the last ones of a float differ from one machine to the next."""
    return float(f"{likelihood:.12g}")


def _change(change: Change) -> ChangeEntry:
    cell = change.cell
    entry: ChangeEntry = {
        "row": cell.row,
        "column": cell.column,
        "printed": cell.token,
        "proposed": proposed(change),
        "kind": change.kind,
        "role": change.role,
        "message": change.message,
        "file": cell.file,
        "line": cell.line,
        "column_number": cell.position,
        "source_line": cell.source_line,
    }
    if cell.address:
        entry["address"] = cell.address
    return entry


def _not_evaluated(entry: NotEvaluated) -> NotEvaluatedEntry:
    return {
        "table": entry.table,
        "rule": entry.rule,
        "relation": entry.relation,
        "where": dict(entry.where),
        "reason": entry.reason,
        "identity": entry.identity,
    }


def _unchecked(table: str, entry: Unchecked) -> UncheckedEntry:
    return {
        "table": table,
        "totals": [
            {
                "row": total.label if total.is_row else None,
                "column": None if total.is_row else total.label,
                "across": list(total.across),
                "whole": total.whole,
            }
            for total in entry.totals
        ],
        "columns": list(entry.columns),
        "rows": list(entry.rows),
        "partly": [
            {
                "row": line.label if line.is_row else None,
                "column": None if line.is_row else line.label,
                "unchecked": line.unchecked,
                "numbers": line.numbers,
            }
            for line in entry.partly
        ],
        "texts": list(entry.texts),
        "whole": entry.whole,
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
