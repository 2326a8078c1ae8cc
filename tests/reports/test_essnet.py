from __future__ import annotations

import datetime
import json
from collections import Counter
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from amyqa.model import Report
from amyqa.reports.data import essnet
from tests.reports import builder, rogues
from tests.reports.published import ESSNET

TIME = datetime.datetime(2026, 1, 31, 23, 30, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))


def read(report: Report) -> list[dict[str, Any]]:
    validations = json.loads(essnet.render(report, TIME, "1.2.3"))
    Draft202012Validator(ESSNET).validate(validations)
    ids = [each["id"] for each in validations]
    assert len(ids) == len(set(ids))
    return list(validations)


def test_the_chapter_tells_what_is_broken_what_is_unknown_and_what_held(chapter_report: Report) -> None:
    validations = read(chapter_report)
    values = Counter(each["value"] for each in validations)
    assert (values["0"], values["NA"]) == (len(chapter_report.findings), len(chapter_report.not_evaluated))
    assert values["1"] == sum(ran.looked_at > ran.broken for ran in chapter_report.ran)
    held = [each["data"]["description"] for each in validations if each["value"] == "1"]
    assert any(told.startswith("49 of 57 ") for told in held)


def test_a_finding_has_its_cells_as_keys_and_the_total_as_target(chapter_report: Report) -> None:
    flagship = read(chapter_report)[0]
    line = "data/2005/cambodia/deployed-to-malaysia.csv:11"
    table = "2005/cambodia/deployed-to-malaysia"
    assert flagship["data"]["target"] == [[table, line, "Total", "Total"]]
    assert flagship["data"]["source"][1:] == [
        [table, line, "Total", "Male"],
        [table, line, "Total", "Female"],
    ]
    assert flagship["rule"]["expression"] == "total = male + female"
    assert flagship["rule"]["description"].endswith("(ESS validation rule type VAD, level 1c)")


def test_the_time_is_that_of_the_check_in_utc() -> None:
    assert {each["event"]["time"] for each in read(builder.cambodia())} == {"20260131T163000+0000"}


def test_a_ruling_is_the_rules_explanation() -> None:
    told = [each["rule"].get("explanation") for each in read(rogues.report("why"))]
    assert told.count("explained: why (why, 2026-01-31)") == 1


@pytest.mark.parametrize("text", rogues.ROGUES)
def test_hostile_text_stays_text(text: str) -> None:
    assert Counter(each["value"] for each in read(rogues.report(text))) == {"0": 5, "NA": 2, "1": 2}


def test_the_same_report_and_time_give_the_same_bytes() -> None:
    assert essnet.render(builder.cambodia(), TIME, "1.2.3") == essnet.render(
        builder.cambodia(), TIME, "1.2.3"
    )
