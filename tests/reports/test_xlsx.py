from __future__ import annotations

import dataclasses
import datetime
import io
import shutil
import subprocess
import time
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from amyqa.model import Decision, DecisionStatus, Report, Ruling, Severity
from amyqa.reports.xlsx import render as xlsx
from amyqa.reports.xlsx.tablesheet import number_format
from tests.reports import builder

MALAYSIA = "deployed-to-malaysia"
SOFFICE = shutil.which("soffice")


def opened(report: Report) -> Workbook:
    return load_workbook(io.BytesIO(xlsx.render(report)))


def texts(sheet: Any) -> list[str]:
    return [str(cell.value) for row in sheet for cell in row if cell.value is not None]


def at(sheet: Any, row: str, column: str) -> Any:
    """The cell in the row that begins with `row`, below the column label."""
    header = next(cells for cells in sheet if [c.value for c in cells].count(column))
    down = next(cells for cells in sheet if cells[0].row > header[0].row and cells[0].value == row)
    return down[[c.value for c in header].index(column)]


def lines(sheet: Any) -> list[dict[str, Any]]:
    """A list as its header and its rows say."""
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rows]


def linked(book: Workbook, cell: Any) -> Any:
    """The cell that a link leads to."""
    sheet, _, address = cell.hyperlink.location.rpartition("!")
    return book[sheet.strip("'").replace("''", "'")][address]


# --- what is in it -----------------------------------------------------------------------------


def test_the_summary_comes_first_then_the_lists_then_a_sheet_for_every_table() -> None:
    names = opened(builder.diagnosed()).sheetnames
    assert names == ["Summary", "Findings", "Not evaluated", MALAYSIA, "stock-abroad", "by-sex"]


def test_lists_of_nothing_have_no_sheet() -> None:
    assert opened(builder.report(builder.malaysia())).sheetnames == ["Summary", MALAYSIA]


def test_the_summary_says_the_verdict_the_numbers_and_the_likeliest_misprints() -> None:
    book = opened(builder.diagnosed())
    said = texts(book["Summary"])
    assert said[0] == "Not ready to print: 3 errors and 1 warning in 2 of 3 tables."
    assert "Checked 80 cells in 3 tables: 57 identities evaluated, 3 broken, 3 not evaluated." in said
    assert "Not evaluated: 3 identities. Unknown is never a pass." in said
    [first] = [
        cell
        for row in book["Summary"]
        for cell in row
        if str(cell.value).find("2006, Total: printed 895") > 0
    ]
    assert "Virtually certain, over 99.9%." in str(first.value)
    assert linked(book, first).value == 895


def test_each_table_has_a_line_with_its_numbers_that_leads_to_its_sheet() -> None:
    book = opened(builder.cambodia())
    [row] = [r for r in book["Summary"] if r[0].value == "2005/cambodia/deployed-to-malaysia"]
    assert [cell.value for cell in row[1:]] == [
        "Khmer migrants deployed to Malaysia, 1998-2006", 70, 57, 3, 0, 2, 1, 0, 0,
    ]  # fmt: skip
    assert linked(book, row[0]).parent.title == MALAYSIA
    assert linked(book, book[MALAYSIA]["A3"]).parent.title == "Summary"


def test_a_table_stands_in_its_sheet_as_printed() -> None:
    table = builder.malaysia()
    sheet = opened(builder.report(table))[MALAYSIA]
    assert [cell.value for cell in sheet[5]] == ["year", *table.columns]
    for row in table.rows:
        for column, token in zip(table.columns, row.tokens, strict=True):
            cell = at(sheet, row.label, column)
            value, shown = cell.value, {"0": "{}", "#,##0": "{:,}"}.get(cell.number_format, "{}")
            assert shown.format(value) == token
            assert (cell.data_type, cell.alignment.horizontal) == (
                ("s", "right") if token == "-" else ("n", None)
            )
    assert "a  recruited by seven agencies" in texts(sheet)
    assert "Assuming that every domestic worker is a woman." in texts(sheet)
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B6", "$5:$5")


