"""A series that counts everything up to its date may only grow: refugees registered to date.

A table's YAML names the columns or rows that are such series (``cumulative``); a suite says which by
their coordinates. Numbers that are not known are passed over, and what rounding explains is no fall.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from amyqa.model import Cell, Severity, Table
from amyqa.reading.labels import is_total
from amyqa.reading.tokens import normalise
from amyqa.rules import periods, series
from amyqa.rules.observations import Observations
from amyqa.rules.rule import Parameter, Pointwise, Rule, RuleRun, TableContext, ViolationMessage, where
from amyqa.rules.shape import Arguments, Shape, Violation

EACH_YEAR = "each year"
STARTS = Parameter("starts", "text", "when it starts anew", default="once", choices=("once", EACH_YEAR))
CELLS = Parameter("cells", "values", "cell, series and place in it, of what the YAML names", bound=True)
_REVISED = ("revis", "correct", "provision", "prelim", "estimat")
_MARKS = ("r", "p", "e")


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Every cell of a series, with the last known one before it."""
    by = "OBS_TABLE, series, year" if STARTS.of(arguments) == EACH_YEAR else "OBS_TABLE, series"
    cells = _named(arguments) if arguments.get(CELLS.name) else series.cells(arguments, shape)
    return f"""
WITH cells AS (
    SELECT o.OBS_TABLE, s.record, s.ordinal, s.series, s.year, s.known, o.OBS_LOW AS low, o.OBS_HIGH AS high,
        o.OBS_TOLERANCE AS slack
    FROM ({cells}) s JOIN observations o ON o.OBS_RECORD = s.record
), pairs AS (
    SELECT cells.*,
        LAG(record) OVER (PARTITION BY {by} ORDER BY ordinal, record) AS before,
        LAG(low) OVER (PARTITION BY {by} ORDER BY ordinal, record) AS earlier,
        LAG(slack) OVER (PARTITION BY {by} ORDER BY ordinal, record) AS loose
    FROM cells WHERE known = 1
)
SELECT OBS_TABLE, record, before, known, high, earlier,
    CASE WHEN slack = loose THEN 0 ELSE slack + loose END AS margin FROM pairs
UNION ALL
SELECT OBS_TABLE, record, NULL AS before, known, NULL AS high, NULL AS earlier, NULL AS margin
FROM cells WHERE known = 0"""


def _named(arguments: Arguments) -> str:
    """The cells that the YAML names, as :func:`amyqa.rules.series.cells` has them."""
    rows = ", ".join(f"({int(cell)}, {int(run)}, {int(at)})" for cell, run, at in arguments[CELLS.name])
    known = "o.OBS_STATUS IN ('value', 'nil') AND o.OBS_UNCERTAIN = 0"
    return f"""
SELECT MIN(o.OBS_RECORD) AS record, r.series, r.ordinal, 0 AS year,
    MIN(CASE WHEN {known} THEN 1 ELSE 0 END) AS known
FROM observations o JOIN (
    SELECT cell, series, ordinal FROM (VALUES {rows}) AS named(cell, series, ordinal)
) r ON o.OBS_CELL = r.cell
WHERE o.OBS_KIND = 'printed' AND {where(arguments)} GROUP BY r.cell, r.series, r.ordinal"""


def violation(arguments: Arguments, shape: Shape) -> str:
    """Less than before, by more than rounding makes it."""
    del arguments, shape
    return "COALESCE(high + margin < earlier, FALSE)"


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """A number is not known."""
    del arguments, shape
    return "CASE WHEN known = 0 THEN 'it is not known' END"


