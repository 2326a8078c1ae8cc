"""The parts of the HTML page: what the templates are given, already decided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amyqa.model import ROLE_WORDS, Counts, Severity
from amyqa.reports.phrases import Gap
from amyqa.reports.places import CellLink

if TYPE_CHECKING:
    from amyqa.model import TableSpec
    from amyqa.reports.html.drawing import HeatMap, Series
    from amyqa.reports.html.headers import Heading
    from amyqa.reports.html.histogram import Histogram

MAX_MARKS = 3
MAX_LINKS = 12


def anchor(kind: str, *names: object) -> str:
    """An id to link to, as ``table-2005/cambodia/by-sex``; different names never share one."""
    text = "-".join(str(name) for name in names)
    return f"{kind}-" + re.sub(r"[^A-Za-z0-9./-]", lambda match: f"_{ord(match[0]):x}_", text)


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to another place of the page."""

    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class RulingView:
    """A decision that no finding of the report is told with, and what it was about."""

    finding: str
    words: str
    place: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding as the page tells it.

    Args:
        number: its place in the whole report; the same number marks the cells.
        statuses: what the filter by status finds it under, the first one for people.
        chapter: the folder of its table.
        total, parts, computed, difference: an addition, where the finding is one.
        cells: the cells concerned, where it is not.
        more: parts or cells that are not spelled out.
        reason: the diagnosis it belongs to.
        known: that it was there before.
        ruled: what an editor ruled on it, or what has become of that.
        series: the numbers around an outlier, drawn.
    """

    number: int
    anchor: str
    severity: Severity
    rule: str
    ess: str
    statuses: tuple[str, ...]
    message: str
    title: str
    chapter: str
    details: tuple[str, ...]
    total: CellLink | None = None
    parts: tuple[CellLink, ...] = ()
    computed: str = ""
    difference: str = ""
    cells: tuple[CellLink, ...] = ()
    more: int = 0
    reason: Link | None = None
    known: str = ""
    ruled: str = ""
    series: Series | None = None
    is_open: bool = True

    @property
    def name(self) -> str:
        """``Error 1``, or ``Error 1 (explained)``."""
        ruling = "" if self.is_open else f" ({self.statuses[0]})"
        return f"{self.severity.capitalize()} {self.number}{ruling}"

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
class ProofView:
    """The broken sum that a correction mends, as printed and corrected; a sentence where it is no sum."""

    anchor: str
    name: str
    before: str
    after: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CorrectionView:
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
    proof: ProofView | None = None

    @property
    def word(self) -> str:
        """What people call its role."""
        return ROLE_WORDS.get(self.role, self.role)


@dataclass(frozen=True, slots=True)
class AlternativeView:
    """Another explanation, and how likely it is."""

    likelihood: str
    corrections: tuple[CorrectionView, ...]


@dataclass(frozen=True, slots=True)
class AlikeView:
    """What is folded away of many findings of one relation."""

    words: str
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class DiagnosisView:
    """A diagnosis as the page tells it.

    Args:
        target: where the sentence at the top leads: to the first cell, if it is shown.
        label: how likely it is, in words.
        certificate: what was proven.
        instead: that a part may be missing and nothing misprinted.
        explains: its findings; `whole`, where what is proposed explains all of them.
        settled: all of them are ruled on.
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
    whole: bool
    settled: bool
    corrections: tuple[CorrectionView, ...]
    alternatives: tuple[AlternativeView, ...]
    sizes: Histogram | None = None

    @property
    def first(self) -> tuple[Link, ...]:
        """As many of its findings as are named; the others are counted."""
        return self.explains[:MAX_LINKS]


