"""Which columns or rows of a table count all to date: so they are called, and most of their steps grow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from amyqa.reading.labels import SHARE, holds
from amyqa.reading.tokens import normalise
from amyqa.rules import periods
from amyqa.rules.cumulative import EACH_YEAR, in_time
from amyqa.starting.intake import Taken
from amyqa.starting.relations import Readings
from amyqa.starting.words import DIFFERENCE
from amyqa.starting.yamltext import commented, scalar

_OF_A_YEAR = ("ytd", "year to date", "fiscal year to date")
_SINCE = re.compile(
    r"\bsince (?:(?:\w+\.? ){0,2}(?:18|19|20)\d\d|(?:the )?(?:beginning|start|inception))\b", re.IGNORECASE
)
_LEAST_STEPS = 3
_MAX_FALLS = Decimal("0.25")


@dataclass(frozen=True, slots=True)
class Grows:
    """A column or row that seems to count all to date: how many of its steps grow or stay, of how many."""

    label: str
    starts: str
    keeps: int
    of: int

    @property
    def told(self) -> str:
        """``11 of 12 steps grow or stay``."""
        return f"{self.keeps} of {self.of} steps grow or stay"


def is_said(text: str) -> bool:
    """Whether words say that all is counted to date; a change, a balance or a share may fall all the same."""
    said = holds(text, "to date") or _SINCE.search(normalise(text)) is not None
    return said and not holds(text, DIFFERENCE) and not holds(text, SHARE)


def cumulative(taken: Taken, readings: Readings, rows: Sequence[str], titles: Sequence[str]) -> list[Grows]:
    """Columns, or rows, that count all to date.

    Args:
        readings: of the amounts, row by row.
        rows: the rows' labels, as the check knows them.
        titles: the caption, the file's name: what they say holds for every column, or every row.
    """
    columns = [normalise(taken.labels[i]) for i in taken.amounts]
    every = any(map(is_said, titles))
    keys = [tuple(normalise(line[i]) for i in taken.keys) for line in taken.lines]
    labels = [*columns, *rows]
    found: list[Grows] = []
    for lines, named, down in ((keys, columns, True), ([(label,) for label in columns], rows, False)):
        if not _is_in_time(lines):
            continue
        for at, label in enumerate(named):
            if labels.count(label) > 1 or not (is_said(label) or (every and not holds(label, SHARE))):
                continue
            values = [
                reading.value if reading is not None else None
                for reading in ([row[at] for row in readings] if down else readings[at])
            ]
            if (grows := _grows(label, lines, values)) is not None:
                found.append(grows)
        if found:
            break
    return found


def _is_in_time(lines: Sequence[Sequence[str]]) -> bool:
    """Whether most lines are periods."""
    return sum(any(periods.read(key) for key in keys) for keys in lines) * 2 > len(lines) > _LEAST_STEPS - 1


def _grows(label: str, lines: Sequence[Sequence[str]], values: Sequence[Decimal | None]) -> Grows | None:
    """Judge one column or row by its steps from one known number to the next."""
    once, yearly = (_steps(lines, values, anew=anew) for anew in (False, True))
    changes = [step for step in once if step not in yearly]
    # what starts anew is a fraction of what the year before ended with
    restarts = sum(2 * (values[later] or 0) < (values[earlier] or 0) for earlier, later in changes)
    anew = bool(restarts) and (holds(label, _OF_A_YEAR) or 2 * restarts > len(changes))
    steps = [(values[later] or 0) - (values[earlier] or 0) for earlier, later in (yearly if anew else once)]
    falls, rises = sum(step < 0 for step in steps), sum(step > 0 for step in steps)
    few = falls <= max(1, int(_MAX_FALLS * len(steps)))
    if len(steps) < _LEAST_STEPS or not few or 2 * rises <= len(steps):
        return None
    return Grows(label, EACH_YEAR if anew else "once", len(steps) - falls, len(steps))


def _steps(
    lines: Sequence[Sequence[str]], values: Sequence[Decimal | None], *, anew: bool
) -> list[tuple[int, int]]:
    """Lines whose known numbers follow each other in time."""
    series: dict[str, list[tuple[int, int]]] = {}
    for run, line, order in in_time(lines, anew=anew):
        if values[line] is not None:
            series.setdefault(run, []).append((order, line))
    return [
        (earlier, later) for each in series.values() for (_, earlier), (_, later) in pairwise(sorted(each))
    ]


def drafted(found: Sequence[Grows]) -> Iterator[str]:
    """Lines of YAML."""
    if found:
        yield commented("cumulative:", "guess: so they are called, and most of their steps grow")
    for each in found:
        yield commented(f"  {scalar(each.label)}: {each.starts}", each.told)
