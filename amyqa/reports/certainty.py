"""How sure a diagnosis is, and what it proposes, in the words that text and HTML share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from amyqa.model import Cell, Change, Explanation, Table, TableDiagnosis
from amyqa.reports.phrases import counted
from amyqa.rules.wording import as_printed

ROOT, INHERITED = "root", "inherited"

# The words of the Intergovernmental Panel on Climate Change for a likelihood of at least so much.
LIKELIHOODS = (
    (0.99, "virtually certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.50, "more likely than not"),
    (0.33, "about as likely as not"),
    (0.10, "unlikely"),
    (0.01, "very unlikely"),
    (0.00, "exceptionally unlikely"),
)
_WORTH_SAYING = 0.005


def percent(likelihood: float) -> str:
    """``over 99.9%``, ``99.3%``, ``62%``, ``under 0.1%``: never sure, never impossible."""
    if likelihood > 0.999:
        return "over 99.9%"
    if likelihood < 0.001:
        return "under 0.1%"
    share = Decimal(repr(likelihood)) * 100
    return f"{share:.0f}%" if 1 <= share < 99 else f"{share:.1f}%"


def likelihood_phrase(likelihood: float) -> str:
    """``virtually certain, over 99.9%``."""
    return f"{next(words for least, words in LIKELIHOODS if likelihood >= least)}, {percent(likelihood)}"


def likelihood_rank(likelihood: float) -> int:
    """0 for the likeliest words, more the less likely."""
    return next(rank for rank, (least, _) in enumerate(LIKELIHOODS) if likelihood >= least)


def certificate(diagnosis: TableDiagnosis) -> str:
    """What was proven: ``the only explanation with 5 cells; the next best needs 6``."""
    stopped = "the search stopped at its limit"
    if not diagnosis.smallest:
        if diagnosis.missing > 0.5:
            return "no cell needs to be wrong for that"
        return f"not proven: {stopped}" if diagnosis.search_truncated else "no explanation was found"
    size = counted(diagnosis.smallest, "cell")
    least = "at least " if diagnosis.search_truncated else ""
    part = partly(diagnosis)
    if part:
        said = ["what else is wrong is not located"]
        if diagnosis.ties > 1:
            said.append(_alternatives(diagnosis))
        elif diagnosis.proven:
            said.append(f"no explanation has fewer than {size}")
    elif diagnosis.located and len(diagnosis.changes) > diagnosis.smallest:
        said = [f"{least}{counted(diagnosis.ties, 'explanation')} with only {size}, but less likely"]
    elif diagnosis.ties > 1:
        said = [_alternatives(diagnosis)]
        if diagnosis.located:
            said.append("this is the likeliest of them")
    elif diagnosis.unique and not diagnosis.search_truncated:
        said = [f"the only explanation with {size}"]
    else:
        said = [f"an explanation with {size}"]
    if diagnosis.next_best is not None and diagnosis.proven and not part:
        said.append(f"the next best needs {diagnosis.next_best}")
    if not diagnosis.proven:
        said.append(f"not proven: {stopped}")
    elif diagnosis.search_truncated:
        said.append(f"not all were listed: {stopped}")
    return "; ".join(said)


def _alternatives(diagnosis: TableDiagnosis) -> str:
    """What sums alone leave open: ``by arithmetic alone, any of 3 cells would do``."""
    least = "at least " if diagnosis.search_truncated else ""
    cells = "cells" if diagnosis.smallest == 1 else f"sets of {counted(diagnosis.smallest, 'cell')}"
    return f"by arithmetic alone, any of {least}{diagnosis.ties:,} {cells} would do"


def partly(diagnosis: TableDiagnosis) -> bool:
    """Whether the proposed changes are only a part of an explanation, on which the likely ones agree."""
    proposed = {(change.cell.id, change.proposed) for change in diagnosis.changes}
    return bool(proposed) and any(
        proposed < {(change.cell.id, change.proposed) for change in alternative.changes}
        for alternative in diagnosis.alternatives
    )


def explains(diagnosis: TableDiagnosis) -> bool:
    """Whether what is proposed explains all that the diagnosis is about."""
    return diagnosis.located and not partly(diagnosis)


def instead(diagnosis: TableDiagnosis) -> str:
    """That nothing may be misprinted at all, where it is likely enough to be said."""
    if diagnosis.missing < _WORTH_SAYING:
        return ""
    said = likelihood_phrase(diagnosis.missing)
    return f"Rounding, a missing part or another definition, and no misprint: {said}."


def sentence(phrase: str) -> str:
    """The phrase with a capital and a full stop."""
    return f"{phrase[:1].upper()}{phrase[1:]}."


def cell_name(cell: Cell) -> str:
    """``2006, Total``; a record has only a number, which alone would look like a figure."""
    return f"{f'row {cell.row}' if cell.numbered else cell.row}, {cell.column}"


def proposed(change: Change) -> str:
    """The proposed number with the printed cell's decimals and no marks: ``859``, ``2.40``."""
    return f"{_settled(change):f}"


def proposed_as_printed(change: Change, table: Table | None) -> str:
    """The proposed number in the notation of its table, grouped where the printed cell is."""
    if table is None:
        return proposed(change)
    return as_printed(change.proposed, change.cell, table)


def _settled(change: Change) -> Decimal:
    with localcontext(prec=400):
        value = change.proposed.normalize() + 0  # no minus before a zero
        decimals = max(change.cell.reading.decimals, -int(value.as_tuple().exponent), 0)
        return value.quantize(Decimal(1).scaleb(-decimals))


def candidates(explanation: Explanation) -> tuple[Change, ...]:
    """The cells that an explanation calls misprinted, without the totals that followed from them."""
    return tuple(change for change in explanation.changes if change.role == ROOT) or explanation.changes


@dataclass(frozen=True, slots=True)
class Reason:
    """The diagnosis that a finding belongs to, by its place in the report.

    Args:
        located: it proposes something.
    """

    number: int
    located: bool


def reasons(diagnoses: Iterable[TableDiagnosis]) -> Mapping[str, Reason]:
    """The diagnosis of each finding that has one, by the finding's id."""
    found: dict[str, Reason] = {}
    for number, diagnosis in enumerate(diagnoses, 1):
        for id in diagnosis.explains:
            found.setdefault(id, Reason(number, diagnosis.located))
    return found
