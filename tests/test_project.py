"""A yearbook is found from anything in it, and nothing in it is left out in silence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from amyqa.errors import AmyqaError
from amyqa.project import Yearbook, open_yearbook, select
from tests.yearbooks import problems_of


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty yearbook."""
    for folder in ("data", "schemas", "checks"):
        (tmp_path / "yearbook" / folder).mkdir(parents=True)
    return tmp_path.resolve() / "yearbook"


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def ids(yearbook: Yearbook, *paths: Path | str) -> list[str]:
    return [files.id for files in select(yearbook, [yearbook.root / path for path in paths])]


def told(root: Path, *paths: Path | str) -> list[str]:
    """What is wrong with what is selected."""
    with pytest.raises(AmyqaError) as caught:
        select(open_yearbook(root), [root / path for path in paths or ["."]])
    return problems_of(caught.value)


@pytest.mark.parametrize(
    "place", [".", "data", "data/2005", "data/2005/a.csv", "data/2005/a.yaml", "docs", "docs/../data/2005/.."]
)
def test_a_yearbook_is_found_from_anything_in_it(root: Path, place: str) -> None:
    put(root, "2005/a.csv", "2005/a.yaml")
    (root / "docs").mkdir()
    yearbook = open_yearbook(root / place)
    assert yearbook.root == root
    assert [(t.id, t.csv, t.yaml) for t in yearbook.tables] == [
        ("2005/a", root / "data/2005/a.csv", root / "data/2005/a.yaml")
    ]


def test_a_yearbook_is_found_from_the_current_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "2005/a.csv", "2005/a.yaml")
    monkeypatch.chdir(root / "data/2005")
    for path in (Path(), Path(".."), Path("a.csv"), Path("../../data")):
        yearbook = open_yearbook(path)
        assert yearbook.root == root
        assert [files.id for files in select(yearbook, [path])] == ["2005/a"]


def test_a_folder_called_data_inside_the_data_is_no_yearbook(root: Path) -> None:
    put(root, "2005/data/a.csv", "2005/data/a.yaml")
    assert open_yearbook(root / "data/2005/data/a.csv").root == root
    assert open_yearbook(root / "data/2005").root == root


def test_some_data_folder_further_up_is_not_taken_for_a_yearbook(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "elsewhere").mkdir()
    with pytest.raises(AmyqaError, match="belongs to no yearbook"):
        open_yearbook(tmp_path / "elsewhere")
    assert open_yearbook(tmp_path).root == tmp_path.resolve()
    assert open_yearbook(tmp_path / "data").root == tmp_path.resolve()


def test_a_link_to_a_yearbook_is_the_yearbook(root: Path, tmp_path: Path) -> None:
    put(root, "a.csv", "a.yaml")
    (tmp_path / "link").symlink_to(root)
    yearbook = open_yearbook(tmp_path / "link")
    assert yearbook.root == root
    chosen = select(yearbook, [tmp_path / "link/data/a.csv", root / "data/a.yaml"])
    assert [files.id for files in chosen] == ["a"]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("data/2005/b.csv", "b.csv: there is no such file or folder (did you mean 'a.csv'?)"),
        ("dta", "dta: there is no such file or folder (did you mean 'data'?)"),
        ("data/2005/a.csv/b", "b: there is no such file or folder"),
        ("x" * 300, "cannot be read: File name too long"),
        ("a\0b", "there is no such file or folder (known: checks, data, schemas)"),
    ],
)
def test_a_path_that_is_not_there_is_told_with_the_nearest_name(root: Path, path: str, message: str) -> None:
    put(root, "2005/a.csv", "2005/a.yaml")
    with pytest.raises(AmyqaError) as caught:
        open_yearbook(root / path)
    [problem] = problems_of(caught.value)
    assert problem.endswith(message)


