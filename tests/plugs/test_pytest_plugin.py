"""pytest's plugin, run by pytest as a user would; in this process, which has loaded pandas already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from amyqa.model import Report, Severity
from amyqa.reports.ci.cases import CaseState, cases
from tests.yearbooks import ROOT

pytest_plugins = ["pytester"]

FAST = "--amyqa-engine=duckdb"
MALAYSIA = "amyqa::2005/cambodia/deployed-to-malaysia::totals"


@pytest.fixture(autouse=True)
def _this_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def decide(book: Path, reason: str) -> None:
    """Rule on all open findings, as an editor does."""
    from tests.conftest import run_here

    options = ("--ruling", "explained", "--reason", reason, "--who", "A. Editor", "--engine", "duckdb")
    ran = run_here("decide", "--all-open", *options, cwd=book)
    assert ran.code == 0, ran.err


def test_every_rule_on_every_table_is_a_test_that_fails_with_our_sentences(
    pytester: pytest.Pytester, chapter: Path, chapter_report: Report
) -> None:
    expected = Counter(case.state for case in cases(chapter_report))
    pytester.makepyfile("def test_their_own(): pass")
    result = pytester.runpytest_subprocess(f"--amyqa={chapter}", FAST, "-v")
    result.stdout.fnmatch_lines(
        [
            f"*collected {expected.total() + 1} items",
            "*::test_their_own PASSED*",
            "amyqa::2005/cambodia/deployed-to-malaysia::keys*PASSED*",
            f"{MALAYSIA}*FAILED*",
            "amyqa::2005/cambodia/stock-abroad::identities*SKIPPED*",
            "*2005/cambodia/deployed-to-malaysia: totals*",
            "8 errors of 57 looked at: Total row: total is printed 6,619;*",
            "ERROR: Total row: total is printed 6,619; male 1,807 *96 too few.*csv:11*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*runtest*")
    result.assert_outcomes(
        passed=expected[CaseState.PASSED] + 1,
        failed=expected[CaseState.FAILED],
        skipped=expected[CaseState.SKIPPED],
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_a_part_of_the_yearbook_can_be_tested_and_chosen_from(
    pytester: pytest.Pytester, chapter: Path
) -> None:
    path = chapter / "data/2005/cambodia/deployed-to-malaysia.csv"
    result = pytester.runpytest_inprocess("-k", "totals", "-rA", f"--amyqa={path}", FAST)
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes.get("passed", 0)) == (1, 0)
    result.stdout.fnmatch_lines([f"FAILED {MALAYSIA}*"])


def test_the_severity_that_fails_is_a_choice(
    pytester: pytest.Pytester, chapter: Path, chapter_report: Report
) -> None:
    table = "2005/cambodia/annual-indicators"
    failed = {
        severity: sum(case.table == table and case.state is CaseState.FAILED for case in every)
        for severity in Severity
        for every in [list(cases(chapter_report, severity))]
    }
    assert failed[Severity.WARNING] > failed[Severity.ERROR] == 1
    path = chapter / f"data/{table}.csv"
    result = pytester.runpytest_inprocess(f"--amyqa={path}", "--amyqa-fail-on=warning", FAST)
    assert result.parseoutcomes()["failed"] == failed[Severity.WARNING]


def test_what_an_editor_ruled_on_is_an_expected_failure_with_the_ruling(
    pytester: pytest.Pytester, book: Callable[..., Path]
) -> None:
    yearbook = book("deployed-to-south-korea")
    decide(yearbook, "the source has it so")
    result = pytester.runpytest_inprocess(f"--amyqa={yearbook}", FAST, "-rx")
    outcomes = result.parseoutcomes()
    assert (outcomes.get("failed", 0), outcomes["xfailed"]) == (0, 1)
    result.stdout.fnmatch_lines(["*3 findings decided: explained: the source has it so (A. Editor, *"])
    assert result.ret == pytest.ExitCode.OK


def test_pytest_xdist_runs_them_after_one_check(pytester: pytest.Pytester, book: Callable[..., Path]) -> None:
    yearbook = book("deployed-to-malaysia")
    schema = yearbook / "schemas" / "deployment.py"
    counter = yearbook / "checks-made"
    program = f"\nwith open({str(counter)!r}, 'a') as file:\n    file.write('x')\n"
    schema.write_text(schema.read_text(encoding="utf-8") + program, encoding="utf-8")
    result = pytester.runpytest_inprocess(f"--amyqa={yearbook}", FAST, "-n", "2")
    outcomes = result.parseoutcomes()
    assert outcomes["failed"] == 1
    assert outcomes["passed"] > 3
    assert counter.read_text() == "x"


def test_ones_own_tests_get_the_report_by_a_fixture(pytester: pytest.Pytester, chapter: Path) -> None:
    pytester.makepyfile(
        """
        def test_no_more_than_the_known_breaks(amyqa_report):
            assert amyqa_report.total.broken == 12

        def test_it_is_the_same_report(amyqa_report, request):
            assert amyqa_report is request.getfixturevalue("amyqa_report")
        """
    )
    result = pytester.runpytest_inprocess(f"--amyqa={chapter}", FAST, "-k", "test_")
    assert result.parseoutcomes()["passed"] == 2


@pytest.mark.parametrize("parallel", [(), ("-n", "1")])
def test_a_yearbook_that_cannot_be_read_is_a_usage_error_that_says_what_to_mend(
    pytester: pytest.Pytester, book: Callable[..., Path], parallel: tuple[str, ...]
) -> None:
    yearbook = book("deployed-to-malaysia")
    (yearbook / "data/2005/cambodia/deployed-to-malaysia.csv").write_text("Year,Total\n1998,\n")
    result = pytester.runpytest_inprocess(f"--amyqa={yearbook}", FAST, *parallel)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    told = result.stderr.str()
    assert "amyqa failed" in told
    assert "data/2005/cambodia/deployed-to-malaysia" in told
    assert "Traceback" not in told


def test_a_path_taken_from_the_tests_is_explained(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_their_own(): pass")
    result = pytester.runpytest_inprocess("--amyqa", ".")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "a path is given as --amyqa=PATH" in result.stderr.str()


def test_without_the_option_nothing_is_added_and_nothing_heavy_imported(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_their_own():
            assert "amyqa.pytest_plugin" in sys.modules
            heavy = ("amyqa.reports", "amyqa.rules", "amyqa.pipeline", "pandas", "duckdb")
            assert not [name for name in sys.modules if name.startswith(heavy)]
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:hypothesispytest")
    result.assert_outcomes(passed=1)


def test_names_of_any_kind_stay_on_their_line(pytester: pytest.Pytester, tmp_path: Path) -> None:
    from tests import yearbooks

    yearbooks.write_family(tmp_path, entries=[{"type": yearbooks.TOTALS, "kwargs": {"dimension": "sex"}}])
    spec: dict[str, Any] = {
        "columns": {name: {"sex": name.strip()} for name in ("total", "male [1]::x %s", "مجموع")}
    }
    lines = [["Year", *spec["columns"]], ["2005", "10", "4", "5"]]
    spec["rows"] = {"dimension": "year"}
    yearbooks.write_table(tmp_path, "a [b]::c 👩‍🌾", lines, spec)
    result = pytester.runpytest_inprocess(f"--amyqa={tmp_path}", FAST, "-rA")
    result.stdout.fnmatch_lines(["FAILED amyqa::a [[]b]::c*::totals*"])
