"""A table that cannot be checked does not stop the others: reports tell of it, and the exit code is 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import amyqa
from amyqa import pipeline
from amyqa.errors import AmyqaError
from tests.conftest import Run
from tests.yearbooks import STATED, write_family, write_table

LINES = [["Year", "All", "Men", "Women"], ["2001", "9", "4", "5"], ["2002", "12", "6", "5"]]
SPEC = {"rows": {"dimension": "year"}, "identities": {"in every row": ["All = Men + Women"]}}
FAST = ("--engine", "duckdb")


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Tables with a finding, without one, with a token, a YAML, a CSV and a family that cannot be read."""
    write_family(tmp_path, entries=[{"type": STATED}])
    write_family(tmp_path, "torn", suite="name: torn\nexpectations: [{type: expect_nothing}]\n")
    write_table(tmp_path, "found", LINES, SPEC)
    write_table(tmp_path, "fine", LINES[:2], SPEC)
    write_table(tmp_path, "token", [LINES[0], ["2001", "1o", "-", "-"]], SPEC)
    write_table(tmp_path, "yaml", LINES, SPEC).with_suffix(".yaml").write_text("title: [", encoding="utf-8")
    write_table(tmp_path, "empty", "", SPEC)
    write_table(tmp_path, "family", LINES, {**SPEC, "family": "torn"})
    far = {"other tables": ["[2001, All] = token[2001, All]", "[2001, Men] = fine[2001, Men]"]}
    write_table(tmp_path, "refers", LINES[:2], {**SPEC, "identities": far})
    (tmp_path / "data" / "alone.csv").write_text("Year,N\n2001,4\n", encoding="utf-8")
    return tmp_path


FAILED = ["alone", "empty", "family", "token", "yaml"]


def test_the_others_are_checked_and_the_exit_code_is_2(run: Run, mixed: Path) -> None:
    ran = run("check", *FAST, "--format", "json", cwd=mixed)
    report = ran.report
    assert ran.code == 2
    assert [failure["table"] for failure in report["failures"]] == FAILED
    assert [table["table"] for table in report["tables"]] == ["fine", "found", "refers"]
    assert [finding["table"] for finding in report["findings"]] == ["found"]
    [problem] = next(each["problems"] for each in report["failures"] if each["table"] == "token")
    assert (problem["file"], problem["line"], problem["column"]) == ("data/token.csv", 2, 2)
    for told in (
        "data/alone.csv",
        "data/empty.csv",
        "checks/torn.yaml",
        "data/token.csv:2:2",
        "data/yaml.yaml",
    ):
        assert told in ran.err
    assert "5 tables could not be checked" in ran.err


def test_what_refers_to_such_a_table_is_not_evaluated_and_says_why(mixed: Path) -> None:
    report = pipeline.check([mixed], "duckdb")
    [gap] = [entry for entry in report.not_evaluated if entry.table == "refers"]
    assert gap.reason == "token cannot be read: check it to be told why"
    assert report.counts["refers"].evaluated == 1


def test_a_table_that_was_not_asked_for_fails_nothing(run: Run, mixed: Path) -> None:
    ran = run("check", mixed / "data/refers.csv", *FAST, cwd=mixed)
    assert ran.code == 0
    assert "token cannot be read" in " ".join(ran.out.split())


def test_the_verdict_counts_what_could_not_be_checked(run: Run, mixed: Path) -> None:
    told = " ".join(run("check", *FAST, cwd=mixed).out.split())
    assert "Could not be checked: 5 tables" in told
    assert "Not ready to print: 1 error in 1 of 3 tables; 5 tables could not be checked." in told
    for name in ("found", "refers"):
        for ending in ("csv", "yaml"):
            (mixed / f"data/{name}.{ending}").unlink()
    told = " ".join(run("check", *FAST, cwd=mixed).out.split())
    assert "Not ready to print: 5 tables could not be checked." in told
    assert "No errors" not in told


@pytest.mark.parametrize("format", ["markdown", "github", "gitlab", "junit", "sarif", "essnet"])
def test_every_format_tells_of_them(run: Run, mixed: Path, format: str) -> None:
    ran = run("check", *FAST, "--format", format, cwd=mixed)
    assert ran.code == 2
    assert "token" in ran.out
    if format == "sarif":
        assert not json.loads(ran.out)["runs"][0]["invocations"][0]["executionSuccessful"]
    else:
        assert "could not be checked" in ran.out.lower().replace("-", " ")


def test_for_test_runners_they_are_errors_and_no_failures(run: Run, mixed: Path) -> None:
    out = run("check", *FAST, "--format", "junit", cwd=mixed).out
    assert f'failures="1" errors="{len(FAILED)}"' in out
    assert out.count("<error ") == len(FAILED)
    assert out.count("<failure ") == 1


def test_the_page_and_the_folder_of_reports_are_written(run: Run, mixed: Path) -> None:
    assert run("check", *FAST, "--report", mixed / "report", cwd=mixed).code == 2
    page = (mixed / "report/report.html").read_text(encoding="utf-8")
    assert "Could not be checked: 5 tables" in page
    assert "data/token.csv:2:2" in page


def test_decisions_on_such_a_table_are_kept(run: Run, mixed: Path) -> None:
    why = ("--ruling", "explained", "--reason", "see the errata", "--who", "A. Editor")
    assert run("decide", "found", *why, cwd=mixed).code == 0
    (mixed / "data/found.csv").write_text("", encoding="utf-8")
    run("decisions", "--prune", cwd=mixed)
    [(_, standing)] = pipeline.check([mixed], "duckdb").decisions
    assert standing.value == "not evaluated"