@pytest.mark.parametrize(
    ("paths", "chosen"),
    [
        (["."], ["2004/a", "2005/a", "2005/b", "c"]),
        (["data"], ["2004/a", "2005/a", "2005/b", "c"]),
        (["data/2005"], ["2005/a", "2005/b"]),
        (["data/2005/b.csv", "data/2005/a.yaml"], ["2005/a", "2005/b"]),
        (["data/c.tsv"], ["c"]),
        (["data/2005", "data/2005/a.csv", "data/2005/"], ["2005/a", "2005/b"]),
    ],
)
def test_paths_select_tables_once_each_in_order(root: Path, paths: list[str], chosen: list[str]) -> None:
    put(
        root,
        "2005/b.csv",
        "2005/b.yaml",
        "2005/a.CSV",
        "2005/a.yml",
        "2004/a.csv",
        "2004/a.yaml",
        "c.tsv",
        "c.yaml",
    )
    paths = [path.replace("a.csv", "a.CSV").replace("a.yaml", "a.yml") for path in paths]
    assert ids(open_yearbook(root), *paths) == chosen


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("schemas", "schemas: names no table"),
        ("data/2004", "2004: names no table"),
        ("data/notes.txt", "notes.txt: names no table"),
        ("..", "..: lies outside the yearbook"),
        ("nowhere", "nowhere: there is no such file or folder"),
    ],
)
def test_a_path_that_names_no_table_is_told(root: Path, path: str, message: str) -> None:
    put(root, "2005/a.csv", "2005/a.yaml", "notes.txt")
    (root / "data/2004").mkdir()
    [problem] = told(root, path, "data/2005")
    assert message in problem


def test_every_path_that_is_wrong_is_told_at_once(root: Path) -> None:
    put(root, "a.csv", "a.yaml")
    assert len(told(root, "data/x.csv", "schemas", "data/a.csv", "..")) == 3


@pytest.mark.parametrize(
    ("id", "meant"), [("2005/a", "data/2005/a.csv"), ("2005", "data/2005"), ("2005/ä.x", "")]
)
def test_a_tables_id_leads_to_its_file(
    root: Path, monkeypatch: pytest.MonkeyPatch, id: str, meant: str
) -> None:
    put(root, "2005/a.csv", "2005/a.yaml")
    monkeypatch.chdir(root)
    with pytest.raises(AmyqaError) as error:
        open_yearbook(Path(id))
    assert (f"did you mean '{meant}'?" in str(error.value)) is bool(meant)


def test_an_empty_yearbook_says_so(root: Path) -> None:
    [problem] = told(root)
    assert "has no tables yet" in problem


# --- halves, doubles, links -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("present", "message"),
    [
        ("a.csv", "data/2005/a.csv: has no YAML beside it (write data/2005/a.yaml, which says"),
        ("a.yaml", "data/2005/a.yaml: has no CSV beside it (add data/2005/a.csv)"),
    ],
)
def test_half_a_table_is_told(root: Path, present: str, message: str) -> None:
    put(root, f"2005/{present}")
    [problem] = told(root)
    assert problem.startswith(message)


def test_half_a_table_does_not_stop_the_others(root: Path) -> None:
    put(root, "2005/whole.csv", "2005/whole.yaml", "2006/half.csv", "2006/quarter.yaml")
    yearbook = open_yearbook(root)
    assert ids(yearbook, "data/2005") == ["2005/whole"]
    assert ids(yearbook, "data/2005/whole.csv") == ["2005/whole"]
    assert len(told(root, ".")) == len(told(root, "data/2006")) == 2
    assert len(told(root, "data/2006/half.csv")) == 1


@pytest.mark.parametrize("asked", [".", "data/a.csv", "data/a.tsv"])
def test_two_csvs_of_one_table_are_told(root: Path, asked: str) -> None:
    put(root, "a.csv", "a.tsv", "a.yaml")
    [problem] = told(root, asked)
    assert problem == "data/a.tsv: and data/a.csv are both the CSV of one table (keep one of them)"


def test_one_letter_written_in_two_ways_is_one_name(root: Path) -> None:
    put(root, "caf\u00e9.csv", "cafe\u0301.yaml")
    assert ids(open_yearbook(root), ".") == ["caf\u00e9"]


def test_hidden_files_and_what_other_programs_leave_are_no_tables(root: Path) -> None:
    put(root, "a.csv", "a.yaml", ".b.csv", ".git/c.csv", "2005/.d.yaml", "a.csv~", ".~lock.a.csv#", "a.xlsx")
    assert ids(open_yearbook(root), ".") == ["a"]


