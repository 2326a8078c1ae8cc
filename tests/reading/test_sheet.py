"""CSV as spreadsheets export it."""

from __future__ import annotations

import csv
import io
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amyqa.errors import BadInput, Problem, Problems
from amyqa.reading.sheet import TableLines, read_sheet
from amyqa.sources import Part
from amyqa.sources.fields import MAX_FIELD


def gather(path: Path, delimiter: str = ",") -> tuple[TableLines | None, tuple[Problem, ...]]:
    problems = Problems()
    sheet = read_sheet(path, "t.csv", Part(delimiter), problems)
    try:
        problems.raise_if_any()
    except BadInput as error:
        return sheet, error.problems
    return sheet, ()


def sheet_of(folder: Path, content: str | bytes, delimiter: str = ",") -> TableLines:
    sheet, problems = gather(written(folder, content), delimiter)
    assert problems == ()
    assert sheet is not None
    return sheet


def problems_of(folder: Path, content: str | bytes, delimiter: str = ",") -> tuple[Problem, ...]:
    problems = gather(written(folder, content), delimiter)[1]
    assert all(problem.file == "t.csv" and problem.line for problem in problems)
    return problems


def problem_of(folder: Path, content: str | bytes, delimiter: str = ",") -> Problem:
    [problem] = problems_of(folder, content, delimiter)
    return problem


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(sheet: TableLines) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.fields) for line in (sheet.header, *sheet.lines)]


