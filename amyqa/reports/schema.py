"""The JSON Schema of the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from amyqa.model import Ruling, Severity, Standing
from amyqa.reports.certainty import INHERITED, ROOT

VERSION = 1


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the report.

    Objects are open: version 1 may gain keys, and a reader passes over those it does not know.
    """
    count = {"type": "integer", "minimum": 0}
    text = {"type": "string"}
    line = {"type": "integer", "minimum": 1}
    source_line = {"description": "Line of the printed source.", "anyOf": [line, {"type": "null"}]}
    number = {"$ref": "#/$defs/number"}
    standing = {"enum": [standing.value for standing in Standing]}
    identities, severities, where = (
        {"$ref": f"#/$defs/{name}"} for name in ("identities", "severities", "where")
    )
    decision = _decision(text, line, where)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:amyqa:report:{VERSION}",
        "title": "amyqa report",
        **_object(
            version={"const": VERSION},
            engine={**text, "description": "Who ran the suites."},
            summary=_object(
                tables=count,
                cells=count,
                identities=identities,
                findings=severities,
                overrides={
                    "description": "By rule, the number of findings that were decided; no rule without any.",
                    "type": "object",
                    "additionalProperties": {**count, "minimum": 1},
                },
            ),
            since={
                "description": "The commit that findings are compared with.",
                "anyOf": [text, {"type": "null"}],
            },
            tables=_list(
                _object(
                    table={**text, "description": "Path under data/ without its ending."},
                    title=text,
                    file={**text, "description": "The CSV, relative to the yearbook."},
                    cells=count,
                    identities=identities,
                    findings=severities,
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
                        table=text,
                        rule=text,
                        relation=text,
                        where=where,
                        reason=text,
                        identity={"type": "boolean", "description": "One identity; false: a whole rule."},
                    )
                ),
                "description": "What could not be judged, and why. Never a pass.",
            },
            decisions={
                **_list(_object(standing=standing, **decision)),
                "description": "All about the tables, with what each does in this check.",
            },
        ),
        "$defs": {
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
                "additionalProperties": text,
            },
            "identities": {
                "description": "Broken ones are among the evaluated.",
                **_object(evaluated=count, broken=count, not_evaluated=count),
            },
            "severities": {
                "description": "Number of open findings.",
                **_object(**dict.fromkeys((severity.value for severity in Severity), count)),
            },
            "finding": _object(
                id={**text, "description": "Fingerprint of rule, table, coordinates and printed tokens."},
                table=text,
                rule=text,
                ess={**text, "description": "Type of rule in the European Statistical System's list."},
                level={**text, "description": "Validation level, 0 to 5."},
                severity={"enum": [severity.value for severity in Severity]},
                caught_by={"enum": ["schema", "suite"]},
                where=where,
                relation={**text, "description": "What should hold."},
                cells={**_list({"$ref": "#/$defs/cell"}), "description": "The total first."},
                printed=number,
                computed=number,
                difference={**number, "description": "Printed minus computed."},
                message={**text, "description": "One sentence for an editor."},
                status={**text, "description": "open, or what an editor ruled."},
                decision={
                    "description": "What was ruled, or was before the finding was open again.",
                    "anyOf": [{"$ref": "#/$defs/decision"}, {"type": "null"}],
                },
                standing={"description": "What the decision does.", "anyOf": [standing, {"type": "null"}]},
                known={"type": "boolean", "description": "It was found at the commit compared with, too."},
            ),
            "decision": _object(**decision),
            "cell": _object(
                table=text,
                row=text,
                column=text,
                printed={**text, "description": "The token as it stands in the file."},
                status={"enum": ["value", "nil", "missing", "bound", "text"]},
                value=number,
                file=text,
                line={**line, "description": "Line of the file."},
                column_number={**line, "description": "Position of the field in that line, from 1."},
                source_line=source_line,
            ),
            **_diagnosis(text, count, line, source_line),
        },
    }


def _decision(
    text: Mapping[str, Any], line: Mapping[str, Any], where: Mapping[str, Any]
) -> dict[str, Mapping[str, Any]]:
    """The properties of a decision."""
    day = {**text, "format": "date"}
    return {
        "finding": {**text, "description": "Id of the finding as it was then."},
        "table": text,
        "rule": text,
        "severity": {"enum": [severity.value for severity in Severity]},
        "where": where,
        "relation": text,
        "printed": {
            "description": "Tokens by the places of the cells, as it was then.",
            "type": "object",
            "additionalProperties": text,
        },
        "message": {**text, "description": "The finding's sentence, as it was then."},
        "ruling": {"enum": [ruling.value for ruling in Ruling]},
        "reason": text,
        "who": text,
        "date": day,
        "expires": {"description": "The last day it holds.", "anyOf": [day, {"type": "null"}]},
        "file": {**text, "description": "The file of decisions, relative to the yearbook."},
        "line": {**line, "description": "Line of that file."},
    }


def _diagnosis(
    text: Mapping[str, Any], count: Mapping[str, Any], line: Mapping[str, Any], source_line: Mapping[str, Any]
) -> dict[str, Any]:
    share = {"type": "number", "minimum": 0, "maximum": 1}
    flag = {"type": "boolean"}
    changes = _list({"$ref": "#/$defs/change"})
    return {
        "diagnosis": _object(
            table=text,
            message={**text, "description": "The diagnosis in a sentence or two, for an editor."},
            explains={**_list(text), "description": "Ids of the findings."},
            located={**flag, "description": "Likelier than all else together. If not, nothing is proposed."},
            settled={**flag, "description": "All findings that it explains are decided."},
            likelihood={**share, "description": "Of the best explanation among all that were weighed."},
            missing={**share, "description": "Likelihood that nothing is misprinted but a part is missing."},
            unique={**flag, "description": "No other explanation is as small."},
            smallest={**count, "description": "Cells of the smallest explanation; 0: none was found."},
            ties={**count, "description": "Number of explanations of that size."},
            next_best={
                "description": "Least number of cells of an explanation that contains no smallest one.",
                "anyOf": [count, {"type": "null"}],
            },
            proven={**flag, "description": "No smaller explanation exists."},
            reached={**flag, "description": "The search stopped at its limit: there may be alternatives."},
            assumptions={**_list(text), "description": "What it rests on."},
            changes={**changes, "description": "Root misprints first. Empty where not located."},
            alternatives={
                **_list(_object(likelihood=share, changes=changes)),
                "description": "Other explanations, likeliest first; where not located, the candidates.",
            },
        ),
        "change": _object(
            row=text,
            column=text,
            printed={**text, "description": "The token as it stands in the file."},
            proposed={
                "description": "A number with the printed cell's decimals and no grouping.",
                "type": "string",
                "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
            },
            kind={**text, "description": "The likeliest slip, as 'transposed digits'."},
            role={
                "description": "A misprint, or a total that was added up from a wrong part.",
                "enum": [ROOT, INHERITED],
            },
            message={**text, "description": "One sentence for an editor."},
            file=text,
            line={**line, "description": "Line of the file."},
            column_number={**line, "description": "Position of the field in that line, from 1."},
            source_line=source_line,
        ),
    }


def _object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}
