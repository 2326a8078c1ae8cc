"""What no sum checks is named: totals first, then columns and rows of numbers outside any sum."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from amyqa import pipeline
from amyqa.model import Finding, PartlyChecked, Report, Severity, Unchecked
from amyqa.reports import unchecked as told_in
from amyqa.reports.data.json import render as as_json
from amyqa.reports.phrases import tally, unchecked_phrase, verdict
from tests.yearbooks import STATED, write_family, write_table

LINES = [
    ["Parish", "Men", "Women", "Total", "Yield %", "Code"],
    ["Ashford", "10", "12", "22", "3.1", "101"],
    ["Brill", "7", "6", "13", "2.0", "102"],
    ["Crewe", "5", "5", "10", "4.4", "103"],
    ["Total", "22", "23", "45", "9.9", ""],
]
ROWS = "Total = Men + Women"
TEXTS = "columns Yield %, Code declared text, though numbers are printed there"
PARISHES = ["Ashford", "Brill", "Crewe"]


def check(root: Path, spec: dict[str, Any], lines: list[list[str]] = LINES) -> Report:
    write_family(root, entries=[{"type": STATED}])
    write_table(root, "parishes", lines, {"rows": {"dimension": "parish"}, **spec})
    return pipeline.check([root], "duckdb")


def lines_of(report: Report) -> list[str]:
    return [line for _, lines in told_in.told(report) for line in lines]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (
            {"identities": {"in every row": [ROWS]}},
            ["total row Total", "columns Yield %, Code"],
        ),
        (
            {
                "identities": {
                    "cells": [f"[Total, Men] = {' + '.join(f'[{each}, Men]' for each in PARISHES)}"]
                }
            },
            ["totals row Total in Women, Total; column Total", "columns Women, Yield %, Code"],
        ),
        (
            {
                "columns": {
                    label: "text" if " " in label or label == "Code" else {"kind": label}
                    for label in LINES[0][1:]
                }
            },
            ["no sum checks this table, not even totals row Total; column Total", TEXTS],
        ),
    ],
)
def test_a_total_that_no_sum_makes_is_told_first(
    tmp_path: Path, spec: dict[str, Any], expected: list[str]
) -> None:
    assert lines_of(check(tmp_path, spec)) == expected


def test_a_corner_is_the_total_of_the_line_that_is_checked(tmp_path: Path) -> None:
    down = {"identities": {"in every column": {"Total": PARISHES}, "except in": ["Yield %", "Code"]}}
    assert lines_of(check(tmp_path, down)) == ["total column Total", "columns Yield %, Code"]


def test_a_total_of_part_timers_is_a_total(tmp_path: Path) -> None:
    lines = [[cell.replace("Total", "Total part-time") for cell in line] for line in LINES]
    spec: dict[str, Any] = {"columns": {label: {} for label in lines[0][1:]}}
    assert "column Total part-time" in lines_of(check(tmp_path, spec, lines))[0]


def test_a_verdict_never_says_that_all_holds_where_a_total_is_unchecked(tmp_path: Path) -> None:
    report = check(tmp_path, {"identities": {"in every row": [ROWS]}})
    assert verdict(report) == "No errors found, but not every total is checked."
    assert tally(report).endswith("1 total and 2 columns are checked by no sum.")
    assert not report.fails(Severity.INFO)


def test_what_a_formula_computes_by_taking_away_is_a_total(tmp_path: Path) -> None:
    lines = [
        ["Port", "Landed", "Discarded", "Total kept"],
        ["Ystad", "51", "9", "42"],
        ["Simrishamn", "40", "4", "36"],
    ]
    spec = {"identities": {"in every row": ["Total kept = Landed - Discarded"]}}
    assert check(tmp_path, spec, lines).unchecked == {}


def test_where_every_number_stands_in_a_sum_nothing_is_said(tmp_path: Path) -> None:
    lines = [line[:4] for line in LINES]
    both = {"in every row": [ROWS], "in every column": {"Total": PARISHES}}
    report = check(tmp_path, {"identities": both}, lines)
    assert (report.unchecked, unchecked_phrase(report)) == ({}, "")
    assert verdict(report) == "No errors: every identity holds."


def test_a_column_declared_text_that_prints_numbers_is_counted(tmp_path: Path) -> None:
    described: dict[str, Any] = {
        "Men": {"sex": "male"},
        "Women": {"sex": "female"},
        "Total": {"sex": "total"},
    }
    described |= {"Yield %": "text", "Code": "text"}
    both = {"in every row": [ROWS], "in every column": {"Total": PARISHES}}
    report = check(tmp_path, {"columns": described, "identities": both})
    assert lines_of(report) == [TEXTS]
    assert unchecked_phrase(report) == "2 columns are checked by no sum"


def test_a_column_with_the_code_of_a_total_is_one_only_beside_other_codes(tmp_path: Path) -> None:
    lines = [["year", "A", "B"], ["2001", "4", "5"], ["2002", "6", "7"]]
    lone = {"columns": {"A": {"sex": "total", "kind": "a"}, "B": {"sex": "total", "kind": "b"}}}
    assert lines_of(check(tmp_path, lone, lines)) == ["no sum checks this table"]


def test_a_cell_that_stands_for_a_total_and_for_its_only_part_is_no_open_total(tmp_path: Path) -> None:
    lines = [["year", "Nurses Total", "Total", "Men", "Women"], ["2001", "4", "9", "5", "4"]]
    lines.append(["2002", "3", "9", "6", "3"])
    columns = {
        "Nurses Total": {"job": "nurse", "sex": ["total", "female"]},
        "Total": {"job": "teacher", "sex": "total"},
        "Men": {"job": "teacher", "sex": "male"},
        "Women": {"job": "teacher", "sex": "female"},
    }
    sums = {"in every row": ["Total = Men + Women", "Women = Nurses Total"]}
    report = check(tmp_path, {"columns": columns, "identities": sums}, lines)
    assert report.unchecked == {}


def test_a_long_list_is_folded() -> None:
    many = Unchecked(columns=tuple("ABCDEFGHIJKL"))
    assert list(told_in.lines(many)) == ["12 columns A, B, … L"]


def test_one_number_of_a_row_that_stands_in_a_sum_does_not_check_the_others(tmp_path: Path) -> None:
    lines = [["Harbour", "2018", "2019", "2020"], ["Fowey", "4", "5", "6"], ["Looe", "3", "3", "9"]]
    lines += [["Rye", "2", "7", "1"], ["Total", "7", "8", "16"]]
    cells = [f"[Total, {year}] = [Fowey, {year}] + [Looe, {year}]" for year in ("2018", "2019")]
    cells.append("[Total, 2020] = [Fowey, 2020] + [Looe, 2020] + [Rye, 2020]")
    report = check(tmp_path, {"rows": {"dimension": "harbour"}, "identities": {"cells": cells}}, lines)
    assert lines_of(report) == ["Rye: 2 of 3 numbers are in no sum"]
    assert unchecked_phrase(report) == "2 other numbers are checked by no sum"
    [said] = json.loads(as_json(report))["unchecked"]
    assert said["partly"] == [{"row": "Rye", "column": None, "unchecked": 2, "numbers": 3}]


def test_single_numbers_are_told_by_the_lines_that_tell_them_shortest() -> None:
    by_column = Unchecked(partly=(PartlyChecked(False, "Boats", 9, 12),))
    assert list(told_in.lines(by_column)) == ["Boats: 9 of 12 numbers are in no sum"]
    many = Unchecked(partly=tuple(PartlyChecked(True, f"Port {n}", 1, 4) for n in range(15)))
    assert list(told_in.lines(many))[-1] == "3 more rows: 3 of 12 numbers are in no sum"


def test_no_verdict_passes_over_an_unchecked_total(tmp_path: Path) -> None:
    report = check(tmp_path, {"identities": {"in every row": [ROWS]}})
    [table] = report.tables
    warned = Finding("0" * 16, table.id, "range", "VIR", "1a", Severity.WARNING, "suite", {}, "", (), "Odd.")
    told = verdict(dataclasses.replace(report, findings=(warned,)))
    assert told.endswith("to correct or explain in 1 of 1 table; not every total is checked.")
    decided = dataclasses.replace(warned, status="explained")
    told = verdict(dataclasses.replace(report, findings=(decided,)))
    assert told == "No error or warning is open, but not every total is checked."


def test_a_table_without_any_sum_is_in_the_verdict(tmp_path: Path) -> None:
    both = {"in every row": [ROWS], "in every column": {"Total": PARISHES}}
    sheep = [["Parish", "Sheep"], ["Ashford", "10"], ["Brill", "4"]]
    write_table(tmp_path, "sheep", sheep, {"rows": {"dimension": "parish"}, "columns": {"Sheep": {}}})
    report = check(tmp_path, {"identities": both}, [line[:4] for line in LINES])
    assert verdict(report) == "No errors found, but no sum checks 1 of 2 tables."


@pytest.mark.parametrize(
    ("where", "formula", "expected"),
    [
        ("in every row", "Persons >= Men + Women", ["total column Persons"]),
        ("in every row", "Persons = Men + Women", []),
        ("in every row", "Persons >= Men", ["column Women"]),  # of one part it is a limit, and no sum
        ("in every column", "Ashford >= Brill + Crewe", ["total row Ashford"]),
        ("in every column", "Ashford = Brill + Crewe", []),
    ],
)
def test_a_total_that_is_only_bounded_below_is_checked_by_no_sum_whatever_it_is_called(
    tmp_path: Path, where: str, formula: str, expected: list[str]
) -> None:
    lines = [["Parish", "Men", "Women", "Persons"], ["Ashford", "12", "11", "23"], ["Brill", "7", "6", "13"],
             ["Crewe", "5", "5", "10"]]  # fmt: skip
    report = check(tmp_path, {"identities": {where: [formula]}}, lines)
    assert lines_of(report) == expected
    assert ("every identity holds" in verdict(report)) is (not expected or "total" not in expected[0])
