"""What the shipped schemas catch, and what is said when a schema itself is wrong."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from amyqa import pipeline
from amyqa.errors import BadRule
from amyqa.model import Counts, Finding, Report, Severity
from tests.yearbooks import CHAPTER, shipped, to_csv, write_family, write_table

Lines = list[list[str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The shipped schemas and suites, without a table."""
    root = shipped(tmp_path)
    for file in (root / "data").rglob("*.*"):
        file.unlink()
    return root


def checked(root: Path, lines: Sequence[Sequence[str]], spec: dict[str, Any]) -> Report:
    write_table(root, "table", lines, spec)
    return pipeline.check([root], "duckdb")


def deployment(root: Path, *rows: str, **changed: Any) -> Report:
    """A deployment table by year and sex; `rows` as ``2003 3 1 2``, `changed` replaces columns."""
    sexes = {name: {"sector": "all", "sex": name.lower()} for name in ("Total", "Male", "Female")}
    columns = {**sexes, **changed}
    lines = [["Year", *columns], *(row.split() for row in rows)]
    years = {"dimension": "year"}
    if rows[-1].startswith("Total"):
        years["total"] = "Total"
    return checked(root, lines, {"family": "deployment", "rows": years, "columns": columns})


def told(report: Report, rule: str) -> list[str]:
    return [finding.message for finding in report.findings if finding.rule == rule]


def only(report: Report) -> Finding:
    [finding] = report.findings
    return finding


# --- deployment ----------------------------------------------------------------------------------


def test_an_unknown_sex_is_one_finding_that_lists_the_known_ones(root: Path) -> None:
    report = deployment(root, "2003 3 1 2", "2004 5 2 3", Male={"sector": "all", "sex": "mal"})
    finding = only(report)
    assert (finding.rule, finding.ess, finding.level) == ("codes", "COV", "1a")
    assert (finding.severity, finding.caught_by) == (Severity.ERROR, "schema")
    assert finding.where == {"sex": "mal"}
    assert finding.message == "'mal' is not a code of sex (total, male, female, intersex, not stated)."
    # the men are not printed, so that nothing can be added up
    assert report.counts["table"].evaluated == 0


@pytest.mark.parametrize("label", ["20O4", "1703", "204", "2103"])
def test_a_label_that_is_no_year_is_one_finding(root: Path, label: str) -> None:
    report = deployment(root, "2003 3 1 2", f"{label} 5 2 3")
    assert only(report).message == f"{label!r} is not a code of year."


@pytest.mark.parametrize("label", ["2004", "2004-05", "1998/99", "2005p", "Total", "Before"])
def test_years_parts_of_years_and_names_without_digits_are_labels_of_years(root: Path, label: str) -> None:
    assert deployment(root, "2003 5 2 3", f"{label} 5 2 3").findings == ()


def test_each_repeated_row_is_one_finding_and_no_sum_that_touches_it_is_evaluated(root: Path) -> None:
    report = deployment(
        root, "2003 3 1 2", "2004 9 4 5", "2003 4 1 2", "2005 1 1 0", "2005 1 1 0", "Total 14 7 7"
    )
    assert told(report, "keys") == [
        "2003 appears twice (CSV lines 2, 4).",
        "2005 appears twice with the same numbers (CSV lines 5, 6).",
    ]
    assert {(f.rule, f.ess) for f in report.findings} == {("keys", "RWD")}
    # the sexes add up in 2004 and in the total row; no column can be added up
    counted = report.counts["table"]
    assert (counted.evaluated, counted.broken) == (2, 0)
    assert all("more than one cell stands for" in n.reason for n in report.not_evaluated if n.identity)
    assert {n.relation for n in report.not_evaluated if n.where == {"sector": "all", "sex": "male"}} == {
        "Total = 2003 + 2003 + 2004 + 2005 + 2005"
    }


def test_intersex_and_not_stated_count_where_they_are_printed(root: Path) -> None:
    other = {"Unknown": {"sector": "all", "sex": "not stated"}}
    report = deployment(root, "2003 6 1 2 3", "2004 6 1 2 2", **other)
    assert only(report).message == (
        "2004: total is printed 6; male 1 + female 2 + not stated 2 = 5; 1 too many."
    )


