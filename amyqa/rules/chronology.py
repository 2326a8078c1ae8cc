"""Events stand in order of time, within the period of their list, on days that exist."""

from __future__ import annotations

from collections.abc import Callable

from amyqa.rules.observations import Observations
from amyqa.rules.rule import Pointwise, Rule, RuleRun, Tell, ViolationMessage
from amyqa.rules.shape import Arguments, Shape, Violation
from amyqa.rules.wording import of_record

_EVENTS = (
    "SELECT o.OBS_TABLE, o.OBS_RECORD AS record, o.OBS_FIRST AS first_day, o.OBS_LAST AS last_day, "
    "o.OBS_PERIOD_FIRST AS period_first, o.OBS_PERIOD_LAST AS period_last, "
    "MAX(o.OBS_FIRST) OVER "
    "(PARTITION BY o.OBS_TABLE ORDER BY o.OBS_RECORD "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest_before "
    "FROM observations o WHERE o.OBS_KIND = 'printed'"
)


def subjects(arguments: Arguments, shape: Shape) -> str:
    """Events as intervals of days (a month without a day is the whole month)."""
    del arguments, shape
    return _EVENTS


def _days(arguments: Arguments, shape: Shape) -> str:
    del arguments, shape
    return "first_day IS NULL"


def _period(arguments: Arguments, shape: Shape) -> str:
    del arguments, shape
    return "last_day < period_first OR first_day > period_last"


def _order(arguments: Arguments, shape: Shape) -> str:
    del arguments, shape
    return "last_day < latest_before"


def _tell(what: Callable[[Observations], str]) -> Tell:
    def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
        where, cells, shown = of_record(violation, observations)
        return ViolationMessage(where, ran.rule.title, cells, f"The event of {shown} {what(observations)}.")

    return tell


DAYS = Rule(
    name="days",
    ess="FDT",
    level="1a",
    title="a date is a day of the calendar",
    done_by="schema",
    check="calendar_days",
    definition=Pointwise(subjects, _days, together=True),
    tell=_tell(lambda o: "is not a day of the calendar"),
)
PERIOD = Rule(
    name="period",
    ess="VIR",
    level="1a",
    title="an event lies within the period of its list",
    done_by="schema",
    check="within_period",
    definition=Pointwise(subjects, _period, together=True),
    tell=_tell(lambda o: f"lies outside {o.table.spec.period}"),
)
ORDER = Rule(
    name="order",
    ess="VCO",
    level="1c",
    title="events stand in order of time",
    done_by="schema",
    check="in_order",
    definition=Pointwise(subjects, _order, together=True),
    tell=_tell(lambda o: "stands after a later event"),
)
