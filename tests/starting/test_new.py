"""A draft from a CSV: what is guessed, what it says, and that it checks as it stands."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from amyqa import pipeline
from amyqa.errors import AmyqaError, BadInput
from amyqa.model import Report
from amyqa.starting.new import New, new_table
from tests.starting.conftest import Make
from tests.starting.tables import by_sex_and_group, csv_of, misprinted, nested
from tests.yearbooks import ROOT, problems_of


def said(new: New) -> dict[str, Any]:
    """What the draft says, as YAML."""
    content: dict[str, Any] = yaml.safe_load(new.yaml.read_text(encoding="utf-8"))
    return content


def checked(new: New) -> Report:
    return pipeline.check([new.csv], "duckdb")


@dataclass(frozen=True)
class Case:
    """A table, and what its draft must say.

    Args:
        says: keys and values of the YAML.
        evaluated: sums that the check then evaluates, all of them held.
    """

    csv: str
    evaluated: int
    says: dict[str, Any] = field(default_factory=dict)
    name: str = "table.csv"


SEXES = "Year,Total,Male,Female\n2003,1200,700,500\n2004,1340,-,1340\n2005,1410,800,610\n"
CASES = {
    "sexes by year": Case(
        SEXES, 3, {"family": "general", "nil": ["-"], "rows": {"dimension": "year"},
                   "identities": {"in every row": ["Total = Male + Female"]}},
    ),
    "people deployed": Case(
        SEXES + "Total,3950,1500,2450\n",
        7,
        {"family": "deployment", "rows": {"dimension": "year", "total": "Total"},
         "columns": {"Total": {"sex": "total"}, "Male": {"sex": "male"}, "Female": {"sex": "female"}}},
        "deployed-to-japan.csv",
    ),
    "semicolons and decimal commas": Case(
        "Region;All;Town;Country\nNorth;10,5;4,2;6,3\nEast;1.220,1;820,0;400,1\nSouth;90,7;70,0;20,7\n",
        3,
        {"delimiter": ";", "decimal": ",", "thousands": ".",
         "identities": {"in every row": ["All = Town + Country"]}},
    ),
    "dots that group": Case(
        "Topic,Number\nTravel,3.597\nWork,1.847\nTrade,983\nSchools,556\nTotal,6.983\n",
        1,
        {"decimal": ",", "thousands": ".",
         "identities": {"in every column": {"Total": ["Travel", "Work", "Trade", "Schools"]}}},
    ),
    "two lines of header": Case(
        ",Plan,,,Other,,\nMinistry,Current,Capital,Total,Current,Capital,Total\n"
        .replace("Ministry", "")
        + "Farming,120,44,164,31,12,43\nHealth,560,81,641,75,9,84\nRoads,77,905,982,12,330,342\n",
        6,
        {"identities": {"in every row": ["Plan – Total = Plan – Current + Plan – Capital",
                                         "Other – Total = Other – Current + Other – Capital"]}},
    ),
    "codes, names and remarks": Case(
        "code,district,people,men,women,remark\nLK-1,Galle,9410,4700,4710,\nLK-2,Matara,7312,3600,3712,coast\n"
        "LK-3,Kandy,12001,6000,6001,\nLK-4,Jaffna,5005,2500,2505,north\n",
        4,
        {"rows": {"dimensions": {"district": "district"}},
         "columns": {"code": "text", "people": {}, "men": {}, "women": {}, "remark": "text"}},
    ),
    "blanks that are zero": Case(
        "Town,Council,Number,People\nA,9100,9100,\nB,7400,3400,4000\nC,5120,,5120\nD,8020,4000,4020\n",
        4,
        {"nil": [""]},
    ),
    "events": Case(
        "Year,Month,Day,Event\n2004,July,13,A campaign begins\n2005,May,,It ends\n",
        0,
        {"family": "events", "period": "2004-07 to 2005-05",
         "fields": {"Year": "year", "Month": "month", "Day": "day", "Event": "text"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_draft_checks_as_it_stands(make: Make, case: Case) -> None:
    new = make(case.csv, case.name)
    spec = said(new)
    assert {key: spec.get(key) for key in case.says} == case.says
    report = checked(new)
    assert (report.total.evaluated, report.total.broken, report.findings) == (case.evaluated, 0, ())


def test_shares_stay_out_of_the_sums_of_rows(make: Make) -> None:
    tokens, columns, rows = by_sex_and_group()
    report = checked(make(csv_of(tokens, columns, rows)))
    # groups in 13 rows, shares that make a hundred in 13, the country in 5 columns
    assert (report.total.evaluated, report.findings) == (31, ())


RATES = """Place,Farms,Hectares,Cattle,Sheep,Pupils per class,Median rent
Hillside,412,903.5,1820,4105,21,310
Lakeside,388,1204.0,905,3377,24,295
Upper county,800,2107.5,2725,7482,22,301
Moorland,143,377.5,611,9120,19,280
Riverside,297,640.0,440,1008,26,350
Lower county,440,1017.5,1051,10128,23,322
Whole country,1240,3125.0,3776,17610,23,309
"""


def test_rates_are_not_added_up_and_amounts_with_decimals_are(make: Make) -> None:
    new = make(RATES)
    stated = said(new)["identities"]
    assert stated["in every column"]["Whole country"] == ["Upper county", "Lower county"]
    assert stated["except in"] == ["Pupils per class", "Median rent"]
    assert (checked(new).total.evaluated, checked(new).findings) == (12, ())
    [finding] = checked(make(RATES.replace("3125.0", "3152.0"), "typo.csv")).findings
    assert (finding.printed, finding.computed) == (Decimal(3152), Decimal(3125))


def test_what_no_word_calls_an_average_is_seen_to_be_one_by_its_size(make: Make) -> None:
    assert said(make(RATES.replace("Median rent", "Rent")))["identities"]["except in"] == [
        "Pupils per class",
        "Rent",
    ]


def test_rows_of_rates_are_not_added_up(make: Make) -> None:
    lines = ["What,All,Town,Farm", "Born,3110,1204,1906", "Died,1451,551,900", "Moved in,707,606,101"]
    new = make("\n".join([*lines, "Birth rate,31,27,35"]) + "\n")
    assert said(new)["identities"] == {
        "in every row": ["All = Town + Farm"],
        "except in": ["Birth rate"],
    }
    assert (checked(new).total.evaluated, checked(new).findings) == (3, ())


def broken(new: New) -> list[tuple[str, Decimal | None, Decimal | None]]:
    """Of each finding, where it is, what is printed, and what it should be."""
    return [(" ".join(f.where.values()), f.printed, f.computed) for f in checked(new).findings]


def test_a_total_row_that_is_wrong_in_every_column_is_found_wrong(make: Make) -> None:
    new = make("Port,Ships,Crew\nDover,211,3040\nHull,187,2215\nLeith,96,1102\nTotal,498,6301\n")
    assert sorted(broken(new)) == [
        ("Crew", Decimal(6301), Decimal(6357)),
        ("Ships", Decimal(498), Decimal(494)),
    ]
    assert "by its name and place; 0 of 2 columns agree" in new.yaml.read_text(encoding="utf-8")


def test_a_total_is_the_sum_of_subtotals_wherever_they_stand(make: Make) -> None:
    lines = ["Total,4111,5127", "Coast,1501,1904", "Dover,1004,1303", "Hull,497,601"]
    lines += ["Inland,2601,3205", "Leeds,1600,2004", "York,1001,1201"]
    new = make("\n".join(["Place,2019,2020", *lines]) + "\n")
    assert sorted(broken(new)) == [
        ("2019", Decimal(4111), Decimal(4102)),
        ("2020", Decimal(5127), Decimal(5109)),
    ]


@pytest.mark.parametrize("total", ["Total", "All ports", "Nation", "Country"])
def test_totals_that_are_twice_the_sum_are_told(make: Make, total: str) -> None:
    new = make(f"Port,Ships,Crew\nDover,211,3040\nHull,187,2215\nLeith,96,1102\n{total},988,12714\n")
    assert sorted(broken(new)) == [
        ("Crew", Decimal(12714), Decimal(6357)),
        ("Ships", Decimal(988), Decimal(494)),
    ]


def test_a_total_that_counts_its_subtotals_and_their_parts_is_told(make: Make) -> None:
    lines = ["Dover,1004,1303", "Hull,497,601", "Coast,1501,1904", "Leeds,1600,2004", "York,1001,1201"]
    lines += ["Bath,311,408", "Inland,2912,3613", "Total,8826,11034"]
    new = make("\n".join(["Place,2019,2020", *lines]) + "\n")
    assert sorted(broken(new)) == [
        ("2019", Decimal(8826), Decimal(4413)),
        ("2020", Decimal(11034), Decimal(5517)),
    ]


def test_a_column_that_rounding_makes_nearly_a_sum_of_others_is_no_subtotal(make: Make) -> None:
    """Wine is beer and cider in most rows, by chance; all drinks are the three in every row."""
    lines = ["Alm,170,225,390,785", "Bor,55,280,335,665", "Cal,65,120,185,370", "Dun,230,280,510,1020"]
    lines += ["Eft,210,95,260,565", "Fal,165,45,215,425", "Gor,60,145,220,425", "Hul,240,120,360,720"]
    new = make("\n".join(["Inn,Beer,Cider,Wine,All drinks", *lines, "All inns,1195,1305,2475,4980"]) + "\n")
    assert "All drinks = Beer + Cider + Wine" in new.yaml.read_text(encoding="utf-8")
    assert broken(new) == []


def test_totals_that_stand_one_column_off_are_told(make: Make) -> None:
    lines = ["Dover,1004,1303,977,1420", "Hull,497,601,644,702", "Leeds,1600,2004,1811,2240"]
    new = make("\n".join(["Place,2017,2018,2019,2020", *lines, "Total,3908,3432,4362,3101"]) + "\n")
    assert {where for where, *_ in broken(new)} == {"2017", "2018", "2019", "2020"}


TOWNS = {
    "Dover": (1004, 1303, 977, 1420, 1188, 1311),
    "Hull": (497, 601, 644, 702, 655, 688),
    "Leeds": (1600, 2004, 1811, 2240, 2307, 2106),
    "Camp": (88, 61, 104, 93, 77, 85),
    "Ferry": (31, 44, 27, 52, 36, 48),
}


def by_year(totals: list[int], *, turned: bool = False) -> str:
    """A table of towns by year, with these totals."""
    rows = [["Place", *(str(year) for year in range(2015, 2021))]]
    rows += [[town, *map(str, numbers)] for town, numbers in TOWNS.items()]
    rows.append(["Total", *map(str, totals)])
    return "\n".join(",".join(row) for row in (zip(*rows, strict=True) if turned else rows)) + "\n"


ALL = [sum(column) for column in zip(*TOWNS.values(), strict=True)]
THREE = [sum(column[:3]) for column in zip(*TOWNS.values(), strict=True)]


@pytest.mark.parametrize("turned", [False, True], ids=["columns", "rows"])
@pytest.mark.parametrize("full", [1, 2])
def test_totals_that_count_what_most_leave_out_are_not_accused(make: Make, full: int, turned: bool) -> None:
    new = make(by_year(THREE[:-full] + ALL[-full:], turned=turned))
    assert (checked(new).total.evaluated, broken(new)) == (6, [])
    text = new.yaml.read_text(encoding="utf-8")
    assert "here more is added than elsewhere" in text
    for town in ("Camp", "Ferry"):  # one number that is added does not check the others
        assert f"# {town}: {6 - full} of 6 numbers are in no sum\n" in text


def test_a_total_that_counts_what_most_leave_out_may_be_misprinted(make: Make) -> None:
    assert ALL[-1] == 4238
    new = make(by_year([*THREE[:-1], 4328]))
    assert [found[1:] for found in broken(new)] == [(Decimal(4328), Decimal(4238))]


def test_a_total_that_leaves_out_what_all_others_count_is_wrong(make: Make) -> None:
    new = make(by_year([*ALL[:-1], THREE[-1]]))
    assert [found[1:] for found in broken(new)] == [(Decimal(THREE[-1]), Decimal(ALL[-1]))]


def counties(changed: dict[int, int] | None = None) -> str:
    """Blocks of all, men and women by three schools; of some the total holds a third sex, not printed."""
    rng = random.Random(5)
    lines = ["County,Who,Primary,Secondary,College"]
    totals = []
    for n in range(12):
        men = [rng.randrange(4000, 9000) for _ in range(3)]
        women = [rng.randrange(4000, 9000) for _ in range(3)]
        more = [(n + school) % 3 == 0 and n % 2 for school in range(3)]
        totals = [m + w + extra for m, w, extra in zip(men, women, more, strict=True)]
        totals[0] += (changed or {}).get(n, 0)
        for who, numbers in (("Total", totals), ("Men", men), ("Women", women)):
            lines.append(",".join([f"County {chr(65 + n)}", who, *map(str, numbers)]))
    return "\n".join(lines) + "\n"


def test_totals_that_are_often_larger_and_never_smaller_are_at_least_their_parts(make: Make) -> None:
    new = make(counties())
    text = new.yaml.read_text(encoding="utf-8")
    assert (checked(new).total.evaluated, broken(new)) == (36, [])
    assert "often larger than its parts, so stated with >=" in text


@pytest.mark.parametrize("by", [-900, 2000])
def test_where_totals_are_at_least_their_parts_a_misprint_is_found_all_the_same(make: Make, by: int) -> None:
    assert len(broken(make(counties({4: by})))) == 1


def test_a_few_totals_that_are_too_large_stay_errors(make: Make) -> None:
    rows = [[str(n), "0", str(100 + n * 7), str(400 + n * 11)] for n in range(20)]
    for n, row in enumerate(rows):
        row[1] = str(int(row[2]) + int(row[3]) + (30 if n in (3, 11) else 0))
    assert len(broken(make("Year,Total,Men,Women\n" + "\n".join(map(",".join, rows)) + "\n"))) == 2


@pytest.mark.parametrize("turned", [False, True], ids=["column", "row"])
def test_what_is_printed_as_the_total_of_shares_is_no_suspect(make: Make, turned: bool) -> None:
    rows = [["Place", "Boats", "Trains", "Roads", "Total"], ["Dover", "24.2", "45.8", "30.0", "100.0"]]
    rows += [["Hull", "16.5", "50.5", "33.0", "100.0"], ["Leeds", "30.2", "40.4", "39.4", "100.0"]]
    rows += [["York", "29.1", "33.0", "37.9", "100.0"]]
    new = make("\n".join(",".join(row) for row in (zip(*rows, strict=True) if turned else rows)) + "\n")
    assert "100 = Boats + Trains + Roads" in new.yaml.read_text(encoding="utf-8")
    [found] = checked(new).findings
    assert "the formula says 100" in found.message
    suspects = [change.cell for each in checked(new).diagnoses for change in each.changes]
    assert not any("Total" in str(cell) for cell in suspects)


def test_shares_that_are_rounded_to_whole_numbers_make_a_hundred_all_the_same(make: Make) -> None:
    shares = [
        (33, 33, 33),
        (25, 26, 50),
        (17, 17, 66),
        (41, 41, 18),
        (29, 36, 36),
        (12, 12, 75),
        (52, 26, 22),
    ]
    lines = [f"{2000 + n},{a},{b},{c},100" for n, (a, b, c) in enumerate(shares)]
    assert broken(make("Year,Rail,Road,Sea,Total\n" + "\n".join(lines) + "\n")) == []


def test_a_total_that_is_no_sum_of_what_is_printed_is_not_stated(make: Make) -> None:
    lines = ["Total,90411,71200", "of which tea,12004,9100", "of which rubber,8100,7004"]
    assert broken(make("\n".join(["Export,2019,2020", *lines]) + "\n")) == []


def test_a_total_that_may_have_a_part_that_is_not_printed_is_not_stated(make: Make) -> None:
    lines = ["Place,2016,2017,2018,2019", "Dover,1004,1303,1104,1250", "Hull,897,601,640,702"]
    lines.append("Total,1909,1911,1750,1961")
    assert broken(make("\n".join(lines) + "\n")) == []


def test_what_no_sum_checks_is_named(make: Make) -> None:
    lines = [
        "Port,Men,Women,Crew,Depth",
        "Dover,1211,640,1851,40",
        "Hull,1187,615,1802,22",
        "Leith,906,302,1208,31",
    ]
    new = make("\n".join(lines) + "\n")
    assert new.draft.left == ("checked by no sum: column Depth",)
    assert "# checked by no sum: column Depth" in new.yaml.read_text(encoding="utf-8").splitlines()
    left = make(
        "Export,2019,2020\nTotal,90411,71200\nTea,12004,9100\nRubber,8100,7004\n", "exports.csv"
    ).draft.left
    assert left == ("no sum checks this table, not even total row Total",)


def test_a_relation_that_most_lines_keep_is_named_with_those_that_break_it(make: Make) -> None:
    lines = ["Port,Crew,Depth,Men,Quays,Women"]
    for n in range(8):
        men, women = 1200 + 137 * n, 431 + 59 * n
        crew = men + women + (77 if n in (2, 5) else 0)
        lines.append(f"P{chr(65 + n)},{crew},{40 + n % 3},{men},{3 + n % 4},{women}")
    [told] = [line for line in make("\n".join(lines) + "\n").draft.left if "not stated" in line]
    assert told == "not stated: Crew = Men + Women (6 of 8 rows agree; not PC, PF)"


def test_equal_numbers_in_a_second_block_have_sums_of_their_own(make: Make) -> None:
    lines = ["Port,Crew,Men,Women,Paid crew,Paid men,Paid women"]
    lines += [
        f"P{chr(65 + n)},{','.join(2 * [f'{1631 + 196 * n},{1200 + 137 * n},{431 + 59 * n}'])}"
        for n in range(5)
    ]
    stated = said(make("\n".join(lines) + "\n"))["identities"]["in every row"]
    assert stated == ["Crew = Men + Women", "Paid crew = Paid men + Paid women"]


def test_siblings_inherit_the_parts_of_a_total(make: Make) -> None:
    lines = ["Place,North Total,North Male,North Female,South Total,South Male,South Female"]
    south = [(905, 410, 492), (377, 180, 197), (655, 300, 350), (1204, 611, 590)]
    for n, (total, men, women) in enumerate(south):
        lines.append(f"P{chr(65 + n)},{900 + 40 * n},{400 + 30 * n},{500 + 10 * n},{total},{men},{women}")
    stated = said(make("\n".join(lines) + "\n"))["identities"]["in every row"]
    assert "South Total = South Male + South Female" in stated


def test_subtotals_are_stated_by_their_labels(make: Make) -> None:
    tokens, rows = nested()
    new = make(csv_of(tokens, ["2003", "2004", "2005"], rows, "Region"))
    stated = said(new)["identities"]["in every column"]
    assert stated["Whole country"] == ["North", "East", "South"]
    assert list(stated) == ["Whole country", "East", "North", "South"]
    assert checked(new).total.evaluated == 12


def test_misprints_are_findings_and_not_learned(make: Make) -> None:
    tokens, columns, rows = by_sex_and_group()
    report = checked(make(csv_of(misprinted(tokens, [(3, 1)]), columns, rows)))
    assert report.total.broken == 2
    assert {finding.rule for finding in report.findings} == {"identities", "quotients"}


def test_every_guess_is_marked_and_counted(make: Make) -> None:
    new = make(SEXES)
    text = new.yaml.read_text(encoding="utf-8")
    assert new.draft.guesses == text.count("# guess: ") == 5
    assert "# 3 of 3 rows agree" in text
    assert '# guess: "-" as zero: 1 of 1 sums hold' in text


def test_the_header_is_borne_out_by_numbers_or_given_up(make: Make) -> None:
    new = make(SEXES.replace("1200", "1201"), "deployed.csv")
    assert "= Male + Female in 2 of 3 rows" in new.yaml.read_text(encoding="utf-8")
    wrong = "Year,Total,Male,Female\n2003,99,700,500\n2004,88,650,690\n2005,77,800,610\n"
    assert said(make(wrong, "deployed-wrong.csv"))["columns"] == {"Total": {}, "Male": {}, "Female": {}}


def test_rounded_numbers_are_seen_to_be_rounded(make: Make) -> None:
    lines = ["Place,Total,A,B,C"]
    for n in range(20):
        parts = [37.4 * n + 100.3, 11.45 * n + 60.4, 3.3 * n + 90.45]
        lines.append(",".join([f"P {chr(65 + n)}", f"{sum(parts):.0f}", *(f"{part:.0f}" for part in parts)]))
    new = make("\n".join(lines) + "\n")
    assert said(new)["rounded"] == 1
    assert checked(new).findings == ()


def by_rounding(unit: int, rows: int = 24, *, hide: int = 0) -> str:
    """Three parts and their total, each rounded for itself; a fourth part of `hide` is not printed."""
    random.seed(unit)
    lines = ["Mill,Oats,Rye,Barley,All grain"]
    for n in range(rows):
        parts = [random.uniform(40, 90) * unit for _ in range(3)]
        whole = sum(parts) + random.uniform(0, hide)
        lines.append(",".join([f"M{chr(65 + n)}", *(str(unit * round(v / unit)) for v in (*parts, whole))]))
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("unit", [1, 5, 10, 50, 100, 1000])
def test_the_unit_of_rounding_is_seen_by_how_sums_miss(make: Make, unit: int) -> None:
    new = make(by_rounding(unit))
    assert said(new)["rounded"] == unit
    assert (checked(new).total.evaluated, checked(new).findings) == (24, ())


def test_totals_that_are_all_too_large_are_not_rounded(make: Make) -> None:
    assert "rounded" not in said(make(by_rounding(1, hide=4)))


def test_a_sum_or_two_off_by_one_make_no_rounded_table(make: Make) -> None:
    tokens, columns, rows = by_sex_and_group()
    tokens[2][1] = str(int(tokens[2][1]) + 1)
    assert "rounded" not in said(make(csv_of(tokens, columns, rows)))


def test_a_csv_is_copied_as_it_is(make: Make) -> None:
    new = make(SEXES, "Arrivals 2005.csv")
    assert new.csv.relative_to(new.yearbook).as_posix() == "data/2005/here/Arrivals-2005.csv"
    assert new.csv.read_text(encoding="utf-8") == SEXES
    assert said(new)["title"] == "Arrivals 2005"


def test_a_csv_under_data_stays_and_gets_its_yaml(make: Make) -> None:
    placed = Path("data/2005/here/arrivals.csv")
    placed.parent.mkdir(parents=True)
    placed.write_text(SEXES, encoding="utf-8")
    new = new_table(placed)
    assert (new.copied, new.yaml.parent) == (False, placed.parent.resolve())
    assert placed.read_text(encoding="utf-8") == SEXES


def test_editors_are_told_where_the_keys_are(make: Make) -> None:
    new = make(SEXES)
    first = new.yaml.read_text(encoding="utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=../../../.amyqa/table.schema.json"
    assert (new.yaml.parent / first.partition("=")[2]).is_file()


def test_nothing_is_written_over_without_force(make: Make) -> None:
    before = make(SEXES).yaml.read_text(encoding="utf-8")
    with pytest.raises(BadInput) as told:
        make(SEXES)
    assert problems_of(told.value) == [
        "data/2005/here/table.csv: already exists (--force overwrites it)",
        "data/2005/here/table.yaml: already exists (--force overwrites it)",
    ]
    assert make(SEXES, force=True).yaml.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("", {}, "is empty"),
        ("a,b\n", {}, "no row below its header"),
        ("a\n1\n2\n", {}, "one column only"),
        (SEXES, {"family": "deploymnt"}, "there is no family 'deploymnt' (did you mean 'deployment'?)"),
        (SEXES, {"edition": "../..", "chapter": None}, "cannot be the name of a folder"),
        (SEXES, {"to": Path("../elsewhere")}, "lies outside the yearbook's data/"),
        (SEXES, {"edition": None, "chapter": None}, "--edition 2005 --chapter cambodia"),
        ('a,b\n"1,2\n', {}, "is not CSV"),
        ("a," * 2_000 + "\n" + "1,2\n" * 2_000, {}, "is no table: a line of 2,001 fields"),
    ],
)
def test_what_cannot_be_taken_in_is_told(
    make: Make, text: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadInput) as told:
        make(text, **options)
    assert message in str(told.value)
    assert not list(Path("data").rglob("*.*"))


@pytest.mark.parametrize("options", [{"edition": "2005"}, {"to": Path("data/2005/here")}])
def test_nothing_is_taken_in_behind_a_link(make: Make, tmp_path: Path, options: dict[str, Any]) -> None:
    (outside := tmp_path / "outside").mkdir()
    Path("data/2005").symlink_to(outside)
    with pytest.raises(BadInput, match="behind a link"):
        make(SEXES, **options)
    assert not list(outside.rglob("*"))


def test_a_header_on_two_lines_is_not_rewritten_in_place(make: Make) -> None:
    placed = Path("data/a.csv")
    placed.write_text(",Men,\n,2004,2005\nA,1,2\nB,3,4\n", encoding="utf-8")
    with pytest.raises(BadInput, match="move it out of data/"):
        new_table(placed)


@pytest.mark.parametrize(
    "name", ["deployed-to-malaysia", "deployed-to-south-korea", "deployed-to-saudi-arabia"]
)
def test_the_shipped_tables_get_the_coordinates_that_people_gave_them(make: Make, name: str) -> None:
    csv = (ROOT / f"data/2005/cambodia/{name}.csv").read_text(encoding="utf-8")
    by_hand = yaml.safe_load((ROOT / f"data/2005/cambodia/{name}.yaml").read_text(encoding="utf-8"))
    spec = said(make(csv, f"{name}.csv"))
    assert {key: spec[key] for key in ("family", "nil", "rows")} == {
        key: by_hand[key] for key in ("family", "nil", "rows")
    }
    for label, place in by_hand["columns"].items():
        assert spec["columns"][label]["sex"] in place["sex"]


@pytest.mark.parametrize(
    "header",
    [
        "a: b,c#d,e",
        "yes,on,null",
        "'x',[y],{z}",
        "- a,? b,! c",
        '"a ""b""",c + d,e = f',
        "1,2,3",
        "a\x07b,c\x9bd,e",
        "ñ,日本,👩‍👧",
        f"{'a' * 200}!,{'a b' * 60}*,{'1)' * 90}!",  # no pattern may try every way to part them
    ],
)
def test_any_label_makes_a_draft_that_can_be_read(make: Make, header: str) -> None:
    lines = [f"Key,{header}", *(f"{n},{a + n},{a},{n}" for n, a in ((101, 5000), (205, 4400), (330, 1800)))]
    new = make("\n".join(lines) + "\n")
    assert checked(new).total.evaluated >= 3


