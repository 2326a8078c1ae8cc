"""Workbooks of Excel before 2007 (.xls): each cell's token is what a reader sees."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from amyqa.errors import AmyqaError, BadInput, Problem
from amyqa.sources.cells import Box
from amyqa.sources.files import read_bytes
from amyqa.sources.grids import Grid, filled_sheets, named_sheet, not_written
from amyqa.sources.numberformats import GENERAL, Shown, show
from amyqa.sources.sheet import Edits, Part, Sheet

_MAX_BYTES = 128 * 1024 * 1024
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


def read(path: Path, shown: str, part: Part) -> Sheet:
    """The sheet and the cells that a YAML names.

    Raises:
        BadInput: the workbook cannot be read, or has no such sheet.
    """
    return named_sheet(_grids(path, shown), part, shown)


def sheets(path: Path, shown: str, within: tuple[int, int] | None = None) -> list[Sheet]:
    """All sheets that hold something.

    Raises:
        BadInput: the workbook cannot be read.
    """
    return filled_sheets(_grids(path, shown), shown)


def replace(raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
    """Nothing is written into such a file.

    Raises:
        BadInput: always.
    """
    raise not_written(shown)


def _grids(path: Path, shown: str) -> list[Grid]:
    import xlrd

    raw = read_bytes(path, shown, _MAX_BYTES)
    if raw.startswith(b"PK"):
        message, hint = "is a workbook of today under the name of an old one", "give it its own ending: .xlsx"
        raise BadInput([Problem(message, hint, shown)])
    try:
        book = xlrd.open_workbook(file_contents=raw, formatting_info=True, logfile=io.StringIO())
        return [_grid(book, sheet) for sheet in book.sheets()]
    except AmyqaError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # whatever a damaged file does to its reader
        if "encrypted" in str(error).lower():
            problem = Problem("is protected by a password", "save a copy without one", shown)
        else:
            message = "is not a whole workbook: the file is damaged, cut off, or no workbook"
            problem = Problem(message, "get it again, or open it and save it anew", shown)
        raise BadInput([problem]) from error


def _grid(book: Any, sheet: Any) -> Grid:
    grid = Grid(sheet.name, is_hidden=bool(sheet.visibility))
    for row in range(sheet.nrows):
        tokens = {}
        for column in range(sheet.row_len(row)):
            shown = _token(book, sheet.cell(row, column))
            if shown.token:
                tokens[column + 1] = shown.token
            if shown.rounded:
                grid.rounded.add((row + 1, column + 1))
        if tokens:
            grid.rows[row + 1] = tokens
    grid.merged = [Box(a + 1, c + 1, b, d) for a, b, c, d in sheet.merged_cells]
    grid.hidden_rows = {row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden}
    grid.hidden_columns = {column + 1 for column, info in sheet.colinfo_map.items() if info.hidden}
    return grid


def _token(book: Any, cell: Any) -> Shown:
    import xlrd

    if cell.ctype == xlrd.XL_CELL_TEXT:
        return Shown(str(cell.value))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return Shown("TRUE" if cell.value else "FALSE")
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return Shown(_ERRORS.get(cell.value, "#N/A"))
    if cell.ctype not in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE):
        return Shown("")
    number = repr(cell.value).removesuffix(".0")
    styles = book.xf_list
    form = book.format_map.get(styles[cell.xf_index].format_key) if cell.xf_index < len(styles) else None
    return show(number, form.format_str if form is not None else GENERAL, bool(book.datemode))
