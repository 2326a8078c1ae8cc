"""A table's series: the cells that differ in nothing but their period, in order of time.

Rules over time begin with :func:`cells`, whose records are those of ``observations`` that have a
period, with these columns:

    OBS_TABLE          as in observations
    record, cell       OBS_RECORD and OBS_CELL
    series             the least record of the series (of one frequency)
    frequency, ordinal, year    the period
    known              1 where a number is printed that can be placed; zero counts, and a dash for it
    blank              1 where nothing is known
    value, unit        scaled; the unit is what a series counts in: 1, or what it is rounded to
    share              1 where the values are percentages or rates, whose growth is a difference
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from amyqa.rules import periods
from amyqa.rules.observations import Observations
from amyqa.rules.rule import WHERE, Parameter, TableContext, name, texts, where
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import place

_SHARE = re.compile(
    r"%|\bper ?cent|(?<!exchange )\brates?\b|\bshares?\b|\bratio\b|\bproportion", re.IGNORECASE
)
SHARES = Parameter("shares", "where", "codes that stand for percentages or rates", bound=True)
PARAMETERS = (*periods.PARAMETERS, SHARES, WHERE)
"""What rules over the values of series take."""

CHANCE = "the chance of counts: 30 differ from 30 by 18 percent, 3 by 58"
"""Why a small count is added before values are compared by their ratio."""


def bind(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
    """Arguments with the table's periods, and with what names a percentage or rate in it."""
    bound, reason = periods.bind(arguments, known)
    if reason or "shares" in bound:
        return bound, reason
    others = [dimension for dimension in known.shape.dimensions if dimension not in bound["along"]]
    if _SHARE.search(known.unit):
        return {**bound, "shares": {bound["along"][0]: list(known.codes(bound["along"][0]))}}, ""
    found = {
        dimension: named
        for dimension in others
        if (named := [code for code in known.codes(dimension) if _SHARE.search(code)])
    }
    return {**bound, "shares": found}, ""


def cells(arguments: Arguments, shape: Shape) -> str:
    """The cells of all series."""
    others = [name(d) for d in shape.dimensions if d not in arguments["along"]]
    by = ", ".join(["o.OBS_TABLE", *(f"o.{other}" for other in others), "p.frequency"])
    named: Mapping[str, Sequence[str]] = arguments.get("shares") or {}
    share = " OR ".join(f"o.{name(dimension)} IN {texts(codes)}" for dimension, codes in named.items())
    known = "o.OBS_STATUS IN ('value', 'nil') AND o.OBS_UNCERTAIN = 0"
    # a cell with two coordinates stands in one series only
    return f"""
SELECT OBS_TABLE, record, cell, series, frequency, ordinal, year, known, blank, uncertain, value, share,
    CASE WHEN rounded > 0 THEN 2 * rounded ELSE {10**shape.scale} END AS unit
FROM (
    SELECT o.OBS_TABLE, o.OBS_RECORD AS record, o.OBS_CELL AS cell, p.frequency, p.ordinal, p.year,
        o.OBS_VALUE AS value,
        MIN(o.OBS_RECORD) OVER (PARTITION BY {by}) AS series,
        MAX(o.OBS_TOLERANCE) OVER (PARTITION BY {by}) AS rounded,
        ROW_NUMBER() OVER (PARTITION BY o.OBS_CELL, p.ordinal ORDER BY o.OBS_RECORD) AS copy,
        CASE WHEN {known} THEN 1 ELSE 0 END AS known,
        CASE WHEN o.OBS_STATUS = 'missing' THEN 1 ELSE 0 END AS blank,
        CASE WHEN o.OBS_UNCERTAIN > 0 THEN 1 ELSE 0 END AS uncertain,
        CASE WHEN {share or "1 = 0"} THEN 1 ELSE 0 END AS share
    FROM observations o JOIN periods p ON {periods.joined(arguments)}
    WHERE o.OBS_KIND = 'printed' AND {where(arguments)}
) placed WHERE copy = 1"""


def series_of(violation: Violation, observations: Observations, arguments: Arguments) -> str:
    """The series of a violation's record in words: its coordinates besides the period."""
    at = observations.place(int(violation["record"]))
    return place({d: code for d, code in at.items() if d not in arguments["along"]}, observations.table)


def period_of(record: int, observations: Observations, arguments: Arguments) -> str:
    """The period of a record as it is printed: ``2003``, ``May 2003``."""
    at = observations.place(record)
    return " ".join(at[dimension] for dimension in arguments["along"])
