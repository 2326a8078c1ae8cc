"""All rules, by name, by the type they have in a suite, and by the check they are in a schema."""

from __future__ import annotations

from amyqa.rules import (
    chronology,
    consistency,
    cumulative,
    empty,
    gaps,
    growth,
    identities,
    measures,
    mirror,
    outliers,
    parts,
    placement,
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

RULES: tuple[Rule, ...] = (
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
    parts.RULE,
    shares.RULE,
    revisions.REVISED,
    revisions.REVISIONS,
    mirror.RULE,
)
BY_NAME = {rule.name: rule for rule in RULES}
BY_EXPECTATION = {rule.expectation: rule for rule in RULES if rule.expectation}
BY_CHECK = {rule.check: rule for rule in RULES if rule.check}
