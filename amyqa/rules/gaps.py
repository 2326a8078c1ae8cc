"""A series has no holes: no period is left out, and none is blank between neighbours that are known.

The step from one record to the next is the series' own, the one that most of its records are apart:
censuses of 1990, 2000 and 2010 have no hole. Years at no regular step are not judged, nor is a hole
seen where a table begins with years of reference (2000, 2005, 2010, 2011 …; 2000, 2002, 2004, 2005,
2006 …): what is left out must be a single period, or lie between records that are regular on both
sides. Blanks before the first and after the last known value are no holes.
"""

from __future__ import annotations

from amyqa.rules import periods, series
from amyqa.rules.observations import Observations
from amyqa.rules.rule import WHERE, Parameter, Pointwise, Rule, RuleRun, ViolationMessage
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import count

_STEP = Parameter(
    "step", "number", "periods from one record to the next [what most records of a series are apart]"
)
_MIN = 3
"""So many known records make a step that is regular."""


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Neighbours in time that are known; series 0 is the table's own periods."""
    step = arguments.get("step")
    usual = f"{int(step)}" if step is not None else "usual.step"
    return f"""
WITH cells AS ({series.cells(arguments, shape)}
), numbered AS (
    SELECT OBS_TABLE, record, series, frequency, ordinal, blank,
        ROW_NUMBER() OVER (PARTITION BY series ORDER BY ordinal, record) AS number,
        MAX(uncertain) OVER (PARTITION BY series) AS uncertain
    FROM cells
), points AS (
    SELECT OBS_TABLE, record, series, frequency, ordinal, number, uncertain FROM numbered WHERE blank = 0
    UNION ALL
    SELECT OBS_TABLE, MIN(record), 0, frequency, ordinal,
        DENSE_RANK() OVER (PARTITION BY OBS_TABLE, frequency ORDER BY ordinal), 0
    FROM cells GROUP BY OBS_TABLE, frequency, ordinal
), pairs AS (
    SELECT points.*, COUNT(*) OVER (PARTITION BY OBS_TABLE, series, frequency) AS known,
        LAG(record) OVER (PARTITION BY OBS_TABLE, series, frequency ORDER BY ordinal, record) AS before,
        ordinal - LAG(ordinal) OVER (PARTITION BY OBS_TABLE, series, frequency ORDER BY ordinal, record)
            AS step,
        number - LAG(number) OVER (PARTITION BY OBS_TABLE, series, frequency ORDER BY ordinal, record)
            AS printed
    FROM points
), flanked AS (
    SELECT pairs.*,
        LAG(step) OVER (PARTITION BY OBS_TABLE, series, frequency ORDER BY ordinal, record) AS step_before,
        LEAD(step) OVER (PARTITION BY OBS_TABLE, series, frequency ORDER BY ordinal, record) AS step_after,
        MIN(step) OVER (PARTITION BY OBS_TABLE, series, frequency ORDER BY ordinal, record
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS least_before,
        MAX(step) OVER (PARTITION BY OBS_TABLE, series, frequency ORDER BY ordinal, record
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS most_before
    FROM pairs WHERE before IS NOT NULL
), usual AS (
    SELECT common.OBS_TABLE, common.series, common.frequency, common.step FROM (
        SELECT OBS_TABLE, series, frequency, step, COUNT(*) AS steps FROM flanked
        GROUP BY OBS_TABLE, series, frequency, step
    ) common JOIN (
        SELECT OBS_TABLE, series, frequency, COUNT(*) AS steps FROM flanked
        GROUP BY OBS_TABLE, series, frequency
    ) every ON every.OBS_TABLE = common.OBS_TABLE AND every.series = common.series
        AND every.frequency = common.frequency
    WHERE 2 * common.steps > every.steps
)
SELECT flanked.OBS_TABLE, flanked.record, flanked.before, flanked.series AS of_series, flanked.frequency,
    flanked.ordinal, flanked.step, flanked.step_before, flanked.step_after,
    flanked.least_before, flanked.most_before, flanked.printed, flanked.known, flanked.uncertain,
    {usual} AS usual
FROM flanked LEFT JOIN usual ON usual.OBS_TABLE = flanked.OBS_TABLE AND usual.series = flanked.series
    AND usual.frequency = flanked.frequency
WHERE flanked.frequency <> '{periods.PART}'"""


