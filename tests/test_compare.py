"""``amyqa compare``: cells added, removed and revised, and what the revisions did."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from amyqa.comparing.alignment import align
from tests.conftest import Run
from tests.cubes import cubebooks
from tests.repositories import committed, git
from tests.yearbooks import CHAPTER, TOTALS, read_back, write_family, write_table

KOREA = f"data/{CHAPTER}/deployed-to-south-korea.csv"
HEADER = ["Year", "Total", "Male", "Female"]
SPEC: dict[str, Any] = {
    "unit": "persons",
    "rows": {"dimension": "year", "total": "All years"},
    "columns": {
        "Total": {"sex": "total"},
        "Male": {"sex": "male"},
        "Female": {"sex": "female"},
    },
}
OLD = [
    HEADER,
    ["2001", "310", "180", "130"],
    ["2002", "345", "200", "145"],
    ["2003", "375", "230", "127"],  # 357
    ["All years", "1012", "610", "402"],
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_family(
        tmp_path,
        entries=[
            {"type": TOTALS, "kwargs": {"dimension": dimension}, "severity": "critical",
             "meta": {"reason": "they add up"}}
            for dimension in ("sex", "year")
        ],
    )  # fmt: skip
    return tmp_path


def edition(root: Path, name: str, lines: list[list[str]], **spec: Any) -> None:
    write_table(root, f"{name}/north/sent", lines, SPEC | spec)


def told(run: Run, root: Path, *arguments: str, code: int | None = None) -> dict[str, Any]:
    ran = run("compare", *arguments, "--format", "json", "--engine", "duckdb", cwd=root)
    assert code is None or ran.code == code, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def revised(table: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {f"{each['row']}, {each['column']}": (each["old"], each["new"]) for each in table["revised"]}


# --- editions -------------------------------------------------------------------------------------


def test_a_revision_that_mends_a_sum_is_told_so(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    edition(root, "2004", [*OLD[:3], ["2003", "357", "230", "127"], OLD[4]])
    found = told(run, root, "2003", "2004", code=0)
    [table] = found["tables"]
    assert revised(table) == {"2003, Total": ("375", "357")}
    [first] = table["revised"]
    assert first["difference"] == -18
    assert first["as_proposed"] is True
    assert any("2003" in each["message"] for each in first["mends"])
    assert table["checks"]["newly_broken"] == []
    text = run("compare", "2003", "2004", "--engine", "duckdb", cwd=root).out
    assert "~ 2003, Total: 375 → 357 (−18, −4.8%); not announced" in text
    assert "✓ mends: 2003" in text
    assert "2 broken checks now hold" in " ".join(text.split())


def test_a_revision_that_breaks_a_sum_fails(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    edition(root, "2004", [*OLD[:2], ["2002", "354", "200", "145"], *OLD[3:]])
    found = told(run, root, "2003", "2004", code=1)
    [table] = found["tables"]
    [each] = table["revised"]
    assert ["9 too many" in finding["message"] for finding in each["breaks"]] == [True]
    assert found["worse"] is True


def test_rows_and_columns_of_one_side_are_told_once_and_totals_follow(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    new = [[*OLD[0], "Note"], *([*line, "x"] for line in OLD[2:4]), ["2004", "10", "6", "4", "y"],
           ["All years", "757", "436", "276", ""]]  # fmt: skip
    columns = {**SPEC["columns"], "Note": "text"}
    edition(root, "2004", new, columns=columns)
    [table] = told(run, root, "2003", "2004")["tables"]
    assert {"row": "2004", "cells": 4, "whole": True} in table["added"]
    assert table["removed"] == [{"row": "2001", "cells": 3, "whole": True}]
    assert {each["follows"] for each in table["revised"]} == {"the total with 2004 added"}


def test_a_moved_and_renamed_column_is_the_same(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    lines = [[line[0], line[3], line[1], line[2]] for line in OLD]
    lines[0] = ["Year", "Women", "Total", "Men"]
    columns = {"Women": {"sex": "female"}, "Total": {"sex": "total"}, "Men": {"sex": "male"}}
    edition(root, "2004", lines, columns=columns)
    [table] = told(run, root, "2003", "2004", code=0)["tables"]
    assert (table["revised"], table["added"], table["removed"]) == ([], [], [])
    assert table["unchanged"] == 12
    assert table["aligned_by"] == "coordinates"


def test_another_notation_is_no_revision(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    edition(root, "2004", [*OLD[:4], ["All years", "1,012", "610", "402"]])
    [table] = told(run, root, "2003", "2004", code=0)["tables"]
    assert table["revised"] == []


@pytest.mark.parametrize(
    ("token", "notes", "said"),
    [
        ("357r", {}, "flag r: revised"),
        ("357", {}, None),
        ("357b", {"b": "berichtigt"}, "note b: berichtigt"),
        ("357a", {"a": "from registers"}, None),
        ("357", {"1": "Figures for 2003 are revised."}, "note: Figures for 2003 are revised."),
        ("357", {"1": "The figures for 2002 have been revised."}, None),
    ],
)  # fmt: skip
def test_what_was_announced_is_told(
    run: Run, root: Path, token: str, notes: dict[str, str], said: str | None
) -> None:
    edition(root, "2003", OLD)
    edition(root, "2004", [*OLD[:3], ["2003", token, "230", "127"], OLD[4]], notes=notes)
    [table] = told(run, root, "2003", "2004")["tables"]
    [each] = table["revised"]
    assert each["announced"] == said


def test_a_revision_that_was_announced_and_not_made_is_told(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    edition(root, "2004", [*OLD[:3], ["2003", "375r", "230", "127"], OLD[4]])
    [table] = told(run, root, "2003", "2004")["tables"]
    assert [each["announced"] for each in table["announced_but_unchanged"]] == ["flag r: revised"]


def test_tables_of_one_edition_only_are_told(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    edition(root, "2004", OLD)
    write_table(root, "2004/south/sent", OLD, SPEC)
    assert told(run, root, "2003", "2004")["added"] == ["2004/south/sent"]
    assert told(run, root, "2004", "2003")["removed"] == ["2004/south/sent"]


# --- commits, folders, files ------------------------------------------------------------------------


def change(root: Path, old: str, new: str) -> None:
    path = root / KOREA
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_commit_is_compared_with_what_is_there_now(run: Run, book: Callable[..., Path]) -> None:
    root = book("deployed-to-south-korea")
    committed(root)
    change(root, "516", "519")
    [table] = told(run, root, "HEAD", code=0)["tables"]
    assert revised(table) == {"2004, Male": ("516", "519")}
    assert table["checks"]["mended"] == 3
    [each] = table["revised"]
    assert each["as_proposed"] is True
    assert told(run, root, "HEAD", KOREA, code=0)["tables"] == [table]
    committed(root)
    assert told(run, root, "HEAD~1", "HEAD", code=0)["tables"][0]["revised"] == table["revised"]


def test_a_misprint_that_was_corrected_and_came_back_fails(run: Run, book: Callable[..., Path]) -> None:
    root = book("deployed-to-south-korea")
    assert run("fix", "--in-place", cwd=root).code == 0
    committed(root)
    change(root, "519", "516")
    found = told(run, root, "HEAD", code=1)
    [each] = found["tables"][0]["revised"]
    assert each["returned"] == "516 was corrected to 519 (changes.csv)"
    text = run("compare", "HEAD", "--engine", "duckdb", cwd=root).out
    assert "✗ a misprint is back: 516 was corrected to 519 (changes.csv)" in text
    assert "1 corrected misprint came back" in " ".join(text.split())


def test_a_correction_that_was_ruled_and_not_made_is_told(run: Run, book: Callable[..., Path]) -> None:
    root = book("deployed-to-south-korea")
    ruling = ("--ruling", "corrected", "--reason", "as proposed", "--who", "A. Editor")
    run("decide", "--all-open", *ruling, cwd=root)
    committed(root)
    [table] = told(run, root, "HEAD", code=0)["tables"]
    [each] = table["corrections_not_made"]
    assert (each["row"], each["column"], each["right"]) == ("2004", "Male", "519")


def test_two_files_of_no_yearbook_are_compared(run: Run, tmp_path: Path) -> None:
    for name, north in (("draft.csv", "255"), ("final.csv", "265")):
        lines = ["Province,Men,Women,Total", f"North,120,135,{north}", "South,310,298,608", "East,95,88,183"]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    [table] = told(run, tmp_path, "draft.csv", "final.csv", code=1)["tables"]
    assert revised(table) == {"North, Total": ("255", "265")}
    assert len(table["revised"][0]["breaks"]) == 1


def test_two_folders_are_compared(run: Run, book: Callable[..., Path], tmp_path: Path) -> None:
    root = book("deployed-to-south-korea")
    root.rename(tmp_path / "before")
    root = book("deployed-to-south-korea")
    change(root, "516", "519")
    found = told(run, tmp_path, "before", root.name, code=0)
    assert revised(found["tables"][0]) == {"2004, Male": ("516", "519")}


@pytest.mark.parametrize("name", ["2099", "no/such/folder", "--upload-pack=x", "HEAD..main", "../x"])
def test_what_names_nothing_is_refused(run: Run, book: Callable[..., Path], name: str) -> None:
    root = book("deployed-to-south-korea")
    committed(root)
    ran = run("compare", "--", name, ".", cwd=root)
    assert ran.code == 2
    assert "there is no" in ran.err


def test_a_mistyped_edition_names_the_nearest(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    git(root, "init", "-q")
    ran = run("compare", "2030", "2003", cwd=root)
    assert ran.code == 2
    assert "did you mean '2003'" in ran.err


# --- the page, and what is compared -----------------------------------------------------------------


def test_the_page_tells_the_same_and_lets_in_no_markup(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    edition(
        root, "2004", [*OLD[:2], ["2002", "354", "200", "145"], *OLD[3:]], title="<script>alert(1)</script>"
    )
    ran = run("compare", "2003", "2004", "--page", "page.html", cwd=root)
    page = (root / "page.html").read_text(encoding="utf-8")
    assert "page.html" in ran.err
    assert "<script" not in page
    assert "3<b>45</b>" in page
    assert "3<b>54</b>" in page
    assert "Content-Security-Policy" in page
    assert run("compare", "2003", "2004", "--format", "html", cwd=root).out == page


def test_cells_that_cannot_be_told_apart_are_not_paired(root: Path) -> None:
    edition(
        root,
        "2003",
        [HEADER, ["2001", "1", "2", "3"], ["2001", "4", "5", "6"], *OLD[2:3]],
        rows={"dimension": "year"},
    )
    table = read_back(root, "2003/north/sent")
    aligned = align(table, table)
    assert all(before == now for before, now in aligned.pairs)
    assert {cell.row for cell, _ in aligned.pairs} >= {"2002"}


def test_a_cube_is_not_passed_over_silently(run: Run, root: Path) -> None:
    edition(root, "2003", OLD)
    edition(root, "2004", OLD)
    cubebooks.book(root)
    found = told(run, root, ".", ".", code=0)
    assert found["not_compared"] == [cubebooks.ID]
    assert "it is a cube" in run("compare", ".", ".", "--engine", "duckdb", cwd=root).out
