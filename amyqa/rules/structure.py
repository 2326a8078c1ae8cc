"""What a schema says by itself: types, code lists, keys, mandatory fields, expected records.

Pandera's own checks do most of the work; their entries here give findings a name, an ESS code and a
level. Keys and expected records are ours: keys are a table's own dimensions, and Pandera looks only
at records that are there.
"""

from __future__ import annotations

from amyqa.rules.rule import Arguments, Parameter, Pointwise, Rule, Shape, name, text

TYPES = Rule("types", "FDT", "1a", "a field is of its type", "reading, schema")
LENGTH = Rule("length", "FDL", "1a", "a field has its length", "schema")
MANDATORY = Rule("mandatory", "FDM", "1a", "a mandatory field is filled", "schema")
CODES = Rule("codes", "COV", "1a", "a code is in its code list", "schema")
FIELDS = Rule("fields", "FLF", "0", "the table has its dimensions", "schema")
VALUES = Rule("values", "VIR", "1a", "a value passes a check of the schema", "schema")


def _subjects(arguments: Arguments, shape: Shape) -> str:
    del shape
    dimension = name(arguments["dimension"])
    values = ", ".join(f"({text(code)})" for code in arguments["codes"])
    return (
        "SELECT expected.code AS code, COUNT(o.OBS_RECORD) AS records "
        f"FROM (VALUES {values}) AS expected(code) "
        f"LEFT JOIN observations o ON o.{dimension} = expected.code GROUP BY expected.code"
    )


def _violation(arguments: Arguments, shape: Shape) -> str:
    del arguments, shape
    return "records = 0"


def _keys(arguments: Arguments, shape: Shape) -> str:
    del arguments
    by = ", ".join(name(dimension) for dimension in shape.dimensions)
    if not by:
        return "SELECT OBS_RECORD AS record, 1 AS records FROM observations WHERE OBS_KIND = 'printed'"
    stated = " OR ".join(f"{name(dimension)} IS NOT NULL" for dimension in shape.dimensions)
    return (
        "SELECT MIN(OBS_RECORD) AS record, COUNT(*) AS records FROM observations "
        f"WHERE OBS_KIND = 'printed' AND ({stated}) GROUP BY {by}"
    )


def _repeated(arguments: Arguments, shape: Shape) -> str:
    del arguments, shape
    return "records > 1"


KEYS = Rule(
    name="keys",
    ess="RWD",
    level="1c",
    title="no two printed cells stand for the same",
    done_by="schema",
    definition=Pointwise(_keys, _repeated),
)
EXPECTED = Rule(
    name="expected",
    ess="REP",
    level="1c",
    title="the records that are expected are there",
    done_by="schema",
    definition=Pointwise(_subjects, _violation),
    parameters=(
        Parameter("dimension", "dimension", "the dimension whose codes are expected", required=True),
        Parameter("codes", "codes", "the codes that must be there", required=True),
    ),
)
