"""The Cambodia chapter's own misprints: which cells, what they should be, why, and how sure that is."""

from __future__ import annotations

from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.model import Explanation, Report, TableDiagnosis
from tests.yearbooks import CHAPTER, shipped

KOREA = f"{CHAPTER}/deployed-to-south-korea"
MALAYSIA = f"{CHAPTER}/deployed-to-malaysia"
INDICATORS = f"{CHAPTER}/annual-indicators"
WOMEN = "every domestic worker is a woman"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return pipeline.check([shipped(tmp_path_factory.mktemp("chapter"))], "duckdb")


@pytest.fixture(scope="module")
def unassumed(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Malaysia without what is assumed of domestic workers."""
    root = shipped(tmp_path_factory.mktemp("unassumed"), "deployed-to-malaysia")
    spec = root / "data" / f"{MALAYSIA}.yaml"
    lines = [line for line in spec.read_text(encoding="utf-8").splitlines() if not line.startswith("zero:")]
    text = "\n".join(lines).replace("sex: [total, female]", "sex: total")
    assert "zero:" not in text
    assert "[total, female]" not in text
    spec.write_text(text, encoding="utf-8")
    return pipeline.check([root], "duckdb")


def of(report: Report, table: str) -> TableDiagnosis:
    [diagnosis] = [d for d in report.diagnoses if d.table == table]
    return diagnosis


def changes(told: TableDiagnosis | Explanation) -> dict[tuple[str, str], tuple[str, str]]:
    return {(c.cell.row, c.cell.column): (c.cell.token, str(c.proposed)) for c in told.changes}


def test_the_chapter_has_three_diagnoses_and_all_are_located(report: Report) -> None:
    assert sorted(d.table for d in report.diagnoses) == sorted([KOREA, MALAYSIA, INDICATORS])
    assert all(d.located and d.likelihood > 0.9 for d in report.diagnoses)


def test_south_korea_has_one_wrong_cell(report: Report) -> None:
    told = of(report, KOREA)
    assert changes(told) == {("2004", "Male"): ("516", "519")}
    assert [(c.kind, c.role) for c in told.changes] == [("one digit wrong", "root")]
    assert told.message == "2004, Male: printed 516, its parts sum to 519; one digit looks wrong."


def test_south_koreas_certificate_is_that_no_other_explanation_has_fewer_than_seven_cells(
    report: Report,
) -> None:
    told = of(report, KOREA)
    assert (told.unique, told.smallest, told.ties, told.next_best) == (True, 1, 1, 7)
    assert told.proven
    assert not told.search_truncated
    assert told.assumptions == ()


def test_malaysia_has_the_five_wrong_cells(report: Report) -> None:
    told = of(report, MALAYSIA)
    assert changes(told) == {
        ("2006", "Total"): ("895", "859"),
        ("2006", "Male"): ("267", "172"),
        ("Total", "HRD Total"): ("2,914", "2915"),
        ("Total", "Total"): ("6,619", "6620"),
        ("Total", "Male"): ("1,807", "1712"),
    }


def test_malaysias_misprints_are_told_from_the_totals_that_inherited_them(report: Report) -> None:
    roles = {(c.cell.row, c.cell.column): c.role for c in of(report, MALAYSIA).changes}
    assert roles == {
        ("2006", "Total"): "root",
        ("2006", "Male"): "root",
        ("Total", "HRD Total"): "root",
        ("Total", "Total"): "inherited",
        ("Total", "Male"): "inherited",
    }
    assert list(roles.values()) == sorted(roles.values(), reverse=True)  # roots first


def test_malaysias_slips_are_named(report: Report) -> None:
    kinds = {(c.cell.row, c.cell.column): c.kind for c in of(report, MALAYSIA).changes}
    assert kinds["2006", "Total"] == "transposed digits"
    assert kinds["Total", "HRD Total"] == "off by one"
    assert kinds["Total", "Total"] == kinds["Total", "Male"] == "added up from a wrong part"


def test_malaysias_certificate_names_what_it_rests_on(report: Report) -> None:
    told = of(report, MALAYSIA)
    assert (told.unique, told.smallest, told.ties, told.next_best) == (True, 5, 1, 6)
    assert told.proven
    assert not told.search_truncated
    [assumption] = told.assumptions
    assert assumption.startswith(WOMEN)


def test_a_diagnosis_explains_every_broken_sum_of_its_table(report: Report) -> None:
    for table, number in ((KOREA, 3), (MALAYSIA, 8)):
        findings = {f.id for f in report.findings if f.table == table and f.rule == "totals"}
        assert set(of(report, table).explains) == findings
        assert len(findings) == number


def test_malaysias_sentences_are_an_editors(report: Report) -> None:
    told = of(report, MALAYSIA)
    first = "2006, Total: printed 895, its parts sum to 859; the last two digits look swapped."
    assert told.message == first + " With 4 more cells it explains the 8 broken sums."
    assert [c.message for c in told.changes] == [
        first,
        "2006, Male: printed 267, its parts sum to 172.",
        "Total row, HRD Total: printed 2,914, its parts sum to 2,915; off by one.",
        "Total row, Total: printed 6,619, its corrected parts sum to 6,620;"
        " it was added up from a wrong part.",
        "Total row, Male: printed 1,807, its parts sum to 1,712; it was added up from a wrong part.",
    ]


def test_without_the_assumption_three_explanations_of_five_cells_tie(unassumed: Report) -> None:
    assert (unassumed.total.evaluated, unassumed.total.broken) == (37, 6)
    told = of(unassumed, MALAYSIA)
    assert (told.smallest, told.ties, told.unique, told.proven) == (5, 3, False, True)
    tied: list[TableDiagnosis | Explanation] = [told, *(a for a in told.alternatives if len(a.changes) == 5)]
    common = {("2006", "Total"), ("Total", "HRD Total"), ("Total", "Total")}
    assert [set(changes(each)) - common for each in tied] == [
        {("2006", "Male"), ("Total", "Male")},
        {("2006", "Female"), ("Total", "Female")},
        {("2006", "DW Total"), ("Total", "DW Total")},
    ]


def test_of_the_three_the_right_one_comes_first(report: Report, unassumed: Report) -> None:
    told = of(unassumed, MALAYSIA)
    assert changes(told) == changes(of(report, MALAYSIA))
    assert told.likelihood > 0.9
    assert told.likelihood > max(a.likelihood for a in told.alternatives)


def test_the_second_of_the_three_has_the_same_slip_and_only_breaks_what_holds_elsewhere(
    unassumed: Report,
) -> None:
    second = of(unassumed, MALAYSIA).alternatives[0]
    assert changes(second)["2006", "Total"] == ("895", "859")
    assert changes(second)["2006", "Female"] == ("687", "592")


def test_likelihoods_of_all_explanations_add_up_to_one_at_the_most(report: Report, unassumed: Report) -> None:
    for told in (*report.diagnoses, *unassumed.diagnoses):
        assert told.likelihood + told.missing + sum(a.likelihood for a in told.alternatives) <= 1 + 1e-9


def test_the_population_of_2003_is_a_thousand_times_too_large(report: Report) -> None:
    told = of(report, INDICATORS)
    [change] = told.changes
    assert (change.cell.column, change.cell.token) == ("2003", "14,144.00")
    assert (str(change.proposed), change.kind, change.role) == (
        "14.144",
        "a thousand times too large",
        "root",
    )
    assert told.message == change.message
    assert told.message.endswith(
        "2003: printed 14,144.00, a thousand times too large compared with neighbouring values; 14.144 fits."
    )
    # out of its range, and an outlier of its series: one cell, one diagnosis
    assert [f.rule for f in report.findings if f.id in told.explains] == ["range", "outliers"]


def test_the_same_table_is_diagnosed_the_same_from_any_of_its_paths(tmp_path: Path, report: Report) -> None:
    root = shipped(tmp_path, "deployed-to-malaysia", "deployed-to-south-korea")
    again = pipeline.check([root], "duckdb")
    for table in (KOREA, MALAYSIA):
        assert of(again, table) == of(report, table)


def test_clean_tables_have_no_diagnosis(report: Report) -> None:
    broken = {f.table for f in report.findings if f.rule in ("totals", "identities", "range")}
    assert {d.table for d in report.diagnoses} <= broken
    assert f"{CHAPTER}/deployed-to-saudi-arabia" not in {d.table for d in report.diagnoses}
