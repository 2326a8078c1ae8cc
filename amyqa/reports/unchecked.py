"""What no sum checks, in words, for every report: green means checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from amyqa.model import Report, Unchecked, UncheckedTotal
from amyqa.reports.phrases import counted

_MAX_LABELS = 6
NO_SUM = "no sum checks this table"


def told(report: Report) -> Iterator[tuple[str, list[str]]]:
    """Each table with what no sum checks in it, a line a kind; tables with an open total first."""
    tables = [table.id for table in report.tables if table.id in report.unchecked]
    for id in sorted(tables, key=lambda id: not report.unchecked[id].totals):
        yield id, list(lines(report.unchecked[id]))


def lines(unchecked: Unchecked) -> Iterator[str]:
    """What no sum checks in one table, totals first; of a table without any sum no columns are listed."""
    if unchecked.totals:
        yield f"{counted(len(unchecked.totals), 'total')}: {'; '.join(map(_total, unchecked.totals))}"
    if unchecked.whole:
        yield NO_SUM
    else:
        for labels, noun in ((unchecked.columns, "column"), (unchecked.rows, "row")):
            if labels:
                yield f"{counted(len(labels), noun)}: {folded(labels)}"
    if unchecked.texts:
        number = counted(len(unchecked.texts), "column")
        yield f"{number} of numbers declared text: {folded(unchecked.texts)}"


def _total(total: UncheckedTotal) -> str:
    """``row Total``; ``column All in Ashford, Brill``."""
    name = f"{'row' if total.is_row else 'column'} {total.label}"
    return name if total.whole else f"{name} in {folded(total.across)}"


def folded(labels: Sequence[str]) -> str:
    """A list of labels; of a long one its first and last."""
    if len(labels) <= _MAX_LABELS:
        return ", ".join(labels)
    return f"{', '.join(labels[:2])}, … {labels[-1]}"
