"""A workbook with some cells coloured and noted, and all else of it as it was.

The XML of a sheet is changed at the tags of those cells, byte by byte; what is not touched (macros, charts,
pictures, conditional formats, other sheets) is copied. A library that reads a workbook and writes it again
loses what it does not know.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.errors import BadInput, Problem
from amyqa.sources.cells import column_number
from amyqa.sources.notes import MAX_NOTES, add_notes
from amyqa.sources.packages import HARMLESS, Package
from amyqa.sources.repacking import Repacked
from amyqa.sources.tags import Splice, Tag, spliced, tag_at, walk, with_attribute
from amyqa.sources.xlsx import Book

if TYPE_CHECKING:
    from lxml.etree import _Element

WORKBOOKS = (".xlsx", ".xlsm")
"""The formats in which cells can be marked."""
_MAX_STYLES = 64_000
_AFTER = (
    "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst", "AlternateContent",
)  # fmt: skip
"""What stands behind the reference to a sheet's notes."""
_STYLES = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_STRICT = "http://purl.oclc.org/ooxml/"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NO_STYLES = (
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
Place = tuple[int, int]
"""A cell's row and column, from 1."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a cell is to show.

    Args:
        color: of its ground, as ``FFC7CE``.
        note: what is said at it; "": nothing.
    """

    color: str
    note: str = ""


def marked(path: Path, shown: str, marks: Mapping[str, Mapping[Place, Mark]]) -> bytes:
    """A workbook's copy with its cells marked.

    Args:
        marks: by the sheet's name, and the cell's row and column.

    Raises:
        BadInput: it is none in which cells can be marked; it is signed, protected or damaged; its notes
            cannot be added to.
    """
    if path.suffix.lower() not in WORKBOOKS:
        message = "is not copied with its cells marked: only .xlsx and .xlsm are"
        raise BadInput([Problem(message, "save it as .xlsx to have that", shown)])
    package = Package(path, shown, "a workbook")
    book, copy = Book(package), Repacked(package)
    styles = _Styles(copy, book.parts.get("styles", ""))
    try:
        for name, cells in marks.items():
            part = book.sheets[name]
            sheet = _Sheet(copy, part)
            notes = {place: mark.note for place, mark in cells.items() if mark.note}
            drawing = ""
            if notes:
                few = dict(list(notes.items())[:MAX_NOTES])
                drawing = add_notes(copy, part, sheet.main, few)
            sheet.write({place: mark.color for place, mark in cells.items()}, styles, drawing)
        styles.write(book.main)
    except (ValueError, LookupError) as error:
        message = "is damaged: it is not as a workbook should be"
        raise package.refused(message, "open it and save it anew") from error
    return copy.save()


class _Sheet:
    """A worksheet's part, of which some tags are to be others."""

    def __init__(self, copy: Repacked, part: str) -> None:
        from lxml import etree

        self.copy, self.part = copy, part
        self.raw = copy.read_plain(part)
        root = next(iter(etree.iterparse(io.BytesIO(self.raw), events=("start",), **HARMLESS)))[1]
        self.main = etree.QName(root).namespace or ""
        self.prefix = f"{root.prefix}:" if root.prefix else ""

    def write(self, colors: Mapping[Place, str], styles: _Styles, drawing: str) -> None:
        """Give cells their colours, and the sheet its drawing of notes ("": it has one, or needs none)."""
        splices: list[Splice] = []
        behind: list[int] = []
        row = column = 0

        def see(tag: Tag) -> None:
            nonlocal row, column
            if tag.name == "row" and tag.opens:
                row, column = int(tag.attributes.get("r") or row + 1), 0
            elif tag.name == "c" and tag.opens:
                column = _column(tag.attributes.get("r", "")) or column + 1
                if (color := colors.get((row, column))) is not None:
                    old = tag_at(self.raw, tag.start)
                    style = styles.number(int(tag.attributes.get("s", "0")), color)
                    splices.append((tag.start, tag.start + len(old), with_attribute(old, "s", str(style))))
            elif not behind and (
                (tag.depth == 1 and tag.opens and tag.name in _AFTER) or (tag.depth == 0 and not tag.opens)
            ):
                behind.append(tag.start)

        walk(self.raw, see)
        if drawing:
            kind = f"{_STRICT}officeDocument/relationships" if self.main.startswith(_STRICT) else _OFFICE
            said = f'<{self.prefix}legacyDrawing xmlns:rel="{kind}" rel:id="{drawing}"/>'
            splices.append((behind[0], behind[0], said.encode()))
        self.copy.put(self.part, spliced(self.raw, splices))


def _column(reference: str) -> int:
    return column_number(reference.rstrip("0123456789")) if reference else 0


class _Styles:
    """The styles of a workbook, to which those of coloured cells are added."""

    def __init__(self, copy: Repacked, name: str) -> None:
        from lxml import etree

        self.copy, self.name = copy, name
        self.tree = copy.tree(name) if name else etree.fromstring(_NO_STYLES)
        self.main = etree.QName(self.tree).namespace or ""
        self.cells = self._list("cellXfs")
        self._fills: dict[str, int] = {}
        self._numbers: dict[tuple[int, str], int] = {}

    def number(self, old: int, color: str) -> int:
        """The style that is as another, on a ground of this colour."""
        if (old, color) not in self._numbers:
            styles = self.cells.findall("{*}xf")
            if len(styles) >= _MAX_STYLES:
                raise self.copy.package.refused("has as many styles as a workbook may have", "save it anew")
            new = deepcopy(styles[old])
            new.set("fillId", str(self._fill(color)))
            new.set("applyFill", "1")
            self.cells.append(new)
            self._numbers[old, color] = len(styles)
        return self._numbers[old, color]

    def _fill(self, color: str) -> int:
        from lxml import etree

        if color not in self._fills:
            fills = self._list("fills")
            self._fills[color] = len(fills.findall("{*}fill"))
            fill = etree.SubElement(fills, f"{{{self.main}}}fill")
            pattern = etree.SubElement(fill, f"{{{self.main}}}patternFill", patternType="solid")
            etree.SubElement(pattern, f"{{{self.main}}}fgColor", rgb=f"FF{color}")
            etree.SubElement(pattern, f"{{{self.main}}}bgColor", indexed="64")
        return self._fills[color]

    def _list(self, name: str) -> _Element:
        found = self.tree.find(f"{{*}}{name}")
        if found is None:
            raise ValueError(f"no {name}")
        return found

    def write(self, main: str) -> None:
        """Put them back, where any were added."""
        if not self._numbers:
            return
        for name, each in (("fills", "fill"), ("cellXfs", "xf")):
            held = self._list(name)
            held.set("count", str(len(held.findall(f"{{*}}{each}"))))
        if not self.name:
            usual = "xl/styles.xml"
            self.name = self.copy.new_name("xl/styles{}.xml") if usual in self.copy else usual
            self.copy.relate(main, f"{_OFFICE}/styles", self.name)
            self.copy.declare(_STYLES, part=self.name)
        self.copy.put(self.name, self.tree)
