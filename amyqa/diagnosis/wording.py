"""Diagnoses in an editor's words: the sentence first."""

from __future__ import annotations

from collections.abc import Sequence

from amyqa.diagnosis.causes import Cause, Kind
from amyqa.diagnosis.verdict import ProposedChange, Verdict
from amyqa.model import Cell, Explanation, Finding, Table
from amyqa.model import Change as Proposal
from amyqa.rules.wording import as_printed

_SLIPS = {
    "one digit wrong": "one digit looks wrong",
    "digit dropped": "a digit looks dropped",
    "leading digit lost": "the first digit looks lost",
    "digit doubled": "a digit looks doubled",
    "digit added": "a digit too many",
    "leading digit added": "a digit too many in front",
    "off by one": "off by one",
    "sign lost": "the minus looks lost",
    "sign added": "a minus too many",
    "decimal point displaced": "the decimal point looks displaced",
    "nil printed for a number": "a dash stands for a number",
    "copied from a neighbouring cell": "the number of a neighbouring cell",
    "swapped with a neighbouring cell": "it looks swapped with a neighbouring cell",
    "row shifted by one cell": "the row looks shifted by one cell",
    "column shifted by one cell": "the column looks shifted by one cell",
    "row exchanged with another": "the row looks exchanged with another",
    "column exchanged with another": "the column looks exchanged with another",
    "row printed twice": "the row has another row's numbers",
    "column printed twice": "the column has another column's numbers",
}


MAX_SHOWN = 4


def row_name(cell: Cell, table: Table) -> str:
    """``2006``, or ``Total row``."""
    return f"{cell.row} row" if cell.row == table.spec.rows.total else cell.row


def named(table: Table, cell: int) -> str:
    """``2006, Total``, or ``Total row, HRD Total``."""
    if cell <= 0:
        return "another table"
    printed = table.cell(cell)
    return f"{row_name(printed, table)}, {printed.column}"


def sentence(cell: Cell, change: ProposedChange, reason: str, table: Table) -> str:
    """What an editor reads, as ``2006, Total: printed 895, its parts sum to 859; …``."""
    proposed = as_printed(change.proposed, cell, table)
    printed = cell.token.strip() or "blank"
    how = "it was added up from a wrong part" if change.inherited else slip(change, cell)
    where = f"{row_name(cell, table)}, {cell.column}"
    return f"{where}: printed {printed}, {reason} {proposed}{'; ' + how if how else ''}."


def agreement(cell: Cell, change: ProposedChange, quotient: Cell, table: Table) -> str:
    """What a printed share or rate says: ``12.4 (2006, Share) agrees with 859 and not with 895``."""
    better, printed = as_printed(change.proposed, cell, table), cell.token.strip() or "blank"
    if quotient.id == cell.id:
        return f"It agrees with what it was worked out of if it is {better}, and not if it is {printed}."
    said = f"{quotient.token.strip()} ({row_name(quotient, table)}, {quotient.column})"
    return f"{said} agrees with {better} and not with {printed}."


def slip(change: ProposedChange, cell: Cell) -> str:
    """What went wrong, as far as it can be told."""
    if change.kind == "transposed digits":
        printed = "".join(c for c in cell.token if c.isdigit())
        proposed = "".join(c for c in f"{abs(change.proposed):f}" if c.isdigit())
        last = len(printed) == len(proposed) and printed[:-2] == proposed[:-2]
        return "the last two digits look swapped" if last else "two digits look swapped"
    if change.kind.startswith("a "):
        return f"it looks {change.kind}"
    return _SLIPS.get(change.kind, "")


_FACTORS = {
    "2": "twice the sum of its parts",
    "0.5": "half the sum of its parts",
    "10": "ten times the sum of its parts",
    "100": "a hundred times the sum of its parts",
    "1000": "a thousand times the sum of its parts",
    "1000000": "a million times the sum of its parts",
    "0.1": "a tenth of the sum of its parts",
    "0.01": "a hundredth of the sum of its parts",
    "0.001": "a thousandth of the sum of its parts",
    "0.000001": "a millionth of the sum of its parts",
}


