"""``amyqa fix``: one field replaced, everything else byte for byte, and the result checked again."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa import check, fixing, pipeline
from amyqa.characters import harmless, visible
from amyqa.errors import BadInput
from amyqa.fixing.files import changes
from amyqa.fixing.spelling import respell
from amyqa.model import Status
from amyqa.reading.tokens import Notation
from tests.conftest import Run
from tests.reports import builder
from tests.yearbooks import CHAPTER, write_family, write_table

Book = Callable[..., Path]
MALAYSIA, KOREA = (f"{CHAPTER}/deployed-to-{name}" for name in ("malaysia", "south-korea"))


def tree(folder: Path) -> dict[str, bytes]:
    """All files under a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_both_deployment_tables_are_mended_in_their_copies(run: Run, chapter: Path, tmp_path: Path) -> None:
    before = tree(chapter)
    told = run("fix", "--to", tmp_path / "out", cwd=chapter)
    assert told.code == 0, told.err
    assert f"8 of 8 broken sums of {MALAYSIA} now hold; 0 newly broken" in told.out
    assert f"3 of 3 broken sums of {KOREA} now hold; 0 newly broken" in told.out
    files = {"changes.csv", *(f"data/{name}.{end}" for name in (MALAYSIA, KOREA) for end in ("csv", "yaml"))}
    assert set(tree(tmp_path / "out")) == files
    assert {name: content for name, content in tree(chapter).items() if "__pycache__" not in name} == {
        name: content for name, content in before.items() if "__pycache__" not in name
    }


def test_after_a_fix_no_identity_of_the_tables_is_broken(book: Book, tmp_path: Path) -> None:
    root = book()
    pipeline.fix([root], tmp_path / "out")
    for name in (MALAYSIA, KOREA):
        (root / "data" / f"{name}.csv").write_bytes((tmp_path / "out/data" / f"{name}.csv").read_bytes())
    counts = check(root, engine="duckdb").counts
    assert [(counts[name].evaluated, counts[name].broken) for name in (MALAYSIA, KOREA)] == [(57, 0), (47, 0)]


def test_a_copy_differs_from_the_print_in_the_corrected_fields_only(chapter: Path, tmp_path: Path) -> None:
    pipeline.fix([chapter], tmp_path)
    old = (chapter / "data" / f"{MALAYSIA}.csv").read_text().splitlines()
    new = (tmp_path / "data" / f"{MALAYSIA}.csv").read_text().splitlines()
    assert [i for i, (a, b) in enumerate(zip(old, new, strict=True), 1) if a != b] == [10, 11]
    assert new[9] == "2006,859,172,687,497,362,172,190"
    assert new[10] == 'Total,"6,620","1,712","4,908","3,705","2,915","1,712","1,203"'


def test_the_log_lists_every_field_that_was_replaced(chapter: Path, tmp_path: Path) -> None:
    pipeline.fix([chapter], tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "changes.csv").read_text(encoding="utf-8"))))
    assert [
        (r["row"], r["column"], r["old"], r["new"], r["role"]) for r in rows if r["table"] == MALAYSIA
    ] == [
        ("2006", "Total", "895", "859", "root"),
        ("2006", "Male", "267", "172", "root"),
        ("Total", "Total", "6,619", "6,620", "inherited"),
        ("Total", "Male", "1,807", "1,712", "inherited"),
        ("Total", "HRD Total", "2,914", "2,915", "root"),
    ]
    assert {r["file"] for r in rows} == {f"data/{MALAYSIA}.csv", f"data/{KOREA}.csv"}
    assert all(r["line"].isdigit() and float(r["likelihood"]) > 0.95 and r["reason"] for r in rows)


def test_a_claim_that_a_correction_contradicts_is_said(run: Run, chapter: Path, tmp_path: Path) -> None:
    told = run("fix", chapter / "data" / f"{MALAYSIA}.csv", "--to", tmp_path / "out")
    assert (
        f"{CHAPTER}/claims, which refers to a corrected cell: 0 broken sums now hold; 1 newly broken"
        in told.out
    )
    assert "prints 6,620 for Total, Total" in told.out


def test_running_it_twice_gives_the_same_bytes(run: Run, chapter: Path, tmp_path: Path) -> None:
    first = run("fix", chapter, "--to", tmp_path)
    once = tree(tmp_path)
    assert run("fix", chapter, "--to", tmp_path) == first
    assert tree(tmp_path) == once


