"""Decisions are read as they were written, by amyqa or by hand, and refused with file and line."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from amyqa.decisions import store
from amyqa.decisions.blocks import HEADER, written
from amyqa.decisions.files import home
from amyqa.errors import AmyqaError
from amyqa.model import Ruling, Severity
from tests.decisions.builder import DAY, decision, told, unplaced, yearbook
from tests.yearbooks import problems_of

FILE = "decisions/2005/cambodia.yaml"


def put(root: Path, text: str, name: str = FILE) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def refused(root: Path, text: str, name: str = FILE) -> list[str]:
    put(root, text, name)
    with pytest.raises(AmyqaError) as caught:
        told(root)
    return problems_of(caught.value)


@pytest.mark.parametrize(
    ("table", "file"),
    [
        ("2005/cambodia/claims", FILE),
        ("2005/cambodia/annex/a/claims", FILE),
        ("2005/claims", "decisions/2005.yaml"),
        ("claims", "decisions/tables.yaml"),
    ],
)
def test_a_tables_folder_says_where_its_decisions_are(table: str, file: str) -> None:
    assert home(table) == file


STRANGE = [
    "yes",
    "2005",
    "1e3",
    "~",
    "- x",
    "a: b",
    "#",
    "'",
    '"',
    "{}",
    "*a",
    "a\u2028b",
    "a\x85b",
    "two\nlines\r\n: # x",
    "k" * 200,
    "ភាសា 😀",
    "\x1b[31m",
    "",
]


@pytest.mark.parametrize("word", STRANGE)
def test_any_text_is_read_back_as_it_was_written(tmp_path: Path, word: str) -> None:
    texts = {"who": f"{word}.", "reason": f"{word}x", "message": f"x{word}", "relation": f"{word}="}
    made = decision(1, **texts, where={f"d{word}": word}, printed={f"{word}, Total": word})
    store.write(yearbook(tmp_path), [made])
    assert unplaced(told(tmp_path)) == [made]


def test_every_part_is_read_back(tmp_path: Path) -> None:
    made = [
        decision(1, ruling=Ruling.ASKED, severity=Severity.INFO, expires=DAY + datetime.timedelta(30)),
        decision(2, table="2005/thailand/stock", rule="range", where={}, printed={}),
        decision(3, table="2006/x"),
        decision(4, table="x"),
    ]
    store.write(yearbook(tmp_path), made)
    assert unplaced(told(tmp_path)) == unplaced(made)


def test_a_decision_says_where_it_stands(tmp_path: Path) -> None:
    store.write(yearbook(tmp_path), [decision(n) for n in range(3)])
    lines = (tmp_path / FILE).read_text(encoding="utf-8").splitlines()
    for each in told(tmp_path):
        assert lines[each.line - 1] == f"{each.finding}:" or lines[each.line - 1] == f"'{each.finding}':"


BLOCK = written(decision(1))
LINES = BLOCK.splitlines()
WITHOUT = {line.split(":")[0].strip(): line for line in LINES[1:]}


@pytest.mark.parametrize("key", [key for key in WITHOUT if key != "expires"])
def test_a_decision_with_a_part_missing_is_refused(tmp_path: Path, key: str) -> None:
    [problem] = refused(tmp_path, BLOCK.replace(f"{WITHOUT[key]}\n", ""))
    assert problem.startswith(f"{FILE}:1:1: {decision(1).finding}.{key}: is missing")


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("reason", "''", "is empty (a decision says why: comply or explain)"),
        ("reason", "'  '", "is empty"),
        ("who", "", "is empty"),
        ("ruling", "kept", "there is no ruling 'kept'"),
        ("ruling", "explaned", "did you mean 'explained'?"),
        ("severity", "fatal", "there is no severity 'fatal'"),
        ("date", "2.11.2026", "'2.11.2026' is not a date"),
        ("date", "2026-02-30", "is not a date"),
        ("date", "2026-W45-1", "is not a date"),
        ("reason", "[a, b]", "is not text"),
        ("where", "Total", "does not say what stands where"),
        ("printed", "{a: [b]}", "does not say what stands where"),
        ("table", "2005/laos/deployed", "belongs to another file (move it to decisions/2005/laos.yaml)"),
    ],
)
def test_what_a_part_says_wrong_is_told_with_its_line(tmp_path: Path, key: str, text: str, said: str) -> None:
    [problem] = refused(tmp_path, f"# mine\n\n{BLOCK.replace(WITHOUT[key], f'  {key}: {text}')}")
    line = LINES.index(WITHOUT[key]) + 3
    assert problem.startswith(f"{FILE}:{line}:")
    assert said in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("abc:\n  x: y\n", "is not a finding's id"),
        (f"{BLOCK}\n{BLOCK}", "appears twice (keep one of them)"),
        (BLOCK.replace("  who", "  woh"), "is not a part of a decision (did you mean 'who'?)"),
        (BLOCK.replace("  date", "  expires: 2025-01-01\n  date"), "before the decision's own date"),
        ("- a\n- b\n", "holds no decisions"),
        (f"{decision(1).finding}: explained\n", "says nothing"),
        (f"{{{decision(1).finding}: {{}}}}\n", "does not begin its line"),
        (f"<<<<<<< HEAD\n{BLOCK}=======\n>>>>>>> theirs\n", "holds a merge conflict that was left open"),
        (f"{BLOCK}  note: !!python/object:os.system x\n", "uses the tag"),
        (f"{BLOCK}  'x\n", "is not YAML"),
    ],
)
def test_what_is_no_decision_is_refused(tmp_path: Path, text: str, said: str) -> None:
    problems = refused(tmp_path, text)
    assert any(said in problem for problem in problems), problems
    assert all(problem.startswith(f"{FILE}:") for problem in problems)


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    put(tmp_path, "abc: x\n", "decisions/2006/laos.yaml")
    other = BLOCK.replace("kept as printed", "kept").replace("  who: A. Editor\n", "")
    assert len(refused(tmp_path, other)) == 4


def test_a_file_that_would_not_be_read_is_told(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, BLOCK, "decisions/2005/cambodia.yml")
    assert "is not read" in problem


def test_a_link_out_of_the_yearbook_is_refused(tmp_path: Path) -> None:
    put(tmp_path, BLOCK, "elsewhere.yaml")
    root = tmp_path / "yearbook"
    (root / "decisions/2005").mkdir(parents=True)
    (root / FILE).symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(AmyqaError, match="outside the yearbook"):
        told(root)


def test_no_decisions_are_no_mistake(tmp_path: Path) -> None:
    assert told(tmp_path) == []
    put(tmp_path, HEADER)
    assert told(tmp_path) == []
