"""What the columns of a table are for: labels of rows, words, numbers; merged labels filled down."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from amyqa.reading.labels import holds, is_total
from amyqa.reading.tokens import Notation, UnreadableToken, normalise
from amyqa.starting.layout import counts_columns
from amyqa.starting.words import REST, is_month, is_year

Lines = Sequence[Sequence[str]]
_CROSSED = 1.5
_RARE = 5


def column_labels(header: Lines, width: int) -> tuple[str, ...]:
    """One label a column: lines joined, merged cells filled to the right, repeats numbered."""
    header = [line for number, line in enumerate(header) if not number or not counts_columns(line)] or header
    spread = [list(_spread(line)) if i < len(header) - 1 else list(line) for i, line in enumerate(header)]
    labels, seen = [], Counter[str]()
    for at, fields in enumerate(zip(*spread, strict=True) if header else [()] * width):
        parts = dict.fromkeys(part for field in fields if (part := normalise(field)))
        label = " – ".join(parts) or ("" if at == 0 and header else f"Column {at + 1}")
        seen[label] += 1
        labels.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return tuple(labels)


def _spread(line: Sequence[str]) -> Iterator[str]:
    """A line of merged cells: a blank one belongs to the one before it.

    Where words stand twice side by side, the file said over which columns they reach.
    """
    if any(field.strip() and field == next for field, next in pairwise(line)):
        yield from line
        return
    last = ""
    for at, field in enumerate(line):
        last = field if field.strip() or at == 0 else last
        yield last


_TWO_NUMBERS = re.compile(r"\(?\d+(?:\s*[-–/=+]\s*\d+)+\)?")
_NUMBERED = re.compile(r"\(?(\d{1,2})(?=\D|$)")
_THOUSANDS = re.compile(r"[^\w\s]?\s?0{3}(?:'?s)?")


def without_numbers(lines: Lines, notation: Notation) -> list[int]:
    """Rows that hold words where the others hold numbers, and no number: they are no data.

    A second line of the header, units, ``1=2+11``; or, without a label, words anywhere. A row of marks
    of absence is data, and so is one of blanks.
    """
    said_of = {token: _is_figure(token, notation) for token in {token for line in lines for token in line}}
    figures = [[said_of[token] for token in line] for line in lines]
    kinds = [[said for said in column if said is not None] for column in zip(*figures, strict=True)]
    numeric = [i for i, kind in enumerate(kinds) if i and sum(kind) * 2 >= len(kind) > 0]
    found = []
    for row, (line, said) in enumerate(zip(lines, figures, strict=True)):
        filled = [i for i in numeric if line[i].strip()]
        if not line[0].strip():
            filled = filled or [i for i in range(1, len(line)) if line[i].strip()]
        enough = len(filled) > 1 or (filled and not line[0].strip())
        if _states_columns([line[i] for i in filled]) or (
            enough and all(said[i] is False and _is_word(line[i]) for i in filled)
        ):
            found.append(row)
    return found


def _states_columns(fields: Sequence[str]) -> bool:
    """A line that numbers the columns and says how they add up: ``1, 2=1+3, 3``."""
    numbers = [int(match[1]) for field in fields if (match := _NUMBERED.match(field.strip()))]
    counted = numbers == list(range(numbers[0], numbers[0] + len(fields))) if numbers else False
    return counted and any("=" in field for field in fields)


def _is_figure(token: str, notation: Notation) -> bool | None:
    """Whether a token is a number; None where it is blank or stands for an absent one."""
    if _THOUSANDS.fullmatch(token.strip()):
        return False
    try:
        return True if notation.read(token).value is not None else None
    except UnreadableToken:
        return False


def _is_word(token: str) -> bool:
    """A token that cannot be a misprinted number."""
    text = token.strip()
    return not any(c.isdigit() for c in text) or bool(
        _TWO_NUMBERS.fullmatch(text) or _THOUSANDS.fullmatch(text)
    )


def key_columns(lines: Lines, texts: Sequence[int], numbering: Sequence[int]) -> tuple[int, ...]:
    """Columns that label the rows: names before codes, the first that tells all rows apart, or several.

    A column that is the same in every row names nothing.
    """
    width = len(lines[0])
    varied = [i for i in range(width) if len({normalise(line[i]) for line in lines}) > 1 or len(lines) == 1]
    leading = []
    for i in range(width):
        column = [line[i] for line in lines]
        names = all(is_year(t) or is_month(t) or is_total(t) for t in column if t.strip()) and any(column)
        if i in texts or i in numbering or (names and i < 2) or i == 0:
            leading.append(i)
        else:
            break
    leading = [i for i in leading if i in varied]
    words = [i for i in texts if i in varied and i not in leading]
    blank = {i: sum(not line[i].strip() for line in lines) for i in leading}
    wordy = [i for i in leading if i not in numbering]
    choices: list[tuple[int, ...]] = []
    for candidates in (wordy, leading):
        alone = [i for i in candidates if blank[i] * 10 < len(lines)]
        choices += sorted(((i,) for i in alone), key=lambda keys: _is_code(lines, keys[0]))
        several = [i for i in candidates if blank[i] * 2 < len(lines)]  # a total has no group
        choices += (tuple(several[:n]) for n in range(2, len(several) + 1))
    choices += [(i,) for i in words if all(line[i].strip() for line in lines)]
    if not choices:  # the first column heads groups, and what the rows are called stands behind it
        choices += [(i,) for i in leading if i in texts and blank[i] * 2 < len(lines)]
    if leading == [0] and _is_crossed(lines):
        choices.append((0, 1))
    return max(choices, key=lambda keys: _apart(lines, keys), default=(0,))  # the first of the best


def _is_crossed(lines: Lines) -> bool:
    """Whether the second column numbers what the first repeats: months of years, classes of schools."""
    if len(lines[0]) < 3 or not all(line[1].strip().isdigit() for line in lines):
        return False
    first, second = ({normalise(line[i]) for line in lines} for i in (0, 1))
    crossed = len(first) * len(second) <= _CROSSED * len(lines)
    return 1 < len(first) < len(lines) and crossed and _apart(lines, (0, 1)) == len(lines)


def _apart(lines: Lines, keys: Sequence[int]) -> int:
    """How many rows these columns tell apart."""
    return len({tuple(normalise(line[i]) for i in keys) for line in lines})


def _is_code(lines: Lines, column: int) -> bool:
    """Whether a column holds codes (LK-11) rather than names; years are names."""
    tokens = [line[column] for line in lines]
    return sum(any(c.isdigit() for c in t) and not is_year(t) for t in tokens) * 2 > len(tokens)


def _depth(label: str) -> int:
    """How far a label is set in, by blanks, dots and dashes: ``…of which women``."""
    return len(label) - len(label.lstrip(" \t\u00a0.\u2026-\u2013\u2014\u2022\u00b7*"))


def repeated_by_slip(labels: Sequence[str], cells: Lines, printed: Sequence[str] = ()) -> frozenset[str]:
    """Labels of rows that stand twice by mistake; none where repeating them is the table's habit.

    A label may stand again in another block (below a heading, a total, or a row that it is part of), and
    what is left over (other, not stated) may do so anywhere; rows of zeros are no evidence.

    Args:
        printed: the labels as they stand in the file, set in or not; without any, none is set in.
    """
    block, seen, found, depth = 0, dict[str, int](), set[str](), 0
    for label, row, name in zip(labels, cells, printed or labels, strict=True):
        heading = not any(any(c.isdigit() for c in token) for token in row)
        above, depth = depth, _depth(name)
        if heading or is_total(label) or depth < above:
            block += 1
        if heading or is_total(label) or not any(c in "123456789" for token in row for c in token):
            continue
        if seen.get(label) == block and not holds(label, REST):
            found.add(label)
        seen[label] = block
    extra = len(labels) - len(set(labels))
    habit = extra * _RARE > len(labels) and extra > 1
    return frozenset() if habit or extra > len(found) else frozenset(found)