def test_misprints_and_inherited_cells_differ_by_more_than_colour() -> None:
    sheet = opened(builder.diagnosed())[MALAYSIA]
    plain, root, inherited = (
        at(sheet, row, column) for row, column in (("2005", "Total"), ("2006", "Total"), ("Total", "Male"))
    )
    looks = [(c.fill.fgColor.rgb, c.border.left.style, c.font.b, c.font.i) for c in (plain, root, inherited)]
    assert all(len(set(column)) >= 2 for column in zip(*looks, strict=True))
    assert len({look[1] for look in looks}) == len({look[0] for look in looks}) == 3
    assert {"misprint", "carried over from a misprint"} <= set(texts(sheet))


def test_a_suspicious_cell_has_the_sentence_and_the_proposal_in_its_comment() -> None:
    sheet = opened(builder.diagnosed())[MALAYSIA]
    assert at(sheet, "2006", "Total").comment.text == (
        "Misprint.\nProposed: 895 → 859.\n2006, Total: printed 895, its parts sum to 859.\n"
        "Error 2: 2006 prints 895 in all; its men and women add up to 954 (59 more)."
    )
    assert at(sheet, "Total", "Male").comment.text.startswith(
        "Carried over from a misprint.\nProposed: 1,807 → "
    )
    assert at(sheet, "2005", "Total").comment is None


def test_what_was_found_in_a_table_is_told_below_it_and_leads_to_its_cell() -> None:
    book = opened(builder.diagnosed())
    said = "2006, Total: misprint, 895 → 859, transposed digits (finding 2)"
    [cell] = [cell for row in book[MALAYSIA] for cell in row if cell.value == said]
    assert linked(book, cell).value == 895


def test_where_nothing_can_be_located_no_number_is_proposed() -> None:
    book = opened(builder.diagnosed())
    comment = at(book["by-sex"], "2005", "Total").comment.text
    assert comment.startswith("Perhaps the misprint.\nWhich cell is wrong cannot be told.\n")
    assert "→" not in "".join(texts(book["by-sex"]))


def test_each_finding_has_a_line_that_leads_to_its_cell() -> None:
    book = opened(builder.diagnosed())
    found = lines(book["Findings"])
    assert [line["No."] for line in found] == [1, 2, 3, 4]
    expected = {
        "Severity": "error", "Status": "open", "Rule": "totals", "ESS": "VAD", "Level": "1c",
        "Table": "2005/cambodia/deployed-to-malaysia", "Where": "year Total, sector all",
        "Relation": "total = male + female", "Row": "Total", "Column": "Total", "Token": "6,619",
        "Printed": 6619, "Computed": 6715, "Difference": -96,
        "Proposed": "Total, Total: 6,619 → 6,620; Total, Male: 1,807 → 1,712",
        "Sentence": "The Total row prints 6,619 in all; its men and women add up to 6,715 (96 more).",
        "File": "data/2005/cambodia/deployed-to-malaysia.csv", "Line": 11, "Source line": 608,
        "Ruling": None, "New or known": None,
    }  # fmt: skip
    assert {name: found[0][name] for name in expected} == expected
    assert linked(book, book["Findings"]["B2"]).value == 6619
    assert book["Findings"].auto_filter.ref == "A1:AD5"
    assert book["Findings"].freeze_panes == "C2"


def test_what_was_not_evaluated_is_listed_with_its_reason() -> None:
    book = opened(builder.cambodia())
    found = lines(book["Not evaluated"])
    assert [line["Reason"] for line in found] == ["the total is not known"] * 2 + ["no line is known"]
    assert found[0]["What"] == "identity"
    assert book["Not evaluated"].auto_filter.ref == "A1:F4"
    assert linked(book, book["Not evaluated"]["A2"]).parent.title == "stock-abroad"


