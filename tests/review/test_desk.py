"""What reviewers do at the desk is on disk at once, and nobody's work is lost."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from amyqa import pipeline
from amyqa.decisions import history
from amyqa.review import desk as desks
from tests.conftest import Run
from tests.cubes import cubebooks
from tests.cubes.cubebooks import landings
from tests.review.conftest import Served, served

KOREA = "data/2005/cambodia/deployed-to-south-korea.csv"
LOG = "decisions/2005/cambodia.history.jsonl"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk looks at the files whenever it is asked to."""
    monkeypatch.setattr(desks, "LOOK_AGAIN", 0.0)


def numbered(review: Served, token: str) -> int:
    """The place of the cause whose sentence names a token."""
    items = review.desk.state.items
    return next(n for n, item in enumerate(items) if token in item.cause.sentence(None))


def events(review: Served) -> list[dict]:
    text = (review.root / LOG).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


# --- ruling -----------------------------------------------------------------------------


def test_one_ruling_decides_all_findings_of_a_cause_and_the_gate_knows(korea: Served, run: Run) -> None:
    answer = korea.rule(reason="as printed in the annex")
    assert answer.status == 200
    assert "explained: 3 findings" in answer.json["told"]
    assert korea.decisions.count("reason: as printed in the annex") == 3
    assert "who: A. Editor" in korea.decisions
    assert run("check", "--engine", "duckdb", cwd=korea.root).code == 0
    assert korea.get("/news").json["done"] == 1


def test_a_correction_keeps_what_was_proposed(korea: Served) -> None:
    korea.rule(ruling="corrected", reason="as proposed")
    assert korea.decisions.count("proposed: {'2004, Male': '519'}") == 3


def test_a_ruling_on_one_finding_leaves_the_others_open(korea: Served) -> None:
    finding = korea.desk.state.items[0].findings[1].id
    assert korea.rule(finding=finding).status == 200
    item = korea.desk.state.items[0]
    assert [each.id for each in item.findings if not each.is_open] == [finding]
    assert item.ruling == "partly decided"
    korea.rule(ruling="kept as printed", reason="the rest stands")  # leaves what is decided alone
    rulings = {each.id: each.status for each in korea.desk.state.items[0].findings}
    assert rulings.pop(finding) == "explained"
    assert set(rulings.values()) == {"kept as printed"}


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_ruling_without_a_reason_is_refused(korea: Served, reason: str) -> None:
    answer = korea.rule(reason=reason)
    assert answer.status == 422
    assert "without a reason" in answer.json["error"]
    assert not korea.decisions


def test_who_has_not_seen_the_last_ruling_is_told_of_it_and_overwrites_nothing(korea: Served) -> None:
    seen = korea.desk.state.items[0].version
    korea.rule(reason="mine", who="A. Editor")
    answer = korea.rule(reason="late", who="B. Editor", version=seen)
    assert answer.status == 409
    assert "A. Editor ruled this: explained" in answer.json["error"]
    assert "late" not in korea.decisions
    assert korea.rule(reason="now I know", who="B. Editor").status == 200
    assert korea.decisions.count("now I know") == 3


def test_who_decides_in_a_terminal_meanwhile_is_not_overwritten(korea: Served, run: Run) -> None:
    item = korea.desk.state.items[0]
    run(
        "decide",
        item.key,
        "--ruling",
        "kept as printed",
        "--reason",
        "seen first",
        "--who",
        "C",
        cwd=korea.root,
    )
    answer = korea.rule(reason="late")
    assert answer.status == 409
    assert "C has decided: kept as printed" in answer.json["error"]
    assert "late" not in korea.decisions


# --- taking back ------------------------------------------------------------------------


def test_undo_takes_back_step_by_step(two: Served) -> None:
    two.rule(0, reason="first")
    two.rule(1, reason="second")
    two.rule(0, "kept as printed", "third")
    for left in (("first", "second"), ("first",), ()):
        assert two.post("/undo").status == 200
        assert all(word in two.decisions for word in left)
        assert "third" not in two.decisions
    assert two.post("/undo").status == 422
    assert "reason: " not in two.decisions


