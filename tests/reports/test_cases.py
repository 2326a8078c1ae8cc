from __future__ import annotations

import pytest

from amyqa.characters import HIDDEN
from amyqa.model import Report, Severity
from amyqa.reports.ci.cases import CaseState, cases
from amyqa.rules.vocabulary import RULES
from tests.reports import rogues


def test_cases_stand_in_the_order_of_the_tables_and_of_the_vocabulary(chapter_report: Report) -> None:
    every = list(cases(chapter_report))
    tables = [table.id for table in chapter_report.tables]
    order = [rule.name for rule in RULES]
    places = [
        (tables.index(case.table), order.index(case.name.removesuffix(" (not evaluated)"))) for case in every
    ]
    assert places == sorted(places)
    assert len({(case.table, case.name) for case in every}) == len(every)


def test_the_names_and_files_of_cases_do_not_depend_on_the_gate(chapter_report: Report) -> None:
    names = [
        [(case.table, case.name, case.file) for case in cases(chapter_report, severity)]
        for severity in (Severity.ERROR, Severity.INFO, None)
    ]
    assert names[0] == names[1] == names[2]


@pytest.mark.parametrize("text", rogues.ROGUES)
def test_no_case_says_anything_that_drives_a_terminal(text: str) -> None:
    every = list(cases(rogues.report(text)))
    assert {case.state for case in every} == {CaseState.FAILED, CaseState.SKIPPED, CaseState.PASSED}
    for case in every:
        for told in (case.name, case.headline, *case.sentences, *case.asides):
            assert not HIDDEN.search(told)
