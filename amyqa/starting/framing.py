"""A frame as a table: which of its columns label the rows, which hold numbers; tidy ones are spread out.

A tidy frame has a row for each number. Spread out, its longest dimension labels the rows and the others
label the columns, so that it is the table that would be printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from amyqa.errors import BadInput, Problem, did_you_mean
from amyqa.reading.labels import holds, is_total
from amyqa.reading.tokens import normalise
from amyqa.sources import Sheet
from amyqa.sources.frames import JOINS, FrameCells, FrameColumn, FrameGrid, label_of
from amyqa.starting.intake import Taken, by_sums, described
from amyqa.starting.layout import is_number
from amyqa.starting.said import Said
from amyqa.starting.words import NUMBERING, is_month, is_year

LARGE = 5_000
"""Of more rows a sample is taken in."""
_SAMPLE, _FIRST = 240, 60
_LOOKED_AT = 200
_CROSSED = 1.5
_PLAIN = (".", ",")


@dataclass(frozen=True)
class Stating:
    """What is said of a frame.

    Args:
        rows: labels of the columns, or levels of the index, that label the rows.
        totals: labels of rows or columns, or codes, that are totals.
        value: the column of numbers of a tidy frame; "" where it is none, or nothing is said.
        title: what people call the table; its file's name, as it were.
    """

    rows: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    value: str = ""
    title: str = "frame"


@dataclass(frozen=True)
class FrameTable:
    """A frame as a table that can be drafted.

    Args:
        taken: its lines and columns; of a large frame those of a sample.
        columns: the tokens of all its rows, column by column.
        title: what people call it.
        grid: the frame.
        fields: the frame's column (from 0) of each of the table's columns; -1 for labels.
        spread: of a tidy frame, its row and column of each cell, by the table's line and position.
    """

    taken: Taken
    columns: Sequence[Sequence[str]]
    title: str
    grid: FrameGrid
    fields: Sequence[int]
    spread: Mapping[tuple[int, int], tuple[int, int]] | None = None

    @property
    def height(self) -> int:
        """Number of all its rows."""
        return len(self.columns[0])

    @property
    def is_sample(self) -> bool:
        """Whether it was taken in from some of its rows."""
        return self.height > LARGE and len(self.taken.lines) < self.height

    @property
    def sheet(self) -> Sheet:
        """What names the places of its cells: by the labels of rows and columns."""
        labels = zip(self.taken.numbers, self.taken.row_labels, strict=True)
        named = {number: label or f"row {number}" for number, label in labels}
        cells = FrameCells(named, self.taken.labels)
        return Sheet(self.title, (), otherwise="cells of a frame", origin=cells)

    def only(self, rows: Iterable[int]) -> FrameTable:
        """The same, of some rows (from 0)."""
        lines = _lines(self.columns, rows)
        numbers, fields = tuple(number for number, _ in lines), tuple(line for _, line in lines)
        return replace(self, taken=replace(self.taken, lines=fields, numbers=numbers))

    def whole(self) -> FrameTable:
        """The same, of all rows."""
        return self.only(range(self.height))

    def place(self, line: int, position: int) -> tuple[int, int]:
        """The frame's row and column (from 0) of a cell, by its line and position in the table."""
        return (
            self.spread[line, position] if self.spread is not None else (line - 1, self.fields[position - 1])
        )


def sample(rows: int) -> list[int]:
    """Which rows of a large frame are drafted: the first ones, and more all over it."""
    if rows <= LARGE:
        return list(range(rows))
    every = (rows - 1 - _FIRST) / (_SAMPLE - _FIRST)
    return sorted({*range(_FIRST), *(rows - 1 - int(every * n) for n in range(_SAMPLE - _FIRST))})


