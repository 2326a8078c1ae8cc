"""A CSV and its YAML become a table."""

from __future__ import annotations

from decimal import Decimal

import pytest

from amyqa.errors import Problems
from amyqa.model import Reading, Reference, StatedIdentity, Status, Table, Term
from amyqa.reading.table import read_table
from tests.reading.tables import CSV, HEAD, YAML, gather, problem_of, problems_of, table_of

# --- rows, columns and tokens -----------------------------------------------------------------------


def test_a_table_has_its_rows_columns_and_tokens_as_printed(tmp_path):
    table = table_of(tmp_path)
    assert (table.id, table.file, table.size) == ("2005/t", "t.csv", 9)
    assert (table.key_columns, table.columns, table.positions) == (
        ("Year",),
        ("Total", "Male", "Female"),
        (2, 3, 4),
    )
    assert [(row.label, row.keys, row.line, row.tokens) for row in table.rows] == [
        ("2004", ("2004",), 2, ("10", "4", "6")),
        ("2005", ("2005",), 3, ("1,012", "505", "507")),
        ("Total", ("Total",), 4, ("1,022", "509", "513")),
    ]
    assert table.rows[1].readings[0] == Reading(Status.VALUE, Decimal(1012))
    assert table.stated == ()


def test_a_cell_is_found_on_paper_and_on_disk(tmp_path):
    cell = table_of(tmp_path).cell(5)
    assert (cell.row, cell.column, cell.token, cell.file, cell.line, cell.position) == (
        "2005", "Male", "505", "t.csv", 3, 3,
    )  # fmt: skip


def test_lines_stay_right_behind_blank_lines_and_broken_fields(tmp_path):
    csv = 'Year,Total,"Male\n(all)",Female\n\n"20\n04",1,1,-\n,,,\n2005,1,1,-\n'
    yaml = YAML.replace("  Male:", '  "Male (all)":').replace(", total: Total", "")
    assert [(row.label, row.line) for row in table_of(tmp_path, yaml, csv).rows] == [
        ("20 04", 4),
        ("2005", 7),
    ]


def test_labels_are_matched_in_one_form(tmp_path):
    csv = 'Year,"DW  Total",\u00a0Ｍale ,Fe\u00admale\n 2004 ,1,1,-\nＴotal,1,1,-\n'
    yaml = YAML.replace("  Total:", "  DW\u00a0Total:") + "uncertain: {'\u20092004': why}\n"
    table = table_of(tmp_path, yaml, csv)
    assert table.columns == ("DW Total", "Male", "Female")
    assert [row.label for row in table.rows] == ["2004", "Total"]
    assert table.rows[0].keys == (" 2004 ",)


def test_the_first_column_needs_no_label(tmp_path):
    assert table_of(tmp_path, YAML, CSV.replace("Year", "")).key_columns == ("",)


def test_columns_may_stand_in_any_order_in_the_yaml(tmp_path):
    head, columns = YAML.split("columns:\n")
    turned = "".join(sorted(columns.splitlines(keepends=True)))
    assert table_of(tmp_path, f"{head}columns:\n{turned}").columns == ("Total", "Male", "Female")


def test_several_key_columns_make_one_label(tmp_path):
    yaml = HEAD + (
        "rows: {dimensions: {Sex: sex, Year: year}, total: Total}\n"
        "columns: {N: {}}\nuncertain: {male | 2005: why}\n"
    )
    csv = "Year,N,Sex\n2004,1,male\n2005,2,male\nTotal,3,male\n"
    table = table_of(tmp_path, yaml, csv)
    assert table.key_columns == ("Sex", "Year")
    assert (table.columns, table.positions) == (("N",), (2,))
    assert [(row.label, row.keys) for row in table.rows][::2] == [
        ("male | 2004", ("male", "2004")),
        ("male | Total", ("male", "Total")),
    ]


