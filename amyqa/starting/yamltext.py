"""YAML as people write it: short lines, comments that say why, quotes only where they are needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

WIDTH = 110
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./&()'’–%$+-]*[^\W_])?[)%]?")
_WORDS = {"yes", "no", "on", "off", "true", "false", "null", "y", "n"}


def scalar(text: str) -> str:
    """One word or text."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    if '"' in text and "\\" not in text and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return json.dumps(text, ensure_ascii=not text.isprintable())


def quoted(text: str) -> str:
    """A text in quotes, whatever it holds."""
    if not text.isprintable() or "\\" in text:
        return json.dumps(text)
    return f"'{text}'" if '"' in text else f'"{text}"'


def without_marks(line: str) -> str:
    """A line; in a comment, what cannot be printed (or turns the direction of writing) is a question mark."""
    return "".join(c if c.isprintable() else "?" for c in line) if line.lstrip().startswith("#") else line


def flow(items: Iterable[str]) -> str:
    """``[a, b]`` of texts."""
    return f"[{', '.join(map(scalar, items))}]"


def flow_map(pairs: Mapping[str, str]) -> str:
    """``{a: b}`` of texts."""
    return "{" + ", ".join(f"{scalar(key)}: {scalar(value)}" for key, value in pairs.items()) + "}"


def wrapped(start: str, items: Sequence[str], indent: int) -> list[str]:
    """``start[a, b, …]`` in lines that are not too long."""
    lines, line = [], f"{start}["
    for number, item in enumerate(items):
        piece = scalar(item) + ("," if number < len(items) - 1 else "]")
        if len(line) + len(piece) + 1 > WIDTH and not line.endswith("["):
            lines.append(line)
            line = " " * indent + piece
        else:
            line += piece if line.endswith("[") else f" {piece}"
    return [*lines, line if items else f"{start}[]"]


def commented(line: str, comment: str, column: int = 0) -> str:
    """A line with a comment behind it; what cannot be printed, YAML refuses in comments too."""
    shown = "".join(char if char.isprintable() else "?" for char in comment)
    return f"{line.ljust(column)}  # {shown}" if comment else line
