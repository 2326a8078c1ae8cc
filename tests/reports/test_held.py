"""What held: rules by tables, and the series of a table side by side."""

from __future__ import annotations

import dataclasses

from amyqa.model import NotEvaluated, RanRule, Report
from amyqa.reports.html.held import matrix
from amyqa.reports.html.multiples import MOST, multiples
from tests.reports import builder
from tests.reports.tree import parsed

YEARS = {str(2010 + i): [str(10 + i), str(90 - i), "7" if i % 2 else ""] for i in range(6)}


def judged() -> Report:
    """Two tables: one rule is broken in one, one holds, one could not be judged, one is the house's own."""
    one = builder.table("a/one", ["X", "Y", "Z"], YEARS, title="One", rows={"dimension": "year"})
    two = builder.table("a/two", ["X"], {"r": ["1"]}, title="Two")
    unknown = NotEvaluated("a/one", "range", "", {}, "nothing to judge", identity=False)
    return builder.report(
        one, two, not_evaluated=(unknown, unknown),
        ran=(
            RanRule("a/one", "totals", 57, 8), RanRule("a/one", "range", 5, 0),
            RanRule("a/two", "range", 1, 0), RanRule("a/two", "own_rule", 3, 3),
        ),
    )  # fmt: skip


def test_a_rule_on_a_table_held_is_broken_was_not_evaluated_or_not_run() -> None:
    found = matrix(judged())
    assert [rule for rule, _ in found.rules] == ["totals", "range", "own_rule"]
    told = {table: [(each.state, each.text) for each in row] for table, row in found.rows.items()}
    assert told == {
        "a/one": [("broken", "8/57"), ("holds", "5 ?2"), ("none", "")],
        "a/two": [("none", ""), ("holds", "1"), ("broken", "3/3")],
    }
    gap = dataclasses.replace(judged(), ran=())
    assert [each.state for each in matrix(gap).rows["a/one"]] == ["unknown"]


def test_the_page_has_the_matrix_with_its_legend() -> None:
    part = parsed(judged()).one("section", id="contents")
    assert [th.text for th in part.all("th", cls="rule")] == ["totals", "range", "own_rule"]
    assert [td.text for td in part.all("td", cls="broken")] == ["8/57", "3/3"]
    assert "not evaluated: never a pass" in part.one("ul", cls="matrix").text


def test_series_run_over_the_years_with_gaps_and_what_is_odd() -> None:
    table = judged().tables[0]
    [odd] = builder.cells(table, ("2012", "Y"))
    drawn = multiples(table, {odd.id})
    assert drawn is not None
    assert (drawn.span, drawn.more) == ("2010–2015", 0)
    assert [(each.label, len(each.odd)) for each in drawn.lines] == [("X", 0), ("Y", 1)]  # Z has three
    assert drawn.lines[0].words.startswith("2010: 10, 2011: 11")
    only = multiples(table, {odd.id}, only_odd=True)
    assert only is not None
    assert ([each.label for each in only.lines], only.more) == (["Y"], 1)


def test_series_across_columns_are_drawn_as_well_and_many_are_counted() -> None:
    years = [str(2000 + i) for i in range(5)]
    table = builder.table("t", years, {f"row {i}": ["1", "2", "3", "4", "5"] for i in range(20)})
    drawn = multiples(table, ())
    assert drawn is not None
    assert (len(drawn.lines), drawn.more) == (MOST, 20 - MOST)
    assert multiples(judged().tables[1], ()) is None
    twice = builder.table("t", ["A"], {f"{year} {half}": ["1"] for year in years for half in "ab"})
    assert multiples(twice, ()) is None
