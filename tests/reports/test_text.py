from __future__ import annotations

import dataclasses
import datetime
import re

import pytest
from rich.cells import cell_len

from amyqa.model import Counts, Decision, DecisionStatus, Explanation, Report, Ruling, Severity
from amyqa.reports import rulings
from amyqa.reports.text import render as text
from tests.reports import builder

FLAGSHIP = """\
ERROR   2005/cambodia/deployed-to-malaysia  year Total, sector all
        The Total row prints 6,619 in all; its men and women add up to 6,715 (96
        more).
        data/2005/cambodia/deployed-to-malaysia.csv:11 (printed source: line 608) [fe809a7c]
"""


def words(printed: str) -> str:
    """The text on one line, so that wrapping does not matter."""
    return " ".join(printed.split())


def last_line(report: Report) -> str:
    return words(text.render(report, width=500).strip().split("\n")[-1])


def test_a_finding_says_what_where_and_on_which_line_of_which_file() -> None:
    assert FLAGSHIP in text.render(builder.cambodia())


DIAGNOSIS = """\
Cause 1  likely misprint, virtually certain, over 99.9%
2005/cambodia/deployed-to-malaysia
        2006, Total: printed 895, its parts sum to 859. With 4 more cells it
        explains the 2 broken sums.
        misprint      2006, Total: 895 → 859, transposed digits
        misprint      2006, Male: printed 267, its parts sum to 172.
        misprint      Total, HRD Total: printed 2,914, its parts sum to 2,915.
        carried over  Total, Total: printed 6,619, its parts sum to 6,620.
        carried over  Total, Male: printed 1,807, its parts sum to 1,712.
        Virtually certain, over 99.9%: the only explanation with 5 cells; the
        next best needs 6.
        Assuming that every domestic worker is a woman.
"""


def test_a_diagnosis_says_the_sentence_the_cells_their_roles_and_how_sure_it_is() -> None:
    printed = text.render(builder.diagnosed())
    assert DIAGNOSIS in printed
    assert "or 2006, Female: 687 → 592; Total, HRD Total: 2,914 → 2,915;" in words(printed)
    assert "data/2005/cambodia/deployed-to-malaysia.csv:10 (printed source: line 607)\n" in printed


def test_causes_stand_after_the_tables_each_with_the_findings_behind_it() -> None:
    report = builder.diagnosed()
    printed = words(text.render(report))
    flagship, year, sum_of_2005, years = (finding.message for finding in report.findings)
    order = [
        "Table",
        "To look at: 1 likely misprint (5 cells), 1 unlocated error and 1 other problem (3 errors, ",
        "Cause 1 likely misprint", "2 broken checks behind it:", flagship, year,
        "Cause 2 unlocated error", "1 broken check about it:", sum_of_2005,
        "Cause 3 other problem", years, "Not evaluated:",
    ]  # fmt: skip
    places = [printed.index(word) for word in order]
    assert places == sorted(places)


def test_what_was_not_located_names_the_candidates_and_proposes_no_number() -> None:
    printed = text.render(builder.diagnosed())
    part = words(printed[printed.index("Cause 2") : printed.index("1 broken check about it")])
    assert "Cannot be located: 3 cells tie" in part
    assert "Nothing is proposed: by arithmetic alone, any of 3 cells would do." in part
    assert "Rounding, a missing part or another definition, and no misprint: very unlikely, 2%." in part
    for candidate in ("2005, Total (430): 41%", "2005, Male (180): 33%", "2005, Female (240): 24%"):
        assert f"perhaps {candidate}" in part
    assert not re.search("420|190|250|→", part)


def test_in_short_a_finding_that_a_diagnosis_explains_is_its_sentence_and_id() -> None:
    report = builder.diagnosed()
    printed = words(text.render(report, detail="normal"))
    for finding in report.findings[:3]:
        assert f"ERROR {finding.message} [{finding.id[:8]}]" in printed
    assert "sex total The years of column Total" in printed


def test_of_many_alternatives_three_have_a_line_and_the_rest_is_counted() -> None:
    table = builder.malaysia()
    first, *others = (builder.change(table, "2006", "Total", str(n)) for n in (859, 1, 2, 3, 4, 5))
    many = tuple(Explanation((change,), 0.01) for change in others)
    found = builder.diagnosis(table, first, alternatives=many)
    printed = text.render(builder.report(table, diagnoses=(found,)))
    assert printed.count("        or ") == 4
    assert "or            2 more that are less likely" in printed


def test_of_many_candidates_six_are_named_and_the_rest_is_counted() -> None:
    table = builder.malaysia()
    wide = Explanation(tuple(builder.change(table, year, "Total", "1") for year in builder.YEARS), 0.2)
    lost = builder.diagnosis(table, alternatives=(wide,))
    printed = words(text.render(builder.report(table, diagnoses=(lost,))))
    assert "2003, Total (573); and 3 more: 20%" in printed


