"""A table as the one relation that rules read: a record for every coordinate of every cell.

Columns, besides one per dimension (NULL where a column states no code for it):

    OBS_RECORD     1-based number of the record
    OBS_KIND       printed, zero (structural), external (a cell of another table) or constant
    OBS_CELL       the cell's id in the table; 0 for a structural zero; below -9 for external and constant
    OBS_ROW, OBS_COLUMN, OBS_TOKEN, OBS_STATUS    as printed
    OBS_VALUE      the number, in whole units of 10**-scale; NULL where it is not known exactly
    OBS_LOW, OBS_HIGH   the interval it lies in (NULL: open)
    OBS_TOLERANCE      half its printed unit where it is rounded, else 0
    OBS_STEP       a unit of its last printed digit; NULL where no number is printed
    OBS_UNCERTAIN  1 where the spec says that the cell cannot be placed, 2 where another stands for the same
    OBS_HASH     a fixed random number of the cell; equal sums of them mean equal sets of cells
    OBS_FLOOR      the least an unknown value can be (0, or NULL), the same in every record
    OBS_SCALE      the scale, the same in every record

A printed cell with two coordinates has two records and one OBS_CELL.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import chain

import numpy as np

from amyqa.model import Cell, Reference, Status, Table
from amyqa.reading.coordinates import Grid
from amyqa.reading.labels import is_all
from amyqa.reading.records import DATES, field_columns, record_days
from amyqa.reading.tokens import normalise
from amyqa.rules.columns import Integers, Words, joined, stacked
from amyqa.rules.numbers import ExternalCell, ScaledNumbers
from amyqa.rules.places import Places
from amyqa.rules.printed import printed
from amyqa.rules.reference_tables import ReferenceTable, ReferenceTables, align_references
from amyqa.rules.shape import UNKNOWN, ZERO, Shape
from amyqa.rules.stated import StatedTerms, patterns

COUNTED = ("OBS_CELL", "OBS_VALUE", "OBS_LOW", "OBS_HIGH", "OBS_TOLERANCE", "OBS_STEP", "OBS_UNCERTAIN")
TEXTS = ("OBS_KIND", "OBS_ROW", "OBS_COLUMN", "OBS_TOKEN", "OBS_STATUS")

REPEATED = 2
"""OBS_UNCERTAIN of a cell whose coordinates another cell has too."""

FIRST_EXTRA = -10
"""OBS_CELL of the first cell of another table, or constant; the next are below it."""
_MASK = 2**64 - 1


def cell_hash(cell: int) -> int:
    """50 random bits that depend on the cell's id alone (splitmix64); 0 for a structural zero."""
    if cell == ZERO:
        return 0
    z = (cell * 0x9E3779B97F4A7C15) & _MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
    return (z ^ (z >> 31)) >> 14


