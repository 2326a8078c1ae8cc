"""Whether a revision was announced: by a mark at the number, or a note of the table."""

from __future__ import annotations

import re

from amyqa.model import Cell, Table
from amyqa.reading.tokens import normalise

_REVISED = re.compile(
    r"revis|correct|updat|rectif|errat|corrig|amend|korrig|berichtig|revid|rév|пересмотр|уточн|修正|更正|修订|개정",
    re.IGNORECASE,
)
_PROVISIONAL = re.compile(r"provis|prelim|vorläuf|предварит|暫定|暂定|速報|잠정", re.IGNORECASE)
_FLAGS = {"r": "flag r: revised"}
_EARLY_FLAGS = {"p": "flag p: was provisional"}
"""Flags of Eurostat and the OECD, where the table has no note on them."""


def announced(was: Cell, cell: Cell, now: Table, before: Table | None = None) -> str:
    """How a revision of a cell was announced; "" where it was not.

    Args:
        before: the old table, whose marks may have said that the number was provisional.
    """
    if said := _by_mark(cell, now, _REVISED, _FLAGS):
        return said
    if before is not None and (said := _by_mark(was, before, _PROVISIONAL, _EARLY_FLAGS)):
        return said
    for note in now.spec.notes.values():
        told = normalise(note)
        named = (normalise(cell.row), normalise(cell.column))
        if _REVISED.search(note) and any(_names(told, label) for label in named):
            return f"note: {note}"
    return ""


def _by_mark(cell: Cell, table: Table, says: re.Pattern[str], flags: dict[str, str]) -> str:
    for mark in filter(None, (cell.reading.mark, *cell.reading.mark)):
        note = table.spec.notes.get(mark)
        if note is not None and says.search(note):
            return f"note {mark}: {note}"
        if note is None and mark in flags:
            return flags[mark]
    return ""


def _names(note: str, label: str) -> bool:
    """Whether a note names a row or column, as a word of its own."""
    return len(label) > 1 and re.search(rf"(?<!\w){re.escape(label)}(?!\w)", note) is not None
