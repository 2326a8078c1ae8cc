"""The command line's manners, as a hostile user and a CI log at midnight see them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import amyqa
from amyqa.cli import app
from amyqa.cli.program import ORDER
from amyqa.rules.vocabulary import RULES
from tests.conftest import Run
from tests.yearbooks import CHAPTER, ROOT, write_family, write_table

Start = Callable[..., "subprocess.CompletedProcess[str]"]
Book = Callable[..., Path]
MALAYSIA = f"data/{CHAPTER}/deployed-to-malaysia.csv"
ESCAPE = "\x1b"
COMMANDS = [command.callback.__name__ for command in app.registered_commands if command.callback]


# --- help and usage -------------------------------------------------------------------------


@pytest.mark.parametrize("columns", ["80", "200"])
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_has_an_example_and_fits_80_columns(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, columns: str
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    ran = run(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    [example] = re.findall(r"Example:  amyqa (\w+)", ran.out)
    assert example == (command or "check")
    assert max(map(len, ran.out.splitlines())) <= 80


def test_amyqa_alone_shows_its_commands_and_exits_with_2(run: Run) -> None:
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    shown = re.findall(r"^  (\w+)  ", ran.err, re.MULTILINE)
    assert sorted(shown) == sorted(COMMANDS)
    assert shown == ORDER


def test_the_version_is_the_packages(run: Run) -> None:
    ran = run("--version")
    assert (ran.code, ran.out, ran.err) == (0, f"amyqa {amyqa.__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("chek", "Did you mean 'check'"),
        ("check --egnine duckdb", "--egnine"),
        ("check --engine duckbd", "there is no 'duckbd' (did you mean 'duckdb'?)"),
        ("check --engine spark", "there is no 'spark' (known: duckdb, gx)"),
        ("check --engine", "--engine"),
        ("check --engine GX", "there is no 'GX' (did you mean 'gx'?)"),
        ("check --format jsn", "there is no 'jsn' (did you mean 'json'?)"),
        ("check --fail-on errors", "there is no 'errors' (did you mean 'error'?)"),
        ("check --report", "--report"),
        ("trace data data", "data"),
        ("trace --document", "--document"),
        ("rules all", "all"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_what_is_wrong(run: Run, arguments: str, told: str) -> None:
    ran = run(*arguments.split())
    assert (ran.code, ran.out) == (2, "")
    error = ran.err.splitlines()[-1]
    assert error.startswith("Error: ")
    assert told in error
    assert "Value error" not in error


@pytest.mark.parametrize("command", [("check", "--report", ""), ("fix", "--to", " ")])
def test_an_empty_name_is_no_folder(run: Run, command: tuple[str, ...]) -> None:
    ran = run(*command)  # as of a shell's variable that is not set
    assert (ran.code, ran.out) == (2, "")
    assert "is empty: write . for the current folder" in ran.err


def test_rules_lists_the_vocabulary(run: Run) -> None:
    ran = run("rules")
    assert (ran.code, ran.err) == (0, "")
    for rule in RULES:
        assert re.search(rf"^{rule.name} +{rule.ess} +{rule.level} .*{re.escape(rule.title)}$", ran.out, re.M)
        assert f"  {rule.name}: {rule.expectation}(" in ran.out or not rule.expectation


# --- where it is called, and with what ------------------------------------------------------

PLACES: dict[str, tuple[str, list[str]]] = {
    "from the yearbook": (".", [MALAYSIA]),
    "by its YAML": (".", [MALAYSIA.replace(".csv", ".yaml")]),
    "by both files": (".", [MALAYSIA, MALAYSIA.replace(".csv", ".yaml")]),
    "twice": (".", [MALAYSIA, f"./{MALAYSIA}", "{root}/" + MALAYSIA]),
    "absolute, from elsewhere": ("/", ["{root}/" + MALAYSIA]),
    "from its folder": (f"data/{CHAPTER}", ["deployed-to-malaysia.csv"]),
    "from beside it": ("checks", [f"../{MALAYSIA}"]),
    "with detours": (".", [f"data/../data/2005/./cambodia/../../../{MALAYSIA}"]),
}


@pytest.mark.parametrize(("start_in", "paths"), PLACES.values(), ids=PLACES)
def test_a_table_is_the_same_wherever_it_is_named_from(
    run: Run, chapter: Path, start_in: str, paths: list[str]
) -> None:
    named = [path.format(root=chapter) for path in paths]
    ran = run("check", *named, "--engine", "duckdb", "--format", "json", cwd=chapter / start_in)
    [table] = ran.report["tables"]
    assert (table["table"], table["file"]) == (f"{CHAPTER}/deployed-to-malaysia", MALAYSIA)
    assert ran.report["summary"]["findings"]["error"] == 8


@pytest.mark.parametrize(
    ("start_in", "paths", "tables"),
    [
        (".", [], 8),
        (".", ["."], 8),
        ("data", ["."], 8),
        ("data/2005", ["cambodia"], 8),
        ("/", ["{root}/data/2005"], 8),
        (".", ["data", MALAYSIA], 8),
        (".", [MALAYSIA, f"data/{CHAPTER}/claims.yaml"], 2),
    ],
)
def test_a_folder_stands_for_the_tables_in_it(
    run: Run, chapter: Path, start_in: str, paths: list[str], tables: int
) -> None:
    named = [path.format(root=chapter) for path in paths]
    ran = run("check", *named, "--engine", "duckdb", "--format", "json", cwd=chapter / start_in)
    assert ran.report["summary"]["tables"] == tables


# --- terminals, pipes and encodings ---------------------------------------------------------


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [
        (True, {}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {}, False),
        (False, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_only_a_terminal_that_wants_them_gets_escape_codes(
    run: Run,
    chapter: Path,
    monkeypatch: pytest.MonkeyPatch,
    terminal: bool,
    environment: dict[str, str],
    coloured: bool,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm"} | environment).items():
        monkeypatch.setenv(name, value)
    ran = run("check", MALAYSIA, "--engine", "duckdb", cwd=chapter, terminal=terminal)
    assert ran.code == 1
    assert (ESCAPE in ran.out) is coloured


def test_json_has_no_escape_codes_even_on_a_terminal(run: Run, chapter: Path) -> None:
    ran = run("check", MALAYSIA, "--engine", "duckdb", "--format", "json", cwd=chapter, terminal=True)
    assert ESCAPE not in ran.out
    assert ran.report["version"] == 1


@pytest.fixture
def abroad(book: Book) -> Path:
    """A yearbook whose names need more than ASCII, with one wrong sum."""
    root = book("deployed-to-malaysia")
    lines = [["Année", "Total", "Hommes", "Femmes"], ["2010 – été", "5", "1", "3"]]
    coordinates = {
        name: {"sector": "all", "sex": sex}
        for name, sex in zip(lines[0][1:], ("total", "male", "female"), strict=True)
    }
    spec = {
        "title": "Émigrés 😀",
        "family": "deployment",
        "rows": {"dimension": "year"},
        "columns": coordinates,
    }
    write_table(root, "2010/Côte d’Ivoire/émigrés 😀", lines, spec)
    return root


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1", "cp1252", "utf-16"])
def test_names_in_any_script_come_out_in_any_encoding(run: Run, abroad: Path, encoding: str) -> None:
    told = run("check", "data/2010", "--engine", "duckdb", cwd=abroad, encoding=encoding)
    assert (told.code, told.err) == (1, "")
    assert "5; Hommes" in told.out or "5; male 1 + female 3 = 4" in told.out
    assert "\\u2500" not in told.out  # what draws lines is no name
    assert max(len(line) for line in told.out.splitlines() if "\\" not in line) <= 80
    ran = run("check", "data/2010", "--engine", "duckdb", "--format", "json", cwd=abroad, encoding=encoding)
    [table] = ran.report["tables"]
    assert table["title"] == "Émigrés 😀"


def test_an_error_names_files_in_any_script(run: Run, abroad: Path) -> None:
    (abroad / "data/2010/Côte d’Ivoire/émigrés 😀.csv").write_text("", encoding="utf-8")
    ran = run("check", "--engine", "duckdb", "--format", "json", cwd=abroad, encoding="ascii")
    [problem] = ran.problems
    assert problem.startswith("data/2010/C\\xf4te d\\u2019Ivoire/\\xe9migr\\xe9s \\U0001f600.csv:1: is empty")


def test_a_system_without_a_language_is_no_trouble(start: Start, abroad: Path) -> None:
    ran = start("check", "data/2010", "--engine", "duckdb", cwd=abroad, LANG="C", LC_ALL="C")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "5; male 1 + female 3 = 4" in ran.stdout


@pytest.mark.parametrize(("command", "code"), [(f"check {MALAYSIA} --engine duckdb", 1), ("rules", 0)])
def test_a_reader_that_has_seen_enough_is_no_failure(
    start: Start, chapter: Path, command: str, code: int
) -> None:
    read, write = os.pipe()
    os.close(read)
    ran = start(*command.split(), cwd=chapter, stdout=write)
    os.close(write)
    assert (ran.returncode, ran.stderr) == (code, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_told_and_is_no_finding(start: Start, chapter: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = start("check", MALAYSIA, "--engine", "duckdb", cwd=chapter, stdout=full)
    first, *rest = ran.stderr.splitlines()
    assert (ran.returncode, len(rest)) == (2, 1)
    assert first == "stdout: the results cannot be written: No space left on device"


@pytest.mark.parametrize("descriptor", [1, 2])
def test_a_closed_stream_changes_nothing_but_what_is_seen(
    chapter: Path, tmp_path: Path, descriptor: int
) -> None:
    program = (
        f"import os, sys; os.close({descriptor}); os.chdir(sys.argv[1]);"
        f"os.execv(sys.executable, [sys.executable, '-m', 'amyqa', *sys.argv[2:]])"
    )
    options: list[str | Path] = ["check", MALAYSIA, "--engine", "duckdb", "--report", tmp_path]
    command: list[str | Path] = [sys.executable, "-c", program, chapter, *options]
    ran = subprocess.run(command, capture_output=True, env={"PYTHONPATH": str(ROOT)})
    assert ran.returncode == 1
    assert b"Traceback" not in ran.stderr
    assert (tmp_path / "report.html").stat().st_size > 1000


def test_a_mistake_of_amyqas_own_is_not_taken_for_findings(
    run: Run, chapter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the moon is full")

    monkeypatch.setattr("amyqa.pipeline.check", broken)
    ran = run("check", cwd=chapter)
    assert (ran.code, ran.out) == (2, "")
    assert "ZeroDivisionError: the moon is full" in ran.err
    assert ran.err.splitlines()[-1].startswith("amyqa crashed.")


# --- the report's folder --------------------------------------------------------------------


@pytest.mark.parametrize("folder", ["report", "not/yet/there", ".", "data"])
def test_the_reports_folder_is_made(run: Run, book: Book, folder: str) -> None:
    root = book("deployed-to-saudi-arabia")
    ran = run("check", "--engine", "duckdb", "--report", folder, cwd=root)
    assert ran.code == 0
    assert ran.err == f"The report is in {Path(folder) / 'report.html'}\n"
    written = {path.name for path in (root / folder).iterdir()}
    assert {"report.html", "report.json"} <= written
    assert ("findings.csv" in written) is (folder != "data")
    # a report among the data is no table, and a second run writes over it
    assert run("check", "--engine", "duckdb", "--report", folder, cwd=root).code == 0


# tests may run as root, whom no mode of a file stops
@pytest.mark.parametrize(
    ("folder", "told"),
    [
        (
            "taken",
            "taken: is a file, but the report needs a folder there (choose another folder with --report)",
        ),
        ("taken/below", "taken: is a file, but"),
        ("half", "half/report.json: is a folder, but the report needs a file there"),
        ("x" * 300, "cannot be written: File name too long"),
    ],
)
def test_a_report_that_cannot_be_written_leaves_nothing_half_written(
    run: Run, book: Book, folder: str, told: str
) -> None:
    root = book("deployed-to-malaysia")
    (root / "taken").write_text("mine", encoding="utf-8")
    (root / "half/report.json").mkdir(parents=True)
    before = sorted(root.rglob("*"))
    ran = run("check", "--engine", "duckdb", "--report", folder, cwd=root)
    [problem] = ran.problems
    assert told in problem
    assert ran.out == ""
    assert sorted(path for path in root.rglob("*") if "__pycache__" not in path.parts) == before
    assert (root / "taken").read_text(encoding="utf-8") == "mine"


def test_a_report_for_which_there_is_no_space_leaves_the_old_one(
    run: Run, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = book("deployed-to-saudi-arabia")
    assert run("check", "--engine", "duckdb", "--report", "report", cwd=root).code == 0
    before = {path.name: path.read_bytes() for path in (root / "report").iterdir()}

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    [problem] = run("check", "--engine", "duckdb", "--report", "report", cwd=root).problems
    assert "cannot be written: No space left on device" in problem
    assert {path.name: path.read_bytes() for path in (root / "report").iterdir()} == before


def test_what_a_schema_prints_does_not_get_into_the_results(run: Run, book: Book) -> None:
    root = book("deployed-to-saudi-arabia")
    schema = root / "schemas/deployment.py"
    schema.write_text(f"print('hello')\n{schema.read_text(encoding='utf-8')}", encoding="utf-8")
    ran = run("check", "--engine", "duckdb", "--format", "json", cwd=root)
    assert ran.report["version"] == 1
    assert set(ran.err.splitlines()) == {"hello"}


# --- trace ----------------------------------------------------------------------------------


def test_trace_counts_the_tokens_of_every_table(run: Run, chapter: Path) -> None:
    ran = run("trace", cwd=chapter)
    assert (ran.code, ran.err) == (0, "")
    *tables, last = ran.out.splitlines()
    counts = {line.split()[0]: int(line.split()[1]) for line in tables}
    assert counts[f"{CHAPTER}/deployed-to-malaysia"] == 70
    assert len(counts) == 8
    assert last == f"{sum(counts.values())} tokens in 8 tables match their source lines."


def test_trace_takes_one_table(run: Run, chapter: Path) -> None:
    ran = run("trace", MALAYSIA, cwd=chapter)
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "70 tokens in 1 table match their source lines."


def test_trace_says_which_table_names_no_source(run: Run, book: Book) -> None:
    root = book("deployed-to-malaysia", "deployed-to-saudi-arabia")
    yaml = (root / MALAYSIA).with_suffix(".yaml")
    kept = [line for line in yaml.read_text(encoding="utf-8").splitlines() if "source:" not in line]
    yaml.write_text("\n".join(kept), encoding="utf-8")
    ran = run("trace", cwd=root)
    assert ran.code == 0
    assert f"{CHAPTER}/deployed-to-malaysia: names no source; not traced" in ran.out
    assert ran.out.splitlines()[-1] == "3 tokens in 1 table match their source lines."


def sampled() -> list[Any]:
    """Some digits of every table's printed tokens: table, line, position of the field, digit."""
    samples = []
    for table in ("deployed-to-malaysia", "deployed-to-south-korea", "annual-indicators", "stock-abroad",
                  "stock-in-country", "claims", "events"):  # fmt: skip
        with (ROOT / "data" / CHAPTER / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file))
        # of a claim, its figure; where it points to is ours, not the print's
        columns = [2] if table == "claims" else range(1, len(lines[0]))
        places = [
            (r, c, d)
            for r, line in enumerate(lines[1:], 1)
            for c in columns
            for d, char in enumerate(line[c])
            if char.isdigit()
        ]
        for r, c, d in places[:: max(1, len(places) // 5)]:
            samples.append(pytest.param(table, r, c, d, id=f"{table}-{r}-{c}-{d}"))
    return samples


@pytest.mark.parametrize(("table", "row", "column", "digit"), sampled())
def test_another_digit_in_a_cell_is_not_what_is_printed(
    run: Run, book: Book, table: str, row: int, column: int, digit: int
) -> None:
    path = book(table) / "data" / CHAPTER / f"{table}.csv"
    lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    token = lines[row][column]
    other = str((int(token[digit]) + 1) % 10)
    lines[row][column] = token[:digit] + other + token[digit + 1 :]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(lines)
    ran = run("trace", path)
    assert ran.out == ""
    told = ran.strays if ran.code == 1 else ran.problems  # 2: no month, no day, and not read at all
    assert told[0].startswith(f"data/{CHAPTER}/{table}.csv:{row + 1}:")
    assert re.search(r"seeds/cambodia-2005\.txt|is not a month|is not a day", told[0])


def test_trace_names_the_line_the_column_and_what_is_printed(run: Run, book: Book) -> None:
    root = book("deployed-to-malaysia")
    path = root / MALAYSIA
    path.write_text(path.read_text(encoding="utf-8").replace("895", "859"), encoding="utf-8")
    [problem] = run("trace", cwd=root).strays
    assert problem.startswith(f"{MALAYSIA}:10:2: '859'")
    assert "line 607" in problem
    assert "2006 895 267 687" in problem


@pytest.fixture
def printed(tmp_path: Path) -> tuple[Path, Path]:
    """A tiny yearbook, and the document that its seeds are from."""
    document = tmp_path / "document.txt"
    document.write_text("Migrants\nYear Total\n2004 12\n2005 34\n", encoding="utf-8")
    sha = hashlib.sha256(document.read_bytes()).hexdigest()
    root = tmp_path / "yearbook"
    (root / "seeds").mkdir(parents=True)
    seeds = f"@ document document.txt\n@ sha256 {sha}\n2|Year Total|\n3|2004 12|\n4|2005 34|\n"
    (root / "seeds/document.txt").write_text(seeds, encoding="utf-8")
    spec = {
        "source": {"document": "seeds/document.txt", "lines": "2-4", "header": "2"},
        "rows": {"dimension": "year"},
        "columns": {"Total": {"sex": "total"}},
    }
    write_table(root, "a/b", [["Year", "Total"], ["2004", "12"], ["2005", "34"]], spec)
    return root, document


def test_trace_proves_the_seeds_by_the_document(run: Run, printed: tuple[Path, Path]) -> None:
    root, document = printed
    ran = run("trace", "--document", document, cwd=root)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == "2 tokens in 1 table match their source lines and the document."


def test_a_wrong_document_is_named_by_its_hash(run: Run, printed: tuple[Path, Path]) -> None:
    root, document = printed
    document.write_text(document.read_text(encoding="utf-8").replace("34", "43"), encoding="utf-8")
    first, second = run("trace", "--document", document, cwd=root).strays
    assert "is not the document that seeds/document.txt was made from" in first
    assert hashlib.sha256(document.read_bytes()).hexdigest() in first
    assert f"{document}:4: does not print" in second


def test_a_document_that_is_compared_with_nothing_proves_nothing(run: Run, tmp_path: Path) -> None:
    write_table(
        tmp_path, "a/b", [["Year", "Total"], ["2004", "12"]], {"columns": {"Total": {"sex": "total"}}}
    )
    (tmp_path / "document.txt").write_text("2004 12\n", encoding="utf-8")
    [problem] = run("trace", "--document", "document.txt", cwd=tmp_path).problems
    assert problem.startswith("document.txt: cannot be verified against: no table here names a source")
    assert run("trace", cwd=tmp_path).out == (
        "a/b: names no source; not traced\n0 tokens in 0 tables match their source lines.\n"
    )


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("nowhere.txt", "nowhere.txt: cannot be read: No such file or directory ("),
        ("data", "data: is a folder where a file should be (move or rename it)"),
    ],
)
def test_a_document_that_cannot_be_read_is_told(
    run: Run, printed: tuple[Path, Path], document: str, told: str
) -> None:
    [problem] = run("trace", "--document", document, cwd=printed[0]).problems
    assert problem.startswith(told)


