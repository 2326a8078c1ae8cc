"""A part is at most its total: women among the unemployed, a destination among all.

For parts that do not make up the total, or of which the total is all that is known beside them. It is
linear, total = part + what is left, so that it can be diagnosed as sums are.
"""

from __future__ import annotations

from amyqa.rules.observations import Observations
from amyqa.rules.outcome import IdentityResult
from amyqa.rules.rule import KNOWN, Linear, Parameter, Rule, RuleRun, alike, matching, name
from amyqa.rules.shape import ABSENT, SLACK_VARIABLE, Arguments, Shape
from amyqa.rules.wording import IdentityDescription, Terms, arranged, place


def terms(arguments: Arguments, shape: Shape) -> str:
    """Terms of every pair of a part and its total; the record of the part numbers it."""
    total = arguments["total"]
    # what is only another code may be below zero where the table is, and its total less than the rest
    others = [f"o.{name(d)} IS NOT NULL AND NOT ({matching({d: total[d]})})" for d in total]
    others.append("o.OBS_FLOOR = 0")
    chosen = matching(arguments["part"]) if arguments.get("part") else " AND ".join(others)
    parts = f"FROM observations o WHERE o.OBS_KIND = 'printed' AND {KNOWN} AND {chosen}"
    same = alike((d for d in shape.dimensions if d not in total), "t", "p")
    return "\nUNION ALL\n".join(
        (
            f"SELECT p.OBS_RECORD AS identity, COALESCE(t.OBS_CELL, {ABSENT}) AS cell, 1 AS coefficient "
            f"FROM (SELECT o.* {parts}) p LEFT JOIN observations t ON {matching(total, 't')} AND {same}",
            f"SELECT o.OBS_RECORD, o.OBS_CELL, -1 {parts}",
            f"SELECT o.OBS_RECORD, {SLACK_VARIABLE}, -1 {parts}",
        )
    )


def tell(ran: RuleRun, judged: IdentityResult, observations: Observations) -> IdentityDescription:
    """The total and the part, named by their codes."""
    part = observations.cell_id(judged.key)
    total, name_of_part, where = _named(ran, judged, observations)
    names = {id: total for id, _ in judged.terms if id != SLACK_VARIABLE} | {part: name_of_part}
    ordered = arranged(
        judged, {id: int(id == part) + 2 * int(id == SLACK_VARIABLE) for id, _ in judged.terms}
    )
    terms = Terms(observations, ordered, names)
    spoken = f"{at}: " if (at := place(where, observations.table)) else ""
    sentence = (
        f"{spoken}{name_of_part} is printed {terms.amount(part)}, but the total that it is a part of, "
        f"{total}, is {terms.amount(terms.total)}."
    )
    whole = relation(ran, judged, observations)
    return IdentityDescription(terms, where, whole, whole, sentence)


def relation(ran: RuleRun, judged: IdentityResult, observations: Observations) -> str:
    """The total and its part."""
    total, part, _ = _named(ran, judged, observations)
    return f"{total} ≥ {part}"


def _named(
    ran: RuleRun, judged: IdentityResult, observations: Observations
) -> tuple[str, str, dict[str, str]]:
    """What total and part are called, and where else they stand."""
    at, total = observations.place(judged.key), ran.arguments["total"]
    named = [*total, *(d for d in ran.arguments.get("part") or () if d not in total)]
    codes = [code if isinstance(code, str) else code[0] for code in total.values()]
    where = {d: code for d, code in at.items() if d not in named}
    return ", ".join(codes), ", ".join(at[d] for d in named if d in at), where


def accept(arguments: Arguments) -> str:
    """A total is one cell."""
    several = any(not isinstance(c, str) and len(c) > 1 for c in (arguments.get("total") or {}).values())
    return "total names one code of each dimension" if several else ""


RULE = Rule(
    name="parts",
    ess="VCO",
    level="1c",
    title="a part is at most its total",
    done_by="suite",
    expectation="expect_parts_not_to_exceed_their_total",
    definition=Linear(terms, tell, relation, together=True),
    accept=accept,
    parameters=(
        Parameter("total", "where", "the codes that differ for the total, as {sex: total}", required=True),
        Parameter("part", "where", "codes of the parts [all other codes, where nothing is below zero]"),
    ),
)
