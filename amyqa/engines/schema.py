"""Pandera runs the schemas; our rules are registered checks of its own.

A schema module defines ``schema``, a :class:`pandera.pandas.DataFrameSchema` over observations.
Pandera returns a failure case for every value of every record; here each broken identity, and each
cell that fails a check, becomes one violation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from inspect import Parameter, Signature
from typing import Any

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrorReason
from pandera.extensions import register_check_method

from amyqa.engines.evaluate import evaluate, holding, shape_of
from amyqa.engines.schemafile import cannot_run
from amyqa.engines.tidy import judge
from amyqa.errors import BadRule
from amyqa.model import Severity
from amyqa.rules import structure
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityState, Outcome, RuleRun
from amyqa.rules.rule import Arguments, Rule
from amyqa.rules.suite import bind
from amyqa.rules.vocabulary import BY_CHECK


@dataclass(frozen=True)
class _Run:
    """A schema running over a table's observations, and what our checks have yielded so far.

    `data` holds the records that have coordinates, `printed` all of them.
    """

    observations: Observations
    data: pd.DataFrame
    printed: pd.DataFrame
    ran: list[RuleRun] = field(default_factory=list)


_running: ContextVar[_Run | None] = ContextVar("running", default=None)


def _check(
    rule: Rule, data: pd.DataFrame, arguments: Arguments, value: str | None, severity: str,
    by: Sequence[str] | None = None,
) -> Any:  # fmt: skip
    """Run a rule as a check: True for every record that is not part of a violation."""
    run = _running.get()
    given = {key: item for key, item in arguments.items() if item is not None}
    if run is None:
        frame, outcome = judge(rule, given, data, value, by)
    else:
        # Pandera hands each check a copy; the rule judges the frame that is already taken in
        frame = run.data
        judged = run.printed if rule is structure.KEYS else frame  # two rows may be one outside any sum too
        bound, reason = bind(rule, given, run.observations)
        if reason:
            return True
        outcome = evaluate(rule, bound, judged, shape_of(judged, run.observations.shape.dimensions))
        run.ran.append(RuleRun(rule, bound, Severity(severity), "schema", outcome))
    if any("record" not in violation for violation in outcome.violations):
        return False  # something is missing, which is at no record
    return _records_that_pass(frame, outcome, data.index)


def _records_that_pass(frame: pd.DataFrame, outcome: Outcome, index: pd.Index[Any]) -> pd.Series[bool]:
    cells = {
        cell for judged in outcome.judged if judged.state is IdentityState.BROKEN for cell, _ in judged.terms
    }
    records = {violation["record"] for violation in outcome.violations}
    fails = frame["OBS_CELL"].isin(cells - {0}) | frame["OBS_RECORD"].isin(records)
    return pd.Series((~fails).to_numpy(dtype=bool), index=index)


def _register(rule: Rule) -> None:
    """Register a rule as a check, with the rule's parameters as its own."""
    required = {parameter.name: parameter.required for parameter in rule.parameters if not parameter.bound}
    names = [*required, "value", "by", "severity"]
    signature = Signature(
        [Parameter("data", Parameter.POSITIONAL_ONLY)]
        + [
            Parameter(name, Parameter.KEYWORD_ONLY, default=Parameter.empty if required.get(name) else None)
            for name in names
        ]
    )

    def check(data: pd.DataFrame, /, **given: Any) -> Any:
        signature.bind(data, **given)  # says which argument is missing
        value, by, severity = (given.pop(name, None) for name in ("value", "by", "severity"))
        return _check(rule, data, given, value, severity or Severity.ERROR, by)

    check.__name__ = rule.check
    check.__dict__["__signature__"] = signature
    register_check_method(check, statistics=names, supported_types=pd.DataFrame)


for _rule in BY_CHECK.values():
    if not hasattr(pa.Check, _rule.check):  # once, whoever imports this module again
        _register(_rule)


def run_schema(schema: pa.DataFrameSchema, observations: Observations, data: pd.DataFrame) -> list[RuleRun]:
    """Validate a table's observations.

    Returns:
        What each of our checks yielded, and a violation for every cell that fails one of Pandera's.

    Raises:
        BadRule: a check of the schema itself raised an error.
    """
    rows = data["OBS_KIND"].isin(["printed", "zero"])
    if observations.shape.dimensions:
        rows &= data[list(observations.shape.dimensions)].notna().any(axis=1)
    whole, data = data, data if rows.all() else data[rows]
    failures: Sequence[SchemaError] = ()
    run = _Run(observations, data, data if len(data) == len(whole) else whole)
    token = _running.set(run)
    try:
        with holding(data):
            schema.validate(data, lazy=True)
    except pa.errors.SchemaErrors as errors:
        failures = errors.schema_errors
    finally:
        _running.reset(token)
    failed = [
        _builtin(failure, data, observations, schema)
        for failure in failures
        if not (_ours(failure) or _of_observations(failure))
    ]
    told = [item for item in failed if item is not None]
    return [*run.ran, *told, *_held(schema, data, told)]


