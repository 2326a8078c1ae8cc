"""A CSV taken in: its lines and columns, each known for what it is."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from amyqa.errors import BadInput, Problem
from amyqa.reading.labels import holds, is_total
from amyqa.reading.signs import currency
from amyqa.reading.tokens import Notation, UnreadableToken, normalise, notation_like, row_labels
from amyqa.sources import Sheet
from amyqa.starting.columns import column_labels, key_columns, repeated_by_slip, without_numbers
from amyqa.starting.inferring import KEYS, read, relations, study
from amyqa.starting.layout import lay_out, shows_rounded, text_of
from amyqa.starting.layout import read as _read
from amyqa.starting.merged import filled_down
from amyqa.starting.notation import mark_of, notation_of, tied, written
from amyqa.starting.relations import Computed, Readings
from amyqa.starting.said import NOTHING, Said
from amyqa.starting.words import NUMBERING

_WHOLE = re.compile(r"\d{1,9}(?:\.0+)?", re.ASCII)
_LEAST_COUNTED = 5


@dataclass(frozen=True)
class Taken:
    """A table taken in.

    Args:
        labels: of the columns, one line, each its own.
        lines: the fields of each row.
        delimiter: what separates them.
        decimal, thousands: how numbers are written.
        repairs: what the copy has otherwise than the file, each in a few words.
        caption: what stands above the header, or "".
        left_out: lines that are no rows, each with its number in the file.
        numbers: of the rows' lines in the file.
        positions: of the columns in these lines, from 1.
        shows_rounded: whole numbers in the file hold more digits than they show.
        keys: 0-based columns that hold the rows' labels.
        texts: columns without numbers, or with numbers that count nothing.
        numbering: of these the latter (codes, pages).
        given, missing: tokens that were said to mean unknown; these, and others, used again and again, that
            can only mean it.
        marks: footnote marks glued to numbers.
        multipliers: what multiplies the number before it, and its power of ten.
        asked: what stands behind numbers and may be either; the check asks.
        foreign: columns of numbers in several currencies, or in another than the others.
        remarks: what else an editor must know, in sentences.
        said: what is known of it, and not guessed.
        computed: what the file's formulas state.
    """

    labels: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    delimiter: str
    decimal: str = "."
    thousands: str = ","
    repairs: tuple[str, ...] = ()
    caption: str = ""
    left_out: tuple[tuple[int, str], ...] = ()
    numbers: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    shows_rounded: bool = False
    keys: tuple[int, ...] = (0,)
    texts: tuple[int, ...] = ()
    numbering: tuple[int, ...] = ()
    given: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    multipliers: tuple[tuple[str, int], ...] = ()
    asked: tuple[str, ...] = ()
    foreign: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()
    said: Said = NOTHING
    computed: Computed = field(default=Computed())

    @property
    def rewritten(self) -> bool:
        """Whether the copy is another than the file."""
        return bool(self.repairs or self.left_out)

    @cached_property
    def amounts(self) -> tuple[int, ...]:
        """Columns of numbers."""
        return tuple(i for i in range(len(self.labels)) if i not in self.keys and i not in self.texts)

    @property
    def unsummed(self) -> bool:
        """Whether its numbers are in several currencies in every column: none is added up."""
        return bool(self.amounts) and set(self.amounts) <= set(self.foreign)

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """Labels of the rows as formulas name them: repeats get ``#2``, ``#3`` and so on."""
        seen: Counter[str] = Counter()
        labels = []
        for label in self.row_labels:
            seen[label] += 1
            labels.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
        return tuple(labels)

    @cached_property
    def row_labels(self) -> tuple[str, ...]:
        """Labels of the rows as printed."""
        return tuple(row_labels([line[i] for i in self.keys] for line in self.lines))

    @property
    def tokens(self) -> list[list[str]]:
        """The cells, without labels and texts."""
        return [[line[i] for i in self.amounts] for line in self.lines]

    def notation(self, nil: Iterable[str] = ()) -> Notation:
        """How its numbers are written."""
        return notation_like(
            self.decimal,
            self.thousands,
            frozenset(nil),
            frozenset(self.missing),
            self.marks,
            self.multipliers,
        )

    def readings(self, nil: Sequence[str]) -> Readings:
        """The cells, read; the signs of `nil` count as zero everywhere."""
        return read(self.tokens, self.notation(nil))

    def readings_by_cell(self, nil: Callable[[int, int], frozenset[str]]) -> Readings:
        """The cells, read; `nil` says which signs count as zero in a row and a column of amounts."""
        signs = [[nil(r, c) for c in range(len(self.amounts))] for r in range(len(self.lines))]
        alike = {each: self.readings(tuple(each)) for each in {each for row in signs for each in row}}
        return [[alike[each][r][c] for c, each in enumerate(row)] for r, row in enumerate(signs)]

    def csv(self) -> str:
        """The table as CSV, its header in one line."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.delimiter, lineterminator="\n")
        writer.writerows([self.labels, *self.lines])
        return out.getvalue()


def take(
    sheet: Sheet,
    *,
    header: Sequence[str] | None = None,
    header_lines: int | None = None,
    missing: Sequence[str] = (),
    accept_repairs: bool = False,
) -> Taken:
    """Take in a sheet.

    Args:
        header: labels of the columns of a file that has none.
        header_lines: how many lines the header has, where that is known: 0 for none.
        missing: tokens that are known to stand for an unknown number.
        accept_repairs: read a line of another width in the one way that there is.

    Raises:
        BadInput: it is empty, no CSV, or has no row or no column of cells; its lines are not of one
            width; its first line may be a row.
    """
    shown = sheet.shown
    layout = lay_out(sheet, 0 if header is not None else header_lines, accept_repairs=accept_repairs)
    if layout.missing_header is not None:
        message = "the first line of the table holds numbers, as a row does: has the file no header?"
        advice = '--header "Year,Men,Women" names the columns; --header-lines 1 says that this is the header'
        raise BadInput([Problem(message, advice, shown, layout.missing_header.number)])
    if not layout.rows:
        advice = "a table is a header, rows, and columns of cells"
        raise BadInput([Problem("has no row below its header", advice, shown, sheet.lines[0].number)])
    width = len(layout.rows[0].fields)
    if header is not None:
        if len(header) != width:
            message = f"has {width} columns, and --header names {len(header)}"
            raise BadInput([Problem(message, "separate the labels by commas", shown)])
        labels = column_labels([header], width)
    else:
        labels = column_labels(layout.header, width)
    if width < 2:
        advice = "a table is a header, rows, and columns of cells"
        raise BadInput([Problem("has one column only", advice, shown)])
    lines = [line.fields for line in layout.rows]
    repairs = [*([sheet.otherwise] if sheet.otherwise else []), *layout.repairs]
    if header is not None or not layout.header:
        repairs.append("a header is added")
    elif len(layout.header) > 1:
        repairs.append("its header in one line")
    elif list(map(normalise, layout.header[0])) != list(labels):
        repairs.append("each column has a label of its own")
    positions = _filled(labels, layout.header, lines)
    if len(positions) < len(labels):
        empty = [i for i in range(1, len(labels) + 1) if i not in positions]
        numbers = ", ".join(map(str, empty))
        repairs.append(f"without the empty column{'s' if len(empty) > 1 else ''} {numbers}")
        labels = tuple(labels[i - 1] for i in positions)
        lines = [tuple(line[i - 1] for i in positions) for line in lines]
    words = set(
        without_numbers(lines, notation_like(*notation_of([token for line in lines for token in line])))
    )
    if len(words) == len(lines):  # better a table that cannot be read, which the check tells, than none
        words = set()
    kept = [line for i, line in enumerate(layout.rows) if i not in words]
    lines = [line for i, line in enumerate(lines) if i not in words]
    delimiter = "," if sheet.otherwise else sheet.delimiter
    others = [*layout.left_out, *sheet.without, *(line for i, line in enumerate(layout.rows) if i in words)]
    left_out = tuple((line.number, text_of(line)) for line in sorted(others, key=lambda line: line.number))
    taken = Taken(
        labels,
        tuple(lines),
        delimiter,
        repairs=tuple(repairs),
        caption=sheet.title or layout.caption,
        left_out=left_out,
        numbers=tuple(line.number for line in kept),
        positions=positions,
        shows_rounded=shows_rounded(sheet, kept),
        given=tuple(dict.fromkeys(map(str.strip, missing))),
    )
    taken, remarks = _merged(taken)
    taken = by_sums(described(taken))
    taken = replace(taken, remarks=(*remarks, *taken.remarks))
    if not taken.labels[0] and 0 not in taken.keys:  # only a column of row labels may be without one
        repairs.append("the first column is called Column 1")
        taken = replace(taken, labels=("Column 1", *taken.labels[1:]), repairs=(*taken.repairs, repairs[-1]))
    return taken


def _filled(
    labels: Sequence[str], header: Sequence[Sequence[str]], lines: Sequence[tuple[str, ...]]
) -> tuple[int, ...]:
    """Positions of the columns, without those that hold nothing, as spreadsheets leave between blocks."""
    kept = tuple(
        i + 1
        for i in range(len(labels))
        if not i or not header or header[-1][i].strip() or any(line[i].strip() for line in lines)
    )
    return kept if len(kept) > 1 else tuple(range(1, len(labels) + 1))


def _merged(taken: Taken) -> tuple[Taken, tuple[str, ...]]:
    """The same with merged labels on each of their rows; remarks on those that are left as they are."""
    notation = notation_like(*notation_of([token for line in taken.lines for token in line]))

    def number(token: str) -> Decimal | None:
        reading = _read(token, notation)
        return reading.value if reading is not None else None

    found = filled_down(taken.lines, lambda column: _is_text(taken, column, notation), number)
    repairs = (*taken.repairs, *found.repairs(taken.labels))
    remarks = found.remarks(taken.labels, taken.numbers)
    return replace(taken, lines=tuple(found.lines), repairs=repairs), remarks


def by_sums(taken: Taken) -> Taken:
    """The same in the notation in which more sums hold, where a lone mark leaves that open; it is told."""
    found = tied([line[i] for line in taken.lines for i in taken.amounts], taken.delimiter)
    if found is None:
        return taken
    figure, marks = found
    other = described(taken, marks)

    def held(table: Taken) -> int:
        labels = [table.labels[i] for i in table.amounts]
        studied = study(table.readings(["-"]), labels, table.rows).relations
        return sum(2 * each.agree - each.of for each in studied)

    sure = held(other) - held(taken)
    best, rest = (other, taken) if sure > 0 else (taken, other)
    value = best.notation().read(figure).value or Decimal(0)
    how = "with decimals" if value % 1 else f"as {value:f}"
    why = "so more sums hold" if sure else "a guess, no sum tells"
    told = f"{figure} is read {how}: {why}; else say decimal: '{rest.decimal}', thousands: '{rest.thousands}'"
    return replace(best, remarks=(*best.remarks, told))


def described(taken: Taken, marks: tuple[str, str] | None = None) -> Taken:
    """The same with all that its tokens tell, its notation too where it is not known."""
    taken = replace(taken, keys=(), texts=(), numbering=(), remarks=())
    decimal, thousands = marks or notation_of([token for line in taken.lines for token in line])
    notation = notation_like(decimal, thousands, missing=frozenset(taken.given))
    texts = [i for i in range(len(taken.labels)) if _is_text(taken, i, notation)]
    numbering = [i for i in range(len(taken.labels)) if i not in texts and _is_numbering(taken, i)]
    numbering = [i for i in numbering if i not in _adding_up(taken, texts, numbering, notation)]
    keys = taken.said.keys or key_columns(taken.lines, texts, numbering)
    if keys != (0,) and _repeats_by_habit(taken, keys, texts):
        keys = (0,)  # labels that may stand twice are no dimension: repeats get a number
    rest = tuple(i for i in sorted({*texts, *numbering}) if i not in keys)
    codes = tuple(i for i in numbering if i not in keys)
    taken = replace(taken, decimal=decimal, thousands=thousands, keys=keys, texts=rest, numbering=codes)
    taken = _in_one_currency(taken)
    if not taken.amounts:  # better cells that cannot be read, which the check tells, than none
        taken = replace(taken, texts=(), numbering=())
    said = written(taken.tokens, notation)
    return replace(
        taken,
        missing=(*taken.given, *said.missing),
        marks=said.marks,
        multipliers=said.multipliers,
        asked=said.asked,
    )


def _in_one_currency(taken: Taken) -> Taken:
    """The same without columns whose numbers are in several currencies, or in another than most columns."""
    signs = {i: {sign for line in taken.lines if (sign := currency(line[i]))} for i in taken.amounts}
    often = Counter(sign for found in signs.values() if len(found) == 1 for sign in found)
    if len(set().union(*signs.values())) < 2:
        return taken
    usual = {often.most_common(1)[0][0]} if often else set[str]()
    apart = tuple(i for i, found in signs.items() if found and found != usual)
    told = [f"{taken.labels[i]}: its numbers are in {' and '.join(sorted(signs[i]))}" for i in apart]
    remarks = (*taken.remarks, *(f"{each}; amounts of several currencies are not added up" for each in told))
    whole = len(apart) == len(taken.amounts)
    texts = taken.texts if whole else tuple(sorted({*taken.texts, *apart}))
    return replace(taken, texts=texts, foreign=apart, remarks=remarks)


def _repeats_by_habit(taken: Taken, keys: Sequence[int], texts: Sequence[int]) -> bool:
    """Whether labels repeat with other numbers, and not by a slip: a county and a town may share a name."""
    labels = [KEYS.join(normalise(line[i]) for i in keys) for line in taken.lines]
    amounts = sorted({*range(len(taken.labels))} - {*keys, *texts})
    cells = [[line[i] for i in amounts] for line in taken.lines]
    rows = {(label, *map(str.strip, row)) for label, row in zip(labels, cells, strict=True)}
    return len(rows) > len(set(labels)) and not repeated_by_slip(
        labels, cells, [line[keys[0]] for line in taken.lines]
    )


def _is_full(taken: Taken, column: int, notation: Notation) -> bool:
    """Whether nearly all of a column's cells are numbers: notes and remarks stand at some rows only."""
    figures = sum(_read(line[column], notation) is not None for line in taken.lines)
    return figures * 5 >= len(taken.lines) * 4


