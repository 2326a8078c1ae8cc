"""Every rule's SELECT is SQL that Spark and PostgreSQL read too, not DuckDB's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from amyqa.engines import statements
from amyqa.rules.rule import Linear, Pointwise, Rule
from amyqa.rules.vocabulary import RULES
from tests.rules.judged import CASES, runs

DIALECTS = ("spark", "postgres")
FOREIGN = (exp.Anonymous, exp.Array, exp.Comprehension, exp.Lambda, exp.Median, exp.Qualify, exp.Struct)
"""Functions that a dialect does not know, and what it may read but others do not run."""
LINEAR = (statements.VERDICTS, statements.JUDGED, statements.ENDS, statements.TOLD_TERMS)
"""What the evaluator asks of any linear rule's terms, once they are netted."""
JUDGED = [rule for rule in RULES if rule.definition]


def queries(folder: Path, rule: Rule) -> list[str]:
    """What the evaluator asks for a rule, on the tables of its cases."""
    found = []
    for number, case in enumerate(case for name, case in CASES if name == rule.name):
        if case.get("error"):
            continue
        _, each = runs(folder / str(number), case)
        shape = each.collector.observations.shape
        for ran in each.rans:
            if ran.rule is not rule:
                continue
            if isinstance(rule.definition, Linear):
                terms = rule.definition.terms(ran.arguments, shape)
                covered = statements.COVERED.replace("{results}", rule.definition.results)
                asked = [statements.NET.replace("{terms}", terms), *LINEAR, covered]
                found += [sql.replace("{net}", "net") for sql in asked]
            elif isinstance(rule.definition, Pointwise):
                sql = statements.SUBJECTS.replace(
                    "{violation}", rule.definition.violation(ran.arguments, shape)
                )
                sql = sql.replace("{unjudged}", rule.definition.unjudged(ran.arguments, shape))
                apart = "PARTITION BY OBS_TABLE" if rule.definition.together else ""
                sql = sql.replace("{subjects}", rule.definition.subjects(ran.arguments, shape))
                told = (statements.TOLD.format(apart=apart), statements.TOLD_ONLY)
                found += [sql + each for each in (*told, statements.NUMBERS.format(table="OBS_TABLE"))]
    return found


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.name)
def test_a_rules_select_is_portable(tmp_path: Path, rule: Rule) -> None:
    asked = queries(tmp_path, rule)
    assert asked, "none of its cases asks it"
    for sql in asked:
        for dialect in DIALECTS:
            tree = sqlglot.parse_one(sql, read=dialect)
            foreign = [node.sql() for node in tree.find_all(*FOREIGN)]
            assert not foreign, f"{dialect} may not run {foreign}"


@pytest.mark.parametrize(
    "sql",
    ["SELECT MEDIAN(x) OVER () FROM t QUALIFY x > 1", "SELECT list_sum(x) FROM t", "SELECT [x for x in y]"],
)
def test_what_only_duckdb_knows_is_noticed(sql: str) -> None:
    for dialect in DIALECTS:
        try:
            tree = sqlglot.parse_one(sql, read=dialect)
        except sqlglot.ParseError:
            continue
        assert list(tree.find_all(*FOREIGN))
