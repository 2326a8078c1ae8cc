from __future__ import annotations

import dataclasses
import datetime
import re
from decimal import Decimal

import pytest

from amyqa.model import Decision, DecisionStatus, Report, Ruling
from amyqa.reports.html import render as html
from tests.reports import builder
from tests.reports.snapshots import FOLDER, kept


def indicators() -> Report:
    """Population, with 14,144.00 among millions."""
    years = ["2005", "2004", "2003", "2002", "2001", "2000"]
    table = builder.table(
        "2005/cambodia/annual-indicators",
        years,
        {"Population": ["13.607", "", "14,144.00", "12.78", "12.49", "12.20"]},
        title="Annual indicators",
        rows={"dimension": "indicator"},
    )
    found = builder.finding(
        table, ("Population", "2003"), rule="range", ess="VIR", level="1a", message="14,144.00 is too large."
    )
    fits = builder.change(table, "Population", "2003", "14.144", kind="a thousand times too large")
    return builder.report(
        table, findings=(found,), diagnoses=(builder.diagnosis(table, fits, explains=(found.id,)),)
    )


def decided() -> Report:
    """The flagship explained by an editor."""
    plain = builder.diagnosed()
    first, *others = plain.findings
    decision = Decision(
        finding=first.id, table=first.table, rule=first.rule, severity=first.severity, where=first.where,
        relation=first.relation, printed={}, message=first.message, ruling=Ruling.EXPLAINED,
        reason="the ministry's letter says so", who="Dara Sok", date=datetime.date(2026, 1, 5),
    )  # fmt: skip
    ruled = dataclasses.replace(first, status="explained", decision=decision, standing=DecisionStatus.APPLIES)
    return dataclasses.replace(plain, findings=(ruled, *others))


PIECES = {
    "cell-as-printed.html": (builder.diagnosed, r'<td id="cell-1-70">.*?</td>'),
    "cell-root.html": (builder.diagnosed, r'<td id="cell-1-57".*?</td>'),
    "cell-inherited.html": (builder.diagnosed, r'<td id="cell-1-64".*?</td>'),
    "cell-candidate.html": (builder.diagnosed, r'<td id="cell-3-5".*?</td>'),
    "row-total.html": (builder.diagnosed, r'<tr class="total".*?</tr>'),
    "sum.html": (builder.diagnosed, r'<p class="sum">.*?</p>'),
    "finding.html": (builder.diagnosed, r'<li class="finding error".*?</li>'),
    "finding-decided.html": (decided, r'<li class="finding ruled".*?</li>'),
    "table.html": (builder.diagnosed, r'<table>(?:(?!<table>).)*?id="cell-3-1".*?</table>'),
    "cause.html": (builder.diagnosed, r'<article [^>]*id="cause-1".*?</article>'),
    "cause-not-located.html": (builder.diagnosed, r'<article [^>]*id="cause-2".*?</article>'),
    "cause-not-diagnosed.html": (builder.diagnosed, r'<article [^>]*id="cause-3".*?</article>'),
    "likeliest.html": (builder.diagnosed, r'<section class="likeliest".*?</section>'),
    "filters.html": (builder.diagnosed, r'<form id="filters".*?</form>'),
    "heat-map.html": (builder.diagnosed, r'<figure class="heat">.*?</figure>'),
    "series.html": (indicators, r'<figure class="series">.*?</figure>'),
}  # fmt: skip


@pytest.mark.parametrize("name", PIECES)
def test_a_piece_of_the_page_is_as_it_was(name: str) -> None:
    make, pattern = PIECES[name]
    piece = re.search(pattern, html.render(make()), re.DOTALL)
    assert piece is not None
    text = f"{piece[0]}\n"
    assert text == kept(name, text)


def test_no_snapshot_is_left_behind() -> None:
    assert {path.name for path in FOLDER.glob("*.html")} == set(PIECES)


def test_an_outlier_is_drawn_off_the_scale_of_its_neighbours() -> None:
    picture = re.search(r'<figure class="series">.*?</figure>', html.render(indicators()), re.DOTALL)
    assert picture is not None
    assert "2003 is printed 14,144.00; 14.144 is proposed. 2000: 12.20, 2001: 12.49" in picture[0]
    assert "printed 14,144.00, off the scale" in picture[0]


def test_a_change_of_the_proposed_number_is_seen_in_the_pieces() -> None:
    report = builder.diagnosed()
    [first, *others] = report.diagnoses[0].changes
    other = dataclasses.replace(first, proposed=Decimal(860))
    located = dataclasses.replace(report.diagnoses[0], changes=(other, *others))
    page = html.render(dataclasses.replace(report, diagnoses=(located, report.diagnoses[1])))
    assert (FOLDER / "cell-root.html").read_text(encoding="utf-8").strip() not in page
