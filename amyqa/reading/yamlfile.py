"""YAML as plain strings, lists and mappings that remember their lines.

Every scalar stays the string that was written (``no`` is not False, ``2005`` is not a number,
``1.10`` keeps its zero): what a word means is for its reader to say. Tags, aliases and repeated
keys are refused, so a file can neither construct objects nor grow when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
        problems: where every mistake goes: not YAML, tags, aliases, a key that stands twice.

    Returns:
        The file, or None when there is nothing to read further.
    """
    result = YamlFile(shown)
    try:
        text = read_text(path, shown, MAX_YAML_BYTES)
        unfit = list(_unfit(text))
        root = None if unfit else yaml.compose(text, Loader=_LOADER)
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
    if root is None:
        return None if unfit else result
    result.content = _plain(root, (), result, problems, kind)
    return result


def _unfit(text: str) -> Iterator[tuple[Any, str, str]]:
    """Aliases, and the place where a text is nested too deeply.

    Parsing goes step by step and stops there; composing would recurse until the stack is full.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent):
            yield event.start_mark, "uses an alias (*)", "write the value out"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            yield event.start_mark, "is nested too deeply", f"at most {_MAX_DEPTH} levels are read"
            return


def _yaml_advice(text: str, line: int | None, problem: str) -> str:
    lines = text.splitlines()
    if line and line <= len(lines) and "\t" in lines[line - 1]:
        return "indent with spaces, not tabs"
    if "end of stream" in problem or "expected ','" in problem:
        return "close every quote and bracket, put commas inside brackets, and check the indentation"
    return "check the indentation, and quote texts that hold ': ' or begin with a sign"


def _plain(
    node: yaml.Node, path: KeyPath, out: YamlFile, problems: Problems, kind: type[AmyqaError]
) -> Plain:
    out.lines.setdefault(path, node.start_mark.line + 1)
    out.columns.setdefault(path, node.start_mark.column + 1)
    if not node.tag.startswith("tag:yaml.org,2002:") or "python/" in node.tag:
        tag = node.tag.replace("tag:yaml.org,2002:", "!!")
        advice = "amyqa's files hold plain text, lists and mappings only"
        problems.add(kind, out.problem(path, f"uses the tag {tag!r}", advice))
    if isinstance(node, yaml.ScalarNode):
        if "\0" in node.value:
            problems.add(kind, out.problem(path, "holds a NUL character", "remove it"))
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, i), out, problems, kind) for i, child in enumerate(node.value)]
    mapping: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            problems.add(
                kind, out.problem(path, "has a key that is no word", "write a word before the colon")
            )
            continue
        key = str(key_node.value)
        here = (*path, key)
        if key in mapping:
            mark, message = key_node.start_mark, f"the key {key!r} stands twice"
            where = (out.shown, mark.line + 1, mark.column + 1, show_path(here))
            problems.add(kind, Problem(message, "keep one of them", *where))
            continue
        _plain(key_node, here, out, problems, kind)
        mapping[key] = _plain(value_node, here, out, problems, kind)
    return mapping
