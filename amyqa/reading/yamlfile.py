"""YAML as plain strings, lists and mappings that remember their lines.

Every scalar stays the string that was written (``no`` is not False, ``2005`` is not a number,
``1.10`` keeps its zero): what a word means is for its reader to say. Tags, anchors and repeated
keys are refused, so a file can neither construct objects nor grow when it is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import yaml

from amyqa.errors import AmyqaError, BadInput, Problem, Problems
from amyqa.reading.files import MAX_YAML_BYTES, read_text

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

    def problem(self, path: Iterable[str | int], message: str, mend: str = "") -> Problem:
        """A problem at a key path, placed at its line (or its nearest parent's)."""
        full = tuple(path)
        known = full
        while known and known not in self.lines:
            known = known[:-1]
        return Problem(
            message,
            mend,
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
        aliases = [e for e in yaml.parse(text, Loader=_LOADER) if isinstance(e, yaml.AliasEvent)]
        root = None if aliases else yaml.compose(text, Loader=_LOADER)
    except BadInput as error:
        problems.extend(error)
        return None
    except yaml.MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        line = column = None
        if place is not None:
            line, column = place.line + 1, place.column + 1
        message = f"is not YAML: {error.problem or error.context}"
        problems.add(kind, Problem(message, _yaml_advice(text, line), shown, line, column))
        return None
    except (yaml.YAMLError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        problems.add(kind, Problem(f"is not YAML: {reason}", file=shown))
        return None
    for alias in aliases:
        mark = alias.start_mark
        at = (mark.line + 1, mark.column + 1) if mark is not None else (None, None)
        problems.add(kind, Problem("uses an alias (*)", "write the value out", shown, *at))
    if root is None:
        return None if aliases else result
    result.content = _plain(root, (), result, problems, kind)
    return result


def _yaml_advice(text: str, line: int | None) -> str:
    lines = text.splitlines()
    if line and line <= len(lines) and "\t" in lines[line - 1]:
        return "indent with spaces, not tabs"
    return "check the indentation, and quote texts that hold ': ' or begin with a sign"


def _plain(
    node: yaml.Node, path: KeyPath, out: YamlFile, problems: Problems, kind: type[AmyqaError]
) -> Plain:
    out.lines.setdefault(path, node.start_mark.line + 1)
    out.columns.setdefault(path, node.start_mark.column + 1)
    if len(path) > _MAX_DEPTH:
        problems.add(kind, out.problem(path, "is nested too deeply"))
        return ""
    if not node.tag.startswith("tag:yaml.org,2002:") or "python/" in node.tag:
        advice = "amyqa's files hold plain text, lists and mappings only"
        problems.add(kind, out.problem(path, f"uses the tag {node.tag!r}", advice))
        return ""
    if isinstance(node, yaml.ScalarNode):
        return "" if node.tag.endswith(":null") and node.style is None else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, i), out, problems, kind) for i, child in enumerate(node.value)]
    mapping: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            problems.add(kind, out.problem(path, "has a key that is not a word"))
            continue
        key = str(key_node.value)
        here = (*path, key)
        if key in mapping:
            mark, message = key_node.start_mark, f"the key {key!r} stands twice"
            where = (out.shown, mark.line + 1, mark.column + 1, show_path(here))
            problems.add(kind, Problem(message, "keep one of them", *where))
            continue
        out.lines[here] = key_node.start_mark.line + 1
        out.columns[here] = key_node.start_mark.column + 1
        mapping[key] = _plain(value_node, here, out, problems, kind)
    return mapping
