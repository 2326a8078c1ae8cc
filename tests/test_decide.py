"""Comply or explain on the command line: what is decided passes, what has changed since does not."""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import amyqa
from amyqa import pipeline
from amyqa.errors import AmyqaError, Problems
from amyqa.model import Decision, DecisionStatus, Ruling, Severity
from amyqa.pipeline import deciding
from amyqa.project import open_yearbook
from tests.conftest import Ran, Run, run_here
from tests.yearbooks import CHAPTER, shipped, write_family, write_table

FILE = "decisions/2005/cambodia.yaml"
KOREA = f"{CHAPTER}/deployed-to-south-korea"
MALAYSIA = f"{CHAPTER}/deployed-to-malaysia"
WHY = ("--reason", "the print says so", "--who", "A. Editor")
KEEP = ("--ruling", "kept as printed", *WHY)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The chapter with everything decided; to be read only."""
    root = shipped(tmp_path_factory.mktemp("decided") / "yearbook")
    told = run_here("decide", "--all-open", *KEEP, cwd=root)
    assert told.code == 0, told.err
    return root


@pytest.fixture
def korea(book: Callable[..., Path]) -> Path:
    """One table with three findings, all of them about one cell."""
    return book("deployed-to-south-korea")


def check(run: Run, root: Path, *options: str) -> Ran:
    return run("check", "--engine", "duckdb", "--format", "json", *options, cwd=root)


def ids(ran: Ran) -> list[str]:
    return [finding["id"] for finding in ran.report["findings"]]


def change(root: Path, table: str, old: str, new: str) -> None:
    path = root / f"data/{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- the gate -------------------------------------------------------------------------------


def test_a_new_ruling_is_applied_without_checking_again(korea: Path) -> None:
    yearbook = open_yearbook(korea)
    with pipeline.evaluate(yearbook, yearbook.tables, "duckdb") as run:
        evaluated = run.report
    assert all(finding.is_open for finding in evaluated.findings)
    ruled = deciding.Ruled(Ruling.EXPLAINED, "see note a", "A. Editor")
    for number, finding in enumerate(evaluated.findings, 1):
        new, _ = deciding.decide(evaluated, korea, [finding.id], ruled)
        assert [each.finding for each in new] == [finding.id]
        told = pipeline.apply_decisions(evaluated, decisions_of(korea), datetime.date.today())
        assert sum(not each.is_open for each in told.findings) == number
        assert told.findings == pipeline.check([korea], "duckdb").findings
    assert all(diagnosis.settled for diagnosis in told.diagnoses)
    assert all(finding.is_open for finding in evaluated.findings)  # what was evaluated is as it was


def decisions_of(root: Path) -> list[Decision]:
    yearbook = open_yearbook(root)
    return deciding.decisions_about(yearbook, yearbook.tables, Problems())


def test_the_chapter_with_all_its_findings_decided_exits_with_0(run: Run, whole: Path) -> None:
    ran = check(run, whole, "--fail-on", "warning")
    findings = ran.report["findings"]
    assert len(findings) >= 16
    assert (ran.code, ran.err) == (0, f"PASSED: no open warning or worse. {len(findings)} decided.\n")
    assert {finding["status"] for finding in findings} == {"kept as printed"}
    assert ran.report["summary"]["findings"] == {"error": 0, "warning": 0, "info": 0}
    assert ran.report["summary"]["overrides"]["totals"] == 11
    assert sum(ran.report["summary"]["overrides"].values()) == len(findings)
    assert {each["standing"] for each in ran.report["decisions"]} == {"applies"}


def test_decisions_hold_under_both_engines(whole: Path) -> None:
    report = amyqa.check(whole, engine="gx")
    assert not report.fails(Severity.INFO)
    assert {standing for _, standing in report.decisions} == {DecisionStatus.APPLIES}


def test_one_changed_digit_exits_with_1_and_says_which_decisions_it_reopened(
    run: Run, book: Callable[..., Path]
) -> None:
    root = book()
    decided = run("decide", "--all-open", *KEEP, cwd=root).out.count("\n")
    day = datetime.date.today().isoformat()
    change(root, MALAYSIA, ",267,", ",268,")
    ran = check(run, root)
    assert ran.code == 1
    assert ran.err == (
        "FAILED: 1 likely misprint (5 cells) and 1 broken relation; "
        "3 open errors (1 new, 2 reopened by a changed number: "
        f"decision of A. Editor, {day}). {decided - 2} decided.\n"
    )
    reopened = [f for f in ran.report["findings"] if f["standing"] == "reopened"]
    assert [f["status"] for f in reopened] == ["open", "open"]
    for finding in reopened:
        assert "268" in finding["message"]
        assert finding["decision"]["printed"]["2006, Male"] == "267"
        assert finding["decision"]["reason"] == "the print says so"
        block = (root / FILE).read_text(encoding="utf-8").splitlines()[finding["decision"]["line"] - 1]
        assert finding["decision"]["finding"] in block


def test_a_mended_number_leaves_its_decisions_stale(run: Run, korea: Path) -> None:
    assert run("decide", "--all-open", *KEEP, cwd=korea).code == 0
    change(korea, KOREA, "516", "519")
    ran = check(run, korea)
    assert (ran.code, ran.report["findings"]) == (0, [])
    assert ran.err == "PASSED: no open error. 3 decisions stale: nothing is found there any more.\n"
    assert {each["standing"] for each in ran.report["decisions"]} == {"stale"}
    assert run("decisions", "--stale", cwd=korea).out.count("STALE: kept as printed") == 3


def test_a_reason_is_enough_for_a_sorted_file(run: Run, korea: Path) -> None:
    assert run("decide", "--all-open", *KEEP, cwd=korea).code == 0
    path = korea / f"data/{KOREA}.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    assert check(run, korea).code == 0


def test_an_expired_decision_fails_and_says_so(run: Run, korea: Path) -> None:
    day = datetime.date.today()
    told = run("decide", "--all-open", *KEEP, "--expires", day.isoformat(), cwd=korea)
    assert told.code == 0, told.err
    assert not pipeline.check([korea], "duckdb").fails(Severity.INFO)
    late = pipeline.check([korea], "duckdb", today=day + datetime.timedelta(1))
    assert late.fails(Severity.ERROR)
    assert {finding.standing for finding in late.findings} == {DecisionStatus.EXPIRED}


def test_diagnoses_of_what_is_decided_come_last(run: Run, book: Callable[..., Path]) -> None:
    root = book("deployed-to-malaysia", "deployed-to-south-korea")
    first = check(run, root).report["diagnoses"]
    assert {each["settled"] for each in first} == {False}
    assert run("decide", first[0]["table"], *KEEP, cwd=root).code == 0
    after = check(run, root).report["diagnoses"]
    assert [each["settled"] for each in after] == sorted(each["settled"] for each in after)
    assert after[-1] == {**first[0], "settled": True}


def test_decisions_about_other_tables_are_left_out_of_a_check_of_one(run: Run, whole: Path) -> None:
    ran = check(run, whole, f"data/{KOREA}.csv")
    assert ran.code == 0
    assert {each["table"] for each in ran.report["decisions"]} == {KOREA}


def test_a_decision_about_a_table_that_is_gone_is_stale(run: Run, book: Callable[..., Path]) -> None:
    root = book("deployed-to-malaysia", "deployed-to-south-korea", "deployed-to-saudi-arabia")
    assert run("decide", "--all-open", *KEEP, cwd=root).code == 0
    for ending in ("csv", "yaml"):
        (root / f"data/{KOREA}.{ending}").unlink()
    stale = [each for each in check(run, root).report["decisions"] if each["standing"] == "stale"]
    assert [each["table"] for each in stale] == [KOREA] * 3
    assert check(run, root, f"data/{MALAYSIA}.csv").err.count("stale") == 0


def test_mistakes_in_decisions_and_tables_are_told_at_once(run: Run, korea: Path) -> None:
    assert run("decide", "--all-open", *KEEP, cwd=korea).code == 0
    file = korea / FILE
    file.write_text(file.read_text().replace("reason: the print says so", "reason:", 1))
    spec = korea / f"data/{KOREA}.yaml"
    spec.write_text(spec.read_text().replace("family: deployment", "family: deploymint"))
    told = check(run, korea)
    assert told.code == 2
    assert any(p.startswith(f"{FILE}:9:") and "reason: is empty" in p for p in told.problems), told.problems
    assert any("deploymint" in problem for problem in told.problems)


@pytest.mark.parametrize(
    ("ruling", "line"),
    [
        ("kept as printed", f"{KOREA}: left as printed, decided: kept as printed"),
        ("ask the source", f"{KOREA}: left as printed, decided: ask the source"),
        ("corrected", f"{KOREA}: 1 cell corrected"),
    ],
)
def test_fix_leaves_alone_what_is_ruled_to_stand(run: Run, korea: Path, ruling: str, line: str) -> None:
    assert run("decide", "--all-open", "--ruling", ruling, *WHY, cwd=korea).code == 0
    fixed = run("fix", "--to", "corrected", cwd=korea)
    assert fixed.out.splitlines()[0] == line


def test_explain_says_what_was_decided(run: Run, korea: Path) -> None:
    assert run("decide", "--all-open", *KEEP, cwd=korea).code == 0
    day = datetime.date.today().isoformat()
    told = " ".join(run("explain", KOREA, "2004", "Male", cwd=korea).out.split())
    assert told.count(f"Decided: kept as printed: the print says so (A. Editor, {day}).") == 3


# --- amyqa decide ---------------------------------------------------------------------------


def test_a_finding_is_decided_by_how_its_id_begins(run: Run, korea: Path) -> None:
    first, *rest = ids(check(run, korea))
    told = run("decide", first[:4].upper(), *KEEP, cwd=korea)
    assert (told.code, told.err) == (0, f"kept as printed: 1 finding in {FILE}.\n")
    assert told.out.startswith(f"{first}  {KOREA}: ")
    after = check(run, korea).report["findings"]
    assert {f["id"]: f["status"] for f in after} == {first: "kept as printed"} | dict.fromkeys(rest, "open")


def test_a_table_stands_for_all_that_is_open_in_it(run: Run, book: Callable[..., Path]) -> None:
    root = book("deployed-to-malaysia", "deployed-to-south-korea")
    assert run("decide", f"data/{KOREA}.csv", *KEEP, cwd=root).out.count(KOREA) == 3
    assert {f["table"] for f in check(run, root).report["findings"] if f["status"] == "open"} == {MALAYSIA}
    told = run("decide", KOREA, *KEEP, cwd=root)
    assert (told.code, told.problems) == (2, [f"nothing is open in {KOREA} (leave it out)"])


def test_deciding_again_replaces_and_says_so(run: Run, korea: Path) -> None:
    first = ids(check(run, korea))[0]
    run("decide", first, *KEEP, cwd=korea)
    told = run("decide", first, "--ruling", "explained", "--reason", "see note a", "--who", "B", cwd=korea)
    assert f"{first}: replaces the earlier decision, kept as printed: the print says so" in told.err
    [decision] = check(run, korea).report["decisions"]
    assert (decision["ruling"], decision["who"]) == ("explained", "B")


def test_deciding_what_was_reopened_takes_the_old_decisions_place(run: Run, korea: Path) -> None:
    run("decide", "--all-open", *KEEP, cwd=korea)
    change(korea, KOREA, "516", "517")
    assert check(run, korea).code == 1
    told = run("decide", "--all-open", *KEEP, cwd=korea)
    assert told.err.count("replaces the earlier decision") == 3
    report = check(run, korea)
    assert (report.code, [each["standing"] for each in report.report["decisions"]]) == (0, ["applies"] * 3)
    assert run("decide", "--all-open", *KEEP, cwd=korea).err == "kept as printed: nothing is open.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["abcd1234", *KEEP], "there is no finding 'abcd1234' (amyqa check lists the ids)"),
        (["b47", *KEEP], "there is no finding 'b47' (write at least 4 characters of its id)"),
        ([f"{CHAPTER}/deployed-to-south-corea", *KEEP], f"did you mean '{KOREA}'?"),
        (["--all-open", "--ruling", "explained", "--who", "B"], "a decision without a reason is refused"),
        (["--all-open", "--ruling", "explained", "--who", "B", "--reason", " \n"], "without a reason"),
        (["--all-open", *KEEP, "--expires", "2020-01-31"], "--expires 2020-01-31 is in the past"),
        (["--all-open", *KEEP, "--reason", "\udcff"], "is not UTF-8"),
    ],
)
def test_what_cannot_be_decided_is_refused(run: Run, korea: Path, arguments: list[str], said: str) -> None:
    told = run("decide", *arguments, cwd=korea)
    assert told.code == 2
    assert said in told.problems[0]
    assert not (korea / "decisions").exists()


def test_a_misspelt_id_names_the_nearest(run: Run, korea: Path) -> None:
    first = ids(check(run, korea))[0]
    told = run("decide", f"{first[:8]}0{first[9:]}"[:15] + "x", *KEEP, cwd=korea)
    assert f"did you mean '{first}'?" in told.problems[0]


def test_an_id_that_begins_several_findings_is_refused(korea: Path) -> None:

    report = pipeline.check([korea], "duckdb")
    alike = tuple(replace(each, id=f"abcd{n}{each.id[5:]}") for n, each in enumerate(report.findings))
    ruled = deciding.Ruled(Ruling.KEPT, "why", "B")
    with pytest.raises(AmyqaError, match="begins the ids of 3 findings") as caught:
        deciding.decide(replace(report, findings=alike), korea, ["abcd"], ruled)
    assert all(finding.id in str(caught.value) for finding in alike)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--all-open", "--ruling", "kept", *WHY], "'ask the source', 'corrected'"),
        (["--all-open", "--ruling", "explaned", *WHY], "did you mean 'explained'?"),
        (["--all-open", *WHY], "Missing option '--ruling'"),
        ([*KEEP], "give either the ids of findings or --all-open"),
        (["abcd", "--all-open", *KEEP], "give either"),
        (["--all-open", *KEEP, "--expires", "soon"], "'soon' is not a date (write it as 2027-01-31)"),
    ],
)
def test_wrong_usage_exits_with_2(run: Run, korea: Path, arguments: list[str], said: str) -> None:
    told = run("decide", *arguments, cwd=korea)
    assert told.code == 2
    assert said.replace("'", "") in told.err.replace("'", "")


def test_who_decides_is_who_git_names_or_the_user(
    run: Run, korea: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, str(tmp_path / "settings"))
    bare = ("decide", "--all-open", "--ruling", "explained", "--reason", "see note a")
    for name in ("USER", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    assert "no name is given for who decided" in run(*bare, cwd=korea).problems[0]
    settings = tmp_path / "settings"
    for text, who in (("", "typist"), ("email = e@x.org", "e@x.org"), ("email = e@x.org\nname = É", "É")):
        settings.write_text(f"[user]\n{text}\n", encoding="utf-8")
        monkeypatch.setenv("USER", "typist")
        (korea / FILE).unlink(missing_ok=True)
        assert run(*bare, cwd=korea).code == 0
        assert {each["who"] for each in check(run, korea).report["decisions"]} == {who}


# --- amyqa decisions ------------------------------------------------------------------------


def test_decisions_are_listed_with_what_they_do(run: Run, korea: Path) -> None:
    assert run("decisions", cwd=korea).out == "0 decisions.\n"
    run("decide", "--all-open", *KEEP, cwd=korea)
    change(korea, KOREA, "432", "435")  # mends one sum, keeps another, breaks more
    out = run("decisions", cwd=korea).out
    assert re.findall(r"^[0-9a-f]{16}  (\w+): kept as printed \(A. Editor, ", out, re.MULTILINE) == [
        "STALE",
        "applies",
        "applies",
    ]
    assert "  Reason: the print says so\n" in out
    assert re.search(rf"^  {FILE}:\d+$", out, re.MULTILINE)
    last = "3 decisions: 1 stale (nothing is found there any more), 2 in force.\n"
    assert out.endswith(last)
    assert max(map(len, out.splitlines())) <= 80
    assert run("decisions", "--expired", "--reopened", cwd=korea).out == "0 decisions.\n"
    assert run("decisions", "--stale", cwd=korea).out.count("kept as printed") == 1


def test_prune_removes_what_is_stale_and_says_which(run: Run, korea: Path) -> None:
    run("decide", "--all-open", *KEEP, cwd=korea)
    change(korea, KOREA, "432", "435")
    [stale] = [each for each in check(run, korea).report["decisions"] if each["standing"] == "stale"]
    told = run("decisions", "--prune", cwd=korea)
    assert (told.code, told.err) == (0, "Removed 1 stale decision.\n")
    assert told.out.startswith(f"{stale['finding']}  STALE")
    assert [each["standing"] for each in check(run, korea).report["decisions"]] == ["applies"] * 2
    before = (korea / FILE).read_bytes()
    assert run("decisions", "--prune", cwd=korea).err == "Removed 0 stale decisions.\n"
    assert (korea / FILE).read_bytes() == before
    assert os.listdir(korea / "decisions") == ["2005"]  # noqa: PTH208 (hidden files, too)


def test_a_stale_decisions_finding_cannot_be_decided(run: Run, korea: Path) -> None:
    run("decide", "--all-open", *KEEP, cwd=korea)
    change(korea, KOREA, "516", "519")
    stale = check(run, korea).report["decisions"][0]["finding"]
    told = run("decide", stale, *KEEP, cwd=korea)
    assert told.problems == [
        f"the finding {stale} no longer exists; its decision is stale (amyqa decisions --prune removes it)"
    ]


# --- findings of Great Expectations' own ----------------------------------------------------


@pytest.fixture
def village(tmp_path: Path) -> Path:
    """One table with one finding, of an expectation that only Great Expectations knows."""
    most = {"column": "OBS_VALUE", "min_value": 0, "max_value": 5}
    meta = {"reason": "a small village"}
    write_family(
        tmp_path, entries=[{"type": "expect_column_values_to_be_between", "kwargs": most, "meta": meta}]
    )
    spec = {"rows": {"dimension": "year"}, "columns": {"people": {"sex": "total"}}}
    write_table(tmp_path, "village", [["year", "people"], ["2003", "5"], ["2004", "7"]], spec)
    return tmp_path


def test_every_command_knows_what_check_finds_also_by_great_expectations_own(run: Run, village: Path) -> None:
    [finding] = run("check", "--format", "json", cwd=village).report["findings"]
    told = run("explain", "village", "2004", "people", cwd=village)
    assert finding["message"] in " ".join(told.out.split())
    decided = run("decide", finding["id"][:8], *KEEP, cwd=village)
    assert (decided.code, decided.out.split()[0]) == (0, finding["id"])
    assert run("check", cwd=village).code == 0
    assert "applies" in run("decisions", cwd=village).out.lower()
    # DuckDB alone cannot judge it: the decision is idle then, and stays
    run("decisions", "--prune", "--engine", "duckdb", cwd=village)
    assert "applies" in run("decisions", cwd=village).out.lower()


def test_an_id_that_duckdb_alone_does_not_find_is_told_how_to_be_found(run: Run, village: Path) -> None:
    [finding] = run("check", "--format", "json", cwd=village).report["findings"]
    refused = run("decide", finding["id"], *KEEP, "--engine", "duckdb", cwd=village)
    assert refused.code == 2
    assert "leave out --engine" in refused.err
