"""CSV: one tokenizer reads, says where each field stands, and replaces it with nothing else changed."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa.errors import BadInput
from amyqa.sources.csv import replace
from amyqa.sources.fields import Text, written
from amyqa.sources.sheet import Part

# --- places -----------------------------------------------------------------------------------

LINES = 'Year,Total,Note\n1998,"1,234",x\n"1999\nfirst half",5,"say ""no"", 👩‍🌾"\r\n2000,6,é\r'


@pytest.mark.parametrize(
    ("place", "text", "where"),
    [
        ((2, 2), '"1,234"', (2, 6, 2, 13)),
        ((2, 3), "x", (2, 14, 2, 15)),
        ((3, 1), '"1999\nfirst half"', (3, 1, 4, 12)),
        # a field behind a line break inside the record stands on that line
        ((3, 2), "5", (4, 13, 4, 14)),
        ((3, 3), '"say ""no"", 👩‍🌾"', (4, 15, 4, 32)),
        ((5, 3), "é", (5, 8, 5, 9)),
    ],
)
def test_a_field_stands_where_its_characters_do(
    place: tuple[int, int], text: str, where: tuple[int, int, int, int]
) -> None:
    found = Text(LINES, ",").spans([place])[place]
    assert found.text == text
    assert (found.line, found.column, found.end_line, found.end_column) == where


def test_a_field_that_is_not_there_is_not_found() -> None:
    found = Text("a,b\n1,2\n", ",").spans([(2, 3), (9, 1), (1, 1)])
    assert found.keys() == {(1, 1)}
    assert Text("", ",").spans([(1, 1)]) == {}


def test_no_record_begins_inside_another() -> None:
    assert Text('a,"b\n1,2"\n', ",").spans([(1, 2), (2, 1)]).keys() == {(1, 2)}


def text_lines(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


@given(
    st.lists(st.lists(st.text("a,;\"'\n\r é👩", max_size=4), min_size=2, max_size=3), min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([",", ";", "\t"]),
)
def test_every_field_is_found_in_its_place(lines: list[list[str]], end: str, delimiter: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(lines)
    text = out.getvalue()
    records = read_back(text.encode(), delimiter)
    wanted = {(line, i): field for line, fields in records for i, field in enumerate(fields, 1)}
    found = Text(text, delimiter).spans(wanted)
    assert found.keys() == wanted.keys()
    rows = text_lines(text)
    for place, span in found.items():
        assert span.text == '"' + wanted[place].replace('"', '""') + '"'
        first = rows[span.line - 1][span.column - 1 :]
        assert first.startswith(text_lines(span.text)[0].rstrip("\r\n"))


@pytest.mark.parametrize(
    ("token", "old", "expected"),
    [("5", "4", "5"), ("5", '"4"', '"5"'), ("1,5", "4", '"1,5"'), ('say "no"', '"x"', '"say ""no"""')],
)
def test_a_new_token_is_quoted_where_the_old_one_was_or_it_must_be(
    token: str, old: str, expected: str
) -> None:
    assert written(token, old, ",") == expected


# --- edits ------------------------------------------------------------------------------------

texts = st.text(st.sampled_from('ab 1,;\t|"\r\n.é'), max_size=6)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, str, list[list[str]], int, int]:
    """A CSV in some dialect, its delimiter, its fields, and one field of it."""
    delimiter = draw(st.sampled_from(",;\t|"))
    ends = st.sampled_from(["\n", "\r\n", "\r"])
    end, width = draw(ends), draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(texts, min_size=width, max_size=width), min_size=1, max_size=5))
    written = []
    for row in rows:
        fields = []
        for field in row:
            needed = field.startswith('"') or any(c in field for c in f"{delimiter}\r\n") or len(row) == 1
            quoted = '"' + field.replace('"', '""') + '"'
            fields.append(quoted if needed or draw(st.booleans()) else field)
        written.append(delimiter.join(fields))
    text = end.join(written) + (end if draw(st.booleans()) else "")
    raw = (b"\xef\xbb\xbf" if draw(st.booleans()) else b"") + text.encode()
    return raw, delimiter, rows, draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, width - 1))


def read_back(raw: bytes, delimiter: str) -> list[tuple[int, list[str]]]:
    """The file as Python's csv reads it: the line each record begins on, and its fields."""
    reader = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True)
    found, begin = [], 1
    for fields in reader:
        found.append((begin, fields))
        begin = reader.line_num + 1
    return found


def replaced(raw: bytes, delimiter: str, field: tuple[int, int], old: str, new: str) -> bytes:
    return replace(raw, "t.csv", Part(delimiter), {field: (old, new)})


@given(files(), st.text(st.sampled_from('12,;\t|"().- \n'), max_size=5))
def test_a_file_in_any_dialect_survives_but_for_the_one_field(
    sheet: tuple[bytes, str, list[list[str]], int, int], new: str
) -> None:
    raw, delimiter, rows, r, c = sheet
    before = read_back(raw, delimiter)
    assert [fields for _, fields in before] == rows
    line = before[r][0]
    after = replaced(raw, delimiter, (line, c + 1), rows[r][c], new)
    expected = [list(row) for row in rows]
    expected[r][c] = new
    # a lone blank field reads as a blank line, unless it is quoted, as it was
    assert [fields for _, fields in read_back(after, delimiter)] == expected
    # and every byte around the field is as it was
    text = raw.decode("utf-8-sig")
    [span] = Text(text, delimiter).spans([(line, c + 1)]).values()
    lines = text_lines(text)
    head = "".join(lines[: span.line - 1]) + lines[span.line - 1][: span.column - 1]
    tail = lines[span.end_line - 1][span.end_column - 1 :] + "".join(lines[span.end_line :])
    assert after.decode("utf-8-sig").startswith(head)
    assert after.decode("utf-8-sig").endswith(tail)
    assert after.startswith(b"\xef\xbb\xbf") == raw.startswith(b"\xef\xbb\xbf")
    assert replaced(raw, delimiter, (line, c + 1), rows[r][c], rows[r][c]) == raw


def test_a_file_that_changed_meanwhile_is_not_written_to() -> None:
    with pytest.raises(BadInput, match="no longer holds '5'"):
        replaced(b"a,b\nx,6\n", ",", (2, 2), "5", "7")
