"""The broken sum that shows a correction to be right: it contains the cell, and the correction mends it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from amyqa.model import Cell, Change, Finding, Report, Status, Table, TableDiagnosis
from amyqa.reports.certainty import proposed_as_printed
from amyqa.reports.places import distinct_labels
from amyqa.rules.wording import format_number

MAX_PARTS = 6
"""Longer sums are told by their first and last part."""

Address = tuple[str, int]
"""A table's id and a cell's id in it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A finding that a correction mends.

    Args:
        alone: this correction is the only one in its sum.
        before, after: the sum as printed, and with the corrections, as ``male 516 + female 155 = 671, not
            total 674`` and ``male 519 + female 155 = total 674``; "" where it cannot be told as an equation.
        line: both in one line, or the finding's sentence.
    """

    finding: Finding
    alone: bool
    before: str
    after: str
    line: str


def proofs(report: Report) -> Mapping[tuple[int, Address], Proof]:
    """The proof of each change that has one, by the diagnosis's number in the report and the cell."""
    findings = {finding.id: finding for finding in report.findings}
    tables = {table.id: table for table in report.tables}
    found = {}
    for number, diagnosis in enumerate(report.diagnoses, 1):
        about = [findings[id] for id in diagnosis.explains if id in findings]
        for address, proof in _of_diagnosis(diagnosis, about, tables).items():
            found[number, address] = proof
    return found


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """A finding beside what a diagnosis proposes.

    Args:
        before, after: the sum as printed, and as corrected; "" where it cannot be told as an equation.
        holds: it does with the corrections; None where that cannot be told.
        touched: a corrected cell stands in it.
    """

    before: str
    after: str
    holds: bool | None
    touched: bool


def before_and_after(
    finding: Finding, diagnosis: TableDiagnosis | None, tables: Mapping[str, Table]
) -> BeforeAndAfter:
    """A finding as printed, and with all that a diagnosis proposes."""
    changes = {_address(change.cell): change for change in (diagnosis.changes if diagnosis else ())}
    told = _Sum(finding, changes, tables)
    equations = told.equations() if finding.coefficients and "=" in finding.relation else None
    before, after = equations or ("", "")
    return BeforeAndAfter(before, after if told.number else "", told.holds(), bool(told.number))


def _of_diagnosis(
    diagnosis: TableDiagnosis, findings: Iterable[Finding], tables: Mapping[str, Table]
) -> Mapping[Address, Proof]:
    changes = {_address(change.cell): change for change in diagnosis.changes}
    about: defaultdict[Address, list[Finding]] = defaultdict(list)
    for finding in findings:
        for address in {_address(cell) for cell in finding.cells} & changes.keys():
            about[address].append(finding)
    found = {}
    for address, change in changes.items():
        if told := [_Sum(finding, changes, tables) for finding in about[address]]:
            best = min(told, key=lambda each: each.rank(change))
            if best.rank(change)[0] < _NO_PROOF:
                found[address] = best.proof(change)
    return found


def _address(cell: Cell) -> Address:
    return cell.table, cell.id


_NO_PROOF = 3


