"""Two states of tables compared: what was added, removed and revised, and what that did to the checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from amyqa.comparing.alignment import Alignment, align
from amyqa.comparing.announcing import announced
from amyqa.comparing.corrections import Corrections
from amyqa.model import Cell, Change, Finding, Report, Status, Table
from amyqa.reading.tokens import normalise
from amyqa.rules.revisions import REVISED, REVISIONS

Address = tuple[str, int]
_PARTS = re.compile(" [=+−<>-]+ ")
_OF_REVISIONS = (REVISIONS.name, REVISED.name)
_Check = tuple[str, str, str, frozenset[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Revision:
    """A cell that says something else now.

    Args:
        difference: new minus old, where both are numbers.
        announced: how it was announced; "" where it was not.
        proposed: what the diagnosis of the old state proposed for it, where it did.
        as_proposed: it is what was proposed.
        follows: why it differs without being revised, as a total with a row that was added.
        returned: why this is a misprint that was corrected once and is back; "" for any other.
        mends: findings of the old state that it is in and that hold now.
        breaks: findings of the new state that it is in and that did not stand before.
    """

    old: Cell
    new: Cell
    difference: Decimal | None
    announced: str = ""
    proposed: Decimal | None = None
    as_proposed: bool = False
    follows: str = ""
    returned: str = ""
    mends: tuple[Finding, ...] = ()
    breaks: tuple[Finding, ...] = ()

    @property
    def share(self) -> float | None:
        """The difference as a share of the old number; None where that is not known, or 0."""
        old = self.old.reading.value
        return None if self.difference is None or not old else float(self.difference / abs(old))


@dataclass(frozen=True, slots=True)
class Line:
    """A row or column with cells that only one state has.

    Args:
        whole: the other state has nothing of it.
    """

    is_row: bool
    label: str
    cells: int
    whole: bool


@dataclass(frozen=True, slots=True)
class TableComparison:
    """One table in both states.

    Args:
        key: by which the two were paired.
        title: of the new one.
        added, removed: by row or column.
        unchanged: cells that say what they said.
        aligned_by: ``coordinates`` or ``labels``.
        broken: findings that are new, and in which no revised cell stands.
        still: how many findings stand in both.
        gone: how many findings of the old state are gone without a revision, as of removed cells.
        repeated: cells that were ruled to be corrected, and are as before, with what they should be.
        unkept: marked as revised, and as before.
    """

    key: str
    old: Table
    new: Table
    title: str
    added: tuple[Line, ...]
    removed: tuple[Line, ...]
    revisions: tuple[Revision, ...]
    unchanged: int
    aligned_by: str
    broken: tuple[Finding, ...] = ()
    still: int = 0
    gone: int = 0
    repeated: tuple[tuple[Cell, str], ...] = ()
    unkept: tuple[tuple[Cell, str], ...] = ()

    @property
    def differs(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.added or self.removed or self.revisions or self.broken or self.gone)

    @property
    def mended(self) -> int:
        """How many findings the revisions mended."""
        return len({finding.id for each in self.revisions for finding in each.mends})

    @property
    def newly_broken(self) -> tuple[Finding, ...]:
        """The findings that are new."""
        all = {finding.id: finding for each in self.revisions for finding in each.breaks}
        return tuple((all | {finding.id: finding for finding in self.broken}).values())

    @property
    def returned(self) -> tuple[Revision, ...]:
        """Misprints that were corrected once and are back."""
        return tuple(each for each in self.revisions if each.returned)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two states.

    Args:
        label: what people call it.
        report: of its check.
        keys: of its tables, by their ids.
        corrections: what was ruled or logged as corrected.
    """

    label: str
    report: Report
    keys: Mapping[str, str]
    corrections: Corrections


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both states.

    Args:
        added, removed: tables that only one has.
        failed: tables that could not be checked in one of them.
        skipped: ids of what cannot be compared, as cubes.
    """

    old: str
    new: str
    tables: tuple[TableComparison, ...]
    added: tuple[Table, ...] = ()
    removed: tuple[Table, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether something holds no more, or a misprint is back."""
        return any(each.newly_broken or each.returned for each in self.tables)