def table_of(grid: FrameGrid, stating: Stating) -> FrameTable:
    """A frame as a table.

    Raises:
        BadInput: it has no such row or column; it has no numbers; two rows of a tidy frame stand for one.
    """
    given = [grid.named(name) for name in stating.rows]
    value = grid.named(stating.value) if stating.value else None
    labels, amounts = _told_apart(grid, given, value)
    if not amounts:
        hint = "numbers may be printed, as 6,619; a dash or a blank is none"
        raise BadInput([Problem("the frame has no column of numbers", hint)])
    rest = [each for each in labels if each not in given]
    if (dimensions := _tidy(grid, given, rest, amounts, value)) is not None:
        return _spread(grid, dimensions, amounts, stating)
    keys = tuple(given or [each for each in labels if each in grid.index])
    if not keys and not labels:
        keys = (FrameColumn("row", tuple(f"row {label}" for label in grid.labels), counts=False),)
    columns = [*keys, *(each for each in (*grid.index, *grid.columns) if each not in keys)]
    columns = [each for each in columns if each in keys or each.position >= 0]
    if not keys:  # what labels the rows stands first, as in print
        columns.sort(key=lambda each: each not in labels[:1])
    said = Said(tuple(range(len(keys))), _totals(stating, columns, len(keys) or 1))
    names, fields = [each.name for each in columns], [each.position for each in columns]
    return _table(grid, stating, names, [each.tokens for each in columns], fields, said)


def labelling(grid: FrameGrid) -> list[FrameColumn]:
    """The columns of a frame, and levels of its index, that label its rows."""
    return _told_apart(grid, (), None)[0]


def _told_apart(
    grid: FrameGrid, given: Sequence[FrameColumn], value: FrameColumn | None
) -> tuple[list[FrameColumn], list[FrameColumn]]:
    """Columns (and levels of the index) that label, and those that hold numbers."""
    labels: list[FrameColumn] = []
    amounts: list[FrameColumn] = []
    for each in (*grid.index, *grid.columns):
        is_label = each is not value and (each in given or each.position < 0 or _labels(each))
        (labels if is_label else amounts).append(each)
    numbers = len(grid.index) == 1 and grid.index[0] not in given and _only_numbers(grid.index[0])
    if numbers and len(labels) > 1:
        labels = [each for each in labels if each not in grid.index]  # what is left of a longer frame's
    return labels, amounts if value is None else [value]


def _labels(column: FrameColumn) -> bool:
    """Whether a column labels rather than counts: words, years, months, codes by their name."""
    filled = [token for token in column.tokens[:_LOOKED_AT] if token.strip()]
    if column.position < 1 and filled and all(is_year(t) or is_month(t) or is_total(t) for t in filled):
        return True
    if holds(column.name, (*NUMBERING, "year")) and len(column.name.split()) < 3:
        return not is_total(column.name) and len(set(filled)) > 1
    figures = sum(map(is_number, filled))
    return not column.counts and figures * 2 < len(filled)


def _only_numbers(index: FrameColumn) -> bool:
    """Whether an index is nothing but numbers without a name, as filtering leaves them."""
    return not index.name and all(t.isdigit() for t in index.tokens) and not all(map(is_year, index.tokens))


def _totals(stating: Stating, columns: Iterable[FrameColumn], keys: int) -> frozenset[str]:
    """The labels that are said to be totals.

    Raises:
        BadInput: nothing is called so.
    """
    if not stating.totals:
        return frozenset()
    columns = list(columns)
    known = {normalise(each.name) for each in columns[keys:]}
    known |= {normalise(part) for each in columns[:keys] for part in each.tokens}
    known |= {part for label in known for part in label.split(JOINS)}
    wanted = {normalise(total) for total in stating.totals}
    for total in sorted(wanted - known):
        message = f"the frame has no row or column {total!r} that could be the total"
        raise BadInput([Problem(message, did_you_mean(total, sorted(known)))])
    joined = {label for label in known if any(part in wanted for part in label.split(JOINS))}
    return frozenset(wanted | joined)


# --- tidy frames ---


