"""Lists of records: claims about other tables, and events with their dates."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amyqa.model import FieldType, Reading, Reference, StatedIdentity, Status, Table, Term
from amyqa.reading.records import DATES, MONTHS, field_columns, month_number, read_field, record_days
from amyqa.reading.tokens import Notation, UnreadableToken
from tests.reading.tables import HEAD, problems_of, table_of

PLAIN = Notation()


def value(number: int | str) -> Reading:
    return Reading(Status.VALUE, Decimal(number))


def text(note: str) -> Reading:
    return Reading(Status.TEXT, note=note)


# --- fields -----------------------------------------------------------------------------------------

FIELDS: list[tuple[FieldType, str, Reading]] = [
    ("text", " in our own words ", text("in our own words")),
    ("text", "–", text("–")),
    ("text", "", Reading(Status.MISSING)),
    ("number", "182,007", value(182007)),
    ("number", "–", Reading(Status.MISSING)),
    ("number", "", Reading(Status.MISSING)),
    ("number", "13.4%", Reading(Status.VALUE, Decimal("13.4"), decimals=1)),
    ("year", "2004", value(2004)),
    ("year", " 0001 ", value(1)),
    ("year", "", Reading(Status.MISSING)),
    ("month", "July", value(7)),
    ("month", " sept. ", value(9)),
    ("month", "", Reading(Status.MISSING)),
    ("day", "(29)", value(29)),
    ("day", "9", value(9)),
    ("day", "0", value(0)),
    ("day", "99", value(99)),
    ("lines", "151-152, 160", text("151-152, 160")),
    ("lines", "", Reading(Status.MISSING)),
    ("table", "2005/x", text("2005/x")),
    ("row", "Total", text("Total")),
    ("column", " 2005 ", text("2005")),
    ("relation", "<=", text("<=")),
    ("measure", "stock", text("stock")),
    ("measure", " ", Reading(Status.MISSING)),
]
REFUSED: list[tuple[FieldType, str]] = [
    ("number", "many"),
    *(("year", token) for token in ("04", "20045", "2004/05", "٢٠٠٤", "2,004", "-2004", "(2004)", "MMIV")),
    *(("month", token) for token in ("7", "Ju", "Maio x", "July 2004", "Julyy", "J.", "May-June", ".")),
    *(("day", token) for token in ("(29", "29)", "129", "-9", "first", "9.", "()", "٩")),
    *(("lines", token) for token in ("9-5", "x", "5,")),
    *(("relation", token) for token in ("<", "==", "≤", "about")),
    *(("measure", token) for token in ("Stock", "stocks", "stock, flow")),
]


@pytest.mark.parametrize(("kind", "token", "reading"), FIELDS)
def test_a_field_is_read_as_its_kind(kind, token, reading):
    assert read_field(kind, token, PLAIN) == reading


@pytest.mark.parametrize(("kind", "token"), REFUSED)
def test_what_is_not_of_its_kind_is_refused(kind, token):
    with pytest.raises(UnreadableToken) as caught:
        read_field(kind, token, PLAIN)
    assert caught.value.hint or kind == "lines"
    assert repr(token) in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "word"), [("relation", "one of =, <=, >="), ("measure", "one of flow, stock")]
)
def test_the_words_that_are_known_are_named(kind, word):
    with pytest.raises(UnreadableToken) as caught:
        read_field(kind, "x", PLAIN)
    assert caught.value.hint == word


def test_a_date_does_not_depend_on_how_the_list_writes_its_numbers():
    odd = Notation(",", ".", nil=frozenset({"9"}), missing=frozenset({"2004"}), marks=("4", "2"))
    assert read_field("year", "2004", odd) == value(2004)
    assert read_field("month", "September", odd) == value(9)
    assert read_field("day", "(24)", odd) == value(24)


@pytest.mark.parametrize("number", range(1, 13))
def test_a_month_may_be_cut_to_three_letters_or_more(number):
    name = MONTHS[number - 1]
    for length in range(3, len(name) + 1):
        for word in (name[:length], name[:length].upper(), f" {name[:length].title()}. "):
            assert month_number(word) == number


@settings(deadline=None)
@given(st.text())
def test_any_other_word_is_no_month(word):
    number = month_number(word)
    assert number is None or MONTHS[number - 1].startswith(word.strip().rstrip(".").casefold())


@settings(deadline=None)
@given(kind=st.sampled_from([kind for kind, _, _ in FIELDS]), token=st.text() | st.text("0123456789()-, ."))
def test_any_field_is_read_or_refused(kind, token):
    try:
        reading = read_field(kind, token, PLAIN)
    except UnreadableToken:
        return
    assert reading.status in Status
    assert token.strip() or reading.status is Status.MISSING


def test_fields_that_cannot_be_read_are_told_with_their_record(tmp_path):
    yaml = HEAD + "fields: {Year: year, Month: month, Event: text}\n"
    problems = problems_of(tmp_path, yaml, "Year,Month,Event\n2004,July,x\n04,Jul,y\n2005,Julember,\n")
    assert [(p.line, p.column, p.message) for p in problems] == [
        (3, 1, "row '2', column 'Year': '04' is not a year"),
        (4, 2, "row '3', column 'Month': 'Julember' is not a month"),
    ]


def test_records_are_numbered_and_have_no_key_columns(tmp_path):
    yaml = HEAD + "fields: {'Event ': text, Year: year}\n"
    table = table_of(tmp_path, yaml, "Year,Event\n2004,x\n\n2004,y\n")
    assert [(row.label, row.keys, row.line) for row in table.rows] == [("1", (), 2), ("2", (), 4)]
    assert (table.key_columns, table.columns) == ((), ("Year", "Event"))
    assert field_columns(table) == {"year": 0, "text": 1}
    assert table.stated == ()


def test_of_several_fields_of_one_kind_the_one_named_first_counts(tmp_path):
    yaml = HEAD + "fields: {Event: text, Year: year, Remark: text}\n"
    assert field_columns(table_of(tmp_path, yaml, "Remark,Event,Year\na,b,2004\n")) == {"text": 1, "year": 2}


# --- claims -----------------------------------------------------------------------------------------

CLAIMS = """\
fields:
  Lines: lines
  "Claim ": text
  Figure: number
  Relation: relation
  Table: table
  Row: row
  Column: column
  "Remark  (ours)": text