def test_undo_is_each_reviewers_own(two: Served) -> None:
    two.rule(0, reason="of one", reviewer="one")
    two.rule(1, reason="of two", reviewer="two")
    two.post("/undo", reviewer="one")
    assert "of one" not in two.decisions
    assert "of two" in two.decisions
    assert two.post("/undo", reviewer="three").status == 422


def test_undo_takes_back_nothing_that_somebody_else_has_decided_since(korea: Served) -> None:
    korea.rule(reason="of one", reviewer="one", who="One")
    korea.rule(reason="of two", reviewer="two", who="Two")
    answer = korea.post("/undo", reviewer="one")
    assert answer.status == 409
    assert korea.decisions.count("of two") == 3


def test_a_decided_cause_can_be_opened_again(korea: Served) -> None:
    korea.rule()
    item = korea.desk.state.items[0]
    assert korea.post("/reopen", key=item.key, version=item.version).status == 200
    assert korea.desk.state.items[0].ruling == ""
    assert korea.post("/reopen", key=item.key, version=korea.desk.state.items[0].version).status == 422


# --- what is said, and by whom ----------------------------------------------------------


def test_comments_assignments_and_rulings_make_a_history(korea: Served) -> None:
    key = korea.desk.state.items[0].key
    korea.post("/comment", key=key, text="Ask the ministry?\nI think so.", who="B. Editor")
    korea.post("/assign", key=key, text="C. Editor")
    korea.rule(reason="asked by telephone")
    korea.post("/undo")
    assert [(each["did"], each.get("text", "")) for each in events(korea)] == [
        ("commented", "Ask the ministry? I think so."),
        ("assigned", "C. Editor"),
        ("ruled", "asked by telephone"),
        ("took back", ""),
    ]
    card = korea.get(f"/card/{key}").text
    assert "Ask the ministry? I think so." in card
    assert 'value="C. Editor"' in card
    assert "for <bdi>C. Editor</bdi>" in korea.get("/list").text
    assert korea.post("/comment", key=key, text=" ").status == 422


def test_a_history_survives_lines_that_cannot_be_read(korea: Served) -> None:
    key = korea.desk.state.items[0].key
    korea.post("/comment", key=key, text="before")
    with (korea.root / LOG).open("a", encoding="utf-8") as out:
        out.write('{"at": 1}\n[]\n{"half')
    korea.post("/comment", key=key, text="after")
    assert [e.text for e in korea.desk.state.items[0].events] == ["before", "after"]
    assert '{"half\n' in (korea.root / LOG).read_text(encoding="utf-8")  # nothing is thrown away


def test_markup_in_what_is_said_is_text(korea: Served) -> None:
    key = korea.desk.state.items[0].key
    korea.post("/comment", key=key, text="<img src=x onerror=alert(1)>", who="<b>")
    card = korea.get(f"/card/{key}").text
    assert "<img" not in card
    assert "&lt;img" in card


def test_a_question_is_suggested_as_it_would_be_asked(korea: Served) -> None:
    card = korea.get(f"/card/{korea.desk.state.items[0].key}").text
    assert 'data-reason-ask="Which number is right? 2004, Male: printed 516, its parts sum to 519;' in card
    assert 'data-reason-corrected="as proposed: 2004, Male: 516 → 519"' in card


def test_questions_are_listed_by_source(two: Served) -> None:
    assert two.get("/questions.txt").text == ""
    two.rule(numbered(two, "516"), "ask the source", "Is it 519?")
    text = two.get("/questions.txt").text
    assert text.startswith("Questions on seeds/cambodia-2005.txt\n")
    assert "2004, Male: 516 (line 296)" in text
    assert "Is it 519?" in text


# --- the card ---------------------------------------------------------------------------


