"""The parts of the HTML page: what the template is given, already decided."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amyqa.model import Counts, Severity
from amyqa.reports.phrases import Gap

if TYPE_CHECKING:
    from amyqa.reading.spec import Spec

MOST_MARKS = 3


def anchor(kind: str, *names: object) -> str:
    """An id to link to, as ``cell-2005/cambodia/by-sex-12``; different names never share one."""
    text = "-".join(str(name) for name in names)
    return f"{kind}-" + re.sub(r"[^A-Za-z0-9./-]", lambda match: f"_{ord(match[0]):x}_", text)


@dataclass(frozen=True, slots=True)
class CellLink:
    """A printed cell named beside a finding; no anchor when its row is not shown."""

    label: str
    text: str
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to another place of the page."""

    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as the page tells it.

    Args:
        number: its place in the whole report; the same number marks the cells.
        total, parts, computed, difference: an addition, where the finding is one.
        cells: the cells concerned, where it is not.
        more: parts or cells that are not spelled out.
        reason: the diagnosis it belongs to.
    """

    number: int
    anchor: str
    severity: Severity
    status: str
    message: str
    title: str
    details: tuple[str, ...]
    total: CellLink | None = None
    parts: tuple[CellLink, ...] = ()
    computed: str = ""
    difference: str = ""
    cells: tuple[CellLink, ...] = ()
    more: int = 0
    reason: Link | None = None

    @property
    def name(self) -> str:
        """``Error 1``, or ``Error 1 (explained)``."""
        ruling = "" if self.is_open else f" ({self.status})"
        return f"{self.severity.capitalize()} {self.number}{ruling}"

    @property
    def is_open(self) -> bool:
        """Whether no editor has ruled on it."""
        return self.status == "open"

    @property
    def look(self) -> str:
        """The class that colours it."""
        return self.severity.value if self.is_open else "ruled"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a number, and whether they are where it differs from the other one."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """A cell of a diagnosis; nothing is proposed for a mere candidate.

    Args:
        role: ``root``, ``inherited`` or ``candidate``.
    """

    role: str
    cell: CellLink
    printed: tuple[Piece, ...]
    proposed: tuple[Piece, ...]
    message: str
    diagnosis: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another explanation, and how likely it is."""

    likelihood: str
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A diagnosis as the page tells it.

    Args:
        target: where the sentence at the top leads: to the first cell, if it is shown.
        label: how likely it is, in words.
        certificate: what was proven.
        instead: that a part may be missing and nothing misprinted.
        explains: its findings.
    """

    number: int
    table: str
    anchor: str
    target: str
    located: bool
    message: str
    title: str
    label: str
    certificate: str
    instead: str
    assumptions: tuple[str, ...]
    explains: tuple[Link, ...]
    corrections: tuple[Correction, ...]
    alternatives: tuple[Alternative, ...]


@dataclass(slots=True)
class Marks:
    """The findings about one cell: those that compare it, and those it is only a part of."""

    broken: list[Told] = field(default_factory=list)
    part: list[Told] = field(default_factory=list)

    @property
    def told(self) -> list[Told]:
        """All of them, in the order of the report."""
        return sorted([*self.broken, *self.part], key=lambda told: told.number)

    @property
    def shown(self) -> list[Told]:
        """Those whose number is printed beside the cell."""
        return self.broken[:MOST_MARKS]

    @property
    def width(self) -> int:
        """Characters the numbers take, a comma between them."""
        return len(",".join(str(told.number) for told in self.shown)) + (len(self.broken) > MOST_MARKS)

    @property
    def classes(self) -> str:
        """How the cell looks."""
        return f"{'broken' if self.broken else 'part'} {(self.broken or self.part)[0].look}"


@dataclass(frozen=True, slots=True)
class PageCell:
    """A printed cell."""

    anchor: str
    token: str
    marks: Marks | None
    correction: Correction | None = None

    @property
    def classes(self) -> str:
        """How it looks: what is broken, and what a diagnosis says of it."""
        role = f"role {self.correction.role}" if self.correction else ""
        return " ".join(filter(None, (self.marks.classes if self.marks else "", role)))

    @property
    def title(self) -> str:
        """All that is known about it, for whoever points at it."""
        said = [f"{told.name}: {told.message}" for told in self.marks.told] if self.marks else []
        if self.correction:
            said.insert(0, f"{self.correction.role.capitalize()}: {self.correction.message}")
        return " / ".join(said)


@dataclass(frozen=True, slots=True)
class PageRow:
    """A printed row."""

    keys: tuple[str, ...]
    origin: str
    total: bool
    uncertain: str
    cells: tuple[PageCell, ...]


@dataclass(frozen=True, slots=True)
class PageColumn:
    """A printed column: ``number`` or ``text``, and the room its marks need."""

    label: str
    kind: str
    gutter: int


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the yearbook, with what was found in it."""

    id: str
    anchor: str
    spec: Spec
    file: str
    source: str
    facts: tuple[str, ...]
    counts: Counts
    size: int
    outcome: str
    look: str
    keys: tuple[str, ...]
    columns: tuple[PageColumn, ...]
    rows: tuple[PageRow, ...]
    hidden: int
    diagnoses: tuple[Diagnosed, ...]
    roles: tuple[str, ...]
    findings: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report."""

    verdict: str
    look: str
    tally: str
    engine: str
    diagnoses: tuple[Diagnosed, ...]
    findings: tuple[Told, ...]
    sections: tuple[Section, ...]
    diagnosed_elsewhere: tuple[Diagnosed, ...]
    elsewhere: tuple[Told, ...]
    gaps: tuple[tuple[str, tuple[Gap, ...]], ...]
    not_evaluated: str
    most_at_top: int
    most_diagnoses_at_top: int
