"""What a workbook's formulas state of a table: sums and ratios, and which are not as their neighbours.

A formula is an identity exactly. Where most of a row's or column's formulas are alike and one leaves out a
number, or a number stands in the place of one, what the others say is stated there, and the doubt is told.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from amyqa.model import Reading
from amyqa.reading.labels import SHARE, holds, is_total
from amyqa.sources import Sheet
from amyqa.sources.cells import address
from amyqa.sources.grids import Cells
from amyqa.starting.additive import is_known
from amyqa.starting.calculations import Calculation, Linear, NotRead, read
from amyqa.starting.intake import Taken
from amyqa.starting.relations import Across, Computed, Doubt, Kind, Readings, Relation, What

_TWO, _ALIKE, _MOST = 2, 3, Fraction(2, 3)
_NEAR = Fraction(1, 4)
_MAX_REMARKS = 3
_SHOWN = 60
_HALF = Decimal("0.5")
_At = tuple[int, int]
_Used = set[tuple[Across, _At]]


@dataclass(frozen=True, slots=True)
class _Sum:
    """A total's parts in one line."""

    parts: frozenset[int]
    minus: frozenset[int] = frozenset()


def computed(sheet: Sheet, taken: Taken) -> Computed:
    """What the formulas of a sheet state of the table that was taken from it."""
    if not sheet.formulas or not isinstance(sheet.origin, Cells):
        return Computed()
    return _Reader(sheet, taken, sheet.origin).computed()


