"""The tables of a file taken into a yearbook: found, named, drafted, with the file as their source."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from amyqa.errors import AmyqaError, BadInput, Problem
from amyqa.project import Yearbook
from amyqa.reading.writing import write_atomically
from amyqa.sources import Sheet
from amyqa.sources.grids import Cells
from amyqa.starting.documents import Document, document
from amyqa.starting.finding import ALL, Choice, area, find
from amyqa.starting.new import New, new_table, yearbook_of
from amyqa.starting.words import table_name

_MAX_NAME = 60
_PLAIN = ("sheet", "table", "lines", "tabelle", "feuil", "hoja", "blatt")
"""What programs call a sheet of which nobody said what it is."""


@dataclass(frozen=True)
class Opened:
    """What a file held.

    Args:
        made: a table each, in the order of the file, with the name of its sheet and its cells or lines.
        left: what holds no table, and what is to be told of those that do, in words.
        failed: what stands in the way of the tables that cannot be taken in.
    """

    made: tuple[tuple[str, New], ...]
    left: tuple[str, ...] = ()
    failed: tuple[Problem, ...] = ()


def new_tables(
    path: Path,
    *,
    choice: Choice = ALL,
    to: Path | None = None,
    as_source: bool = True,
    **options: Any,
) -> Opened:
    """Take in the tables of a file and write the drafts of their YAMLs.

    Args:
        choice: which of them; all, where nothing is said.
        to: a folder under ``data/``.
        as_source: keep the file in the yearbook, as what the tables are traced to.
        options: as of :func:`~amyqa.starting.new.new_table`.

    Raises:
        BadInput: the file cannot be read, holds no table, or none that can be taken in.
    """
    shown = str(path)
    found = find(path, shown, choice)
    if found.tables[0].text:
        return Opened((("", new_table(path, sheet=found.tables[0], to=to, **options)),), found.left)
    yearbook = yearbook_of(path, to)
    if path.resolve().is_relative_to(yearbook.root / "data"):
        hint = "move it out of data/; amyqa new copies its tables there"
        raise BadInput([Problem("holds tables that a check cannot read as they stand", hint, shown)])
    source = document(path, yearbook, force=options.get("force", False)) if as_source else None
    made: list[tuple[str, New]] = []
    left, failed = list(found.left), list[Problem]()
    for sheet, name in zip(found.tables, _names(path, found.tables), strict=True):
        where = f"{sheet.name}, {area(sheet)}" if isinstance(sheet.origin, Cells) else sheet.name
        try:
            made.append((where, new_table(path, sheet=sheet, name=name, document=source, to=to, **options)))
        except AmyqaError as error:
            problems = error.problems
            failed += [dataclasses.replace(each, message=f"{where}: {each.message}") for each in problems]
        else:
            left += [f"{where}: {note}" for note in sheet.notes]
    if not made:
        raise BadInput(failed)
    _keep(source, yearbook)
    return Opened(tuple(made), tuple(left), tuple(failed))


def _keep(source: Document | None, yearbook: Yearbook) -> None:
    """Put the document where the tables say that it is."""
    if source is not None and not (yearbook.root / source.name).exists():
        write_atomically(yearbook.root / source.name, source.content)


def _names(path: Path, tables: Sequence[Sheet]) -> list[str]:
    """What the tables are called: as their file, their sheets, or their titles."""
    if len(tables) == 1:
        return [path.stem]
    on_sheet = Counter(table.name for table in tables)
    names, seen = [], Counter[str]()
    for table in tables:
        plain = table.name.casefold().startswith(_PLAIN) and not table.name[-1:].isdigit()
        generic = plain or table.name.startswith(("table ", "lines ", "Sheet"))
        name = table.name if not generic and on_sheet[table.name] == 1 else _slug(table.title)
        name = name or (path.stem if generic else table.name)
        seen[table_name(name).casefold()] += 1
        again = seen[table_name(name).casefold()]
        names.append(name if again == 1 else f"{name}-{again}")
    return names


def _slug(title: str) -> str:
    """The first words of a title."""
    words = table_name(title).split("-") if title else []
    name = ""
    for word in words:
        if len(name) + len(word) >= _MAX_NAME:
            break
        name = f"{name}-{word}" if name else word
    return name
