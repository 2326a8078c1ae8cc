"""Tables of Word files (.docx): merged cells, tables inside cells, what is struck out left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.sources.cells import Box
from amyqa.sources.grids import Grid, filled_sheets, named_sheet, not_written
from amyqa.sources.packages import Package, local
from amyqa.sources.sheet import MAX_COLUMNS, Edits, Part, Sheet

if TYPE_CHECKING:
    from lxml.etree import _Element

_KIND = "a Word file"
_DOCUMENT = "word/document.xml"
_UNREAD = ("del", "moveFrom", "tbl", "pPr", "rPr", "Fallback", "txbxContent", "instrText")
_INSIDE = ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")
_BREAKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read(path: Path, shown: str, part: Part) -> Sheet:
    """The table and the cells that a YAML names.

    Raises:
        BadInput: the file cannot be read, or has no such table.
    """
    return named_sheet(_grids(Package(path, shown, _KIND)), part, shown)


def sheets(path: Path, shown: str, within: tuple[int, int] | None = None) -> list[Sheet]:
    """All tables that hold something, also those inside others.

    Raises:
        BadInput: the file cannot be read, or holds no table.
    """
    return filled_sheets(_grids(Package(path, shown, _KIND)), shown, "is it a picture, or text with tabs?")


def replace(raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
    """Nothing is written into such a file.

    Raises:
        BadInput: always.
    """
    raise not_written(shown)


def _grids(package: Package) -> Iterator[Grid]:
    title, number = "", 0
    for element in package.tree(_DOCUMENT).iter("{*}p", "{*}tbl"):
        if local(element) == "tbl":
            number += 1
            grid = Grid(f"table {number}", title=title)
            _fill(grid, element)
            yield grid
        elif not any(local(each) == "tbl" for each in element.iterancestors()):
            title = " ".join("".join(_words(element)).split()) or title


def _fill(grid: Grid, table: _Element) -> None:
    begun: dict[int, tuple[int, int]] = {}  # cells that reach down: by column, first row and width
    for number, row in enumerate(_inside(table, "tr"), 1):
        column = 1 + _number(row, "gridBefore")
        tokens: dict[int, str] = {}
        for cell in _inside(row, "tc"):
            width = max(_number(cell, "gridSpan", 1), 1)
            if column + width > MAX_COLUMNS:
                break
            down = _down(cell)
            if down != "restart" and down and column in begun:
                first, wide = begun[column]
                grid.merged = [box for box in grid.merged if (box.top, box.left) != (first, column)]
                grid.merged.append(Box(first, column, number, column + wide - 1))
            else:
                begun.pop(column, None)
                if down:
                    begun[column] = (number, width)
                if token := _text(cell):
                    tokens[column] = token
                if width > 1:
                    grid.merged.append(Box(number, column, number, column + width - 1))
            column += width
        if tokens:
            grid.rows[number] = tokens


def _inside(element: _Element, name: str) -> Iterator[_Element]:
    """Rows of a table or cells of a row, also those in controls, but not those of a table inside a cell."""
    for each in element:
        if local(each) == name:
            yield each
        elif local(each) in _INSIDE:
            yield from _inside(each, name)


def _value(element: _Element, name: str) -> str | None:
    """A property of a row or cell; "" where it is set without a value."""
    for properties in element:
        if local(properties) in ("trPr", "tcPr"):
            for each in properties:
                if local(each) == name:
                    return next((v for key, v in each.items() if key.endswith("}val")), "")
    return None


def _number(element: _Element, name: str, default: int = 0) -> int:
    value = _value(element, name) or ""
    return int(value) if value.isdecimal() and len(value) < 6 else default


def _down(cell: _Element) -> str:
    """``restart`` or ``continue`` for a cell that reaches down; else ""."""
    value = _value(cell, "vMerge")
    return "" if value is None else value or "continue"


def _text(cell: _Element) -> str:
    paragraphs = ["".join(_words(each)) for each in _inside(cell, "p")]
    return "\n".join(text for text in map(str.strip, paragraphs) if text)


def _words(element: _Element) -> Iterator[str]:
    for each in element:
        kind = local(each)
        if kind == "t":
            yield each.text or ""
        elif kind in _BREAKS:
            yield _BREAKS[kind]
        elif kind not in _UNREAD:
            yield from _words(each)
