"""``amyqa lint`` and ``doctor``: whether a yearbook's files, and this installation, are in order."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from amyqa.cli.output import note, print_result
from amyqa.cli.program import app


@app.command(
    short_help="Tell mistakes in YAMLs, suites, schemas and decisions, without checking.",
    epilog="Example:  amyqa lint data/2005",
)
def lint(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATHS", help="The yearbook, or folders or tables in it [default: .]."),
    ] = None,
) -> int:
    """Tell the mistakes that would keep tables from being checked, without checking them.

    Each is one line, as FILE:LINE:COLUMN: MESSAGE. Exits with 1 if there is one.
    """
    from amyqa import pipeline
    from amyqa.reports.phrases import counted

    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        found = pipeline.lint(paths or [Path()])
    for problem in found.problems:
        print_result(f"{problem}\n")
    for remark in found.remarks:
        note(f"note: {remark}")
    read = [
        counted(found.tables, "table"),
        counted(found.families, "family"),
        counted(found.decisions, "decision"),
    ]
    mistakes = counted(len(found.problems), "mistake") if found.problems else "no mistakes"
    note(f"{', '.join(read)}: {mistakes}.")
    return 1 if found.problems else 0


@app.command(
    short_help="Tell whether this installation has what amyqa needs.", epilog="Example:  amyqa doctor"
)
def doctor() -> int:
    """Tell which versions run here, what is missing, and what to do about it.

    Exits with 1 if something that amyqa needs is missing or does not run.
    """
    from amyqa import pipeline

    ailing = False
    for part in pipeline.examine_installation():
        mark = "ok" if part.works else "MISSING" if part.needed else "absent"
        advice = f" ({part.advice})" if part.advice and not part.works else ""
        print_result(f"{mark:<8}{part.name:<20}{part.found}{advice}\n")
        ailing = ailing or (part.needed and not part.works)
    return 1 if ailing else 0
