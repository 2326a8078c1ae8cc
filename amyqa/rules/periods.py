"""Years, fiscal years, half-years, quarters and months, as tables print them: in order, and named.

A period is a frequency and an ordinal: the years 2004 and 2005 are 2004 and 2005, their quarters
8016 to 8023. Rules over time get them as rows of their SELECT, since SQL cannot read ``2004/05``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from amyqa.reading.tokens import fold
from amyqa.rules.rule import Kind, Parameter, Relation, TableContext, name
from amyqa.rules.shape import Arguments

YEAR, FISCAL, PART, HALF, QUARTER, MONTH = "year", "fiscal year", "part of a year", "half", "quarter", "month"
_IN_A_YEAR = {HALF: 2, QUARTER: 4, MONTH: 12}

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NAMED = "(?:" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in _MONTHS) + r"|sept)\.?"
_Y = r"(?P<year>1[5-9]\d\d|2[01]\d\d)"
_NUMBERED = r"(?P<kind>[qhs])(?:tr|uarter)?\.?\s?(?P<number>[1-4])"
_SINCE = r"[\s.,/-]*"
_SAID = r"provisional|prelim(?:inary)?|revised|rev|estimate[sd]?|est|forecasts?|projecte?d?(?:ions?)?"
_LONGEST = 200
_MARK = re.compile(
    r"(?:\s*[*†‡#¹²³⁴⁵⁶⁷⁸⁹]|(?:(?<=\d)|\s)[a-gpr][)/]?|\s\d\d?[)/]|\s*\([a-z0-9]\)"
    rf"|\s*\((?:{_SAID})\.?\)|\s(?:{_SAID})\.?)+$",
    re.IGNORECASE,
)
_FISCAL = re.compile(rf"(?:fy\s?)?{_Y}\s?[/-]\s?(?P<second>\d{{2}}|\d{{4}})", re.IGNORECASE)
_FORMS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:fy\s?)?{_Y}(?:\.0)?",
        rf"{_Y}{_SINCE}{_NUMBERED}",
        rf"{_NUMBERED}{_SINCE}{_Y}",
        rf"{_Y}{_SINCE}(?P<month>{_NAMED})",
        rf"(?P<month>{_NAMED}){_SINCE}{_Y}",
        rf"{_Y}[-/m](?P<number>0[1-9]|1[0-2])",
    )
]
_WITHIN = [re.compile(pattern, re.IGNORECASE) for pattern in (rf"(?P<month>{_NAMED})", _NUMBERED)]
_PART = re.compile(rf"{_Y}\b.*(?:{_NAMED}|\b(?:months?|half|quarters?|up to|until|as of)\b).*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """A period of time.

    Args:
        ordinal: counts periods of its frequency; one apart are next to each other.
        year: the (first) calendar year it lies in; 0 where its code names none.
    """

    frequency: str
    ordinal: int
    year: int


@lru_cache(maxsize=10_000)
def read(code: str) -> Period | None:
    """The period that a code stands for; None for ``Total``, ``1998-2002`` and the like.

    A month or quarter without its year has the year 0.
    """
    if len(code) > _LONGEST:
        return None
    if not any(character.isdigit() for character in code) and code[:3].casefold() not in _FIRST:
        return None
    bare = _MARK.sub("", fold(code)).strip()
    if match := _FISCAL.fullmatch(bare):
        year, second = int(match["year"]), match["second"]
        if int(second) == (year + 1) % 10 ** len(second):
            return Period(FISCAL, year, year)
    for form in _FORMS:
        if match := form.fullmatch(bare):
            return _period(match.groupdict(), int(match["year"]))
    for form in _WITHIN:
        if match := form.fullmatch(bare):
            return _period(match.groupdict(), 0)
    if match := _PART.fullmatch(bare):
        return Period(PART, int(match["year"]), int(match["year"]))
    return None


_FIRST = {month[:3] for month in _MONTHS}


def _period(found: Mapping[str, str | None], year: int) -> Period | None:
    kind = (found.get("kind") or "").casefold()
    if month := found.get("month"):
        number, frequency = 1 + [m[:3] for m in _MONTHS].index(month[:3].casefold()), MONTH
    elif digits := found.get("number"):
        number, frequency = int(digits), {"q": QUARTER, "h": HALF, "s": HALF}.get(kind, MONTH)
    else:
        return Period(YEAR, year, year)
    per_year = _IN_A_YEAR[frequency]
    return Period(frequency, year * per_year + number - 1, year) if number <= per_year else None


def written(frequency: str, ordinal: int) -> str:
    """A period that is not printed: ``2003``, ``2003/04``, ``2003 Q2``, ``May 2003``."""
    if frequency == FISCAL:
        return f"{ordinal}/{(ordinal + 1) % 100:02}"
    if frequency not in _IN_A_YEAR:
        return str(ordinal)
    year, number = divmod(ordinal, _IN_A_YEAR[frequency])
    if frequency == MONTH:
        return f"{_MONTHS[number].title()} {year}" if year else _MONTHS[number].title()
    return f"{year} {frequency[0].upper()}{number + 1}".removeprefix("0 ")


def _all(codes: Sequence[str]) -> dict[str, Period]:
    """The codes that are periods; 2004-05 is a May unless all of its kind look like fiscal years."""
    found = {code: period for code in codes if (period := read(code)) is not None}
    if any(period.frequency == MONTH for period in found.values()):
        for code, period in found.items():
            if period.frequency == FISCAL and (match := _FORMS[-1].fullmatch(code)):
                found[code] = _period(match.groupdict(), int(match["year"])) or period
    # of 2004 and 2004 (revised), side by side, the first stands in the series
    first = {(period.frequency, period.ordinal): code for code, period in reversed(found.items())}
    return {code: period for code, period in found.items() if first[period.frequency, period.ordinal] == code}


DIMENSION = Parameter("dimension", "dimension", "the dimension of time [the one whose codes are periods]")
_VALUES: Kind = "values"
PERIODS = Parameter("periods", _VALUES, "codes, frequency, ordinal and year of each period", bound=True)
ALONG = Parameter("along", "codes", "the dimensions whose codes make a period", bound=True)
PARAMETERS = (DIMENSION, PERIODS, ALONG)
"""What every rule over time takes."""


def bind(arguments: Arguments, known: TableContext, *, finest: bool = False) -> tuple[Arguments, str]:
    """Arguments with the table's periods: along one dimension, or along years and their months.

    Args:
        finest: of years and their months, the months, where a suite does not say; else a month is held
            against that of other years, since seasons differ.
    """
    if arguments.get("periods"):
        return arguments, ""
    read_in = {dimension: _all(known.codes(dimension)) for dimension in known.shape.dimensions}
    asked = arguments.get("dimension")
    times = {d: found for d, found in read_in.items() if len(found) > 1 and 2 * len(found) >= _most(known, d)}
    if asked is None:
        asked = next(
            (d for d, found in sorted(times.items(), key=lambda item: _within(item[1]) != finest)), None
        )
    if asked is None or asked not in times:
        given = f"along {asked!r}" if asked else "along any dimension"
        return arguments, f"the table has no two years, quarters or months {given}"
    along, rows = [asked], [[code, "", p.frequency, p.ordinal, p.year] for code, p in times[asked].items()]
    if _within(times[asked]):
        years = next((d for d, found in read_in.items() if d != asked and _years(found)), None)
        if years is not None:  # without, they are months of one year
            along = [asked, years]
            rows = [
                [code, year, p.frequency, y.year * _IN_A_YEAR[p.frequency] + p.ordinal, y.year]
                for year, y in read_in[years].items()
                for code, p in times[asked].items()
            ]
    return {**arguments, "dimension": asked, "periods": rows, "along": along}, ""


def bind_finest(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
    """Arguments with the table's months or quarters where it has them, and else its years."""
    return bind(arguments, known, finest=True)


