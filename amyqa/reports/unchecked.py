"""What no sum checks, in words, for every report and draft: green means checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from amyqa.model import PartlyChecked, Report, Unchecked, UncheckedTotal
from amyqa.reports.phrases import counted

_MAX_LABELS = 6
_MAX_PARTLY = 12
NO_SUM = "no sum checks this table"


def told(report: Report) -> Iterator[tuple[str, list[str]]]:
    """Each table with what no sum checks in it, a line a kind; tables with an open total first."""
    tables = [table.id for table in report.tables if table.id in report.unchecked]
    for id in sorted(tables, key=lambda id: not report.unchecked[id].totals):
        yield id, list(lines(report.unchecked[id]))


def lines(unchecked: Unchecked) -> Iterator[str]:
    """What no sum checks in one table, totals first, as items of a list that is headed so."""
    yield from _named(unchecked)
    yield from _counted(unchecked)


def sentences(unchecked: Unchecked) -> Iterator[str]:
    """The same, each line for itself, as a draft has them."""
    yield from (f"checked by no sum: {line}" for line in _named(unchecked))
    yield from _counted(unchecked)


def _named(unchecked: Unchecked) -> Iterator[str]:
    """Whole lines, by their labels; none of a table without any sum."""
    if unchecked.whole:
        return
    if unchecked.totals:
        yield _totals(unchecked)
    for labels, noun in ((unchecked.columns, "column"), (unchecked.rows, "row")):
        if labels:
            yield _labelled(labels, noun)


def _counted(unchecked: Unchecked) -> Iterator[str]:
    """What is more than a list of labels."""
    if unchecked.whole:
        yield f"{NO_SUM}, not even {_totals(unchecked)}" if unchecked.totals else NO_SUM
    for line in unchecked.partly[:_MAX_PARTLY]:
        yield f"{line.label}: {line.unchecked:,} of {counted(line.numbers, 'number')} are in no sum"
    if more := unchecked.partly[_MAX_PARTLY:]:
        yield _more(more)
    if unchecked.texts:
        yield f"{_labelled(unchecked.texts, 'column')} declared text, though numbers are printed there"


def _totals(unchecked: Unchecked) -> str:
    """``total row Total``."""
    noun = "total" if len(unchecked.totals) == 1 else "totals"
    return f"{noun} {'; '.join(map(_total, unchecked.totals))}"


def _more(partly: Sequence[PartlyChecked]) -> str:
    """``8 more rows: 31 of 48 numbers are in no sum``."""
    noun = "more row" if partly[0].is_row else "more column"
    unchecked, numbers = (sum(getattr(each, name) for each in partly) for name in ("unchecked", "numbers"))
    return f"{counted(len(partly), noun)}: {unchecked:,} of {counted(numbers, 'number')} are in no sum"


def _total(total: UncheckedTotal) -> str:
    """``row Total``; ``column All in Ashford, Brill``."""
    name = f"{'row' if total.is_row else 'column'} {total.label}"
    return name if total.whole else f"{name} in {_folded(total.across)}"


def _labelled(labels: Sequence[str], noun: str) -> str:
    """``column A``; ``columns A, B``; ``12 columns A, B, … L``."""
    if len(labels) > _MAX_LABELS:
        return f"{len(labels):,} {noun}s {_folded(labels)}"
    return f"{noun}{'' if len(labels) == 1 else 's'} {_folded(labels)}"


def _folded(labels: Sequence[str]) -> str:
    """A list of labels; of a long one its first and last."""
    if len(labels) <= _MAX_LABELS:
        return ", ".join(labels)
    return f"{', '.join(labels[:2])}, … {labels[-1]}"