def cause(found: Cause, findings: Sequence[Finding], table: Table) -> str:
    """What is the case if nothing is misprinted, as ``total = male + female fails in 9 of 22 lines, …``."""
    relations = dict.fromkeys(finding.relation for finding in findings)
    name = next(iter(relations)) if len(relations) == 1 else f"{len(relations)} relations"
    fail = "fails" if len(relations) == 1 else "fail"
    lines = f"{len(found.rows):,} of {found.lines:,} {'line' if found.lines == 1 else 'lines'}"
    by = _amounts(found)
    if found.kind is Kind.ROUNDING:
        unit = "" if found.factor == 1 else f" to {found.factor:,f}"
        return (
            f"{len(found.rows):,} of {found.lines:,} sums are {by}, no more than rounding leaves: "
            f"numbers rounded one by one{unit}, though their sums are stated as exact?"
        )
    if found.kind is Kind.UNIT:
        times = _FACTORS.get(f"{found.factor:f}", f"{found.factor} times the sum of its parts")
        doubled = "is everything counted twice?" if found.factor == 2 else "another unit?"
        return f"{name} {fail} in {lines}: the total is {times} in each: {doubled}"
    if found.kind in (Kind.COUNTED_TWICE, Kind.LEFT_OUT) and found.cell:
        what = f"just what is printed at {named(table, found.cell)}"
        what += "" if len(found.rows) == 1 else ", and so on"
        twice = found.kind is Kind.COUNTED_TWICE
        asked = "is it counted twice (an “of which”)?" if twice else "is it left out of the sum?"
        return f"{name} {fail} in {lines}, {by}, {what}: {asked}"
    if found.kind is Kind.SHIFTED and len(findings) > 1:
        there, here = (finding.cells[0] for finding in findings[:2])
        what = "row" if there.column == here.column else "column"
        return f"{name} {fail} in {lines}: each total is that of the {what} beside it: shifted by one {what}?"
    asked = "a part that is not printed?" if found.kind is Kind.MISSING else "another definition?"
    return f"{name} {fail} in {lines}, {'always ' if len(found.rows) > 1 else ''}{by}: {asked}"


def _amounts(found: Cause) -> str:
    """``1 to 9 too many``: what the lines are off by."""
    low, high = sorted((abs(found.low), abs(found.high)))
    if found.low < 0 < found.high:
        return f"off by up to {high:,f}"
    side = "too many" if found.high > 0 else "too few"
    return f"{low:,f} {side}" if low == high else f"{low:,f} to {high:,f} {side}"


def headline(
    verdict: Verdict,
    changes: Sequence[Proposal],
    alternatives: Sequence[Explanation],
    findings: Sequence[Finding],
    table: Table,
) -> str:
    """The diagnosis in a sentence or two."""
    sums = "broken sum" if len(findings) == 1 else f"{len(findings)} broken sums"
    if changes:
        roots = [change for change in changes if change.role == "root"]
        first = (roots or list(changes))[0].message
        more = len(changes) - 1
        rest = f" With {more} more {'cell' if more == 1 else 'cells'} it explains the {sums}." if more else ""
        return first + rest
    if verdict.missing > 0.5 and verdict.cause is not None and findings:
        return cause(verdict.cause, findings, table)
    if verdict.missing > 0.5:
        # where the parts make more than their total, none of them is missing
        above = all(finding.difference is not None and finding.difference < 0 for finding in findings)
        likelier = "another definition" if above and findings else "a missing part"
        return f"More likely {likelier} than a misprint: no likely misprint explains the {sums}."
    if not alternatives:
        return f"Cannot be located: no small set of misprints explains the {sums}."
    told = [candidate(each, table) for each in alternatives[:MAX_SHOWN]]
    if not told:
        return f"Cannot be located: no explanation of the {sums} is likely enough."
    return f"Cannot be located: {'; '.join(told)}{'; …' if len(alternatives) > len(told) else ''}."


def candidate(explanation: Explanation, table: Table) -> str:
    """An explanation with its values, as ``2006, Total 895 → 859 (two digits swapped, 29%)``."""
    roots = [change for change in explanation.changes if change.role == "root"] or list(explanation.changes)
    cells = []
    for change in roots[:2]:
        printed = change.cell.token.strip() or "blank"
        better = as_printed(change.proposed, change.cell, table)
        cells.append(f"{row_name(change.cell, table)}, {change.cell.column} {printed} → {better}")
    rest = f" and {len(roots) - 2} more" if len(roots) > 2 else ""
    kind = f"{roots[0].kind}, " if len(roots) == 1 and roots[0].kind else ""
    return f"{' with '.join(cells)}{rest} ({kind}{share(explanation.likelihood)})"


def share(likelihood: float) -> str:
    """A likelihood in whole percent, never none and never all."""
    return "under 1%" if likelihood < 0.01 else "over 99%" if likelihood > 0.99 else f"{likelihood:.0%}"
