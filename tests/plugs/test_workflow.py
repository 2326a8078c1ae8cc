"""The workflow that `amyqa init` writes: its steps, run in a shell with what a runner gives them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from amyqa.starting.founding import found
from tests.plugs.test_recipes import problems
from tests.repositories import committed, git
from tests.test_fresh_clone import as_locked, borrowing
from tests.test_house import ROOT, kept_files, plain_environment

WORKFLOW = ".github/workflows/check.yaml"


@dataclass(frozen=True)
class Job:
    """What a run of the workflow left behind; ``step`` is the one that failed."""

    code: int
    step: str
    log: str
    outputs: str


@pytest.fixture
def yearbook(tmp_path: Path) -> Path:
    return found(tmp_path / "yearbook").root


def workflow(yearbook: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((yearbook / WORKFLOW).read_text(encoding="utf-8"))
    return content


def run(yearbook: Path, temp: Path, given: Mapping[str, str]) -> Job:
    """Every step of it that is a script, until one fails."""
    content = workflow(yearbook)
    outputs = temp / "outputs"
    outputs.touch()
    environment = content["env"] | given | {"RUNNER_TEMP": str(temp), "GITHUB_OUTPUT": str(outputs)}
    python = Path(sys.executable).parent  # where setup-python puts its own first
    environment["PATH"] = f"{python}:{plain_environment()['PATH']}"
    code, log, name = 0, "", ""
    for step in content["jobs"]["check"]["steps"]:
        if "run" not in step:
            continue
        script = temp / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        ran = subprocess.run(
            ["bash", "-e", script],
            cwd=yearbook,
            env=plain_environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=900,
        )
        code, log, name = ran.returncode, log + ran.stdout, step["name"]
        if code:
            break
    return Job(code, name, log, outputs.read_text())


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What this checkout would commit, in a repository of its own."""
    folder = tmp_path_factory.mktemp("hub") / "amyqa"
    for file in kept_files():
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
        copy.chmod(file.stat().st_mode)
    git(folder, "init")
    committed(folder)
    return folder


def test_it_is_what_github_reads(yearbook: Path) -> None:
    assert problems("vendor.github-workflows", yearbook / WORKFLOW) == ""


def test_nothing_of_the_yearbook_stands_in_a_script(yearbook: Path) -> None:
    for step in workflow(yearbook)["jobs"]["check"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_it_says_where_to_write_what_it_was_not_told(yearbook: Path, tmp_path: Path) -> None:
    job = run(yearbook, tmp_path, {})
    assert (job.code, job.step) == (2, "Get amyqa")
    assert job.log.startswith(f"::error file={WORKFLOW},title=amyqa::AMYQA_REPOSITORY is empty; write into ")


def test_it_says_what_git_does_not_find(yearbook: Path, tmp_path: Path, repository: Path) -> None:
    given = {"AMYQA_REPOSITORY": repository.as_uri(), "AMYQA_REVISION": "v99"}
    job = run(yearbook, tmp_path, given)
    assert (job.code, job.step) == (2, "Get amyqa")
    assert f"git finds no v99 in {repository.as_uri()}, or may not read it" in job.log


@pytest.mark.slow
def test_it_installs_amyqa_and_finds_the_planted_misprint(
    yearbook: Path, tmp_path: Path, repository: Path
) -> None:
    """All but the download: what is locked is there, and pip sees it."""
    if not as_locked():
        pytest.skip("this environment was not made from the lock (make test does)")
    borrowing(tmp_path / "amyqa")
    commit = git(repository, "rev-parse", "HEAD").strip()
    given = {"AMYQA_REPOSITORY": repository.as_uri(), "AMYQA_REVISION": commit, "PIP_NO_INDEX": "1"}
    job = run(yearbook, tmp_path, given)
    assert (job.code, job.step) == (1, "Check"), job.log
    assert "858 → 885" in job.log
    assert (yearbook / "report" / "report.html").is_file()
    assert job.outputs.startswith("lock=")
