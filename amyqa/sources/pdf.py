"""Tables of PDFs (.pdf) that have a text layer; an extra: ``amyqa[pdf]``.

Every character has a place on its page. Characters are put together to words, words to lines, by their
places alone; what the file says of blanks and of reading order is not believed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace as changed
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from amyqa.errors import BadInput, Problem
from amyqa.model import Field, Span
from amyqa.sources.files import read_bytes
from amyqa.sources.grids import not_written
from amyqa.sources.pagelines import INSIDE, Character, lines_of
from amyqa.sources.printed import tables
from amyqa.sources.printedcolumns import CUTS, Cut, by_overlap, by_right_edges
from amyqa.sources.sheet import Edits, Part, Sheet
from amyqa.sources.textlayers import OCR, doubts, meant

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_PAGES = 300
"""Of more pages some must be chosen."""
_LINE = re.compile(r"\bline (\d{5,})")
PER_PAGE = 10_000
"""Lines of page 3 are numbered from 30,001."""
_MAX_BYTES = 256 * 1024 * 1024
_MAX_CHARACTERS = 100_000
_AGAIN = 0.7
_DOUBT = "read with doubt: only one way of reading finds columns here; check it against the page"


class Way(NamedTuple):
    """A way to read a page: how far apart a word's characters may be, how columns are cut."""

    inside: float = INSIDE
    cuts: Sequence[Cut] = CUTS
    joins: bool = True


WAYS = (Way(), Way(cuts=[by_right_edges]), Way(cuts=[by_overlap]), Way(joins=False), Way(inside=0.3))
"""From the one that is right most often; where they differ, the sums decide."""


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
    try:
        first, last = _chosen(len(document), within, shown)
        pages = {n: _characters(_page(document, n, shown)) for n in range(first, last + 1)}
    finally:
        document.close()
    doubted = {n: why for n, each in pages.items() if (why := doubts(lines_of(each, n * PER_PAGE + 1)))}
    has_text = any(pages.values())
    pages = {number: characters for number, characters in pages.items() if number not in doubted}
    found, *others = (_tables(pages, shown, way) for way in WAYS)
    found = _with_others(found, others)
    if not has_text:
        hint = "a program as OCRmyPDF or ABBYY FineReader adds one; check what it reads"
        raise BadInput([Problem("has no text layer: its pages are pictures", hint, shown)])
    if doubted and not found:
        number, why = next(iter(doubted.items()))
        raise BadInput([Problem(f"page {number}: {why}", OCR, shown)])
    if not found:
        hint = "copy the table's text into a .txt, or save it as a workbook"
        raise BadInput([Problem("holds no table whose columns can be told", hint, shown)])
    told = [Sheet(shown, (), name=f"page {n}", notes=(f"{why}; {OCR}",)) for n, why in doubted.items()]
    return [*found, *told]


def _tables(pages: Mapping[int, Sequence[Character]], shown: str, way: Way) -> list[Sheet]:
    """The tables of pages, read in one way."""
    found: list[Sheet] = []
    for number, characters in pages.items():
        lines = lines_of(characters, number * PER_PAGE + 1, way.inside)
        if not way.joins:
            lines = [changed(line, joins=False) for line in lines]
        for at, table in enumerate(tables(lines, shown, way.cuts), 1):
            notes = tuple(_LINE.sub(_on_page, note) for note in table.notes)
            named = changed(table, name=f"page {number}, table {at}", origin=PAGES, notes=notes)
            if at == 1 and found and _goes_on(found[-1], named):
                joined = (*found[-1].lines, *named.lines[1:])
                found[-1] = changed(found[-1], lines=joined, notes=(*found[-1].notes, *notes))
            else:
                found.append(named)
    return found


def _with_others(found: Sequence[Sheet], ways: Sequence[Sequence[Sheet]]) -> list[Sheet]:
    """Tables with what other ways make of the same lines; and those that only other ways find."""
    tables = list(found)
    for way in ways:
        for other in way:
            first, last = other.lines[0].number, other.lines[-1].number
            same = [
                i for i, each in enumerate(tables)
                if each.lines[0].number <= last and first <= each.lines[-1].number
            ]  # fmt: skip
            if not same:
                tables.append(changed(other, notes=(*other.notes, _DOUBT)))
            elif len(same) == 1:
                table = tables[same[0]]
                if all(_numbers(other) != _numbers(each) for each in (table, *table.others)):
                    tables[same[0]] = changed(table, others=(*table.others, other))
    return sorted(tables, key=lambda table: table.lines[0].number)


def _numbers(table: Sheet) -> list[tuple[str, ...]]:
    """What a reading has in its columns, words left out."""
    return [line.fields[1:] for line in table.lines[1:] if any(line.fields[1:])]


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
    """Whether a table goes on over a page: as wide, and nearly the same header stands again."""
    if len(above.lines[0].fields) != len(table.lines[0].fields):
        return False
    one, other = (
        {word for field in each.lines[0].fields for word in field.split()} for each in (above, table)
    )
    return len(one & other) > _AGAIN * len(one | other)


# --- a page ---


def _characters(page: Any) -> list[Character]:
    """The characters of a page, in the direction that most of them run."""
    import ctypes

    from pypdfium2 import raw

    text = page.get_textpage()
    found: list[tuple[int, Character]] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    for i in range(min(text.count_chars(), _MAX_CHARACTERS)):
        if not (character := meant(raw.FPDFText_GetUnicode(text, i))):
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
            found.append((turn, Character(*along, size, character)))
    text.close()
    turns = Counter(turn for turn, _ in found)
    usual = max(turns, key=lambda turn: turns[turn], default=0)
    return [character for turn, character in found if turn == usual]
