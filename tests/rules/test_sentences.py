"""The sentence an editor reads, for every kind of broken sum."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from amyqa import pipeline
from amyqa.model import Finding, NotEvaluated
from tests.yearbooks import STATED, TOTALS, write_family, write_table

SEXES = {"T": {"sex": "total"}, "M": {"sex": "male"}, "F": {"sex": "female"}}
BY_YEAR: dict[str, Any] = {"rows": {"dimension": "year"}}
WITH_TOTAL: dict[str, Any] = {"rows": {"dimension": "year", "total": "Total"}}
RANGE = "expect_values_to_be_in_range"


def checked(
    root: Path, lines: str, spec: dict[str, Any], *entries: dict[str, Any]
) -> tuple[tuple[Finding, ...], tuple[NotEvaluated, ...]]:
    write_family(root, entries=entries)
    write_table(root, "table", lines, spec)
    report = pipeline.check([root], "duckdb")
    return report.findings, tuple(n for n in report.not_evaluated if n.identity)


def along(dimension: str) -> dict[str, Any]:
    return {"type": TOTALS, "kwargs": {"dimension": dimension}}


def sexes(root: Path, row: str, header: str = "Year,T,M,F", **spec: Any) -> str:
    """The sentence about one row of total, male and female that do not add up."""
    whole = {**BY_YEAR, "columns": SEXES, **spec}
    [finding], _ = checked(root, f"{header}\n{row}\n", whole, along("sex"))
    return finding.message


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ('Total,"6,619","1,807","4,908"', "male 1,807 + female 4,908 = 6,715; 96 too few."),
        ("Total,10,4,5", "male 4 + female 5 = 9; 1 too many."),
        ("Total,5,..,6", "male .. + female 6 already make 6; at least 1 too few."),
        ("Total,5,,6", "male blank + female 6 already make 6; at least 1 too few."),
        ("Total,5,10 up,6", "male 10 up + female 6 already make 16; at least 11 too few."),
        ("Total,<5,2,6", "male 2 + female 6 already make 8; at least 4 too few."),
        ("Total,5 or fewer,2,6", "male 2 + female 6 already make 8; at least 3 too few."),
        ("Total,50,10 or fewer,6", "male 10 or fewer + female 6 make at most 16; at least 34 too many."),
        ("Total,50 up,10,6", "male 10 + female 6 make at most 16; at least 34 too many."),
        ("Total,50,<10,6", "male <10 + female 6 make at most 15; at least 35 too many."),
        ("Total,-5,(2),-4", "male (2) + female -4 = -6; 1 too many."),
        ("Total,12*,4¹,5 a", "male 4¹ + female 5 a = 9; 3 too many."),
        ("Total,5.1,2.25,1", "male 2.25 + female 1 = 3.25; 1.85 too many."),
        ("Total,6.50,2.20,4.20", "male 2.20 + female 4.20 = 6.40; 0.1 too many."),
    ],
)
def test_a_sum_is_told_as_printed_with_what_it_should_be(tmp_path: Path, row: str, sentence: str) -> None:
    total = row.split('"')[1] if '"' in row else row.split(",")[1]
    told = sexes(tmp_path, row, rows={"dimension": "year", "total": "Total"})
    assert told == f"Total row: total is printed {total}; {sentence}"


def test_a_row_that_is_not_the_total_is_told_by_its_label(tmp_path: Path) -> None:
    assert sexes(tmp_path, "2003,10,4,5").startswith("2003: total is printed 10; ")


def test_figures_are_told_in_the_tables_own_notation(tmp_path: Path) -> None:
    marks = {"decimal": ",", "thousands": ".", "delimiter": ";"}
    assert sexes(tmp_path, "2003;6.619,5;1.807,2;4.908,0", "Year;T;M;F", **marks) == (
        "2003: total is printed 6.619,5; male 1.807,2 + female 4.908,0 = 6.715,2; 95,7 too few."
    )
    assert sexes(tmp_path, "2003,6 619,1 807,4 908", thousands=" ") == (
        "2003: total is printed 6 619; male 1 807 + female 4 908 = 6 715; 96 too few."
    )


def test_a_dash_that_is_zero_is_told_as_zero_among_the_parts(tmp_path: Path) -> None:
    assert sexes(tmp_path, "2003,2,-,3", nil=["-"]) == (
        "2003: total is printed 2; male 0 + female 3 = 3; 1 too few."
    )
    assert sexes(tmp_path, "2003,-,2,-", nil=["-"]) == (
        "2003: total is printed -; male 2 + female 0 = 2; 2 too few."
    )


def test_a_structural_zero_is_told_as_zero(tmp_path: Path) -> None:
    columns = {"T": {"sex": "total"}, "F": {"sex": "female"}}
    spec = {**BY_YEAR, "columns": columns, "zero": [{"sex": "male"}]}
    [finding], _ = checked(tmp_path, "Year,T,F\n2003,5,4\n", spec, along("sex"))
    assert finding.message == "2003: total is printed 5; female 4 + male 0 = 4; 1 too many."
    assert [cell.column for cell in finding.cells] == ["T", "F"]


def test_up_to_five_parts_are_told_one_by_one_and_more_by_their_number(tmp_path: Path) -> None:
    spec = {**WITH_TOTAL, "columns": {"M": {"sex": "male"}}}

    def told(*numbers: object) -> str:
        years = "".join(f"{1998 + i},{number}\n" for i, number in enumerate(numbers[:-1]))
        [finding], _ = checked(tmp_path, f"Year,M\n{years}Total,{numbers[-1]}\n", spec, along("year"))
        return finding.message

    assert told(1, 2, 3, 4, 5, 16) == (
        "Male: Total is printed 16; 1 (1998) + 2 (1999) + 3 (2000) + 4 (2001) + 5 (2002) = 15; 1 too many."
    )
    assert told(1, 2, 3, 4, 5, 6, 20) == (
        "Male: Total is printed 20; the 6 parts from 1998 to 2003 add up to 21; 1 too few."
    )
    assert told(1, 2, "..", 4, 5, 6, 17) == (
        "Male: Total is printed 17; the 6 parts from 1998 to 2003 add up to at least 18; at least 1 too few."
    )
    assert told(1, 2, "<4", 4, 5, 6, 29) == (
        "Male: Total is printed 29; the 6 parts from 1998 to 2003 add up to at most 21; at least 8 too many."
    )


def test_codes_that_mean_all_are_left_out_of_the_place_and_told_as_all_of_them(tmp_path: Path) -> None:
    columns = {
        f"{sector} {sex}": {"sector": sector, "sex": sex}
        for sector in ("all", "farm", "ship")
        for sex in ("total", "male")
    }
    lines = ",".join(["Year", *columns]) + "\n2003,9,9,4,4,4,5\n"
    findings, _ = checked(tmp_path, lines, {**BY_YEAR, "columns": columns}, along("sector"))
    [finding] = findings
    assert finding.message == "2003: all sectors is printed 9; farm 4 + ship 4 = 8; 1 too many."
    lines = ",".join(["Year", *columns]) + "\n2003,8,9,4,4,4,4\n"
    [finding], _ = checked(tmp_path, lines, {**BY_YEAR, "columns": columns}, along("sector"))
    assert finding.message == "2003, male: all sectors is printed 9; farm 4 + ship 4 = 8; 1 too many."
    assert finding.relation == "all sectors = farm + ship"


@pytest.mark.parametrize(
    ("section", "formula", "lines", "sentence"),
    [
        (
            "in every row",
            "Balance = Receipts - Payments",
            "Year,Balance,Receipts,Payments\n2003,5,10,4\n",
            "2003: Balance is printed 5; Receipts 10 − Payments 4 = 6; 1 too few.",
        ),
        (
            "in every row",
            "Balance = - Payments + Receipts",
            "Year,Balance,Receipts,Payments\n2003,5,10,4\n",
            "2003: Balance is printed 5; −Payments 4 + Receipts 10 = 6; 1 too few.",
        ),
        (
            "in every row",
            "Total = 2 * Pairs + 3 * Threes",
            "Year,Total,Pairs,Threes\n2003,10,2,3\n",
            "2003: Total is printed 10; 2 × Pairs 2 + 3 × Threes 3 = 13; 3 too few.",
        ),
        (
            "in every row",
            "Total = Others + 7",
            "Year,Total,Others\n2003,10,2\n",
            "2003: Total is printed 10; Others 2 + 7 = 9; 1 too many.",
        ),
        (
            "in every row",
            "Total >= Men + Women",
            "Year,Total,Men,Women\n2003,9,5,6\n",
            "2003: Total is printed 9; it must be at least Men 5 + Women 6 = 11; 2 too few.",
        ),
        (
            "in every row",
            "Total <= Men + Women",
            "Year,Total,Men,Women\n2003,9,2,3\n",
            "2003: Total is printed 9; it must be at most Men 2 + Women 3 = 5; 4 too many.",
        ),
        (
            "in every column",
            "West = Colombo + Gampaha",
            "Place,Number\nWest,9\nColombo,5\nGampaha,3\n",
            "Column Number: West is printed 9; Colombo 5 + Gampaha 3 = 8; 1 too many.",
        ),
        (
            "cells",
            "[Total, 2005] = [Total, 2004] + [Change, 2005]",
            "Place,2004,2005\nTotal,9,12\nChange,1,2\n",
            "Total, 2005 is printed 12; 9 (Total, 2004) + 2 (Change, 2005) = 11; 1 too many.",
        ),
    ],
)
def test_a_stated_formula_is_told_in_its_own_words(
    tmp_path: Path, section: str, formula: str, lines: str, sentence: str
) -> None:
    spec = {"identities": {section: [formula]}}
    [finding], _ = checked(tmp_path, lines, spec, {"type": STATED})
    assert finding.message == sentence
    assert finding.relation == formula
    assert finding.computed is not None
    assert finding.printed == finding.computed + (finding.difference or 0)


def test_a_cell_of_another_table_is_told_with_its_table(tmp_path: Path) -> None:
    write_table(tmp_path, "2004/all", "Place,Number\nAsia,7\n", {"columns": {"Number": {}}})
    spec = {"identities": {"other tables": ["[Asia, Men] = 2004/all[Asia, Number]"]}}
    [finding], _ = checked(tmp_path, "Place,Men\nAsia,8\n", spec, {"type": STATED})
    assert finding.message == "Asia, Men is printed 8; 2004/all[Asia, Number] 7 = 7; 1 too many."
    assert [cell.table for cell in finding.cells] == ["table", "2004/all"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2003,..,1,2", "total is '..'"),
        ("2003,3,,2", "male is blank"),
        ("2003,9,1 up,2", "male is only known to be at least 1"),
        ("2003,9,<8,2", "male is only known to be less than 8"),
        ("2003,,..,<3", "total is blank; male is '..'; female is only known to be less than 3"),
        ("2003,9,<china write-off>,2", "male is '<china write-off>'"),
    ],
)
def test_what_cannot_be_evaluated_is_listed_with_every_reason(tmp_path: Path, row: str, reason: str) -> None:
    findings, [listed] = checked(
        tmp_path, f"Year,T,M,F\n{row}\n", {**BY_YEAR, "columns": SEXES}, along("sex")
    )
    assert findings == ()
    assert (listed.relation, listed.where, listed.reason) == (
        "total = male + female",
        {"year": "2003"},
        reason,
    )


def test_a_coordinate_that_is_not_printed_is_unknown_and_named(tmp_path: Path) -> None:
    columns = {"T": {"sex": "total"}, "M": {"sex": "male"}}
    entry = {"type": TOTALS, "kwargs": {"dimension": "sex", "parts": ["male", "female"]}}
    write_table(tmp_path, "other", "Year,F\n2003,1\n", {**BY_YEAR, "columns": {"F": {"sex": "female"}}})
    spec = {**BY_YEAR, "columns": columns}
    findings, [listed] = checked(tmp_path, "Year,T,M\n2003,9,3\n", spec, entry)
    assert findings == ()
    assert (listed.relation, listed.reason) == ("total = male + female", "female is not printed")


def test_a_row_that_cannot_be_placed_is_unknown_and_named(tmp_path: Path) -> None:
    spec = {**BY_YEAR, "columns": SEXES, "uncertain": {"2003": "five cells, six columns"}}
    findings, [listed] = checked(tmp_path, "Year,T,M,F\n2003,9,3,1\n", spec, along("sex"))
    assert findings == ()
    assert listed.reason == "total cannot be placed; male cannot be placed; female cannot be placed"


@pytest.mark.parametrize(
    ("token", "kwargs", "sentence"),
    [
        ("10", {"max": "9.5"}, "Asia: 10 is not at most 9.5."),
        ("10", {"min": 11}, "Asia: 10 is not at least 11."),
        ("(0.6)", {"min": 0, "max": 1}, "Asia: (0.6) is not between 0 and 1."),
        ("150 up", {"min": 0, "max": 100}, "Asia: 150 up is not between 0 and 100."),
        ("<3", {"min": 5, "max": 100}, "Asia: <3 is not between 5 and 100."),
    ],
)
def test_a_value_out_of_range_is_told_with_the_range(
    tmp_path: Path, token: str, kwargs: dict[str, Any], sentence: str
) -> None:
    spec = {"rows": {"dimension": "place"}, "columns": {"N": {"sex": "total"}}}
    for reason in ("", "so few live there."):
        entry = {"type": RANGE, "kwargs": kwargs, "meta": {"reason": reason}}
        [finding], _ = checked(tmp_path, f"Place,N\nAsia,{token}\n", spec, entry)
        told = f"{sentence[:-1]}: {reason}" if reason else sentence
        assert finding.message == told
        assert finding.printed == finding.cells[0].reading.value


@pytest.mark.parametrize("token", ["10", "9.6", "150 up", "<20", "..", "", "-"])
def test_a_value_that_may_lie_in_the_range_is_not_found(tmp_path: Path, token: str) -> None:
    entry = {"type": RANGE, "kwargs": {"min": "9.6", "max": 200}}
    spec = {"rows": {"dimension": "place"}, "columns": {"N": {"sex": "total"}}}
    assert checked(tmp_path, f"Place,N\nAsia,{token}\n", spec, entry) == ((), ())


def test_a_range_is_exact_beyond_the_digits_that_are_printed(tmp_path: Path) -> None:
    spec = {"rows": {"dimension": "place"}, "columns": {"N": {"sex": "total"}}}
    lines = "Place,N\nAsia,10\nAfrica,9\nEurope,11\n"
    entry = {"type": RANGE, "kwargs": {"min": "9.0000001", "max": "10.9999999"}}
    findings, _ = checked(tmp_path, lines, spec, entry)
    assert {finding.printed for finding in findings} == {Decimal(9), Decimal(11)}


def test_a_range_may_be_for_some_cells_only(tmp_path: Path) -> None:
    entry = {"type": RANGE, "kwargs": {"max": 5, "where": {"sex": ["male", "total"], "year": "2003"}}}
    lines = "Year,T,M,F\n2003,9,8,7\n2004,6,6,6\n"
    findings, _ = checked(tmp_path, lines, {**BY_YEAR, "columns": SEXES}, entry)
    assert [finding.where for finding in findings] == [
        {"year": "2003", "sex": "total"},
        {"year": "2003", "sex": "male"},
    ]


def test_two_structural_zeros_are_told_as_two(tmp_path: Path) -> None:
    columns = {"T": {"sex": "total"}, "F": {"sex": "female"}}
    spec = {**BY_YEAR, "columns": columns, "zero": [{"sex": "male"}, {"sex": "other"}]}
    [finding], _ = checked(tmp_path, "Year,T,F\n2003,5,4\n", spec, along("sex"))
    assert "2 ×" not in finding.message


def test_what_an_inequality_lacks_is_known_from_one_side_where_a_part_is_unknown(tmp_path: Path) -> None:
    spec = {"identities": {"in every row": ["T >= A + B"]}}
    [finding], _ = checked(tmp_path, "Place,T,A,B\nAsia,9,12,..\n", spec, {"type": STATED})
    assert finding.message.endswith("at least 3 too few.")


def test_codes_that_need_not_be_there_are_not_missed(tmp_path: Path) -> None:
    columns = {"T": {"sex": "total"}, "F": {"sex": "female"}}
    write_table(tmp_path, "other", "Year,M\n2003,1\n", {**BY_YEAR, "columns": {"M": {"sex": "male"}}})
    kwargs = {"dimension": "sex", "parts": ["male", "female"], "optional": ["not stated"]}
    entry = {"type": TOTALS, "kwargs": kwargs}
    _, [listed] = checked(tmp_path, "Year,T,F\n2003,5,4\n", {**BY_YEAR, "columns": columns}, entry)
    assert listed.reason == "male is not printed"


def test_a_sum_is_told_without_decimals_where_only_its_total_has_them(tmp_path: Path) -> None:
    assert sexes(tmp_path, "2003,9.5,4,5") == (
        "2003: total is printed 9.5; male 4 + female 5 = 9; 0.5 too many."
    )


def test_a_label_is_told_as_it_is_printed(tmp_path: Path) -> None:
    spec = {"identities": {"in every row": ["T = M"]}}
    [finding], _ = checked(tmp_path, "Product,T,M\niPod,5,6\n", spec, {"type": STATED})
    assert finding.message.startswith("iPod: ")


def stated(root: Path, lines: str, formula: str) -> Finding:
    [finding], _ = checked(root, lines, {"identities": {"in every row": [formula]}}, {"type": STATED})
    return finding


def test_a_total_that_is_zero_without_being_printed_is_told_as_that(tmp_path: Path) -> None:
    spec = {**BY_YEAR, "columns": {"F": {"sex": "female"}}, "zero": [{"sex": "total"}]}
    [finding], _ = checked(tmp_path, "Year,F\n2003,4\n", spec, along("sex"))
    assert finding.message == "2003: total is zero by the table's YAML; female 4 = 4; 4 too few."


@pytest.mark.parametrize(
    ("formula", "sentence", "numbers"),
    [
        ("3 * B = 2 * A", "x: 3 × B 2 = 6; 2 × A 4 = 8; 2 too few.", (6, 8, -2)),
        ("B = A + B", "x: A is printed 4; it must be 0; 4 too many.", (4, 0, 4)),
        ("10 = A + B", "x: the formula says 10; A 4 + B 2 = 6; 4 too many.", (None, 6, 4)),
    ],
)
def test_a_formula_of_another_form_is_told_in_whole_numbers(
    tmp_path: Path, formula: str, sentence: str, numbers: tuple[Any, ...]
) -> None:
    finding = stated(tmp_path, "K,A,B\nx,4,2\n", formula)
    assert finding.message == sentence
    assert (finding.printed, finding.computed, finding.difference) == numbers


def test_what_stands_alone_on_its_side_of_a_formula_is_the_total(tmp_path: Path) -> None:
    finding = stated(tmp_path, "K,A,B,C\nx,4,2,7\n", "A + B = C")
    assert finding.message == "x: C is printed 7; A 4 + B 2 = 6; 1 too many."
    assert [cell.column for cell in finding.cells] == ["C", "A", "B"]
    least = stated(tmp_path, "K,A,B,C\nx,4,2,7\n", "A + B >= C")  # turned round, it would say less
    assert least.cells[0].column == "A"


def test_a_cell_of_another_table_may_be_the_total(tmp_path: Path) -> None:
    write_table(tmp_path, "2004/a", "K,N\nx,1\n", {"columns": {"N": {}}})
    spec = {"identities": {"other tables": ["sum of N = 2004/a[x, N]"]}}
    [finding], _ = checked(tmp_path, "K,N\nx,5\ny,4\n", spec, {"type": STATED})
    assert (finding.printed, finding.computed) == (Decimal(1), Decimal(9))
