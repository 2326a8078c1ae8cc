"""``amyqa lint`` tells what a check would refuse; ``amyqa doctor`` what the installation lacks.

That every mistake is told as a check tells it, is tested case by case in test_bad_input.py.
"""

from __future__ import annotations

import importlib.metadata
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from amyqa.pipeline import installation
from amyqa.pipeline.installation import Part, examine_installation
from tests.conftest import Run

Book = Callable[..., Path]
SUITE = "name: {0}\nexpectations:\n  - type: {1}\n"


def test_a_yearbook_in_order_has_no_mistakes_whatever_its_numbers(run: Run, chapter: Path) -> None:
    ran = run("lint", cwd=chapter)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.splitlines()[-1].endswith("decisions: no mistakes.")


def test_nothing_is_checked(run: Run, chapter: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "amyqa.engines.session.Session.__init__", lambda *_: pytest.fail("a session was opened")
    )
    assert run("lint", cwd=chapter).code == 0


def test_families_that_no_table_has_are_read_and_remarked_on(run: Run, book: Book) -> None:
    root = book("deployed-to-saudi-arabia")
    for name, entry in (("births", "expect_totals"), ("deaths", "expect_values_in_range")):
        (root / f"checks/{name}.yaml").write_text(SUITE.format(name, entry), encoding="utf-8")
    (root / "schemas/births.py").write_text("import pandera.pandas as pa\nschema = pa.DataFrameSchema({})\n")
    ran = run("lint", cwd=root)
    assert ran.code == 1
    assert [line.partition(": ")[0] for line in ran.out.splitlines()] == [
        "checks/births.yaml:3:5", "checks/deaths.yaml", "checks/deaths.yaml:3:5",
    ]  # fmt: skip
    assert "checks/deaths.yaml: there is no schemas/deaths.py beside it (" in ran.out
    assert "note: schemas/births.py: no table is of the family 'births'" in ran.err
    one = run("lint", "data/2005/cambodia/deployed-to-saudi-arabia.csv", cwd=root)
    assert one.out == ran.out  # it is the yearbook's only table


def test_mistakes_in_decisions_and_own_shares_are_told(run: Run, book: Book) -> None:
    root = book("deployed-to-saudi-arabia")
    (root / "decisions").mkdir(exist_ok=True)
    (root / "decisions/cambodia.yaml").write_text("- table: [\n", encoding="utf-8")
    (root / "decisions/error-shares.json").write_text("{", encoding="utf-8")
    ran = run("lint", cwd=root)
    assert ran.code == 1
    assert [line.partition(":")[0] for line in ran.out.splitlines()] == [
        "decisions/cambodia.yaml", "decisions/error-shares.json",
    ]  # fmt: skip
    assert ran.err.splitlines()[-1].endswith("2 mistakes.")


def test_a_folder_that_is_no_yearbook_is_bad_usage(run: Run, tmp_path: Path) -> None:
    assert run("lint", cwd=tmp_path).code == 2


# --- doctor ---------------------------------------------------------------------------------


def parts() -> dict[str, Part]:
    return {part.name: part for part in examine_installation()}


def test_this_installation_is_sound(run: Run) -> None:
    ran = run("doctor")
    assert ran.code == 0
    assert {"Python", "amyqa", "duckdb", "great-expectations", "pandera", "git"} <= {
        line.split()[1] for line in ran.out.splitlines()
    }


def test_a_package_that_is_missing_is_told_with_how_to_get_it(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = importlib.metadata.version

    def version(name: str) -> str:
        if name in ("highspy", "pypdfium2"):
            raise importlib.metadata.PackageNotFoundError(name)
        return "0.1" if name == "duckdb" else known(name)

    monkeypatch.setattr("importlib.metadata.version", version)
    ran = run("doctor")
    assert ran.code == 1
    lines = {line.split()[1]: line for line in ran.out.splitlines()}
    assert "pip install 'highspy>=" in lines["highspy"]
    assert "0.1 is not >=2" in lines["duckdb"]
    assert lines["pypdfium2"].startswith("absent")  # an extra: amyqa runs without it
    assert "pip install 'amyqa[pdf]'" in lines["pypdfium2"]


def test_a_package_that_does_not_load_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        if name == "highspy":
            raise ImportError("libstdc++ is too old")

    monkeypatch.setattr(installation, "import_module", broken)
    found = parts()["highspy"]
    assert not found.works
    assert "does not load: ImportError: libstdc++ is too old" in found.found


def test_without_git_only_what_needs_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    git = parts()["git"]
    assert (git.works, git.needed) == (False, False)
    assert "--since" in git.advice
