"""A single value out of its range: was its unit mistaken? Its neighbours in the series tell."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from statistics import median, pstdev

from amyqa.diagnosis import misprints
from amyqa.model import Cell, Change, Diagnosis, Explanation, Finding, Table
from amyqa.rules.outcome import Ran
from amyqa.rules.wording import as_printed

POWERS = (-3, 3, -6, 6, -1, 1, -2, 2)
LEAST_NEIGHBOURS = 2
LEAST_SPREAD = 0.1
UNEXPLAINED = 0.002
"""Share of values out of their range that no shift of the decimal point explains."""


def diagnose_value(
    ran: Ran, finding: Finding, table: Table, fits: Callable[[Decimal], bool] = lambda _: True
) -> Diagnosis | None:
    """Explain a value out of its range by a shift of its decimal point, where its neighbours agree.

    Args:
        ran: the rule, with its bounds.
        finding: the value's finding; of an outlier, with its neighbours in time.
        fits: whether the sums that the cell stands in would bear a number in its place.

    Returns:
        A diagnosis, or None where there is nothing to go by.
    """
    cell = finding.cells[0]
    value = cell.reading.value
    series = _neighbours(finding) if ran.rule.name == "outliers" else _series(cell, table)
    if not value or len(series) < LEAST_NEIGHBOURS:
        return None
    logs = [math.log10(abs(number)) for number in series]
    centre, spread = median(logs), max(pstdev(logs), LEAST_SPREAD)
    whole = not any(number % 1 for number in (value, *series))
    weights: list[tuple[float, Decimal, str]] = []
    for power in POWERS:
        proposed = value.scaleb(power).normalize() + 0
        decimals = max(0, -int(proposed.as_tuple().exponent))
        if not _in_range(proposed, ran) or (whole and decimals) or not fits(proposed):
            continue
        slips = [s for s in misprints.explain(value, proposed, decimals) if s.kind != "another number"]
        if slips:
            distance = (math.log10(abs(proposed)) - centre) / spread
            weights.append((slips[0].probability / (1 + distance * distance), proposed, slips[0].kind))
    if not weights:
        return None
    weights.sort(reverse=True)
    total = sum(weight for weight, _, _ in weights) + UNEXPLAINED
    told = [
        Explanation((_change(cell, proposed, kind, table),), weight / total)
        for weight, proposed, kind in weights
    ]
    best, *others = told
    located = best.likelihood > 0.5
    message = (
        best.changes[0].message if located else f"{finding.message} No shift of its unit is likely enough."
    )
    return Diagnosis(
        table=table.id,
        explains=(finding.id,),
        located=located,
        message=message,
        changes=best.changes if located else (),
        likelihood=best.likelihood,
        alternatives=tuple(e for e in (others if located else told) if e.likelihood > 0.01),
    )


def _neighbours(finding: Finding) -> list[Decimal]:
    """The numbers that an outlier was held against."""
    return [number for cell in finding.cells[1:] if (number := cell.reading.value)]


def _series(cell: Cell, table: Table) -> list[Decimal]:
    """The numbers beside a cell in its row, or above and below it, whichever are more alike."""
    r, c = divmod(cell.id - 1, len(table.columns))
    lines = (
        [reading.value for i, reading in enumerate(table.rows[r].readings) if i != c],
        [row.readings[c].value for i, row in enumerate(table.rows) if i != r],
    )
    known = [[number for number in line if number] for line in lines]
    usable = [line for line in known if len(line) >= LEAST_NEIGHBOURS]
    return min(usable, key=lambda line: pstdev([math.log10(abs(n)) for n in line]), default=[])


def _in_range(value: Decimal, ran: Ran) -> bool:
    low, high = ran.arguments.get("min"), ran.arguments.get("max")
    return (low is None or value >= Decimal(str(low))) and (high is None or value <= Decimal(str(high)))


def _change(cell: Cell, proposed: Decimal, kind: str, table: Table) -> Change:
    better = as_printed(proposed, cell, table)
    where = f"{cell.row}, {cell.column}"
    message = f"{where}: printed {cell.token.strip()}, {kind} beside its neighbours; {better} fits."
    return Change(cell, proposed, kind, "root", message)
