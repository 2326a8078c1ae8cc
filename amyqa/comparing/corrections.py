"""What was ruled or logged as corrected: by that a misprint is known when it comes back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from amyqa.model import Cell, Decision, Ruling


@dataclass(frozen=True, slots=True)
class Correction:
    """A token that was wrong, and what is right.

    Args:
        source: who says so, as ``decision of A. Editor, 2026-11-02``.
        logged: the correction was made in the file.
    """

    wrong: str
    right: str
    source: str
    logged: bool


_Place = tuple[str, str]


@dataclass(frozen=True)
class Corrections:
    """Corrections of one state, by the table's key and the cell's place."""

    at: Mapping[_Place, tuple[Correction, ...]] = field(default_factory=dict)

    def returned(self, key: str, was: Cell, cell: Cell) -> str:
        """Who corrected what a cell prints again; "" where nobody did."""
        for each in self._of(key, cell):
            if cell.token.strip() == each.wrong and was.token.strip() != each.wrong:
                return f"{each.wrong} was corrected to {each.right} ({each.source})"
        return ""

    def unmade(self, key: str, cell: Cell) -> str | None:
        """What a cell should be that was ruled to be corrected, and is as it was."""
        for each in self._of(key, cell):
            if cell.token.strip() == each.wrong and not _equal(each.right, cell):
                return each.right
        return None

    def logged(self, key: str, was: Cell, cell: Cell) -> str:
        """Where a correction is written down; "" where it is not."""
        for each in self._of(key, cell):
            made = was.token.strip() == each.wrong and _equal(each.right, cell)
            if made or (each.logged and cell.token.strip() == each.right):
                return each.source
        return ""

    def _of(self, key: str, cell: Cell) -> tuple[Correction, ...]:
        return self.at.get((key, f"{cell.row}, {cell.column}"), ())


def corrections(
    keys: Mapping[str, str], decisions: Iterable[Decision], log: Iterable[Mapping[str, str]]
) -> Corrections:
    """What decisions and the log of changes know to be corrected.

    Args:
        keys: of the tables, by their ids.
        log: the lines of ``changes.csv``, the oldest first; the last of a cell counts.
    """
    found: dict[_Place, list[Correction]] = {}
    for decision in decisions:
        if decision.ruling is not Ruling.CORRECTED or decision.table not in keys:
            continue
        source = f"decision of {decision.who}, {decision.date.isoformat()}"
        for place, right in decision.proposed.items():
            wrong = decision.printed.get(place)
            if wrong is not None:
                made = Correction(wrong, right, source, False)
                found.setdefault((keys[decision.table], place), []).append(made)
    last: dict[_Place, Correction] = {}
    for line in log:
        table = keys.get(line.get("table", ""))
        if table is not None:
            place = f"{line.get('row', '')}, {line.get('column', '')}"
            wrong, right = line.get("old", "").strip(), line.get("new", "").strip()
            last[table, place] = Correction(wrong, right, "changes.csv", True)
    for where, correction in last.items():
        found.setdefault(where, []).append(correction)
    return Corrections({where: tuple(each) for where, each in found.items()})


def _equal(right: str, cell: Cell) -> bool:
    try:
        return Decimal(right) == cell.reading.value
    except InvalidOperation:
        return right == cell.token.strip()
