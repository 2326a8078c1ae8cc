"""A table that amyqa has never seen needs a CSV and a YAML, no Python: what is found in it, and what not."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run

Book = Callable[..., Path]


def put(root: Path, id: str, csv: str, yaml: str) -> Path:
    path = root / "data" / f"{id}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv, encoding="utf-8")
    path.with_suffix(".yaml").write_text(yaml, encoding="utf-8")
    return path


def checked(run: Run, *paths: Path) -> dict[str, Any]:
    ran = run("check", *paths, "--engine", "duckdb", "--format", "json")
    assert ran.code in (0, 1), ran.err
    assert ran.code == (ran.report["summary"]["findings"]["error"] > 0)
    return ran.report


def identities(report: dict[str, Any]) -> tuple[int, ...]:
    """Evaluated, broken, not evaluated."""
    return tuple(report["summary"]["identities"].values())


def sums(report: dict[str, Any]) -> list[tuple[dict[str, str], Any, Any]]:
    """Where each finding is, what is printed, what it should be."""
    return [(f["where"], f["printed"], f["computed"]) for f in report["findings"]]


# --- another country, other sectors, other years -------------------------------------------

QATAR = """\
Fiscal year,All,Men,Women,Construction,Constr. men,Constr. women,Hotels,Hotel men,Hotel women
2006/07,"59,705","59,000",705,"50,000","49,950",50,"9,705","9,050",655
2007/08,"85,442","84,000","1,442","70,100","70,000",100,"15,342","14,000","1,342"
2008/09,"76,175","75,024","1,151","60,000","59,900",100,"16,175","15,124","1,051"
Total,"221,322","218,024","3,298","180,100","179,850",250,"41,222","38,174","3,048"
"""
QATAR_YAML = """\
title: Nepali workers deployed to Qatar, 2006/07-2008/09
family: deployment
unit: persons
exact: true
rows: {dimension: year, total: Total}
columns:
  All:           {sector: all, sex: total}
  Men:           {sector: all, sex: male}
  Women:         {sector: all, sex: female}
  Construction:  {sector: construction, sex: total}
  Constr. men:   {sector: construction, sex: male}
  Constr. women: {sector: construction, sex: female}
  Hotels:        {sector: hotels, sex: total}
  Hotel men:     {sector: hotels, sex: male}
  Hotel women:   {sector: hotels, sex: female}
"""
# 12 by sex (4 rows, 3 sectors), 12 by sector (4 rows, 3 sexes), 9 by year (9 columns)
QATAR_IDENTITIES = 33
MISPRINTS = {
    "a transposition inside": (
        ('"15,124"', '"15,142"'),
        [
            ({"year": "2008/09", "sector": "hotels"}, 16175, 16193),
            ({"year": "2008/09", "sex": "male"}, 75024, 75042),
            ({"sector": "hotels", "sex": "male"}, 38174, 38192),
        ],
    ),
    "a grand total": (
        ('"221,322"', '"221,323"'),
        [
            ({"year": "Total", "sector": "all"}, 221323, 221322),
            ({"year": "Total", "sex": "total"}, 221323, 221322),
            ({"sector": "all", "sex": "total"}, 221323, 221322),
        ],
    ),
    "nothing": (("", ""), []),
}


@pytest.mark.parametrize(("misprint", "found"), MISPRINTS.values(), ids=MISPRINTS)
def test_a_new_country_needs_a_csv_and_a_yaml_only(
    run: Run, book: Book, misprint: tuple[str, str], found: list[Any]
) -> None:
    path = put(book(), "2008/nepal/deployed-to-qatar", QATAR.replace(*misprint, 1), QATAR_YAML)
    report = checked(run, path)
    assert identities(report) == (QATAR_IDENTITIES, len(found), 0)
    assert sorted(sums(report), key=str) == sorted(found, key=str)


def test_a_new_country_is_the_same_to_great_expectations(
    run: Run, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1769898600")  # the time of a check is its own
    misprint, _ = MISPRINTS["a transposition inside"]
    path = put(book(), "2008/nepal/deployed-to-qatar", QATAR.replace(*misprint), QATAR_YAML)
    by_gx = run("check", path, "--format", "json")
    by_duckdb = run("check", path, "--format", "json", "--engine", "duckdb")
    assert by_gx.out == by_duckdb.out.replace('"engine": "duckdb"', '"engine": "gx"')


def test_a_new_table_does_not_change_what_is_said_of_the_others(run: Run, book: Book) -> None:
    root = book()
    before = checked(run, root)
    put(root, "2008/nepal/deployed-to-qatar", QATAR, QATAR_YAML)
    after = checked(run, root)
    assert after["findings"] == before["findings"]
    assert after["summary"]["tables"] == before["summary"]["tables"] + 1


def test_a_first_table_without_sectors_needs_no_change_of_the_suite(run: Run, book: Book) -> None:
    root = book("stock-abroad")
    csv = "Year,Total,Male,Female\n2004,5,2,3\n2005,7,3,5\nTotal,12,5,8\n"
    spec = """\
