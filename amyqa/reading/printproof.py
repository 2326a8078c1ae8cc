"""Proving tokens by a page: those of a row stand on its line in the same order, and nothing else is between.

Where a page can be read in several ways, the proof is the same for each: how columns were cut is not asked,
only which words the page holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from amyqa.errors import Problem, Problems, Untraced
from amyqa.model import Row, Table
from amyqa.reading.tokens import normalise, shorten

_AROUND = 4
_HEADER = 14
_OURS = frozenset("–()0123456789#")
"""What intake adds to labels of columns: a dash between lines of a header, a number behind a repeat."""


def prove_print(
    table: Table, words: Mapping[int, Sequence[str]], lines: Sequence[int], shown: str, problems: Problems
) -> None:
    """Prove the rows of a table, each by its line, and the words of its labels by the lines around.

    Args:
        words: of the document's lines, left to right.
        lines: of the rows.
        problems: gets the first token of each row that is not there.
    """
    _prove_labels(table, words, lines, shown, problems)
    for row, number in zip(table.rows, lines, strict=True):
        _prove_row(table, row, words, number, shown, problems)


def _prove_row(
    table: Table, row: Row, words: Mapping[int, Sequence[str]], number: int, shown: str, problems: Problems
) -> None:
    page = words.get(number, ())
    at = 0
    for position, token in sorted(zip(table.positions, row.tokens, strict=True)):
        if not token.strip():
            continue
        if (found := _next(page, at, token)) is None:
            message = f"{shorten(token)} is not on its line of {shown}, or not in this order"
            hint = "correct the CSV to the document, or source: in the YAML"
            place = f" (it holds {shorten(' '.join(page), 60)})" if page else ""
            problems.add(Untraced, Problem(f"{message}{place}", hint, table.file, row.line, position))
            return
        at = found
    near = [word for n in range(number - _AROUND, number + _AROUND + 1) for word in words.get(n, ())]
    text = _plain(" ".join(near))
    for label in row.keys:
        if any(_plain(word) not in text for word in label.split()):
            message = f"the row label {shorten(label)} is not on its line of {shown}, nor next to it"
            problems.add(Untraced, Problem(message, "correct the label, or source:", table.file, row.line, 1))
            return


def _next(words: Sequence[str], at: int, token: str) -> int | None:
    """Behind which word a token ends that stands there, in one word or several, from a word on."""
    wanted = "".join(token.split())
    for first in range(at, len(words)):
        joined = ""
        for last in range(first, len(words)):
            joined += words[last]
            if joined == wanted:
                return last + 1
            if not wanted.startswith(joined):
                break
    return None


def _prove_labels(
    table: Table, words: Mapping[int, Sequence[str]], lines: Sequence[int], shown: str, problems: Problems
) -> None:
    first = min(lines, default=0)
    header = _plain(" ".join(word for n in range(first - _HEADER, first + 1) for word in words.get(n, ())))
    for label in (*table.key_columns, *table.columns):
        told = [word for word in label.split() if not set(word) <= _OURS and word != "Column"]
        if any(_plain(word) not in header for word in told):
            message = f"the column label {shorten(label)} is not above the rows in {shown}"
            problems.add(Untraced, Problem(message, "correct the label, or source:", table.file, 1))
            return


def _plain(text: str) -> str:
    return "".join(normalise(text).split()).replace("-", "").casefold()
