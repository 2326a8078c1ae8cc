"""What lies on the desk: the causes of a check, what was ruled on them, and who is at work on which."""

from __future__ import annotations

import datetime
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from amyqa.decisions import history, store
from amyqa.decisions.history import Event
from amyqa.errors import AmyqaError, BadInput, Problem, Problems
from amyqa.fixing import Fixed
from amyqa.model import Decision, Finding, Report, Ruling, TableDiagnosis
from amyqa.pipeline import apply_decisions, deciding, reviewing
from amyqa.pipeline.deciding import Ruled
from amyqa.pipeline.reviewing import Corrected, Subject
from amyqa.reports.causes import Cause, causes

MAX_UNDO = 200
MAX_REVIEWERS = 100
LOOK_AGAIN = 1.0
"""Seconds between two looks at the files."""


@dataclass(frozen=True, slots=True)
class Item:
    """One cause on the desk.

    Args:
        key: the id of its first finding.
        cause: as it was evaluated, nothing ruled.
        findings: its findings, with what was ruled on them.
        events: what was done about it, the oldest first.
        version: of what was ruled; who decides says which one was seen.
    """

    key: str
    cause: Cause
    findings: tuple[Finding, ...]
    events: tuple[Event, ...]
    version: str

    @property
    def open(self) -> tuple[Finding, ...]:
        """Those of its findings that nobody has ruled on."""
        return tuple(finding for finding in self.findings if finding.is_open)

    @property
    def ruling(self) -> str:
        """What was ruled on all of it, or ``partly decided``; "" where all is open."""
        if len(self.open) == len(self.findings):
            return ""
        told = {finding.status for finding in self.findings}
        return " / ".join(sorted(told)) if not self.open else "partly decided"

    @property
    def assignee(self) -> str:
        """Who is to look at it; "" where nobody was named."""
        return next((e.text for e in reversed(self.events) if e.did == history.ASSIGNED), "")


@dataclass(frozen=True)
class Done:
    """What one step of a reviewer did, so that it can be taken back."""

    key: str
    about: str
    new: tuple[Decision, ...]
    before: tuple[Decision, ...]
    corrected: Corrected | None = None


@dataclass
class State:
    """Everything that is shown, exchanged as a whole."""

    report: Report
    decided: Report
    items: tuple[Item, ...]
    problems: tuple[Problem, ...] = ()
    mended: tuple[tuple[str, str], ...] = ()

    def item(self, key: str) -> Item:
        """The cause of a key.

        Raises:
            BadInput: it is there no more.
        """
        for item in self.items:
            if item.key == key:
                return item
        raise BadInput([Problem("this is not found any more: the tables have changed")])


