"""The JSON report, key by key: what :mod:`amyqa.reports.data.json` fills in, and what its schema is made of.

Version 1 may gain keys, which are then not required, and loses none: a reader passes over what it does not
know.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired

from typing_extensions import TypedDict

from amyqa.model import Ruling
from amyqa.reports.data.kinds import (
    Address,
    Count,
    Day,
    Exactly,
    FileLine,
    Line,
    Number,
    Position,
    Says,
    SeverityWord,
    Share,
    SourceLine,
    Standing,
    Token,
    Where,
)

if TYPE_CHECKING:
    pass

VERSION: Literal[1] = 1


class ImprintEntry(TypedDict):
    """Which check of what this is."""

    yearbook: Annotated[str, Says("What its folder is called, or the files.")]
    editions: list[str]
    commit: Annotated[str | None, Says("The commit that the data is at.")]
    changed: Annotated[bool, Says("Some table is not as it is there.")]
    time: Annotated[str, Says(format="date-time")]
    version: Annotated[str, Says("Of amyqa.")]


class Identities(TypedDict):
    """Numbers of identities; broken ones are among the evaluated."""

    evaluated: Count
    broken: Count
    not_evaluated: Count


class Severities(TypedDict):
    """Number of open findings."""

    error: Count
    warning: Count
    info: Count


class Summary(TypedDict):
    """The whole check in numbers."""

    tables: Count
    cells: Count
    identities: Identities
    findings: Severities
    overrides: Annotated[
        dict[str, Annotated[int, Says(minimum=1)]],
        Says("By rule, the number of findings that were explained or kept as printed."),
    ]


class CheckedTable(TypedDict):
    """A table that was checked."""

    table: Annotated[str, Says("Path under data/ without its ending.")]
    title: str
    file: Annotated[str, Says("The CSV, relative to the yearbook.")]
    cells: Count
    identities: Identities
    findings: Severities


class CellEntry(TypedDict):
    """A printed cell."""

    table: str
    row: str
    column: str
    printed: Token
    status: Annotated[str, Exactly(enum=["value", "nil", "missing", "bound", "text"])]
    value: Number
    file: str
    line: FileLine
    column_number: Position
    source_line: SourceLine
    address: NotRequired[Address]


class DecisionEntry(TypedDict):
    """What was decided about a finding."""

    finding: Annotated[str, Says("Id of the finding as it was then.")]
    table: str
    rule: str
    severity: SeverityWord
    where: Where
    relation: str
    printed: Annotated[dict[str, str], Says("Tokens by the places of the cells, as it was then.")]
    message: Annotated[str, Says("The finding's sentence, as it was then.")]
    ruling: Annotated[str, Exactly(enum=[ruling.value for ruling in Ruling])]
    reason: str
    who: str
    date: Day
    expires: Annotated[Day | None, Says("The last day it holds.")]
    file: Annotated[str, Says("The file of decisions, relative to the yearbook.")]
    line: Annotated[int, Says("Line of that file.", minimum=1)]


class StandingDecision(DecisionEntry):
    """A decision, and what it does in this check."""

    standing: Standing


class FindingEntry(TypedDict):
    """One broken rule at one place."""

    id: Annotated[str, Says("Fingerprint of rule, table, coordinates and printed tokens.")]
    table: str
    rule: str
    ess: Annotated[str, Says("Type of rule in the European Statistical System's list.")]
    level: Annotated[str, Says("Validation level, 0 to 5.")]
    severity: SeverityWord
    caught_by: Annotated[str, Exactly(enum=["schema", "suite"])]
    where: Where
    relation: Annotated[str, Says("What should hold.")]
    cells: Annotated[list[CellEntry], Says("The total first.")]
    printed: Number
    computed: Number
    difference: Annotated[Number, Says("Printed minus computed.")]
    message: Annotated[str, Says("One sentence for an editor.")]
    status: Annotated[str, Says("open, or what an editor decided.")]
    decision: Annotated[
        DecisionEntry | None, Says("What was decided, or was before the finding was open again.")
    ]
    standing: Annotated[Standing | None, Says("What the decision does.")]
    known: Annotated[bool, Says("It was found at the commit compared with, too.")]


class ProofEntry(TypedDict):
    """The broken sum that contains the changed cell, and that the change mends."""

    finding: Annotated[str, Says("Its id.")]
    alone: Annotated[bool, Says("No other change of the diagnosis is in it.")]
    before: Annotated[str, Says("As printed.")]
    after: Annotated[str, Says("With all changes of the diagnosis.")]


class ChangeEntry(TypedDict):
    """A cell that a diagnosis would change."""

    row: str
    column: str
    printed: Token
    proposed: Annotated[
        str,
        Says("A number with the printed cell's decimals and no grouping.", pattern=r"^-?[0-9]+(\.[0-9]+)?$"),
    ]
    kind: Annotated[str, Says("The likeliest slip, as 'transposed digits'.")]
    role: Annotated[
        str,
        Exactly(
            description="A misprint, or a total that was added up from a wrong part.",
            enum=["root", "inherited"],
        ),
    ]
    message: Annotated[str, Says("One sentence for an editor.")]
    file: str
    line: FileLine
    column_number: Position
    source_line: SourceLine
    address: NotRequired[Address]
    proof: NotRequired[ProofEntry]


class AlternativeEntry(TypedDict):
    """Another explanation."""

    likelihood: Share
    changes: list[ChangeEntry]


class DiagnosisEntry(TypedDict):
    """The likeliest explanation of some findings."""

    table: str
    message: Annotated[str, Says("The diagnosis in a sentence or two, for an editor.")]
    explains: Annotated[list[str], Says("Ids of the findings.")]
    located: Annotated[bool, Says("Likelier than all else together. If not, nothing is proposed.")]
    settled: Annotated[bool, Says("All findings that it explains are decided.")]
    likelihood: Annotated[Share, Says("Of the best explanation among all that were weighed.")]
    missing: Annotated[Share, Says("Likelihood that nothing is misprinted but a part is missing.")]
    unique: Annotated[bool, Says("No other explanation is as small.")]
    smallest: Annotated[Count, Says("Cells of the smallest explanation; 0: none was found.")]
    ties: Annotated[Count, Says("Number of explanations of that size.")]
    next_best: Annotated[
        Count | None, Says("Least number of cells of an explanation that contains no smallest one.")
    ]
    proven: Annotated[bool, Says("No smaller explanation exists.")]
    reached: Annotated[bool, Says("The search stopped at its limit: there may be alternatives.")]
    assumptions: Annotated[list[str], Says("What it rests on.")]
    changes: Annotated[list[ChangeEntry], Says("Misprints first. Empty where not located.")]
    alternatives: Annotated[
        list[AlternativeEntry],
        Says("Other explanations, likeliest first; where not located, the candidates."),
    ]


class CauseEntry(TypedDict):
    """One thing to look at, with the findings behind it."""

    id: Annotated[str, Says("That of the first of its findings.")]
    kind: Annotated[str, Says("What it is, as 'likely misprint' or 'claim of the text'.")]
    table: str
    severity: Annotated[SeverityWord, Says("Of its gravest open finding.")]
    status: Annotated[
        str,
        Exactly(
            description="Whether something is left to rule on; known: all that is open was there before.",
            enum=["open", "known", "decided"],
        ),
    ]
    likelihood: Annotated[Share | None, Says("Of what is proposed; null where nothing is.")]
    message: Annotated[str, Says("What to look at, in a sentence or two.")]
    findings: Annotated[list[str], Says("Ids of the findings behind it.")]
    diagnosis: Annotated[Count | None, Says("Its place among the diagnoses, from 0; null where it has none.")]


class NotEvaluatedEntry(TypedDict):
    """An identity or a rule that could not be judged."""

    table: str
    rule: str
    relation: str
    where: Where
    reason: str
    identity: Annotated[bool, Says("One identity; false: a whole rule.")]


class ProblemEntry(TypedDict):
    """One thing that stands in the way."""

    message: str
    mend: Annotated[str, Says("What to do about it.")]
    file: str | None
    line: Line | None
    column: Line | None
    key: Annotated[str | None, Says("In a YAML file, as columns.Male.sex.")]


class FailureEntry(TypedDict):
    """A table that could not be checked, or a file that could not be read."""

    table: Annotated[str, Says("Empty where a file could not be read.")]
    file: NotRequired[Annotated[str | None, Says("A file that belongs to no table, of decisions.")]]
    problems: list[ProblemEntry]
    partly: NotRequired[Annotated[bool, Says("It was checked but for cells that cannot be read.")]]


class UncheckedTotalEntry(TypedDict):
    """A total of no sum: a row, or a column."""

    row: str | None
    column: str | None
    across: Annotated[list[str], Says("Where it is the total of no sum.")]
    whole: Annotated[bool, Says("That is everywhere.")]


class PartlyCheckedEntry(TypedDict):
    """A line of which only some numbers stand in a sum."""

    row: str | None
    column: str | None
    unchecked: Count
    numbers: Count


class UncheckedEntry(TypedDict):
    """What no sum checks in a table."""

    table: str
    totals: list[UncheckedTotalEntry]
    columns: list[str]
    rows: list[str]
    partly: NotRequired[
        Annotated[list[PartlyCheckedEntry], Says("Lines of which only some numbers stand in an identity.")]
    ]
    texts: Annotated[list[str], Says("Columns of numbers that are text in the YAML.")]
    whole: Annotated[bool, Says("No identity of the table was evaluated.")]


class CubeEntry(TypedDict):
    """A cube: its numbers are of all of it, and what is listed of it is a part."""

    table: str
    observations: Count
    identities: Identities
    shown: Annotated[Identities, Says("Those that are listed, the largest first.")]
    sampled: Annotated[Count, Says("Observations that the schema's own checks were given.")]
    repeated: Annotated[Count, Says("Coordinates that several observations have.")]
    uncovered: Annotated[Count, Says("Observations that stand in no identity.")]


class Document(TypedDict):
    """The report of one check."""

    version: Annotated[Literal[1], Exactly(const=VERSION)]
    engine: Annotated[str, Says("Who ran the suites.")]
    imprint: NotRequired[ImprintEntry | None]
    summary: Summary
    since: Annotated[str | None, Says("The commit that findings are compared with.")]
    tables: list[CheckedTable]
    findings: Annotated[list[FindingEntry], Says("Most serious first.")]
    diagnoses: Annotated[
        list[DiagnosisEntry], Says("Most certain first; those whose findings are decided last.")
    ]
    causes: NotRequired[
        Annotated[
            list[CauseEntry],
            Says("What to look at: open and new first, then by severity and certainty. A finding has one."),
        ]
    ]
    not_evaluated: Annotated[
        list[NotEvaluatedEntry], Says("What could not be judged, and why. Never a pass.")
    ]
    failures: NotRequired[
        Annotated[
            list[FailureEntry],
            Says(
                "Tables that could not be checked, which are in no other number, or (partly) were "
                "checked but for cells that cannot be read; files that could not be read; and why."
            ),
        ]
    ]
    unchecked: NotRequired[
        Annotated[
            list[UncheckedEntry],
            Says("Totals of no identity; columns, rows and single numbers that stand in none."),
        ]
    ]
    cubes: NotRequired[Annotated[list[CubeEntry], Says("The tables that are a part of a cube.")]]
    decisions: Annotated[
        list[StandingDecision], Says("All about the tables, with what each does in this check.")
    ]


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the report, made once, from :class:`Document`."""
    from pydantic import TypeAdapter
    from pydantic.json_schema import GenerateJsonSchema

    class Plain(GenerateJsonSchema):
        """Keys are their own titles."""

        def field_title_should_be_set(self, schema: Any) -> bool:
            return False

    made = TypeAdapter(Document).json_schema(schema_generator=Plain)
    return {
        "$schema": GenerateJsonSchema.schema_dialect,
        "$id": f"urn:amyqa:report:{VERSION}",
        **made,
        "title": "amyqa report",
    }