def _held(schema: pa.DataFrameSchema, data: pd.DataFrame, failed: Sequence[RuleRun]) -> Iterator[RuleRun]:
    """What Pandera's own checks looked at without objection, by rule and field."""
    broken = {(ran.rule.name, ran.arguments["field"]) for ran in failed}
    for name, column in schema.columns.items():
        if name not in data.columns:
            continue
        rules = [structure.FIELDS]
        rules += [structure.TYPES] if column.dtype is not None else []
        rules += [] if column.nullable else [structure.MANDATORY]
        rules += [_CHECKS.get(str(check.name), structure.VALUES) for check in column.checks]
        for rule in dict.fromkeys(rules):
            if (rule.name, name) not in broken:
                subjects = 1 if rule is structure.FIELDS else len(data)
                yield RuleRun(rule, {"field": name}, Severity.ERROR, "schema", Outcome(subjects))


def _of_observations(failure: SchemaError) -> bool:
    """A strict schema need not name the columns that every table of observations has."""
    cases = failure.failure_cases
    extra = failure.reason_code is SchemaErrorReason.COLUMN_NOT_IN_SCHEMA
    return extra and str(
        cases if not isinstance(cases, pd.DataFrame) else cases["failure_case"].iloc[0]
    ).startswith("OBS_")


def _ours(failure: SchemaError) -> bool:
    return (
        getattr(failure.check, "name", None) in BY_CHECK
        and failure.reason_code is SchemaErrorReason.DATAFRAME_CHECK
    )


_REASONS = {
    SchemaErrorReason.WRONG_DATATYPE: structure.TYPES,
    SchemaErrorReason.DATATYPE_COERCION: structure.TYPES,
    SchemaErrorReason.SERIES_CONTAINS_NULLS: structure.MANDATORY,
    SchemaErrorReason.DUPLICATES: structure.KEYS,
    SchemaErrorReason.SERIES_CONTAINS_DUPLICATES: structure.KEYS,
    SchemaErrorReason.COLUMN_NOT_IN_DATAFRAME: structure.FIELDS,
    SchemaErrorReason.COLUMN_NOT_IN_SCHEMA: structure.FIELDS,
}
_CHECKS = {
    "isin": structure.CODES,
    "notin": structure.CODES,
    "str_matches": structure.CODES,
    "str_length": structure.LENGTH,
}


def _builtin(
    failure: SchemaError, data: pd.DataFrame, observations: Observations, schema: pa.DataFrameSchema
) -> RuleRun | None:
    """A failure of one of Pandera's own checks, as violations: one a cell."""
    reason = failure.reason_code
    if reason is SchemaErrorReason.CHECK_ERROR:
        raise BadRule([cannot_run(failure, observations.table.spec.family)])
    check = str(getattr(failure.check, "name", failure.check))
    rule = _REASONS.get(reason) if reason is not None else None
    rule = rule or _CHECKS.get(check, structure.VALUES)
    column = failure.column_name if isinstance(failure.column_name, str) else None
    cases = failure.failure_cases
    if rule is structure.FIELDS or not isinstance(cases, pd.DataFrame) or cases["index"].isna().all():
        missing = str(cases) if not isinstance(cases, pd.DataFrame) else str(cases["failure_case"].iloc[0])
        violations: list[Mapping[str, object]] = [{"field": column or missing}]
    else:
        keys = list(schema.unique or ()) if rule is structure.KEYS else [column] if column else []
        records = data["OBS_RECORD"]
        indexes = dict.fromkeys(int(i) for i in cases["index"].dropna())
        violations = [
            {"record": int(records[i]), "fields": tuple(k for k in keys if k in data.columns)}
            for i in indexes
        ]
    statistics: Mapping[str, Any] = getattr(failure.check, "statistics", None) or {}
    arguments = {"field": column or "", "check": check, "allowed": statistics.get("allowed_values", ())}
    arguments["given"] = {str(name): item for name, item in statistics.items()}
    severity = Severity.WARNING if getattr(failure.check, "raise_warning", False) else Severity.ERROR
    subjects = max(len(violations), 0 if rule is structure.FIELDS else len(data))
    return RuleRun(rule, arguments, severity, "schema", Outcome(subjects, violations=tuple(violations)))
