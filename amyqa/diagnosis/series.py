"""A single value out of its range: was its unit mistaken? Its neighbours in the series tell."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from amyqa.diagnosis import misprints
from amyqa.model import Cell, Change, Explanation, Finding, Table, TableDiagnosis
from amyqa.rules.rule import RuleRun
from amyqa.rules.wording import as_printed

POWERS = (-3, 3, -6, 6, -1, 1, -2, 2)
LEAST_NEIGHBOURS = 2
LEAST_SPREAD = 0.1
UNEXPLAINED = 0.002
"""Share of values out of their range that no shift of the decimal point explains."""


class SeriesLine:
    """The numbers of a row or column that are not zero, ready to be asked without one of them."""

    def __init__(self, numbers: Iterable[Decimal]) -> None:
        known = [number for number in numbers if number]
        logs = [math.log10(abs(number)) for number in known]
        self.logs = sorted(logs)
        self.sum, self.squares = math.fsum(logs), math.fsum(log * log for log in logs)
        self.broken = sum(1 for number in known if number % 1)

    def without(self, value: Decimal) -> Around | None:
        """What the other numbers are like; None where there are too few of them."""
        n = len(self.logs) - 1
        if n < LEAST_NEIGHBOURS:
            return None
        own = math.log10(abs(value))
        at = bisect_left(self.logs, own)

        def other(i: int) -> float:
            return self.logs[i + (i >= at)]

        mean = (self.sum - own) / n
        variance = max(0.0, (self.squares - own * own) / n - mean * mean)
        centre = (other((n - 1) // 2) + other(n // 2)) / 2
        return Around(centre, math.sqrt(variance), self.broken == bool(value % 1))


@dataclass(frozen=True, slots=True)
class Around:
    """Centre and spread of sizes on a logarithmic scale, and whether all are whole numbers."""

    centre: float
    spread: float
    whole: bool


class Lines:
    """A table's rows and columns, each read once however many of its values are asked about."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[tuple[int, int], SeriesLine] = {}

    def beside(self, cell: Cell) -> Around | None:
        """The numbers beside a cell in its row, or above and below it, whichever are more alike."""
        value = cell.reading.value
        assert value  # asked only of numbers
        places = enumerate(divmod(cell.id - 1, len(self._table.columns)))
        usable = [around for axis, n in places if (around := self._line(axis, n).without(value)) is not None]
        return min(usable, key=lambda around: around.spread, default=None)

    def _line(self, axis: int, n: int) -> SeriesLine:
        if (axis, n) not in self._known:
            rows = self._table.rows
            readings = rows[n].readings if axis == 0 else [row.readings[n] for row in rows]
            self._known[axis, n] = SeriesLine(r.value for r in readings if r.value is not None)
        return self._known[axis, n]


def diagnose_value(
    ran: RuleRun,
    finding: Finding,
    table: Table,
    fits: Callable[[Decimal], bool] = lambda _: True,
    lines: Lines | None = None,
) -> TableDiagnosis | None:
    """Explain a value out of its range by a shift of its decimal point, where its neighbours agree.

    Args:
        ran: the rule, with its bounds.
        finding: the value's finding; of an outlier, with its neighbours in time.
        fits: whether the sums that the cell stands in would bear a number in its place.
        lines: the table's rows and columns, where many of its values are asked about.

    Returns:
        A diagnosis, or None where there is nothing to go by.
    """
    cell = finding.cells[0]
    value = cell.reading.value
    if not value:
        return None
    if ran.rule.name == "outliers":
        around = SeriesLine((value, *_neighbours(finding))).without(value)
    else:
        around = (lines or Lines(table)).beside(cell)
    if around is None:
        return None
    centre, spread = around.centre, max(around.spread, LEAST_SPREAD)
    whole = around.whole and not value % 1
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
    return TableDiagnosis(
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


def _in_range(value: Decimal, ran: RuleRun) -> bool:
    low, high = ran.arguments.get("min"), ran.arguments.get("max")
    return (low is None or value >= Decimal(str(low))) and (high is None or value <= Decimal(str(high)))


def _change(cell: Cell, proposed: Decimal, kind: str, table: Table) -> Change:
    better = as_printed(proposed, cell, table)
    where = f"{cell.row}, {cell.column}"
    message = (
        f"{where}: printed {cell.token.strip()}, {kind} compared with neighbouring values; {better} fits."
    )
    return Change(cell, proposed, kind, "root", message)
