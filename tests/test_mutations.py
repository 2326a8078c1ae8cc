"""The chapter's own files, damaged at random: never a traceback, and no number changes in silence."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amyqa import pipeline
from amyqa.errors import AmyqaError
from amyqa.model import Report
from tests.engines.tables import examples
from tests.yearbooks import CHAPTER, shipped, to_csv

TABLES = ("deployed-to-malaysia", "deployed-to-south-korea", "stock-abroad", "stock-in-country")
SUMMED = ("deployed-to-malaysia", "deployed-to-south-korea", "deployed-to-saudi-arabia")
FILES = [
    f"data/{CHAPTER}/{name}.{ending}" for name in (*TABLES, "claims", "events") for ending in ("csv", "yaml")
]
FILES += ["checks/deployment.yaml", "checks/stock.yaml", "checks/indicators.yaml", "seeds/cambodia-2005.txt"]
PIECES = [
    b"", b'"', b"'", b",", b"\n", b"\r", b"\t", b": ", b"[", b"]", b"{", b"}", b"-", b"#", b"\xef\xbb\xbf",
    b"\0", b"\xff", b"&a", b"*a", b"!!x", b"\xe2\x80\x93", b"9" * 30, b"1e9", b"..", b"<5", b"5 up", b"(1)",
    b"%", b"|", b"~", b"@", b"=", b"+", b"0", b"null", b"NaN", b"? ", b">", b"\xcc\x81",
]  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shipped(tmp_path_factory.mktemp("mutations"))


@st.composite
def damages(draw: st.DrawFn, raw: bytes) -> bytes:
    """A file with one to three pieces put in, taken out, repeated or exchanged."""
    for _ in range(draw(st.integers(1, 3))):
        lines = raw.split(b"\n")
        i, j = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        at = draw(st.integers(0, len(raw)))
        kind = draw(st.sampled_from(["insert", "cut", "repeat", "drop", "exchange", "replace"]))
        if kind == "insert":
            raw = raw[:at] + draw(st.sampled_from(PIECES)) + raw[at:]
        elif kind == "cut":
            raw = raw[:at] + raw[at + draw(st.integers(1, 6)) :]
        elif kind == "replace":
            words = re.split(rb"([,:\s\[\]{}]+)", lines[i])
            words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(PIECES))
            raw = b"\n".join([*lines[:i], b"".join(words), *lines[i + 1 :]])
        else:
            lines[i], lines[j] = (lines[j], lines[i]) if kind == "exchange" else (lines[i], lines[j])
            again = {"repeat": [lines[i], lines[j]], "drop": []}.get(kind, [lines[i]])
            raw = b"\n".join([*lines[:i], *again, *lines[i + 1 :]])
    return raw


@examples(25)
@given(data=st.data(), name=st.sampled_from(FILES))
def test_a_damaged_file_is_checked_or_told_and_never_a_traceback(
    book: Path, data: st.DataObject, name: str
) -> None:
    path = book / name
    raw = path.read_bytes()
    table = name.rpartition(".")[0] if name.startswith("data") else f"data/{CHAPTER}/{TABLES[0]}"
    if name == "checks/stock.yaml":
        table = f"data/{CHAPTER}/stock-abroad"
    elif name == "checks/indicators.yaml":
        table = f"data/{CHAPTER}/annual-indicators"
    path.write_bytes(data.draw(damages(raw)))
    try:
        pipeline.check([book / f"{table}.csv"], "duckdb")
    except AmyqaError as error:
        for problem in error.problems:
            assert problem.file
            assert str(book) not in str(problem)
    finally:
        path.write_bytes(raw)


@cache
def whole(book: Path, table: str) -> Report:
    return pipeline.check([book / f"data/{CHAPTER}/{table}.csv"], "duckdb", identities=True)


def summed(report: Report) -> Iterator[int]:
    """The cells of a table's evaluated identities."""
    for identities in report.identities.values():
        for identity in identities:
            if identity.state != "unknown":
                yield from (term.cell for term in identity.terms if isinstance(term.cell, int))


@examples(25)
@given(data=st.data(), name=st.sampled_from(SUMMED))
def test_no_other_digit_in_a_sum_goes_unnoticed(book: Path, data: st.DataObject, name: str) -> None:
    before = whole(book, name)
    [table] = before.tables
    cell = table.cell(data.draw(st.sampled_from(sorted(set(summed(before))))))
    digits = [i for i, char in enumerate(cell.token) if char.isdigit()]
    if not digits:
        return
    at = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from(sorted(set("0123456789") - {cell.token[at]})))
    token = cell.token[:at] + other + cell.token[at + 1 :]
    path = book / table.file
    raw = path.read_bytes()
    lines = raw.decode("utf-8-sig").split("\n")
    fields = next(csv.reader([lines[cell.line - 1]]))
    fields[cell.position - 1] = token
    lines[cell.line - 1] = to_csv([fields]).rstrip("\n")
    path.write_text("\n".join(lines), encoding="utf-8", newline="")
    try:
        after = pipeline.check([path], "duckdb")
    except AmyqaError:
        return  # a number that is none any more is told
    finally:
        path.write_bytes(raw)
    assert {f.id for f in after.findings} != {f.id for f in before.findings}