title: Deployed
family: deployment
rows: {dimension: year, total: Total}
columns: {Total: {sex: total}, Male: {sex: male}, Female: {sex: female}}
"""
    report = checked(run, put(root, "2008/nepal/deployed", csv, spec))
    assert sorted(sums(report), key=str) == [
        ({"year": "2005"}, 7, 8),
        ({"year": "Total"}, 12, 13),
    ]


def test_a_form_that_lacks_a_line_is_a_warning_not_a_failure(run: Run, book: Book) -> None:
    root = book("annual-indicators")
    path = root / "data/2005/cambodia/annual-indicators.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(x for x in lines if "% women in the annual inflow" not in x), encoding="utf-8")
    report = checked(run, path)
    expected = [f for f in report["findings"] if f["rule"] == "expected"]
    assert [(f["severity"], "annual inflow" in f["message"]) for f in expected] == [("warning", True)]


# --- an irregular table, by formulas --------------------------------------------------------

DISTRICTS = """\
District,Departures,Returns,Visas lapsed,Net
Western Province,600,200,10,390
Colombo,300,100,5,195
Gampaha,200,50,3,147
Kalutara,100,50,2,48
Central Province,400,100,5,295
Kandy,250,60,5,185
Matale,150,40,0,110
All districts,1000,300,15,685
Men,700,200,8,492
Women,300,100,7,193
"""
DISTRICTS_YAML = """\
title: Departures by district
family: general
exact: true
rows: {dimension: place}
identities:
  in every row: ["Net = Departures - Returns - Visas lapsed"]
  in every column:
    Western Province: [Colombo, Gampaha, Kalutara]
    Central Province: [Kandy, Matale]
    All districts: [[Western Province, Central Province], [Men, Women]]
  cells: ["[All districts, Net] = [Western Province, Net] + 295", "[Men, Net] >= [Women, Net]"]
  other tables: ["[Men, Departures] = 2021/sri-lanka/by-sex[2021, Male]"]
