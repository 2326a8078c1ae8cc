"""What Data Docs show of our expectations: what should hold in a sentence, what is broken as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from great_expectations.render import RenderedStringTemplateContent, RenderedTableContent

from amyqa.rules.rule import Rule

_MAX_CODES = 8


def sentence(rule: Rule, kwargs: Mapping[str, Any]) -> str:
    """What an expectation says, as ``persons: total = male + female along sex (a total equals …)``."""
    told = [f"{rule.title[:1].upper()}{rule.title[1:]}"]
    total, parts = kwargs.get("total"), kwargs.get("parts")
    if total and parts:
        told.append(f"{total} = {_codes(parts, ' + ')}")
    if dimension := kwargs.get("dimension"):
        told.append(f"along {dimension}")
    known = ("total", "parts", "dimension", "value", "by", "row_condition", "condition_parser", "batch_id")
    rest = {key: item for key, item in kwargs.items() if key not in known and item is not None}
    if rest.get("mostly") == 1:
        del rest["mostly"]
    if value := kwargs.get("value"):
        told.append(f"in {value}")
    told += [
        f"{key} {_codes(item, ', ')}" for key, item in rest.items() if not (key == "mostly" and item == 1)
    ]
    if (condition := kwargs.get("row_condition")) is not None:
        told.append(f"where {condition}")
    return f"{told[0]}: {', '.join(told[1:])}." if len(told) > 1 else f"{told[0]}."


def _codes(item: Any, joint: str) -> str:
    if isinstance(item, Mapping):
        return "; ".join(f"{name} {_codes(codes, ', ')}" for name, codes in item.items())
    if isinstance(item, list | tuple):
        shown = joint.join(map(str, item[:_MAX_CODES]))
        return f"{shown}{joint}… ({len(item)})" if len(item) > _MAX_CODES else shown
    return str(item)


def plain(text: str) -> RenderedStringTemplateContent:
    """A sentence that stands as it is, dollar signs too."""
    template = {"template": "$amyqa_text", "params": {"amyqa_text": text}}
    return RenderedStringTemplateContent(content_block_type="string_template", string_template=template)


def observed(result: Mapping[str, Any]) -> str:
    """What was observed, in a few words: ``2 of 57 broken, 3 not evaluated``."""
    if "unexpected_count" not in result:
        return "--"
    told = f"{result['unexpected_count']:,} of {result['element_count']:,} broken"
    if missing := result.get("missing_count"):
        told += f", {missing:,} not evaluated"
    return told


def table(result: Mapping[str, Any]) -> RenderedTableContent | None:
    """The broken sums, one a row."""
    rows = [[item] for item in result.get("partial_unexpected_list") or ()]
    if not rows:
        return None
    if (more := result.get("unexpected_count", 0) - len(rows)) > 0:
        rows.append([f"… and {more:,} more"])
    return RenderedTableContent(
        content_block_type="table",
        header_row=["What is broken"],
        table=rows,
        styling={"body": {"classes": ["table-bordered", "table-sm", "mt-3"]}},
    )
