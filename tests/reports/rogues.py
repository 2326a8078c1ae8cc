"""Texts that try to break out of the formats they are written into."""

from __future__ import annotations

import dataclasses
import datetime
from decimal import Decimal

from amyqa.model import (
    Decision,
    DecisionStatus,
    Finding,
    NotEvaluated,
    RanRule,
    Report,
    Ruling,
    Severity,
    Span,
)
from tests.reports import builder

ROGUES = (
    builder.HOSTILE,
    "two\nlines\r\nand\rthree",
    "]]></failure></testcase><testcase name='x'/><![CDATA[",
    "\x00\x0b\x1b[31m\x85\ufffe\uffff\ud800",
    "a | b ` c * d _ e ~~f~~ $x$",
    "%0A::error::100%25 %0D%0A",
    "::error file=x::boo",
    "##[error]boo",
    "@octocat see #1, GH-2 and https://example.com or www.example.com",
    "[click](https://example.com) ![image](x) [0](1) {0}",
    "=cmd|' /C calc'!A0",
    "-1+1",
    "\t=1",
    '"quoted", and, so; on\'',
    "</details><script>alert(1)</script>&amp;&#64;",
    "👩‍🌾 🇰🇭 مرحبا שלום កម្ពុជា",
    "- # 1. > heading",
    "1. list",
    "",
)


def report(text: str, **given: object) -> Report:
    """A report in which every text is this one, with a finding of each standing."""
    table = builder.table(text or "t", [text or "c", "other"], {text or "r": ["1", "2"], "z": ["3", "4"]})
    decision = Decision(
        "1", table.id, text, Severity.ERROR, {text: text}, text, {text: text}, text,
        Ruling.EXPLAINED, text or "because", text or "somebody", datetime.date(2026, 1, 31),
    )  # fmt: skip
    words = dict.fromkeys(("ess", "level", "relation", "message", "caught_by"), text) | {
        "rule": text or "a rule"
    }
    addresses = ((text or "r", text or "c"), ("z", "other"))
    open_ = builder.finding(table, *addresses, id=f"1{text}", where={text: text}, **words)
    findings: tuple[Finding, ...] = (
        open_,
        dataclasses.replace(
            open_, id="3", status="explained", decision=decision, standing=DecisionStatus.APPLIES
        ),
        dataclasses.replace(open_, id="4", decision=decision, standing=DecisionStatus.REOPENED),
        dataclasses.replace(open_, id=f"2{text}", severity=Severity.WARNING, cells=()),
        dataclasses.replace(open_, id="5", severity=Severity.INFO, difference=Decimal("-1.50"), known=True),
    )
    wrong = dataclasses.replace(builder.change(table, *addresses[0], "-7"), kind=text, message=text)
    first = open_.cells[0]
    return builder.report(
        table,
        findings=findings,
        diagnoses=(builder.diagnosis(table, wrong, explains=(open_.id,), message=text),),
        not_evaluated=(
            NotEvaluated(table.id, text or "a rule", text, {text: text}, text),
            NotEvaluated(table.id, "totals", "", {}, text, identity=False),
        ),
        ran=(RanRule(table.id, text or "a rule", 9, 4), RanRule(table.id, "range", 3, 0)),
        decisions=((decision, DecisionStatus.APPLIES),),
        since="HEAD~1",
        spans={(first.file, first.line, first.position): Span(2, 3, 2, 4, "1")},
        **given,
    )
