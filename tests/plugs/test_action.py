"""The GitHub Action: its steps, run in a shell with the environment that a runner gives them."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_fresh_clone import as_locked, borrowing
from tests.test_house import ROOT, plain_environment

EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


def action() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return content


def steps() -> list[dict[str, Any]]:
    """The steps that run a script."""
    return [step for step in action()["runs"]["steps"] if "run" in step]


@dataclass(frozen=True)
class Job:
    code: int
    log: str
    summary: str
    outputs: Mapping[str, str]


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runner's folder of temporary files, with amyqa in the environment that the action makes."""
    temp = tmp_path_factory.mktemp("runner temp")
    venv = temp / "amyqa"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    [site] = venv.glob("lib/python3.*/site-packages")
    (site / "borrowed.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n")
    command = venv / "bin" / "amyqa"
    command.write_text(f'#!/bin/sh\nexec "{venv}/bin/python" -m amyqa "$@"\n')
    command.chmod(0o755)
    return temp


@pytest.fixture
def run(tmp_path: Path, runner: Path) -> Callable[..., Job]:
    """``run(folder, {"fail-on": "never"})``: the action in a checkout, with these inputs."""

    def started(
        checkout: Path, given: Mapping[str, str] | None = None, *, install: bool = False, **shell: str
    ) -> Job:
        files = {name: tmp_path / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
        for file in files.values():
            file.write_text("")
        defaults = {f"inputs.{name}": each.get("default", "") for name, each in action()["inputs"].items()}
        known = defaults | {f"inputs.{name}": value for name, value in (given or {}).items()}
        known |= {
            "github.action_path": str(ROOT),
            "steps.python.outputs.python-path": sys.executable,
            "steps.python.outputs.python-version": platform.python_version(),
        }
        code, log = 0, ""
        for step in steps():
            if step["name"] == "Install amyqa" and not install:
                continue
            environment = {
                name: EXPRESSION.sub(lambda match: known[match[1]], value)
                for name, value in step["env"].items()
            }
            script = tmp_path / "step.sh"
            script.write_text(step["run"])
            ran = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
                cwd=checkout,
                env=plain_environment(
                    **shell,
                    **environment,
                    **{k: str(v) for k, v in files.items()},
                    RUNNER_TEMP=str(runner),
                    RUNNER_OS="Linux",
                    RUNNER_ARCH="X64",
                ),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                timeout=900,
            )
            code, log = ran.returncode, log + ran.stdout
            if code:
                break
        summary, written = (file.read_text(encoding="utf-8") for file in files.values())
        found = re.findall(r"^(\w+)<<(\S+)\n(.*)\n\2$", written, re.MULTILINE)
        outputs = {name: value for name, _, value in found} | dict(re.findall(r"^(key)=(.*)$", written, re.M))
        return Job(code, log, summary, outputs)

    return started


def test_findings_annotate_fail_and_are_summarised(chapter: Path, run: Callable[..., Job]) -> None:
    job = run(chapter, {"engine": "duckdb"})
    assert job.code == 1
    assert "\n::error file=data/2005/cambodia/deployed-to-malaysia.csv,line=11,col=7," in job.log
    assert job.summary.startswith("### Not ready to print: ")
    report = Path(job.outputs["report"])
    assert {"report.html", "report.sarif", "junit.xml", "report.md"} <= {
        file.name for file in report.iterdir()
    }


def test_inputs_are_words_and_never_code(book: Callable[..., Path], run: Callable[..., Job]) -> None:
    yearbook = book("deployed-to-saudi-arabia")
    odd = yearbook / "data" / "$(touch pwned) `touch pwned`; touch pwned #\"'"
    shutil.copytree(yearbook / "data" / "2005", odd)
    where = str(odd.relative_to(yearbook))
    job = run(yearbook, {"engine": "duckdb", "path": where, "report": "re port", "fail-on": "never"})
    assert job.code == 0, job.log
    assert job.outputs["report"] == "re port"
    assert (yearbook / "re port" / "report.html").exists()
    assert not list(yearbook.rglob("pwned"))


def test_what_amyqa_cannot_do_is_an_error_of_the_job_without_a_report(
    tmp_path: Path, run: Callable[..., Job]
) -> None:
    job = run(tmp_path, {"path": "--help"})
    assert job.code == 2
    assert "::error title=amyqa::amyqa failed" in job.log
    assert ("report" in job.outputs, job.summary) == (False, "")


def test_no_expression_stands_in_a_script() -> None:
    assert steps()
    for step in steps():
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_every_input_and_output_is_used_and_described() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name, given in (action()["inputs"] | action()["outputs"]).items():
        assert given["description"].endswith((".", "]."))
        assert name in action()["outputs"] or re.search(rf"inputs\.{name}\b", text)
    used = set(re.findall(r"inputs\.([\w-]+)", text))
    assert used == set(action()["inputs"])


@pytest.mark.slow
def test_it_installs_from_its_own_folder_and_keeps_what_it_downloads(
    chapter: Path, run: Callable[..., Job], runner: Path
) -> None:
    """All but the download, which `make report` shows: what is locked is there, and pip sees it."""
    if not as_locked():
        pytest.skip("this environment was not made from the lock (make test does)")
    shutil.rmtree(runner / "amyqa")
    borrowing(runner / "amyqa")
    job = run(chapter, {"fail-on": "never", "engine": "duckdb"}, install=True, PIP_NO_INDEX="1")
    assert job.code == 0, job.log
    assert (runner / "amyqa" / "bin" / "amyqa").exists()


def test_its_cache_is_named_by_python_and_lock(chapter: Path, run: Callable[..., Job]) -> None:
    [cache] = [
        step for step in action()["runs"]["steps"] if step.get("uses", "").startswith("actions/cache@")
    ]
    assert cache["with"]["key"] == "${{ steps.cache.outputs.key }}"
    job = run(chapter, {"engine": "duckdb"})
    assert re.fullmatch(r"amyqa-pip-Linux-X64-3\.1\d\.\d+-\d+-\d+", job.outputs["key"])
