"""``amyqa new`` as it is called: what it prints, where, and its exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from amyqa.starting.founding import found
from tests.conftest import Run

PLACES = "Place,Total,Men,Women\nNorth,1300,500,800\nSouth,940,40,900\nWest,802,400,402\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A new yearbook, a CSV beside it."""
    (tmp_path / "places.csv").write_text(PLACES, encoding="utf-8")
    return found(tmp_path / "yearbook").root


def test_new_tells_what_it_made_guessed_and_checked(run: Run, book: Path) -> None:
    ran = run("new", "../places.csv", "--edition", "2005", "--chapter", "lanka", cwd=book)
    assert (ran.code, ran.out, ran.err) == (
        0,
        "data/2005/lanka/places.csv: copied\n"
        "data/2005/lanka/places.yaml: a draft with 4 guesses, family general\n"
        "  Total = Men + Women: 3 of 3 rows agree\n"
        "Checked: 3 sums evaluated, 0 broken, 0 not evaluated; 0 findings.\n",
        "Next:  read the draft, correct its guesses, then  amyqa check data/2005/lanka/places.csv\n",
    )


def test_what_to_do_next_can_be_copied_whatever_a_folder_is_called(run: Run, book: Path) -> None:
    ran = run("new", "../places.csv", "--edition", "2005", "--chapter", "sri lanka", cwd=book)
    assert ran.err.endswith("amyqa check 'data/2005/sri lanka/places.csv'\n")


def test_new_puts_a_table_into_the_only_chapter(run: Run, book: Path) -> None:
    assert run("new", "../places.csv", cwd=book).out.startswith("data/2024/example/places.csv: copied\n")


def test_what_stands_above_the_header_is_the_title(run: Run, book: Path) -> None:
    (book.parent / "above.csv").write_text(f"Table 3. Places\nin numbers,,,\n{PLACES}", encoding="utf-8")
    ran = run("new", "../above.csv", cwd=book)
    assert ran.out.startswith("data/2024/example/above.csv: copied\n")
    assert "  Total = Men + Women: 3 of 3 rows agree\n" in ran.out
    assert (book / "data/2024/example/above.csv").read_text(encoding="utf-8").startswith(PLACES[:10])
    draft = (book / "data/2024/example/above.yaml").read_text(encoding="utf-8")
    assert "title: Table 3. Places in numbers  # guess: from above the header\n" in draft


def test_a_column_without_a_label_has_no_caption_above_it(run: Run, book: Path) -> None:
    (book.parent / "bare.csv").write_text("Place,\nNorth,12\nSouth,3000\n", encoding="utf-8")
    run("new", "../bare.csv", cwd=book)
    assert (book / "data/2024/example/bare.csv").read_text(encoding="utf-8").startswith("Place,Column 2\n")


def test_new_takes_a_folder_under_data(run: Run, book: Path) -> None:
    ran = run("new", "../places.csv", "--to", "data/2006", cwd=book)
    assert ran.out.startswith("data/2006/places.csv: copied\n")


def test_what_the_check_would_refuse_is_not_left_in_the_yearbook(run: Run, book: Path) -> None:
    (book.parent / "odd.csv").write_text("Year,Men,Women\n2001,4.0.1,3 0\n2002,5.1.0,1 1\n2003,7,8.9.1\n")
    ran = run("new", "../odd.csv", cwd=book)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("../odd.csv:2:")
    assert not list((book / "data").rglob("odd*"))


def test_a_token_that_cannot_be_read_is_told_by_the_command_and_in_the_draft(run: Run, book: Path) -> None:
    (book.parent / "odd.csv").write_text(PLACES.replace("940", "9 4.0,1").replace("40,900", "900"), "utf-8")
    ran = run("new", "../odd.csv", cwd=book)
    assert ran.code == 0
    assert "cannot be read (the check leaves these cells out and exits with 2" in " ".join(ran.out.split())
    assert "../odd.csv:3:" in ran.out
    [draft] = (book / "data").rglob("odd.yaml")
    assert "# cannot be read: correct these" in draft.read_text("utf-8")
    ran = run("check", draft, "--engine", "duckdb", cwd=book)
    assert ran.code == 2
    assert "1 table could not be read whole: fix 1 problem." in ran.err


def test_new_is_told_what_is_printed_for_an_unknown_number(run: Run, book: Path) -> None:
    (book.parent / "lost.csv").write_text("Place,A,B\nx,lost,2\ny,3,gone\nz,4,5\n", "utf-8")
    ran = run("new", "../lost.csv", cwd=book)
    assert "--missing TOKEN" in ran.out
    ran = run("new", "../lost.csv", "--missing", "lost", "--missing", "gone", "--force", cwd=book)
    assert ran.code == 0
    assert "cannot be read" not in ran.out
    [draft] = (book / "data").rglob("lost.yaml")
    assert "missing: [lost, gone]\n" in draft.read_text("utf-8")
    assert run("check", draft, "--engine", "duckdb", cwd=book).code == 0


def test_new_takes_a_repaired_line_in_only_when_it_is_accepted(run: Run, book: Path) -> None:
    (book.parent / "cut.csv").write_text("Place,A,B\nx,900,2\ny,1,204,5\nz,700,6\n", "utf-8")
    ran = run("new", "../cut.csv", cwd=book)
    assert ran.code == 2
    assert "cut.csv:3:4" in ran.err
    assert not list((book / "data").rglob("cut.*"))
    ran = run("new", "../cut.csv", "--accept-repairs", cwd=book)
    assert ran.code == 0
    assert "line 3: 'y,1,204,5' is read as 'y,\"1,204\",5'" in ran.out
    [copy] = (book / "data").rglob("cut.csv")
    assert '\ny,"1,204",5\n' in copy.read_text("utf-8")
    ran = run("check", "../cut.csv", cwd=book)
    assert ran.code == 2
    assert "cut.csv:3:4" in ran.err


def test_new_outside_a_yearbook_names_init(run: Run, tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text(PLACES, encoding="utf-8")
    ran = run("new", "places.csv", cwd=tmp_path)
    assert ran.code == 2
    assert "amyqa init" in ran.err
    assert not (tmp_path / "places.yaml").exists()


def test_new_tells_a_file_that_is_not_there(run: Run, book: Path) -> None:
    ran = run("new", "../place.csv", cwd=book)
    assert (ran.code, ran.out) == (2, "")
    assert "place.csv: cannot be read: No such file or directory" in ran.err
