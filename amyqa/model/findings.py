"""What does not hold, what could not be judged, and what an editor ruled on it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from amyqa.model.tables import Cell


class Severity(StrEnum):
    """The European Statistical System's E, W and I, most serious first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the most serious."""
        return list(Severity).index(self)


class Ruling(StrEnum):
    """What an editor may rule on a finding."""

    CORRECTED = "corrected"
    EXPLAINED = "explained"
    KEPT = "kept as printed"
    ASKED = "ask the source"


def contradict(rulings: Iterable[str]) -> bool:
    """Whether some of the rulings say that a number is wrong, and others that it stands."""
    said = set(rulings)
    return Ruling.CORRECTED in said and bool(said & {Ruling.EXPLAINED, Ruling.KEPT})


@dataclass(frozen=True, slots=True)
class Decision:
    """What an editor ruled on one finding ("comply or explain"), with enough of it to be read alone.

    Args:
        finding: its fingerprint.
        rule, table, where, relation, printed, message: of the finding, as it was then; `printed` are
            the tokens, by the cells' places.
        expires: from the day after on, the finding is open again.
        proposed: what the diagnosis proposed for its cells then, by their places.
        file, line: where the decision stands, relative to the yearbook; "" and 0 before it is written.
    """

    finding: str
    table: str
    rule: str
    severity: Severity
    where: Mapping[str, str]
    relation: str
    printed: Mapping[str, str]
    message: str
    ruling: Ruling
    reason: str
    who: str
    date: datetime.date
    expires: datetime.date | None = None
    file: str = ""
    line: int = 0
    proposed: Mapping[str, str] = field(default_factory=dict)


class DecisionStatus(StrEnum):
    """What a decision does in one check."""

    APPLIES = "applies"
    EXPIRED = "expired"  # its finding is open again: the decision was for a time
    REOPENED = "reopened"  # its finding is open again: a printed number has changed
    STALE = "stale"  # it matches nothing that was found
    IDLE = "not evaluated"  # what it is about could not be judged this time


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule, told so that an editor understands it at once.

    Args:
        id: fingerprint of rule, table, coordinates and printed tokens; never of row numbers.
        caught_by: ``schema`` or ``suite``.
        where: coordinates of the broken relation (without the dimension it sums over).
        relation: what should hold, as ``total = male + female``.
        cells: the cells of the relation, the total first.
        coefficients: for a sum, what each cell counts in "total minus parts".
        printed, computed, difference: exact numbers, where the rule has them; where a formula takes
            its total several times (2 * A = B), of the multiple.
        status: ``open``, or what an editor ruled.
        decision: the decision that gives it its status or, while it is open, the one that has expired
            or that it reopened (`standing` says which).
        known: it was there at the commit that the check compares with, so that it does not fail it.
    """

    id: str
    table: str
    rule: str
    ess: str
    level: str
    severity: Severity
    caught_by: str
    where: Mapping[str, str]
    relation: str
    cells: tuple[Cell, ...]
    message: str
    printed: Decimal | None = None
    computed: Decimal | None = None
    difference: Decimal | None = None
    coefficients: tuple[int, ...] = ()
    status: str = "open"
    decision: Decision | None = None
    standing: DecisionStatus | None = None
    known: bool = False

    @property
    def is_open(self) -> bool:
        """Whether no decision in force is about it."""
        return self.status == "open"

    @property
    def tokens(self) -> dict[str, str]:
        """What its cells print, by their places: ``2006, Male``; a cell of another table with its name."""
        told: dict[str, str] = {}
        for cell in self.cells:
            place = f"{cell.row}, {cell.column}"
            place = place if cell.table == self.table else f"{cell.table}[{place}]"
            again = sum(known.partition(" (again ")[0] == place for known in told)
            told[f"{place} (again {again})" if again else place] = cell.token.strip()
        return told


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """One identity, or a whole rule (`identity` False), that could not be judged, and why.

    Never a pass.
    """

    table: str
    rule: str
    relation: str
    where: Mapping[str, str]
    reason: str
    identity: bool = True


@dataclass(frozen=True, slots=True)
class Summand:
    """One term of an identity.

    Args:
        cell: a cell's id in the identity's own table, a cell of another table, or None where nothing
            is printed: a constant, a structural zero, a part that is not there.
        coefficient: what it counts in "total minus parts".
        name: what it is called there, as ``male``.
        amount: what is printed, as ``4,908``; "0" for a dash that counts as zero.
    """

    cell: int | Cell | None
    coefficient: int
    name: str
    amount: str


@dataclass(frozen=True, slots=True)
class IdentityArithmetic:
    """One identity with its arithmetic, ready to be told.

    Args:
        state: ``broken``, ``unknown`` or ``holds``.
        where: its place in words, as ``2006`` or ``Total row, HRD factory``.
        terms: the total first.
        sense: ``=``, ``<=`` or ``>=``.
        computed: what the parts make, as ``859`` or ``at least 859``; "" where that says nothing new.
        difference: printed minus computed, where it is known and not 0.
        remark: ``36 too many``, or why it was not evaluated.
    """

    rule: str
    relation: str
    where: str
    terms: tuple[Summand, ...]
    state: str
    sense: str = "="
    computed: str = ""
    difference: Decimal | None = None
    remark: str = ""
