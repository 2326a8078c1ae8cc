"""Pandera runs the schemas; our rules are registered checks of its own.

A schema module defines ``schema``, a :class:`pandera.pandas.DataFrameSchema` over observations.
Pandera returns a failure case for every value of every record; here each broken identity, and each
cell that fails a check, becomes one violation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrorReason
from pandera.extensions import register_check_method

from amyqa.engines.relations import frame, global_cells
from amyqa.engines.session import Batch, Session
from amyqa.engines.tidy import judge
from amyqa.errors import BadRule, Problem
from amyqa.model import Severity
from amyqa.rules import structure
from amyqa.rules.outcome import IdentityState, Outcome
from amyqa.rules.rule import Rule, RuleRun
from amyqa.rules.shape import Arguments
from amyqa.rules.suite import bind
from amyqa.rules.vocabulary import BY_CHECK


@dataclass(frozen=True)
class _Run:
    """A schema running over the tables of a batch, and what our checks have yielded on each so far.

    The frame that is validated carries it, to every copy that Pandera makes.
    """

    session: Session
    batch: Batch
    ran: dict[int, list[RuleRun]]

    def __deepcopy__(self, memo: object) -> _Run:
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


_RUN = "amyqa"
"""Where a frame carries the run in its attributes."""


def _check(
    rule: Rule, data: pd.DataFrame, arguments: Arguments, value: str | None, severity: str,
    by: Sequence[str] | None = None,
) -> Any:  # fmt: skip
    """Run a rule as a check: True for every record that is not part of a violation."""
    run: _Run | None = data.attrs.get(_RUN)
    given = {key: item for key, item in arguments.items() if item is not None}
    if run is None:
        frame, outcome, _ = judge(rule, given, data, value, by)
        outcomes: Mapping[int, Outcome] = {0: outcome}
    else:
        frame, outcomes = data, run.judge(rule, given, Severity(severity))
    if any("record" not in violation for each in outcomes.values() for violation in each.violations):
        return False  # something is missing, which is at no record
    return _records_that_pass(frame, outcomes, data.index)


def _records_that_pass(
    frame: pd.DataFrame, outcomes: Mapping[int, Outcome], index: pd.Index[Any]
) -> pd.Series[bool]:
    fails = pd.Series(False, index=frame.index)
    for first, outcome in outcomes.items():
        broken = outcome.judged.those(IdentityState.BROKEN)
        local = np.array([cell for each in broken for cell, _ in each.terms if cell], np.int64)
        if len(local):
            fails |= frame["OBS_CELL"].isin(global_cells(local, first))
        if outcome.violations:
            fails |= frame["OBS_RECORD"].isin({violation["record"] for violation in outcome.violations})
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


def rules_of(schema: pa.DataFrameSchema) -> Iterator[tuple[Rule, Arguments, Severity]]:
    """Our own checks of a schema, with their arguments."""
    for check in schema.checks:
        if (rule := BY_CHECK.get(str(check.name))) is not None:
            given = {key: item for key, item in (check.statistics or {}).items() if item is not None}
            severity = Severity(given.pop("severity", None) or Severity.ERROR)
            yield rule, {key: item for key, item in given.items() if key not in ("value", "by")}, severity


def run_schema(schema: pa.DataFrameSchema, session: Session, batch: Batch) -> dict[int, list[RuleRun]]:
    """Validate the observations of a batch.

    Returns:
        For each table, by its ``first``, what each of our checks yielded, and a violation for every cell
        that fails one of Pandera's.

    Raises:
        BadRule: a check of the schema itself raised an error.
    """
    whole = batch.data if (only := _needed(schema)) is None else frame(*batch.tables, only=only)
    rows = _coded(batch)
    data = whole.copy(deep=False) if rows.all() else whole[rows]
    run = _Run(session, batch, {table.first: [] for table in batch.tables})
    data.attrs[_RUN] = run
    failures: Sequence[SchemaError] = ()
    try:
        schema.validate(data, lazy=True, inplace=True)  # a copy of it already
    except pa.errors.SchemaErrors as errors:
        failures = errors.schema_errors
    sizes = dict(zip(*np.unique(data["OBS_TABLE"].to_numpy(np.int64), return_counts=True), strict=True))
    failed: dict[int, list[RuleRun]] = {table.first: [] for table in batch.tables}
    for failure in failures:
        if not (_ours(failure) or _of_observations(failure)):
            for first, ran in _builtin(failure, data, batch, schema, sizes):
                failed[first].append(ran)
    looked = list(_looked_at(schema, data))
    return {
        first: [*ran, *failed[first], *_held(looked, failed[first], int(sizes.get(first, 0)))]
        for first, ran in run.ran.items()
    }


def _coded(batch: Batch) -> Any:
    """Which records of a batch are looked at: what is printed or zero, and has coordinates if any has."""
    found = []
    for table in batch.tables:
        kinds = table.texts["OBS_KIND"]
        looked = [code for code, kind in enumerate(kinds.words) if kind in ("printed", "zero")]
        rows = np.isin(kinds.codes, looked)
        if batch.shape.dimensions:
            rows &= np.any([table.texts[name].codes >= 0 for name in batch.shape.dimensions], axis=0)
        found.append(rows)
    return np.concatenate(found)


_OURS = ("OBS_TABLE", "OBS_RECORD", "OBS_CELL")


def _needed(schema: pa.DataFrameSchema) -> set[str] | None:
    """The columns that a schema looks at, and those that our checks do; None: all."""
    every = (schema.strict, schema.ordered, schema.dtype, schema.add_missing_columns)
    if any(every) or not is_row_by_row(schema) or any(column.regex for column in schema.columns.values()):
        return None
    return {*_OURS, *schema.columns}


def _looked_at(schema: pa.DataFrameSchema, data: pd.DataFrame) -> Iterator[tuple[Rule, str]]:
    """What Pandera's own checks look at, by rule and field."""
    for name, column in schema.columns.items():
        if name not in data.columns:
            continue
        rules = [structure.FIELDS]
        rules += [structure.TYPES] if column.dtype is not None else []
        rules += [] if column.nullable else [structure.MANDATORY]
        rules += [_CHECKS.get(str(check.name), structure.VALUES) for check in column.checks]
        for rule in dict.fromkeys(rules):
            yield rule, name


