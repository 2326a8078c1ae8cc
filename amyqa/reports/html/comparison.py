"""A comparison of two states as one HTML file."""

from __future__ import annotations

from amyqa.comparing.comparison import Comparison
from amyqa.reports.certainty import cell_name
from amyqa.reports.html.corrections import compared
from amyqa.reports.html.render import scriptless
from amyqa.reports.text.comparison import size, summary, urgency

MAX_REVISIONS = 2_000
"""Of a table's revisions so many are on the page; the others are counted."""


def render(comparison: Comparison) -> str:
    """The comparison as a self-contained page without a script."""
    tables = sorted(
        (t for t in comparison.tables if t.differs or t.repeated or t.unkept),
        key=lambda table: (not table.returned, not table.newly_broken, -len(table.revisions)),
    )
    return scriptless(
        "comparison.html.j2",
        comparison=comparison,
        tables=tables,
        summary=summary(comparison),
        order=lambda table: sorted(table.revisions, key=urgency),
        most=MAX_REVISIONS,
        compared=lambda each: compared(each.old.token.strip() or "blank", each.new.token.strip() or "blank"),
        size=size,
        name=cell_name,
    )
