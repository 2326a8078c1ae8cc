"""From one period to the next a value changes within a factor; a percentage, by so many points.

Unlike an outlier a break of level is told too, so that this is for totals and for indicators that
change slowly. Values are raised by a small count, so that 3 persons after 12 are no fall. Zeros,
values that change their sign, and neighbours that are further apart than periods of the series
usually are, are not judged.
"""

from __future__ import annotations

from decimal import Decimal

from amyqa.rules import periods, series
from amyqa.rules.observations import Observations
from amyqa.rules.rule import Parameter, Pointwise, Rule, RuleRun, ViolationMessage
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import format_number, plain, rounded

_MEASURED = "measured on six published tables: of 8,289 changes 99.4 percent are smaller"
FACTOR = Parameter(
    "factor", "number", "how many times as much, or as little, a value may become",
    default=Decimal(5), source=_MEASURED,
)  # fmt: skip
POINTS = Parameter(
    "points", "number", "percentage points that a percentage or rate may change by",
    default=Decimal(20), source=_MEASURED,
)  # fmt: skip
LEAST = Parameter(
    "least", "number", "the small count that is added to both values",
    default=Decimal(30), source=series.CHANCE,
)  # fmt: skip


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Neighbours in time, both known."""
    return f"""
WITH cells AS ({series.cells(arguments, shape)}
), pairs AS (
    SELECT cells.*,
        LAG(record) OVER (PARTITION BY series ORDER BY ordinal, record) AS before,
        LAG(value) OVER (PARTITION BY series ORDER BY ordinal, record) AS earlier,
        ordinal - LAG(ordinal) OVER (PARTITION BY series ORDER BY ordinal, record) AS step
    FROM cells WHERE known = 1 AND value IS NOT NULL
), usual AS (
    SELECT series, MIN(step) AS usual FROM pairs GROUP BY series
)
SELECT pairs.OBS_TABLE, pairs.record, pairs.before, pairs.frequency, pairs.share, pairs.step, usual.usual,
    CAST(pairs.value AS DECIMAL(38, 0)) AS later, CAST(pairs.earlier AS DECIMAL(38, 0)) AS earlier,
    CAST(pairs.unit AS DECIMAL(38, 0)) AS unit
FROM pairs JOIN usual ON usual.series = pairs.series WHERE pairs.before IS NOT NULL"""


def violation(arguments: Arguments, shape: Shape) -> str:
    """More than the factor, up or down."""
    up, down = FACTOR.number(arguments).as_integer_ratio()
    least, points = LEAST.number(arguments), POINTS.number(arguments)
    most = points.scaleb(shape.scale)
    return (
        f"CASE WHEN share = 1 THEN ABS(later - earlier) > {most:f} "
        f"ELSE {down} * (later + {least:f} * unit) > {up} * (earlier + {least:f} * unit) "
        f"OR {down} * (earlier + {least:f} * unit) > {up} * (later + {least:f} * unit) END"
    )


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """Zeros, signs and missing periods."""
    del arguments, shape
    return (
        f"CASE WHEN frequency = '{periods.PART}' THEN 'it counts a part of a year' "
        "WHEN 2 * step > 3 * usual THEN 'the period before it is not known' "
        "WHEN share = 0 AND (later = 0 OR earlier = 0) THEN 'zero has no growth' "
        "WHEN share = 0 AND (later < 0 OR earlier < 0) THEN 'a negative value has no growth' END"
    )


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """Both values, and the factor."""
    arguments, table = ran.arguments, observations.table
    records = [int(violation[key]) for key in ("record", "before")]
    cells = tuple(cell for record in records if (cell := observations.cell(record)) is not None)
    later, earlier = (cell.reading.value or Decimal(0) for cell in cells)
    when, before = (series.period_of(record, observations, arguments) for record in records)
    if violation["share"]:
        most = f"{format_number(plain(POINTS.number(arguments)), table)} points"
        size = f"{format_number(abs(later - earlier), table)} points {'more' if later > earlier else 'less'}"
    else:
        most = f"{format_number(plain(FACTOR.number(arguments)), table)} times"
        times = rounded(max(later / earlier, earlier / later))
        size = f"{times} times as {'much' if later > earlier else 'little'}"
    named = series.series_of(violation, observations, arguments)
    message = (
        f"{named + ', ' if named else ''}{when}: {cells[0].token.strip()} after {cells[1].token.strip()} "
        f"({before}) is {size}, beyond {most}."
    )
    where = observations.place(records[0])
    return ViolationMessage(where, "change from one period to the next", cells, message, printed=later)


RULE = Rule(
    name="growth",
    ess="VNO",
    level="1c",
    title="a value changes little from one period to the next",
    done_by="suite",
    expectation="expect_values_to_change_little_between_periods",
    definition=Pointwise(subjects, violation, unjudged, told=periods.RELATION, together=True),
    parameters=(*series.PARAMETERS, FACTOR, POINTS, LEAST),
    tell=tell,
    bind=series.bind,
)