"""
BY_SEX = "Year,Male,Female\n2020,650,290\n2021,700,300\n"
BY_SEX_YAML = """\
title: Departures by sex
family: general
rows: {dimension: year}
identities: {in every row: [Male >= Female]}
"""
# 10 rows; 4 partitions in 4 columns; 2 between cells; 1 with the other table
DISTRICT_IDENTITIES = 10 + 16 + 2
IRREGULAR = {
    "nothing": (("", ""), []),
    "a deduction": (
        ("Kalutara,100,50,2,48", "Kalutara,100,50,2,52"),
        [({"row": "Kalutara"}, 52, 48), ({"column": "Net"}, 390, 394)],
    ),
    "a subtotal in the list": (
        ("Central Province,400", "Central Province,410"),
        [
            ({"row": "Central Province"}, 295, 305),
            ({"column": "Departures"}, 410, 400),
            ({"column": "Departures"}, 1000, 1010),
        ],
    ),
    "one of two partitions": (
        ("Women,300,100,7,193", "Women,300,100,9,191"),
        [({"column": "Visas lapsed"}, 15, 17), ({"column": "Net"}, 685, 683)],
    ),
    "an inequality": (
        ("Men,700,200,8,492\nWomen,300,100,7,193", "Men,700,500,8,192\nWomen,300,-200,7,493"),
        [({}, 192, 493)],
    ),
}


@pytest.mark.parametrize(("misprint", "found"), IRREGULAR.values(), ids=IRREGULAR)
def test_an_irregular_table_is_checked_by_its_formulas(
    run: Run, book: Book, misprint: tuple[str, str], found: list[Any]
) -> None:
    root = book("claims")
    put(root, "2021/sri-lanka/by-sex", BY_SEX, BY_SEX_YAML)
    assert misprint[0] in DISTRICTS
    path = put(root, "2021/sri-lanka/by-district", DISTRICTS.replace(*misprint, 1), DISTRICTS_YAML)
    report = checked(run, path)
    assert identities(report) == (DISTRICT_IDENTITIES + 1, len(found), 0)
    assert sorted(sums(report), key=str) == sorted(found, key=str)


def test_another_table_that_says_otherwise_is_found_and_quoted(run: Run, book: Book) -> None:
    root = book("claims")
    put(root, "2021/sri-lanka/by-sex", BY_SEX.replace("700", "701"), BY_SEX_YAML)
    report = checked(run, put(root, "2021/sri-lanka/by-district", DISTRICTS, DISTRICTS_YAML))
    [finding] = report["findings"]
    assert (finding["printed"], finding["computed"], finding["difference"]) == (700, 701, -1)
    assert [(c["table"], c["row"], c["column"], c["line"]) for c in finding["cells"]] == [
        ("2021/sri-lanka/by-district", "Men", "Departures", 10),
        ("2021/sri-lanka/by-sex", "2021", "Male", 3),
    ]
    assert "2021/sri-lanka/by-sex" in finding["message"]


def test_another_table_that_is_not_here_is_not_evaluated_and_listed(run: Run, book: Book) -> None:
    report = checked(run, put(book("claims"), "2021/sri-lanka/by-district", DISTRICTS, DISTRICTS_YAML))
    assert identities(report) == (DISTRICT_IDENTITIES, 0, 1)
    [entry] = report["not_evaluated"]
    assert "2021/sri-lanka/by-sex[2021, Male]" in entry["relation"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [("[2012, Male]", "did you mean '2021'?"), ("[2021, Mal]", "did you mean 'Male'?")],
)
def test_a_cell_that_another_table_lacks_is_a_mistake(run: Run, book: Book, wrong: str, told: str) -> None:
    root = book("claims")
    put(root, "2021/sri-lanka/by-sex", BY_SEX, BY_SEX_YAML)
    spec = DISTRICTS_YAML.replace("[2021, Male]", wrong)
    path = put(root, "2021/sri-lanka/by-district", DISTRICTS, spec)
    [problem] = run("check", path, "--engine", "duckdb").problems
    assert problem.startswith("data/2021/sri-lanka/by-district.")
    assert told in problem


# --- notation and rounding ------------------------------------------------------------------

COMMAS = """\
Jahr;Gesamt;Männer;Frauen
2004;1.234,5;1.000,2;234,3
2005;2.000,0;1.000,6;999,4
Summe;3.234,5;2.000,8;1.233,7
"""
COMMAS_YAML = """\
title: Entsandte, in Tausend
family: deployment
decimal: ","
thousands: "."
delimiter: ";"
rows: {dimension: year, total: Summe}
columns:
  Gesamt: {sector: all, sex: total}
  Männer: {sector: all, sex: male}
  Frauen: {sector: all, sex: female}
