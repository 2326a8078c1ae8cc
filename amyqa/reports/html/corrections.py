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
    certificate,
    explains,
    instead,
    likelihood_phrase,
    percent,
    proposed_as_printed,
    sentence,
)
from amyqa.reports.html.histogram import Histogram
from amyqa.reports.html.page import (
    AlternativeView,
    CorrectionView,
    DiagnosisView,
    FindingView,
    Link,
    Piece,
    ProofView,
    anchor,
)
from amyqa.reports.places import Places
from amyqa.reports.proofs import Address, Proof
from amyqa.reports.suspects import CANDIDATE


def diagnosed(
    number: int,
    diagnosis: TableDiagnosis,
    places: Places,
    told: Iterable[FindingView],
    proofs: Mapping[tuple[int, Address], Proof],
    sizes: Histogram | None = None,
) -> DiagnosisView:
    """A diagnosis as the page tells it.

    Args:
        number: its place in the report.
        told: the findings it explains.
        proofs: of all diagnoses of the report.
        sizes: how much its findings are off by, where they are many.
    """
    told = sorted(told, key=lambda each: each.number)
    names = {each.anchor: each.name for each in told}
    here = anchor("diagnosis", number)
    located = diagnosis.located
    corrections = tuple(
        _correction(
            change, here, places, _proof(proofs.get((number, (change.cell.table, change.cell.id))), names)
        )
        for change in diagnosis.changes
    )
    return DiagnosisView(
        number=number,
        table=diagnosis.table,
        anchor=here,
        target=next((c.cell.anchor for c in corrections[:1] if c.cell.anchor), here),
        located=located,
        message=diagnosis.message,
        title=places.title(diagnosis.table),
        label=likelihood_phrase(diagnosis.likelihood) if located else "not located",
        certificate=sentence(certificate(diagnosis)),
        instead=instead(diagnosis),
        assumptions=diagnosis.assumptions,
        explains=tuple(Link(each.name, each.anchor) for each in told),
        whole=explains(diagnosis),
        settled=bool(told) and not any(each.is_open for each in told),
        corrections=corrections,
        alternatives=tuple(
            AlternativeView(
                percent(alternative.likelihood),
                tuple(_correction(change, here, places) for change in alternative.changes)
                if located
                else tuple(_candidate(change, here, places) for change in candidates(alternative)),
            )
            for alternative in diagnosis.alternatives
        ),
        sizes=None if located else sizes,
    )


def by_cell(diagnoses: Iterable[DiagnosisView]) -> Mapping[str, CorrectionView]:
    """What to show in the cells of the tables, by their anchors; a proposal outdoes a candidate."""
    diagnoses = list(diagnoses)
    found: dict[str, CorrectionView] = {}
    named = [c for d in diagnoses if not d.located for a in d.alternatives for c in a.corrections]
    for correction in [*(c for d in diagnoses for c in d.corrections), *named]:
        found.setdefault(correction.cell.anchor, correction)
    return found


def _proof(proof: Proof | None, names: Mapping[str, str]) -> ProofView | None:
    if proof is None or proof.finding.difference is None:  # a value by itself: the headline says it all
        return None
    to = anchor("finding", proof.finding.id)
    return ProofView(to, names.get(to, ""), proof.before, proof.after, proof.finding.message)


def _correction(
    change: Change, diagnosis: str, places: Places, proof: ProofView | None = None
) -> CorrectionView:
    token = change.cell.token.strip()
    better = proposed_as_printed(change, places.tables.get(change.cell.table))
    printed, proposed = compared(token, better)
    return CorrectionView(
        role=INHERITED if change.role == INHERITED else ROOT,
        cell=places.link(change.cell),
        printed=printed,
        proposed=proposed,
        message=change.message or f"{cell_name(change.cell)}: printed {token}, not {better}.",
        diagnosis=diagnosis,
        proof=proof,
    )


def _candidate(change: Change, diagnosis: str, places: Places) -> CorrectionView:
    token = change.cell.token.strip()
    said = f"{cell_name(change.cell)}: {token} may be the misprint; which cell is wrong cannot be told."
    return CorrectionView(CANDIDATE, places.link(change.cell), (Piece(token, False),), (), said, diagnosis)


def compared(printed: str, proposed: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Two numbers in pieces, so that the digits that differ can be emphasised.

    Only digits are compared, so that 999 and 1,049 differ in digits and not in a comma.
    """
    one, other = ([i for i, char in enumerate(text) if char.isdecimal()] for text in (printed, proposed))
    left, right = [printed[i] for i in one], [proposed[i] for i in other]
    if left == right:  # a sign, a decimal point, a dash
        return (Piece(printed, True),), (Piece(proposed, True),)
    if len(left) == len(right):
        apart = [i for i in range(len(left)) if left[i] != right[i]]
        return _pieces(printed, {one[i] for i in apart}), _pieces(proposed, {other[i] for i in apart})
    shorter = min(len(left), len(right))
    start = next((i for i in range(shorter) if left[i] != right[i]), shorter)
    end = next((i for i in range(shorter - start) if left[-1 - i] != right[-1 - i]), shorter - start)
    return (
        _pieces(printed, set(one[start : len(one) - end])),
        _pieces(proposed, set(other[start : len(other) - end])),
    )


def _pieces(text: str, differing: set[int]) -> tuple[Piece, ...]:
    runs = groupby(enumerate(text), key=lambda at: at[0] in differing)
    return tuple(Piece("".join(char for _, char in run), differs) for differs, run in runs)
