"""Shares of a hundred: what is printed as their total is 100, and whole ones need not make it.

Each is rounded by itself: 33 + 33 + 33 is printed beside 100, and nothing is wrong. Such lines are told by
a word (share, %), by counts beside them whose shares they are, or by being hundreds again and again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from amyqa.reading.labels import OF_A_HUNDRED, holds
from amyqa.starting.relations import Readings, Relation
from amyqa.starting.yamltext import scalar

_FEW = 3
_MOST = 0.8
_SELDOM = 12
"""Of more sums that hold, one that misses by a unit is a misprint: of three shares, every fourth misses."""
_SPREAD = Decimal(1)


def of_a_hundred(readings: Readings, stated: Sequence[Relation]) -> Iterator[Relation]:
    """Shares make 100, and what is printed as their total is 100: it is never the suspect."""
    said: set[tuple[str, int]] = set()
    for each in stated:
        total = each.total
        if not isinstance(total, int) or each.minus or each.why or each.at_least:
            yield each
            continue
        cells = [
            readings[line][total] if each.across == "columns" else readings[total][line]
            for line in each.lines
        ]
        known = [cell.value for cell in cells if cell is not None and cell.value is not None]
        if len(known) < _FEW or any(value != 100 for value in known):
            yield each
            continue
        yield replace(each, total=Decimal(100))
        if (each.across, total) not in said:
            said.add((each.across, total))
            yield replace(each, total=Decimal(100), parts=(total,), agree=len(known), of=len(known))


@dataclass(frozen=True)
class WholeShares:
    """Shares that are printed as whole numbers.

    Args:
        everywhere: whether all numbers that are added up are such.
        columns, rows: 0-based, where only some are.
    """

    everywhere: bool
    columns: frozenset[int]
    rows: frozenset[int]


def whole_shares(
    readings: Readings, stated: Sequence[Relation], columns: Sequence[str], rows: Sequence[str], title: str
) -> WholeShares | None:
    """The lines of whole shares that were rounded each by itself; None where they make their totals."""
    found: dict[str, set[int]] = {"columns": set(), "rows": set()}
    exact = near_by = 0
    everywhere, missed = True, False
    for each in stated:
        if each.minus or each.why or each.at_least or len(each.parts) < 2:
            continue
        labels = rows if each.across == "columns" else columns
        lines = {line: numbers for line in each.lines if (numbers := _numbers(readings, each, line))}
        near = {line for line, numbers in lines.items() if _are_shares(numbers)}
        if not near:
            everywhere = everywhere and not lines
            continue
        alike = near == lines.keys() and len(near) >= _FEW
        items = rows if each.across == "rows" else columns
        said = holds(title, OF_A_HUNDRED) or any(holds(items[i], OF_A_HUNDRED) for i in each.parts)
        shares = {
            line
            for line in near
            if alike
            or said
            or holds(labels[line], OF_A_HUNDRED)
            or any(_counted(lines[line], lines[other]) for other in lines.keys() - near)
        }
        everywhere = everywhere and shares == lines.keys()
        off = [line for line in shares if lines[line][0] != sum(lines[line][1:])]
        missed = missed or bool(off)
        exact += len(shares) - len(off)
        near_by += sum(_is_rounding(lines[line]) for line in off)
        if off and each.across == "columns" and shares == lines.keys():
            found["columns"].update(each.parts, [each.total] if isinstance(each.total, int) else [])
        elif off:
            found["rows" if each.across == "columns" else "columns"] |= shares
    if not missed or exact > _SELDOM * (near_by or 1 / 4):
        return None  # many that make just a hundred were made to
    return WholeShares(everywhere, frozenset(found["columns"]), frozenset(found["rows"]))


def drafted(found: WholeShares, columns: Sequence[str], rows: Sequence[str]) -> tuple[str, str]:
    """A value of ``rounded:`` and what is said of it; "" where labels cannot say which lines are meant."""
    told = "guess: whole shares of 100, each rounded by itself"
    if found.everywhere:
        return "1", told
    labels = [columns[c] for c in sorted(found.columns)] + [rows[r] for r in sorted(found.rows)]
    others = {label for c, label in enumerate(columns) if c not in found.columns}
    others |= {label for r, label in enumerate(rows) if r not in found.rows}
    labels = [label for label in dict.fromkeys(labels) if label not in others]
    return (f"{{{', '.join(f'{scalar(label)}: 1' for label in labels)}}}", told) if labels else ("", "")


def _numbers(readings: Readings, relation: Relation, line: int) -> list[Decimal]:
    """The whole numbers of a sum, its total first; none where one is unknown or has decimals."""
    items = [*([relation.total] if isinstance(relation.total, int) else []), *relation.parts]
    cells = [readings[line][i] if relation.across == "columns" else readings[i][line] for i in items]
    numbers = [] if isinstance(relation.total, int) else [relation.total]
    for cell in cells:
        if cell is None or cell.value is None or cell.decimals:
            return []
        numbers.append(cell.value)
    return numbers if any(numbers) else []


def _is_rounding(numbers: Sequence[Decimal]) -> bool:
    """Whether a total misses its parts by no more than the rounding of all of them."""
    return abs(numbers[0] - sum(numbers[1:])) * 2 <= len(numbers)


def _are_shares(numbers: Sequence[Decimal]) -> bool:
    """Whether a total is a hundred, or what rounded shares make of it, and none of its parts is larger."""
    total, parts = numbers[0], numbers[1:]
    return abs(total - 100) * 2 <= len(parts) and all(0 <= part <= 100 for part in parts)


def _counted(shares: Sequence[Decimal], counts: Sequence[Decimal]) -> bool:
    """Whether nearly all shares are those of the counts beside them."""
    whole = counts[0]
    if whole <= 100:
        return False
    near = [abs(s - 100 * n / whole) < _SPREAD for s, n in zip(shares[1:], counts[1:], strict=True)]
    return sum(near) >= _MOST * len(near) or (len(near) > 1 and sum(near) >= len(near) - 1)
