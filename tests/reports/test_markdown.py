from __future__ import annotations

import dataclasses
import html
import re

import pytest

from amyqa.model import Decision, DecisionStatus, Report, Ruling, Severity
from amyqa.reports.causes import headline
from amyqa.reports.ci import markdown
from amyqa.reports.phrases import verdict
from tests.reports import builder, rogues

ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def cells(line: str) -> list[str]:
    """The cells of a table's row, as GitHub-flavoured Markdown divides them."""
    assert line.startswith("| ")
    assert line.endswith(" |")
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def rows(text: str, summary: str) -> list[list[str]]:
    """The rows of the folded table with this summary."""
    [body] = re.findall(rf"<summary>{summary}[^<]*</summary>\n\n(.*?)\n\n", text, re.DOTALL)
    head, rule, *lines = body.split("\n")
    assert cells(rule) == ["---"] * len(cells(head))
    found = [cells(line) for line in lines]
    assert all(len(row) == len(cells(head)) for row in found)
    return found


def shown(text: str) -> str:
    """What a reader sees of escaped text."""
    return html.unescape(ESCAPED.sub(r"\1", text)).replace("\u200b", "")


def test_the_chapters_verdict_gate_and_likeliest_misprints_come_first(chapter_report: Report) -> None:
    title, first, gate, head, diagnoses, *_ = markdown.render(chapter_report).split("\n\n")
    assert title == f"### {verdict(chapter_report)}"
    assert title.startswith("### Not ready to print: ")
    assert first == headline(chapter_report)
    errors = chapter_report.at(Severity.ERROR)
    assert gate.startswith(
        f"FAILED: 3 likely misprints (7 cells) and 1 claim of the text; "
        f"{errors} open errors. Checked 499 cells in 8 tables"
    )
    assert head == "**Look at first**"
    assert diagnoses.index("- 2006, Total: printed 895") < diagnoses.index("- 2004, Male: printed 516")
    assert "2006, Total: 895 → 859; 2006, Male: 267 → 172" in diagnoses


def test_the_chapters_findings_and_gaps_are_folded_tables(chapter_report: Report) -> None:
    text = markdown.render(chapter_report)
    found = rows(text, "Findings: ")
    assert [shown(row[1]) for row in found] == [finding.message for finding in chapter_report.findings]
    assert found[0][2] == "data/2005/cambodia/deployed-to-malaysia.csv:11"
    gaps = rows(text, "Not evaluated: ")
    assert sum(int(row[0].split()[0]) for row in gaps) == len(chapter_report.not_evaluated)


def test_what_was_ruled_on_is_a_table_of_its_own() -> None:
    text = markdown.render(rogues.report("why"))
    assert rows(text, "Decided: 1 finding") == [["why", "explained: why (why, 2026-01-31)"]]
    severities = [row[0] for row in rows(text, "Findings")]
    assert severities == ["error", "error", "warning", "info, known"]


@pytest.mark.parametrize("fail_on", [Severity.ERROR, Severity.WARNING, None])
def test_the_gate_is_the_one_of_the_check(fail_on: Severity | None) -> None:
    word = "FAILED" if fail_on else "The gate lets it through"  # "passed" would be read as "ready to print"
    assert f"\n{word}: " in markdown.render(builder.cambodia(), fail_on)


@pytest.mark.parametrize("text", rogues.ROGUES)
def test_hostile_text_is_shown_as_it_is_and_starts_nothing(text: str) -> None:
    told = markdown.render(rogues.report(text))
    assert len(rows(told, "Findings")) == 4
    tags = re.findall(r"<[^>]*>", told)
    assert set(tags) == {"<details>", "</details>", "<summary>", "</summary>"}
    assert told.count("<details>") == told.count("</details>") == 3
    # mentions, references to issues and links need these characters side by side
    assert not re.search(r"@\w|(?<!&)#\w|://|www\.|GH-\d", told)
    assert not re.search(r"(?<!\\)[`*$~](?!\*)|(?<!\\)\]\(", told.replace("**Look at first**", ""))


@pytest.mark.parametrize("text", ["a | b", "x\\", "\\|", "`|`", "a\\\\|b"])
def test_a_bar_does_not_divide_a_cell_whatever_stands_before_it(text: str) -> None:
    escaped = markdown.escaped(text)
    assert shown(escaped) == text
    for match in re.finditer(r"\|", escaped):
        before = re.search(r"\\*$", escaped[: match.start()])
        assert before
        assert len(before[0]) % 2 == 1


@pytest.mark.parametrize("text", [text for text in rogues.ROGUES if text.isprintable()])
def test_nothing_is_lost_by_escaping(text: str) -> None:
    assert shown(markdown.escaped(text)) == text.replace("\u200b", "")


def test_it_fits_into_a_comment_and_counts_what_is_left_out() -> None:
    long = "| *long* " * 60
    report = rogues.report(long)
    decision = Decision(
        "1",
        "t",
        "r",
        Severity.ERROR,
        {},
        "",
        {},
        "",
        Ruling.EXPLAINED,
        long,
        "x",
        report.decisions[0][0].date,
    )
    finding = report.findings[0]
    decided = dataclasses.replace(
        finding, status="explained", decision=decision, standing=DecisionStatus.APPLIES
    )
    report = dataclasses.replace(
        report,
        findings=tuple(
            dataclasses.replace(each, id=f"{i}{each.is_open}")
            for i in range(500)
            for each in (finding, decided)
        ),
        not_evaluated=tuple(
            dataclasses.replace(report.not_evaluated[0], reason=f"{i} {long}") for i in range(500)
        ),
        diagnoses=report.diagnoses * 50,
    )
    text = markdown.render(report)
    assert 40_000 < len(text) < markdown.LONGEST
    left_out = [int(number) for number in re.findall(r"… and (\d+) more, left out here", text)]
    tables = [len(rows(text, summary)) for summary in ("Findings", "Not evaluated", "Decided")]
    assert [a + b for a, b in zip(left_out, tables, strict=True)] == [500, 500, 500]


def test_a_clean_report_has_no_tables() -> None:
    assert "<details>" not in markdown.render(builder.report(builder.malaysia()))
