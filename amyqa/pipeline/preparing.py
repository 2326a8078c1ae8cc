"""What must be right before anything is checked: tables, schemas, suites, and the words they share."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from amyqa.errors import BadInput, BadRule, Problem, Problems
from amyqa.loading import Loaded, of_family
from amyqa.model import Failure, Table
from amyqa.pipeline.reference_tables import ReferenceFinder
from amyqa.project import TableFiles, Yearbook
from amyqa.rules.observations import Observations, observe
from amyqa.rules.suite import Suite, check_codes


@dataclasses.dataclass(frozen=True, slots=True)
class Prepared:
    """The tables that were asked for, read once each, and what is to run on them.

    Args:
        asked: ids of all that was asked for, those that are no table too.
        ready: the tables that can be checked.
        observed: by id, also those that have mistakes in their YAML.
        schemas, suites: by family.
        problems: what stands in the way of the others.
    """

    asked: tuple[str, ...]
    ready: tuple[Table, ...]
    observed: dict[str, Observations]
    schemas: Mapping[str, Any]
    suites: Mapping[str, Suite]
    loaded: Loaded
    problems: Problems

    def failures(self) -> tuple[Failure, ...]:
        """The tables that could not be checked, or not be read whole, with what stands in the way."""
        failures = []
        for id in sorted(set(self.asked)):
            table = self.loaded.tables.get(id)
            owners = (id, of_family(table.spec.family)) if table is not None else (id,)
            if found := self.loaded.problems.of(*owners):
                failures.append(Failure(id, found, partly=not self.loaded.problems.stop(*owners)))
        return tuple(failures)


def prepare(
    yearbook: Yearbook, chosen: Iterable[TableFiles], refused: Mapping[str, Problem] | None = None
) -> Prepared:
    """Read tables with their schemas and suites; nothing is checked, and no mistake hides another.

    Args:
        refused: what keeps other files from being a table at all.
    """
    problems = Problems()
    for id, problem in (refused or {}).items():
        with problems.about(id):
            problems.add(BadInput, problem)
    loaded = Loaded(yearbook, problems)
    chosen = tuple(chosen)
    tables = [t for files in chosen if (t := loaded.table(files.id)) is not None]
    external = {table.id: loaded.external(table) for table in tables}
    suites = loaded.families({table.spec.family: None for table in tables})
    schemas = load_schemas(yearbook, suites, problems)
    # a table with mistakes in its YAML still says which codes it has
    observed: dict[str, Observations] = {}
    references = ReferenceFinder(loaded)
    for table in tables:
        with problems.about(table.id), problems.gathered():
            others = references.of(table, suites.get(table.spec.family))
            known = observe(table, external[table.id], *others)
            observed[table.id] = dataclasses.replace(known, unread=loaded.unread(table))
    _check_words(loaded, suites, schemas, observed, problems, whole=len(observed) == len(chosen))
    ready = tuple(table for table in tables if not problems.stop(table.id, of_family(table.spec.family)))
    asked = (*(refused or ()), *(files.id for files in chosen))
    return Prepared(asked, ready, observed, schemas, suites, loaded, problems)


def load_schemas(yearbook: Yearbook, families: Iterable[str], problems: Problems) -> dict[str, Any]:
    """The schemas of families; what stands in the way is kept for later."""
    from amyqa.engines.schemafile import load_schema

    schemas = {}
    for family in families:
        path = yearbook.schema(family)
        with problems.about(of_family(family)), problems.gathered():
            schemas[family] = load_schema(path, yearbook.shown(path))
    return schemas


def _check_words(
    loaded: Loaded,
    suites: Mapping[str, Suite],
    schemas: Mapping[str, Any],
    observed: Mapping[str, Observations],
    problems: Problems,
    *,
    whole: bool,
) -> None:
    """Every dimension and code that suites and schemas name must be one of some table's.

    Args:
        whole: all tables could be read. Else one of those that could not may have a word that seems to be
            unknown, and only what is nearly another word is told.
    """
    from amyqa.engines.schemafile import check_words, words

    for family, suite in suites.items():
        members = [o for o in observed.values() if o.table.spec.family == family]
        members += loaded.siblings(family, observed)
        schema = schemas.get(family)
        unknown = Problems()
        check_codes(suite, members, unknown, words(schema) if schema is not None else {})
        if schema is not None:
            path = loaded.yearbook.schema(family)
            check_words(schema, path, loaded.yearbook.shown(path), members, unknown)
        with problems.about(of_family(family)):
            for problem in unknown.of(""):
                if whole or problem.hint.startswith("did you mean"):
                    problems.add(BadRule, problem)