def test_without_a_dimension_repeated_labels_are_numbered(tmp_path):
    csv = "Group,N\nMale,1\nMale#2,2\nMale,3\n Male,4\nFemale,5\nMale#2,6\n"
    table = table_of(tmp_path, HEAD + "columns: {N: {a: b}}\n", csv)
    labels = [row.label for row in table.rows]
    assert labels == ["Male", "Male#2", "Male#3", "Male#4", "Female", "Male#2#2"]
    assert len(set(labels)) == 6


def test_with_a_dimension_repeated_labels_stay(tmp_path):
    csv = "Year,N\n2004,1\n2004,2\n"
    table = table_of(tmp_path, HEAD + "rows: {dimension: year}\ncolumns: {N: {a: b}}\n", csv)
    assert [row.label for row in table.rows] == ["2004", "2004"]


def test_a_text_column_and_a_column_outside_any_sum(tmp_path):
    yaml = HEAD + "columns: {N: {}, 'Remark ': text}\n"
    table = table_of(tmp_path, yaml, "Group,N,Remark\na,–, see 1O below \n")
    assert table.rows[0].readings == (
        Reading(Status.MISSING),
        Reading(Status.TEXT, note="see 1O below"),
    )


def test_every_way_of_writing_numbers_is_the_declared_one(tmp_path):
    yaml = HEAD + (
        "columns: {A: {}, B: {}, C: {}, D: {}}\nnil: ['-', nil]\nmissing: [x]\ndecimal: ','\nthousands: .\n"
        "delimiter: ;\nnotes: {z: estimated}\n"
    )
    table = table_of(tmp_path, yaml, "G;A;B;C;D\na;1.234,5z;–;nil;x\n")
    assert table.rows[0].readings == (
        Reading(Status.VALUE, Decimal("1234.5"), decimals=1, mark="z"),
        Reading(Status.NIL, Decimal(0)),
        Reading(Status.NIL, Decimal(0)),
        Reading(Status.MISSING),
    )


def test_all_tokens_that_cannot_be_read_are_told_with_row_and_column(tmp_path):
    csv = CSV.replace("505", "5O5").replace("10,4", "1O,4").replace("513", "NaN")
    assert [str(problem) for problem in problems_of(tmp_path, YAML, csv)] == [
        "t.csv:2:2: row '2004', column 'Total': cannot read '1O' as a number "
        "(if the letter is a footnote mark, declare it under notes:; else correct the digit)",
        "t.csv:3:3: row '2005', column 'Male': cannot read '5O5' as a number "
        "(correct the digit, or declare a footnote mark at the number under notes:)",
        "t.csv:4:4: row 'Total', column 'Female': cannot read 'NaN' as a number "
        "(a blank cell or .. means unknown)",
    ]


def test_the_same_token_is_told_wherever_it_stands(tmp_path):
    csv = CSV.replace("4,6", "5O,5O")
    assert [problem.column for problem in problems_of(tmp_path, YAML, csv)] == [3, 4]


def test_rows_without_a_label_are_called_so_each_on_its_own(tmp_path):
    csv = CSV.replace("2005,", " ,").replace("2004,", "\u200b,")
    table = table_of(tmp_path, YAML, csv)
    assert [row.label for row in table.rows[:2]] == ["(no label)", "(no label)#2"]
    assert [row.codes for row in table.rows[:2]] == [("(no label)",), ("(no label)#2",)]
    assert table.rows[0].keys == ("\u200b",)  # as printed


def test_a_row_without_any_of_its_several_labels_is_known_by_what_it_is_called(tmp_path):
    yaml = HEAD + "rows: {dimensions: {Sex: sex, Year: year}, total: (no label)}\ncolumns: {N: {}}\n"
    table = table_of(tmp_path, yaml, "Year,N,Sex\n2004,1,male\n,2,\n")
    assert [row.codes for row in table.rows] == [("male", "2004"), ("(no label)", "")]


