"""YAML as plain strings, lists and mappings that remember their lines.

Every scalar stays the string that was written (``no`` is not False, ``2005`` is not a number,
``1.10`` keeps its zero): what a word means is for its reader to say. Tags, aliases and repeated
keys are refused, so a file can neither construct objects nor grow when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from amyqa.errors import AmyqaError, BadInput, Problem, Problems
from amyqa.sources.files import MAX_YAML_BYTES, read_text

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"
KeyPath: TypeAlias = tuple[str | int, ...]

_MAX_DEPTH = 40
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class YamlFile:
    """A parsed file.

    Args:
        shown: the file's name for people.
        content: strings, lists and dicts.
        lines: 1-based line of every key path.
        columns: 1-based column of every key path.
    """

    shown: str
    content: Plain = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)
    columns: dict[KeyPath, int] = field(default_factory=dict)

    def stands(self, levels: int) -> dict[str, tuple[int, int]]:
        """Line and column of every key path of up to so many levels, as ``source.document``."""
        paths = (path for path in self.lines if 0 < len(path) <= levels)
        return {show_path(path): (self.lines[path], self.columns[path]) for path in paths}

    def problem(self, path: Iterable[str | int], message: str, hint: str = "") -> Problem:
        """A problem at a key path, placed at its line (or its nearest parent's)."""
        full = tuple(path)
        known = full
        while known and known not in self.lines:
            known = known[:-1]
        return Problem(
            message,
            hint,
            file=self.shown,
            line=self.lines.get(known, 1),
            column=self.columns.get(known),
            key=show_path(full) or None,
        )


def show_path(path: Iterable[str | int]) -> str:
    """``("columns", "Male", 0)`` as ``columns.Male[0]``."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_yaml(path: Path, shown: str, kind: type[AmyqaError], problems: Problems) -> YamlFile | None:
    """Read one YAML file.

    Args:
        kind: the error a mistake is (a table's YAML and a suite differ in nothing else).
        problems: where every mistake goes: not YAML, tags, aliases, a key that appears twice.

    Returns:
        The file, or None when there is nothing to read further.
    """
    result = YamlFile(shown)
    try:
        text = read_text(path, shown, MAX_YAML_BYTES)
        events, unfit = _events(text)
    except BadInput as error:
        problems.extend(error)
        return None
    except yaml.MarkedYAMLError as error:
        # a quote or bracket left open is noticed at the end of the file, and told where it began
        ends = "end of stream" in (error.problem or "")
        place = (error.context_mark if ends else None) or error.problem_mark
        line = column = None
        if place is not None:
            line, column = place.line + 1, place.column + 1
        message = f"is not YAML: {error.problem or error.context}"
        advice = _yaml_advice(text, line, error.problem or "")
        problems.add(kind, Problem(message, advice, shown, line, column))
        return None
    except yaml.reader.ReaderError as error:
        before = text[: text.find(chr(error.character))]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"holds the control character U+{error.character:04X}"
        problems.add(kind, Problem(message, "remove it", shown, line, column))
        return None
    for mark, message, hint in unfit:
        problems.add(kind, Problem(message, hint, shown, mark.line + 1, mark.column + 1))
    if unfit:
        return None
    if events:
        result.content = _Reader(events, result, problems, kind).value(())
    return result


def _events(text: str) -> tuple[list[Any], list[tuple[Any, str, str]]]:
    """What a file consists of, in order; and its aliases, and the place where it is nested too deeply.

    Reading goes step by step and stops there; nodes would be made until the stack is full.

    Raises:
        yaml.YAMLError: it is not YAML, or holds several documents.
    """
    events: list[Any] = []
    unfit: list[tuple[Any, str, str]] = []
    depth = 0
    first: Any = None
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.ScalarEvent):
            events.append(event)
        elif isinstance(event, yaml.AliasEvent):
            unfit.append((event.start_mark, "uses an alias (*)", "write the value out"))
        elif isinstance(event, yaml.CollectionStartEvent | yaml.CollectionEndEvent):
            events.append(event)
            depth += 1 if isinstance(event, yaml.CollectionStartEvent) else -1
            if depth > _MAX_DEPTH:
                limit = f"at most {_MAX_DEPTH} levels are read"
                unfit.append((event.start_mark, "is nested too deeply", limit))
                break
        elif isinstance(event, yaml.DocumentStartEvent):
            if first is not None:
                expected = "expected a single document in the stream"
                mark: Any = event.start_mark
                raise yaml.composer.ComposerError(expected, first, "but found another document", mark)
            first = event.start_mark
    return events, unfit


def _yaml_advice(text: str, line: int | None, problem: str) -> str:
    lines = text.splitlines()
    if line and line <= len(lines) and "\t" in lines[line - 1]:
        return "indent with spaces, not tabs"
    if "end of stream" in problem or "expected ','" in problem:
        return "close every quote and bracket, put commas inside brackets, and check the indentation"
    return "check the indentation, and quote texts that hold ': ' or begin with a sign"


class _Reader:
    """Makes strings, lists and mappings of a file's events, one after the other."""

    def __init__(
        self, events: Sequence[Any], out: YamlFile, problems: Problems, kind: type[AmyqaError]
    ) -> None:
        self.events, self.at = events, 0
        self.out, self.problems, self.kind = out, problems, kind

    def value(self, path: KeyPath) -> Plain:
        """The next value, which stands at a key path."""
        event = self._next(path)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            listed: list[Plain] = []
            while not isinstance(self.events[self.at], yaml.SequenceEndEvent):
                listed.append(self.value((*path, len(listed))))
            self.at += 1
            return listed
        mapping: dict[str, Plain] = {}
        while not isinstance(self.events[self.at], yaml.MappingEndEvent):
            self._pair(mapping, path)
        self.at += 1
        return mapping

    def _pair(self, mapping: dict[str, Plain], path: KeyPath) -> None:
        """The next key of a mapping and its value."""
        event = self.events[self.at]
        key = str(event.value) if isinstance(event, yaml.ScalarEvent) else None
        if key is None:
            message = "has a key that is no word"
            self.problems.add(self.kind, self.out.problem(path, message, "write a word before the colon"))
        elif key in mapping:
            mark, message = event.start_mark, f"the key {key!r} appears twice"
            where = (self.out.shown, mark.line + 1, mark.column + 1, show_path((*path, key)))
            self.problems.add(self.kind, Problem(message, "keep one of them", *where))
        else:
            self._next((*path, key))
            mapping[key] = self.value((*path, key))
            return
        self._skip()
        self._skip()

    def _next(self, path: KeyPath) -> Any:
        """The next event, which begins what stands at a key path."""
        event = self.events[self.at]
        self.at += 1
        mark, tag = event.start_mark, event.tag
        self.out.lines.setdefault(path, mark.line + 1)
        self.out.columns.setdefault(path, mark.column + 1)
        if tag not in (None, "!") and (not tag.startswith("tag:yaml.org,2002:") or "python/" in tag):
            message = f"uses the tag {tag.replace('tag:yaml.org,2002:', '!!')!r}"
            advice = "amyqa's files hold plain text, lists and mappings only"
            self.problems.add(self.kind, self.out.problem(path, message, advice))
        if isinstance(event, yaml.ScalarEvent) and "\0" in event.value:
            problem = self.out.problem(path, "holds a NUL character", "remove it")
            self.problems.add(self.kind, problem)
        return event

    def _skip(self) -> None:
        """Leave out the next value, whatever it holds."""
        depth = 0
        while True:
            event = self.events[self.at]
            self.at += 1
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if not depth:
                return
