"""Our expectations as classes of Great Expectations, made from the vocabulary: a rule has one definition.

Importing this module registers one expectation and one table metric for each rule, for amyqa's suites and for
anybody's. A batch of pandas is judged as it is; one of SQL or Spark is fetched (``gx_batches``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, cast

import pandas as pd
from great_expectations.execution_engine import (
    PandasExecutionEngine,
    SparkDFExecutionEngine,
    SqlAlchemyExecutionEngine,
)
from great_expectations.expectations.expectation import BatchExpectation, render_suite_parameter_string
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.expectations.row_conditions import RowConditionType
from great_expectations.render import LegacyDiagnosticRendererType, LegacyRendererType
from great_expectations.render.renderer.renderer import renderer

from amyqa.engines import gx_batches, gx_rendering
from amyqa.engines.anybody import ALLOWED, Allowance, told_on
from amyqa.engines.session import Batch, Question, Session
from amyqa.engines.telling import Told
from amyqa.engines.tidy import evaluated, unknown
from amyqa.errors import BadRule, Problem
from amyqa.rules.outcome import IdentityState, Outcome
from amyqa.rules.rule import Kind, Rule
from amyqa.rules.vocabulary import BY_EXPECTATION

ENTRY = "amyqa_entry"
"""Where an expectation's meta says which entry of our own suite it is."""
RUN = "amyqa"
"""Where a frame carries the run in its attributes."""
_MAX_TOLD = 20

FIELDS: Mapping[Kind, str] = {
    "dimension": "str",
    "code": "str",
    "codes": "list[str]",
    "hierarchy": "dict[str, list[str]]",
    "number": "float | str",
    "where": "dict[str, list[str] | str]",
    "text": "str",
    "values": "list[list[int | str]]",
}
"""The type of an argument, by its kind."""


@dataclass(frozen=True, eq=False)
class Run:
    """Our own suite running over the tables of a batch; the frame that is validated carries it.

    Args:
        found: what each entry yielded so far, by its number.
    """

    session: Session
    batch: Batch
    questions: Mapping[int, Question]
    found: dict[int, dict[int, Outcome]]

    def __deepcopy__(self, memo: object) -> Run:
        return self

    def judge(self, number: int) -> dict[int, Outcome]:
        """What an entry yields on each table that it is bound to; what was not evaluated is listed later."""
        question = self.questions[number]
        assert question.entry.rule is not None
        outcomes = self.session.ask(self.batch, question.entry.rule, question.asked)
        self.found[number] = outcomes
        return outcomes


@dataclass(frozen=True)
class Judged:
    """What a rule yielded on anybody's batch.

    Args:
        told: what is broken, one by one.
        index: labels of the batch's rows.
    """

    outcome: Outcome
    told: list[Told]
    index: list[Any]


class RuleExpectation(BatchExpectation):
    """What all our expectations share: they judge by the outcome of their rule's metric.

    Args:
        value: the column of numbers of a tidy batch.
        by: the columns that tell one sum from the next, where that cannot be told.
        tolerance: how far a sum may be off.
        rounded: the unit that each number was rounded to.
        mostly: the share of the evaluated sums (or records) that must hold.
        row_condition: which rows count, as GX's conditions say; the database or cluster picks them.
    """

    rule_name: ClassVar[str] = ""

    value: str | None = None
    by: list[str] | None = None
    tolerance: float | str | None = None
    rounded: float | str | None = None
    mostly: float = 1.0
    row_condition: RowConditionType = None
    condition_parser: str | None = None

    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "row_condition", "condition_parser")

    @classmethod
    def is_abstract(cls) -> bool:
        """Whether it is of no rule, and so no expectation."""
        return not cls.rule_name

    def _validate(
        self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None
    ) -> dict[str, Any]:
        del execution_engine
        judged: Judged | Run = metrics[f"amyqa.{self.rule_name}"]
        if isinstance(judged, Run):
            outcomes = judged.judge(int((self.meta or {})[ENTRY]))
            success = all(each.success for each in outcomes.values())
            return {"success": success, "result": {"observed_value": len(outcomes)}}
        if not 0 < self.mostly <= 1:
            raise BadRule([Problem(f"mostly={self.mostly} is no share", "above 0, at most 1")])
        checked = evaluated(judged.outcome)
        broken = len(judged.told)
        success = not broken or (checked - broken) >= self.mostly * checked > 0
        return {"success": success, "result": result(judged, _format(runtime_configuration))}

    @classmethod
    @renderer(renderer_type=LegacyRendererType.PRESCRIPTIVE)
    @render_suite_parameter_string
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[Any]:
        del runtime_configuration
        given = configuration if configuration is not None else getattr(result, "expectation_config", None)
        kwargs = {} if given is None else given.kwargs
        return [gx_rendering.plain(gx_rendering.sentence(BY_RULE[cls.rule_name], kwargs))]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.OBSERVED_VALUE)
    def _diagnostic_observed_value_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> str:
        del configuration, runtime_configuration
        return gx_rendering.observed(getattr(result, "result", None) or {})

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_TABLE)
    def _diagnostic_unexpected_table_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[Any] | None:
        del configuration, runtime_configuration
        found = gx_rendering.table(getattr(result, "result", None) or {})
        return None if found is None else [found]

    @classmethod
    @renderer(renderer_type=LegacyDiagnosticRendererType.UNEXPECTED_STATEMENT)
    def _diagnostic_unexpected_statement_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None
    ) -> list[Any]:
        del configuration, runtime_configuration
        info = getattr(result, "exception_info", None) or {}
        for each in (info, *info.values()):
            if isinstance(each, Mapping) and each.get("exception_message"):
                return [gx_rendering.plain(str(each["exception_message"]).strip().splitlines()[-1])]
        return []