def test_a_table_whose_rows_repeat_their_labels_is_drafted(make: Make) -> None:
    lines = ["Place,All,A,B", *(f"Other,{x + y},{x},{y}" for x, y in ((500, 30), (610, 20), (720, 44)))]
    assert checked(make("\n".join(lines) + "\n")).total.evaluated == 3


def test_a_damaged_file_is_told_and_not_half_taken_in(make: Make, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"a,b\n1,\xff\n")
    with pytest.raises(AmyqaError, match="is not UTF-8"):
        new_table(tmp_path / "bad.csv", edition="2005")


def test_a_row_that_stands_twice_is_found_and_the_sums_go_on(make: Make) -> None:
    text = (
        "Pier,Sail,Steam,Boats\nAsh,12,13,25\nBay,97,10,107\nBay,97,10,107\nCove,5,6,11\nTotal,114,29,143\n"
    )
    new = make(text)
    report = checked(new)
    assert said(new)["rows"] == {"dimension": "pier", "total": "Total"}
    assert [f.message for f in report.findings] == [
        "Bay appears twice with the same numbers (CSV lines 3, 4)."
    ]
    assert report.total.broken == 0


def test_a_label_that_stands_twice_is_found(make: Make) -> None:
    text = "Pier,Sail,Steam,Boats\nAsh,12,13,25\nBay,97,10,107\nBay,7,1,8\nCove,5,6,11\nDell,4,4,8\n"
    assert [f.message for f in checked(make(text)).findings] == ["Bay appears twice (CSV lines 3, 4)."]


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("boats.csv", {"edition": "2005\n2006"}, "cannot be the name of a folder"),
        ("boats.csv", {"chapter": "CON"}, "the name of a device on Windows"),
        ("boats.csv", {"chapter": "a:b"}, "which Windows does not allow"),
        ("CON.csv", {}, "the name of a device on Windows"),
        ("aux.csv", {"to": Path("data/2005/here")}, "the name of a device on Windows"),
        ("boats.csv", {"to": Path("data/2005/x ")}, "ends with a blank or a dot"),
    ],
)
def test_names_that_not_every_machine_can_keep_are_refused(
    make: Make, name: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        make(SEXES, name, **options)
    assert not list(Path("data").rglob("*"))


def test_a_name_that_is_not_utf_8_gets_one_that_is(make: Make, tmp_path: Path) -> None:
    (tmp_path / "b\udce9te.csv").write_text(SEXES, encoding="utf-8")
    new = new_table(tmp_path / "b\udce9te.csv", edition="2005", chapter="here")
    assert new.csv.name == "b-te.csv"
    assert checked(new).total.evaluated == 3


def test_a_name_that_differs_in_case_only_is_there_already(make: Make) -> None:
    make(SEXES, "Boats.csv")
    with pytest.raises(BadInput, match="already exists"):
        make(SEXES, "boats.csv")


def test_an_unreadable_number_is_told_at_its_line_of_the_file(make: Make) -> None:
    text = "Boats,,,\n\nYear,Total,Male,Female\n2003,1.2.00,700,500\n2004,1340,0,1340\n"
    new = make(text)
    assert "table.csv:4:2: row '2003', column 'Total'" in str(new.unread[0])
    assert "line 4 of the file: row '2003', column 'Total': cannot read '1.2.00'" in new.draft.text
    assert checked(new).failures[0].partly


INDICATORS = "Indicator,2003,2004,2005\nFerries,12,14,15\nPiers,4,4,5\nBoats per pier,3,3.5,3\n"


def test_indicators_of_another_chapter_owe_no_records(make: Make) -> None:
    new = make(INDICATORS)
    assert (new.draft.family, checked(new).findings) == ("indicators", ())


def test_a_family_whose_schema_refuses_the_table_is_not_guessed(make: Make) -> None:
    Path("schemas").mkdir()
    own = (ROOT / "schemas/indicators.py").read_text(encoding="utf-8").replace("least=0.5", "least=0")
    Path("schemas/indicators.py").write_text(own, encoding="utf-8")
    Path("checks").mkdir()
    Path("checks/indicators.yaml").write_text("name: indicators\nexpectations: []\n", encoding="utf-8")
    assert make(INDICATORS).draft.family == "general"


def test_what_is_counted_to_date_is_drafted_where_it_grows_and_its_fall_is_found(make: Make) -> None:
    csv = (
        "Quarter,Huts built since 1998,Change since 1998,Rate to date (%)\n"
        "2004 Q4,950,3,71\n2004 Q3,910,9,70\n2004 Q2,871,2,69\n2004 Q1,817,4,68\n2003 Q4,860,1,67\n"
    )
    new = make(csv)
    assert said(new)["cumulative"] == {"Huts built since 1998": "once"}
    assert "Huts built since 1998 never falls: 3 of 4 steps grow or stay" in new.draft.sums
    [finding] = checked(new).findings
    assert [cell.token for cell in finding.cells] == ["817", "860"]


@pytest.mark.parametrize(
    ("csv", "name", "says"),
    [
        (
            "Month,Issued to date\n2003-11,80\n2003-12,91\n2004-01,7\n2004-02,15\n2004-03,22\n2004-04,31\n",
            "passports.csv",
            {"Issued to date": "each year"},
        ),
        (
            "District,2001,2002,2003,2004\nNorth,5,9,12,14\nSouth,80,81,81,95\nTotal,85,90,93,109\n",
            "wells-cumulative.csv",
            {"North": "once", "South": "once", "Total": "once"},
        ),
        ("Month,Here to date\nJan,50\nFeb,31\nMar,44\nApr,12\nMay,20\n", "guests.csv", None),
        ("District,Arrived to date\nNorth,5\nSouth,80\nEast,95\nWest,99\n", "places.csv", None),
    ],
    ids=[
        "starts anew in January",
        "the title says so of every row",
        "it falls too often",
        "no series in time",
    ],
)
def test_what_is_called_cumulative_is_one_by_its_numbers(
    make: Make, csv: str, name: str, says: dict[str, str] | None
) -> None:
    new = make(csv, name)
    assert said(new).get("cumulative") == says
    if says:
        assert "cumulative" not in {finding.rule for finding in checked(new).findings}


HAMLETS = "Town,Men,Women,All\nAsh,110,242,352\nElm,451,534,985\nFir,314,222,536\nOak,281,302,583\n"


def test_a_row_without_a_label_is_the_total_where_the_sums_say_so(make: Make) -> None:
    new = make(HAMLETS + ",1156,1300,2456\n")
    assert said(new)["rows"] == {"dimension": "town", "total": "(no label)"}
    assert said(new)["identities"]["in every column"] == {"(no label)": ["Ash", "Elm", "Fir", "Oak"]}
    assert checked(new).total.evaluated == 8


def test_a_misprint_in_a_total_without_a_label_is_found(make: Make) -> None:
    new = make(HAMLETS + ",1156,1300,2456\n")
    new.csv.write_text(new.csv.read_text("utf-8").replace("1156", "1165"), "utf-8")
    assert {cell.row for finding in checked(new).findings for cell in finding.cells[:1]} == {"(no label)"}


@pytest.mark.parametrize(
    "line",
    [
        "Column,1,2=1+3,3=2-1",
        ",persons,persons,persons",
        "Town,Males,Females,Both",
        ",000,000,000",
        ",,,see below",
    ],
)
def test_a_line_of_words_among_the_rows_is_left_out_and_told(make: Make, line: str) -> None:
    first, *rest = HAMLETS.splitlines()
    new = make("\n".join([first, rest[0], line, *rest[1:]]) + "\n")
    assert [told.split(":")[0] for told in new.otherwise] == ["left out, line 3 of the file"]
    assert checked(new).total.evaluated >= 4


@pytest.mark.parametrize("line", ["Bay,..,-,n/a", ",..,..,..", "Bay,12l,-,4S", "Bay,,,", "Bay,lost,,"])
def test_a_row_whose_numbers_are_absent_or_misprinted_is_data(make: Make, line: str) -> None:
    new = make(HAMLETS + line + "\n")
    assert new.otherwise == ()
    assert len(pipeline.check([new.csv], "duckdb").tables[0].rows) == 5


@pytest.mark.parametrize(
    "header",
    [
        "Town,2019,2020,2021",
        "Town,2019.0,2020.0,2021.0",
        "Town,1,2,3",
        ",7,70,30",
        "Town,1,5,10,50",
        "Town,1,2",
    ],
)
def test_a_header_of_numbers_is_one(make: Make, header: str) -> None:
    width = header.count(",")
    rows = [
        f"{name},{','.join(str(n * k + 7) for k in range(width))}" for n, name in ((3, "Ash"), (5, "Elm"))
    ]
    new = make("\n".join([header, *rows]) + "\n")
    assert new.csv.read_text("utf-8").startswith(header)


@pytest.mark.parametrize("first", ["Total,30,44", ",30,44", "Ash,12,31"])
def test_a_row_of_a_file_without_a_header_is_asked_about(make: Make, first: str) -> None:
    with pytest.raises(BadInput, match="has the file no header"):
        make(f"{first}\nElm,10,21\nFir,20,23\n")


def test_letters_that_look_like_digits_are_no_footnote(make: Make) -> None:
    new = make(HAMLETS.replace("110", "11o").replace("281", "28ll").replace("451", "451e"))
    assert len(new.unread) == 2
    assert "notes:" not in new.draft.text.partition("# cannot be read")[0]


def test_numbers_in_a_column_of_words_are_told(make: Make) -> None:
    new = make("Town,Head,All\nAsh,Ray,3\nElm,Poe,4\nFir,12,5\nOak,Lee,6\n")
    assert "text  # guess: words; 1 of 4 cells is a number" in " ".join(new.draft.text.split(" "))


def test_the_column_that_names_most_rows_labels_them(make: Make) -> None:
    new = make("Group,Item,2001,2002\n,Bread,12,14\n,Milk,7,9\nRent,Flat,50,56\n,House,90,91\n")
    rows = pipeline.check([new.csv], "duckdb").tables[0].rows
    assert [row.label for row in rows] == ["Bread", "Milk", "Flat", "House"]


def test_a_column_of_numbers_is_not_called_one_of_words(make: Make) -> None:
    assert "words;" not in make("Town,Head,All\nAsh,Ray,3\nElm,Poe,4\nFir,Day,5\n").draft.text


@pytest.mark.parametrize(
    "rows",
    [
        "Boats,9,8\n…of steel,4,3\nRafts,7,6\n…of steel,2,1\nPiers,5,4\nQuays,6,2\n",
        "Boats,9,8\n  of steel,4,3\nRafts,7,6\n  of steel,2,1\nPiers,5,4\nQuays,6,2\n",
        "Boats,9,8\nLoans,0,0\nRafts,7,6\nPiers,5,4\nQuays,6,2\nLoans,0,0\n",
    ],
)
def test_a_label_set_in_below_another_row_or_without_numbers_stands_twice_by_right(
    make: Make, rows: str
) -> None:
    assert checked(make(f"Item,2003,2004\n{rows}")).findings == ()


def test_a_row_that_stands_twice_is_still_a_finding(make: Make) -> None:
    new = make("Item,2003,2004\nBoats,9,8\nRafts,7,6\nPiers,5,4\nRafts,7,6\nQuays,6,2\nDocks,8,1\n")
    assert "Rafts appears twice" in checked(new).findings[0].message


def test_a_dash_for_the_total_of_numbers_is_not_zero(make: Make) -> None:
    new = make(
        "Part,2001,2002,2003\nFirst half,30,41,-\nJan-Mar,10,20,11\nApr-Jun,20,21,-\nYear,75,80,11\n"
        "Second half,45,39,-\nJul-Sep,23,14,-\nOct-Dec,22,25,-\n"
    )
    assert checked(new).findings == ()
