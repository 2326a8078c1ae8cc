"""Tables of PDFs (.pdf) that have a text layer; an extra: ``amyqa[pdf]``.

Every character has a place on its page. Characters are put together to words, words to lines, by their
places alone; what the file says of blanks and of reading order is not believed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace as changed
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from amyqa.errors import BadInput, Problem
from amyqa.sources.files import read_bytes
from amyqa.sources.grids import not_written
from amyqa.sources.pagelines import INSIDE, Character, lines_of
from amyqa.sources.pages import PER_PAGE, Box, Pages, turned
from amyqa.sources.printed import PrintedLine, tables
from amyqa.sources.printedcolumns import CUTS, Cut, by_overlap, by_right_edges
from amyqa.sources.sheet import Edits, Part, Sheet
from amyqa.sources.textlayers import OCR, doubts, meant

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

MAX_PAGES = 100
"""Of more pages some must be chosen."""
_LINE = re.compile(r"\bline (\d{5,})")
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


class _Page(NamedTuple):
    """A page's characters, and how many quarters they are turned to the left."""

    turn: int
    characters: Sequence[Character]


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
    pages = _pages(path, shown, within)
    has_text = any(page.characters for page in pages.values())
    doubted = {n: why for n, page in pages.items() if (why := doubts(_lines(n, page)))}
    pages = {n: page for n, page in pages.items() if n not in doubted}
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


def words(path: Path, shown: str, lines: Sequence[int]) -> dict[int, list[str]]:
    """The words of all lines of the pages that lines are on, by line: what tokens are proved by.

    Raises:
        BadInput: the file cannot be read so.
    """
    numbers = sorted({line // PER_PAGE for line in lines})
    if not numbers:
        return {}
    pages = _pages(path, shown, (numbers[0], numbers[-1]))
    return {
        line.number: [part for word in line.words for part in word.text.split()]
        for number, page in pages.items()
        for line in _lines(number, page)
    }


def _pages(path: Path, shown: str, within: tuple[int, int] | None) -> dict[int, _Page]:
    document = _opened(path, shown)
    try:
        first, last = _chosen(len(document), within, shown)
        return {n: _characters(_page(document, n, shown)) for n in range(first, last + 1)}
    finally:
        document.close()


def _lines(number: int, page: _Page, way: Way = WAYS[0]) -> list[PrintedLine]:
    lines = lines_of(page.characters, number * PER_PAGE + 1, way.inside)
    return lines if way.joins else [changed(line, joins=False) for line in lines]


def _tables(pages: Mapping[int, _Page], shown: str, way: Way) -> list[Sheet]:
    """The tables of pages, read in one way."""
    found: list[Sheet] = []
    for number, page in pages.items():
        lines = _lines(number, page, way)
        for at, table in enumerate(tables(lines, shown, way.cuts), 1):
            notes = tuple(_LINE.sub(_on_page, note) for note in table.notes)
            origin = Pages({number: turned(_box(table, lines, page), page.turn)})
            named = changed(table, name=f"page {number}, table {at}", origin=origin, notes=notes)
            if at == 1 and found and _goes_on(found[-1], named):
                found[-1] = _with_more(found[-1], named)
            else:
                found.append(named)
    return found


def _with_more(above: Sheet, more: Sheet) -> Sheet:
    """A table with what follows on the next page."""
    boxes = (each.origin.boxes if isinstance(each.origin, Pages) else {} for each in (above, more))
    return changed(
        above,
        lines=(*above.lines, *more.lines[1:]),
        notes=(*above.notes, *more.notes),
        origin=Pages({number: box for each in boxes for number, box in each.items()}),
    )


def _box(table: Sheet, lines: Sequence[PrintedLine], page: _Page) -> Box:
    """From the leftmost word of a table's lines to the rightmost, from the last line to the first."""
    first, last = table.lines[0].number, table.lines[-1].number
    within = [line for line in lines if first <= line.number <= last and line.words]
    size = median(each.size for each in page.characters)
    left, right = min(line.words[0].start for line in within), max(line.words[-1].end for line in within)
    return (left, within[-1].base - size / 4, right, within[0].base + size)


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


def _characters(page: Any) -> _Page:
    """The characters of a page, in the direction that most of them run."""
    import ctypes

    from pypdfium2 import raw

    text = page.get_textpage()
    found: list[tuple[int, Character]] = []
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    for i in range(min(text.count_chars(), _MAX_CHARACTERS)):
        if not (character := meant(raw.FPDFText_GetUnicode(text, i))):
            continue
        if raw.FPDFText_GetLooseCharBox(text, i, box) and raw.FPDFText_GetCharOrigin(text, i, x, y):
            left, bottom, right, top = box.left, box.bottom, box.right, box.top
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
    return _Page(usual, [character for turn, character in found if turn == usual])
