"""The diagnoses of the HTML page: each cell with what it should have been, digit by digit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from amyqa.model import Change, TableDiagnosis
from amyqa.reports.certainty import (
    INHERITED,
    ROOT,
    candidates,
    cell_name,
    percent,
    proposed_as_printed,
)
from amyqa.reports.html.page import (
    AlternativeView,
    CauseView,
    CorrectionView,
    Piece,
    ProofView,
    anchor,
)
from amyqa.reports.places import Places
from amyqa.reports.proofs import Address, Proof
from amyqa.reports.suspects import CANDIDATE


def corrections_of(
    number: int,
    diagnosis: TableDiagnosis,
    cause: str,
    places: Places,
    proofs: Mapping[tuple[int, Address], Proof],
) -> tuple[CorrectionView, ...]:
    """The cells that a diagnosis (the `number`-th of the report) calls wrong, each with its proof."""
    return tuple(
        _correction(change, cause, places, _proof(proofs.get((number, (change.cell.table, change.cell.id)))))
        for change in diagnosis.changes
    )


def alternatives_of(diagnosis: TableDiagnosis, cause: str, places: Places) -> tuple[AlternativeView, ...]:
    """The other explanations; where nothing is located, their cells without a proposal."""
    return tuple(
        AlternativeView(
            percent(alternative.likelihood),
            tuple(_correction(change, cause, places) for change in alternative.changes)
            if diagnosis.located
            else tuple(_candidate(change, cause, places) for change in candidates(alternative)),
        )
        for alternative in diagnosis.alternatives
    )


def by_cell(causes: Iterable[CauseView]) -> Mapping[str, CorrectionView]:
    """What to show in the cells of the tables, by their anchors; a proposal outdoes a candidate."""
    causes = list(causes)
    found: dict[str, CorrectionView] = {}
    named = [c for d in causes if not d.located for a in d.alternatives for c in a.corrections]
    for correction in [*(c for d in causes for c in d.corrections), *named]:
        found.setdefault(correction.cell.anchor, correction)
    return found


def _proof(proof: Proof | None) -> ProofView | None:
    if proof is None or proof.finding.difference is None:  # a value by itself: the headline says it all
        return None
    to = anchor("finding", proof.finding.id)
    return ProofView(to, proof.before, proof.after, proof.finding.message)


def _correction(change: Change, cause: str, places: Places, proof: ProofView | None = None) -> CorrectionView:
    token = change.cell.token.strip()
    better = proposed_as_printed(change, places.tables.get(change.cell.table))
    printed, proposed = compared(token, better)
    return CorrectionView(
        role=INHERITED if change.role == INHERITED else ROOT,
        cell=places.link(change.cell),
        printed=printed,
        proposed=proposed,
        message=change.message or f"{cell_name(change.cell)}: printed {token}, not {better}.",
        cause=cause,
        proof=proof,
    )


def _candidate(change: Change, cause: str, places: Places) -> CorrectionView:
    token = change.cell.token.strip()
    said = f"{cell_name(change.cell)}: {token} may be the misprint; which cell is wrong cannot be told."
    return CorrectionView(CANDIDATE, places.link(change.cell), (Piece(token, False),), (), said, cause)


def compared(printed: str, proposed: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two numbers in pieces, so that what differs can be emphasised.

    Digits are compared with digits. Where they are the same but for zeros at the end, it is the marks that
    differ: of 14,144.00 and 14.144 the comma, the point and the zeros.
    """
    one, other = _Digits(printed), _Digits(proposed)
    if one.text == other.text or (one.significant and one.significant == other.significant):
        here, there = _marks(one, other), _marks(other, one)
        if here or there:
            return one.pieces(here), other.pieces(there)
    if len(one.text) == len(other.text) and one.decimals == other.decimals:
        apart = [i for i, (left, right) in enumerate(zip(one.text, other.text, strict=True)) if left != right]
        return one.pieces({one.at[i] for i in apart}), other.pieces({other.at[i] for i in apart})
    shorter, longer = sorted((one.text, other.text), key=len)
    start = next((i for i in range(len(shorter)) if shorter[i] != longer[i]), len(shorter))
    end = next(
        (i for i in range(len(shorter) - start) if shorter[-1 - i] != longer[-1 - i]), len(shorter) - start
    )
    if start + end == len(shorter):  # digits too many, or missing
        return one.pieces(set(one.at[start : len(one.at) - end])), other.pieces(
            set(other.at[start : len(other.at) - end])
        )
    return one.pieces(one.unlike(other)), other.pieces(other.unlike(one))


def _marks(one: _Digits, other: _Digits) -> set[int]:
    """Where two numbers of the same digits differ: in their marks, and zeros at an end; else in all."""
    others = [(char, other.before(i)) for i, char in enumerate(other.whole) if not char.isdecimal()]
    found = {
        i for i, char in enumerate(one.whole) if not char.isdecimal() and (char, one.before(i)) not in others
    }
    if len(one.text) != len(other.text):
        found |= {one.at[i] for i in range(len(one.text.rstrip("0")), len(one.text)) if i >= len(other.text)}
    return found


class _Digits:
    """A printed number, its digits, and where they stand."""

    def __init__(self, whole: str) -> None:
        self.whole = whole
        self.at = [i for i, char in enumerate(whole) if char.isdecimal()]
        self.text = "".join(whole[i] for i in self.at)
        self.significant = self.text.strip("0")
        point = max(whole.rfind("."), whole.rfind(","))
        after = sum(i > point for i in self.at)
        grouped = whole[point : point + 1] == "," and after == 3
        self.decimals = 0 if point < 0 or grouped else after

    def before(self, place: int) -> int:
        """How many digits stand before a place."""
        return sum(i < place for i in self.at)

    def unlike(self, other: _Digits) -> set[int]:
        """Where the digits of the same worth differ."""
        theirs = {len(other.text) - other.decimals - i: digit for i, digit in enumerate(other.text)}
        worth = len(self.text) - self.decimals
        return {self.at[i] for i, digit in enumerate(self.text) if theirs.get(worth - i) != digit}

    def pieces(self, differing: set[int]) -> tuple[Piece, ...]:
        """The whole number, in runs of what differs and what does not."""
        runs = groupby(enumerate(self.whole), key=lambda at: at[0] in differing)
        return tuple(Piece("".join(char for _, char in run), differs) for differs, run in runs)
