"""An XLSX workbook that takes anything: text stays text, what does not fit is cut, same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from xlsxwriter import Workbook
from xlsxwriter.utility import quote_sheetname, xl_col_to_name

from amyqa.characters import visible
from amyqa.reports.certainty import INHERITED, ROOT
from amyqa.reports.suspects import BROKEN, CANDIDATE, RULED

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384
MAX_CHARACTERS = 32_767
MAX_LINKS = 65_530
LONGEST_NAME = 31
LONGEST_COMMENT = 2_000
"""The first four are the format's own limits; a longer comment than this is a page, not a remark."""

Value = str | int | Decimal | date | None

_SAVED = datetime(2000, 1, 1)
_CUT = " … (cut: longer than a cell can be)"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST, _NARROWEST = 70, 8


def _suspicious(ink: str, fill: str, **more: object) -> dict[str, object]:
    return {"font_color": ink, "border_color": ink, "bg_color": fill, **more}


# Each kind of suspicious cell has a fill, a border and a type face of its own: colour is not needed.
# Borders by the format's numbers: 1 thin, 2 medium, 4 dotted, 5 thick, 7 hair, 8 medium dashed.
_STYLES: dict[str, dict[str, object]] = {
    ROOT: _suspicious("#9C0006", "#FFC7CE", border=5, bold=True),
    INHERITED: _suspicious("#7F4F00", "#FFEB9C", border=8, italic=True),
    CANDIDATE: _suspicious("#1F3864", "#DDEBF7", border=4),
    BROKEN: _suspicious("#843C0B", "#FCE4D6", border=1, underline=1),
    RULED: _suspicious("#404040", "#E7E6E6", border=7),
    "title": {"bold": True, "font_size": 14},
    "strong": {"bold": True},
    "header": {"bold": True, "bg_color": "#D9D9D9", "bottom": 2, "align": "center", "text_wrap": True},
    "link": {"underline": 1, "font_color": "#0563C1"},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "plain": {"valign": "top"},
    "to fill in": {"text_wrap": True, "valign": "top", "bg_color": "#FFFDE7", "border": 7},
}


def lossless(value: Decimal) -> bool:
    """Whether a spreadsheet keeps every digit: it has 15 of them."""
    if not value.is_finite() or abs(value.adjusted()) > 300:
        return False
    return len(f"{abs(value):f}".replace(".", "").strip("0")) <= 15


def clean(text: str) -> str:
    """The text as a cell can hold it: harmless characters, not too long."""
    text = visible(text)
    if len(text) <= MAX_CHARACTERS // 2 or len(text.encode("utf-16-le")) // 2 <= MAX_CHARACTERS:
        return text
    return _fitted(text, MAX_CHARACTERS - len(_CUT)) + _CUT