def test_a_card_shows_the_printed_line_the_sums_and_the_table(korea: Served) -> None:
    card = korea.get(f"/card/{korea.desk.state.items[0].key}").text
    assert "<mark>516</mark>" in card
    assert "seeds/cambodia-2005.txt, line 296" in card
    assert "male 516 + female 155 = 671, not total 674" in card
    assert "male 519 + female 155 = total 674" in card
    assert "<del>51<b>6</b></del> <ins>51<b>9</b></ins>" in card


def test_what_a_correction_would_mend_and_break_is_tried_out(book: Callable[..., Path]) -> None:
    root = book("deployed-to-south-korea")
    claim = "Table,Says\nmen in 2004,516\n"
    (root / "data/2005/cambodia/speech.csv").write_text(claim, encoding="utf-8")
    (root / "data/2005/cambodia/speech.yaml").write_text(
        "title: What the speech says\nfamily: general\nrows: {dimension: table}\n"
        "columns:\n  Says: {measure: said}\n"
        "identities:\n  cells: ['[men in 2004, Says] = 2005/cambodia/deployed-to-south-korea[2004, Male]']\n",
        encoding="utf-8",
    )
    printed = (root / KOREA).read_bytes()
    with served(root) as review:
        key = review.desk.state.items[0].key
        told = review.get(f"/outcome/{key}").text
        assert "All 3 broken sums of the table would hold." in told
        assert "1 check that holds today would break:" in told
        assert "What the speech says" in told
    assert (root / KOREA).read_bytes() == printed
    assert not (root / "changes.csv").exists()


# --- files change -----------------------------------------------------------------------


def test_tables_changed_on_disk_are_told_and_checked_again(korea: Served) -> None:
    before = korea.get("/news").json
    file = korea.root / KOREA
    file.write_text(file.read_text(encoding="utf-8").replace("516", "519"), encoding="utf-8")
    after = korea.get("/news").json
    assert after["revision"] > before["revision"]
    assert "checked again" in after["news"]
    assert korea.desk.state.items == ()


def test_a_table_that_cannot_be_read_any_more_leaves_what_is_shown(korea: Served) -> None:
    yaml = (korea.root / KOREA).with_suffix(".yaml")
    yaml.write_text("title: [", encoding="utf-8")
    assert "cannot be checked" in korea.get("/news").json["news"]
    assert len(korea.desk.state.items) == 1
    assert "deployed-to-south-korea.yaml" in korea.get("/list").text


def test_decisions_changed_on_disk_are_read_again(korea: Served, run: Run) -> None:
    key = korea.desk.state.items[0].key
    run("decide", key, "--ruling", "explained", "--reason", "typed", "--who", "C. Editor", cwd=korea.root)
    assert "read again" in korea.get("/news").json["news"]
    assert "typed" in korea.get(f"/card/{key}").text
    shutil.rmtree(korea.root / "decisions")
    korea.get("/news")
    assert korea.desk.state.items[0].ruling == ""


def test_decisions_that_cannot_be_read_are_told_and_not_overwritten(korea: Served) -> None:
    file = korea.root / "decisions/2005/cambodia.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("<<<<<<< HEAD\n", encoding="utf-8")
    korea.get("/news")
    assert "merge conflict" in korea.get("/list").text
    assert korea.rule().status == 422
    assert file.read_text(encoding="utf-8") == "<<<<<<< HEAD\n"


# --- with --apply -----------------------------------------------------------------------


def changes(root: Path) -> list[tuple[str, str]]:
    with (root / "changes.csv").open(encoding="utf-8", newline="") as lines:
        return [(line["old"], line["new"]) for line in csv.DictReader(lines)]


