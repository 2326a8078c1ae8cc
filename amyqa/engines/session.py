"""A session: all tables of a run as relations of one engine, and rules asked of many tables at once.

Tables of the same columns and scale are loaded together, as a :class:`Batch`; a rule whose statement is the
same for several of them is asked once for all. Hosts differ in who asks, never in what a rule means.
"""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pandas as pd

from amyqa.engines import outcomes, relations
from amyqa.engines.database import DuckDB, Engine
from amyqa.rules.observations import Observations
from amyqa.rules.outcome import Outcome
from amyqa.rules.rule import Pointwise, Rule, RuleRun
from amyqa.rules.shape import Arguments, Shape
from amyqa.rules.suite import Entry

Asked = Mapping[int, Arguments]
"""Arguments bound to tables, by the tables' ``first``."""
_MAX_RECORDS = 50_000
"""Tables of so many records are loaded together."""
_MANY = 100_000
"""Of more records, what a rule says of each is held before it is counted."""
_LISTED = 20
"""So many tables are picked by their numbers, more by a relation of them."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Tables that are loaded together.

    Args:
        number: tells it from the session's other batches.
        tables: numbered one behind the other.
    """

    number: int
    tables: tuple[Observations, ...]

    @property
    def shape(self) -> Shape:
        """Dimensions and scale."""
        return self.tables[0].shape

    @cached_property
    def data(self) -> pd.DataFrame:
        """The observations of all tables as a frame."""
        return relations.frame(*self.tables)

    @cached_property
    def by_first(self) -> dict[int, Observations]:
        """The tables by their ``first``."""
        return {table.first: table for table in self.tables}

    def records(self, table: Observations) -> slice:
        """The rows of the frame that are a table's."""
        ends = self._ends
        return slice(*ends[table.first])

    @cached_property
    def _ends(self) -> dict[int, tuple[int, int]]:
        ends = list(accumulate((len(table.texts["OBS_KIND"]) for table in self.tables), initial=0))
        return dict(zip(self.by_first, pairwise(ends), strict=True))


@dataclass(frozen=True, eq=False)
class Question:
    """An entry of a suite, and the tables that it is asked.

    Args:
        asked: its arguments bound to each table, by the tables' ``first``.
    """

    entry: Entry
    asked: Asked

    def ran(self, first: int, outcome: Outcome) -> RuleRun:
        """What it yielded on a table."""
        entry = self.entry
        assert entry.rule is not None  # one of Great Expectations' own has no rule of ours
        reason = entry.meta.get("reason", "")
        return RuleRun(entry.rule, self.asked[first], entry.severity, "suite", outcome, reason)


