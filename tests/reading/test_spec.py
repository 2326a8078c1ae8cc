"""A table's YAML: every key, and every mistake told at once with its line and the nearest word."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amyqa.errors import AmyqaError, BadInput, BadSpec, Problem, Problems
from amyqa.reading.spec import Rows, Source, Spec, expand, line_numbers, period, read_spec
from amyqa.reading.table import read_table
from tests.reading.tables import CSV, HEAD, YAML, gather, problem_of, problems_of, table_of

# --- what is read -----------------------------------------------------------------------------------

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


# --- one mistake ------------------------------------------------------------------------------------

SLOTS = {
    "title": "title: Deployed",
    "family": "family: deployment",
    "source": "",
    "unit": "unit: persons",
    "measure": "",
    "exactness": "exact: true",
    "tokens": 'nil: ["-"]',
    "marks": "",
    "rows": "rows: {dimension: year, total: Total}",
    "columns": "columns:",
    "Total": "  Total: {sex: total}",
    "Male": "  Male: {sex: male}",
    "Female": "  Female: {sex: female}",
    "Remark": "  Remark: text",
    "another column": "",
    "codes": "",
    "zero": "",
    "negative": "",
    "identities": "identities:",
    "in every row": "  in every row: [Total = Male + Female]",
    "in every column": "  in every column: {Total: ['2004', '2005']}",
    "cells": "  cells: ['[Total, 2004] = 10']",
    "other tables": "",
    "another relation": "",
    "period": "",
    "uncertain": "",
    "assumptions": "",
    "notes": "notes: {a: agencies}",
    "another key": "",
}
GRID = """\
Year,Total,Male,Female,Remark
2004,10,4,6,
2005,"1,012",505a,507,new
Total,"1,022",509,513,
1999,–,–,–,before
"""


@dataclass(frozen=True)
class Mistake:
    """What an editor wrote in a slot of the YAML, and what must be said about it.

    Args:
        wrong: what stands there (its first line is the one named; "" names the first of the file).
        key: the key path that is named.
        hides: mistakes of the CSV that cannot be judged beside it.
    """

    slot: str
    wrong: str
    key: str
    message: str
    mend: str = ""
    hides: bool = False
    on: str = ""

    def __str__(self) -> str:
        return f"{self.slot}: {self.wrong.strip() or 'left out'}"


MAPPING = "must be a mapping of keys to values", "write it as key: value"
LIST = "must be a list", "write each entry after a dash, or all in [ ]"
WORD = "must be one word or text"
FORMULA = "identities.in every row[0]"

MISTAKES = [
    Mistake("title", "", "title", "is missing", "add title:"),
    Mistake("title", "title: [a, b]", "title", WORD),
    Mistake("title", "title:", "title", "is empty"),
    Mistake("title", "titel: Deployed\ntitle: Deployed", "titel", "unknown key 'titel'", "'title'"),
    Mistake("title", "title: !important Deployed", "title", "uses the tag '!important'", "plain text"),
    Mistake("family", "family: ''", "family", "is empty"),
    Mistake("family", "family: {a: b}", "family", WORD),
    Mistake("source", "source: seeds/x.txt", "source", *MAPPING),
    Mistake("source", "source: {lines: 5}", "source.document", "is missing", "add document:"),
    Mistake("source", "source: {document: x, lines: 9-5}", "source.lines", "lines 9-5 run backwards"),
    Mistake(
        "source", "source: {document: x, lines: five}", "source.lines", "must be line numbers, as in 597-608"
    ),
    Mistake("source", "source: {document: x, lines: [5-9]}", "source.lines[0]", "should be a valid integer"),
    Mistake("source", "source: {document: x, line: 5}", "source.line", "unknown key 'line'", "'lines'"),
    Mistake("source", "source: {document: x, blanks: space}", "source.blanks", "word 'space'", "'spaced'"),
    Mistake("source", 'source: {document: "a\\0b"}', "source.document", "holds a NUL character", "remove it"),
    Mistake("unit", "unit: [persons]", "unit", WORD),
    Mistake("measure", "measure: flows", "measure", "unknown word 'flows'", "'flow'"),
    Mistake("measure", "measure: [flow]", "measure", "must be one word", "known: flow, stock"),
    Mistake("exactness", "exact: maybe", "exact", "must be true or false"),
    Mistake("exactness", "exact: [true]", "exact", "must be true or false"),
    Mistake("exactness", "rounded: thousands", "rounded", "must be a number", "as in 1000"),
    Mistake("exactness", "rounded: [1000]", "rounded", "must be a number", "as in 1000"),
    Mistake("exactness", "rounded: 0", "rounded", "must be above 0", "as in 1000"),
    Mistake("exactness", "rounded: -1000", "rounded", "must be above 0", "as in 1000"),
    Mistake("exactness", "rounded: NaN", "rounded", "must be a number", "as in 1000"),
    Mistake("exactness", "rounded: 1000\nexact: true", "rounded", "both exact and rounded", "keep one"),
    Mistake("tokens", "nil: '-'", "nil", *LIST, hides=True),
    Mistake("tokens", "nil: [[-]]", "nil[0]", WORD, hides=True),
    Mistake("tokens", "missing: ['']", "missing[0]", "is empty", hides=True),
    Mistake("tokens", "missing: ['–']\nnil: ['-']", "missing", "'-' is both nil and missing", hides=True),
    Mistake("marks", "decimal: ab", "decimal", "must be one character", hides=True),
    Mistake(
        "marks", "decimal: ','", "decimal", "decimal and thousands are both ','", "thousands:", hides=True
    ),
    Mistake(
        "marks", "thousands: .", "thousands", "decimal and thousands are both '.'", "decimal:", hides=True
    ),
    Mistake("marks", "thousands: ''", "thousands", "must be one character", hides=True),
    Mistake("marks", "thousands: '0'", "thousands", "'0' has a meaning in numbers", hides=True),
    Mistake("marks", "decimal: '-'", "decimal", "'-' has a meaning in numbers", hides=True),
    Mistake("rows", "rows: year", "rows", *MAPPING),
    Mistake("rows", "rows: [year]", "rows", *MAPPING),
    Mistake("rows", "rows: {dimension: OBS_year}", "rows.dimension", "cannot begin with OBS_"),
    Mistake("rows", "rows: {dimension: ''}", "rows.dimension", "is empty"),
    Mistake("rows", "rows: {dimension: year, totl: Total}", "rows.totl", "unknown key 'totl'", "'total'"),
    Mistake("rows", "rows: {dimension: year, total: Totl}", "rows.total", "has no row 'Totl'", "'Total'"),
    Mistake(
        "rows", "rows: {dimension: year, dimensions: {Year: x}}", "rows", "has both dimension and", "keep"
    ),
    Mistake(
        "rows", "rows: {dimensions: {Yaer: y, Year: x}}", "rows.dimensions.Yaer", "no column 'Yaer'", "'Year'"
    ),
    Mistake(
        "rows", "rows: {dimension: Sex}", "columns", "'Sex' and 'sex' differ only", "spelling", on="columns"
    ),
    Mistake("Male", "  Male: txt", "columns.Male", "coordinates or the word text", "{sex: male"),
    Mistake("Male", "  Male: [sex, male]", "columns.Male", "coordinates or the word text", "{sex: male"),
    Mistake("Male", "  Male: {sex: ''}", "columns.Male.sex", "is empty"),
    Mistake("Male", "  Male: {sex: [male, '']}", "columns.Male.sex[1]", "is empty"),
    Mistake("Male", "  Male: {sex: {code: male}}", "columns.Male.sex", *LIST),
    Mistake("Male", "  Male: {OBS_sex: male}", "columns.Male.OBS_sex", "cannot begin with OBS_"),
    Mistake("Male", "  Male: {'': male}", "columns.Male.", "is empty"),
    Mistake(
        "Male", "  Male: {sex: total}", "columns.Male", "same coordinates as column 'Total'", "two columns"
    ),
    Mistake(
        "Male", "  Male: {sex: [male, total]}", "columns.Male", "same coordinates as column 'Total'", "two"
    ),
    Mistake(
        "Male",
        f"  Male: {{{', '.join(f'd{i}: {list(range(10))}' for i in range(9))}}}",
        "columns.Male",
        "stands for more than 1,000 coordinates",
    ),
    Mistake("Female", "", "columns", "the column 'Female' of t.csv is not named", "{}", on="columns"),
    Mistake("Remark", "", "columns", "the column 'Remark' of t.csv is not named", "text", on="columns"),
    Mistake("another column", "  Totl: {sex: f}", "columns.Totl", "no column 'Totl'", "'Total'"),
    Mistake(
        "another column", "  Year: {}", "columns.Year", "'Year' holds the labels of the rows", "take it out"
    ),
    Mistake(
        "another column", "  ' Total': {}", "columns. Total", "names the same column as 'Total'", "keep one"
    ),
    Mistake("another column", "  '': {}", "columns.", "is empty"),
    Mistake("another column", "  Total: {a: b}", "columns.Total", "the key 'Total' stands twice", "keep one"),
    Mistake("codes", "codes: {sexx: {total: [male]}}", "codes.sexx", "the dimension 'sexx'", "'sex'"),
    Mistake("codes", "codes: [sex]", "codes", *MAPPING),
    Mistake("codes", "codes: {sex: {total: male}}", "codes.sex.total", *LIST),
    Mistake("codes", "codes: {sex: {total: [[male]]}}", "codes.sex.total[0]", WORD),
    Mistake("zero", "zero: [{sexx: male}]", "zero[0].sexx", "the dimension 'sexx'", "'sex'"),
    Mistake("zero", "zero: [{sex: male}, {sexx: male}]", "zero[1].sexx", "the dimension 'sexx'", "'sex'"),
    Mistake("zero", "zero: [male]", "zero[0]", *MAPPING),
    Mistake("zero", "zero: {sex: male}", "zero", *LIST),
    Mistake("zero", "zero: [{sex: [male, female]}]", "zero[0].sex", WORD),
    Mistake("negative", "negative: never", "negative", "must be true or false"),
    Mistake("in every row", "  in every row: Total = Male", "identities.in every row", *LIST),
    Mistake(
        "in every row", "  in every row: [Total = Mal]", FORMULA, "no column is labelled 'Mal'", "'Male'"
    ),
    Mistake(
        "in every row", "  in every row: [Total Male]", FORMULA, "makes no sense from 'Male' on", "+ or -"
    ),
    Mistake("in every row", "  in every row: [{Total: Male}]", FORMULA, WORD),
    Mistake("in every row", "  in every row: ['']", FORMULA, "is empty"),
    Mistake(
        "in every column",
        "  in every column: {Total: ['2004', '2006']}",
        "identities.in every column.Total",
        "no row is labelled '2006'",
        "did you mean '200",
    ),
    Mistake(
        "in every column",
        "  in every column: {Totl: ['2004', '2005']}",
        "identities.in every column.Totl",
        "no row is labelled 'Totl'",
        "'Total'",
    ),
    Mistake("in every column", "  in every column: Total", "identities.in every column", *LIST),
    Mistake(
        "in every column",
        "  in every column: {Total: ['2004', '']}",
        "identities.in every column.Total[1]",
        "is empty",
    ),
    Mistake(
        "in every column",
        "  in every column: {Total: []}",
        "identities.in every column.Total",
        "has no parts",
        "list the rows",
    ),
    Mistake(
        "in every column",
        "  in every column: ['Total = 2004 + 2005', 'Total > 2004']",
        "identities.in every column[1]",
        "makes no sense from '> 2004' on",
        "= <= >=",
    ),
    Mistake("cells", "  cells: ['[2004, Mal] = 3']", "identities.cells[0]", "labelled 'Mal'", "'Male'"),
    Mistake(
        "cells", "  cells: ['Total = Male']", "identities.cells[0]", "no cell is labelled", "[row, column]"
    ),
    Mistake("other tables", "  other tables: [sum of Mal = a/b[c]]", "", "", ""),
    Mistake(
        "other tables",
        "  other tables: ['sum of Male = a/b[c]']",
        "identities.other tables[0]",
        "'[c]' names no row and column",
        "[row, column]",
    ),
    Mistake(
        "another relation",
        "  in each row: [Total = Male]",
        "identities.in each row",
        "unknown key 'in each row'",
        "'in every row'",
    ),
    Mistake(
        "another relation",
        "  in_every_row: [Total = Male]",
        "identities.in_every_row",
        "unknown key 'in_every_row'",
        "'in every row'",
    ),
    Mistake("period", "period: 2005-13 to 2006-01", "period", "is not a period", "2004-07 to 2005-12"),
    Mistake(
        "uncertain", "uncertain: {'2006': why}", "uncertain.2006", "has no row '2006'", "did you mean '200"
    ),
    Mistake("uncertain", "uncertain: ['2004']", "uncertain", *MAPPING),
    Mistake("uncertain", "uncertain: {'2004': ''}", "uncertain.2004", "is empty"),
    Mistake("assumptions", "assumptions: all is well", "assumptions", *LIST),
    Mistake("assumptions", "assumptions: [a, {b: c}]", "assumptions[1]", WORD),
    Mistake("notes", "notes: [a]", "notes", *MAPPING, hides=True),
    Mistake("notes", "notes: {a: [b]}", "notes.a", WORD, hides=True),
    Mistake("another key", "colums: {}", "colums", "unknown key 'colums'", "'columns'"),
    Mistake("another key", "python: yes", "python", "unknown key 'python'", "known: "),
    Mistake("another key", "unit: tonnes", "unit", "the key 'unit' stands twice", "keep one of them"),
]
MISTAKES = [mistake for mistake in MISTAKES if mistake.message]


@dataclass(frozen=True)
class Slip:
    """A mistake of the CSV: what is replaced, and what must be said."""

    right: str
    wrong: str
    line: int
    column: int
    message: str
    of_a_token: bool = False


SLIPS = [
    Slip('"1,012"', "1O12", 3, 2, "row '2005', column 'Total': cannot read '1O12' as a number", True),
    Slip("–,–,–,b", "5;07,–,–,b", 5, 2, "cannot read '5;07' as a number", True),
    Slip("2004,10,4,6,", "2004,10,4,6", 2, 5, "has 4 fields where the header has 5"),
    Slip("509,513,", "509", 4, 4, "has 3 fields where the header has 5"),
    Slip("1999,", " ,", 5, 1, "the row has no label"),
]
Said = tuple[str | None, int | None, str | None, str, str]


def written(mistakes: Sequence[Mistake]) -> tuple[str, list[Said]]:
    """A YAML with these mistakes, and what must be said about each."""
    wrong = {mistake.slot: mistake for mistake in mistakes}
    lines: list[str] = []
    begins = {}
    for slot, right in SLOTS.items():
        text = wrong[slot].wrong if slot in wrong else right
        begins[slot] = len(lines) + 1
        lines += text.split("\n") if text else []
    said: list[Said] = []
    for mistake in mistakes:
        line = begins[mistake.on or mistake.slot] if mistake.wrong or mistake.on else 1
        said.append(("t.yaml", line, mistake.key, mistake.message, mistake.mend))
    return "\n".join(lines) + "\n", said


def check(folder: Path, mistakes: Sequence[Mistake], slips: Sequence[Slip] = ()) -> AmyqaError:
    """Everything that is wrong, and nothing else, is said, each at its place, in order."""
    yaml, expected = written(mistakes)
    csv = GRID
    for slip in slips:
        csv = csv.replace(slip.right, slip.wrong)
        if not slip.of_a_token or not any(mistake.hides for mistake in mistakes):
            expected.append(("t.csv", slip.line, None, slip.message, ""))
    (folder / "t.yaml").write_text(yaml, encoding="utf-8")
    (folder / "t.csv").write_text(csv, encoding="utf-8")
    problems = Problems()
    read_table("2005/t", folder / "t.csv", folder / "t.yaml", ("t.csv", "t.yaml"), problems)
    with pytest.raises(AmyqaError) as caught:
        problems.raise_if_any()
    told = list(caught.value.problems)
    for file, line, key, message, mend in expected:
        found = [p for p in told if (p.file, p.line, p.key) == (file, line, key) and message in p.message]
        assert len(found) == 1, f"{message!r} at {file}:{line} {key} is not said once in\n{caught.value}"
        assert mend in found[0].mend
        assert found[0].column
        told.remove(found[0])
    assert told == [], f"said as well, though nothing is wrong: {told}"
    shown = [(p.file, p.line or 0, p.column or 0) for p in caught.value.problems]
    assert shown == sorted(shown)
    return caught.value


def test_the_yaml_without_mistakes_has_none(tmp_path):
    yaml, _ = written([])
    table = table_of(tmp_path, yaml, GRID)
    assert len(table.stated) == 4 + 3 + 1


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_told_once_with_its_line_key_and_the_nearest_word(tmp_path, mistake):
    error = check(tmp_path, [mistake])
    assert isinstance(error, BadSpec)


# --- many mistakes ----------------------------------------------------------------------------------


def one_of_each(slots: Sequence[str]) -> st.SearchStrategy[list[Mistake]]:
    choices = {slot: [m for m in MISTAKES if m.slot == slot] for slot in slots}
    return st.tuples(*(st.sampled_from(choices[slot]) for slot in slots)).map(list)


WRONG_SLOTS = list(dict.fromkeys(mistake.slot for mistake in MISTAKES))


@settings(max_examples=100, deadline=None)
@given(
    mistakes=st.lists(st.sampled_from(WRONG_SLOTS), min_size=5, max_size=12, unique=True).flatmap(
        one_of_each
    ),
    slips=st.lists(st.sampled_from(SLIPS), unique=True),
)
def test_any_five_mistakes_or_more_are_told_at_once(tmp_path_factory, mistakes, slips):
    error = check(tmp_path_factory.getbasetemp(), mistakes, slips)
    assert len(error.problems) >= 5


def test_five_different_mistakes_and_two_of_the_csv_are_told_at_once(tmp_path):
    yaml = """\