def _tidy(
    grid: FrameGrid,
    given: Sequence[FrameColumn],
    rest: Sequence[FrameColumn],
    amounts: Sequence[FrameColumn],
    value: FrameColumn | None,
) -> tuple[list[FrameColumn], list[FrameColumn]] | None:
    """The dimensions of a tidy frame that label its rows and its columns; None where it is not tidy.

    Raises:
        BadInput: it is said to be tidy, and two of its rows stand for the same.
    """
    dimensions = [each for each in (*given, *rest) if len(set(each.tokens)) > 1]
    if len(amounts) > 1 or len(dimensions) < 2:
        return None
    places: dict[tuple[str, ...], int] = {}
    for row, place in enumerate(zip(*(each.tokens for each in dimensions), strict=True)):
        if places.setdefault(place, row) != row:
            if value is None:
                return None
            names = ", ".join(f"{d.name} {code}" for d, code in zip(dimensions, place, strict=True))
            message = f"rows {grid.labels[places[place]]} and {grid.labels[row]} both stand for {names}"
            raise BadInput([Problem(message, "add them up, or name the column that tells them apart")])
    size = 1
    for each in dimensions:
        size *= len(set(each.tokens))
    if size > _CROSSED * grid.height and value is None:
        return None
    down = [each for each in given if each in dimensions] or [
        max(dimensions, key=lambda each: (len(set(each.tokens)), all(map(is_year, each.tokens))))
    ]
    across = [each for each in dimensions if each not in down]
    return (down, across) if across else None


def _spread(
    grid: FrameGrid,
    dimensions: tuple[list[FrameColumn], list[FrameColumn]],
    amounts: Sequence[FrameColumn],
    stating: Stating,
) -> FrameTable:
    """A tidy frame as the table that would be printed."""
    [value] = amounts
    down, across = (list(zip(*(each.tokens for each in part), strict=True)) for part in dimensions)
    rows = {place: number for number, place in enumerate(dict.fromkeys(down))}
    columns = {place: number for number, place in enumerate(dict.fromkeys(across))}
    cells = [[""] * len(rows) for _ in columns]
    places: dict[tuple[int, int], tuple[int, int]] = {}
    keys = len(dimensions[0])
    for row, (place, over) in enumerate(zip(down, across, strict=True)):
        r, c = rows[place], columns[over]
        cells[c][r] = value.tokens[row]
        places[r + 1, keys + c + 1] = (row, value.position)
    names = [*(each.name for each in dimensions[0]), *(JOINS.join(place) for place in columns)]
    lines = [*zip(*rows, strict=True), *map(tuple, cells)]
    found = [FrameColumn(name, tuple(line), counts=False) for name, line in zip(names, lines, strict=True)]
    said = Said(tuple(range(keys)), _totals(stating, found, keys))
    table = _table(grid, stating, names, lines, [-1] * len(names), said)
    return replace(table, spread=places)


def _table(
    grid: FrameGrid,
    stating: Stating,
    names: Sequence[str],
    columns: Sequence[Sequence[str]],
    fields: Sequence[int],
    said: Said,
) -> FrameTable:
    """Labels and columns of tokens as a table."""
    labels = _each_its_own(names)
    lines = _lines(columns, sample(len(columns[0])))
    taken = Taken(
        labels,
        tuple(line for _, line in lines),
        ",",
        repairs=("cells of a frame",),
        numbers=tuple(number for number, _ in lines),
        positions=tuple(range(1, len(labels) + 1)),
        caption=stating.title if stating.title != Stating.title else "",
        said=said,
    )
    numeric = all(each.counts for each in grid.columns if not _labels(each))
    taken = described(taken, _PLAIN) if numeric else by_sums(described(taken))
    return FrameTable(taken, columns, stating.title, grid, fields)


def _lines(columns: Sequence[Sequence[str]], rows: Iterable[int]) -> list[tuple[int, tuple[str, ...]]]:
    """Rows (from 0) as lines with their numbers; one that holds nothing is none."""
    picked = ((row + 1, tuple(column[row] for column in columns)) for row in rows)
    return [(number, line) for number, line in picked if any(line)]


def _each_its_own(names: Sequence[str]) -> tuple[str, ...]:
    """Labels in normal form; those that stand twice get a number, blank ones a place."""
    seen: dict[str, int] = {}
    found = []
    for at, name in enumerate(names):
        label = normalise(name) or ("" if not at else f"level {at + 1}")
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return tuple(found)


def stated(rows: object, totals: object, value: object, title: str) -> Stating:
    """What was said, as labels."""
    return Stating(
        _listed(rows), _listed(totals), "" if value is None else label_of(value), title or Stating.title
    )


def _listed(given: object) -> tuple[str, ...]:
    if given is None:
        return ()
    several = given if isinstance(given, list) else [given]
    return tuple(map(label_of, several))
