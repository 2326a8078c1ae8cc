"""A finding keeps its name while it is about the same, and gets a new one when a printed number changes."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from amyqa import pipeline
from tests.yearbooks import CHAPTER, STATED, TOTALS, shipped, to_csv, write_family, write_table

HEADER = "Year,T,M,F"
COLUMNS = {"T": {"sex": "total"}, "M": {"sex": "male"}, "F": {"sex": "female"}}
SPEC: dict[str, Any] = {"rows": {"dimension": "year"}, "columns": COLUMNS}
BY_SEX = {"type": TOTALS, "kwargs": {"dimension": "sex"}}


def ids(
    root: Path, *rows: str, table: str = "table", header: str = HEADER, entries: Sequence[Any] = (BY_SEX,),
    **changed: Any,
) -> set[str]:  # fmt: skip
    write_family(root / table, entries=entries)
    write_table(root / table, table, "\n".join([header, *rows]) + "\n", {**SPEC, **changed})
    return {finding.id for finding in pipeline.check([root / table], "duckdb").findings}


def one(root: Path, *rows: str, **changed: Any) -> str:
    [id] = ids(root, *rows, **changed)
    return id


def test_a_fingerprint_is_sixteen_hexadecimal_digits(tmp_path: Path) -> None:
    assert re.fullmatch("[0-9a-f]{16}", one(tmp_path, "2003,9,4,4"))


def test_it_does_not_depend_on_where_a_row_or_column_stands(tmp_path: Path) -> None:
    before = one(tmp_path, "2003,9,4,4")
    assert one(tmp_path, "2002,8,4,4", "2004,2,1,1", "2003,9,4,4") == before
    assert one(tmp_path, "2003,4,9,4", header="Year,F,T,M") == before


def test_it_does_not_depend_on_titles_notes_severities_or_reasons(tmp_path: Path) -> None:
    before = one(tmp_path, "2003,9,4,4")
    entry = {**BY_SEX, "severity": "info", "meta": {"reason": "because"}}
    assert one(tmp_path, "2003,9,4,4", title="Another", notes={"*": "a note"}, entries=[entry]) == before


def test_it_does_not_depend_on_the_numbers_of_other_cells(tmp_path: Path) -> None:
    assert one(tmp_path, "2003,9,4,4", "2004,2,1,1") == one(tmp_path, "2003,9,4,4", "2004,4,2,2")


def test_it_changes_with_each_printed_number_even_where_the_difference_stays(tmp_path: Path) -> None:
    rows = ["2003,9,4,4", "2003,8,4,3", "2003,9,3,5", "2003,9.0,4,4", "2003,9*,4,4"]
    assert len({one(tmp_path, row) for row in rows}) == len(rows)


def test_it_does_not_change_with_blanks_around_a_number(tmp_path: Path) -> None:
    assert one(tmp_path, "2003, 9 ,4,4") == one(tmp_path, "2003,9,4,4")


def test_it_tells_tables_rows_and_rules_apart(tmp_path: Path) -> None:
    stated = {"identities": {"in every row": ["T = M + F"]}}
    names = {
        one(tmp_path, "2003,9,4,4"),
        one(tmp_path, "2003,9,4,4", table="other"),
        one(tmp_path, "2004,9,4,4"),
        one(tmp_path, "2003,9,4,4", entries=[{"type": STATED}], **stated),
    }
    assert len(names) == 4


def test_it_tells_apart_two_findings_with_equal_numbers(tmp_path: Path) -> None:
    assert len(ids(tmp_path, "2003,9,4,4", "2004,9,4,4", "2005,9,4,4")) == 3


def test_it_does_not_depend_on_which_revised_figure_stands_first(tmp_path: Path) -> None:
    few = [{"type": "expect_few_figures_to_be_revised"}]
    rows = ["2003,9,4,5", "2004,19,14,5", "2005,8,3,5"]
    found = []
    for root, order in (("as printed", 1), ("turned", -1)):
        write_table(tmp_path / root, "2005/arcadia/t", "\n".join([HEADER, *rows]) + "\n", SPEC)
        newer = [row.replace(",5", ",6") for row in rows[:2]] + ["2005,8,3,50"]
        lines = "\n".join([HEADER, *newer[::order]]) + "\n"
        write_table(tmp_path / root, "2006/arcadia/t", lines, SPEC)
        write_family(tmp_path / root, entries=few)
        found.append({finding.id for finding in pipeline.check([tmp_path / root], "duckdb").findings})
    assert found[0] == found[1]
    assert len(found[0]) == 1


EVENTS = {"Year": "year", "Event": "text"}


def event_ids(root: Path, *rows: str, fields: dict[str, str] = EVENTS) -> set[str]:
    """Fingerprints of what is wrong in a chronicle."""
    if not root.exists():
        shutil.rmtree(shipped(root, "events") / "data")
    lines = "\n".join([",".join(fields), *rows]) + "\n"
    write_table(root, "events", lines, {"family": "events", "fields": fields})
    return {finding.id for finding in pipeline.check([root], "duckdb").findings}


def test_it_does_not_depend_on_the_order_of_an_events_fields_or_on_events_before_it(tmp_path: Path) -> None:
    root = tmp_path / "yearbook"
    before = event_ids(root, "2003,war", "2002,peace")
    assert len(before) == 1
    turned = dict(reversed(EVENTS.items()))
    assert event_ids(root, "war,2003", "peace,2002", fields=turned) == before
    assert event_ids(root, "2001,before", "2003,war", "2002,peace", "2004,after") == before


EVENTS = {"Year": "year", "Event": "text"}


def of_events(root: Path, *rows: str) -> dict[str, str]:
    """Fingerprints of a chronicle's findings, with what they say."""
    root = shipped(root, "events") if not root.exists() else root
    for file in (root / "data" / CHAPTER).iterdir():
        file.unlink()
    write_table(
        root, "events", "\n".join(["Year,Event", *rows]) + "\n", {"family": "events", "fields": EVENTS}
    )
    return {finding.id: finding.message for finding in pipeline.check([root], "duckdb").findings}


def test_the_fingerprint_of_an_event_without_words_holds_no_number_of_a_row(tmp_path: Path) -> None:
    before = of_events(tmp_path / "yearbook", "2003,war", "2004,")
    assert of_events(tmp_path / "yearbook", "2002,peace", "2003,war", "2004,") == before
    assert list(before.values()) == ["2004: Event is empty."]


def test_a_remark_may_stand_before_its_claim(tmp_path: Path) -> None:
    root = shipped(tmp_path)
    path = root / "data" / CHAPTER / "claims.csv"
    before = {finding.id for finding in pipeline.check([path], "duckdb").findings}
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    at = lines[0].index("Remark")
    path.write_text(to_csv([[line[at], *line[:at], *line[at + 1 :]] for line in lines]), encoding="utf-8")
    assert {finding.id for finding in pipeline.check([path], "duckdb").findings} == before
