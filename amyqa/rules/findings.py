"""Outcomes become findings: each broken identity once, told with its cells, figures and place."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from amyqa.model import Cell, Counts, Finding, NotEvaluated
from amyqa.rules import chronology, identities, measures, placement, structure, totals
from amyqa.rules import range as value_range
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import Judged, Ran, Signature, State
from amyqa.rules.rule import ABSENT, ZERO
from amyqa.rules.wording import Terms, excess, figure, place


@dataclass
class Account:
    """What all rules together yielded on one table.

    An identity that two rules state is judged once, by the first.
    """

    observations: Observations
    findings: list[Finding] = field(default_factory=list)
    not_evaluated: list[NotEvaluated] = field(default_factory=list)
    counts: Counts = Counts()
    _seen: set[Signature] = field(default_factory=set)

    def add(self, ran: Ran) -> None:
        """Take one rule's outcome into the account."""
        for judged in ran.outcome.judged:
            if judged.signature in self._seen:
                continue
            self._seen.add(judged.signature)
            if judged.state is State.UNKNOWN:
                self.counts += Counts(not_evaluated=1)
                self.not_evaluated.append(_open(ran, judged, self.observations))
                continue
            broken = judged.state is State.BROKEN
            self.counts += Counts(evaluated=1, broken=int(broken))
            if broken:
                self.findings.append(_broken(ran, judged, self.observations))
        for finding in _violations(ran, self.observations):
            if all(finding.id != other.id for other in self.findings):
                self.findings.append(finding)

    def idle(self, rule: str, relation: str, reason: str) -> None:
        """A rule of the suite that had nothing to judge in this table."""
        self.not_evaluated.append(NotEvaluated(self.observations.table.id, rule, relation, {}, reason))


# --- identities -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Told:
    """An identity with its names: where it stands, what it is called, its terms."""

    terms: Terms
    where: Mapping[str, str]
    relation: str
    along: str


def _told(ran: Ran, judged: Judged, observations: Observations) -> _Told:
    if ran.rule is totals.RULE:
        return _told_total(ran, judged, observations)
    stated = observations.table.stated[judged.key]
    shown = {"row": "column", "column": "row"}
    inside = next(iter(stated.where), "") if ran.rule is identities.STATED else ""
    names: dict[int, str] = {}
    for id, _ in judged.terms:
        if id > 0:
            cell = observations.table.cell(id)
            names[id] = {"row": cell.row, "column": cell.column}.get(shown.get(inside, ""), f"{cell.row}, {cell.column}")
    if ran.rule is identities.CLAIMS:
        names = {id: "the text's figure" for id in names}
    order = {id: i for i, (number, id, _) in enumerate(observations.stated) if number == judged.key}
    arranged = _arranged(judged, order)
    return _Told(Terms(observations, arranged, names), stated.where, stated.relation, stated.relation)


def _told_total(ran: Ran, judged: Judged, observations: Observations) -> _Told:
    dimension = ran.arguments["dimension"]
    partitions = totals.pairs(ran.arguments)
    record, partition = divmod(judged.key, len(partitions))
    total, parts, optional = partitions[partition]
    where = observations.place(record)
    where.pop(dimension)
    names, order = _names_of_parts(observations, dimension, where, [total, *parts, *optional])
    arranged = _arranged(judged, order)
    terms = Terms(observations, arranged, names)
    return _Told(terms, where, terms.relation(), dimension)


def _names_of_parts(
    observations: Observations, dimension: str, where: Mapping[str, str], codes: Sequence[str]
) -> tuple[dict[int, str], dict[int, int]]:
    """What each cell of an identity is called along its dimension, and in which order they stand."""
    names: dict[int, str] = {}
    order: dict[int, int] = {}
    cells = observations.integers["OBS_CELL"]
    columns = {name: observations.texts[name] for name in observations.shape.dimensions}
    wanted = {code: i for i, code in enumerate(codes)}
    printed: set[str] = set()
    for i, code in enumerate(columns[dimension]):
        if code not in wanted or any(columns[name][i] != where.get(name) for name in columns if name != dimension):
            continue
        cell = cells[i]
        if cell is None:
            continue
        printed.add(code)
        names[cell] = f"{names[cell]} and {code}" if cell in names and cell == ZERO else names.get(cell, code)
        order.setdefault(cell, wanted[code])
    if missing := [code for code in codes if code not in printed]:
        names[ABSENT] = " and ".join(missing)
    return names, order


