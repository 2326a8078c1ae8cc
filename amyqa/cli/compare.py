"""``amyqa compare``: what has changed between two states of tables."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from amyqa.cli.output import drawn, escaped, note, print_result, width
from amyqa.cli.program import NeededEngine, app, one_of

FORMATS = ("text", "json", "html")


@app.command(
    short_help="Tell what was added, removed and revised.",
    epilog="Example:  amyqa compare 2004 2005 --page revisions.html",
)
def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A folder, a file, an edition or a commit.")],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="Another [default: the yearbook as it is].")
    ] = ".",
    format: Annotated[
        str, typer.Option(metavar="|".join(FORMATS), callback=one_of(*FORMATS), help="Output format.")
    ] = "text",
    page: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write a page there.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Text: every revision.")] = False,
    engine: NeededEngine = None,
) -> None:
    """Compare two states of the same tables, cell by cell.

    Says of each revision whether it was announced, and which checks it mends or breaks. Exits with 1 if a
    check that held is broken, or a corrected misprint came back.
    """
    from amyqa import pipeline
    from amyqa.pipeline.editions import compare_states
    from amyqa.reading.writing import write_atomically

    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        found = compare_states(old, new, pipeline.engine_named(engine))
    if page is not None:
        from amyqa.reports.html import comparison as html

        write_atomically(page, html.render(found))
        note(f"The page is {page}")
    if format == "json":
        from amyqa.reports.data import comparison as data

        print_result(escaped(data.render(found)))
    elif format == "html":
        from amyqa.reports.html import comparison as html

        print_result(html.render(found))
    else:
        from amyqa.reports.text import comparison as text

        print_result(drawn(text.render(found, verbose=verbose, width=width())))
    if found.failed:
        raise typer.Exit(2)
    if found.worse:
        raise typer.Exit(1)
