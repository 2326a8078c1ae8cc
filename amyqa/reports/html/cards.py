"""The causes of the HTML page: cards with what is wrong, its proof, and the findings behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from amyqa.model import Finding, Table
from amyqa.model.findings import contradict
from amyqa.reports.causes import FIRST_ALIKE, Cause, alike_phrase, checks_phrase, floods, size_phrase
from amyqa.reports.certainty import certificate, explains, instead, sentence
from amyqa.reports.html.corrections import alternatives_of, corrections_of
from amyqa.reports.html.histogram import histogram
from amyqa.reports.html.page import AlikeView, CauseView, FindingView, Link
from amyqa.reports.places import Places
from amyqa.reports.proofs import Address, Proof
from amyqa.reports.rulings import contradiction_phrase


def card(
    number: int,
    cause: Cause,
    places: Places,
    told: Mapping[str, FindingView],
    proofs: Mapping[tuple[int, Address], Proof],
    since: str = "",
) -> CauseView:
    """A cause as the page tells it.

    Args:
        number: its place among the causes of the report.
        told: the findings of the report, by their ids.
        proofs: of all diagnoses of the report.
    """
    table = places.tables.get(cause.table)
    spelled, alike = _folded(cause, told, table)
    view = CauseView(
        number=number,
        id=cause.id,
        table=cause.table,
        title=places.title(cause.table),
        noun=cause.noun,
        severity=cause.severity,
        is_open=cause.is_open,
        message=cause.sentence(table),
        label=cause.certainty,
        target=_target(number, cause, places),
        behind=checks_phrase(cause.open or cause.findings),
        known=f"known since {since}" if cause.known and since else "",
        findings=spelled,
        alike=alike,
        ruled=tuple(Link(told[f.id].name, told[f.id].anchor) for f in cause.findings if not f.is_open),
    )
    if contradict(finding.status for finding in cause.findings):
        view = replace(view, doubt=contradiction_phrase(cause))
    return _diagnosed(view, cause, places, proofs, table) if cause.diagnosis else view


def _diagnosed(
    view: CauseView,
    cause: Cause,
    places: Places,
    proofs: Mapping[tuple[int, Address], Proof],
    table: Table | None,
) -> CauseView:
    """The card with what the diagnosis says."""
    diagnosis = cause.diagnosis
    assert diagnosis is not None
    return replace(
        view,
        diagnosed=True,
        located=diagnosis.located,
        whole=explains(diagnosis),
        certificate=sentence(certificate(diagnosis)),
        instead=instead(diagnosis),
        assumptions=diagnosis.assumptions,
        corrections=corrections_of(cause.number, diagnosis, view.anchor, places, proofs),
        alternatives=alternatives_of(diagnosis, view.anchor, places),
        sizes=None if diagnosis.located else histogram(cause.findings, table),
    )


def _target(number: int, cause: Cause, places: Places) -> str:
    """Where the sentence leads: to the misprint, if it is shown, else to the card."""
    first = cause.diagnosis.changes[:1] if cause.diagnosis else ()
    return next((to for change in first if (to := places.anchor(change.cell))), f"cause-{number}")


def _folded(
    cause: Cause, told: Mapping[str, FindingView], table: Table | None
) -> tuple[tuple[FindingView, ...], tuple[AlikeView, ...]]:
    """What is spelled out of a cause's open findings, and what is folded away because it is alike."""
    many = floods(cause)
    spelled: list[FindingView] = []
    alike: dict[int, list[Finding]] = {}
    for finding in cause.open:
        members = many.get(finding.id)
        group = alike.setdefault(id(members), []) if members else []
        group.append(finding)
        if len(group) <= FIRST_ALIKE:
            spelled.append(told[finding.id])
    return tuple(spelled), tuple(_alike(group, told, table) for group in alike.values())


def _alike(group: list[Finding], told: Mapping[str, FindingView], table: Table | None) -> AlikeView:
    size = size_phrase(group, table)
    rest = tuple(told[finding.id] for finding in group[FIRST_ALIKE:])
    return AlikeView(f"{alike_phrase(group)}{f', {size}' if size else ''}: {len(rest):,} more", rest)
