"""The 21 types of the European Statistical System: each is done somewhere, and the program says where."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from amyqa.cli import app
from amyqa.rules.ess import TYPES, Type
from amyqa.rules.vocabulary import RULES


def test_there_are_21_types_and_each_has_a_rule() -> None:
    assert len(TYPES) == len({each.code for each in TYPES}) == 21
    assert [each.code for each in TYPES if not each.rules] == []


def test_no_rule_has_a_code_that_is_not_one_of_them() -> None:
    assert {rule.ess for rule in RULES} <= {each.code for each in TYPES}


@pytest.mark.parametrize("each", TYPES, ids=lambda each: each.code)
def test_a_type_says_who_does_it(each: Type) -> None:
    assert each.done_by
    assert set(each.done_by) <= {"reading", "schema", "suite"}


def test_a_rule_that_compares_tables_is_of_a_level_beyond_one_table() -> None:
    for rule in RULES:
        assert not rule.references or rule.level in ("2", "3", "4", "5")


def test_the_table_of_types_is_printed() -> None:
    result = CliRunner().invoke(app, ["rules", "--ess"])
    head, *lines = result.stdout.splitlines()
    assert head.split() == ["ESS", "level", "done", "by", "rules", "what", "holds"]
    assert [line.split()[0] for line in lines] == [each.code for each in TYPES]
    assert lines[-1].endswith("what one side sends is what the other receives [10%]")
