"""The lines of a relation: the same identity in other rows, columns or blocks of a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from amyqa.diagnosis.case import Case


@dataclass(frozen=True)
class RelationLines:
    """One relation and its lines, in the order in which they stand on the page.

    Args:
        lines: numbers of the identities.
        broken: those that do not hold and are to be explained.
    """

    case: Case
    lines: tuple[int, ...]
    broken: tuple[int, ...]

    @cached_property
    def count(self) -> int:
        """How many lines the relation has in the table; those of the case, unless more are known of."""
        return max(len(self.lines), *(self.case.identities[line].lines for line in self.broken))

    def residual(self, line: int) -> int:
        """Printed total minus the sum of its parts, scaled."""
        return self.case.system.rows[line].residual

    def total(self, line: int) -> int:
        """The printed total, scaled."""
        return self.case.values[self.case.identities[line].total]

    def place(self, line: int) -> tuple[int, int]:
        """Where its total stands."""
        return self.case.printed[self.case.identities[line].total].place

    @cached_property
    def roles(self) -> dict[tuple[int, int], dict[int, int]]:
        """Each part's place as seen from the total's: the cell that stands there, by line."""
        roles: dict[tuple[int, int], dict[int, int]] = {}
        for line in self.lines:
            r, c = self.place(line)
            for cell in self.case.identities[line].terms:
                row, column = self.case.printed[cell].place
                roles.setdefault((row - r, column - c), {})[line] = cell
        roles.pop((0, 0), None)
        return roles


def relations(case: Case, broken: Iterable[int]) -> list[RelationLines]:
    """Every relation with a broken line: the same places, seen from the total's, with the same signs."""
    wanted = set(broken)
    found: dict[object, list[int]] = {}
    for number, identity in enumerate(case.identities):
        if len(identity.terms) > 1 and case.fixed.isdisjoint(identity.terms):
            found.setdefault(_shape(case, number), []).append(number)
    told = []
    for lines in found.values():
        if mine := tuple(sorted((n for n in lines if n in wanted), key=lambda n: _order(case, n))):
            told.append(RelationLines(case, tuple(sorted(lines, key=lambda n: _order(case, n))), mine))
    return told


def _order(case: Case, number: int) -> tuple[int, int]:
    return case.printed[case.identities[number].total].place


def _shape(case: Case, number: int) -> object:
    identity = case.identities[number]
    r, c = case.printed[identity.total].place
    places = [(*case.printed[cell].place, k) for cell, k in identity.terms.items()]
    rows, columns = {row for row, _, _ in places}, {column for _, column, _ in places}
    if len(rows) == 1:
        return "row", tuple(sorted((column, k) for _, column, k in places))
    if len(columns) == 1:
        return "column", tuple(sorted((row - r, k) for row, _, k in places))
    return "block", tuple(sorted((row - r, column - c, k) for row, column, k in places))
