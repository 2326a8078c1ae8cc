"""The printed source: lines of a document, under their numbers, with its hash.

A file of `seeds/` carries the printed blocks of a document's tables, line by line, and of its
prose only fragments.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from amyqa.errors import BadInput, Problem, Problems, Untraced
from amyqa.reading.tokens import shorten
from amyqa.sources.files import read_text

SEPARATOR = " … "

_ENTRY = re.compile(r" *([1-9][0-9]{0,7})(?:-([1-9][0-9]{0,7}))?(?:\|(.*)\||~ ?(.*))")


@dataclass(frozen=True, slots=True)
class SeedLine:
    """One entry: a whole printed line, or fragments of a passage.

    Args:
        number, last: 1-based lines of the document; the same for a whole line.
        text: the whole line, blanks included; None where only fragments are carried.
        fragments: in the order printed, each within one line.
    """

    number: int
    last: int
    text: str | None
    fragments: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``608``, or ``283-285`` for a passage."""
        return str(self.number) if self.number == self.last else f"{self.number}-{self.last}"

    @property
    def words(self) -> list[str]:
        """What is printed, in words."""
        return (" ".join(self.fragments) if self.text is None else self.text).split()

    def __str__(self) -> str:
        return shorten(SEPARATOR.join(self.fragments) if self.text is None else self.text.strip(), 80)


@dataclass(frozen=True, slots=True)
class Seeds:
    """A file of printed blocks: the document's name and hash, entries by their (first) line."""

    shown: str
    document: str
    sha256: str
    lines: Mapping[int, SeedLine]


def read_seeds(path: Path, shown: str) -> Seeds:
    """Read a file of printed blocks.

    Args:
        path: the file: comments (``#``), ``@ document``, ``@ sha256``, then entries in the order of
            their lines: ``608|the line|`` or ``283-285~ fragment … fragment``.
        shown: its name for people.

    Raises:
        BadInput: every malformed line at once.
    """
    problems = Problems()
    facts: dict[str, str] = {}
    lines: dict[int, SeedLine] = {}
    done = 0
    for number, raw in enumerate(read_text(path, shown).split("\n"), 1):
        line = raw.removesuffix("\r")
        try:
            if line.startswith("@"):
                _read_fact(line, facts)
            elif line.strip() and not line.startswith("#"):
                entry = _read_entry(line, done)
                lines[entry.number], done = entry, entry.last
        except _Malformed as error:
            problems.add(BadInput, Problem(str(error), error.hint, file=shown, line=number))
    for key, example in (("document", "cambodia-2005.txt"), ("sha256", "followed by 64 hex digits")):
        if key not in facts:
            advice = f"add a line: @ {key} {example}"
            problems.add(BadInput, Problem(f"does not say the {key}", advice, file=shown))
    problems.raise_if_any()
    return Seeds(shown, facts["document"], facts["sha256"], lines)


class _Malformed(ValueError):
    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def _read_fact(line: str, facts: dict[str, str]) -> None:
    key, _, value = line[1:].strip().partition(" ")
    if key not in ("document", "sha256"):
        raise _Malformed(f"unknown fact {shorten(key)}", "known: document, sha256")
    if key in facts:
        raise _Malformed(f"says the {key} a second time", "keep one")
    facts[key] = value.strip()
    if not facts[key]:
        raise _Malformed(f"does not say the {key}", "write it on the same line")
    if key == "sha256" and not re.fullmatch(r"[0-9a-f]{64}", facts[key]):
        raise _Malformed(f"{shorten(facts[key])} is not a SHA-256", "64 hex digits, small letters")


def _read_entry(line: str, done: int) -> SeedLine:
    match = _ENTRY.fullmatch(line)
    if not match:
        advice = "write a whole line as 608|…|, closed by a bar, or fragments as 285~ … after the number"
        raise _Malformed(f"cannot be read: {shorten(line)}", advice)
    first, last, text, rest = int(match[1]), int(match[2] or match[1]), match[3], match[4]
    if last < first or (text is not None and match[2]):
        advice = "give one line between bars, a passage as first-last~"
        raise _Malformed(f"{match[1]}-{match[2]} are no lines of a passage", advice)
    if first <= done:
        raise _Malformed(f"line {first} comes after line {done}", "keep the document's order, each line once")
    if text is not None:
        return SeedLine(first, last, text)
    fragments = tuple(part.strip() for part in rest.split(SEPARATOR.strip()))
    if not all(fragments):
        raise _Malformed("has an empty fragment", f"put {SEPARATOR!r} only between fragments")
    return SeedLine(first, last, None, fragments)


def verify_document(seeds: Seeds, path: Path, shown: str) -> None:
    """Prove that the seeds are what the document prints.

    Raises:
        Untraced: another document (its SHA-256), or entries that do not stand at their lines; all
            at once.
    """
    document = [line.removesuffix("\r") for line in read_text(path, shown).split("\n")]
    problems = []
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != seeds.sha256:
        message = f"is not the document that {seeds.shown} was made from: its SHA-256 is {found}"
        advice = f"take the one with {seeds.sha256}, or make the seeds again"
        problems.append(Problem(message, advice, file=shown))
    for entry in seeds.lines.values():
        printed = document[entry.number - 1 : entry.last]
        if printed == [entry.text] or (entry.text is None and _in_order(entry.fragments, "\n".join(printed))):
            continue
        message = f"does not print at {entry.name} what {seeds.shown} says: {entry}"
        advice = "correct the entry to the document"
        problems.append(Problem(message, advice, file=shown, line=entry.number))
    if problems:
        raise Untraced(problems)


def _in_order(fragments: Iterable[str], passage: str) -> bool:
    """Whether the fragments stand in a passage one behind the other, with anything between them."""
    at = 0
    for fragment in fragments:
        at = passage.find(fragment, at)
        if at < 0:
            return False
        at += len(fragment)
    return True
