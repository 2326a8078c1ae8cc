"""A value is no outlier of its series.

Two methods. ``ess`` is the default of the European Statistical System: a value lies within twice the
median absolute deviation (MAD) of the median of the five periods before it, plus their average growth.
Yearbooks print series of six points, of which it judges the last, and growth that quickens fails it.

``robust`` is ours: a value is compared with its neighbours in time, the one before and the one after
(at an end the two nearest, and its distance counts two thirds). What lies between them is never an
outlier, so that trends and breaks of level pass. Otherwise its distance from them must exceed both a
least ratio and a multiple of what is usual in the series: the median step between all other values.
Distances are of logarithms, of values raised by a small count so that 0, 3 and 12 persons are near
each other; of percentages, and where values change their sign, they are differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from amyqa.model import Cell
from amyqa.rules import periods, series
from amyqa.rules.observations import Observations
from amyqa.rules.rule import Parameter, Pointwise, Rule, RuleRun, ViolationMessage
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import format_number, plain, rounded

_MEASURED = "measured on six published tables: one value in 339 of the clean ones is told"
_ESS_SOURCE = "Eurostat, Main types of validation rules for ESS data (2018), VNO"
METHOD = Parameter(
    "method", "text", "robust, or ess for Eurostat's default [robust]",
    default="robust", source=_MEASURED, choices=("robust", "ess"),
)  # fmt: skip
FACTOR = Parameter(
    "factor", "number", "robust: how many times its neighbours a value must be, at least",
    default=Decimal(2), source=_MEASURED,
)  # fmt: skip
POINTS = Parameter(
    "points", "number", "robust: percentage points from its neighbours, at least, for percentages and rates",
    default=Decimal(15), source=_MEASURED,
)  # fmt: skip
USUAL = Parameter(
    "usual", "number", "robust: how many of the series' usual steps a value must be off",
    default=Decimal(5), source=_MEASURED,
)  # fmt: skip
LEAST = Parameter(
    "least", "number", "robust: the small count that is added to every value",
    default=Decimal(30), source=series.CHANCE,
)  # fmt: skip
MAD = Parameter("mad", "number", "ess: median absolute deviations", default=Decimal(2), source=_ESS_SOURCE)

_AT_END = "2.0 / 3"
"""What a distance counts at the ends of a series, where a break of level looks like an outlier."""
FEWEST = 4
"""So many known values make a series that can be judged."""
WINDOW = 5
"""Periods before a value, of the method ess."""


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Every printed number that has a period, with its neighbours."""
    return _ess(arguments, shape) if METHOD.of(arguments) == "ess" else _robust(arguments, shape)


