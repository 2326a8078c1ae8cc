"""A new yearbook: one table that checks clean, one misprint to find, and nothing written over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

import amyqa
from amyqa.errors import BadInput
from amyqa.starting.founding import found
from tests.conftest import Run
from tests.yearbooks import problems_of


def files_of(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_the_example_is_clean_but_for_the_planted_misprint(tmp_path: Path) -> None:
    root = tmp_path / "yearbook"
    founded = found(root)
    assert sorted(founded.files) == sorted(files_of(root))
    report = amyqa.check(root, engine="duckdb")
    assert {finding.table for finding in report.findings} == {"2024/example/deployed-to-southland"}
    [diagnosis] = report.diagnoses
    [change] = diagnosis.changes
    assert (change.cell.token, str(change.proposed), diagnosis.unique) == ("858", "885", True)
    csv = root / "data/2024/example/deployed-to-southland.csv"
    csv.write_text(csv.read_text(encoding="utf-8").replace("858", "885"), encoding="utf-8")
    mended = amyqa.check(root, engine="duckdb")
    assert (mended.findings, mended.total.evaluated, mended.total.not_evaluated) == ((), 66, 0)


def test_the_readme_names_commands_that_work(run: Run, tmp_path: Path) -> None:
    root = found(tmp_path / "yearbook").root
    readme = (root / "README.md").read_text(encoding="utf-8")
    commands = [line.split()[1:] for line in readme.splitlines() if line.startswith("amyqa ")]
    assert [command[0] for command in commands] == ["check", "explain", "new"]
    table = root / "path/to/your-table.csv"
    table.parent.mkdir(parents=True)
    table.write_text("Place,All,A,B\nX,1300,500,800\nY,940,40,900\nZ,777,700,77\n", encoding="utf-8")
    codes = [run(*command, cwd=root).code for command in commands]
    assert codes == [1, 0, 0]
    assert "3 sums evaluated, 0 broken" in run(*commands[2], "--force", cwd=root).out


def test_the_schemas_that_the_examples_name_are_there(tmp_path: Path) -> None:
    root = found(tmp_path / "yearbook").root
    for path in root.glob("data/*/*/*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert (path.parent / first.removeprefix("# yaml-language-server: $schema=")).is_file()


@pytest.mark.parametrize(
    ("told", "repository", "revision"),
    [
        (None, "", "HEAD"),
        ({"url": "file:///there/amyqa", "dir_info": {"editable": True}}, "", "HEAD"),
        ({"url": "file:///there/amyqa", "vcs_info": {"vcs": "git", "commit_id": "f00d"}}, "", "HEAD"),
        (
            {"url": "https://example.org/us/amyqa", "vcs_info": {"vcs": "git", "commit_id": "f00d"}},
            "https://example.org/us/amyqa",
            "f00d",
        ),
    ],
)
def test_the_workflow_installs_from_where_this_amyqa_came_if_others_can_get_it_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: object, repository: str, revision: str
) -> None:
    installed = tmp_path / "amyqa-0.1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Name: amyqa\nVersion: 0.1.0\n", encoding="utf-8")
    if told:
        (installed / "direct_url.json").write_text(json.dumps(told), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    root = found(tmp_path / "yearbook").root
    workflow = yaml.safe_load((root / ".github/workflows/check.yaml").read_text(encoding="utf-8"))
    assert workflow["env"] == {"AMYQA_REPOSITORY": repository, "AMYQA_REVISION": revision}


def test_nothing_is_written_over_and_everything_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine", encoding="utf-8")
    (tmp_path / "data").write_text("mine", encoding="utf-8")
    before = files_of(tmp_path)
    with pytest.raises(BadInput) as told:
        found(tmp_path)
    problems = problems_of(told.value)
    assert f"{tmp_path / 'README.md'}: already exists (choose an empty folder)" in problems
    assert f"{tmp_path / 'data'}: is a file where a folder should be (choose an empty folder)" in problems
    assert files_of(tmp_path) == before


def test_a_folder_with_other_files_becomes_a_yearbook_beside_them(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    found(tmp_path)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert amyqa.check(tmp_path, engine="duckdb").total.evaluated == 66


def test_a_file_or_a_yearbooks_data_is_no_place_for_a_yearbook(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BadInput, match="is a file where the yearbook's folder should be"):
        found(tmp_path / "file")
    found(tmp_path / "book")
    with pytest.raises(BadInput, match="lies in a yearbook already"):
        found(tmp_path / "book/data/inner")


def test_a_family_is_copied_to_be_changed(tmp_path: Path) -> None:
    root = found(tmp_path / "yearbook").root
    assert found(root, ["deployment"]).files == ("checks/deployment.yaml", "schemas/deployment.py")
    suite = root / "checks/deployment.yaml"
    suite.write_text("name: deployment\nexpectations: []\n", encoding="utf-8")
    # of its suite nothing is left, of its schema the sums by sex: the yearbook's own files apply
    report = amyqa.check(root, engine="duckdb")
    assert report.total.evaluated < 66
    with pytest.raises(BadInput, match="already exists"):
        found(root, ["deployment"])


def test_a_family_that_is_not_shipped_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"amyqa ships no family 'stok'.*did you mean 'stock'"):
        found(tmp_path / "yearbook", ["stok"])
    assert not (tmp_path / "yearbook").exists()


def test_init_says_what_it_made_and_what_to_run(run: Run, tmp_path: Path) -> None:
    ran = run("init", "my book", cwd=tmp_path)
    assert ran.code == 0
    assert ran.out.startswith("my book: 9 files created\n")
    assert "  data/2024/example/deployed-to-southland.csv\n" in ran.out
    assert ran.err == "Next:  cd 'my book' && amyqa check\n"
    assert run("init", "my book", cwd=tmp_path).code == 2
    checked = run("check", "my book", "--engine", "duckdb", cwd=tmp_path)
    assert checked.code == 1
    assert "858 → 885" in checked.out
