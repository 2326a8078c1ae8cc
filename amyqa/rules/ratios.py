"""A printed ratio agrees with the numbers that it was made from: a percentage, a rate, an average.

Every printed figure stands for an interval, by its rounding. The ratio is broken only where no numbers
of these intervals would give it; the arithmetic is exact, in whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import gcd

from amyqa.model import Cell
from amyqa.rules.observations import Observations
from amyqa.rules.rule import (
    KNOWN,
    Parameter,
    Pointwise,
    Rule,
    RuleRun,
    ViolationMessage,
    alike,
    matching,
    text,
)
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import as_printed, format_number, place

_LARGEST = "1e37"
"""Products stay within 38 digits, which every engine has; as floating point, for the estimate alone."""

_FACTOR = Parameter(
    "factor", "number", "numerator / denominator is multiplied by this, 100 for a percentage",
    default=Decimal(1),
)  # fmt: skip
_RELATION = Parameter(
    "relation", "text", "whether the ratio equals it (=), or is at most (<=) or at least (>=) so much",
    default="=", choices=("=", "<=", ">="),
)  # fmt: skip
_TOLERANCE = Parameter(
    "tolerance", "number", "what the ratio may be off by beyond its rounding, in its own unit",
    default=Decimal(0), source="printed digits say how far a ratio is rounded",
)  # fmt: skip


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Printed ratios with numerator and denominator, each as the interval that it stands for.

    Numerator and denominator have the codes that they name and else those of the ratio.
    """
    sides, joins = [], []
    for alias, side in (("n", "numerator"), ("d", "denominator")):
        same = alike((d for d in shape.dimensions if d not in arguments[side]), alias, "r")
        joins.append(
            f"LEFT JOIN observations {alias} ON {alias}.OBS_KIND IN ('printed', 'zero') "
            f"AND {matching(arguments[side], alias)} AND {same}"
        )
        for end, sign in (("low", "-"), ("high", "+")):
            value = f"{alias}.OBS_{end.upper()} {sign} {alias}.OBS_TOLERANCE"
            sides.append(f"MAX(CASE WHEN {alias}.OBS_UNCERTAIN = 0 THEN {value} END) AS {side}_{end}")
        known = f"{alias}.OBS_UNCERTAIN = 0 AND {alias}.OBS_LOW = {alias}.OBS_HIGH"
        sides.append(f"MAX(CASE WHEN {known} THEN 1 ELSE 0 END) AS {side}_known")
        sides.append(f"MIN({alias}.OBS_RECORD) AS {side}")
    margin = "CASE WHEN r.OBS_STEP > 2 * r.OBS_TOLERANCE THEN r.OBS_STEP ELSE 2 * r.OBS_TOLERANCE END"
    fine = _fine(arguments, shape)
    tolerance = int(fine * _TOLERANCE.number(arguments).scaleb(shape.scale))
    off = f"{_product(margin, fine // 2)} + {tolerance}"
    return (
        "SELECT r.OBS_TABLE, r.OBS_RECORD AS record, "
        f"MAX({_product('r.OBS_LOW', fine)} - ({off})) AS ratio_low, "
        f"MAX({_product('r.OBS_HIGH', fine)} + {off}) AS ratio_high, "
        f"MAX(CASE WHEN r.OBS_LOW = r.OBS_HIGH THEN 1 ELSE 0 END) AS ratio_known, {', '.join(sides)} "
        f"FROM observations r {' '.join(joins)} WHERE r.OBS_KIND = 'printed' AND r.OBS_UNCERTAIN = 0 "
        f"AND {KNOWN.replace('o.', 'r.')} AND {matching(arguments['ratio'], 'r')} "
        "GROUP BY r.OBS_TABLE, r.OBS_RECORD"
    )


