"""Seasonally adjusted values are plausible beside the unadjusted ones.

Adjusting takes the season out of a year and leaves the year: the values of every whole year have
nearly the same mean before and after, and the adjusted series changes less from one quarter or month
to the next. No model is fitted; a table without both series gives nothing to judge.
"""

from __future__ import annotations

from decimal import Decimal

from amyqa.model import Cell
from amyqa.rules import periods, series
from amyqa.rules.observations import Observations
from amyqa.rules.rule import (
    WHERE,
    Parameter,
    Pointwise,
    Rule,
    RuleRun,
    TableContext,
    ViolationMessage,
    name,
    text,
)
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import format_number, place, plain

ADJUSTMENT = Parameter(
    "adjustment", "text", "the dimension that tells adjusted from unadjusted values", required=True
)
ADJUSTED = Parameter("adjusted", "text", "its code of the adjusted values", required=True)
UNADJUSTED = Parameter("unadjusted", "text", "its code of the unadjusted values", required=True)
TOLERANCE = Parameter(
    "tolerance", "number", "percent that the mean of a year may differ by", default=Decimal(1),
    source="our own: ten times what rounding does to values of three digits; adjusters aim at none",
)  # fmt: skip
_PER_YEAR = (
    f"CASE WHEN frequency = '{periods.MONTH}' THEN 12 WHEN frequency = '{periods.QUARTER}' THEN 4 ELSE 2 END"
)


def bind(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
    """Arguments with the table's quarters or months, where it has both series."""
    dimension = arguments["adjustment"]
    codes = known.codes(dimension) if dimension in known.shape.dimensions else ()
    for code in (arguments["adjusted"], arguments["unadjusted"]):
        if code not in codes:
            return arguments, f"the table has no {code!r} along {dimension!r}"
    bound, reason = periods.bind_finest(arguments, known)
    frequencies = {str(row[2]) for row in bound.get("periods") or ()}
    if not reason and not frequencies & {periods.HALF, periods.QUARTER, periods.MONTH}:
        return bound, "the table has no quarters or months"
    return bound, reason


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Whole years, and the series as such."""
    dimension = arguments["adjustment"]
    # without the dimension, both series of a pair are one
    paired = Shape(shape.others(dimension), shape.scale)
    sides = [
        f"SELECT cells.* FROM cells JOIN observations o ON o.OBS_RECORD = cells.record "
        f"AND o.{name(dimension)} = {text(arguments[side])} WHERE known = 1 AND value IS NOT NULL "
        f"AND frequency IN ('{periods.HALF}', '{periods.QUARTER}', '{periods.MONTH}')"
        for side in ("adjusted", "unadjusted")
    ]
    return f"""
WITH cells AS ({series.cells(arguments, paired)}
), pairs AS (
    SELECT a.series, a.frequency, a.ordinal, a.year, a.record, a.value AS adjusted, u.value AS unadjusted,
        a.value - LAG(a.value) OVER (PARTITION BY a.series ORDER BY a.ordinal) AS adjusted_change,
        u.value - LAG(u.value) OVER (PARTITION BY a.series ORDER BY a.ordinal) AS unadjusted_change
    FROM ({sides[0]}) a JOIN ({sides[1]}) u ON u.series = a.series AND u.ordinal = a.ordinal
)
SELECT 'year' AS kind, MIN(record) AS record, frequency, year, COUNT(*) AS number,
    {_PER_YEAR} AS whole, SUM(adjusted) AS adjusted, SUM(unadjusted) AS unadjusted
FROM pairs GROUP BY series, frequency, year
UNION ALL
SELECT 'series', MIN(record), frequency, MIN(year), COUNT(*), {_PER_YEAR} + 1,
    COALESCE(SUM(ABS(adjusted_change)), 0), COALESCE(SUM(ABS(unadjusted_change)), 0)
FROM pairs GROUP BY series, frequency"""


def violation(arguments: Arguments, shape: Shape) -> str:
    """Another year, or no smoother."""
    del shape
    percent = TOLERANCE.number(arguments)
    return (
        "CASE WHEN kind = 'series' THEN adjusted > unadjusted "
        f"ELSE 100 * ABS(adjusted - unadjusted) > {percent:f} * ABS(unadjusted) END"
    )


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """Years that are not whole."""
    del arguments, shape
    return (
        "CASE WHEN number < whole AND kind = 'year' THEN 'not all periods of its year are known twice' "
        "WHEN number < whole THEN 'not even a year of both series is known' END"
    )


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """Both years, or both series."""
    arguments, table = ran.arguments, observations.table
    at = observations.place(int(violation["record"]))
    year, frequency = int(violation["year"]), str(violation["frequency"])
    whole = violation["kind"] == "year"
    cells = _cells(arguments, observations, at, year if whole else None)
    adjusted, unadjusted = (observations.decimal(int(violation[side])) for side in ("adjusted", "unadjusted"))
    without = {d: code for d, code in at.items() if d not in (*arguments["along"], arguments["adjustment"])}
    named = f"{spoken}: " if (spoken := place(without, table)) else ""
    if not whole:
        message = (
            f"{named}the {arguments['adjusted']} values change more from one {frequency} to the next "
            f"({format_number(adjusted, table)} in all) than the {arguments['unadjusted']} ones "
            f"({format_number(unadjusted, table)})."
        )
        return ViolationMessage(without, "the adjusted series is the smoother one", cells, message)
    apart = abs(adjusted - unadjusted) / abs(unadjusted) * 100 if unadjusted else Decimal(100)
    message = (
        f"{named}the {arguments['adjusted']} values of {year} add up to "
        f"{format_number(adjusted, table)}, the {arguments['unadjusted']} ones to "
        f"{format_number(unadjusted, table)}: {round(apart, 1)} percent apart, "
        f"not at most {format_number(plain(TOLERANCE.number(arguments)), table)}."
    )
    return ViolationMessage(
        {**without, "year": str(year)}, "a year is the same before and after adjusting", cells, message
    )


def _cells(
    arguments: Arguments, observations: Observations, at: dict[str, str], year: int | None
) -> tuple[Cell, ...]:
    """The cells of both series, or of a year of them."""
    found = []
    for code, year_code, _, _, of_year in arguments["periods"]:
        if year is not None and int(of_year) != year:
            continue
        when = dict(zip(arguments["along"], (str(code), str(year_code)), strict=False))
        for side in ("adjusted", "unadjusted"):
            there = {**at, **when, arguments["adjustment"]: arguments[side]}
            ids = observations.at(tuple(there.get(d) for d in observations.shape.dimensions))
            found += [observations.table.cell(id) for id in ids if id > 0]
    return tuple(found)


RULE = Rule(
    name="seasonal",
    ess="VSA",
    level="1c",
    title="seasonally adjusted values are plausible",
    done_by="suite",
    expectation="expect_adjusted_values_to_be_plausible",
    definition=Pointwise(subjects, violation, unjudged, told=periods.RELATION),
    parameters=(*periods.PARAMETERS, ADJUSTMENT, ADJUSTED, UNADJUSTED, TOLERANCE, WHERE),
    tell=tell,
    bind=bind,
)
