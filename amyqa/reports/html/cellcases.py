"""Every identity that a cell stands in, as compact JSON that the page's script tells when a cell is chosen.

For each table an object::

    title, file     of the table
    columns         their labels
    places          position of each column's field in a line of the file
    rest            number of the table's identities that are not here
    readings        [what it is read as, cells …] of cells that are not plain numbers
    words           every text that identities use, once
    sums            the identities: [state, where, [cell, name, cell, name, …], more]

A state is 0 for broken, 1 for not evaluated, 2 for holding. `where` and names are indexes of words. The
total's cell is the first; a cell that the page does not show is 0. `more` is left out where it is empty:
`factors` (coefficients that are not the usual ones), `amounts` and `links` (by place of the term: what
to show and where to go instead of the cell's own token), `sense`, `computed`, `remark`.
"""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from amyqa.characters import visible
from amyqa.model import Cell, IdentityArithmetic, Report, Status, Summand, Table
from amyqa.reports.certainty import cell_name
from amyqa.reports.places import Places
from amyqa.reports.text.explain import reading

MOST, FEWEST = 60_000, 100
"""So many identities in all, shared out among the tables, and of each so many; the others are counted."""
MAX_LONG = 200
"""Of a longer sum so many terms are told."""

_STATES = ("broken", "unknown", "holds")
_SENSES = {"<=": "≤", ">=": "≥"}


def told_for_cells(report: Report, places: Places) -> dict[str, str]:
    """JSON of each table's identities, by the table's id."""
    share = max(FEWEST, MOST // max(1, len(report.tables)))
    from_afar = _from_afar(report)
    return {
        table.id: embedded(
            _Encoder(table, places).told(
                [*_own(report, table, places, share), *from_afar[table.id][:share]],
                _number(report, table) - min(share, len(report.identities.get(table.id, ()))),
            )
        )
        for table in report.tables
    }


def embedded(value: object) -> str:
    """Compact JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _own(report: Report, table: Table, places: Places, most: int) -> Iterable[IdentityArithmetic]:
    """A table's own identities; cells of other tables by the tables' titles, as ids are for files."""
    for identity in report.identities.get(table.id, ())[:most]:
        if any(isinstance(term.cell, Cell) for term in identity.terms):
            yield dataclasses.replace(
                identity,
                terms=tuple(
                    dataclasses.replace(term, name=f"{places.title(term.cell.table)}: {cell_name(term.cell)}")
                    if isinstance(term.cell, Cell)
                    else term
                    for term in identity.terms
                ),
            )
        else:
            yield identity


def _number(report: Report, table: Table) -> int:
    counts = report.counts.get(table.id)
    return counts.evaluated + counts.not_evaluated if counts else 0


def _from_afar(report: Report) -> Mapping[str, list[IdentityArithmetic]]:
    """Identities of other tables, each told from the table whose cell it names."""
    tables = {table.id: table for table in report.tables}
    found: defaultdict[str, list[IdentityArithmetic]] = defaultdict(list)
    for home, identities in report.identities.items():
        if home not in tables:
            continue
        for identity in identities:
            abroad = (term.cell.table for term in identity.terms if isinstance(term.cell, Cell))
            for id in dict.fromkeys(abroad):
                where = f"{tables[home].spec.title}: {identity.where}".rstrip(": ")
                terms = tuple(_seen_from(id, term, tables[home]) for term in identity.terms)
                found[id].append(dataclasses.replace(identity, where=where, terms=terms))
    return found


def _seen_from(table: str, term: Summand, home: Table) -> Summand:
    if isinstance(term.cell, int):
        return dataclasses.replace(term, cell=home.cell(term.cell))
    if isinstance(term.cell, Cell) and term.cell.table == table:
        return dataclasses.replace(term, cell=term.cell.id, name=cell_name(term.cell))
    return term


class _Encoder:
    """Writes one table's identities."""

    def __init__(self, table: Table, places: Places) -> None:
        self.table, self.places = table, places
        self.words: dict[str, int] = {}
        rows, width = places.shown[table.id], len(table.columns)
        self.tokens = {  # of the cells that are shown
            r * width + c + 1: token.strip() for r in rows for c, token in enumerate(table.rows[r].tokens)
        }

    def told(self, identities: Iterable[IdentityArithmetic], rest: int) -> Mapping[str, Any]:
        sums = [self._identity(each) for each in identities]
        return {
            "title": visible(self.table.spec.title),
            "file": visible(self.table.file),
            "columns": [visible(label) for label in self.table.columns],
            "places": self.table.positions,
            "rest": max(0, rest),
            "readings": self._readings(),
            "words": [visible(word) for word in self.words],
            "sums": sums,
        }

    def _word(self, text: str) -> int:
        return self.words.setdefault(text, len(self.words))

    def _identity(self, identity: IdentityArithmetic) -> list[Any]:
        terms: list[int] = []
        more: dict[str, Any] = {}
        shown = identity.terms[: MAX_LONG + 1]
        sign = 1 if shown[0].coefficient > 0 else -1
        for i, term in enumerate(shown):
            cell = term.cell
            token = self.tokens.get(cell) if isinstance(cell, int) else None
            terms += [cell if isinstance(cell, int) and token is not None else 0, self._word(term.name)]
            if token != term.amount:
                more.setdefault("amounts", {})[i] = self._word(term.amount)
            if isinstance(cell, Cell) and (link := self.places.anchor(cell)):
                more.setdefault("links", {})[i] = link
            if term.coefficient != (-sign if i else sign):
                more["factors"] = [
                    sign * (-each.coefficient if k else each.coefficient) for k, each in enumerate(shown)
                ]
        if identity.sense != "=":
            more["sense"] = _SENSES.get(identity.sense, identity.sense)
        if identity.computed and (identity.state != "holds" or identity.computed != shown[0].amount):
            more["computed"] = self._word(identity.computed)
        if identity.remark:
            more["remark"] = self._word(identity.remark)
        if len(shown) < len(identity.terms):
            more["left"] = len(identity.terms) - len(shown)
        told = [_STATES.index(identity.state), self._word(identity.where), terms]
        return [*told, more] if more else told

    def _readings(self) -> list[list[object]]:
        """How cells that are not plain numbers are read."""
        found: dict[str, list[object]] = {}
        for r in sorted(self.places.shown[self.table.id]):
            row = self.table.rows[r]
            for c, read in enumerate(row.readings):
                if (
                    read.status is Status.VALUE
                    and not read.mark
                    and row.label not in self.table.spec.uncertain
                ):
                    continue
                if read.status is Status.TEXT:
                    continue
                id = self.table.cell_id(r, c)
                words = reading(self.table.cell(id), self.table)
                found.setdefault(visible(words), []).append(id)
        return [[words, *cells] for words, cells in found.items()]
