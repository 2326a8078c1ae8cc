"""The command line: parse, call, print, exit. 0: nothing open. 1: findings. 2: could not do its job."""

from __future__ import annotations

import codecs
import os
import re
import sys
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

import amyqa
from amyqa.errors import AmyqaError, BadInput, Problem, nearest

if TYPE_CHECKING:
    from amyqa.model import Report

app = typer.Typer(
    name="amyqa",
    help="Check the tables of a statistical yearbook before they are printed.",
    epilog="Example:  amyqa check data/2005 --report report",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
FORMATS = ("text", "json")
FAIL_ON = ("error", "warning", "never")
MOST_PROBLEMS = 100
LONGEST_PROBLEM = 1000


def _one_of(*words: str) -> Callable[[str], str]:
    def chosen(value: str) -> str:
        if value not in words:
            raise typer.BadParameter(f"there is no {value!r} ({nearest(value, words)})")
        return value

    return chosen


def _version(asked: bool) -> None:
    if asked:
        _print(f"amyqa {amyqa.__version__}\n")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    pass


@app.command(epilog="Example:  amyqa check data/2005/cambodia --format json --report report")
def check(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATHS", help="The yearbook, or folders or tables in it [default: .]."),
    ] = None,
    engine: Annotated[
        str,
        typer.Option(metavar="gx|duckdb", callback=_one_of("gx", "duckdb"), help="Who runs the suites."),
    ] = "gx",
    format: Annotated[
        str,
        typer.Option(metavar="|".join(FORMATS), callback=_one_of(*FORMATS), help="How results are printed."),
    ] = "text",
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also write report.html and report.json there.")
    ] = None,
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="|".join(FAIL_ON), callback=_one_of(*FAIL_ON), help="Exit with 1 from this severity on."
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

        _print(_escaped(json.render(result)))
    else:
        from amyqa.reports import text

        _print(_drawn(text.render(result, width=_width(), color=_color())))
    if result.fails(None if fail_on == "never" else Severity(fail_on)):
        raise typer.Exit(1)


@app.command(epilog="Example:  amyqa explain 2005/cambodia/deployed-to-malaysia 2006 Total")
def explain(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Its id, or the path of its CSV or YAML.")],
    row: Annotated[str | None, typer.Argument(metavar="ROW", help="The cell's row, by its label.")] = None,
    column: Annotated[str | None, typer.Argument(metavar="COLUMN", help="Its column, by its label.")] = None,
    engine: Annotated[
        str,
        typer.Option(metavar="gx|duckdb", callback=_one_of("gx", "duckdb"), help="Who runs the suites."),
    ] = "duckdb",
) -> None:
    """Show the sums a cell stands in, its findings and its diagnosis; without ROW and COLUMN, a table's."""
    from amyqa import pipeline
    from amyqa.reports import explain

    if row is not None and column is None:
        raise typer.BadParameter(f"which column of row {row!r}?", param_hint="COLUMN")
    place = (row, column) if row is not None and column is not None else None
    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        found = pipeline.explain(table, place, pipeline.engine_named(engine))
    _print(_drawn(explain.render(found)))


@app.command(epilog="Example:  amyqa fix data/2005/cambodia --to corrected")
def fix(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATHS", help="The yearbook, or folders or tables in it [default: .]."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write corrected copies and changes.csv there."),
    ] = None,
    at_least: Annotated[
        float,
        typer.Option(metavar="0..1", min=0, max=1, help="Correct only what is at least so likely."),
    ] = 0.95,
    in_place: Annotated[
        bool,
        typer.Option(
            "--in-place", help="Correct the CSVs themselves; what was printed is kept as NAME.csv.printed."
        ),
    ] = False,
    engine: Annotated[
        str,
        typer.Option(metavar="gx|duckdb", callback=_one_of("gx", "duckdb"), help="Who runs the suites."),
    ] = "duckdb",
) -> None:
    """Correct misprints that were located, each in its one field, and check the result.

    Give either --to or --in-place. The trace of a corrected table fails, as it must: the print has
    not changed. changes.csv lists every field that was replaced.
    """
    from amyqa import fixing, pipeline
    from amyqa.reports.phrases import visible

    if (to is None) is not in_place:
        message = "give --to DIR for corrected copies, or --in-place, and not both"
        raise typer.BadParameter(message, param_hint="--to, --in-place")
    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        fixed = pipeline.fix(paths or [Path()], to, at_least, pipeline.engine_named(engine))
    _print(_drawn("".join(f"{visible(line)}\n" for line in fixing.told(fixed))))
    if fixed.log is not None:
        _note(f"The changes are listed in {fixed.log}")