def test_below_the_likelihood_asked_for_nothing_is_corrected(run: Run, book: Book, tmp_path: Path) -> None:
    root = book("deployed-to-malaysia")
    told = run("fix", root, "--to", tmp_path / "out", "--at-least", "1")
    assert told.code == 0
    assert "left as printed, less likely than 1" in told.out
    assert "0 cells corrected" in told.out
    assert not told.err
    assert list(tree(tmp_path / "out")) == ["changes.csv"]


@pytest.mark.parametrize(
    ("mended", "before", "said"),
    [
        (0, 3, "0 of 3 broken sums of T now hold;"),
        (1, 3, "1 of 3 broken sums of T now holds;"),
        (1, 1, "1 of 1 broken sum of T now holds;"),
    ],
)
def test_how_many_sums_are_mended_is_good_english(mended: int, before: int, said: str) -> None:
    table = builder.malaysia()
    correction = fixing.Correction(builder.change(table, "2006", "Total", "859"), "859", 0.99)
    told = fixing.told(fixing.Fixed((correction,), (), (fixing.FixOutcome(table.id, before, mended, ()),)))
    assert f"{said.replace('T', table.id)} 0 newly broken" in list(told)


def test_in_place_the_printed_file_is_kept_beside_the_corrected_one(run: Run, book: Book) -> None:
    root = book()
    file = root / "data" / f"{MALAYSIA}.csv"
    printed = file.read_bytes()
    file.chmod(0o640)
    told = run("fix", "--in-place", cwd=root)
    assert told.code == 0, told.err
    assert file.with_name(file.name + ".printed").read_bytes() == printed
    assert b"2006,859,172," in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o640
    assert "deployed-to-malaysia" in (root / "changes.csv").read_text()
    assert f"8 of 8 broken sums of {MALAYSIA} now hold; 0 newly broken" in told.out
    assert told.err == "The changes are listed in changes.csv\n"
    after = tree(root / "data")
    again = run("fix", "--in-place", cwd=root)
    assert (again.code, tree(root / "data")) == (0, after)


def test_a_printed_file_that_is_kept_already_is_never_overwritten(run: Run, book: Book) -> None:
    root = book()
    kept = root / "data" / f"{MALAYSIA}.csv.printed"
    kept.write_text("the first print")
    before = tree(root / "data")
    told = run("fix", "--in-place", cwd=root)
    assert told.problems[0].startswith(f"data/{MALAYSIA}.csv.printed: ")
    assert tree(root / "data") == before
    assert not (root / "changes.csv").exists()


@pytest.mark.parametrize("arguments", [(), ("--to", "out", "--in-place")])
def test_a_fix_is_told_where_to_write_exactly_once(run: Run, book: Book, arguments: tuple[str, ...]) -> None:
    root = book()
    told = run("fix", *arguments, cwd=root)
    assert told.code == 2
    assert "--in-place" in told.err
    assert not (root / "out").exists()


@pytest.mark.parametrize("place", [".", "data", "data/new"])
def test_copies_are_not_written_into_the_yearbooks_own_tables(run: Run, book: Book, place: str) -> None:
    root = book()
    before = tree(root / "data")
    assert "is the yearbook that was printed" in run("fix", "--to", place, cwd=root).problems[0]
    assert tree(root / "data") == before


def test_what_is_not_amyqas_own_is_not_overwritten(run: Run, chapter: Path, tmp_path: Path) -> None:
    (tmp_path / "changes.csv").write_text("my,own\n")
    assert "is not a log of amyqa's" in run("fix", chapter, "--to", tmp_path).problems[0]
    assert tree(tmp_path) == {"changes.csv": b"my,own\n"}


def test_a_copy_of_an_earlier_run_does_not_pass_for_one_of_this(
    run: Run, chapter: Path, tmp_path: Path
) -> None:
    assert run("fix", chapter, "--to", tmp_path).code == 0
    told = run("fix", chapter / "data" / f"{KOREA}.csv", "--to", tmp_path)
    assert "is not a copy that this run makes" in told.problems[0]


