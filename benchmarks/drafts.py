"""Tables as yearbooks print them, drawn by chance: what the generators of other benchmarks change.

A draft names its rows and columns by keys (``T`` is the total), so that a generator can say "hide the
last column" or "the total of the year counts more" without counting positions. Sizes, shares of rows and
columns, and places of the totals are drawn; half of the pages are transposed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import amyqa
from amyqa.diagnosis.grid import Diagnosis

Key = tuple[object, object]
Place = tuple[int, int]
T = "T"
"""The key of the row, or the column, of totals."""


class Stated(NamedTuple):
    """A sum as the spec has it."""

    total: Key
    parts: tuple[Key, ...]
    minus: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Page:
    """What amyqa gets: cells as printed, sums over them, and numbers for cells that are printed blank."""

    tokens: list[list[str]]
    sums: list[amyqa.Sum]
    values: dict[Place, Decimal]

    def number(self, place: Place) -> Decimal:
        """What a cell says; nil for a dash, and for what is printed as nothing."""
        token = self.tokens[place[0]][place[1]].replace(",", "")
        return Decimal(0) if token in ("", "-") else Decimal(token)

    def diagnose(self) -> Diagnosis:
        """As anyone calls it."""
        return amyqa.diagnose(self.tokens, self.sums, values=self.values)


@dataclass
class Draft:
    """A table in the making.

    Args:
        rows, columns: keys in the order of print; what is not among them is not printed.
        numbers: one for each key, printed or not.
        decimals: digits printed behind the point.
        blank: cells that are printed as nothing and that the spec takes for nil.
        dash: cells that are printed as a dash.
    """

    rows: list[object]
    columns: list[object]
    numbers: dict[Key, Decimal]
    sums: list[Stated] = field(default_factory=list)
    decimals: int = 0
    blank: set[Key] = field(default_factory=set)
    dash: set[Key] = field(default_factory=set)

    def add_total_column(self, parts: Iterable[object] | None = None) -> None:
        """Count the parts of every row together."""
        parts = list(self.columns if parts is None else parts)
        for row in self.rows:
            self.numbers[row, T] = sum((self.numbers[row, c] for c in parts), Decimal(0))

    def add_total_row(self, parts: Iterable[object] | None = None, total: object = T) -> None:
        """Count the parts of every column together."""
        parts = list(self.rows if parts is None else parts)
        for column in {c for _, c in self.numbers}:
            self.numbers[total, column] = sum((self.numbers[r, column] for r in parts), Decimal(0))

    def across(
        self, parts: Sequence[object], rows: Iterable[object], *, total: object = T,
        minus: Sequence[object] = (),
    ) -> None:  # fmt: skip
        """State that a column is the sum of others."""
        self.sums += [
            Stated((r, total), tuple((r, c) for c in parts), tuple((r, c) for c in minus)) for r in rows
        ]

    def down(self, parts: Sequence[object], columns: Iterable[object], *, total: object = T) -> None:
        """State that a row is the sum of others."""
        self.sums += [Stated((total, c), tuple((r, c) for r in parts)) for c in columns]

    def hide(self, *, row: object = None, column: object = None) -> None:
        """Print a row or column no longer, nor let the spec know of it."""
        self.rows = [key for key in self.rows if key != row]
        self.columns = [key for key in self.columns if key != column]

        def seen(key: Key) -> bool:
            return key[0] != row and key[1] != column

        self.sums = [
            Stated(s.total, tuple(filter(seen, s.parts)), tuple(filter(seen, s.minus)))
            for s in self.sums
            if seen(s.total)
        ]

    def round_to(
        self, unit: Decimal | int, keys: Iterable[Key] | None = None,
        how: Callable[[Decimal], Decimal] | None = None,
    ) -> None:  # fmt: skip
        """Round each number by itself."""
        step = Decimal(unit)
        for key in list(self.numbers) if keys is None else keys:
            share = self.numbers[key] / step
            self.numbers[key] = step * (
                share.quantize(Decimal(1), ROUND_HALF_UP) if how is None else how(share)
            )

    @property
    def broken(self) -> bool:
        """Whether any stated sum does not hold to the last digit."""
        at = self.numbers
        return any(
            at[s.total] != sum(at[p] for p in s.parts) - sum(at[p] for p in s.minus) for s in self.sums
        )

    def page(self, chance: random.Random) -> Page:
        """Print it, one half of the time with rows for columns."""
        turned = chance.random() < 0.5
        at: dict[Key, Place] = {}
        for i, row in enumerate(self.rows):
            for j, column in enumerate(self.columns):
                at[row, column] = (j, i) if turned else (i, j)
        height, width = (len(self.columns), len(self.rows)) if turned else (len(self.rows), len(self.columns))
        tokens = [[""] * width for _ in range(height)]
        for key, (i, j) in at.items():
            tokens[i][j] = self._token(key)
        sums = [
            amyqa.Sum(at[s.total], [at[p] for p in s.parts], [at[p] for p in s.minus], tolerance=Decimal(0))
            for s in self.sums
        ]
        return Page(tokens, sums, {at[key]: Decimal(0) for key in self.blank if key in at})

    def _token(self, key: Key) -> str:
        if key in self.blank:
            return ""
        return "-" if key in self.dash else f"{self.numbers[key]:,.{self.decimals}f}"


def leaves(
    chance: random.Random, *, rows: tuple[int, int] = (5, 25), columns: tuple[int, int] = (2, 7),
    least: float = 2.0,
) -> Draft:  # fmt: skip
    """A table without totals: every cell about its row's size times its column's share.

    Args:
        rows, columns: fewest and most.
        least: power of ten of the smallest usual cell.
    """
    height = round(chance.triangular(*rows, rows[0] + 1))  # most tables are small
    width = chance.randint(*columns)
    size = 10 ** chance.uniform(least, 5.5)
    if chance.random() < 0.4:  # years, that grow
        growth = chance.uniform(0.98, 1.08)
        sizes = [growth**i * chance.lognormvariate(0, 0.03) for i in range(height)]
    else:  # regions, large and small
        sizes = [chance.lognormvariate(0, 0.8) for _ in range(height)]
    shares = [chance.lognormvariate(0, 0.7) for _ in range(width)]
    spread = chance.choice((0.05, 0.2, 0.5))
    numbers: dict[Key, Decimal] = {
        (r, c): Decimal(round(size * sizes[r] * shares[c] * chance.lognormvariate(0, spread)))
        for r in range(height)
        for c in range(width)
    }
    return Draft(list(range(height)), list(range(width)), numbers)


def crossed(chance: random.Random, draft: Draft, *, down: bool | None = None) -> Draft:
    """Totals of rows, and in most tables of columns, printed first or last and stated."""
    items, parts = list(draft.rows), list(draft.columns)
    draft.add_total_column()
    place(chance, draft.columns)
    if down is None:
        down = chance.random() < 0.7
    if down:
        draft.add_total_row()
        place(chance, draft.rows)
        draft.down(items, draft.columns)
    draft.across(parts, draft.rows)
    return draft


def grouped(chance: random.Random, draft: Draft) -> list[list[object]]:
    """Rows in groups, each with its total printed above them, and the total of all; returns the groups."""
    items = list(draft.rows)
    cuts = sorted(chance.sample(range(1, len(items)), min(len(items) - 1, chance.randint(1, 4))))
    groups = [items[a:b] for a, b in zip([0, *cuts], [*cuts, len(items)], strict=True)]
    parts = list(draft.columns)
    draft.add_total_column()
    place(chance, draft.columns)
    names: list[object] = [f"group {i}" for i in range(len(groups))]
    for name, group in zip(names, groups, strict=True):
        draft.add_total_row(group, name)
        draft.rows.insert(draft.rows.index(group[0]), name)
        draft.down(group, draft.columns, total=name)
    draft.add_total_row(names)
    place(chance, draft.rows)
    draft.down(names, draft.columns)
    draft.across(parts, draft.rows)
    return groups


def place(chance: random.Random, keys: list[object], key: object = T) -> None:
    """Print a total first or last."""
    keys.insert(0 if chance.random() < 0.5 else len(keys), key)
