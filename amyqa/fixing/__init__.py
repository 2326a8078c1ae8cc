"""Corrected copies of printed tables: which misprints are corrected, and what became of the sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from amyqa.fixing.spelling import spell
from amyqa.model import Cell, Change, Failure, Finding, Report, Ruling, Table, TableDiagnosis
from amyqa.model.findings import contradict
from amyqa.rules.wording import count
from amyqa.sources import UNWRITTEN
from amyqa.sources.grids import Cells


@dataclass(frozen=True, slots=True)
class Correction:
    """One field to replace; `new` is the whole token."""

    change: Change
    new: str
    likelihood: float


@dataclass(frozen=True, slots=True)
class SkippedFix:
    """A diagnosis that is not acted on, and why."""

    diagnosis: TableDiagnosis
    reason: str


@dataclass(frozen=True, slots=True)
class FixOutcome:
    """What became of a table's broken sums.

    Args:
        before: how many were broken.
        mended: how many of them now hold.
        new: findings of sums that held, or were not evaluated, before.
    """

    table: str
    before: int
    mended: int
    new: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Fixed:
    """What was corrected, what was left as printed, and what the tables say now.

    Args:
        asked: what was ruled on what was corrected, in words.
        log: the list of changes, where one was written.
        failures: the tables that could not be checked, and were left alone.
    """

    corrections: tuple[Correction, ...]
    held: tuple[SkippedFix, ...]
    mended: tuple[FixOutcome, ...] = ()
    asked: tuple[str, ...] = ()
    log: Path | None = None
    failures: tuple[Failure, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that were corrected."""
        return tuple(dict.fromkeys(each.change.cell.table for each in self.corrections))

    def tokens(self, table: str) -> Mapping[Cell, str]:
        """The new tokens of a table."""
        return {c.change.cell: c.new for c in self.corrections if c.change.cell.table == table}


def plan(report: Report, at_least: float) -> Fixed:
    """The corrections that are likely enough, and the diagnoses that are left alone."""
    tables = {table.id: table for table in report.tables}
    taken: set[tuple[str, int]] = set()
    # what is ruled to stand is not corrected; "corrected" asks for it
    every = {f.id: f for f in report.findings if not f.is_open}
    ruled = {f.id: f.status for f in every.values() if f.status != Ruling.CORRECTED}
    asked: list[str] = []
    corrections: list[Correction] = []
    held: list[SkippedFix] = []
    for diagnosis in report.diagnoses:
        table = tables[diagnosis.table]
        cells = {(change.cell.table, change.cell.id) for change in diagnosis.changes}
        new = {change: spell(change, table) for change in diagnosis.changes}
        unspelled = [change.cell.token.strip() for change, token in new.items() if token is None]
        rulings = [ruled[id] for id in diagnosis.explains if id in ruled]
        said = [every[id] for id in diagnosis.explains if id in every]
        if contradict(finding.status for finding in said):
            words = " and ".join(dict.fromkeys(finding.status for finding in said))
            reason = f"its findings are decided to be {words}: rule on all of them alike"
            held.append(SkippedFix(diagnosis, reason))
        elif diagnosis.settled and rulings:
            held.append(SkippedFix(diagnosis, f"decided: {' and '.join(dict.fromkeys(rulings))}"))
        elif not diagnosis.located:
            held.append(SkippedFix(diagnosis, "nothing is proposed"))
        elif not diagnosis.likelihood >= at_least:  # nan is no threshold
            held.append(SkippedFix(diagnosis, f"less likely than {at_least:g}"))
        elif cells & taken:
            held.append(SkippedFix(diagnosis, "a likelier diagnosis changes the same cell"))
        elif (ending := Path(table.file).suffix.lower()) in UNWRITTEN:
            better = "save it as .xlsx, or correct" if ending in (".xls", ".ods") else "correct"
            reason = (
                f"{table.file} is not written to, as no {ending} file is: {better} the cell there by hand"
            )
            held.append(SkippedFix(diagnosis, reason))
        elif formulas := [change.cell for change in diagnosis.changes if _is_computed(change, table)]:
            reason = f"{formulas[0].address} is computed: its formula is what to correct"
            held.append(SkippedFix(diagnosis, reason))
        elif unspelled:
            reason = f"the notation of {unspelled[0]!r} cannot hold the proposed number"
            held.append(SkippedFix(diagnosis, reason))
        else:
            taken |= cells
            asked += dict.fromkeys(_ruled(f) for f in said if f.status == Ruling.CORRECTED)
            corrections += [Correction(c, token or "", diagnosis.likelihood) for c, token in new.items()]
    corrections.sort(key=lambda c: (c.change.cell.table, c.change.cell.id))
    return Fixed(tuple(corrections), tuple(held), asked=tuple(dict.fromkeys(asked)))


