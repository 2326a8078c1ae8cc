"""A workbook's formulas: stated as sums and ratios, and told where they are not as their neighbours."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import yaml

from amyqa import pipeline
from amyqa.model import Report
from amyqa.starting.calculations import NotRead, read
from tests.sources.packed import open_document
from tests.starting.workbooks import Cell, book


def mills() -> list[list[Cell]]:
    """Mills of five regions, with computed totals; each stored result is what its formula gives."""
    numbers = {"Ost": (12, 31), "West": (40, 17), "Nord": (8, 22), "Mitte": (25, 9), "Sud": (33, 14)}
    rows: list[list[Cell]] = [["Region", "Wind", "Water", "Steam", "All"]]
    for r, (region, (wind, water)) in enumerate(numbers.items(), 2):
        rows.append([region, wind, water, 2 * r, (f"SUM(B{r}:D{r})", wind + water + 2 * r)])
    rows.append(
        ["Total", *((f"SUM({letter}2:{letter}6)", sum_) for letter, sum_ in _totals("118 93 40 251"))]
    )
    return rows


def _totals(said: str) -> list[tuple[str, int]]:
    return list(zip("BCDE", map(int, said.split()), strict=True))


def checked(path: Path) -> tuple[Report, list[str]]:
    return pipeline.check_files([path], pipeline.engine_named("duckdb"))


def told(report: Report) -> list[str]:
    return [f"{each.severity} {each.message}" for each in report.findings if each.rule == "formulas"]


def test_formulas_are_stated_as_sums_though_numbers_alone_would_not_tell(tmp_path: Path) -> None:
    report, _ = checked(book(tmp_path / "mills.xlsx", mills()[:3]))
    assert report.total.evaluated == 2
    assert not report.findings


def test_a_table_whose_formulas_are_sound_has_no_finding(tmp_path: Path) -> None:
    report, _ = checked(book(tmp_path / "mills.xlsx", mills()))
    assert not report.findings
    assert report.total.evaluated == 10


def _with(at: tuple[int, int], cell: Cell) -> list[list[Cell]]:
    """The same with another cell; the sum of the regions' totals was worked out anew."""
    rows = mills()
    rows[at[0]][at[1]] = cell
    shown = [each[1] if isinstance(each := row[4], tuple) else each for row in rows[1:6]]
    rows[6][4] = ("SUM(E2:E6)", sum(float(each or 0) for each in shown))
    return rows


@pytest.mark.parametrize(
    ("at", "cell", "finding"),
    [
        ((6, 2), ("SUM(C2:C5)", 79),
         "error Total, Water: C7 is =SUM(C2:C5): it leaves out C6, which the formulas in B7 and D7 take in."),
        ((3, 4), 37,
         "error Nord, All: E4 is the number 37, though its neighbours E3 and E5 are formulas; "
         "theirs would give 38 here."),
        ((3, 4), 38, "warning Nord, All: E4 is the number 38, though its neighbours E3 and E5 are formulas."),
        ((3, 4), ("SUM(B4:D4)", 83), "error Nord, All: E4 is =SUM(B4:D4): it shows 83, but gives 38."),
    ],
)  # fmt: skip
def test_what_is_not_as_its_neighbours_is_a_finding_with_its_address(
    tmp_path: Path, at: tuple[int, int], cell: Cell, finding: str
) -> None:
    report, _ = checked(book(tmp_path / "mills.xlsx", _with(at, cell)))
    assert told(report) == [finding]


def test_of_three_formulas_the_one_that_is_shorter_leaves_something_out(tmp_path: Path) -> None:
    rows = [[cell for c, cell in enumerate(row) if c < 3] for row in mills()]
    for r, total in enumerate((43, 57, 30, 34, 47), 2):
        rows[r - 1].append((f"B{r}+C{r}", total))
    rows[0].append("All")
    rows[6] = ["Total", ("SUM(B2:B6)", 118), ("SUM(C2:C5)", 79), ("SUM(D2:D6)", 211)]
    report, _ = checked(book(tmp_path / "mills.xlsx", rows))
    assert told(report) == [
        "error Total, Water: C7 is =SUM(C2:C5): it leaves out C6, which the formulas in B7 and D7 take in."
    ]


def test_a_row_right_beside_all_ranges_may_be_left_out(tmp_path: Path) -> None:
    rows = mills()
    for c, letter in ((1, "B"), (2, "C"), (3, "D"), (4, "E")):
        rows[6][c] = (f"SUM({letter}2:{letter}5)", {1: 85, 2: 79, 3: 28, 4: 192}[c])
    report, _ = checked(book(tmp_path / "mills.xlsx", rows))
    assert told(report) == [
        "warning Total, Wind: B7 is =SUM(B2:B5): it leaves out B6, a number right beside its range; "
        "so do 3 formulas like it."
    ]


