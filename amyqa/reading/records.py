"""Lists of records (claims, events): fields of declared kinds instead of coordinates."""

from __future__ import annotations

import calendar
import datetime
import re
from decimal import Decimal

from amyqa.model import FieldType, Reading, Reference, Stated, StatedFormula, Status, Table, Term
from amyqa.reading.spec import line_numbers, period
from amyqa.reading.tokens import Notation, UnreadableToken, normalise, shorten
from amyqa.reading.vocabulary import remembered, words_of

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
DATES = ("OBS_FIRST", "OBS_LAST", "OBS_PERIOD_FIRST", "OBS_PERIOD_LAST")
RELATIONS = ("=", "<=", ">=")
MEASURES = ("flow", "stock")


def month_number(name: str) -> int | None:
    """1 for ``January``, ``Jan``, ``Jan.`` or ``janvier``; None for anything else."""
    word = name.strip().rstrip(".").casefold()
    found = [i for i, month in enumerate(MONTHS, 1) if len(word) >= 3 and month.startswith(word)]
    return found[0] if len(found) == 1 else _named_months().get(word)


@remembered()
def _named_months() -> dict[str, int]:
    """All names of months, case folded; none that is two months in two languages."""
    found: dict[str, int] = {}
    for number, month in enumerate(MONTHS, 1):
        for name in map(str.casefold, words_of(month)):
            found[name] = number if found.get(name, number) == number else 0
    return {name: number for name, number in found.items() if number}


def read_field(kind: FieldType, token: str, notation: Notation) -> Reading:
    """Read one field of a record; numbers, years, months and days carry a value.

    Raises:
        UnreadableToken: the token is not of this kind.
    """
    text = token.strip()
    if kind == "number":
        return notation.read(token)
    if not text:
        return Reading(Status.MISSING)
    if kind == "month":
        number = month_number(text)
        if number is None:
            raise UnreadableToken(f"{shorten(token)} is not a month", "write it in full, as July")
        return Reading(Status.VALUE, Decimal(number))
    if kind in ("year", "day"):
        pattern = r"\d{4}" if kind == "year" else r"\d{1,2}|\(\d{1,2}\)"
        if not re.fullmatch(pattern, text, re.ASCII):
            example = "2004" if kind == "year" else "29 or (29)"
            raise UnreadableToken(f"{shorten(token)} is not a {kind}", f"write it in digits, as {example}")
        return Reading(Status.VALUE, Decimal(text.strip("()")))
    if kind == "lines":
        try:
            line_numbers(text)
        except ValueError as error:
            raise UnreadableToken(f"{shorten(token)} {error}", "") from error
    words = {"relation": RELATIONS, "measure": MEASURES}.get(kind)
    if words and text not in words:
        raise UnreadableToken(f"{shorten(token)} is not a {kind}", f"one of {', '.join(words)}")
    return Reading(Status.TEXT, note=text)


def field_columns(table: Table) -> dict[FieldType, int]:
    """0-based column of the field of each kind that the spec names first."""
    at = {label: i for i, label in enumerate(table.columns)}
    columns: dict[FieldType, int] = {}
    for label, kind in (table.spec.fields or {}).items():
        if normalise(label) in at:
            columns.setdefault(kind, at[normalise(label)])
    return columns


def claims(table: Table) -> Stated:
    """Each record that quotes a figure of another table's cell, as an identity between the two.

    A claim that names no cell is stated all the same, with the reason why it cannot be judged.
    """
    at = field_columns(table)
    if not {"number", "table", "row", "column"} <= at.keys():
        return Stated()
    stated = []
    for r, row in enumerate(table.rows):
        tokens = {kind: row.tokens[c].strip() for kind, c in at.items()}
        blank = [table.columns[at[kind]] for kind in ("table", "row", "column") if not tokens[kind]]
        remarks = [
            token.strip() for c, token in enumerate(row.tokens) if _is_text(table, c) and c != at.get("text")
        ]
        why = (
            "; ".join(filter(None, [f"the claim names no {' and no '.join(blank)}", *remarks]))
            if blank
            else ""
        )
        reference = Reference(tokens["table"], tokens["row"], tokens["column"])
        sense = tokens.get("relation") or "="
        figure = Term(table.cell_id(r, at["number"]), 1)
        where = {"claim": tokens.get("text", row.label), "lines": tokens.get("lines", "")}
        terms = (figure,) if blank else (figure, Term(reference, -1))
        relation = f"the text's figure {sense} {'?' if blank else reference}"
        stated.append(StatedFormula(relation, terms, where, sense=sense, unknown=why, line=row.line))
    return Stated(stated)


def _is_text(table: Table, column: int) -> bool:
    kinds = {normalise(label): kind for label, kind in (table.spec.fields or {}).items()}
    return kinds.get(table.columns[column]) == "text"


def record_days(table: Table, record: int) -> dict[str, int | None]:
    """First and last day a record may mean, and those of its list's period.

    Returns:
        For each name of :data:`DATES` a day, counted from year 1; None where there is no such day.
    """
    days: dict[str, int | None] = dict.fromkeys(DATES)
    if table.spec.period:
        first, last = period(table.spec.period)
        days["OBS_PERIOD_FIRST"] = datetime.date(*first, 1).toordinal()
        days["OBS_PERIOD_LAST"] = datetime.date(*last, calendar.monthrange(*last)[1]).toordinal()
    at = field_columns(table)
    readings = table.rows[record].readings
    year, month, day = (
        _whole(readings[at[kind]]) if kind in at else None for kind in ("year", "month", "day")
    )
    if year is None or not 1 <= year <= 9999:
        return days
    try:
        first_month, last_month = (1, 12) if month is None else (month, month)
        first_day, last_day = (1, calendar.monthrange(year, last_month)[1]) if day is None else (day, day)
        days["OBS_FIRST"] = datetime.date(year, first_month, first_day).toordinal()
        days["OBS_LAST"] = datetime.date(year, last_month, last_day).toordinal()
    except ValueError:  # no such day
        pass
    return days


def _whole(reading: Reading) -> int | None:
    return None if reading.value is None else int(reading.value)