"""


def test_decimal_commas_and_semicolons_are_read_as_declared(run: Run, book: Book) -> None:
    root = book()
    assert identities(checked(run, put(root, "2005/x", COMMAS, COMMAS_YAML))) == (6, 0, 0)
    report = checked(run, put(root, "2005/x", COMMAS.replace("1.000,6", "1.006,0"), COMMAS_YAML))
    assert sums(report) == [
        ({"year": "2005", "sector": "all"}, 2000, 2005.4),
        ({"sector": "all", "sex": "male"}, 2000.8, 2006.2),
    ]
    assert "2.006,2" in report["findings"][1]["message"]


@pytest.mark.parametrize(
    ("undeclared", "told"),
    [
        ('delimiter: ";"\n', 'is separated by semicolons (declare delimiter: ";" in the YAML)'),
        ('decimal: ","\nthousands: "."\n', "the table declares decimal '.', thousands ','"),
        ('decimal: ","\n', "decimal"),
    ],
)
def test_a_notation_that_is_not_declared_is_never_guessed(
    run: Run, book: Book, undeclared: str, told: str
) -> None:
    path = put(book(), "2005/x", COMMAS, COMMAS_YAML.replace(undeclared, ""))
    problems = run("check", path, "--engine", "duckdb").problems
    assert any(told in problem for problem in problems)


def rounded(value: Fraction, unit: Fraction) -> Fraction:
    """Half up."""
    return (value / unit + Fraction(1, 2)).__floor__() * unit


def printed(value: Fraction, decimals: int) -> str:
    return f"{float(value):.{decimals}f}"


def rounded_table(seed: int, unit: Fraction, decimals: int) -> list[list[str]]:
    """Totals of unrounded numbers, every one of them rounded for itself."""
    numbers = random.Random(seed)
    rows = [
        [Fraction(numbers.randrange(10**7), 10) for _ in range(2)] for _ in range(numbers.randrange(2, 30))
    ]
    rows.append([sum(column, Fraction()) for column in zip(*rows, strict=True)])
    lines = [["Year", "Total", "Male", "Female"]]
    for year, parts in enumerate(rows, 1990):
        label = "Total" if len(lines) == len(rows) else str(year)
        lines.append(
            [label, *(printed(rounded(v, unit), decimals) for v in (sum(parts, Fraction()), *parts))]
        )
    return lines


ROUNDED_YAML = """\
title: Deployed, rounded
family: deployment
{}
rows: {{dimension: year, total: Total}}
columns:
  Total: {{sector: all, sex: total}}
  Male: {{sector: all, sex: male}}
  Female: {{sector: all, sex: female}}
"""


@pytest.mark.parametrize(
    ("spec", "unit", "decimals"),
    [
        ("rounded: 1000", Fraction(1000), 0),
        ("unit: thousand", Fraction(1, 10), 1),
        ("rounded: 0.5", Fraction(1, 2), 1),
    ],
)
def test_rounding_alone_is_never_found(
    run: Run, book: Book, spec: str, unit: Fraction, decimals: int
) -> None:
    root = book()
    for seed in range(12):
        lines = rounded_table(seed, unit, decimals)
        csv = "".join(",".join(line) + "\n" for line in lines)
        put(root, f"rounded/{seed:02}", csv, ROUNDED_YAML.format(spec))
    report = checked(run, root / "data/rounded")
    assert [f["message"] for f in report["findings"] if f["rule"] == "totals"] == []
    assert report["summary"]["identities"]["evaluated"] > 12 * 6


@pytest.mark.parametrize(
    ("difference", "found"), [(-2000, True), (-1000, False), (0, False), (1000, False), (2000, True)]
)
def test_what_rounding_cannot_explain_is_found(run: Run, book: Book, difference: int, found: bool) -> None:
    # a total of two rounded parts may be off by half a unit for each of the three
    csv = f"Year,Total,Male,Female\n2004,{30000 + difference},10000,20000\n"
    path = put(book(), "rounded", csv, ROUNDED_YAML.format("rounded: 1000").replace(", total: Total", ""))
    assert bool(sums(checked(run, path))) is found


SHARES = """\
Group,Share,Male share,Female share
A,33.3,20.1,13.2
B,33.3,20.0,13.4
C,33.3,19.9,13.5
All,100.0,60.0,40.0
"""
SHARES_YAML = """\
title: Shares
family: general
unit: percent
rows: {dimension: group}
identities:
  in every row: ["Share = Male share + Female share"]
  in every column: {All: [A, B, C]}
"""


@pytest.mark.parametrize(
    ("misprint", "found"),
    [
        (("", ""), []),
        (("A,33.3", "A,33.4"), []),
        (("19.9", "91.9"), [({"row": "C"}, 33.3, 105.4), ({"column": "Male share"}, 60, 132)]),
        (("100.0", "100.2"), [({"column": "Share"}, 100.2, 99.9), ({"row": "All"}, 100.2, 100)]),
    ],
)
def test_percentages_are_allowed_their_last_digit(
    run: Run, book: Book, misprint: tuple[str, str], found: Sequence[Any]
) -> None:
    report = checked(run, put(book("claims"), "shares", SHARES.replace(*misprint, 1), SHARES_YAML))
    assert sums(report) == list(found)
    assert report["summary"]["identities"]["evaluated"] == 7


def test_exact_percentages_are_not(run: Run, book: Book) -> None:
    report = checked(run, put(book("claims"), "shares", SHARES, f"exact: true\n{SHARES_YAML}"))
    assert ({"column": "Share"}, 100, 99.9) in sums(report)