CHATTY = """\
import ctypes, os
import pandera.pandas as pa

os.write(1, b"written to the process's stdout\\n")
ctypes.CDLL(None).puts(b"kept in C until the end")
print("printed by Python")
schema = pa.DataFrameSchema({"OBS_VALUE": pa.Column("Int64", nullable=True)})
"""


@pytest.mark.skipif(os.name == "nt", reason="C's library is found another way there")
def test_nothing_but_results_goes_to_stdout_whatever_a_library_prints(start: Start, tmp_path: Path) -> None:
    write_family(tmp_path, schema=CHATTY)
    # so wide, and wrong in so many cells, that the solver is asked
    generator = random.Random(1)
    rows = [[generator.randint(100, 9999) for _ in range(14)] for _ in range(24)]
    rows.append([sum(column) for column in zip(*rows, strict=True)])
    printed = [[f"A{i}", str(sum(row)), *map(str, row)] for i, row in enumerate(rows)]
    printed[-1][0] = "All"
    for i in range(9):
        printed[2 * i][3 + i] += "7"
    columns = [f"C{i}" for i in range(14)]
    identities = {
        "in every row": [f"Sum = {' + '.join(columns)}"],
        "in every column": {"All": [f"A{i}" for i in range(24)]},
    }
    spec = {"rows": {"dimension": "area"}, "identities": identities}
    write_table(tmp_path, "wide", [["Area", "Sum", *columns], *printed], spec)
    ran = start("check", "--engine", "duckdb", "--format", "json", cwd=tmp_path)
    assert json.loads(ran.stdout)["diagnoses"]
    assert ran.returncode == 1
    for line in ("written to the process's stdout", "kept in C until the end", "printed by Python"):
        assert line in ran.stderr
