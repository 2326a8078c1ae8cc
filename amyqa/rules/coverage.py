"""What no sum checks: totals, columns, rows and single numbers that stand in no identity of their table.

It is counted cell by cell: one number of a row that stands in a sum does not check the row's others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from amyqa.model import PartlyChecked, Reading, Status, Table, TableSpec, Unchecked, UncheckedTotal
from amyqa.reading.labels import SHARE, holds, is_total
from amyqa.reading.tokens import Notation, UnreadableToken, normalise
from amyqa.rules.collector import ResultCollector
from amyqa.rules.observations import Observations
from amyqa.rules.quotients import RULE as QUOTIENTS
from amyqa.rules.quotients import judged_results
from amyqa.rules.rule import RuleRun
from amyqa.rules.shares import RULE as SHARES

_KEYS = " | "
_NUMBERS = (Status.VALUE, Status.NIL, Status.BOUND)
_LEAST = 2
"""So many other lines of numbers make a line called a total the total of something."""

Matrix = NDArray[np.bool_]
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sums:
    """The numbers of a table, and which of them stand in its sums.

    Args:
        columns, rows: labels.
        is_number: whether a number stands in a row and a column (from 0); a matrix of truth values.
        is_covered: whether that number stands in some sum.
        is_total: whether it is the total of one.
        total_columns, total_rows: lines that are declared or called a total.
    """

    columns: Sequence[str]
    rows: Sequence[str]
    is_number: Matrix
    is_covered: Matrix
    is_total: Matrix
    total_columns: Collection[int]
    total_rows: Collection[int]


def uncovered(sums: Sums, texts: Sequence[str] = (), *, whole: bool) -> Unchecked | None:
    """What no sum checks; None where all numbers stand in one, or there are none.

    Args:
        texts: columns that are no numbers to the table, though they print some.
        whole: there is no sum at all.
    """
    return _Coverage(sums).unchecked(tuple(texts), whole)


class _Coverage:
    def __init__(self, sums: Sums) -> None:
        self.sums = sums
        free = sums.is_number & ~sums.is_covered
        self.in_row, self.in_column = (sums.is_number.sum(axis).tolist() for axis in (1, 0))
        self.free_in_row, self.free_in_column = (free.sum(axis).tolist() for axis in (1, 0))
        self.free: list[_Place] = [(r, c) for r, c in np.argwhere(free).tolist()]

    def unchecked(self, texts: tuple[str, ...], whole: bool) -> Unchecked | None:
        if not any(self.in_row) and not texts:
            return None
        told: set[_Place] = set()
        totals = tuple(self._totals(told))
        columns, rows = (
            [i for i, (free, of) in enumerate(zip(*counts, strict=True)) if 0 < free == of]
            for counts in ((self.free_in_column, self.in_column), (self.free_in_row, self.in_row))
        )
        partly = () if whole else tuple(self._partly(set(columns), set(rows), told))
        named = {(total.is_row, total.label) for total in totals if total.whole}
        found = Unchecked(
            totals,
            tuple(label for c in columns if (False, label := self.sums.columns[c]) not in named),
            tuple(label for r in rows if (True, label := self.sums.rows[r]) not in named),
            partly,
            texts,
            whole,
        )
        return found if found != Unchecked() else None

    def _partly(self, columns: set[int], rows: set[int], told: set[_Place]) -> Iterator[PartlyChecked]:
        """What is in no line that is unchecked as a whole, by the lines that tell it shortest."""
        left = [(r, c) for r, c in self.free if c not in columns and r not in rows and (r, c) not in told]
        by_row, by_column = ({place[i]: None for place in left} for i in (0, 1))
        if len(by_row) <= len(by_column):
            for r in by_row:
                yield PartlyChecked(True, self.sums.rows[r], self.free_in_row[r], self.in_row[r])
        else:
            for c in by_column:
                yield PartlyChecked(False, self.sums.columns[c], self.free_in_column[c], self.in_column[c])

    def _totals(self, told: set[_Place]) -> Iterator[UncheckedTotal]:
        """Lines declared or called a total, with the numbers in them that are the total of no sum."""
        amounts = _amounts(self.in_column, self.sums.columns)
        lines = _amounts(self.in_row, self.sums.rows)
        for r in lines:
            if r in self.sums.total_rows and len(lines) > _LEAST:
                across = [c for c in amounts if self.sums.is_number[r, c]]
                if free := self._free(True, r, across):
                    told |= {(r, c) for c in free}
                    shown = tuple(self.sums.columns[c] for c in across if c in free)
                    yield UncheckedTotal(True, self.sums.rows[r], shown, len(free) == len(across))
        for c in amounts:
            if c in self.sums.total_columns and len(amounts) > _LEAST:
                across = [r for r in lines if self.sums.is_number[r, c]]
                if free := self._free(False, c, across):
                    told |= {(r, c) for r in free}
                    shown = tuple(self.sums.rows[r] for r in across if r in free)
                    yield UncheckedTotal(False, self.sums.columns[c], shown, len(free) == len(across))

    def _free(self, is_row: bool, line: int, across: Sequence[int]) -> set[int]:
        """Where a total is the total of no sum."""
        free = {other for other in across if not self._is_made(is_row, line, other)}
        # a corner is the total of its other line only, where that line is checked and nothing of this is
        corners = {other for other in across if other not in free and self._is_corner(is_row, line, other)}
        return free | corners if free and free | corners == set(across) else free

    def _is_made(self, is_row: bool, line: int, other: int) -> bool:
        """Whether the cell where two lines meet is the total of some sum."""
        return bool(self.sums.is_total[(line, other) if is_row else (other, line)])

    def _is_corner(self, is_row: bool, line: int, other: int) -> bool:
        """Whether the line that crosses is one of totals too, of which others are the totals of sums."""
        if other not in (self.sums.total_columns if is_row else self.sums.total_rows):
            return False
        crossing = range(len(self.sums.rows if is_row else self.sums.columns))
        return any(self._is_made(not is_row, other, each) for each in crossing if each != line)


def _amounts(numbers: Sequence[int], labels: Sequence[str]) -> dict[int, None]:
    """Lines with numbers that may be added up, in their order."""
    return {i: None for i, label in enumerate(labels) if numbers[i] and not holds(label, SHARE)}


def called_totals(labels: Sequence[str]) -> frozenset[int]:
    """Lines that are called a total; a row of several keys, by any of them."""
    return frozenset(i for i, label in enumerate(labels) if any(map(is_total, label.split(_KEYS))))


def unchecked(collector: ResultCollector, rans: Iterable[RuleRun] = ()) -> Unchecked | None:
    """What no sum checks in a table; None where all numbers stand in one, or there are none.

    Args:
        rans: what was run; shares of a whole stand in a sum as well, though in no identity.
    """
    observations, table = collector.observations, collector.observations.table
    whole = not collector.counts.evaluated
    if table.spec.fields is not None:  # a list of records: nothing of it is meant to add up
        printed = (reading for row in table.rows for reading in row.readings)
        return Unchecked(whole=True) if whole and any(r.status in _NUMBERS for r in printed) else None
    labels = [row.label for row in table.rows]
    declared = table.spec.rows.total
    total_rows = {r for r, label in enumerate(labels) if declared and normalise(declared) == normalise(label)}
    size = len(table.rows), len(table.columns)
    covered = collector.covered.flags(table.size)
    for ran in rans:
        if ran.rule is SHARES:
            covered |= _shares(observations, ran)
        elif ran.rule is QUOTIENTS:
            covered[[id - 1 for id in judged_results(ran, table)]] = True
    bounded = _only_bounded(table)
    sums = Sums(
        table.columns,
        labels,
        is_number=_flagged(observations, "OBS_STATUS", _NUMBERS).reshape(size),
        is_covered=covered.reshape(size),
        is_total=collector.totals.flags(table.size).reshape(size),
        total_columns=_total_columns(observations) | bounded[1],
        total_rows=called_totals(labels) | total_rows | bounded[0],
    )
    return uncovered(sums, tuple(_texts(observations)), whole=whole)


def _only_bounded(table: Table) -> tuple[frozenset[int], frozenset[int]]:
    """Rows and columns stated to be at least the sum of several parts: totals, whatever they are called."""
    rows, columns = set(), set()
    for formula in table.stated.formulas:
        total = formula.terms[0].cell if formula.terms else None
        if formula.sense != ">=" or not isinstance(total, int) or len(formula.terms) < 3 or not formula.along:
            continue
        row, column = divmod(total - 1, len(table.columns))
        if formula.along == "row":
            columns.add(column)
        else:
            rows.add(row)
    return frozenset(rows), frozenset(columns)


def _shares(observations: Observations, ran: RuleRun) -> Matrix:
    """The cells whose codes share a whole."""
    return _flagged(observations, ran.arguments["dimension"], ran.arguments["parts"])


def _flagged(observations: Observations, column: str, words: Collection[str]) -> Matrix:
    """The printed cells that have one of these words in a column, by their ids from 1."""
    flags = np.zeros(observations.table.size, bool)
    if column in observations.texts:
        codes = [code for word, code in observations.texts[column].index_of.items() if word in words]
        cells = observations.integers["OBS_CELL"].values[np.isin(observations.texts[column].codes, codes)]
        flags[cells[cells > 0] - 1] = True
    return flags


def _total_columns(observations: Observations) -> frozenset[int]:
    """Called so, or with the code of a total in a dimension that has other codes as well."""
    table = observations.table
    described = {normalise(name): codes for name, codes in (table.spec.columns or {}).items()}
    called, found = called_totals(table.columns), set()
    for c, label in enumerate(table.columns):
        place = described.get(label)
        codes = place if isinstance(place, dict) else {}
        totals = [dimension for dimension, named in codes.items() if observations.total(dimension) in named]
        if any(len(codes[dimension]) > 1 for dimension in totals):
            continue  # one cell that stands for the total and for a part is the sum of nothing else
        if c in called or any(len(observations.codes(each)) > 1 for each in totals):
            found.add(c)
    return frozenset(found)


def _texts(observations: Observations) -> Iterator[str]:
    """Columns that the YAML makes text, or leaves out, though most of what they print is numbers."""
    table = observations.table
    for c, label in enumerate(table.columns):
        if all(row.readings[c].status is Status.TEXT for row in table.rows):
            printed = [row.tokens[c] for row in table.rows if row.tokens[c].strip()]
            if _are_numbers(table.spec, printed):
                yield label


def _are_numbers(spec: TableSpec, tokens: Collection[str]) -> bool:
    """Whether most tokens read as numbers."""
    notation = Notation(
        decimal=spec.decimal, thousands=spec.thousands, nil=frozenset(spec.nil),
        missing=frozenset(spec.missing), marks=tuple(spec.notes),
    )  # fmt: skip
    numbers = 0
    for token in tokens:
        try:
            reading: Reading = notation.read(token)
        except UnreadableToken:
            continue
        numbers += reading.status in (Status.VALUE, Status.BOUND)
    return 2 * numbers > len(tokens) > 0
