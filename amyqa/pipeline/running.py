"""A table's schema and suite run, by the engine that was asked for, and what they yielded."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from amyqa.errors import BadRule, Problem, did_you_mean
from amyqa.model import Report, Severity
from amyqa.rules.collector import ResultCollector
from amyqa.rules.observations import Observations
from amyqa.rules.rule import Rule, RuleRun
from amyqa.rules.shape import Arguments
from amyqa.rules.suite import Entry, Suite, bind
from amyqa.rules.vocabulary import BY_NAME

if TYPE_CHECKING:
    from amyqa.engines.session import Batch, Question, Session

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
    """All that rules yielded on one table, and the session that keeps the terms of its identities."""

    collector: ResultCollector
    rans: Sequence[RuleRun]
    session: Session

    def terms(self, ran: RuleRun, cells: Iterable[int] | None = None) -> Mapping[int, Mapping[int, int]]:
        """Cells and coefficients of a rule's identities, by their keys, as they were judged.

        Args:
            cells: only of identities near these.
        """
        return self.session.terms(ran.outcome, self.collector.observations, cells)

    def lines_alike(self, ran: RuleRun, keys: Sequence[int]) -> Mapping[int, int]:
        """How many lines the relation of each of these identities has in the table, by their keys."""
        return self.session.lines_alike(ran.outcome, self.collector.observations, keys)


@dataclasses.dataclass(frozen=True)
class CheckRun:
    """A check: its report, and what that was made from, for as long as the session is open.

    What editors decided is no part of it: a decision is applied to the report, and nothing checked again.
    """

    report: Report
    tables: tuple[TableRun, ...]
    session: Session

    def __enter__(self) -> CheckRun:
        return self

    def __exit__(self, *error: object) -> None:
        self.session.close()


def run(
    session: Session,
    tables: Iterable[Observations],
    schema: Any,
    suite: Suite,
    engine: Engine | None,
    *,
    kept: bool = True,
) -> Iterator[TableRun]:
    """Run a family's schema and suite on its tables, and take stock of each.

    Args:
        engine: who runs the suite; None: DuckDB our rules, Great Expectations what is its own.
        kept: False: a table's terms can be asked for only until the next table is.

    Raises:
        BadRule: something of the schema or suite cannot be run.
    """
    from amyqa.engines.schema import is_row_by_row, run_schema

    for batch in session.load(tables, together=is_row_by_row(schema)):
        rans = run_schema(schema, session, batch)
        collectors = {table.first: ResultCollector(table) for table in batch.tables}
        _run_suite(suite, session, batch, engine, collectors, rans)
        session.release(batch)
        for first, collector in collectors.items():
            for ran in rans[first]:
                collector.add(ran)
            yield TableRun(collector, rans[first], session)
        if not kept:
            session.forget()


def _run_suite(
    suite: Suite,
    session: Session,
    batch: Batch,
    engine: Engine | None,
    collectors: Mapping[int, ResultCollector],
    rans: Mapping[int, list[RuleRun]],
) -> None:
    """Run a suite; what each table yielded goes behind what it yielded before."""
    from amyqa.engines.session import Question

    questions = []
    for entry in [*suite.entries, *_stated(suite.entries)]:
        asked: dict[int, Arguments] = {}
        for first, collector in collectors.items():
            if entry.path or _states(entry, collector.observations):
                _ask(entry, collector, engine, asked, first)
        questions.append(Question(entry, asked))
    found = _run_entries(questions, session, batch, engine)
    for first, collector in collectors.items():
        for ran in (each[first] for each in found if first in each):
            rans[first].append(ran)
            if not ran.outcome.subjects:
                described = _described(ran.rule, ran.arguments)
                collector.idle(ran.rule.name, described, "the table has nothing that it could judge")


def _ask(
    entry: Entry, collector: ResultCollector, engine: Engine | None, asked: dict[int, Arguments], first: int
) -> None:
    """Bind an entry to a table, or say why it has nothing to judge there."""
    if entry.rule is None:
        if engine == "duckdb":
            collector.idle(entry.type, entry.type, f"{GX_ALONE} (not --engine duckdb)")
        else:
            asked[first] = entry.kwargs
        return
    kwargs, reason = bind(entry.rule, entry.kwargs, collector.observations)
    if reason:
        collector.idle(entry.rule.name, _described(entry.rule, entry.kwargs), reason)
    else:
        asked[first] = kwargs


def _run_entries(
    questions: Sequence[Question], session: Session, batch: Batch, engine: Engine | None
) -> list[dict[int, RuleRun]]:
    """What each entry yielded, in their order; Great Expectations is imported only where it is needed."""
    asked = [number for number, question in enumerate(questions) if question.asked]
    of_gx = [number for number in asked if engine == "gx" or questions[number].entry.rule is None]
    ours = [number for number in asked if number not in set(of_gx)]
    found: list[dict[int, RuleRun]] = [{} for _ in questions]
    if of_gx:
        from amyqa.engines import expectations

        run = expectations.run_entries([questions[i] for i in of_gx], session, batch)
        for number, each in zip(of_gx, run, strict=True):
            found[number] = each
    if ours:
        from amyqa.engines import native

        run = native.run_entries([questions[i] for i in ours], session, batch)
        for number, each in zip(ours, run, strict=True):
            found[number] = each
    return found


_STATED = ("identities", "quotients", "formulas", "cumulative")


def _stated(entries: Sequence[Entry]) -> list[Entry]:
    """What a spec states is checked whether or not the family's suite lists it."""
    return [
        Entry(rule.expectation, rule, {}, Severity.ERROR, {"reason": "stated in the table's YAML"})
        for rule in map(BY_NAME.__getitem__, _STATED)
        if not any(entry.rule is rule and not entry.kwargs.get("where") for entry in entries)
    ]


def _states(entry: Entry, observations: Observations) -> bool:
    """Whether a table's spec states what an entry is there for."""
    spec = observations.table.spec
    if spec.fields is not None or entry.rule is None:
        return False
    stated = {
        "identities": observations.stated, "quotients": observations.table.ratios, "formulas": spec.formulas,
    }  # fmt: skip
    return bool(stated.get(entry.rule.name, spec.cumulative))


def _described(rule: Rule, kwargs: Mapping[str, Any]) -> str:
    words = [f"along {dimension}"] if (dimension := kwargs.get("dimension")) else []
    for name, codes in (kwargs.get("where") or {}).items():
        words.append(f"{name} {', '.join([codes] if isinstance(codes, str) else codes)}")
    return f"{rule.title} ({', '.join(words)})" if words else rule.title
