"""From a report to copies of the workbooks that it is about, with the suspicious cells marked in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path

from amyqa.errors import BadInput, Problem
from amyqa.model import Report, Table
from amyqa.pipeline.files import outside
from amyqa.project import open_yearbook
from amyqa.reports.marks import marks
from amyqa.sources.files import MARKED
from amyqa.sources.grids import Cells
from amyqa.sources.marking import WORKBOOKS, Mark, marked

_OTHERS = (".xls", ".ods")


def marked_copies(report: Report, paths: Sequence[Path]) -> tuple[dict[str, bytes], list[Problem]]:
    """Copies of the workbooks that were checked, with what was found in them coloured and noted.

    Args:
        paths: what was checked.

    Returns:
        The copies by their names (``chapter.marked.xlsx``), of those workbooks in which there is something
        to mark; and why there is none of a workbook.
    """
    root = Path() if outside(paths) else open_yearbook(paths[0]).root
    by_file: defaultdict[str, list[Table]] = defaultdict(list)
    for table in report.tables:
        if Path(table.file).suffix.lower() in (*WORKBOOKS, *_OTHERS):
            by_file[table.file].append(table)
    said = marks(report)
    copies: dict[str, bytes] = {}
    problems: list[Problem] = []
    for file, tables in by_file.items():
        cells: defaultdict[str, dict[tuple[int, int], Mark]] = defaultdict(dict)
        for table in tables:
            if isinstance(table.origin, Cells):
                for id, mark in said.get(table.id, {}).items():
                    cell = table.cell(id)
                    place = cell.line, table.origin.left - 1 + cell.position
                    cells[table.origin.sheet].setdefault(place, mark)
        if not cells:
            continue
        try:
            content = marked(root / file, file, cells)
        except BadInput as error:
            problems += [
                Problem(f"no marked copy: {each.message}", each.hint, each.file) for each in error.problems
            ]
        else:
            copies[_named(Path(file), copies)] = content
    return copies, problems


def _named(file: Path, taken: Collection[str]) -> str:
    """What a copy is called: as its file, with a number where another is."""
    number, again = 1, ""
    while (name := f"{file.stem}.{MARKED}{again}{file.suffix}").casefold() in {n.casefold() for n in taken}:
        number += 1
        again = f"-{number}"
    return name