def test_key_columns_that_are_not_there_are_told_once(tmp_path):
    yaml = HEAD + "rows: {dimensions: {Yeer: year, Sexx: sex}}\ncolumns: {Year: {}, N: {}, Sex: {}}\n"
    csv = "Year,N,Sex\n2004,1,2\n2005,2,3\n"
    assert [(p.key, p.hint) for p in problems_of(tmp_path, yaml, csv)] == [
        ("rows.dimensions.Yeer", "did you mean 'Year'?"),
        ("rows.dimensions.Sexx", "did you mean 'Sex'?"),
    ]


def test_a_total_row_is_looked_for_in_every_key_column(tmp_path):
    yaml = HEAD + "rows: {dimensions: {Sex: sex, Year: year}, total: Totl}\ncolumns: {N: {}}\n"
    problem = problem_of(tmp_path, yaml, "Year,N,Sex\n2004,1,male\nTotal,2,male\n")
    assert (problem.key, problem.hint) == ("rows.total", "did you mean 'Total'?")


def test_a_table_of_labels_alone_has_no_cells(tmp_path):
    problem = problem_of(tmp_path, HEAD + "columns: {}\n", "Year\n2004\n")
    assert (problem.file, problem.line, problem.message) == ("t.csv", 1, "has no column of cells")


def test_without_a_csv_the_mistakes_of_the_yaml_are_told_all_the_same(tmp_path):
    (tmp_path / "t.yaml").write_text(YAML + "titel: x\n")
    problems = Problems()
    files = tmp_path / "t.csv", tmp_path / "t.yaml"
    assert read_table("t", *files, ("t.csv", "t.yaml"), problems) is None
    assert len(problems) == 2


def test_without_a_yaml_nothing_is_read(tmp_path):
    problems = Problems()
    files = tmp_path / "t.csv", tmp_path / "t.yaml"
    assert read_table("t", *files, ("t.csv", "t.yaml"), problems) is None
    assert len(problems) == 1


def test_a_table_of_no_known_family_is_no_table(tmp_path):
    table, [problem] = gather(tmp_path, YAML.replace("family: deployment\n", ""))
    assert (table, problem.key) == (None, "family")


# --- formulas ---------------------------------------------------------------------------------------

LISTED = """\
Group,N,M,Remark
Total,9,"1,0",all
Men,4,1,
Women,5,2,x
a - b,3,4,y
"5"" pipe",6,5,
"""
LABELLED = HEAD + "columns: {N: {}, M: {}, 'Remark ': text}\nthousands: '~'\ndecimal: ','\n"


def stated(folder, identities: str, csv: str = LISTED, head: str = LABELLED) -> list[StatedIdentity]:
    return list(table_of(folder, head + "identities:\n" + identities, csv).stated)


def core(identity: StatedIdentity) -> tuple[object, ...]:
    return identity.relation, identity.terms, identity.where, identity.sense, identity.unknown


def written(table: Table, identity: StatedIdentity) -> str:
    """An identity as coefficients of cells, to be read at a glance."""
    texts = []
    for term in identity.terms:
        if isinstance(term.cell, int):
            cell = table.cell(term.cell)
            texts.append(f"{term.coefficient:+}*{cell.row}/{cell.column}")
        else:
            texts.append(f"{term.coefficient:+}*{term.cell}")
    return " ".join(texts)


def shown(folder, identities: str, csv: str = LISTED, head: str = LABELLED) -> list[str]:
    table = table_of(folder, head + "identities:\n" + identities, csv)
    return [written(table, identity) for identity in table.stated]


def test_a_formula_in_every_row_holds_in_every_row(tmp_path):
    found = stated(tmp_path, "  in every row: ['N >= 2 * M - 1']\n")
    assert len(found) == 5
    assert core(found[1]) == (
        "N >= 2 * M - 1", (Term(4, 1), Term(5, -2), Term(Decimal(1), 1)), {"row": "Men"}, ">=", "",
    )  # fmt: skip
    assert [identity.where["row"] for identity in found] == ["Total", "Men", "Women", "a - b", '5" pipe']


