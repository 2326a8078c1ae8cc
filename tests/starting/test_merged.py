"""Merged labels: filled down where the numbers agree, left where they do not, and told."""

from __future__ import annotations

from tests.starting.tables import take

FITS = """Coast,Crew,Cutters,Yawls
East,Hired,12,31
,Own,20,14
,All,32,45
West,Hired,41,8
,Own,9,17
,All,50,25
"""


def regions(csv: str) -> list[str]:
    return [line[0] for line in take(csv, "boats.csv").lines]


def test_groups_that_add_up_get_their_label_on_each_row():
    taken = take(FITS, "boats.csv")
    assert [line[0] for line in taken.lines] == ["East"] * 3 + ["West"] * 3
    assert "Coast filled down in 4 rows" in taken.repairs
    assert not taken.remarks


def test_a_misprint_in_one_total_does_not_stop_the_others():
    assert regions(FITS.replace(",All,50,", ",All,90,")) == ["East"] * 3 + ["West"] * 3


def test_nothing_is_filled_down_where_no_total_is_the_sum_of_the_rows_it_would_join():
    taken = take(FITS.replace("All,32,45", "All,77,98").replace("All,50,25", "All,81,66"), "boats.csv")
    assert [line[0] for line in taken.lines] == ["East", "", "", "West", "", ""]
    assert not any("filled down" in repair for repair in taken.repairs)
    [remark] = taken.remarks
    assert remark.startswith("Coast is not filled down: the printed totals are not the sums")


def test_a_row_behind_a_groups_total_that_it_leaves_out_keeps_its_blank():
    csv = FITS + ",Wrecks,18,13\nNorth,Hired,5,6\n,Own,7,9\n,All,12,15\n"
    taken = take(csv, "boats.csv")
    assert [line[0] for line in taken.lines] == ["East"] * 3 + ["West"] * 3 + [""] + ["North"] * 3
    assert [remark.partition(":")[0] for remark in taken.remarks] == ["Coast is not filled down in line 8"]


def test_averages_say_nothing_of_groups():
    csv = FITS.replace("All,32,45", "All,16,22").replace("All,50,25", "All,25,12")
    assert regions(csv) == ["East"] * 3 + ["West"] * 3


def test_groups_without_totals_are_filled_down_by_their_labels():
    csv = "".join(line for line in FITS.splitlines(keepends=True) if ",All," not in line)
    assert regions(csv) == ["East"] * 2 + ["West"] * 2