def test_a_deployment_that_no_column_states_the_sex_of_has_nothing_to_add_up(root: Path) -> None:
    columns = {"All": {"sector": "all"}, "Farm": {"sector": "farm"}, "Ship": {"sector": "ship"}}
    lines = [["Year", *columns], ["2003", "3", "1", "2"], ["2004", "4", "1", "2"]]
    spec = {"family": "deployment", "rows": {"dimension": "year"}, "columns": columns}
    finding = only(checked(root, lines, spec))
    assert (finding.rule, finding.caught_by, finding.difference) == ("totals", "suite", Decimal(1))


def test_a_yearbook_whose_deployments_have_no_sectors_can_be_checked(tmp_path: Path) -> None:
    root = shipped(tmp_path, "deployed-to-saudi-arabia")
    spec = root / "data" / CHAPTER / "deployed-to-saudi-arabia.yaml"
    spec.write_text(spec.read_text().replace("sector: domestic work, ", ""))
    assert pipeline.check([root], "duckdb").total == Counts(1, 0, 0)


# --- indicators ----------------------------------------------------------------------------------


def read(path: Path) -> Lines:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def indicators(tmp_path: Path, change: Callable[[Lines], Lines], spec: Callable[[str], str] = str) -> Report:
    """The shipped indicators with their CSV and YAML changed."""
    root = shipped(tmp_path, "annual-indicators")
    path = root / "data" / CHAPTER / "annual-indicators.csv"
    path.write_text(to_csv(change(read(path))), encoding="utf-8")
    yaml = path.with_suffix(".yaml")
    text = "".join(line for line in yaml.read_text().splitlines(True) if not line.startswith("source:"))
    yaml.write_text(spec(text))
    return pipeline.check([root], "duckdb")


# one that only the schema names, and one that the suite has a range for
@pytest.mark.parametrize("gone", ["Trade balance (US$ million; yearend)", "Per capita GDP (US$)"])
def test_an_indicator_that_the_form_has_and_the_table_has_not_is_a_warning(tmp_path: Path, gone: str) -> None:
    report = indicators(tmp_path, lambda lines: [line for line in lines if line[0] != gone])
    [finding] = [f for f in report.findings if f.rule == "expected"]
    assert (finding.ess, finding.severity, finding.cells) == ("REP", Severity.WARNING, ())
    assert finding.message == f"{gone}: the record is expected and is not there."


def test_columns_without_a_year_are_one_finding(tmp_path: Path) -> None:
    def without_years(text: str) -> str:
        return text.replace("{year: ", "{edition: ")

    report = indicators(tmp_path, list, without_years)
    [finding] = [f for f in report.findings if f.rule == "fields"]
    assert (finding.ess, finding.level, finding.severity) == ("FLF", "0", Severity.ERROR)
    assert finding.message == (
        "The table has no 'year': give a row or column that dimension, or another family."
    )


def test_an_indicator_that_stands_twice_is_one_finding(tmp_path: Path) -> None:
    report = indicators(tmp_path, lambda lines: [*lines, lines[5]])
    assert told(report, "keys") == [
        "Per capita GDP (US$) appears twice with the same numbers (CSV lines 6, 39)."
    ]


def test_a_column_that_is_headed_by_no_year_is_one_finding(tmp_path: Path) -> None:
    def renamed(text: str) -> str:
        return text.replace('{year: "2003"}', "{year: latest}")

    report = indicators(tmp_path, list, renamed)
    assert told(report, "codes") == ["'latest' is not a code of year."]


# --- stock ---------------------------------------------------------------------------------------


def test_a_stock_by_sex_adds_up_and_knows_its_sexes(root: Path) -> None:
    columns = {"All": {"sex": "total"}, "Men": {"sex": "male"}, "Women": {"sex": "female"}}
    spec = {"family": "stock", "rows": {"dimension": "place"}, "columns": columns}
    lines = [["Place", *columns], ["Thailand", "9", "4", "6"], ["Japan", "2", "1", "1"]]
    assert only(checked(root, lines, spec)).message == (
        "Thailand: total is printed 9; male 4 + female 6 = 10; 1 too few."
    )
    columns["Women"] = {"sex": "girls"}
    assert told(checked(root, lines, spec), "codes") == [
        "'girls' is not a code of sex (total, male, female, intersex, not stated)."
    ]


