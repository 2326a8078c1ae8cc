"""Our rules as registered checks of Pandera, for our schemas and for anybody's.

On anybody's frame a check has one failure case for each broken sum, with its arithmetic, at the row of its
total. On the observations of a run it says False for each record of a broken sum; the run keeps the outcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.api.base.checks import CheckResult

from amyqa.engines.anybody import ALLOWED, Allowance, told_on
from amyqa.engines.relations import global_cells
from amyqa.engines.session import Batch, Session
from amyqa.engines.telling import Told
from amyqa.errors import BadRule, Problem
from amyqa.model import Severity
from amyqa.rules import structure
from amyqa.rules.outcome import IdentityState, Outcome
from amyqa.rules.rule import Rule, RuleRun
from amyqa.rules.shape import Arguments
from amyqa.rules.suite import bind
from amyqa.rules.vocabulary import BY_CHECK, BY_EXPECTATION

RUN = "amyqa"
"""Where a frame carries the run in its attributes."""
_OF_PANDERA = signature(pa.Check.__init__).parameters.keys() - {"self", "check_fn", "check_kwargs"}
"""What every check of Pandera may be told."""
CHECKS = BY_CHECK | {rule.name: rule for rule in BY_EXPECTATION.values() if not rule.check}
"""All rules that judge a frame, by the names of their checks."""
_SHARED = ("value", "by", *ALLOWED, "severity")


@dataclass(frozen=True)
class Run:
    """A schema running over the tables of a batch, and what our checks have yielded on each so far.

    The frame that is validated carries it, to every copy that Pandera makes.
    """

    session: Session
    batch: Batch
    ran: dict[int, list[RuleRun]]

    def __deepcopy__(self, memo: object) -> Run:
        return self

    def judge(self, rule: Rule, given: Arguments, severity: Severity) -> Mapping[int, Outcome]:
        """What a check yields on each table that gives it something to judge."""
        bound = {table.first: bind(rule, given, table) for table in self.batch.tables}
        asked = {first: arguments for first, (arguments, reason) in bound.items() if not reason}
        outcomes: dict[int, Outcome] = {}
        if rule is structure.KEYS:  # most tables have no place twice, and need not be searched for it
            apart = {first: structure.places_apart(self.batch.by_first[first]) for first in asked}
            outcomes = {first: Outcome(number) for first, number in apart.items() if number is not None}
        rest = {first: arguments for first, arguments in asked.items() if first not in outcomes}
        # two rows may be one outside any sum too
        outcomes |= self.session.ask(self.batch, rule, rest, coded=rule is not structure.KEYS)
        outcomes = {first: outcomes[first] for first in asked}
        for first, outcome in outcomes.items():
            self.ran[first].append(RuleRun(rule, asked[first], severity, "schema", outcome))
        return outcomes


class RuleCheck(pa.Check):
    """A check of Pandera that tells each broken sum once, with its arithmetic."""

    def __call__(self, check_obj: Any, column: str | None = None) -> CheckResult:
        """Judge a frame.

        Raises:
            BadRule: as :func:`amyqa.engines.tidy.judge`; the frame is of a library that is not known.
        """
        if isinstance(check_obj, pd.DataFrame):
            if RUN in check_obj.attrs:
                judged: CheckResult = pa.Check.get_backend(check_obj)(self)(check_obj, column)
                return judged
            told = self._told(check_obj)
            cases = pd.Series(
                [each.sentence for each in told],
                index=[_at(each, check_obj.index) for each in told],
                dtype="str",
            )
            fails = {position for each in told for position in each.positions}
            output = pd.Series([i not in fails for i in range(len(check_obj))], index=check_obj.index)
            return CheckResult(output, not told, check_obj, cases[: self.n_failure_cases] if told else None)
        return self._elsewhere(check_obj)

    def _told(self, data: pd.DataFrame) -> list[Told]:
        """What is broken; several sets of arguments are judged one after the other."""
        rule = CHECKS[str(self.name)]
        given = dict(self.statistics or {})
        return [each for asked in several(given) for each in _broken(rule, data, asked)]

    def _elsewhere(self, given: Any) -> CheckResult:
        """A frame of polars: fetched, and told in polars."""
        library = type(given).__module__.partition(".")[0]
        frame = getattr(given, "lazyframe", given)
        if library not in ("polars", "pandera"):
            what = "pyspark" if library == "pyspark" else library
            message = f"{self.name}: a frame of {what} cannot be judged by Pandera"
            advice = (
                "its backend tells no failure cases of a whole frame: use amyqa.great_expectations on Spark"
            )
            raise BadRule([Problem(message, advice)])
        import polars as pl

        collected = frame.collect() if isinstance(frame, pl.LazyFrame) else frame
        columns = {name: collected[name].to_list() for name in collected.columns}
        data = pd.DataFrame({name: pd.Series(items, dtype=object) for name, items in columns.items()})
        told = self._told(data)
        fails = {position for each in told for position in each.positions}
        output = pl.LazyFrame({"check_output": [i not in fails for i in range(len(data))]})
        cases = pl.LazyFrame({"failure_case": [each.sentence for each in told]})
        passed = pl.LazyFrame({"check_output": [not told]})
        return CheckResult(output, passed, frame, cases if told else None)


def several(statistics: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The sets of arguments that a check was given: one, or several."""
    found: Sequence[Mapping[str, Any]] = statistics.get("several") or [statistics]
    return found


