"""A table's schema and suite run, by the engine that was asked for, and what they yielded."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from amyqa.errors import BadRule, Problem, did_you_mean
from amyqa.model import Severity
from amyqa.rules.collector import ResultCollector
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import RuleRun
from amyqa.rules.rule import Rule
from amyqa.rules.suite import Entry, Suite, bind
from amyqa.rules.vocabulary import BY_NAME

Engine = Literal["gx", "duckdb"]
ENGINES: tuple[Engine, ...] = ("gx", "duckdb")
GX_ALONE = "only Great Expectations runs it"
"""Why DuckDB does not evaluate an expectation of GX's own."""


def engine_named(name: str | None) -> Engine | None:
    """An engine by its name; None: the quickest way to all that any engine finds.

    Raises:
        BadRule: there is no such engine.
    """
    for engine in ENGINES:
        if engine == name:
            return engine
    if name is None:
        return None
    raise BadRule([Problem(f"there is no engine {name!r}", did_you_mean(name, ENGINES))])


@dataclasses.dataclass(frozen=True)
class TableRun:
    """All that rules yielded on one table, with the frame they judged."""

    collector: ResultCollector
    rans: Sequence[RuleRun]
    data: Any


def run(observations: Observations, schema: Any, suite: Suite, engine: Engine | None) -> TableRun:
    """Run a table's schema and suite, and take stock.

    Args:
        engine: who runs the suite; None: DuckDB our rules, Great Expectations what is its own.
    """
    from amyqa.engines.evaluate import frame
    from amyqa.engines.schema import run_schema

    collector = ResultCollector(observations)
    data = frame(observations)
    rans = list(run_schema(schema, observations, data))
    rans += _run_suite(suite, observations, data, engine, collector)
    for ran in rans:
        collector.add(ran)
    return TableRun(collector, rans, data)


def _run_suite(
    suite: Suite, observations: Observations, data: Any, engine: Engine | None, collector: ResultCollector
) -> list[RuleRun]:
    entries: list[Entry] = []
    for entry in _with_stated(suite.entries, observations):
        if entry.rule is None:
            if engine == "duckdb":
                collector.idle(entry.type, entry.type, f"{GX_ALONE} (not --engine duckdb)")
            else:
                entries.append(entry)
            continue
        kwargs, reason = bind(entry.rule, entry.kwargs, observations)
        if reason:
            collector.idle(entry.rule.name, _described(entry.rule, entry.kwargs), reason)
        else:
            entries.append(dataclasses.replace(entry, kwargs=kwargs))
    ran = _run_entries(entries, observations, data, engine)
    for item in ran:
        if not item.outcome.subjects:
            described = _described(item.rule, item.arguments)
            collector.idle(item.rule.name, described, "the table has nothing that it could judge")
    return ran


def _run_entries(
    entries: Sequence[Entry], observations: Observations, data: Any, engine: Engine | None
) -> list[RuleRun]:
    """What each entry yielded, in their order; Great Expectations is imported only where it is needed."""
    of_gx = [number for number, entry in enumerate(entries) if engine == "gx" or entry.rule is None]
    ours = [number for number in range(len(entries)) if number not in set(of_gx)]
    ran: dict[int, RuleRun] = {}
    if of_gx:
        from amyqa.engines import expectations

        run = expectations.run_entries([entries[i] for i in of_gx], observations, data)
        ran |= zip(of_gx, run, strict=True)
    if ours:
        from amyqa.engines import native

        ran |= zip(ours, native.run_entries([entries[i] for i in ours], observations, data), strict=True)
    return [ran[number] for number in range(len(entries))]


def _with_stated(entries: Sequence[Entry], observations: Observations) -> list[Entry]:
    """What a spec states is checked whether or not the family's suite lists it."""
    spec = observations.table.spec
    if spec.fields is not None:
        return list(entries)
    stated = {"identities": bool(observations.stated), "cumulative": bool(spec.cumulative)}
    return [
        *entries,
        *(
            Entry(rule.expectation, rule, {}, Severity.ERROR, {"reason": "stated in the table's YAML"})
            for rule in (BY_NAME[name] for name, said in stated.items() if said)
            if not any(entry.rule is rule and not entry.kwargs.get("where") for entry in entries)
        ),
    ]


def _described(rule: Rule, kwargs: Mapping[str, Any]) -> str:
    words = [f"along {dimension}"] if (dimension := kwargs.get("dimension")) else []
    for name, codes in (kwargs.get("where") or {}).items():
        words.append(f"{name} {', '.join([codes] if isinstance(codes, str) else codes)}")
    return f"{rule.title} ({', '.join(words)})" if words else rule.title
