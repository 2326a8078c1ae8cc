"""Decisions as they stand in a yearbook's files: found, read, and refused where something is missing."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from amyqa.errors import BadInput, Problem, Problems, did_you_mean
from amyqa.model import Decision, Ruling, Severity
from amyqa.project import Yearbook
from amyqa.reading.yamlfile import Plain, YamlFile, read_yaml
from amyqa.sources.files import read_text

TEXTS = ("date", "who", "expires", "finding", "ruling", "reason", "relation", "table", "rule", "severity")
PLACES = ("where", "printed", "proposed")
OPTIONAL = ("expires", "proposed")
FINGERPRINT = re.compile(r"[0-9a-f]{16}")

_Word = TypeVar("_Word", Ruling, Severity)


def home(table: str) -> str:
    """The file with the decisions about a table, relative to the yearbook.

    ``2005/cambodia/claims`` -> ``decisions/2005/cambodia.yaml``; what lies deeper belongs to its chapter,
    what lies in no folder goes to ``decisions/tables.yaml``.
    """
    folders = table.split("/")[:-1][:2] or ["tables"]
    return f"decisions/{'/'.join(folders)}.yaml"


def read_decisions(yearbook: Yearbook, tables: Iterable[str] | None, problems: Problems) -> list[Decision]:
    """What was ruled.

    Args:
        tables: the tables asked about; None: the whole yearbook, also on tables that are gone.
        problems: where every mistake goes.
    """
    names = sorted({home(table) for table in tables}) if tables is not None else _all(yearbook, problems)
    return [decision for name in names for decision in read_file(yearbook, name, problems)]


def _all(yearbook: Yearbook, problems: Problems) -> list[str]:
    """Every file of decisions; a file that would be passed over is a problem."""
    names = []
    folder = yearbook.decisions
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = yearbook.shown(path)
        if path.suffix.lower() not in (".yaml", ".yml") or path.name.startswith("."):
            continue
        if path.suffix != ".yaml":
            message = "is not read: a file of decisions ends in .yaml"
            problems.add(BadInput, Problem(message, "rename it", file=name))
        else:
            names.append(name)
    return names


def read_file(yearbook: Yearbook, name: str, problems: Problems) -> list[Decision]:
    """The decisions of one file, in their order; none where there is no such file."""
    path = yearbook.root / name
    if not (path.exists() or path.is_symlink()):
        return []
    if not path.resolve().is_relative_to(yearbook.root.resolve()):
        message = "is a link to a file outside the yearbook"
        problems.add(BadInput, Problem(message, "put the file itself here", file=name))
        return []
    known = len(problems)
    with problems.gathered():
        _refuse_conflicts(path, name)
    file = read_yaml(path, name, BadInput, problems) if len(problems) == known else None
    if file is None:
        return []
    return [decision for block in _blocks(file, problems) if (decision := block.decision()) is not None]


def _refuse_conflicts(path: Path, name: str) -> None:
    """Conflict markers of git are not YAML, but should be called by their name."""
    for number, line in enumerate(read_text(path, name).splitlines(), 1):
        if re.match(r"(<{7}|>{7}|\|{7})( |$)|={7}$", line):
            advice = "keep the blocks of both sides, and delete the lines <<<<<<<, ======= and >>>>>>>"
            raise BadInput([Problem("holds a merge conflict that was left open", advice, name, number)])


def _blocks(file: YamlFile, problems: Problems) -> Iterator[_Block]:
    if not isinstance(file.content, dict):
        advice = "write each as FINGERPRINT: and below it, indented, what was decided"
        problems.add(BadInput, file.problem((), "holds no decisions", advice))
        return
    for fingerprint, content in file.content.items():
        yield _Block(file, fingerprint, content, problems)


class _Block:
    """One decision as it is written, with whatever is wrong in it."""

    def __init__(self, file: YamlFile, fingerprint: str, content: Plain, problems: Problems) -> None:
        self.file, self.fingerprint, self.content, self.problems = file, fingerprint, content, problems

    def decision(self) -> Decision | None:
        """The decision; None where something is wrong."""
        before = len(self.problems)
        if not FINGERPRINT.fullmatch(self.fingerprint):
            self._add((), "is not a finding's id", "copy it from the report: 16 characters, 0-9 and a-f")
        elif self.file.columns[(self.fingerprint,)] != 1:
            self._add((), "does not begin its line", "write each decision as a block of its own")
        if not isinstance(self.content, dict):
            self._add((), "says nothing", f"write {', '.join(TEXTS)}")
            return None
        self._refuse_unknown(self.content)
        words = {key: self._text(self.content, key) for key in TEXTS}
        places = {key: self._mapping(self.content, key) for key in PLACES}
        ruling = self._word("ruling", words["ruling"], Ruling)
        severity = self._word("severity", words["severity"], Severity)
        date = self._date("date", words["date"])
        expires = self._date("expires", words["expires"])
        if date is not None and expires is not None and expires < date:
            self._add(("expires",), f"{expires} is before the decision's own date {date}", "correct one")
        table = words["table"]
        if table and home(table) != self.file.shown:
            self._add(("table",), f"{table!r} belongs to another file", f"move it to {home(table)}")
        if len(self.problems) > before or ruling is None or severity is None or date is None:
            return None
        return Decision(
            finding=self.fingerprint,
            table=table,
            rule=words["rule"],
            severity=severity,
            where=places["where"],
            relation=words["relation"],
            printed=places["printed"],
            message=words["finding"],
            ruling=ruling,
            reason=words["reason"],
            who=words["who"],
            date=date,
            expires=expires,
            file=self.file.shown,
            line=self.file.lines[(self.fingerprint,)],
            proposed=places["proposed"],
        )

    def _add(self, path: tuple[str, ...], message: str, hint: str) -> None:
        self.problems.add(BadInput, self.file.problem((self.fingerprint, *path), message, hint))

    def _refuse_unknown(self, content: Mapping[str, Plain]) -> None:
        for key in content:
            if key not in (*TEXTS, *PLACES):
                self._add((key,), "is not a part of a decision", did_you_mean(key, (*TEXTS, *PLACES)))

    def _text(self, content: Mapping[str, Plain], key: str) -> str:
        value = content.get(key, "")
        if not isinstance(value, str):
            self._add((key,), "is not text", "write one line")
            return ""
        text = value.strip()
        if not text and key not in OPTIONAL and not (key == "relation" and key in content):
            said = "is empty" if key in content else "is missing"
            advice = "a decision says why: comply or explain" if key == "reason" else f"write {key}:"
            self._add((key,), said, advice)
        return text

    def _mapping(self, content: Mapping[str, Plain], key: str) -> dict[str, str]:
        value = content.get(key)
        if value is None and key in OPTIONAL and key not in content:
            return {}
        told = {k: v for k, v in value.items() if isinstance(v, str)} if isinstance(value, dict) else {}
        if not isinstance(value, dict) or len(told) < len(value):
            said = "is missing" if value is None else "does not say what stands where"
            self._add((key,), said, f"as {key}: {{place: token}}, or {key}: {{}}")
        return told

    def _word(self, key: str, text: str, words: type[_Word]) -> _Word | None:
        for word in words:
            if word.value == text:
                return word
        if text:
            self._add((key,), f"there is no {key} {text!r}", did_you_mean(text, words))
        return None

    def _date(self, key: str, text: str) -> datetime.date | None:
        if not text:
            return None
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
                raise ValueError
            return datetime.date.fromisoformat(text)
        except ValueError:
            self._add((key,), f"{text!r} is not a date", "write YEAR-MONTH-DAY, as 2026-11-02")
            return None
