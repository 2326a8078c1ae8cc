"""What is given to ``amyqa.check``: a frame, a yearbook, a file; each on the way that every file takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from amyqa import pipeline
from amyqa.errors import BadInput, Problem
from amyqa.frames.run import FrameRun, run_of
from amyqa.pipeline.frames import check_frame
from amyqa.reports.saving import SavableReport, savable
from amyqa.sources.frames import is_frame, read_frame
from amyqa.starting.framing import stated, table_of


def check(
    data: Any, *, rows: object, total: object, value: object, title: str, engine: str | None
) -> SavableReport:
    """Check a frame or what is at a path: see :func:`amyqa.check`.

    Raises:
        AmyqaError: it cannot be read or run; it is neither.
    """
    if is_frame(data):
        return _frame(data, rows=rows, total=total, value=value, title=title, engine=engine)
    given = {"rows": rows, "total": total, "value": value, "title": title}
    if not isinstance(data, str | Path):
        message = f"cannot check a {type(data).__name__}"
        raise BadInput([Problem(message, "give a frame of pandas, polars or pyarrow, or a path")])
    if said := [f"{name}=" for name, item in given.items() if item]:
        message = f"{' and '.join(said)} is said of a frame, not of a file"
        raise BadInput([Problem(message, "a file's table is described in its YAML", str(data))])
    chosen = pipeline.engine_named(engine)
    if files := pipeline.outside([Path(data)]):
        report, _ = pipeline.check_files(files, chosen, identities=True)
        return savable(report)
    return savable(pipeline.check([data], chosen or "gx"))


def _frame(
    frame: Any, *, rows: object, total: object, value: object, title: str, engine: str | None
) -> FrameRun:
    table = table_of(read_frame(frame), stated(rows, total, value, title))
    return run_of(check_frame(table, pipeline.engine_named(engine)), table)
