"""Violations of pointwise rules become findings, each with its own sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from amyqa.model import Cell, Finding
from amyqa.rules import chronology, findings, measures, placement, structure
from amyqa.rules import range as value_range
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import Ran
from amyqa.rules.wording import figure, passage, place

Violation = Mapping[str, Any]
_Telling = tuple[Mapping[str, str], str, tuple[Cell, ...], str]
"""Coordinates, relation, cells and sentence."""
_Teller = Callable[[Ran, Violation, Observations], _Telling]


def found(ran: Ran, observations: Observations) -> Iterable[Finding]:
    """A finding for each violation of a rule that ran."""
    teller = _TELLERS.get(ran.rule.name, _tell_value)
    for violation in ran.outcome.violations:
        where, relation, cells, message = teller(ran, violation, observations)
        printed = cells[0].reading.value if cells and ran.rule is value_range.RULE else None
        yield findings.make(ran, observations, where, relation, cells, message, relation, printed=printed)


def _record(
    violation: Violation, observations: Observations
) -> tuple[Mapping[str, str], tuple[Cell, ...], str]:
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


def _tell_range(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
    where, cells, spoken = _record(violation, observations)
    table = observations.table
    low, high = ran.arguments.get("min"), ran.arguments.get("max")
    if low is not None and high is not None:
        bounds = f"between {figure(low, table)} and {figure(high, table)}"
    else:
        bounds = (
            f"at least {figure(low, table)}"
            if low is not None
            else f"at most {figure(high or Decimal(0), table)}"
        )
    reason = f": {ran.reason.rstrip('.')}" if ran.reason else ""
    message = f"{spoken}: {cells[0].token.strip()} is not {bounds}{reason}."
    return where, bounds, cells, message


def _tell_placement(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
    del ran
    _, cells, _ = _record(violation, observations)
    table = observations.table
    row = cells[0].row
    reasons = {" ".join(k.split()): v for k, v in table.spec.uncertain.items()}
    printed = tuple(
        cell for i in range(table.size) if (cell := table.cell(i + 1)).row == row and cell.token.strip()
    )
    why = reasons.get(row, "marked uncertain").rstrip(".")
    message = f"{row}: its cells cannot be placed with certainty: {why}."
    return {"row": row}, "every cell stands under its column", printed or cells, message


def _tell_measure(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
    del ran
    _, cells, _ = _record(violation, observations)
    number = int(violation["record"]) - 1
    stated = observations.table.stated[number]
    words = {"flow": "a flow (counted over a period)", "stock": "a stock (at a date)"}
    said, counted = words[str(violation["said"])], words[str(violation["counted"])]
    table = next(iter(t.cell.table for t in stated.terms if not isinstance(t.cell, int | Decimal)), "")
    claim = f"the text speaks of {said} ({stated.where['claim']})"
    message = f"{passage(stated.where)}: {claim}, but {table} counts {counted}."
    return stated.where, "a claim compares like with like", cells, message


def _tell_event(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
    _, cells, _ = _record(violation, observations)
    table = observations.table
    row = table.rows[int(violation["record"]) - 1]
    where = {
        label: token.strip() for label, token in zip(table.columns, row.tokens, strict=True) if token.strip()
    }
    shown = ", ".join(where.values())
    shown = shown if len(shown) <= 90 else shown[:89] + "…"
    what = {
        chronology.DAYS.name: "is not a day of the calendar",
        chronology.PERIOD.name: f"lies outside {table.spec.period}",
        chronology.ORDER.name: "stands after a later event",
    }[ran.rule.name]
    return where, ran.rule.title, cells, f"The event of {shown} {what}."


def _tell_expected(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
    del observations
    dimension, code = ran.arguments["dimension"], str(violation["code"])
    return (
        {dimension: code},
        "expected records are there",
        (),
        f"{code}: the record is expected and is not there.",
    )


def _tell_field(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
    del ran
    field_name = str(violation["field"])
    message = f"The table has no {field_name!r}: give a row or column that dimension, or another family."
    return {}, f"{field_name} is a dimension of the family {observations.table.spec.family}", (), message


def _tell_code(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
    where, cells, _ = _record(violation, observations)
    field_name = str(ran.arguments["field"])
    code = (
        where.get(field_name, "")
        or (observations.texts.get(field_name) or [""])[int(violation["record"]) - 1]
    )
    allowed = [str(item) for item in ran.arguments.get("allowed") or ()]
    known = f" ({', '.join(allowed[:8])}{', …' if len(allowed) > 8 else ''})" if allowed else ""
    message = f"{code!r} is not a code of {field_name}{known}."
    return {field_name: str(code)}, f"{field_name} has a valid code", cells, message


def _tell_key(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
    del ran
    where, cells, _ = _record(violation, observations)
    table = observations.table
    rows = [row for row in table.rows if cells and row.label == cells[0].row]
    lines = ", ".join(str(row.line) for row in rows)
    if len(rows) > 1:
        label = rows[0].label
        return (
            {"row": label},
            "no two rows stand for the same",
            cells,
            f"{label} stands twice (CSV lines {lines}).",
        )
    shown = ", ".join(where.values())
    return where, "no two cells stand for the same", cells, f"{shown}: more than one cell stands for it."


def _tell_mandatory(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
    where, cells, spoken = _record(violation, observations)
    field_name = str(ran.arguments["field"])
    return where, f"{field_name} is filled", cells, f"{spoken or 'Row'}: {field_name} is empty."


def _tell_value(ran: Ran, violation: Violation, observations: Observations) -> _Telling:
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
