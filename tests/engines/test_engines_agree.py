"""Both engines say the same of the shipped chapter, and what they say is the answer key."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.model import Counts, Finding, Report, Severity
from amyqa.pipeline import ENGINES
from tests.yearbooks import CHAPTER, shipped


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, great_expectations: None) -> dict[str, Report]:
    root = shipped(tmp_path_factory.mktemp("shipped"))
    return {engine: pipeline.check([root], engine) for engine in ENGINES}


@pytest.fixture(params=ENGINES)
def report(request: pytest.FixtureRequest, reports: dict[str, Report]) -> Report:
    return reports[request.param]


def of(report: Report, table: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.table == f"{CHAPTER}/{table}"]


def cells(finding: Finding) -> dict[tuple[str, str], int]:
    places = [(cell.row, cell.column) for cell in finding.cells]
    return dict(zip(places, finding.coefficients, strict=True))


def test_the_engines_differ_in_nothing_but_their_names(reports: Mapping[str, Report]) -> None:
    first, *others = reports.values()
    assert first.findings
    for other in others:
        # each has its own time, too
        assert dataclasses.replace(other, engine=first.engine, imprint=first.imprint) == first


@pytest.mark.parametrize(
    ("table", "evaluated", "broken", "not_evaluated"),
    [
        ("deployed-to-south-korea", 47, 3, 0),
        ("deployed-to-malaysia", 57, 8, 0),
        ("deployed-to-saudi-arabia", 1, 0, 0),
        ("stock-abroad", 0, 0, 3),
        ("stock-in-country", 0, 0, 3),
        ("claims", 4, 1, 1),
        ("annual-indicators", 0, 0, 0),
        ("events", 0, 0, 0),
    ],
)
def test_the_identities_of_a_table_are_counted(
    report: Report, table: str, evaluated: int, broken: int, not_evaluated: int
) -> None:
    assert report.counts[f"{CHAPTER}/{table}"] == Counts(evaluated, broken, not_evaluated)


def test_the_chapter_has_twelve_broken_identities_among_109(report: Report) -> None:
    assert report.total == Counts(109, 12, 7)
    assert (report.at(Severity.ERROR), report.at(Severity.WARNING), report.at(Severity.INFO)) == (13, 3, 3)


# total (row, column), what it adds up, printed, computed, difference, who caught it
MALAYSIA = [
    ("2006 Total", ["2006 Male", "2006 Female"], 895, 954, -59, "schema"),
    ("Total Total", ["Total Male", "Total Female"], 6619, 6715, -96, "schema"),
    ("Total HRD Total", ["Total HRD Male", "Total HRD Female"], 2914, 2915, -1, "schema"),
    ("2006 Total", ["2006 DW Total", "2006 HRD Total"], 895, 859, 36, "suite"),
    ("2006 Male", ["2006 HRD Male"], 267, 172, 95, "suite"),
    ("Total Male", ["Total HRD Male"], 1807, 1712, 95, "suite"),
    ("Total Total", [f"{year} Total" for year in range(1998, 2007)], 6619, 6656, -37, "suite"),
    ("Total HRD Total", [f"{year} HRD Total" for year in range(1998, 2007)], 2914, 2915, -1, "suite"),
]
KOREA = [
    ("2004 Total", ["2004 Male", "2004 Female"], 674, 671, 3, "schema"),
    (
        "2004 Male",
        ["2004 Factory Male", "2004 Agricultural Male", "2004 Fishing Male"],
        516,
        519,
        -3,
        "suite",
    ),
    ("Total Male", [f"{year} Male" for year in range(2003, 2007)], 2097, 2094, 3, "suite"),
]


@pytest.mark.parametrize(
    ("table", "key"), [("deployed-to-malaysia", MALAYSIA), ("deployed-to-south-korea", KOREA)]
)
def test_the_broken_sums_are_those_worked_out_by_hand(report: Report, table: str, key: list) -> None:
    told = {}
    for finding in of(report, table):
        assert (finding.rule, finding.ess, finding.level) == ("totals", "VAD", "1c")
        assert finding.severity is Severity.ERROR
        (total, one), *parts = cells(finding).items()
        assert one == 1
        assert all(coefficient == -1 for _, coefficient in parts)
        names = tuple(sorted(" ".join(place) for place, _ in parts))
        figures = (finding.printed, finding.computed, finding.difference)
        told[" ".join(total), names] = (*figures, finding.caught_by)
    assert told == {
        (total, tuple(sorted(parts))): (*map(Decimal, figures), caught_by)
        for total, parts, *figures, caught_by in key
    }


def test_the_flagship_is_told_in_one_sentence_with_its_place_on_paper_and_on_disk(report: Report) -> None:
    [flagship] = [f for f in report.findings if f.difference == -96]
    assert flagship.message == (
        "Total row: total is printed 6,619; male 1,807 + female 4,908 = 6,715; 96 too few."
    )
    assert flagship.relation == "total = male + female"
    assert flagship.where == {"year": "Total", "sector": "all"}
    total = flagship.cells[0]
    assert (total.file, total.line, total.position) == (f"data/{CHAPTER}/deployed-to-malaysia.csv", 11, 2)
    assert (total.token, total.source_line) == ("6,619", 608)


def test_a_population_a_thousand_times_too_big_is_out_of_range(report: Report) -> None:
    [population] = [f for f in of(report, "annual-indicators") if f.rule == "range"]
    assert (population.printed, population.severity) == (Decimal("14144.00"), Severity.ERROR)
    assert population.where == {"indicator": "Population (million; mid-year estimate)", "year": "2003"}
    assert "14,144.00 is not between 0.001 and 1,500" in population.message
    assert "the row is headed million" in population.message


def test_the_two_rows_that_cannot_be_placed_are_warnings(report: Report) -> None:
    uncertain = [f for f in of(report, "annual-indicators") if f.rule == "placement"]
    assert [f.severity for f in uncertain] == [Severity.WARNING] * 2
    printed = {f.where["row"]: [c.token for c in f.cells] for f in uncertain}
    assert printed == {
        "Foreign (total external) debt (US$ billion; yearend)": ["0.800", "<china write-off>", "2.357"],
        "HIV/AIDS adult prevalence rate (adult PLHA as % of adult popn)": ["2.60", "2.70", "2.00"],
    }


def test_one_claim_disagrees_one_is_not_evaluated_and_one_compares_a_stock_with_flows(
    report: Report,
) -> None:
    [growth, stock] = sorted(of(report, "claims"), key=lambda f: f.severity.rank)
    assert (growth.rule, growth.severity) == ("claims", Severity.ERROR)
    assert (growth.printed, growth.computed, growth.difference) == (
        Decimal("13.4"),
        Decimal("4.0"),
        Decimal("9.4"),
    )
    assert growth.where["lines"] == "283-285"
    assert (stock.rule, stock.severity, stock.where["lines"]) == ("measures", Severity.INFO, "558-560")
    [rural] = [n for n in report.not_evaluated if n.identity and n.table == f"{CHAPTER}/claims"]
    assert rural.where["lines"] == "151-152"
    assert "names no year" in rural.reason


def test_sums_of_a_stock_that_prints_dashes_are_listed_as_not_evaluated(report: Report) -> None:
    listed = [n for n in report.not_evaluated if n.identity and "/stock-" in n.table]
    assert [n.relation.split(" ")[1] for n in listed] == ["=", "=", ">="] * 2
    assert all("TOTAL is '–'" in n.reason for n in listed)
    assert not of(report, "stock-abroad")
    assert not of(report, "stock-in-country")


def test_a_rule_that_had_nothing_to_judge_is_listed(report: Report) -> None:
    rules = [n for n in report.not_evaluated if not n.identity]
    of_indicators = [n for n in rules if n.table == f"{CHAPTER}/annual-indicators"]
    assert [n.relation.partition("(indicator ")[2] for n in of_indicators if n.rule == "range"] == [
        "Underemployment rate (% labor force))",
        "% women in the annual outflow)",
        "% women in the annual inflow)",
    ]
    of_arabia = [n for n in rules if n.table == f"{CHAPTER}/deployed-to-saudi-arabia"]
    assert [(n.relation, n.reason) for n in of_arabia if n.rule == "totals"] == [
        ("a total equals the sum of its parts (along sector)", "the table has no total along 'sector'"),
        ("a total equals the sum of its parts (along year)", "the table has no total along 'year'"),
    ]
    alone = ("the table has no two years, quarters or months along 'year'",) * 2
    assert tuple(n.reason for n in of_arabia if n.rule in ("outliers", "gaps")) == alone


def test_what_a_rule_could_not_judge_is_counted_by_its_reason(report: Report) -> None:
    listed = [n for n in report.not_evaluated if n.table == f"{CHAPTER}/annual-indicators"]
    [few] = [n.reason for n in listed if n.rule == "outliers"]
    assert few.startswith("29 values: fewer than 4 known values in its series (% population below")
    assert [n.reason.partition(" (")[0] for n in listed if n.rule == "gaps"] == [
        "10 values: the periods stand at no regular step: give it as step:",
        "2 values: fewer than 3 known periods make no series",
        "4 values: the series has cells that cannot be placed",
    ]


@pytest.mark.usefixtures("great_expectations")
@pytest.mark.parametrize("engine", ENGINES)
def test_malaysia_without_its_assumption_has_37_identities_of_which_6_are_broken(
    tmp_path: Path, engine: pipeline.Engine
) -> None:
    root = shipped(tmp_path, "deployed-to-malaysia")
    spec = root / "data" / CHAPTER / "deployed-to-malaysia.yaml"
    lines = [line for line in spec.read_text().splitlines() if not line.startswith("zero:")]
    text = "\n".join(lines).replace("sex: [total, female]", "sex: total")
    spec.write_text(text + "\n")
    counted = pipeline.check([root], engine).counts[f"{CHAPTER}/deployed-to-malaysia"]
    assert (counted.evaluated, counted.broken) == (37, 6)
    # the women and the men of each row, over the sectors
    assert counted.not_evaluated == 20


@pytest.mark.usefixtures("great_expectations")
@pytest.mark.parametrize("engine", ENGINES)
def test_a_table_is_judged_alone_as_it_is_among_the_others(
    tmp_path: Path, reports: Mapping[str, Report], engine: pipeline.Engine
) -> None:
    root = shipped(tmp_path)
    alone = pipeline.check([root / "data" / CHAPTER / "deployed-to-malaysia.csv"], engine)
    assert list(alone.counts) == [f"{CHAPTER}/deployed-to-malaysia"]
    assert {f.id for f in alone.findings} == {f.id for f in of(reports[engine], "deployed-to-malaysia")}
