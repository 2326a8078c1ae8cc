"""The JSON Schema of the report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from amyqa.model import DecisionStatus, Ruling, Severity
from amyqa.reports.certainty import INHERITED, ROOT

VERSION = 1

_Schema = Mapping[str, Any]

_TEXT: _Schema = {"type": "string"}
_FLAG: _Schema = {"type": "boolean"}
_COUNT: _Schema = {"type": "integer", "minimum": 0}
_SHARE: _Schema = {"type": "number", "minimum": 0, "maximum": 1}
_LINE: _Schema = {"type": "integer", "minimum": 1}
_SOURCE_LINE: _Schema = {"description": "Line of the printed source.", "anyOf": [_LINE, {"type": "null"}]}
_NUMBERED: _Schema = {"anyOf": [_LINE, {"type": "null"}]}
_OPTIONAL: _Schema = {"anyOf": [_TEXT, {"type": "null"}]}
_SEVERITY: _Schema = {"enum": [severity.value for severity in Severity]}
_STANDING: _Schema = {"enum": [standing.value for standing in DecisionStatus]}
_NUMBER, _WHERE, _IDENTITIES, _SEVERITIES = (
    {"$ref": f"#/$defs/{name}"} for name in ("number", "where", "identities", "severities")
)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the report.

    Objects are open: version 1 may gain keys, and a reader passes over those it does not know.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:amyqa:report:{VERSION}",
        "title": "amyqa report",
        **_object(
            optional=("unchecked", "failures"),
            version={"const": VERSION},
            engine={**_TEXT, "description": "Who ran the suites."},
            summary=_object(
                tables=_COUNT,
                cells=_COUNT,
                identities=_IDENTITIES,
                findings=_SEVERITIES,
                overrides={
                    "description": "By rule, the number of findings that were decided; no rule without any.",
                    "type": "object",
                    "additionalProperties": {**_COUNT, "minimum": 1},
                },
            ),
            since={
                "description": "The commit that findings are compared with.",
                "anyOf": [_TEXT, {"type": "null"}],
            },
            tables=_list(
                _object(
                    table={**_TEXT, "description": "Path under data/ without its ending."},
                    title=_TEXT,
                    file={**_TEXT, "description": "The CSV, relative to the yearbook."},
                    cells=_COUNT,
                    identities=_IDENTITIES,
                    findings=_SEVERITIES,
                )
            ),
            findings={**_list({"$ref": "#/$defs/finding"}), "description": "Most serious first."},
            diagnoses={
                **_list({"$ref": "#/$defs/diagnosis"}),
                "description": "Most certain first; those whose findings are decided last.",
            },
            not_evaluated={
                **_list(
                    _object(
                        table=_TEXT,
                        rule=_TEXT,
                        relation=_TEXT,
                        where=_WHERE,
                        reason=_TEXT,
                        identity={**_FLAG, "description": "One identity; false: a whole rule."},
                    )
                ),
                "description": "What could not be judged, and why. Never a pass.",
            },
            failures={
                **_list(
                    _object(
                        optional=("file",),
                        table={**_TEXT, "description": "Empty where a file could not be read."},
                        file={**_OPTIONAL, "description": "A file that belongs to no table, of decisions."},
                        problems=_list(
                            _object(
                                message=_TEXT,
                                hint={**_TEXT, "description": "What to do about it."},
                                file=_OPTIONAL,
                                line=_NUMBERED,
                                column=_NUMBERED,
                                key={**_OPTIONAL, "description": "In a YAML file, as columns.Male.sex."},
                            )
                        ),
                    )
                ),
                "description": (
                    "Tables that could not be checked, which are in no other number, or (partly) were "
                    "checked but for cells that cannot be read; files that could not be read; and why."
                ),
            },
            unchecked={
                **_list(
                    _object(
                        table=_TEXT,
                        totals=_list(
                            _object(
                                row=_OPTIONAL,
                                column=_OPTIONAL,
                                across={**_list(_TEXT), "description": "Where it is the total of no sum."},
                                whole={**_FLAG, "description": "That is everywhere."},
                            )
                        ),
                        columns=_list(_TEXT),
                        rows=_list(_TEXT),
                        optional=("partly",),
                        partly={
                            **_list(
                                _object(row=_OPTIONAL, column=_OPTIONAL, unchecked=_COUNT, numbers=_COUNT)
                            ),
                            "description": "Lines of which only some numbers stand in an identity.",
                        },
                        texts={
                            **_list(_TEXT),
                            "description": "Columns of numbers that are text in the YAML.",
                        },
                        whole={**_FLAG, "description": "No identity of the table was evaluated."},
                    )
                ),
                "description": "Totals of no identity; columns, rows and single numbers that stand in none.",
            },
            decisions={
                **_list(_object(standing=_STANDING, **_decision())),
                "description": "All about the tables, with what each does in this check.",
            },
        ),
        "$defs": {**_definitions(), **_diagnosis()},
    }


def _definitions() -> dict[str, Any]:
    """What the report's parts refer to, but for diagnoses."""
    return {
        "number": {
            "description": "Exact. A string where a float would not be; null where there is none.",
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?([Ee][+-]?[0-9]+)?$"},
                {"type": "null"},
            ],
        },
        "where": {
            "description": "Dimension (or row, column) to code.",
            "type": "object",
            "additionalProperties": _TEXT,
        },
        "identities": {
            "description": "Broken ones are among the evaluated.",
            **_object(evaluated=_COUNT, broken=_COUNT, not_evaluated=_COUNT),
        },
        "severities": {
            "description": "Number of open findings.",
            **_object(**dict.fromkeys((severity.value for severity in Severity), _COUNT)),
        },
        "finding": _object(
            id={**_TEXT, "description": "Fingerprint of rule, table, coordinates and printed tokens."},
            table=_TEXT,
            rule=_TEXT,
            ess={**_TEXT, "description": "Type of rule in the European Statistical System's list."},
            level={**_TEXT, "description": "Validation level, 0 to 5."},
            severity=_SEVERITY,
            caught_by={"enum": ["schema", "suite"]},
            where=_WHERE,
            relation={**_TEXT, "description": "What should hold."},
            cells={**_list({"$ref": "#/$defs/cell"}), "description": "The total first."},
            printed=_NUMBER,
            computed=_NUMBER,
            difference={**_NUMBER, "description": "Printed minus computed."},
            message={**_TEXT, "description": "One sentence for an editor."},
            status={**_TEXT, "description": "open, or what an editor ruled."},
            decision={
                "description": "What was ruled, or was before the finding was open again.",
                "anyOf": [{"$ref": "#/$defs/decision"}, {"type": "null"}],
            },
            standing={"description": "What the decision does.", "anyOf": [_STANDING, {"type": "null"}]},
            known={**_FLAG, "description": "It was found at the commit compared with, too."},
        ),
        "decision": _object(**_decision()),
        "cell": _object(
            table=_TEXT,
            row=_TEXT,
            column=_TEXT,
            printed={**_TEXT, "description": "The token as it stands in the file."},
            status={"enum": ["value", "nil", "missing", "bound", "text"]},
            value=_NUMBER,
            file=_TEXT,
            line={**_LINE, "description": "Line of the file."},
            column_number={**_LINE, "description": "Position of the field in that line, from 1."},
            source_line=_SOURCE_LINE,
        ),
    }


