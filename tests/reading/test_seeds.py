"""The printed source, and tracing the shipped tables back to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from amyqa.errors import BadInput, Problem, Problems
from amyqa.model import Row, Table
from amyqa.reading.seeds import Seeds, read_seeds, verify_document
from amyqa.reading.table import read_table
from amyqa.reading.tracing import source_lines, trace

ROOT = Path(__file__).parents[2]
CHAPTER = "2005/cambodia"
COUNTS = {
    "annual-indicators": 50,
    "claims": 15,
    "deployed-to-malaysia": 70,
    "deployed-to-saudi-arabia": 3,
    "deployed-to-south-korea": 60,
    "events": 61,
    "stock-abroad": 8,
    "stock-in-country": 8,
}
UNTRACED = ("table", "row", "column", "relation", "measure")


# --- the file of printed blocks ---------------------------------------------------------------------

FACTS = f"@ document d.txt\n@ sha256 {'0' * 64}\n"


def seeds_of(tmp_path: Path, entries: str, facts: str = FACTS) -> Seeds:
    path = tmp_path / "seeds.txt"
    path.write_text(facts + entries, encoding="utf-8", newline="")
    return read_seeds(path, "seeds.txt")


def problems_of(tmp_path: Path, entries: str, facts: str = FACTS) -> tuple[Problem, ...]:
    with pytest.raises(BadInput) as caught:
        seeds_of(tmp_path, entries, facts)
    return caught.value.problems


def test_a_whole_line_keeps_its_blanks_and_bars(tmp_path):
    lines = seeds_of(tmp_path, "  7|  a | b  |\n 8||\n").lines
    assert (lines[7].text, lines[7].words, lines[8].text) == ("  a | b  ", ["a", "|", "b"], "")


def test_a_passage_keeps_its_fragments_and_its_lines(tmp_path):
    entry = seeds_of(tmp_path, "283-285~ 5.4% … 2004\n").lines[283]
    assert (entry.name, entry.text, entry.fragments) == ("283-285", None, ("5.4%", "2004"))


def test_comments_blank_lines_and_windows_line_ends_do_not_matter(tmp_path):
    seeds = seeds_of(tmp_path, "# why\r\n\r\n1|a |\r\n", FACTS.replace("\n", "\r\n"))
    assert (seeds.document, seeds.sha256, seeds.lines[1].text) == ("d.txt", "0" * 64, "a ")


def test_every_malformed_line_is_reported_at_once_with_advice(tmp_path):
    entries = (
        "5|no bar\n0|zero|\nwords\n6|ok|\n6|again|\n9-8~ a\n10-11|two|\n12~ a …  … b\n13~\n@ sha256 1\n@ x\n"
    )
    found = problems_of(tmp_path, entries)
    assert [problem.line for problem in found] == [3, 4, 5, 7, 8, 9, 10, 11, 12, 13]
    assert all(problem.hint and problem.file == "seeds.txt" for problem in found)


@pytest.mark.parametrize("facts", ["", "@ document d.txt\n", "@ document\n@ sha256 12\n"])
def test_seeds_without_document_or_hash_are_refused(tmp_path, facts):
    assert "add a line: @ sha256" in str(problems_of(tmp_path, "", facts)) or facts.startswith("@ document\n")


# --- the document -----------------------------------------------------------------------------------

DOCUMENT = "Title\nTotal 3 2 1 \nIt grew by 5.4% in\n2004, they say\n"


def written(tmp_path: Path, entries: str, document: str = DOCUMENT) -> tuple[Seeds, Path]:
    path = tmp_path / "d.txt"
    path.write_text(document, encoding="utf-8", newline="")
    sha256 = hashlib.sha256(DOCUMENT.encode()).hexdigest()
    return seeds_of(tmp_path, entries, f"@ document d.txt\n@ sha256 {sha256}\n"), path


def test_seeds_that_quote_the_document_are_verified(tmp_path):
    seeds, path = written(tmp_path, "2|Total 3 2 1 |\n3-4~ 5.4% … 2004\n")
    verify_document(seeds, path, "d.txt")


def test_fragments_without_number_are_looked_for_in_linear_time(tmp_path):
    document = "a" * 5_000 + "\n"
    seeds, path = written(tmp_path, f"1~ {' … '.join('a' * 200)} … b\n", document)
    with pytest.raises(BadInput, match="does not print at"):
        verify_document(seeds, path, "d.txt")


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ("2|Total 3 2 1|", 2),  # a blank lost
        ("1|Total 3 2 1 |", 1),
        ("3-4~ 2004 … 5.4%", 3),  # the other way round
        ("3-4~ in 2004", 3),  # runs over the end of a line
        ("3~ 2004", 3),
        ("99|Title|", 99),
    ],
)
def test_an_entry_that_the_document_does_not_print_is_refused(tmp_path, entry, line):
    seeds, path = written(tmp_path, entry + "\n")
    with pytest.raises(BadInput) as caught:
        verify_document(seeds, path, "d.txt")
    assert [(problem.file, problem.line) for problem in caught.value.problems] == [("d.txt", line)]


def test_another_document_is_refused_by_its_hash(tmp_path):
    seeds, path = written(tmp_path, "1|Title|\n", DOCUMENT + "more\n")
    with pytest.raises(BadInput, match="SHA-256"):
        verify_document(seeds, path, "d.txt")


# --- the shipped tables -----------------------------------------------------------------------------


@cache
def seeds() -> Seeds:
    return read_seeds(ROOT / "seeds/cambodia-2005.txt", "seeds/cambodia-2005.txt")


@cache
def shipped(name: str) -> Table:
    stem = f"data/{CHAPTER}/{name}"
    return read(ROOT, stem, f"{CHAPTER}/{name}")


def read(folder: Path, stem: str, id: str) -> Table:
    problems = Problems()
    shown = (f"{stem}.csv", f"{stem}.yaml")
    table = read_table(id, folder / shown[0], folder / shown[1], shown, problems)
    problems.raise_if_any()
    assert table is not None
    return table


def with_token(table: Table, r: int, c: int, token: str) -> Table:
    row = table.rows[r]
    tokens = (*row.tokens[:c], token, *row.tokens[c + 1 :])
    return with_row(table, r, replace(row, tokens=tokens))


def with_row(table: Table, r: int, *rows: Row) -> Table:
    return replace(table, rows=(*table.rows[:r], *rows, *table.rows[r + 1 :]))


def problem_of(table: Table, printed: Seeds | None = None) -> Problem:
    with pytest.raises(BadInput) as caught:
        trace(table, printed or seeds())
    (problem,) = caught.value.problems
    return problem


def at(table: Table, row: str, column: str) -> tuple[int, int]:
    return [row.label for row in table.rows].index(row), table.columns.index(column)


def test_every_table_of_the_chapter_is_tested_here():
    assert sorted(path.stem for path in (ROOT / "data" / CHAPTER).glob("*.csv")) == sorted(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
def test_every_token_of_a_shipped_table_is_traced(name):
    assert trace(shipped(name), seeds()) == COUNTS[name]


def test_every_shipped_row_knows_its_line():
    lines = {name: source_lines(shipped(name), seeds()) for name in COUNTS}
    assert lines["deployed-to-malaysia"] == tuple(range(599, 609))
    assert lines["annual-indicators"] == tuple(range(5, 42))
    assert lines["stock-abroad"] == tuple(range(48, 58))  # the blank destinations too
    assert lines["stock-in-country"] == tuple(range(64, 73))
    assert lines["claims"] == (151, 283, 283, 532, 558)
    assert None not in {line for found in lines.values() for line in found}


def test_the_prose_is_not_in_the_seeds():
    fragments = [part for entry in seeds().lines.values() for part in entry.fragments]
    assert all(len(part.split()) <= 8 for part in fragments)


def slips(text: str) -> Iterator[str]:
    """The text with one digit changed, left out, or too many."""
    for i, char in enumerate(text):
        if char.isdigit():
            yield text[:i] + text[i + 1 :]
            yield from (text[:i] + str((int(char) + step) % 10) + text[i + 1 :] for step in (1, 9))
    yield from (f"{text[:i]}1{text[i:]}" for i in range(len(text) + 1))


@pytest.mark.parametrize("name", COUNTS)
def test_a_digit_changed_added_or_lost_is_found_where_it_stands(name):
    table = shipped(name)
    kinds = list((table.spec.fields or {}).values()) or ["number"] * len(table.columns)
    for r, row in enumerate(table.rows):
        for c, token in enumerate(row.tokens):
            for slip in slips(token) if kinds[c] not in UNTRACED else ():
                problem = problem_of(with_token(table, r, c, slip))
                # a text that lost a figure is found when the passage's figures are counted up
                place = (problem.line, problem.column)
                assert place == (row.line, table.positions[c]) or kinds[c] == "text", (row.label, slip)


@pytest.mark.parametrize("name", COUNTS)
def test_a_digit_changed_added_or_lost_in_a_label_is_found(name):
    table = shipped(name)
    for c, label in enumerate(table.columns):
        for slip in slips(label):
            columns = (*table.columns[:c], slip, *table.columns[c + 1 :])
            # (a year changed to its neighbour's is found at the neighbour)
            assert problem_of(replace(table, columns=columns)).line == 1
    for r, row in enumerate(table.rows if table.spec.fields is None else ()):
        for slip in slips(row.keys[0]):
            problem = problem_of(with_row(table, r, replace(row, keys=(slip,), label=slip)))
            assert (problem.line, problem.column) == (row.line, 1)


@pytest.mark.parametrize("name", COUNTS)
def test_a_row_left_out_is_missed(name):
    table = shipped(name)
    for r in range(len(table.rows)):
        assert "lacks what seeds/cambodia-2005.txt prints at " in problem_of(with_row(table, r)).message


@pytest.mark.parametrize("name", [name for name in COUNTS if name not in ("claims", "events")])
def test_a_row_too_many_is_found(name):
    table = shipped(name)
    for r, row in enumerate(table.rows):
        assert problem_of(with_row(table, r, row, replace(row, line=99))).line == 99


def test_rows_in_another_order_keep_their_lines():
    table = shipped("deployed-to-malaysia")
    turned = replace(table, rows=table.rows[::-1])
    assert source_lines(turned, seeds()) == tuple(range(608, 598, -1))
    assert trace(turned, seeds()) == 70


def test_a_misprinted_row_still_knows_its_line_and_the_message_quotes_it():
    table = shipped("deployed-to-malaysia")
    slip = with_token(table, *at(table, "Total", "Total"), "6,691")
    assert source_lines(slip, seeds())[-1] == 608
    problem = problem_of(slip)
    assert (problem.file, problem.line, problem.column) == (
        "data/2005/cambodia/deployed-to-malaysia.csv",
        11,
        2,
    )
    assert "'6,691'" in problem.message
    assert "line 608 of seeds/cambodia-2005.txt: 'Total 6,619 1,807" in problem.message


def test_a_label_that_is_not_printed_has_no_line_but_the_likely_one_is_named():
    table = shipped("deployed-to-malaysia")
    slip = with_row(table, 0, replace(table.rows[0], keys=("1989",), label="1989"))
    assert source_lines(slip, seeds())[0] is None
    assert "at line 599 " in problem_of(slip).message


def test_a_line_that_another_row_holds_is_not_given_twice():
    table = shipped("deployed-to-malaysia")
    slip = with_row(table, 0, replace(table.rows[0], keys=("1999",), label="1999"))
    assert source_lines(slip, seeds())[:2] == (None, 600)


@pytest.mark.parametrize("name", ["deployed-to-malaysia", "deployed-to-south-korea", "annual-indicators"])
def test_two_column_labels_that_changed_places_are_found(name):
    table = shipped(name)
    for c in range(1, len(table.columns)):
        columns = [*table.columns]
        columns[c - 1 : c + 1] = columns[c], columns[c - 1]
        if columns[c].split()[-1] != columns[c - 1].split()[-1]:
            assert problem_of(replace(table, columns=tuple(columns))).line == 1


def test_a_cell_moved_into_a_neighbouring_blank_is_found_but_for_uncertain_rows():
    table = shipped("annual-indicators")
    moved = 0
    for r, row in enumerate(table.rows):
        for c in range(1, len(row.tokens)):
            left, right = row.tokens[c - 1 : c + 1]
            if bool(left) == bool(right):
                continue
            slip = with_token(with_token(table, r, c - 1, right), r, c, left)
            if row.label in table.spec.uncertain:
                assert trace(slip, seeds()) == COUNTS["annual-indicators"]
            else:
                assert problem_of(slip).column == table.positions[c - 1]
                moved += 1
    assert moved > 20


def test_the_dash_of_an_unknown_stock_must_be_kept():
    table = shipped("stock-abroad")
    for token in ("", "0", "-"):
        problem = problem_of(with_token(table, *at(table, "TOTAL", "Number"), token))
        assert (problem.line, problem.column) == (2, 2)


def test_a_blank_destination_must_stay_blank():
    table = shipped("stock-abroad")
    for token in ("2.", "7.", "–", "182,007"):
        assert problem_of(with_token(table, *at(table, "Malaysia", "Number"), token)).line == 10


def test_an_event_is_under_the_nearest_year_and_month_above_it():
    table = shipped("events")
    for column, other in (("Year", "2005"), ("Month", "August"), ("Year", ""), ("Month", "")):
        c = table.columns.index(column)
        assert problem_of(with_token(table, 0, c, other)).column == c + 1


def test_a_day_must_be_given_as_printed_and_not_left_out():
    table = shipped("events")
    day = table.columns.index("Day")
    assert problem_of(with_token(table, 1, day, "13")).column == day + 1
    assert "at 374-382: 13" in problem_of(with_token(table, 1, day, "")).message


def test_a_record_that_names_other_lines_has_none():
    table = with_token(shipped("claims"), 1, 0, "284-285")
    assert source_lines(table, seeds())[:3] == (151, None, 283)
    assert "not printed as a passage" in problem_of(table).message


# --- other prints -----------------------------------------------------------------------------------

LIST_YAML = """\
title: A list
family: stock
source: {document: seeds.txt, lines: 1-3}
columns: {Number: {}}
"""
LIST = "1|a. Top of all 1. Laos - 5 3. Iran 7|\n2|  countries 2. Peru – 4. |\n3|  5.  6. |\n"
LIST_ROWS = {"Laos": "5", "Iran": "7", "Peru": "–"}


def table_of(tmp_path: Path, csv: str, yaml: str) -> Table:
    (tmp_path / "t.csv").write_text(csv, encoding="utf-8")
    (tmp_path / "t.yaml").write_text(yaml, encoding="utf-8")
    return read(tmp_path, "t", "t")


def list_of(tmp_path: Path, rows: dict[str, str]) -> Table:
    return table_of(tmp_path, "\n".join(["Place,Number", *(f"{k},{v}" for k, v in rows.items())]), LIST_YAML)


def test_two_items_of_a_list_may_share_a_line(tmp_path):
    printed = seeds_of(tmp_path, LIST)
    table = list_of(tmp_path, LIST_ROWS)
    assert (trace(table, printed), source_lines(table, printed)) == (3, (1, 1, 2))


@pytest.mark.parametrize("missing", LIST_ROWS)
def test_an_item_of_a_list_must_not_be_left_out(tmp_path, missing):
    rows = {label: token for label, token in LIST_ROWS.items() if label != missing}
    assert "lacks" in problem_of(list_of(tmp_path, rows), seeds_of(tmp_path, LIST)).message


@pytest.mark.parametrize("words", ["Top 10", "Top –"])
def test_words_in_front_of_a_list_hold_no_figure(tmp_path, words):
    printed = seeds_of(tmp_path, LIST.replace("a. Top of all", words))
    assert "lacks" in problem_of(list_of(tmp_path, LIST_ROWS), printed).message


def test_a_table_of_several_columns_stands_alone_on_its_lines(tmp_path):
    yaml = LIST_YAML.replace("1-3", "1").replace("{Number: {}}", "{A: {}, B: {}}")
    table = table_of(tmp_path, "Place,A,B\nLaos,5,6\n", yaml)
    assert trace(table, seeds_of(tmp_path, "1| Laos  5 6|\n")) == 2
    for line in (
        "1. Laos 5 6",
        "of all Laos 5 6",
        "Laos 5 6 7",
        "Laos 5 6 revised",
        "Laos - 5 6",
        "Laos 5",
        "",
    ):
        assert problem_of(table, seeds_of(tmp_path, f"1|{line}|\n")).column in (1, 2, 3)


def test_labels_of_several_key_columns_are_traced(tmp_path):
    yaml = (
        "title: t\nfamily: stock\nsource: {document: d, lines: 2, header: 1}\n"
        "rows: {dimensions: {Place: place, Year: year}}\ncolumns: {Number: {}}\n"
    )
    table = table_of(tmp_path, "Place,Year,Number\nLaos,2001,5\n", yaml)
    assert trace(table, seeds_of(tmp_path, "1|Place Year Number|\n2|Laos 2001 5|\n")) == 1
    problem = problem_of(table, seeds_of(tmp_path, "1|Place Number|\n2|Laos 2001 5|\n"))
    assert (problem.line, problem.column) == (1, 2)


def test_a_line_that_the_seeds_do_not_carry_is_asked_for(tmp_path):
    for entries in ("1|Laos 5|\n", "1|Laos 5|\n2~ x\n3||\n"):
        problem = problem_of(list_of(tmp_path, {"Laos": "5"}), seeds_of(tmp_path, entries))
        assert (problem.file, "line 2" in problem.message) == ("seeds.txt", True)


def test_a_table_without_a_source_is_not_traced(tmp_path):
    yaml = LIST_YAML.replace("source: {document: seeds.txt, lines: 1-3}\n", "")
    table = table_of(tmp_path, "Place,Number\nLaos,5\nIran,7\n", yaml)
    printed = seeds_of(tmp_path, "")
    assert (trace(table, printed), source_lines(table, printed)) == (0, (None, None))


RECORDS_YAML = """\
title: Events
family: events
source: {document: seeds.txt, lines: 1-9}
fields: {Lines: lines, Year: year, Share: number, Text: text}
"""


def test_a_document_without_heads_prints_the_year_in_the_passage(tmp_path):
    table = table_of(tmp_path, "Lines,Year,Share,Text\n2-3,2004,(0.6)%,Fell by 0.6%\n", RECORDS_YAML)
    assert trace(table, seeds_of(tmp_path, "2-3~ 2004, … (0.6)% … 2004\n")) == 4
    assert problem_of(table, seeds_of(tmp_path, "2-3~ 2003 … (0.6)%\n")).column == 2
    assert problem_of(table, seeds_of(tmp_path, "2-3~ 2004 … (0.6)% … 8\n")).message.endswith(": 8")


def test_the_sign_of_a_claimed_figure_is_part_of_it(tmp_path):
    table = table_of(tmp_path, "Lines,Year,Share,Text\n2-3,2004,-0.6,\n", RECORDS_YAML)
    assert problem_of(table, seeds_of(tmp_path, "2-3~ 2004 … 0.6%\n")).column == 3


def test_records_without_lines_cannot_be_traced(tmp_path):
    table = table_of(tmp_path, "Share,Text\n5,x\n", RECORDS_YAML.replace("Lines: lines, Year: year, ", ""))
    assert "no field holds the lines" in problem_of(table, seeds_of(tmp_path, "")).message
