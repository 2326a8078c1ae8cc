"""Great Expectations runs the suites: one expectation and one table metric for each rule.

The classes are made from the vocabulary, so that a rule has one definition; importing this module
registers them, for amyqa's suites and for anybody's.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias, cast

import great_expectations as gx
import pandas as pd
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from pandas.api.types import is_numeric_dtype

from amyqa.engines.patterns import as_values
from amyqa.engines.session import Batch, Question, Session
from amyqa.engines.tidy import evaluated, judge, unknown
from amyqa.errors import BadRule, Problem
from amyqa.rules.builtin import WHERE, number
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityState, Outcome
from amyqa.rules.rule import Kind, Rule, RuleRun
from amyqa.rules.structure import VALUES
from amyqa.rules.suite import SEVERITIES, Entry
from amyqa.rules.vocabulary import BY_EXPECTATION

_GX_SEVERITY = {severity: FailureSeverity(word) for word, severity in SEVERITIES.items()}
_ENTRY = "amyqa_entry"

_FIELDS: Mapping[Kind, Any] = {
    "dimension": str,
    "code": str,
    "codes": list[str],
    "hierarchy": dict[str, list[str]],
    "number": float | str,
    "where": dict[str, list[str] | str],
    "text": str,
    "values": list[list[int | str]],
}


@dataclass(frozen=True, eq=False)
class _Run:
    """Our own suite running over the tables of a batch; the frame that is validated carries it.

    Args:
        found: what each entry yielded so far, by its number.
    """

    session: Session
    batch: Batch
    questions: Mapping[int, Question]
    found: dict[int, dict[int, Outcome]]

    def __deepcopy__(self, memo: object) -> _Run:
        return self

    def judge(self, number: int) -> dict[int, Outcome]:
        """What an entry yields on each table that it is bound to; what was not evaluated is listed later."""
        question = self.questions[number]
        assert question.entry.rule is not None
        outcomes = self.session.ask(self.batch, question.entry.rule, question.asked)
        self.found[number] = outcomes
        return outcomes


_RUN = "amyqa"
"""Where a frame carries the run in its attributes."""


class _RuleExpectation(BatchExpectation):
    """What all our expectations share: they judge by the outcome of their rule's metric."""

    rule_name: ClassVar[str] = ""

    value: str | None = None
    by: list[str] | None = None

    @classmethod
    def is_abstract(cls) -> bool:
        return not cls.rule_name

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        del runtime_configuration, execution_engine
        outcome: Outcome | _Run = metrics[f"amyqa.{self.rule_name}"]
        if isinstance(outcome, _Run):
            outcomes = outcome.judge(int((self.meta or {})[_ENTRY]))
            success = all(each.success for each in outcomes.values())
            return {"success": success, "result": {"observed_value": len(outcomes)}}
        return {"success": outcome.success, "result": summary(outcome)}


