"""What no sum checks: totals, columns and rows of numbers that stand in no identity of their table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from amyqa.model import Reading, Status, Unchecked, UncheckedTotal
from amyqa.reading.labels import SHARE, holds, is_total
from amyqa.reading.spec import Spec
from amyqa.reading.tokens import Notation, UnreadableToken, normalise
from amyqa.rules.collector import ResultCollector
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import RuleRun
from amyqa.rules.shares import RULE as SHARES

_KEYS = " | "
_NUMBERS = (Status.VALUE, Status.NIL, Status.BOUND)
_LEAST = 2
"""So many other lines of numbers make a line called a total the total of something."""


def unchecked(collector: ResultCollector, rans: Iterable[RuleRun] = ()) -> Unchecked | None:
    """What no sum checks in a table; None where all numbers stand in one, or there are none.

    Args:
        rans: what was run; shares of a whole stand in a sum as well, though in no identity.
    """
    shares = {cell for ran in rans if ran.rule is SHARES for cell in _shares(collector.observations, ran)}
    return _Table(collector, shares).unchecked()


def _shares(observations: Observations, ran: RuleRun) -> Iterator[int]:
    """The cells whose codes share a whole."""
    codes = observations.texts.get(ran.arguments["dimension"], ())
    for code, cell in zip(codes, observations.integers["OBS_CELL"], strict=False):
        if code in ran.arguments["parts"] and cell is not None:
            yield cell


class _Table:
    def __init__(self, collector: ResultCollector, shares: Collection[int]) -> None:
        self.shares = shares
        self.collector, self.table = collector, collector.observations.table
        self.columns, self.rows = range(len(self.table.columns)), range(len(self.table.rows))
        self.row_labels = [row.label for row in self.table.rows]
        numbers = [
            (r, c)
            for r, row in enumerate(self.table.rows)
            for c in self.columns
            if row.readings[c].status in _NUMBERS
        ]
        self.described = {normalise(name): codes for name, codes in (self.table.spec.columns or {}).items()}
        self.in_row: list[list[int]] = [[] for _ in self.rows]
        self.in_column: list[list[int]] = [[] for _ in self.columns]
        for r, c in numbers:
            self.in_row[r].append(c)
            self.in_column[c].append(r)

    def unchecked(self) -> Unchecked | None:
        whole = not self.collector.counts.evaluated
        texts = tuple(self._texts())
        if not any(self.in_row) and not texts:
            return None
        if self.table.spec.fields is not None:  # a list of records: nothing of it is meant to add up
            return Unchecked(whole=True) if whole else None
        totals = tuple(self._totals())
        told = {(total.is_row, total.label) for total in totals if total.whole}
        columns = tuple(
            label
            for c, label in enumerate(self.table.columns)
            if self._is_open((r, c) for r in self.in_column[c]) and (False, label) not in told
        )
        rows = tuple(
            label
            for r, label in enumerate(self.row_labels)
            if self._is_open((r, c) for c in self.in_row[r]) and (True, label) not in told
        )
        if not (whole or totals or columns or rows or texts):
            return None
        return Unchecked(totals, columns, rows, texts, whole)

    def _is_open(self, places: Iterable[tuple[int, int]]) -> bool:
        """Whether there are numbers, and none of them stands in a sum."""
        cells = [self.table.cell_id(r, c) for r, c in places]
        return bool(cells) and not any(
            cell in self.collector.covered or cell in self.shares for cell in cells
        )

    def _totals(self) -> Iterator[UncheckedTotal]:
        """Lines declared or called a total, with the numbers in them that are the total of no sum."""
        amounts = self._amounts(self.in_column, self.table.columns)
        lines = self._amounts(self.in_row, self.row_labels)
        for r in lines:
            if self._is_total_row(r) and len(lines) > _LEAST:
                yield from self._total(
                    True, self.row_labels[r], r, [c for c in self.in_row[r] if c in amounts]
                )
        for c in amounts:
            if self._is_total_column(c) and len(amounts) > _LEAST:
                yield from self._total(
                    False, self.table.columns[c], c, [r for r in self.in_column[c] if r in lines]
                )

    def _amounts(self, numbers: Sequence[Sequence[int]], labels: Sequence[str]) -> dict[int, None]:
        """Lines with numbers that may be added up, in their order."""
        return {i: None for i, label in enumerate(labels) if numbers[i] and not holds(label, SHARE)}

    def _total(self, is_row: bool, label: str, line: int, across: Sequence[int]) -> Iterator[UncheckedTotal]:
        names = self.table.columns if is_row else self.row_labels
        free = {other for other in across if not self._is_made(is_row, line, other)}
        # a corner is the total of its other line only, where that line is checked and nothing of this is
        corners = {other for other in across if other not in free and self._is_corner(is_row, line, other)}
        if free and free | corners == set(across):
            free |= corners
        if free:
            shown = tuple(names[other] for other in across if other in free)
            yield UncheckedTotal(is_row, label, shown, len(free) == len(across))

    def _is_made(self, is_row: bool, line: int, other: int) -> bool:
        """Whether the cell where two lines meet is the total of some sum."""
        return self.table.cell_id(*((line, other) if is_row else (other, line))) in self.collector.totals

    def _is_corner(self, is_row: bool, line: int, other: int) -> bool:
        """Whether the line that crosses is one of totals too, of which others are the totals of sums."""
        if not (self._is_total_column(other) if is_row else self._is_total_row(other)):
            return False
        crossing = self.in_column[other] if is_row else self.in_row[other]
        return any(self._is_made(not is_row, other, each) for each in crossing if each != line)

    def _is_total_row(self, r: int) -> bool:
        declared = self.table.spec.rows.total
        label = self.row_labels[r]
        named = any(is_total(part) for part in label.split(_KEYS))
        return named or (declared is not None and normalise(declared) == normalise(label))

    def _is_total_column(self, c: int) -> bool:
        """Called so, or with the code of a total in a dimension that has other codes as well."""
        described = self.described.get(self.table.columns[c])
        codes = described if isinstance(described, dict) else {}
        known = self.collector.observations
        totals = [dimension for dimension, named in codes.items() if known.total(dimension) in named]
        if any(len(codes[dimension]) > 1 for dimension in totals):
            return False  # one cell that stands for the total and for a part is the sum of nothing else
        return is_total(self.table.columns[c]) or any(len(known.codes(each)) > 1 for each in totals)

    def _texts(self) -> Iterator[str]:
        """Columns that the YAML makes text, or leaves out, though most of what they print is numbers."""
        spec = self.table.spec
        if spec.fields is not None:
            return
        for c, label in enumerate(self.table.columns):
            printed = [row.tokens[c] for row in self.table.rows if row.tokens[c].strip()]
            if all(row.readings[c].status is Status.TEXT for row in self.table.rows) and _are_numbers(
                spec, printed
            ):
                yield label


def _are_numbers(spec: Spec, tokens: Collection[str]) -> bool:
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