def _fine(arguments: Arguments, shape: Shape) -> int:
    """How many times a ratio counts, so that half of its last digit and the tolerance are whole."""
    decimals = -int(_TOLERANCE.number(arguments).normalize().as_tuple().exponent)
    return int(2 * 10 ** max(0, decimals - shape.scale))


def _weights(arguments: Arguments, shape: Shape) -> tuple[int, int]:
    """What ratio times denominator, and what the numerator is multiplied by, to compare them."""
    factor = Fraction(_FACTOR.number(arguments))
    ratio, numerator = factor.denominator, _fine(arguments, shape) * factor.numerator * 10**shape.scale
    common = gcd(ratio, numerator)
    return ratio // common, numerator // common


def _product(value: str, times: str | int) -> str:
    return f"CAST({value} AS DECIMAL(38, 0)) * CAST({times} AS DECIMAL(38, 0))"


def violation(arguments: Arguments, shape: Shape) -> str:
    """Even the nearest ends of the intervals do not meet."""
    by_ratio, by_numerator = _weights(arguments, shape)
    if max(by_ratio, by_numerator) >= 10**37:
        return "FALSE"
    return disagree(str(by_ratio), str(by_numerator), _RELATION.of(arguments))


def disagree(by_ratio: str, by_numerator: str, relation: str = "=") -> str:
    """The condition that ratio times denominator is not the numerator, each an interval with a weight.

    Args:
        by_ratio, by_numerator: the weights, whole numbers or columns of a subject.
    """
    conditions = []
    # the least quotient of a negative numerator has the least denominator
    for ratio, sign, end, other in (("high", "<", "low", "high"), ("low", ">", "high", "low")):
        if relation == {"low": "<=", "high": ">="}[end]:
            continue
        denominator = f"CASE WHEN numerator_{end} >= 0 THEN denominator_{other} ELSE denominator_{end} END"
        left = f"CAST(ratio_{ratio} AS DECIMAL(38, 0)) * {_product(denominator, by_ratio)}"
        conditions.append(f"COALESCE({left} {sign} {_product(f'numerator_{end}', by_numerator)}, FALSE)")
    return f"CASE WHEN {fits(by_ratio, by_numerator)} THEN {' OR '.join(conditions)} ELSE FALSE END"


