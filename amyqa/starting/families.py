"""Which family a table belongs to, and which dimensions and fields a family speaks of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from amyqa.model import FieldType
from amyqa.project import Yearbook
from amyqa.reading.labels import holds, is_one_of, words
from amyqa.reading.spec import RESERVED
from amyqa.starting.intake import Taken
from amyqa.starting.words import column_coordinates, is_month, is_year, title_of

GENERAL = "general"
_DEPLOYMENT = ("deployed", "deployment", "deployments", "sent abroad", "recruited", "outflow")
_STOCK = ("stock", "stocks", "migrants abroad")
_FIELDS: tuple[tuple[FieldType, tuple[str, ...]], ...] = (
    ("lines", ("lines",)),
    ("year", ()),
    ("month", ()),
    ("day", ()),
    ("number", ("figure", "number", "value")),
    ("relation", ("relation",)),
    ("measure", ("measure",)),
    ("table", ("table",)),
    ("row", ("row",)),
    ("column", ("column",)),
)
_IN_LANGUAGES = ("year", "month", "day")
RECORDS = ("claims", "events")
"""Families of lists of records."""

_DIMENSION = re.compile(r"""\bdimension["']?\s*[:=]\s*["']?(\w[\w ]*)""")
_COLUMN = re.compile(r"""["']([^"']+)["']\s*:\s*pa\.Column\(""")


def guess_family(taken: Taken, stem: str) -> tuple[str, str]:
    """The family of a table and the reason for it; general when in doubt."""
    labels = set(fields_of(taken).values())
    if {"table", "row", "column", "number"} <= labels:
        return "claims", "each row names a cell and a figure"
    if {"year", "month"} <= labels and "text" in labels and _holds_months(taken):
        return "events", "each row has a year, a month and a text"
    cells = [taken.labels[i] for i in taken.amounts]
    if holds(taken.labels[taken.keys[0]], ("indicator", "indicators")) and all(map(is_year, cells)):
        return "indicators", "rows of indicators, columns of years"
    places = column_coordinates(cells) or []
    if any(place and "sex" in place for place in places):
        name = f"{title_of(stem)} {taken.labels[0]}"
        years = [row for row in taken.rows if is_year(row)]
        if holds(name, _DEPLOYMENT) and len(years) * 2 > len(taken.rows):
            return "deployment", "people deployed, by year and sex"
        if holds(name, _STOCK) and len(taken.keys) == 1:
            return "stock", "a stock of people, by sex"
    return GENERAL, "nothing more special is certain"


def _holds_months(taken: Taken) -> bool:
    kinds = {kind: label for label, kind in fields_of(taken).items()}
    at = taken.labels.index(kinds["month"])
    months = [line[at] for line in taken.lines if line[at].strip()]
    return bool(months) and sum(map(is_month, months)) * 2 > len(months)


def fields_of(taken: Taken) -> dict[str, FieldType]:
    """The kind of each field of a list of records, by its label; text when in doubt."""
    found: dict[str, FieldType] = {}
    for label in taken.labels:
        kind: FieldType = "text"
        for each, names in _FIELDS:
            said = is_one_of(label, each) if each in _IN_LANGUAGES else " ".join(words(label)) in names
            if said and each not in found.values():
                kind = each
        found[label] = kind
    return found


def dimensions_of(yearbook: Yearbook, family: str) -> frozenset[str]:
    """Dimensions that a family's schema and suite name, read off their text: no code is run."""
    found: set[str] = set()
    for path in (yearbook.schema(family), yearbook.suite(family)):
        text = _text(path)
        found.update(_DIMENSION.findall(text), _COLUMN.findall(text))
    return frozenset(name.strip() for name in found if not name.startswith(RESERVED))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def row_dimension(named: str, dimensions: Sequence[str] | frozenset[str], family: str) -> str:
    """The rows' dimension as the family calls it."""
    return "indicator" if family == "indicators" and "indicator" in dimensions else named
