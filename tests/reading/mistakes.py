"""Mistakes in a table's YAML as data: what is written where, and what must be said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from amyqa.errors import AmyqaError, Problems
from amyqa.reading.table import read_table

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
    hint: str = ""
    hides: bool = False
    on: str = ""

    def __str__(self) -> str:
        return f"{self.slot}: {self.wrong.strip() or 'left out'}"


MAPPING = "must be a mapping of keys to values", "write it as key: value"
SIGNS = (
    "must be a list of tokens, or a mapping of labels to lists",
    'as in ["-"], or {Other: ["", "-"]}',
)
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
    Mistake("tokens", "nil: '-'", "nil", *SIGNS, hides=True),
    Mistake("tokens", "nil: {Male: '-'}", "nil.Male", *LIST, hides=True),
    Mistake(
        "tokens",
        "missing: {Male: ['–']}\nnil: {Male: ['-']}",
        "missing.Male",
        "'-' is both nil and missing",
        hides=True,
    ),
    Mistake(
        "tokens", "multipliers: {m: 12}", "multipliers.m", "must be a power of ten", "m: 1000000", hides=True
    ),
    Mistake(
        "tokens", "multipliers: {'1': 1000}", "multipliers.1", "must be letters", "m: 1000000", hides=True
    ),
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
    Mistake("another column", "  Total: {a: b}", "columns.Total", "the key 'Total' appears twice", "keep"),
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
    Mistake("another key", "unit: tonnes", "unit", "the key 'unit' appears twice", "keep one of them"),
]


@dataclass(frozen=True)
class ErrorMechanism:
    """A mistake of the CSV: what is replaced, and what must be said."""

    right: str
    wrong: str
    line: int
    column: int
    message: str
    of_a_token: bool = False


ERROR_MECHANISMS = [
    ErrorMechanism(
        '"1,012"', "1O12", 3, 2, "row '2005', column 'Total': cannot read '1O12' as a number", True
    ),
    ErrorMechanism("–,–,–,b", "5;07,–,–,b", 5, 2, "cannot read '5;07' as a number", True),
    ErrorMechanism("2004,10,4,6,", "2004,10,4,6", 2, 5, "has 4 fields where the header has 5"),
    ErrorMechanism("509,513,", "509", 4, 4, "has 3 fields where the header has 5"),
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
        said.append(("t.yaml", line, mistake.key, mistake.message, mistake.hint))
    return "\n".join(lines) + "\n", said


def check(folder: Path, mistakes: Sequence[Mistake], slips: Sequence[ErrorMechanism] = ()) -> AmyqaError:
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
    for file, line, key, message, hint in expected:
        found = [p for p in told if (p.file, p.line, p.key) == (file, line, key) and message in p.message]
        assert len(found) == 1, f"{message!r} at {file}:{line} {key} is not said once in\n{caught.value}"
        assert hint in found[0].hint
        assert found[0].column
        told.remove(found[0])
    assert told == [], f"said as well, though nothing is wrong: {told}"
    shown = [(p.file, p.line or 0, p.column or 0) for p in caught.value.problems]
    assert shown == sorted(shown)
    return caught.value