@dataclass
class Desk:
    """The desk of one review. Several reviewers sit at it; what each does is done one after the other."""

    subject: Subject
    apply: bool = False
    revision: int = 0
    checking: bool = False
    news: str = ""
    state: State = field(init=False)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _done: OrderedDict[str, list[Done]] = field(default_factory=OrderedDict)
    _outcomes: dict[str, Fixed | str] = field(default_factory=dict)
    _mended: dict[str, str] = field(default_factory=dict)
    _looked: float = 0.0
    _data: str = ""
    _ruled: str = ""

    def open(self) -> None:
        """Check what is reviewed for the first time.

        Raises:
            AmyqaError: it cannot be checked.
        """
        with self._lock:
            self._data, self._ruled = self._signature(), self._decisions_signature()
            self._show(self.subject.evaluate())

    # --- looking -------------------------------------------------------------------------------

    def look(self) -> None:
        """Notice what has changed underneath, and check or read it again; told in `news`."""
        if time.monotonic() - self._looked < LOOK_AGAIN or not self._lock.acquire(blocking=False):
            return
        try:
            self._looked = time.monotonic()
            data = self._signature()
            if data != self._data:
                self._check_again(data)
            elif self._decisions_signature() != self._ruled:
                self._show(self.state.report)
                self.news = "Decisions have changed on disk, and were read again."
        finally:
            self._lock.release()

    def _check_again(self, data: str) -> None:
        self.checking = True
        try:
            self._data = data
            report = self.subject.evaluate()
            self.news = "Tables have changed on disk, and were checked again."
        except AmyqaError as error:
            self.state = replace(self.state, problems=error.problems)
            self.news = "Tables have changed on disk, and cannot be checked: what is shown is of before."
            self.revision += 1
            return
        finally:
            self.checking = False
        self._outcomes.clear()
        self._show(report)

    def _signature(self) -> str:
        return _signature(sorted(self.subject.watched()))

    def _decisions_signature(self) -> str:
        folder = self.subject.home.decisions
        return _signature(sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".jsonl")))

    def _show(self, report: Report) -> None:
        """Take in what was ruled on a report; the lock is held."""
        self._ruled = self._decisions_signature()
        problems = Problems()
        decisions = self.subject.decisions(problems)
        decided = apply_decisions(report, decisions, datetime.date.today())
        by_id = {finding.id: finding for finding in decided.findings}
        events = history.read_history(self.subject.home, {f.table for f in report.findings})
        items = []
        for cause in causes(report):
            findings = tuple(by_id[finding.id] for finding in cause.findings)
            ids = {finding.id for finding in findings}
            mine = tuple(event for event in events if ids.intersection(event.findings))
            items.append(Item(cause.findings[0].id, cause, findings, mine, _version(findings)))
        gone = {item.key for item in items}
        mended = tuple((key, told) for key, told in self._mended.items() if key not in gone)
        self.state = State(report, decided, tuple(items), problems.of(""), mended)
        self.revision += 1

    def outcome(self, key: str) -> Fixed | str:
        """What correcting a cause would mend and break; in words, why that cannot be told."""
        item = self.state.item(key)
        diagnosis = item.cause.diagnosis
        if diagnosis is None or not diagnosis.located:
            return "nothing is proposed"
        known = f"{key} {self._data}"
        if known not in self._outcomes:
            try:
                self._outcomes[known] = self.subject.outcome(diagnosis, self.state.report)
            except AmyqaError as error:
                self._outcomes[known] = str(error.problems[0])
        return self._outcomes[known]

    # --- deciding ------------------------------------------------------------------------------

    def rule(self, reviewer: str, key: str, ruled: Ruled, version: str, finding: str = "") -> tuple[str, str]:
        """Rule on a cause, or on one of its findings; when it returns, it is on disk.

        Args:
            reviewer: whose step it is to take back.
            version: of what was ruled before, as the reviewer saw it.
            finding: the only one that is ruled on; "": all that are open, or where none is, all.

        Returns:
            What was done, in words; and what could not be done.

        Raises:
            Overtaken: somebody else has ruled in the meantime.
            AmyqaError: it cannot be written.
        """
        with self._lock:
            home = self.subject.home
            item = self.state.item(key)
            self._refuse_overtaken(item, version)
            chosen = [f for f in item.findings if f.id == finding] if finding else item.open or item.findings
            if not chosen:
                raise BadInput([Problem("this finding is not found any more")])
            ruled = deciding.complete(_shortened(ruled), home)
            about = item.cause.sentence(None)
            new, old = deciding.decisions_on(self.state.decided, chosen, ruled, datetime.date.today())
            seen = {f.id: f.decision if f.decision and f.decision.finding == f.id else None for f in chosen}
            before = store.write(home, new, old, seen)
            self._record(item, chosen, history.RULED, ruled.who, ruled.ruling.value, ruled.reason)
            diagnosis, corrected, failed = item.cause.diagnosis, None, ""
            if self.apply and ruled.ruling is Ruling.CORRECTED and diagnosis is not None and not finding:
                corrected, failed = self._correct(item, diagnosis, ruled.who)
            self._remember(reviewer, Done(key, about, new, before, corrected))
            if corrected is None:
                self._show(self.state.report)
            what = f"{ruled.ruling}: {len(new)} finding{'s' if len(new) != 1 else ''}"
            return (f"{what}; corrected in {_files(corrected, home.root)}" if corrected else what), failed

    def _correct(self, item: Item, diagnosis: TableDiagnosis, who: str) -> tuple[Corrected | None, str]:
        """Correct what was ruled to be, and check again; in words, why not."""
        try:
            with store.locked(self.subject.home.decisions):
                done = self.subject.correct(diagnosis, self.state.report)
            told = f"corrected in {_files(done, self.subject.home.root)}"
            self._record(item, item.findings, history.CORRECTED, who, "", told)
            self._mended[item.key] = item.cause.sentence(None)
            self._check_again(self._signature())
            return done, ""
        except AmyqaError as error:
            return None, f"The ruling is kept, but the file is as printed: {error.problems[0]}."

    def undo(self, reviewer: str, who: str) -> tuple[str, str]:
        """Take back a reviewer's last step; the key of its cause, and what was done.

        Raises:
            Overtaken: somebody else has ruled there since.
            AmyqaError: there is nothing to take back, or it cannot be written.
        """
        with self._lock:
            steps = self._done.get(reviewer) or []
            if not steps:
                raise BadInput([Problem("there is nothing to take back")])
            done = steps[-1]
            home = self.subject.home
            if done.corrected is not None:
                with store.locked(home.decisions):
                    reviewing.restore(self.subject, done.corrected)
                self._mended.pop(done.key, None)
            new_ids = {decision.finding for decision in done.new}
            restored = [decision for decision in done.before if decision.finding in new_ids]
            others = [decision for decision in done.before if decision.finding not in new_ids]
            gone = [d for d in done.new if d.finding not in {each.finding for each in restored}]
            seen: dict[str, Decision | None] = {decision.finding: decision for decision in done.new}
            store.write(home, [*restored, *others], gone, seen)
            steps.pop()
            first = done.new[0]
            event = Event(
                history.now(), self._name(who), history.UNDONE, first.table, tuple(sorted(new_ids)),
                done.about, first.ruling.value,
            )  # fmt: skip
            history.record(home, [event])
            if done.corrected is not None:
                self._check_again(self._signature())
            else:
                self._show(self.state.report)
            return done.key, f"Taken back: {first.ruling}."

    def reopen(self, key: str, who: str, version: str) -> str:
        """Take out what is ruled on a cause, whoever ruled it."""
        with self._lock:
            item = self.state.item(key)
            self._refuse_overtaken(item, version)
            gone = [f.decision for f in item.findings if f.decision is not None and not f.is_open]
            if not gone:
                raise BadInput([Problem("nothing is decided here")])
            store.write(self.subject.home, (), gone, {each.finding: each for each in gone})
            self._record(item, item.findings, history.UNDONE, who, gone[0].ruling.value, "")
            self._show(self.state.report)
            return f"Open again: {len(gone)} finding{'s' if len(gone) != 1 else ''}."

    def comment(self, key: str, who: str, text: str) -> None:
        """Add a comment to a cause."""
        self._tell(key, history.COMMENTED, who, text, "an empty comment says nothing")

    def assign(self, key: str, who: str, to: str) -> None:
        """Say who is to look at a cause; "": nobody."""
        self._tell(key, history.ASSIGNED, who, to, "")

    def _tell(self, key: str, did: str, who: str, text: str, empty: str) -> None:
        with self._lock:
            item = self.state.item(key)
            text = _clean(text)
            if not text and empty:
                raise BadInput([Problem(empty)])
            self._record(item, item.findings, did, who, "", text)
            self._show(self.state.report)

    def _record(
        self, item: Item, findings: Sequence[Finding], did: str, who: str, ruling: str, text: str
    ) -> None:
        ids = tuple(finding.id for finding in findings)
        about = item.cause.sentence(None)
        table = findings[0].table
        event = Event(history.now(), self._name(who), did, table, ids, about, ruling, _clean(text))
        history.record(self.subject.home, [event])

    def _name(self, who: str) -> str:
        name = _clean(who) or deciding.whoever(self.subject.home)
        if not name:
            raise BadInput([Problem("no name is given", "write yours at the top")])
        return name

    def _refuse_overtaken(self, item: Item, version: str) -> None:
        if version != item.version:
            told = next((f"{e.who} {e.did} this: {e.ruling}" for e in reversed(item.events) if e.ruling), "")
            raise store.Overtaken([Problem(told or "somebody else has ruled on this", "look again")])

    def _remember(self, reviewer: str, done: Done) -> None:
        steps = self._done.setdefault(reviewer, [])
        steps.append(done)
        del steps[:-MAX_UNDO]
        self._done.move_to_end(reviewer)
        while len(self._done) > MAX_REVIEWERS:
            self._done.popitem(last=False)


def _files(done: Corrected, root: Path) -> str:
    names = [
        file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name for file in done.files
    ]
    return " and ".join(names)


def _clean(text: str) -> str:
    """A text as it may be kept: in one line, of characters that can be written, not too long."""
    kept = "".join(character for character in text if not "\ud800" <= character <= "\udfff")
    return " ".join(kept.split())[: history.MAX_TEXT]


def _shortened(ruled: Ruled) -> Ruled:
    return replace(ruled, reason=_clean(ruled.reason), who=_clean(ruled.who)[:200])


def _version(findings: Sequence[Finding]) -> str:
    """Changes with every ruling on one of them."""
    told = [f"{f.id} {f.status} {replace(f.decision, line=0) if f.decision else ''}" for f in findings]
    return hashlib.sha256("\n".join(told).encode(errors="replace")).hexdigest()[:16]


def _signature(files: Sequence[Path]) -> str:
    """Changes with every change of the files."""
    told = hashlib.sha256()
    for file in files:
        try:
            about = file.stat()
        except OSError:
            continue
        told.update(
            f"{file}\0{about.st_mtime_ns}\0{about.st_size}\0{about.st_ino}\n".encode(errors="replace")
        )
    return told.hexdigest()
