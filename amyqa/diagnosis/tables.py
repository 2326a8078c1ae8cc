"""Diagnosing a table of a yearbook: from its account to diagnoses in an editor's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.diagnosis import quotients, wording
from amyqa.diagnosis.case import Case, Identity
from amyqa.diagnosis.diagnose import diagnose
from amyqa.diagnosis.grid import pattern
from amyqa.diagnosis.misprints import ERROR_MECHANISMS, ErrorMechanisms
from amyqa.diagnosis.printed import Printed
from amyqa.diagnosis.verdict import Alternative, ProposedChange, Verdict
from amyqa.model import Cell, Explanation, Status, Table, TableDiagnosis
from amyqa.model import Change as Proposal
from amyqa.reading.labels import OF_A_HUNDRED, holds
from amyqa.rules.collector import Evaluated, ResultCollector
from amyqa.rules.observations import Observations
from amyqa.rules.shape import SLACK_VARIABLE, ZERO

MAX_ALTERNATIVES = 8
LEAST_LIKELIHOOD = 0.005


@dataclass(frozen=True, slots=True)
class Summed:
    """An evaluated identity with its terms over OBS_CELL, as the evaluator netted them.

    Args:
        lines: how many its relation has in the table, where not all of them are at hand.
    """

    evaluated: Evaluated
    terms: Mapping[int, int]
    lines: int = 0


def exact(evaluated: Evaluated) -> bool:
    """Whether every part was known: a bound that is exceeded tells no figure."""
    judged = evaluated.judged
    return evaluated.finding is None or (judged.low == judged.high and judged.low is not None)


def keeps(sums: Iterable[Summed], cell: Cell, scale: int, proposed: Decimal) -> bool:
    """Whether all identities that hold would still hold with another number in a cell.

    Args:
        scale: residuals are whole numbers of 10**-scale units.
    """
    change = (proposed - (cell.reading.value or Decimal(0))).scaleb(scale)
    for each in sums:
        judged, times = each.evaluated.judged, each.terms.get(cell.id, 0)
        if not times or each.evaluated.finding is not None:
            continue
        if judged.low is not None and judged.low + times * change > judged.tolerance:
            return False
        if judged.high is not None and judged.high + times * change < -judged.tolerance:
            return False
    return True


def diagnose_table(
    collector: ResultCollector,
    sums: Sequence[Summed],
    *,
    certify: bool = True,
    shares: ErrorMechanisms = ERROR_MECHANISMS,
) -> list[TableDiagnosis]:
    """Explain the broken identities of a table.

    Args:
        sums: the evaluated identities around the broken ones.
        shares: how often each kind of slip happens where the table was made.
    """
    observations = collector.observations
    known = _printed(observations.table)
    usable = [
        s
        for s in sums
        if exact(s.evaluated)
        and SLACK_VARIABLE not in s.terms
        and _printed_terms(s.terms)
        # a bound that leaves one value can be judged, but is no number to correct
        and all(cell in known for cell in s.terms if cell > 0)
    ]
    if not any(s.evaluated.finding for s in usable):
        return []
    case = replace(_case(observations, usable), shares=shares)
    verdicts = diagnose(case, certify=certify)
    told = [_told(verdict, case, usable, observations) for verdict in verdicts]
    return [_with_quotients(each, case, collector) for each in told]


def _printed_terms(terms: Mapping[int, int]) -> bool:
    return sum(cell > 0 for cell in terms) > 1


def _case(observations: Observations, sums: Sequence[Summed]) -> Case:
    table = observations.table
    printed = _printed(table)
    fixed: dict[int, Printed] = {}
    tolerances = dict(
        zip(observations.integers["OBS_CELL"], observations.integers["OBS_TOLERANCE"], strict=True)
    )
    identities = []
    for each in sums:
        for cell in each.terms:
            if cell < 0 and cell not in fixed:
                fixed[cell] = _afar(observations, cell)
        tolerance = sum(abs(k) * (tolerances.get(cell) or 0) for cell, k in each.terms.items())
        terms = {cell: k for cell, k in _arranged(each, observations).items() if cell != 0}
        places = {printed[cell].place: k for cell, k in terms.items() if cell > 0}
        kind = pattern(places) if len(places) == len(terms) else None
        identities.append(Identity(terms, observations.decimal(tolerance), kind, each.lines))
    certain = frozenset(fixed) | _hundreds(table, printed, identities)
    # what a table does not say of signs, its rows and columns do
    return Case({**printed, **fixed}, identities, certain, table.spec.negative or None)


def _hundreds(table: Table, printed: Mapping[int, Printed], identities: Iterable[Identity]) -> frozenset[int]:
    """Totals of shares that are printed as 100, which they are: it is the shares that may be wrong."""
    found = set()
    for identity in identities:
        total, parts = identity.total, [cell for cell in identity.terms if cell != identity.total]
        if total < 1 or printed[total].value != 100 or len(parts) < 2:
            continue
        cell = table.cell(total)
        said = (cell.row, cell.column, cell.token, table.spec.unit or "", table.spec.title)
        known = [printed[part] for part in parts if part > 0]
        decimals = sum(each.decimals > 0 for each in known) * 2 > len(known)
        near = 50 < sum((each.value for each in known), Decimal(0)) < 150
        if any(holds(text, OF_A_HUNDRED) for text in said) or (decimals and near):
            found.add(total)
    return frozenset(found)


def _printed(table: Table) -> dict[int, Printed]:
    """Every printed number of a table."""
    printed = {}
    for r, row in enumerate(table.rows):
        for c, reading in enumerate(row.readings):
            if reading.value is not None and reading.status in (Status.VALUE, Status.NIL):
                nil = reading.status is Status.NIL
                printed[table.cell_id(r, c)] = Printed(reading.value, reading.decimals, (r, c), nil)
    return printed


def _afar(observations: Observations, cell: int) -> Printed:
    """A number that is not this table's to correct."""
    value = observations.constants.get(cell)
    if value is None:
        reading = observations.external[cell].reading
        return Printed(reading.value or Decimal(0), reading.decimals, (cell, cell))
    return Printed(value, max(0, -int(value.as_tuple().exponent)), (cell, cell))