class _Reader:
    def __init__(self, sheet: Sheet, taken: Taken, origin: Cells) -> None:
        self.sheet, self.taken, self.left = sheet, taken, origin.left
        self.columns = [taken.labels[i] for i in taken.amounts]
        self.rows = taken.rows
        self.positions = [taken.positions[i] for i in taken.amounts]
        self.readings: Readings = taken.readings(("-",))
        self.tokens = taken.tokens
        self.offs: dict[tuple[Across, int, int, _Sum], Fraction | None] = {}
        rows = {number: r for r, number in enumerate(taken.numbers)}
        columns = {position: c for c, position in enumerate(self.positions)}
        self.at = {
            (number, position + self.left - 1): (r, c)
            for number, r in rows.items()
            for position, c in columns.items()
        }
        self.formulas: dict[_At, str] = {
            (rows[n], columns[p]): text
            for (n, p), text in sheet.formulas.items()
            if n in rows and p in columns
        }
        self.lines = {line.number: line.fields for line in sheet.lines}
        self.doubts: list[Doubt] = []
        self.unread: Counter[str] = Counter()

    def computed(self) -> Computed:
        sums: dict[tuple[Across, int], dict[int, _Sum]] = defaultdict(dict)
        ratios: dict[tuple[Across, int], dict[int, tuple[Kind, tuple[int, ...], Decimal]]] = defaultdict(dict)
        for (r, c), text in sorted(self.formulas.items()):
            try:
                calculation = read(text)
                across, total, line = self._along(calculation, r, c)
                if calculation.is_sum:
                    sums[across, total][line] = self._sum(calculation, across, text)
                else:
                    ratios[across, total][line] = self._ratio(calculation, across, total, line)
            except NotRead as error:
                self.unread[f"{error}"] += 1
        used = {
            (across, self._cell(across, total, line))
            for (across, of), lines in sums.items()
            for line, each in lines.items()
            for total in (of, *each.parts, *each.minus)
        }
        found: list[Relation] = []
        for (across, total), lines in sums.items():
            for line, each in lines.items():
                self._stale(across, total, line, each)
            found += self._group(across, total, lines)
            self._beside(across, total, lines, used)
        divided = []
        for (across, total), by_line in ratios.items():
            for kind, parts, factor in dict.fromkeys(by_line.values()):
                of = tuple(line for line in sorted(by_line) if by_line[line] == (kind, parts, factor))
                made = Relation(across, total, parts, lines=of, kind=kind, factor=factor, computed=True)
                divided.append(made)
        unread = self.unread.most_common(_MAX_REMARKS)
        remarks = [f"not stated, formulas of the workbook of which each {why}: {n}" for why, n in unread]
        return Computed(tuple(found), tuple(divided), tuple(self.doubts), tuple(remarks))

    # --- formulas as relations ---

    def _along(self, calculation: Calculation, r: int, c: int) -> tuple[Across, int, int]:
        """Whether a formula adds up along its row or its column: across what, which item, in which line."""
        places = [*calculation.top.terms, *calculation.bottom.terms]
        own = {sheet for sheet, _, _ in places} - {"", self.sheet.name}
        if own:
            raise NotRead("names another sheet")
        cells = [self.at[row, column] for _, row, column in places if not self._is_words(row, column)]
        if not cells:
            raise NotRead("names no number of the table")
        if (r, c) in cells:
            raise NotRead("names its own cell")
        if all(cell[0] == r for cell in cells):
            return "columns", c, r
        if all(cell[1] == c for cell in cells):
            return "rows", r, c
        raise NotRead("takes cells of other rows and other columns")

    def _is_words(self, row: int, column: int) -> bool:
        """Whether a cell that is none of the table holds nothing, or words, which a formula passes over."""
        if (row, column) in self.at:
            return False
        if not self.lines or not min(self.lines) <= row <= max(self.lines):
            raise NotRead("names cells outside the table")
        fields, at = self.lines.get(row, ()), column - self.left
        if not 0 <= at < max(len(fields), 1) or (fields and any(c.isdigit() for c in fields[at])):
            raise NotRead("names cells outside the table")
        return True

    def _items(self, linear: Linear, across: Across, apart: Collection[_At] = ()) -> dict[int, Fraction]:
        by = 1 if across == "columns" else 0
        return {
            self.at[row, column][by]: times
            for (_, row, column), times in linear.terms.items()
            if (row, column) in self.at and self.at[row, column] not in apart
        }

    def _sum(self, calculation: Calculation, across: Across, text: str) -> _Sum:
        apart: Collection[_At] = ()
        if "SUBTOTAL" in text.upper():  # it leaves others of its kind out
            apart = {place for place, other in self.formulas.items() if "SUBTOTAL" in other.upper()}
        items = self._items(calculation.top, across, apart)
        if any(abs(times) != 1 for times in items.values()) or not items:
            raise NotRead("multiplies cells")
        parts = frozenset(item for item, times in items.items() if times > 0)
        if not parts:
            raise NotRead("only deducts")
        return _Sum(parts, frozenset(items) - parts)

    def _ratio(
        self, calculation: Calculation, across: Across, total: int, line: int
    ) -> tuple[Kind, tuple[int, ...], Decimal]:
        """A share, a change or an average, as relations are: what shows as 62.8% is 62.8 there."""
        top, bottom = (self._items(each, across) for each in (calculation.top, calculation.bottom))
        if calculation.averages and not calculation.top.constant and not bottom:
            if len({self._shown_times(across, item, line) for item in (total, *top)}) > 1:
                raise NotRead("shows some of its numbers as percentages")
            return "average", tuple(sorted(top)), Decimal(1)
        if calculation.top.constant or calculation.bottom.constant or len(bottom) != 1:
            raise NotRead("divides what is more than one number")
        [(divisor, times)] = bottom.items()
        rest = {item: each / times for item, each in top.items() if item != divisor}
        if len(rest) != 1:
            raise NotRead("divides what is more than one number")
        [(divided, factor)] = rest.items()
        taken_off = top.get(divisor, Fraction(0)) / times
        shown, above, below = (self._shown_times(across, item, line) for item in (total, divided, divisor))
        factor *= Fraction(shown * below, above)
        if taken_off and above != below:
            raise NotRead("shows some of its numbers as percentages")
        taken_off *= Fraction(shown * below, above)
        if factor.denominator != 1 or factor <= 0 or taken_off not in (0, -factor):
            raise NotRead("divides what is more than one number")
        return "change" if taken_off else "ratio", (divided, divisor), Decimal(int(factor))

    def _group(self, across: Across, total: int, lines: Mapping[int, _Sum]) -> Iterator[Relation]:
        """The sums of one total; lines whose formulas are not as the others' are judged by these."""
        [(usual, times)] = Counter(lines.values()).most_common(1)
        elsewhere = {line for line in self._lines(across) if self._cell(across, total, line) in self.formulas}
        possible = [line for line in self._lines(across) if line in lines or line not in elsewhere]
        known = [line for line in possible if is_known(self._reading(across, total, line))]
        sure = times >= _ALIKE and times >= _MOST * len(known)
        alike = {line for line, each in lines.items() if each == usual}
        most = times >= _TWO and times * 2 > len(lines)
        for line, each in lines.items():
            if line not in alike and most and self._leaves_out(across, total, line, each, usual, alike):
                alike.add(line)
        if sure:
            alike |= {
                line for line in known if line not in lines and self._typed(across, total, line, usual, alike)
            }
        yield self._relation(across, total, usual, alike)
        rest: dict[_Sum, set[int]] = defaultdict(set)
        for line, each in lines.items():
            if line not in alike:
                rest[each].add(line)
        yield from (self._relation(across, total, each, of) for each, of in rest.items())

    def _relation(self, across: Across, total: int, each: _Sum, lines: set[int]) -> Relation:
        agree = sum(self._off(across, total, line, each) == 0 for line in lines)
        return Relation(
            across, total, tuple(sorted(each.parts)), tuple(sorted(each.minus)), tuple(sorted(lines)),
            agree=agree, of=len(lines), computed=True,
        )  # fmt: skip

    # --- doubts ---

    def _leaves_out(
        self, across: Across, total: int, line: int, each: _Sum, usual: _Sum, alike: set[int]
    ) -> bool:
        """Whether a formula has fewer parts than the others, and a number stands in what it leaves out."""
        out = usual.parts - each.parts
        if not (each.parts < usual.parts and each.minus == usual.minus):
            return False
        if not any(is_known(self._reading(across, item, line)) for item in out):
            return True
        named = ", ".join(self._address(across, item, line) for item in sorted(out))
        told = f"leaves out {named}, which {self._others(across, total, line, alike)} in"
        self._doubt(across, total, line, "leaves out", told)
        return True

    def _others(self, across: Across, total: int, line: int, alike: set[int]) -> str:
        """``C13 and D13 take``: the nearest formulas that are as most are."""
        near = sorted(alike, key=lambda other: (abs(other - line), other))[:2]
        named = [self._address(across, total, other) for other in sorted(near)]
        several = len(named) > 1
        return f"the formula{'s' * several} in {' and '.join(named)} take{'' if several else 's'}"

    def _typed(self, across: Across, total: int, line: int, usual: _Sum, alike: set[int]) -> bool:
        """Whether a number stands where a formula should, as in its neighbours on both sides."""
        if not all(line + side in alike for side in (-1, 1)):
            return False
        if holds((self.rows if across == "columns" else self.columns)[line], SHARE):
            return False
        off = self._off(across, total, line, usual)
        value = self._reading(across, total, line)
        if off is None or value is None or value.value is None:
            return False
        if abs(off) > _NEAR * abs(Fraction(value.value)):
            return False
        near = " and ".join(self._address(across, total, other) for other in (line - 1, line + 1))
        token = self._token(across, total, line)
        told = f"is the number {token}, though its neighbours {near} are formulas"
        right = Fraction(value.value) - off
        told += "" if not off else f"; theirs would give {_number(right)} here"
        self._doubt(across, total, line, "typed over" if off else "typed", told)
        return True

    def _stale(self, across: Across, total: int, line: int, each: _Sum) -> None:
        """A stored result that its formula does not give."""
        if off := self._off(across, total, line, each):
            reading = self._reading(across, total, line)
            assert reading is not None
            right = _number(Fraction(reading.value or 0) - off)
            told = f"shows {self._token(across, total, line)}, but gives {right}"
            self._doubt(across, total, line, "not worked out anew", told)

    def _beside(self, across: Across, total: int, lines: Mapping[int, _Sum], used: _Used) -> None:
        """Numbers between a range and its total, or right before it, that no formula takes in."""
        missed: dict[int, list[int]] = defaultdict(list)
        for line, each in lines.items():
            first, last = min(each.parts), max(each.parts)
            if each.minus or len(each.parts) < 2 or last - first + 1 != len(each.parts):
                continue
            gap = range(last + 1, total) if total > last else range(total + 1, first)
            edge = [first - 1] if total > last and first else [last + 1] if total < first else []
            for item in (*gap, *edge):
                if self._is_missed(across, item, line, each, used):
                    missed[item].append(line)
        for item, where in missed.items():
            if len(where) * 2 < len(lines):
                continue  # the others show that it is none of the parts
            line = where[0]
            told = f"leaves out {self._address(across, item, line)}, a number right beside its range"
            told += f"; so do {len(where) - 1} formulas like it" if len(where) > 2 else ""
            self._doubt(across, total, line, "may leave out", told)

    def _is_missed(self, across: Across, item: int, line: int, each: _Sum, used: _Used) -> bool:
        labels = self.rows if across == "rows" else self.columns
        cell = self._cell(across, item, line)
        if item >= len(labels) or (across, cell) in used:
            return False
        if is_total(labels[item]) or holds(labels[item], SHARE) or holds(labels[item], "whole"):
            return False
        reading = self._reading(across, item, line)
        parts = [self._reading(across, part, line) for part in each.parts]
        added = sum((part.value for part in parts if part is not None and part.value is not None), Decimal(0))
        return reading is not None and reading.value is not None and 0 < reading.value < added

    def _doubt(self, across: Across, total: int, line: int, what: What, told: str) -> None:
        r, c = self._cell(across, total, line)
        if any((each.row, each.column) == (r, c) for each in self.doubts):
            return
        formula = self.formulas.get((r, c))
        says = f"is ={formula[:_SHOWN]}{'…' * (len(formula) > _SHOWN)}: it {told}" if formula else told
        shows = self.tokens[r][c]
        self.doubts.append(Doubt(r, c, shows, what, f"{self._address(across, total, line)} {says}"))

    # --- cells ---

    def _lines(self, across: Across) -> range:
        return range(len(self.rows) if across == "columns" else len(self.columns))

    def _cell(self, across: Across, item: int, line: int) -> _At:
        return (line, item) if across == "columns" else (item, line)

    def _reading(self, across: Across, item: int, line: int) -> Reading | None:
        r, c = self._cell(across, item, line)
        inside = 0 <= r < len(self.rows) and 0 <= c < len(self.columns)
        return self.readings[r][c] if inside else None

    def _token(self, across: Across, item: int, line: int) -> str:
        r, c = self._cell(across, item, line)
        return self.tokens[r][c].strip()

    def _shown_times(self, across: Across, item: int, line: int) -> int:
        """How many times its value a cell shows: a hundred times as a percentage."""
        return 100 if self._token(across, item, line).endswith("%") else 1

    def _address(self, across: Across, item: int, line: int) -> str:
        r, c = self._cell(across, item, line)
        return address(self.taken.numbers[r], self.positions[c] + self.left - 1)

    def _off(self, across: Across, total: int, line: int, each: _Sum) -> Fraction | None:
        """What is printed less what a formula makes of it, beyond rounding; a blank is nothing."""
        key = (across, total, line, each)
        if key not in self.offs:
            self.offs[key] = self._worked_out(*key)
        return self.offs[key]

    def _worked_out(self, across: Across, total: int, line: int, each: _Sum) -> Fraction | None:
        off, slack = Decimal(0), Decimal(0)
        for items, sign in (((total,), 1), (each.parts, -1), (each.minus, 1)):
            for item in items:
                r, c = (line, item) if across == "columns" else (item, line)
                reading = self.readings[r][c]
                if reading is None or reading.value is None:
                    if self.tokens[r][c].strip() or item == total:
                        return None
                    continue
                off += sign * reading.value
                if reading.decimals > 0 or (self.taken.numbers[r], self.positions[c]) in self.sheet.rounded:
                    slack += _HALF.scaleb(-max(0, reading.decimals))
        return Fraction(off) if abs(off) > slack else Fraction(0)