def _decision() -> dict[str, _Schema]:
    """The properties of a decision."""
    day = {**_TEXT, "format": "date"}
    return {
        "finding": {**_TEXT, "description": "Id of the finding as it was then."},
        "table": _TEXT,
        "rule": _TEXT,
        "severity": _SEVERITY,
        "where": _WHERE,
        "relation": _TEXT,
        "printed": {
            "description": "Tokens by the places of the cells, as it was then.",
            "type": "object",
            "additionalProperties": _TEXT,
        },
        "message": {**_TEXT, "description": "The finding's sentence, as it was then."},
        "ruling": {"enum": [ruling.value for ruling in Ruling]},
        "reason": _TEXT,
        "who": _TEXT,
        "date": day,
        "expires": {"description": "The last day it holds.", "anyOf": [day, {"type": "null"}]},
        "file": {**_TEXT, "description": "The file of decisions, relative to the yearbook."},
        "line": {**_LINE, "description": "Line of that file."},
    }


def _diagnosis() -> dict[str, Any]:
    changes = _list({"$ref": "#/$defs/change"})
    return {
        "diagnosis": _object(
            table=_TEXT,
            message={**_TEXT, "description": "The diagnosis in a sentence or two, for an editor."},
            explains={**_list(_TEXT), "description": "Ids of the findings."},
            located={**_FLAG, "description": "Likelier than all else together. If not, nothing is proposed."},
            settled={**_FLAG, "description": "All findings that it explains are decided."},
            likelihood={**_SHARE, "description": "Of the best explanation among all that were weighed."},
            missing={**_SHARE, "description": "Likelihood that nothing is misprinted but a part is missing."},
            unique={**_FLAG, "description": "No other explanation is as small."},
            smallest={**_COUNT, "description": "Cells of the smallest explanation; 0: none was found."},
            ties={**_COUNT, "description": "Number of explanations of that size."},
            next_best={
                "description": "Least number of cells of an explanation that contains no smallest one.",
                "anyOf": [_COUNT, {"type": "null"}],
            },
            proven={**_FLAG, "description": "No smaller explanation exists."},
            reached={
                **_FLAG,
                "description": "The search stopped at its limit: there may be alternatives.",
            },
            assumptions={**_list(_TEXT), "description": "What it rests on."},
            changes={**changes, "description": "Misprints first. Empty where not located."},
            alternatives={
                **_list(_object(likelihood=_SHARE, changes=changes)),
                "description": "Other explanations, likeliest first; where not located, the candidates.",
            },
        ),
        "change": _object(
            row=_TEXT,
            column=_TEXT,
            printed={**_TEXT, "description": "The token as it stands in the file."},
            proposed={
                "description": "A number with the printed cell's decimals and no grouping.",
                "type": "string",
                "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
            },
            kind={**_TEXT, "description": "The likeliest slip, as 'transposed digits'."},
            role={
                "description": "A misprint, or a total that was added up from a wrong part.",
                "enum": [ROOT, INHERITED],
            },
            message={**_TEXT, "description": "One sentence for an editor."},
            file=_TEXT,
            line={**_LINE, "description": "Line of the file."},
            column_number={**_LINE, "description": "Position of the field in that line, from 1."},
            source_line=_SOURCE_LINE,
        ),
    }


def _object(optional: Collection[str] = (), **properties: _Schema) -> dict[str, Any]:
    """An object; what version 1 gained later is `optional`, so that older reports stay valid."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": properties}


def _list(items: _Schema) -> dict[str, Any]:
    return {"type": "array", "items": items}