def fits(by_ratio: str, by_numerator: str) -> str:
    """The condition that the denominator is positive, and that no product has too many digits."""
    small, weight = [], f"CAST({by_ratio} AS DOUBLE PRECISION)"
    for ratio in ("ratio_low", "ratio_high"):
        for denominator in ("denominator_low", "denominator_high"):
            size = f"ABS(CAST({ratio} AS DOUBLE PRECISION) * {denominator}) * {weight}"
            small.append(f"COALESCE({size} < {_LARGEST}, TRUE)")
    for numerator in ("numerator_low", "numerator_high"):
        size = f"ABS(CAST({numerator} AS DOUBLE PRECISION)) * CAST({by_numerator} AS DOUBLE PRECISION)"
        small.append(f"COALESCE({size} < {_LARGEST}, TRUE)")
    return " AND ".join(["COALESCE(denominator_low > 0, FALSE)", *small])


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """A figure is not known, or the denominator may be zero, and nothing is broken for certain."""
    cases = [f"WHEN {violation(arguments, shape)} THEN NULL"]
    for side in ("numerator", "denominator"):
        named = _name(arguments[side])
        cases.append(f"WHEN {side} IS NULL THEN {text(f'{named} is not printed')}")
        cases.append(f"WHEN {side}_known = 0 THEN {text(f'{named} is not known')}")
    bounded = f"{_name(arguments['ratio'])} is only bounded"
    cases.append(f"WHEN ratio_known = 0 THEN {text(bounded)}")
    positive = f"{_name(arguments['denominator'])} may be zero as printed"
    cases.append(f"WHEN NOT COALESCE(denominator_low > 0, FALSE) THEN {text(positive)}")
    by_ratio, by_numerator = _weights(arguments, shape)
    enough = "FALSE" if max(by_ratio, by_numerator) >= 10**37 else fits(str(by_ratio), str(by_numerator))
    cases.append(f"WHEN NOT ({enough}) THEN 'the numbers have too many digits'")
    return f"CASE {' '.join(cases)} END"


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """What is printed, and what the two numbers make."""
    cells = tuple(_cell(violation, side, observations) for side in ("record", "numerator", "denominator"))
    ratio = cells[0]
    names = [_name(ran.arguments[side]) for side in ("ratio", "numerator", "denominator")]
    assert ratio is not None
    where = observations.place(int(violation["record"]))
    for dimension in ran.arguments["ratio"]:
        where.pop(dimension, None)
    factor, relation = _FACTOR.number(ran.arguments), _RELATION.of(ran.arguments)
    table = observations.table
    times = "" if factor == 1 else f"{format_number(factor, table)} × "
    rule = f"{names[0]} {relation} {times}{names[1]} / {names[2]}"
    shown = [_shown(cell) for cell in cells]
    message = f"{names[0]} is printed {shown[0]}; {times}{names[1]} {shown[1]} / {names[2]} {shown[2]}"
    values = [_value(cell) for cell in cells]
    printed = ratio.reading.value
    computed = None
    if None not in values and values[2]:
        quotient = Fraction(factor) * Fraction(values[1] or 0) / Fraction(values[2])
        computed = _rounded(quotient, ratio.reading.decimals)
        message += f" = {as_printed(computed, ratio, table)}"
    if relation != "=":
        message += f", and it must be at {'most' if relation == '<=' else 'least'} that"
    if spoken := place(where, table):
        message = f"{spoken}: {message}"
    difference = printed - computed if printed is not None and computed is not None else None
    told = tuple(cell for cell in cells if cell is not None)
    return ViolationMessage(where, rule, told, f"{message}.", printed, computed, difference)


def _cell(violation: Violation, side: str, observations: Observations) -> Cell | None:
    record = violation[side]
    return observations.cell(int(record)) if record is not None else None


def _value(cell: Cell | None) -> Decimal | None:
    return Decimal(0) if cell is None else cell.reading.value


def _shown(cell: Cell | None) -> str:
    """As printed; a structural zero has no cell, and a dash would read as a minus."""
    return "0" if cell is None or cell.reading.value == 0 else cell.token.strip() or "blank"


def _rounded(value: Fraction, decimals: int) -> Decimal:
    """Half to even, as numbers are printed."""
    return Decimal(round(value * 10**decimals)).scaleb(-decimals)


def _name(codes: Mapping[str, str | list[str]]) -> str:
    """What a side is called: its codes."""
    return ", ".join(given if isinstance(given, str) else " or ".join(given) for given in codes.values())


def accept(arguments: Arguments) -> str:
    """Each side is one cell, and something is divided."""
    for side in ("ratio", "numerator", "denominator"):
        if any(not isinstance(c, str) and len(c) > 1 for c in (arguments.get(side) or {}).values()):
            return f"{side} names one code of each dimension"
    factor = arguments.get("factor")
    return "" if factor is None or Decimal(str(factor)) > 0 else "factor must be above zero"


RULE = Rule(
    name="ratios",
    ess="VCO",
    level="1c",
    title="a printed ratio agrees with the numbers it was made from",
    done_by="suite",
    expectation="expect_ratios_to_agree_with_their_numbers",
    definition=Pointwise(subjects, violation, unjudged, together=True),
    tell=tell,
    accept=accept,
    parameters=(
        Parameter("ratio", "where", "the codes of the ratio, as {measure: share of women}", required=True),
        Parameter("numerator", "where", "the codes that differ for its numerator", required=True),
        Parameter("denominator", "where", "the codes that differ for its denominator", required=True),
        _FACTOR,
        _RELATION,
        _TOLERANCE,
    ),
)