title: Deployed
famly: deployment
family: deployment
source: {document: seeds/x.txt, lines: 608-597}
exact: yes
rounded: 1000
rows: {dimension: year, total: Total}
columns:
  Total: {sex: total}
  Male: {sex: male}
  Femal: {sex: female}
  Female: {sex: male}
zero: [{sxe: male}]
identities:
  in every row: ["Total = Male + Femal"]
"""
    csv = CSV.replace("505", "5O5").replace('"1,022"', "1,022")
    error = [str(problem) for problem in problems_of(tmp_path, yaml, csv)]
    assert error == [
        "t.csv:3:3: row '2005', column 'Male': cannot read '5O5' as a number "
        "(correct it, or declare it under nil: or missing:)",
        "t.csv:4:5: has 5 fields where the header has 4 "
        "(quote a number that holds the delimiter, and keep blank fields)",
        "t.yaml:2:1: famly: unknown key 'famly' (did you mean 'family'?)",
        "t.yaml:4:33: source.lines: lines 608-597 run backwards, or are too many; the first line is 1",
        "t.yaml:6:1: rounded: the table cannot be both exact and rounded (keep one of exact and rounded)",
        "t.yaml:11:3: columns.Femal: t.csv has no column 'Femal' (did you mean 'Female'?)",
        "t.yaml:12:3: columns.Female: has the same coordinates as column 'Male': {sex: male} "
        "(one printed number cannot stand in two columns)",
        "t.yaml:13:9: zero[0].sxe: no row or column has the dimension 'sxe' (did you mean 'sex'?)",
        "t.yaml:15:18: identities.in every row[0]: 'Total = Male + Femal': no column is labelled 'Femal' "
        "(did you mean 'Female'?)",
    ]


def test_mistakes_of_both_files_are_one_error(tmp_path):
    assert type(check(tmp_path, MISTAKES[:1], SLIPS[:1])) is AmyqaError
    assert type(check(tmp_path, MISTAKES[:1])) is BadSpec
    assert type(check(tmp_path, [], SLIPS)) is BadInput


def test_a_list_with_several_mistakes_keeps_the_places_of_the_others(tmp_path):
    yaml = YAML + (
        "zero:\n- oops\n- {sexx: a}\n- oops\n- {sex: male, yeer: b}\n"
        "identities:\n  in every row:\n  - [a]\n  - Total = Mal\n  - ''\n  - Total = Femal\n"
        "assumptions: [[a], b, [c]]\nmissing: ['', x, '']\n"
    )
    assert [(p.line, p.key) for p in problems_of(tmp_path, yaml)] == [
        (9, "zero[0]"), (10, "zero[1].sexx"), (11, "zero[2]"), (12, "zero[3].yeer"),
        (15, "identities.in every row[0]"), (16, "identities.in every row[1]"),
        (17, "identities.in every row[2]"), (18, "identities.in every row[3]"),
        (19, "assumptions[0]"), (19, "assumptions[2]"), (20, "missing[0]"), (20, "missing[2]"),
    ]  # fmt: skip


def test_mistakes_inside_one_entry_are_all_told(tmp_path):
    yaml = YAML.replace("{sex: male}", "{sex: '', OBS_a: b, age: [c, '']}") + (
        "identities:\n  in every column: {Total: ['', [a]], Sum: [['2004', ''], '2005']}\n"
        "source: {documnt: x, lines: [a, b], header: c}\n"
    )
    assert [p.key for p in problems_of(tmp_path, yaml)] == [
        "columns.Male.sex", "columns.Male.OBS_a", "columns.Male.age[1]",
        "identities.in every column.Total[0]", "identities.in every column.Sum[0][1]",
        "source.document", "source.documnt", "source.lines[0]", "source.lines[1]", "source.header",
    ]  # fmt: skip


def test_a_broken_delimiter_leaves_the_csv_unread(tmp_path):
    for delimiter in ["''", ";;", "a", "'\"'", '"\\n"', "[;]", "5"]:
        problem = problem_of(tmp_path, YAML + f"delimiter: {delimiter}\n", CSV.replace(",", ";"))
        assert problem.key == "delimiter"


def test_a_list_of_records_has_nothing_of_a_grid(tmp_path):
    yaml = YAML + "zero: []\ncodes: {}\nidentities: {}\nfields: {Year: yeer, Total: number}\nperiod: soon\n"
    told = {problem.key: problem for problem in problems_of(tmp_path, yaml)}
    for key in ("rows", "columns", "zero", "codes", "identities"):
        assert told.pop(key).message == f"a list of records (fields:) has no {key}"
    assert told.pop("fields.Year").mend == "did you mean 'year'?"
    assert told.pop("period").message == "is not a period"
    assert told.keys() == {"fields"}  # Male and Female are not named


def test_fields_of_unknown_kinds_are_told_once(tmp_path):
    yaml = HEAD + "fields: {Year: yeer, Total: numbr, Male: [number], Femal: text}\n"
    assert [(p.key, p.mend) for p in problems_of(tmp_path, yaml)] == [
        ("fields.Year", "did you mean 'year'?"),
        ("fields.Total", "did you mean 'number'?"),
        (
            "fields.Male",
            "known: text, number, year, month, day, lines, table, row, column, relation, measure",
        ),
        ("fields.Femal", "did you mean 'Female'?"),
    ]


def test_a_column_that_is_misspelt_is_not_also_told_as_not_named(tmp_path):
    told = [str(problem) for problem in problems_of(tmp_path, YAML.replace("  Male:", "  Mael:"))]
    assert told == ["t.yaml:6:3: columns.Mael: t.csv has no column 'Mael' (did you mean 'Male'?)"]


def test_thousands_of_unknown_keys_and_columns_are_told_in_seconds(tmp_path):
    words = "".join(f"  column {i}: {{sex: code {i}}}\n" for i in range(20_000))
    keys = "".join(f"key {i}: x\n" for i in range(20_000))
    started = time.monotonic()
    assert len(problems_of(tmp_path, YAML + words + keys)) == 40_000
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("more", ["", "unit: persons\n", "identities: {}\n", "rows: {dimension: year}\n"])
def test_a_spec_that_says_nothing_to_check_is_told(tmp_path, more):
    problem = problem_of(tmp_path, HEAD + more)
    assert (problem.message, problem.line) == ("says nothing to check", 1)
    assert "columns:" in problem.mend


@pytest.mark.parametrize("wrong", ["columns: [Total]\n", "identities: Total\n", "fields: Total\n"])
def test_a_broken_section_is_not_said_to_be_missing(tmp_path, wrong):
    assert problem_of(tmp_path, HEAD + wrong).message == "must be a mapping of keys to values"


@pytest.mark.parametrize("content", ["- a\n- b\n", "word\n", "[]\n"])
def test_what_is_no_mapping_is_told(tmp_path, content):
    problem = problem_of(tmp_path, content)
    assert (problem.message, problem.mend) == (
        "is not a mapping of keys to values",
        "begin with title: and family:",
    )


def test_an_empty_file_lacks_what_is_needed(tmp_path):
    told = [(p.key, p.message) for p in problems_of(tmp_path, "")]
    assert told == [("title", "is missing"), ("family", "is missing"), (None, "says nothing to check")]


@pytest.mark.parametrize("content", ["a: b: c\n", "title: 'x\n", "a: &x 1\nb: *x\n", "\x07"])
def test_what_is_not_yaml_stops_everything_else(tmp_path, content):
    table, problems = gather(tmp_path, content, "")
    assert table is None
    assert {problem.file for problem in problems} == {"t.yaml"}


def test_a_spec_that_cannot_be_mended_in_thought_still_has_its_mistakes_told(tmp_path, monkeypatch):
    monkeypatch.setattr("amyqa.reading.spec.reader._MAX_ROUNDS", 1)
    table, problems = gather(tmp_path, YAML + "exact: maybe\ntitel: x\n")
    assert (table, len(problems)) == (None, 2)


def test_what_is_broken_is_named_for_whoever_reads_on(tmp_path):
    (tmp_path / "t.yaml").write_text(YAML + "thousands: .\nrounded: x\nzero: [{sxe: a}]\n")
    read = read_spec(tmp_path / "t.yaml", "t.yaml", Problems())
    assert read is not None
    assert read[2] == {"thousands", "rounded", "zero"}


def test_a_dimension_of_both_rows_and_columns_is_told(tmp_path):
    problem = problem_of(tmp_path, YAML.replace("{sex: male}", "{sex: male, year: '2004'}"))
    assert (problem.key, problem.line) == ("columns.Male.year", 6)
    assert "dimension 'year' already" in problem.message


def test_the_same_dimension_of_two_key_columns_is_told(tmp_path):
    yaml = HEAD + "rows: {dimensions: {Year: year, Total: year}}\ncolumns: {Male: {}, Female: {}}\n"
    problem = problem_of(tmp_path, yaml)
    assert (problem.key, problem.message) == (
        "rows.dimensions.Total",
        "'Year' has the dimension 'year' already",
    )


PLAIN = st.recursive(
    st.sampled_from(["", "Total", "year", "text", "5", "yes", "2004", "Total = Male", "[a, b] = 3", "…"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["", "Total", "sex", "total", "document", "2004"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
SECTIONS = [*Spec.model_fields, "titel"]
INSIDE = {
    "rows": ["dimension", "dimensions", "total", "x"],
    "source": ["document", "lines", "header", "blanks"],
    "identities": ["in every row", "in every column", "cells", "other tables"],
}


@settings(max_examples=150, deadline=None)
@given(
    content=st.dictionaries(st.sampled_from(SECTIONS), PLAIN)
    | st.sampled_from(list(INSIDE)).flatmap(
        lambda section: st.fixed_dictionaries(
            {section: st.dictionaries(st.sampled_from(INSIDE[section]), PLAIN)}
        )
    )
)
def test_any_content_is_a_spec_or_problems_and_never_a_crash(tmp_path_factory, content):
    import json

    problems: tuple[Problem, ...]
    table, problems = gather(tmp_path_factory.getbasetemp(), json.dumps(content))
    assert table is not None or problems
    assert all(problem.line and problem.message for problem in problems)
    assert len(set(problems)) == len(problems)