def _arranged(each: Summed, observations: Observations) -> dict[int, int]:
    """Terms with the total first, and positive."""
    total = next(iter(each.terms))
    if each.evaluated.ran.rule.name == "identities":
        stated = observations.stated_terms(each.evaluated.judged.key)
        total = next((cell for cell, _ in stated if cell in each.terms), total)
    # what makes up a number that a formula names is its parts
    total = next((cell for cell in each.terms if cell in observations.constants), total)
    sign = 1 if each.terms[total] > 0 else -1
    rest = {cell: k * sign for cell, k in each.terms.items() if cell != total}
    return {total: each.terms[total] * sign, **rest}


# --- telling --------------------------------------------------------------------------------


def _rests_on(verdict: Verdict, sums: Sequence[Summed], observations: Observations) -> tuple[str, ...]:
    """What the YAML assumes, where an identity that the diagnosis stands on holds only by it.

    An assumption about coordinates shows in cells that stand for several of them, and in coordinates
    that are zero without being printed; without any, it is about all identities.
    """
    table = observations.table
    counted = Counter(observations.integers["OBS_CELL"])
    assumed = {cell for cell, times in counted.items() if cell is not None and (times > 1 or cell == ZERO)}
    explained = {c.cell for alternative in verdict.alternatives for c in alternative.changes}
    near = {n for n, each in enumerate(sums) if explained & each.terms.keys()} | set(verdict.rows)
    needed = not assumed or any(assumed & sums[n].terms.keys() for n in near)
    return tuple(table.spec.assumptions) if needed else ()


def _told(verdict: Verdict, case: Case, sums: Sequence[Summed], observations: Observations) -> TableDiagnosis:
    table = observations.table
    findings = [finding for n in verdict.rows if (finding := sums[n].evaluated.finding) is not None]
    best = verdict.best
    proposed = verdict.located
    changes = _proposals(Alternative(proposed, 1.0), case, observations)
    whole = best is not None and proposed == best.changes
    others = verdict.alternatives[1:] if whole else verdict.alternatives
    shown = [a for a in others if a.likelihood >= LEAST_LIKELIHOOD or len(a.changes) == verdict.smallest]
    alternatives = tuple(
        Explanation(_proposals(a, case, observations), a.likelihood) for a in shown[:MAX_ALTERNATIVES]
    )
    return TableDiagnosis(
        table=table.id,
        explains=tuple(finding.id for finding in findings),
        located=bool(proposed),
        message=wording.headline(verdict, changes, alternatives, findings, table),
        changes=changes,
        likelihood=verdict.together(proposed) if proposed else best.likelihood if best is not None else 0.0,
        unique=verdict.ties == 1 and verdict.proven and not verdict.search_truncated,
        smallest=verdict.smallest,
        ties=verdict.ties,
        next_best=verdict.next_best,
        proven=verdict.proven,
        search_truncated=verdict.search_truncated,
        missing=verdict.missing,
        assumptions=_rests_on(verdict, sums, observations),
        alternatives=alternatives,
    )


def _with_quotients(told: TableDiagnosis, case: Case, collector: ResultCollector) -> TableDiagnosis:
    """A diagnosis with the findings about printed shares and rates that its changes mend as well."""
    mended = {each.cells for each in quotients.mended(case, _differences(case, told.changes))}
    findings = [
        finding.id
        for _, finding in collector.violated
        if mended and frozenset(cell.id for cell in finding.cells if cell.table == told.table) in mended
    ]
    return replace(told, explains=(*told.explains, *findings)) if findings else told


def _differences(case: Case, changes: Iterable[Proposal]) -> dict[int, int]:
    return {c.cell.id: case.scaled(c.proposed) - case.values[c.cell.id] for c in changes}


def _proposals(alternative: Alternative, case: Case, observations: Observations) -> tuple[Proposal, ...]:
    proposals, table = [], observations.table
    together = {change.cell: change.proposed for change in alternative.changes}
    made = {
        change.cell: case.scaled(change.proposed) - case.values[change.cell] for change in alternative.changes
    }
    for change in alternative.changes:
        cell = table.cell(change.cell)
        role = "inherited" if change.inherited else "root"
        message = wording.sentence(cell, change, _reason(case, change, together, observations), table)
        if (seen := quotients.witness(case, change.cell, made)) is not None:
            message += f" {wording.agreement(cell, change, table.cell(seen.printed), table)}"
        proposals.append(Proposal(cell, change.proposed, change.kind, role, message))
    return tuple(proposals)


def _reason(
    case: Case, change: ProposedChange, together: Mapping[int, Decimal], observations: Observations
) -> str:
    """The sum that proves a proposal: an identity of the cell that the corrected table keeps."""
    best = ""
    for number in case.system.of_cell.get(change.cell, ()):
        identity = case.identities[number]
        wrong_besides = [cell for cell in identity.terms if cell in together and cell != change.cell]
        is_total = identity.total == change.cell
        if is_total and not wrong_besides:
            return "its parts sum to"
        if is_total and not best:
            best = "its corrected parts sum to"
        elif not is_total and not wrong_besides and not best.startswith("its"):
            formula = identity.total in observations.constants
            total = "the formula" if formula else wording.named(observations.table, identity.total)
            best = f"{total} leaves room for"
    return best or "the sums around it need"