def ruled() -> Report:
    """One finding explained, one whose explanation has expired."""
    plain = builder.cambodia()
    first, second, third = plain.findings
    decision = Decision(
        finding=first.id, table=first.table, rule=first.rule, severity=Severity.ERROR, where=first.where,
        relation=first.relation, printed={"Total, Total": "6,619"}, message=first.message,
        ruling=Ruling.EXPLAINED, reason="the ministry counts twice", who="Ea Sokha",
        date=datetime.date(2026, 3, 1), expires=datetime.date(2026, 9, 1), file="decisions/2005.yaml", line=4,
    )  # fmt: skip
    return dataclasses.replace(
        plain,
        since="abc1234",
        findings=(
            dataclasses.replace(
                first, status="explained", decision=decision, standing=DecisionStatus.APPLIES
            ),
            dataclasses.replace(second, decision=decision, standing=DecisionStatus.EXPIRED),
            dataclasses.replace(third, known=True),
        ),
        decisions=((decision, DecisionStatus.APPLIES), (decision, DecisionStatus.STALE)),
    )


def test_decisions_are_told_beside_their_findings_and_in_a_sheet_of_their_own() -> None:
    book = opened(ruled())
    first, second, third = lines(book["Findings"])
    assert [line["Status"] for line in (first, second, third)] == ["explained", "open, expired", "open"]
    assert [line["New or known"] for line in (first, second, third)] == ["new", "new", "known"]
    assert (first["Ruling"], first["Reason"], first["Who"]) == (
        "explained", "the ministry counts twice", "Ea Sokha",
    )  # fmt: skip
    assert first["Date"] == datetime.datetime(2026, 3, 1)
    standings = [(line["Standing"], line["Printed"], line["Line"]) for line in lines(book["Decisions"])]
    assert standings == [("applies", "Total, Total 6,619", 4), ("stale", "Total, Total 6,619", 4)]
    assert "Compared with the commit abc1234." in texts(book["Summary"])


def test_a_cell_whose_finding_was_ruled_on_says_so() -> None:
    plain = ruled()
    sheet = opened(dataclasses.replace(plain, findings=plain.findings[:1]))[MALAYSIA]
    cell = at(sheet, "Total", "Total")
    assert cell.comment.text.startswith("Decided by an editor.\nError 1 (explained): The Total row")


# --- numbers and text --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "value", "format"),
    [
        ("6,619", "6619", "#,##0"),
        ("1776", "1776", "0"),
        ("895", "895", "0"),
        ("0.50", "0.50", "0.00"),
        ("14,144.00", "14144.00", "#,##0.00"),
        ("-96", "-96", "0"),
        ("(0.6)", "-0.6", "0.0;(0.0)"),
        ("(1,234)", "-1234", "#,##0;(#,##0)"),
        ("0", "0", "0"),
        (" 12 ", "12", "0"),
        ("123456789012345", "123456789012345", "0"),
        # a spreadsheet would show these in another way, or lose digits
        ("1234567890123456", "1234567890123456", ""),
        ("0.1234567890123456", "0.1234567890123456", ""),
        ("007", "7", ""),
        (".5", "0.5", ""),
        ("+5", "5", ""),
        ("-0", "0", ""),
        ("56a", "56", ""),
        ("12%", "12", ""),
        ("6.619", "6619", ""),
        ("1 234", "1234", ""),
        ("1,23", "123", ""),
        ("12,34,567", "1234567", ""),
        ("−96", "-96", ""),
        ("(5)", "5", ""),
        ("1.23", "1.234", ""),
        ("1e400", "1e400", ""),
        ("NaN", "NaN", ""),
        ("5", None, ""),
    ],
)
def test_a_token_is_a_number_only_where_a_spreadsheet_shows_it_as_printed(
    token: str, value: str | None, format: str
) -> None:
    assert number_format(token, None if value is None else Decimal(value)) == format


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://x","y")',
        "+1",
        "-1+1",
        "@SUM(A1)",
        "#REF!",
        "TRUE",
        "2005-01-01",
        "'5",
        "1E5",
    ],
)
def test_text_stays_text(text: str) -> None:
    table = builder.table("t", [text], {text: [f"{text} "]}, title=text, rows={"dimension": text})
    found = builder.finding(table, (text, text), message=text, relation=text)
    book = opened(builder.report(table, findings=(found,)))
    cells = [cell for sheet in book for row in sheet for cell in row if str(cell.value).strip() == text]
    assert len(cells) > 6
    assert {cell.data_type for cell in cells} == {"s"}
    if text[0] in "=+-@":
        assert all(cell.quotePrefix for cell in cells)


