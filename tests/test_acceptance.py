"""The chapter's answer key, worked out by hand: what amyqa must say of it, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Ran, Run
from tests.yearbooks import CHAPTER, ROOT

# Tables are named without their chapter. Printed against computed, as the answer key lists them.
MALAYSIA, KOREA = "deployed-to-malaysia", "deployed-to-south-korea"
BROKEN: list[tuple[str, dict[str, str], float, float]] = [
    (MALAYSIA, {"year": "2006", "sector": "all"}, 895, 954),
    (MALAYSIA, {"year": "Total", "sector": "all"}, 6619, 6715),
    (MALAYSIA, {"year": "Total", "sector": "HRD factory"}, 2914, 2915),
    (MALAYSIA, {"year": "2006", "sex": "total"}, 895, 859),
    (MALAYSIA, {"year": "2006", "sex": "male"}, 267, 172),
    (MALAYSIA, {"year": "Total", "sex": "male"}, 1807, 1712),
    (MALAYSIA, {"sector": "all", "sex": "total"}, 6619, 6656),
    (MALAYSIA, {"sector": "HRD factory", "sex": "total"}, 2914, 2915),
    (KOREA, {"year": "2004", "sector": "all"}, 674, 671),
    (KOREA, {"year": "2004", "sex": "male"}, 516, 519),
    (KOREA, {"sector": "all", "sex": "male"}, 2097, 2094),
]
OTHERS = [
    ("annual-indicators", "range", "error", ["14,144.00"]),
    # the same cell, and two series with a year left blank between known ones
    ("annual-indicators", "outliers", "warning", ["14,144.00", "12.78", "13.607"]),
    ("annual-indicators", "gaps", "info", [""]),
    ("annual-indicators", "gaps", "info", ["", ""]),
    ("annual-indicators", "placement", "warning", ["0.800", "<china write-off>", "2.357"]),
    ("annual-indicators", "placement", "warning", ["2.60", "2.70", "2.00"]),
    ("claims", "claims", "error", ["13.4", "4.0"]),
    ("claims", "measures", "info", ["6,619"]),
]
EVALUATED = {
    "annual-indicators": (0, 0, 0),
    "claims": (4, 1, 1),
    MALAYSIA: (57, 8, 0),
    "deployed-to-saudi-arabia": (1, 0, 0),
    KOREA: (47, 3, 0),
    "events": (0, 0, 0),
    "stock-abroad": (0, 0, 3),
    "stock-in-country": (0, 0, 3),
}


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for reports."""
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="session")
def by_gx(run: Run, chapter: Path, written: Path) -> Ran:
    def called(*_: object) -> None:
        raise AssertionError("figures that are not yet printed must not leave the machine")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("socket.socket.connect", called)
        patch.setattr("socket.getaddrinfo", called)
        return run("check", "--format", "json", "--report", written / "gx", cwd=chapter)


@pytest.fixture(scope="session")
def by_duckdb(run: Run, chapter: Path, written: Path) -> Ran:
    arguments = ("--engine", "duckdb", "--format", "json", "--report", written / "duckdb")
    return run("check", *arguments, cwd=chapter)


@pytest.fixture(scope="session", params=["gx", "duckdb"])
def ran(request: pytest.FixtureRequest) -> Ran:
    told: Ran = request.getfixturevalue(f"by_{request.param}")
    return told


def short(table: str) -> str:
    return table.removeprefix(f"{CHAPTER}/")


def test_checking_the_chapter_exits_with_1(ran: Ran) -> None:
    assert ran.code == 1, ran.err


def test_the_broken_identities_are_those_of_the_answer_key(ran: Ran) -> None:
    found = [f for f in ran.report["findings"] if f["rule"] == "totals"]
    told = [(short(f["table"]), f["where"], f["printed"], f["computed"]) for f in found]
    assert sorted(told, key=str) == sorted(BROKEN, key=str)
    for finding in found:
        assert finding["difference"] == finding["printed"] - finding["computed"]
        assert finding["severity"] == "error"
        assert finding["cells"][0]["value"] == finding["printed"]


def test_schema_and_suite_share_the_work(ran: Ran) -> None:
    caught = {(f["caught_by"], "sex" in f["where"]) for f in ran.report["findings"] if f["rule"] == "totals"}
    # total = male + female follows from the code list, what adds up over sectors and years does not
    assert caught == {("schema", False), ("suite", True)}


def test_everything_else_that_is_found_is_in_the_answer_key(ran: Ran) -> None:
    found = [f for f in ran.report["findings"] if f["rule"] != "totals"]
    told = [(short(f["table"]), f["rule"], f["severity"], [c["printed"] for c in f["cells"]]) for f in found]
    assert sorted(told) == sorted(OTHERS)
    assert ran.report["summary"]["findings"] == {"error": 13, "warning": 3, "info": 3}


def test_what_was_evaluated_is_counted_by_table(ran: Ran) -> None:
    def counts(of: dict[str, Any]) -> tuple[int, ...]:
        return tuple(of["identities"][key] for key in ("evaluated", "broken", "not_evaluated"))

    assert {short(table["table"]): counts(table) for table in ran.report["tables"]} == EVALUATED
    totals = tuple(sum(numbers) for numbers in zip(*EVALUATED.values(), strict=True))
    assert counts(ran.report["summary"]) == totals == (109, 12, 7)


@pytest.mark.parametrize(("table", "part"), [("stock-abroad", "Thailand"), ("stock-in-country", "Vietnam")])
def test_the_sums_of_the_stock_tables_are_not_evaluated_and_listed(ran: Ran, table: str, part: str) -> None:
    listed = [entry for entry in ran.report["not_evaluated"] if short(entry["table"]) == table]
    relations = sorted(entry["relation"] for entry in listed)
    assert len(relations) == 3
    assert relations[1] == "TOTAL = Male + Female"
    assert relations[2].startswith(f"TOTAL >= {part}")
    assert all("TOTAL is '–'" in entry["reason"] for entry in listed)


