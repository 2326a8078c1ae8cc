"""A share, rate, average or change that the YAML states agrees with the numbers it was worked out of.

As in :mod:`amyqa.rules.ratios` every printed figure stands for an interval: 35.8 is what 35.75 to 35.85 is
rounded to, and the counts may be rounded as well. What no counts of these intervals give is broken. Soft:
one of the numbers is wrong, and which is not said here; a result off by its last digit alone is a warning,
since it may have been worked out of numbers that were not rounded yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from amyqa.model import Cell, RatioCells, Severity, StatedRatio, Table
from amyqa.rules.observations import Observations
from amyqa.rules.ratios import disagree, fits
from amyqa.rules.rule import (
    KNOWN,
    Parameter,
    Pointwise,
    Relation,
    Rule,
    RuleRun,
    TableContext,
    ViolationMessage,
    where,
)
from amyqa.rules.rule import WHERE as _WHERE
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import format_number

_TERMS = Parameter(
    "terms", "values", "ratio, side, cell, coefficient and weights of what is stated", bound=True
)
_RESULT, _TOP, _BOTTOM = range(3)
_FEW = 4
_LAST_DIGIT = Fraction(3, 2)


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Printed results with what was divided and by what, each as the interval that it stands for."""
    unit = 10**shape.scale
    known = "o.OBS_UNCERTAIN = 0"
    slack = f"CASE WHEN t.side = {_RESULT} THEN 0 ELSE o.OBS_TOLERANCE END"
    margin = "CASE WHEN o.OBS_STEP > 2 * o.OBS_TOLERANCE THEN o.OBS_STEP ELSE 2 * o.OBS_TOLERANCE END"
    sides = []
    for name, side in (("numerator", _TOP), ("denominator", _BOTTOM)):
        whole = f"MAX(CASE WHEN side = {_BOTTOM} THEN 1 ELSE 0 END) = 0" if side == _BOTTOM else "1 = 0"
        for end, other in (("low", "high"), ("high", "low")):
            value = f"coefficient * (CASE WHEN coefficient > 0 THEN {end} ELSE {other} END)"
            missing = f"SUM(CASE WHEN side = {side} AND {value} IS NULL THEN 1 ELSE 0 END) = 0"
            added = f"SUM(CASE WHEN side = {side} THEN {value} END)"
            sides.append(f"CASE WHEN {whole} THEN {unit} WHEN {missing} THEN {added} END AS {name}_{end}")
        sides.append(f"MIN(CASE WHEN side = {side} THEN known ELSE 1 END) AS {name}_known")
    return f"""
WITH figures AS (
    SELECT t.OBS_TABLE, t.ratio, t.side, t.cell, t.coefficient, t.by_ratio, t.by_top, t.shift,
        MIN(o.OBS_RECORD) AS record,
        MAX(CASE WHEN {known} THEN o.OBS_LOW - {slack} END) AS low,
        MAX(CASE WHEN {known} THEN o.OBS_HIGH + {slack} END) AS high,
        MAX(CASE WHEN t.side = {_RESULT} THEN {margin} END) AS margin,
        MAX(CASE WHEN {known} AND o.OBS_LOW = o.OBS_HIGH THEN 1 ELSE 0 END) AS known,
        MAX(CASE WHEN {known} AND {KNOWN} THEN 1 ELSE 0 END) AS printed
    FROM quotient_terms t JOIN observations o ON o.OBS_TABLE = t.OBS_TABLE AND o.OBS_CELL = t.cell
    WHERE o.OBS_KIND = 'printed' AND {where(arguments)}
    GROUP BY t.OBS_TABLE, t.ratio, t.side, t.cell, t.coefficient, t.by_ratio, t.by_top, t.shift
)
SELECT OBS_TABLE, ratio, MAX(CASE WHEN side = {_RESULT} THEN record END) AS record,
    MAX(CASE WHEN side = {_RESULT} THEN 2 * (low - shift * {unit}) - margin END) AS ratio_low,
    MAX(CASE WHEN side = {_RESULT} THEN 2 * (high - shift * {unit}) + margin END) AS ratio_high,
    MAX(CASE WHEN side = {_RESULT} THEN known END) AS ratio_known,
    MAX(by_ratio) AS by_ratio, MAX(by_top) AS by_top, {", ".join(sides)}
FROM figures GROUP BY OBS_TABLE, ratio
HAVING MAX(CASE WHEN side = {_RESULT} THEN printed END) = 1"""


