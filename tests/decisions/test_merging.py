"""Branches that decided different findings of one chapter are merged by git itself."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from amyqa.decisions import store
from amyqa.errors import AmyqaError
from amyqa.model import Decision, Ruling
from tests.decisions.builder import decision, told, unplaced, yearbook
from tests.repositories import committed, git
from tests.yearbooks import problems_of

FILE = "decisions/2005/cambodia.yaml"
SEED = 7


class Repository:
    """A yearbook in git."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        committed(root)

    def decide(self, message: str, new: Iterable[Decision]) -> None:
        store.write(yearbook(self.root), new)
        committed(self.root, message)

    def merged(self, ours: Iterable[Decision], theirs: Iterable[Decision]) -> bool:
        """Two branches decide, and one is merged into the other; whether that went without conflict."""
        git(self.root, "checkout", "-b", "theirs")
        self.decide("theirs", theirs)
        git(self.root, "checkout", "main")
        self.decide("ours", ours)
        return "CONFLICT" not in git(self.root, "merge", "theirs", fails=True)

    def keep_both(self) -> None:
        """What a person does at sight: the lines of both sides stay, the marks go."""
        lines = (self.root / FILE).read_text(encoding="utf-8").splitlines(keepends=True)
        marks = ("<<<<<<<", "=======", ">>>>>>>")
        kept = (line for line in lines if not line.startswith(marks))
        (self.root / FILE).write_text("".join(kept), encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "yearbook")


def three_heaps(turn: int, *sizes: int) -> list[list[Decision]]:
    """Decisions nobody else has, as a chapter's editors make them: all for one reason."""
    numbers = iter(random.Random(f"{SEED} {turn}").sample(range(1, 5000), sum(sizes)))
    return [[decision(next(numbers)) for _ in range(size)] for size in sizes]


@pytest.mark.parametrize("turn", range(4))
def test_one_decision_each_among_many_seldom_meets(tmp_path: Path, turn: int) -> None:
    book = Repository(tmp_path / "yearbook")
    before, ours, theirs = three_heaps(turn, 60, 1, 1)
    book.decide("before", before)
    clean = book.merged(ours, theirs)
    if not clean:
        book.keep_both()
    assert unplaced(told(book.root)) == unplaced([*before, *ours, *theirs])


@pytest.mark.parametrize(
    ("before", "ours", "theirs"), [(0, 1, 1), (0, 12, 9), (2, 5, 5), (1, 20, 1), (12, 6, 6)]
)
def test_a_conflict_is_resolved_by_keeping_both_sides(
    repository: Repository, before: int, ours: int, theirs: int
) -> None:
    heaps = three_heaps(before + ours, before, ours, theirs)
    repository.decide("before", heaps[0])
    if not repository.merged(*heaps[1:]):
        with pytest.raises(AmyqaError) as caught:
            told(repository.root)
        [problem] = problems_of(caught.value)
        assert problem.startswith(f"{FILE}:")
        assert "merge conflict" in problem
        repository.keep_both()
    assert unplaced(told(repository.root)) == unplaced([each for heap in heaps for each in heap])


def test_branches_meet_only_where_both_add_between_the_same_two_decisions(repository: Repository) -> None:
    heap = unplaced(three_heaps(0, 9)[0])  # by their ids
    before = [heap[0], heap[4], heap[8]]
    repository.decide("before", before)
    assert repository.merged([heap[1], heap[2]], [heap[5]])
    assert unplaced(told(repository.root)) == sorted(
        [*before, heap[1], heap[2], heap[5]], key=lambda each: each.finding
    )


def test_a_changed_and_an_added_decision_do_not_meet(repository: Repository) -> None:
    heap = unplaced(three_heaps(1, 4)[0])
    repository.decide("before", [heap[0], heap[1], heap[3]])
    changed = decision(int(heap[0].where["year"]) - 1900, ruling=Ruling.EXPLAINED, reason="see note a")
    assert changed.finding == heap[0].finding
    assert repository.merged([changed], [heap[2]])
    assert unplaced(told(repository.root)) == [changed, *heap[1:]]


@pytest.mark.parametrize("turn", range(3))
def test_with_merge_union_nothing_conflicts_and_nothing_is_lost(repository: Repository, turn: int) -> None:
    (repository.root / ".gitattributes").write_text("decisions/**/*.yaml merge=union\n")
    before, ours, theirs = three_heaps(turn, 3, 8, 8)
    repository.decide("before", before)
    assert repository.merged(ours, theirs)
    assert unplaced(told(repository.root)) == unplaced([*before, *ours, *theirs])


def test_with_merge_union_one_finding_decided_on_both_branches_is_refused(repository: Repository) -> None:
    (repository.root / ".gitattributes").write_text("decisions/**/*.yaml merge=union\n")
    repository.decide("before", [decision(1)])
    ours = decision(2, ruling=Ruling.EXPLAINED, reason="see note a")
    assert repository.merged([ours], [decision(2)])
    with pytest.raises(AmyqaError) as caught:
        told(repository.root)
    assert all(problem.startswith(f"{FILE}:") for problem in problems_of(caught.value))
    assert any("twice" in problem for problem in problems_of(caught.value))