# --- what is read -----------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "bom"])
def test_line_ends_and_byte_order_marks_do_not_matter(tmp_path, end, bom):
    content = bom + f"Year,Total{end}2004,1{end}{end}2005,2{end}"
    assert rows(sheet_of(tmp_path, content)) == [
        (1, ("Year", "Total")),
        (2, ("2004", "1")),
        (4, ("2005", "2")),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_a_quoted_field_may_hold_line_ends_and_the_lines_stay_right(tmp_path, end):
    content = end.join(["", '"Year', '(end)","To""tal"', '2004,"1', "", '2"', '"2005",3'])
    assert rows(sheet_of(tmp_path, content)) == [
        (2, (f"Year{end}(end)", 'To"tal')),
        (4, ("2004", f"1{end}{end}2")),
        (7, ("2005", "3")),
    ]


def test_a_line_separator_of_unicode_ends_no_line(tmp_path):
    content = "Year,Total\n2004\u2028,1\x0b\n2005,2\x85\n"
    assert rows(sheet_of(tmp_path, content))[1:] == [(2, ("2004\u2028", "1\x0b")), (3, ("2005", "2\x85"))]


def test_tokens_are_kept_as_printed(tmp_path):
    assert sheet_of(tmp_path, 'a,b\n 1 ,"  (0.6) "\n').lines[0].fields == (" 1 ", "  (0.6) ")


def test_the_last_line_needs_no_end_and_blank_rows_are_left_out(tmp_path):
    assert rows(sheet_of(tmp_path, "\n , \na,b\n,\n  ,\t\n1,2")) == [(3, ("a", "b")), (6, ("1", "2"))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^", " "])
def test_the_delimiter_is_the_declared_one(tmp_path, delimiter):
    content = f"a{delimiter}b\n1{delimiter}2\n"
    assert sheet_of(tmp_path, content, delimiter).lines[0].fields == ("1", "2")


def test_the_first_label_may_be_blank(tmp_path):
    assert sheet_of(tmp_path, ",b\n1,2\n").header.fields == ("", "b")


FIELDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)


@settings(deadline=None)
@given(
    body=st.lists(st.lists(FIELDS, min_size=3, max_size=3), min_size=1, max_size=4),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_a_spreadsheet_writes_is_read_back(tmp_path_factory, body, delimiter, end):
    out = io.StringIO()
    header = ["Year", "Total", "Male"]
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([header, *body])
    kept = [tuple(line) for line in body if any(field.strip() for field in line)]
    sheet, problems = gather(written(tmp_path_factory.getbasetemp(), out.getvalue()), delimiter)
    if not kept:
        assert [problem.message for problem in problems] == ["has a header and no rows"]
    else:
        assert problems == ()
        assert sheet is not None
        assert [line.fields for line in sheet.lines] == kept


@settings(deadline=None)
@given(content=st.binary(max_size=60) | st.text('a,;"\r\n\t |1', max_size=40).map(str.encode))
def test_any_bytes_are_a_sheet_or_problems_with_a_line(tmp_path_factory, content):
    sheet, problems = gather(written(tmp_path_factory.getbasetemp(), content))
    assert (sheet is None) <= bool(problems)
    assert all(problem.line and problem.message for problem in problems)
    if sheet is not None:
        assert {len(line.fields) for line in sheet.lines} == {len(sheet.header.fields)}


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", " , ,\n", "\t\n \r\n"])
def test_an_empty_file_is_told(tmp_path, content):
    assert problem_of(tmp_path, content).message == "is empty"


@pytest.mark.parametrize("content", ["a,b", "a,b\n", "\na,b\n,\n"])
def test_a_header_alone_is_told(tmp_path, content):
    assert problem_of(tmp_path, content).message == "has a header and no rows"


def test_all_ragged_rows_are_told_at_once_and_the_rest_is_kept(tmp_path):
    path = written(tmp_path, 'a,b,c\n1,2\n1,2,3\n"x\ny",2,3,4\n1,2,3,4,5\n9\n')
    sheet, problems = gather(path)
    assert [(p.line, p.column, p.message) for p in problems] == [
        (2, 3, "has 2 fields where the header has 3"),
        (4, 4, "has 4 fields where the header has 3"),
        (6, 4, "has 5 fields where the header has 3"),
        (7, 2, "has 1 fields where the header has 3"),
    ]
    assert all(problem.hint for problem in problems)
    assert sheet is not None
    assert [(line.fields, line.ragged) for line in sheet.lines] == [
        (("1", "", ""), True),
        (("1", "2", "3"), False),
        (("x\ny", "", ""), True),
        (("1", "", ""), True),
        (("9", "", ""), True),
    ]


def test_a_wide_header_over_many_short_lines_does_not_fill_the_memory(tmp_path):
    path = written(tmp_path, ",".join(f"c{i}" for i in range(16_000)) + "\n" + "1,2\n" * 100_000)
    sheet, problems = gather(path)
    assert sheet is None
    assert len(problems) == 201
    assert "99,800 more lines" in problems[-1].message


def test_more_columns_than_a_spreadsheet_has_are_refused(tmp_path):
    assert "16,385 columns" in problem_of(tmp_path, "a," * 16_384 + "a\n1\n").message


def test_an_unquoted_thousands_comma_is_a_ragged_row(tmp_path):
    problem = problem_of(tmp_path, "Year,Total\n2004,1,234\n")
    assert (problem.line, problem.column) == (2, 3)
    assert "quote" in problem.hint


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("a,a", [(2, "the label 'a' stands in columns 1 and 2")]),
        ("a, a ,b,a", [(2, "'a' stands in columns 1 and 2"), (4, "'a' stands in columns 1 and 4")]),
        ("DW Total,DW  Total", [(2, "the label 'DW Total' stands in columns 1 and 2")]),
        ("Total,Ｔotal", [(2, "the label 'Total' stands in columns 1 and 2")]),
        ("a,,b, ", [(2, "a column has no label"), (4, "a column has no label")]),
        (",", [(2, "a column has no label")]),
    ],
)
def test_labels_that_are_blank_or_repeated_are_all_told(tmp_path, header, found):
    problems = problems_of(tmp_path, f"{header},z\n{','.join('1' * (header.count(',') + 2))}\n")
    assert [problem.column for problem in problems] == [column for column, _ in found]
    assert all(part in problem.message for problem, (_, part) in zip(problems, found, strict=True))
    assert all(problem.hint and problem.line == 1 for problem in problems)


