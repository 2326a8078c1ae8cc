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
    from amyqa.reports.html.held import Held
    from amyqa.reports.html.histogram import Histogram
    from amyqa.reports.html.multiples import Multiples

MAX_MARKS = 3


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
    cause: str
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
class CauseView:
    """One thing to look at, as the page tells it: a card beside its table.

    Args:
        number: its place in the report; the same number marks the cells.
        id: that of its first finding, by which programs can name it.
        noun: what it is, as ``likely misprint``.
        severity: of its gravest open finding.
        label: how likely it is, in words; "" where nothing was weighed.
        target: where its sentence leads: to the first cell, if that is shown.
        behind: how many checks it breaks, in words.
        diagnosed, located: it was diagnosed; something is proposed.
        whole: what is proposed explains all of its findings.
        certificate: what was proven.
        instead: that a part may be missing and nothing misprinted.
        findings, alike: its open findings, those spelled out and those folded away because they are alike.
        ruled: its findings that are decided.
        doubt: what does not fit together in what was ruled.
    """

    number: int
    id: str
    table: str
    title: str
    noun: str
    severity: Severity
    is_open: bool
    message: str
    label: str = ""
    target: str = ""
    behind: str = ""
    known: str = ""
    diagnosed: bool = False
    located: bool = False
    whole: bool = False
    certificate: str = ""
    instead: str = ""
    assumptions: tuple[str, ...] = ()
    corrections: tuple[CorrectionView, ...] = ()
    alternatives: tuple[AlternativeView, ...] = ()
    findings: tuple[FindingView, ...] = ()
    alike: tuple[AlikeView, ...] = ()
    ruled: tuple[Link, ...] = ()
    sizes: Histogram | None = None
    doubt: str = ""

    @property
    def anchor(self) -> str:
        """Its id on the page."""
        return f"cause-{self.number}"

    @property
    def look(self) -> str:
        """The class that colours it."""
        return self.severity.value if self.is_open else "ruled"

    @property
    def name(self) -> str:
        """``Likely misprint``."""
        return f"{self.noun[:1].upper()}{self.noun[1:]}"

    @property
    def every(self) -> tuple[FindingView, ...]:
        """All of its open findings."""
        return (*self.findings, *(told for fold in self.alike for told in fold.findings))


@dataclass(frozen=True, slots=True)
class PageCell:
    """A printed cell with something to say of it: causes that break its sums, what a diagnosis says."""

    causes: tuple[CauseView, ...]
    correction: CorrectionView | None = None

    @property
    def shown(self) -> tuple[CauseView, ...]:
        """Those whose number is printed beside the cell."""
        return self.causes[:MAX_MARKS]

    @property
    def classes(self) -> str:
        """How it looks: what is broken, and what a diagnosis says of it."""
        broken = f"broken {self.causes[0].look}" if self.causes else ""
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
class RowGroup:
    """Rows that follow each other; where `held`, nothing in them is broken, and they are folded."""

    held: bool
    rows: tuple[PageRow, ...]


@dataclass(frozen=True, slots=True)
class TableSection:
    """A table of the yearbook, with what was found in it.

    Args:
        number: its place in the report, which its cells' ids begin with.
        looks: of each column, ``""`` for numbers or ``text``.
        groups: the rows, in runs of those to look at and those that hold.
        sheet: how large a sheet of paper it takes, as ``a3``; "" where an ordinary page will do.
        leftwards: its labels are written from right to left, and so is it.
        levels: headings over the columns' own, the outermost first.
        outcome, look: what there is to look at, in words, and the class that colours it.
        causes: in the order of the report, the open ones first.
        cases: the identities of its cells, as JSON.
        held: what became of each rule on it.
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
    groups: tuple[RowGroup, ...]
    sheet: str
    leftwards: bool
    hidden: int
    causes: tuple[CauseView, ...]
    roles: tuple[str, ...]
    cases: str
    held: tuple[Held, ...] = ()
    multiples: Multiples | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is something to look at."""
        return any(cause.is_open for cause in self.causes)


@dataclass(frozen=True, slots=True)
class Folded:
    """A table's place on the page: its head, and its body or, of a large report, the body packed.

    Args:
        opened: the body is seen at once.
        packed: the number of the pack that holds the body and its place in that; None where it stands as
            it is.
    """

    section: TableSection
    opened: bool
    body: str
    packed: tuple[int, int] | None = None


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
        imprint: which check of what it is.
        tally: words and numbers of what was checked.
        causes: what is open and new, those that were diagnosed; `others`: those that were not, the first
            `gravest` of them at once; `known`: what was there before.
        sections: the tables in the order of their first causes.
        decided: findings that are ruled on.
        overrides: how many of each rule's findings are, in words.
        stale: decisions that match nothing any more.
        rules: names and titles of the rules, in the order of each table's `held`.
        index: what is in packed sections, as JSON; packs: their bodies.
    """

    headline: str
    verdict: str
    look: str
    tally: tuple[tuple[str, str], ...]
    remarks: str
    imprint: tuple[str, ...]
    heat: HeatMap | None
    causes: tuple[CauseView, ...]
    others: tuple[CauseView, ...]
    gravest: int
    known: tuple[CauseView, ...]
    findings: int
    things: int
    filters: tuple[Filter, ...]
    sections: tuple[Folded, ...]
    contents: tuple[TableSection, ...]
    rules: tuple[tuple[str, str], ...]
    elsewhere: tuple[CauseView, ...]
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
    packs: tuple[str, ...]
