"""The house keeps its promises: two commands, locks that install anywhere, a light start."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import chdir
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import amyqa
from tests.conftest import run_here

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
HEAVY = (
    "pandas", "numpy", "pandera", "great_expectations", "duckdb", "pydantic", "highspy", "jinja2",
    "xlsxwriter", "lxml", "openpyxl", "xlrd", "pypdfium2", "narwhals", "polars", "pyarrow",
    "starlette", "uvicorn", "anyio",
)  # fmt: skip

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
# Written so that the patterns do not find themselves.
MACHINE = re.compile(r"(?<![\w.~*])/(?:root|home|work|Users)/|(?i:\b[a-z]:\\users\\)")
REGISTRY = re.compile(
    r"(?i)https?://[\w.:@-]*(?:pypi|pythonhosted|anaconda|conda-forge|artifactory|nexus|devpi)[\w.:/-]*"
    r"|--(?:extra-)?index-url[ =]\S|--find-links[ =]\S|--trusted-host[ =]\S"
)


@cache
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@cache
def locked(lock: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes of every package in a lock."""
    text = (ROOT / lock).read_text()
    return {canonicalize_name(m[1]): (m[2], len(HASH.findall(m[3]))) for m in PIN.finditer(text)}


def kept_files() -> list[Path]:
    """What git tracks or would track: the project without what is built from it."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listing.returncode:
        pytest.skip("not a git checkout")
    files = (ROOT / name for name in sorted(set(listing.stdout.split("\0"))) if name)
    return [file for file in files if file.is_file()]


def plain_environment(**changed: str) -> dict[str, str]:
    """The environment of a plain shell: nothing of the `make test` or pytest around us."""
    ours = ("COV", "PYTEST", "PYTHONPATH", "MAKE", "MFLAGS", "VIRTUAL_ENV")
    return {key: value for key, value in os.environ.items() if not key.startswith(ours)} | changed


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", *arguments], cwd=ROOT, env=plain_environment(), capture_output=True, text=True
    )


@pytest.mark.parametrize("target", ["report", "test"])
def test_the_readme_names_both_commands_and_make_knows_them(target: str) -> None:
    assert re.search(rf"^make {target}\b", (ROOT / "README.md").read_text(), re.MULTILINE)
    dry = make("--dry-run", target)
    assert dry.returncode == 0, dry.stderr


def readme_blocks(language: str = "") -> list[str]:
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return [text for named, text in blocks if named == language]


def test_the_readme_quotes_what_amyqa_says() -> None:
    sentence, place = readme_blocks()[0].splitlines()
    report = amyqa.check(ROOT / "data/2005/cambodia/deployed-to-malaysia.csv", engine="duckdb")
    [finding] = [finding for finding in report.findings if finding.message == sentence]
    total = finding.cells[0]
    assert place == f"{total.file}:{total.line} (printed source: line {total.source_line})"


def test_the_readme_quotes_the_diagnosis() -> None:
    quoted = readme_blocks()[1]
    table = "2005/cambodia/deployed-to-malaysia"
    assert "2006, Total: 895 → 859" in quoted
    assert quoted in printed_by("explain", table)
    report = amyqa.check(ROOT / f"data/{table}.csv", engine="duckdb")
    [(evaluated, broken)] = re.findall(r"all (\d+) sums of\s+the table at once, (\d+) of", readme())
    assert (report.total.evaluated, report.total.broken) == (int(evaluated), int(broken))


def test_the_readmes_commands_print_what_it_quotes(tmp_path: Path) -> None:
    [console] = readme_blocks("console")
    commands = re.findall(r"^\$ amyqa (.*)\n((?:(?!\$ ).*\n)*)", console, re.MULTILINE)
    assert [line.split()[0] for line, _ in commands] == ["explain", "fix"]
    for line, quoted in commands:
        words = [str(tmp_path / word) if word == "corrected" else word for word in line.split()]
        assert printed_by(*words) == quoted


def test_the_readmes_python_prints_what_it_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    [program] = readme_blocks("python")
    with chdir(ROOT):
        exec(compile(program, "README.md", "exec"), {"__name__": "__page__"})  # noqa: S102  our own page
    assert capsys.readouterr().out in readme_blocks()


def readme() -> str:
    return (ROOT / "README.md").read_text()


def printed_by(*arguments: str) -> str:
    """What amyqa prints, called in the project's folder."""
    ran = run_here(*arguments, cwd=ROOT)
    assert ran.code == 0, ran.err
    return ran.out