def _arranged(judged: Judged, order: Mapping[int, int]) -> Judged:
    """The same identity with its terms as printed, the total first and positive."""
    terms = sorted(judged.terms, key=lambda term: order.get(term[0], len(order)))
    return Judged(judged.key, judged.state, judged.signature, judged.low, judged.high, judged.slack, tuple(terms))


def _broken(ran: Ran, judged: Judged, observations: Observations) -> Finding:
    told = _told(ran, judged, observations)
    terms, table = told.terms, observations.table
    low, high = judged.low, judged.high
    # of an interval, the end that is nearest to holding
    residual = low if low is not None and low > 0 else high
    assert residual is not None  # a broken identity is bounded on the side it breaks on
    exact = low == high
    difference = observations.decimal(residual) * (1 if terms.factor > 0 else -1) / abs(terms.factor)
    total = terms.cell(terms.total)
    printed = total.reading.value if total is not None else None
    computed = printed - difference if printed is not None else None
    name = terms.name(terms.total)
    if ran.rule is identities.CLAIMS:
        message = _claim_sentence(told, observations)
    else:
        sign = "=" if exact else "already make" if difference < 0 else "make at most"
        right = figure(computed, table) if computed is not None else "?"
        listed = terms.sum()
        add_up = "add up to" if listed.startswith("the ") else sign
        if not exact and listed.startswith("the "):
            add_up = f"add up to at {'least' if difference < 0 else 'most'}"
        message = f"{name} is printed {terms.amount(terms.total)}; {listed} {add_up} {right}; "
        message += excess(difference, table, at_least=not exact) + "."
        if where := place(told.where, table):
            message = f"{where}: {message}"
    return _finding(
        ran, observations, told.where, told.relation, terms.cells(), message, told.along,
        printed=printed, computed=computed, difference=difference,
    )  # fmt: skip


def _claim_sentence(told: _Told, observations: Observations) -> str:
    terms = told.terms
    (quoted, *_) = [id for id, _ in terms.parts if id in observations.afar] or [0]
    cell = observations.afar[quoted]
    lines = f"Line {told.where['lines']}" if told.where.get("lines") else "The text"
    return (
        f"{lines}: the text says {terms.amount(terms.total)} ({told.where['claim']}), but "
        f"{cell.table} prints {cell.token.strip()} for {cell.row}, {cell.column}."
    )


def _open(ran: Ran, judged: Judged, observations: Observations) -> NotEvaluated:
    told = _told(ran, judged, observations)
    reasons = told.terms.unknown()
    if ABSENT in told.terms.names and (named := told.terms.names[ABSENT]):
        reasons = [f"{named} is not printed" if r == "a part is not printed" else r for r in reasons]
    if ran.rule is not totals.RULE:
        stated = observations.table.stated[judged.key]
        reasons = [stated.unknown] if stated.unknown else reasons or ["it names a cell that is not there"]
    return NotEvaluated(observations.table.id, ran.rule.name, told.relation, told.where, "; ".join(reasons))


# --- other rules ----------------------------------------------------------------------------

Violation = Mapping[str, Any]
_Teller = Callable[[Ran, Violation, Observations], "tuple[Mapping[str, str], str, tuple[Cell, ...], str]"]


def _violations(ran: Ran, observations: Observations) -> Iterable[Finding]:
    teller = _TELLERS.get(ran.rule.name, _tell_value)
    for violation in ran.outcome.violations:
        where, relation, cells, message = teller(ran, violation, observations)
        printed = cells[0].reading.value if cells and ran.rule is value_range.RULE else None
        yield _finding(ran, observations, where, relation, cells, message, relation, printed=printed)


