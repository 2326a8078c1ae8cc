"""Workbooks of Excel (.xlsx, .xlsm): each cell's token is what a reader sees.

The sheets' XML is read row by row, once: number, format, formula and merged cells come from the same
pass, and cells that are only formatted cost nothing. What a workbook links to is never fetched.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.errors import BadInput, Problem
from amyqa.sources.cells import box, column_number, moved, qualified
from amyqa.sources.grids import MAX_CELLS, Cells, Grid, chosen, filled_sheets, sheet_of
from amyqa.sources.numberformats import BUILTIN, GENERAL, Shown, show
from amyqa.sources.packages import Package, local
from amyqa.sources.repacking import Repacked
from amyqa.sources.rewriting import calculate_on_load, has_formulas, rewrite
from amyqa.sources.sheet import MAX_COLUMNS, Edits, Part, Sheet

if TYPE_CHECKING:
    from lxml.etree import _Element

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TRUE = ("1", "true")
_LONG = 200
_KIND = "a workbook"


def read(path: Path, shown: str, part: Part) -> Sheet:
    """The sheet and the cells that a YAML names.

    Raises:
        BadInput: the workbook cannot be read, or has no such sheet.
    """
    book = Book(Package(path, shown, _KIND))
    return sheet_of(book.grid(chosen(list(book.sheets), part.sheet, shown)), shown, part.range)


def sheets(path: Path, shown: str, within: tuple[int, int] | None = None) -> list[Sheet]:
    """All sheets that hold something.

    Raises:
        BadInput: the workbook cannot be read.
    """
    book = Book(Package(path, shown, _KIND))
    return filled_sheets(map(book.grid, book.sheets), shown)


def replace(raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
    """The workbook with other numbers in some cells.

    A cell with a formula keeps it: its stored result is replaced, and whoever opens the workbook works all
    formulas out again.

    Raises:
        BadInput: a cell no longer shows its old token, or cannot show the new one; the workbook is signed.
    """
    book = Book(Package(Path(shown), shown, _KIND, raw))
    grid = book.grid(chosen(list(book.sheets), part.sheet, shown))
    origin = sheet_of(grid, shown, part.range).origin
    assert isinstance(origin, Cells)
    by_column = {(line, place + origin.left - 1): edit for (line, place), edit in edits.items()}
    return _rewritten(book, grid, by_column)


def corrected(raw: bytes, shown: str, edits: Mapping[str, Edits]) -> bytes:
    """As :func:`replace`, in several sheets.

    Args:
        edits: by the sheets' names, and the cells' rows and columns.

    Raises:
        BadInput: as :func:`replace`.
    """
    for name, cells in edits.items():
        book = Book(Package(Path(shown), shown, _KIND, raw))
        raw = _rewritten(book, book.grid(name), cells)
    return raw


def _rewritten(book: Book, grid: Grid, edits: Edits) -> bytes:
    """The workbook with other tokens in cells of a sheet, by row and column."""
    problems = []
    for (row, column), (old, _) in edits.items():
        if grid.rows.get(row, {}).get(column, "").strip() != old.strip():
            where = f"{book.package.shown} {qualified(grid.name, row, column)}"
            problems.append(Problem(f"no longer holds {old!r}", "run amyqa again", where))
    if problems:
        raise BadInput(problems)
    copy = Repacked(book.package)
    tokens = {place: new for place, (_, new) in edits.items()}
    try:
        rewrite(copy, book.sheets[grid.name], grid.name, tokens, book.formats, book.from_1904)
    except ValueError as error:
        message = f"is damaged: the sheet {grid.name!r} is not as a workbook's should be"
        raise book.package.refused(message, "open it and save it anew") from error
    if any(has_formulas(copy, sheet) for sheet in book.sheets.values()):
        calculate_on_load(copy, book.main)
    return copy.save()


class Book:
    """A workbook's sheets by name, each a part of its own; what they have in common.

    Args:
        package: the file.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        main = next(
            (target for kind, target in self._related("") if kind == "officeDocument"), "xl/workbook.xml"
        )
        self.main = main
        tree = package.tree(main)
        related = self._links(main)
        self.from_1904 = any(
            each.get("date1904") in _TRUE for each in tree.iter() if local(each) == "workbookPr"
        )
        self.sheets: dict[str, str] = {}
        self.hidden: set[str] = set()
        for each in tree.iter():
            link = next((value for key, value in each.items() if key.endswith("}id")), "")
            if local(each) == "sheet" and related.get(link, ("", ""))[0] == "worksheet":
                name = each.get("name", "")
                self.sheets[name] = related[link][1]
                if each.get("state", "visible") != "visible":
                    self.hidden.add(name)
        self.parts = dict(related.values())
        self.strings = self._strings(self.parts.get("sharedStrings"))
        self.formats = self._formats(self.parts.get("styles"))

    def _related(self, part: str) -> Iterator[tuple[str, str]]:
        """Kinds and targets of what a part refers to inside the package."""
        yield from self._links(part).values()

    def _links(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        path = posixpath.join(folder, "_rels", f"{name}.rels")
        if path not in self.package:
            return {}
        found = {}
        for each in self.package.tree(path):
            if each.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, each.get("Target", ""))).lstrip("/")
                found[each.get("Id", "")] = (each.get("Type", "").rpartition("/")[2], target)
        return found

    def _strings(self, part: str | None) -> list[str]:
        if part is None or part not in self.package:
            return []
        return [_text(each) for each in self.package.elements(part, ("si",))]

    def _formats(self, part: str | None) -> list[str]:
        """The number format of each style."""
        if part is None or part not in self.package:
            return []
        tree = self.package.tree(part)
        own = {each.get("numFmtId"): each.get("formatCode", "") for each in tree.iter("{*}numFmt")}
        cells = next(tree.iter("{*}cellXfs"), ())
        ids = [each.get("numFmtId", "0") for each in cells]
        return [own.get(id) or BUILTIN.get(int(id) if id.isdecimal() else 0, GENERAL) for id in ids]

    def grid(self, name: str) -> Grid:
        """A sheet, read row by row.

        Raises:
            BadInput: it is not as workbooks are.
        """
        grid = Grid(name, is_hidden=name in self.hidden)
        try:
            self._fill(grid, self.sheets[name])
        except (ValueError, LookupError, OverflowError) as error:
            message = f"is damaged: the sheet {name!r} is not as a workbook's should be"
            raise self.package.refused(message, "open it and save it anew") from error
        return grid

    def _fill(self, grid: Grid, part: str) -> None:
        shared: dict[str, tuple[int, int, str]] = {}
        number = count = uncomputed = 0
        for element in self.package.elements(part, ("row", "col", "mergeCell")):
            kind = local(element)
            if kind == "mergeCell":
                grid.merged.append(box(element.get("ref", "")))
            elif kind == "col" and element.get("hidden") in _TRUE:
                first, last = int(element.get("min", "1")), int(element.get("max", "1"))
                grid.hidden_columns.update(range(first, min(last, MAX_COLUMNS) + 1))
            elif kind == "row":
                number = int(element.get("r") or number + 1)
                if element.get("hidden") in _TRUE:
                    grid.hidden_rows.add(number)
                row: dict[int, str] = {}
                for column, cell in _cells(element):
                    shown = self._token(cell)
                    if shown.rounded:
                        grid.rounded.add((number, column))
                    if shown.token:
                        row[column] = shown.token
                    if (formula := _formula(cell, (number, column), shared)) is not None:
                        grid.formulas[number, column] = formula
                        uncomputed += cell.find("{*}v") is None
                if row:
                    grid.rows[number] = row
                    count += len(row)
                if count > MAX_CELLS:
                    message = f"the sheet {grid.name!r} holds more than {MAX_CELLS:,} cells"
                    raise self.package.refused(message, "copy the table alone into a new file")
        if uncomputed:
            cells = "1 formula has" if uncomputed == 1 else f"{uncomputed:,} formulas have"
            grid.notes.append(f"{cells} no stored result, and are blank: open the file and save it anew")

    def _token(self, cell: _Element) -> Shown:
        """What a reader sees in a cell."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return Shown(_text(cell))
        value = cell.findtext("{*}v") or ""
        if kind == "s":
            return Shown(self.strings[int(value)]) if value else Shown("")
        if kind == "b":
            return Shown({"1": "TRUE", "0": "FALSE"}.get(value, value))
        if kind != "n" or not value:  # a formula's text, an error, a date as ISO has it
            return Shown(_unescaped(value))
        style = int(cell.get("s", "0"))
        return show(value, self.formats[style] if style < len(self.formats) else GENERAL, self.from_1904)


def _cells(row: _Element) -> Iterator[tuple[int, _Element]]:
    """The cells of a row that hold something, with their columns."""
    last = 0
    # of a long row, whose cells are named, only those that hold something are looked at
    for cell in row.xpath("*[*]") if len(row) > _LONG and row[0].get("r") else row:
        match = _REFERENCE.fullmatch(cell.get("r", ""))
        last = column_number(match[1]) if match else last + 1
        if len(cell):
            yield last, cell


def _formula(cell: _Element, place: tuple[int, int], shared: dict[str, tuple[int, int, str]]) -> str | None:
    """A cell's formula; one that cells share is told to each as it would be written there."""
    if (element := cell.find("{*}f")) is None:
        return None
    text = element.text or ""
    if element.get("t") != "shared":
        return text
    if text:
        shared[element.get("si", "")] = (*place, text)
        return text
    row, column, first = shared.get(element.get("si", ""), (*place, ""))
    return moved(first, place[0] - row, place[1] - column)


def _text(element: _Element) -> str:
    """A text in all its runs, without how it is pronounced."""
    texts = (each.text or "" for each in element.iter("{*}t") if local(each.getparent()) != "rPh")
    return _unescaped("".join(texts))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
