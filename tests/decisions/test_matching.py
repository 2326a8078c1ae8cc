"""Which decision is about which finding."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace

import pytest

from amyqa.decisions.matching import matched
from amyqa.model import (
    Cell,
    Decision,
    DecisionStatus,
    Finding,
    NotEvaluated,
    Reading,
    Ruling,
    Severity,
    Status,
)
from tests.decisions.builder import DAY

NEXT = DAY + datetime.timedelta(1)


def finding(id: str = "a", total: str = "5", year: str = "2003", **changed: object) -> Finding:
    cells = tuple(
        Cell(n, "2005/x/t", year, column, token, Reading(Status.VALUE), "data/x.csv", 2, n)
        for n, (column, token) in enumerate([("Total", total), ("Male", "1"), ("Female", "3")], 1)
    )
    made = Finding(
        id=id * 16,
        table="2005/x/t",
        rule="totals",
        ess="VAD",
        level="1c",
        severity=Severity.ERROR,
        caught_by="suite",
        where={"year": year},
        relation="total = male + female",
        cells=cells,
        message=f"{year}: it does not add up.",
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def about(finding: Finding, **changed: object) -> Decision:
    made = Decision(
        finding=finding.id,
        table=finding.table,
        rule=finding.rule,
        severity=finding.severity,
        where=finding.where,
        relation=finding.relation,
        printed=finding.tokens,
        message=finding.message,
        ruling=Ruling.EXPLAINED,
        reason="see note a",
        who="A. Editor",
        date=DAY,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def judged(
    findings: Sequence[Finding],
    decisions: Sequence[Decision],
    idle: Sequence[NotEvaluated] = (),
    today: datetime.date = DAY,
) -> tuple[list[tuple[str, DecisionStatus | None]], list[DecisionStatus]]:
    """Status and standing of each finding, and what each decision does."""
    found, standings = matched(findings, idle, decisions, today)
    assert [decision for decision, _ in standings] == list(decisions)
    return [(f.status, f.standing) for f in found], [standing for _, standing in standings]


def test_a_decision_gives_its_finding_its_ruling() -> None:
    told = judged([finding("a"), finding("b", year="2004")], [about(finding("a"))])
    assert told == ([("explained", DecisionStatus.APPLIES), ("open", None)], [DecisionStatus.APPLIES])


def test_a_changed_number_reopens_the_finding() -> None:
    decision = about(finding("a"))
    [found], _ = matched([finding("b", total="6")], (), [decision], DAY)
    assert (found.status, found.standing, found.decision) == ("open", DecisionStatus.REOPENED, decision)


@pytest.mark.parametrize(
    "other",
    [
        finding("b", year="2004"),
        finding("b", rule="identities"),
        finding("b", table="2005/x/u"),
        finding("b", relation="total = a + b"),
    ],
)
def test_what_is_elsewhere_or_another_rule_is_not_reopened_but_new(other: Finding) -> None:
    assert judged([other], [about(finding("a"))]) == ([("open", None)], [DecisionStatus.STALE])


def test_a_decision_is_stale_when_nothing_is_found_there() -> None:
    assert judged([], [about(finding())]) == ([], [DecisionStatus.STALE])


@pytest.mark.parametrize(
    ("today", "standing", "status"),
    [
        (DAY, DecisionStatus.APPLIES, "explained"),
        (NEXT, DecisionStatus.APPLIES, "explained"),
        (NEXT + datetime.timedelta(1), DecisionStatus.EXPIRED, "open"),
    ],
)
def test_a_decision_holds_up_to_its_last_day(
    today: datetime.date, standing: DecisionStatus, status: str
) -> None:
    told = judged([finding()], [about(finding(), expires=NEXT)], today=today)
    assert told == ([(status, standing)], [standing])


def test_an_expired_decision_on_another_number_is_reopened_not_expired() -> None:
    told = judged([finding("b", total="6")], [about(finding(), expires=DAY)], today=NEXT)
    assert told == ([("open", DecisionStatus.REOPENED)], [DecisionStatus.REOPENED])


def test_a_decision_reopens_one_finding_only() -> None:
    found = [finding("b", total="6"), finding("c", total="7")]
    statuses, standings = judged(found, [about(finding("a"))])
    assert [standing for _, standing in statuses] == [DecisionStatus.REOPENED, None]
    assert standings == [DecisionStatus.REOPENED]


def test_of_two_decisions_at_one_place_the_likelier_one_is_reopened() -> None:
    same = finding("a"), finding("b", total="99")
    changed = replace(finding("c"), cells=(*same[1].cells[:2], replace(same[1].cells[2], token="4")))
    found, standings = matched([changed], (), [about(each) for each in same], DAY)
    assert found[0].decision is not None
    assert found[0].decision.finding == same[1].id
    assert [standing for _, standing in standings] == [DecisionStatus.STALE, DecisionStatus.REOPENED]


def test_a_decision_that_still_applies_reopens_nothing() -> None:
    told = judged([finding("a"), finding("b", total="6")], [about(finding("a"))])
    assert told == ([("explained", DecisionStatus.APPLIES), ("open", None)], [DecisionStatus.APPLIES])


@pytest.mark.parametrize(
    ("item", "standing"),
    [
        (
            NotEvaluated("2005/x/t", "any", "total = male + female", {}, "gx only", identity=False),
            DecisionStatus.IDLE,
        ),
        (
            NotEvaluated("2005/x/t", "totals", "along sector", {}, "no sectors", identity=False),
            DecisionStatus.STALE,
        ),
        (
            NotEvaluated("2005/x/t", "totals", "total = male + female", {"year": "2003"}, "blank"),
            DecisionStatus.IDLE,
        ),
        (
            NotEvaluated("2005/x/t", "totals", "total = male + female", {"year": "2004"}, "blank"),
            DecisionStatus.STALE,
        ),
        (
            NotEvaluated("2005/x/u", "any", "total = male + female", {}, "gx", identity=False),
            DecisionStatus.STALE,
        ),
    ],
)
def test_a_decision_on_what_was_not_judged_is_not_stale(item: NotEvaluated, standing: DecisionStatus) -> None:
    assert judged([], [about(finding())], [item]) == ([], [standing])


def test_cells_of_another_table_and_repeated_places_are_told_apart() -> None:
    cells = finding().cells
    external = replace(cells[1], table="2005/x/u")
    told = replace(finding(), cells=(cells[0], cells[0], external)).tokens
    assert told == {"2003, Total": "5", "2003, Total (again 1)": "5", "2005/x/u[2003, Male]": "1"}
