"""JSON Schemas that editors complete and check by, made from what amyqa itself reads by.

A table's YAML has the models of :mod:`amyqa.reading.spec`, a suite the parameters of the rules, the
report its own schema: nothing here lists a key a second time.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from amyqa.reading.writing import write_atomically

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS = ".amyqa"
"""The folder of a yearbook that holds them, so that editors need no network."""

_WORD = ["string", "number", "boolean"]
"""What YAML makes of a word: amyqa takes each as the text that was written."""

Schema = dict[str, Any]


def table_schema() -> Schema:
    """Of a table's YAML."""
    from pydantic.json_schema import GenerateJsonSchema

    from amyqa.reading import spec

    class Written(GenerateJsonSchema):
        """Words may look like numbers; what a mapping or a list may be written as, counts."""

        def str_schema(self, schema: Any) -> Schema:
            return {**super().str_schema(schema), "type": _WORD}

        def decimal_schema(self, schema: Any) -> Schema:
            return {"type": "number", "exclusiveMinimum": 0}

        def nullable_schema(self, schema: Any) -> Schema:
            return self.generate_inner(schema["schema"])  # what is not there is left out, not null

        def default_schema(self, schema: Any) -> Schema:
            return self.generate_inner(schema["schema"])

        def function_before_schema(self, schema: Any) -> Schema:
            inner = super().function_before_schema(schema)
            return {"anyOf": [{"type": _WORD}, inner]}

    made = spec.Spec.model_json_schema(by_alias=True, schema_generator=Written)
    home = vars(inspect.getmodule(spec.Spec))
    _describe(made, spec.Spec)
    for name, part in made["$defs"].items():
        _describe(part, home[name])
    return _headed(made, "table", "A table's YAML: what its rows and columns stand for")


def _describe(schema: Schema, model: Any) -> None:
    """Put the docstring's words on each property."""
    about = arguments(inspect.getdoc(model) or "")
    for name, field in model.model_fields.items():
        described = schema["properties"][field.alias or name]
        described.pop("title", None)
        if name in about:
            described["description"] = about[name]
    schema["description"] = (inspect.getdoc(model) or "").partition("\n\n")[0]


def arguments(docstring: str) -> dict[str, str]:
    """The ``Args:`` of a docstring: name to text. ``decimal, thousands: …`` speaks of both."""
    _, _, section = docstring.partition("Args:\n")
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?= {4}\S)", section.split("\n\n")[0]):
        names, colon, text = entry.strip().partition(":")
        if colon:
            found |= {name.strip(): " ".join(text.split()).replace("``", "`") for name in names.split(",")}
    return found


def suite_schema() -> Schema:
    """Of a suite's YAML: our expectations with their arguments, Great Expectations' own by name."""
    from amyqa.rules import suite
    from amyqa.rules.builtin import ALLOWED
    from amyqa.rules.vocabulary import BY_EXPECTATION

    foreign = sorted(ALLOWED)
    about = {
        "type": {
            "description": "The expectation.",
            "anyOf": [
                *({"const": kind, "description": rule.title} for kind, rule in BY_EXPECTATION.items()),
                {"enum": foreign, "description": "Great Expectations' own; run by --engine gx only"},
            ],
        },
        "kwargs": {"type": ["object", "null"], "description": "Its arguments."},
        "severity": {"enum": list(suite.SEVERITIES), "default": "critical", "description": "How bad it is."},
        "meta": {
            "type": "object",
            "description": "Why it is expected.",
            "properties": {name: {"type": _WORD} for name in ("reason", "source")},
        },
    }
    entry: Schema = {
        "type": "object",
        "required": ["type"],
        "additionalProperties": False,
        "properties": {key: about.get(key, {}) for key in suite.ENTRY_KEYS},
        "allOf": [
            {
                "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
                "then": _arguments_of(rule),
            }
            for kind, rule in BY_EXPECTATION.items()
        ],
    }
    made: Schema = {
        "type": "object",
        "required": ["expectations"],
        "additionalProperties": False,
        "properties": {
            **{key: {} for key in suite.SUITE_KEYS},
            "name": {"type": _WORD, "description": "The family."},
            "expectations": {
                "type": "array",
                "items": entry,
                "description": "What each table must keep.",
            },
        },
    }
    return _headed(made, "suite", "A suite: what is expected of the tables of a family")


def _arguments_of(rule: Any) -> Schema:
    word: Schema = {"type": _WORD}
    words: Schema = {"type": "array", "items": word, "minItems": 1}
    mapping: Schema = {"type": "object", "additionalProperties": {"anyOf": [word, words]}, "minProperties": 1}
    kinds = {"number": {"type": "number"}, "codes": words, "where": mapping, "hierarchy": mapping}
    taken = [parameter for parameter in rule.parameters if not parameter.bound]
    kwargs: Schema = {
        "additionalProperties": False,
        "properties": {p.name: {**kinds.get(p.kind, word), "description": p.about} for p in taken},
    }
    required = [p.name for p in taken if p.required]
    if required:
        kwargs["required"] = required
    whole: Schema = {"properties": {"kwargs": kwargs}}
    if required:
        whole["required"] = ["kwargs"]
    return whole


def report_schema() -> Schema:
    """Of the JSON report."""
    from amyqa.reports.data.document import schema

    return schema()


def _headed(schema: Schema, name: str, title: str) -> Schema:
    schema = {key: value for key, value in schema.items() if key != "title"}
    return {"$schema": DIALECT, "$id": f"urn:amyqa:{name}", "title": title, **schema}


KINDS: Mapping[str, Callable[[], Schema]] = {
    "table": table_schema,
    "suite": suite_schema,
    "report": report_schema,
}


def rendered(kind: str) -> str:
    """A schema as JSON text."""
    return json.dumps(KINDS[kind](), indent=1, ensure_ascii=False) + "\n"


def write_schemas(root: Path, *, only_missing: bool = False) -> list[Path]:
    """Write them into a yearbook; returns the files written."""
    written = []
    for kind in ("table", "suite"):
        path = root / SCHEMAS / f"{kind}.schema.json"
        if not (only_missing and path.exists()):
            write_atomically(path, rendered(kind))
            written.append(path)
    return written