def test_every_row_counts_even_where_labels_repeat(tmp_path):
    head = (
        HEAD
        + "rows: {dimension: year}\ncolumns: {A: {x: a}, B: {x: b}}\nidentities: {in every row: [A = B]}\n"
    )
    table = table_of(tmp_path, head, "Year,A,B\n2004,1,1\n2004,2,2\n2005,3,3\n")
    assert [(i.where["row"], written(table, i), i.unknown) for i in table.stated] == [
        ("2004", "+1*2004/A -1*2004/B", ""),
        ("2004", "+1*2004/A -1*2004/B", ""),
        ("2005", "+1*2005/A -1*2005/B", ""),
    ]
    assert [term.cell for identity in table.stated for term in identity.terms] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("formula", ["[2004, A] = 1", "[A, 2004] = [2005, A]", "sum of 2004 = 3"])
def test_a_formula_that_names_one_of_several_rows_is_not_guessed_at(tmp_path, formula):
    head = HEAD + "rows: {dimension: year}\ncolumns: {A: {x: a}, B: {x: b}}\n"
    csv = "Year,A,B\n2004,1,1\n2004,2,2\n2005,3,3\n"
    table = table_of(
        tmp_path, f"{head}identities: {{cells: ['{formula}'], in every column: [2004 = 2005]}}\n", csv
    )
    assert [i.unknown for i in table.stated] == ["several rows are labelled '2004'"] * 3
    safe = (
        "  cells: ['[2005, A] = 3', 'sum of A = 6', 'a/b[2004, x] = 3']\n  in every row: ['2 * A = A + B']\n"
    )
    assert {i.unknown for i in table_of(tmp_path, f"{head}identities:\n{safe}", csv).stated} == {""}


def test_a_sum_of_a_column_is_known_though_a_row_of_its_name_repeats(tmp_path):
    csv = "Year,A,B\nA,1,1\nA,2,2\n"
    head = HEAD + "rows: {dimension: year}\ncolumns: {A: {x: a}, B: {x: b}}\n"
    [identity] = stated(tmp_path, "  cells: [sum of A = 3]\n", csv, head)
    assert identity.unknown == ""


def test_a_formula_in_every_column_leaves_out_the_texts(tmp_path):
    found = stated(tmp_path, "  in every column: [Total = Men + Women]\n")
    assert [core(identity) for identity in found] == [
        ("Total = Men + Women", (Term(1, 1), Term(4, -1), Term(7, -1)), {"column": "N"}, "=", ""),
        ("Total = Men + Women", (Term(2, 1), Term(5, -1), Term(8, -1)), {"column": "M"}, "=", ""),
    ]


@pytest.mark.parametrize(
    ("parts", "relations"),
    [
        ("[Men, Women]", ["Total = Men + Women"]),
        ("[a - b, Men]", ["Total = a - b + Men"]),
        ("['5\" pipe', Men]", ['Total = 5" pipe + Men']),
        ("[[Men, Women], [a - b, '5\" pipe']]", ["Total = Men + Women", 'Total = a - b + 5" pipe']),
        ("[[Men, Women], a - b]", ["Total = Men + Women", "Total = a - b"]),
        ("[[Men]]", ["Total = Men"]),
    ],
)
def test_a_total_and_its_parts_are_a_formula_for_every_partition(tmp_path, parts, relations):
    found = stated(tmp_path, f"  in every column: {{Total: {parts}}}\n")
    assert [identity.relation for identity in found if identity.where == {"column": "M"}] == relations


def test_formulas_of_every_line_leave_out_what_is_not_added_up(tmp_path):
    csv = "Place,All,Town,Farm rate\nEast,3,1,2\nWest,5,1,4\nPer head,9,1,1\n"
    yaml = HEAD + (
        'identities: {in every row: ["All = Town + Farm rate"], in every column: {West: [East, Per head]},'
        " except in: [Per head, Farm rate]}\n"
    )
    stated = table_of(tmp_path, yaml, csv).stated
    assert [dict(each.where) for each in stated] == [
        {"row": "East"}, {"row": "West"}, {"column": "All"}, {"column": "Town"},
    ]  # fmt: skip
    told = problem_of(tmp_path, yaml.replace("[Per head,", "[Per hed,"), csv)
    assert "t.csv has no row or column 'Per hed' (did you mean 'Per head'?)" in str(told)