def test_fix_corrects_the_others_and_exits_with_2(run: Run, mixed: Path) -> None:
    ran = run("fix", "--to", mixed / "copies", cwd=mixed)
    assert ran.code == 2
    assert "5 tables could not be checked" in ran.err


def test_where_no_table_can_be_checked_that_is_an_error(mixed: Path) -> None:
    with pytest.raises(AmyqaError, match=r"data/token\.csv:2:2"):
        amyqa.check(mixed / "data/token.csv", engine="duckdb")


def test_bad_usage_still_stops_at_once(run: Run, mixed: Path) -> None:
    ran = run("check", mixed / "data", mixed / "nowhere", *FAST, cwd=mixed)
    assert (ran.code, ran.out) == (2, "")


SUMS = {"rows": {"dimension": "year"}, "identities": {"in every row": ["All = Men + Women"]}}


def in_part(root: Path, *lines: list[str]) -> Path:
    write_family(root, entries=[{"type": STATED}])
    return write_table(root, "part", [*LINES, *lines], SUMS)


def test_one_token_that_cannot_be_read_does_not_lose_its_table(run: Run, tmp_path: Path) -> None:
    in_part(tmp_path, ["2003", "1o", "4", "6"], ["2004", "3", "2,1O", "2"])
    ran = run("check", *FAST, "--format", "json", cwd=tmp_path)
    assert ran.code == 2
    assert [place.split(": ")[0] for place in ran.problems] == ["data/part.csv:4:2", "data/part.csv:5:3"]
    assert ran.report["summary"]["identities"] == {"evaluated": 2, "broken": 1, "not_evaluated": 2}
    assert [gap["reason"] for gap in ran.report["not_evaluated"]] == [
        "All is '1o' (cannot be read)",
        "Men is '2,1O' (cannot be read)",  # though Women alone are as many as all
    ]
    [failure] = ran.report["failures"]
    assert (failure["table"], failure["partly"]) == ("part", True)
    assert "1 table could not be read whole: fix 2 problems." in ran.err


def test_a_table_read_in_part_is_never_ready_to_print(run: Run, tmp_path: Path) -> None:
    in_part(tmp_path, ["2003", "1o", "4", "6"]).write_text("Year,All,Men,Women\n2001,9,4,5\n2003,1o,4,6\n")
    ran = run("check", *FAST, cwd=tmp_path)
    told = " ".join(ran.out.split())
    assert ran.code == 2
    assert "Could not be read whole: 1 table" in told
    assert "Not ready to print: 1 table could not be read whole." in told


def test_where_many_tokens_cannot_be_read_nothing_is_checked(run: Run, tmp_path: Path) -> None:
    in_part(tmp_path, *([str(year), "1 0o", "4o", "6o"] for year in range(2003, 2007)))
    ran = run("check", *FAST, cwd=tmp_path)
    assert ran.code == 2
    assert "amyqa failed" in ran.err


@pytest.mark.parametrize("format", ["markdown", "github", "gitlab", "junit", "sarif", "essnet"])
def test_every_format_tells_of_cells_that_cannot_be_read(run: Run, tmp_path: Path, format: str) -> None:
    in_part(tmp_path, ["2003", "1o", "4", "6"])
    ran = run("check", *FAST, "--format", format, cwd=tmp_path)
    assert ran.code == 2
    assert "cannot read" in ran.out


DECISIONS = "decisions/tables.yaml"
WHY = ("--ruling", "explained", "--reason", "see the errata", "--who", "A. Editor")


@pytest.fixture
def torn(run: Run, tmp_path: Path) -> Path:
    """A yearbook whose file of decisions has one that can be read, and one that cannot."""
    write_family(tmp_path, entries=[{"type": STATED}])
    write_table(tmp_path, "one", LINES, SPEC)
    write_table(tmp_path, "two", [*LINES[:2], ["2002", "12", "6", "9"]], SPEC)
    assert run("decide", "--all-open", *WHY, cwd=tmp_path).code == 0
    file = tmp_path / DECISIONS
    file.write_text(file.read_text(encoding="utf-8").replace("ruling: explained", "ruling: explaned", 1))
    return tmp_path


def test_decisions_that_cannot_be_read_stop_no_table(run: Run, torn: Path) -> None:
    ran = run("check", *FAST, "--format", "json", cwd=torn)
    assert ran.code == 2
    assert [table["table"] for table in ran.report["tables"]] == ["one", "two"]
    assert [finding["status"] for finding in ran.report["findings"]] == ["open", "explained"]
    [failure] = ran.report["failures"]
    assert (failure["table"], failure["file"]) == ("", DECISIONS)
    assert f"{DECISIONS}:" in ran.err
    assert "explaned" in ran.err
    assert "1 file could not be read" in ran.err


@pytest.mark.parametrize("format", ["text", "markdown", "github", "gitlab", "junit", "sarif", "essnet"])
def test_every_format_tells_of_decisions_that_cannot_be_read(run: Run, torn: Path, format: str) -> None:
    ran = run("check", *FAST, "--format", format, cwd=torn)
    assert ran.code == 2
    assert DECISIONS in ran.out
    if format == "text":
        assert "Not ready to print: 1 error in 1 of 2 tables; 1 file could not be read." in " ".join(
            ran.out.split()
        )


def test_nothing_is_corrected_while_a_decision_cannot_be_read(run: Run, torn: Path) -> None:
    ran = run("fix", "--to", torn / "copies", cwd=torn)
    assert (ran.code, (torn / "copies").exists()) == (2, False)
