"""Totals that a draft states, and what a check then says of them: shares of a hundred, shifted lines."""

from __future__ import annotations

import random

import pytest

from amyqa import pipeline
from amyqa.model import Report
from amyqa.starting.new import New
from tests.starting.conftest import Make


def checked(new: New) -> Report:
    return pipeline.check([new.csv], "duckdb")


def suspected(report: Report) -> set[tuple[str, str]]:
    """Row and column of every cell that is said to be, or perhaps to be, a misprint."""
    changes = [change for each in report.diagnoses for change in each.changes]
    changes += [c for each in report.diagnoses for other in each.alternatives for c in other.changes]
    return {(change.cell.row, change.cell.column) for change in changes}


@pytest.mark.parametrize(
    ("name", "hundred"),
    [
        ("Share", "100"), ("%", "100.0"), ("Per cent", "100%"), ("% of total", "100.00"),
        ("Distribution", "100"), ("Sold", "100.0"),
    ],
)  # fmt: skip
def test_the_100_of_one_column_of_shares_is_never_the_suspect(make: Make, name: str, hundred: str) -> None:
    lines = ["Oak,310,31.0", "Beech,260,26.0", "Pine,240,29.0", "Larch,190,19.0", f"Total,1000,{hundred}"]
    report = checked(make("\n".join([f"Tree,Stems,{name}", *lines]) + "\n"))
    assert len(report.findings) == 1
    suspects = suspected(report)
    assert ("Pine", name) in suspects
    assert ("Total", name) not in suspects


@pytest.mark.parametrize("name", ["Share", "Per cent", "Stems sold"])
def test_the_100_of_one_row_of_shares_is_never_the_suspect(make: Make, name: str) -> None:
    lines = [",Oak,Beech,Pine,Larch,Total", "Stems,310,260,240,190,1000", f"{name},31.0,26.0,29.0,19.0,100.0"]
    suspects = suspected(checked(make("\n".join(lines) + "\n")))
    assert (name, "Pine") in suspects
    assert (name, "Total") not in suspects


def test_the_100_of_a_count_may_be_wrong(make: Make) -> None:
    lines = ["Year,Boys,Girls,Total", "2001,412,391,803", "2002,35,74,100", "2003,400,389,789"]
    suspects = suspected(checked(make("\n".join(lines) + "\n")))
    assert ("2002", "Total") in suspects


MADE = ["1225", "1460", "1116", "1620", "1477"]


@pytest.mark.parametrize(
    ("totals", "fails"),
    [
        ([*MADE[1:], "1299"], "5 of 5"),
        (["1310", *MADE[:-1]], "5 of 5"),
        ([*MADE[:2], *MADE[3:], "1299"], "3 of 5"),
    ],
)
def test_totals_of_the_column_beside_are_told_as_shifted(make: Make, totals: list[str], fails: str) -> None:
    lines = ["Port,2011,2012,2013,2014,2015", "Hull,512,703,430,700,640", "Dover,613,637,555,801,710"]
    lines += ["Poole,100,120,131,119,127", ",".join(["Total", *totals])]
    report = checked(make("\n".join(lines) + "\n"))
    [told] = report.diagnoses
    assert not told.located
    assert f"fails in {fails} lines: each total is that of the column beside it" in told.message


def test_totals_of_the_row_below_are_told_as_shifted(make: Make) -> None:
    pairs = [(512, 613), (703, 637), (430, 555), (700, 801), (610, 720), (640, 710)]
    made = [a + b for a, b in pairs]
    rows = [
        f"{2001 + n},{a},{b},{t}" for n, ((a, b), t) in enumerate(zip(pairs, [1111, *made], strict=False))
    ]
    [told] = checked(make("\n".join(["Year,North,South,Total", *rows]) + "\n")).diagnoses
    assert "shifted by one row" in told.message


