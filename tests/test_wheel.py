"""The wheel and the source distribution: complete, and enough to start a yearbook in an empty folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.docs import snippets
from tests.test_house import ROOT, kept_files, plain_environment

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``dist/``, as `python -m build` makes it of the files that git keeps."""
    source = tmp_path_factory.mktemp("source")
    for file in kept_files():
        copy = source / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    ran = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation"],
        cwd=source,
        env=plain_environment(),
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return source / "dist"


@pytest.fixture(scope="module")
def amyqa(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment that has the wheel, and sees the packages of this one."""
    venv = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    [site] = venv.glob("lib/python3.*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    [wheel] = built.glob("*.whl")
    command = [venv / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run([str(word) for word in command], check=True, env=plain_environment())
    return venv / "bin/amyqa"


def run(amyqa: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(amyqa), *arguments]
    return subprocess.run(command, cwd=folder, env=plain_environment(), capture_output=True, text=True)


def test_the_wheel_has_the_families_once_and_the_whole_program(built: Path) -> None:
    [wheel] = built.glob("*.whl")
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for kind, ending in (("schemas", "py"), ("checks", "yaml")):
            for path in (ROOT / kind).glob(f"*.{ending}"):
                assert archive.read(f"amyqa/shipped/{kind}/{path.name}") == path.read_bytes()
    program = {file.relative_to(ROOT).as_posix() for file in kept_files()}
    assert {name for name in program if name.startswith("amyqa/")} <= names
    assert not [name for name in names if not name.startswith(("amyqa/", "amyqa-"))]


def test_the_source_distribution_is_the_project(built: Path) -> None:
    [sdist] = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    kept = {file.relative_to(ROOT).as_posix() for file in kept_files()}
    assert kept - held == set()


@pytest.mark.parametrize("engine", ["gx", "duckdb"])
def test_a_yearbook_is_started_and_checked_from_the_wheel_alone(
    amyqa: Path, tmp_path: Path, engine: str
) -> None:
    begun = run(amyqa, tmp_path, "init", "y")
    assert begun.returncode == 0, begun.stderr
    checked = run(amyqa, tmp_path, "check", "y", "--engine", engine)
    assert checked.returncode == 1, checked.stderr
    assert "858 → 885" in checked.stdout
    csv = tmp_path / "y/data/2024/example/deployed-to-southland.csv"
    csv.write_text(csv.read_text(encoding="utf-8").replace("858", "885"), encoding="utf-8")
    assert run(amyqa, tmp_path, "check", "y", "--engine", engine).returncode == 0


def test_the_tutorial_does_what_it_says_from_the_wheel_alone(amyqa: Path, tmp_path: Path) -> None:
    assert snippets.run(ROOT / "docs" / "tutorial.md", tmp_path, installed=amyqa.parent) > 10


def test_a_table_is_added_from_the_wheel_alone(amyqa: Path, tmp_path: Path) -> None:
    assert run(amyqa, tmp_path, "init", "y").returncode == 0
    text = "Place,Total,Men,Women\nNorth,1300,500,800\nSouth,940,40,900\nTotal,2240,540,1700\n"
    (tmp_path / "people.csv").write_text(text, encoding="utf-8")
    where = ("--edition", "2024", "--chapter", "people")
    added = run(amyqa, tmp_path / "y", "new", "../people.csv", *where, "--family", "general")
    assert added.returncode == 0, added.stderr
    assert "Checked: 6 sums evaluated, 0 broken, 0 not evaluated; 0 findings." in added.stdout


def test_the_package_that_runs_is_the_installed_one(amyqa: Path, tmp_path: Path) -> None:
    python = amyqa.parent / "python"
    program = "import amyqa.project; print(amyqa.project.shipped_families())"
    ran = subprocess.run(
        [python, "-c", program], cwd=tmp_path, env=plain_environment(), capture_output=True, text=True
    )
    assert Path(ran.stdout.strip()).is_relative_to(amyqa.parent.parent), ran.stderr
