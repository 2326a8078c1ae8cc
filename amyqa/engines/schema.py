"""Pandera runs the schemas; our rules are registered checks of its own.

A schema module defines ``schema``, a :class:`pandera.pandas.DataFrameSchema` over observations.
Pandera returns a failure case for every value of every record; here each broken identity, and each
cell that fails a check, becomes one violation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaError, SchemaErrorReason

from amyqa.engines.pandera_checks import CHECKS, RUN, Run, several
from amyqa.engines.relations import frame
from amyqa.engines.session import Batch, Session
from amyqa.errors import BadRule, Problem
from amyqa.model import Severity
from amyqa.rules import structure
from amyqa.rules.outcome import Outcome
from amyqa.rules.rule import Rule, RuleRun
from amyqa.rules.shape import Arguments


def rules_of(schema: pa.DataFrameSchema) -> Iterator[tuple[Rule, Arguments, Severity]]:
    """Our own checks of a schema, with their arguments."""
    for check in schema.checks:
        rule = CHECKS.get(str(check.name))
        for asked in several(check.statistics or {}) if rule is not None else ():
            given = {key: item for key, item in asked.items() if item is not None}
            severity = Severity(given.pop("severity", None) or Severity.ERROR)
            assert rule is not None
            names = {parameter.name for parameter in rule.parameters}
            yield rule, {key: item for key, item in given.items() if key in names}, severity


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
    run = Run(session, batch, {table.first: [] for table in batch.tables})
    data.attrs[RUN] = run
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
    if any(check.name not in CHECKS for check in schema.checks):
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
        getattr(failure.check, "name", None) in CHECKS
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
