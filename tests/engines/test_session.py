"""A session holds many tables: each gets what it would get alone, whoever stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from amyqa import pipeline
from amyqa.engines import session as sessions
from amyqa.engines.session import Session
from amyqa.model import Report
from amyqa.pipeline.checking import evaluate
from amyqa.project import open_yearbook, select
from amyqa.rules import identities, totals
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityState, Outcome
from amyqa.rules.suite import bind
from tests.yearbooks import observations, write_family, write_table

SPEC: dict[str, Any] = {
    "rows": {"dimension": "ward", "total": "Town"},
    "columns": {"Beds": {"kind": "total"}, "Used": {"kind": "used"}, "Free": {"kind": "free"}},
}
TABLES = {
    "holds": "Ward,Beds,Used,Free\nNorth,9,4,5\nSouth,7,7,0\nTown,16,11,5\n",
    "broken": "Ward,Beds,Used,Free\nNorth,9,4,5\nSouth,7,6,0\nTown,16,11,5\n",
    "unknown": "Ward,Beds,Used,Free\nEast,9,..,5\nWest,7,7,0\nMid,3,1,1\nTown,19,..,6\n",
    "below": "Ward,Beds,Used,Free\nNorth,-9,-4,-5\nSouth,..,7,0\nTown,16,11,5\n",
    "short": "Ward,Beds,Used,Free\nSouth,7,7,\nTown,7,6,1\n",
}
FORMULAS: dict[str, Any] = {"identities": {"in every row": ["Beds = Used + Free"]}}


def tables(folder: Path, spec: dict[str, Any]) -> list[Observations]:
    return [observations(folder / name, csv, spec) for name, csv in TABLES.items()]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path) -> None:
    for name in TABLES:
        (tmp_path / name).mkdir()


def asked(
    session: Session, members: Sequence[Observations], rule: Any, given: Any
) -> list[tuple[Observations, Outcome]]:
    """What a rule yields on tables that are loaded together, in their order."""
    found: dict[int, tuple[Observations, Outcome]] = {}
    for batch in session.load(members):
        bound = {table.first: bind(rule, given, table) for table in batch.tables}
        outcomes = session.ask(batch, rule, {first: each for first, (each, why) in bound.items() if not why})
        found |= {
            id(batch.by_first[first].table): (batch.by_first[first], outcomes[first]) for first in outcomes
        }
    return [found[id(each.table)] for each in members]


def told(outcome: Outcome) -> Any:
    """An outcome without the numbers that differ from session to session."""
    return [
        (each.state, each.low, each.high, each.tolerance, each.terms, each.signature)
        for each in outcome.judged
    ], (list(outcome.covered), list(outcome.totals), outcome.subjects)


@pytest.mark.parametrize(
    ("rule", "given", "spec"),
    [
        (totals.RULE, {"dimension": "kind"}, SPEC),
        (totals.RULE, {"dimension": "ward"}, SPEC),
        (identities.STATED, {}, FORMULAS),
    ],
    ids=["along columns", "along rows", "formulas"],
)
def test_many_tables_are_judged_as_each_alone(tmp_path: Path, rule: Any, given: Any, spec: Any) -> None:
    members = tables(tmp_path, spec)
    with Session() as session:
        together = asked(session, members, rule, given)
        terms = [session.terms(outcome, table) for table, outcome in together]
    for table, (_, outcome), netted in zip(members, together, terms, strict=True):
        with Session() as alone:
            [(numbered, single)] = asked(alone, [table], rule, given)
            assert told(outcome) == told(single)
            assert list(netted.values()) == list(alone.terms(single, numbered).values())
    assert [outcome.success for _, outcome in together][:2] == [True, False]


def test_what_holds_is_an_object_only_where_it_is_looked_at(tmp_path: Path) -> None:
    with Session() as session:
        [(_, outcome)] = asked(session, tables(tmp_path, SPEC)[:1], totals.RULE, {"dimension": "kind"})
    assert outcome.judged.number(IdentityState.HOLDS) == len(outcome.judged) == 3
    assert not outcome.judged.terms


def yearbook(root: Path, *names: str) -> Path:
    entries = [{"type": totals.RULE.expectation, "kwargs": {"dimension": d}} for d in ("kind", "ward")]
    write_family(root, "town", entries=[{**entry, "severity": "critical"} for entry in entries])
    for name in names:
        write_table(root, f"2020/town/{name}", TABLES[name], {"family": "town", **SPEC})
    return root


def said(report: Report, name: str) -> Any:
    """All that a report says of a table."""
    id = f"2020/town/{name}"
    return (
        [f for f in report.findings if f.table == id],
        [d for d in report.diagnoses if d.table == id],
        [n for n in report.not_evaluated if n.table == id],
        report.counts[id],
        report.unchecked.get(id),
    )


@pytest.mark.parametrize("engine", ["duckdb", "gx"])
def test_a_broken_table_does_not_disturb_the_others(tmp_path: Path, engine: pipeline.Engine) -> None:
    together = pipeline.check([yearbook(tmp_path / "all", *TABLES)], engine)
    for name in TABLES if engine == "duckdb" else ("broken",):
        alone = pipeline.check([yearbook(tmp_path / f"{name}-alone", name)], engine)
        assert said(together, name) == said(alone, name)


def test_it_makes_no_difference_how_many_are_loaded_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = yearbook(tmp_path, *TABLES)
    together = pipeline.check([root], "duckdb")
    monkeypatch.setattr(sessions, "_MAX_RECORDS", 20)
    monkeypatch.setattr(sessions, "_MANY", 5)
    apart = pipeline.check([root], "duckdb")
    for name in TABLES:
        assert said(apart, name) == said(together, name)


def test_tables_with_other_dimensions_are_of_one_run(tmp_path: Path) -> None:
    root = yearbook(tmp_path, *TABLES)
    other = {**SPEC, "family": "town", "rows": {"dimension": "ward", "total": "All"}}
    other["columns"] = {"Beds": {"kind": "total", "sex": "total"}, "Men": {"kind": "total", "sex": "male"}}
    write_table(root, "2020/town/by-sex", "Ward,Beds,Men\nNorth,9,4\nAll,9,5\n", other)
    report = pipeline.check([root], "duckdb")
    assert {table.id for table in report.tables} == {f"2020/town/{name}" for name in (*TABLES, "by-sex")}
    assert [f.table for f in report.findings if f.table.endswith("by-sex")] == ["2020/town/by-sex"]


def test_a_check_can_be_asked_as_long_as_its_session_is_open(tmp_path: Path) -> None:
    root = open_yearbook(yearbook(tmp_path, "holds", "broken"))
    with evaluate(root, select(root, [tmp_path]), "duckdb") as run:
        for each in run.tables:
            judged = [ran for ran in each.rans if ran.outcome.judged]
            assert judged
            for ran in judged:
                terms = each.terms(ran)
                assert terms.keys() == set(ran.outcome.judged.keys.tolist())
                cells = {cell for of in terms.values() for cell in of if cell > 0}
                assert cells <= set(range(1, each.collector.observations.table.size + 1))


def test_two_threads_have_a_session_each(tmp_path: Path) -> None:
    roots = [yearbook(tmp_path / name, name) for name in ("holds", "broken")] * 4

    def counts(root: Path) -> Any:
        return pipeline.check([root], "duckdb").total

    alone = [counts(root) for root in roots[:2]] * 4
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(counts, roots)) == alone
