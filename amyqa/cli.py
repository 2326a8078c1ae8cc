"""The command line: parse, call, print, exit. 0: nothing open. 1: findings. 2: could not do its job."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from amyqa.errors import AmyqaError

app = typer.Typer(
    name="amyqa",
    help="Check the tables of a statistical yearbook before they are printed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class EngineName(StrEnum):
    """Who runs the suites."""

    gx = "gx"
    duckdb = "duckdb"


class Format(StrEnum):
    """How results are printed."""

    text = "text"
    json = "json"


class FailOn(StrEnum):
    """From which severity on findings make amyqa exit with 1."""

    error = "error"
    warning = "warning"
    never = "never"


@app.command(epilog="Example:  amyqa check data/2005/cambodia --format json --report report")
def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="The yearbook, or folders or tables in it [default: .].")
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="Who runs the suites.")] = EngineName.gx,
    format: Annotated[Format, typer.Option(help="How results are printed.")] = Format.text,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write report.html and report.json there.")
    ] = None,
    fail_on: Annotated[FailOn, typer.Option(help="Exit with 1 from this severity on.")] = FailOn.error,
) -> None:
    """Check tables and say which numbers cannot be right."""
    from amyqa import pipeline
    from amyqa.model import Severity

    result = pipeline.check(paths or [Path()], pipeline.engine_named(engine.value))
    if report is not None:
        _write_report(result, report)
    if format is Format.json:
        from amyqa.reports import json

        _print(json.render(result))
    else:
        from amyqa.reports import text

        _print(text.render(result, width=_width(), color=_color()))
    if result.fails(None if fail_on is FailOn.never else Severity(fail_on.value)):
        raise typer.Exit(1)


@app.command(epilog="Example:  amyqa trace --document cambodia-2005.txt")
def trace(
    path: Annotated[Path, typer.Argument(help="The yearbook, or a folder or table in it.")] = Path(),
    document: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The printed document, to prove seeds/ by as well.")
    ] = None,
) -> None:
    """Prove that every token in data/ stands at its line in seeds/."""
    from amyqa import pipeline

    traced, untraced = pipeline.trace_yearbook(path, document)
    width = max((len(id) for id in traced), default=0)
    for id, tokens in traced.items():
        _print(f"{id:<{width}}  {tokens:>6,} tokens\n")
    for id in untraced:
        _print(f"{id}: names no source, not traced\n")
    proven = " of the document given" if document else ""
    _print(f"{sum(traced.values()):,} tokens in {len(traced)} tables stand at their lines{proven}.\n")


@app.command(epilog="Example:  amyqa rules")
def rules() -> None:
    """List the vocabulary: every rule with its ESS code and level."""
    from amyqa.rules.vocabulary import RULES

    rows = [("rule", "ESS", "level", "done by", "what holds")]
    rows += [(rule.name, rule.ess, rule.level, rule.done_by, rule.title) for rule in RULES]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for row in rows:
        _print("  ".join([*(word.ljust(w) for word, w in zip(row, widths, strict=False)), row[4]]) + "\n")
    _print("\nIn a suite (checks/*.yaml) a rule is written as:\n")
    for rule in RULES:
        if rule.expectation:
            arguments = ", ".join(p.name for p in rule.parameters if not p.bound)
            _print(f"  {rule.name}: {rule.expectation}({arguments})\n")


def _write_report(result: object, folder: Path) -> None:
    from amyqa.model import Report
    from amyqa.reading.files import write_atomically
    from amyqa.reports import html, json

    assert isinstance(result, Report)
    write_atomically(folder / "report.html", html.render(result))
    write_atomically(folder / "report.json", json.render(result))
    typer.echo(f"The report is in {folder / 'report.html'}", err=True)


def _print(text: str) -> None:
    sys.stdout.write(text)


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80


def _color() -> bool:
    import os

    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _fail(error: AmyqaError) -> NoReturn:
    for problem in error.problems:
        typer.echo(str(problem), err=True)
    number = len(error.problems)
    what = "1 problem" if number == 1 else f"{number} problems"
    typer.echo(f"amyqa could not do its job: {what} to mend first.", err=True)
    raise SystemExit(2)


def main() -> None:
    """Entry point of the ``amyqa`` command."""
    # names and figures of any script must come out whatever the terminal's encoding
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except AmyqaError as error:
        _fail(error)
    except BrokenPipeError:
        # the reader (head, less) has seen enough
        sys.stderr.close()
        raise SystemExit(0) from None
