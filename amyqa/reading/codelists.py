"""Code lists from CSV: codes with their parents, as partitions of each parent.

A list is a CSV with the columns ``code`` and ``parent`` (blank: none). The children of a parent make it up.
A third column ``partition`` names several ways in which one parent is made up, as world = continents and
world = income groups; so do several lists of one dimension. A code may have several parents.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from amyqa.errors import BadInput, BadSpec, Problem, Problems, did_you_mean
from amyqa.reading.tokens import normalise, shorten
from amyqa.sources.files import read_text

HEADER = ("code", "parent", "partition")
_MAX_BYTES = 64 * 1024 * 1024
_MAX_SHOWN = 6


@dataclass(frozen=True)
class CodeList:
    """The codes of a dimension, and what makes up which of them.

    Args:
        codes: in the order of the list.
        partitions: a parent and its children, for each way in which it is made up.
    """

    codes: tuple[str, ...] = ()
    partitions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def hierarchy(self) -> dict[str, list[list[str]]]:
        """Totals to their parts, for each way in which they are made up."""
        found: dict[str, list[list[str]]] = {}
        for total, parts in self.partitions:
            found.setdefault(total, []).append(list(parts))
        return found

    @property
    def roots(self) -> list[str]:
        """Totals that are a part of nothing."""
        parts = {part for _, children in self.partitions for part in children}
        return list(dict.fromkeys(total for total, _ in self.partitions if total not in parts))


@dataclass
class _Lines:
    """What one CSV says: children by parent and partition, and the line of each code."""

    shown: str
    lines: dict[str, int] = field(default_factory=dict)
    children: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)


def read_code_lists(files: Sequence[tuple[Path, str]], problems: Problems) -> CodeList:
    """Read the code lists of one dimension.

    Args:
        files: each with its name for people.
        problems: gets every mistake: no such column, a parent that is no code, a circle of parents.
    """
    codes: dict[str, None] = {}
    partitions: dict[tuple[str, tuple[str, ...]], None] = {}
    for path, shown in files:
        lines = _read(path, shown, problems)
        if lines is None:
            continue
        codes |= dict.fromkeys(lines.lines)
        _refuse_strangers(lines, problems)
        _refuse_circles(lines, problems)
        for (parent, _), children in lines.children.items():
            partitions[parent, tuple(children)] = None
    return CodeList(tuple(codes), tuple(partitions))


def _read(path: Path, shown: str, problems: Problems) -> _Lines | None:
    try:
        text = read_text(path, shown, _MAX_BYTES)
    except BadInput as error:
        problems.extend(error)
        return None
    try:
        rows = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error as error:
        problems.add(BadInput, Problem(f"is not a CSV: {error}", "as code,parent", shown))
        return None
    header = [field.strip().casefold() for field in rows[0]] if rows else []
    if "code" not in header or "parent" not in header:
        advice = "the first line is code,parent"
        problems.add(BadSpec, Problem("has no columns code and parent", advice, shown, 1))
        return None
    at = {name: header.index(name) for name in HEADER if name in header}
    found = _Lines(shown)
    for number, row in enumerate(rows[1:], 2):
        if not any(field.strip() for field in row):
            continue
        if len(row) != len(header):
            message = f"has {len(row)} fields, and the header {len(header)}"
            problems.add(BadInput, Problem(message, "quote a code that holds a comma", shown, number))
            continue
        code, parent = normalise(row[at["code"]]), normalise(row[at["parent"]])
        if not code:
            problems.add(BadSpec, Problem("has no code", "write it, or remove the line", shown, number))
            continue
        found.lines.setdefault(code, number)
        if parent:
            partition = row[at["partition"]].strip() if "partition" in at else ""
            children = found.children.setdefault((parent, partition), {})
            if code in children:
                message = f"the code {shorten(code)} stands twice below {shorten(parent)}"
                problems.add(BadSpec, Problem(message, "keep one of the lines", shown, number))
            children.setdefault(code, number)
    return found


def _refuse_strangers(lines: _Lines, problems: Problems) -> None:
    """A parent must be a code itself: else a slip of the pen makes a total that nothing is held against."""
    for (parent, _), children in lines.children.items():
        if parent not in lines.lines:
            first, number = next(iter(children.items()))
            message = f"the parent {shorten(parent)} of {shorten(first)} is no code of the list"
            advice = did_you_mean(parent, lines.lines)
            advice = advice if advice.startswith("did") else f"add a line {parent},"
            problems.add(BadSpec, Problem(message, advice, lines.shown, number))


def _refuse_circles(lines: _Lines, problems: Problems) -> None:
    """No code may be above itself."""
    parents: dict[str, list[str]] = {}
    for (parent, _), children in lines.children.items():
        for child in children:
            parents.setdefault(child, []).append(parent)
    if circle := _circle(parents):
        shown = " < ".join(map(shorten, circle[: _MAX_SHOWN + 1]))
        more = " < …" if len(circle) > _MAX_SHOWN + 1 else ""
        message = f"the parents go round in a circle: {shown}{more}"
        number = lines.lines.get(circle[0])
        problems.add(
            BadSpec, Problem(message, "a part of something cannot be its total", lines.shown, number)
        )


def _circle(parents: Mapping[str, Sequence[str]]) -> list[str]:
    """A way from a code up to itself; [] where there is none."""
    above = {code: len(named) for code, named in parents.items()}
    children: dict[str, list[str]] = {}
    for code, named in parents.items():
        for parent in named:
            children.setdefault(parent, []).append(code)
    free = [code for code in children if code not in above]
    while free:
        for child in children.get(free.pop(), ()):
            above[child] -= 1
            if not above[child]:
                free.append(child)
    left = {code for code, number in above.items() if number}
    if not left:
        return []
    way = [min(left)]  # above each that is left stands another that is left
    while (parent := min(left.intersection(parents[way[-1]]))) not in way:
        way.append(parent)
    return [*way[way.index(parent) :], parent]