# --- claims --------------------------------------------------------------------------------------

FIELDS = {"Claim": "text", "Figure": "number", "Table": "table", "Row": "row", "Column": "column"}
PEOPLE = [["Place", "Number"], ["Thailand", "182,007"], ["Japan", ".."]]


def claims(root: Path, *rows: Sequence[str], fields: dict[str, str] = FIELDS) -> Report:
    columns = {"family": "stock", "rows": {"dimension": "place"}, "columns": {"Number": {}}}
    write_table(root, "people", PEOPLE, columns)
    return checked(root, [list(fields), *rows], {"family": "claims", "fields": fields})


def test_a_claim_is_held_against_the_cell_it_names(root: Path) -> None:
    report = claims(root, ["many", "182,007", "people", "Thailand", "Number"])
    assert report.counts["table"].evaluated == 1
    assert report.findings == ()
    report = claims(root, ["many", "182,008", "people", "Thailand", "Number"])
    assert only(report).message == (
        "The text: the text says 182,008 (many), but people prints 182,007 for Thailand, Number."
    )


def test_a_claim_may_round_the_figure_that_it_quotes(root: Path) -> None:
    fields = {**FIELDS, "Unit": "text"}
    for figure, holds in (("182,007.0", True), ("182,007.4", True), ("182,006.4", False)):
        report = claims(root, ["many", figure, "people", "Thailand", "Number", ""], fields=fields)
        assert (report.findings == ()) is holds, figure


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["many", "5", "", "", ""], "the claim names no Table and no Row and no Column"),
        (["many", "5", "2004/other", "Japan", "Number"], "there is no table 2004/other"),
        (["many", "5", "people", "Japan", "Number"], "people[Japan, Number] is '..'"),
    ],
)
def test_a_claim_that_cannot_be_judged_is_listed_with_the_reason(
    root: Path, row: list[str], reason: str
) -> None:
    report = claims(root, row)
    assert report.findings == ()
    [listed] = [n for n in report.not_evaluated if n.identity]
    assert listed.reason == reason


def test_a_claim_without_a_figure_is_a_finding_and_is_not_evaluated(root: Path) -> None:
    report = claims(root, ["many", "..", "people", "Thailand", "Number"])
    assert (only(report).rule, only(report).ess) == ("mandatory", "FDM")
    [listed] = [n for n in report.not_evaluated if n.identity]
    assert listed.reason == "the text's figure is '..'"


def test_a_list_of_claims_that_names_no_tables_lacks_three_fields(root: Path) -> None:
    fields = {"Claim": "text", "Figure": "number"}
    report = claims(root, ["many", "5"], fields=fields)
    assert [finding.relation.split(" ")[0] for finding in report.findings] == ["table", "row", "column"]
    assert {finding.rule for finding in report.findings} == {"fields"}
    reasons = {n.rule: n.reason for n in report.not_evaluated if n.table == "table"}
    assert reasons == {
        "claims": "the table states no such relation",
        "measures": "the table has no field 'measure'",
    }


def test_a_stock_is_not_compared_with_a_flow(root: Path) -> None:
    report = claims(
        root,
        ["many", "182,007", "people", "Thailand", "Number", "flow"],
        fields={**FIELDS, "Measure": "measure"},
    )
    assert report.findings == ()  # the table does not say what it counts
    people = {"family": "stock", "measure": "stock", "columns": {"Number": {}}}
    write_table(root, "people", PEOPLE, people)
    finding = only(pipeline.check([root], "duckdb"))
    assert (finding.rule, finding.ess, finding.level) == ("measures", "COC", "2")
    assert finding.severity is Severity.INFO


# --- events --------------------------------------------------------------------------------------


def events(root: Path, *rows: str) -> Report:
    """A chronicle of 2004 and 2005; `rows` as ``2004 July 13``."""
    lines = [["Year", "Month", "Day", "Event"]]
    for i, row in enumerate(rows):
        year, month, day, *_ = [*row.split(" "), "", ""]
        lines.append([year, month, day, f"event {i}"])
    fields = {"Year": "year", "Month": "month", "Day": "day", "Event": "text"}
    return checked(root, lines, {"family": "events", "fields": fields, "period": "2004-01 to 2005-12"})