def _format(runtime: Any) -> str:
    """How much of a result is asked for."""
    asked = (runtime or {}).get("result_format", "BASIC")
    return str(asked.get("result_format", "BASIC") if isinstance(asked, Mapping) else asked)


def result(judged: Judged, format: str) -> dict[str, Any]:
    """An outcome as a GX result: whole numbers and words only, since GX's JSON turns others to floats.

    Elements are sums (or records, for a rule about these); missing are those that could not be evaluated.
    Residuals are decimals in words, in the frame's own unit: from, to; None is open.
    """
    outcome, broken = judged.outcome, judged.told
    if format == "BOOLEAN_ONLY":
        return {}
    elements, missing = outcome.subjects, unknown(outcome)
    checked = elements - missing
    found: dict[str, Any] = {
        "element_count": elements,
        "unexpected_count": len(broken),
        "unexpected_percent": 100 * len(broken) / checked if checked else 0.0,
        "missing_count": missing,
        "missing_percent": 100 * missing / elements if elements else 0.0,
        "observed_value": len(broken),
        "partial_unexpected_list": [each.sentence for each in broken[:_MAX_TOLD]],
        "details": _details(outcome),
    }
    if format == "COMPLETE":
        found["unexpected_list"] = [each.sentence for each in broken]
        rows = sorted({position for each in broken for position in each.positions})
        found["unexpected_index_list"] = [judged.index[row] for row in rows]
    return found


def _details(outcome: Outcome) -> dict[str, Any]:
    return {
        "evaluated": evaluated(outcome),
        "broken": [
            {
                "residual": [_worded(end, outcome.scale) for end in (judged.low, judged.high)],
                "cells": [[cell, c] for cell, c in judged.terms],
            }
            for judged in outcome.judged.those(IdentityState.BROKEN)
        ],
        "violations": [{key: str(item) for key, item in v.items()} for v in outcome.violations],
        "not_evaluated": unknown(outcome),
    }


def _worded(scaled: int | None, scale: int) -> str | None:
    return None if scaled is None else f"{Decimal(scaled).scaleb(-scale):f}"


def _metric(rule: Rule) -> type[TableMetricProvider]:
    def judged(data: pd.DataFrame, given: dict[str, Any]) -> Judged:
        value, by = given.pop("value", None), given.pop("by", None)
        allowance = Allowance.taken(rule, given)
        outcome, broken = told_on(rule, given, data, value, by, allowance)
        index = [item.item() if hasattr(item, "item") else item for item in data.index.tolist()]
        return Judged(outcome, broken, index)

    def computing(fetch: Any) -> Any:
        def compute(
            cls: type, execution_engine: Any, metric_domain_kwargs: Any, metric_value_kwargs: Any,
            metrics: Any, runtime_configuration: Any,
        ) -> Judged | Run:  # fmt: skip
            del cls, metrics, runtime_configuration
            data = fetch(execution_engine, metric_domain_kwargs)
            run: Run | None = data.attrs.get(RUN)
            given = {key: item for key, item in metric_value_kwargs.items() if item is not None}
            return run if run is not None else judged(data, given)

        return compute

    names = tuple(parameter.name for parameter in rule.parameters)
    body = {
        "metric_name": f"amyqa.{rule.name}",
        "value_keys": tuple(dict.fromkeys((*names, "value", "by", *ALLOWED))),
        "_pandas": metric_value(engine=PandasExecutionEngine)(computing(gx_batches.pandas_batch)),
        "_sqlalchemy": metric_value(engine=SqlAlchemyExecutionEngine)(computing(gx_batches.sql_batch)),
        "_spark": metric_value(engine=SparkDFExecutionEngine)(computing(gx_batches.spark_batch)),
        "__doc__": f"The outcome of the rule {rule.name!r}.",
    }
    metaclass = cast(Any, type(TableMetricProvider))
    return cast(
        "type[TableMetricProvider]", metaclass(f"{rule.name.title()}Outcome", (TableMetricProvider,), body)
    )


def class_name(rule: Rule) -> str:
    """``ExpectTotalsToEqualTheSumOfTheirParts``."""
    return "".join(word.title() for word in rule.expectation.split("_"))


def _expectation(rule: Rule) -> type[RuleExpectation]:
    names = tuple(parameter.name for parameter in rule.parameters)
    annotations: dict[str, Any] = {}
    defaults: dict[str, Any] = {}
    for parameter in rule.parameters:
        kind = FIELDS[parameter.kind]
        annotations[parameter.name] = kind if parameter.required else f"{kind} | None"
        if not parameter.required:
            defaults[parameter.name] = None
    arguments = "".join(f"\n    {p.name}: {p.about}." for p in rule.parameters)
    body = {
        **defaults,
        "__annotations__": annotations,
        "__module__": __name__,
        "__doc__": f"Expect that {rule.title} ({rule.ess}, level {rule.level}).\n{arguments}",
        "rule_name": rule.name,
        "metric_dependencies": (f"amyqa.{rule.name}",),
        "success_keys": tuple(dict.fromkeys((*names, "value", "by", "mostly", *ALLOWED))),
        "args_keys": names,
    }
    metaclass = cast(Any, type(RuleExpectation))
    return cast("type[RuleExpectation]", metaclass(class_name(rule), (RuleExpectation,), body))


BY_RULE = {rule.name: rule for rule in BY_EXPECTATION.values()}
METRICS = {rule.name: _metric(rule) for rule in BY_EXPECTATION.values()}
EXPECTATIONS = {expectation: _expectation(rule) for expectation, rule in BY_EXPECTATION.items()}
