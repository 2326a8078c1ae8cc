"""`make report`, and the locks, on a machine that has never seen amyqa."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.test_house import ROOT, kept_files, locked, plain_environment

OLDEST_PIP = "22.3"
"""What Python 3.11.0 ships."""


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


def borrowing(venv: Path) -> Path:
    """A new environment that sees this one's packages."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    [site] = venv.glob("lib/python3.*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv


@pytest.mark.slow
def test_make_report_installs_what_is_locked_and_writes_the_report(clone: Path, tmp_path: Path) -> None:
    """All of `make report` but the download, whatever the user told pip to do elsewhere."""
    if not as_locked():
        pytest.skip("this environment was not made from the lock (make test does)")
    venv = borrowing(tmp_path / "venv")
    (tmp_path / "constraints.txt").write_text("pandas<1\n")
    offline = {
        "PIP_NO_INDEX": "1",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_USER": "1",
        "PIP_REQUIRE_HASHES": "1",
        "PIP_NO_BINARY": ":all:",
        "PIP_TARGET": str(tmp_path / "elsewhere"),
        "PIP_CONSTRAINT": str(tmp_path / "constraints.txt"),
    }
    first = report(clone, f"VENV={venv}", **offline)
    assert_reported(clone, first)
    assert "Installing" in first.stdout
    assert not (tmp_path / "elsewhere").exists()

    second = report(clone, f"VENV={venv}", **offline)
    assert_reported(clone, second)
    assert "Installing" not in second.stdout


def install(venv: Path, *arguments: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """What the Makefile and the action call."""
    return subprocess.run(
        [ROOT / ".ci" / "install", venv, *arguments],
        env=plain_environment(**changed),
        capture_output=True,
        text=True,
        timeout=900,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wanted", "lock"), [(f"pip=={OLDEST_PIP}", "requirements-dev.lock"), ("pip", "requirements.lock")]
)
def test_a_lock_is_complete_and_installs_with_the_oldest_pip_and_the_newest(
    wanted: str, lock: str, tmp_path: Path
) -> None:
    """Whatever the registry has since published: nothing is resolved, and `pip check` finds all there."""
    venv = tmp_path / "new environment"
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    assert install(venv, "", sys.executable).returncode == 0
    if wanted == "pip" or sys.version_info < (3, 12):  # later Pythons cannot run the oldest, nor ship it
        command = [*pip, "install", "--quiet", "--no-cache-dir", "--upgrade", wanted]
        subprocess.run(command, check=True, env=plain_environment(PIP_USER="0"))
    ran = install(venv, lock, PIP_NO_CACHE_DIR="1", PIP_NO_COMPILE="1")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    listed = subprocess.run([*pip, "list", "--format=json"], capture_output=True, env=plain_environment())
    installed: dict[str, str] = {
        canonicalize_name(each["name"]): each["version"] for each in json.loads(listed.stdout)
    }
    pinned = {name: version for name, (version, _) in locked(lock).items()}
    assert {name: pinned[name] for name in installed if name in pinned} == {
        name: version for name, version in installed.items() if name not in {"pip", "amyqa"}
    }


@pytest.mark.slow
def test_what_was_interrupted_is_begun_anew_and_nothing_else_is_emptied(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for venv in (ours, theirs):
        assert install(venv, "", sys.executable).returncode == 0
        (venv / ".amyqa-unfinished").touch()
        (venv / "rest").touch()
    (theirs / ".amyqa-made").unlink()
    for venv in (ours, theirs):
        assert install(venv, "", sys.executable).returncode == 0
        assert not (venv / ".amyqa-unfinished").exists()
    assert not (ours / "rest").exists()
    assert (theirs / "rest").exists()


@pytest.mark.slow
def test_make_report_with_nothing_but_python_and_make(clone: Path) -> None:
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    ran = report(clone, f"PYTHON={base}", PIP_NO_COMPILE="1")
    assert_reported(clone, ran)
    packages = {path.name for path in (clone / ".venv").glob("lib/python3.*/site-packages/*")}
    assert "great_expectations" in packages
    assert "pytest" not in packages