@dataclass(frozen=True, slots=True)
class PageCell:
    """A printed cell with something to say of it: the findings that compare it, what a diagnosis says."""

    findings: tuple[FindingView, ...]
    correction: CorrectionView | None = None

    @property
    def shown(self) -> tuple[FindingView, ...]:
        """Those whose number is printed beside the cell."""
        return self.findings[:MAX_MARKS]

    @property
    def classes(self) -> str:
        """How it looks: what is broken, and what a diagnosis says of it."""
        broken = f"broken {self.findings[0].look}" if self.findings else ""
        role = f"role {self.correction.role}" if self.correction else ""
        return " ".join(filter(None, (broken, role)))


@dataclass(frozen=True, slots=True)
class PageRow:
    """A printed row.

    Args:
        cells: id, token, look (see :class:`Section`), and what is to be said of it, if anything.
    """

    keys: tuple[str, ...]
    line: int
    source_line: int | None
    total: bool
    uncertain: str
    cells: tuple[tuple[str, str, str, PageCell | None], ...]


@dataclass(frozen=True, slots=True)
class TableSection:
    """A table of the yearbook, with what was found in it.

    Args:
        number: its place in the report, which its cells' ids begin with.
        looks: of each column, ``""`` for numbers or ``text``.
        levels: headings over the columns' own, the outermost first.
        cases: the identities of its cells, as JSON.
        spelled, alike: its findings, those that are spelled out and those that are folded away.
    """

    number: int
    id: str
    anchor: str
    chapter: str
    spec: TableSpec
    file: str
    source: str
    facts: tuple[str, ...]
    counts: Counts
    size: int
    outcome: str
    look: str
    keys: tuple[str, ...]
    levels: tuple[tuple[Heading, ...], ...]
    columns: tuple[str, ...]
    looks: tuple[str, ...]
    rows: tuple[PageRow, ...]
    hidden: int
    diagnoses: tuple[DiagnosisView, ...]
    roles: tuple[str, ...]
    findings: tuple[FindingView, ...]
    cases: str
    spelled: tuple[FindingView, ...] = ()
    alike: tuple[AlikeView, ...] = ()


@dataclass(frozen=True, slots=True)
class Folded:
    """A table's place on the page: its head, and its body or, of a large report, the body packed.

    Args:
        opened: the body is seen at once.
        packed: the body, compressed and in base64; "" where it stands as it is.
    """

    section: TableSection
    opened: bool
    body: str
    packed: str = ""


@dataclass(frozen=True, slots=True)
class DoubtView:
    """Cells of one row that cannot be relied on, and why."""

    row: str
    reason: str
    cells: tuple[CellLink, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """One of the filters: its options with their numbers of findings."""

    id: str
    label: str
    everything: str
    options: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report.

    Args:
        headline: how many things there are to look at; "" where there is none.
        tally: words and numbers of what was checked.
        sections: tables with open findings first, the gravest in front.
        others: open findings that no proposed misprint explains, the first `gravest` of them at once.
        decided: findings that are ruled on.
        overrides: how many of each rule's findings are, in words.
        stale: decisions that match nothing any more.
        index: what is in packed sections, as JSON.
    """

    headline: str
    verdict: str
    look: str
    tally: tuple[tuple[str, str], ...]
    remarks: str
    engine: str
    heat: HeatMap | None
    diagnoses: tuple[DiagnosisView, ...]
    findings: tuple[FindingView, ...]
    others: tuple[FindingView, ...]
    gravest: int
    filters: tuple[Filter, ...]
    sections: tuple[Folded, ...]
    contents: tuple[TableSection, ...]
    diagnosed_elsewhere: tuple[DiagnosisView, ...]
    elsewhere: tuple[FindingView, ...]
    decided: tuple[FindingView, ...]
    overrides: tuple[str, ...]
    stale: tuple[RulingView, ...]
    gaps: tuple[tuple[str, tuple[Gap, ...]], ...]
    not_evaluated: str
    failed: str
    failures: tuple[tuple[str, list[str]], ...]
    unchecked: str
    free: tuple[tuple[str, list[str]], ...]
    doubts: tuple[tuple[str, tuple[DoubtView, ...]], ...]
    most_at_top: int
    most_folded: int
    index: str
