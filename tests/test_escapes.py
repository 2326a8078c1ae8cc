"""Nothing of a stranger is printed or written that drives a terminal, turns a line or is a formula."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from amyqa.characters import HIDDEN, visible
from amyqa.cli.output import shown
from amyqa.errors import Problem
from tests.conftest import Run
from tests.yearbooks import STATED, write_family, write_table

EVIL = "\x1b]0;owned\x07\x1b[31m\u202e\x9b2J"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A yearbook in which every word is hostile: folder, file, labels, family's reason, decision."""
    root = tmp_path / "book"
    write_family(root, entries=[{"type": STATED, "meta": {"reason": f"because {EVIL}"}}])
    lines = [["Year", "=All", f"M{EVIL}", "F"]]
    lines += [[f"19{i}0{EVIL}", str(300 + 20 * i), str(100 + 13 * i), str(200 + 7 * i)] for i in range(6)]
    lines.append(["Sum", *(str(sum(int(row[i]) for row in lines[1:])) for i in (1, 2, 3))])
    lines[3][2] = "162"  # of 126
    formulas = {
        "in every row": [f'"=All" = "M{EVIL}" + F'],
        "in every column": {"Sum": [row[0] for row in lines[1:7]]},
    }
    spec = {"title": f"Title {EVIL}", "identities": formulas, "rows": {"dimension": "year", "total": "Sum"}}
    write_table(root, f"2005/ch{EVIL}ter/tab{EVIL}le", lines, spec)
    return root


def test_no_command_prints_what_is_hidden(run: Run, book: Path) -> None:
    first = run("check", "--engine", "duckdb", "--format", "json", cwd=book)
    assert first.report["findings"], first
    id = first.report["findings"][0]["id"]
    table = f"2005/ch{EVIL}ter/tab{EVIL}le"
    ran = [first]
    for kind in ("text", "markdown", "github", "gitlab", "sarif", "junit", "csv", "essnet"):
        ran.append(run("check", "--engine", "duckdb", "--format", kind, cwd=book))
    ran += [
        run("explain", table, cwd=book),
        run("explain", table, f"1920{EVIL}", f"M{EVIL}", cwd=book),
        run("explain", f"no{EVIL}where", cwd=book),
        run("trace", cwd=book),
        run("decide", id[:8], "--ruling", "explained", "--reason", f"so {EVIL}", "--who", EVIL, cwd=book),
        run("decisions", cwd=book),
        run("check", "--engine", "duckdb", cwd=book),
        run("check", f"--{EVIL}", cwd=book),
        run("check", "--format", EVIL, cwd=book),
        run("check", f"no{EVIL}thing", cwd=book),
        run("explain", "a", "b", "c", EVIL, cwd=book),
        run(EVIL, cwd=book),
        run("fix", "--to", f"out{EVIL}", cwd=book),
        run("fix", "--in-place", cwd=book),
    ]
    for each in ran:
        assert not HIDDEN.search(re.sub(r"\r?\n", "", each.out + each.err)), each
        assert "Traceback" not in each.err, each


def test_on_a_terminal_only_our_own_colours_are_escape_codes(
    run: Run, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for command in ("check", "decisions"):
        told = run(command, "--engine", "duckdb", cwd=book, terminal=True).out
        assert not HIDDEN.search(re.sub(r"\x1b\[[\d;]*m|\n", "", told))
        assert "\x1b[31m\\u202e" not in told


def test_what_is_written_hides_nothing_and_holds_no_formula(run: Run, book: Path) -> None:
    assert run("fix", "--to", "out", cwd=book).code == 0
    log = (book / "out/changes.csv").read_text(encoding="utf-8")
    assert not HIDDEN.search(log.replace("\n", ""))
    rows = list(csv.reader(io.StringIO(log)))
    assert len(rows) > 1
    assert not any(field.startswith(("=", "+", "@")) for row in rows for field in row)
    first = run("check", "--engine", "duckdb", "--format", "json", "--report", "report", cwd=book)
    id = first.report["findings"][0]["id"]
    run("decide", id[:8], "--ruling", "explained", "--reason", f"so {EVIL}", "--who", f"A{EVIL}", cwd=book)
    written = [*(book / "decisions").rglob("*.yaml"), *(book / "report").glob("*")]
    assert len(written) > 5
    for path in written:
        if path.suffix not in (".xlsx", ".parquet"):
            text = path.read_text(encoding="utf-8")
            assert not HIDDEN.search(re.sub(r"\r?\n", "", text)), path.name


def test_a_decision_with_hidden_characters_is_read_as_it_was_written(run: Run, book: Path) -> None:
    id = run("check", "--engine", "duckdb", "--format", "json", cwd=book).report["findings"][0]["id"]
    for ruling in ("explained", "kept as printed"):  # the second rewrites what the first wrote
        told = run("decide", id[:8], "--ruling", ruling, "--reason", f"so {EVIL}", "--who", "me", cwd=book)
        assert told.code == 0, told
    report = run("check", "--engine", "duckdb", "--format", "json", cwd=book).report
    [finding] = [each for each in report["findings"] if each["id"] == id]
    assert finding["status"] == "kept as printed"


def test_a_problem_is_safe_whoever_prints_it() -> None:
    assert str(Problem(f"bad {EVIL}", EVIL, EVIL)) == visible(f"{EVIL}: bad {EVIL} ({EVIL})")


@pytest.mark.parametrize(
    ("text", "colored", "told"),
    [
        ("plain\nlines\n", False, "plain\nlines\n"),
        ("\x1b[1mbold\x1b[0m\n", True, "\x1b[1mbold\x1b[0m\n"),
        ("\x1b[1mbold\n", False, "\\x1b[1mbold\n"),
        ("\x1b[2J\n\u202e", True, "\\x1b[2J\n\\u202e"),
        ("ខ្មែរ\u200b👩\u200d🌾", True, "ខ្មែរ\u200b👩\u200d🌾"),
    ],
)
def test_the_last_guard_lets_lines_and_our_colours_through(text: str, colored: bool, told: str) -> None:
    assert shown(text, colored=colored) == told
