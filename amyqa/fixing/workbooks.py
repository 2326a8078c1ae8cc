"""Corrected copies of workbooks that are of no yearbook, and the log of what was changed in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from amyqa.errors import BadInput, Problem, Problems
from amyqa.fixing import Fixed, journal
from amyqa.fixing.files import changes
from amyqa.fixing.journal import LOG
from amyqa.model import Field, Table
from amyqa.reading.writing import write_atomically
from amyqa.sources.files import read_bytes
from amyqa.sources.grids import Cells
from amyqa.sources.xlsx import corrected


def write(fixed: Fixed, tables: Iterable[Table], to: Path) -> tuple[dict[str, Path], Path | None]:
    """Write copies in which the misprints are corrected, and formulas kept.

    Args:
        tables: at least those that were corrected, their places those of the workbooks.
        to: the folder for the copies.

    Returns:
        The copies by the workbooks' names, and the log, if there is one.

    Raises:
        BadInput: something would be overwritten, or cannot be written.
    """
    edits = edits_of(fixed, tables)
    copies = {file: to / Path(file).name for file in edits}
    problems = Problems()
    if len({path.name.casefold() for path in copies.values()}) < len(copies):
        problems.add(BadInput, Problem("two workbooks have one name", "correct one at a time", str(to)))
    contents: dict[Path, bytes] = {}
    for file, path in copies.items():
        printed = read_bytes(Path(file), file)
        with problems.gathered():
            contents[path] = corrected(printed, file, edits[file])
        there = path.exists() or path.is_symlink()
        if there and read_bytes(path, str(path)) != contents.get(path):
            message = "is not overwritten: it is no copy that this run makes"
            problems.add(BadInput, Problem(message, "name an empty folder with --to", str(path)))
    log = changes(fixed.corrections)
    with problems.gathered():
        if copies and journal.earlier(to / LOG) not in ("", log):
            message = "holds the changes of another run"
            problems.add(BadInput, Problem(message, "name an empty folder with --to", str(to / LOG)))
    problems.raise_if_any()
    for path, content in contents.items():
        write_atomically(path, content)
    if not copies:
        return {}, None
    write_atomically(to / LOG, log)
    return copies, to / LOG


def edits_of(fixed: Fixed, tables: Iterable[Table]) -> dict[str, dict[str, dict[Field, tuple[str, str]]]]:
    """What is to be replaced: old and new tokens, by workbook, sheet, and row and column."""
    edits: defaultdict[str, defaultdict[str, dict[Field, tuple[str, str]]]]
    edits = defaultdict(lambda: defaultdict(dict))
    for table in tables:
        if isinstance(table.origin, Cells):
            for cell, new in fixed.tokens(table.id).items():
                place = cell.line, table.origin.left - 1 + cell.position
                edits[table.file][table.origin.sheet][place] = cell.token, new
    return {file: dict(sheets) for file, sheets in edits.items()}
