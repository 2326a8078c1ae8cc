"""A report in a few lines, as Python shows it when it is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from amyqa.characters import visible
from amyqa.model import Report, Severity
from amyqa.reports import unchecked
from amyqa.reports.causes import causes, headline
from amyqa.reports.certainty import percent
from amyqa.reports.phrases import failures, gaps, shortened, tally, verdict

MOST = 6
"""So many things to look at are told, and the others counted."""
_MAX_GAPS = 4
_FEW = 2


def summary(report: Report) -> str:
    """What to look at, the verdict, and what could not be checked."""
    lines = [*_at_most(MOST, looked_at(report))]
    if told := headline(report):
        lines.insert(0, told)
    lines += [f"{verdict(report)} {tally(report)}", *not_checked(report)]
    return "\n".join(visible(line) for line in lines)


def looked_at(report: Report) -> Iterator[str]:
    """Each thing to look at in a sentence, a diagnosis with how likely it is."""
    tables = {table.id: table for table in report.tables}
    for cause in causes(report):
        if not cause.open or cause.severity is Severity.INFO:
            continue
        table = f"{cause.open[0].table}: " if len(tables) > 1 else ""
        sure = ""
        if cause.diagnosis is not None and cause.diagnosis.located:
            sure = f" ({percent(cause.diagnosis.likelihood)})"
        told = cause.sentence(tables.get(cause.open[0].table))
        yield f"  {table}{told}{sure}"
        if cause.diagnosis is not None and not cause.diagnosis.located:
            first = [finding.message for finding in cause.open[:_FEW] if finding.message not in told]
            yield from (f"    {message}" for message in first)


def not_checked(report: Report) -> Iterator[str]:
    """What no sum checks, what could not be evaluated, what could not be read."""
    yield from (f"  {note}" for note in report.notes)
    for name, problems in failures(report):
        yield from _at_most(MOST, (f"  {name}: {shortened(problem)}" for problem in problems))
    yield from _at_most(_MAX_GAPS, (f"  not evaluated: {g.counted}: {g.reason}" for g in gaps(report)))
    for id, lines in islice(unchecked.told(report), MOST):
        table = f"{id}: " if len(report.tables) > 1 else ""
        yield from (f"  checked by no sum: {table}{line}" for line in lines)


def _at_most(most: int, lines: Iterable[str]) -> Iterator[str]:
    known = list(lines)
    yield from known[:most]
    if (more := len(known) - most) > 0:
        yield f"  … and {more:,} more"
