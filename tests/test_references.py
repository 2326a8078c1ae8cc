"""Tables are named alike wherever they stand; a misspelt one is told, one that is elsewhere is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from amyqa import pipeline
from amyqa.errors import BadSpec
from tests.yearbooks import STATED, problems_of, write_family, write_table

SPEC = {"rows": {"dimension": "year"}, "columns": {"N": {"sex": "total"}}}


def formula(root: Path, reference: str) -> Path:
    """A table whose only cell must equal another's; some others that it may name."""
    stated = {"identities": {"other tables": [f"[2004, N] = {reference}"]}}
    write_table(root, "2005/arcadia/workers", "Year,N\n2004,7\n", {**SPEC, **stated})
    for id in ("population", "2005/arcadia/my table", "2005/arcadia/by-sex"):
        write_table(root, id, "Year,N\n2004,5\n", SPEC)
    write_family(root, entries=[{"type": STATED, "severity": "critical"}])
    return root / "data" / "2005" / "arcadia" / "workers.csv"


@pytest.mark.parametrize(
    "reference",
    ["population[2004, N]", '"2005/arcadia/my table"[2004, N]', "2005/arcadia/by-sex[N, 2004]"],
)
def test_a_table_is_named_wherever_it_stands(tmp_path: Path, reference: str) -> None:
    [finding] = pipeline.check([formula(tmp_path, reference)], "duckdb").findings
    assert finding.difference == 2
    assert finding.cells[1].table in reference


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        (
            "2005/arcadia/by-sexes[2004, N]",
            "there is no table 2005/arcadia/by-sexes (did you mean '2005/arcadia/by-sex'?)",
        ),
        ("populations[2004, N]", "there is no table populations (did you mean 'population'?)"),
    ],
)
def test_a_misspelt_table_is_a_mistake_with_the_nearest_name(
    tmp_path: Path, reference: str, problem: str
) -> None:
    with pytest.raises(BadSpec) as error:
        pipeline.check([formula(tmp_path, reference)], "duckdb")
    [told] = problems_of(error.value)
    assert told.startswith("data/2005/arcadia/workers.yaml:")
    assert told.endswith(problem)


@pytest.mark.parametrize("reference", ["2004/arcadia/workers[2004, N]", "2005/borduria/workers[2004, N]"])
def test_a_table_of_another_edition_or_chapter_that_is_not_here_is_not_evaluated(
    tmp_path: Path, reference: str
) -> None:
    report = pipeline.check([formula(tmp_path, reference)], "duckdb")
    assert not report.findings
    assert (report.total.evaluated, report.total.not_evaluated) == (0, 1)