def test_each_table_has_a_line_with_its_numbers() -> None:
    lines = [words(line) for line in text.render(builder.cambodia(), width=120).split("\n")]
    assert "2005/cambodia/deployed-to-malaysia 70 57 3 0 2 errors" in lines
    assert "2005/cambodia/stock-abroad 4 0 0 3 none" in lines


def test_findings_stand_in_the_order_of_the_report() -> None:
    report = builder.cambodia()
    printed = words(text.render(report))
    places = [printed.index(finding.message) for finding in report.findings]
    assert places == sorted(places)


def test_what_was_not_evaluated_is_counted_and_named_with_its_reason() -> None:
    printed = words(text.render(builder.cambodia()))
    assert "Not evaluated: 3 identities (unknown is never a pass) 2005/cambodia/stock-abroad" in printed
    assert (
        "2 identities the total is not known: total = male + female (column Persons); total = visa status"
        in printed
    )
    assert "1 identity no line is known: total = destinations (column Persons)" in printed


def test_five_hundred_of_a_kind_take_one_line_and_are_counted() -> None:
    table = builder.malaysia()
    many = [builder.gap(table.id, "unknown", year=str(i)) for i in range(500)]
    more = [builder.gap(table.id, "unknown", f"relation {i}") for i in range(5)]
    printed = text.render(builder.report(table, not_evaluated=(*many, *more)))
    assert "Not evaluated: 505" in printed
    assert "505 identities unknown: total = male + female (500 times); relation 0" in words(printed)
    assert "and 3 other relations" in words(printed)
    assert len(printed.split("\n")) < 20


def clean(evaluated: int = 10, not_evaluated: int = 0) -> Report:
    table = builder.malaysia()
    unknown = tuple(builder.gap(table.id, "unknown") for _ in range(not_evaluated))
    return builder.report(
        table, counts={table.id: Counts(evaluated, 0, not_evaluated)}, not_evaluated=unknown
    )


def only(severity: Severity, **given: str) -> Report:
    table = builder.malaysia()
    found = builder.finding(table, ("2006", "Total"), severity=severity, **given)
    return builder.report(table, findings=(found,), counts={table.id: Counts(10, 1, 0)})


@pytest.mark.parametrize(
    ("report", "verdict"),
    [
        (builder.cambodia(), "Not ready to print: 2 errors and 1 warning in 1 of 2 tables."),
        (only(Severity.ERROR), "Not ready to print: 1 error in 1 of 1 table."),
        (only(Severity.WARNING), "No errors, but 1 warning to correct or explain in 1 of 1 table."),
        (only(Severity.INFO), "No error or warning is open."),
        (only(Severity.ERROR, status="explained"), "No error or warning is open."),
        (clean(), "No errors: every identity holds."),
        (clean(not_evaluated=2), "No errors: every identity that could be evaluated holds."),
        (clean(evaluated=0), "No errors found, but no identity could be evaluated."),
        (builder.report(), "Nothing was checked: there is no table."),
    ],
)
def test_the_last_line_says_whether_the_tables_can_be_printed(report: Report, verdict: str) -> None:
    assert last_line(report).startswith(verdict)


def test_the_last_line_has_the_numbers_behind_the_verdict() -> None:
    assert last_line(builder.cambodia()).endswith(
        "Checked 74 cells in 2 tables: 57 identities evaluated, 3 broken, 3 not evaluated."
    )
    assert last_line(only(Severity.INFO)).endswith("1 broken, 0 not evaluated; 1 info.")


def test_an_explained_finding_is_shown_as_such() -> None:
    printed = text.render(only(Severity.ERROR, status="explained"))
    assert "Decided: 1 finding (overrides: totals 1)" in printed
    assert "(explained)" in printed


def test_a_finding_about_no_cell_and_an_unread_table_is_still_told() -> None:
    lost = dataclasses.replace(builder.cambodia().findings[0], table="not/read", cells=(), where={})
    printed = text.render(builder.report(findings=(lost,)))
    assert "ERROR   not/read\n        The Total row prints" in printed
    assert last_line(builder.report(findings=(lost,))).startswith("Not ready to print: 1 error in 1 of 1")


