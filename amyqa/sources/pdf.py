"""Tables of PDFs (.pdf) that have a text layer; an extra: ``amyqa[pdf]``.

Every character has a place on its page. Characters are put together to words, words to lines, by their
places alone; what the file says of blanks and of reading order is not believed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from amyqa.errors import BadInput, Problem
from amyqa.model import Field, Span
from amyqa.sources.files import read_bytes
from amyqa.sources.grids import not_written
from amyqa.sources.printed import PrintedLine, Word, tables
from amyqa.sources.sheet import Edits, Part, Sheet

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_PAGES = 300
"""Of more pages some must be chosen."""
_LINE = re.compile(r"\bline (\d{5,})")
PER_PAGE = 10_000
"""Lines of page 3 are numbered from 30,001."""
_MAX_BYTES = 256 * 1024 * 1024
_MAX_CHARACTERS = 100_000
_TYPED = 0.98
_INSIDE, _BLANK, _LEVEL = 0.13, 0.28, 0.4  # of a word, between words, between lines; in sizes of the font


class _Character(NamedTuple):
    left: float
    right: float
    base: float
    size: float
    text: str


class _Pages:
    """Where lines stand: each on a page, which its number begins with."""

    def address(self, line: int, position: int) -> str:
        """``page 3``."""
        return f"page {line // PER_PAGE}"

    def spans(self, wanted: Collection[Field]) -> Mapping[Field, Span]:
        """A page is no text of lines."""
        return {}

    def written(self, token: str, span: Span) -> str:
        """As it is."""
        return token


PAGES = _Pages()


def read(path: Path, shown: str, part: Part) -> Sheet:
    """The table that a YAML names, by its place in the file: ``page 3, table 2``.

    Raises:
        BadInput: there is none.
    """
    found = sheets(path, shown)
    named = [sheet for sheet in found if sheet.name == part.sheet or not part.sheet]
    if not named:
        raise BadInput([Problem(f"has no table {part.sheet!r}", "", shown)])
    return named[0]


def sheets(path: Path, shown: str, within: tuple[int, int] | None = None) -> list[Sheet]:
    """All tables, those that go on over pages put together.

    Args:
        within: first and last of the pages that are looked at.

    Raises:
        BadInput: it cannot be read, has no text layer, or holds no table.
    """
    document = _opened(path, shown)
    found: list[Sheet] = []
    has_text = False
    try:
        first, last = _chosen(len(document), within, shown)
        for number in range(first, last + 1):
            lines = list(_lines(_page(document, number, shown), number * PER_PAGE + 1))
            has_text |= bool(lines)
            for at, table in enumerate(tables(lines, shown), 1):
                notes = tuple(_LINE.sub(_on_page, note) for note in table.notes)
                named = changed(table, name=f"page {number}, table {at}", origin=PAGES, notes=notes)
                if at == 1 and found and _goes_on(found[-1], named):
                    found[-1] = changed(found[-1], lines=(*found[-1].lines, *named.lines[1:]))
                else:
                    found.append(named)
    finally:
        document.close()
    if not has_text:
        hint = "a program as OCRmyPDF or Tesseract adds one; check what it reads"
        raise BadInput([Problem("has no text layer: its pages are pictures", hint, shown)])
    if not found:
        hint = "copy the table's text into a .txt, or save it as a workbook"
        raise BadInput([Problem("holds no table whose columns can be told", hint, shown)])
    return found


def _on_page(match: re.Match[str]) -> str:
    """``line 10008`` as people count lines."""
    page, line = divmod(int(match[1]), PER_PAGE)
    return f"page {page}, line {line}"


def replace(raw: bytes, shown: str, part: Part, edits: Edits) -> bytes:
    """Nothing is written into such a file.

    Raises:
        BadInput: always.
    """
    raise not_written(shown)


def _opened(path: Path, shown: str) -> PdfDocument:
    try:
        import pypdfium2
    except ImportError as error:
        raise BadInput([Problem("needs what reads PDFs", "pip install 'amyqa[pdf]'", shown)]) from error
    raw = read_bytes(path, shown, _MAX_BYTES)
    try:
        return pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            problem = Problem("is protected by a password", "save a copy without one", shown)
        else:
            problem = Problem("is not a whole PDF: it is damaged or cut off", "get it again", shown)
        raise BadInput([problem]) from error


def _page(document: PdfDocument, number: int, shown: str) -> Any:
    import pypdfium2

    try:
        return document[number - 1]
    except pypdfium2.PdfiumError as error:
        message = f"is damaged: its page {number} cannot be read"
        raise BadInput([Problem(message, "get it again, or choose others: --pages", shown)]) from error


def _chosen(count: int, pages: tuple[int, int] | None, shown: str) -> tuple[int, int]:
    first, last = pages or (1, count)
    if not 1 <= first <= last <= count:
        raise BadInput([Problem(f"has no pages {first}-{last}: it has {count}", "as in --pages 3-5", shown)])
    if last - first >= MAX_PAGES:
        message = f"has {last - first + 1:,} pages; at most {MAX_PAGES} are searched for tables"
        raise BadInput([Problem(message, "--pages 12-14 chooses", shown)])
    return first, last


def _goes_on(above: Sheet, table: Sheet) -> bool:
    """Whether a table goes on over a page: the same header stands again."""
    return above.lines[0].fields == table.lines[0].fields and any(above.lines[0].fields)


# --- a page ---


def _lines(page: Any, first: int) -> Iterator[PrintedLine]:
    """The lines of a page, top to bottom, numbered from `first`."""
    rows: list[list[_Character]] = []
    for each in sorted(_characters(page), key=lambda c: (-c.base, c.left)):
        if rows and abs(rows[-1][0].base - each.base) < _LEVEL * min(rows[-1][0].size, each.size):
            rows[-1].append(each)
        else:
            rows.append([each])
    for number, row in enumerate(rows, first):
        size = sorted(each.size for each in row)[len(row) // 2]
        widths = sorted(each.right - each.left for each in row)
        typed = len(row) > 3 and widths[0] > _TYPED * widths[-1]  # each character as wide as any, a blank too
        yield PrintedLine(number, tuple(_words(sorted(row), size)), widths[0] if typed else _BLANK * size)


def _words(row: Sequence[_Character], size: float) -> Iterator[Word]:
    word: Word | None = None
    for each in row:
        if word is not None and each.left - word.end < _INSIDE * size:
            if each.left > word.start or each.text != word.text[-1:]:  # printed twice to look bold
                word = Word(word.start, max(word.end, each.right), word.text + each.text)
            continue
        if word is not None:
            yield word
        word = Word(each.left, each.right, each.text)
    if word is not None:
        yield word


def _characters(page: Any) -> list[_Character]:
    """The characters of a page, in the direction that most of them run."""
    import ctypes

    from pypdfium2 import raw

    text = page.get_textpage()
    found: list[tuple[int, _Character]] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    for i in range(min(text.count_chars(), _MAX_CHARACTERS)):
        character = chr(raw.FPDFText_GetUnicode(text, i))
        if character.isspace() or not character.isprintable():
            continue
        with suppress(Exception):  # a character without a place
            left, bottom, right, top = text.get_charbox(i, loose=True)
            raw.FPDFText_GetCharOrigin(text, i, x, y)
            turn = round(math.degrees(raw.FPDFText_GetCharAngle(text, i)) / 90) % 4
            size = max(raw.FPDFText_GetFontSize(text, i), 1.0)
            along = {
                0: (left, right, y.value), 1: (-top, -bottom, x.value),
                2: (-right, -left, -y.value), 3: (bottom, top, -x.value),
            }[turn]  # fmt: skip
            extent = top - bottom if turn % 2 == 0 else right - left
            size = extent if extent > 0 and not 0.5 < size / extent < 2 else size
            found.append((turn, _Character(*along, size, character)))
    text.close()
    turns = Counter(turn for turn, _ in found)
    usual = max(turns, key=lambda turn: turns[turn], default=0)
    return [character for turn, character in found if turn == usual]