def test_bad_labels_and_ragged_rows_are_told_together(tmp_path):
    assert len(problems_of(tmp_path, "a,a,,b\n1\n1,2,3,4\n1,2\n")) == 4


OTHERS = {";": ("semicolons", ";"), "\t": ("tabs", r"\t"), "|": ("bars", "|"), ",": ("commas", ",")}


@pytest.mark.parametrize("declared", OTHERS)
@pytest.mark.parametrize("found", OTHERS)
@pytest.mark.parametrize("quote", ["", '"'], ids=["", "quoted"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_an_undeclared_delimiter_is_named_once(tmp_path, declared, found, quote, decimal):
    if declared == found:
        return
    lines = [["Year", "Total", "Male"], ["2004", f"1{decimal}5", "2"], ["2005", f"2{decimal}5", "3"]]
    content = "\n" + "\n".join(found.join(f"{quote}{field}{quote}" for field in line) for line in lines)
    problem = problem_of(tmp_path, content, declared)
    name, written_as = OTHERS[found]
    assert problem == Problem(
        f"is separated by {name}", f'declare delimiter: "{written_as}" in the YAML', "t.csv", 2, 1
    )


def test_a_semicolon_in_a_label_is_no_delimiter(tmp_path):
    assert sheet_of(tmp_path, "Year;end,Total\n2004,1\n").header.fields == ("Year;end", "Total")


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ('a,b\n1,"2\n3,4\n', 2),
        ('a,"b\n1,2\n', 1),
        ('a,b\n\n1,2\n"3" x,4\n', 4),
        ('a,b\n"1\n2",3\n"4"5,6\n', 4),
    ],
)
def test_a_quote_left_open_is_told_where_its_row_begins(tmp_path, content, line):
    problem = problem_of(tmp_path, content)
    assert (problem.message.startswith("is not CSV"), problem.line) == (True, line)
    assert problem.hint


def test_a_quote_inside_a_field_is_a_character(tmp_path):
    assert sheet_of(tmp_path, 'a,b\n5" pipe,1\n').lines[0].fields == ('5" pipe', "1")


def test_a_field_of_the_longest_length_is_read_and_no_longer_one(tmp_path):
    long = "x" * MAX_FIELD
    assert sheet_of(tmp_path, f"a,b\n1,{long}\n").lines[0].fields == ("1", long)
    problem = problem_of(tmp_path, f"a,b\n1,2\n1,{long}x\n")
    assert (problem.line, problem.message) == (3, "holds a field of more than 10,000 characters")
    assert "quote" in problem.hint


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"a,b\n1," + b"x" * 50_000_000, id="one-line"),
        pytest.param(b'a,b\n1,"' + b"2004,12\n" * 6_000_000, id="quote-left-open"),
        pytest.param(b"a,b\n1,2" + b" " * 50_000_000, id="blanks"),
    ],
)
def test_a_cell_of_50_mb_is_refused_at_once(tmp_path, content):
    path = written(tmp_path, content)
    begin = time.process_time()
    [problem] = gather(path)[1]
    assert time.process_time() - begin < 5
    assert (problem.line, problem.message) == (2, "holds a field of more than 10,000 characters")
    assert len(str(problem)) < 200


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"caf\xe9,b\n1,2\n", "is not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), "is UTF-16"),
        (b"a,b\n1,\0\n", "holds a NUL byte"),
    ],
)
def test_what_is_not_utf_8_is_refused_with_its_place(tmp_path, content, message):
    problem = problem_of(tmp_path, content)
    assert problem.message.startswith(message)
    assert problem.hint
    assert problem.column


def test_a_folder_and_a_missing_file_are_told(tmp_path):
    for path, message in {tmp_path: "is a folder", tmp_path / "no.csv": "cannot be read"}.items():
        sheet, [problem] = gather(path)
        assert sheet is None
        assert problem.message.startswith(message)