def test_events_in_order_of_time_are_in_order(root: Path) -> None:
    # a month without a day is somewhere in it, a year without a month too
    assert (
        events(root, "2004", "2004 July", "2004 July 13", "2004 July", "2004 Dec 31", "2005").findings == ()
    )


@pytest.mark.parametrize(
    ("rows", "rule", "code", "message"),
    [
        (
            ["2004 March", "2004 February 29", "2004 May"],
            "order",
            "VCO",
            "The event of 2004, February, 29, event 1 stands after a later event.",
        ),
        (
            ["2004 March", "2003 December 31"],
            "period",
            "VIR",
            "The event of 2003, December, 31, event 1 lies outside 2004-01 to 2005-12.",
        ),
        (
            ["2004 May", "2006"],
            "period",
            "VIR",
            "The event of 2006, event 1 lies outside 2004-01 to 2005-12.",
        ),
        (
            ["2004 February 30"],
            "days",
            "FDT",
            "The event of 2004, February, 30, event 0 is not a day of the calendar.",
        ),
        (
            ["2005 February 29"],
            "days",
            "FDT",
            "The event of 2005, February, 29, event 0 is not a day of the calendar.",
        ),
    ],
)
def test_events_are_days_in_their_order_and_period(
    root: Path, rows: list[str], rule: str, code: str, message: str
) -> None:
    report = events(root, *rows)
    assert (rule, message) in [(finding.rule, finding.message) for finding in report.findings]
    for finding in report.findings:
        assert finding.rule in (rule, "order")
        if finding.rule == rule:
            assert (finding.ess, finding.severity) == (code, Severity.ERROR)


def test_only_the_event_out_of_order_is_found_not_those_it_stands_before(root: Path) -> None:
    report = events(root, "2004 May", "2004 January", "2004 June", "2004 July")
    assert only(report).where == {"Year": "2004", "Month": "January", "Event": "event 1"}


# --- schemas that are wrong themselves -----------------------------------------------------------

GOOD = """\
import pandera.pandas as pa

schema = pa.DataFrameSchema({"OBS_VALUE": pa.Column("Int64", nullable=True)})
"""


def wrong(tmp_path: Path, schema: str) -> str:
    """What is said of a schema."""
    write_family(tmp_path, schema=schema)
    write_table(tmp_path, "table", [["Place", "Number"], ["Japan", "3"]], {"columns": {"Number": {}}})
    with pytest.raises(BadRule) as error:
        pipeline.check([tmp_path], "duckdb")
    [problem] = error.value.problems
    return str(problem)


def test_a_schema_that_is_right_is_run(tmp_path: Path) -> None:
    write_family(tmp_path, schema=GOOD)
    write_table(tmp_path, "table", [["Place", "Number"], ["Japan", "3"]], {"columns": {"Number": {}}})
    assert pipeline.check([tmp_path], "duckdb").findings == ()


def test_a_schema_that_is_no_python_is_told_with_its_line(tmp_path: Path) -> None:
    assert wrong(tmp_path, "import pandera\n\nschema = (\n").startswith(
        "schemas/general.py:3: cannot be run: SyntaxError: '(' was never closed"
    )


def test_a_schema_that_raises_is_told_with_the_line_of_its_own_that_did(tmp_path: Path) -> None:
    said = wrong(tmp_path, "import json\n\n\ndef read():\n    return json.loads('{')\n\n\nschema = read()\n")
    assert said.startswith("schemas/general.py:5: cannot be run: JSONDecodeError: ")


def test_a_schema_that_imports_what_is_not_there_is_told(tmp_path: Path) -> None:
    said = wrong(tmp_path, "import pandera.pandas as pa\nimport no_such_module\n")
    assert said == (
        "schemas/general.py:2: cannot be run: ModuleNotFoundError: No module named 'no_such_module' "
        "(fix the schema's Python)"
    )


@pytest.mark.parametrize("module", ["", "import pandera.pandas as pa\n", "schema = {'sex': 'total'}\n"])
def test_a_module_without_a_schema_is_told(tmp_path: Path, module: str) -> None:
    assert wrong(tmp_path, module) == (
        "schemas/general.py:1: defines no schema (define schema = pandera.pandas.DataFrameSchema(…))"
    )


