"""Killed at any moment, a command that writes leaves nothing half done, and the next run goes on."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from amyqa import fixing, pipeline
from amyqa.decisions import store
from amyqa.fixing.files import changes, write
from amyqa.model import Report
from amyqa.project import open_yearbook
from amyqa.reading.writing import write_folder
from amyqa.reports.formats import FORMATS
from amyqa.starting import founding
from amyqa.starting.new import new_table
from tests.decisions.builder import decision, told, yearbook
from tests.killing import kills
from tests.yearbooks import CHAPTER, shipped

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked here"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
TIMES = [pytest.param(15, id="15"), pytest.param(100, id="100", marks=pytest.mark.slow)]
TABLES = ("deployed-to-malaysia", "deployed-to-south-korea")
FILES = [format.file for format in FORMATS.values() if format.file]


def hidden(folder: Path) -> list[str]:
    """What is left behind under names of temporary files."""
    return [str(path) for path in folder.rglob(".*") if path.name != ".amyqa" and ".amyqa" not in path.parts]


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def planned(chapter: Path) -> tuple[Report, fixing.Fixed]:
    """The chapter's report, and what is corrected in it."""
    report = pipeline.check([chapter], "duckdb")
    fixed = fixing.plan(report, 0.95)
    assert len(fixed.tables) == 2
    return report, fixed


@pytest.mark.parametrize("times", TIMES)
def test_a_correction_in_place_is_gone_on_with_and_its_log_never_says_more(
    planned: tuple[Report, fixing.Fixed], tmp_path: Path, times: int
) -> None:
    report, fixed = planned
    whole, root = shipped(tmp_path / "whole", *TABLES), tmp_path / "book"
    printed = {id: (whole / "data" / f"{id}.csv").read_bytes() for id in fixed.tables}

    def in_place(corrections: fixing.Fixed, book: Path) -> None:
        write(corrections, report.tables, open_yearbook(book), None)

    def lines(tables: list[str]) -> list[str]:
        chosen = [each for each in fixed.corrections if each.change.cell.table in tables]
        return changes(chosen).splitlines()[1:]

    finished = shutil.copytree(whole, tmp_path / "finished")
    in_place(fixed, finished)
    after = tree(finished)
    corrected = {id: after[f"data/{id}.csv"] for id in fixed.tables}
    # every round begins anew: what a kill leaves is looked at, and then gone on with
    shutil.copytree(whole, root)
    for _ in kills(lambda: in_place(fixed, root), times):
        now = {id: (root / "data" / f"{id}.csv").read_bytes() for id in fixed.tables}
        for id, content in now.items():
            assert content in (printed[id], corrected[id])
            kept = root / "data" / f"{id}.csv.printed"
            assert kept.exists() or content == printed[id]
            assert not kept.exists() or kept.read_bytes() == printed[id]
        log = root / "changes.csv"
        said = log.read_text(encoding="utf-8").splitlines()[1:] if log.exists() else []
        done = [id for id in fixed.tables if now[id] == corrected[id]]
        assert set(said) <= set(lines(done))
        left = [each for each in fixed.corrections if each.change.cell.table not in done]
        in_place(dataclasses.replace(fixed, corrections=tuple(left)), root)
        assert {name: after[name] for name in after if name != "changes.csv"} == {
            name: content for name, content in tree(root).items() if name != "changes.csv"
        }
        assert sorted(log.read_text(encoding="utf-8").splitlines()) == sorted(
            after["changes.csv"].decode().splitlines()
        )
        shutil.rmtree(root)
        shutil.copytree(whole, root)