def _number(value: Fraction) -> str:
    return f"{value.numerator:,}" if value.denominator == 1 else f"{float(value):,.6g}"


def joined(found: Sequence[Relation], stated: Computed, readings: Readings) -> list[Relation]:
    """Sums that a workbook computes, and others that were found in its numbers; of the same, the former."""
    sums = [_stated(each, stated.sums, readings) for each in stated.sums]
    totals: dict[tuple[Across, object], list[frozenset[int]]] = {}
    for each in sums:
        totals.setdefault((each.across, each.total), []).append(frozenset((*each.parts, *each.minus)))

    def is_told(each: Relation) -> bool:
        parts = frozenset((*each.parts, *each.minus))
        return any(not parts.isdisjoint(other) for other in totals.get((each.across, each.total), ()))

    every = [*sums, *(each for each in found if not is_told(each))]
    return sorted(every, key=lambda each: each.across)  # columns first


def _stated(each: Relation, others: Sequence[Relation], readings: Readings) -> Relation:
    """A sum of columns that some rows alone compute is stated of these alone, unless the others keep it.

    They keep it in print, or because they are added up of rows that keep it.
    """
    if each.across == "rows" or not isinstance(each.total, int):
        return each
    total, lines = each.total, set(each.lines)
    items = [(total, -1), *((item, 1) for item in each.parts), *((item, -1) for item in each.minus)]

    def follows(line: int) -> bool:
        return any(
            other.across == "rows" and other.total == line and lines.issuperset((*other.parts, *other.minus))
            and {item for item, _ in items} <= set(other.lines)
            for other in others
        )  # fmt: skip

    for line, row in enumerate(readings):
        if line in lines or not is_known(row[total]):
            continue
        cells = [(row[item], sign) for item, sign in items]
        values = [cell.value * sign for cell, sign in cells if cell is not None and cell.value is not None]
        if (len(values) < len(cells) or sum(values, Decimal(0))) and not follows(line):
            return replace(each, why="as the workbook computes it")
        lines.add(line)
    return replace(each, lines=tuple(sorted(lines)))