def test_a_text_that_looks_like_an_escape_is_not_read_as_one() -> None:
    table = builder.table("t", ["Total"], {"2005": ["_x0041_"]})
    assert at(opened(builder.report(table))["t"], "2005", "Total").value == "_x0041_"


def parts(data: bytes) -> Iterable[tuple[str, ElementTree.Element]]:
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            yield name, ElementTree.fromstring(archive.read(name))  # noqa: S314 our own file


def test_nothing_hostile_breaks_the_file_or_comes_out_as_anything_but_text() -> None:
    data = xlsx.render(builder.hostile())
    elements = [element for _, root in parts(data) for element in root.iter()]
    assert not [e for e in elements if e.tag.endswith("}f") or e.get("TargetMode") == "External"]
    said = " ".join(text for sheet in load_workbook(io.BytesIO(data)) for text in texts(sheet))
    assert "<script>alert(1)</script>" in said
    assert r"\x1b[31mred" in said
    assert r"\u202egnp.exe" in said


@pytest.mark.parametrize("bad", ["\x00", "\x0b", "\ud800", "\ufffe", "\uffff", "\u202e"])
def test_characters_that_a_file_cannot_hold_are_spelled_out(bad: str) -> None:
    table = builder.table(f"t{bad}", [f"c{bad}"], {f"r{bad}": [f"x{bad}"]}, title=f"title{bad}")
    data = xlsx.render(builder.report(table))
    assert len(list(parts(data))) > 5
    escaped = f"x{bad.encode('unicode_escape', 'surrogatepass').decode()}"
    assert escaped in texts(load_workbook(io.BytesIO(data)).worksheets[1])


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (["2004/by-sex", "2005/by-sex", "2006/BY-SEX"], ["by-sex", "by-sex (2)", "BY-SEX (3)"]),
        (["a/findings", "a/History"], ["findings (2)", "History (2)"]),
        (["a/x[1]:*?\\y"], ["x_1_____y"]),
        (["a/'quoted'"], ["quoted"]),
        (["a/ ", "b/ "], ["sheet", "sheet (2)"]),
        ([f"a/{'x' * 40}", f"b/{'x' * 40}"], ["x" * 31, "x" * 27 + " (2)"]),
        ([f"a/{'👩' * 20}"], ["👩" * 15]),
        (["a/o'brien"], ["o'brien"]),
    ],
)
def test_sheets_have_names_that_the_format_allows(ids: list[str], names: list[str]) -> None:
    tables = [builder.table(id, ["Total"], {"2005": ["5"]}) for id in ids]
    found = tuple(builder.finding(table, ("2005", "Total")) for table in tables)
    book = opened(builder.report(*tables, findings=found))
    assert book.sheetnames[2:] == names
    for row in range(2, 2 + len(ids)):
        assert linked(book, book["Findings"].cell(row, 2)).value == 5


# --- the file ----------------------------------------------------------------------------------