def test_a_folder_named_like_a_table_is_seen(root: Path) -> None:
    put(root, "a.yaml")
    (root / "data/a.csv").mkdir()
    assert ids(open_yearbook(root), ".") == ["a"]  # and whoever reads it says what it is


@pytest.mark.parametrize("target", [".", "data", "../outside"])
def test_a_link_to_a_folder_is_not_left_out_in_silence(root: Path, target: str) -> None:
    put(root, "a.csv", "a.yaml")
    (root.parent / "outside").mkdir()
    (root / "data/link").symlink_to(root / target)
    [problem] = told(root)
    assert problem.startswith("data/link: is a link to a folder, which is not followed")


def test_a_link_may_lead_to_a_file_of_the_yearbook_but_not_out_of_it(root: Path) -> None:
    put(root, "a.csv", "a.yaml", "b.yaml")
    (root / "data/b.csv").symlink_to(root / "data/a.csv")
    assert ids(open_yearbook(root), ".") == ["a", "b"]
    secret = root.parent / "secret"
    secret.write_text("root:x:0:0", encoding="utf-8")
    (root / "data/b.csv").unlink()
    (root / "data/b.csv").symlink_to(secret)
    [problem] = told(root)
    assert problem.startswith("data/b.csv: is a link to a file outside the yearbook")


@pytest.mark.parametrize("target", ["a.csv", "nowhere.csv"], ids=["to itself", "to nothing"])
def test_a_link_to_nothing_is_left_to_whoever_reads_it(root: Path, target: str) -> None:
    put(root, "a.yaml")
    (root / "data/a.csv").symlink_to(root / "data" / target)
    assert ids(open_yearbook(root), ".") == ["a"]


def test_a_name_that_is_not_utf8_is_told(root: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(root / "data") + b"/caf\xe9.csv")).write_bytes(b"")
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    [problem] = told(root)
    assert problem.endswith("has a name that is not UTF-8 (rename it)")


def test_a_folder_that_cannot_be_read_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "a.csv", "a.yaml", "closed/b.csv", "closed/b.yaml")
    scan: Callable[..., object] = os.scandir

    def closed(path: str | Path) -> object:
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)  # tests may run as root, whom no mode stops
    [problem] = told(root)
    assert problem == "data/closed: cannot be read: Permission denied"


SHIPPED = {"claims", "deployment", "events", "general", "indicators", "stock"}


def test_families_are_the_schemas_by_their_names_and_the_shipped_ones(root: Path) -> None:
    for name in ("stock.py", "labour-force.py", "_shared.py", "notes.txt"):
        (root / "schemas" / name).write_text("", encoding="utf-8")
    yearbook = open_yearbook(root)
    assert yearbook.families == tuple(sorted(SHIPPED | {"labour-force"}))
    assert yearbook.schema("labour-force") == root / "schemas/labour-force.py"
    assert yearbook.suite("labour-force") == root / "checks/labour-force.yaml"
    assert open_yearbook(root).shown(root / "data/a.csv") == "data/a.csv"


def test_a_family_that_a_yearbook_does_not_have_is_the_shipped_one(root: Path) -> None:
    yearbook = open_yearbook(root)
    schema, suite = yearbook.schema("stock"), yearbook.suite("stock")
    assert (schema.parent.name, suite.parent.name) == ("schemas", "checks")
    assert schema.is_file()
    assert suite.is_file()
    assert not schema.is_relative_to(root)
    assert yearbook.shown(suite) == "checks/stock.yaml (shipped with amyqa)"


@pytest.mark.parametrize("own", ["schemas/stock.py", "checks/stock.yaml"])
def test_a_family_of_which_a_yearbook_has_one_half_is_its_own(root: Path, own: str) -> None:
    put_family = root / own
    put_family.parent.mkdir(exist_ok=True)
    put_family.write_text("", encoding="utf-8")
    yearbook = open_yearbook(root)
    assert yearbook.schema("stock") == root / "schemas/stock.py"
    assert yearbook.suite("stock") == root / "checks/stock.yaml"
