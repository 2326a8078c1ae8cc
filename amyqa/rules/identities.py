"""Relations stated one by one: a spec's formulas, and claims of the text about a table's cell."""

from __future__ import annotations

import dataclasses

from amyqa.model import Reference
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult
from amyqa.rules.rule import Linear, Rule, RuleRun, TableContext
from amyqa.rules.shape import Arguments, Shape
from amyqa.rules.wording import IdentityDescription, Terms, arranged, passage


def terms(arguments: Arguments, shape: Shape) -> str:
    """The terms as they were stated: a relation of their own (see :mod:`amyqa.rules.stated`)."""
    del arguments, shape
    return "SELECT identity, cell, coefficient FROM stated"


_RESULTS = "SELECT identity, cell FROM stated WHERE result = 1"


def bind(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
    """There is something to judge where the table states a formula."""
    return arguments, "" if len(known.stated) else "the table states no such relation"


def _tell_stated(ran: RuleRun, judged: IdentityResult, observations: Observations) -> IdentityDescription:
    del ran
    formula, number = observations.table.stated.instance_of(observations.number(judged.key))
    where = formula.place(number)
    other = {"row": "column", "column": "row"}.get(next(iter(where), ""), "")
    names: dict[int, str] = {}
    for id, _ in judged.terms:
        if id > 0:
            cell = observations.table.cell(id)
            whole = f"{cell.row}, {cell.column}"
            names[id] = {"row": cell.row, "column": cell.column}.get(other, whole)
    return _told(judged, observations, names, verbatim="row" in where)


def _tell_claim(ran: RuleRun, judged: IdentityResult, observations: Observations) -> IdentityDescription:
    del ran
    told = _told(judged, observations, {id: "the text's figure" for id, _ in judged.terms if id > 0})
    (quoted, *_) = [id for id, _ in told.terms.parts if id in observations.external] or [0]
    if not (cell := observations.external.get(quoted)):
        return told
    terms = told.terms
    sentence = (
        f"{passage(told.where)}: the text says {terms.amount(terms.total)} ({told.where['claim']}), but "
        f"{cell.table} prints {cell.token.strip()} for {cell.row}, {cell.column}."
    )
    return dataclasses.replace(told, sentence=sentence)


def _told(
    judged: IdentityResult, observations: Observations, names: dict[int, str], verbatim: bool = False
) -> IdentityDescription:
    stated, number = observations.table.stated.instance_of(observations.number(judged.key))
    where = stated.place(number)
    order = {id: i for i, (id, _) in enumerate(observations.stated_terms(judged.key))}
    terms = Terms(observations, arranged(judged, order), names)
    cells = [term.cell for term in stated.terms]
    unread = [observations.unread.get(cell.table, "") for cell in cells if isinstance(cell, Reference)]
    known = [stated.unknown, *dict.fromkeys(unread)]
    unknown = (
        [reason for reason in known if reason] or terms.unknown() or ["it names a cell that is not there"]
    )
    return IdentityDescription(
        terms, where, stated.relation, stated.relation, verbatim=verbatim, unknown=tuple(unknown)
    )


def _relation(ran: RuleRun, judged: IdentityResult, observations: Observations) -> str:
    del ran
    return observations.table.stated.instance_of(observations.number(judged.key))[0].relation


STATED = Rule(
    name="identities",
    ess="VAD",
    level="1c",
    title="a relation that the table's YAML states as a formula holds",
    done_by="suite",
    expectation="expect_stated_identities_to_hold",
    definition=Linear(terms, _tell_stated, _relation, _RESULTS, together=True),
    bind=bind,
)

CLAIMS = Rule(
    name="claims",
    ess="VCO",
    level="2",
    title="a figure in the text agrees with the table's cell that it speaks of",
    done_by="suite",
    expectation="expect_claims_to_agree_with_cells",
    definition=Linear(terms, _tell_claim, _relation, _RESULTS, together=True),
    bind=bind,
)
