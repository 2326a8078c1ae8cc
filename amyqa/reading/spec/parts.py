"""What a table's YAML is made of: single values, each with its form, and the smaller mappings."""

from __future__ import annotations

import re
from decimal import Decimal
from math import prod
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from amyqa.sources.cells import box, column_number

TEXT_COLUMN = "text"
RESERVED = "OBS_"
UNSTATED = "(not stated)"
"""Stands in for a key that is missing, so that the rest can be checked all the same."""
LEFT_OUT = "…"
EVERY_COLUMN = "every column"
"""In a mapping of signs: what holds where a column or row says nothing of its own."""
_MAX_POWERS = 15
_MAX_LINES = 100_000
_MAX_PLACES = 1000
_LINES = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)


class Unfit(ValueError):
    """A value that cannot stand where it does; says why and how to mend it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def _named(value: str) -> str:
    if not value.strip():
        raise Unfit("is empty", "write it, or remove the key")
    return value


def _mark(value: str) -> str:
    if len(value) != 1:
        raise Unfit("must be one character", 'as "." or ","')
    if value.isalnum() or value in "+-()%":
        raise Unfit(f"{value!r} has a meaning in numbers already", 'write another, as "." or ","')
    return value


def _delimiter(value: str) -> str:
    value = {r"\t": "\t", "tab": "\t"}.get(value, value)
    if len(value) != 1 or value.isalnum() or value in '"\n\r':
        raise Unfit("must be one character", r'as ";" or "\t"')
    return value


def _dimension(value: str) -> str:
    if value.upper().startswith(RESERVED):
        raise Unfit(f"a dimension's name cannot begin with {RESERVED}", "rename it")
    return _named(value)


def _power(value: Decimal) -> Decimal:
    if value not in {Decimal(10) ** n for n in range(1, _MAX_POWERS + 1)}:
        raise Unfit("must be a power of ten", "as in {k: 1000, m: 1000000}")
    return value


def _multiplier(value: str) -> str:
    if not re.fullmatch(r"[^\W\d_]+\.?", value.strip()):
        raise Unfit("must be letters", "as in {k: 1000, m: 1000000}")
    return value.strip()


def line_numbers(value: str) -> tuple[int, ...]:
    """``"47-58, 61"`` as (47, …, 58, 61).

    Raises:
        ValueError: not line numbers from 1, backwards, or more than 100,000 lines.
    """
    numbers: list[int] = []
    for part in value.split(","):
        match = _LINES.fullmatch(part.strip())
        if not match:
            raise ValueError("must be line numbers, as in 597-608 or 55, 58")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last or last - first + len(numbers) >= _MAX_LINES:
            raise ValueError(f"lines {part.strip()} run backwards, or are too many; the first line is 1")
        numbers.extend(range(first, last + 1))
    return tuple(numbers)


def _sheet_columns(value: object) -> object:
    """``A-D, F`` as (1, 2, 3, 4, 6)."""
    if not isinstance(value, str):
        return value
    numbers: list[int] = []
    for part in value.split(","):
        first, _, last = (word.strip() for word in part.partition("-"))
        last = last or first
        if not (re.fullmatch(r"[A-Za-z]{1,3}", first) and re.fullmatch(r"[A-Za-z]{1,3}", last)):
            raise Unfit("must be columns of a sheet", "as in A-D, F")
        numbers.extend(range(column_number(first), column_number(last) + 1))
    return tuple(numbers)


def _range(value: str) -> str:
    try:
        box(value)
    except ValueError as error:
        raise Unfit(str(error), "header first, then the rows") from None
    return value


def _sha256(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", value):
        raise Unfit("is not a SHA-256", "64 hex digits, small letters")
    return value


def period(value: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """``2004-07 to 2005-12`` as ((2004, 7), (2005, 12)).

    Raises:
        ValueError: not two months in order.
    """
    match = re.fullmatch(r"(\d{4})-(\d\d) to (\d{4})-(\d\d)", value.strip())
    if not match:
        raise ValueError("is not a period")
    first, last = (int(match[1]), int(match[2])), (int(match[3]), int(match[4]))
    if not (1 <= first[1] <= 12 and 1 <= last[1] <= 12 and (1, 1) <= first <= last):
        raise ValueError("is not a period from one month to a later one")
    return first, last


def _period(value: str) -> str:
    try:
        period(value)
    except ValueError as error:
        raise Unfit(str(error), "write it as 2004-07 to 2005-12") from None
    return value


def _few_places(value: dict[str, list[str]]) -> dict[str, list[str]]:
    if prod(len(codes) for codes in value.values()) > _MAX_PLACES:
        raise Unfit(f"stands for more than {_MAX_PLACES:,} coordinates", "name fewer codes")
    return value


def _as_lines(value: object) -> object:
    return line_numbers(value) if isinstance(value, str) else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Name = Annotated[str, AfterValidator(_named)]
Dimension = Annotated[str, AfterValidator(_dimension)]
Lines = Annotated[tuple[int, ...], BeforeValidator(_as_lines)]
CellRange = Annotated[str, AfterValidator(_range)]
Sha256 = Annotated[str, AfterValidator(_sha256)]
SheetColumns = Annotated[tuple[int, ...], BeforeValidator(_sheet_columns)]
Codes = Annotated[list[Name], BeforeValidator(_as_list)]
Period = Annotated[str, AfterValidator(_period)]
Mark = Annotated[str, AfterValidator(_mark)]
Delimiter = Annotated[str, AfterValidator(_delimiter)]
RoundedTo = Annotated[Decimal, Field(gt=0, le=10**12)]
Multiplier = Annotated[str, AfterValidator(_multiplier)]
Power = Annotated[Decimal, AfterValidator(_power)]
Coordinates = Annotated[dict[Dimension, Codes], AfterValidator(_few_places)]


class Part(BaseModel):
    """A mapping with these keys and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Part):
    """Where the table was printed, for ``amyqa trace``.

    Args:
        document: the printed blocks, as ``seeds/cambodia-2005.txt``.
        lines: the lines the table stands on.
        header: lines that hold the words of the column labels.
        blanks: ``spaced`` when the print keeps each blank cell as spaces.
        sha256: of the document, where that is the file itself: workbook, page, text.
        sheet: in which the table stands.
        columns: of the sheet, which are the table's, as ``A-D, F``.
        boxes: of a PDF, where the table stands on each page: left, bottom, right, top, in points.
    """

    document: Name
    lines: Lines = ()
    header: Lines = ()
    blanks: Literal["spaced"] | None = None
    sha256: Sha256 | None = None
    sheet: Name | None = None
    columns: SheetColumns = ()
    boxes: dict[Name, Name] = {}


