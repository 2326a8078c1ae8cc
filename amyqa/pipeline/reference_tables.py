"""Which tables stand beside a table: its last edition, and the other sides of its mirrors."""

from __future__ import annotations

import re
from collections.abc import Iterable

from amyqa.errors import BadSpec, Problem, Problems, did_you_mean
from amyqa.loading import Loaded
from amyqa.model import Table
from amyqa.reading.spec import is_left_out
from amyqa.rules.reference_tables import MIRROR, PREVIOUS, ReferenceTable
from amyqa.rules.suite import Suite


class ReferenceFinder:
    """Finds the tables that others are compared with, and reads each once."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.read: dict[str, Table | str] = {}

    def of(self, table: Table, suite: Suite | None) -> tuple[list[ReferenceTable], dict[str, list[str]]]:
        """The tables that a table's suite compares it with, and for each kind why there is no (other) one."""
        kinds = (
            {entry.rule.references for entry in suite.entries if entry.rule} if suite is not None else set()
        )
        found: list[ReferenceTable] = []
        lacking: dict[str, list[str]] = {}
        for kind, asked in ((PREVIOUS, self._previous), (MIRROR, self._mirrors)):
            for other in asked(table) if kind in kinds and table.spec.fields is None else ():
                if isinstance(other, str):
                    lacking.setdefault(kind, []).append(other)
                else:
                    found.append(other)
        return found, lacking

    def _previous(self, table: Table) -> Iterable[ReferenceTable | str]:
        """The same table in the last edition that has it."""
        id = table.spec.revises or last_edition(table.id, self.loaded.files)
        if id is None:
            yield f"no earlier edition has {table.id.partition('/')[2] or table.id}"
            return
        other = self._table(id, table, "revises")
        yield other if isinstance(other, str) else ReferenceTable(PREVIOUS, other, file=self._yaml(table))

    def _mirrors(self, table: Table) -> Iterable[ReferenceTable | str]:
        """The tables that the spec says speak of the same."""
        for number, mirror in enumerate(table.spec.mirrors):
            if is_left_out(mirror.table):
                continue
            other = self._table(mirror.table, table, f"mirrors[{number}].table")
            if isinstance(other, str):
                yield other
            else:
                codes = (mirror.here, mirror.there, mirror.codes)
                yield ReferenceTable(MIRROR, other, *codes, self._yaml(table))

    def _yaml(self, table: Table) -> str:
        return self.loaded.yearbook.shown(self.loaded.files[table.id].yaml)

    def _table(self, id: str, table: Table, key: str) -> Table | str:
        """Another table, or why it cannot be compared with."""
        if message := self.loaded.absent(id):
            if self.loaded.misnamed(id):
                line, column = table.stands.get(key, (None, None))
                advice = did_you_mean(id, self.loaded.files)
                problem = Problem(message, advice, self._yaml(table), line, column, key)
                self.loaded.problems.add(BadSpec, problem)
            return message
        if id not in self.read:
            ignored = Problems()  # a table that was not asked for stops nothing
            read = self.loaded.tables.get(id) or Loaded(self.loaded.yearbook, ignored).table(id)
            unreadable = f"{id} cannot be read: check it to be told why"
            self.read[id] = unreadable if read is None or len(ignored) else read
        return self.read[id]


def last_edition(id: str, known: Iterable[str]) -> str | None:
    """The same table in the greatest edition before its own; editions are the first folders."""
    edition, _, rest = id.partition("/")
    editions = {other.partition("/")[0]: other for other in known if other.partition("/")[2] == rest}
    earlier = [other for other in editions if rest and _order(other) < _order(edition)]
    return editions[max(earlier, key=_order)] if earlier else None


def _order(edition: str) -> list[tuple[int, int, str]]:
    """2004 before 2005, and 9 before 10."""
    parts: list[str] = re.findall(r"[0-9]+|[^0-9]+", edition)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]
