"""Files as people have them: which lines are a table, what separates them, what is refused and where."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from amyqa.errors import AmyqaError, BadInput
from amyqa.starting.columns import repeated_by_slip
from amyqa.starting.intake import Taken
from tests.starting.tables import take

BODY = "Quay,2011,2012\nAlder,120,130\nBirch,80,90\nBoth quays,200,220\n"
ROWS = (("Alder", "120", "130"), ("Birch", "80", "90"), ("Both quays", "200", "220"))


def refused(text: str, **options: object) -> str:
    with pytest.raises(BadInput) as told:
        take(text, "t.csv", **options)
    return "\n".join(map(str, told.value.problems))


def left_out(taken: Taken) -> list[int]:
    return [number for number, _ in taken.left_out]


@pytest.mark.parametrize(
    ("above", "below", "numbers"),
    [
        ("Table 4. Boats moored\n", "", [1]),
        ("Table 4. Boats moored, by quay and year\n", "", [1]),
        ("Boats moored; by quay, and year\n\n", "", [1]),
        ("Boats by quay, yearly\n", "", [1]),
        ("Boats moored,,\n,,(hundreds)\n,,\n", "", [1, 2]),
        ("", "Source: harbour office\n", [5]),
        ("", "Source: harbour office,,\nA blank: closed that year,,\n", [5, 6]),
        ("", ",,\n* Alder was rebuilt in 2011.,,\n", [6]),
        ("", "\n1) Without ferries\n2) From May, estimates\n", [6, 7]),
        ("", "Figures may not add up because of rounding,,\n", [5]),
        ("", "p provisional,,\n", [5]),
        ("Boats\n\n", "\nNote: see page 7, table 2\n", [1, 8]),
    ],
)
def test_titles_sources_and_notes_are_no_rows(above: str, below: str, numbers: list[int]) -> None:
    taken = take(above + BODY + below, "t.csv")
    assert (taken.labels, taken.lines) == (("Quay", "2011", "2012"), ROWS)
    assert left_out(taken) == numbers
    assert taken.rewritten


def test_a_row_whose_cells_are_all_blank_stays_a_row() -> None:
    taken = take(BODY.replace("Both quays,200,220", "Cedar,,"), "t.csv")
    assert [line[0] for line in taken.lines] == ["Alder", "Birch", "Cedar"]
    assert not taken.rewritten


GROUPED = ("Men – 2011", "Men – 2012", "Women – 2011", "Women – 2012")


@pytest.mark.parametrize(
    "header",
    [
        ",Men,,Women,\nTown,2011,2012,2011,2012\n",
        "Town,Men,,Women,\n,2011,2012,2011,2012\n",
        ",Men,,Women,\nTown,2011,2012,2011,2012\n1,2,3,4,5\n",
        "Table 2\n\n,Men,,Women,\nTown,2011,2012,2011,2012\n",
        ",Men,,Women,\n,2011,2012,2011,2012\nTown,,,,\n".replace("Town,,,,\n", ""),
    ],
)
def test_either_line_of_a_header_may_name_the_rows(header: str) -> None:
    taken = take(header + "Ash,5,6,7,8\nBay,9,8,7,6\n", "t.csv")
    assert taken.labels[1:] == GROUPED
    assert taken.rows == ("Ash", "Bay")


def test_a_header_of_three_lines_may_name_the_rows_in_its_middle() -> None:
    text = ",Boats,,,\nQuay,Sail,,Steam,\n,2011,2012,2011,2012\nAlder,1,2,3,4\nBirch,2,3,4,6\n"
    assert take(text, "t.csv").labels == (
        "Quay",
        "Boats – Sail – 2011",
        "Boats – Sail – 2012",
        "Boats – Steam – 2011",
        "Boats – Steam – 2012",
    )


def test_words_under_years_that_stand_twice_are_the_second_line_of_the_header() -> None:
    years, words = ",2019,2019,2020,2020\n", "Quay,Boats,Nets,Boats,Nets\n"
    taken = take(f"{years}{words}Alder,12,3,14,5\nBirch,8,9,7,6\n", "t.csv")
    assert taken.labels == ("Quay", "2019 – Boats", "2019 – Nets", "2020 – Boats", "2020 – Nets")
    assert not taken.left_out


def test_a_first_row_without_numbers_is_no_header() -> None:
    assert take("Year,Men,Women\n2003,-,..\n2004,5,6\n", "t.csv").rows == ("2003", "2004")


def test_a_header_that_stands_again_on_the_next_page_is_left_out() -> None:
    text = "Quay,2011,2012\nAlder,120,130\nSource: office,,\nQuay,2011,2012\nBirch,80,90\n"
    taken = take(text, "t.csv")
    assert (taken.rows, left_out(taken)) == (("Alder", "Birch"), [3, 4])


def test_a_table_that_begins_anew_is_refused_where_it_does() -> None:
    assert refused(BODY + BODY).startswith("t.csv:5: the table begins anew")


def test_merged_labels_are_filled_down_and_a_total_below_all_groups_stays() -> None:
    text = (
        "Coast,Craft,2011,2012\nEast,Sail,4,5\n,Steam,6,7\n,Total,10,12\n"
        "West,Sail,1,2\n,Steam,1,1\n,Total,2,3\n,Total,12,15\n"
    )
    taken = take(text, "t.csv")
    assert [line[0] for line in taken.lines] == ["East", "East", "East", "West", "West", "West", ""]
    assert taken.keys == (0, 1)
    assert taken.repairs == ("Coast filled down in 4 rows",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Town,Men,Area\nAsh,987,102\nBay,1,240,702\n", "t.csv:3:4: has 4 fields where the header has 3"),
        ("Town,Men,Area\nAsh,1,987,102\nBay,1,240,702\n", "t.csv:2:4: has 4 fields where the header has 3"),
        ("Town,Men,Women\nAsh,9,10\nBay,24\nCove,1,2\n", "t.csv:3:3: has 2 fields where the header has 3"),
        ("Town,Men,Women\nAsh,9,10\nBay,24,,7\nCove,1,2\n", "t.csv:3:4: has 4 fields where the header has 3"),
        ("Town,Women\nAsh,9,10\nBay,24,7\nCove,11,2\n", "t.csv:1:3: has 2 fields where the"),
        ("Town,Men\nAsh,9,\nBay,24,\nCove,1,\n", "t.csv:1:3: has 2 fields where the"),
        ('Town,Men\n"Ash,9\nBay,"24"\n', "t.csv:2: is not CSV"),
        ('Town,Men,Women\nAsh,9"a,b" 1,2\n', "t.csv:2:2: has a quote inside the fields 2 and 3"),
        ("Town Men Women\nAsh\n", "t.csv:1: has one column only"),
        ("Dear reader, here is what we owe you.\nWe hope, all of us, to meet.\n", "t.csv:1: is no table"),
        ("We hope all of us to see you soon.\nAnd at sea in years to come.\n", "t.csv:1: is no table"),
    ],
)  # fmt: skip
def test_what_fits_no_table_is_refused_with_its_line_and_counts(text: str, message: str) -> None:
    assert refused(text).startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "Town|| Men||Women\nAsh||1||2\nBay||3||4\n",
        "Town Men Women\nAsh 1 2\nBay 3 4\n",
        'Town, Men, "Women"\n"Ash", 1, "2"\nBay, 3, 4\n',
        "Town,Men,'Women'\n'Ash',1,2\nBay,3,'4'\n",
        "Town\tMen\tWomen\r\nAsh\t1\t2\r\nBay\t3\t4\r\n",
        "Town;Men;Women\rAsh;1;2\rBay;3;4\r",
        "Town,Men,Women,\nAsh,1,2,\nBay,3,4,\n",
        "Town,Men,,Women\nAsh,1,,2\nBay,3,,4\n",
    ],
)
def test_other_delimiters_quotes_and_empty_columns_are_read(text: str) -> None:
    taken = take(text, "t.csv")
    assert taken.labels == ("Town", "Men", "Women")
    assert [[f.strip() for f in line] for line in taken.lines] == [["Ash", "1", "2"], ["Bay", "3", "4"]]


def test_quotes_behind_a_backslash_are_read() -> None:
    taken = take('Town,Men\n"Ash, the \\"old\\" one",1\nBay,2\n', "t.csv")
    assert taken.rows == ('Ash, the "old" one', "Bay")
    assert taken.repairs


@pytest.mark.parametrize(
    "text", ["Ash,9,10\nBay,24,7\n", "2003,756,638,118\n2004,674,516,155\n", "Ash,9.5,n/a\nBay,8,7\n"]
)
def test_a_file_without_a_header_is_asked_about_and_not_robbed(text: str) -> None:
    assert "has the file no header? (--header" in refused(text)
    rows = [tuple(line.split(",")) for line in text.splitlines()]
    assert list(take(text, "t.csv", header_lines=0).lines) == rows
    named = take(text, "t.csv", header=["Town", "Men", "Women", "Others"][: len(rows[0])])
    assert (list(named.lines), named.labels[:2]) == (rows, ("Town", "Men"))
    assert take(text, "t.csv", header_lines=1).labels[1:] == rows[0][1:]


@pytest.mark.parametrize("header", ["Age,0,1,2,3", "Class,5,10,15,20", "Town,2003,2004,2005,2006"])
def test_numbers_that_count_on_evenly_may_head_columns(header: str) -> None:
    assert take(f"{header}\nAsh,9,10,4,7\nBay,24,7,3,3\n", "t.csv").rows == ("Ash", "Bay")


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("Pier,Type,No. of ferries,Boats", ["Ash,12,30,42", "Bay,7,21,28", "Cove,9,14,23", "Dell,31,5,36"]),
        ("Pier,Rank,Serial,Boats", ["Ash,12,30,42", "Bay,7,21,28", "Cove,9,14,23", "Dell,31,5,36"]),
    ],
)
def test_a_column_that_completes_a_sum_is_a_number_whatever_it_is_called(
    header: str, rows: list[str]
) -> None:
    taken = take("\n".join([header, *rows]) + "\n", "t.csv")
    assert (taken.amounts, taken.numbering) == ((1, 2, 3), ())


def test_a_column_of_numbers_that_stands_in_no_sum_may_be_a_rank() -> None:
    text = "Pier,Rank,Sail,Steam,Boats\nAsh,3,12,30,42\nBay,1,7,21,28\nCove,4,9,14,23\nDell,2,31,5,36\n"
    assert take(text, "t.csv").numbering == (1,)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("day,land,code,pier,boats\n1-5-31,QRS,7,Ash,12\n1-5-31,QRS,8,Bay,14\n1-5-31,QRS,9,Cove,11\n", (3,)),
        ("land,code,pier,boats\nQRS,P-7,Ash,12\nQRS,P-8,Bay,14\nQRS,P-9,Cove,11\n", (2,)),
        ("Year,Month,boats\n2003,1,12\n2003,2,14\n2004,1,11\n2004,2,9\n", (0, 1)),
        ("code,boats,ferries\n101,12,4\n102,14,5\n", (0,)),
    ],
)
def test_rows_are_known_by_what_tells_them_apart(text: str, keys: tuple[int, ...]) -> None:
    assert take(text, "t.csv").keys == keys


def test_labels_that_stand_twice_in_a_block_are_a_slip() -> None:
    cells = [["1"]] * 6
    assert repeated_by_slip(["Ash", "Bay", "Bay", "Cove", "Dell", "Total"], cells) == {"Bay"}
    assert repeated_by_slip(["Ash", "Other", "Total", "Cove", "Other", "Total"], cells) == frozenset()
    assert repeated_by_slip(["Ash", "Ash", "Ash", "Ash", "Bay", "Bay"], cells) == frozenset()
    headed = [[""], ["1"], ["2"], [""], ["3"], ["4"]]
    assert repeated_by_slip(["Town", "Men", "Women", "Land", "Men", "Women"], headed) == frozenset()


def test_a_column_that_only_counts_the_rows_gets_a_label() -> None:
    taken = take(",Pier,2011,2012\n0,Ash,4,5\n1,Bay,6,7\n2,Cove,1,9\n", "t.csv")
    assert (taken.labels[0], taken.keys) == ("Column 1", (1,))


TWICE = (
    "Shire,Craft,2011,2012\nAsh,Total,22,24\nAsh,Sail,10,11\nAsh,Steam,12,13\nBay,Total,9,9\nBay,Sail,4,4\n"
    "Bay,Steam,5,5\nBay,Total,{},6\nBay,Sail,1,2\nBay,Steam,3,4\nCove,Total,1,1\nCove,Sail,1,1\n"
)


def test_a_shire_and_its_town_of_one_name_are_not_one() -> None:
    assert take(TWICE.format(4), "t.csv").keys == (0,)


def test_a_block_that_stands_twice_is_one_too_many() -> None:
    again = "Bay,Total,9,9\nBay,Sail,4,4\nBay,Steam,5,5\n"
    assert take(TWICE[: TWICE.index("Bay,Total,{}")] + again, "t.csv").keys == (0, 1)


def test_a_lone_field_of_brackets_costs_no_time() -> None:
    start = time.process_time()
    lines = "".join(f"{2001 + i},{i},{i + 1}\n" + "(" * 9900 + ",,\n" for i in range(4))
    with suppress(AmyqaError):  # it may be refused, but soon
        take(f"Year,Men,Women\n{lines}", "x.csv")
    assert time.process_time() - start < 1


def test_merged_labels_of_several_columns_are_filled_down() -> None:
    rows = ["Ash,Upper,Men,4", ",,Women,5", ",,Total,9", ",Lower,Men,2", ",,Women,2", ",,Total,4"]
    rows += ["Elm,Upper,Men,7", ",,Women,1", ",,Total,8", "Both,,Men,13", ",,Women,8", ",,Total,21"]
    taken = take("Parish,Part,Sex,Bees\n" + "\n".join(rows) + "\n", "t.csv")
    assert [line[:2] for line in taken.lines][3:9] == [("Ash", "Lower")] * 3 + [("Elm", "Upper")] * 3
    assert [line[:3] for line in taken.lines][9:] == [("Both", "", s) for s in ("Men", "Women", "Total")]
    assert any("Part filled down in 6 rows" in told for told in taken.repairs)


def test_a_blank_label_below_years_is_filled_down() -> None:
    rows = ["2001,East,Men,3", "2001,,Women,4", "2002,East,Men,5", "2002,,Women,6", ",,Total,18"]
    taken = take("Year,Region,Sex,Bees\n" + "\n".join(rows) + "\n", "t.csv")
    assert [line[1] for line in taken.lines] == ["East", "East", "East", "East", ""]


@pytest.mark.parametrize(
    ("text", "told", "amounts"),
    [
        ("Good,Paid\nTea,$5\nRum,€4\nTotal,$9\n", ["Paid: its numbers are in $ and €"], ["Paid"]),
        (
            "Good,Here,There,All\nTea,$5,€4,$9\nRum,$7,€8,$15\n",
            ["There: its numbers are in €"],
            ["Here", "All"],
        ),
        ("Good,Here,There,All\nTea,$5,$4,USD 9\nRum,$7,US$8,$15\n", [], ["Here", "There", "All"]),
    ],
)
def test_amounts_in_several_currencies_are_told_and_not_added_up(
    text: str, told: list[str], amounts: list[str]
) -> None:
    taken = take(text, "t.csv")
    assert [remark.split(";")[0] for remark in taken.remarks] == told
    assert [taken.labels[i] for i in taken.amounts] == amounts
    assert taken.unsummed == (amounts == ["Paid"])


@pytest.mark.parametrize(
    ("cells", "separator", "decimal", "told"),
    [
        (["2.317", "640"], ",", ".", "2.317 is read with decimals: a guess, no sum tells"),
        (["2,317", "640"], ";", ".", "2,317 is read as 2317: a guess, no sum tells"),
        (["2.317", "640", "2957"], ",", ",", "2.317 is read as 2317: so more sums hold"),
        (["2,317", "4", "6,317"], ";", ",", "2,317 is read with decimals: so more sums hold"),
        (["2,317", "640", "2957"], ";", ".", "2,317 is read as 2317: so more sums hold"),
    ],
)
def test_a_lone_mark_that_may_be_either_is_decided_by_sums_and_told(
    cells: list[str], separator: str, decimal: str, told: str
) -> None:
    names = ["Ash", "Elm", "Total"]
    lines = [separator.join([name, cell]) for name, cell in zip(names, cells, strict=False)]
    taken = take("\n".join([f"Tree{separator}Stems", *lines]) + "\n", "t.csv")
    assert taken.decimal == decimal
    assert [remark.split("; ")[0] for remark in taken.remarks] == [told]


def test_clauses_that_end_in_a_number_are_no_table() -> None:
    lines = ["Madam, here is what we have sold", "In spring we sold rather little of it, 310"]
    lines += ["In summer we sold far more than before, 540", "In autumn it was quiet once more, 220"]
    assert "is no table: its lines are words, with 2 fields" in refused("\n".join(lines) + "\n")
