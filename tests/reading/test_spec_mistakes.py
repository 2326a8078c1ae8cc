"""Mistakes in a table's YAML: all told at once, each with its line and the nearest word."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amyqa.errors import AmyqaError, BadInput, BadSpec, Problem, Problems
from amyqa.reading.spec import Spec, read_spec
from tests.reading.mistakes import ERROR_MECHANISMS, GRID, MISTAKES, Mistake, check, written
from tests.reading.tables import CSV, HEAD, YAML, gather, problem_of, problems_of, table_of


def test_the_yaml_without_mistakes_has_none(tmp_path):
    yaml, _ = written([])
    table = table_of(tmp_path, yaml, GRID)
    assert len(table.stated) == 4 + 3 + 1


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_is_told_once_with_its_line_key_and_the_nearest_word(tmp_path, mistake):
    error = check(tmp_path, [mistake])
    assert isinstance(error, BadSpec)


def test_a_letter_cannot_be_both_a_multiplier_and_a_footnote_mark(tmp_path):
    yaml, _ = written([])
    problem = problem_of(tmp_path, f"{yaml}multipliers: {{a: 1000}}\n", GRID)
    assert (problem.key, problem.message) == ("multipliers.a", "'a' is both a multiplier and a footnote mark")


def one_of_each(slots: Sequence[str]) -> st.SearchStrategy[list[Mistake]]:
    choices = {slot: [m for m in MISTAKES if m.slot == slot] for slot in slots}
    return st.tuples(*(st.sampled_from(choices[slot]) for slot in slots)).map(list)


WRONG_SLOTS = list(dict.fromkeys(mistake.slot for mistake in MISTAKES))


@settings(max_examples=100, deadline=None)
@given(
    mistakes=st.lists(st.sampled_from(WRONG_SLOTS), min_size=5, max_size=12, unique=True).flatmap(
        one_of_each
    ),
    slips=st.lists(st.sampled_from(ERROR_MECHANISMS), unique=True),
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
        "(correct the digit, or declare a footnote mark at the number under notes:)",
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
    assert type(check(tmp_path, MISTAKES[:1], ERROR_MECHANISMS[:1])) is AmyqaError
    assert type(check(tmp_path, MISTAKES[:1])) is BadSpec
    assert type(check(tmp_path, [], ERROR_MECHANISMS)) is BadInput


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
    assert told.pop("fields.Year").hint == "did you mean 'year'?"
    assert told.pop("period").message == "is not a period"
    assert told.keys() == {"fields"}  # Male and Female are not named


def test_fields_of_unknown_kinds_are_told_once(tmp_path):
    yaml = HEAD + "fields: {Year: yeer, Total: numbr, Male: [number], Femal: text}\n"
    assert [(p.key, p.hint) for p in problems_of(tmp_path, yaml)] == [
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
    assert "columns:" in problem.hint


@pytest.mark.parametrize("wrong", ["columns: [Total]\n", "identities: Total\n", "fields: Total\n"])
def test_a_broken_section_is_not_said_to_be_missing(tmp_path, wrong):
    assert problem_of(tmp_path, HEAD + wrong).message == "must be a mapping of keys to values"


@pytest.mark.parametrize("content", ["- a\n- b\n", "word\n", "[]\n"])
def test_what_is_no_mapping_is_told(tmp_path, content):
    problem = problem_of(tmp_path, content)
    assert (problem.message, problem.hint) == (
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
