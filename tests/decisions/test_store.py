"""What an editor wrote in a file by hand stays as it is."""

from __future__ import annotations

import difflib
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from amyqa.decisions import store
from amyqa.decisions.blocks import written
from amyqa.errors import AmyqaError
from amyqa.model import Decision, Ruling
from tests.decisions.builder import decision, told, unplaced, yearbook

FILE = "decisions/2005/cambodia.yaml"
TOP = "# Ours.\n# Second line.\n\n"
HEAP = unplaced(decision(n) for n in range(1, 6))
A, B, C, D, E = HEAP


def file_of(root: Path, text: str) -> Path:
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def by_hand(root: Path) -> Path:
    """Comments, an order of one's own, a block written otherwise."""
    odd = written(B).replace(
        "reason: the source prints it so", "reason: >-\n    the source\n    prints it so"
    )
    text = (
        f"# Ours.\n# Second line.\n\n# --- first D\n{written(D)}\n\n# on B\n# more on B\n{odd}\n# the end\n"
    )
    return file_of(root, text)


def test_hand_made_files_are_read(tmp_path: Path) -> None:
    by_hand(tmp_path)
    assert unplaced(told(tmp_path)) == [B, D]


@pytest.mark.parametrize("new", [A, C, E])
def test_a_new_decision_changes_no_other_line(tmp_path: Path, new: Decision) -> None:
    path = by_hand(tmp_path)
    before = path.read_text(encoding="utf-8").splitlines()
    store.write(yearbook(tmp_path), [new])
    changes = list(difflib.ndiff(before, path.read_text(encoding="utf-8").splitlines()))
    assert unplaced(told(tmp_path)) == unplaced([B, D, new])
    assert not [line for line in changes if line.startswith("- ")]
    added = [line[2:] for line in changes if line.startswith("+ ")]
    assert [line for line in added if line] == written(new).splitlines()


def test_comments_stay_with_their_decision(tmp_path: Path) -> None:
    path = by_hand(tmp_path)
    store.write(yearbook(tmp_path), [A, C])
    text = path.read_text(encoding="utf-8")
    assert text.startswith(TOP)
    assert f"# --- first D\n{written(D)}" in text
    assert f"# on B\n# more on B\n{written(B).splitlines()[0]}" in text
    assert "\n# the end\n" in text


def test_deciding_anew_replaces_the_block_in_its_place(tmp_path: Path) -> None:
    path = by_hand(tmp_path)
    before = path.read_text(encoding="utf-8")
    anew = replace(D, ruling=Ruling.EXPLAINED, reason="see note a")
    [old] = store.write(yearbook(tmp_path), [anew])
    assert replace(old, line=0) == D
    assert path.read_text(encoding="utf-8") == before.replace(written(D), written(anew))


def test_what_is_taken_out_takes_its_own_comments_along(tmp_path: Path) -> None:
    path = by_hand(tmp_path)
    [there] = [each for each in told(tmp_path) if each.finding == B.finding]
    assert store.write(yearbook(tmp_path), (), [there]) == (there,)
    assert path.read_text(encoding="utf-8") == f"{TOP}# --- first D\n{written(D)}\n\n# the end\n"


def test_a_decision_that_was_made_anew_meanwhile_is_not_taken_out(tmp_path: Path) -> None:
    store.write(yearbook(tmp_path), [A])
    [read] = told(tmp_path)
    anew = replace(A, reason="another")
    store.write(yearbook(tmp_path), [anew])
    assert store.write(yearbook(tmp_path), (), [read]) == ()
    assert unplaced(told(tmp_path)) == [anew]


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    path = file_of(tmp_path, written(B).replace("\n", "\r\n"))
    store.write(yearbook(tmp_path), [A, C])
    text = path.read_bytes()
    assert text.count(b"\n") == text.count(b"\r\n") > 30
    assert unplaced(told(tmp_path)) == [A, B, C]


@pytest.mark.parametrize("end", ["", "\n", "\n\n", "\n\n\n"])
def test_however_a_file_ends_the_next_decision_is_a_block_of_its_own(tmp_path: Path, end: str) -> None:
    path = file_of(tmp_path, written(A).rstrip("\n") + end)
    store.write(yearbook(tmp_path), [B])
    assert f"\n\n{written(B)}" in path.read_text(encoding="utf-8")
    assert unplaced(told(tmp_path)) == [A, B]


def test_blocks_are_sorted_whatever_order_they_come_in(tmp_path: Path) -> None:
    for each in (C, A, E, B, D):
        store.write(yearbook(tmp_path), [each])
    assert [each.finding for each in told(tmp_path)] == [each.finding for each in HEAP]


def test_a_file_that_begins_with_a_decision_gets_no_blank_line_on_top(tmp_path: Path) -> None:
    path = file_of(tmp_path, written(B))
    store.write(yearbook(tmp_path), [A])
    assert path.read_text(encoding="utf-8") == f"{written(A)}\n{written(B)}"


@pytest.mark.parametrize("text", [f"{written(A)}...\n", "{}\n"])
def test_a_file_that_cannot_be_added_to_is_left_alone(tmp_path: Path, text: str) -> None:
    path = file_of(tmp_path, text)
    with pytest.raises(AmyqaError, match=r"cannot add to it|is not YAML"):
        store.write(yearbook(tmp_path), [B])
    assert path.read_text(encoding="utf-8") == text


def test_a_file_with_mistakes_is_left_alone(tmp_path: Path) -> None:
    path = file_of(tmp_path, written(A).replace("A. Editor", "''"))
    before = path.read_bytes()
    with pytest.raises(AmyqaError, match="who: is empty"):
        store.write(yearbook(tmp_path), [B])
    assert path.read_bytes() == before


def test_a_writer_waits_for_the_other(tmp_path: Path) -> None:
    done = threading.Event()

    def other() -> None:
        store.write(yearbook(tmp_path), [A])
        done.set()

    with store.locked(tmp_path / "decisions"):
        thread = threading.Thread(target=other)
        thread.start()
        assert not done.wait(0.2)
    assert done.wait(30)
    thread.join()


def test_who_waits_too_long_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "WAIT", 0.05)
    folder = tmp_path / "decisions"
    with store.locked(folder), pytest.raises(AmyqaError, match="another amyqa"), store.locked(folder):
        pass


def test_half_a_file_of_a_killed_writer_is_cleared_away(tmp_path: Path) -> None:
    store.write(yearbook(tmp_path), [A])
    leftover = tmp_path / "decisions/2005/.cambodia.yaml.k1ll3d__"
    leftover.write_text("half")
    swap = tmp_path / "decisions/2005/.cambodia.yaml.swp"  # of an editor that has the file open
    swap.write_text("mine")
    store.write(yearbook(tmp_path), [B])
    assert not leftover.exists()
    assert swap.read_text() == "mine"


@pytest.mark.parametrize("link", ["decisions", "decisions/2005", "decisions/2005/cambodia.yaml"])
def test_nothing_is_written_through_a_link_out_of_the_yearbook(tmp_path: Path, link: str) -> None:
    root, outside = tmp_path / "book", tmp_path / "outside"
    outside.mkdir()
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(outside / "new.yaml" if link.endswith(".yaml") else outside)
    with pytest.raises(AmyqaError, match="leads out of the yearbook"):
        store.write(yearbook(root), [A])
    assert not list(outside.rglob("*"))


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "decisions").write_text("a file")
    with pytest.raises(AmyqaError, match="cannot be written"):
        store.write(yearbook(tmp_path), [A])