def _record(violation: Violation, observations: Observations) -> tuple[Mapping[str, str], tuple[Cell, ...], str]:
    """Coordinates, cell and spoken place of a record; nothing for a violation of the whole table."""
    record = violation.get("record")
    if record is None:
        return {}, (), ""
    where = observations.place(int(record))
    cell = observations.cell(int(record))
    if cell is None:
        return where, (), place(where, observations.table)
    if not where:
        where = {"row": cell.row}
    return where, (cell,), place(where, observations.table)


def _tell_range(ran: Ran, violation: Violation, observations: Observations) -> Any:
    where, cells, spoken = _record(violation, observations)
    table = observations.table
    low, high = ran.arguments.get("min"), ran.arguments.get("max")
    if low is not None and high is not None:
        bounds = f"between {figure(low, table)} and {figure(high, table)}"
    else:
        bounds = f"at least {figure(low, table)}" if low is not None else f"at most {figure(high or Decimal(0), table)}"
    reason = f": {ran.reason.rstrip('.')}" if ran.reason else ""
    message = f"{spoken}: {cells[0].token.strip()} is not {bounds}{reason}."
    return where, bounds, cells, message


def _tell_placement(ran: Ran, violation: Violation, observations: Observations) -> Any:
    del ran
    _, cells, _ = _record(violation, observations)
    table = observations.table
    row = cells[0].row
    reasons = {" ".join(k.split()): v for k, v in table.spec.uncertain.items()}
    printed = tuple(
        cell for i in range(table.size) if (cell := table.cell(i + 1)).row == row and cell.token.strip()
    )
    message = f"{row}: its cells cannot be placed with certainty: {reasons.get(row, 'marked uncertain').rstrip('.')}."
    return {"row": row}, "every cell stands under its column", printed or cells, message


def _tell_measure(ran: Ran, violation: Violation, observations: Observations) -> Any:
    del ran
    _, cells, _ = _record(violation, observations)
    number = int(violation["record"]) - 1
    stated = observations.table.stated[number]
    words = {"flow": "a flow (counted over a period)", "stock": "a stock (at a date)"}
    said, counted = words[str(violation["said"])], words[str(violation["counted"])]
    table = next(iter(t.cell.table for t in stated.terms if not isinstance(t.cell, int | Decimal)), "")
    lines = f"Line {stated.where['lines']}" if stated.where.get("lines") else "The text"
    message = f"{lines}: the text speaks of {said} ({stated.where['claim']}), but {table} counts {counted}."
    return stated.where, "a claim compares like with like", cells, message


def _tell_event(ran: Ran, violation: Violation, observations: Observations) -> Any:
    _, cells, _ = _record(violation, observations)
    table = observations.table
    row = table.rows[int(violation["record"]) - 1]
    where = {label: token.strip() for label, token in zip(table.columns, row.tokens, strict=True) if token.strip()}
    shown = ", ".join(where.values())
    shown = shown if len(shown) <= 90 else shown[:89] + "…"
    what = {
        chronology.DAYS.name: "is not a day of the calendar",
        chronology.PERIOD.name: f"lies outside {table.spec.period}",
        chronology.ORDER.name: "stands after a later event",
    }[ran.rule.name]
    return where, ran.rule.title, cells, f"The event of {shown} {what}."


def _tell_expected(ran: Ran, violation: Violation, observations: Observations) -> Any:
    del observations
    dimension, code = ran.arguments["dimension"], str(violation["code"])
    return {dimension: code}, "expected records are there", (), f"{code}: the record is expected and is not there."


def _tell_field(ran: Ran, violation: Violation, observations: Observations) -> Any:
    del ran
    field_name = str(violation["field"])
    message = f"The table has no {field_name!r}: give a row or column that dimension, or another family."
    return {}, f"{field_name} is a dimension of the family {observations.table.spec.family}", (), message