def test_with_apply_a_correction_is_made_and_logged_and_can_be_taken_back(book: Callable[..., Path]) -> None:
    root = book("deployed-to-south-korea", "deployed-to-malaysia")
    printed = (root / KOREA).read_bytes()
    with served(root, apply=True) as review:
        number = numbered(review, "516")
        key = review.desk.state.items[number].key
        answer = review.rule(number, "corrected", "as proposed")
        assert f"corrected in {KOREA}" in answer.json["told"]
        assert answer.json["failed"] == ""
        assert (root / KOREA).read_bytes() == printed.replace(b"516", b"519")
        assert Path(f"{root / KOREA}.printed").read_bytes() == printed
        assert changes(root) == [("516", "519")]
        assert key not in [item.key for item in review.desk.state.items]
        assert "Corrected in this review" in review.get("/list").text
        assert review.get("/news").json["done"] == 1
        assert review.post("/undo").status == 200
        assert (root / KOREA).read_bytes() == printed
        assert changes(root) == [("516", "519"), ("519", "516")]
        assert key in [item.key for item in review.desk.state.items]
        assert "as proposed" not in review.decisions
        review.rule(number, "corrected", "after all")
        assert (root / KOREA).read_bytes() == printed.replace(b"516", b"519")
        assert Path(f"{root / KOREA}.printed").read_bytes() == printed


def test_what_was_changed_after_a_correction_is_not_put_back(book: Callable[..., Path]) -> None:
    root = book("deployed-to-south-korea")
    with served(root, apply=True) as review:
        review.rule(0, "corrected", "as proposed")
        file = root / KOREA
        file.write_bytes(file.read_bytes() + b"\n")
        answer = review.post("/undo")
        assert answer.status == 422
        assert "has changed since the correction" in answer.json["error"]
        assert b"519" in file.read_bytes()


def total(file: Path) -> Any:
    book: Any = load_workbook(file)
    return book.active["D5"].value


def test_a_workbook_of_no_yearbook_is_reviewed_and_corrected(tmp_path: Path) -> None:
    file = tmp_path / "budget.xlsx"
    book: Any = Workbook()
    for line in [
        ["Province", "Men", "Women", "Total"],
        ["North", 120, 135, 255], ["South", 310, 298, 608], ["East", 95, 88, 183], ["West", 77, 81, 185],
        ["Total", 602, 602, 1204],
    ]:  # fmt: skip
        book.active.append(line)
    book.save(file)
    with served(tmp_path, file, apply=True) as review:
        [item] = review.desk.state.items
        assert "budget.xlsx" in review.get(f"/card/{item.key}").text
        answer = review.rule(0, "corrected", "two digits swapped")
        assert answer.json["failed"] == ""
        assert total(file) == 158
        assert (tmp_path / "budget.xlsx.printed").exists()
        assert changes(tmp_path) == [("185", "158")]
        review.post("/undo")
        assert total(file) == 185
        review.rule(0, "kept as printed", "so it is in the original")
    report, _ = pipeline.check_files([file], "duckdb")
    assert {finding.status for finding in report.findings} == {"kept as printed"}


def test_events_are_written_by_one_process_at_a_time_and_whole(korea: Served) -> None:
    key = korea.desk.state.items[0].key
    for number in range(3):
        korea.post("/comment", key=key, text=f"number {number}")
    home = korea.desk.subject.home
    assert [e.text for e in history.read_history(home, ["2005/cambodia/x"])] == [
        f"number {n}" for n in range(3)
    ]
    assert sorted(p.name for p in (korea.root / "decisions").rglob("*")) == ["2005", "cambodia.history.jsonl"]


def test_what_is_found_in_a_cube_is_reviewed_too(tmp_path: Path) -> None:
    rows = [[*row[:3], 626] if row[:3] == ["P3", "G2", "2003"] else row for row in landings(5, 4, 6)]
    cubebooks.book(tmp_path, rows)
    with served(tmp_path) as review:
        [item] = review.desk.state.items
        card = review.get(f"/card/{item.key}")
        assert card.status == 200
        assert "626" in card.text
        assert review.get(f"/outcome/{item.key}").status == 200
        assert review.rule(ruling="corrected", reason="two digits swapped").status == 200
        assert "two digits swapped" in review.decisions
        assert review.desk.state.items[0].ruling == "corrected"
