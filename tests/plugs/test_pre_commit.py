"""The pre-commit hook, run by pre-commit from a local clone, as a user would."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.repositories import committed, git
from tests.test_house import ROOT, kept_files, plain_environment


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What this checkout would commit, in a repository of its own."""
    folder = tmp_path_factory.mktemp("hooks") / "amyqa"
    for file in kept_files():
        name = file.relative_to(ROOT)
        if name.parts[0] in ("amyqa", "schemas", "checks") or len(name.parts) == 1:
            copy = folder / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    git(folder, "init")  # this checkout's own repository may be around it
    committed(folder)
    return folder


@pytest.fixture
def yearbook(book: Callable[..., Path], clone: Path) -> Path:
    """A yearbook in git that uses the hook."""
    folder = book("deployed-to-saudi-arabia")
    rev = git(clone, "rev-parse", "HEAD").strip()
    config = f"repos:\n  - repo: {clone}\n    rev: {rev}\n    hooks:\n      - id: amyqa\n"
    (folder / ".pre-commit-config.yaml").write_text(config)
    git(folder, "init")
    git(folder, "add", "--all")
    return folder


def run(
    yearbook: Path, home: Path, environment: Mapping[str, str], *files: str
) -> subprocess.CompletedProcess[str]:
    chosen = ["--files", *files] if files else ["--all-files"]
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", *chosen, "--color=never"],
        cwd=yearbook,
        env=plain_environment(**{"PRE_COMMIT_HOME": str(home), **environment}),
        capture_output=True,
        text=True,
        timeout=900,
    )


@pytest.fixture(scope="session")
def offline(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """pre-commit's home, and an environment in which pip downloads nothing."""
    environment = {
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "false",  # pip's way of saying yes
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }
    return tmp_path_factory.mktemp("pre-commit-home"), environment


@pytest.mark.slow
def test_a_clean_yearbook_passes_and_a_broken_sum_is_told(
    yearbook: Path, offline: tuple[Path, dict[str, str]]
) -> None:
    first = run(yearbook, *offline)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "Passed" in first.stdout
    table = yearbook / "data/2005/cambodia/deployed-to-saudi-arabia.csv"
    before = table.read_text(encoding="utf-8")
    digit = next(char for char in reversed(before) if char in "123456789")
    at = before.rindex(digit)
    table.write_text(f"{before[:at]}{int(digit) % 9 + 1}{before[at + 1 :]}", encoding="utf-8")
    second = run(yearbook, *offline)
    assert second.returncode == 1, second.stdout + second.stderr
    assert "Failed" in second.stdout
    assert "is printed" in second.stdout
    assert "data/2005/cambodia/deployed-to-saudi-arabia.csv:" in second.stdout


@pytest.mark.slow
def test_it_runs_only_where_something_of_the_yearbook_was_changed(
    yearbook: Path, offline: tuple[Path, dict[str, str]]
) -> None:
    (yearbook / "notes.md").write_text("nothing to check")
    skipped = run(yearbook, *offline, "notes.md")
    assert (skipped.returncode, "no files to check" in skipped.stdout) == (0, True)
    ran = run(yearbook, *offline, "checks/deployment.yaml")
    assert "Passed" in ran.stdout


def test_pre_commit_finds_nothing_wrong_with_the_manifest() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout


@pytest.mark.slow
def test_with_nothing_installed_before(yearbook: Path, tmp_path: Path) -> None:
    ran = run(yearbook, tmp_path / "home", {"PIP_NO_COMPILE": "1"})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Passed" in ran.stdout
