"""Tables of web pages (.html, .htm): cells that span rows and columns, tables inside cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from amyqa.errors import BadInput, Problem
from amyqa.sources.cells import Box
from amyqa.sources.files import MAX_DATA_BYTES, read_bytes
from amyqa.sources.grids import MAX_CELLS, Grid, filled_sheets, named_sheet, not_written
from amyqa.sources.sheet import Edits, Part, Sheet

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CHARSET = re.compile(rb"""(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""")
_HEAD = 4096
_MAX_ACROSS, _MAX_DOWN = 1000, 65_534  # as browsers have it
_UNREAD = ("script", "style", "template", "noscript", "table")
_APART = ("br", "p", "div", "li", "dd", "dt", "hr")
_TITLES = ("h1", "h2", "h3", "h4", "h5", "h6")


def read(path: Path, shown: str, part: Part) -> Sheet:
    """The table and the cells that a YAML names.

    Raises:
        BadInput: the page cannot be read, or has no such table.
    """
    return named_sheet(_grids(path, shown), part, shown)


def sheets(path: Path, shown: str, within: tuple[int, int] | None = None) -> list[Sheet]:
    """All tables that hold something, also those inside others.

    Raises:
        BadInput: the page cannot be read, or holds no table.
    """
    return filled_sheets(_grids(path, shown), shown, "a table of a page stands in <table>")


def replace(raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
    """Nothing is written into such a file.

    Raises:
        BadInput: always.
    """
    raise not_written(shown)


def _grids(path: Path, shown: str) -> Iterator[Grid]:
    from lxml import etree, html

    raw = read_bytes(path, shown, MAX_DATA_BYTES)
    text = raw.decode(_encoding(raw, shown), "replace")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        page = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise BadInput([Problem("holds no page", "is it empty, or no HTML?", shown)]) from error
    title = ""
    number = 0
    for element in page.iter():
        if element.tag in _TITLES:
            title = _words(element)
        if element.tag == "table":
            number += 1
            grid = Grid(f"table {number}")
            _fill(grid, element, shown)
            grid.title = next((_words(each) for each in element if each.tag == "caption"), title)
            yield grid


def _encoding(raw: bytes, shown: str) -> str:
    """How the page is written: what it says, or else UTF-8.

    Raises:
        BadInput: it is not written so.
    """
    if raw.startswith(b"\xef\xbb\xbf"):
        name = "utf-8"
    elif raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = "utf-16"
    else:
        match = _CHARSET.search(raw[:_HEAD])
        name = match[1].decode("ascii", "replace") if match else "utf-8"
        name = "cp1252" if name.lower() in ("iso-8859-1", "latin1", "latin-1", "us-ascii") else name
    try:
        raw.decode(name, "strict" if name in ("utf-8", "utf-16") else "replace")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"is not {name.upper()}, and does not say what it is"
        raise BadInput([Problem(message, "save it as UTF-8", shown, line)]) from error
    except (LookupError, UnicodeError) as error:
        message = f"says that it is written in {name!r}"
        raise BadInput([Problem(message, "save it as UTF-8", shown)]) from error
    return name


def _fill(grid: Grid, table: HtmlElement, shown: str) -> None:
    taken: dict[int, int] = {}  # columns that a cell above reaches into, and down to which row
    count = 0
    for number, row in enumerate(_rows(table), 1):
        column = 1
        tokens: dict[int, str] = {}
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while taken.get(column, 0) >= number:
                column += 1
            across, down = _span(cell, "colspan", _MAX_ACROSS), _span(cell, "rowspan", _MAX_DOWN)
            if token := _words(cell):
                tokens[column] = token
            if across > 1 or down > 1:
                grid.merged.append(Box(number, column, number + down - 1, column + across - 1))
                taken.update((at, number + down - 1) for at in range(column, column + across))
            column += across
        if tokens:
            grid.rows[number] = tokens
        if (count := count + len(tokens)) > MAX_CELLS:
            message = f"{grid.name} holds more than {MAX_CELLS:,} cells"
            raise BadInput([Problem(message, "copy a part of it into a new file", shown)])


def _rows(table: HtmlElement) -> Iterator[HtmlElement]:
    """The rows of a table itself, head first and foot last as they are shown."""
    groups: dict[str, list[HtmlElement]] = {"thead": [], "": [], "tfoot": []}
    for each in table:
        if each.tag == "tr":
            groups[""].append(each)
        elif each.tag in ("thead", "tbody", "tfoot"):
            rows = [row for row in each if row.tag == "tr"]
            groups[each.tag if each.tag in groups else ""].extend(rows)
    for rows in groups.values():
        yield from rows


def _span(cell: HtmlElement, name: str, most: int) -> int:
    given = cell.get(name, "1").strip()
    return min(max(int(given), 1), most) if given.isdecimal() and len(given) < 9 else 1


def _words(element: HtmlElement) -> str:
    """What stands in an element, tables inside it left out, white space single."""
    return " ".join("".join(_texts(element)).split())


def _texts(element: HtmlElement) -> Iterator[str]:
    stack: list[Any] = [element]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            yield each
            continue
        parts: list[Any] = [each.text or ""]
        for child in each:
            apart = " " if child.tag in _APART else ""
            if isinstance(child.tag, str) and child.tag not in _UNREAD:
                parts += [apart, child, apart]
            parts.append(child.tail or "")
        stack.extend(reversed(parts))
