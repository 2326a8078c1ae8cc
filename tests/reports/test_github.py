from __future__ import annotations

import dataclasses
import re

import pytest

from amyqa.model import Report, Severity
from amyqa.reports.ci import github
from tests.reports import builder, rogues

COMMAND = re.compile(r"^::(error|warning|notice) ((?:[A-Za-z]+=[^,:]*)(?:,[A-Za-z]+=[^,:]*)*)::(.*)$")
PROPERTIES = {"file", "line", "col", "endColumn", "title"}


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """What GitHub's runner reads: level, properties and message of each command."""
    found = []
    for line in re.split(r"\r\n|[\r\n]", text):
        if line.lstrip().startswith("::"):
            match = COMMAND.match(line)
            assert match, line
            given = dict(pair.split("=", 1) for pair in match[2].split(","))
            assert given.keys() <= PROPERTIES
            found.append((match[1], {k: unescaped(v) for k, v in given.items()}, unescaped(match[3])))
        else:
            assert "##[" not in line
    return found


def unescaped(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_each_cause_comes_first_with_its_proposal_at_the_character_of_its_field(
    chapter_report: Report,
) -> None:
    told = commands(github.render(chapter_report))
    assert [re.findall(r"Cause (\d+)", message) for _, _, message in told[:5]] == [[c] for c in "12345"]
    level, given, message = told[0]
    assert level == "error"
    assert message.startswith("2006: all sectors is printed 895; domestic work 497 + HRD factory 362 = 859; ")
    assert message.endswith(
        "Cause 1, likely misprint (virtually certain, over 99.9%): 2006, Total: 895 → 859. Id de2b7ad7."
    )
    assert given == {
        "file": "data/2005/cambodia/deployed-to-malaysia.csv",
        "line": "10",
        "col": "6",
        "endColumn": "8",
        "title": "totals (2005/cambodia/deployed-to-malaysia)",
    }


def test_no_more_than_github_shows_and_the_rest_is_in_the_log_and_counted(chapter_report: Report) -> None:
    text = github.render(chapter_report)
    told = commands(text)
    levels = [level for level, _, _ in told]
    warnings = chapter_report.at(Severity.WARNING)
    assert (levels.count("error"), levels.count("warning")) == (10, warnings)
    plain = [line for line in text.splitlines() if not line.startswith("::")]
    assert len(plain) + len(levels) - 1 == len(chapter_report.findings)
    assert len(plain) >= chapter_report.at(Severity.ERROR) - 10 > 0
    assert all(line.startswith("ERROR data/2005/cambodia/") for line in plain)
    summary = told[-1][2]
    assert summary.endswith(f"{len(plain)} findings not annotated: in the log and the report.")
    assert summary.startswith("Not ready to print: ")


@pytest.mark.parametrize("severity", list(Severity))
def test_a_level_never_has_more_than_ten(severity: Severity) -> None:
    table = builder.malaysia()
    finding = builder.finding(table, ("2006", "Total"), severity=severity)
    many = tuple(dataclasses.replace(finding, id=str(i)) for i in range(40))
    levels = [level for level, _, _ in commands(github.render(builder.report(table, findings=many)))]
    assert max(map(levels.count, levels)) <= 10


def test_what_was_ruled_on_or_is_not_new_is_not_annotated() -> None:
    told = commands(github.render(rogues.report("x")))
    assert [level for level, _, _ in told] == ["error", "error", "warning", "notice"]


def test_a_reopened_finding_says_so() -> None:
    messages = [message for _, _, message in commands(github.render(rogues.report("x")))]
    assert messages[1].startswith("x Reopened by a changed number")


def test_a_yearbook_in_a_folder_of_the_repository_is_found_there() -> None:
    report = dataclasses.replace(builder.cambodia(), folder="books/it's, here: 100%")
    assert "file=books/it's%2C here%3A 100%25/data/2005" in github.render(report)


@pytest.mark.parametrize("text", rogues.ROGUES)
def test_hostile_text_gives_no_command(text: str) -> None:
    told = commands(github.render(rogues.report(text)))
    assert [level for level, _, _ in told] == ["error", "error", "warning", "notice"]
    assert told[-1][1] == {"title": "amyqa"}


def test_a_clean_report_is_one_notice() -> None:
    [(level, _, message)] = commands(github.render(builder.report(builder.malaysia())))
    assert (level, message.split(".")[0]) == ("notice", "No errors found, but no identity could be evaluated")
