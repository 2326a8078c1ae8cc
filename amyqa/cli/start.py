"""``amyqa init``, ``new`` and ``schema``: begin a yearbook, add a table, tell editors the keys."""

from __future__ import annotations

import csv
import shlex
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amyqa.cli.output import drawn, escaped, from_here, note, print_result
from amyqa.cli.program import app, one_of
from amyqa.errors import AmyqaError, BadInput, Problem

if TYPE_CHECKING:
    from amyqa.starting.new import New

SCHEMAS = ("table", "suite", "report")
_MAX_SUMS = 12
_MAX_OF_SEVERAL = 3


@app.command(short_help="Start a yearbook, with a worked example.", epilog="Example:  amyqa init yearbook")
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of the new yearbook.")],
    family: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Copy this family's schema and suite into it, for you to change."),
    ] = None,
) -> None:
    """Start a yearbook: a worked example that passes, and one misprint to find.

    Nothing is ever overwritten. In an existing yearbook, --family copies only that family.
    """
    from amyqa.characters import visible
    from amyqa.reports.phrases import counted
    from amyqa.starting import founding

    founded = founding.found(folder, family or ())
    lines = [f"{visible(str(folder))}: {counted(len(founded.files), 'file')} created", *founded.files]
    print_result(drawn("\n  ".join(visible(line) for line in lines) + "\n"))
    if "README.md" in founded.files:
        where = "" if folder.resolve() == Path.cwd().resolve() else f"cd {shlex.quote(str(folder))} && "
        note(f"Next:  {where}amyqa check")


