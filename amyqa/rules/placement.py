"""Every cell of a row can be placed under its column."""

from __future__ import annotations

from amyqa.rules.observations import Observations
from amyqa.rules.rule import Pointwise, Rule, RuleRun, ViolationMessage
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import of_record


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Rows, with whether the spec marks their cells as uncertain."""
    del arguments, shape
    return (
        "SELECT MIN(o.OBS_RECORD) AS record, "
        "MAX(CASE WHEN o.OBS_UNCERTAIN = 1 THEN 1 ELSE 0 END) AS uncertain FROM observations o "
        "WHERE o.OBS_KIND = 'printed' GROUP BY o.OBS_ROW"
    )


def violation(arguments: Arguments, shape: Shape) -> str:
    """The row is marked."""
    del arguments, shape
    return "uncertain = 1"


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """The row, and why its cells cannot be placed."""
    del ran
    _, cells, _ = of_record(violation, observations)
    table = observations.table
    row = cells[0].row
    reasons = {" ".join(k.split()): v for k, v in table.spec.uncertain.items()}
    printed = tuple(
        cell for i in range(table.size) if (cell := table.cell(i + 1)).row == row and cell.token.strip()
    )
    why = reasons.get(row, "marked uncertain").rstrip(".")
    message = f"{row}: its cells cannot be placed with certainty: {why}."
    return ViolationMessage({"row": row}, "every cell stands under its column", printed or cells, message)


RULE = Rule(
    name="placement",
    ess="FDM",
    level="1a",
    title="every cell of a row can be placed under its column",
    done_by="suite",
    expectation="expect_rows_to_be_placed",
    definition=Pointwise(subjects, violation),
    tell=tell,
)
