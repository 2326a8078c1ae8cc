"""Cubes checked: what is counted, shown and diagnosed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.errors import AmyqaError
from amyqa.model import Report
from tests.cubes.cubebooks import ID, book, landings


def check(path: Path) -> Report:
    return pipeline.check([path], "duckdb")


def slipped(rows: list[list[object]], port: str, gear: str, year: str, value: object) -> list[list[object]]:
    """The observations with another value in one of them."""
    return [[*row[:3], value] if row[:3] == [port, gear, year] else row for row in rows]


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".csv.gz", ".duckdb", ""])
def test_a_cube_adds_up_along_its_dimensions_in_every_format(tmp_path: Path, ending: str) -> None:
    report = check(book(tmp_path, ending=ending))
    # three gears by four years along the ports, four ports by four years along the gears
    assert report.counts[ID].evaluated == 3 * 4 + 4 * 4
    assert not report.findings
    assert not report.failures
    assert report.cells == 48


def test_one_slip_breaks_two_sums_and_is_found(tmp_path: Path) -> None:
    rows = landings(5, 4, 6)
    right = next(row[3] for row in rows if row[:3] == ["P3", "G2", "2003"])
    assert right == 266
    report = check(book(tmp_path, slipped(rows, "P3", "G2", "2003", 626)))
    assert report.counts[ID].broken == 2
    assert len(report.findings) == 2
    [diagnosis] = report.diagnoses
    assert diagnosis.located
    [change] = diagnosis.changes
    assert (change.cell.token, change.proposed, change.kind) == ("626", Decimal(266), "transposed digits")
    assert change.cell.address.startswith("observation ")


def test_what_is_missing_is_unknown_and_never_a_pass(tmp_path: Path) -> None:
    rows = slipped(landings(), "P1", "G0", "2002", None)
    report = check(book(tmp_path, rows))
    counts = report.counts[ID]
    assert (counts.evaluated, counts.broken, counts.not_evaluated) == (26, 0, 2)
    assert {gap.where["year"] for gap in report.not_evaluated} == {"2002"}


def test_an_observation_that_is_not_there_is_unknown_too(tmp_path: Path) -> None:
    rows = [row for row in landings() if row[:3] != ["P1", "G0", "2002"]]
    counts = check(book(tmp_path, rows)).counts[ID]
    assert (counts.evaluated, counts.broken, counts.not_evaluated) == (26, 0, 2)


def test_parts_that_exceed_their_total_break_it_though_one_is_missing(tmp_path: Path) -> None:
    rows = slipped(landings(), "P1", "G0", "2002", None)
    report = check(book(tmp_path, slipped(rows, "ALL", "G0", "2002", 5)))
    assert {tuple(finding.where.values()) for finding in report.findings} >= {("ALL", "2002")}


def test_a_hierarchy_twelve_deep_is_checked_at_every_level(tmp_path: Path) -> None:
    codes = [["code", "parent"], ["L0", ""]]
    rows: list[list[object]] = []
    for depth in range(1, 13):
        codes += [[f"L{depth}", f"L{depth - 1}"], [f"R{depth}", f"L{depth - 1}"]]
    left = 4096
    for depth in range(13):
        rows.append([f"L{depth}", "ALL", "2001", left])
        if depth:
            rows.append([f"R{depth}", "ALL", "2001", left])
        left //= 2
    spec = {"dimensions": {"port": {"column": "PORT", "codes": "areas.csv"}, "gear": "GEAR", "year": "TIME"}}
    report = check(book(tmp_path, rows, spec, lists={"areas.csv": codes}))
    assert (report.counts[ID].evaluated, report.counts[ID].broken) == (12, 0)
    wrong = slipped(rows, "R12", "ALL", "2001", 2)
    assert check(book(tmp_path, wrong, spec, lists={"areas.csv": codes})).counts[ID].broken == 1


def test_a_total_is_made_up_in_several_ways(tmp_path: Path) -> None:
    codes = [
        ["code", "parent", "partition"],
        ["ALL", "", ""], ["P0", "ALL", "coast"], ["P1", "ALL", "coast"], ["P2", "ALL", "coast"],
        ["BIG", "ALL", "size"], ["SMALL", "ALL", "size"],
    ]  # fmt: skip
    rows = [row for row in landings() if row[1] == "ALL"]
    for year in ("2000", "2001", "2002", "2003"):
        total = next(row[3] for row in rows if row[0] == "ALL" and row[2] == year)
        rows += [["BIG", "ALL", year, total - 9], ["SMALL", "ALL", year, 9 if year != "2003" else 8]]
    spec = {"dimensions": {"port": {"column": "PORT", "codes": "ports.csv"}, "gear": "GEAR", "year": "TIME"}}
    report = check(book(tmp_path, rows, spec, lists={"ports.csv": codes}))
    assert (report.counts[ID].evaluated, report.counts[ID].broken) == (8, 1)
    [finding] = report.findings
    assert finding.relation == "all ports = BIG + SMALL"
    assert finding.difference == 1


def test_two_observations_of_the_same_coordinates_are_told_and_neither_is_added_up(tmp_path: Path) -> None:
    rows = [*landings(), ["P1", "G1", "2001", 7]]
    report = check(book(tmp_path, rows))
    assert {finding.rule for finding in report.findings} == {"keys"}
    assert report.cubes[ID].repeated == 1
    assert report.counts[ID].not_evaluated == 2


def test_a_code_that_is_not_listed_is_a_finding(tmp_path: Path) -> None:
    listed = [["code", "parent"], ["ALL", ""], ["P0", "ALL"], ["P1", "ALL"]]
    spec = {"dimensions": {"port": {"column": "PORT", "codes": "ports.csv"}, "gear": "GEAR", "year": "TIME"}}
    report = check(book(tmp_path, spec=spec, lists={"ports.csv": listed}))
    assert "'P2' is not a code of port" in next(f.message for f in report.findings if f.rule == "codes")


def test_of_many_broken_sums_all_are_counted_and_the_largest_shown(tmp_path: Path) -> None:
    rows = landings(40, 3, 50)
    wrong = [
        [*row[:3], row[3] + 10 + at] if row[0] == "ALL" and row[1] != "ALL" else row
        for at, row in enumerate(rows)
    ]
    report = check(book(tmp_path, wrong))
    cube = report.cubes[ID]
    # along the ports in each of three gears and fifty years; along the gears in each year
    assert cube.broken == report.counts[ID].broken == 200
    assert cube.shown == len(report.findings) == 200


def test_statuses_and_signs_say_what_is_zero_and_what_unknown(tmp_path: Path) -> None:
    rows = [
        ["ALL", "ALL", "2001", "12", "A"], ["P0", "ALL", "2001", "12", "A"], ["P1", "ALL", "2001", "-", "A"],
        ["ALL", "ALL", "2002", "15", "A"], ["P0", "ALL", "2002", "9", "A"], ["P1", "ALL", "2002", "3", "M"],
    ]  # fmt: skip
    spec = {
        "status": {"column": "OBS_STATUS", "missing": ["M"]},
        "nil": ["-"],
        "dimensions": {"port": {"column": "PORT", "total": "ALL"}, "gear": "GEAR", "year": "TIME"},
    }
    path = book(tmp_path, rows, spec, columns=("PORT", "GEAR", "TIME", "TONNES", "OBS_STATUS"), ending=".csv")
    counts = check(path).counts[ID]
    assert (counts.evaluated, counts.broken, counts.not_evaluated) == (1, 0, 1)


def test_decimals_are_rounded_one_by_one_unless_they_are_exact(tmp_path: Path) -> None:
    rows = [
        [port, "ALL", "2001", value] for port, value in (("ALL", 10.1), ("P0", 3.3), ("P1", 3.3), ("P2", 3.3))
    ]
    dimensions = {"port": {"column": "PORT", "total": "ALL"}, "gear": "GEAR", "year": "TIME"}
    assert check(book(tmp_path / "a", rows, {"dimensions": dimensions})).counts[ID].broken == 0
    exact = {"dimensions": dimensions, "exact": True}
    assert check(book(tmp_path / "b", rows, exact)).counts[ID].broken == 1


def test_a_cube_and_a_table_are_checked_together(tmp_path: Path) -> None:
    path = book(tmp_path)
    (path.parent / "crews.csv").write_text("Port,Men,Women,All\nNorth,3,4,7\n", "utf-8")
    (path.parent / "crews.yaml").write_text(
        "title: Crews\nfamily: general\nrows: {dimension: port}\n"
        "identities: {in every row: [All = Men + Women]}\n",
        "utf-8",
    )
    report = check(tmp_path)
    assert [table.id for table in report.tables] == ["2021/vessels/crews", ID]
    assert report.total.evaluated == 29


def problem(path: Path) -> str:
    """What stands in the way of a cube."""
    try:
        report = check(path)
    except AmyqaError as error:
        return "\n".join(map(str, error.problems))
    return "\n".join(str(problem) for failure in report.failures for problem in failure.problems)


BAD = {
    "a missing column": ({"value": "TONS"}, landings(), "has no column 'TONS' (did you mean 'TONNES'?)"),
    "a column of words": ({}, [["ALL", "ALL", "2001", "x"]], "1 of 1 values in 'TONNES' are no numbers"),
    "a column of truths": ({}, [["ALL", "ALL", "2001", True]], "holds booleans, not numbers"),
    "infinity": ({}, [["ALL", "ALL", "2001", 1.0], ["P0", "ALL", "2001", float("inf")]], "are no numbers"),
    "a number beyond 64 bits": ({}, [["ALL", "ALL", "2001", 2**63]], "too large to be added up exactly"),
    "a code that is not there": ({}, [["ALL", "ALL", None, 1]], "holds no observations"),
    "a total that is no code": (
        {"dimensions": {"port": {"column": "PORT", "total": "TOT"}}},
        landings(),
        "total 'TOT' is no code of the column 'PORT'",
    ),
    "an unknown key": ({"vaule": "x"}, landings(), "unknown key 'vaule' (did you mean 'value'?)"),
    "one column twice": (
        {"dimensions": {"port": "PORT", "again": "PORT"}},
        landings(),
        "the column 'PORT' is dimensions.port already",
    ),
    "no such family": ({"family": "generl"}, landings(), "did you mean 'general'?"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told_with_the_way_to_mend_it(tmp_path: Path, case: str) -> None:
    spec, rows, told = BAD[case]
    assert told in problem(book(tmp_path, rows, spec))  # type: ignore[arg-type]


def test_nan_is_unknown(tmp_path: Path) -> None:
    rows = slipped([[*row[:3], float(row[3])] for row in landings()], "P1", "G0", "2002", float("nan"))
    assert check(book(tmp_path, rows)).counts[ID].not_evaluated == 2


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = book(tmp_path)
    data = path.with_suffix(".parquet")
    data.write_bytes(data.read_bytes()[:-20])
    assert "data/2021/vessels/landings.parquet: cannot be read" in problem(path)


LISTS = {
    "a circle": (
        [["A", "B"], ["B", "C"], ["C", "A"]],
        "the parents go round in a circle: 'A' < 'B' < 'C'",
    ),
    "a parent that is no code": (
        [["P0", "ALLL"], ["ALL", ""]],
        "ports.csv:2: the parent 'ALLL' of 'P0'",
    ),
    "a code twice": ([["ALL", ""], ["P0", "ALL"], ["P0", "ALL"]], "the code 'P0' stands twice"),
    "no code": ([["", "ALL"]], "has no code"),
}


@pytest.mark.parametrize("case", LISTS)
def test_a_code_list_that_says_nonsense_is_refused(tmp_path: Path, case: str) -> None:
    codes, told = LISTS[case]
    spec = {"dimensions": {"port": {"column": "PORT", "codes": "ports.csv"}, "gear": "GEAR", "year": "TIME"}}
    lists = {"ports.csv": [["code", "parent"], *codes]}
    assert told in problem(book(tmp_path, spec=spec, lists=lists))


def test_several_units_cannot_be_added_up(tmp_path: Path) -> None:
    rows = [[*row, "t" if row[0] == "ALL" else "kg"] for row in landings()]
    path = book(
        tmp_path, rows, {"unit": {"column": "UNIT"}}, columns=("PORT", "GEAR", "TIME", "TONNES", "UNIT")
    )
    assert "the column 'UNIT' holds several units: 'kg', 't'" in problem(path)


def test_interrupted_it_says_what_was_added_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from amyqa.cubes import sums

    judge = sums.judge

    def interrupted(engine, each, *rest):
        if each.dimension == "gear":
            raise KeyboardInterrupt
        return judge(engine, each, *rest)

    monkeypatch.setattr(sums, "judge", interrupted)
    with pytest.raises(
        KeyboardInterrupt, match=r"added up along port \(0 of 12 sums broken\); not along gear"
    ):
        check(book(tmp_path))


def swapped(value: int) -> int:
    """A number with its last two digits the other way round."""
    return value // 100 * 100 + value % 10 * 10 + value // 10 % 10


def test_many_slips_are_diagnosed_part_by_part(tmp_path: Path) -> None:
    """More than are diagnosed together, each in a part of its own."""
    rows = landings(4, 5, 130)
    slips = {(f"P{year % 4}", f"G{year % 5}", str(2000 + year)) for year in range(0, 130, 2)}
    wrong = [[*row[:3], swapped(row[3])] if tuple(row[:3]) in slips else row for row in rows]
    report = check(book(tmp_path, wrong))
    assert report.counts[ID].broken > 100
    located = [each for each in report.diagnoses if each.located]
    assert len(located) > 40
    right = {tuple(map(str, row[:3])): row[3] for row in rows}
    for each in located:
        [change] = each.changes
        place = {change.cell.column, *change.cell.row.split(" | ")}
        assert next(value for key, value in right.items() if set(key) == place) == change.proposed
