"""The sum that stands under a correction contains its cell, and the correction mends it."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal
from typing import Any

import pytest

from amyqa.model import Finding, Report, Table
from amyqa.reports.ci import markdown
from amyqa.reports.data import json as json_report
from amyqa.reports.proofs import Proof, proofs
from amyqa.reports.text import render as text
from tests.reports import builder

CATTLE = {
    "North": ("541", "210", "304"),  # 514: two digits swapped
    "South": ("320", "120", "200"),
    "Total": ("861", "330", "504"),  # 834: added up from it
}


def herds(**spec: Any) -> Table:
    return builder.table("herds", ("All", "Cows", "Bulls"), CATTLE, **spec)


def broken(table: Table, relation: str, *addresses: tuple[str, str], signs: str = "") -> Finding:
    signs = signs or "+" + "-" * (len(addresses) - 1)
    found = builder.finding(
        table, *addresses, relation=relation, coefficients=tuple(1 if s == "+" else -1 for s in signs)
    )
    if "+" in signs[1:]:
        values = [cell.reading.value or Decimal(0) for cell in found.cells]
        made = sum((-v if s == "+" else v for v, s in zip(values[1:], signs[1:], strict=True)), Decimal(0))
        found = dataclasses.replace(found, computed=made, difference=values[0] - made)
    return found


def row(table: Table, label: str) -> Finding:
    return broken(table, "All = Cows + Bulls", (label, "All"), (label, "Cows"), (label, "Bulls"))


def column(table: Table, label: str) -> Finding:
    return broken(table, "Total = North + South", ("Total", label), ("North", label), ("South", label))


def reported(table: Table, *findings: Finding, explained: bool = True) -> Report:
    changes = (
        builder.change(table, "North", "All", "514", kind="transposed digits"),
        builder.change(table, "Total", "All", "834", role="inherited"),
    )
    ids = tuple(finding.id for finding in findings) if explained else ()
    return builder.report(
        table, findings=findings, diagnoses=(builder.diagnosis(table, *changes, explains=ids),)
    )


def proof(report: Report, row: str, column: str) -> Proof | None:
    [cell] = builder.cells(report.tables[0], (row, column))
    return proofs(report).get((1, (cell.table, cell.id)))


def test_the_sum_that_the_correction_alone_mends_is_preferred_whatever_comes_first() -> None:
    table = herds()
    told = proof(
        reported(table, row(table, "Total"), column(table, "All"), row(table, "North")), "North", "All"
    )
    assert told is not None
    assert told.alone
    assert told.before == "Cows 210 + Bulls 304 = 514, not All 541"
    assert told.after == "Cows 210 + Bulls 304 = All 514"
    assert told.line == "Cows 210 + Bulls 304 = 514; printed 541"


def test_a_total_that_was_carried_over_stands_with_its_own_sum_after_the_corrections() -> None:
    table = herds()
    told = proof(reported(table, row(table, "North"), row(table, "Total")), "Total", "All")
    assert told is not None
    assert told.after == "Cows 330 + Bulls 504 = All 834"


def test_a_corrected_part_is_shown_with_what_the_sum_was() -> None:
    table = builder.table("herds", ("All", "Cows", "Bulls"), {"East": ("514", "201", "304")})
    found = row(table, "East")
    report = builder.report(
        table,
        findings=(found,),
        diagnoses=(
            builder.diagnosis(table, builder.change(table, "East", "Cows", "210"), explains=(found.id,)),
        ),
    )
    told = proof(report, "East", "Cows")
    assert told is not None
    assert told.line == "Cows 210 + Bulls 304 = All 514, as printed; with 201 it is 505"


def test_a_sum_without_the_cell_or_that_stays_broken_proves_nothing() -> None:
    table = herds()
    assert proof(reported(table, row(table, "South")), "North", "All") is None
    wrong = dataclasses.replace(row(table, "North"), difference=Decimal(77))
    assert proof(reported(table, wrong), "North", "All") is None


def test_deductions_keep_their_sign() -> None:
    table = builder.table("trade", ("Balance", "Exports", "Imports"), {"2011": ("95", "170", "111")})
    found = broken(
        table, "Balance", ("2011", "Balance"), ("2011", "Exports"), ("2011", "Imports"), signs="+-+"
    )
    found = dataclasses.replace(found, relation="Balance = Exports - Imports")
    change = builder.change(table, "2011", "Balance", "59")
    report = builder.report(
        table, findings=(found,), diagnoses=(builder.diagnosis(table, change, explains=(found.id,)),)
    )
    told = proof(report, "2011", "Balance")
    assert told is not None
    assert told.after == "Exports 170 − Imports 111 = Balance 59"


@pytest.mark.parametrize("relation", ["All >= Cows + Bulls", "All <= Cows + Bulls"])
def test_what_is_no_equation_is_not_written_as_one(relation: str) -> None:
    table = herds()
    found = dataclasses.replace(row(table, "North"), relation=relation)
    told = proof(reported(table, found), "North", "All")
    assert told is None or not told.after


def test_terminal_markdown_and_json_show_it() -> None:
    table = herds()
    report = reported(table, row(table, "Total"), column(table, "All"), row(table, "North"))
    assert "proof         Cows 210 + Bulls 304 = 514; printed 541." in text.render(report)
    assert "Cows 210 + Bulls 304 = 514; printed 541." in markdown.render(report)
    change = json.loads(json_report.render(report))["diagnoses"][0]["changes"][0]
    assert change["proof"] == {
        "finding": report.findings[2].id,
        "alone": True,
        "before": "Cows 210 + Bulls 304 = 514, not All 541",
        "after": "Cows 210 + Bulls 304 = All 514",
    }
