"""A table's sheet as lines of fields: one header, and below it lines that are as wide."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from amyqa.errors import BadInput, Problem, Problems
from amyqa.model import Original
from amyqa.model.spec import TableSpec
from amyqa.reading.tokens import normalise
from amyqa.sources import Line, Origin, Part, Sheet, source_of
from amyqa.sources.sheet import MAX_COLUMNS

MAX_RAGGED = 200
"""After so many records that fit no header, the header is wrong, or the file is not this table's."""


@dataclass(frozen=True, slots=True)
class TableLines:
    """A file as a table's lines: its header and its records, blank lines left out."""

    shown: str
    header: Line
    lines: tuple[Line, ...]
    origin: Origin


def read_sheet(path: Path, shown: str, part: Part, problems: Problems) -> TableLines | None:
    """Read a table's file.

    Args:
        path: the file, in any format that there is a source for.
        shown: its name for people.
        part: which part of it the table is, and how it is written, as the spec declares.
        problems: where every defect goes: what the source says of it; empty, header only, ragged, labels
            missing or repeated in the header, too many columns.

    Returns:
        The lines (only to be trusted when no problem was added), or None.
    """
    found: list[Sheet] = []
    with problems.gathered():
        sheet = source_of(path).read(path, shown, part)
        if not sheet.lines:
            raise BadInput([Problem("is empty", "the first line names the columns", file=shown, line=1)])
        found.append(sheet)
    if not found:
        return None
    header, *body = found[0].lines
    if len(header.fields) > MAX_COLUMNS:
        message = f"has {len(header.fields):,} columns; at most {MAX_COLUMNS:,} are read"
        problems.add(BadInput, Problem(message, "split the table", shown, header.number))
        return None
    wrong = _header_problems(header, shown)
    if not body and not wrong:
        wrong.append(Problem("has a header and no rows", "add the table's rows", shown, header.number))
    width = len(header.fields)
    ragged = [line for line in body if len(line.fields) != width]
    names = tuple(map(normalise, header.fields))
    for line in body:
        last = normalise(line.fields[-1]) == names[-1]  # most lines are told by it
        if last and len(line.fields) == width > 1 and tuple(map(normalise, line.fields)) == names:
            problems.add(BadInput, Problem("repeats the header", "take the line out", shown, line.number))
    for problem in wrong + [_ragged(line, shown, width) for line in ragged[:MAX_RAGGED]]:
        problems.add(BadInput, problem)
    if more := len(ragged[MAX_RAGGED:]):
        message = f"{more:,} more lines have not as many fields as the header"
        problems.add(
            BadInput, Problem(message, "is the first line the header?", shown, ragged[MAX_RAGGED].number)
        )
    if wrong or more:
        return None
    return TableLines(shown, header, tuple(_filled(line, width) for line in body), found[0].origin)


def part_of(spec: TableSpec) -> Part:
    """Which part of its file a table is, and how it is written there."""
    return Part(spec.delimiter, spec.sheet or "", spec.range or "")


def at_original(problem: Problem, shown: str, original: Original) -> Problem:
    """A problem of a table's file, at the place of what that was made of."""
    if problem.file != shown or problem.line is None:
        return problem
    if (place := original.place(problem.line, problem.column or 1)) is None:
        return replace(problem, file=original.file, line=None, column=None)
    if address := original.origin.address(*place):
        return replace(problem, file=f"{original.file} {address}", line=None, column=None)
    return replace(problem, file=original.file, line=place[0], column=place[1] if problem.column else None)


def _ragged(line: Line, shown: str, width: int) -> Problem:
    message = f"has {len(line.fields)} fields where the header has {width}"
    hint = "quote a number that holds the delimiter, and keep blank fields"
    return Problem(message, hint, shown, line.number, min(len(line.fields), width) + 1)


def _filled(line: Line, width: int) -> Line:
    if len(line.fields) == width:
        return line
    return Line(line.number, (line.fields[0], *[""] * (width - 1)), ragged=True)


def _header_problems(header: Line, shown: str) -> list[Problem]:
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for position, label in enumerate(map(normalise, header.fields), 1):
        if not label and position > 1:
            advice = "name it, or remove it"
            problems.append(Problem("a column has no label", advice, shown, header.number, position))
        elif (first := seen.setdefault(label, position)) != position:
            message = f"the label {label!r} stands in columns {first} and {position}"
            advice = "give each column its own label"
            problems.append(Problem(message, advice, shown, header.number, position))
    return problems