def bind(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
    """The series that the YAML names, unless a suite says which; of anybody's frame, all along time."""
    said = arguments.get("where") or arguments.get("dimension")
    if said or not isinstance(known, Observations):
        bound, reason = periods.bind_finest(arguments, known)
        return series.bind(bound, known) if not reason else (bound, reason)
    cells = [[cell + known.first, run, at] for cell, run, at in runs(known.table)]
    reason = "" if cells else "the table's YAML names no series that may only grow (cumulative:)"
    return {**arguments, CELLS.name: cells, "along": []}, reason


def runs(table: Table) -> Iterator[tuple[int, int, int]]:
    """Cell, series and place in it, of every cell of a table's cumulative columns and rows."""
    given = table.spec.cumulative
    mapping = given if isinstance(given, dict) else {}
    anew = {normalise(name) for name, word in mapping.items() if word == EACH_YEAR}
    numbers: dict[tuple[str, str], int] = {}
    rows = [tuple(map(normalise, row.keys)) for row in table.rows]
    columns = [(label,) for label in table.columns]
    for name in given:
        label = normalise(name)
        down = label in table.columns
        lines = rows if down else columns
        at = [c for c, other in enumerate(table.columns) if other == label]
        at = at or [r for r, row in enumerate(table.rows) if row.label == label]
        for run, place, order in in_time(lines, anew=label in anew):
            key = (label, run)
            for line in at[:1]:
                cell = table.cell_id(place, line) if down else table.cell_id(line, place)
                yield cell, numbers.setdefault(key, len(numbers)), order


def in_time(lines: Sequence[Sequence[str]], *, anew: bool = False) -> Iterator[tuple[str, int, int]]:
    """Lines that follow each other in time: series, line, and place in the series.

    Periods with their year stand in its order, months and dates without one as they are printed; a total
    of all is none of them. Labels that are no periods go with the others of the same name.

    Args:
        lines: the labels of each, as a row's keys.
        anew: a series ends with its year.
    """
    read = [[periods.read(key) for key in keys] for keys in lines]
    timed = any(any(found) for found in read)
    for i, (keys, found) in enumerate(zip(lines, read, strict=True)):
        if (timed and not any(found)) or any(is_total(key) for key in keys):
            continue
        rest = [key for key, period in zip(keys, found, strict=True) if period is None] if timed else []
        dated = [period for period in found if period is not None]
        year = next((period.year for period in dated if period.year), 0)
        within = next((period for period in dated if not period.year), None)
        # months that name no year stand as printed: a fiscal year begins when it likes
        order = dated[0].ordinal if dated and within is None else year * len(lines) + i
        rest += [f"{dated[0].frequency}" if dated and within is None else ""]
        yield "\x1f".join([*rest, str(year) if anew else ""]), i, order


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """Both numbers; where one is marked as revised, that may be why."""
    arguments, table = ran.arguments, observations.table
    records = [int(violation[key]) for key in ("record", "before")]
    cells = tuple(cell for record in records if (cell := observations.cell(record)) is not None)
    later, earlier = (cell.reading.value or Decimal(0) for cell in cells)
    at = observations.place(records[0])
    if arguments.get(CELLS.name):
        down = cells[0].column == cells[1].column
        named = cells[0].column if down else cells[0].row
        when, before = (cell.row if down else cell.column for cell in cells)
        at = at or {"row": cells[0].row, "column": cells[0].column}
    else:
        named = series.series_of(violation, observations, arguments)
        when, before = (series.period_of(record, observations, arguments) for record in records)
    revised = any(_is_revised(cell, table) for cell in cells)
    why = "; it is marked as revised, which may be why" if revised else ""
    message = (
        f"{named + ', ' if named else ''}{when}: {cells[0].token.strip()} is less than "
        f"{cells[1].token.strip()} ({before}), though it counts all to date and may only grow{why}."
    )
    return ViolationMessage(
        at, "a running total never falls", cells, message, printed=later, difference=later - earlier,
        severity=Severity.INFO if revised else None,
    )  # fmt: skip


def _is_revised(cell: Cell, table: Table) -> bool:
    """Whether the cell, or the note that its mark stands for, says that it was revised."""
    mark = cell.reading.mark.strip("()[] ").casefold()
    said = table.spec.notes.get(cell.reading.mark, "").casefold()
    return bool(mark) and (mark in _MARKS or any(word in said for word in _REVISED))


RULE = Rule(
    name="cumulative",
    ess="VCO",
    level="1c",
    title="a number that counts all to date never falls",
    done_by="suite",
    expectation="expect_running_totals_never_to_fall",
    definition=Pointwise(subjects, violation, unjudged, told=periods.RELATION, together=True),
    parameters=(*series.PARAMETERS, STARTS, CELLS),
    tell=tell,
    bind=bind,
)