def _adding_up(
    taken: Taken, texts: Sequence[int], numbering: Sequence[int], notation: Notation
) -> frozenset[int]:
    """Columns that words call a numbering and that stand in a sum with others: they are numbers."""
    keys = taken.said.keys or key_columns(taken.lines, texts, numbering)
    doubtful = [i for i in numbering if i > 0 and i not in keys and _is_full(taken, i, notation)]
    if not doubtful:
        return frozenset()
    amounts = [i for i in range(len(taken.labels)) if i in doubtful or i not in {*keys, *texts, *numbering}]
    tried = replace(
        taken, keys=keys, texts=tuple(i for i in range(len(taken.labels)) if i not in {*amounts, *keys})
    )
    found = relations(tried.readings(["-"]), [taken.labels[i] for i in amounts], tried.rows)
    adding: set[int] = set()
    for relation in found:
        columns = (
            [*relation.parts, *relation.minus, relation.total]
            if relation.across == "columns"
            else relation.lines
        )
        adding.update(amounts[i] for i in columns if isinstance(i, int))
    return frozenset(i for i in doubtful if i in adding)


def _is_text(taken: Taken, column: int, notation: Notation) -> bool:
    """Whether fewer than half of a column's tokens are numbers; blanks and dashes tell nothing."""
    printed = Counter(line[column] for line in taken.lines)
    told = {token: times for token, times in printed.items() if _tells(token, notation)}
    figures = sum(n for t, n in told.items() if _read(t, notation) is not None or mark_of(t, notation))
    return bool(told) and figures * 2 < sum(told.values())


def _tells(token: str, notation: Notation) -> bool:
    """Whether a token is more than a blank, a dash or a mark of absence."""
    try:
        return notation.read(token).value is not None
    except UnreadableToken:
        return True


def _counts_on(tokens: Sequence[str]) -> bool:
    """Whether numbers go up by one from row to row, as those that number the rows do."""
    numbers = [(at, int(token.split(".")[0])) for at, token in enumerate(tokens) if _WHOLE.fullmatch(token)]
    if len(numbers) < _LEAST_COUNTED or len(numbers) * 5 < len(tokens) * 4:
        return False
    return len({number - at for at, number in numbers}) == 1


def _is_numbering(taken: Taken, column: int) -> bool:
    """Whether a column's numbers name rows rather than count anything: 1, 2, 3 …, codes, pages."""
    tokens = [line[column].strip() for line in taken.lines]
    if column == 0 and [t.rstrip(".)") for t in tokens] == [str(i) for i in range(1, len(tokens) + 1)]:
        return len(tokens) > 2
    if _counts_on(tokens):
        return True
    label = taken.labels[column]
    return holds(label, NUMBERING) and len(label.split()) < 3 and not is_total(label)
