"""Against the last edition: how many figures were revised, and by how much."""

from __future__ import annotations

from decimal import Decimal

from amyqa.rules import across
from amyqa.rules.observations import Observations
from amyqa.rules.reference_tables import PREVIOUS
from amyqa.rules.rule import WHERE, Parameter, Pointwise, Rule, RuleRun, ViolationMessage
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import count, format_number

_TOLERANCE = Parameter(
    "tolerance", "number", "how far a figure may be revised, in per cent of the old one",
    default=Decimal(10), source=across.SOURCE,
)  # fmt: skip
_SHARE = Parameter(
    "share", "number", "how many of the compared figures may be revised, in per cent",
    default=Decimal(10), source=across.SOURCE,
)  # fmt: skip
_FEW = Parameter(
    "few", "number", "so many revised figures do not matter, however small the table",
    default=Decimal(1), source="one of nine figures is more than ten per cent",
)  # fmt: skip


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Every figure with that of the last edition."""
    return across.pairs(PREVIOUS, arguments, shape)


def violation(arguments: Arguments, shape: Shape) -> str:
    """The figure was revised by more than is tolerated."""
    del shape
    return f"gap > small AND {across.share_over('gap', 'other_size', _TOLERANCE.number(arguments))}"


def unjudged(arguments: Arguments, shape: Shape) -> str:
    """The last edition has no such figure, or one of the two is not known."""
    return across.unjudged(PREVIOUS, violation(arguments, shape))


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """The figure, what the last edition printed, and the difference."""
    pair = across.pair(violation, observations)
    percent = format_number(_TOLERANCE.number(ran.arguments), pair.table)
    here, there = pair.here.token.strip(), pair.there.token.strip()
    message = (
        f"{pair.spoken}: {here} is printed, and the last edition, {pair.source()}, printed {there}: "
        f"{pair.more()}; a revision of more than {percent}% is to be explained."
    )
    relation = f"a figure is revised by at most {percent}%"
    values = (pair.here.reading.value, pair.there.reading.value)
    return ViolationMessage(pair.where, relation, (pair.here, pair.there), message, *values, pair.difference)


def _counted(arguments: Arguments, shape: Shape) -> str:
    """How many figures were compared and revised, with the one that was revised most (wherever it stands)."""
    return (
        "SELECT record, other, compared, revised FROM (SELECT record, other, COUNT(gap) OVER () AS compared, "
        "SUM(CASE WHEN gap > 0 THEN 1 ELSE 0 END) OVER () AS revised, "
        "ROW_NUMBER() OVER (ORDER BY COALESCE(gap, -1) DESC, o.OBS_ROW, o.OBS_COLUMN) AS place "
        f"FROM ({across.pairs(PREVIOUS, arguments, shape)}) AS compared "
        "LEFT JOIN observations o ON o.OBS_RECORD = compared.record) AS counted WHERE place = 1"
    )


def _many(arguments: Arguments, shape: Shape) -> str:
    """More figures were revised than is usual."""
    del shape
    few = _FEW.number(arguments)
    return f"revised > {few:f} AND {across.share_over('revised', 'compared', _SHARE.number(arguments))}"


def _none(arguments: Arguments, shape: Shape) -> str:
    del arguments, shape
    return "CASE WHEN compared = 0 THEN 'none stands in the last edition as well' END"


def _tell_many(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    pair = across.pair(violation, observations)
    revised, compared = int(violation["revised"]), int(violation["compared"])
    percent = format_number(_SHARE.number(ran.arguments), pair.table)
    message = (
        f"{count(revised, 'figure')} of {compared:,} that {pair.there.table} printed as well "
        f"({revised / compared:.0%}) are revised, more than {percent}%; the largest is {pair.spoken}: "
        f"{pair.here.token.strip()}, where {pair.source()} was {pair.there.token.strip()}."
    )
    where = {"revised": f"{revised:,} of {compared:,}"}
    return ViolationMessage(
        where, f"at most {percent}% of the figures are revised", (pair.here, pair.there), message
    )


REVISIONS = Rule(
    name="revisions",
    ess="VRT",
    level="2",
    title="a figure agrees with that of the last edition, within a tolerance",
    done_by="suite",
    expectation="expect_revisions_to_be_small",
    definition=Pointwise(subjects, violation, unjudged),
    references=PREVIOUS,
    tell=tell,
    bind=across.bind(PREVIOUS),
    parameters=(_TOLERANCE, across.LEAST, WHERE, across.COVERS, across.LACKING),
)
REVISED = Rule(
    name="revised",
    ess="RRL",
    level="2",
    title="few of the figures that the last edition printed are revised",
    done_by="suite",
    expectation="expect_few_figures_to_be_revised",
    definition=Pointwise(_counted, _many, _none),
    references=PREVIOUS,
    tell=_tell_many,
    bind=across.bind(PREVIOUS),
    parameters=(_SHARE, _FEW, WHERE, across.COVERS, across.LACKING),
)
