"""Great Expectations runs the suites: one expectation and one table metric for each rule.

The classes are made from the vocabulary, so that a rule has one definition; importing this module
registers them, for amyqa's suites and for anybody's.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
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

from amyqa.engines.evaluate import evaluate, holding, shape_of
from amyqa.engines.patterns import as_values
from amyqa.engines.tidy import evaluated, judge, observed, unknown
from amyqa.errors import BadRule, Problem
from amyqa.rules.builtin import WHERE, number
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityState, Outcome, RuleRun
from amyqa.rules.rule import Kind, Rule
from amyqa.rules.structure import VALUES
from amyqa.rules.suite import SEVERITIES, Entry
from amyqa.rules.vocabulary import BY_EXPECTATION

_outcomes: ContextVar[dict[int, Outcome] | None] = ContextVar("outcomes", default=None)
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
        outcome: Outcome = metrics[f"amyqa.{self.rule_name}"]
        if (collected := _outcomes.get()) is not None:
            collected[int((self.meta or {})[_ENTRY])] = outcome
        return {"success": outcome.success, "result": summary(outcome)}


def summary(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a GX result: whole numbers and words only, since GX's JSON turns others to floats.

    Residuals are decimals in words, in the frame's own unit: from, to; None is open.
    """
    broken = [judged for judged in outcome.judged if judged.state is IdentityState.BROKEN]
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
    ) -> Outcome:  # fmt: skip
        del cls, metrics, runtime_configuration
        data, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, MetricDomainTypes.TABLE)
        given = {key: item for key, item in metric_value_kwargs.items() if item is not None}
        value, by = given.pop("value", None), given.pop("by", None)
        if _outcomes.get() is None:
            return judge(rule, given, data, value, by)[1]
        # amyqa runs its own suite: it is bound to the table, and what was not evaluated is listed
        frame, dimensions = observed(data, value, given.get("dimension"), by)
        return evaluate(rule, given, frame, shape_of(frame, dimensions))

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


def run_entries(entries: Sequence[Entry], observations: Observations, data: pd.DataFrame) -> list[RuleRun]:
    """Run entries, already bound to the table, through Great Expectations.

    Returns:
        One for each entry, in their order.

    Raises:
        BadRule: GX refuses an entry, or returns not one result for each.
    """
    if not entries:
        return []
    collected: dict[int, Outcome] = {}
    ran: dict[int, RuleRun] = {}
    token = _outcomes.set(collected)
    try:
        with warnings.catch_warnings(), holding(data, observations):
            warnings.simplefilter("ignore")  # of GX's own making
            for where, numbers in _by_where(entries).items():
                part = data[_picked(where, data)] if where else data
                if not len(part):
                    ran |= {i: _told_foreign(entries[i], Outcome(0)) for i in numbers}
                    continue
                results = _results({i: entries[i] for i in numbers}, observations, part)
                ran |= {i: _ran(entries[i], r, collected.get(i), observations) for i, r in results.items()}
    finally:
        _outcomes.reset(token)
    return [ran[i] for i in range(len(entries))]


_Where: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


def _by_where(entries: Sequence[Entry]) -> dict[_Where, list[int]]:
    """Numbers of entries by the records that they are about; ours pick theirs by themselves."""
    found: dict[_Where, list[int]] = {}
    for i, entry in enumerate(entries):
        where = entry.kwargs.get(WHERE) if entry.rule is None else None
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


def _ran(entry: Entry, result: Any, outcome: Outcome | None, observations: Observations) -> RuleRun:
    reason = entry.meta.get("reason", "")
    if entry.rule is not None and outcome is not None and outcome.success == result.success:
        return RuleRun(entry.rule, entry.kwargs, entry.severity, "suite", outcome, reason)
    info = result.exception_info or {}
    if entry.rule is not None or info.get("raised_exception") or _raised(info):
        message = f"Great Expectations could not run {entry.type}: {_first_exception(info)}"
        raise _refused(entry, observations, message)
    return _told_foreign(entry, _foreign(result))


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