class Session:
    """Relations held by an engine, for as long as a run lasts.

    Args:
        engine: who holds them and is asked; a DuckDB of its own unless it is given.
    """

    def __init__(self, engine: Engine | None = None) -> None:
        self.engine = engine or DuckDB()
        self._next = 0
        self._batches = 1
        self._nets = 0
        self._kept: list[str] = []
        self._looked_at: tuple[int, tuple[int, ...], Shape | None] | None = None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hold nothing any more."""
        self.engine.close()

    def load(self, tables: Iterable[Observations], *, together: bool = True) -> Iterator[Batch]:
        """Take tables in, those of the same columns and scale together.

        Args:
            together: False: each by itself.

        Yields:
            Batches of the tables, numbered from their place in the session; loaded one by one.
        """
        groups: dict[Any, list[Observations]] = {}
        records: Counter[Any] = Counter()
        for table in tables:
            numbered = dataclasses.replace(table, first=self._next)
            self._next += table.size
            columns = (table.shape, tuple(table.texts), tuple(table.integers))
            group = columns if together else numbered.first
            records[group] += len(table.texts["OBS_KIND"])
            # many tables in several batches: there is nothing to gain from larger ones, but memory to lose
            groups.setdefault((group, records[group] // _MAX_RECORDS), []).append(numbered)
        while groups:  # what was asked of is not held any longer
            members = groups.pop(next(iter(groups)))
            yield self._loaded(Batch(self._batches, tuple(members)))

    def forget(self) -> None:
        """Hold no terms of identities any more."""
        for net in self._kept:
            self.engine.drop(net)
        self._kept.clear()

    def release(self, batch: Batch) -> None:
        """Hold a batch no more; the terms of its identities stay."""
        for relation in ("records", "others", "stated"):
            self.engine.drop(f"{relation}_{batch.number}")

    def _loaded(self, batch: Batch) -> Batch:
        self._batches += 1
        records, selected = relations.compact(batch.tables)
        self.engine.load(f"records_{batch.number}", records)
        relation = f"SELECT {selected} FROM records_{batch.number}"
        self.engine.define(f"observations_{batch.number}", relation, stored=False)
        self._load_beside(batch.number, relations.others(batch.tables), relations.stated(batch.tables))
        return batch

    def judge(self, rule: Rule, arguments: Arguments, data: pd.DataFrame, shape: Shape) -> Outcome:
        """What a rule yields on anybody's frame of observations."""
        if relations.TABLE not in data:
            data = data.assign(OBS_TABLE=0)
        self.engine.load("observations_0", data)
        self._load_beside(0, None, relations.stated(()))
        self._looked_at = None
        self._look_at(0, [])
        return self._run(rule, {0: arguments}, shape, ())[0]

    def _load_beside(self, number: int, others: pd.DataFrame | None, stated: pd.DataFrame) -> None:
        if others is not None:
            self.engine.load(f"others_{number}", others)
        else:
            nothing = "SELECT *, CAST(NULL AS VARCHAR) AS OBS_SOURCE"
            self.engine.define(f"others_{number}", f"{nothing} FROM observations_{number} WHERE 1 = 0")
        self.engine.load(f"stated_{number}", stated)

    def ask(self, batch: Batch, rule: Rule, asked: Asked, *, coded: bool = False) -> dict[int, Outcome]:
        """What a rule yields on tables of a batch.

        Args:
            asked: checked arguments, completed from each table's spec.
            coded: only of records with coordinates, as structure is.

        Raises:
            ValueError: the rule has no definition (reading does it).
        """
        found: dict[int, Outcome] = {}
        for members in _alike(rule, asked).values():
            firsts = sorted(members)
            some = firsts if len(firsts) < len(batch.tables) else []
            self._look_at(batch.number, some, batch.shape if coded else None)
            tables = [batch.by_first[first] for first in firsts]
            found |= self._run(rule, {first: members[first] for first in firsts}, batch.shape, tables)
        return found

    def _run(
        self, rule: Rule, asked: Asked, shape: Shape, tables: Sequence[Observations]
    ) -> dict[int, Outcome]:
        definition = rule.definition
        if definition is None:
            raise ValueError(f"the rule {rule.name!r} has no definition")
        if definition.told is not None:
            rows = ((first, definition.told.rows(given)) for first, given in asked.items())
            self.engine.load(definition.told.name, relations.arguments(definition.told, rows))
        arguments = next(iter(asked.values()))
        firsts = np.array(list(asked), np.int64)
        if isinstance(definition, Pointwise):
            records = sum(len(table.texts["OBS_KIND"]) for table in tables)
            many = records > _MANY
            return outcomes.pointwise(self.engine, definition, arguments, shape, firsts, many=many)
        self._nets += 1
        net = f"net_{self._nets}"
        self._kept.append(net)
        sizes = [table.table.size for table in tables]
        return outcomes.linear(self.engine, definition, arguments, shape, outcomes.Asked(firsts, sizes, net))

    def _look_at(self, number: int, firsts: Sequence[int], coded: Shape | None = None) -> None:
        """Have ``observations`` and what stands beside them be those of a batch.

        Args:
            firsts: of the tables that are looked at; none: of all.
            coded: where only records with coordinates are, their dimensions.
        """
        if self._looked_at == (number, tuple(firsts), coded):
            return
        self._looked_at = number, tuple(firsts), coded
        conditions = []
        if firsts:
            if len(firsts) > _LISTED:
                self.engine.load("asked", pd.DataFrame({relations.TABLE: np.array(firsts, np.int64)}))
            listed = ", ".join(map(str, firsts)) if len(firsts) <= _LISTED else "SELECT OBS_TABLE FROM asked"
            conditions.append(f"OBS_TABLE IN ({listed})")
        for relation in ("others", "stated"):
            self.engine.define(relation, f"SELECT * FROM {relation}_{number}", stored=False)
        if coded is not None:
            conditions.append(outcomes.with_coordinates(coded))
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        self.engine.define("observations", f"SELECT * FROM observations_{number}{where}", stored=False)

    def terms(
        self, outcome: Outcome, table: Observations, cells: Iterable[int] | None = None
    ) -> dict[int, dict[int, int]]:
        """Terms of the identities of a linear rule in one table, each cell netted.

        Args:
            cells: only identities within three steps of these cells (sharing a cell is a step).

        Returns:
            For each identity its cells and coefficients, the greatest coefficient first.
        """
        keys = outcome.judged.keys
        if not len(keys):
            return {}
        ends = int(keys.min()), int(keys.max())
        near = None
        if cells is not None:
            near = relations.global_cells(np.array(list(cells), np.int64), table.first)
        return outcomes.terms(self.engine, outcome.netted, ends, table.first, near)

    def lines_alike(self, outcome: Outcome, table: Observations, asked: Sequence[int]) -> dict[int, int]:
        """How many lines of a table the relation of each of these identities has, by their keys."""
        keys, width = outcome.judged.keys, len(table.table.columns)
        ends = int(keys.min()), int(keys.max())
        return outcomes.lines_alike(self.engine, outcome.netted, ends, table.first, width, asked)


def _alike(rule: Rule, asked: Asked) -> dict[Any, dict[int, Arguments]]:
    """Tables by what they are asked: those of one statement together, where the rule keeps them apart."""
    definition = rule.definition
    together = definition is not None and definition.together
    told = definition.told.instead_of if definition is not None and definition.told is not None else ()
    found: dict[Any, dict[int, Arguments]] = {}
    for first, arguments in asked.items():
        key: Any = first
        if together:
            rest = {name: given for name, given in arguments.items() if name not in told}
            key = json.dumps(rest, default=str, sort_keys=True)
        found.setdefault(key, {})[first] = arguments
    return found