def _fitted(text: str, units: int) -> str:
    """As much of it as fits in so many UTF-16 code units, by which the format counts."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")


class Book:
    """A workbook in the making."""

    def __init__(self) -> None:
        self._file = BytesIO()
        self._book = Workbook(self._file, {"in_memory": True})
        self._book.set_properties({"author": "amyqa", "created": _SAVED})
        self._formats: dict[tuple[str, str, bool, bool], Format | None] = {("", "", False, False): None}
        self._taken = {"history"}  # a name that Excel keeps for itself

    def sheet(self, wanted: str) -> BookSheet:
        """A new sheet, named as `wanted` as the format allows."""
        return BookSheet(self, self._book.add_worksheet(self._name(wanted)))

    def _name(self, wanted: str) -> str:
        plain = _FORBIDDEN.sub("_", visible(wanted)).strip(" '") or "sheet"
        for number in range(1, len(self._taken) + 2):
            more = "" if number == 1 else f" ({number})"
            name = _fitted(plain, LONGEST_NAME - len(more)).rstrip(" '") + more
            if name.casefold() not in self._taken:
                break
        self._taken.add(name.casefold())
        return name

    def format(self, style: str, number: str, right: bool, text: bool) -> Format | None:
        """How a cell looks; `text` says that it only looks like a formula."""
        key = style, number, right, text
        if key not in self._formats:
            look = dict(_STYLES.get(style, {}))
            look |= {"num_format": number} if number else {}
            look |= {"align": "right"} if right else {}
            look |= {"quote_prefix": True} if text else {}
            self._formats[key] = self._book.add_format(look)
        return self._formats[key]

    def save(self) -> bytes:
        """The file; the same sheets give the same bytes."""
        self._book.close()
        return self._file.getvalue()


class BookSheet:
    """One sheet; rows and columns count from 1."""

    def __init__(self, book: Book, sheet: Worksheet) -> None:
        self._book, self._sheet = book, sheet
        self._widths: dict[int, int] = {}
        self._fixed: dict[int, int] = {}
        self._links = 0
        sheet.set_landscape()

    def at(self, row: int, column: int = 1) -> str:
        """Where a link to this cell leads."""
        return f"{quote_sheetname(self._sheet.name)}!{xl_col_to_name(column - 1)}{row}"

    def put(
        self,
        row: int,
        column: int,
        value: Value,
        style: str = "",
        *,
        format: str = "",
        link: str = "",
        right: bool = False,
        measured: bool = True,
    ) -> None:
        """Write a cell.

        Args:
            value: text is never a formula; a number must be :func:`lossless`.
            style: a kind of suspicious cell, or another of those above.
            format: of a number.
            link: of a text; see :meth:`at`.
            right: flush right, as numbers are.
            measured: whether the column becomes as wide as this.
        """
        at = row - 1, column - 1
        if isinstance(value, date):
            self._sheet.write_datetime(*at, value, self._book.format(style, "yyyy-mm-dd", right, False))
        elif isinstance(value, int | Decimal):
            self._sheet.write_number(*at, float(value), self._book.format(style, format, right, False))
        else:
            value = clean(value or "")
            look = self._book.format(style, "", right, value.startswith(_FORMULA))
            if not value:
                self._sheet.write_blank(*at, None, look)
            elif link and self._links < MAX_LINKS:
                self._links += 1
                self._sheet.write_url(*at, f"internal:{link}", look, value)
            else:
                self._sheet.write_string(*at, value, look)
        if measured:
            self._widths[column] = max(self._widths.get(column, 0), len(str(value)))

    def row(self, row: int, values: Iterable[Value], style: str = "") -> None:
        """Write cells side by side, from the first column on."""
        for column, value in enumerate(values, 1):
            self.put(row, column, value, style)

    def comment(self, row: int, column: int, said: Iterable[str]) -> None:
        """Attach a remark, a line for each sentence."""
        # the library escapes in cells what spreadsheets would read as an escape, but not in comments
        text = "\n".join(_ESCAPE.sub("_x005F_", visible(sentence)) for sentence in said)
        if len(text) > LONGEST_COMMENT:
            text = f"{_fitted(text, LONGEST_COMMENT)} … (cut; see the sheet Findings)"
        lines = sum(1 + len(line) // 50 for line in text.split("\n"))
        size = {"width": 360, "height": min(24 + 18 * lines, 600)}
        self._sheet.write_comment(row - 1, column - 1, text, {"author": "amyqa", **size})

    def head(self, row: int, columns: int = 0) -> None:
        """Keep the header row, and so many columns, in sight."""
        self._sheet.freeze_panes(row, columns)

    def filter(self, header: int, last: int, columns: int) -> None:
        """Give the list below a header row filters."""
        self._sheet.autofilter(header - 1, 0, last - 1, columns - 1)

    def choose(self, column: int, first: int, last: int, words: Sequence[str]) -> None:
        """Offer words for the cells of a column; others are warned of, and can be written all the same."""
        offered = {"validate": "list", "source": list(words), "error_type": "warning"}
        self._sheet.data_validation(first - 1, column - 1, last - 1, column - 1, offered)

    def width(self, column: int, characters: int) -> None:
        """Make a column as wide as that, whatever stands in it."""
        self._fixed[column] = characters

    def printed(self, last: int, columns: int) -> None:
        """Print so many columns, all of them on one page across."""
        self._sheet.print_area(0, 0, last - 1, columns - 1)
        self._sheet.fit_to_pages(1, 0)

    def finish(self, header: int, *, one_page: bool) -> None:
        """Set widths, and how it is printed: the header on every page, perhaps all columns on one."""
        fitted = {column: min(max(width + 2, _NARROWEST), _WIDEST) for column, width in self._widths.items()}
        for column, width in (fitted | self._fixed).items():
            self._sheet.set_column(column - 1, column - 1, width)
        self._sheet.repeat_rows(header - 1)
        if one_page:
            self._sheet.fit_to_pages(1, 0)  # as long as it takes
