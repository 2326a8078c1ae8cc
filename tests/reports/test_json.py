from __future__ import annotations

import dataclasses
import json as plain
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from amyqa.errors import Problem
from amyqa.model import (
    Counts,
    DecisionStatus,
    Failure,
    PartlyChecked,
    Report,
    Severity,
    Unchecked,
    UncheckedTotal,
)
from amyqa.reports.data import json
from tests.decisions import builder as of_decisions
from tests.reports import builder

NUMBER = Draft202012Validator(json.schema()["$defs"]["CellEntry"]["properties"]["value"])


def rendered(report: Report) -> dict[str, Any]:
    """The report read back, with decimals as decimals."""
    content = plain.loads(json.render(report), parse_float=Decimal)
    assert isinstance(content, dict)
    return content


def closed(schema: Any) -> Any:
    """The schema without its tolerance of unknown keys."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    stricter = {key: closed(value) for key, value in schema.items()}
    if "properties" in schema:
        stricter["additionalProperties"] = False
    return stricter


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.schema())


def decided() -> Report:
    """A report with a decision that holds, one that was reopened, and one that is stale."""
    return ruled(builder.cambodia(), DecisionStatus.APPLIES, DecisionStatus.REOPENED, DecisionStatus.STALE)


def ruled(report: Report, *standings: DecisionStatus) -> Report:
    """The report with the first findings decided, whatever became of it."""
    findings = list(report.findings)
    decisions = []
    for n, standing in enumerate(standings):
        decision = of_decisions.decision(n, finding=findings[n].id, file="decisions/x.yaml", line=n + 1)
        status = decision.ruling.value if standing is DecisionStatus.APPLIES else "open"
        decisions.append((decision, standing))
        if standing is not DecisionStatus.STALE:
            findings[n] = dataclasses.replace(
                findings[n], status=status, decision=decision, standing=standing, known=n == 1
            )
    return dataclasses.replace(report, findings=tuple(findings), decisions=tuple(decisions), since="main")


def test_decisions_are_told_with_their_findings_and_on_their_own() -> None:
    content = rendered(decided())
    first, second, third = content["findings"][:3]
    assert (first["status"], first["standing"], first["known"]) == ("kept as printed", "applies", False)
    assert (second["status"], second["standing"], second["known"]) == ("open", "reopened", True)
    assert (third["status"], third["standing"], third["decision"]) == ("open", None, None)
    assert [each["standing"] for each in content["decisions"]] == ["applies", "reopened", "stale"]
    assert content["decisions"][1] == {"standing": "reopened", **second["decision"]}
    assert first["decision"]["date"] == "2026-11-02"
    assert (content["since"], rendered(builder.cambodia())["since"]) == ("main", None)
    assert content["summary"]["overrides"] == {first["rule"]: 1}
    assert sum(content["summary"]["findings"].values()) == len(content["findings"]) - 1


def in_part() -> Report:
    """A report of what could not be checked, read, or added up, or only in part."""
    problem = Problem("is wrong", "correct it", "data/t.csv", 3, 2, "rows.total")
    failures = (
        Failure("t", (problem,)),
        Failure("u", (problem,), partly=True),
        Failure("", (Problem("is no YAML"),), file="decisions/tables.yaml"),
    )
    report = builder.cambodia()
    total = UncheckedTotal(True, "Total", ("Men",), False)
    unchecked = Unchecked(
        (total,), ("Age",), ("Other",), (PartlyChecked(True, "Rest", 1, 4),), ("No.",), False
    )
    return dataclasses.replace(report, failures=failures, unchecked={report.tables[0].id: unchecked})


@pytest.mark.parametrize(
    "report",
    [builder.cambodia(), builder.diagnosed(), builder.hostile(), builder.report(), decided(), in_part()],
)
def test_a_report_is_what_the_schema_says_and_has_no_key_it_does_not_name(report: Report) -> None:
    Draft202012Validator(closed(json.schema())).validate(plain.loads(json.render(report)))


def test_the_words_of_version_1_stay() -> None:
    failed = rendered(in_part())["failures"][0]
    assert failed["problems"][0]["mend"] == "correct it"
    assert {"reached", "missing", "settled"} <= rendered(builder.diagnosed())["diagnoses"][0].keys()


def test_the_schema_refuses_a_report_of_another_version() -> None:
    content = rendered(builder.cambodia()) | {"version": 2}
    assert not Draft202012Validator(json.schema()).is_valid(content)


def test_the_flagship_is_the_first_finding_with_its_exact_numbers_and_places() -> None:
    first = rendered(builder.cambodia())["findings"][0]
    assert (first["printed"], first["computed"], first["difference"]) == (6619, 6715, -96)
    assert first["where"] == {"year": "Total", "sector": "all"}
    assert first["cells"][0] == {
        "table": "2005/cambodia/deployed-to-malaysia",
        "row": "Total",
        "column": "Total",
        "printed": "6,619",
        "status": "value",
        "value": 6619,
        "file": "data/2005/cambodia/deployed-to-malaysia.csv",
        "line": 11,
        "column_number": 2,
        "source_line": 608,
    }


def test_a_dash_is_printed_as_it_stands_and_its_value_follows_its_status() -> None:
    nil = builder.table("t", ["A"], {"x": ["-"], "y": ["–"]})
    findings = (builder.finding(nil, ("x", "A")), builder.finding(nil, ("y", "A")))
    first, second = (f["cells"][0] for f in rendered(builder.report(nil, findings=findings))["findings"])
    assert (first["printed"], first["status"], first["value"]) == ("-", "nil", 0)
    assert (second["printed"], second["status"], second["value"]) == ("–", "missing", None)


def test_the_summary_counts_every_table_cell_identity_and_open_finding() -> None:
    summary = rendered(builder.cambodia())["summary"]
    assert summary == {
        "tables": 2,
        "cells": 74,
        "identities": {"evaluated": 57, "broken": 3, "not_evaluated": 3},
        "findings": {"error": 2, "warning": 1, "info": 0},
        "overrides": {},
    }


def test_each_table_has_its_own_counts_even_where_nothing_was_counted() -> None:
    clean = builder.table("clean", ["A"], {"x": ["1"]}, title="Clean")
    report = builder.cambodia()
    report = dataclasses.replace(report, tables=(*report.tables, clean))
    first, *_, last = rendered(report)["tables"]
    assert first["identities"] == {"evaluated": 57, "broken": 3, "not_evaluated": 0}
    assert first["findings"] == {"error": 2, "warning": 1, "info": 0}
    assert last == {
        "table": "clean",
        "title": "Clean",
        "file": "data/clean.csv",
        "cells": 1,
        "identities": {"evaluated": 0, "broken": 0, "not_evaluated": 0},
        "findings": {"error": 0, "warning": 0, "info": 0},
    }


def test_a_finding_that_was_explained_is_listed_but_no_longer_counted() -> None:
    table = builder.malaysia()
    explained = builder.finding(table, ("2006", "Total"), status="explained")
    content = rendered(builder.report(table, findings=(explained,), counts={table.id: Counts(1, 1)}))
    assert [finding["status"] for finding in content["findings"]] == ["explained"]
    assert content["summary"]["findings"] == {"error": 0, "warning": 0, "info": 0}
    assert content["tables"][0]["findings"]["error"] == 0


def test_a_diagnosis_has_every_cell_with_its_proposal_as_text_and_its_role() -> None:
    located = rendered(builder.diagnosed())["diagnoses"][0]
    assert located["changes"][0] == {
        "row": "2006",
        "column": "Total",
        "printed": "895",
        "proposed": "859",
        "kind": "transposed digits",
        "role": "root",
        "message": "2006, Total: printed 895, its parts sum to 859.",
        "file": "data/2005/cambodia/deployed-to-malaysia.csv",
        "line": 10,
        "column_number": 2,
        "source_line": 607,
    }
    proposals = [(c["printed"], c["proposed"], c["role"]) for c in located["changes"][2:]]
    assert proposals == [
        ("2,914", "2915", "root"),
        ("6,619", "6620", "inherited"),
        ("1,807", "1712", "inherited"),
    ]


def test_a_diagnosis_says_what_it_explains_how_sure_it_is_and_on_what_it_rests() -> None:
    report = builder.diagnosed()
    located = rendered(report)["diagnoses"][0]
    flagship, year = (finding.id for finding in report.findings[:2])
    assert set(located["explains"]) == {flagship, year}
    assert located["assumptions"] == ["every domestic worker is a woman"]
    keys = ("located", "unique", "smallest", "ties", "next_best", "proven", "reached")
    assert [located[key] for key in keys] == [True, True, 5, 1, 6, True, False]
    assert located["likelihood"] == Decimal("0.99993")
    [other] = located["alternatives"]
    assert (other["likelihood"], len(other["changes"])) == (Decimal("0.00002"), 4)
    assert other["changes"][0].keys() == located["changes"][0].keys()


def test_what_was_not_located_proposes_no_change_and_lists_its_candidates() -> None:
    lost = rendered(builder.diagnosed())["diagnoses"][1]
    assert (lost["located"], lost["changes"], lost["ties"], lost["next_best"]) == (False, [], 3, None)
    assert [a["changes"][0]["column"] for a in lost["alternatives"]] == ["Total", "Male", "Female"]


@pytest.mark.parametrize(
    ("printed", "better", "proposed"),
    [
        ("2.40", "2.4", "2.40"),
        ("2.4", "2.45", "2.45"),
        ("1,049", "1.1E+3", "1100"),
        ("5", "-5", "-5"),
        ("5", "-0.0", "0"),
        ("895", "859.00", "859"),
    ],
)
def test_a_proposal_has_the_decimals_of_the_printed_cell(printed: str, better: str, proposed: str) -> None:
    table = builder.table("t", ["A"], {"x": [printed]})
    diagnosis = builder.diagnosis(table, builder.change(table, "x", "A", better))
    report = builder.report(table, diagnoses=(diagnosis,))
    content = plain.loads(json.render(report))
    Draft202012Validator(json.schema()).validate(content)
    assert content["diagnoses"][0]["changes"][0]["proposed"] == proposed


def test_a_likelihood_has_the_digits_that_every_machine_agrees_on() -> None:
    table = builder.malaysia()
    wrong = builder.change(table, "2006", "Total", "859")
    sure = builder.diagnosis(table, wrong, likelihood=0.9999999995101496, missing=1.383290314069615e-19)
    [told] = rendered(builder.report(table, diagnoses=(sure,)))["diagnoses"]
    assert told["likelihood"] == Decimal("0.99999999951")
    assert told["missing"] == Decimal("1.38329031407E-19")


def test_what_was_not_evaluated_is_listed_with_its_reason() -> None:
    entries = rendered(builder.cambodia())["not_evaluated"]
    assert len(entries) == 3
    assert entries[0] == {
        "table": "2005/cambodia/stock-abroad",
        "rule": "totals",
        "relation": "total = male + female",
        "where": {"column": "Persons"},
        "reason": "the total is not known",
        "identity": True,
    }


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("6619", 6619),
        ("-96", -96),
        ("14144.00", 14144),
        ("1E+3", 1000),
        ("-0.6", -0.6),
        ("0.30", 0.3),
        ("123456789012345678", 123456789012345678),
        ("1234567890.12345678", "1234567890.12345678"),
        ("1E-400", "1E-400"),
        ("1E+9999", "1E+9999"),
    ],
)
def test_a_number_is_an_integer_a_float_that_says_the_same_or_a_string(printed: str, value: object) -> None:
    found = json.exact(Decimal(printed))
    assert (type(found), found) == (type(value), value)


def test_no_number_is_null() -> None:
    assert json.exact(None) is None


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_no_number_changes_on_its_way_through_json(value: Decimal) -> None:
    text = plain.dumps(json.exact(value))
    assert Decimal(text.strip('"')) == value


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_every_number_is_one_the_schema_knows(value: Decimal) -> None:
    NUMBER.validate(json.exact(value))


def test_hostile_text_comes_back_as_it_was() -> None:
    content = plain.loads(json.render(builder.hostile()))
    assert content["findings"][0]["message"] == builder.HOSTILE
    assert content["findings"][0]["cells"][0]["printed"] == builder.HOSTILE
    assert content["tables"][0]["title"] == builder.HOSTILE


def test_nothing_in_the_text_drives_a_terminal_and_khmer_stays_readable() -> None:
    text = json.render(builder.hostile())
    assert not [
        char for char in text if char != "\n" and not char.isprintable() and char not in "\u200b\u200d"
    ]
    assert "កម្ពុជា" in text


def test_half_a_surrogate_pair_from_a_file_name_can_still_be_written() -> None:
    table = dataclasses.replace(builder.malaysia(), file="data/caf\udce9.csv")
    text = json.render(builder.report(table))
    assert plain.loads(text.encode())["tables"][0]["file"] == "data/caf\udce9.csv"


def test_severities_of_the_schema_are_those_of_the_model() -> None:
    assert json.schema()["$defs"]["FindingEntry"]["properties"]["severity"]["enum"] == [
        s.value for s in Severity
    ]


def test_the_same_report_gives_the_same_bytes() -> None:
    assert json.render(builder.cambodia()) == json.render(builder.cambodia())
