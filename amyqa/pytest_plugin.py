"""pytest's plugin: ``pytest --amyqa[=PATH]`` makes a test of every rule on every table of a yearbook.

A test fails with amyqa's sentences and no traceback. What an editor ruled on is an expected failure,
with the ruling; what could not be evaluated is skipped, with the reason. Without the option nothing of
amyqa but this module is imported.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Generator, Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from amyqa.model import Report
    from amyqa.reports.ci.cases import RuleCase

_HANDED_OVER = "amyqa_cases"
_REPORT = pytest.StashKey["Report"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options; all begin with ``--amyqa``."""
    group = parser.getgroup("amyqa", "amyqa, tables of a statistical yearbook")
    group.addoption(
        "--amyqa",
        nargs="?",
        const=".",
        metavar="PATH",
        help="test every rule on every table of the yearbook (or folder, or table) at PATH [.]",
    )
    group.addoption(
        "--amyqa-engine", choices=("gx", "duckdb"), default="gx", help="engine that runs the suites [gx]"
    )
    group.addoption(
        "--amyqa-fail-on",
        choices=("error", "warning", "info"),
        default="error",
        help="a test fails if a finding is at or above this severity [error]",
    )
    group.addoption(
        "--amyqa-since",
        metavar="REF",
        default="",
        help="fail only on findings new since this commit",
    )


@pytest.fixture(scope="session")
def amyqa_report(pytestconfig: pytest.Config) -> Report:
    """The report of one check of the yearbook at ``--amyqa=PATH``, or in the current folder."""
    return _report(pytestconfig)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Add the yearbook to what the session collects."""
    report = yield
    if isinstance(collector, pytest.Session) and collector.config.getoption("--amyqa") is not None:
        cases = _cases(collector.config)
        yearbook = AmyqaYearbook.from_parent(collector, name="amyqa", nodeid="amyqa", cases=cases)
        report.result = [*(report.result or ()), yearbook]
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Where pytest-xdist runs the tests, the check runs once, and its workers are told the outcome."""
    if node.config.getoption("--amyqa") is not None:
        cases = [dataclasses.asdict(case) for case in _checked(node.config)]
        node.workerinput[_HANDED_OVER] = json.dumps(cases)


class AmyqaYearbook(pytest.Collector):
    """The tables of a check."""

    def __init__(self, *, cases: Iterable[RuleCase], **given: Any) -> None:
        super().__init__(**given)
        self.cases = cases

    def collect(self) -> Iterator[pytest.Collector]:
        """A collector for each table."""
        for table, cases in groupby(self.cases, key=lambda case: case.table):
            yield AmyqaTable.from_parent(self, name=_name(table), cases=list(cases))


class AmyqaTable(pytest.Collector):
    """The rules on one table."""

    def __init__(self, *, cases: Iterable[RuleCase], **given: Any) -> None:
        super().__init__(**given)
        self.cases = cases

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each rule."""
        for case in self.cases:
            yield AmyqaRule.from_parent(self, name=_name(case.name), case=case)


class AmyqaRule(pytest.Item):
    """One rule on one table."""

    def __init__(self, *, case: RuleCase, **given: Any) -> None:
        super().__init__(**given)
        self.case = case
        if case.state == "skipped":
            self.add_marker(pytest.mark.skip(reason=case.headline))

    def runtest(self) -> None:
        """Fail, or not, as the check has found."""
        if self.case.asides:
            self.add_report_section("call", "amyqa", "\n".join(self.case.asides))
        told = "\n".join([self.case.headline, *self.case.sentences])
        if self.case.state == "failed":
            pytest.fail(told, pytrace=False)
        if self.case.state == "decided":
            pytest.xfail(told)

    def reportinfo(self) -> tuple[str, int, str]:
        """The table's CSV, so that it is what pytest names."""
        return _name(self.case.file) or "amyqa", 0, f"{_name(self.case.table)}: {self.case.name}"


def _cases(config: pytest.Config) -> Iterable[RuleCase]:
    """The cases: of the check that pytest-xdist's controller made, or of our own."""
    handed: str | None = getattr(config, "workerinput", {}).get(_HANDED_OVER)
    if handed is None:
        return _checked(config)
    from amyqa.reports.ci.cases import CaseState, RuleCase

    told = json.loads(handed)
    for case in told:
        lists = {key: tuple(value) for key, value in case.items() if isinstance(value, list)}
        case.update(lists, state=CaseState(case["state"]))
    return [RuleCase(**case) for case in told]


def _checked(config: pytest.Config) -> list[RuleCase]:
    from amyqa.model import Severity
    from amyqa.reports.ci.cases import cases

    return list(cases(_report(config), Severity(config.getoption("--amyqa-fail-on"))))


def _report(config: pytest.Config) -> Report:
    """The report of the session's one check.

    Raises:
        pytest.UsageError: what amyqa cannot read or run, problem by problem.
    """
    if _REPORT not in config.stash:
        from amyqa import pipeline
        from amyqa.errors import AmyqaError

        path = config.invocation_params.dir / (config.getoption("--amyqa") or ".")
        engine = pipeline.engine_named(config.getoption("--amyqa-engine"))
        try:
            report = pipeline.check([path], engine, since=config.getoption("--amyqa-since"))
        except AmyqaError as error:
            problems = "\n".join(map(_name, map(str, error.problems)))
            advice = "a path is given as --amyqa=PATH; tests to run stand before --amyqa"
            raise pytest.UsageError(f"amyqa failed ({advice}):\n{problems}") from None
        config.stash[_REPORT] = report
    return config.stash[_REPORT]


def _name(text: str) -> str:
    """A name that no terminal takes for a command."""
    from amyqa.characters import visible

    return visible(text)