def _ruled(finding: Finding) -> str:
    """``t: decided: corrected, the ministry's letter (A. Editor, 2026-01-05)``."""
    decision = finding.decision
    if decision is None:
        return f"{finding.table}: decided: {finding.status}"
    said = f"{decision.ruling}, {decision.reason.rstrip('.')} ({decision.who}, {decision.date.isoformat()})"
    return f"{finding.table}: decided: {said}"


def _is_computed(change: Change, table: Table) -> bool:
    """Whether a misprint stands where a formula gives the number; a total is carried over by its own."""
    cell, origin = change.cell, table.origin
    if change.role == "inherited" or not isinstance(origin, Cells):
        return False
    return origin.is_computed(cell.line, cell.position)


def compare(before: Report, after: Report) -> tuple[FixOutcome, ...]:
    """The broken sums of every table of `after`, before and after."""
    old, new = _sums(before.findings), _sums(after.findings)
    mended = []
    for table in after.tables:
        was, now = old.get(table.id, {}), new.get(table.id, {})
        fresh = tuple(finding for key, finding in now.items() if key not in was)
        mended.append(FixOutcome(table.id, len(was), sum(key not in now for key in was), fresh))
    return tuple(mended)


def _sums(findings: Iterable[Finding]) -> dict[str, dict[object, Finding]]:
    """Findings of sums, by table and by what tells a sum from the others whatever is printed."""
    found: dict[str, dict[object, Finding]] = {}
    for finding in findings:
        if finding.coefficients:
            cells = tuple((cell.table, cell.id) for cell in finding.cells)
            found.setdefault(finding.table, {})[finding.rule, finding.relation, cells] = finding
    return found


def told(fixed: Fixed) -> Iterator[str]:
    """What was done, line by line."""
    for table in fixed.tables:
        mine = [each for each in fixed.corrections if each.change.cell.table == table]
        yield f"{table}: {count(len(mine), 'cell')} corrected"
        for each in mine:
            cell = each.change.cell
            role, kind = each.change.role_word, each.change.kind
            how = f"{role}: {kind}" if kind else role
            yield f"  {cell.row}, {cell.column}: {cell.token.strip()} → {each.new.strip()} ({how})"
    yield from fixed.asked
    for held in fixed.held:
        yield f"{held.diagnosis.table}: left as printed, {held.reason}"
        yield f"  {held.diagnosis.message}"
    for mended in sorted(fixed.mended, key=lambda each: each.table not in fixed.tables):
        if mended.table in fixed.tables:
            sums = "sum" if mended.before == 1 else "sums"
            done = f"{mended.mended} of {mended.before} broken {sums} of {mended.table}"
            yield f"{done} {_now_hold(mended)}"
        elif mended.mended or mended.new:
            sums = count(mended.mended, "broken sum")
            yield f"{mended.table}, which refers to a corrected cell: {sums} {_now_hold(mended)}"
        for finding in mended.new:
            yield f"  {finding.message}"
    if not fixed.corrections:
        yield "0 cells corrected: no misprint was located with enough certainty."


def _now_hold(outcome: FixOutcome) -> str:
    """``now hold; 0 newly broken``."""
    return f"now {'holds' if outcome.mended == 1 else 'hold'}; {len(outcome.new)} newly broken"