def test_a_share_that_a_formula_gives_is_stated(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["Region", "Wind", "All", "Part"]]
    rows += [
        [f"R{r}", 10 + r, 40, (f"ROUND(B{r}/C{r}*100,1)", round((10 + r) * 2.5, 1))] for r in range(2, 6)
    ]
    rows[2][3] = ("ROUND(B3/C3*100,1)", 23.5)
    path = book(tmp_path / "parts.xlsx", rows)
    report, _ = checked(path)
    [finding] = report.findings
    assert finding.message == "R3, Part: 23.5 is printed; 13 of 40 is 32.50."


@pytest.mark.parametrize("shown", ["0.0%", "0%", "0.0000"])
def test_a_share_is_what_its_cell_shows_of_it(tmp_path: Path, shown: str) -> None:
    path = tmp_path / "parts.xlsx"
    made = xlsxwriter.Workbook(path)
    sheet, percent = made.add_worksheet("T"), made.add_format({"num_format": shown})
    sheet.write_row(0, 0, ["Region", "Wind", "All", "Part", "Growth"])
    for r in range(1, 7):
        wind, whole = 100 + 7 * r, 400 + 3 * r
        sheet.write_row(r, 0, [f"R{r}", wind, whole])
        part = 0.9 if r == 4 else wind / whole
        sheet.write_formula(r, 3, f"=B{r + 1}/C{r + 1}", percent, part)
        sheet.write_formula(r, 4, f"=C{r + 1}/B{r + 1}-1", percent, whole / wind - 1)
    made.close()
    report, _ = checked(path)
    [finding] = report.findings
    assert finding.message.startswith("R4, Part: ")
    assert re.search("128 (of|\\/) 412 is", finding.message)


def test_a_number_over_a_formula_is_told_though_totals_below_are_formulas_of_their_own(
    tmp_path: Path,
) -> None:
    rows = mills()[:5]  # four regions, of which one has no formula
    rows[2][4] = 40 + 17 + 6
    rows.append(["Total", *((f"SUM({letter}2:{letter}5)", n) for letter, n in _totals("85 79 28 192"))])
    report, _ = checked(book(tmp_path / "mills.xlsx", rows))
    assert told(report) == [
        "warning West, All: E3 is the number 63, though its neighbours E2 and E4 are formulas."
    ]


def test_what_the_formulas_say_stands_in_the_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from amyqa.starting import founding
    from amyqa.starting.opening import new_tables

    founding.found(tmp_path / "book", ())
    path = book(tmp_path / "mills.xlsx", _with((3, 4), 37))
    monkeypatch.chdir(tmp_path / "book")
    [(_, made)] = new_tables(path, edition="2012", chapter="ruritania").made
    said: dict[str, Any] = yaml.safe_load(made.yaml.read_text(encoding="utf-8"))
    assert said["identities"]["in every row"] == ["All = Wind + Water + Steam"]
    [doubt] = said["formulas"]
    assert (doubt["cell"], doubt["what"]) == ("[Nord, All]", "typed over")


@pytest.mark.parametrize(
    "formula",
    ["B4*C4", "IF(A1>2,3,4)", "SUM(B:B)", "'[other.xlsx]S'!B4", "(" * 40 + "B1", "WEBSERVICE(\"http://x\")",
     "1/0", "SUM(A1:XFD1048576)", "B4&amp;C4", ""],
)  # fmt: skip
def test_what_is_no_arithmetic_over_cells_is_not_read(formula: str) -> None:
    with pytest.raises(NotRead):
        read(formula)


def test_formulas_of_an_open_document_are_stated_too(tmp_path: Path) -> None:
    def cell(value: object, formula: str = "") -> str:
        said = f' table:formula="of:={formula}"' if formula else ""
        typed = f' office:value-type="float" office:value="{value}"' if isinstance(value, int) else ""
        return f"<table:table-cell{said}{typed}><text:p>{value}</text:p></table:table-cell>"

    rows = [cell(label) for label in ("Region", "Wind", "Water", "All")]
    lines = [f"<table:table-row>{''.join(rows)}</table:table-row>"]
    for r, (wind, water) in enumerate([(12, 31), (40, 17), (8, 22)], 2):
        total = cell(wind + water + (r == 4), f"SUM([.B{r}:.C{r}])")
        lines.append(f"<table:table-row>{cell(f'R{r}')}{cell(wind)}{cell(water)}{total}</table:table-row>")
    path = open_document(
        tmp_path / "mills.ods", f'<table:table table:name="T">{"".join(lines)}</table:table>'
    )
    report, _ = checked(path)
    assert told(report) == ["error R4, All: D4 is =SUM(B4:C4): it shows 31, but gives 30."]