class _Sum:
    """A finding beside the changes of its diagnosis."""

    def __init__(
        self, finding: Finding, changes: Mapping[Address, Change], tables: Mapping[str, Table]
    ) -> None:
        self.finding, self.tables = finding, tables
        self.changes = [changes.get(_address(cell)) for cell in finding.cells]
        self.number = sum(change is not None for change in self.changes)
        self.sign = 1 if finding.coefficients[:1] and finding.coefficients[0] > 0 else -1

    def rank(self, change: Change) -> tuple[int, int, bool, int]:
        """Smallest for the best proof of a change: mended by it alone, exactly, and its own total."""
        left, before = self._left(), self.finding.difference
        if left is None or before is None:  # a range, an outlier: no sum, but about the cell
            return (2 if not self.finding.coefficients else _NO_PROOF, 0, False, 0)
        within = self._rounding()
        if abs(left) > within or abs(before) <= abs(left):
            return (_NO_PROOF, 0, False, 0)
        own = bool(self.finding.cells) and _address(self.finding.cells[0]) == _address(change.cell)
        return (int(self.number > 1), int(bool(left)), not own, self.number)

    def holds(self) -> bool | None:
        """Whether it does with all changes made; None where that is not known."""
        left = self._left()
        return None if left is None else abs(left) <= self._rounding()

    def _left(self) -> Decimal | None:
        """Printed minus computed with all changes made; None where that is not known."""
        finding = self.finding
        if finding.difference is None or len(finding.coefficients) != len(finding.cells):
            return None
        left = finding.difference
        with localcontext(prec=400):
            for cell, coefficient, change in zip(
                finding.cells, finding.coefficients, self.changes, strict=True
            ):
                if change is not None:
                    printed = _value(cell)
                    if printed is None:
                        return None
                    left += self.sign * coefficient * (change.proposed - printed)
        return left

    def _rounding(self) -> Decimal:
        """What rounding alone may leave of a sum of so many numbers; 0 where its table's are exact."""
        decimals = max((cell.reading.decimals for cell in self.finding.cells), default=0)
        table = self.tables.get(self.finding.table)
        if table is None or table.spec.exact:
            return Decimal(0)
        said = (table.spec.rounded_to(cell.row, cell.column) for cell in self.finding.cells)
        rounded = max((unit for unit in said if unit is not None), default=Decimal(0))
        if not (decimals or rounded):
            return Decimal(0)
        unit = max(Decimal(1).scaleb(-decimals), rounded)
        return unit * len(self.finding.cells) / 2

    def equations(self) -> tuple[str, str] | None:
        """As printed, and corrected; None where the sum is not plain parts of one total."""
        told = self._told(None)
        return (told[0], told[1]) if told else None

    def proof(self, change: Change) -> Proof:
        finding = self.finding
        told = self._told(change) if finding.coefficients and "=" in finding.relation else None
        before, after, line = told or ("", "", finding.message)
        return Proof(finding, self.number == 1, before, after, line)

    def _told(self, change: Change | None) -> tuple[str, str, str] | None:
        """Before, after, and both in a line; None where the sum is not plain parts of one total."""
        finding = self.finding
        if "<=" in finding.relation or ">=" in finding.relation or len(finding.cells) < 2:
            return None
        if len(finding.coefficients) != len(finding.cells) or any(abs(c) != 1 for c in finding.coefficients):
            return None
        signs = [-self.sign * coefficient for coefficient in finding.coefficients[1:]]
        printed = [_value(cell) for cell in finding.cells]
        corrected = [
            each.proposed if each else value for each, value in zip(self.changes, printed, strict=True)
        ]
        made, made_after = _added(signs, printed), _added(signs, corrected)
        # terms that stand in no cell, as a constant, would make the equation a false one
        if made is None or made_after is None or made != finding.computed:
            return None
        names, table = _names(finding), self.tables.get(finding.table)
        before = _written(names[1:], signs, [_amount(cell) for cell in finding.cells[1:]])
        after = _written(names[1:], signs, self._amounts()[1:])
        total, total_after = _amount(finding.cells[0]), self._amounts()[0]
        sum_before, sum_after = format_number(made, table), format_number(made_after, table)
        short = len(finding.cells) == 2 and signs == [1]
        was = f"{before}{'' if short else f' = {sum_before}'}, not {_named(names[0], total)}"
        exact = corrected[0] == made_after
        now = f"{after} = {_named(names[0], total_after)}" if exact else f"{after} = {sum_after}"
        if not exact:
            now += f"; {_named(names[0], total_after)} within the rounding"
        if self.changes[0] is not None:
            line = f"{after}{'' if short else f' = {sum_after}'}; printed {total}"
        else:
            old = (change.cell.token.strip() if change else "") or "blank"
            line = f"{now}, as printed; with {old} it is {sum_before}"
        return was, now, line

    def _amounts(self) -> list[str]:
        return [
            proposed_as_printed(change, self.tables.get(cell.table)) if change else _amount(cell)
            for cell, change in zip(self.finding.cells, self.changes, strict=True)
        ]


def _value(cell: Cell) -> Decimal | None:
    return Decimal(0) if cell.reading.status is Status.NIL else cell.reading.value


def _amount(cell: Cell) -> str:
    return "0" if cell.reading.status is Status.NIL else cell.token.strip() or "blank"


def _added(signs: Sequence[int], values: Sequence[Decimal | None]) -> Decimal | None:
    """What the parts (all but the first value) make."""
    with localcontext(prec=400):
        made = Decimal(0)
        for sign, value in zip(signs, values[1:], strict=True):
            if value is None:
                return None
            made += sign * value
    return made if values[0] is not None else None


def _names(finding: Finding) -> Sequence[str]:
    """What the sentence calls the cells, where the relation names each of them; else their labels."""
    total, _, parts = finding.relation.partition(" = ")
    names = [total, *parts.split(" + ")]
    return names if len(names) == len(finding.cells) and "…" not in parts else distinct_labels(finding.cells)


def _named(name: str, amount: str) -> str:
    return f"{amount} ({name})" if name[-1:].isdigit() else f"{name} {amount}"


def _written(names: Sequence[str], signs: Sequence[int], amounts: Sequence[str]) -> str:
    """``male 516 + female 155``, ``the 9 parts from 1998 to 2006``."""
    if len(names) > MAX_PARTS:
        return f"the {len(names):,} parts from {names[0]} to {names[-1]}"
    told: list[str] = []
    for name, sign, amount in zip(names, signs, amounts, strict=True):
        lead = "− " if sign < 0 else "+ " if told else ""
        told.append(f"{lead}{_named(name, amount)}")
    return " ".join(told)