def violation(arguments: Arguments, shape: Shape) -> str:
    """Even the nearest ends of the intervals do not meet."""
    del arguments
    return disagree("by_ratio", _by_top(shape))


def _by_top(shape: Shape) -> str:
    return f"(CAST(by_top AS DECIMAL(38, 0)) * {2 * 10**shape.scale})"


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """A number is not known, or the divisor may be zero, and nothing is broken for certain."""
    return f"""CASE WHEN {violation(arguments, shape)} THEN NULL
    WHEN ratio_known = 0 THEN 'it is only bounded'
    WHEN numerator_known = 0 OR denominator_known = 0 THEN 'a number that it was worked out of is not known'
    WHEN NOT COALESCE(denominator_low > 0, FALSE) THEN 'what it is divided by may be zero as printed'
    WHEN NOT ({fits("by_ratio", _by_top(shape))}) THEN 'the numbers have too many digits' END"""


def bind(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
    """The ratios that the table's YAML states."""
    ratios = known.table.ratios if isinstance(known, Observations) else ()
    terms = list(_terms(ratios, known.first)) if isinstance(known, Observations) else []
    return {**arguments, _TERMS.name: terms}, "" if terms else "the table's YAML states no ratios (ratios:)"


def _terms(ratios: Sequence[StatedRatio], first: int) -> Iterator[tuple[int, ...]]:
    number = 0
    for ratio in ratios:
        weights = ratio.factor.denominator, ratio.factor.numerator, ratio.offset
        for instance in ratio.instances():
            if not ratio.unknown:
                sides = ((instance.result, 1),), instance.top, instance.bottom
                for side, cells in enumerate(sides):
                    for cell, coefficient in cells:
                        yield (number, side, cell + first, coefficient, *weights)
            number += 1


def instance_of(ratios: Sequence[StatedRatio], number: int) -> tuple[StatedRatio, RatioCells]:
    """The ratio with a number among all instances of a table's ratios, from 0.

    Raises:
        IndexError: there is no such ratio.
    """
    for ratio in ratios:
        if number < ratio.times:
            return ratio, ratio.instance(number)
        number -= ratio.times
    raise IndexError(number)


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """``35.8 is printed; 54,774 of 152,915 is 38.52``."""
    table = observations.table
    ratio, cells = instance_of(table.ratios, int(violation["ratio"]))
    result = table.cell(cells.result)
    top, bottom = ([(table.cell(id), c) for id, c in side] for side in (cells.top, cells.bottom))
    at = observations.place(int(violation["record"])) or {"row": result.row, "column": result.column}
    printed, exact = result.reading.value, _exact(ratio, top, bottom)
    told = tuple({cell.id: cell for cell, _ in ((result, 1), *top, *bottom)}.values())
    where, relation = f"{result.row}, {result.column}", ratio.relation
    token = result.token.strip() or "blank"
    if exact is None or printed is None:
        message = f"{where}: {token} is printed, and {relation} gives another number whatever is not printed."
        return ViolationMessage(at, relation, told, message, printed=printed, along=relation)
    computed = _rounded(exact, result.reading.decimals)
    shown = _shown(exact, result.reading.decimals, token, table)
    message = f"{where}: {token} is printed; {_arithmetic(ratio, top, bottom, table)} {shown}"
    off = abs(Fraction(printed) - exact) * 10 ** max(0, result.reading.decimals)
    severity = None
    if off < _LAST_DIGIT:
        severity = Severity.WARNING
        message += ", off in the last digit: was it worked out of numbers that were not rounded yet?"
    return ViolationMessage(
        at, relation, told, message if message.endswith("?") else f"{message}.", printed=printed,
        computed=computed, difference=printed - computed, severity=severity, along=relation,
    )  # fmt: skip


def _exact(
    ratio: StatedRatio, top: Iterable[tuple[Cell, int]], bottom: Sequence[tuple[Cell, int]]
) -> Fraction | None:
    """What the printed numbers make; None where one is not known."""
    sums = []
    for side in (top, bottom):
        values = [(cell.reading.value, c) for cell, c in side]
        if any(value is None for value, _ in values):
            return None
        sums.append(sum((Fraction(value or 0) * c for value, c in values), Fraction(0)))
    divisor = sums[1] if bottom else Fraction(1)
    return ratio.factor * sums[0] / divisor + ratio.offset if divisor else None


def _rounded(value: Fraction, decimals: int) -> Decimal:
    """Half to even, as numbers are printed."""
    return Decimal(round(value * 10 ** max(0, decimals))).scaleb(-max(0, decimals))


def _shown(exact: Fraction, decimals: int, token: str, table: Table) -> str:
    """``is 38.52%``: one digit more than is printed, so that the rounding can be followed."""
    value = _rounded(exact, max(0, decimals) + 1)
    sign = "%" if token.endswith("%") else ""
    return f"is {format_number(value, table)}{sign}"


def _arithmetic(
    ratio: StatedRatio, top: Sequence[tuple[Cell, int]], bottom: Sequence[tuple[Cell, int]], table: Table
) -> str:
    """What was divided by what, in words: ``54,774 of 152,915``."""
    if ratio.is_average:
        if len(top) > _FEW:
            return f"the average of the {len(top)} numbers from {_token(top[0][0])} to {_token(top[-1][0])}"
        shown = [_token(cell) for cell, _ in top]
        return f"the average of {', '.join(shown[:-1])} and {shown[-1]}"
    over, under = _sum(top), _sum(bottom) if bottom else ""
    if ratio.offset and -ratio.offset == ratio.factor and under:
        percent = " in per cent" if ratio.factor == 100 else ""
        return f"the change from {under} to {over}{percent}"
    factor = ratio.factor
    is_share = factor == 100 or (factor == 1 and 0 <= (_exact(ratio, top, bottom) or 0) <= 1)
    if not ratio.offset and is_share and under:
        return f"{over} of {under}"
    times = "" if factor.numerator == 1 else f"{format_number(Decimal(factor.numerator), table)} × "
    divided = f" / {under}" if under else ""
    divided += f" / {format_number(Decimal(factor.denominator), table)}" if factor.denominator != 1 else ""
    shift = f" {'+' if ratio.offset > 0 else '−'} {abs(ratio.offset)}" if ratio.offset else ""
    return f"{times}{over}{divided}{shift}"


def _sum(side: Sequence[tuple[Cell, int]]) -> str:
    """The numbers of one side of the stroke."""
    if len(side) > _FEW:
        return f"the sum of the {len(side)} numbers from {_token(side[0][0])} to {_token(side[-1][0])}"
    text = ""
    for cell, coefficient in side:
        sign = ("−" if coefficient < 0 else "") if not text else " − " if coefficient < 0 else " + "
        text += sign + (f"{abs(coefficient)} × " if abs(coefficient) != 1 else "") + _token(cell)
    return f"({text})" if len(side) > 1 else text


def _token(cell: Cell) -> str:
    """As printed; a dash that counts as zero would read as a minus."""
    return "0" if cell.reading.value == 0 else cell.token.strip() or "blank"


def judged_results(ran: RuleRun, table: Table) -> Iterator[int]:
    """The cells of the results that were judged; their numbers' last digits may be anything."""
    unknown = {int(str(subject["ratio"])) for subject in ran.outcome.unjudged}
    number = 0
    for ratio in table.ratios:
        for instance in ratio.instances():
            if number not in unknown and not ratio.unknown:
                yield instance.result
            number += 1


def _rows(arguments: Arguments) -> Iterable[Sequence[int]]:
    return arguments.get(_TERMS.name) or ()


_COLUMNS = ("ratio", "side", "cell", "coefficient", "by_ratio", "by_top", "shift")
RULE = Rule(
    name="quotients",
    ess="VCO",
    level="1c",
    title="a share, rate, average or change that the table's YAML states agrees with its numbers",
    done_by="suite",
    expectation="expect_stated_ratios_to_hold",
    definition=Pointwise(
        subjects,
        violation,
        unjudged,
        told=Relation("quotient_terms", dict.fromkeys(_COLUMNS, int), _rows, (_TERMS.name,)),
        together=True,
    ),
    parameters=(_WHERE, _TERMS),
    tell=tell,
    bind=bind,
)
