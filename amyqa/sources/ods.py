"""Spreadsheets of LibreOffice (.ods): each cell keeps the text that a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.sources.cells import Box
from amyqa.sources.grids import MAX_CELLS, Grid, filled_sheets, named_sheet, not_written
from amyqa.sources.packages import Package, local
from amyqa.sources.sheet import MAX_COLUMNS, Edits, Part, Sheet

if TYPE_CHECKING:
    from lxml.etree import _Element

_NOISE = Decimal("1e-13")
_KIND = "a spreadsheet of the OpenDocument format"
_CONTENT = "content.xml"
_UNSEEN = ("collapse", "filter")
_ASIDE = ("annotation", "shapes", "tracked-changes")
"""Notes and drawings in a cell or a sheet are no part of what is printed in it."""
_NAMED = re.compile(
    r"\[(\$?(?:'(?:[^']|'')*'|[^\[\].:']*))\.(\$?[A-Z]{1,3}\$?\d+)"
    r"(?::(?:\$?(?:'[^']*'|[^\[\].:']*))\.(\$?[A-Z]{1,3}\$?\d+))?\]"
)
_BREAKS = {"tab": "\t", "line-break": "\n"}


def read(path: Path, shown: str, part: Part) -> Sheet:
    """The sheet and the cells that a YAML names.

    Raises:
        BadInput: the file cannot be read, or has no such sheet.
    """
    return named_sheet(_grids(Package(path, shown, _KIND)), part, shown)


def sheets(path: Path, shown: str, within: tuple[int, int] | None = None) -> list[Sheet]:
    """All sheets that hold something.

    Raises:
        BadInput: the file cannot be read.
    """
    return filled_sheets(_grids(Package(path, shown, _KIND)), shown)


def replace(raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
    """Nothing is written into such a file.

    Raises:
        BadInput: always.
    """
    raise not_written(shown)


def _grids(package: Package) -> Iterator[Grid]:
    if "META-INF/manifest.xml" in package:
        manifest = package.tree("META-INF/manifest.xml")
        if any(local(each) == "encryption-data" for each in manifest.iter()):
            raise package.refused("is protected by a password", "save a copy without one")
    tree = package.tree(_CONTENT)
    hidden = {
        _attribute(style, "name")
        for style in tree.iter("{*}style")
        if _attribute(style, "family") == "table"
        for each in style.iter("{*}table-properties")
        if _attribute(each, "display") == "false"
    }
    for number, table in enumerate(tree.iter("{*}table"), 1):
        if local(table.getparent()) != "spreadsheet":
            continue  # a table inside a cell
        grid = Grid(_attribute(table, "name") or f"Sheet{number}")
        grid.is_hidden = _attribute(table, "style-name") in hidden
        try:
            _fill(grid, table, package)
        except (ValueError, OverflowError) as error:
            message = f"is damaged: the sheet {grid.name!r} is not as it should be"
            raise package.refused(message, "open it and save it anew") from error
        yield grid


def _fill(grid: Grid, table: _Element, package: Package) -> None:
    column = 1
    for each in _inside(table, "table-column"):
        times = _times(each, "number-columns-repeated")
        if _attribute(each, "visibility") in _UNSEEN:
            grid.hidden_columns.update(range(column, min(column + times, MAX_COLUMNS + 1)))
        column += times
    number, count = 1, 0
    for row in _inside(table, "table-row"):
        times = _times(row, "number-rows-repeated")
        tokens = _row(grid, row, number)
        count += len(tokens) * times
        if count > MAX_CELLS:
            message = f"the sheet {grid.name!r} holds more than {MAX_CELLS:,} cells"
            raise package.refused(message, "copy the table alone into a new file")
        for again in range(number, number + times) if tokens else ():
            grid.rows[again] = dict(tokens)
            if _attribute(row, "visibility") in _UNSEEN:
                grid.hidden_rows.add(again)
        number += times


def _row(grid: Grid, row: _Element, number: int) -> dict[int, str]:
    tokens: dict[int, str] = {}
    column = 1
    for cell in row:
        if local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        times = _times(cell, "number-columns-repeated")
        token = _text(cell) if len(cell) and local(cell) == "table-cell" else ""
        if token.strip():
            places = range(column, min(column + times, MAX_COLUMNS + 1))
            tokens.update((at, token) for at in places)
            if _hides(_attribute(cell, "value"), token):
                grid.rounded.update((number, at) for at in places)
            if formula := _attribute(cell, "formula"):
                grid.formulas[number, column] = _as_written(formula)
        across = _times(cell, "number-columns-spanned")
        down = _times(cell, "number-rows-spanned")
        if across > 1 or down > 1:
            grid.merged.append(Box(number, column, number + down - 1, column + across - 1))
        column += times
    return tokens


def _hides(value: str, token: str) -> bool:
    """Whether a cell holds more digits than it shows."""
    try:
        held, shown = Decimal(value), Decimal(token.replace(",", "").strip())
    except InvalidOperation:
        return False
    return held.is_finite() and abs(held - shown) > abs(held) * _NOISE


def _inside(table: _Element, name: str) -> Iterator[_Element]:
    """A table's rows or columns, also those in groups, but not those of a table inside a cell."""
    for each in table:
        kind = local(each)
        if kind == name:
            yield each
        elif kind.endswith(("-group", "-columns", "-rows")) and kind not in _ASIDE:
            yield from _inside(each, name)


def _attribute(element: _Element, name: str) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _times(element: _Element, name: str) -> int:
    return int(_attribute(element, name) or 1)


def _text(cell: _Element) -> str:
    """The paragraphs of a cell."""
    paragraphs = ["".join(_words(each)) for each in cell if local(each) in ("p", "h")]
    return "\n".join(paragraphs)


def _words(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for each in element:
        kind = local(each)
        if kind == "s":
            yield " " * min(_times(each, "c"), 1000)
        elif kind in _BREAKS:
            yield _BREAKS[kind]
        elif kind not in _ASIDE:
            yield from _words(each)
        yield each.tail or ""


def _as_written(formula: str) -> str:
    """A formula as spreadsheets show it: ``of:=SUM([.B4:.B12])`` is ``SUM(B4:B12)``."""
    text = formula.partition(":=")[2] or formula.lstrip("=")

    def shown(match: re.Match[str]) -> str:
        sheet, first, last = match.groups()
        return f"{sheet.lstrip('$') + '!' if sheet else ''}{first}{':' + last if last else ''}"

    return _NAMED.sub(shown, text)
