"""All rules, by name, by the type they have in a suite, and by the check they are in a schema.

Another package adds one under the entry point ``amyqa.rules``: any name, and a :class:`Rule`.
"""

from __future__ import annotations

from collections.abc import Iterable

from amyqa import extensions
from amyqa.rules import (
    chronology,
    consistency,
    cumulative,
    empty,
    formulas,
    gaps,
    growth,
    identities,
    measures,
    mirror,
    outliers,
    parts,
    placement,
    quotients,
    range,
    ratios,
    records,
    revisions,
    seasonal,
    shares,
    structure,
    totals,
)
from amyqa.rules.rule import Rule

ENVELOPE = Rule("envelope", "EVA", "0", "a table has a CSV and a YAML under a known name", "reading")
FORMAT = Rule("format", "FLF", "0", "a file is UTF-8 text, CSV or YAML, of equal rows", "reading")
DELIMITER = Rule("delimiter", "FDD", "0", "fields are separated as declared", "reading")
DECIMAL = Rule("decimal", "DES", "0", "numbers are written as declared", "reading")

OWN: tuple[Rule, ...] = (
    ENVELOPE,
    FORMAT,
    DELIMITER,
    DECIMAL,
    structure.FIELDS,
    structure.TYPES,
    structure.LENGTH,
    structure.MANDATORY,
    structure.CODES,
    structure.KEYS,
    structure.EXPECTED,
    structure.VALUES,
    totals.RULE,
    identities.STATED,
    range.RULE,
    placement.RULE,
    empty.RULE,
    identities.CLAIMS,
    measures.RULE,
    chronology.DAYS,
    chronology.PERIOD,
    chronology.ORDER,
    records.RULE,
    gaps.RULE,
    outliers.RULE,
    growth.RULE,
    cumulative.RULE,
    seasonal.RULE,
    consistency.RULE,
    ratios.RULE,
    quotients.RULE,
    formulas.RULE,
    parts.RULE,
    shares.RULE,
    revisions.REVISED,
    revisions.REVISIONS,
    mirror.RULE,
)
"""Those that amyqa brings, in the order of the reference."""

GROUP = "amyqa.rules"
"""The entry points under which other packages add rules."""


def with_added(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Rules, and behind them those of other packages, which cannot replace one.

    Raises:
        BadInput: one cannot be loaded, is no rule, or has the name of another.
    """
    every = list(rules)
    for entry in extensions.entries(GROUP):
        rule = extensions.load(entry, "rule")
        if not isinstance(rule, Rule):
            raise extensions.refusal(entry, "rule", "is not an amyqa Rule")
        if taken := _names(rule) & set().union(*map(_names, every)):
            raise extensions.refusal(entry, "rule", f"is called {min(taken)}, as another rule is")
        every.append(rule)
    return tuple(every)


def _names(rule: Rule) -> set[str]:
    return {rule.name, rule.expectation, rule.check} - {""}


RULES = with_added(OWN)
BY_NAME = {rule.name: rule for rule in RULES}
BY_EXPECTATION = {rule.expectation: rule for rule in RULES if rule.expectation}
BY_CHECK = {rule.check: rule for rule in RULES if rule.check}