def _robust(arguments: Arguments, shape: Shape) -> str:
    least = LEAST.number(arguments)
    return f"""
WITH cells AS ({series.cells(arguments, shape)}
), known AS (
    SELECT cells.*, COUNT(*) OVER (PARTITION BY series) AS points,
        ROW_NUMBER() OVER (PARTITION BY series ORDER BY ordinal, record) AS number,
        CASE WHEN share = 1 OR MIN(value) OVER (PARTITION BY series) < 0 THEN 1 ELSE 0 END AS differs,
        1.0 * value / unit AS amount
    FROM cells WHERE known = 1 AND value IS NOT NULL AND (value <> 0 OR share = 1)
        AND frequency <> '{periods.PART}'
), levels AS (
    SELECT known.*, CASE WHEN differs = 1 THEN 1.0 * value / {10**shape.scale} ELSE LN(amount + {least:f}) END
        AS level, AVG(ABS(1.0 * value / {10**shape.scale})) OVER (PARTITION BY series) AS size
    FROM known
), near AS (
    SELECT levels.*,
        CASE WHEN number = 1 THEN number + 2 ELSE number - 1 END AS one,
        CASE WHEN number = 1 THEN number + 1 WHEN number = points THEN number - 2 ELSE number + 1 END AS other
    FROM levels WHERE points >= {FEWEST}
), beside AS (
    SELECT near.*, a.record AS before, b.record AS after, a.level AS level_one, b.level AS level_other
    FROM near
    JOIN levels a ON a.series = near.series AND a.number = near.one
    JOIN levels b ON b.series = near.series AND b.number = near.other
), steps AS (
    SELECT later.series, later.number, ABS(later.level - earlier.level) AS step
    FROM levels later JOIN levels earlier
        ON earlier.series = later.series AND earlier.number = later.number - 1
), others AS (
    SELECT beside.record, steps.step FROM beside JOIN steps ON steps.series = beside.series
    WHERE steps.number <> beside.number AND steps.number <> beside.number + 1
    UNION ALL
    SELECT record, ABS(level_one - level_other) FROM beside WHERE number > 1 AND number < points
), ranked AS (
    SELECT record, step, ROW_NUMBER() OVER (PARTITION BY record ORDER BY step) AS place,
        COUNT(*) OVER (PARTITION BY record) AS places
    FROM others
), usual AS (
    SELECT record, AVG(step) AS usual FROM ranked
    WHERE 2 * place BETWEEN places AND places + 2 GROUP BY record
)
SELECT cells.OBS_TABLE, cells.record, beside.before, beside.after, beside.differs, cells.share, usual.usual,
    cells.value, cells.frequency,
    COALESCE(known.points, 0) AS points, beside.size,
    CASE WHEN beside.number = 1 OR beside.number = beside.points THEN {_AT_END} ELSE 1.0 END
        * CASE WHEN level > level_one AND level > level_other
            THEN level - CASE WHEN level_one > level_other THEN level_one ELSE level_other END
            WHEN level < level_one AND level < level_other
            THEN CASE WHEN level_one < level_other THEN level_one ELSE level_other END - level
            ELSE 0 END AS off
FROM cells
LEFT JOIN known ON known.record = cells.record
LEFT JOIN beside ON beside.record = cells.record
LEFT JOIN usual ON usual.record = cells.record
WHERE cells.known = 1"""


def _ess(arguments: Arguments, shape: Shape) -> str:
    last = WINDOW - 1
    return f"""
WITH cells AS ({series.cells(arguments, shape)}
), known AS (
    SELECT cells.*, ROW_NUMBER() OVER (PARTITION BY series ORDER BY ordinal, record) AS number
    FROM cells WHERE known = 1 AND value IS NOT NULL AND frequency <> '{periods.PART}'
), held AS (
    SELECT later.record, earlier.value, earlier.number - later.number AS back,
        ROW_NUMBER() OVER (PARTITION BY later.record ORDER BY earlier.value, earlier.number) AS place
    FROM known later JOIN known earlier ON earlier.series = later.series
        AND earlier.number BETWEEN later.number - {WINDOW} AND later.number - 1
), windows AS (
    SELECT record, COUNT(*) AS points, MAX(CASE WHEN place = {WINDOW // 2 + 1} THEN value END) AS median,
        MAX(CASE WHEN back = -1 THEN value END) - MAX(CASE WHEN back = -{WINDOW} THEN value END) AS growth
    FROM held GROUP BY record
), distances AS (
    SELECT held.record, ABS(held.value - windows.median) AS distance,
        ROW_NUMBER() OVER (PARTITION BY held.record ORDER BY ABS(held.value - windows.median)) AS place
    FROM held JOIN windows ON windows.record = held.record WHERE windows.points = {WINDOW}
), mads AS (
    SELECT record, MAX(CASE WHEN place = {WINDOW // 2 + 1} THEN distance END) AS mad
    FROM distances GROUP BY record
)
SELECT cells.OBS_TABLE, cells.record, cells.value, cells.unit, cells.frequency,
    windows.median, windows.growth, mads.mad,
    COALESCE(windows.points, 0) AS points, a.record AS before, b.record AS after,
    ABS({last} * (cells.value - windows.median) - windows.growth) AS off
FROM cells
LEFT JOIN known ON known.record = cells.record
LEFT JOIN windows ON windows.record = cells.record
LEFT JOIN mads ON mads.record = cells.record
LEFT JOIN known a ON a.series = known.series AND a.number = known.number - 2
LEFT JOIN known b ON b.series = known.series AND b.number = known.number - 1
WHERE cells.known = 1"""


