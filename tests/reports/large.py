"""A yearbook of many tables, made by arithmetic: sums over sex, sector and years, a few digits wrong."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator, Sequence
from decimal import Decimal

from amyqa.model import Counts, Finding, IdentityArithmetic, Report, Severity, Summand, Table, TableDiagnosis
from tests.reports import builder

YEARS = [str(year) for year in range(1998, 2007)]
SECTORS = ("all sectors", "domestic work", "factory")
SEXES = ("total", "male", "female")
COLUMNS = [f"{sector} {sex}" for sector in SECTORS for sex in SEXES]
ROWS = [*YEARS, "Total"]
RULES = ("totals", "identities", "structure")

Place = tuple[str, str]


def sums() -> Iterator[tuple[str, str, list[Place]]]:
    """Relation, where it holds and its cells, the total first."""
    for row in ROWS:
        for sector in SECTORS:
            yield "total = male + female", f"{row}, {sector}", [(row, f"{sector} {sex}") for sex in SEXES]
        for sex in SEXES:
            cells = [(row, f"{sector} {sex}") for sector in SECTORS]
            yield "all sectors = domestic work + factory", f"{row}, {sex}", cells
    for column in COLUMNS:
        yield "Total = 1998 + … + 2006", column, [(row, column) for row in ("Total", *YEARS)]


def truth(chance: random.Random) -> dict[Place, int]:
    """Numbers for which every sum holds."""
    found: dict[Place, int] = {}
    for year in YEARS:
        for sector in SECTORS[1:]:
            male, female = chance.randrange(100, 9000), chance.randrange(100, 9000)
            found |= {(year, f"{sector} male"): male, (year, f"{sector} female"): female}
            found[year, f"{sector} total"] = male + female
        for sex in SEXES:
            found[year, f"all sectors {sex}"] = sum(found[year, f"{sector} {sex}"] for sector in SECTORS[1:])
    for column in COLUMNS:
        found["Total", column] = sum(found[year, column] for year in YEARS)
    return found


def yearbook(tables: int = 1000, findings: int = 5000) -> Report:
    """A report on so many tables and about so many findings; the same arguments give the same report."""
    chance = random.Random(2005)
    made = [_table(number, findings // tables, chance) for number in range(tables)]
    return Report(
        tables=tuple(table for table, *_ in made),
        counts={
            table.id: Counts(len(told), sum(i.state == "broken" for i in told)) for table, told, *_ in made
        },
        findings=tuple(finding for *_, found, _ in made for finding in found),
        not_evaluated=tuple(
            builder.gap(table.id, "the total is not printed", year="1997") for table, *_ in made[::10]
        ),
        engine="duckdb",
        diagnoses=tuple(diagnosis for *_, said in made for diagnosis in said),
        identities={table.id: told for table, told, *_ in made},
    )


def _table(
    number: int, most: int, chance: random.Random
) -> tuple[Table, tuple[IdentityArithmetic, ...], list[Finding], list[TableDiagnosis]]:
    right = truth(chance)
    printed = dict(right)
    wrong = [(chance.choice(YEARS), f"{sector} male") for sector in SECTORS[1 : 1 + -(-most // 3)]]
    for place in wrong:
        printed[place] += 9 * chance.randrange(1, 9)
    table = builder.table(
        f"{2001 + number % 10}/chapter-{number % 40:02}/table-{number:04}",
        COLUMNS,
        {row: [f"{printed[row, column]:,}" for column in COLUMNS] for row in ROWS},
        title=f"Workers by sector and sex, table {number:,}",
        unit="persons",
        rows={"dimension": "year", "total": "Total"},
    )
    identities, broken = [], []
    for relation, where, places in sums():
        total, *parts = (printed[place] for place in places)
        terms = tuple(
            Summand(cell.id, -1 if i else 1, " ".join(place), f"{printed[place]:,}")
            for i, (place, cell) in enumerate(zip(places, builder.cells(table, *places), strict=True))
        )
        state = "holds" if total == sum(parts) else "broken"
        identities.append(
            IdentityArithmetic("totals", relation, where, terms, state, computed=f"{sum(parts):,}")
        )
        if state == "broken":
            broken.append((relation, where, places))
    found = [_finding(table, number, *each) for each in broken[:most]]
    said = [
        builder.diagnosis(
            table,
            builder.change(table, *place, str(right[place])),
            explains=tuple(f.id for f in found if any((c.row, c.column) == place for c in f.cells)),
        )
        for place in wrong
    ]
    return table, tuple(identities), found, said


def _finding(table: Table, number: int, relation: str, where: str, places: Sequence[Place]) -> Finding:
    found = builder.finding(table, *places, relation=relation, where={"place": where})
    assert found.computed is not None
    assert found.difference is not None
    excess = "many" if found.difference > Decimal(0) else "few"
    return dataclasses.replace(
        found,
        severity=Severity.ERROR if number % 3 else Severity.WARNING,
        rule=RULES[number % 3],
        message=f"{where}: printed {found.printed:,}; the parts add up to {found.computed:,}; "
        f"{abs(found.difference):,} too {excess}.",
    )
