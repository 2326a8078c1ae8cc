"""A table's run, diagnosed: its broken identities, and its odd values."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from amyqa.diagnosis.misprints import ErrorMechanisms
from amyqa.model import Finding, TableDiagnosis
from amyqa.pipeline.running import TableRun
from amyqa.rules.collector import Evaluated, ResultCollector
from amyqa.rules.rule import RuleRun

if TYPE_CHECKING:
    from amyqa.diagnosis.tables import Summed

WHOLE = 20_000
"""Up to so many identities a table is diagnosed whole, beyond only around what is broken."""


def diagnose(each: TableRun, shares: ErrorMechanisms) -> list[TableDiagnosis]:
    """Explain a table's broken identities, with the holding ones around them, and its odd values."""
    collector = each.collector
    table = collector.observations.table
    odd = _odd(collector)
    if not (collector.broken or odd) or table.spec.fields is not None:
        return []
    from amyqa.diagnosis.series import Lines, diagnose_value
    from amyqa.diagnosis.tables import diagnose_table, keeps

    cells = {cell for broken in collector.broken for cell, _ in broken.judged.terms if cell > 0}
    of_odd: dict[int, list[Summed]] = {findings[0].cells[0].id: [] for _, findings in odd}
    sums = _summed(each, cells | of_odd.keys())
    for one in sums:
        for id in one.terms.keys() & of_odd.keys():
            of_odd[id].append(one)
    diagnoses = diagnose_table(collector, sums, shares=shares)
    mended = {change.cell.id: change.proposed for told in diagnoses for change in told.changes}
    lines = Lines(table)
    for ran, findings in odd:
        cell = findings[0].cells[0]
        bears = partial(keeps, of_odd[cell.id], cell, collector.observations.shape.scale)
        fits = mended[cell.id].__eq__ if cell.id in mended else bears
        told = diagnose_value(ran, findings[0], table, fits, lines)
        if told is not None and (told.located or ran.rule.name == "range"):
            explains = tuple(finding.id for finding in findings)
            diagnoses.append(dataclasses.replace(told, explains=explains))
    return diagnoses


def _summed(each: TableRun, cells: set[int]) -> list[Summed]:
    """The evaluated identities with their terms; of a very large table, those around some cells."""
    from amyqa.diagnosis.tables import Summed

    around = cells if each.collector.counts.evaluated > WHOLE else None
    terms = {id(ran): each.terms(ran, around) for ran in each.rans if ran.outcome.judged}
    evaluated = list(each.collector.evaluated(terms))
    lines = _lines(each, evaluated) if around is not None else {}
    return [
        Summed(one, terms[id(one.ran)][one.judged.key], lines.get((id(one.ran), one.judged.key), 0))
        for one in evaluated
    ]


def _lines(each: TableRun, evaluated: Sequence[Evaluated]) -> dict[tuple[int, int], int]:
    """How many lines the relations of broken identities have in the whole table, by rule's run and key."""
    broken: dict[int, tuple[RuleRun, list[int]]] = {}
    for one in evaluated:
        if one.finding is not None:
            broken.setdefault(id(one.ran), (one.ran, []))[1].append(one.judged.key)
    return {
        (run, key): lines
        for run, (ran, keys) in broken.items()
        for key, lines in each.lines_alike(ran, keys).items()
    }


def _odd(collector: ResultCollector) -> list[tuple[RuleRun, list[Finding]]]:
    """Values out of their range, and outliers of their series; each cell once, with all that is said."""
    found: dict[int, tuple[RuleRun, list[Finding]]] = {}
    for name in ("range", "outliers"):
        for ran, finding in collector.violated:
            if ran.rule.name == name:
                found.setdefault(finding.cells[0].id, (ran, []))[1].append(finding)
    return list(found.values())