def test_the_readmes_picture_is_there_and_small() -> None:
    for name in re.findall(r"^!\[[^\]]+\]\((.+)\)$", readme(), re.MULTILINE):
        assert 0 < (ROOT / name).stat().st_size < 300_000


def test_the_readmes_example_of_a_new_table_is_complete(tmp_path: Path) -> None:
    for folder in ("schemas", "checks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "data").mkdir()
    [csv] = [block for block in readme_blocks() if block.startswith("Year,")]
    [spec] = readme_blocks("yaml")
    (tmp_path / "data" / "deployed-to-japan.csv").write_text(csv)
    (tmp_path / "data" / "deployed-to-japan.yaml").write_text(spec)
    report = amyqa.check(tmp_path, engine="duckdb")
    # women and men in three rows, the years in three columns
    assert (report.total.evaluated, report.total.broken, report.findings) == (6, 0, ())


def test_the_readme_names_only_options_that_exist() -> None:
    commands = re.findall(r"`amyqa (\w+)([^`]*)`", (ROOT / "README.md").read_text())
    named = {(name, option) for name, rest in commands for option in re.findall(r"--[a-z-]+", rest) or [""]}
    assert {("check", "--engine"), ("trace", "")} <= named
    for command, option in named:
        told = run_here(command, "--help")
        assert told.code == 0, command
        assert option in told.out, f"{command} {option}"


def test_the_pythons_are_the_same_everywhere() -> None:
    """pyproject.toml says which; whoever else speaks of them says the same."""
    said = project()["project"]
    [(first, end)] = re.findall(r"^>=3\.(\d+),<3\.(\d+)$", said["requires-python"])
    minors = [f"3.{minor}" for minor in range(int(first), int(end))]
    named = [line.rpartition(" ")[2] for line in said["classifiers"] if re.search(r":: 3\.\d+$", line)]
    assert named == minors
    span, listed = f"{minors[0]} to {minors[-1]}", f"{', '.join(minors[:-1])} or {minors[-1]}"
    for file in ("README.md", "Makefile", "action.yml", "docs/how-to/gate-in-ci.md"):
        assert f"Python {span}" in (text := (ROOT / file).read_text()) or f"with, {span}" in text, file
    program = (ROOT / ".ci" / "install").read_text()
    assert f"(3, {first}) <= sys.version_info < (3, {end})" in program
    assert f"Python {listed}" in program
    assert sorted(set(re.findall(r"\bpython(3\.\d+)", program.partition("for found")[0]))) == minors
    tools = project()["tool"]
    assert tools["mypy"]["python_version"] == minors[0]
    assert tools["ruff"]["target-version"] == f"py{minors[0].replace('.', '')}"
    assert f"--python-version {minors[0]}" in (ROOT / "Makefile").read_text()
    told = "".join(file.read_text() for file in kept_files() if file.suffix in {".md", ".yml", ".yaml"})
    assert set(re.findall(r"[Pp]ython(?:-version)?[ :\"]+(3\.\d+)", told)) <= set(minors)


def test_the_version_stands_in_one_place() -> None:
    told = project()
    assert told["project"]["dynamic"] == ["version"]
    assert told["tool"]["setuptools"]["dynamic"]["version"]["attr"] == "amyqa.version.VERSION"
    assert re.fullmatch(r"\d+\.\d+\.\d+", amyqa.__version__)


def test_the_repositorys_own_ci_runs_what_ci_runs_on_every_python() -> None:
    job = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    [said] = re.findall(r"python: \[(.*)\]", job)
    named = [line.rpartition(" ")[2] for line in project()["project"]["classifiers"] if ":: 3." in line]
    assert re.findall(r"[\d.]+", said) == named
    assert "run: bash .ci/run\n" in job


def test_contributors_are_told_only_targets_and_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    for name in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / name).exists(), name


