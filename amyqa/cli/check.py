"""``amyqa check``: check tables, print and write the report, gate."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amyqa.cli import leaving
from amyqa.cli.formats import PRINTED, print_report, printed, refuse_format
from amyqa.cli.output import note, progress, tell_failures
from amyqa.cli.program import EngineOption, app, folder, one_of
from amyqa.errors import BadInput, Problem

if TYPE_CHECKING:
    from amyqa.model import Report, Severity

FAIL_ON = ("error", "warning", "never")


@app.command(epilog="Example:  amyqa check data/2005/cambodia --format json --report report")
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATHS",
            help="A yearbook, or folders or tables in it [default: .]; or files.",
        ),
    ] = None,
    engine: EngineOption = "gx",
    format: Annotated[
        str,
        typer.Option(metavar="|".join(PRINTED), callback=printed, help="Output format."),
    ] = "text",
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            parser=folder,
            help="Also write the report there: a page, a file of every other format, marked workbooks.",
        ),
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="|".join(FAIL_ON),
            callback=one_of(*FAIL_ON),
            help="Exit 1 if a finding is at or above this severity.",
        ),
    ] = "error",
    since: Annotated[
        str, typer.Option(metavar="GIT_REF", help="Fail only on findings new since this commit.")
    ] = "",
    brief: Annotated[bool, typer.Option("--brief", help="Text: a line for each thing to look at.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Text: every finding, and all that was not evaluated.")
    ] = False,
) -> None:
    """Check tables and say which numbers cannot be right."""
    from amyqa.characters import visible
    from amyqa.model import Severity
    from amyqa.reports import rulings

    refuse_format(format)
    if report is not None:
        _refuse_report(report)
    try:
        result, found = _checked(paths, engine, since, identities=report is not None)
    except KeyboardInterrupt as interrupted:
        if said := str(interrupted):
            leaving.so_far(said)
        raise
    for line in found:
        note(visible(line))
    gate = None if fail_on == "never" else Severity(fail_on)
    if report is not None:
        _write_report(result, report, gate, paths or [Path()])
    print_report(format, result, gate, "full" if verbose else "brief" if brief else "normal")
    # the text ends with a verdict, which says as much where nothing was decided
    if result.decisions or result.since or (result.fails(gate) and format != "text"):
        note(visible(rulings.gate(result, gate)))
    tell_failures(result.failures, whole=format != "text" or brief)
    if result.failures:
        raise typer.Exit(2)
    if result.fails(gate):
        raise typer.Exit(1)


def _checked(
    paths: list[Path] | None, engine: str, since: str, *, identities: bool
) -> tuple[Report, list[str]]:
    """The report on a yearbook, or on files that are of none, with what was found in these."""
    from amyqa import pipeline

    with progress() as told, redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        runner = pipeline.engine_named(engine)
        if files := pipeline.outside(paths or ()):
            if since:
                hint = "amyqa new adds their tables to a yearbook, which git can keep"
                raise BadInput([Problem("--since compares yearbooks, and these are files", hint)])
            return pipeline.check_files(files, runner, identities=identities)
        checked = paths or [Path()]
        return pipeline.check(checked, runner, identities=identities, since=since, progress=told), []


def _refuse_report(folder: Path) -> None:
    """What cannot become the report's folder is told before anything is checked."""
    with suppress(OSError):
        for place in (folder, *folder.parents):
            if place.exists() and not place.is_dir():
                message = "is a file, but the report needs a folder there"
                raise BadInput([Problem(message, "choose another folder with --report", file=str(place))])
        for file in (folder / name for name in _known_files()):
            if file.is_dir():
                message = "is a folder, but the report needs a file there"
                raise BadInput([Problem(message, "choose another folder with --report", file=str(file))])


def _write_report(result: Report, folder: Path, fail_on: Severity | None, checked: list[Path]) -> None:
    from amyqa import pipeline
    from amyqa.characters import visible
    from amyqa.project import open_yearbook
    from amyqa.reading.writing import write_folder
    from amyqa.reports.formats import FORMATS, Options, files

    # all are made before any is written, so that they tell of the same check
    contents = files(result, Options(fail_on))
    with suppress(BadInput):  # files that are of no yearbook
        data = open_yearbook(checked[0]).root / "data"
        if folder.resolve().is_relative_to(data.resolve()):
            del contents[FORMATS["csv"].file]  # the next check would take it for a table
    copies, refused = pipeline.marked_copies(result, checked)
    contents |= copies
    write_folder(folder, contents, contents)
    note(f"The report is in {folder / 'report.html'}")
    for name in copies:
        note(visible(f"The workbook with its suspicious cells marked is {folder / name}"))
    for problem in refused:
        note(visible(str(problem)))


def _known_files() -> list[str]:
    """The names of all files of a report's folder."""
    from amyqa.reports.formats import formats

    return [format.file for format in formats().values() if format.file]
