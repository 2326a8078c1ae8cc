"""A total equals the sum of its parts, along one dimension, for every combination of the others.

The parts are the table's own codes unless they are given, so that one line of a suite serves every
table of a family. A coordinate that is not printed makes the identity unknown, not zero; one that
the spec declares zero adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult, RuleRun
from amyqa.rules.rule import (
    ABSENT,
    WHERE,
    ZERO,
    Arguments,
    Linear,
    Parameter,
    Rule,
    Shape,
    TableContext,
    name,
    text,
    where,
)
from amyqa.rules.wording import IdentityDescription, Terms, arranged

_MAX_NAMES = 6


def pairs(arguments: Arguments) -> list[tuple[str, list[str], list[str]]]:
    """Each total with its parts and with those that count only where they are printed."""
    hierarchy = arguments.get("hierarchy")
    if hierarchy:
        return [(total, list(parts), []) for total, parts in hierarchy.items()]
    optional = list(arguments.get("optional") or [])
    return [(arguments["total"], list(arguments["parts"]), optional)]


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


def terms(arguments: Arguments, shape: Shape) -> str:
    """Terms of every identity; the record of the total numbers it."""
    dimension = name(arguments["dimension"])
    same = " AND ".join(
        f"COALESCE(p.{name(other)}, '') = COALESCE(t.{name(other)}, '')"
        for other in shape.others(arguments["dimension"])
    )
    partitions = pairs(arguments)
    selects = []
    for k, (total, parts, optional) in enumerate(partitions):
        identity = f"t.OBS_RECORD * {len(partitions)} + {k}"
        totals = f"observations t WHERE t.{dimension} = {text(total)} AND {where(arguments, 't')}"
        selects.append(f"SELECT {identity} AS identity, t.OBS_CELL AS cell, 1 AS coefficient FROM {totals}")
        for join, codes, cell in (
            ("LEFT", parts, f"COALESCE(p.OBS_CELL, {ABSENT})"),
            ("", optional, "p.OBS_CELL"),
        ):
            if codes:
                values = ", ".join(f"({text(code)})" for code in codes)
                selects.append(
                    f"SELECT {identity}, {cell}, -1 FROM (VALUES {values}) AS parts(code) CROSS JOIN "
                    f"(SELECT * FROM {totals}) t {join} JOIN observations p "
                    f"ON p.{dimension} = parts.code AND {same or 'TRUE'}"
                )
    return "\nUNION ALL\n".join(selects)


def tell(ran: RuleRun, judged: IdentityResult, observations: Observations) -> IdentityDescription:
    """An identity with its parts named by their codes."""
    dimension = ran.arguments["dimension"]
    partitions = pairs(ran.arguments)
    record, partition = divmod(judged.key, len(partitions))
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
    total, parts, optional = partitions[judged.key % len(partitions)]
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
    definition=Linear(terms, tell, relation),
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
