"""The documentation says what is: every command, file and program in it is run here."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from amyqa.cli import app
from amyqa.rules.vocabulary import BY_EXPECTATION, RULES
from tests.docs import snippets
from tests.yearbooks import ROOT, shipped

DOCS = ROOT / "docs"
PAGES = sorted(
    page for page in DOCS.rglob("*.md") if page.relative_to(DOCS).parts[0] not in ("reference", "examples")
)


def test_there_are_four_kinds_of_pages() -> None:
    assert {page.relative_to(DOCS).parts[0] for page in PAGES} >= {"tutorial.md", "how-to", "explanation"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    begin = snippets.start(page)
    if begin == ".":
        folder = shipped(folder)
    elif begin:
        shutil.copytree(ROOT / begin, folder)
    else:
        folder.mkdir()
    snippets.run(page, folder)


def test_a_snippet_that_prints_something_else_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ amyqa --version\namyqa 999\n```\n")
    with pytest.raises(AssertionError, match="amyqa --version"):
        snippets.run(page, tmp_path)


@pytest.mark.parametrize(
    ("expected", "printed", "is_same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n…\nd\n", "a\nb\nc\n", False),
        ("a.c\n", "abc\n", False),
    ],
)
def test_dots_stand_for_lines(expected: str, printed: str, is_same: bool) -> None:
    assert snippets.same(expected, printed) is is_same


def test_every_command_is_told_of() -> None:
    told = "".join(page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *PAGES])
    for name in typer.main.get_command(app).commands:  # type: ignore[attr-defined]
        assert re.search(rf"\bamyqa {name}\b", told), f"no page tells of amyqa {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_a_page_names_only_rules_commands_and_options_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    # the guide to a new rule makes one up
    made_up = set(re.findall(r'expectation="(\w+)"', text))
    for expectation in set(re.findall(r"\bexpect_\w+", text)) - made_up:
        assert expectation in BY_EXPECTATION or expectation.startswith("expect_column"), expectation
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, rest in re.findall(r"(?:^\$ |`)amyqa (\w+)([^`\n]*)", text, re.MULTILINE):
        assert name in commands, name
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"(?<= )--[a-z-]+", rest)) <= known | {"--help"}, f"amyqa {name}{rest}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built strictly as ``make docs`` does: a warning is an error."""
    folder = tmp_path_factory.mktemp("docs")
    source, out = folder / "docs", folder / "html"
    for name in ("docs", "tests/rules/cases"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("reference"))
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "--fail-on-warning", "--keep-going", "--nitpicky", "-q",
         "-d", folder / "doctrees", source, out],
        capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return out


@pytest.mark.slow
def test_the_pages_are_built_without_a_warning(built: Path) -> None:
    assert (built / "index.html").is_file()


@pytest.mark.slow
def test_every_rule_has_a_page_with_an_example_that_passes_and_one_that_fails(built: Path) -> None:
    for rule in RULES:
        page = (built / "reference" / "rules" / f"{rule.name}.html").read_text(encoding="utf-8")
        assert "Passes: " in page, rule.name
        assert "Fails: " in page, rule.name


@pytest.mark.slow
def test_links_between_pages_lead_somewhere(built: Path) -> None:
    for page in built.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r'href="([^"#:?]+)[^":]*"', text):
            assert (page.parent / link).exists(), f"{page.relative_to(built)} links to {link}"
