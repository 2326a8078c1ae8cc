"""Cells that cannot have a value are empty: men among women's wards, a column for another year's form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amyqa.rules.observations import Observations
from amyqa.rules.rule import WHERE, Pointwise, Rule, RuleRun, ViolationMessage, where
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import of_record


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Printed cells of these codes."""
    del shape
    return (
        "SELECT o.OBS_RECORD AS record, o.OBS_STATUS AS status FROM observations o "
        f"WHERE o.OBS_KIND = 'printed' AND {where(arguments)}"
    )


def violation(arguments: Arguments, shape: Shape) -> str:
    """A number stands in one; a dash or a remark is no value."""
    del arguments, shape
    return "status IN ('value', 'bound')"


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """What stands where nothing can."""
    at, cells, spoken = of_record(violation, observations)
    message = f"{spoken}: {cells[0].token.strip()} stands where there can be no value{ran.because}."
    return ViolationMessage(at, "the cell is empty", cells, message, printed=cells[0].reading.value)


def accept(arguments: Mapping[str, Any]) -> str:
    """Not all cells are empty."""
    return "" if arguments.get("where") else "say which cells under where:"


RULE = Rule(
    name="empty",
    ess="FDM",
    level="1a",
    title="cells that cannot have a value are empty",
    done_by="suite",
    expectation="expect_cells_to_be_empty",
    definition=Pointwise(subjects, violation),
    parameters=(WHERE,),
    tell=tell,
    accept=accept,
)