@dataclass(frozen=True)
class Observations:
    """The relation, column by column, and the way back from it to paper.

    Args:
        table: the table it was made from.
        shape: dimensions and scale.
        integers, texts: columns by name; all of the same length.
        external: cells of other tables, by their OBS_CELL.
        constants: numbers of formulas, by their OBS_CELL.
        stated: terms of the table's stated identities.
        others: cells of other tables that stand for the same.
        unread: other tables that the table names and that are not there or cannot be read, each with why.
        first: what its records and stated identities are numbered from in a session, whose tables follow
            each other: 0 where it is alone. Cells keep the numbers that they have in their table.
    """

    table: Table
    shape: Shape
    integers: Mapping[str, Integers]
    texts: Mapping[str, Words]
    external: Mapping[int, Cell] = field(default_factory=dict)
    constants: Mapping[int, Decimal] = field(default_factory=dict)
    stated: StatedTerms = field(default_factory=StatedTerms)
    others: ReferenceTables = field(default_factory=ReferenceTables)
    unread: Mapping[str, str] = field(default_factory=dict)
    first: int = 0

    def codes(self, dimension: str) -> tuple[str, ...]:
        """The table's codes in a dimension, in order of appearance."""
        if dimension not in self._codes:
            self._codes[dimension] = self.texts[dimension].there() if dimension in self.texts else ()
        return self._codes[dimension]

    @cached_property
    def _codes(self) -> dict[str, tuple[str, ...]]:
        return {}

    @property
    def unit(self) -> str:
        """What the values count, in the table's own words."""
        return self.table.spec.unit

    def total(self, dimension: str) -> str | None:
        """The code that stands for all others: the declared total row, or a word that means all."""
        spec = self.table.spec
        codes = self.codes(dimension)
        if spec.rows.total is not None:
            declared = normalise(spec.rows.total)
            if declared in codes and dimension in spec.row_dimensions.values():
                return declared
        if spec.columns is None and dimension not in spec.row_dimensions.values():
            return None  # the labels of undescribed columns are not codes that anybody chose
        return next((code for code in codes if is_all(code)), None)

    def nested(self, dimension: str) -> Mapping[str, Sequence[str]]:
        """Totals to parts, where the spec nests a dimension's codes."""
        return self.table.spec.codes.get(dimension, {})

    def references(self, kind: str) -> tuple[Sequence[Mapping[str, str]], Sequence[str]]:
        """What the other tables of a kind cover of this one, and why more is lacking."""
        return self.others.covers.get(kind, ()), self.others.lacking.get(kind, ())

    def place(self, record: int) -> dict[str, str]:
        """Coordinates of a record."""
        at = self.number(record) - 1
        places = {name: self.texts[name][at] for name in self.shape.dimensions}
        return {name: code for name, code in places.items() if code is not None}

    def cell(self, record: int) -> Cell | None:
        """The printed cell of a record."""
        id = self.cell_id(record)
        return self.table.cell(id) if id > 0 else None

    def cell_id(self, record: int) -> int:
        """OBS_CELL of a record."""
        return int(self.integers["OBS_CELL"].values[self.number(record) - 1])

    def number(self, record: int) -> int:
        """The number of a record in its own table, from 1."""
        return record - self.first

    def word(self, column: str, record: int) -> str:
        """The word of a record in a column, "" where there is none."""
        words = self.texts.get(column)
        return (words[self.number(record) - 1] if words is not None else None) or ""

    def other(self, record: int) -> Cell:
        """The cell of another table at a record of the relation ``others``."""
        return self.others.cell(record - self.first)

    def stated_terms(self, key: int) -> list[tuple[int, int]]:
        """Cells and coefficients of a stated identity, in the order as stated."""
        return self.stated.of(key - self.first)

    @property
    def size(self) -> int:
        """How many numbers it takes in a session: more than it has records, cells or stated identities."""
        lengths = (len(self.texts["OBS_KIND"]), self.table.size, len(self.stated))
        return max(*lengths, len(self.external) + len(self.constants)) + 1

    @cached_property
    def repeated(self) -> frozenset[int]:
        """Cells whose coordinates another printed cell has too."""
        uncertain = self.integers["OBS_UNCERTAIN"].values == REPEATED
        return frozenset(self.integers["OBS_CELL"].values[uncertain].tolist())

    def record_of(self, cell: int) -> int:
        """The first record of a cell."""
        return self.first + int(np.flatnonzero(self.integers["OBS_CELL"].values == cell)[0]) + 1

    @cached_property
    def _places(self) -> Places:
        return Places([self.texts[name] for name in self.shape.dimensions], len(self.texts["OBS_KIND"]))

    def at(self, place: Sequence[str | None]) -> tuple[int, ...]:
        """OBS_CELL of the records at a coordinate, given in the order of the dimensions."""
        return tuple(self.integers["OBS_CELL"].values[self._places.records(place)].tolist())

    def decimal(self, scaled: int) -> Decimal:
        """A scaled number in the table's unit."""
        value = Decimal(scaled).scaleb(-self.shape.scale)
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def observe(
    table: Table,
    external: Mapping[Reference, ExternalCell] | None = None,
    references: Sequence[ReferenceTable] = (),
    lacking: Mapping[str, Sequence[str]] | None = None,
) -> Observations:
    """Make the relation of a table.

    Args:
        external: the cells of other tables that its stated identities name; one that is left out
            is unknown.
        beside: other tables whose cells stand for the same.
        lacking: for each kind of these, why there is no (other) one.

    Raises:
        BadInput: a value too large to be added up exactly.
        BadSpec: another table is aligned by a dimension or code that is not there.
    """
    scale = max((ScaledNumbers(other.table, {}).scale for other in references), default=0)
    ours = _observed(ScaledNumbers(table, dict(external or {}), finest=scale))
    if not references and not lacking:
        return ours
    theirs = (
        (other, _observed(ScaledNumbers(other.table, {}, finest=ours.shape.scale))) for other in references
    )
    return dataclasses.replace(ours, others=align_references(ours, theirs, lacking or {}))


