"""``amyqa fix``: correct what was located."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from amyqa.cli.output import drawn, from_here, note, print_result, tell_failures
from amyqa.cli.program import NeededEngine, app, folder


@app.command(
    short_help="Correct the misprints that were located, and check again.",
    epilog="Example:  amyqa fix data/2005/cambodia --to corrected",
)
def fix(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATHS", help="The yearbook, or folders or tables in it [default: .]."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", parser=folder, help="Write corrected copies and changes.csv there."),
    ] = None,
    at_least: Annotated[
        float,
        typer.Option(metavar="0..1", min=0, max=1, help="Correct only what is at least this likely."),
    ] = 0.95,
    in_place: Annotated[
        bool,
        typer.Option(
            "--in-place", help="Correct the CSVs themselves; each original is kept as NAME.csv.printed."
        ),
    ] = False,
    engine: NeededEngine = None,
) -> None:
    """Correct the misprints that were located, field by field, and check the result.

    Give either --to or --in-place. The trace of a corrected table fails, as it should, since the
    print has not changed. changes.csv lists every field that was replaced.
    """
    from amyqa import fixing, pipeline
    from amyqa.characters import visible

    if (to is None) is not in_place:
        message = "give either --to DIR, for corrected copies, or --in-place"
        raise typer.BadParameter(message, param_hint="--to, --in-place")
    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        fixed = pipeline.fix(paths or [Path()], to, at_least, pipeline.engine_named(engine))
    print_result(drawn("".join(f"{visible(line)}\n" for line in fixing.told(fixed))))
    if fixed.log is not None and fixed.corrections:
        note(f"The changes are listed in {visible(str(from_here(fixed.log)))}")
    tell_failures(fixed.failures)
    if fixed.failures:
        raise typer.Exit(2)