@pytest.mark.parametrize("times", TIMES)
def test_corrected_copies_are_whole_or_not_there(
    planned: tuple[Report, fixing.Fixed], chapter: Path, tmp_path: Path, times: int
) -> None:
    report, fixed = planned
    target = tmp_path / "out"

    def copy() -> None:
        write(fixed, report.tables, open_yearbook(chapter), target)

    copy()
    after = tree(target)
    shutil.rmtree(target)
    for _ in kills(copy, times):
        left = {name: content for name, content in tree(target).items() if "/." not in f"/{name}"}
        assert left.items() <= after.items()
        assert "changes.csv" not in left or left == after
        copy()
        assert tree(target) == after
        shutil.rmtree(target)


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("exchanges", [True, False])
def test_a_reports_folder_is_all_new_or_all_old(
    tmp_path: Path, times: int, exchanges: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not exchanges:
        monkeypatch.setattr("amyqa.reading.writing._exchanged", lambda *_: False)
    folder = tmp_path / "report"

    def contents(word: str) -> dict[str, str]:
        return {name: f"{word} {name}" * 1000 for name in FILES}

    def states() -> list[dict[str, bytes]]:
        return [{name: text.encode() for name, text in contents(w).items()} for w in ("old", "new")]

    write_folder(folder, contents("old"), FILES)
    for _ in kills(lambda: write_folder(folder, contents("new"), FILES), times):
        # without an exchange there is a moment in which the folder has no name, and lies aside
        assert tree(folder) in states() or (not exchanges and not folder.exists())
        write_folder(folder, contents("old"), FILES)
        assert [path.name for path in tmp_path.iterdir()] == ["report"]
        assert tree(folder) == states()[0]


@pytest.mark.parametrize("times", TIMES)
def test_a_report_beside_other_files_is_never_mixed(tmp_path: Path, times: int) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    old, new = ({name: f"{word} {name}" for name in FILES} for word in ("old", "new"))
    write_folder(tmp_path, old, FILES)
    for _ in kills(lambda: write_folder(tmp_path, new, FILES), times):
        left = {path.name: path.read_text() for path in tmp_path.iterdir() if path.is_file()}
        assert left.pop("mine.txt") == "mine"
        assert left.items() <= old.items() or left.items() <= new.items()
        write_folder(tmp_path, old, FILES)
        assert {path.name for path in tmp_path.iterdir()} == {"mine.txt", *FILES}


@pytest.mark.parametrize("times", TIMES)
def test_a_decision_is_kept_or_not_made(tmp_path: Path, times: int) -> None:
    there = [0]

    def decide() -> None:
        store.write(yearbook(tmp_path), [decision(there[-1] + 1)])

    store.write(yearbook(tmp_path), [decision(0)])
    for turn, _ in enumerate(kills(decide, times)):
        known = {each.finding for each in told(tmp_path)}
        assert known >= {decision(number).finding for number in there}
        decide()
        if turn % 10 == 0:
            there.append(there[-1] + 1)
        assert not hidden(tmp_path)


@pytest.mark.parametrize("times", TIMES)
def test_a_yearbook_is_founded_on_what_was_left(tmp_path: Path, times: int) -> None:
    def found(root: Path) -> Callable[[], object]:
        return lambda: founding.found(root, ())

    found(tmp_path / "whole")()
    after = tree(tmp_path / "whole")
    root = tmp_path / "book"
    for _ in kills(found(root), times):
        left = {name: content for name, content in tree(root).items() if not Path(name).name.startswith(".")}
        assert left.items() <= after.items()
        if tree(root) != after:  # it may have come to its end
            found(root)()
        assert tree(root) == after
        shutil.rmtree(root)


@pytest.mark.parametrize("times", TIMES)
def test_a_table_is_taken_in_by_running_it_again(
    book: Callable[..., Path], tmp_path: Path, times: int
) -> None:
    root = book("deployed-to-malaysia")
    source = tmp_path / "arrivals.csv"
    source.write_text("Year,Total,Men,Women\n2003,30,10,20\n2004,35,12,23\n2005,41,15,26\n")
    place = root / "data" / "2005" / "arrivals"

    def take_in() -> None:
        new_table(source, to=place)

    def anew() -> None:
        shutil.rmtree(place)
        place.mkdir()
        take_in()

    place.mkdir(parents=True)
    take_in()
    after = tree(place)
    for _ in kills(anew, times):
        place.mkdir(exist_ok=True)
        left = {name: content for name, content in tree(place).items() if not name.startswith(".")}
        assert left.items() <= after.items()
        if left != after:
            take_in()
        assert {name: content for name, content in tree(place).items() if not name.startswith(".")} == after


@pytest.mark.parametrize("times", TIMES)
def test_the_yaml_of_another_table_never_stands_beside_a_csv_that_was_written_over(
    book: Callable[..., Path], tmp_path: Path, times: int
) -> None:
    root = book("deployed-to-malaysia")
    place = root / "data" / "2005" / "arrivals"
    sources = [tmp_path / folder / "arrivals.csv" for folder in ("old", "new")]
    lines = ("Year,Total,Men,Women\n2003,30,10,20\n2004,35,12,23\n", "Port,Boats\nFowey,30\nLooe,10\n")
    for source, text in zip(sources, lines, strict=True):
        source.parent.mkdir()
        source.write_text(text)

    def take_in(source: Path) -> dict[str, bytes]:
        new_table(source, to=place, force=True)
        return shown()

    def shown() -> dict[str, bytes]:
        return {name: content for name, content in tree(place).items() if not name.startswith(".")}

    place.mkdir(parents=True)
    old, new = map(take_in, sources)
    yaml = "arrivals.yaml"
    take_in(sources[0])
    for _ in kills(lambda: take_in(sources[1]), times):
        found = shown()
        if yaml in found:
            assert found in (old, new)
        else:  # which a check tells of
            assert any(found == {name: both[name] for name in both if name != yaml} for both in (old, new))
        assert take_in(sources[1]) == new
        take_in(sources[0])


def test_a_fix_that_was_stopped_is_gone_on_with_by_its_own_rerun(
    book: Callable[..., Path], tmp_path: Path
) -> None:
    root = book(*TABLES)
    file = root / "data" / CHAPTER / f"{TABLES[0]}.csv"
    shutil.copyfile(file, file.with_name(f"{file.name}.printed"))
    (file.parent / f".{file.name}.abcdefgh").write_text("half")
    fixed = pipeline.fix([root], None)
    assert len(fixed.tables) == 2
    assert not hidden(root)
    assert not pipeline.fix([root], None).corrections
