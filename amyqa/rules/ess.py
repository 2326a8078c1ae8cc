"""The European Statistical System's 21 main types of validation rule, and where each is done here.

After Eurostat, "Main types of validation rules for ESS data", version 1.03 (2018); the meanings are in
our words. Levels: 0 the file's structure; 1 inside a table (1a a field, 1b a record, 1c between
records); 2 another edition of it; 3 the same domain, another source; 4 another domain; 5 another
provider.
"""

from __future__ import annotations

from dataclasses import dataclass

from amyqa.rules.rule import Rule
from amyqa.rules.vocabulary import RULES


@dataclass(frozen=True, slots=True)
class Type:
    """One of the 21.

    Args:
        meaning: what holds.
        level: or levels, as the document places it.
        default: the document's own, where it names one.
    """

    code: str
    meaning: str
    level: str
    default: str = ""

    @property
    def title(self) -> str:
        """What holds, with the document's default."""
        return f"{self.meaning} [{self.default}]" if self.default else self.meaning

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of ours that are of this type."""
        return tuple(rule for rule in RULES if rule.ess == self.code)

    @property
    def done_by(self) -> tuple[str, ...]:
        """Who does it, of reading, schema and suite."""
        found = {who.strip() for rule in self.rules for who in rule.done_by.split(",")}
        return tuple(who for who in ("reading", "schema", "suite") if who in found)


TYPES = (
    Type("EVA", "the envelope is acceptable: the file has a known name and is for a known table", "0"),
    Type("FLF", "the file has the right format", "0"),
    Type("FDD", "fields are delimited as agreed", "0", ";"),
    Type("DES", "decimals are separated as agreed", "0", "."),
    Type("FDT", "a field is of the right type", "0/1a"),
    Type("FDL", "a field has the right length", "0/1a"),
    Type("FDM", "a field is filled where it must be, and empty where it must be", "1a"),
    Type("COV", "codes are valid for their code list", "1a"),
    Type("RWD", "no two records have the same key", "1c"),
    Type("REP", "the records that are expected are there", "1c"),
    Type("RTS", "a time series has no holes", "1c"),
    Type("RNR", "the number of records is in range", "1c", "at least 1"),
    Type("COC", "codes are consistent with each other", "1b"),
    Type("VIR", "values are in range", "1a", "at least 0"),
    Type("VCO", "values are consistent with each other", "1b/2/3/4"),
    Type("VAD", "an aggregate equals its details", "1b/1c"),
    Type("VNO", "a value is no outlier of its series", "1c/2", "2 MAD about the median"),
    Type("VSA", "seasonally adjusted values are plausible", "1c/2"),
    Type("RRL", "few records are revised", "2", "10%"),
    Type("VRT", "a revised value is near the old one", "2", "10%"),
    Type("VMP", "mirror data are plausible: what one side sends is what the other receives", "3/5", "10%"),
)