def _most(known: TableContext, dimension: str) -> int:
    total = known.total(dimension)
    return sum(code != total for code in known.codes(dimension))


def _within(found: Mapping[str, Period]) -> bool:
    """Months or quarters that name no year."""
    return all(period.year == 0 for period in found.values())


def _years(found: Mapping[str, Period]) -> bool:
    return bool(found) and all(period.frequency in (YEAR, FISCAL) for period in found.values())


def _rows(arguments: Arguments) -> Iterable[tuple[str, str, str, int, int]]:
    rows: Iterable[Sequence[str | int]] = arguments.get("periods") or ()
    for code, year_code, frequency, ordinal, year in rows:
        yield str(code), str(year_code), str(frequency), int(ordinal), int(year)


RELATION = Relation(
    "periods",
    {"code": str, "year_code": str, "frequency": str, "ordinal": int, "year": int},
    _rows,
    ("periods",),
)
"""A table's periods, by the codes that stand for them."""


def joined(arguments: Arguments, alias: str = "o") -> str:
    """The condition that ties an observation to its period."""
    first, *second = arguments["along"]
    condition = f"p.OBS_TABLE = {alias}.OBS_TABLE AND {alias}.{name(first)} = p.code"
    return f"{condition} AND {alias}.{name(second[0])} = p.year_code" if second else condition


def order(arguments: Arguments, place: Mapping[str, str]) -> int:
    """The ordinal of the period at a place."""
    along = arguments["along"]
    codes = [place[dimension] for dimension in along] + [""] * (2 - len(along))
    return next(int(row[3]) for row in arguments["periods"] if list(row[:2]) == codes)


def code_at(arguments: Arguments, frequency: str, ordinal: int) -> tuple[str, ...] | None:
    """The printed codes of a period, in the order of ``along``."""
    for code, year_code, given, number, _ in arguments["periods"]:
        if (given, int(number)) == (frequency, ordinal):
            return (str(code), str(year_code))[: len(arguments["along"])]
    return None