def _observed(numbers: ScaledNumbers) -> Observations:
    maker = _Maker(numbers)
    return maker.records() if numbers.table.spec.fields is not None else maker.grid()


class _Maker:
    def __init__(self, numbers: ScaledNumbers) -> None:
        self.numbers, self.table, self.external = numbers, numbers.table, numbers.external
        self.spec = self.table.spec
        self.extras: dict[Reference | Decimal, int] = {}
        self.uncertain = {normalise(label) for label in self.spec.uncertain}
        # the printed cells of a grid, column by column, and what comes record by record
        self.integers: dict[str, Integers] = {}
        self.texts: dict[str, Words] = {}
        self.numbered: dict[str, list[int | None]] = {name: [] for name in COUNTED}
        self.worded: dict[str, list[str | None]] = {name: [] for name in TEXTS}

    def grid(self) -> Observations:
        """A table of rows and columns."""
        grid = Grid(self.table)
        self._print_all(grid)
        self.worded |= {name: [] for name in grid.dimensions}
        zeros = list(grid.zeros())
        columns = [self.texts[name] for name in grid.dimensions]
        printed = set(zip(*columns, strict=True)) if zeros else frozenset()
        for place in zeros:
            if tuple(place.get(name) for name in grid.dimensions) not in printed:
                self._add("zero", ZERO, place, grid.dimensions, low=0, high=0, status="zero")
        return self._finish(grid.dimensions)

    def _print_all(self, grid: Grid) -> None:
        """The records of all printed cells, row by row; of each row they are alike but for its numbers."""
        rows, width = self.table.rows, len(self.table.columns)
        columns, places = grid.across()
        at, down, across = np.array(columns, np.int64), len(rows), len(columns)
        outside = np.array([not place for place in places], bool)
        for name in grid.dimensions:
            known: dict[str, int] = {}
            over = np.array([_code(known, place.get(name)) for place in places], np.int32)
            own = np.array([_code(known, row.get(name)) for row in grid.rows], np.int32)
            codes = np.where(over >= 0, over, own[:, None])
            codes[:, outside] = -1
            self.texts[name] = Words(codes.ravel(), list(known))
        integers, self.texts["OBS_STATUS"] = printed(self.numbers, at)
        self.integers |= integers
        self.texts["OBS_KIND"] = Words.same("printed", down * across)
        labels = Words.of(row.label for row in rows)
        self.texts["OBS_ROW"] = labels.take(np.repeat(np.arange(down), across))
        self.texts["OBS_COLUMN"] = Words(np.tile(at.astype(np.int32), down), self.table.columns)
        tokens = Words.of(chain.from_iterable(row.tokens for row in rows))
        self.texts["OBS_TOKEN"] = Words(tokens.codes.reshape(down, width)[:, at].ravel(), tokens.words)
        cells = np.arange(down)[:, None] * width + at + 1
        self.integers["OBS_CELL"] = Integers(cells.ravel())
        doubtful = np.array([row.label in self.uncertain for row in rows], np.int64)
        uncertain = np.repeat(doubtful, across)
        uncertain[Places([self.texts[name] for name in grid.dimensions], down * across).repeated()] = REPEATED
        self.integers["OBS_UNCERTAIN"] = Integers(uncertain).compact()

    def records(self) -> Observations:
        """A list of records: one record each; the number field is its cell."""
        at = field_columns(self.table)
        words = [*(kind for kind in at if kind != "number"), "OBS_MEASURE"]
        self.worded |= {word: [] for word in words}
        self.numbered |= {name: [] for name in DATES}
        for r, row in enumerate(self.table.rows):
            place: dict[str, str] = {kind: row.tokens[at[kind]].strip() for kind in at if kind != "number"}
            place["OBS_MEASURE"] = self._measure(r)
            self._printed(r, at.get("number", at.get("text", 0)), place, words)
            for name, value in record_days(self.table, r).items():
                self.numbered[name].append(value)
        return self._finish((), words)

    def _finish(self, dimensions: Sequence[str], words: Sequence[str] = ()) -> Observations:
        stated = StatedTerms(patterns(self.table.stated.formulas, self._id))
        names = [*dimensions, *words]
        for key, id in self.extras.items():
            if isinstance(key, Decimal):
                value = self.numbers.scaled(key)
                self._add("constant", id, {}, names, low=value, high=value, status="value")
            else:
                self._external(id, self.external[key].cell, names)
        integers, texts = self._columns()
        return Observations(
            table=self.table,
            shape=Shape(tuple(dimensions), self.numbers.scale),
            integers=integers,
            texts=texts,
            external={
                id: self.external[key].cell for key, id in self.extras.items() if isinstance(key, Reference)
            },
            constants={id: key for key, id in self.extras.items() if isinstance(key, Decimal)},
            stated=stated,
        )

    def _columns(self) -> tuple[dict[str, Integers], dict[str, Words]]:
        """What came column by column, with what came record by record below it."""
        added = len(self.worded["OBS_KIND"])
        integers, texts = self.integers, self.texts
        if added or not texts:
            for column in self.numbered.values():
                column.extend([None] * (added - len(column)))
            integers = {name: Integers.of(column) for name, column in self.numbered.items()}
            texts = {name: Words.of(column) for name, column in self.worded.items()}
        if added and self.texts:
            integers = {name: stacked([self.integers[name], below]) for name, below in integers.items()}
            texts = {name: joined([self.texts[name], below]) for name, below in texts.items()}
        size = len(texts["OBS_KIND"])
        floor = Integers.same(None if self.numbers.open_below else 0, size)
        same = {"OBS_FLOOR": floor, "OBS_SCALE": Integers.same(self.numbers.scale, size)}
        return {"OBS_RECORD": Integers(np.arange(1, size + 1)), **integers, **same}, texts

    def _printed(self, r: int, c: int, place: Mapping[str, str], names: Iterable[str]) -> None:
        row, id = self.table.rows[r], self.table.cell_id(r, c)
        reading = row.readings[c]
        low, high = self.numbers.interval(reading, self.table.cell(id))
        status = Status.BOUND if reading.status is Status.VALUE and low != high else reading.status
        self._add(
            "printed", id, place, names, low=low, high=high, tolerance=self.numbers.tolerance(reading, id),
            status=str(status), row=row.label, column=self.table.columns[c], token=row.tokens[c],
            uncertain=row.label in self.uncertain, step=self.numbers.step(reading),
        )  # fmt: skip

    def _external(self, id: int, cell: Cell, names: Iterable[str]) -> None:
        low, high = self.numbers.interval(cell.reading, cell)
        # a quoted cell's rounding is allowed for once, in the figure that quotes it
        tolerance = 0 if self.numbers.quoting else self.numbers.half_unit(cell.reading)
        self._add(
            "external", id, {}, names, low=low, high=high, tolerance=tolerance,
            status=str(cell.reading.status), row=cell.row, column=cell.column, token=cell.token,
            uncertain=cell.uncertain,
        )  # fmt: skip

    def _add(
        self, kind: str, cell: int, place: Mapping[str, str], names: Iterable[str], *, low: int | None,
        high: int | None, status: str, tolerance: int = 0, row: str | None = None, column: str | None = None,
        token: str | None = None, uncertain: bool = False, step: int | None = None,
    ) -> None:  # fmt: skip
        value = low if low is not None and low == high else None
        numbers = (cell, value, low, high, tolerance, step, int(uncertain))
        for name, number in zip(COUNTED, numbers, strict=True):
            self.numbered[name].append(number)
        for name, word in zip(TEXTS, (kind, row, column, token, status), strict=True):
            self.worded[name].append(word)
        for name in names:
            self.worded[name].append(place.get(name))

    def _id(self, cell: int | Reference | Decimal) -> int:
        if isinstance(cell, int):
            return cell
        if isinstance(cell, Reference) and cell not in self.external:
            return UNKNOWN
        return self.extras.setdefault(cell, FIRST_EXTRA - len(self.extras))

    def _measure(self, record: int) -> str:
        """What the table measures that a claim speaks of."""
        terms = self.table.stated[record].terms if record < len(self.table.stated) else ()
        measures = [
            self.external[t.cell].measure
            for t in terms
            if isinstance(t.cell, Reference) and t.cell in self.external
        ]
        return measures[0] if measures else ""


def _code(known: dict[str, int], word: str | None) -> int:
    return -1 if word is None else known.setdefault(word, len(known))
