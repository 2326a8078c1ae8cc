"""Formulas over printed labels."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from amyqa.model import Reference, Term
from amyqa.reading.formulas import FormulaError, Label, Labels, Place, parse, terms
from amyqa.reading.tokens import normalise

COLUMNS = [
    "Total", "Male", "Female", "Non", "Non-Khmer", "Khmer", "Men + women", "Total women", "sum of errors",
    "2005", "2 * Male", '5" pipe', "Change (+/-)", "A <= B", "Paid [a]", "Café ½",
    "5", "- of which men",
]  # fmt: skip
ROWS = ["2004", "2005", "Total", "Total, all", "Rest", "Male workers"]
ACROSS = Labels(COLUMNS, ROWS, COLUMNS, "column")
DOWN = Labels(ROWS, ROWS, COLUMNS, "row")
CELLS = Labels([], ROWS, COLUMNS, "cell")
AFAR = Reference("2021/sri-lanka/by-sex", "Total", "Male")


def left(*names: str) -> tuple[tuple[int, Label], ...]:
    return tuple((1, Label(name)) for name in names)


def right(*names: str) -> tuple[tuple[int, Label], ...]:
    return tuple((-1, Label(name)) for name in names)


# --- what is read -----------------------------------------------------------------------------------

FORMULAS = {
    "Total = Male + Female": (*left("Total"), *right("Male", "Female")),
    "Total=Male+Female": (*left("Total"), *right("Male", "Female")),
    "  Total \n=\tMale+ Female ": (*left("Total"), *right("Male", "Female")),
    "Male + Female = Total": (*left("Male", "Female"), *right("Total")),
    "Total = Male - Female": (*left("Total"), *right("Male"), (1, Label("Female"))),
    "Total = Male − Female": (*left("Total"), *right("Male"), (1, Label("Female"))),
    "Total = Male – Female": (*left("Total"), *right("Male"), (1, Label("Female"))),
    "-Total = - Male - Female": ((-1, Label("Total")), (1, Label("Male")), (1, Label("Female"))),
    "Total = Total": (*left("Total"), *right("Total")),
    # the longest label, with signs inside
    "Total = Non-Khmer + Khmer": (*left("Total"), *right("Non-Khmer", "Khmer")),
    "Total = Non - Khmer": (*left("Total"), *right("Non"), (1, Label("Khmer"))),
    'Total = "Non"-"Khmer"': (*left("Total"), *right("Non"), (1, Label("Khmer"))),
    "Total = Men + women": (*left("Total"), *right("Men + women")),
    "Total = Men + women + Male": (*left("Total"), *right("Men + women", "Male")),
    "Total women = Female": (*left("Total women"), *right("Female")),
    "sum of errors = 0": (*left("sum of errors"), (-1, Decimal(0))),
    "Change (+/-) = Total - Male": (*left("Change (+/-)"), *right("Total"), (1, Label("Male"))),
    "A <= B = Total": (*left("A <= B"), *right("Total")),
    "Paid [a] = Total": (*left("Paid [a]"), *right("Total")),
    '5" pipe = Total': (*left('5" pipe'), *right("Total")),
    # labels in one form, on either side
    "Total = Cafe\u0301 ½": (*left("Total"), *right("Café ½")),
    "Total = Ｍale\u00a0+ Female": (*left("Total"), *right("Male", "Female")),
    '"Total" = "  Male"': (*left("Total"), *right("Male")),
    # numbers: a label before a factor before a constant
    "2005 = Total": (*left("2005"), *right("Total")),
    "Total = 2004": (*left("Total"), (-1, Decimal(2004))),
    "Total = Male + 12.50": (*left("Total"), *right("Male"), (-1, Decimal("12.50"))),
    "Total = 2 * Male": (*left("Total"), *right("2 * Male")),
    "Total = 2*Male + 1000 × Female": (*left("Total"), (-2, Label("Male")), (-1000, Label("Female"))),
    "Total = 2005 - 5 * 2005": (*left("Total"), *right("2005"), (5, Label("2005"))),
    "5 * 5 = 5*Total": ((5, Label("5")), (-5, Label("Total"))),
    "- of which men = -Total": (*left("- of which men"), (1, Label("Total"))),
    "Total = Male + - of which men": (*left("Total"), *right("Male", "- of which men")),
    "Total = -3 * Male": (*left("Total"), (3, Label("Male"))),
    "Total = 2 * 3": (*left("Total"), (-2, Decimal(3))),
    # sums
    "Total = sum of Male": (*left("Total"), (-1, Label("Male", summed=True))),
    "Total = Sum Of Total, all": (*left("Total"), (-1, Label("Total, all", summed=True))),
    "Total = sum of Male workers": (*left("Total"), (-1, Label("Male workers", summed=True))),
    'Total = 2 * sum of "Non-Khmer"': (*left("Total"), (-2, Label("Non-Khmer", summed=True))),
    # cells
    "[2004, Total] = [2005, Male]": ((1, Place("2004", "Total")), (-1, Place("2005", "Male"))),
    "[Female, 2005] = 3": ((1, Place("2005", "Female")), (-1, Decimal(3))),
    "[ Total , Total ] = 3": ((1, Place("Total", "Total")), (-1, Decimal(3))),
    "[Total, all, Non-Khmer] = 3": ((1, Place("Total, all", "Non-Khmer")), (-1, Decimal(3))),
    '["Total, all","Male"] = 3': ((1, Place("Total, all", "Male")), (-1, Decimal(3))),
    "[2005, 2005] = 3": ((1, Place("2005", "2005")), (-1, Decimal(3))),
    "[Paid [a], Rest] = 3": ((1, Place("Rest", "Paid [a]")), (-1, Decimal(3))),
    "2 * [Rest, Male] = Total": ((2, Place("Rest", "Male")), *right("Total")),
    # other tables
    "Total = 2021/sri-lanka/by-sex[Total, Male]": (*left("Total"), (-1, AFAR)),
    'Total = 2021/sri-lanka/by-sex[ "Total" , Male ]': (*left("Total"), (-1, AFAR)),
    "3 * 2021/sri-lanka/by-sex[Total, Male] = 0": ((3, AFAR), (-1, Decimal(0))),
    "Total = a/b[x, y, z]": (*left("Total"), (-1, Reference("a/b", "x, y", "z"))),
    'Total = a/b[x, "y, z"]': (*left("Total"), (-1, Reference("a/b", "x", "y, z"))),
    'Total = a/b["x [1]", "y"]': (*left("Total"), (-1, Reference("a/b", "x [1]", "y"))),
    # a table that stands in no folder, or whose name holds blanks
    "Total = by-sex[Total, Male]": (*left("Total"), (-1, Reference("by-sex", "Total", "Male"))),
    "Total = Male.x[a, b]": (*left("Total"), (-1, Reference("Male.x", "a", "b"))),
    'Total = "2021/sri lanka/by sex"[a, b] + Male': (
        *left("Total"),
        (-1, Reference("2021/sri lanka/by sex", "a", "b")),
        *right("Male"),
    ),
    'Total = "population"[a, b]': (*left("Total"), (-1, Reference("population", "a", "b"))),
    "Total = 2005/x[a, b]": (*left("Total"), (-1, Reference("2005/x", "a", "b"))),
    "Total = Paid [a]": (*left("Total"), *right("Paid [a]")),
}


@pytest.mark.parametrize(("text", "found"), FORMULAS.items())
def test_a_formula_of_columns_is_read(text, found):
    formula = parse(text, ACROSS)
    assert (formula.terms, formula.sense) == (found, "=")
    assert formula.text.replace('"', "") == normalise(text).replace('"', "")


@pytest.mark.parametrize(
    ("text", "shown"),
    {
        '"Total"="Non-Khmer" + 2 * "Male"': "Total=Non-Khmer + 2 * Male",
        '5" pipe = "Male"': '5" pipe = Male',
        'sum of "Male" = ["Rest", "5"]': "sum of Male = [Rest, 5]",
        '["Male", "Rest"] = 3': "[Male, Rest] = 3",
        'Total = a/b["x, y", z] + a/b[x, "y" ]': "Total = a/b[x, y, z] + a/b[x, y ]",
    }.items(),
)
def test_a_formula_is_shown_without_the_quotes_around_labels(text, shown):
    assert parse(text, ACROSS).text == shown


@pytest.mark.parametrize(
    ("sign", "sense"), {"=": "=", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "＝": "="}.items()
)
@pytest.mark.parametrize("blank", ["", " "])
def test_both_sides_may_be_compared_in_three_ways(sign, sense, blank):
    formula = parse(f"Total{blank}{sign}{blank}Male", ACROSS)
    assert (formula.terms, formula.sense) == ((*left("Total"), *right("Male")), sense)


def test_alone_a_label_is_a_row_where_rows_are_meant():
    assert parse("Total = 2004 + Rest", DOWN).terms == (*left("Total"), *right("2004", "Rest"))


def test_of_a_row_and_a_column_of_one_name_the_brackets_take_the_row_first():
    assert parse("[2005, Total] = [Total, 2005]", CELLS).terms == (
        (1, Place("2005", "Total")),
        (-1, Place("Total", "2005")),
    )


def test_of_labels_with_one_form_the_first_is_meant():
    labels = Labels(["Ｔotal", "Total", "㎏", "kg of"], [], [], "column")
    assert parse("Total = kg of + kg", labels).terms == (*left("Ｔotal"), *right("kg of", "㎏"))


def test_terms_stand_in_the_order_of_the_formula_the_total_first():
    cells = {"Total": [1], "Male": [2, 3], "Female": []}
    formula = parse("Total = 3 * Male - Female + 7", ACROSS)

    def locate(operand):
        return [operand] if isinstance(operand, Decimal) else cells[operand.name]

    assert terms(formula, locate) == (Term(1, 1), Term(2, -3), Term(3, -3), Term(Decimal(7), -1))


# --- what is refused --------------------------------------------------------------------------------

MISTAKES = [
    ("Total = Mal + Female", ACROSS, "no column is labelled 'Mal'", "'Male'"),
    ("Totl = Male", ACROSS, "no column is labelled 'Totl'", "'Total'"),
    ("Total = Male workers", ACROSS, "no column is labelled 'workers'", ""),
    ("Total = Male + ", ACROSS, "ends too early", "Total = Male + Female"),
    ("Total = ", ACROSS, "ends too early", "Total = Male + Female"),
    ("", ACROSS, "ends too early", "Total = Male + Female"),
    ("Total", ACROSS, "has no = sign", "Total = Male + Female"),
    ("Total + Male", ACROSS, "has no = sign", "Total = Male + Female"),
    ("Total Male", ACROSS, "makes no sense from 'Male' on", "+ or -"),
    ("Total = Male Female", ACROSS, "makes no sense from 'Female' on", "+ or -"),
    ("Total = Male = Female", ACROSS, "makes no sense from '= Female' on", "= <= >="),
    ("Total == Male", ACROSS, "makes no sense from '= Male' on", "= <= >="),
    ("Total < Male", ACROSS, "makes no sense from '< Male' on", "= <= >="),
    ("= Male", ACROSS, "makes no sense from '= Male' on", "+ or -"),
    ("Total = + Male", ACROSS, "makes no sense from '+ Male' on", "+ or -"),
    ("Total = Male + + Female", ACROSS, "makes no sense from '+ Female' on", "+ or -"),
    ("Total = Male * 2", ACROSS, "makes no sense from '* 2' on", "+ or -"),
    ("Total = (Male + Female)", ACROSS, "no column is labelled '(Male'", "'Male'"),
    ('Total = "Mal"', ACROSS, "no column is labelled 'Mal'", "'Male'"),
    ('Total = "Non - Khmr" + Male', ACROSS, "no column is labelled 'Non - Khmr'", "'Non-Khmer'"),
    ('Total = "Male', ACROSS, "no column is labelled 'Male'", "'Male'"),
    ("total = male", ACROSS, "no column is labelled 'total'", "'Total'"),
    ("Total = 1,000", ACROSS, "makes no sense from ',000' on", "+ or -"),
    ("Total = 12abc", ACROSS, "no column is labelled 'abc'", "known: "),
    ("Total = 0 * Male", ACROSS, "the factor 0 is not between 1 and 1000", "unit"),
    ("Total = 1001 * Male", ACROSS, "the factor 1001 is not between 1 and 1000", "unit"),
    ("Total = 123456789 * Male", ACROSS, "the factor 123456789 is not", "unit"),
    ("Total = " + "9" * 29, ACROSS, "more than 28 digits", "correct"),
    ("Total = " + "9" * 5000 + " * Male", ACROSS, "more than 28 digits", "correct"),
    ("Total = sum of Mal", ACROSS, "no column is labelled 'sum of Mal'", "'Male'"),
    ("Total = sum of Reest", ACROSS, "no column is labelled 'sum of Reest'", "'Rest'"),
    ("Total = sum of", ACROSS, "no column is labelled 'sum of'", "'sum of errors'"),
    ("Total = Male worker", DOWN, "no row is labelled 'Male worker'", "'Male workers'"),
    ("Total = Male", CELLS, "no cell is labelled 'Total'", "[row, column]"),
    ("[2003, Male] = 3", CELLS, "no row is labelled '2003'", "'2005'"),
    ("[2004, Mal] = 3", CELLS, "no column is labelled 'Mal'", "'Male'"),
    ("[Mal, 2004] = 3", CELLS, "no column is labelled 'Mal'", "'Male'"),
    ("[Male, 2003] = 3", CELLS, "no row is labelled '2003'", "'2005'"),
    ("[Total, Rst] = 3", CELLS, "no row is labelled 'Rst'", "'Rest'"),
    ("[zzz, Male] = 3", CELLS, "no row is labelled 'zzz'", "known: "),
    ("[2004] = 3", CELLS, "expected ',' at '] = 3'", "[row, column]"),
    ("[2004, Male, Female] = 3", CELLS, "expected ']' at ', Female] = 3'", "[row, column]"),
    ("[2004, Male = 3", CELLS, "a bracket [ is never closed", "[row, column]"),
    ("[] = 3", CELLS, "no row is labelled ''", "known: "),
    ("Total = a/b[Male]", ACROSS, "'[Male]' names no row and column", "[row, column]"),
    ("Total = a/b[Male, x", ACROSS, "'[Male, x' names no row and column", "[row, column]"),
    ("Total = a/b", ACROSS, "no column is labelled 'a/b'", "known: "),
    ("Total = 2 *", ACROSS, "ends too early", "Total = Male + Female"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "labels", "message", "hint"), MISTAKES, ids=[m[0][:40] for m in MISTAKES])
def test_a_mistake_is_told_with_advice(text, labels, message, hint):
    with pytest.raises(FormulaError) as caught:
        parse(text, labels)
    assert message in str(caught.value)
    assert hint in caught.value.hint


# --- properties -------------------------------------------------------------------------------------

LETTERS = st.text("abcZéß +-*/(),.%–=<>[]\"'#", min_size=1, max_size=12).map(normalise).filter(bool)
SIGNS = st.sampled_from([1, -1])
BLANK = st.sampled_from([" ", "  ", "\n", "\u00a0"])


@st.composite
def written(draw: st.DrawFn) -> tuple[list[str], str, list[tuple[int, str]], int]:
    """Labels, a formula written from them, its terms, and how many of these are on the left."""
    labels = draw(st.lists(LETTERS.filter(lambda text: '"' not in text), min_size=1, max_size=5, unique=True))
    operands = st.tuples(SIGNS, st.integers(1, 1000), st.sampled_from(labels))
    sides = [draw(st.lists(operands, min_size=1, max_size=4)) for _ in range(2)]
    texts = []
    for side in sides:
        text = ""
        for i, (sign, factor, label) in enumerate(side):
            joint = "-" if sign < 0 else "+" if i else ""
            number = f"{factor}{draw(BLANK)}*" if factor != 1 or draw(st.booleans()) else ""
            text += f'{joint}{draw(BLANK)}{number}{draw(BLANK)}"{label}"{draw(BLANK)}'
        texts.append(text)
    found = [(sign * factor, label) for sign, factor, label in sides[0]]
    found += [(-sign * factor, label) for sign, factor, label in sides[1]]
    return labels, "=".join(texts), found, len(sides[0])


@settings(deadline=None)
@given(written())
def test_a_formula_written_from_any_labels_in_quotes_has_their_terms(case):
    labels, text, found, _ = case
    # "2 * x" in quotes is a label even where a factor could be meant
    formula = parse(text, Labels(labels, [], [], "column"))
    assert formula.terms == tuple((coefficient, Label(name)) for coefficient, name in found)


NAMES = st.text("abcdé-+ ", max_size=8)


@settings(deadline=None)
@given(names=st.lists(NAMES, min_size=2, max_size=5), choice=st.data())
def test_without_quotes_a_label_may_hold_signs(names, choice):
    labels = [normalise(f"{first}{name}") for first, name in zip("VWXYZ", names, strict=False)]
    picked = choice.draw(st.lists(st.sampled_from(labels), min_size=2, max_size=4))
    formula = parse(f"{picked[0]} = {' - '.join(picked[1:])}", Labels(labels, [], [], "column"))
    signs = [1, -1, *[1] * (len(picked) - 2)]
    assert formula.terms == tuple((sign, Label(name)) for sign, name in zip(signs, picked, strict=True))


SIGNED = st.text("ab+-– ", max_size=8).map(normalise).filter(lambda name: name.strip("+-– "))


@settings(deadline=None)
@given(name=SIGNED, cut=st.integers(1, 7))
def test_the_longest_label_is_meant(name, cut):
    labels = Labels(list(dict.fromkeys([normalise(name[:cut]) or name, name, "x"])), [], [], "column")
    assert parse(f"x = {name}", labels).terms == (*left("x"), *right(name))


@settings(deadline=None)
@given(
    rows=st.lists(LETTERS, min_size=1, max_size=4, unique=True),
    columns=st.lists(LETTERS, min_size=1, max_size=4, unique=True),
    choice=st.data(),
)
def test_a_cell_is_found_by_its_labels_in_quotes(rows, columns, choice):
    row = choice.draw(st.sampled_from([label for label in rows if '"' not in label] or [""]))
    column = choice.draw(st.sampled_from([label for label in columns if '"' not in label] or [""]))
    assume(row and column)
    formula = parse(f'["{row}", "{column}"] = 0', Labels([], rows, columns, "cell"))
    assert formula.terms[0] == (1, Place(row, column))


@settings(deadline=None)
@given(st.text() | st.text('Total MaleFn-Khmr+=<>≤*×[],"/0129sumof ', max_size=30))
def test_any_text_is_a_formula_or_refused_with_advice(text):
    for labels in (ACROSS, DOWN, CELLS, Labels([], [], [], "row")):
        try:
            formula = parse(text, labels)
        except FormulaError as error:
            told = str(error), bool(error.hint or not labels.columns)
        else:
            told = formula.text, formula.sense in ("=", "<=", ">=") and len(formula.terms) > 1
        assert all(told) or not normalise(text)
