"""What the published schemas of other people's formats say, stated in our own words and checked by hand.

Each names its source. They are stricter than the sources: what we do not write is not allowed.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

STRING = {"type": "string"}
WORDS = {"type": "string", "minLength": 1}
NUMBER = {"type": "integer", "minimum": 1}
INDEX = {"type": "integer", "minimum": 0}


def closed(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(required),
        "properties": required | (optional or {}),
        "additionalProperties": False,
    }


def several(item: object, **more: object) -> dict[str, Any]:
    return {"type": "array", "items": item, **more}


# SARIF 2.1.0, OASIS Standard with errata 01, section 3 and its schema sarif-schema-2.1.0.json; with what
# GitHub's "SARIF support for code scanning" asks for beyond it (help, a location, a fingerprint).
_MESSAGE = closed({"text": WORDS})
_ARTIFACT = closed({"uri": {"type": "string", "format": "uri-reference", "minLength": 1}, "uriBaseId": WORDS})
_REGION = closed({"startLine": NUMBER}, {"startColumn": NUMBER, "endLine": NUMBER, "endColumn": NUMBER})
_LOCATION = {
    "physicalLocation": closed({"artifactLocation": _ARTIFACT, "region": _REGION}),
    "logicalLocations": several(closed({"fullyQualifiedName": WORDS})),
}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}
_RULE = closed(
    {
        "id": WORDS,
        "name": WORDS,
        "shortDescription": _MESSAGE,
        "fullDescription": _MESSAGE,
        "help": _MESSAGE,
        "defaultConfiguration": closed({"level": _LEVEL}),
        "properties": closed(
            {"ess": STRING, "level": STRING, "tags": several(STRING, maxItems=20, uniqueItems=True)}
        ),
    }
)
_CHANGE = closed({"deletedRegion": _REGION, "insertedContent": closed({"text": STRING})})
_FIX = closed(
    {
        "description": _MESSAGE,
        "artifactChanges": several(
            closed({"artifactLocation": _ARTIFACT, "replacements": several(_CHANGE, minItems=1)}), minItems=1
        ),
    }
)
_RESULT = closed(
    {
        "ruleId": WORDS,
        "ruleIndex": INDEX,
        "kind": {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
        "level": _LEVEL,
        "message": _MESSAGE,
        "locations": several(
            {"type": "object", "properties": _LOCATION, "additionalProperties": False}, maxItems=1_000
        ),
        "partialFingerprints": {"type": "object", "additionalProperties": STRING, "minProperties": 1},
        "properties": {"type": "object"},
    },
    {
        "relatedLocations": several(
            closed({"id": INDEX, "message": _MESSAGE, **_LOCATION}), uniqueItems=True
        ),
        "suppressions": several(
            closed(
                {
                    "kind": {"enum": ["inSource", "external"]},
                    "status": {"enum": ["accepted", "underReview", "rejected"]},
                    "justification": STRING,
                }
            ),
            uniqueItems=True,
        ),
        "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]},
        "fixes": several(_FIX, uniqueItems=True),
    },
)
SARIF = closed(
    {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": several(
            closed(
                {
                    "tool": closed(
                        {
                            "driver": closed(
                                {
                                    "name": WORDS,
                                    "version": WORDS,
                                    "semanticVersion": WORDS,
                                    "rules": several(_RULE, maxItems=25_000, uniqueItems=True),
                                }
                            )
                        }
                    ),
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "originalUriBaseIds": {
                        "type": "object",
                        "additionalProperties": closed({"description": _MESSAGE}),
                    },
                    "invocations": several(
                        closed(
                            {
                                "executionSuccessful": {"type": "boolean"},
                                "toolExecutionNotifications": several(
                                    closed({"level": _LEVEL, "message": _MESSAGE})
                                ),
                            }
                        )
                    ),
                    "results": several(_RESULT, maxItems=25_000),
                }
            ),
            minItems=1,
        ),
    }
)

# GitLab's documentation, "Code Quality report format".
CODE_QUALITY = several(
    closed(
        {
            "description": WORDS,
            "check_name": WORDS,
            "fingerprint": WORDS,
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": closed(
                {
                    # relative to the repository, without ./
                    "path": {"type": "string", "pattern": r"^(?!\./|/)."},
                    "lines": closed({"begin": NUMBER}),
                }
            ),
        }
    )
)

# ESSnet ValiDat Integration, "validation report 1.0.1" (validation_report_1.0.1.json of the repository
# data-cleaning/ValidatReport on GitHub).
_KEYS = several(several(STRING))
ESSNET = several(
    closed(
        {
            "id": WORDS,
            "type": {"const": "validation"},
            "event": closed(
                {
                    # ISO 8601, in the basic form of the examples
                    "time": {"type": "string", "pattern": r"^\d{8}T\d{6}[+-]\d{4}$"},
                    "actor": WORDS,
                    "agent": {},
                    "trigger": {},
                }
            ),
            "rule": closed(
                {
                    "language": WORDS,
                    "expression": STRING,
                    "severity": {"enum": ["information", "warning", "error"]},
                    "description": STRING,
                },
                {"explanation": STRING},
            ),
            "data": closed({"source": _KEYS, "target": _KEYS, "description": STRING}),
            "value": {"enum": ["0", "1", "NA"]},
        }
    )
)

# junit-10.xsd of the xUnit plugin for Jenkins: of each element its required and its other attributes,
# and the elements that may stand in it.
_TOLD: tuple[Any, set[str], set[str]] = ({}, {"type", "message"}, set())
JUNIT: dict[str, tuple[Any, set[str], set[str]]] = {
    "testsuites": ({}, {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"skipped", "time", "timestamp", "hostname", "id", "package", "file", "url", "version"},
        {"testcase", "properties", "system-out", "system-err"},
    ),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": _TOLD,
    "error": _TOLD,
    "skipped": _TOLD,
    "system-out": ({}, set(), set()),
}


def junit_problems(text: str) -> list[str]:
    """How a document differs from what the schema says."""
    root = ET.fromstring(text)  # noqa: S314  what we have just written
    problems = [] if root.tag in ("testsuites", "testsuite") else [f"begins with {root.tag}"]
    for element in root.iter():
        if element.tag not in JUNIT:
            problems.append(f"{element.tag} is unknown")
            continue
        required, optional, children = JUNIT[element.tag]
        given = set(element.attrib)
        problems += [f"{element.tag} lacks {name}" for name in set(required) - given]
        problems += [f"{element.tag} has {name}" for name in given - set(required) - optional]
        problems += [f"{child.tag} in {element.tag}" for child in element if child.tag not in children]
        if children and (element.text or "").strip():
            problems.append(f"text in {element.tag}")
    return problems