def test_a_formula_over_cells_stands_once(tmp_path):
    found = stated(tmp_path, "  cells: ['[Total, N] = [M, Men] + [Women, M] - 2']\n")
    terms = (Term(1, 1), Term(5, -1), Term(8, -1), Term(Decimal(2), 1))
    assert [core(identity) for identity in found] == [
        ("[Total, N] = [M, Men] + [Women, M] - 2", terms, {}, "=", "")
    ]


def test_a_formula_may_reach_into_another_table(tmp_path):
    [identity] = stated(tmp_path, "  other tables: ['sum of M = 2021/x/by-sex[Men, Total]']\n")
    assert identity.terms[0] == Term(Reference("2021/x/by-sex", "Men", "Total"), -1)  # it stands alone
    assert identity.line == next(
        n
        for n, line in enumerate((tmp_path / "t.yaml").read_text().splitlines(), 1)
        if "other tables" in line
    )


def test_the_sum_of_a_column_leaves_out_the_total_row(tmp_path):
    head = LABELLED + "rows: {total: 'Ｔotal '}\n"
    assert shown(tmp_path, "  cells: [sum of N = 3]\n", head=head) == [
        '+1*Men/N +1*Women/N +1*a - b/N +1*5" pipe/N -1*3'
    ]
    assert len(stated(tmp_path, "  cells: [sum of N = 3]\n")[0].terms) == 6


def test_the_sum_of_a_column_leaves_out_the_totals_of_every_key(tmp_path):
    head = HEAD + "rows: {dimensions: {Sex: sex, Year: year}, total: Total}\ncolumns: {N: {}}\n"
    csv = "Year,N,Sex\n2004,1,male\nTotal,1,male\n2004,1,Total \n"
    assert shown(tmp_path, "  cells: [sum of N = 1]\n", csv, head) == ["+1*male | 2004/N -1*1"]


def test_the_sum_of_a_row_leaves_out_its_texts(tmp_path):
    assert shown(tmp_path, "  cells: [sum of Men = 5]\n") == ["+1*Men/N +1*Men/M -1*5"]


def test_of_a_row_and_a_column_of_one_name_the_column_is_summed(tmp_path):
    assert shown(tmp_path, "  cells: [sum of N = 5]\n", "G,N,M,Remark\nN,1,1,\nx,2,2,\n") == [
        "+1*N/N +1*x/N -1*5"
    ]


def test_formulas_alone_need_no_coordinates(tmp_path):
    table = table_of(tmp_path, HEAD + "identities: {in every row: [A = B]}\n", "G,A,B\nx,1,1\n")
    assert table.columns == ("A", "B")
    assert len(table.stated) == 1


def test_every_formula_with_a_mistake_is_told(tmp_path):
    yaml = LABELLED + (
        "identities:\n  in every row: [N = Q, N = M, M = Q]\n  in every column: {Men: [Q], Q: [Men]}\n"
        "  cells: ['[Men, Q] = 1']\n  other tables: ['[Q, N] = a/b[c, d]']\n"
    )
    assert [(p.line, p.key) for p in problems_of(tmp_path, yaml, LISTED)] == [
        (7, "identities.in every row[0]"),
        (7, "identities.in every row[2]"),
        (8, "identities.in every column.Men"),
        (8, "identities.in every column.Q"),
        (9, "identities.cells[0]"),
        (10, "identities.other tables[0]"),
    ]


# --- zero and unknown, column by column ---------------------------------------------------------------

APART = "Town,Sheep,Goats,Camels\nAsh,5,,-\nBay,-,,2\nCove,,3,\nAll,5,3,2\n"


def statuses(folder, signs):
    yaml = HEAD + "columns: {Sheep: {}, Goats: {}, Camels: {}}\n" + signs
    return [[str(r.status) for r in row.readings] for row in table_of(folder, yaml, APART).rows[:3]]


