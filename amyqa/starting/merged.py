"""Merged labels, printed at the first of their rows alone: filled down, unless the numbers object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from amyqa.reading.labels import is_total
from amyqa.reading.tokens import normalise
from amyqa.starting.words import is_year

Lines = Sequence[Sequence[str]]
_NEAR = Decimal("0.05")
_FEW = 2
"""So many columns must speak against a group."""


@dataclass
class Filled:
    """Lines with merged labels on each of their rows.

    Args:
        lines: the fields of each row.
        times: in how many rows of which column.
        against: the column that is not filled down, since the numbers disagree, with the rows (from 0)
            concerned; all of them where none is named.
    """

    lines: list[tuple[str, ...]]
    times: dict[int, int] = field(default_factory=dict)
    against: dict[int, list[int]] = field(default_factory=dict)

    def repairs(self, labels: Sequence[str]) -> tuple[str, ...]:
        """What was filled down, by the columns' labels."""
        return tuple(
            f"{labels[c] or 'the first column'} filled down in {n} row{'s' if n > 1 else ''}"
            for c, n in self.times.items()
        )

    def remarks(self, labels: Sequence[str], numbers: Sequence[int]) -> tuple[str, ...]:
        """What was not, and why; rows by the numbers of their lines."""
        why = "the printed totals are not the sums of the rows that it would join"
        return tuple(
            f"{labels[c] or 'the first column'} is not filled down"
            f"{' in line ' if rows else ''}{', '.join(str(numbers[r]) for r in rows)}: {why}"
            for c, rows in self.against.items()
        )


def filled_down(
    lines: Lines, is_word: Callable[[int], bool], read: Callable[[str], Decimal | None]
) -> Filled:
    """Merged labels written on each of their rows, where labels allow it and no sums speak against it.

    A group that prints its total must add up to it. Where most totals are not the sums of the rows below
    their labels, nothing is filled down; where one is that of the rows next to it alone, the others of its
    group keep their blank.

    Args:
        is_word: whether a column holds words.
        read: a token's number; None where it is none.
    """
    width = _label_columns(lines, is_word)
    if width < 2 or not lines[0][0].strip():
        return Filled([tuple(line) for line in lines])
    labels = _by_labels(lines, width)
    groups = [_judged(lines, labels, rows, width, read) for rows in _groups(labels, width)]
    hold, miss = (sum(getattr(group, kind) for group in groups) for kind in ("hold", "miss"))
    filled = Filled([tuple(line) for line in lines])
    if miss >= _FEW and hold < miss:
        filled.against[0] = []
        return filled
    apart = {row for group in groups if group.miss >= _FEW and not group.hold for row in group.apart}
    for row, (line, own) in enumerate(zip(lines, labels, strict=True)):
        changed = [c for c in range(width - 1) if own[c] != line[c]]
        if changed and row in apart:
            filled.against.setdefault(changed[0], []).append(row)
        elif changed:
            filled.lines[row] = (*own, *line[width:])
            filled.times.update({c: filled.times.get(c, 0) + 1 for c in changed})
    return filled


def _label_columns(lines: Lines, is_word: Callable[[int], bool]) -> int:
    """How many leading columns hold words, or years, or codes of both."""
    for column in range(len(lines[0])):
        said = [line[column].strip() for line in lines if line[column].strip()]
        if column == len(lines[0]) - 1 or not said or not (is_word(column) or all(map(is_year, said))):
            return column
    return 0


def _by_labels(lines: Lines, width: int) -> list[tuple[str, ...]]:
    """Each row's labels, filled down as far as the labels themselves allow.

    A blank belongs to the label above it where the last of these columns labels the rows, where no column
    before it begins a new group there, and where each row then has labels of its own: else the blank stays,
    as that of a total below all groups does.
    """
    last = width - 1
    filled = [tuple(line[:width]) for line in lines]
    known = {tuple(map(normalise, line[:width])) for line in lines if all(map(str.strip, line[:last]))}
    often = Counter(normalise(line[last]) for line in lines)
    above: tuple[str, ...] = ("",) * last
    for row, line in enumerate(lines):
        at = next((c for c in range(last) if line[c].strip() and line[c] != above[c]), last)
        labels = tuple(above[c] if c < at and not line[c].strip() else line[c] for c in range(last))
        key = tuple(map(normalise, (*labels, line[last])))
        lone = is_total(line[last]) and often[key[-1]] == 1  # below all groups, of all of them
        if labels != tuple(line[:last]):
            if not line[last].strip() or key in known or lone:
                continue
            known.add(key)
            filled[row] = (*labels, line[last])
        above = labels
    return filled


def _groups(labels: Sequence[tuple[str, ...]], width: int) -> Iterator[list[int]]:
    """Rows below each other that have all labels but the last in common."""
    group: list[int] = []
    for row, own in enumerate(labels):
        if group and own[: width - 1] != labels[group[-1]][: width - 1]:
            yield group
            group = []
        group.append(row)
    if group:
        yield group


@dataclass(frozen=True)
class _Group:
    """In how many columns a group adds up to its total, and misses it; rows that its total leaves out."""

    hold: int = 0
    miss: int = 0
    apart: tuple[int, ...] = ()


def _judged(
    lines: Lines,
    labels: Sequence[tuple[str, ...]],
    rows: Sequence[int],
    width: int,
    read: Callable[[str], Decimal | None],
) -> _Group:
    """What the total of a group, if it has one, says of its rows."""
    named = [row for row in rows if is_total(labels[row][-1])]
    if not labels[rows[0]][-1].strip() and any(lines[rows[0]][width:]):
        named.append(rows[0])
    if len(named) != 1 or len(rows) <= _FEW:
        return _Group()
    [total] = named
    parts = [row for row in rows if row != total]
    hold = miss = 0
    for column in range(width, len(lines[0])):
        numbers = [read(lines[row][column]) for row in (total, *parts)]
        said = _says([number for number in numbers if number is not None]) if None not in numbers else None
        hold, miss = hold + (said is True), miss + (said is False)
    if hold or miss < _FEW:
        return _Group(hold, miss)
    beside = [row for row in parts if row < total] or parts
    for n in range(len(beside) if beside is not parts else len(parts) - 1, 1, -1):
        own = beside[:n]
        if len(own) < len(parts) and all(
            _says([read(lines[row][column]) or Decimal(0) for row in (total, *own)]) is not False
            for column in range(width, len(lines[0]))
        ):
            return _Group(hold, miss, tuple(row for row in parts if row not in own))
    return _Group(hold, miss)


def _says(numbers: Sequence[Decimal]) -> bool | None:
    """Whether the first is the sum of the others, or nearly; None where it may be their average."""
    total, *parts = numbers
    whole = sum(parts, Decimal(0))
    if abs(total - whole) <= _NEAR * abs(whole):
        return True
    return None if min(parts) <= total <= max(parts) else False
