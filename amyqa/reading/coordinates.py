"""Which coordinates each printed cell has, and which coordinates are zero without being printed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from amyqa.model import Table
from amyqa.reading.spec import expand
from amyqa.reading.tokens import normalise

ROW, COLUMN = "row", "column"
"""Dimensions that stand in where only the other side of a table has coordinates."""

Coordinates = dict[str, str]


class Grid:
    """The coordinates of a table of rows and columns.

    Where the columns have coordinates and the rows have none, each row is a code of the dimension
    ``row``; where the rows have one and no columns are described, each column is a code of
    ``column``. A column described as ``{}`` or ``text`` has no coordinates: it is outside any sum.
    """

    def __init__(self, table: Table) -> None:
        self.table, spec = table, table.spec
        given = {normalise(label): value for label, value in (spec.columns or {}).items()}
        self._columns: list[list[Coordinates]] = []
        for label in table.columns:
            value = given.get(label)
            coordinates = value if isinstance(value, Mapping) else {}
            if spec.columns is None and spec.row_dimensions:
                coordinates = {COLUMN: [label]}
            self._columns.append(expand(coordinates) if coordinates else [])
        across = dict.fromkeys(name for places in self._columns for place in places for name in place)
        down = tuple(spec.row_dimensions.values()) or ((ROW,) if across else ())
        self.dimensions: tuple[str, ...] = (*down, *(name for name in across if name not in down))
        self.rows: list[Coordinates] = [
            dict(zip(down, map(normalise, row.codes) if spec.row_dimensions else [row.label], strict=False))
            for row in table.rows
        ]

    def across(self) -> tuple[list[int], list[Coordinates]]:
        """What every row's cells stand for besides the row: 0-based columns, and a coordinate of each.

        A column that stands for several is there several times. One outside any sum has an empty
        coordinate, and then none of its row's either.
        """
        pairs = [(c, place) for c, places in enumerate(self._columns) for place in places or [{}]]
        return [c for c, _ in pairs], [place for _, place in pairs]

    def zeros(self) -> Iterator[Coordinates]:
        """Coordinates the spec declares zero: in every row, for every code of a dimension left open."""
        codes: dict[str, list[str]] = {}
        for places in self._columns:
            for place in places:
                for name, code in place.items():
                    if code not in codes.setdefault(name, []):
                        codes[name].append(code)
        seen: set[tuple[tuple[str, str], ...]] = set()
        for zero in self.table.spec.zero:
            for row in self.rows:
                if any(name in row and row[name] != normalise(code) for name, code in zero.items()):
                    continue
                for place in expand({**codes, **{name: [code] for name, code in zero.items()}}):
                    whole = {**place, **row}
                    if (key := tuple(sorted(whole.items()))) not in seen:
                        seen.add(key)
                        yield whole
