"""A total equals the sum of its parts, along one dimension, for every combination of the others.

The parts are the table's own codes unless they are given, so that one line of a suite serves every
table of a family. A coordinate that is not printed makes the identity unknown, not zero; one that
the spec declares zero adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from amyqa.rules.rule import (
    ABSENT,
    WHERE,
    Arguments,
    Linear,
    Parameter,
    Rule,
    Shape,
    name,
    text,
    where,
)


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


RULE = Rule(
    name="totals",
    ess="VAD",
    level="1c",
    title="a total equals the sum of its parts",
    done_by="schema, suite",
    expectation="expect_totals_to_equal_the_sum_of_their_parts",
    definition=Linear(terms),
    parameters=(
        Parameter("dimension", "dimension", "the dimension to add up along", required=True),
        Parameter("total", "code", "code of the total [the dimension's total in the table]"),
        Parameter("parts", "codes", "codes of the parts [the table's other codes]"),
        Parameter("optional", "codes", "codes that count as parts where the table has them"),
        Parameter("hierarchy", "hierarchy", "totals to parts, where codes nest [the table's codes:]"),
        WHERE,
    ),
)