def summary(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a GX result: whole numbers and words only, since GX's JSON turns others to floats.

    Residuals are decimals in words, in the frame's own unit: from, to; None is open.
    """
    broken = list(outcome.judged.those(IdentityState.BROKEN))
    return {
        "observed_value": len(broken) + len(outcome.violations),
        "details": {
            "evaluated": evaluated(outcome),
            "broken": [
                {
                    "residual": [_worded(end, outcome.scale) for end in (judged.low, judged.high)],
                    "cells": [[cell, c] for cell, c in judged.terms],
                }
                for judged in broken
            ],
            "violations": [{key: str(item) for key, item in v.items()} for v in outcome.violations],
            "not_evaluated": unknown(outcome),
        },
    }


def _worded(scaled: int | None, scale: int) -> str | None:
    return None if scaled is None else f"{Decimal(scaled).scaleb(-scale):f}"


def _metric(rule: Rule) -> type[TableMetricProvider]:
    def compute(
        cls: type, execution_engine: Any, metric_domain_kwargs: Any, metric_value_kwargs: Any,
        metrics: Any, runtime_configuration: Any,
    ) -> Outcome | _Run:  # fmt: skip
        del cls, metrics, runtime_configuration
        data, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.TABLE)
        given = {key: item for key, item in metric_value_kwargs.items() if item is not None}
        value, by = given.pop("value", None), given.pop("by", None)
        run: _Run | None = data.attrs.get(_RUN)
        return run if run is not None else judge(rule, given, data, value, by)[1]

    names = tuple(parameter.name for parameter in rule.parameters)
    body = {
        "metric_name": f"amyqa.{rule.name}",
        "value_keys": (*names, "value", "by"),
        "_pandas": metric_value(engine=PandasExecutionEngine)(compute),
        "__doc__": f"The outcome of the rule {rule.name!r}.",
    }
    metaclass = cast(Any, type(TableMetricProvider))
    return cast(
        "type[TableMetricProvider]", metaclass(f"{rule.name.title()}Outcome", (TableMetricProvider,), body)
    )


def _expectation(rule: Rule) -> type[BatchExpectation]:
    names = tuple(parameter.name for parameter in rule.parameters)
    annotations: dict[str, Any] = {}
    defaults: dict[str, Any] = {}
    for parameter in rule.parameters:
        annotations[parameter.name] = _FIELDS[parameter.kind] | None
        defaults[parameter.name] = None
        if parameter.required:
            annotations[parameter.name] = _FIELDS[parameter.kind]
            del defaults[parameter.name]
    arguments = "".join(f"\n    {p.name}: {p.about}." for p in rule.parameters)
    body = {
        **defaults,
        "__annotations__": annotations,
        "__module__": __name__,
        "__doc__": f"Expect that {rule.title} ({rule.ess}, level {rule.level}).\n{arguments}",
        "rule_name": rule.name,
        "metric_dependencies": (f"amyqa.{rule.name}",),
        "success_keys": (*names, "value", "by"),
        "args_keys": names,
    }
    class_name = "".join(word.title() for word in rule.expectation.split("_"))
    metaclass = cast(Any, type(_RuleExpectation))
    return cast("type[BatchExpectation]", metaclass(class_name, (_RuleExpectation,), body))


METRICS = {rule.name: _metric(rule) for rule in BY_EXPECTATION.values()}
EXPECTATIONS = {expectation: _expectation(rule) for expectation, rule in BY_EXPECTATION.items()}


def run_entries(questions: Sequence[Question], session: Session, batch: Batch) -> list[dict[int, RuleRun]]:
    """Run entries through Great Expectations: ours for all tables at once, its own table by table.

    Returns:
        For each entry, in their order, what it yielded on each table, by the tables' ``first``.

    Raises:
        BadRule: GX refuses an entry, or returns not one result for each.
    """
    ours = {i: question for i, question in enumerate(questions) if question.entry.rule and question.asked}
    foreign = [i for i, question in enumerate(questions) if question.entry.rule is None]
    found: list[dict[int, RuleRun]] = [{} for _ in questions]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of GX's own making
        if ours:
            for i, ran in _run_ours(ours, session, batch).items():
                found[i] = ran
        for table in batch.tables if foreign else ():
            entries = {i: questions[i].entry for i in foreign if table.first in questions[i].asked}
            for i, each in _run_foreign(entries, table, batch.data.iloc[batch.records(table)]).items():
                found[i][table.first] = each
    return found


def _run_ours(
    questions: Mapping[int, Question], session: Session, batch: Batch
) -> dict[int, dict[int, RuleRun]]:
    run = _Run(session, batch, questions, {})
    data = batch.data.copy(deep=False)
    data.attrs[_RUN] = run
    entries = {i: question.entry for i, question in questions.items()}
    results = _results(entries, batch.tables[0], data)
    for i, result in results.items():
        outcomes = run.found.get(i)
        if outcomes is None or all(each.success for each in outcomes.values()) != result.success:
            raise _cannot_run(entries[i], result.exception_info or {}, batch.tables[0])
    return {
        i: {first: questions[i].ran(first, outcome) for first, outcome in run.found[i].items()}
        for i in results
    }


def _run_foreign(entries: Mapping[int, Entry], table: Observations, data: pd.DataFrame) -> dict[int, RuleRun]:
    """Run entries that are Great Expectations' own on one table."""
    ran: dict[int, RuleRun] = {}
    for where, numbers in _by_where(entries).items():
        part = data[_picked(where, data)] if where else data
        if not len(part):
            ran |= {i: _told_foreign(entries[i], Outcome(0)) for i in numbers}
            continue
        for i, result in _results({i: entries[i] for i in numbers}, table, part).items():
            info = result.exception_info or {}
            if info.get("raised_exception") or _raised(info):
                raise _cannot_run(entries[i], info, table)
            ran[i] = _told_foreign(entries[i], _foreign(result))
    return ran


_Where: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


def _by_where(entries: Mapping[int, Entry]) -> dict[_Where, list[int]]:
    """Numbers of entries by the records that they are about."""
    found: dict[_Where, list[int]] = {}
    for i, entry in entries.items():
        where = entry.kwargs.get(WHERE)
        key = tuple((name, tuple(codes)) for name, codes in (where or {}).items())
        found.setdefault(key, []).append(i)
    return found


def _picked(where: _Where, data: pd.DataFrame) -> Any:
    picked = pd.Series(True, index=data.index)
    for name, codes in where:
        picked &= data[name].isin(codes) if name in data else False
    return picked


def _results(
    entries: Mapping[int, Entry], observations: Observations, data: pd.DataFrame
) -> Mapping[int, Any]:
    """What Great Expectations says of each entry, by its number."""
    # given all at once: added one by one, entries of one type would replace each other
    expectations = [_expectation_of(i, entry, observations, data) for i, entry in entries.items()]
    suite = gx.ExpectationSuite(name=observations.table.spec.family, expectations=expectations)
    results = _batch(data).validate(suite, result_format="COMPLETE").results
    by_entry = {int(result.expectation_config.meta[_ENTRY]): result for result in results}
    if len(results) != len(entries) or by_entry.keys() != entries.keys():
        message = f"Great Expectations returned {len(results)} results for {len(entries)} entries"
        raise BadRule([Problem(message, "report this to amyqa", observations.table.file)])
    return by_entry


def _expectation_of(number: int, entry: Entry, observations: Observations, data: pd.DataFrame) -> Any:
    kwargs = {key: _json(item) for key, item in entry.kwargs.items() if item is not None}
    type = entry.type
    if entry.rule is None:
        try:
            type, kwargs = as_values(type, _with_values(kwargs, data), data)
        except ValueError as error:
            raise _refused(entry, observations, f"cannot match: {error}") from error
    configuration = gx.expectations.expectation_configuration.ExpectationConfiguration(
        type=type,
        kwargs=kwargs,
        meta={**entry.meta, _ENTRY: number},
        severity=_GX_SEVERITY[entry.severity],
    )
    try:
        return configuration.to_domain_obj()
    except Exception as error:  # GX raises pydantic's, its own and plain errors for bad arguments
        reason = str(error).splitlines()[-1].strip()
        message = f"Great Expectations refuses {entry.type}: {reason}"
        raise _refused(entry, observations, message) from error


def _with_values(kwargs: Mapping[str, Any], data: pd.DataFrame) -> dict[str, Any]:
    """Arguments of one of GX's own, values of a column of numbers as numbers; `where` is done."""
    given = {key: item for key, item in kwargs.items() if key != WHERE}
    columns = (given.get("column"), given.get("column_A"), given.get("column_B"))

    def valued(word: str, column: Any) -> Any:
        return _number(word) if column in data and is_numeric_dtype(data[column]) else word

    if "value_set" in given:
        given["value_set"] = [valued(word, columns[0]) for word in given["value_set"]]
    if "value_pairs_set" in given:
        pairs = given["value_pairs_set"]
        given["value_pairs_set"] = [(valued(a, columns[1]), valued(b, columns[2])) for a, b in pairs]
    return given


def _number(word: str) -> int | float | str:
    try:
        return number(word)
    except ValueError:
        return word


def _refused(entry: Entry, observations: Observations, message: str) -> BadRule:
    where = f"checks/{observations.table.spec.family}.yaml"
    return BadRule([Problem(message, "fix its kwargs", where, entry.line or None)])


def _json(item: Any) -> Any:
    """Arguments as GX takes them: exact decimals as strings."""
    if isinstance(item, Decimal):
        return str(item)
    if isinstance(item, tuple | list):
        return [_json(part) for part in item]
    return item


def _batch(data: pd.DataFrame) -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("amyqa").add_dataframe_asset("observations")
    return asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": data})


def _cannot_run(entry: Entry, info: Mapping[str, Any], observations: Observations) -> BadRule:
    message = f"Great Expectations could not run {entry.type}: {_first_exception(info)}"
    return _refused(entry, observations, message)


def _told_foreign(entry: Entry, outcome: Outcome) -> RuleRun:
    given = {key: _json(item) for key, item in entry.kwargs.items()}
    arguments = {"check": entry.type, "field": entry.kwargs.get("column", ""), "given": given}
    return RuleRun(VALUES, arguments, entry.severity, "suite", outcome, entry.meta.get("reason", ""))


def _raised(info: Mapping[str, Any]) -> bool:
    return any(isinstance(item, Mapping) and item.get("raised_exception") for item in info.values())


def _first_exception(info: Mapping[str, Any]) -> str:
    for item in (info, *info.values()):
        if isinstance(item, Mapping) and item.get("exception_message"):
            return str(item["exception_message"]).splitlines()[0]
    return "no outcome"


def _foreign(result: Any) -> Outcome:
    """The result of one of GX's own expectations: the records it names, or the table as a whole."""
    details = result.result or {}
    if result.success:
        return Outcome(1)
    records = [
        {"record": int(i) + 1} for i in details.get("unexpected_index_list") or () if isinstance(i, int)
    ]
    whole = [{"observed": str(details.get("observed_value", ""))}]
    violations: Sequence[Mapping[str, object]] = records or whole
    return Outcome(len(violations), violations=tuple(violations))
