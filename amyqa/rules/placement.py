"""Every cell of a row can be placed under its column."""

from __future__ import annotations

from amyqa.rules.rule import Arguments, Pointwise, Rule, Shape


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


RULE = Rule(
    name="placement",
    ess="FDM",
    level="1a",
    title="every cell of a row can be placed under its column",
    done_by="suite",
    expectation="expect_rows_to_be_placed",
    definition=Pointwise(subjects, violation),
)