def test_the_same_report_gives_the_same_bytes_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    before = xlsx.render(builder.diagnosed())
    later = time.time() + 10**8
    monkeypatch.setattr(time, "time", lambda: later)
    assert xlsx.render(builder.diagnosed()) == before
    with ZipFile(io.BytesIO(before)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2000-01-01T00:00:00Z") == 2
    assert str(datetime.datetime.now(datetime.UTC).year) not in core


def test_a_cell_takes_32767_characters_and_what_is_longer_says_that_it_was_cut() -> None:
    fits, too_long = "x" * 32_767, "👩" * 20_000
    table = builder.table("t", ["A", "B"], {"2005": [fits, too_long]})
    sheet = opened(builder.report(table))["t"]
    assert at(sheet, "2005", "A").value == fits
    cut = at(sheet, "2005", "B").value
    assert cut.endswith("👩 … (cut: longer than a cell can be)")
    assert len(cut.encode("utf-16-le")) // 2 in (32_766, 32_767)


def test_a_long_comment_is_cut_and_says_where_the_rest_is() -> None:
    table = builder.malaysia()
    found = builder.finding(table, ("2006", "Total"), message="long " * 1000)
    comment = at(opened(builder.report(table, findings=(found,)))[MALAYSIA], "2006", "Total").comment.text
    assert len(comment) < 2100
    assert comment.endswith("… (cut; see the sheet Findings)")


def test_rows_that_do_not_fit_are_counted_and_those_with_findings_stay(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xlsx, "MAX_TABLE_ROWS", 3)
    table = builder.malaysia()
    found = builder.finding(table, ("2006", "Total"))
    book = opened(builder.report(table, findings=(found,)))
    sheet = book[MALAYSIA]
    assert "Not shown here: 5 rows; the file has them." in texts(sheet)
    assert [sheet.cell(row, 1).value for row in range(6, 11)] == ["1998", "1999", "2000", "2006", "Total"]
    assert linked(book, book["Findings"]["B2"]).value == 895


def test_columns_that_do_not_fit_are_counted() -> None:
    columns = [f"c{i}" for i in range(17_000)]
    table = builder.table("t", columns, {"2005": ["1"] * 17_000})
    found = builder.finding(table, ("2005", "c16999"))
    book = opened(builder.report(table, findings=(found,)))
    assert "Not shown here: 618 columns; the file has them." in texts(book["t"])
    assert book["Findings"]["B2"].value is None


def test_lines_and_tables_that_do_not_fit_are_counted_in_the_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_LINES", 2)
    monkeypatch.setattr(xlsx, "MAX_TABLES", 1)
    book = opened(builder.cambodia())
    assert book.sheetnames[3:] == [MALAYSIA]
    said = texts(book["Summary"])
    assert "1 table without findings has no sheet here." in said
    assert "The sheet Findings leaves out the last 1 line; report.json has all." in said
    assert "The sheet Not evaluated leaves out the last 1 line; report.json has all." in said
    assert len(lines(book["Findings"])) == 2


def test_an_empty_report_is_a_workbook_too() -> None:
    assert opened(builder.report()).sheetnames == ["Summary"]


def test_a_table_without_rows_is_a_sheet_with_its_columns() -> None:
    sheet = opened(builder.report(builder.table("t", ["Total"], {})))["t"]
    assert "Total" in texts(sheet)


def test_lists_of_records_show_their_numbers() -> None:
    table = builder.table(
        "events",
        ["Year", "Event"],
        [["2004", "a flood"], ["2005", "a drought"]],
        fields={"Year": "year", "Event": "text"},
    )
    sheet = opened(builder.report(table))["events"]
    assert [cell.value for cell in sheet[5]] == ["No.", "Year", "Event"]
    assert [cell.value for cell in sheet[7]] == ["2", 2005, "a drought"]


@pytest.mark.slow
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(
    "report", [builder.diagnosed(), builder.hostile(), ruled()], ids=["plain", "hostile", "ruled"]
)
def test_libreoffice_prints_the_tokens_as_they_were(report: Report, tmp_path: Path) -> None:
    (tmp_path / "report.xlsx").write_bytes(xlsx.render(report))
    command = [str(SOFFICE), f"-env:UserInstallation={(tmp_path / 'home').as_uri()}", "--headless"]
    ran = subprocess.run(
        [*command, "--convert-to", "pdf", "--outdir", tmp_path, tmp_path / "report.xlsx"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (tmp_path / "report.pdf").exists(), ran
    shown = "\n".join(page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages)
    for table in report.tables:
        assert " ".join(table.spec.title.split()[:2]) in shown
        for row in table.rows if table.id.endswith(MALAYSIA) else ():
            assert f"\n{row.label} {' '.join(row.tokens)}\n" in shown
