"""Reports made by hand: tables from rows of tokens, findings from the cells they speak about."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from amyqa.model import (
    Cell,
    Change,
    Counts,
    Explanation,
    Finding,
    NotEvaluated,
    Reading,
    Report,
    Row,
    Severity,
    Status,
    Table,
    TableDiagnosis,
)
from amyqa.reading.spec import Spec


def read(token: str) -> Reading:
    """A small reader, so that no test of a report depends on the real one."""
    if token == "-":
        return Reading(Status.NIL, Decimal(0))
    if token in ("", "–"):
        return Reading(Status.MISSING)
    try:
        value = Decimal(token.replace(",", ""))
        return Reading(Status.VALUE, value, decimals=max(0, -int(value.as_tuple().exponent)))
    except ArithmeticError:
        return Reading(Status.TEXT, note=token)


def table(
    id: str,
    columns: Sequence[str],
    tokens: Mapping[str, Sequence[str]] | Sequence[Sequence[str]],
    *,
    printed_at: int | None = None,
    **spec: Any,
) -> Table:
    """A table; rows without labels are records."""
    records = not isinstance(tokens, Mapping)
    labelled: dict[str, Sequence[str]]
    if isinstance(tokens, Mapping):
        labelled = dict(tokens)
    else:
        labelled = {str(i): row for i, row in enumerate(tokens, 1)}
    first = 1 if records else 2
    return Table(
        id=id,
        file=f"data/{id}.csv",
        spec=Spec.model_validate({"title": id, "family": "deployment", **spec}),
        columns=tuple(columns),
        positions=tuple(range(first, first + len(columns))),
        rows=tuple(
            Row(label, () if records else (label,), line, tuple(row), tuple(map(read, row)))
            for line, (label, row) in enumerate(labelled.items(), 2)
        ),
        source_lines=() if printed_at is None else tuple(range(printed_at, printed_at + len(labelled))),
    )


def cells(of: Table, *addresses: tuple[str, str]) -> tuple[Cell, ...]:
    """Cells by row label and column label."""
    labels = [row.label for row in of.rows]
    return tuple(of.cell(of.cell_id(labels.index(r), of.columns.index(c))) for r, c in addresses)


def finding(of: Table, *addresses: tuple[str, str], **given: Any) -> Finding:
    """A finding about these cells, the total first; printed and computed follow from them."""
    concerned = cells(of, *addresses)
    if len(concerned) > 1 and "printed" not in given:
        given["printed"] = concerned[0].reading.value
        given["computed"] = sum((c.reading.value or Decimal(0) for c in concerned[1:]), Decimal(0))
        given["difference"] = given["printed"] - given["computed"]
    return Finding(
        **{
            "id": f"f{abs(hash_of(of.id, *addresses)):08x}",
            "table": of.id,
            "rule": "totals",
            "ess": "VAD",
            "level": "1c",
            "severity": Severity.ERROR,
            "caught_by": "suite",
            "where": {},
            "relation": "total = male + female",
            "cells": concerned,
            "message": "The total is wrong.",
            **given,
        }
    )


def change(
    of: Table, row: str, column: str, proposed: str, role: str = "root", kind: str = "one digit wrong"
) -> Change:
    """A cell that a diagnosis calls wrong, with a sentence made of its parts."""
    [cell] = cells(of, (row, column))
    said = f"{row}, {column}: printed {cell.token}, its parts sum to {proposed}."
    return Change(cell, Decimal(proposed.replace(",", "")), kind, role, said)


def diagnosis(of: Table, *changes: Change, **given: Any) -> TableDiagnosis:
    """A diagnosis that was located, and about which all is known; what is given changes it."""
    return TableDiagnosis(
        **{
            "table": of.id,
            "explains": (),
            "located": bool(changes),
            "message": changes[0].message if changes else "Cannot be located.",
            "changes": changes,
            "likelihood": 0.97 if changes else 0.4,
            "smallest": len(changes) or 1,
            **given,
        }
    )


def hash_of(*parts: object) -> int:
    """A number that is the same in every run, unlike hash()."""
    number = 0
    for char in repr(parts):
        number = (number * 31 + ord(char)) % 2**32
    return number


# Markup, quotes, templates, console styles, ANSI and C1 escapes, direction marks, emoji, Khmer.
HOSTILE = (
    "<script>alert(1)</script> \"onmouseover=alert(1) ' & {{ 7*7 }} {% raw %} [red]x[/red] [link=a]b[/link] "
    "\x1b[31mred\x1b]0;title\x07 \x9b2J \x00 \x7f \r\n\t \u202egnp.exe\u2066 \u200f👩\u200d🌾 "
    "កម្ពុជា\u200bថៃ </style></title>--> :warning: 1,234"
)


def hostile() -> Report:
    """A report in which every text is the hostile one."""
    bad = table(
        HOSTILE,
        [HOSTILE, "Other"],
        {HOSTILE: [HOSTILE, "1"], "Total": ["2", HOSTILE]},
        title=HOSTILE,
        unit=HOSTILE,
        rows={"dimension": HOSTILE, "total": "Total"},
        notes={HOSTILE: HOSTILE},
        assumptions=[HOSTILE],
        uncertain={HOSTILE: HOSTILE},
        source={"document": HOSTILE, "lines": "1-2"},
    )
    text = dict.fromkeys(("id", "rule", "ess", "level", "relation", "message", "status"), HOSTILE)
    found = finding(
        bad, (HOSTILE, HOSTILE), ("Total", "Other"), **text, where={HOSTILE: HOSTILE}, printed=None
    )
    elsewhere = dataclasses.replace(found, table="elsewhere", id="2", status="open")
    unknown = NotEvaluated(HOSTILE, HOSTILE, HOSTILE, {HOSTILE: HOSTILE}, HOSTILE)
    wrong = dataclasses.replace(change(bad, HOSTILE, HOSTILE, "5"), kind=HOSTILE, message=HOSTILE)
    other = dataclasses.replace(change(bad, "Total", "Other", "5", "inherited"), kind=HOSTILE)
    located = diagnosis(
        bad,
        wrong,
        explains=(HOSTILE,),
        message=HOSTILE,
        assumptions=(HOSTILE,),
        alternatives=(Explanation((wrong, other), 0.2),),
    )
    lost = dataclasses.replace(located, located=False, changes=())
    return report(
        bad,
        findings=(found, elsewhere),
        diagnoses=(located, lost, dataclasses.replace(located, table="elsewhere")),
        not_evaluated=(unknown,),
        engine=HOSTILE,
    )


def gap(of: str, reason: str, relation: str = "total = male + female", **where: str) -> NotEvaluated:
    return NotEvaluated(of, "totals", relation, where, reason)


def report(*tables: Table, **given: Any) -> Report:
    return Report(
        **{
            "tables": tables,
            "counts": {},
            "findings": (),
            "not_evaluated": (),
            "engine": "duckdb",
            **given,
        }
    )


def malaysia() -> Table:
    """Khmer migrants deployed to Malaysia, as printed."""
    return table(
        "2005/cambodia/deployed-to-malaysia",
        ["Total", "Male", "Female", "DW Total", "HRD Total", "HRD Male", "HRD Female"],
        {
            "1998": ["120", "-", "120", "120", "-", "-", "-"],
            "1999": ["86", "-", "86", "86", "-", "-", "-"],
            "2000": ["502", "307", "195", "82", "420", "307", "113"],
            "2001": ["846", "342", "504", "393", "453", "342", "111"],
            "2002": ["1049", "246", "803", "437", "612", "246", "366"],
            "2003": ["573", "73", "500", "500", "73", "73", "-"],
            "2004": ["809", "105", "704", "582", "227", "105", "122"],
            "2005": ["1776", "467", "1309", "1008", "768", "467", "301"],
            "2006": ["895", "267", "687", "497", "362", "172", "190"],
            "Total": ["6,619", "1,807", "4,908", "3,705", "2,914", "1,712", "1,203"],
        },
        printed_at=599,
        title="Khmer migrants deployed to Malaysia, 1998-2006",
        unit="persons",
        rows={"dimension": "year", "total": "Total"},
        assumptions=["every domestic worker is a woman"],
        notes={"a": "recruited by seven agencies", "b": "HRD is one recruitment agency"},
    )


YEARS = [str(year) for year in range(1998, 2007)]


def cambodia() -> Report:
    """Malaysia's flagship, one year's break, one sum of years, and what cannot be evaluated."""
    deployed = malaysia()
    stock = table(
        "2005/cambodia/stock-abroad",
        ["Persons"],
        {"Total": ["–"], "Refugees": ["17,806"], "Male": ["–"], "Female": ["–"]},
        title="Migrants abroad",
        rows={"dimension": "group", "total": "Total"},
    )
    flagship = finding(
        deployed,
        ("Total", "Total"),
        ("Total", "Male"),
        ("Total", "Female"),
        where={"year": "Total", "sector": "all"},
        message="The Total row prints 6,619 in all; its men and women add up to 6,715 (96 more).",
    )
    year = finding(
        deployed,
        ("2006", "Total"),
        ("2006", "Male"),
        ("2006", "Female"),
        where={"year": "2006", "sector": "all"},
        message="2006 prints 895 in all; its men and women add up to 954 (59 more).",
    )
    years = finding(
        deployed,
        ("Total", "Total"),
        *((year, "Total") for year in YEARS),
        where={"sector": "all", "sex": "total"},
        relation="Total = 1998 + … + 2006",
        severity=Severity.WARNING,
        message="The years of column Total add up to 6,656, not 6,619.",
    )
    unknown = "the total is not known"
    return report(
        deployed,
        stock,
        counts={deployed.id: Counts(57, 3, 0), stock.id: Counts(0, 0, 3)},
        findings=(flagship, year, years),
        not_evaluated=(
            gap(stock.id, unknown, column="Persons"),
            gap(stock.id, unknown, "total = visa status", column="Persons"),
            gap(stock.id, "no line is known", "total = destinations", column="Persons"),
        ),
    )


def diagnosed() -> Report:
    """The same with Malaysia's five cells, another explanation, and a table where nothing is located."""
    plain = cambodia()
    of, _ = plain.tables
    five = (
        change(of, "2006", "Total", "859", kind="transposed digits"),
        change(of, "2006", "Male", "172", kind="another number"),
        change(of, "Total", "HRD Total", "2,915", kind="off by one"),
        change(of, "Total", "Total", "6,620", "inherited", "added up from a wrong part"),
        change(of, "Total", "Male", "1,712", "inherited", "added up from a wrong part"),
    )
    six = (change(of, "2006", "Female", "592"), *five[2:])
    flagship, year, years = plain.findings
    located = diagnosis(
        of,
        *five,
        explains=(year.id, flagship.id),
        message=f"{five[0].message} With 4 more cells it explains the 2 broken sums.",
        likelihood=0.99993,
        next_best=6,
        assumptions=of.spec.assumptions,
        alternatives=(Explanation(six, 0.00002),),
    )
    tied = table(
        "2005/laos/by-sex",
        ["Total", "Male", "Female"],
        {"2004": ["400", "150", "250"], "2005": ["430", "180", "240"]},
        title="Workers by sex",
        rows={"dimension": "year"},
    )
    sum_of_2005 = finding(tied, *(("2005", column) for column in tied.columns), message="10 too many.")
    three = [change(tied, "2005", c, p) for c, p in (("Total", "420"), ("Male", "190"), ("Female", "250"))]
    lost = diagnosis(
        tied,
        explains=(sum_of_2005.id,),
        message="Cannot be located: 3 cells tie (2005, Total; 2005, Male; 2005, Female).",
        unique=False,
        ties=3,
        missing=0.02,
        alternatives=tuple(Explanation((c,), p) for c, p in zip(three, (0.41, 0.33, 0.24), strict=True)),
    )
    return dataclasses.replace(
        plain,
        tables=(*plain.tables, tied),
        findings=(flagship, year, sum_of_2005, years),
        diagnoses=(located, lost),
    )
