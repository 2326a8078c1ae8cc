"""What a schema says by itself: types, code lists, keys, mandatory fields, expected records.

Pandera's own checks do most of the work; their entries here give findings a name, an ESS code and a
level. Keys and expected records are ours: keys are a table's own dimensions, and Pandera looks only
at records that are there.
"""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np

from amyqa.rules.observations import Observations
from amyqa.rules.rule import Parameter, Pointwise, Rule, RuleRun, ViolationMessage, name, text
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import of_record


def _tell_field(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    del ran
    field = str(violation["field"])
    message = f"The table has no {field!r}: give a row or column that dimension, or another family."
    return ViolationMessage(
        {}, f"{field} is a dimension of the family {observations.table.spec.family}", (), message
    )


def _tell_code(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    where, cells, _ = of_record(violation, observations)
    field = str(ran.arguments["field"])
    code = where.get(field, "") or observations.word(field, int(violation["record"]))
    allowed = [str(item) for item in ran.arguments.get("allowed") or ()]
    known = f" ({', '.join(allowed[:8])}{', …' if len(allowed) > 8 else ''})" if allowed else ""
    message = f"{code!r} is not a code of {field}{known}."
    return ViolationMessage({field: str(code)}, f"{field} has a valid code", cells, message)


def _tell_mandatory(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    where, cells, spoken = of_record(violation, observations)
    field = _labelled(str(ran.arguments["field"]), observations)
    called = "the value" if field == "OBS_VALUE" else field
    return ViolationMessage(where, f"{field} is filled", cells, f"{spoken or 'Row'}: {called} is empty.")


def _labelled(field: str, observations: Observations) -> str:
    """A field of records by its column's label: its name in a schema is only its kind."""
    fields = observations.table.spec.fields or {}
    return next((label for label, kind in fields.items() if kind == field), field)


def _tell_length(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    where, cells, spoken = of_record(violation, observations)
    field = str(ran.arguments["field"])
    word = observations.word(field, int(violation["record"]))
    label = _labelled(field, observations)
    wrong = f"{label} {word!r} has not the length that the schema asks for" if word else f"{label} is empty"
    return ViolationMessage(where, f"{label} has its length", cells, f"{spoken or 'Row'}: {wrong}.")


def tell_value(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """The value, and the check of Pandera's or Great Expectations' own that it fails."""
    where, cells, spoken = of_record(violation, observations)
    check = str(ran.arguments.get("check", ran.rule.name))
    shown = cells[0].token.strip() if cells else str(violation.get("observed", violation.get("field", "")))
    spoken = spoken or (str(ran.arguments.get("field", "")) if violation.get("observed") else "")
    prefix = f"{spoken}: " if spoken else ""
    reason = f" ({ran.reason.rstrip('.')})" if ran.reason else ""
    message = f"{prefix}{shown or 'the table'} fails {check}{reason}."
    return ViolationMessage(where, check, cells, message, along=_asked(check, ran.arguments))


def _asked(check: str, arguments: Arguments) -> str:
    """A check with all that it was given: two of one type at one place are two relations."""
    given = {name: item for name, item in arguments.items() if name != "check" and item}
    # what is no plain value may show where it lies in memory, which is another place each time
    return f"{check} {json.dumps(given, sort_keys=True, default=lambda item: type(item).__name__)}"


TYPES = Rule("types", "FDT", "1a", "a field is of its type", "reading, schema", tell=tell_value)
LENGTH = Rule("length", "FDL", "1a", "a field has its length", "schema", tell=_tell_length)
MANDATORY = Rule("mandatory", "FDM", "1a", "a mandatory field is filled", "schema", tell=_tell_mandatory)
CODES = Rule("codes", "COV", "1a", "a code is in its code list", "schema", tell=_tell_code, whole=True)
FIELDS = Rule("fields", "FLF", "0", "the table has its dimensions", "schema", tell=_tell_field)
VALUES = Rule("values", "VIR", "1a", "a value passes a check of the schema", "schema", tell=tell_value)


LEAST = Parameter(
    "least",
    "number",
    "of a table with less than this share of the codes none is expected",
    default=Decimal(0),
)


def _subjects(arguments: Arguments, shape: Shape) -> str:
    del shape
    dimension = name(arguments["dimension"])
    values = ", ".join(f"({text(code)})" for code in arguments["codes"])
    counted = (
        "SELECT every.OBS_TABLE, expected.code AS code, COUNT(o.OBS_RECORD) AS records "
        f"FROM (VALUES {values}) AS expected(code) "
        "CROSS JOIN (SELECT DISTINCT OBS_TABLE FROM observations) AS every "
        f"LEFT JOIN observations o ON o.{dimension} = expected.code AND o.OBS_TABLE = every.OBS_TABLE "
        "GROUP BY every.OBS_TABLE, expected.code"
    )
    present = "SUM(CASE WHEN records > 0 THEN 1 ELSE 0 END) OVER (PARTITION BY OBS_TABLE)"
    codes = "COUNT(*) OVER (PARTITION BY OBS_TABLE)"
    return (
        f"SELECT OBS_TABLE, code, records, {present} AS present, {codes} AS codes FROM ({counted}) AS counted"
    )


def _violation(arguments: Arguments, shape: Shape) -> str:
    del shape
    return f"records = 0 AND present >= {LEAST.number(arguments):f} * codes"


# Rows that a declared dimension labels alike, where their cells have no coordinates that would tell.
_LABELLED = """
    SELECT OBS_TABLE, MIN(OBS_RECORD) AS record, COUNT(DISTINCT OBS_CELL) AS records FROM observations
    WHERE OBS_KIND = 'printed' AND {outside}
    GROUP BY OBS_TABLE, OBS_ROW, OBS_COLUMN HAVING COUNT(DISTINCT OBS_CELL) > 1
"""
# Rows without a dimension that are the same but for the #2 behind a label, each compared with the last.
_COPIES = """
    SELECT OBS_TABLE, MIN(record) AS record, 2 AS records
    FROM (
        SELECT OBS_TABLE, label, copy, record, numbered, counts,
            CASE WHEN token = LAG(token) OVER (PARTITION BY OBS_TABLE, label, label_column ORDER BY cell)
            THEN 1 ELSE 0 END AS same
        FROM (
            SELECT OBS_TABLE, label, label_column, cell, record, token, numbered, counts,
                ROW_NUMBER() OVER (PARTITION BY OBS_TABLE, label, label_column ORDER BY cell) AS copy
            FROM (
                SELECT OBS_TABLE, REGEXP_REPLACE(OBS_ROW, '#[0-9]+$', '') AS label,
                    OBS_COLUMN AS label_column,
                    OBS_CELL AS cell, MIN(OBS_RECORD) AS record, MIN(OBS_TOKEN) AS token,
                    MAX(CASE WHEN OBS_ROW LIKE '%#%' THEN 1 ELSE 0 END) AS numbered,
                    MAX(CASE WHEN OBS_VALUE <> 0 THEN 1 ELSE 0 END) AS counts
                FROM observations WHERE OBS_KIND = 'printed'
                GROUP BY OBS_TABLE, OBS_ROW, OBS_COLUMN, OBS_CELL
            ) AS cells
        ) AS copies
    ) AS compared GROUP BY OBS_TABLE, label, copy
    HAVING MIN(same) = 1 AND MAX(counts) = 1 AND MAX(numbered) = 1
"""


def _keys(arguments: Arguments, shape: Shape) -> str:
    """Coordinates, and how many cells stand for each; labels and rows that stand twice."""
    del arguments
    stated = [f"{name(dimension)} IS NOT NULL" for dimension in shape.dimensions]
    outside = " AND ".join(["1 = 1", *(f"NOT ({each})" for each in stated)])
    parts = [
        _LABELLED.format(outside=outside),
        f"SELECT OBS_TABLE, record, records FROM ({_COPIES}) AS twice",
    ]
    if stated:
        coordinates = (
            "SELECT OBS_TABLE, MIN(OBS_RECORD) AS record, COUNT(*) AS records FROM observations "
            f"WHERE OBS_KIND = 'printed' AND ({' OR '.join(stated)}) GROUP BY "
            + ", ".join(["OBS_TABLE", *(name(dimension) for dimension in shape.dimensions)])
        )
    else:
        coordinates = (
            "SELECT OBS_TABLE, OBS_RECORD AS record, 1 AS records FROM observations "
            "WHERE OBS_KIND = 'printed'"
        )
    return " UNION ALL ".join([coordinates, *parts])


def places_apart(observations: Observations) -> int | None:
    """How many places a table's cells stand for, where it is plain that none is another's too; else None."""
    labels = [row.label for row in observations.table.rows]
    if observations.repeated or len(set(labels)) < len(labels) or any("#" in label for label in labels):
        return None
    kinds = observations.texts["OBS_KIND"]
    printed = kinds.codes == kinds.index_of.get("printed")
    if observations.shape.dimensions:
        printed &= np.any(
            [observations.texts[each].codes >= 0 for each in observations.shape.dimensions], axis=0
        )
    return int(printed.sum())


def _repeated(arguments: Arguments, shape: Shape) -> str:
    del arguments, shape
    return "records > 1"


def _tell_key(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    del ran
    where, cells, _ = of_record(violation, observations)
    table = observations.table
    at = next((row for row in table.rows if cells and row.line == cells[0].line), None)
    rows = [row for row in table.rows if at is not None and row.codes == at.codes]
    if at is not None and len(rows) > 1:
        lines = ", ".join(str(row.line) for row in rows)
        label = rows[0].label
        same = len({row.tokens for row in rows}) == 1
        message = f"{label} appears twice{' with the same numbers' if same else ''} (CSV lines {lines})."
        found = tuple(table.cell(table.cell_id(table.rows.index(row), 0)) for row in rows)
        return ViolationMessage({"row": label}, "no two rows stand for the same", found, message)
    message = f"{', '.join(where.values())}: more than one cell stands for it."
    return ViolationMessage(where, "no two cells stand for the same", cells, message)


def _tell_expected(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    del observations
    dimension, code = ran.arguments["dimension"], str(violation["code"])
    message = f"{code}: the record is expected and is not there."
    return ViolationMessage({dimension: code}, "expected records are there", (), message)


KEYS = Rule(
    name="keys",
    ess="RWD",
    level="1c",
    title="no two rows or cells stand for the same",
    done_by="schema",
    check="unique_keys",
    definition=Pointwise(_keys, _repeated, together=True),
    tell=_tell_key,
    whole=True,
)
EXPECTED = Rule(
    name="expected",
    ess="REP",
    level="1c",
    title="the records that are expected are there",
    done_by="schema",
    check="expected_codes",
    definition=Pointwise(_subjects, _violation, together=True),
    tell=_tell_expected,
    parameters=(
        Parameter("dimension", "dimension", "the dimension whose codes are expected", required=True),
        Parameter("codes", "codes", "the codes that must be there", required=True),
        LEAST,
    ),
)

STRUCTURE = (TYPES, LENGTH, MANDATORY, CODES, FIELDS, VALUES, EXPECTED)
"""What a table of a family must be like before its numbers mean anything."""
