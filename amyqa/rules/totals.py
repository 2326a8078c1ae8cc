"""A total equals the sum of its parts, along one dimension, for every combination of the others.

The parts are the table's own codes unless they are given, so that one line of a suite serves every
table of a family. A coordinate that is not printed makes the identity unknown, not zero; one that
the spec declares zero adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult
from amyqa.rules.rule import (
    WHERE,
    Linear,
    Parameter,
    Relation,
    Rule,
    RuleRun,
    TableContext,
    alike,
    name,
    where,
)
from amyqa.rules.shape import ABSENT, ZERO, Arguments, Shape
from amyqa.rules.wording import IdentityDescription, Terms, arranged

_MAX_NAMES = 6


def pairs(arguments: Arguments) -> list[tuple[str, list[str], list[str]]]:
    """Each total with its parts and with those that count only where they are printed.

    A total may be made up in several ways: of continents and of income groups.
    """
    hierarchy = arguments.get("hierarchy")
    if hierarchy:
        return [(total, way, []) for total, parts in hierarchy.items() for way in _ways(parts)]
    optional = list(arguments.get("optional") or [])
    return [(arguments["total"], list(arguments["parts"]), optional)]


def _ways(parts: Sequence[str] | Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The parts of a total, or of each way in which it is made up."""
    if codes := [part for part in parts if isinstance(part, str)]:
        yield codes
    yield from (list(way) for way in parts if not isinstance(way, str))


def complete(arguments: Arguments, codes: Sequence[str], total: str | None) -> Arguments:
    """Arguments with the total and the parts that were left out.

    Args:
        codes: the table's codes in the dimension.
        total: the code that stands for all others, where there is one.
    """
    if arguments.get("hierarchy"):
        return arguments
    total = arguments.get("total") or total
    others = [code for code in codes if code != total and code not in (arguments.get("optional") or ())]
    return {**arguments, "total": total, "parts": arguments.get("parts") or others}


def bind(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
    """Arguments with the table's own total and parts."""
    dimension = arguments["dimension"]
    if hierarchy := known.nested(dimension):
        return {**arguments, "hierarchy": hierarchy, "total": None, "parts": None}, ""
    completed = complete(arguments, known.codes(dimension), known.total(dimension))
    if completed.get("hierarchy"):
        return completed, ""
    if (total := completed["total"]) not in known.codes(dimension):
        missing = f"no total {total!r}" if total else "no total"
        return completed, f"the table has {missing} along {dimension!r}"
    if not completed["parts"]:
        return completed, f"the table has a total and no parts along {dimension!r}"
    return completed, ""


PARTITIONS = 2**20
"""More than a dimension has totals: an identity's number is made of its total's record and its partition."""
_TOTAL, _PART, _OPTIONAL = 0, 1, 2


def _told(arguments: Arguments) -> Iterable[tuple[int, str, str, int]]:
    """Each total, its parts, and those that count where they are printed."""
    for k, (total, parts, optional) in enumerate(pairs(arguments)):
        yield k, total, total, _TOTAL
        for kind, codes in ((_PART, parts), (_OPTIONAL, optional)):
            yield from ((k, total, code, kind) for code in codes)


PARTS = Relation(
    "parts",
    {"partition": int, "total": str, "code": str, "kind": int},
    _told,
    ("total", "parts", "optional", "hierarchy"),
)


def terms(arguments: Arguments, shape: Shape) -> str:
    """Terms of every identity; the record of the total numbers it, with the number of its partition."""
    dimension, same = name(arguments["dimension"]), alike(shape.others(arguments["dimension"]), "p", "t")
    identity = f"t.OBS_RECORD * {PARTITIONS} + parts.partition"
    totals = (
        f"FROM observations t JOIN parts ON parts.OBS_TABLE = t.OBS_TABLE AND parts.total = t.{dimension}"
    )
    condition = f"WHERE {where(arguments, 't')}"
    part = f"{totals} JOIN observations p ON p.{dimension} = parts.code AND {same} {condition}"
    return "\nUNION ALL\n".join(
        (
            f"SELECT {identity} AS identity, t.OBS_CELL AS cell, 1 AS coefficient {totals} {condition} "
            f"AND parts.kind = {_TOTAL}",
            f"SELECT {identity}, COALESCE(p.OBS_CELL, {ABSENT}), -1 "
            f"{part.replace(' JOIN observations p', ' LEFT JOIN observations p')} AND parts.kind = {_PART}",
            f"SELECT {identity}, p.OBS_CELL, -1 {part} AND parts.kind = {_OPTIONAL}",
        )
    )


def record_of(judged: IdentityResult) -> int:
    """The record of an identity's total."""
    return judged.key // PARTITIONS


def tell(ran: RuleRun, judged: IdentityResult, observations: Observations) -> IdentityDescription:
    """An identity with its parts named by their codes."""
    dimension = ran.arguments["dimension"]
    partitions = pairs(ran.arguments)
    record, partition = divmod(judged.key, PARTITIONS)
    total, parts, optional = partitions[partition]
    at = observations.place(record)
    at.pop(dimension)
    names, order = _names_of_parts(observations, dimension, at, [total, *parts, *optional], 1 + len(parts))
    ordered = arranged(judged, order)
    if total.casefold() == "all":
        names[ordered.terms[0][0]] = f"all {dimension}s"
    terms = Terms(observations, ordered, names)
    return IdentityDescription(terms, at, terms.relation(), dimension)


def relation(ran: RuleRun, judged: IdentityResult, observations: Observations) -> str:
    """The total and the parts that it is the sum of."""
    partitions = pairs(ran.arguments)
    total, parts, optional = partitions[judged.key % PARTITIONS]
    dimension = ran.arguments["dimension"]
    printed = [*parts, *(code for code in optional if code in observations.codes(dimension))]
    shown = printed if len(printed) <= _MAX_NAMES else [printed[0], "…", printed[-1]]
    name = f"all {dimension}s" if total.casefold() == "all" else total
    return f"{name} = {' + '.join(shown)} ({dimension})"


def _names_of_parts(
    observations: Observations,
    dimension: str,
    at: Mapping[str, str],
    codes: Sequence[str],
    required: int,
) -> tuple[dict[int, str], dict[int, int]]:
    """What each cell of an identity is called along its dimension, and in which order they stand."""
    names: dict[int, str] = {}
    order: dict[int, int] = {}
    missing = []
    for number, code in enumerate(codes):
        place = tuple(code if name == dimension else at.get(name) for name in observations.shape.dimensions)
        cells = observations.at(place)
        for cell in cells:
            names[cell] = (
                f"{names[cell]} and {code}" if cell in names and cell == ZERO else names.get(cell, code)
            )
            order.setdefault(cell, number)
        if not cells and number < required:
            missing.append(code)
    if missing:
        names[ABSENT] = " and ".join(missing)
    return names, order


RULE = Rule(
    name="totals",
    ess="VAD",
    level="1c",
    title="a total equals the sum of its parts",
    done_by="schema, suite",
    expectation="expect_totals_to_equal_the_sum_of_their_parts",
    check="totals",
    definition=Linear(terms, tell, relation, told=PARTS, together=True),
    bind=bind,
    parameters=(
        Parameter("dimension", "dimension", "the dimension to add up along", required=True),
        Parameter("total", "code", "code of the total [the dimension's total in the table]"),
        Parameter("parts", "codes", "codes of the parts [the table's other codes]"),
        Parameter("optional", "codes", "codes that count as parts where the table has them"),
        Parameter("hierarchy", "hierarchy", "totals to parts, where codes nest [the table's codes:]"),
        WHERE,
    ),
)
