"""Grids of tokens with addresses, as worksheets and the tables of pages have them, as sheets of lines."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from amyqa.errors import BadInput, Problem, did_you_mean
from amyqa.model import Field, Span
from amyqa.sources.cells import Box, box, letters, qualified, runs
from amyqa.sources.sheet import Line, Part, Sheet

MAX_CELLS = 2_000_000
"""As many as a table may have: checking them takes some 1.7 GB."""
_MAX_TOLD = 5


@dataclass
class Grid:
    """What a sheet holds.

    Args:
        name: of the sheet.
        rows: tokens by 1-based row and column; what is blank may be left out.
        merged: cells that are one.
        hidden_rows, hidden_columns: what a reader does not see.
        formulas: by row and column.
        rounded: cells that show fewer digits than they hold.
        notes: what else is to be told.
        is_hidden: whether a reader does not see the sheet.
        title: what stands above it, or "".
    """

    name: str
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[Box] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    rounded: set[tuple[int, int]] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    is_hidden: bool = False
    title: str = ""


@dataclass(frozen=True)
class Cells:
    """Where the fields of a worksheet's lines stand: a line is a row, and the first field is in a column.

    Args:
        sheet: its name.
        left: the column of the first field.
        computed: rows and columns of the cells that hold formulas.
    """

    sheet: str
    left: int = 1
    computed: frozenset[Field] = field(default=frozenset(), repr=False, compare=False)

    def address(self, line: int, position: int) -> str:
        """``'Table 4'!D11``."""
        return qualified(self.sheet, line, position + self.left - 1)

    def is_computed(self, line: int, position: int) -> bool:
        """Whether a formula gives what a field shows."""
        return (line, position + self.left - 1) in self.computed

    def spans(self, wanted: Collection[Field]) -> Mapping[Field, Span]:
        """A workbook is no text."""
        return {}

    def written(self, token: str, span: Span) -> str:
        """As it is."""
        return token


def not_written(shown: str) -> BadInput:
    """Why tokens are not replaced in a file."""
    message = "is left as it is: amyqa corrects only text"
    return BadInput([Problem(message, "correct the cells there, at the places that are named", shown)])


def chosen(names: Sequence[str], wanted: str, shown: str) -> str:
    """The name of the sheet that is wanted; the first, where none is.

    Raises:
        BadInput: there is no such sheet, or none at all.
    """
    if not names:
        raise BadInput([Problem("holds no sheet", "open it and save it anew", shown)])
    if not wanted:
        return names[0]
    folded = {name.strip().casefold(): name for name in names}
    if (name := folded.get(wanted.strip().casefold())) is None:
        raise BadInput([Problem(f"has no sheet {wanted!r}", did_you_mean(wanted, names), shown)])
    return name


def named_sheet(grids: Iterable[Grid], part: Part, shown: str) -> Sheet:
    """The sheet and the cells that a YAML names.

    Raises:
        BadInput: there is no such sheet; these are no cells.
    """
    by_name = {grid.name: grid for grid in grids}
    return sheet_of(by_name[chosen(list(by_name), part.sheet, shown)], shown, part.range)


def filled_sheets(grids: Iterable[Grid], shown: str, hint: str = "") -> list[Sheet]:
    """All sheets that hold something.

    Args:
        hint: where a file without any is no file of tables, what it may be instead.

    Raises:
        BadInput: there is none, where a hint says why that may be.
    """
    found = [sheet for grid in grids if (sheet := sheet_of(grid, shown)).lines]
    if not found and hint:
        raise BadInput([Problem("holds no table", hint, shown)])
    return found


def sheet_of(grid: Grid, shown: str, within: str = "") -> Sheet:
    """A grid as a sheet: lines of one width, from the first column that holds something to the last.

    Args:
        within: the cells that are asked for, as ``B4:N30``; "": all.

    Raises:
        BadInput: these are no cells; the grid spans too many.
    """
    rows = {n: kept for n, row in grid.rows.items() if (kept := {c: t for c, t in row.items() if t.strip()})}
    if within:
        try:
            area = box(within)
        except ValueError as error:
            raise BadInput([Problem(f"{within!r} {error}", "", shown)]) from error
        rows = {
            n: kept
            for n, row in rows.items()
            if (kept := {c: token for c, token in row.items() if area.holds(n, c)})
        }
        left, right = area.left, area.right
    else:
        left = min((min(row) for row in rows.values()), default=1)
        right = max((max(row) for row in rows.values()), default=0)
    if len(rows) * (right - left + 1) > MAX_CELLS:
        message = f"{grid.name}: spans {len(rows):,} rows and {right - left + 1:,} columns"
        hint = "copy the table alone into a new file, or name its cells, as B4:N30"
        raise BadInput([Problem(message, hint, shown)])
    lines = tuple(
        Line(n, tuple(rows[n].get(column, "") for column in range(left, right + 1))) for n in sorted(rows)
    )
    return Sheet(
        shown,
        lines,
        name=grid.name,
        otherwise=f"cells of {grid.name}",
        origin=Cells(grid.name, left, frozenset(grid.formulas)),
        notes=tuple(_notes(grid, rows)),
        merged=tuple(area for area in grid.merged if left <= area.left and area.right <= right),
        formulas={
            (n, c - left + 1): formula
            for (n, c), formula in grid.formulas.items()
            if n in rows and left <= c <= right
        },
        rounded=frozenset((n, c - left + 1) for n, c in grid.rounded if n in rows and left <= c <= right),
        is_hidden=grid.is_hidden,
        title=grid.title,
    )


def _notes(grid: Grid, rows: Mapping[int, Mapping[int, str]]) -> list[str]:
    """What a reader would not see, in words."""
    notes = list(grid.notes)
    if grid.is_hidden:
        notes.append("the sheet is hidden")
    used = {column for row in rows.values() for column in row}
    for what, hidden, name in (
        ("row", grid.hidden_rows & rows.keys(), str),
        ("column", grid.hidden_columns & used, letters),
    ):
        if hidden:
            spans = [name(a) if a == b else f"{name(a)}-{name(b)}" for a, b in runs(hidden)]
            more = f" and {len(spans) - _MAX_TOLD} more" if len(spans) > _MAX_TOLD else ""
            plural = "s are" if len(hidden) > 1 else " is"
            notes.append(
                f"{what}{plural} hidden in the file, and taken in: {', '.join(spans[:_MAX_TOLD])}{more}"
            )
    if grid.rounded:
        cells = "1 cell holds" if len(grid.rounded) == 1 else f"{len(grid.rounded):,} cells hold"
        notes.append(f"{cells} more digits than they show; what they show is taken in")
    return notes