def test_ci_runs_the_readmes_commands() -> None:
    ran = set(re.findall(r"^step make (\w+)", (ROOT / ".ci" / "run").read_text(), re.MULTILINE))
    assert ran == set(re.findall(r"^make (\w+)", readme(), re.MULTILINE)) | {"lint"}
    for tool in ("ruff check", "ruff format", "mypy", "lint-imports"):
        assert f"$(BIN)/{tool}" in (ROOT / "Makefile").read_text()


def test_make_alone_lists_the_targets() -> None:
    listing = make()
    assert listing.returncode == 0
    for target in ("report", "test", "lint", "lock", "clean"):
        assert re.search(rf"^make {target} +\w", listing.stdout, re.MULTILINE), target


def test_make_says_what_is_missing_when_no_python_fits(tmp_path: Path) -> None:
    told = make("report", f"VENV={tmp_path / 'venv'}", "PYTHON=no-such-python")
    assert told.returncode == 2
    assert "amyqa needs Python 3.11" in told.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_folder(lock: str) -> None:
    text = (ROOT / lock).read_text()
    for word in ("http", "index-url", "find-links", "trusted-host", "file:", "@"):
        assert word not in text, word


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_in_a_lock_has_a_version_and_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(entries) == len(locked(lock)) > 20
    assert [name for name, (_, hashes) in locked(lock).items() if not hashes] == []


def test_the_runtime_lock_satisfies_every_declared_dependency() -> None:
    wanted = project()["project"]["dependencies"] + project()["build-system"]["requires"]
    assert_locked(wanted, "requirements.lock")


def test_the_dev_lock_holds_the_tools_and_the_whole_runtime_lock() -> None:
    groups = project()["dependency-groups"]
    assert_locked(groups["build"] + groups["dev"], "requirements-dev.lock")
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


def assert_locked(wanted: list[str], lock: str) -> None:
    for requirement in map(Requirement, wanted):
        assert canonicalize_name(requirement.name) in locked(lock), f"{requirement} is not in {lock}"
        version, _ = locked(lock)[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement}, but {lock} has {version}"


def test_no_file_names_a_registry_or_a_developers_folder() -> None:
    found = []
    for file in kept_files():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # an image, or a damaged file made for a test
            continue
        for pattern in (MACHINE, REGISTRY):
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                found.append(f"{file.relative_to(ROOT)}:{line}: {match[0]}")
    assert found == []


def test_the_patterns_find_what_they_are_for() -> None:
    home = "/" + "home/someone/amyqa"
    registry = "https:" + "//pypi.org/simple/"
    assert MACHINE.search(f"open('{home}')")
    assert REGISTRY.search(f"index = {registry}")
    assert not MACHINE.search("docs/home/page, ~/work/x and https://example.org/home/x")
    assert not REGISTRY.search("https://docs.python.org/3/")


def test_help_loads_nothing_heavy() -> None:
    program = f"""
import json, sys
from amyqa.cli import main
sys.argv = ["amyqa", "--help"]
try:
    main()
except SystemExit as leave:
    code = leave.code or 0
else:
    code = 0
loaded = {{name.partition(".")[0] for name in sys.modules}}
print(json.dumps([code, sorted(loaded & set({HEAVY!r}))]), file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "check" in ran.stdout
    assert json.loads(ran.stderr.splitlines()[-1]) == [0, []]


def test_importing_amyqa_loads_nothing_heavy() -> None:
    program = f"import sys, amyqa; sys.exit(str(set({HEAVY!r}) & set(sys.modules) or ''))"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert ran.stderr.strip() == ""
