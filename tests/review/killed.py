"""A review that rules and takes back without end, to be killed; forked from one that is ready."""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from amyqa.decisions import history, store
from amyqa.errors import Problems
from amyqa.model import Ruling
from amyqa.pipeline import reviewing
from amyqa.pipeline.deciding import Ruled
from amyqa.review.desk import Desk

SECONDS, CORRECTING = 0.15, 0.6
"""Within which it is killed; a correction takes longer than a ruling."""


def work(desk: Desk, acknowledged: int, turn: int) -> None:
    """Rule, comment and take back; each step is acknowledged when it is done."""
    dice = random.Random(turn)
    rulings = [Ruling.EXPLAINED, Ruling.KEPT, Ruling.ASKED, Ruling.CORRECTED]
    for step in range(10_000):
        item = dice.choice(desk.state.items)
        reason = f"turn {turn} step {step}"
        desk.rule("one", item.key, Ruled(dice.choice(rulings), reason, "A"), item.version)
        os.write(acknowledged, f"{item.key} {reason}\n".encode())
        if desk.apply:
            desk.undo("one", "A")
            os.write(acknowledged, f"{item.key} \n".encode())


def main(root: str, apply: str, rounds: str) -> None:
    desk = Desk(reviewing.subject([Path(root)], "duckdb"), apply == "apply")
    desk.open()
    data = {file: file.read_bytes() for file in Path(root, "data").rglob("*.csv")}
    desk._show(desk.state.report)
    dice, last = random.Random(7), dict[str, str]()
    for turn in range(int(rounds)):
        come, go = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(come)
            work(desk, go, turn)
            os._exit(0)
        os.close(go)
        time.sleep(dice.uniform(0, CORRECTING if desk.apply else SECONDS))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(come, "rb") as told:
            for line in told.read().splitlines(keepends=True):
                if line.endswith(b"\n"):
                    key, _, reason = line.decode().rstrip("\n").partition(" ")
                    last[key] = reason
        judge(desk, last, data)
        if desk.apply:  # what was cut short is put back for the next
            for file, printed in data.items():
                file.write_bytes(printed)
            desk._check_again(desk._signature())
        desk._show(desk.state.report)
    sys.stdout.write(f"{len(last)}\n")


def judge(desk: Desk, last: dict[str, str], data: dict[Path, bytes]) -> None:
    """Every file is the old or the new one, and what was acknowledged is there."""
    home, problems = desk.subject.home, Problems()
    there = {each.finding: each for each in desk.subject.decisions(problems)}
    problems.raise_if_any()
    for key, reason in last.items():
        if desk.apply or not reason:
            continue
        found = there[key].reason  # that of the step acknowledged last, or of the one that was cut short
        assert found == reason or _number(found) > _number(reason), (found, reason)
    for file in home.decisions.rglob("*.jsonl"):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert history._event(line) is not None, line
    for file, printed in data.items():
        now = file.read_bytes()
        assert now == printed or len(now.splitlines()) == len(printed.splitlines()), file
        kept = file.with_name(f"{file.name}.printed")
        assert not kept.exists() or kept.read_bytes() == printed, kept
    with store.locked(home.decisions):  # no lock is left
        pass


def _number(reason: str) -> tuple[int, int]:
    _, turn, _, step = reason.split()
    return int(turn), int(step)


if __name__ == "__main__":
    main(*sys.argv[1:])