def compare(old: Side, new: Side) -> Comparison:
    """Compare two states of tables.

    Where a table is in one of them only, it is told as a whole.
    """
    before = {old.keys[table.id]: table for table in old.report.tables}
    now = {new.keys[table.id]: table for table in new.report.tables}
    both = [key for key in now if key in before]
    aligned = {key: align(before[key], now[key]) for key in both}
    effects = _Effects(old, new, aligned)
    tables = [_compared(key, before[key], now[key], aligned[key], old, new, effects) for key in both]
    return Comparison(
        old.label,
        new.label,
        tuple(tables),
        tuple(table for key, table in now.items() if key not in before),
        tuple(table for key, table in before.items() if key not in now),
        tuple(
            f"{failure.name} of {side.label} {failure.how}"
            for side in (old, new)
            for failure in side.report.failures
        ),
    )


class _Effects:
    """What is broken in one state and not in the other, by the cells in it."""

    def __init__(self, old: Side, new: Side, aligned: Mapping[str, Alignment]) -> None:
        before, now = _checks(old), _checks(new)
        # between editions, the rules on revisions say no more than the comparison itself
        if any(key for id, key in old.keys.items() if new.keys.get(id) != key):
            before, now = (
                {k: f for k, f in each.items() if f.rule not in _OF_REVISIONS} for each in (before, now)
            )
        self.mended = [finding for check, finding in before.items() if check not in now]
        self.broken = [finding for check, finding in now.items() if check not in before]
        self.still = [finding for check, finding in now.items() if check in before]
        self.mended_at, self.broken_at = _by_cell(self.mended), _by_cell(self.broken)
        revised = [pair for each in aligned.values() for pair in each.pairs if not _same(*pair)]
        self.old_revised = {(cell.table, cell.id) for cell, _ in revised}
        self.new_revised = {(cell.table, cell.id) for _, cell in revised}
        self.changes: dict[Address, Change] = {}
        for diagnosis in old.report.diagnoses:
            for change in diagnosis.changes if diagnosis.located else ():
                self.changes.setdefault((change.cell.table, change.cell.id), change)

    def unattributed(self, table: str) -> tuple[Finding, ...]:
        """New findings of a table in which nothing stands that was revised."""
        return tuple(f for f in self.broken if f.table == table and not self._stands(f, self.new_revised))

    def gone(self, table: str) -> int:
        """How many findings of a table are gone though nothing in them was revised."""
        return sum(f.table == table and not self._stands(f, self.old_revised) for f in self.mended)

    @staticmethod
    def _stands(finding: Finding, revised: set[Address]) -> bool:
        return any((cell.table, cell.id) in revised for cell in finding.cells)


def _checks(side: Side) -> dict[_Check, Finding]:
    """The findings of a state by what tells them from each other, whatever is printed."""
    found: dict[_Check, Finding] = {}
    for finding in side.report.findings:
        if finding.table in side.keys:
            place = frozenset(finding.where.items())
            # whichever way round its parts are printed
            relation = " ".join(sorted(_PARTS.split(finding.relation))) if finding.coefficients else ""
            found[side.keys[finding.table], finding.rule, relation, place] = finding
    return found


def _by_cell(findings: Iterable[Finding]) -> dict[Address, list[Finding]]:
    found: dict[Address, list[Finding]] = {}
    for finding in findings:
        for cell in dict.fromkeys((cell.table, cell.id) for cell in finding.cells):
            found.setdefault(cell, []).append(finding)
    return found


