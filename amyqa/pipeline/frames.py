"""Frames checked as they are: drafted and checked in passing, as files outside any yearbook are."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from amyqa.model import Report
from amyqa.pipeline.files import checked_in_passing
from amyqa.pipeline.running import Engine

if TYPE_CHECKING:
    from amyqa.starting.framing import FrameTable


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

    with tempfile.TemporaryDirectory(prefix="amyqa-") as folder:
        root = Path(folder).resolve()
        to = root / "data"
        to.mkdir()
        name = table_name(table.sheet.shown)
        made = new_table(root / name, sheet=table.sheet, taken=table.taken, name=name, family=GENERAL, to=to)
        id = made.csv.relative_to(to).with_suffix("").as_posix()
        assert made.original is not None
        return checked_in_passing(root, {id: made.original}, engine, identities=identities)