def test_a_misspelt_check_is_told_with_its_line(tmp_path: Path) -> None:
    said = wrong(tmp_path, GOOD.replace("})", "}, checks=[pa.Check.total(dimension='sex')])"))
    assert said == "schemas/general.py:3: there is no check 'total' (did you mean 'totals'?)"


@pytest.mark.parametrize("check", ["lambda data: 1 / 0", "lambda data: data['nothing'] > 1"])
def test_a_check_that_raises_stops_the_job_and_says_why(tmp_path: Path, check: str) -> None:
    said = wrong(tmp_path, GOOD.replace("})", f"}}, checks=[pa.Check({check}, name='mine')])"))
    assert said.startswith("schemas/general.py:3: the check 'mine' cannot run: ")
    assert "division by zero" in said or "nothing" in said


@pytest.mark.parametrize(
    ("check", "told"),
    [
        ("totals(dimension='sexx')", "dimension: no table of the family general has the dimension 'sexx' "),
        (
            "expected_codes(dimension='sexs', codes=['male'])",
            "has the dimension 'sexs' (did you mean 'sex'?)",
        ),
        ("totals(dimension='sex', total='totl')", "total: unknown code 'totl' of the dimension 'sex' "),
        ("totals(dimension='sex', parts=['mal'])", "parts: unknown code 'mal' of the dimension 'sex' "),
    ],
)
def test_a_misspelt_word_of_a_schemas_check_does_not_go_unnoticed(
    tmp_path: Path, check: str, told: str
) -> None:
    write_family(tmp_path, schema=GOOD.replace("})", f"}}, checks=[pa.Check.{check}])"))
    columns = {"T": {"sex": "total"}, "M": {"sex": "male"}}
    write_table(
        tmp_path, "table", "Year,T,M\n2003,5,6\n", {"rows": {"dimension": "year"}, "columns": columns}
    )
    with pytest.raises(BadRule) as error:
        pipeline.check([tmp_path], "duckdb")
    assert str(error.value).startswith("schemas/general.py:3: ")
    assert told in str(error.value)


def test_a_dimension_that_a_schema_lists_need_not_be_in_a_table(tmp_path: Path) -> None:
    schema = GOOD.replace(
        "})", ", 'sex': pa.Column(str, required=False)}, checks=[pa.Check.totals(dimension='sex')])"
    )
    write_family(tmp_path, schema=schema)
    write_table(tmp_path, "table", "Year,T\n2003,5\n", {"columns": {"T": {"sector": "all"}}})
    assert pipeline.check([tmp_path], "duckdb").findings == ()


def test_one_of_panderas_own_checks_becomes_a_finding_for_each_cell(tmp_path: Path) -> None:
    write_family(tmp_path, schema=GOOD.replace("nullable=True", "pa.Check.le(3), nullable=True"))
    lines = [["Place", "Number"], ["Japan", "3"], ["Chad", "4"], ["Peru", ".."], ["Fiji", "5"]]
    write_table(tmp_path, "table", lines, {"columns": {"Number": {}}})
    report = pipeline.check([tmp_path], "duckdb")
    assert [(f.rule, f.cells[0].row, f.cells[0].token) for f in report.findings] == [
        ("values", "Chad", "4"),
        ("values", "Fiji", "5"),
    ]


def test_a_strict_schema_allows_the_columns_of_observations_and_no_others(tmp_path: Path) -> None:
    strict = "import pandera.pandas as pa\n\nschema = pa.DataFrameSchema({{{}}}, strict=True)\n"
    columns = {"T": {"sex": "total"}}
    write_table(tmp_path, "table", "Year,T\n2003,5\n", {"rows": {"dimension": "year"}, "columns": columns})
    write_family(tmp_path, schema=strict.format("'year': pa.Column(str), 'sex': pa.Column(str)"))
    assert pipeline.check([tmp_path], "duckdb").findings == ()
    write_family(tmp_path, schema=strict.format("'year': pa.Column(str)"))
    assert only(pipeline.check([tmp_path], "duckdb")).rule == "fields"
