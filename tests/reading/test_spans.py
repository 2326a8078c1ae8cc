from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa.reading.spans import quoted, records, spans

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
    found = spans(LINES, ",", [place])[place]
    assert found.text == text
    assert (found.line, found.column, found.end_line, found.end_column) == where


def test_a_byte_order_mark_is_no_character_of_the_first_line() -> None:
    assert spans("\ufeffa;b\n", ";", [(1, 1), (1, 2)])[1, 2].column == 3
    assert spans("\ufeffa;b\n", ";", [(1, 1)])[1, 1].column == 1


def test_fields_that_are_not_there_are_not_found() -> None:
    assert spans("a,b\n1,2\n", ",", [(2, 3), (9, 1), (1, 1)]).keys() == {(1, 1)}
    assert spans("", ",", [(1, 1)]) == {}


@given(
    st.lists(st.lists(st.text("a,;\"'\n\r é👩", max_size=4), min_size=2, max_size=3), min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([",", ";", "\t"]),
)
def test_every_field_that_python_reads_is_found_in_its_place(
    lines: list[list[str]], end: str, delimiter: str
) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(lines)
    text = out.getvalue()
    read = [fields for _, fields in records(text, delimiter)]
    assert [[text[a:b] for a, b in fields] for fields in read] == [
        [quoted(field, '"', delimiter) for field in line] for line in lines
    ]
    wanted = [(line, i) for line, fields in records(text, delimiter) for i in range(1, len(fields) + 1)]
    rows = io.StringIO(text, newline="").readlines()
    for (line, position), span in spans(text, delimiter, wanted).items():
        assert (line, position) in wanted
        first = rows[span.line - 1][span.column - 1 :]
        assert first.startswith(span.text.splitlines(keepends=True)[0])


@pytest.mark.parametrize(
    ("token", "old", "expected"),
    [("5", "4", "5"), ("5", '"4"', '"5"'), ("1,5", "4", '"1,5"'), ('say "no"', '"x"', '"say ""no"""')],
)
def test_a_new_token_is_quoted_where_the_old_one_was_or_it_must_be(
    token: str, old: str, expected: str
) -> None:
    assert quoted(token, old, ",") == expected
