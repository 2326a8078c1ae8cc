"""Lines of another width than the header: refused with their line, or read in the one way that there is."""

from __future__ import annotations

import pytest

from amyqa.errors import BadInput
from tests.starting.tables import take

TOP = "Lake,All,Pike,Perch\nOst,3300,1300,2000\n"


@pytest.mark.parametrize(
    ("line", "read"),
    {
        "a delimiter more at the end": ("Vest,50,20,30,", ("Vest", "50", "20", "30")),
        "two delimiters side by side": ("Vest,50,,20,30", ("Vest", "50", "20", "30")),
        "a number cut at its thousands mark": ("Vest,50,1,240,30", ("Vest", "50", "1,240", "30")),
        "two numbers cut": ("Vest,1,270,1,240,30", ("Vest", "1,270", "1,240", "30")),
        "one number cut twice": ("Vest,9,1,240,702,30", ("Vest", "9", "1,240,702", "30")),
        "a number cut in one of two ways": ("Vest,1,240,300,30", None),
        "a field is missing": ("Vest,50,20", None),
        "two fields too many": ("Vest,50,20,30,7,8", None),
        "words with a delimiter in them": ("Vest, the upper,50,20,30", None),
    }.values(),
)
def test_a_line_of_another_width_is_refused_until_its_only_reading_is_accepted(line, read):
    table = f"{TOP}{line}\nNord,70,30,40\n"
    with pytest.raises(BadInput) as refused:
        take(table, "lakes.csv")
    [problem] = refused.value.problems
    assert problem.line == 3
    assert ("--accept-repairs" in problem.hint) == (read is not None)
    if read is None:
        with pytest.raises(BadInput):
            take(table, "lakes.csv", accept_repairs=True)
        return
    taken = take(table, "lakes.csv", accept_repairs=True)
    assert taken.lines[1] == read
    [repair] = taken.repairs
    assert repair.startswith("line 3: ")
    assert line in repair
    assert taken.rewritten


def test_blank_fields_at_the_end_of_the_header_are_left_out_and_told():
    taken = take("Lake,All,Pike,Perch,,\nOst,33,13,20\nVest,50,20,30\nNord,70,30,40\n", "lakes.csv")
    assert taken.labels == ("Lake", "All", "Pike", "Perch")
    assert taken.repairs == ("line 1: without 2 blank fields at its end",)


def test_a_heading_without_delimiters_is_a_row_of_blanks_and_told():
    taken = take(
        "Lake,All,Pike,Perch\nUpland\nOst,33,13,20\nVest,50,20,30\nLowland\nNord,70,30,40\nSyd,9,4,5\n",
        "lakes.csv",
    )
    assert taken.lines[0] == ("Upland", "", "", "")
    assert taken.repairs[0] == "line 2: 'Upland' is read as 'Upland,,,'"
