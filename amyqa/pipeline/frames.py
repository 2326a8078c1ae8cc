"""Frames checked as they are: drafted and checked in passing, as files outside any yearbook are."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.errors import Problems
from amyqa.model import Counts, Report
from amyqa.pipeline.files import checked_in_passing
from amyqa.pipeline.running import Engine
from amyqa.reading.table import read_table
from amyqa.reading.writing import write_atomically

if TYPE_CHECKING:
    from amyqa.starting.framing import FrameTable
    from amyqa.starting.new import New


def check_frame(table: FrameTable, engine: Engine | None, *, identities: bool = True) -> Report:
    """Draft what a frame means, and check it; nothing is written that stays.

    Returns:
        The report, which names places by the labels of the frame's rows and columns.

    Raises:
        AmyqaError: it cannot be checked.
    """
    from amyqa.starting.families import GENERAL  # heavy, and only needed here
    from amyqa.starting.new import new_table
    from amyqa.starting.words import table_name

    name = table_name(table.title)
    with tempfile.TemporaryDirectory(prefix="amyqa-") as folder:
        root = Path(folder).resolve()
        to = root / "data"
        to.mkdir()

        def draft(table: FrameTable) -> New:
            sheet, taken = table.sheet, table.taken
            return new_table(
                root / name, sheet=sheet, taken=taken, name=name, family=GENERAL, to=to, force=True
            )

        made = draft(table)
        counts: Counts | None = None
        notes: tuple[str, ...] = ()
        if table.is_sample:
            table, counts, notes = _judged(table, made)
            if counts is None:
                made = draft(table)
            else:
                write_atomically(made.csv, table.taken.csv())
        assert made.original is not None
        lines, origin = table.taken.numbers, table.sheet.origin
        original = dataclasses.replace(made.original, lines=lines, origin=origin)
        id = made.csv.relative_to(to).with_suffix("").as_posix()
        report = checked_in_passing(root, {id: original}, engine, identities=identities)
    counted = report.counts if counts is None else {id: counts}
    return dataclasses.replace(report, notes=notes, counts=counted)


def _judged(table: FrameTable, made: New) -> tuple[FrameTable, Counts | None, tuple[str, ...]]:
    """What of a large frame is told in full, what was counted in all of it, and what must be said of that."""
    from amyqa.pipeline import large

    rows = table.height
    drafted = read_table(made.csv.stem, made.csv, made.yaml, ("", ""), Problems())
    judged = large.judge(drafted, table.columns) if drafted is not None else None
    if judged is None:
        return table.whole(), None, ()
    told = large.told(rows, (number - 1 for number in table.taken.numbers), judged)
    notes = [
        f"the sums were found in a sample of {len(table.taken.lines):,} of {rows:,} rows and judged in every "
        f"row; {len(told):,} rows are told in full"
    ]
    if (more := len(judged.broken) - large.MOST_TOLD) > 0:
        notes.append(f"{more:,} more rows with broken sums are counted, and not told")
    return table.only(told), judged.counts, tuple(notes)
