"""What is broken in a cube, in parts that share no cell: each is a small table to diagnose by itself.

What a diagnosis weighs grows faster than the table it is about; many broken identities that have nothing to
do with each other are as many small tables.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from amyqa.cubes.judging import Judged, identity, kept
from amyqa.cubes.neighbourhood import Identity
from amyqa.engines.session import Session
from amyqa.model import Change, Explanation, Table, TableDiagnosis
from amyqa.rules.collector import ResultCollector
from amyqa.rules.observations import observe
from amyqa.rules.outcome import STATES, IdentityState
from amyqa.rules.rule import RuleRun

_Key = tuple[int, int]
"""An identity: the number of its rule, and its own there."""
TOGETHER = 50
"""So many broken identities are diagnosed together: what they have in common is seen among them."""


@dataclass(frozen=True)
class Part:
    """Some broken identities, with those around them, as a table of their own.

    Args:
        rows: which rows of the cube's table they are.
    """

    collector: ResultCollector
    rans: Sequence[RuleRun]
    session: Session
    rows: Sequence[int]
    whole: Table

    def relocated(self, diagnosis: TableDiagnosis) -> TableDiagnosis:
        """A diagnosis with the cells of the cube's table."""
        others = tuple(
            Explanation(tuple(map(self._moved, each.changes)), each.likelihood)
            for each in diagnosis.alternatives
        )
        changes = tuple(map(self._moved, diagnosis.changes))
        return dataclasses.replace(diagnosis, changes=changes, alternatives=others)

    def _moved(self, change: Change) -> Change:
        row, column = divmod(change.cell.id - 1, len(self.whole.columns))
        return dataclasses.replace(change, cell=self.whole.cell(self.whole.cell_id(self.rows[row], column)))


def parts(judged: Judged) -> Iterator[Part]:
    """The broken identities that are told, so many at a time; those that share a cell together."""
    web = _Web(judged)
    some: set[_Key] = set()
    for group in _connected([(key, web.terms[key]) for key in web.broken]):
        if not web.told.isdisjoint(group):
            some |= group
        if len(some) >= TOGETHER:
            yield _part(judged, web, some)
            some = set()
    if some:
        yield _part(judged, web, some)


class _Web:
    """The identities of a cube's table, and which of them hold a cell."""

    def __init__(self, judged: Judged) -> None:
        observations, cells = judged.collector.observations, judged.cells
        self.terms: dict[_Key, tuple[int, ...]] = {}
        self.named: dict[_Key, Identity] = {}
        self.of_cell: dict[int, list[_Key]] = {}
        self.broken: list[_Key] = []
        self.told: set[_Key] = set()
        self.controls: set[_Key] = set()
        of_sums = judged.of_sums()
        for ran in judged.rans:
            if (each := of_sums.get(id(ran))) is None:
                continue
            number, states = each.number, ran.outcome.judged.states.tolist()
            terms = judged.session.terms(ran.outcome, observations)
            picked = frozenset(judged.picked.broken.get(number, ()))
            for key, state in zip(ran.outcome.judged.keys.tolist(), states, strict=True):
                here = number, key
                self.terms[here] = tuple(cell for cell in terms[key] if cell > 0)
                self.named[here] = identity(key, each, observations, cells)
                for cell in self.terms[here]:
                    self.of_cell.setdefault(cell, []).append(here)
                if STATES[state] is IdentityState.BROKEN:
                    self.broken.append(here)
                    if self.named[here] in picked:
                        self.told.add(here)
                if self.named[here] in judged.controls[number]:
                    self.controls.add(here)

    def around(self, keys: Iterable[_Key]) -> set[_Key]:
        """Identities, with those that share a cell with them."""
        return {near for key in keys for cell in self.terms[key] for near in self.of_cell[cell]}


def _connected(broken: Sequence[tuple[_Key, tuple[int, ...]]]) -> list[set[_Key]]:
    """Broken identities in groups that share no cell, in the order of their first."""
    leads = list(range(len(broken)))

    def lead(at: int) -> int:
        while leads[at] != at:
            leads[at] = leads[leads[at]]
            at = leads[at]
        return at

    first: dict[int, int] = {}
    for at, (_, cells) in enumerate(broken):
        for cell in cells:
            leads[lead(at)] = lead(first.setdefault(cell, at))
    groups: dict[int, set[_Key]] = {}
    for at, (key, _) in enumerate(broken):
        groups.setdefault(lead(at), set()).add(key)
    return list(groups.values())


def _part(judged: Judged, web: _Web, some: set[_Key]) -> Part:
    """A table of the rows around some broken identities, judged again over it alone."""
    whole = judged.collector.observations.table
    # what is broken was chosen for being so: how often a relation holds, those show that were not
    keys = web.around(web.around(some)) | web.controls
    keys -= set(web.broken) - some  # those of another part, of which not all that bears on them is here
    rows = sorted({(cell - 1) // len(whole.columns) for key in keys for cell in web.terms[key]})
    table = dataclasses.replace(whole, rows=tuple(whole.rows[row] for row in rows))
    session = Session()
    [batch] = list(session.load([observe(table)]))
    [mine] = batch.tables
    collector, rans = ResultCollector(mine), []
    for each in judged.sums:
        known = frozenset(web.named[key] for key in keys if key[0] == each.number)
        outcome = session.ask(batch, each.rule, {mine.first: each.arguments})[mine.first]
        told = kept(outcome, each, mine, known, frozenset(), judged.cells)
        rans.append(RuleRun(each.rule, each.arguments, each.severity, each.caught_by, told, each.reason))
        collector.add(rans[-1])
    return Part(collector, rans, session, rows, whole)


def told_once(diagnoses: Sequence[TableDiagnosis]) -> Mapping[str, TableDiagnosis]:
    """Diagnoses by their sentences: what is said of several parts in the same words is one."""
    found: dict[str, TableDiagnosis] = {}
    for each in diagnoses:
        key = each.message if not each.changes else f"{each.explains}"
        before = found.get(key)
        merged = dataclasses.replace(each, explains=(*before.explains, *each.explains)) if before else each
        found[key] = merged
    return found