@pytest.mark.parametrize("ending", ["csv", "yaml"])
def test_a_copy_that_somebody_has_edited_is_not_overwritten(
    run: Run, chapter: Path, tmp_path: Path, ending: str
) -> None:
    mine = tmp_path / "data" / f"{KOREA}.{ending}"
    mine.parent.mkdir(parents=True)
    mine.write_text("edited\n")
    told = run("fix", chapter, "--to", tmp_path)
    assert f"{KOREA}.{ending}: is not overwritten: it is no copy of data/{KOREA}.csv" in told.problems[0]
    assert tree(tmp_path) == {f"data/{KOREA}.{ending}": b"edited\n"}


def test_a_copy_of_what_was_printed_is_replaced(run: Run, chapter: Path, tmp_path: Path) -> None:
    name = f"data/{KOREA}.csv"
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_bytes((chapter / name).read_bytes())
    assert run("fix", chapter, "--to", tmp_path).code == 0
    assert (tmp_path / name).read_bytes() != (chapter / name).read_bytes()


def test_a_journal_that_is_not_amyqas_stops_a_fix_in_place(run: Run, book: Book) -> None:
    root = book("deployed-to-south-korea")
    (root / ".changes.csv.pending").write_text("{}")
    told = run("fix", "--in-place", cwd=root)
    assert told.problems[0].startswith(".changes.csv.pending: is not as amyqa wrote it")


def test_the_trace_of_a_corrected_table_fails(run: Run, book: Book) -> None:
    root = book()
    assert run("fix", "--in-place", cwd=root).code == 0
    assert run("trace", cwd=root).code == 1
    assert "The trace of a corrected table fails" in " ".join(run("fix", "--help").out.split())


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_left(
    run: Run, chapter: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")
    assert run("fix", chapter, "--to", tmp_path / "out").code == 2
    assert tree(tmp_path) == {"out": b"a file"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what Great Expectations imports
def test_both_engines_correct_alike(chapter: Path, tmp_path: Path) -> None:
    pipeline.fix([chapter / "data" / f"{KOREA}.csv"], tmp_path / "gx", engine="gx")
    pipeline.fix([chapter / "data" / f"{KOREA}.csv"], tmp_path / "duckdb", engine="duckdb")
    assert tree(tmp_path / "gx") == tree(tmp_path / "duckdb")


def test_a_semicolon_table_with_points_for_thousands_keeps_its_notation(tmp_path: Path) -> None:
    root = tmp_path / "book"
    write_family(root)
    years = [(y, 1200 + 37 * y, 2300 + 11 * y) for y in range(1, 8)]
    rows = [[f"y{y}", a + b, a, b] for y, a, b in years]
    rows.append(["Total", *(sum(row[i] for row in rows) for i in (1, 2, 3))])  # type: ignore[misc]
    rows[2][2] = 1131  # of 1311
    german = [[str(row[0]), *(f"{n:,}".replace(",", ".") for n in row[1:])] for row in rows]
    text = "\ufeff" + "".join(";".join(r) + "\r\n" for r in [["Jahr", "T", "A", "B"], *german])
    formulas = {"in every row": ["T = A + B"], "in every column": {"Total": [f"y{y}" for y, _, _ in years]}}
    spec = {"decimal": ",", "thousands": ".", "delimiter": ";", "identities": formulas}
    path = write_table(root, "table", "", spec)
    path.write_bytes(text.encode())
    fixed = pipeline.fix([root], tmp_path / "out")
    assert [each.new for each in fixed.corrections] == ["1.311"]
    assert (tmp_path / "out/data/table.csv").read_bytes() == text.replace("1.131", "1.311").encode()


# --- the cell's own notation ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "proposed", "new"),
    [
        ("895", "859", "859"),
        ("6,619", "6620", "6,620"),
        ("1049", "1094", "1094"),
        ("999", "1049", "1049"),
        ("1,049", "999", "999"),
        ("12,34,567", "1234576", "12,34,576"),
        ("1 234", "1243", "1 243"),
        ("1\u00a0234", "12434", "12\u00a0434"),
        ("1'234.50", "1243.5", "1'243.50"),
        ("(0.6)", "-0.9", "(0.9)"),
        ("(0.6)", "0.6", "0.6"),
        ("-5", "5", "5"),
        ("5", "-5", "-5"),
        ("\u22125", "-7", "\u22127"),
        ("+5", "-5", "-5"),
        ("56a", "65", "65a"),
        (" 561 * ", "516", " 516 * "),
        ("12.5%", "15.2", "15.2%"),
        ("(12%)", "-21", "(21%)"),
        (".5", "0.7", ".7"),
        ("2.40", "2.5", "2.50"),
        ("2.4", "2.45", "2.45"),
        ("-", "25", "25"),
        ("106-", "-160", "160-"),
        ("106-", "106", "106"),
        ("△ 106", "-160", "△ 160"),
        ("△ 106", "106", "106"),
        ("$1,204", "1024", "$1,024"),
        ("-$1,204", "-1024", "-$1,024"),
        ("-$1,204", "1204", "$1,204"),
        ("($1,204)", "1204", "$1,204"),
        ("1,204 €", "-1204", "-1,204 €"),
        ("4,275 (p)", "4725", "4,725 (p)"),
        ("913¹⁾", "931", "931¹⁾"),
        ("٦٧", "76", "٧٦"),
        ("–", "1200", "1200"),
        ("-a", "25", "25a"),
    ],
)
def test_a_corrected_number_is_written_as_its_cell_was(token: str, proposed: str, new: str) -> None:
    notation = Notation(nil=frozenset({"-"}))
    assert respell(token, notation.read(token), Decimal(proposed), notation) == new


@pytest.mark.parametrize("token", ["6.7b", "-6.7b", "6.7 million", "1.2E+06", "1.2 × 10^6", "1½"])
@pytest.mark.parametrize("factor", [-1, 2])
def test_a_number_that_something_multiplies_is_left_to_people(token: str, factor: int) -> None:
    notation = Notation(multipliers=(("b", 9),))
    reading = notation.read(token)
    assert reading.value is not None
    assert respell(token, reading, factor * reading.value, notation) is None


@pytest.mark.parametrize(("token", "new"), [("5", "(5)"), ("5a", "(5)a"), (" 5", " (5)")])
def test_a_minus_is_written_in_brackets_where_the_table_writes_it_so(token: str, new: str) -> None:
    notation = Notation()
    assert respell(token, notation.read(token), Decimal(-5), notation, brackets=True) == new


def test_a_short_number_that_grows_is_grouped_as_its_neighbours_are() -> None:
    notation = Notation()
    assert respell("999", notation.read("999"), Decimal(1049), notation, group=",") == "1,049"
    assert respell("1049", notation.read("1049"), Decimal(1094), notation, group=",") == "1094"


@given(
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False),
    st.decimals(-(10**9), 10**9, places=2, allow_nan=False, allow_infinity=False),
    st.sampled_from(["{:f}", "{:,f}", " {:,f}*", "{:,f} %", "†{:f}p"]),
)
def test_what_is_written_reads_as_what_was_proposed(old: Decimal, new: Decimal, form: str) -> None:
    notation = Notation()
    token = form.format(old)
    reading = notation.read(token)
    written = respell(token, reading, new, notation)
    assert written is not None
    again = notation.read(written)
    assert (again.value, again.mark, again.status) == (new, reading.mark, Status.VALUE)


