"""What a rule found on anybody's frame, in sentences: a broken sum with its arithmetic, where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from amyqa.rules.outcome import IdentityResult, IdentityState, Outcome
from amyqa.rules.rule import Rule

_MAX_PARTS = 12


@dataclass(frozen=True)
class Told:
    """One broken sum, or one other violation.

    Args:
        where: what tells it from the others, as ``2020`` or ``2020, coast``.
        sentence: ``2020: T 220; M 130 + F 97 = 227; 7 too few``.
        positions: the rows of the frame that it is about, from 0, the total's first.
        difference: the number of the total minus that of its parts; None where that is not one number.
    """

    where: str
    sentence: str
    positions: tuple[int, ...]
    difference: Decimal | None = None


def told(
    rule: Rule, frame: pd.DataFrame, dimensions: Sequence[str], along: str | None, outcome: Outcome
) -> list[Told]:
    """What is broken, one by one.

    Args:
        frame: the observations that were judged.
        dimensions: that tell its records apart; `along` is the one that a sum adds up.
    """
    teller = _Teller(rule, frame, dimensions, along, outcome.scale)
    sums = [teller.sum(each) for each in outcome.judged.those(IdentityState.BROKEN)]
    return [*sums, *teller.violations(outcome.violations)]


class _Teller:
    def __init__(
        self, rule: Rule, frame: pd.DataFrame, dimensions: Sequence[str], along: str | None, scale: int
    ) -> None:
        self.rule, self.frame, self.along, self.scale = rule, frame, along, scale
        self.dimensions = [name for name in dimensions if name != along]
        self.at = {int(cell): position for position, cell in reversed(list(enumerate(frame["OBS_CELL"])))}

    def sum(self, judged: IdentityResult) -> Told:
        """A broken sum with its arithmetic."""
        sign = 1 if judged.terms and judged.terms[0][1] > 0 else -1
        terms = [(self.at[cell], sign * k) for cell, k in judged.terms if cell in self.at]
        if not terms:
            return Told("", f"{self.rule.title}: broken", ())
        (total, _), *parts = terms
        where = self._where([position for position, _ in terms])
        names = {position: self._name(position, where) for position, _ in terms}
        said = f"{names[total]} {self._amount(total)}; {self._parts(parts, names)}"
        difference = self._difference(judged, sign)
        lead = f"{where}: " if where else ""
        positions = tuple(position for position, _ in terms)
        return Told(where, f"{lead}{said}{_off(difference)}", positions, difference)

    def _parts(self, parts: Sequence[tuple[int, int]], names: Mapping[int, str]) -> str:
        values = [self._value(position) for position, _ in parts]
        known = [-k * value for (_, k), value in zip(parts, values, strict=True) if value is not None]
        made = f"{'' if len(known) == len(parts) else 'at least '}{sum(known, Decimal(0)):f}"
        if len(parts) > _MAX_PARTS:
            return f"its {len(parts)} parts = {made}"
        written = ""
        for position, k in parts:
            factor = "" if abs(k) == 1 else f"{abs(k)} * "
            operation = (" - " if k > 0 else " + ") if written else ("-" if k > 0 else "")
            written += f"{operation}{factor}{names[position]} {self._amount(position)}"
        return f"{written} = {made}" if len(parts) > 1 or len(known) < len(parts) else written

    def _difference(self, judged: IdentityResult, sign: int) -> Decimal | None:
        if judged.low is None or judged.low != judged.high:
            return None
        return Decimal(sign * judged.low).scaleb(-self.scale)

    def _where(self, positions: Sequence[int]) -> str:
        """The codes that all its rows share."""
        shared = []
        for name in self.dimensions:
            codes = {self.frame[name].iloc[position] for position in positions}
            if len(codes) == 1 and isinstance(code := codes.pop(), str):
                shared.append(code)
        return ", ".join(shared)

    def _name(self, position: int, where: str) -> str:
        """A row's own code: in the dimension that is added up, else what the others do not share."""
        if self.along is not None:
            return str(self.frame[self.along].iloc[position])
        codes = (str(self.frame[name].iloc[position]) for name in self.dimensions)
        return ", ".join(code for code in codes if code not in where.split(", ")) or f"row {position}"

    def _value(self, position: int) -> Decimal | None:
        scaled = self.frame["OBS_VALUE"].iloc[position]
        return None if pd.isna(scaled) else Decimal(int(scaled)).scaleb(-self.scale)

    def _amount(self, position: int) -> str:
        value = self._value(position)
        return "unknown" if value is None else f"{value:f}"

    def violations(self, found: Sequence[Mapping[str, Any]]) -> Iterator[Told]:
        """What is no sum: the row, its number, and what should hold."""
        places = {int(record): at for at, record in enumerate(self.frame["OBS_RECORD"])} if found else {}
        for violation in found:
            position = places.get(int(violation.get("record", -1)))
            if position is None:
                said = ", ".join(f"{key} {item}" for key, item in violation.items())
                yield Told("", f"{self.rule.title}: not so ({said})", ())
                continue
            names = [*self.dimensions, *([self.along] if self.along else [])]
            where = ", ".join(str(self.frame[name].iloc[position]) for name in names) or f"row {position}"
            yield Told(where, f"{where}: {self._amount(position)}; not so: {self.rule.title}", (position,))


def _off(difference: Decimal | None) -> str:
    if not difference:
        return ""
    return f"; {abs(difference):f} too {'many' if difference > 0 else 'few'}"