def violation(arguments: Arguments, shape: Shape) -> str:
    """More than a step apart; a blank cell is a hole of its series, a code that is not there the table's."""
    del shape
    hole = "step > usual AND (of_series = 0 OR printed > 1)"
    if arguments.get("step") is not None:
        return hole
    return (
        f"{hole} AND (step_before = usual AND step_after = usual "
        "OR step = 2 * usual AND (step_before = usual OR step_after = usual) "
        "AND NOT COALESCE(of_series = 0 AND least_before = step AND most_before = step, FALSE))"
    )


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """Steps that say nothing of what is regular."""
    del shape
    reasons = "CASE WHEN uncertain = 1 THEN 'the series has cells that cannot be placed' "
    if arguments.get("step") is None:
        reasons += (
            f"WHEN known < {_MIN} THEN 'fewer than {_MIN} known periods make no series' "
            "WHEN usual IS NULL THEN 'the periods stand at no regular step: give it as step:' "
        )
    return reasons + "END"


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """What is missing, and between what."""
    arguments = ran.arguments
    last, before = int(violation["ordinal"]), int(violation["ordinal"]) - int(violation["step"])
    frequency, usual = str(violation["frequency"]), int(violation["usual"])
    left_out = list(range(before + usual, last, usual))
    names = [_name(arguments, frequency, ordinal) for ordinal in left_out]
    missing = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    if len(names) > 5:
        missing = f"{names[0]} to {names[-1]} ({count(len(names), frequency)})"
    ends = [series.period_of(int(violation[end]), observations, arguments) for end in ("before", "record")]
    verb = "is" if len(names) == 1 else "are"
    if int(violation["of_series"]) == 0:
        message = f"{missing} {verb} missing: after {ends[0]} the table goes on with {ends[1]}."
        return ViolationMessage({arguments["along"][0]: missing}, "no period is left out", (), message)
    place = observations.place(int(violation["record"]))
    cells = []
    for ordinal in left_out:
        codes = periods.code_at(arguments, frequency, ordinal) or ()
        at = {**place, **dict(zip(arguments["along"], codes, strict=False))}
        ids = observations.at(tuple(at.get(d) for d in observations.shape.dimensions))
        cells += [observations.table.cell(id) for id in ids if id > 0]
    shown = {cell.token.strip() for cell in cells}
    what = "blank" if shown <= {""} else f"{' or '.join(repr(token) for token in sorted(shown))}"
    known = [_amount(int(violation[end]), observations) for end in ("before", "record")]
    named = series.series_of(violation, observations, arguments)
    message = (
        f"{named + ': ' if named else ''}{missing} {verb} {what}, "
        f"between {known[0]} ({ends[0]}) and {known[1]} ({ends[1]})."
    )
    where = {d: code for d, code in place.items() if d not in arguments["along"]}
    return ViolationMessage(
        {**where, arguments["along"][0]: missing}, "a series has no holes", tuple(cells), message
    )


def _name(arguments: Arguments, frequency: str, ordinal: int) -> str:
    """A period as it is printed, or as it would be."""
    codes = periods.code_at(arguments, frequency, ordinal)
    return " ".join(codes) if codes else periods.written(frequency, ordinal)


def _amount(record: int, observations: Observations) -> str:
    cell = observations.cell(record)
    return cell.token.strip() if cell else ""


RULE = Rule(
    name="gaps",
    ess="RTS",
    level="1c",
    title="a time series has no holes",
    done_by="suite",
    expectation="expect_series_to_have_no_gaps",
    definition=Pointwise(subjects, violation, unjudged, told=periods.RELATION, together=True),
    parameters=(*periods.PARAMETERS, _STEP, WHERE),
    tell=tell,
    bind=periods.bind_finest,
)