# --- the log ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-x", "@sum", " =1", "\t=1", "＝1+1", "＠sum"])
def test_no_text_of_the_log_begins_like_a_formula(text: str) -> None:
    assert harmless(text) == f"'{visible(text)}"


def test_the_log_of_a_hostile_table_is_harmless_and_its_numbers_stay_numbers(tmp_path: Path) -> None:
    root = tmp_path / "book"
    write_family(root)
    lines = [["", "=T", "A", "B"]]
    lines += [[f"@r{i}", str(-300 - 20 * i), str(-100 - 13 * i), str(-200 - 7 * i)] for i in range(6)]
    lines.append(["Sum", *(str(sum(int(row[i]) for row in lines[1:])) for i in (1, 2, 3))])
    lines[3][2] = "-162"  # of -126
    formulas = {
        "in every row": ['"=T" = A + B'],
        "in every column": {"Sum": [f"@r{i}" for i in range(6)]},
    }
    write_table(root, "table", lines, {"identities": formulas})
    fixed = pipeline.fix([root], tmp_path / "out")
    [row] = csv.DictReader(io.StringIO(changes(fixed.corrections)))
    assert (row["row"], row["old"], row["new"]) == ("'@r2", "-162", "-126")
    assert row["reason"].startswith("'@")


def test_a_write_that_fails_leaves_no_half_file(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = book("deployed-to-south-korea")
    before = tree(root / "data")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadInput, match="No space left"):
        pipeline.fix([root], None)
    assert tree(root / "data") == before