def _held(looked: Sequence[tuple[Rule, str]], failed: Sequence[RuleRun], size: int) -> Iterator[RuleRun]:
    """What Pandera's own checks looked at without objection."""
    broken = {(ran.rule.name, ran.arguments["field"]) for ran in failed}
    for rule, name in looked:
        if (rule.name, name) not in broken:
            subjects = 1 if rule is structure.FIELDS else size
            yield RuleRun(rule, {"field": name}, Severity.ERROR, "schema", Outcome(subjects))


_ROW_BY_ROW = {
    "equal_to", "not_equal_to", "greater_than", "greater_than_or_equal_to", "less_than",
    "less_than_or_equal_to", "in_range", "isin", "notin", "str_matches", "str_contains", "str_startswith",
    "str_endswith", "str_length",
}  # fmt: skip


def is_row_by_row(schema: pa.DataFrameSchema) -> bool:
    """Whether nothing in a schema looks from one record to another, so that tables may be validated together.

    Our own checks keep tables apart by themselves.
    """
    columns = schema.columns.values()
    parts = (schema, *columns)
    if schema.unique or schema.index is not None or any(column.unique for column in columns):
        return False
    if any(part.parsers or part.drop_invalid_rows for part in parts):
        return False
    if any(check.name not in BY_CHECK for check in schema.checks):
        return False
    return all(_is_row_by_row(check) for column in columns for check in column.checks)


def _is_row_by_row(check: pa.Check) -> bool:
    if check.groupby is not None or check.n_failure_cases is not None:
        return False
    builtin = getattr(pa.Check, str(check.name), None) is not None and check.is_builtin_check
    return bool(check.element_wise or (builtin and check.name in _ROW_BY_ROW))


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
    failure: SchemaError,
    data: pd.DataFrame,
    batch: Batch,
    schema: pa.DataFrameSchema,
    sizes: Mapping[int, int],
) -> Iterator[tuple[int, RuleRun]]:
    """A failure of one of Pandera's own checks, as violations of tables by their ``first``: one a cell."""
    reason = failure.reason_code
    if reason is SchemaErrorReason.CHECK_ERROR:
        raise BadRule([_cannot_run(failure, batch.tables[0].table.spec.family)])
    check = str(getattr(failure.check, "name", failure.check))
    rule = _REASONS.get(reason) if reason is not None else None
    rule = rule or _CHECKS.get(check, structure.VALUES)
    column = failure.column_name if isinstance(failure.column_name, str) else None
    cases = failure.failure_cases
    violations: dict[int, list[Mapping[str, object]]] = {}
    if rule is structure.FIELDS or not isinstance(cases, pd.DataFrame) or cases["index"].isna().all():
        missing = str(cases) if not isinstance(cases, pd.DataFrame) else str(cases["failure_case"].iloc[0])
        violations = {table.first: [{"field": column or missing}] for table in batch.tables}
    else:
        keys = list(schema.unique or ()) if rule is structure.KEYS else [column] if column else []
        fields = tuple(key for key in keys if key in data.columns)
        places = data.loc[
            list(dict.fromkeys(int(i) for i in cases["index"].dropna())), ["OBS_TABLE", "OBS_RECORD"]
        ]
        for first, record in places.itertuples(index=False):
            violations.setdefault(int(first), []).append({"record": int(record), "fields": fields})
    statistics: Mapping[str, Any] = getattr(failure.check, "statistics", None) or {}
    arguments = {"field": column or "", "check": check, "allowed": statistics.get("allowed_values", ())}
    arguments["given"] = {str(name): item for name, item in statistics.items()}
    severity = Severity.WARNING if getattr(failure.check, "raise_warning", False) else Severity.ERROR
    for first, found in violations.items():
        subjects = max(len(found), 0 if rule is structure.FIELDS else int(sizes.get(first, 0)))
        yield first, RuleRun(rule, arguments, severity, "schema", Outcome(subjects, violations=tuple(found)))


def _cannot_run(failure: SchemaError, family: str) -> Problem:
    """A check of a schema that raised an error, told at the line where it is written."""
    check = failure.check
    cases = failure.failure_cases
    raised = str(cases["failure_case"].iloc[0]) if hasattr(cases, "columns") else str(cases or failure)
    code = getattr(getattr(check, "_check_fn", None), "__code__", None)
    shown = f"schemas/{family}.py"
    line = code.co_firstlineno if code is not None and code.co_filename.endswith(shown) else None
    name = str(getattr(check, "name", None) or check)
    what = f"the check {name!r}" if name.isidentifier() else "a check"
    return Problem(f"{what} cannot run: {raised.splitlines()[0]}", "fix the check", shown, line)
