"""Whatever is handed to amyqa: never a traceback, but what is wrong, where, and how to mend it.

Each case changes files of a small yearbook. What is told is compared by file, line and column, and by
the words that matter; a case without problems says instead which rule finds it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import amyqa
from amyqa.errors import AmyqaError
from tests.conftest import Run
from tests.yearbooks import CHAPTER, ROOT

Book = Callable[..., Path]
Content = str | bytes | Callable[[Path], object] | None

BASE = f"data/{CHAPTER}/deployed-to-saudi-arabia"
CSV, YAML = f"{BASE}.csv", f"{BASE}.yaml"
SUITE, SCHEMA, SEEDS = "checks/deployment.yaml", "schemas/deployment.py", "seeds/cambodia-2005.txt"
TABLE = (ROOT / CSV).read_text(encoding="utf-8")
SPEC = (ROOT / YAML).read_text(encoding="utf-8")
PYTHON = (ROOT / SCHEMA).read_text(encoding="utf-8")
HEADER = "Year,Total,Male,Female\n"


def folder(path: Path) -> None:
    path.mkdir()


def link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def huge(start: str) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(start.encode() + b"9" * 50_000_000 + b",1,1\n")


@dataclass(frozen=True)
class Case:
    """Files changed, and what is told: the beginning of each problem, and words in it.

    `more`: what follows from the mistake may be told as well, at the same place.
    """

    files: Mapping[str, Content]
    told: Sequence[tuple[str, str]]
    paths: Sequence[str] = ()
    more: bool = False


def csv(text: str | bytes | Callable[[Path], object], *told: tuple[str, str]) -> Case:
    return Case({CSV: text}, [(f"{CSV}{place}", words) for place, words in told])


def token(text: str, words: str) -> Case:
    return csv(f"{HEADER}2005,{text},-,34\n", (":2:2: ", words))


def spec(text: str | bytes, *told: tuple[str, str], more: bool = False) -> Case:
    return Case({YAML: text}, [(f"{YAML}{place}", words) for place, words in told], more=more)


def line_of(text: str, start: str) -> int:
    return next(i for i, line in enumerate(text.splitlines(), 1) if line.lstrip().startswith(start))


def document(name: str, *told: tuple[str, str]) -> Case:
    return Case({YAML: SPEC.replace("seeds/cambodia-2005.txt", name)}, told)


NO_NUMBERS = [
    *(
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "None",
        "TRUE",
        "0x1F",
        "1_000",
        "1.2.3",
        "3 4",
    ),
    *("--5", "(5", "5)", "=1+1", "#REF!", "34l", "O", "<b>5"),
]

CASES: dict[str, Case] = {
    # the CSV
    "an empty CSV": csv("", (":1: ", "is empty (the first line names the columns)")),
    "a CSV of blank lines": csv("\n\r\n\n", (":1: ", "is empty")),
    "a header only": csv(HEADER, (":1: ", "has a header and no rows (add")),
    "ragged rows": csv(
        f"{HEADER}2005,34,-\n2006,1,2,3,4\n",
        (":2:4: ", "has 3 fields where the header has 4"),
        (":3:5: ", "has 5 fields where the header has 4 (quote a number that holds the delimiter"),
    ),
    "a quote left open": csv(f'{HEADER}2005,"34,-,34\n', (":2", "is not CSV")),
    "a label that appears twice": csv(
        "Year,Total,Male,Male\n2005,1,1,1\n", (":1:4: ", "'Male' stands in columns 3 and 4")
    ),
    "a column without a label": csv("Year,Total,,Female\n2005,1,1,1\n", (":1:3: ", "a column has no label")),
    "a cell of 50 MB": csv(huge(f"{HEADER}2005,"), (":2", "more than 10,000 characters")),
    "a quoted cell of 50 MB": csv(huge(f'{HEADER}2005,"'), (":2", "(is a quote left open?)")),
    "a NUL byte": csv(f"{HEADER}2005,3\0,-,34\n", (":2:7: ", "holds a NUL byte (")),
    "Latin-1": csv(TABLE.replace("Male", "Mâle").encode("latin-1"), (":1:13: ", "0xe2, 'â' in Latin-1 (")),
    "UTF-16": csv(TABLE.encode("utf-16"), (":1:1: ", "is UTF-16, not UTF-8 (save it as UTF-8")),
    "40 digits": token("1" * 40, "more than 28 digits"),
    "18 digits": token("1" * 18, "111,111,111,111,111,111"),
    **{f"the token {word}": token(word, f"cannot read {word!r} as a number") for word in NO_NUMBERS},
    "a token that drives a terminal": token("\x1b[31m5", r"'\x1b[31m5'"),
    # the YAML
    "an empty YAML": spec(
        "",
        (":1: title: ", "is missing (add title:)"),
        (":1: family: ", "is missing"),
        (":1: ", "says nothing to check"),
    ),
    "a YAML that is one word": spec("hello", (":1:1: ", "is not a mapping")),
    "a YAML that is a list": spec("- a\n- b\n", (":1:1: ", "is not a mapping of keys to values (begin with")),
    "a YAML that is none": spec("title: [\n", (":2:1: ", "is not YAML: ")),
    "a colon in a text": spec("title: a: b\n", (":1:9: ", "is not YAML: mapping values are not allowed")),
    "tabs in a YAML": spec("title: a\nrows:\n\t- b\n", (":3:1: ", "(indent with spaces, not tabs)")),
    "a YAML that runs a program": spec(
        f"{SPEC}assumptions: !!python/object/apply:os.system ['touch pwned']\n",
        (f":{len(SPEC.splitlines()) + 1}:1: assumptions: ", "python/object/apply:os.system"),
        more=True,
    ),
    "a YAML that is an object": spec(
        "!!python/object/apply:os.system ['touch pwned']\n",
        (":1:1: ", "python/object/apply:os.system"),
        more=True,
    ),
    "aliases that would grow": spec(
        "title: &a [x]\nfamily: [*a,*a]\n", (":2:10: ", "uses an alias (*)"), (":2:13: ", "uses an alias")
    ),
    "a key that appears twice": spec(f"{SPEC}title: again\n", (":", "the key 'title' appears twice")),
    "deep nesting": spec("title: " + "[" * 3000 + "]" * 3000 + "\n", ("", "nested too deeply")),
    "a NUL byte in a YAML": spec(f"{SPEC}\0", (":15:1: ", "holds a NUL byte")),
    "a YAML in Latin-1": spec(f"# café\n{SPEC}".encode("latin-1"), (":1:6: ", "is not UTF-8")),
    "two columns with the same coordinates": spec(
        SPEC.replace("sex: male}", "sex: female}"),
        (f":{line_of(SPEC, 'Female:')}:3: columns.Female: ", "same coordinates as column 'Male'"),
    ),
    "a column that is not there": spec(
        SPEC.replace("  Male:", "  Mael: {}\n  Male:"),
        (f":{line_of(SPEC, 'Male:')}:3: columns.Mael: ", "has no column 'Mael' (did you mean 'Male'?)"),
    ),
    "a column that is not described": spec(
        SPEC.replace("  Male:   {sector: domestic work, sex: male}\n", ""),
        (f":{line_of(SPEC, 'columns:')}:1: columns: ", "'Male'"),
    ),
    "a total row that is not there": spec(
        SPEC.replace("{dimension: year}", "{dimension: year, total: 2006}"),
        (":", "has no row '2006'"),
    ),
    "an unknown family": spec(
        SPEC.replace("family: deployment", "family: deploymnt"),
        (":", "there is no schemas/deploymnt.py for the family 'deploymnt' (did you mean 'deployment'?)"),
    ),
    "a family outside the yearbook": spec(
        SPEC.replace("family: deployment", "family: ../../../etc/passwd"),
        (":", "there is no schemas/"),
    ),
    # where files should be
    "a folder for a CSV": Case({CSV: folder}, [(f"{CSV}: ", "is a folder where a file should be")]),
    "a folder for a YAML": Case({YAML: folder}, [(f"{YAML}: ", "is a folder where a file should be")]),
    "a pipe for a CSV": Case({CSV: pipe}, [(f"{CSV}: ", "is not a file")]),
    "a CSV that links to itself": Case(
        {CSV: link("deployed-to-saudi-arabia.csv")}, [(f"{CSV}: ", "Too many levels of symbolic links")]
    ),
    "a CSV that links to nothing": Case({CSV: link("nowhere")}, [(f"{CSV}: ", "No such file")]),
    "a CSV that links out of the yearbook": Case(
        {CSV: link("../../../../outside.txt"), "../outside.txt": "root:x:0:0\n"},
        [(f"{CSV}: ", "is a link to a file outside the yearbook")],
    ),
    "folders that link in a circle": Case(
        {"data/2005/again": link("../../data")}, [("data/2005/again: ", "is a link to a folder")]
    ),
    "a CSV without a YAML": Case({YAML: None}, [(f"{CSV}: ", f"has no YAML beside it (write {YAML}")]),
    "a YAML without a CSV": Case({CSV: None}, [(f"{YAML}: ", f"has no CSV beside it (add {CSV})")]),
    "a path that is not there": Case({}, [("data/2004: ", "(did you mean '2005'?)")], ["data/2004"]),
    "a path outside": Case({}, [("../..: ", "outside the yearbook")], [".", "../.."]),
    "a path that names no table": Case({}, [("seeds: ", "names no table (name a CSV")], ["seeds"]),
    "a path that drives a terminal": Case({}, [(r"\x1b]0;x\x07\n: ", "no such file")], ["\x1b]0;x\x07\n"]),
    "an endless path": Case({}, [("x" * 300, "File name too long")], ["x" * 300]),
    # the seeds
    "a document that climbs out": document(
        "../../etc/passwd",
        (
            f"{YAML}:3:10: ",
            "source.document: ../../etc/passwd lies outside the yearbook (put it under seeds/)",
        ),
    ),
    "a document at the root": document("/etc/passwd", (f"{YAML}", "lies outside the yearbook")),
    "a document that is not there": document(
        "seeds/cambodia.txt",
        (f"{YAML}:3:10: ", "there is no seeds/cambodia.txt (did you mean 'seeds/cambodia-2005.txt'?)"),
    ),
    "a document that is a folder": document("seeds", ("seeds: ", "is a folder where a file should be")),
    "a document with a NUL byte in its name": Case(
        {YAML: SPEC.replace("seeds/cambodia-2005.txt", r'"seeds/\0x"')},
        [(f"{YAML}:", "(remove it)")],
        more=True,
    ),
    "a document with an endless name": document(
        "seeds/" + "x" * 300, (f"{YAML}:3:10: ", "there is no seeds/xxx")
    ),
    "a document that links to itself": Case({SEEDS: link("cambodia-2005.txt")}, [("", "links")]),
    "empty seeds": Case(
        {SEEDS: ""}, [(f"{SEEDS}: ", "does not say the document"), (f"{SEEDS}: ", "does not say the sha256")]
    ),
    "malformed seeds": Case(
        {SEEDS: f"@ document a.txt\n@ sha256 {'0' * 64}\n608 x\n7|a|\n6|b|\n"},
        [(f"{SEEDS}:3: ", "cannot be read: '608 x'"), (f"{SEEDS}:5: ", "line 6 comes after line 7")],
    ),
    "seeds without the table's lines": Case(
        {SEEDS: f"@ document a.txt\n@ sha256 {'0' * 64}\n7|a|\n"}, [(f"{SEEDS}: ", "does not carry")]
    ),
    # the suite and the schema
    "no suite": Case({SUITE: None}, [(f"{SUITE}: ", "is missing (a suite may be empty")]),
    "a folder for a suite": Case({SUITE: folder}, [(f"{SUITE}: ", "is a folder")]),
    "a suite that is no mapping": Case({SUITE: "- a\n"}, [(f"{SUITE}:1:1: ", "is not a suite (begin with")]),
    "a suite without a list": Case({SUITE: "name: a\n"}, [(f"{SUITE}:1", "must be a list of expectations")]),
    "a suite that constructs objects": Case(
        {SUITE: "name: a\nexpectations:\n- !!python/name:os.system {}\n"},
        [(f"{SUITE}:3:3: ", "python/name:os.system")],
        more=True,
    ),
    "no schema": Case({SCHEMA: None}, [(f"{YAML}", "there is no schemas/deployment.py")]),
    "a schema that is not Python": Case({SCHEMA: "def (:\n"}, [(f"{SCHEMA}:1: ", "SyntaxError")]),
    "a schema that raises": Case(
        {SCHEMA: "\n1 / 0\n"}, [(f"{SCHEMA}:2: ", "ZeroDivisionError: division by zero")]
    ),
    "a schema that imports what is not there": Case(
        {SCHEMA: "import nowhere_to_be_found\n"}, [(f"{SCHEMA}:1: ", "No module named 'nowhere_to_be_found'")]
    ),
    "a schema that defines nothing": Case({SCHEMA: "x = 1\n"}, [(f"{SCHEMA}:1: ", "defines no schema (")]),
    "a schema with a NUL byte": Case({SCHEMA: b"x\0"}, [(f"{SCHEMA}:1:2: ", "holds a NUL byte (")]),
    "a folder for a schema": Case(
        {SCHEMA: folder}, [(f"{SCHEMA}: ", "is a folder where a file should be (")]
    ),
    "a schema that leaves": Case({SCHEMA: "raise SystemExit(0)\n"}, [(f"{SCHEMA}:1: ", "SystemExit")]),
}


def change(root: Path, files: Mapping[str, Content]) -> None:
    for name, content in files.items():
        path = root / name
        if path.is_symlink() or path.is_file():
            path.unlink()
        if callable(content):
            content(path)
        elif content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bad_input_is_told_with_its_place_and_what_to_do(run: Run, book: Book, case: Case) -> None:
    root = book("deployed-to-saudi-arabia")
    change(root, case.files)
    ran = run("check", *case.paths, "--engine", "duckdb", "--format", "json", cwd=root)
    assert "Traceback" not in ran.err
    assert ran.code == 2
    assert not ran.out or ran.report["failures"]  # where the table itself can be checked, it is
    problems = ran.problems
    if case.more:
        problems = [problem for problem in problems if case.told[0][1] in problem]
        assert all(problem.startswith(case.told[0][0]) for problem in ran.problems), ran.err
    assert len(problems) == len(case.told), ran.err
    for problem, (start, words) in zip(problems, case.told, strict=True):
        assert problem.startswith(start), ran.err
        assert words in problem, ran.err
        assert re.fullmatch(r"[ -~\u00a0-\uffff]+", problem), "control characters reach the terminal"
        assert len(problem) < 800
    assert not (root / "pwned").exists()
    linted = run("lint", *case.paths, cwd=root)
    told = linted.out.splitlines() or linted.err.splitlines()[:-1]  # on stderr where a path is none
    assert set(told) == set(ran.problems)


# --- what is a finding, not a failure -------------------------------------------------------

FINDINGS: dict[str, tuple[Mapping[str, Content], list[tuple[str, str]]]] = {
    "two rows with one key": ({CSV: f"{TABLE}2005,1,1,-\n"}, [("keys", "appears twice (CSV lines 2, 3)")]),
    "a row without a label": ({CSV: f"{HEADER},34,-,34\n"}, [("codes", "'(no label)' is not a code of")]),
    "a year that is none": ({CSV: TABLE.replace("2005", "2O05")}, [("codes", "'2O05' is not a code of")]),
    "a code that is none": (
        {YAML: SPEC.replace("sex: male}", "sex: mal}")},
        [("codes", "'mal' is not a code of sex (total, male")],
    ),
    "a label of markup": (
        {CSV: TABLE.replace("2005", "<script>alert(1)</script>1")},
        [("codes", "<script>alert(1)</script>1")],
    ),
    "a label that drives a terminal": ({CSV: TABLE.replace("2005", "\x1b[31m\x071")}, [("codes", "1")]),
    "a label over two lines": ({CSV: TABLE.replace("2005", '"two\nlines 1"')}, [("codes", "two lines 1")]),
    "a very long label": ({CSV: TABLE.replace("2005", "7" * 9000)}, [("codes", "7777")]),
}


@pytest.mark.parametrize(("files", "found"), FINDINGS.values(), ids=FINDINGS)
def test_what_can_be_read_but_not_be_right_is_a_finding(
    run: Run, book: Book, files: Mapping[str, Content], found: list[tuple[str, str]]
) -> None:
    root = book("deployed-to-saudi-arabia")
    change(root, files)
    ran = run("check", "--engine", "duckdb", "--format", "json", "--report", "report", cwd=root)
    assert ran.code == 1
    told = [(f["rule"], f["message"]) for f in ran.report["findings"]]
    assert [rule for rule, _ in told] == [rule for rule, _ in found]
    assert all(words in message for (_, message), (_, words) in zip(told, found, strict=True))
    text = run("check", "--engine", "duckdb", cwd=root)
    page = (root / "report/report.html").read_text(encoding="utf-8")
    for out in (ran.out, text.out, page):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", out)
    assert "<script>alert" not in page
    assert text.code == 1


def test_a_number_too_large_in_a_table_of_others_does_not_stop_the_check(run: Run, book: Book) -> None:
    root = book("deployed-to-saudi-arabia")
    other = f"{TABLE.splitlines()[0]}\n2005,{'1' * 18},-,34\n"
    change(root, {f"data/{CHAPTER}/other.csv": other, f"data/{CHAPTER}/other.yaml": SPEC})
    assert run("check", CSV, "--engine", "duckdb", cwd=root).code == 0


def test_a_source_that_is_not_there_does_not_hide_the_next_mistake(run: Run, book: Book) -> None:
    root = book("deployed-to-saudi-arabia")
    seeds, told = CASES["seeds without the table's lines"].files[SEEDS], "unknown key 'expectation'"
    change(root, {SEEDS: seeds, SUITE: "name: deployment\nexpectations: []\nexpectation: []\n"})
    problems = run("check", "--engine", "duckdb", cwd=root).problems
    assert [problem.partition(":")[0] for problem in problems] == [SUITE, SEEDS]
    assert told in problems[0]


def test_markup_in_a_cell_is_a_note_and_stays_text(run: Run, book: Book) -> None:
    root = book("deployed-to-saudi-arabia")
    change(root, {CSV: f"{HEADER}2005,<script>alert(1)</script>,-,34\n"})
    ran = run("check", "--engine", "duckdb", "--report", "report", cwd=root)
    assert ran.code == 0
    assert "<script>alert" not in (root / "report/report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "changed",
    [
        {CSV: "\ufeff" + TABLE},
        {CSV: TABLE.replace("\n", "\r\n")},
        {CSV: TABLE.replace("\n", "\r")},
        {CSV: f"\n\n{TABLE}\n,,,\n"},
        {CSV: TABLE.rstrip("\n")},
        {CSV: TABLE.replace("Male", " Male\u00a0")},
        {CSV: TABLE.replace("-", "–")},
        {"data/.hidden.csv": "x", "data/.DS_Store": b"\0", f"{CSV}~": "x", "data/notes.txt": "x"},
        {SCHEMA: f"# caf\u00e9\n{PYTHON}"},
    ],
    ids=["a byte order mark", "CRLF", "CR", "blank lines", "no last line end", "blanks", "another dash",
         "hidden files", "names in a schema"],
)  # fmt: skip
def test_what_spreadsheets_do_to_a_table_is_no_trouble(
    run: Run, book: Book, changed: Mapping[str, Content]
) -> None:
    root = book("deployed-to-saudi-arabia")
    change(root, changed)
    ran = run("check", "--engine", "duckdb", "--format", "json", cwd=root)
    assert (ran.code, ran.err) == (0, "")
    assert ran.report["summary"]["identities"]["evaluated"] == 1


def test_a_table_of_others_does_not_stop_the_check_of_one(run: Run, book: Book) -> None:
    root = book("deployed-to-saudi-arabia", "events")
    change(root, {f"data/{CHAPTER}/half.csv": "a,b\n1,2\n", f"data/{CHAPTER}/events.yaml": "title: [\n"})
    assert run("check", CSV, "--engine", "duckdb", cwd=root).code == 0
    assert len(run("check", "--engine", "duckdb", "--format", "json", cwd=root).problems) >= 1


def test_thousands_of_mistakes_do_not_flood_the_log(run: Run, book: Book) -> None:
    root = book("deployed-to-saudi-arabia")
    words = (str(number).translate(str.maketrans("0123456789", "qwertyuiop")) for number in range(1000))
    rows = "".join(f"2005,x{word},y{word},z{word}\n" for word in words)
    change(root, {CSV: HEADER + rows, YAML: SPEC.replace("title: ", f"title: !{'x' * 9999} ")})
    ran = run("check", "--engine", "duckdb", cwd=root)
    lines = ran.err.splitlines()
    assert ran.code == 2
    assert len(lines) == 102
    assert re.fullmatch(r"… and 2,\d{3} more", lines[-2])
    assert re.search(r"fix 3,\d{3} problems first", lines[-1])
    assert max(map(len, lines)) < 1000


def test_the_api_raises_what_the_command_line_tells(book: Book) -> None:
    root = book("deployed-to-saudi-arabia")
    change(root, {CSV: ""})
    with pytest.raises(AmyqaError, match=r"saudi-arabia\.csv:1: is empty"):
        amyqa.check(root, engine="duckdb")
    with pytest.raises(AmyqaError, match="there is no engine 'spark'"):
        amyqa.check(root, engine="spark")
    with pytest.raises(AmyqaError, match="no such file"):
        amyqa.check(root / "nowhere")


# --- every mistake at once ------------------------------------------------------------------

FIVE = """\
title: Deployed
famly: deployment
family: deployment
exact: perhaps
source: {documnt: seeds/cambodia-2005.txt, document: seeds/cambodia-2005.txt}
rows: {dimension: year}
columns:
  Total:  {sector: domestic work, sex: total}
  Male:   {sector: domestic work, sex: male}
  Female: {sector: domestic work, sex: female}
  Femail: {sector: domestic work, sex: intersex}