def violation(arguments: Arguments, shape: Shape) -> str:
    """Further off than both the least distance and what is usual."""
    del shape
    if METHOD.of(arguments) == "ess":
        return f"off > {WINDOW - 1} * {MAD.number(arguments):f} * mad"
    usual, points, factor = (each.number(arguments) for each in (USUAL, POINTS, FACTOR))
    return (
        f"off > {usual:f} * usual AND off >= CASE WHEN differs = 0 THEN LN({factor:f}) "
        f"WHEN share = 1 THEN {points:f} ELSE {factor:f} * size END"
    )


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """Too few known values about it."""
    del shape
    ess = METHOD.of(arguments) == "ess"
    few = f"fewer than {WINDOW} known values before it" if ess else f"fewer than {FEWEST} known values"
    zero = "" if ess else "WHEN value = 0 AND points = 0 THEN 'zero has no ratio to its neighbours' "
    return (
        f"CASE WHEN frequency = '{periods.PART}' THEN 'it counts a part of a year' {zero}"
        f"WHEN points < {WINDOW if ess else FEWEST} THEN '{few} in its series' END"
    )


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """The value, its neighbours, and how far it is from what they suggest."""
    arguments = ran.arguments

    def order(record: int) -> int:
        return periods.order(arguments, observations.place(record))

    beside_it = sorted((int(violation[key]) for key in ("before", "after")), key=order)
    records = [int(violation["record"]), *beside_it]
    cells = tuple(cell for record in records if (cell := observations.cell(record)) is not None)
    when = [series.period_of(record, observations, arguments) for record in records]
    itself, first, second = map(order, records)
    references = "between" if first < itself < second else "after" if first < itself else "before"
    tokens = [cell.token.strip() for cell in cells]
    neighbours = f"{references} {tokens[1]} ({when[1]}) and {tokens[2]} ({when[2]})"
    size = _size(arguments, violation, cells, observations)
    named = series.series_of(violation, observations, arguments)
    message = f"{named + ', ' if named else ''}{when[0]}: {tokens[0]}, {neighbours}: {size}."
    where = observations.place(records[0])
    printed = cells[0].reading.value
    return ViolationMessage(where, "no outlier of its series", cells, message, printed=printed)


def _size(
    arguments: Arguments, violation: Violation, cells: Sequence[Cell], observations: Observations
) -> str:
    """How far a value is off, in the words of the method."""
    table = observations.table
    if METHOD.of(arguments) == "ess":
        median, mad, growth = (observations.decimal(int(violation[k])) for k in ("median", "mad", "growth"))
        return (
            f"the median of the {WINDOW} values before it is {format_number(median, table)}, "
            f"their average growth {format_number(plain(growth / (WINDOW - 1)), table)}, "
            f"their median deviation {format_number(mad, table)}"
        )
    value, one, other = (cell.reading.value or Decimal(0) for cell in cells)
    if violation["differs"]:
        nearest = min((one, other), key=lambda each: abs(each - value))
        more = "more" if value > nearest else "less"
        return f"{format_number(abs(value - nearest), table)} {more} than the nearer of them"
    return _times(value, one, other)


def _times(value: Decimal, one: Decimal, other: Decimal) -> str:
    """``about 10.3 times what its neighbours suggest``: their geometric mean."""
    suggested = (one * other).sqrt()
    if value >= suggested:
        return f"about {rounded(value / suggested)} times what its neighbours suggest"
    return f"its neighbours suggest about {rounded(suggested / value)} times as much"


RULE = Rule(
    name="outliers",
    ess="VNO",
    level="1c",
    title="a value is no outlier of its series",
    done_by="suite",
    expectation="expect_values_to_be_no_outliers_of_their_series",
    definition=Pointwise(subjects, violation, unjudged, told=periods.RELATION, together=True),
    parameters=(*series.PARAMETERS, METHOD, FACTOR, POINTS, USUAL, LEAST, MAD),
    tell=tell,
    bind=series.bind,
)
