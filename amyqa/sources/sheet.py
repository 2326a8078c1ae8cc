"""A sheet: what a file holds in lines of fields, each with its place, whatever the file's format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from amyqa.model import NOWHERE, Field, Origin
from amyqa.sources.cells import Box

MAX_COLUMNS = 16_384
"""As many as a spreadsheet has."""
_LOOKED_AT = 200

Edits = Mapping[Field, tuple[str, str]]
"""Old and new token of each field that is to be replaced."""


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a file a table is, and how it is written there, as its YAML declares.

    Args:
        delimiter: what separates the fields of a text.
        sheet: name of a sheet; "": the only one, or the first that is not empty.
        range: cells of a sheet, as ``B4:N30``; "": all.
        lines: first and last line of a text.
    """

    delimiter: str = ","
    sheet: str = ""
    range: str = ""
    lines: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One record: the 1-based line (or row) it begins on, and its fields as printed.

    A `ragged` one had more or fewer fields than the header, so that none but the first can be placed.
    """

    number: int
    fields: tuple[str, ...]
    ragged: bool = False


@dataclass(frozen=True)
class Sheet:
    """The lines of a file, or of one of its sheets; blank ones are left out.

    Args:
        shown: the file's name for people.
        lines: top to bottom.
        name: of the sheet, where a file holds several; or "".
        delimiter: of a text; what has none is copied with commas.
        otherwise: how the file is written, where that is not lines with a delimiter alone: what is made
            of it is a copy. Else "".
        text: all of a file that is nothing but this sheet.
        origin: where its fields stand.
        notes: what a reader of the file would not see, or would wonder at: hidden rows.
        merged: cells that are one, by row and column of the file.
        formulas: what is computed in the file, by place.
        rounded: the places that show fewer digits than they hold.
        is_hidden: whether a reader of the file does not see this sheet.
        title: what stands above the table in a document, outside its lines.
        others: the same place read in other ways, where print can be; the sums tell which is right.
        without: lines that whoever takes it in leaves out.
    """

    shown: str
    lines: tuple[Line, ...]
    name: str = ""
    delimiter: str = ","
    otherwise: str = ""
    text: str = field(default="", repr=False)
    origin: Origin = NOWHERE
    notes: tuple[str, ...] = ()
    merged: tuple[Box, ...] = ()
    formulas: Mapping[Field, str] = field(default_factory=dict)
    rounded: frozenset[Field] = frozenset()
    is_hidden: bool = False
    title: str = ""
    others: tuple[Sheet, ...] = ()
    without: tuple[Line, ...] = ()

    @property
    def width(self) -> int:
        """How many fields most lines have; of several counts, the greatest."""
        widths = Counter(len(line.fields) for line in self.lines[:_LOOKED_AT] if len(line.fields) > 1)
        return max(widths, key=lambda width: (widths[width], width), default=1)