def test_a_search_that_is_stopped_says_where_and_ends_alike_each_time(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amyqa.starting.inferring.MAX_OF_A_STUDY", 9_000)
    chance = random.Random(3)
    rows = [f"Farm {n},{chance.randint(1, 9999)},{chance.randint(1, 9999)}" for n in range(150)]
    text = "Farm,Sheep,Goats\n" + "\n".join(rows) + "\n"
    first, again = make(text), make(text, force=True)
    assert any("stopped among rows, at Farm" in told for told in first.draft.left)
    assert first.draft.text == again.draft.text
    assert "# the search for sums was stopped among rows" in first.yaml.read_text("utf-8")


@pytest.mark.parametrize("rows", ["Tea,$5\nRum,€4\nTotal,$9", "Tea,EUR 5\nRum,GBP 4\nTotal,9"])
def test_a_column_in_two_currencies_is_in_no_sum(make: Make, rows: str) -> None:
    new = make(f"Good,Paid\n{rows}\n")
    assert "amounts of several currencies are not added up" in new.yaml.read_text("utf-8")
    assert checked(new).total.evaluated == 0


def test_what_turns_the_direction_of_writing_is_escaped_in_a_draft(make: Make) -> None:
    new = make("Pl\u202eace,A\u202eb,C\nx\u2066,12\u202e,3\ny,13\u202e,4\nTotal,25,7\n")
    text = new.yaml.read_text("utf-8")
    assert all(character.isprintable() or character == "\n" for character in text)


WHOLE_SHARES = {
    "a column beside counts": "Wood,Plots,Share\nAlder,410,33\nBirch,415,33\nCedar,418,33\nTotal,1243,100\n",
    "by the counts alone": "Wood,Plots,Part\nAlder,410,33\nBirch,415,33\nCedar,418,33\nTotal,1243,100\n",
    "a total that was added up": "Wood,Per cent\nAlder,34\nBirch,33\nCedar,33\nTotal,101\n",
    "rows": "Year,Oak,Ash,Elm,Total\n2001,33,33,33,100\n2002,34,33,34,101\n2003,41,29,31,100\n",
    "a row beside counts": ",Oak,Ash,Elm,Total\nPlots,410,415,418,1243\nShare (%),33,33,33,100\n",
}


@pytest.mark.parametrize("name", WHOLE_SHARES)
def test_whole_shares_need_not_make_a_hundred(make: Make, name: str) -> None:
    report = checked(make(WHOLE_SHARES[name]))
    assert report.findings == ()
    assert not report.not_evaluated


def test_counts_beside_whole_shares_stay_exact(make: Make) -> None:
    rows = "Alder,410,33\nBirch,415,33\nCedar,418,33\nTotal,1244,100\n"
    [finding] = checked(make("Wood,Plots,Share\n" + rows)).findings
    assert "Plots" in finding.message


def test_whole_shares_that_miss_by_more_than_rounding_are_told_and_none_is_accused(make: Make) -> None:
    report = checked(make("Age,Percent\n0-14,28\n15-29,25\n30-44,20\n45-59,15\n60+,18\nTotal,100\n"))
    assert len(report.findings) == 1
    assert not any(each.located for each in report.diagnoses)


def test_of_many_shares_that_make_a_hundred_one_that_does_not_is_told(make: Make) -> None:
    parts = [(20 + n, 30 + n, 50 - 2 * n) for n in range(16)]
    lines = [f"{2000 + n},{a},{b},{c + (n == 9)},100" for n, (a, b, c) in enumerate(parts)]
    report = checked(make("\n".join(["Year,Oak,Ash,Elm,Total", *lines]) + "\n"))
    assert len(report.findings) == 1


def test_totals_that_miss_by_more_than_rounding_makes_them_are_not_taken_for_rounded(make: Make) -> None:
    rows = ["Nord,101,98,120", "Sud,87,93,95", "Ost,140,139,141", "West,100,107,104", "Total,430,435,461"]
    report = checked(make("\n".join(["Region,2019,2020,2021", *rows]) + "\n"))
    assert len(report.findings) == 3


QUARRY = (
    "Pit,Slate,Chalk,Gravel,Clay\nAld,1204,31,12,88\nBow,2210,44,19,120\nCox,987,22,9,71\nDun,1533,35,14,93\n"
)


@pytest.mark.parametrize(
    ("total", "told"),
    {
        "above": (
            "Total,6100,140,58,390",
            "Total is more than the other rows together in all 4 columns (Slate: printed 6,100, they make "
            "5,934); if it is meant to be their sum, state it",
        ),
        "below": (
            "Total,4100,102,38,290",
            "Total is less than the other rows together in all 4 columns (Slate: printed 4,100, they make "
            "5,934); if it is meant to be their sum, state it",
        ),
    }.values(),
)
def test_a_total_that_misses_its_parts_everywhere_is_not_accused_but_compared(
    make: Make, total: str, told: str
) -> None:
    new = make(f"{QUARRY}{total}\n")
    assert new.draft.left == ("no sum checks this table, not even total row Total", told)
    assert not checked(new).findings


def test_what_is_no_sum_of_the_rows_at_all_is_not_compared(make: Make) -> None:
    [told] = make(f"{QUARRY}Total,1480,33,13,93\n").draft.left
    assert told.startswith("no sum checks")