"""
HEADER = "Lines,Claim,Figure,Relation,Table,Row,Column,Remark (ours)\n"


def claims_of(folder: Path, *lines: str, yaml: str = CLAIMS, header: str = HEADER) -> list[StatedIdentity]:
    return list(table_of(folder, HEAD + yaml, header + "\n".join(lines)).stated)


def test_a_claim_states_that_its_figure_is_the_cells(tmp_path):
    [identity] = claims_of(tmp_path, '"151, 153", 5.4% growth ,5.4,, 2005/x , GDP (%) ,2004,')
    cell = Reference("2005/x", "GDP (%)", "2004")
    assert identity.relation == "the text's figure = 2005/x[GDP (%), 2004]"
    assert identity.terms == (Term(3, 1), Term(cell, -1))
    assert identity.where == {"claim": "5.4% growth", "lines": "151, 153"}
    assert (identity.sense, identity.unknown) == ("=", "")


@pytest.mark.parametrize("relation", ["=", "<=", ">="])
def test_a_claim_may_be_a_bound(tmp_path, relation):
    [identity] = claims_of(tmp_path, f"5,x,5,{relation},2005/x,GDP,2004,")
    assert (identity.sense, identity.relation) == (
        relation,
        f"the text's figure {relation} 2005/x[GDP, 2004]",
    )


@pytest.mark.parametrize(
    ("cell", "reason"),
    {
        "2005/x,GDP,,": "the claim names no Column",
        "2005/x,, ,": "the claim names no Row and no Column",
        ",,,": "the claim names no Table and no Row and no Column",
        "2005/x,GDP,,the text names no year": "the claim names no Column; the text names no year",
    }.items(),
)
def test_a_claim_that_names_no_cell_says_why_it_cannot_be_judged(tmp_path, cell, reason):
    [identity] = claims_of(tmp_path, f"5,x,85,,{cell}")
    assert identity.unknown == reason
    assert identity.terms == (Term(3, 1),)
    assert identity.relation == "the text's figure = ?"


def test_a_remark_on_a_claim_that_names_its_cell_is_no_reason(tmp_path):
    assert claims_of(tmp_path, "5,x,85,,2005/x,GDP,2004,the text names the CIA")[0].unknown == ""


def test_every_claim_is_stated_by_the_cell_of_its_own_record(tmp_path):
    found = claims_of(tmp_path, "5,x,1,,a/b,c,d,", "6,y,2,,a/b,c,d,")
    assert [identity.terms[0].cell for identity in found] == [3, 11]


def test_a_claim_needs_no_text_lines_or_relation(tmp_path):
    yaml = "fields: {N: number, T: table, R: row, C: column}\n"
    [identity] = claims_of(tmp_path, "5,a/b,c,d", yaml=yaml, header="N,T,R,C\n")
    assert (identity.sense, identity.where) == ("=", {"claim": "1", "lines": ""})


def test_a_list_without_cells_of_other_tables_claims_nothing(tmp_path):
    yaml = "fields: {N: number, T: table, R: row}\n"
    assert claims_of(tmp_path, "5,a/b,c", yaml=yaml, header="N,T,R\n") == []


# --- dates ------------------------------------------------------------------------------------------

EVENTS = "fields: {Year: year, Month: month, Day: day}\n"


def events(folder: Path, *lines: str, period: str = "") -> Table:
    more = f"period: {period}\n" if period else ""
    return table_of(folder, HEAD + EVENTS + more, "Year,Month,Day\n" + "\n".join(lines) + "\n")


def day(year: int, month: int, day: int) -> int:
    return datetime.date(year, month, day).toordinal()


@pytest.mark.parametrize(
    ("record", "first", "last"),
    [
        ("2004,July,(29)", day(2004, 7, 29), day(2004, 7, 29)),
        ("2004,July,", day(2004, 7, 1), day(2004, 7, 31)),
        ("2004,Feb,", day(2004, 2, 1), day(2004, 2, 29)),
        ("2005,February,28", day(2005, 2, 28), day(2005, 2, 28)),
        ("2004,,", day(2004, 1, 1), day(2004, 12, 31)),
        ("2004,,5", day(2004, 1, 5), day(2004, 12, 5)),
        ("9999,December,", day(9999, 12, 1), day(9999, 12, 31)),
        ("2005,February,29", None, None),
        ("2005,April,31", None, None),
        ("2005,April,0", None, None),
        ("2005,April,00", None, None),
        ("2005,,32", None, None),
        (",July,1", None, None),
        ("0000,July,1", None, None),
    ],
)
def test_a_record_means_the_days_between_its_first_and_its_last(tmp_path, record, first, last):
    days = record_days(events(tmp_path, record), 0)
    assert (days["OBS_FIRST"], days["OBS_LAST"]) == (first, last)
    assert tuple(days) == DATES


def test_a_list_has_the_days_of_its_period(tmp_path):
    days = record_days(events(tmp_path, "2004,July,", period="2004-07 to 2005-02"), 0)
    assert (days["OBS_PERIOD_FIRST"], days["OBS_PERIOD_LAST"]) == (day(2004, 7, 1), day(2005, 2, 28))
    days = record_days(events(tmp_path, "2004,July,"), 0)
    assert (days["OBS_PERIOD_FIRST"], days["OBS_PERIOD_LAST"]) == (None, None)


def test_a_list_without_years_has_no_days(tmp_path):
    table = table_of(tmp_path, HEAD + "fields: {Event: text}\n", "Event\nx\n")
    assert record_days(table, 0) == dict.fromkeys(DATES)


def test_each_record_has_its_own_days(tmp_path):
    table = events(tmp_path, "2004,July,1", "2004,July,2")
    assert [record_days(table, i)["OBS_FIRST"] for i in (0, 1)] == [day(2004, 7, 1), day(2004, 7, 2)]


@settings(deadline=None)
@given(st.dates())
def test_every_day_of_the_calendar_is_found(tmp_path_factory, date):
    record = f"{date.year:04},{MONTHS[date.month - 1]},({date.day})"
    days = record_days(events(tmp_path_factory.getbasetemp(), record), 0)
    assert days["OBS_FIRST"] == days["OBS_LAST"] == date.toordinal()
