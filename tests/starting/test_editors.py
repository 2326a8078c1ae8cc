"""The JSON Schemas for editors say what amyqa itself takes and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from amyqa.errors import BadRule, BadSpec, Problems
from amyqa.reading.spec import read_spec
from amyqa.rules.suite import builtin_expectations, read_suite
from amyqa.starting.editors import KINDS, suite_schema, table_schema
from tests.conftest import Run
from tests.yearbooks import ROOT

TABLES = sorted((ROOT / "data").rglob("*.yaml"))
SUITES = sorted((ROOT / "checks").glob("*.yaml"))
TABLE = """\
title: A table
family: general
columns: {Total: {sex: total}, Remark: text}
"""
SUITE = """\
name: general
expectations:
  - type: expect_totals_to_equal_the_sum_of_their_parts
    kwargs: {dimension: sex}
    severity: warning
    meta: {reason: it is so}
"""


def mistakes(schema: dict[str, Any], text: str) -> list[str]:
    return [error.message for error in Draft202012Validator(schema).iter_errors(yaml.safe_load(text))]


@pytest.fixture(scope="module")
def tables() -> dict[str, Any]:
    return table_schema()


@pytest.fixture(scope="module")
def suites() -> dict[str, Any]:
    return suite_schema()


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_a_json_schema(kind: str) -> None:
    schema = KINDS[kind]()
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].startswith(f"urn:amyqa:{kind}")
    assert schema["title"]


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_the_shipped_tables_are_valid(tables: dict[str, Any], path: Path) -> None:
    assert mistakes(tables, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_the_shipped_suites_are_valid(suites: dict[str, Any], path: Path) -> None:
    assert mistakes(suites, path.read_text(encoding="utf-8")) == []


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


WRONG_TABLES = {
    "an unknown key": TABLE + "colums: {}\n",
    "no title": replaced(TABLE, "title: A table\n", ""),
    "no family": replaced(TABLE, "family: general\n", ""),
    "a wrong word for a column": replaced(TABLE, "Remark: text", "Remark: txt"),
    "a wrong measure": TABLE + "measure: flux\n",
    "a list for a mapping": TABLE + "rows: [year]\n",
    "an unknown key of the rows": TABLE + "rows: {dimensoin: year}\n",
    "a word for a number": TABLE + "rounded: thousands\n",
    "a word for true": TABLE + "exact: very\n",
    "an unknown place for formulas": TABLE + "identities: {in every line: [a = b]}\n",
    "a source without a document": TABLE + "source: {lines: 1-2}\n",
}
WRONG_SUITES = {
    "an unknown key": SUITE + "expectation: []\n",
    "an unknown type": replaced(SUITE, "expect_totals_to", "expect_totel_to"),
    "an unknown severity": replaced(SUITE, "warning", "error"),
    "an unknown argument": replaced(SUITE, "dimension: sex", "dimension: sex, part: [male]"),
    "a missing argument": replaced(SUITE, "{dimension: sex}", "{}"),
    "no arguments": replaced(SUITE, "    kwargs: {dimension: sex}\n", ""),
    "a word for a list": replaced(SUITE, "dimension: sex", "dimension: sex, parts: male"),
    "no list": "name: general\nexpectations: none\n",
    "an unknown key of an entry": replaced(SUITE, "meta:", "mata:"),
}


@pytest.mark.parametrize("text", WRONG_TABLES.values(), ids=list(WRONG_TABLES))
def test_a_mistake_in_a_table_is_one_for_editors_and_for_amyqa(
    tables: dict[str, Any], text: str, tmp_path: Path
) -> None:
    assert mistakes(tables, TABLE) == []
    assert mistakes(tables, text)
    path, problems = tmp_path / "table.yaml", Problems()
    path.write_text(text, encoding="utf-8")
    read_spec(path, "table.yaml", problems)
    with pytest.raises(BadSpec):
        problems.raise_if_any()


@pytest.mark.parametrize("text", WRONG_SUITES.values(), ids=list(WRONG_SUITES))
def test_a_mistake_in_a_suite_is_one_for_editors_and_for_amyqa(
    suites: dict[str, Any], text: str, tmp_path: Path
) -> None:
    assert mistakes(suites, SUITE) == []
    assert mistakes(suites, text)
    path, problems = tmp_path / "suite.yaml", Problems()
    path.write_text(text, encoding="utf-8")
    read_suite(path, "suite.yaml", "general", builtin_expectations, problems)
    with pytest.raises(BadRule):
        problems.raise_if_any()


@pytest.mark.parametrize(
    "more",
    [
        "columns: {2005: {year: 2005}, Total: {}}\n",
        "columns: {DW: {sex: [total, female]}}\n",
        "rounded: 1000\n",
        'nil: ["-", ""]\n',
        "source: {document: seeds/a.txt, lines: 597-608, header: 43}\n",
        "identities: {in every column: {Total: [A, B]}, in every row: ['A = B + C']}\n",
        "identities: {in every column: {Total: [[A, B], [C, D]]}}\n",
    ],
)
def test_what_amyqa_takes_editors_take(tables: dict[str, Any], more: str, tmp_path: Path) -> None:
    text = (TABLE if "columns" not in more else "title: A\nfamily: general\n") + more
    assert mistakes(tables, text) == []
    problems = Problems()
    (tmp_path / "table.yaml").write_text(text, encoding="utf-8")
    read_spec(tmp_path / "table.yaml", "table.yaml", problems)
    problems.raise_if_any()


def test_every_key_of_a_table_is_described(tables: dict[str, Any]) -> None:
    parts = {"": tables, **tables["$defs"]}
    bare = [
        f"{name}.{key}"
        for name, part in parts.items()
        for key, about in part["properties"].items()
        if not about.get("description")
    ]
    assert bare == []


def test_every_argument_of_a_rule_is_described(suites: dict[str, Any]) -> None:
    branches = suites["properties"]["expectations"]["items"]["allOf"]
    arguments = [
        a for branch in branches for a in branch["then"]["properties"]["kwargs"]["properties"].values()
    ]
    assert len(arguments) > 5
    assert all(argument["description"] for argument in arguments)


@pytest.mark.parametrize("kind", KINDS)
def test_schema_prints_them(run: Run, kind: str) -> None:
    ran = run("schema", kind)
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out) == json.loads(json.dumps(KINDS[kind]()))


def test_schema_tells_an_unknown_kind(run: Run) -> None:
    ran = run("schema", "tabel")
    assert ran.code == 2
    assert "table" in ran.err
