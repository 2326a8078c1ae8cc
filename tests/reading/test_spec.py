"""A table's YAML: every key that it may have."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from amyqa.errors import Problems
from amyqa.reading.spec import Rows, Source, Spec, expand, line_numbers, period, read_spec
from tests.reading.tables import CSV, HEAD, YAML, table_of

EVERYTHING = """\
title: Deployed
family: deployment
source: {document: seeds/x.txt, lines: "597-599, 601", header: 595, blanks: spaced}
unit: persons
measure: flow
exact: true
nil: ["-", nil]
missing: [x]
decimal: ","
thousands: .
delimiter: ;
rows: {dimension: year, total: Total}
columns:
  Total: {sex: total, sector: [all, farms]}
  Male: {sex: male}
  Other: {}
  Remark: text
codes: {sex: {total: [male, female]}}
zero: [{sex: female}, {sector: farms, sex: male}]
negative: yes
identities:
  in every row: [Total = Male]
  in every column: {Total: [a, b]}
  cells: ["[Total, Male] = 3"]
  other tables: ["sum of Male = a/b[c, d]"]
uncertain: {"2004": no room in print}
assumptions: [every row is a year]
notes: {a: recruited, "*": estimated}
"""


def spec_of(folder: Path, yaml: str) -> Spec:
    problems = Problems()
    (folder / "t.yaml").write_text(yaml)
    read = read_spec(folder / "t.yaml", "t.yaml", problems)
    problems.raise_if_any()
    assert read is not None
    spec, file, broken = read
    assert (file.shown, broken) == ("t.yaml", frozenset())
    return spec


def test_every_key_is_read(tmp_path):
    spec = spec_of(tmp_path, EVERYTHING)
    assert spec.source == Source(
        document="seeds/x.txt", lines=(597, 598, 599, 601), header=(595,), blanks="spaced"
    )
    assert (spec.title, spec.family, spec.unit, spec.measure) == ("Deployed", "deployment", "persons", "flow")
    assert (spec.exact, spec.negative, spec.rounded) == (True, True, None)
    assert (spec.nil, spec.missing) == (["-", "nil"], ["x"])
    assert (spec.decimal, spec.thousands, spec.delimiter) == (",", ".", ";")
    assert spec.rows == Rows(dimension="year", total="Total")
    assert spec.columns == {
        "Total": {"sex": ["total"], "sector": ["all", "farms"]},
        "Male": {"sex": ["male"]},
        "Other": {},
        "Remark": "text",
    }
    assert spec.dimensions == ("year", "sex", "sector")
    assert spec.codes == {"sex": {"total": ["male", "female"]}}
    assert spec.zero == [{"sex": "female"}, {"sector": "farms", "sex": "male"}]
    assert spec.identities.in_every_row == ["Total = Male"]
    assert spec.identities.in_every_column == {"Total": ["a", "b"]}
    assert spec.identities.cells == ["[Total, Male] = 3"]
    assert spec.identities.other_tables == ["sum of Male = a/b[c, d]"]
    assert spec.uncertain == {"2004": "no room in print"}
    assert spec.assumptions == ["every row is a year"]
    assert spec.notes == {"a": "recruited", "*": "estimated"}


def test_a_spec_may_be_short(tmp_path):
    spec = spec_of(tmp_path, HEAD + "columns: {Total: {}}\n")
    assert (spec.decimal, spec.thousands, spec.delimiter, spec.nil, spec.exact) == (".", ",", ",", [], False)
    assert (spec.source, spec.rows, spec.dimensions, spec.period) == (None, Rows(), (), None)


def test_a_list_of_records_has_fields_and_a_period(tmp_path):
    spec = spec_of(tmp_path, HEAD + "fields: {Year: year, Event: text}\nperiod: 2004-07 to 2005-12\n")
    assert spec.fields == {"Year": "year", "Event": "text"}
    assert spec.period == "2004-07 to 2005-12"


def test_several_key_columns_have_their_dimensions(tmp_path):
    spec = spec_of(tmp_path, HEAD + "rows: {dimensions: {Year: year, Sex: sex}}\ncolumns: {N: {age: all}}\n")
    assert spec.row_dimensions == {"Year": "year", "Sex": "sex"}
    assert spec.dimensions == ("year", "sex", "age")


@pytest.mark.parametrize(
    ("text", "value"),
    {"1000": Decimal(1000), "0.1": Decimal("0.1"), "1e3": Decimal(1000), "1_000": Decimal(1000)}.items(),
)
def test_a_table_may_be_rounded_to_any_unit(tmp_path, text, value):
    assert spec_of(tmp_path, HEAD + f"columns: {{N: {{}}}}\nrounded: {text}\n").rounded == value


def test_columns_may_be_rounded_to_units_of_their_own(tmp_path):
    spec = spec_of(tmp_path, HEAD + "columns: {N: {}, Share: {}}\nrounded: {Share: 1, every column: 50}\n")
    assert spec.rounded_to("2001", "Share") == 1
    assert spec.rounded_to("2001", "N") == spec.rounded_to() == 50


@pytest.mark.parametrize("word", ["true", "yes", "on", "True", "1"])
def test_yes_may_be_said_in_several_words(tmp_path, word):
    assert spec_of(tmp_path, HEAD + f"columns: {{N: {{}}}}\nexact: {word}\n").exact is True


TAB = {
    r'"\t"': "escaped",
    r"'\t'": "two characters",
    r"\t": "two characters",
    '"\t"': "real tab",
    "tab": "word",
}


@pytest.mark.parametrize("written", TAB, ids=TAB.values())
def test_a_tab_is_declared_as_people_write_it(tmp_path, written):
    table = table_of(
        tmp_path, YAML + f"delimiter: {written}\n", "Year\tTotal\tMale\tFemale\nTotal\t1\t1\t-\n"
    )
    assert table.rows[0].tokens == ("1", "1", "-")


@pytest.mark.parametrize("delimiter", [";", "'|'", "^", "' '", "'~'"])
def test_a_delimiter_is_any_sign(tmp_path, delimiter):
    sign = delimiter.strip("'") or " "
    csv = CSV.replace('"1,012"', "1012").replace('"1,022"', "1022").replace(",", sign)
    assert table_of(tmp_path, YAML + f"delimiter: {delimiter}\n", csv).rows[1].tokens == (
        "1012",
        "505",
        "507",
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    {
        "47": (47,),
        "47-49": (47, 48, 49),
        "47-48, 61": (47, 48, 61),
        "55 ,58": (55, 58),
        "1-1": (1,),
        "9, 3": (9, 3),
    }.items(),
)
def test_line_numbers_are_read(text, lines):
    assert line_numbers(text) == lines


@pytest.mark.parametrize(
    "text",
    ["", ",", "a", "5-", "-5", "5-3", "0", "0-5", "1-2-3", "1.5", "٥", "1-100001", "9" * 5000,
     "1-100000, 5", "1-100000," * 1000, "999999999-999999999, x"],
)  # fmt: skip
def test_what_is_no_line_number_is_refused(text):
    with pytest.raises(ValueError, match=r"lines? "):
        line_numbers(text)


def test_the_most_lines_are_read():
    assert len(line_numbers("1-100000")) == 100_000


@pytest.mark.parametrize(
    ("text", "months"),
    {
        "2004-07 to 2005-12": ((2004, 7), (2005, 12)),
        " 2004-07 to 2004-07 ": ((2004, 7), (2004, 7)),
        "0001-01 to 9999-12": ((1, 1), (9999, 12)),
    }.items(),
)
def test_a_period_is_two_months(text, months):
    assert period(text) == months


@pytest.mark.parametrize(
    "text", ["", "2004", "2004-7 to 2005-12", "2005-12 to 2004-07", "2004-13 to 2005-01",
             "2004-01 to 2005-00", "0000-01 to 2005-12", "2004-07-01 to 2005-12-31", "2004-07 - 2005-12"],
)  # fmt: skip
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match="is not a period"):
        period(text)


def test_a_cell_of_several_codes_has_all_their_coordinates_once():
    assert expand({"sector": ["farms"], "sex": ["total", "female", "total"]}) == [
        {"sector": "farms", "sex": "total"},
        {"sector": "farms", "sex": "female"},
    ]
    assert expand({}) == [{}]
