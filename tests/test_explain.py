"""``amyqa explain``: a cell's identities with their arithmetic, its findings and its diagnosis."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.reports.text.explain import render
from amyqa.rules.outcome import IdentityState
from tests.conftest import Run
from tests.yearbooks import CHAPTER, ROOT, write_family, write_table

MALAYSIA = f"{CHAPTER}/deployed-to-malaysia"


def flat(text: str) -> str:
    """The text without its line breaks."""
    return " ".join(text.split())


def test_a_cell_is_explained_by_every_identity_it_stands_in(run: Run, chapter: Path) -> None:
    told = run("explain", MALAYSIA, "2006", "Total", cwd=chapter)
    assert told.code == 0, told.err
    text = flat(told.out)
    assert "It is part of 3 identities: 3 broken, 0 not evaluated, 0 holding" in text
    assert "2006: all sectors 895 ≠ domestic work 497 + HRD factory 362 = 859: broken, 36 too many" in text
    assert "2006: total 895 ≠ male 267 + female 687 = 954: broken, 59 too few" in text
    assert "+ 1776 (2005) + 895 (2006) = 6,656: broken, 37 too few" in text
    assert "deployed-to-malaysia.csv:10, field 2; printed source: line 607" in text


def test_a_cell_is_told_with_its_findings_and_its_diagnosis(run: Run, chapter: Path) -> None:
    text = flat(run("explain", MALAYSIA, "2006", "Total", cwd=chapter).out)
    assert "Findings: 3" in text
    assert "its parts sum to 859; the last two digits look swapped." in text
    assert "895 → 859 (misprint: transposed digits)" in text
    assert "over 99.9%" in text
    assert "the only explanation with 5 cells; the next best needs 6" in text
    assert "Alternatives that change this cell: none" in text
    assert "Assumes: every domestic worker is a woman" in text


def test_an_inherited_total_says_so_and_what_the_text_claims_of_it(run: Run, chapter: Path) -> None:
    text = flat(run("explain", MALAYSIA, "Total", "Total", cwd=chapter).out)
    assert "6,619 → 6,620 (carried over: added up from a wrong part)" in text
    assert "all sectors 6,619 = domestic work 3,705 + HRD factory 2,914 = 6,619: holding" in text
    assert f"Lines 558-560: the text's figure 6,619 = {MALAYSIA}[Total, Total] 6,619: holding" in text


def test_a_sound_cell_holds_in_all_its_identities(run: Run, chapter: Path) -> None:
    text = flat(run("explain", MALAYSIA, "2005", "DW Total", cwd=chapter).out)
    assert "0 broken, 0 not evaluated, 3 holding" in text
    assert "2005: all sectors 1776 = domestic work 1008 + HRD factory 768 = 1,776: holding" in text
    assert "Findings: none" in text
    assert "Diagnosis: none" in text


@pytest.mark.parametrize("place", [(), ("North", "People")])
def test_where_nothing_adds_up_it_says_what_to_state(
    run: Run, tmp_path: Path, place: tuple[str, ...]
) -> None:
    spec = {"rows": {"dimension": "place"}, "columns": {"People": {}}}
    write_table(tmp_path, "2020/a", [["Place", "People"], ["North", "12"], ["South", "30"]], spec)
    text = flat(run("explain", "2020/a", *place, cwd=tmp_path).out)
    assert "o identity (say how it adds up under identities: in the table's YAML)" in text


def test_what_is_not_evaluated_is_marked_in_words_with_its_reason(run: Run, chapter: Path) -> None:
    text = flat(run("explain", f"{CHAPTER}/stock-abroad", "Male", "Number", cwd=chapter).out)
    assert "TOTAL – = Male – + Female –: not evaluated, TOTAL is '–'; Male is '–'; Female is '–'" in text
    assert "printed –, unknown" in text


def test_a_claim_of_the_text_about_a_cell_is_told_with_the_cell(run: Run, chapter: Path) -> None:
    cell = (f"{CHAPTER}/annual-indicators", "Economic growth: real GDP (%)", "2005")
    text = flat(run("explain", *cell, cwd=chapter).out)
    assert "Lines 283-285: the text's figure 13.4" in text
    assert "broken, 9.4 too many" in text
    assert "ERROR (claims" in text


def test_a_table_is_told_by_relation_with_its_broken_identities_and_diagnoses(
    run: Run, chapter: Path
) -> None:
    text = flat(run("explain", MALAYSIA, cwd=chapter).out)
    assert "57 identities: 8 broken, 0 not evaluated, 49 holding" in text
    assert "total = male + female (sex): 3 broken, 17 holding" in text
    assert "all sectors = domestic work + HRD factory (sector): 3 broken, 27 holding" in text
    assert "Total = 1998 + … + 2006 (year): 2 broken, 5 holding" in text
    assert text.count(": broken, ") == 8
    for change in ("895 → 859", "267 → 172", "2,914 → 2,915", "6,619 → 6,620", "1,807 → 1,712"):
        assert change in text


@pytest.mark.parametrize("ending", ["csv", "yaml"])
def test_a_table_may_be_named_by_either_of_its_files(run: Run, chapter: Path, ending: str) -> None:
    by_id = run("explain", MALAYSIA, "2006", "Male", cwd=chapter)
    by_file = run("explain", chapter / "data" / f"{MALAYSIA}.{ending}", "2006", "Male", cwd=ROOT.parent)
    assert by_file == by_id
    assert by_id.code == 0


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("deployed-to-malaysa",), f"did you mean '{MALAYSIA}'?)"),
        ((MALAYSIA, "206", "Total"), "there is no row '206' (did you mean '2006'?)"),
        ((MALAYSIA, "2006", "Totl"), "there is no column 'Totl' (did you mean 'Total'?)"),
    ],
)
def test_a_name_that_is_not_there_is_answered_with_the_nearest(
    run: Run, chapter: Path, arguments: tuple[str, ...], problem: str
) -> None:
    told = run("explain", *arguments, cwd=chapter)
    assert told.problems[0].endswith(problem)
    assert told.out == ""


def test_a_row_without_a_column_is_bad_usage(run: Run, chapter: Path) -> None:
    told = run("explain", MALAYSIA, "2006", cwd=chapter)
    assert (told.code, told.out) == (2, "")
    assert "which column of row '2006'?" in told.err


def test_only_a_files_path_runs_over_eighty_columns(chapter: Path) -> None:
    for table in ("deployed-to-malaysia", "deployed-to-south-korea", "annual-indicators", "claims"):
        text = render(pipeline.explain(str(chapter / "data" / CHAPTER / f"{table}.csv")))
        long = [line for line in text.splitlines() if len(line) > 80 and " " in line.strip()]
        assert [line for line in long if ".csv" not in line] == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what Great Expectations imports
def test_both_engines_explain_a_table_alike(chapter: Path) -> None:
    table = str(chapter / "data" / f"{MALAYSIA}.csv")
    assert render(pipeline.explain(table, engine="gx")) == render(pipeline.explain(table, engine="duckdb"))


def test_explaining_needs_no_great_expectations(chapter: Path) -> None:
    program = (
        "import sys; from amyqa import pipeline; "
        f"pipeline.explain({str(chapter / 'data' / MALAYSIA) + '.csv'!r}, ('2006', 'Total')); "
        "sys.exit('great_expectations' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0


def book_of(root: Path, lines: list[list[str]], **spec: object) -> str:
    write_family(root)
    return str(write_table(root, "table", lines, spec))


def test_a_sum_that_holds_within_the_rounding_says_so(tmp_path: Path) -> None:
    lines = [["", "T", "A", "B"], ["x", "10.1", "5.0", "5.0"]]
    table = book_of(tmp_path, lines, identities={"in every row": ["T = A + B"]})
    text = flat(render(pipeline.explain(table, ("x", "T"))))
    assert "T 10.1 ≈ A 5.0 + B 5.0 = 10.0: holding, 0.1 off is within the rounding" in text


def test_what_is_at_most_is_not_called_equal(tmp_path: Path) -> None:
    lines = [["", "T", "A"], ["x", "9", "7"], ["y", "6", "7"]]
    table = book_of(tmp_path, lines, identities={"in every row": ["T >= A"]})
    explained = pipeline.explain(table, ("y", "T"))
    assert [each.state for each in explained.sums] == [IdentityState.BROKEN]
    assert "y: T 6 < A 7: broken, 1 too few" in flat(render(explained))
    assert "x: T 9 ≥ A 7: holding" in flat(render(pipeline.explain(table, ("x", "A"))))


def test_a_terminal_is_not_driven_by_what_a_table_prints(tmp_path: Path) -> None:
    lines = [["", "T", "A\x1b[2J"], ["x\u202e", "9", "7"]]
    spec = {"columns": {"T": {"sex": "total"}, "A\x1b[2J": {"sex": "male"}}}
    table = book_of(tmp_path, lines, **spec)
    text = render(pipeline.explain(table, ("x\u202e", "T")))
    assert "\x1b" not in text
    assert "\u202e" not in text