meassure: flow
"""
FIVE_TOLD = [
    (":2:1: famly: ", "did you mean 'family'?"),
    (":4:1: exact: ", "must be true or false"),
    (":5:10: source.documnt: ", "did you mean 'document'?"),
    (":11:3: columns.Femail: ", "did you mean 'Female'?"),
    (":12:1: meassure: ", "did you mean 'measure'?"),
]
FOUR = """\
name: deployment
expectations:
  - type: expect_totals_to_equal_the_sum_of_their_part
    kwargs: {dimension: sector}
  - type: expect_totals_to_equal_the_sum_of_their_parts
    kwargs: {dimension: year, part: [a]}
  - type: expect_values_to_be_in_range
    kwargs: {min: 0, where: {sex: [mail]}}
  - type: expect_values_to_be_in_range
    kwargs: {max: 5}
    severity: critcal
"""
FOUR_TOLD = [
    (":3:5: expectations[0].type: ", "did you mean 'expect_totals_to_equal_the_sum_of_their_parts'?"),
    (":6:31: expectations[1].kwargs.part: ", "did you mean 'parts'?"),
    (":8:30: expectations[2].kwargs.where.sex: ", "did you mean 'male'?"),
    (":11:5: expectations[3].severity: ", "did you mean 'critical'?"),
]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param({YAML: FIVE}, [(YAML, FIVE_TOLD)], id="five in a table's YAML"),
        pytest.param({SUITE: FOUR}, [(SUITE, FOUR_TOLD)], id="four in a suite"),
        pytest.param(
            {SUITE: FOUR, YAML: FIVE},
            [(SUITE, FOUR_TOLD), (YAML, FIVE_TOLD)],
            id="nine in both",
        ),
    ],
)  # fmt: skip
def test_every_mistake_is_told_at_once_with_its_line_its_key_and_the_nearest_word(
    run: Run, book: Book, files: Mapping[str, str], told: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    root = book("deployed-to-saudi-arabia", "deployed-to-malaysia")
    change(root, files)
    ran = run("check", "--engine", "duckdb", "--format", "json", cwd=root)
    expected = [(f"{file}{start}", words) for file, problems in told for start, words in problems]
    assert len(ran.problems) == len(expected), ran.err
    for problem, (start, words) in zip(ran.problems, expected, strict=True):
        assert problem.startswith(start), ran.err
        assert words in problem, ran.err


def test_an_engine_makes_no_difference_to_what_is_told(run: Run, book: Book) -> None:
    root = book("deployed-to-saudi-arabia")
    change(root, {YAML: FIVE, SUITE: FOUR})
    by_gx, by_duckdb = (run("check", "--engine", engine, cwd=root) for engine in ("gx", "duckdb"))
    assert by_gx == by_duckdb