@app.command(
    short_help="Add the tables of a file: copy them as CSVs and draft their YAMLs.",
    epilog="Example:  amyqa new arrivals.csv --family general --edition 2005 --chapter cambodia",
)
def new(
    table: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV, workbook, PDF, web page, Word file, text or cube.")
    ],
    family: Annotated[
        str | None, typer.Option(metavar="NAME", help="Its family [default: guessed, or else general].")
    ] = None,
    edition: Annotated[
        str | None, typer.Option(metavar="NAME", help="The folder under data/, such as 2005.")
    ] = None,
    chapter: Annotated[
        str | None, typer.Option(metavar="NAME", help="The folder under the edition, such as cambodia.")
    ] = None,
    to: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Instead of both: a folder (or CSV) under data/.")
    ] = None,
    header: Annotated[
        str | None,
        typer.Option(metavar="LABELS", help="Column labels, if the file has no header: Year,Men,Women."),
    ] = None,
    header_lines: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=0, max=9, help="How many lines its header has; 0 for none [default: detected]."
        ),
    ] = None,
    missing: Annotated[
        list[str] | None,
        typer.Option(metavar="TOKEN", help="What is printed for an unknown number; may be repeated."),
    ] = None,
    sheet: Annotated[str, typer.Option(metavar="NAME", help="Only this sheet of a workbook.")] = "",
    number: Annotated[
        int | None, typer.Option("--table", metavar="N", min=1, help="Only this one of the tables found.")
    ] = None,
    range: Annotated[str, typer.Option(metavar="B4:N30", help="Only these cells of a sheet.")] = "",
    lines: Annotated[str, typer.Option(metavar="597-608", help="Only these lines of a text.")] = "",
    pages: Annotated[str, typer.Option(metavar="12-14", help="Only these pages of a PDF.")] = "",
    without: Annotated[
        str, typer.Option(metavar="7,12-14", help="Leave these lines out (of a sheet: these rows).")
    ] = "",
    accept_repairs: Annotated[
        bool,
        typer.Option("--accept-repairs", help="Read a line with too many fields in the only way there is."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing YAML or CSV.")] = False,
) -> None:
    """Add the tables of a file: copy each into data/, and draft its YAML from its words and numbers.

    Guesses are marked in the draft. A CSV that is already under data/ is left as it is. Any other file is
    kept under seeds/, and amyqa trace verifies every number against it.
    """
    from amyqa.characters import visible
    from amyqa.starting.cubes import is_cube
    from amyqa.starting.finding import Choice
    from amyqa.starting.opening import new_tables

    if is_cube(table):
        _new_cube(table, to, edition, chapter, force=force)
        return
    left_out = _numbers("--without", without)
    opened = new_tables(
        table,
        choice=Choice(sheet, number, range, _span("--lines", lines), _span("--pages", pages), left_out),
        family=family,
        to=to,
        edition=edition,
        chapter=chapter,
        header=None if header is None else next(csv.reader([header]), []),
        header_lines=header_lines,
        missing=missing or (),
        accept_repairs=accept_repairs,
        force=force,
    )
    several = len(opened.made) > 1
    most = _MAX_OF_SEVERAL if several else _MAX_SUMS
    for where, made in opened.made:
        told = [*([f"{where}:"] if several else []), *_told(made, most)]
        print_result(drawn("".join(f"{visible(line)}\n" for line in told)))
    for line in (*opened.left, *(f"not taken in: {problem}" for problem in opened.failed)):
        note(visible(line))
    _check([made for _, made in opened.made])


def _new_cube(path: Path, to: Path | None, edition: str | None, chapter: str | None, *, force: bool) -> None:
    """Draft the YAML of a cube, and check it at once."""
    from amyqa.characters import visible
    from amyqa.starting.cubes import new_cube

    folder = to if to is not None else Path("data", edition, chapter or "") if edition else None
    made = new_cube(path, folder, force=force)
    copied = [f"{made.copied}: copied"] if made.copied else []
    lines = [*copied, f"{made.shown}: a draft, family general", *(f"  {told}" for told in made.told)]
    print_result(drawn("".join(f"{visible(line)}\n" for line in lines)))
    _check_at([made.yaml])


def _span(option: str, text: str) -> tuple[int, int] | None:
    """``597-608`` as its first and last number."""
    if not text:
        return None
    first, _, last = text.partition("-")
    if not (first.strip().isdecimal() and (last or first).strip().isdecimal()):
        raise BadInput([Problem(f"{option} {text} is no range of numbers", f"as in {option} 12-14")])
    return int(first), int(last or first)


def _numbers(option: str, text: str) -> tuple[int, ...]:
    """``7,12-14`` as 7, 12, 13, 14."""
    from amyqa.reading.spec import line_numbers

    try:
        return line_numbers(text) if text else ()
    except ValueError as error:
        raise BadInput([Problem(f"{option} {text}: {error}", f"as in {option} 7,12-14")]) from error


def _told(made: New, most: int) -> list[str]:
    """What was made and guessed, line by line, so many sums of it."""

    def shown(path: Path) -> str:
        return path.relative_to(made.yearbook).as_posix()

    lines = []
    if made.copied:
        lines.append(f"{shown(made.csv)}: copied")
        lines += [f"  {told}" for told in made.otherwise]
    number = made.draft.guesses
    guesses = "1 guess" if number == 1 else f"{number} guesses"
    lines.append(f"{shown(made.yaml)}: a draft with {guesses}, family {made.draft.family}")
    lines += [f"  {told}" for told in made.draft.sums[:most]]
    if (more := len(made.draft.sums) - most) > 0:
        lines.append(f"  … and {more} more")
    lines += [f"  {told}" for told in made.draft.left]
    if made.unread:
        lines.append(
            "cannot be read (the check leaves these cells out and exits with 2 until they are fixed):"
        )
        lines += [f"  {problem}" for problem in made.unread]
    return lines


def _check(made: Sequence[New]) -> None:
    """Check the tables at once."""
    _check_at([each.csv for each in made])


def _check_at(paths: Sequence[Path]) -> None:
    """Check what was drafted: the best proof of it; what stands in the way is told, no failure."""
    from amyqa import pipeline
    from amyqa.characters import visible
    from amyqa.reports.phrases import counted

    try:
        with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
            report = pipeline.check(paths, "duckdb")
    except AmyqaError as error:
        note(f"It cannot be checked yet:\n{error}")
        return
    total = report.total
    sums = f"{counted(total.evaluated, 'sum')} evaluated, {total.broken} broken"
    findings = counted(len(report.findings), "finding")
    print_result(f"Checked: {sums}, {total.not_evaluated} not evaluated; {findings}.\n")
    place = paths[0] if len(paths) == 1 else paths[0].parent
    table = shlex.quote(visible(str(from_here(place))))
    note(f"Next:  read the draft, correct its guesses, then  amyqa check {table}")


@app.command(
    short_help="Print the JSON Schema of a table, suite or report.",
    epilog="Example:  amyqa schema table > .amyqa/table.schema.json",
)
def schema(
    kind: Annotated[
        str, typer.Argument(metavar="|".join(SCHEMAS), callback=one_of(*SCHEMAS), help="Which kind of file.")
    ],
) -> None:
    """Print the JSON Schema of a table's YAML, of a suite or of the JSON report.

    Editors use it to complete and check what you type. Put it into .amyqa/ and begin a YAML with
    "# yaml-language-server: $schema=" and its path; init and new do that for you.
    """
    from amyqa.starting import editors

    print_result(escaped(editors.rendered(kind)))