def _tell_code(ran: Ran, violation: Violation, observations: Observations) -> Any:
    where, cells, _ = _record(violation, observations)
    field_name = str(ran.arguments["field"])
    code = where.get(field_name, "") or (observations.texts.get(field_name) or [""])[int(violation["record"]) - 1]
    allowed = [str(item) for item in ran.arguments.get("allowed") or ()]
    known = f" ({', '.join(allowed[:8])}{', …' if len(allowed) > 8 else ''})" if allowed else ""
    message = f"{code!r} is not a code of {field_name}{known}."
    return {field_name: str(code)}, f"{field_name} has a valid code", cells, message


def _tell_key(ran: Ran, violation: Violation, observations: Observations) -> Any:
    del ran
    where, cells, _ = _record(violation, observations)
    table = observations.table
    rows = [row for row in table.rows if cells and row.label == cells[0].row]
    lines = ", ".join(str(row.line) for row in rows)
    if len(rows) > 1:
        label = rows[0].label
        return {"row": label}, "no two rows stand for the same", cells, f"{label} stands twice (CSV lines {lines})."
    shown = ", ".join(where.values())
    return where, "no two cells stand for the same", cells, f"{shown}: more than one cell stands for it."


def _tell_mandatory(ran: Ran, violation: Violation, observations: Observations) -> Any:
    where, cells, spoken = _record(violation, observations)
    field_name = str(ran.arguments["field"])
    return where, f"{field_name} is filled", cells, f"{spoken or 'Row'}: {field_name} is empty."


def _tell_value(ran: Ran, violation: Violation, observations: Observations) -> Any:
    where, cells, spoken = _record(violation, observations)
    check = str(ran.arguments.get("check", ran.rule.name))
    shown = cells[0].token.strip() if cells else str(violation.get("observed", violation.get("field", "")))
    prefix = f"{spoken}: " if spoken else ""
    reason = f" ({ran.reason.rstrip('.')})" if ran.reason else ""
    return where, check, cells, f"{prefix}{shown or 'the table'} fails {check}{reason}."


_TELLERS: Mapping[str, _Teller] = {
    value_range.RULE.name: _tell_range,
    placement.RULE.name: _tell_placement,
    measures.RULE.name: _tell_measure,
    chronology.DAYS.name: _tell_event,
    chronology.PERIOD.name: _tell_event,
    chronology.ORDER.name: _tell_event,
    structure.EXPECTED.name: _tell_expected,
    structure.FIELDS.name: _tell_field,
    structure.CODES.name: _tell_code,
    structure.KEYS.name: _tell_key,
    structure.MANDATORY.name: _tell_mandatory,
}


def _finding(
    ran: Ran, observations: Observations, where: Mapping[str, str], relation: str, cells: tuple[Cell, ...],
    message: str, along: str, *, printed: Decimal | None = None, computed: Decimal | None = None,
    difference: Decimal | None = None,
) -> Finding:  # fmt: skip
    table = observations.table.id
    # one misspelt label is one finding, not one for each of its cells
    whole = ran.rule in (structure.CODES, structure.KEYS)
    return Finding(
        id=fingerprint(ran.rule.name, table, along, where, () if whole else cells),
        table=table,
        rule=ran.rule.name,
        ess=ran.rule.ess,
        level=ran.rule.level,
        severity=ran.severity,
        caught_by=ran.caught_by,
        where=dict(where),
        relation=relation,
        cells=cells,
        message=message[:1].upper() + message[1:],
        printed=printed,
        computed=computed,
        difference=difference,
    )


def fingerprint(
    rule: str, table: str, along: str, where: Mapping[str, str], cells: Sequence[Cell]
) -> str:
    """A finding's name: stable when rows are sorted anew, new when a printed number changes."""
    parts = [rule, table, along, *(f"{k}={v}" for k, v in sorted(where.items()))]
    parts += sorted(f"{c.table}[{'' if c.numbered else c.row}, {c.column}]{c.token.strip()}" for c in cells)
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


