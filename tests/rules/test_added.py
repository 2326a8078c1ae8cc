"""Rules of other packages: found by their entry point, refused with the package's name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

from amyqa.errors import BadInput
from amyqa.rules import vocabulary
from amyqa.rules.rule import Rule
from amyqa.rules.vocabulary import OWN, with_added
from tests.yearbooks import ROOT

MULTIPLES = ROOT / "docs/how-to/add-a-rule.md"
Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """``install(name=object)``: rules as other packages would bring them."""

    def bring(**objects: Any) -> None:
        class Entry(EntryPoint):
            def load(self) -> Any:
                if isinstance(found := objects[self.name], Exception):
                    raise found
                return found

        entries = [Entry(name, "elsewhere:RULE", vocabulary.GROUP) for name in objects]
        monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: entries)

    return bring


def rule(name: str = "multiples", expectation: str = "expect_values_to_be_rounded") -> Rule:
    return Rule(name, "VIR", "1a", "", "suite", expectation)


def test_another_package_adds_a_rule(install: Install) -> None:
    install(multiples=(added := rule()))
    assert with_added(OWN) == (*OWN, added)


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        ("RULE", "the rule 'x' is not an amyqa Rule"),
        (ImportError("no module named y"), "the rule 'x' cannot be loaded: ImportError: no module named y"),
        (rule(name="totals"), "the rule 'x' is called totals, as another rule is"),
        (
            rule(expectation="expect_totals_to_equal_the_sum_of_their_parts"),
            "is called expect_totals_to_equal_the_sum_of_their_parts, as another rule is",
        ),
    ],
)
def test_what_is_no_rule_of_its_own_is_refused(install: Install, brought: object, said: str) -> None:
    install(x=brought)
    with pytest.raises(BadInput) as refused:
        with_added(OWN)
    assert said in str(refused.value)


def test_two_packages_cannot_bring_rules_of_one_name(install: Install) -> None:
    install(one=rule(), two=rule(name="other"))
    with pytest.raises(BadInput, match="the rule 'two' is called expect_values_to_be_rounded"):
        with_added(OWN)


def blocks(page: Path) -> dict[str, str]:
    """The code blocks of a page that have a title, by it."""
    found: dict[str, str] = {}
    for block in page.read_text(encoding="utf-8").split("\n```")[1:]:
        head, _, body = block.partition("\n")
        if 'title="' in head:
            found[head.split('title="')[1].rstrip('"')] = body + "\n"
    return found


def test_a_suite_names_the_rule_of_an_installed_package(tmp_path: Path) -> None:
    page = blocks(MULTIPLES)
    package, yearbook = tmp_path / "package", tmp_path / "yearbook"
    (package / "multiples-1.dist-info").mkdir(parents=True)
    (package / "multiples.py").write_text(page["multiples.py"], encoding="utf-8")
    (package / "multiples-1.dist-info/METADATA").write_text("Name: multiples\nVersion: 1\n")
    (package / "multiples-1.dist-info/entry_points.txt").write_text(
        "[amyqa.rules]\nmultiples = multiples:RULE\n"
    )
    for name in ("data/2020/example/workers.csv", "data/2020/example/workers.yaml", "checks/rounded.yaml",
                 "schemas/rounded.py"):  # fmt: skip
        (yearbook / name).parent.mkdir(parents=True, exist_ok=True)
        (yearbook / name).write_text(page[name], encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "amyqa", "check", str(yearbook), "--format", "json"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(package), str(ROOT)])},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert [each["message"] for each in json.loads(ran.stdout)["findings"]] == [
        "2018: 125400 is not rounded to 1,000."
    ], ran.stderr
