"""Rulings that editors filled into a report's workbook, in the columns Ruling and Reason of its findings."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from amyqa.decisions.files import FINGERPRINT
from amyqa.errors import BadInput, Problem, Problems, did_you_mean
from amyqa.model import Ruling
from amyqa.sources import xlsx
from amyqa.sources.cells import address
from amyqa.sources.sheet import Line, Sheet

SHEET = "Findings"
NEEDED = ("Id", "Ruling", "Reason")
LONGEST = 2_000
"""Characters of a reason or a name; a longer one is not an editor's."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One line of the sheet with a ruling; `place` is where that stands, for people."""

    finding: str
    ruling: Ruling
    reason: str
    who: str
    expires: datetime.date | None
    place: str


def filled(path: Path, problems: Problems) -> list[Filled]:
    """The rulings of a workbook, top to bottom; lines without one are passed over.

    Only text counts: a formula is refused, and nothing is run.

    Args:
        problems: where what is wrong with a line goes.

    Raises:
        BadInput: it cannot be read, or has no such sheet or columns.
    """
    shown = str(path)
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise BadInput(
            [Problem("is no workbook", "name the report.xlsx that amyqa check --report wrote", shown)]
        )
    sheet = next((each for each in xlsx.sheets(path, shown) if each.name == SHEET), None)
    if sheet is None or not sheet.lines:
        advice = "name the report.xlsx that amyqa check --report wrote"
        raise BadInput([Problem(f"has no sheet {SHEET}", advice, file=shown)])
    head, *lines = sheet.lines
    columns = {name.strip(): i for i, name in reversed(list(enumerate(head.fields)))}
    if missing := [name for name in NEEDED if name not in columns]:
        advice = "leave the header of the sheet as amyqa wrote it"
        message = f"the sheet {SHEET} has no column {' and no column '.join(missing)}"
        raise BadInput([Problem(message, advice, file=shown)])
    return list(_filled(sheet, lines, columns, shown, problems))


def _filled(
    sheet: Sheet, lines: list[Line], columns: Mapping[str, int], shown: str, problems: Problems
) -> Iterator[Filled]:
    seen: dict[str, str] = {}
    for line in lines:
        said = {
            name: " ".join(line.fields[i].split()) if i < len(line.fields) else ""
            for name, i in columns.items()
        }
        place = f"{shown} {sheet.name}!{address(line.number, columns['Ruling'] + 1)}"
        computed = [name for name in NEEDED if (line.number, columns[name] + 1) in sheet.formulas]
        if computed:  # what it shows may be old, or nothing
            message = f"the column {computed[0]} holds a formula"
            problems.add(BadInput, Problem(message, "write the words themselves", file=place))
            continue
        if not said["Ruling"]:
            continue
        before = len(problems)
        id = said["Id"].lower()
        ruling = next((word for word in Ruling if word.value == said["Ruling"].lower()), None)
        expires = _day(said.get("Expires", ""), place, problems)

        def wrong(message: str, hint: str, place: str = place) -> None:
            problems.add(BadInput, Problem(message, hint, file=place))

        if ruling is None:
            wrong(
                f"there is no ruling {said['Ruling'][:80]!r}", did_you_mean(said["Ruling"][:80], list(Ruling))
            )
        if not FINGERPRINT.fullmatch(id):
            wrong(f"{said['Id'][:80]!r} is not a finding's id", "leave the column Id as amyqa wrote it")
        elif id in seen:
            wrong(f"finding {id} has a ruling already, at {seen[id]}", "leave one of the two lines")
        if not said["Reason"]:
            wrong("a decision without a reason is refused", "say why in the column Reason")
        if max(len(said["Reason"]), len(said.get("Who", ""))) > LONGEST:
            wrong(f"a reason or name has more than {LONGEST:,} characters", "shorten it")
        seen.setdefault(id, place)
        if ruling is not None and len(problems) == before:
            yield Filled(id, ruling, said["Reason"], said.get("Who", ""), expires, place)


def _day(text: str, place: str, problems: Problems) -> datetime.date | None:
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError:
        problems.add(BadInput, Problem(f"{text[:80]!r} is not a date", "write YEAR-MONTH-DAY", file=place))
        return None