def _at(told: Told, index: pd.Index[Any]) -> Any:
    """The label of the row of the total; none where something is missing, which is at no row."""
    return index[told.positions[0]] if told.positions else None


def _broken(rule: Rule, data: pd.DataFrame, arguments: Mapping[str, Any]) -> list[Told]:
    given = {key: item for key, item in arguments.items() if item is not None}
    value, by = given.pop("value", None), given.pop("by", None)
    allowance = Allowance.taken(rule, given)
    given.pop("severity", None)
    return told_on(rule, given, data, value, by, allowance)[1]


def _in_a_run(rule: Rule, data: pd.DataFrame, arguments: Arguments, severity: str) -> Any:
    """Run a rule on a run's observations: True for every record that is not part of a violation."""
    run: Run = data.attrs[RUN]
    given = {key: item for key, item in arguments.items() if item is not None}
    outcomes = run.judge(rule, given, Severity(severity))
    if any("record" not in violation for each in outcomes.values() for violation in each.violations):
        return False  # something is missing, which is at no record
    return _records_that_pass(data, outcomes)


def _records_that_pass(frame: pd.DataFrame, outcomes: Mapping[int, Outcome]) -> pd.Series[bool]:
    fails = pd.Series(False, index=frame.index)
    for first, outcome in outcomes.items():
        broken = outcome.judged.those(IdentityState.BROKEN)
        local = np.array([cell for each in broken for cell, _ in each.terms if cell], np.int64)
        if len(local):
            fails |= frame["OBS_CELL"].isin(global_cells(local, first))
        if outcome.violations:
            fails |= frame["OBS_RECORD"].isin({violation["record"] for violation in outcome.violations})
    return pd.Series((~fails).to_numpy(dtype=bool), index=frame.index)


def _register(name: str, rule: Rule) -> None:
    """Register a rule as a check of a name, with the rule's parameters as its own.

    Not by Pandera's own decorator, which knows no argument that is called ``if``.
    """
    required = {parameter.name: parameter.required for parameter in rule.parameters if not parameter.bound}
    names = tuple(dict.fromkeys((*required, *_SHARED)))

    def in_a_run(asked: Sequence[Mapping[str, Any]], data: pd.DataFrame) -> Any:
        passes: Any = True
        for given in asked:
            if said := [each for each in ALLOWED if each not in required and given.get(each) is not None]:
                message = f"{name}: {said[0]}= is said of frames"
                raise BadRule([Problem(message, "in a yearbook the table's YAML says it, as rounded: 100")])
            rest = {key: item for key, item in given.items() if key in required}
            passes = _in_a_run(rule, data, rest, given.get("severity") or Severity.ERROR) & passes
        return passes

    def made(cls: type[RuleCheck], *several: Mapping[str, Any], **given: Any) -> RuleCheck:
        own = {key: given.pop(key) for key in names if key in given}
        unknown = {key: given[key] for key in given.keys() - _OF_PANDERA}
        asked = [{**each, **own, **unknown} for each in several] or [own | unknown]
        for each in asked:
            _refuse(name, each, required, names)
        given.setdefault("error", f"{name}({', '.join(f'{k}={item}' for k, item in asked[0].items())})")
        found = cls(partial(in_a_run, asked), name=name, **given)
        found.statistics = asked[0] if len(asked) == 1 else {"several": asked}
        found.statistics_args = list(names)
        return found

    pa.Check.REGISTERED_CUSTOM_CHECKS[name] = partial(made, RuleCheck)


def _refuse(check: str, given: Mapping[str, Any], required: Mapping[str, bool], names: Sequence[str]) -> None:
    """Refuse arguments that are missing or unknown.

    Raises:
        TypeError: as Python does for a function.
    """
    for name in given:
        if name not in names:
            raise TypeError(f"{check}() got an unexpected argument {name!r}")
    for name, needed in required.items():
        if needed and given.get(name) is None:
            raise TypeError(f"{check}() is missing a required argument: {name!r}")


for _name, _rule in CHECKS.items():
    if _name not in pa.Check.REGISTERED_CUSTOM_CHECKS:  # once, whoever imports this module again
        _register(_name, _rule)
