"""Shares of one whole add up to it: urban and rural to 100 per cent, as far as their rounding allows."""

from __future__ import annotations

from decimal import Decimal

from amyqa.rules.observations import Observations
from amyqa.rules.rule import (
    KNOWN,
    WHERE,
    Parameter,
    Pointwise,
    Rule,
    RuleRun,
    TableContext,
    ViolationMessage,
    name,
    text,
    texts,
    where,
)
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import excess, format_number, place

_WHOLE = Parameter("whole", "number", "what the shares add up to", default=Decimal(100))


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Shares that belong together, as the interval of their sum (twice, so that half a digit is whole)."""
    dimension, parts = name(arguments["dimension"]), arguments["parts"]
    by = "".join(f", o.{name(other)}" for other in shape.others(arguments["dimension"]))
    margin = "CASE WHEN o.OBS_STEP > 2 * o.OBS_TOLERANCE THEN o.OBS_STEP ELSE 2 * o.OBS_TOLERANCE END"
    low = f"CASE WHEN o.OBS_UNCERTAIN = 0 THEN 2 * o.OBS_LOW - COALESCE({margin}, 0) END"
    high = f"CASE WHEN o.OBS_UNCERTAIN = 0 THEN 2 * o.OBS_HIGH + {margin} END"
    kinds = "o.OBS_KIND IN ('printed', 'zero')"
    return (
        f"SELECT o.OBS_TABLE, MIN(o.OBS_RECORD) AS record, COUNT(*) AS parts, SUM({low}) AS low, "
        f"SUM({high}) AS high, "
        f"COUNT({low}) AS bounded, MIN(o.OBS_FLOOR) AS least, "
        f" SUM(CASE WHEN o.OBS_LOW = o.OBS_HIGH THEN 1 ELSE 0 END) AS known "
        f"FROM observations o WHERE {kinds} AND o.{dimension} IN {texts(parts)} AND {where(arguments)} "
        f"GROUP BY o.OBS_TABLE{by} "
        f"HAVING SUM(CASE WHEN {KNOWN} THEN 1 ELSE 0 END) > 0"
    )


def violation(arguments: Arguments, shape: Shape) -> str:
    """The whole lies outside the interval of the sum; shares that are not known may be zero, or less."""
    whole = int(2 * _WHOLE.number(arguments).scaleb(shape.scale))
    count = len(arguments["parts"])
    too_many = f"bounded = parts AND (parts = {count} OR least = 0) AND low > {whole}"
    too_few = f"known = parts AND bounded = parts AND parts = {count} AND high < {whole}"
    return f"COALESCE({too_many}, FALSE) OR COALESCE({too_few}, FALSE)"


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """A share is not known, and the others do not exceed the whole."""
    missing = f"{', '.join(arguments['parts'])}: not all are printed"
    complete = f"known = parts AND bounded = parts AND parts = {len(arguments['parts'])}"
    return f"CASE WHEN NOT ({complete}) AND NOT ({violation(arguments, shape)}) THEN {text(missing)} END"


def bind(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
    """The table's own codes as parts."""
    dimension = arguments["dimension"]
    total = known.total(dimension)
    parts = arguments.get("parts") or [code for code in known.codes(dimension) if code != total]
    here = [code for code in parts if code in known.codes(dimension)]
    return {**arguments, "parts": parts}, "" if here else f"the table has none of these {dimension}s"


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """The shares, and what they make."""
    dimension, table = ran.arguments["dimension"], observations.table
    at = observations.place(int(violation["record"]))
    cells = []
    for part in ran.arguments["parts"]:
        place_of = tuple(part if d == dimension else at.get(d) for d in observations.shape.dimensions)
        cells += [(part, table.cell(id)) for id in observations.at(place_of) if id > 0]
    at.pop(dimension)
    whole = _WHOLE.number(ran.arguments)
    summed = sum((cell.reading.value or Decimal(0) for _, cell in cells), Decimal(0))
    shown = " + ".join(f"{part} {cell.token.strip() or 'blank'}" for part, cell in cells)
    known = all(cell.reading.value is not None for _, cell in cells)
    verb = "=" if known else "already make"
    message = f"{shown} {verb} {format_number(summed, table)}, not {format_number(whole, table)}; "
    message += excess(summed - whole, table, at_least=not known) + "."
    if spoken := place(at, table):
        message = f"{spoken}: {message}"
    relation = f"{' + '.join(ran.arguments['parts'])} = {format_number(whole, table)}"
    return ViolationMessage(
        at, relation, tuple(cell for _, cell in cells), message, summed, whole, summed - whole
    )


RULE = Rule(
    name="shares",
    ess="VCO",
    level="1c",
    title="shares of one whole add up to it",
    done_by="suite",
    expectation="expect_shares_to_add_up_to_the_whole",
    definition=Pointwise(subjects, violation, unjudged, together=True),
    tell=tell,
    bind=bind,
    parameters=(
        Parameter("dimension", "dimension", "the dimension whose codes share the whole", required=True),
        Parameter("parts", "codes", "codes of the shares [the table's codes, without its total]"),
        _WHOLE,
        WHERE,
    ),
)
