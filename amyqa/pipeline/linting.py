"""Mistakes of YAMLs, suites, schemas and decisions, told without checking a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from amyqa.errors import BadRule, Problem, Problems
from amyqa.pipeline.deciding import decisions_about
from amyqa.pipeline.learning import read_shares
from amyqa.pipeline.preparing import load_schemas, prepare
from amyqa.project import Yearbook, family_files, open_yearbook, select
from amyqa.rules.suite import builtin_expectations, read_suite


@dataclass(frozen=True, slots=True)
class Linted:
    """What was read, and what is wrong with it.

    Args:
        tables, families, decisions: how many were read.
        problems: mistakes, each with its place, by file and line.
        remarks: what is no mistake, and yet perhaps not meant.
    """

    tables: int
    families: int
    decisions: int
    problems: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def lint(paths: Sequence[Path | str] = (".",)) -> Linted:
    """Read all that a check would read, and check nothing.

    Args:
        paths: the yearbook, or folders, CSVs or YAMLs in it; of a whole yearbook, families that no table
            has are read too.

    Raises:
        BadInput: there is no yearbook, or nothing in it to read.
    """
    chosen = [Path(path) for path in paths] or [Path()]
    yearbook = open_yearbook(chosen[0])
    refused: dict[str, Problem] = {}
    tables = select(yearbook, chosen, refused)
    prepared = prepare(yearbook, tables, refused)
    problems = prepared.problems
    families = {table.spec.family for table in prepared.loaded.tables.values() if table is not None}
    unused: list[str] = []
    if len(tables) == len(yearbook.tables):
        unused = [family for family in _own_families(yearbook) if family not in families]
        _read_families(yearbook, unused, problems)
    decisions = decisions_about(yearbook, tables, problems)
    with problems.gathered():
        read_shares(yearbook)
    remarks = _unused(yearbook, unused if not refused and len(prepared.observed) == len(tables) else ())
    return Linted(len(tables), len(families | set(unused)), len(decisions), problems.all(), remarks)


def _own_families(yearbook: Yearbook) -> list[str]:
    """The families of which the yearbook itself has a schema or a suite."""
    files = [*(yearbook.root / "schemas").glob("*.py"), *(yearbook.root / "checks").glob("*.yaml")]
    return sorted({file.stem for file in files if not file.stem.startswith("_")})


def _read_families(yearbook: Yearbook, families: Iterable[str], problems: Problems) -> None:
    """Read schema and suite of families that no table has."""
    for family in families:
        schema, suite = family_files(yearbook.root, family)
        shown = yearbook.shown(suite)
        if suite.exists():
            read_suite(suite, shown, family, builtin_expectations, problems)
        if schema.exists():
            load_schemas(yearbook, [family], problems)
        else:
            missing = f"there is no {yearbook.shown(schema)} beside it"
            problems.add(BadRule, Problem(missing, "write that, or remove this", shown))


def _unused(yearbook: Yearbook, families: Iterable[str]) -> tuple[Problem, ...]:
    """A remark on each family that no table has; not where a table could not be read, whose it may be."""
    return tuple(
        Problem(
            f"no table is of the family {family!r}",
            "name it as family: in a table's YAML, or remove it",
            yearbook.shown(next(path for path in family_files(yearbook.root, family) if path.exists())),
        )
        for family in families
    )