def test_a_sign_is_zero_in_the_columns_that_say_so_and_in_no_other(tmp_path):
    assert statuses(tmp_path, 'nil: {Goats: [""], Sheep: ["-"]}\n') == [
        ["value", "nil", "missing"],
        ["nil", "nil", "value"],
        ["missing", "value", "missing"],
    ]


def test_a_sign_is_zero_in_a_row_that_says_so(tmp_path):
    assert statuses(tmp_path, 'nil: {Ash: ["-", ""]}\n') == [
        ["value", "nil", "nil"],
        ["missing", "missing", "value"],
        ["missing", "value", "missing"],
    ]


def test_what_a_column_says_goes_before_what_is_said_of_every_column(tmp_path):
    assert statuses(tmp_path, 'nil: {every column: ["-", ""]}\nmissing: {Camels: ["–"], Cove: [""]}\n') == [
        ["value", "nil", "missing"],
        ["nil", "nil", "value"],
        ["missing", "value", "missing"],
    ]


def test_signs_of_a_column_or_row_that_is_not_there_are_told_with_the_nearest(tmp_path):
    yaml = HEAD + "columns: {Sheep: {}, Goats: {}, Camels: {}}\nnil: {Goat: ['-']}\nmissing: {Covve: ['']}\n"
    assert [str(problem).partition(": ")[2] for problem in problems_of(tmp_path, yaml, APART)] == [
        "nil.Goat: t.csv has no column or row 'Goat' (did you mean 'Goats'?)",
        "missing.Covve: t.csv has no column or row 'Covve' (did you mean 'Cove'?)",
    ]


def test_a_table_says_what_multiplies(tmp_path):
    yaml = HEAD + "columns: {A: {}, B: {}}\nmultipliers: {b: 1000000000, m: 1000000}\n"
    table = table_of(tmp_path, yaml, "Fund,A,B\nRoads,1.5b,900 m\nParks,2B,3\n")
    assert table.rows[0].readings == (
        Reading(Status.VALUE, Decimal("1500000000"), decimals=-8),
        Reading(Status.VALUE, Decimal("900000000"), decimals=-6),
    )
    assert table.rows[1].readings[0].value == 2 * 10**9


def test_many_tokens_that_cannot_be_read_alike_are_told_once_with_their_number(tmp_path):
    yaml = HEAD + "columns: {Ages: {}, Men: {}, Women: {}}\n"
    lines = [f"{2000 + i},{i + 10}-{i + 14},{i},x{i}" for i in range(40)]
    csv = "Year,Ages,Men,Women\n" + "\n".join(lines[:38]) + "\n2038,48-52,5k,9\n2039,49-53,12l,9\n"
    told = [(p.line, p.column, p.message.partition(": ")[2]) for p in problems_of(tmp_path, yaml, csv)]
    assert told == [
        (2, 2, "cannot read '10-14' as a number, and 39 more tokens like it in 1 column"),
        (2, 4, "cannot read 'x0' as a number, and 37 more tokens like it in 1 column"),
        (40, 3, "cannot read '5k' as a number"),
        (41, 3, "cannot read '12l' as a number"),
    ]


def test_a_table_that_would_not_fit_in_memory_is_refused_before_its_tokens_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr("amyqa.reading.table.MAX_CELLS", 14)
    table, [problem] = gather(tmp_path, LABELLED, LISTED)
    assert table is None
    assert "15 cells, more than the 14 that fit" in problem.message


def test_formulas_that_would_not_fit_in_memory_are_refused_with_their_line(tmp_path, monkeypatch):
    monkeypatch.setattr("amyqa.reading.table.MAX_TERMS", 8)
    yaml = HEAD + 'identities:\n  in every row: ["Eels = Cod + Hake"]\n'
    [problem] = problems_of(tmp_path, yaml, "Port,Eels,Cod,Hake\nBergen,3,1,2\nMolde,5,1,4\nBodo,9,5,4\n")
    assert problem.message == "the formulas have 9 terms in all, more than the 8 that fit in memory"
    assert problem.line == yaml.splitlines().index("identities:") + 1
