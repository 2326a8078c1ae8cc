"""Tables for the tests of reading: a CSV and a YAML written to a folder, and what is said about them."""

from __future__ import annotations

from pathlib import Path

from amyqa.errors import AmyqaError, Problem, Problems
from amyqa.model import Table
from amyqa.reading.table import read_table

CSV = """\
Year,Total,Male,Female
2004,10,4,6
2005,"1,012",505,507
Total,"1,022",509,513
"""
YAML = """\
title: Deployed
family: deployment
rows: {dimension: year, total: Total}
columns:
  Total: {sex: total}
  Male: {sex: male}
  Female: {sex: female}
"""
HEAD = "title: T\nfamily: general\n"


def gather(folder: Path, yaml: str = YAML, csv: str = CSV) -> tuple[Table | None, tuple[Problem, ...]]:
    """Read a table; what there is of it, and every problem, as it would be told."""
    (folder / "t.yaml").write_text(yaml, encoding="utf-8", newline="")
    (folder / "t.csv").write_text(csv, encoding="utf-8", newline="")
    problems = Problems()
    table = read_table("2005/t", folder / "t.csv", folder / "t.yaml", ("t.csv", "t.yaml"), problems)
    try:
        problems.raise_if_any()
    except AmyqaError as error:
        return table, error.problems
    return table, ()


def table_of(folder: Path, yaml: str = YAML, csv: str = CSV) -> Table:
    """Read a table that has no problem."""
    table, problems = gather(folder, yaml, csv)
    assert problems == ()
    assert table is not None
    return table


def problems_of(folder: Path, yaml: str = YAML, csv: str = CSV) -> tuple[Problem, ...]:
    """The problems of a table; each names its file and line, and in a YAML its key path."""
    problems = gather(folder, yaml, csv)[1]
    for problem in problems:
        assert problem.file in ("t.csv", "t.yaml"), problem
        assert problem.line, problem
        whole_file = problem.message.startswith(("says nothing", "is not", "uses", "holds", "the key"))
        assert problem.key or problem.file == "t.csv" or whole_file, problem
    return problems


def problem_of(folder: Path, yaml: str = YAML, csv: str = CSV) -> Problem:
    """The only problem of a table."""
    [problem] = problems_of(folder, yaml, csv)
    return problem
