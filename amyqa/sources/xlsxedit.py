"""Numbers replaced in a workbook: the cells' own XML, and every other part of the file as it was."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from amyqa.errors import BadInput, Problem
from amyqa.model import Field
from amyqa.sources.cells import column_number, qualified
from amyqa.sources.grids import Grid
from amyqa.sources.numberformats import GENERAL, show
from amyqa.sources.packages import Package
from amyqa.sources.repacking import Repacked
from amyqa.sources.sheet import Edits
from amyqa.sources.tags import Splice, Tag, is_plain, spliced, tag_at, walk


def edited(
    package: Package, part: str, grid: Grid, left: int, edits: Edits, formats: dict[str, str]
) -> bytes:
    """The file with other numbers in some cells of a sheet.

    Args:
        part: the sheet's.
        left: the column of the first field.
        formats: of the cells' styles.

    Raises:
        BadInput: a cell no longer holds its old token, is computed, or cannot show the new one.
    """
    copy = Repacked(package)
    raw = copy.read(part)
    if not is_plain(raw):
        raise package.refused("is not written in UTF-8", "open it and save it anew")
    there = _cells(raw, {(row, left + position - 1) for row, position in edits})
    splices: list[Splice] = []
    for (row, position), (old, new) in edits.items():
        place = row, left + position - 1
        where = qualified(grid.name, *place)
        if grid.rows.get(row, {}).get(place[1], "").strip() != old.strip() or place not in there:
            raise _refused(package, where, f"no longer holds {old!r}", "run amyqa again")
        if (formula := grid.formulas.get(place)) is not None:
            hint = "correct the formula, or the cells that it adds up, in the workbook"
            raise _refused(package, where, f"is computed there: ={formula}", hint)
        start, end, style = there[place]
        number = _number(new, formats.get(style, GENERAL))
        if number is None:
            raise _refused(package, where, f"cannot show {new!r} in its format", "correct the cell there")
        splices.append((start, end, _made(tag_at(raw, start), number)))
    copy.put(part, spliced(raw, splices))
    return copy.save()


def _cells(raw: bytes, wanted: Collection[Field]) -> dict[Field, tuple[int, int, str]]:
    """From where to where cells stand in a sheet's XML, and their styles."""
    found: dict[Field, tuple[int, int, str]] = {}
    row = column = 0
    begun: tuple[int, str] | None = None

    def see(tag: Tag) -> None:
        nonlocal row, column, begun
        if tag.name == "row" and tag.opens:
            row, column = int(tag.attributes.get("r") or row + 1), 0
        elif tag.name == "c" and tag.opens:
            letters = tag.attributes.get("r", "").rstrip("0123456789")
            column = column_number(letters) if letters else column + 1
            begun = (tag.start, tag.attributes.get("s", "0")) if (row, column) in wanted else None
        elif tag.name == "c" and begun is not None:
            closes = raw.startswith(b"</", tag.start)
            end = raw.index(b">", tag.start) + 1 if closes else tag.start + len(tag_at(raw, tag.start))
            found[row, column] = (begun[0], end, begun[1])
            begun = None

    walk(raw, see)
    return found


def _made(tag: bytes, number: str) -> bytes:
    """A cell with a number, its style kept."""
    name = tag[1:].split(None, 1)[0].rstrip(b"/>")
    prefix = name[:-1]
    kept = re.sub(rb"""\s+t\s*=\s*("[^"]*"|'[^']*')""", b"", tag).rstrip(b"/>")
    return kept + b"><" + prefix + b"v>" + number.encode() + b"</" + prefix + b"v></" + name + b">"


def _number(token: str, code: str) -> str | None:
    """The number that a format shows as a token."""
    digits = re.sub(r"[^\d.]", "", token)
    try:
        value = abs(Decimal(digits))
    except InvalidOperation:
        return None
    places = [value, -value, value / 100, -value / 100]
    return next((f"{v:f}" for v in places if show(f"{v:f}", code).token == token.strip()), None)


def _refused(package: Package, where: str, message: str, hint: str) -> BadInput:
    return BadInput([Problem(message, hint, f"{package.shown} {where}")])