def test_without_colour_there_is_not_one_escape_and_with_it_the_words_are_the_same() -> None:
    plain = text.render(builder.diagnosed())
    coloured = text.render(builder.diagnosed(), color=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31mERROR" in coloured
    assert words(re.sub(r"\x1b\[[0-9;]*m", "", coloured)) == words(plain)


@pytest.mark.parametrize("width", [60, 80, 132])
def test_lines_fit_the_terminal_but_a_path_stays_in_one_piece(width: int) -> None:
    report = builder.diagnosed()
    long = dataclasses.replace(report.findings[0].cells[0], file="data/" + "long/" * 40 + "t.csv")
    findings = (dataclasses.replace(report.findings[0], cells=(long,)), *report.findings[1:])
    lines = text.render(dataclasses.replace(report, findings=findings), width=width).split("\n")
    assert any(f"{long.file}:11" in line for line in lines)
    assert not [line for line in lines if cell_len(line) > width and ".csv:" not in line]
    assert not [line for line in lines if line != line.rstrip()]


def test_hostile_text_is_shown_as_text() -> None:
    for printed in (text.render(builder.hostile()), text.render(builder.hostile(), width=400)):
        assert not [
            char for char in printed if char != "\n" and not char.isprintable() and char not in "\u200b\u200d"
        ]
        assert "[red]x[/red] [link=a]b[/link]" in words(printed)
        assert r"\x1b[31mred" in printed
        assert r"\u202egnp.exe\u2066" in printed
        assert ":warning:" in printed


def test_colour_comes_only_from_amyqa() -> None:
    escapes = set(re.findall(r"\x1b.*?[a-zA-Z]", text.render(builder.hostile(), color=True, width=200)))
    assert all(re.fullmatch(r"\x1b\[[0-9;]*m", escape) for escape in escapes)
    assert "\x1b]" not in text.render(builder.hostile(), color=True)


@pytest.mark.parametrize(
    "environment",
    [{"COLUMNS": "40"}, {"TERM": "dumb"}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"}],
)
def test_the_environment_changes_nothing(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [text.render(builder.cambodia(), color=color) for color in (False, True)]
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert [text.render(builder.cambodia(), color=color) for color in (False, True)] == expected


def ruled() -> Report:
    """One finding explained, one whose number has changed, one known before; and two idle decisions."""
    plain = builder.cambodia()
    first, second, third = plain.findings
    decision = Decision(
        finding=second.id, table=second.table, rule=second.rule, severity=second.severity, where=second.where,
        relation=second.relation, printed={}, message="An old sentence.", ruling=Ruling.KEPT,
        reason="the ministry counts twice", who="Ea Sokha", date=datetime.date(2026, 3, 1),
        file="decisions/2005.yaml", line=4,
    )  # fmt: skip
    applies = dataclasses.replace(
        first, status="explained", decision=decision, standing=DecisionStatus.APPLIES
    )
    reopened = dataclasses.replace(second, decision=decision, standing=DecisionStatus.REOPENED)
    return dataclasses.replace(
        plain,
        since="abc1234",
        findings=(applies, reopened, dataclasses.replace(third, known=True)),
        decisions=tuple(
            (decision, s) for s in (DecisionStatus.APPLIES, DecisionStatus.REOPENED, *rulings.UNMATCHED)
        ),
    )


def test_open_known_and_decided_findings_stand_apart() -> None:
    printed = words(text.render(ruled(), width=120))
    order = [
        "To look at: 1 other problem (1 error)", "2006 prints 895",
        "Open since before abc1234, not counted: 1 other problem", "The years of column Total",
        "Decided: 1 finding (overrides: totals 1)", "The Total row prints 6,619",
        "Decisions to look at: 2", "STALE", "IDLE", "Not evaluated:",
    ]  # fmt: skip
    places = [printed.index(part) for part in order]
    assert places == sorted(places)


def test_a_finding_says_what_was_decided_on_it_and_what_became_of_that() -> None:
    printed = words(text.render(ruled(), width=120))
    said = "kept as printed: the ministry counts twice (Ea Sokha, 2026-03-01)."
    assert f"59 more). Reopened by a changed number. Before: {said}" in printed
    assert f"(96 more). Decided: {said}" in printed


def test_decisions_that_match_nothing_are_shown_with_their_place() -> None:
    printed = text.render(ruled())
    part = words(printed[printed.index("Decisions to look at") : printed.index("Not evaluated:")])
    assert "(nothing is found there any more) An old sentence. Decided: kept as printed:" in part
    assert "(what it is about could not be evaluated)" in part
    assert part.count("decisions/2005.yaml:4") == 2


@pytest.mark.parametrize("width", [24, 40, 59])
def test_a_narrow_terminal_names_every_table_above_its_numbers(width: int) -> None:
    printed = text.render(builder.cambodia(), width=width)
    assert "…" not in printed
    assert (
        "70 cells, 57 identities evaluated, 3 broken, 0 not evaluated. Findings: 2 errors, 1 warning."
        in words(printed)
    )
    paths = ("        data/", "deployed-to-malaysia")
    assert all(cell_len(line) <= width for line in printed.split("\n") if not line.startswith(paths))


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_wide_terminal_shows_the_numbers_in_columns(width: int) -> None:
    printed = text.render(builder.cambodia(), width=width)
    assert "…" not in printed.split("Findings: ")[0]
    assert re.search(r"70 +57 +3 +0 +2 errors", printed)