def test_a_lower_bound_is_called_one(ran: Ran) -> None:
    [entry] = [entry for entry in ran.report["not_evaluated"] if "TOTAL >= Vietnam" in entry["relation"]]
    assert "Vietnam" in entry["reason"]
    assert "at least 150,000" in entry["reason"]


def test_the_claim_without_a_year_is_not_judged(ran: Ran) -> None:
    [entry] = [entry for entry in ran.report["not_evaluated"] if short(entry["table"]) == "claims"]
    assert entry["where"]["lines"] == "151-152"
    assert "names no year" in entry["reason"]


def test_every_finding_names_its_lines_on_disk_and_on_paper(ran: Ran) -> None:
    source = {"deployed-to-malaysia": (599, 608), "deployed-to-south-korea": (295, 299)}
    for finding in ran.report["findings"]:
        for cell in finding["cells"]:
            tokens = (ROOT / cell["file"]).read_text(encoding="utf-8").splitlines()[cell["line"] - 1]
            assert cell["printed"] in tokens
            first, last = source.get(short(cell["table"]), (1, 700))
            assert first <= cell["source_line"] <= last


def test_both_engines_say_the_same_to_the_letter(by_gx: Ran, by_duckdb: Ran) -> None:
    assert by_gx.report["engine"] == "gx"
    told = by_gx.out.replace('"engine": "gx"', '"engine": "duckdb"')
    time = by_gx.report["imprint"]["time"], by_duckdb.report["imprint"]["time"]
    assert by_duckdb.out == told.replace(*time)


def test_stdout_is_json_and_the_note_goes_to_stderr(ran: Ran, written: Path) -> None:
    engine = ran.report["engine"]
    told, gate = ran.err.splitlines()
    assert told == f"The report is in {written / engine / 'report.html'}"
    assert gate == "FAILED: 3 likely misprints (7 cells) and 1 claim of the text; 13 open errors."


def test_the_report_is_written_beside_what_is_printed(ran: Ran, written: Path) -> None:
    folder = written / ran.report["engine"]
    assert {"report.html", "report.json", "report.xlsx"} <= {path.name for path in folder.iterdir()}
    assert (folder / "report.json").read_text(encoding="utf-8") == ran.out
    page = (folder / "report.html").read_text(encoding="utf-8")
    for finding in ran.report["findings"]:
        assert finding["cells"][0]["printed"].replace("<", "&lt;").replace(">", "&gt;") in page


def test_without_great_expectations_nothing_of_it_is_imported(chapter: Path) -> None:
    program = """
import sys
from amyqa.cli import main
sys.argv = ["amyqa", "check", "--engine", "duckdb", "--fail-on", "never"]
try:
    main()
finally:
    sys.stderr.write(" ".join(name for name in sys.modules if name.startswith("great_exp")))
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=chapter, capture_output=True, text=True,
                         env={"PYTHONPATH": str(ROOT)})  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Not ready to print: 13 errors and 3 warnings" in ran.stdout


# --- exit codes -----------------------------------------------------------------------------

# the population's unit and the wrong claim mended: what is left is two warnings, or one remark
MENDED = {"annual-indicators": ('"14,144.00"', "14.144"), "claims": (",13.4,", ",4.0,")}


@pytest.mark.parametrize(
    ("table", "mended", "codes"),
    [
        ("deployed-to-saudi-arabia", False, {"error": 0, "warning": 0, "never": 0}),
        ("deployed-to-malaysia", False, {"error": 1, "warning": 1, "never": 0}),
        ("annual-indicators", True, {"error": 0, "warning": 1, "never": 0}),
        ("claims", True, {"error": 0, "warning": 0, "never": 0}),
    ],
    ids=["nothing", "errors", "warnings", "remarks"],
)
def test_fail_on_says_from_which_severity_findings_fail(
    run: Run, book: Any, table: str, mended: bool, codes: dict[str, int]
) -> None:
    root = book(table, "annual-indicators", "stock-abroad", "deployed-to-malaysia")
    csv = root / "data" / CHAPTER / f"{table}.csv"
    if mended:
        csv.write_text(csv.read_text(encoding="utf-8").replace(*MENDED[table]), encoding="utf-8")
    told = {word: run("check", csv, "--engine", "duckdb", "--fail-on", word) for word in codes}
    assert {word: ran.code for word, ran in told.items()} == codes
    assert len({ran.out for ran in told.values()}) == 1
    assert run("check", csv, "--engine", "duckdb").code == codes["error"]


def test_claims_alone_are_held_against_the_cells_that_they_name(run: Run, chapter: Path) -> None:
    claims = chapter / "data" / CHAPTER / "claims.csv"
    report = run("check", claims, "--engine", "duckdb", "--format", "json").report
    assert report["summary"]["tables"] == 1
    assert report["summary"]["identities"] == {"evaluated": 4, "broken": 1, "not_evaluated": 1}
    assert [(f["rule"], f["severity"]) for f in report["findings"]] == [
        ("claims", "error"),
        ("measures", "info"),
    ]


def test_a_decimal_survives_the_json_exactly(by_duckdb: Ran) -> None:
    told = json.loads(by_duckdb.out, parse_float=str)
    [claim] = [f for f in told["findings"] if f["rule"] == "claims"]
    assert (claim["printed"], claim["computed"], claim["difference"]) == ("13.4", 4, "9.4")
