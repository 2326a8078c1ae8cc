"""Relations stated one by one: a spec's formulas, and claims of the text about a table's cell."""

from __future__ import annotations

from collections.abc import Sequence

from amyqa.rules.rule import Arguments, Linear, Parameter, Rule, Shape

_EMPTY = "SELECT CAST(NULL AS BIGINT) AS identity, CAST(NULL AS BIGINT) AS cell, 0 AS coefficient WHERE 1 = 0"


def terms(arguments: Arguments, shape: Shape) -> str:
    """The terms as they were stated, ``records``: (identity, cell, coefficient)."""
    del shape
    records: Sequence[tuple[int, int, int]] = arguments.get("records") or ()
    if not records:
        return _EMPTY
    values = ", ".join(f"({int(i)}, {int(cell)}, {int(c)})" for i, cell, c in records)
    return f"SELECT identity, cell, coefficient FROM (VALUES {values}) AS stated(identity, cell, coefficient)"


_RECORDS = Parameter("records", "records", "terms: identity, cell, coefficient", bound=True)

STATED = Rule(
    name="identities",
    ess="VAD",
    level="1c",
    title="a relation that the table's YAML states as a formula holds",
    done_by="suite",
    expectation="expect_stated_identities_to_hold",
    definition=Linear(terms),
    parameters=(_RECORDS,),
)

CLAIMS = Rule(
    name="claims",
    ess="VCO",
    level="2",
    title="a figure in the text agrees with the table's cell that it speaks of",
    done_by="suite",
    expectation="expect_claims_to_agree_with_cells",
    definition=Linear(terms),
    parameters=(_RECORDS,),
)