def _compared(
    key: str, before: Table, now: Table, aligned: Alignment, old: Side, new: Side, effects: _Effects
) -> TableComparison:
    revisions, repeated, unkept = [], [], []
    added, removed = tuple(_lines(aligned.added, before, now)), tuple(_lines(aligned.removed, now, before))
    for was, cell in aligned.pairs:
        corrections = (old.corrections, new.corrections)
        if not _same(was, cell):
            revisions.append(_revision(key, was, cell, before, now, corrections, effects))
            continue
        if right := next((r for c in corrections if (r := c.unmade(key, cell)) is not None), None):
            repeated.append((cell, right))
        if (said := announced(was, cell, now)) and not announced(was, was, before):
            unkept.append((cell, said))
    return TableComparison(
        key=key,
        old=before,
        new=now,
        title=now.spec.title,
        added=added,
        removed=removed,
        revisions=tuple(replace(each, follows=_follows(each.new, now, added, removed)) for each in revisions),
        unchanged=len(aligned.pairs) - len(revisions),
        aligned_by=aligned.by,
        broken=effects.unattributed(now.id),
        still=sum(finding.table == now.id for finding in effects.still),
        gone=effects.gone(before.id),
        repeated=tuple(repeated),
        unkept=tuple(unkept),
    )


def _revision(
    key: str,
    was: Cell,
    cell: Cell,
    before: Table,
    now: Table,
    corrections: Sequence[Corrections],
    effects: _Effects,
) -> Revision:
    change = effects.changes.get((was.table, was.id))
    known = [reason for each in corrections if (reason := each.returned(key, was, cell))]
    logged = next((said for each in reversed(corrections) if (said := each.logged(key, was, cell))), "")
    return Revision(
        old=was,
        new=cell,
        difference=_difference(was, cell),
        announced=announced(was, cell, now, before) or logged,
        proposed=change.proposed if change else None,
        as_proposed=change is not None and cell.reading.value == change.proposed,
        returned=known[0] if known else "",
        mends=tuple(effects.mended_at.get((was.table, was.id), ())),
        breaks=tuple(effects.broken_at.get((cell.table, cell.id), ())),
    )


def _same(was: Cell, cell: Cell) -> bool:
    """Whether a cell says what it said, in whatever notation."""
    a, b = was.reading, cell.reading
    if a.status is not b.status or a.value != b.value or a.at_least != b.at_least:
        return False
    return a.status is not Status.TEXT or normalise(was.token) == normalise(cell.token)


def _difference(was: Cell, cell: Cell) -> Decimal | None:
    known = (Status.VALUE, Status.NIL)
    if was.reading.status not in known or cell.reading.status not in known:
        return None
    with localcontext(prec=400):
        return (cell.reading.value or Decimal(0)) - (was.reading.value or Decimal(0))


def _lines(cells: Sequence[Cell], other: Table, table: Table) -> Iterator[Line]:
    """Cells that only one state has, by rows that are new, by columns that are, and else by rows."""
    rows = {normalise(row.label) for row in other.rows}
    columns = {normalise(label) for label in other.columns}
    printed = [cell for cell in cells if cell.token.strip()]
    found: dict[tuple[bool, str], int] = {}
    whole: dict[tuple[bool, str], bool] = {}
    for cell in printed:
        new_row, new_column = normalise(cell.row) not in rows, normalise(cell.column) not in columns
        by = (False, cell.column) if new_column and not new_row else (True, cell.row)
        found[by] = found.get(by, 0) + 1
        whole[by] = new_row or new_column
    for (is_row, label), number in found.items():
        yield Line(is_row, label, number, whole[is_row, label])


def _follows(cell: Cell, table: Table, added: Sequence[Line], removed: Sequence[Line]) -> str:
    """Why a total differs that covers other rows now: it is no revision; "" for any other cell."""
    total = table.spec.rows.total
    if total is None or normalise(total) != normalise(cell.row):
        return ""
    for lines, words in ((added, "added"), (removed, "removed")):
        rows = [line.label for line in lines if line.is_row and line.whole]
        if rows:
            return f"the total with {rows[0] if len(rows) == 1 else f'{len(rows):,} rows'} {words}"
    return ""