@app.command(epilog="Example:  amyqa trace --document cambodia-2005.txt")
def trace(
    path: Annotated[Path, typer.Argument(help="The yearbook, or a folder or table in it.")] = Path(),
    document: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The printed document, to prove seeds/ by as well.")
    ] = None,
) -> None:
    """Prove that every token in data/ stands at its line in seeds/."""
    from amyqa import pipeline
    from amyqa.reports.phrases import counted, visible

    traced, untraced = pipeline.trace_yearbook(path, document)
    if document is not None and not traced:
        message, advice = "proves nothing: no table here names a source", "write source: in a table's YAML"
        raise BadInput([Problem(message, advice, file=str(document))])
    width = max((len(id) for id in traced), default=0)
    for id, tokens in traced.items():
        _print(f"{visible(id):<{width}}  {tokens:>6,} tokens\n")
    for id in untraced:
        _print(f"{visible(id)}: names no source, not traced\n")
    proven = " of the document given" if document else ""
    total = f"{counted(sum(traced.values()), 'token')} in {counted(len(traced), 'table')}"
    _print(f"{total} stand at their lines{proven}.\n")


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
    _note(f"The report is in {folder / 'report.html'}")


def _print(text: str) -> None:
    """Write to stdout at once, so that what is wrong with it can still be told."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        # the rest goes nowhere; a reader (head, less) that has seen enough is no failure
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            reason = error.strerror or "unwritable"
            raise BadInput([Problem(f"the results cannot be written: {reason}", file="stdout")]) from error


def _note(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _escaped(report: str) -> str:
    """JSON is UTF-8; a stdout of another encoding gets it in ASCII."""
    import json

    if codecs.lookup(sys.stdout.encoding or "utf-8").name == "utf-8":
        return report
    return re.sub(r"[^\x00-\x7f]", lambda match: json.dumps(match[0])[1:-1], report)


def _drawn(report: str) -> str:
    """Lines and minus signs as every terminal can show them."""
    try:
        report.encode(sys.stdout.encoding or "utf-8", "surrogatepass")
    except UnicodeEncodeError:
        return report.translate({ord("─"): "-", ord("−"): "-"})
    return report


def _width() -> int:
    import shutil

    return shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else 80


def _color() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _fail(error: AmyqaError) -> NoReturn:
    from amyqa.reports.phrases import counted, visible

    for problem in error.problems[:MOST_PROBLEMS]:
        told = visible(str(problem))
        _note(told if len(told) <= LONGEST_PROBLEM else f"{told[: LONGEST_PROBLEM // 2]} … {told[-200:]}")
    if (more := len(error.problems) - MOST_PROBLEMS) > 0:
        _note(f"… and {more:,} more")
    _note(f"amyqa could not do its job: {counted(len(error.problems), 'problem')} to mend first.")
    raise SystemExit(2)


def main() -> None:
    """Entry point of the ``amyqa`` command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed (>&-): what is written goes nowhere
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        # names and figures of any script must come out whatever the terminal's encoding
        if hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except AmyqaError as error:
        _fail(error)
    except Exception:
        # Python's own exit code for this, 1, would say that there are findings
        _note(traceback.format_exc())
        _note("amyqa broke. This is its own mistake, not the yearbook's: please report the lines above.")
        raise SystemExit(2) from None
