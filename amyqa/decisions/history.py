"""What was done about findings, by whom and when: a log beside the decisions, with comments and assignments.

A line of JSON for each event, the newest last. Decisions stand in their own files, which people may edit by
hand; this log only tells what happened, and loses nothing where a line of it cannot be read.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from amyqa.decisions.files import home
from amyqa.decisions.store import locked, refuse_outside
from amyqa.errors import AmyqaError, BadInput, Problem
from amyqa.project import Yearbook
from amyqa.reading.writing import write_atomically
from amyqa.sources.files import MAX_YAML_BYTES, read_text

ENDING = ".history.jsonl"
MAX_TEXT = 4_000
"""Characters of a comment or reason."""

RULED, UNDONE, COMMENTED, ASSIGNED, CORRECTED, RESTORED = (
    "ruled", "took back", "commented", "assigned", "corrected", "restored",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that was done.

    Args:
        at: when, in UTC, as ``2026-11-28T02:30:00Z``.
        did: ``ruled``, ``took back``, ``commented``, ``assigned``, ``corrected`` or ``restored``.
        table: the findings' table.
        findings: their ids.
        about: what they are about, in a sentence.
        ruling: what was ruled, where something was.
        text: the reason, the comment, or to whom it was assigned ("": to nobody).
    """

    at: str
    who: str
    did: str
    table: str
    findings: tuple[str, ...]
    about: str
    ruling: str = ""
    text: str = ""


def now() -> str:
    """This moment, as events have it."""
    moment = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    return moment.isoformat().replace("+00:00", "Z")


def file_of(table: str) -> str:
    """The log of a table's chapter, relative to the yearbook: ``decisions/2005/cambodia.history.jsonl``."""
    return home(table).removesuffix(".yaml") + ENDING


def record(yearbook: Yearbook, events: Iterable[Event]) -> None:
    """Add events to their chapters' logs; when it returns, they are on disk.

    Raises:
        BadInput: a log cannot be read or written, or is full.
    """
    added: dict[str, list[Event]] = {}
    for event in events:
        added.setdefault(file_of(event.table), []).append(event)
    with locked(yearbook.decisions):
        for name, mine in added.items():
            path = yearbook.root / name
            refuse_outside(yearbook, path)
            text = read_text(path, name, MAX_YAML_BYTES) if path.exists() else ""
            gap = "\n" if text and not text.endswith("\n") else ""
            told = text + gap + "".join(f"{_line(event)}\n" for event in mine)
            if len(told.encode()) > MAX_YAML_BYTES:
                message = f"would be larger than {MAX_YAML_BYTES:,} bytes"
                raise BadInput([Problem(message, "move it away: a new one is begun", file=name)])
            write_atomically(path, told)


def read_history(yearbook: Yearbook, tables: Iterable[str]) -> list[Event]:
    """What was done about these tables, the oldest first; lines that cannot be read are passed over."""
    found: list[Event] = []
    for name in sorted({file_of(table) for table in tables}):
        path = yearbook.root / name
        try:
            refuse_outside(yearbook, path)
            lines = read_text(path, name, MAX_YAML_BYTES).split("\n") if path.is_file() else []
        except AmyqaError:
            continue
        found += [event for line in lines if (event := _event(line)) is not None]
    return sorted(found, key=lambda event: event.at)


def _line(event: Event) -> str:
    return json.dumps({key: value for key, value in asdict(event).items() if value}, ensure_ascii=False)


def _event(line: str) -> Event | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, Mapping):
        return None
    texts = {key: told.get(key, "") for key in ("at", "who", "did", "table", "about", "ruling", "text")}
    findings = told.get("findings", ())
    if not isinstance(findings, list) or not all(
        isinstance(each, str) for each in (*texts.values(), *findings)
    ):
        return None
    return Event(findings=tuple(findings), **texts)
