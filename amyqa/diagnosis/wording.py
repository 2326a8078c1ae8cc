"""Diagnoses in an editor's words: the sentence first."""

from __future__ import annotations

from collections.abc import Sequence

from amyqa.diagnosis.diagnose import Change, Verdict
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
}


def row_name(cell: Cell, table: Table) -> str:
    """``2006``, or ``Total row``."""
    return f"{cell.row} row" if cell.row == table.spec.rows.total else cell.row


def named(table: Table, cell: int) -> str:
    """``2006, Total``, or ``Total row, HRD Total``."""
    if cell <= 0:
        return "another table"
    printed = table.cell(cell)
    return f"{row_name(printed, table)}, {printed.column}"


def sentence(cell: Cell, change: Change, reason: str, table: Table) -> str:
    """What an editor reads, as ``2006, Total: printed 895, its parts add to 859; …``."""
    proposed = as_printed(change.proposed, cell, table)
    printed = cell.token.strip() or "blank"
    how = "it was added up from a wrong part" if change.inherited else slip(change, cell)
    where = f"{row_name(cell, table)}, {cell.column}"
    return f"{where}: printed {printed}, {reason} {proposed}{'; ' + how if how else ''}."


def slip(change: Change, cell: Cell) -> str:
    """What went wrong, as far as it can be told."""
    if change.kind == "transposed digits":
        printed = "".join(c for c in cell.token if c.isdigit())
        proposed = "".join(c for c in f"{abs(change.proposed):f}" if c.isdigit())
        last = len(printed) == len(proposed) and printed[:-2] == proposed[:-2]
        return "the last two digits look swapped" if last else "two digits look swapped"
    if change.kind.startswith("a "):
        return f"it looks {change.kind}"
    return _SLIPS.get(change.kind, "")


def headline(
    verdict: Verdict,
    changes: Sequence[Proposal],
    alternatives: Sequence[Explanation],
    findings: Sequence[Finding],
) -> str:
    """The diagnosis in a sentence or two."""
    sums = "broken sum" if len(findings) == 1 else f"{len(findings)} broken sums"
    if changes:
        roots = [change for change in changes if change.role == "root"]
        first = (roots or list(changes))[0].message
        more = len(changes) - 1
        rest = f" With {more} more {'cell' if more == 1 else 'cells'} it explains the {sums}." if more else ""
        return first + rest
    if verdict.missing > 0.5:
        return f"More likely a missing part than a misprint: no likely misprint explains the {sums}."
    if not alternatives:
        return f"Cannot be located: no small set of misprints explains the {sums}."
    if verdict.ties > 1:
        cells = dict.fromkeys(
            f"{c.cell.row}, {c.cell.column}" for a in alternatives for c in a.changes if c.role == "root"
        )
        shown = "; ".join(list(cells)[:6])
        sets = "cells" if verdict.smallest == 1 else f"sets of {verdict.smallest} cells"
        return f"Cannot be located: {verdict.ties} {sets} tie ({shown}{'; …' if len(cells) > 6 else ''})."
    return f"Cannot be located: no explanation of the {sums} is likely enough."
