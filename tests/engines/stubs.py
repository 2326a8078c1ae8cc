"""The types of our expectation classes, written from the rules: ``python -m tests.engines.stubs``."""

from __future__ import annotations

from keyword import iskeyword
from pathlib import Path

from amyqa.engines.gx_classes import FIELDS, class_name
from amyqa.rules.vocabulary import BY_EXPECTATION

FILE = Path(__file__).resolve().parents[2] / "amyqa" / "great_expectations.pyi"
_HEAD = '''"""Written from the rules; python -m tests.engines.stubs writes it anew."""

from typing import Any

from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

EXPECTATIONS: dict[str, type[RuleExpectation]]
METRICS: dict[str, type[TableMetricProvider]]

class RuleExpectation(BatchExpectation):
    def _validate(self, *args: Any, **kwargs: Any) -> dict[str, Any]: ...
'''
_SHARED = {
    "value": "str | None",
    "by": "list[str] | None",
    "tolerance": "float | str | None",
    "rounded": "float | str | None",
    "mostly": "float",
    "row_condition": "Any",
    "severity": "Any",
    "notes": "str | list[str] | None",
    "meta": "dict[str, Any] | None",
}


def written() -> str:
    """The text of the stub."""
    classes = []
    for rule in BY_EXPECTATION.values():
        own = {
            each.name: FIELDS[each.kind] if each.required else f"{FIELDS[each.kind]} | None"
            for each in sorted(rule.parameters, key=lambda each: not each.required)
        }
        required = [each.name for each in rule.parameters if each.required]
        arguments = "".join(
            f"        {name}: {kind}{'' if name in required else ' = ...'},\n"
            for name, kind in {**own, **_SHARED}.items()
            if not iskeyword(name)
        )
        if any(map(iskeyword, own)):  # as "if", which only a dictionary can give
            arguments += "        **words: Any,\n"
        classes.append(
            f"\nclass {class_name(rule)}(RuleExpectation):\n"
            f"    def __init__(\n        self,\n        *,\n{arguments}    ) -> None: ...\n"
        )
    return _HEAD + "".join(classes)


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
