from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

import pytest

from amyqa.model import Table
from amyqa.reading.spec import Spec
from amyqa.reports.html import render as html
from amyqa.reports.html.headers import levels
from tests.reports import builder


def heads(columns: dict[str, dict[str, object]]) -> list[list[tuple[str, int]]]:
    return [[(heading.text, heading.span) for heading in level] for level in levels(described(columns))]


def described(columns: Mapping[str, Mapping[str, object]]) -> Table:
    """One row of ones, whose columns have these coordinates."""
    table = builder.table("t", list(columns), {"x": ["1"] * len(columns)})
    spec = Spec.model_validate({"title": "t", "family": "deployment", "columns": columns})
    return dataclasses.replace(table, spec=spec)


SEXES = {"sex": "total"}, {"sex": "male"}, {"sex": "female"}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"T": {"sex": "total"}, "M": {"sex": "male"}}, []),
        (
            {
                "Total": {"sector": "all", "sex": "total"},
                "Male": {"sector": "all", "sex": "male"},
                "DW": {"sector": "domestic work", "sex": ["total", "female"]},
                "HRD Total": {"sector": "HRD", "sex": "total"},
                "HRD Male": {"sector": "HRD", "sex": "male"},
            },
            [[("all sectors", 2), ("domestic work", 1), ("HRD", 2)]],
        ),
        (
            {
                f"{year} {sector} {sex}": {"year": year, "sector": sector, "sex": sex}
                for year in ("2004", "2005")
                for sector in ("farm", "town")
                for sex in ("men", "women")
            },
            [[("2004", 4), ("2005", 4)], [("farm", 2), ("town", 2), ("farm", 2), ("town", 2)]],
        ),
        # the same sector over all columns says nothing, nor does one over each
        ({"A": {"sector": "x", "sex": "a"}, "B": {"sector": "x", "sex": "b"}}, []),
        ({"A": {"sector": "x", "sex": "a"}, "B": {"sector": "y", "sex": "a"}}, []),
        # a column outside any sum has nothing over it
        (
            {"A": {"sector": "x", "sex": "a"}, "B": {"sector": "x", "sex": "b"}, "Note": {}},
            [[("x", 2), ("", 1)]],
        ),
    ],
)
def test_what_columns_have_in_common_stands_once_over_them(
    columns: dict[str, dict[str, object]], expected: list[list[tuple[str, int]]]
) -> None:
    assert heads(columns) == expected


def test_every_row_of_a_header_is_as_wide_as_the_table() -> None:
    columns = {
        "A": {"sector": "x", "sex": "a"},
        "B": {"sector": "x", "sex": "b"},
        "C": {"sector": "y", "sex": "a"},
    }
    page = html.render(builder.report(described(columns)))
    [head] = re.findall(r"<thead>\n(<tr><th[^\n]*rowspan.*?)</thead>", page, re.DOTALL)
    over, labels = head.strip().split("\n")
    assert 'rowspan="2"' in over
    assert sum(map(int, re.findall(r'colspan="(\d+)"', over))) == labels.count("<th") == 3
