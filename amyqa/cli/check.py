"""``amyqa check``: check tables, print and write the report, gate."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amyqa.cli.output import color, drawn, escaped, note, print_result, width
from amyqa.cli.program import EngineOption, app, one_of
from amyqa.errors import BadInput, Problem

if TYPE_CHECKING:
    from amyqa.model import Report

FORMATS = ("text", "json")
FAIL_ON = ("error", "warning", "never")


@app.command(epilog="Example:  amyqa check data/2005/cambodia --format json --report report")
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATHS", help="The yearbook, or folders or tables in it [default: .]."),
    ] = None,
    engine: EngineOption = "gx",
    format: Annotated[
        str,
        typer.Option(metavar="|".join(FORMATS), callback=one_of(*FORMATS), help="How results are printed."),
    ] = "text",
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write report.html and report.json there.")
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="|".join(FAIL_ON), callback=one_of(*FAIL_ON), help="Exit with 1 from this severity on."
        ),
    ] = "error",
) -> None:
    """Check tables and say which numbers cannot be right."""
    from amyqa import pipeline
    from amyqa.model import Severity

    if report is not None:
        _refuse_report(report)
    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        result = pipeline.check(paths or [Path()], pipeline.engine_named(engine))
    if report is not None:
        _write_report(result, report)
    if format == "json":
        from amyqa.reports import json

        print_result(escaped(json.render(result)))
    else:
        from amyqa.reports import text

        print_result(drawn(text.render(result, width=width(), color=color())))
    if result.fails(None if fail_on == "never" else Severity(fail_on)):
        raise typer.Exit(1)


def _refuse_report(folder: Path) -> None:
    """What cannot become the report's folder is told before anything is checked."""
    with suppress(OSError):
        for place in (folder, *folder.parents):
            if place.exists() and not place.is_dir():
                message = "is a file where the folder of the report should be"
                raise BadInput([Problem(message, "name another with --report", file=str(place))])
        for file in (folder / "report.html", folder / "report.json"):
            if file.is_dir():
                message = "is a folder where the report should be written"
                raise BadInput([Problem(message, "name another folder with --report", file=str(file))])


def _write_report(result: Report, folder: Path) -> None:
    from amyqa.reading.files import write_atomically
    from amyqa.reports import html, json

    files = {folder / "report.html": html.render(result), folder / "report.json": json.render(result)}
    for file, content in files.items():
        write_atomically(file, content)
    note(f"The report is in {folder / 'report.html'}")
