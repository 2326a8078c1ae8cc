"""The recipes of the guide, and the action, by the published schemas that check-jsonschema carries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs import snippets
from tests.yearbooks import ROOT

GUIDE = ROOT / "docs" / "how-to" / "gate-in-ci.md"


def problems(schema: str, file: Path) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)],
        capture_output=True,
        text=True,
    )
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("title", "schema"),
    [(".github/workflows/yearbook.yml", "vendor.github-workflows"), (".gitlab-ci.yml", "vendor.gitlab-ci")],
)
def test_a_recipe_is_what_the_service_reads(title: str, schema: str, tmp_path: Path) -> None:
    [recipe] = [block.text for block in snippets.blocks(GUIDE) if block.option("title") == title]
    file = tmp_path / Path(title).name
    file.write_text(recipe, encoding="utf-8")
    assert problems(schema, file) == ""


def test_the_action_is_what_github_reads() -> None:
    assert problems("vendor.github-actions", ROOT / "action.yml") == ""


def test_the_repositorys_own_workflow_is_what_github_reads() -> None:
    assert problems("vendor.github-workflows", ROOT / ".github" / "workflows" / "ci.yml") == ""


def test_a_wrong_action_would_be_noticed(tmp_path: Path) -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    (tmp_path / "action.yml").write_text(text.replace("using: composite", "using: magic"), encoding="utf-8")
    assert "magic" in problems("vendor.github-actions", tmp_path / "action.yml")


def test_the_guides_recipe_for_pre_commit_names_the_hook() -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    assert "- id: amyqa\n" in hooks
    assert "- id: amyqa\n" in GUIDE.read_text(encoding="utf-8")
