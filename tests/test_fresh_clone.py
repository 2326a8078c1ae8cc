"""`make report` on a machine that has never seen amyqa."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from tests.test_house import ROOT, kept_files, locked, plain_environment


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files git keeps, in a folder whose name has a blank, as people's folders do."""
    folder = tmp_path / "fresh clone"
    for file in kept_files():
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
        copy.chmod(file.stat().st_mode)
    return folder


def report(clone: Path, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "report", *arguments],
        cwd=clone,
        env=plain_environment(**changed),
        capture_output=True,
        text=True,
        timeout=900,
    )


def assert_reported(clone: Path, ran: subprocess.CompletedProcess[str]) -> None:
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert str(clone / "report") in ran.stdout
    assert (clone / "report" / "report.html").stat().st_size > 1000
    told = json.loads((clone / "report" / "report.json").read_text())
    # Malaysia's total row: findings are no failure of `make report`
    assert told["summary"]["findings"]["error"] > 0


def as_locked() -> bool:
    """Whether this environment holds what the runtime lock says (markers aside)."""
    for name, (wanted, _) in locked("requirements.lock").items():
        try:
            if version(name) != wanted:
                return False
        except PackageNotFoundError:
            if name not in {"colorama"}:  # Windows only
                return False
    return True


def test_make_report_installs_what_is_locked_and_writes_the_report(clone: Path, tmp_path: Path) -> None:
    """All of `make report` but the download: a new environment that sees this one's packages."""
    if not as_locked():
        pytest.skip("this environment was not made from the lock (make test does)")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    [site] = venv.glob("lib/python3.*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")

    offline = {"PIP_NO_INDEX": "1", "PIP_NO_CACHE_DIR": "1"}
    first = report(clone, f"VENV={venv}", **offline)
    assert_reported(clone, first)
    assert "Installing" in first.stdout

    second = report(clone, f"VENV={venv}", **offline)
    assert_reported(clone, second)
    assert "Installing" not in second.stdout


@pytest.mark.slow
def test_make_report_with_nothing_but_python_and_make(clone: Path) -> None:
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    ran = report(clone, f"PYTHON={base}", PIP_NO_COMPILE="1")
    assert_reported(clone, ran)
    packages = {path.name for path in (clone / ".venv").glob("lib/python3.*/site-packages/*")}
    assert "great_expectations" in packages
    assert "pytest" not in packages