class Rows(Part):
    """What a row stands for.

    Args:
        dimension: the dimension whose code is the row's label.
        dimensions: for several key columns: column label to dimension.
        total: label of the total row.
    """

    dimension: Dimension | None = None
    dimensions: dict[Name, Dimension] | None = None
    total: Name | None = None


class Mirror(Part):
    """Another table that speaks of the same, as seen from the other side.

    Args:
        table: its id.
        here, there: the codes that the figures have in this table, and in the other, where the two
            speak of the same; all other dimensions must agree.
        codes: for a dimension that both have, this table's codes to the other's, where they differ.
    """

    table: Name
    here: dict[Dimension, Name] = {}
    there: dict[Dimension, Name] = {}
    codes: dict[Dimension, dict[Name, Name]] = {}


class Identities(Part):
    """Relations stated as formulas, by where they hold.

    Args:
        in_every_row: over column labels, as ``Total = Male + Female``.
        in_every_column: over row labels; or each total's label with those of its parts.
        except_in: labels of rows and columns whose numbers are not added up, as rates and averages:
            formulas for every row, or every column, leave them out.
        cells: over cells, as ``[Total, 2005] = [Total, 2004] + [Change, 2005]``.
        other_tables: over cells of other tables, as ``sum of Male = 2021/lanka/by-sex[Male, Total]``.
    """

    in_every_row: list[Name] = Field(default=[], alias="in every row")
    in_every_column: list[Name] | dict[Name, list[Name | list[Name]]] = Field(
        default=[], alias="in every column"
    )
    except_in: list[Name] = Field(default=[], alias="except in")
    cells: list[Name] = []
    other_tables: list[Name] = Field(default=[], alias="other tables")

    def __bool__(self) -> bool:
        return bool(self.in_every_row or self.in_every_column or self.cells or self.other_tables)


class Ratios(Part):
    """Printed ratios and what they were worked out of, by where they hold.

    Args:
        in_every_row: over column labels, as ``Share of women = 100 * Women / Persons``,
            ``Change = 100 * (2024 - 2023) / 2023``, ``Mean = average of North, South, West``.
        in_every_column: the same over row labels.
        except_in: labels of rows and columns where they do not hold.
        cells: over cells, as ``[Total, Share] = 100 * [Total, Women] / [Total, Persons]``.
    """

    in_every_row: list[Name] = Field(default=[], alias="in every row")
    in_every_column: list[Name] = Field(default=[], alias="in every column")
    except_in: list[Name] = Field(default=[], alias="except in")
    cells: list[Name] = []

    def __bool__(self) -> bool:
        return bool(self.in_every_row or self.in_every_column or self.cells)


class Doubt(Part):
    """What is wrong, or may be, with a formula of the workbook that the table was taken from.

    Args:
        cell: ``[row, column]``.
        shows: what it showed then; where it shows something else, nothing is told any more.
        what: ``leaves out`` a number that its neighbours' formulas take in; ``may leave out`` one right
            beside its range; ``typed over``: a number in the place of a formula, which gives another one;
            ``typed``: the same one; ``not worked out anew``: its stored result is another than it gives.
        told: in a sentence, with the cell's address.
    """

    cell: Name
    shows: str
    what: Literal["leaves out", "may leave out", "typed over", "typed", "not worked out anew"]
    told: Name
