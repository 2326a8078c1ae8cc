"""Great Expectations runs our suites: their entries as expectations, and what comes of them by table."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.metadata_types import FailureSeverity
from pandas.api.types import is_numeric_dtype

from amyqa.engines.gx_classes import ENTRY, RUN, Run
from amyqa.engines.patterns import as_values
from amyqa.engines.session import Batch, Question, Session
from amyqa.errors import BadRule, Problem
from amyqa.rules.builtin import WHERE, number
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import Outcome
from amyqa.rules.rule import RuleRun
from amyqa.rules.structure import VALUES
from amyqa.rules.suite import SEVERITIES, Entry

_GX_SEVERITY = {severity: FailureSeverity(word) for word, severity in SEVERITIES.items()}


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
    run = Run(session, batch, questions, {})
    data = batch.data.copy(deep=False)
    data.attrs[RUN] = run
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
    by_entry = {int(result.expectation_config.meta[ENTRY]): result for result in results}
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
        meta={**entry.meta, ENTRY: number},
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
