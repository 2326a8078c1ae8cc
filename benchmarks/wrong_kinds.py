"""Right numbers under a wrong spec: how each kind of them comes about.

Every kind draws a table whose numbers are as their publisher meant them, and states sums that do not hold,
or not quite. Nothing is misprinted, so whatever is claimed is claimed wrongly. Families say what the
readers of a report would be told: `clean` (nothing), `rounding`, `part` (one that is not printed, or not to
be added), `definition`, `unit`, and `lone`, where one line or two break in a way that arithmetic alone cannot
tell from a misprint.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from random import Random as Chance

from benchmarks.drafts import Draft, Key, Page, T, crossed, grouped, leaves, place

Draw = Callable[[Chance], Draft]


@dataclass(frozen=True)
class Kind:
    """One way of being right and not adding up."""

    name: str
    family: str
    draw: Draw

    def page(self, chance: Chance) -> Page:
        """A table of this kind, of whose sums at least one breaks."""
        while True:
            draft = self.draw(chance)
            if self.family == "clean" or draft.broken:
                return draft.page(chance)


KINDS: list[Kind] = []


def kind(name: str, family: str) -> Callable[[Draw], Draw]:
    """Enter a kind into the list."""

    def enter(draw: Draw) -> Draw:
        KINDS.append(Kind(name, family, draw))
        return draw

    return enter


def some(chance: Chance, keys: Sequence[object], least: int, most: int) -> list[object]:
    """A few of the keys, in their order."""
    chosen = chance.sample(range(len(keys)), min(len(keys), chance.randint(least, most)))
    return [keys[i] for i in sorted(chosen)]


def scaled(chance: Chance, draft: Draft, column: object, low: float, high: float) -> None:
    """Make a column a small share of another."""
    other = next(c for c in draft.columns if c != column)
    for row in draft.rows:
        share = Decimal(str(round(chance.uniform(low, high), 4)))
        draft.numbers[row, column] = Decimal(round(draft.numbers[row, other] * share))


def shift(draft: Draft, row: object, column: object, amount: int | Decimal) -> None:
    """Count something more in one cell."""
    draft.numbers[row, column] += amount


# --- nothing wrong --------------------------------------------------------------------------


@kind("clean", "clean")
def clean(chance: Chance) -> Draft:
    return crossed(chance, leaves(chance))


@kind("clean, in groups", "clean")
def clean_groups(chance: Chance) -> Draft:
    draft = leaves(chance)
    grouped(chance, draft)
    return draft


# --- rounding -------------------------------------------------------------------------------


def _rounded(unit: int, *, random: bool) -> None:
    name = f"random rounding to base {unit}" if random else f"rounded to {unit}, not declared"

    @kind(name, "rounding")
    def draw(chance: Chance) -> Draft:
        least = 1.5 + len(str(unit))
        draft = _finer(chance) if unit == 1 else crossed(chance, leaves(chance, least=min(5.0, least)))
        draft.round_to(unit, how=(lambda share: _at_random(chance, share)) if random else None)
        return draft


def _finer(chance: Chance, decimals: int = 3) -> Draft:
    """A table with more digits than are printed."""
    draft = leaves(chance)
    for key in draft.numbers:
        draft.numbers[key] += Decimal(chance.randrange(10**decimals)).scaleb(-decimals)
    return crossed(chance, draft)


def _at_random(chance: Chance, share: Decimal) -> Decimal:
    """Down or up, so that it is right on average."""
    low = share.to_integral_value(ROUND_FLOOR)
    return low + (chance.random() < share - low)


for _unit in (1, 5, 10, 100, 1000):
    _rounded(_unit, random=False)
for _unit in (3, 5):
    _rounded(_unit, random=True)


@kind("rounded to one decimal, declared exact", "rounding")
def one_decimal(chance: Chance) -> Draft:
    draft = _finer(chance)
    for key in draft.numbers:
        draft.numbers[key] /= 100
    draft.round_to(Decimal("0.1"))
    draft.decimals = 1
    return draft


@kind("percentages rounded, declared to be 100 exactly", "rounding")
def percentages(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, columns=(3, 7)), down=False)
    for row in draft.rows:
        whole = draft.numbers[row, T] or 1
        for column in draft.columns:
            draft.numbers[row, column] = draft.numbers[row, column] * 100 / whole
    draft.decimals = chance.choice((0, 1))
    draft.round_to(Decimal(1).scaleb(-draft.decimals))
    return draft


@kind("parts rounded to tens, totals exact", "rounding")
def parts_rounded(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, least=3.0))
    draft.round_to(10, [key for key in draft.numbers if T not in key])
    return draft


@kind("weighted totals: each estimate has its own weights", "rounding")
def weighted(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, least=3.0))
    for key in draft.numbers:  # each estimate has a weight of its own
        draft.numbers[key] *= Decimal(str(round(chance.gauss(1, 0.004), 6)))
    draft.round_to(1)
    return draft


def _leaf(chance: Chance, draft: Draft, least: int = 0) -> Key:
    keys = [key for key, value in draft.numbers.items() if T not in key and value > least]
    return chance.choice(keys or [key for key in draft.numbers if T not in key])


# --- parts ----------------------------------------------------------------------------------


@kind("a part not printed, in all rows", "part")
def hidden_part(chance: Chance) -> Draft:
    draft = leaves(chance, columns=(3, 8))
    hidden = draft.columns[-1]
    if chance.random() < 0.6:
        scaled(chance, draft, hidden, 0.001, 0.05)
    crossed(chance, draft)
    draft.hide(column=hidden)
    return draft


@kind("a part not printed, counted in some rows only", "part")
def hidden_in_some(chance: Chance) -> Draft:
    draft = leaves(chance, columns=(3, 8))
    hidden = draft.columns[-1]
    kept = set(some(chance, draft.rows, 2, len(draft.rows) // 2))
    for row in draft.rows:
        draft.numbers[row, hidden] = Decimal(chance.randint(1, 40) if row in kept else 0)
    crossed(chance, draft)
    draft.hide(column=hidden)
    return draft


@kind("a part not printed, in one row and the grand total", "part")
def hidden_once(chance: Chance) -> Draft:
    draft = leaves(chance, columns=(3, 8))
    hidden = draft.columns[-1]
    only = chance.choice(draft.rows)
    for row in draft.rows:
        amount = int(draft.numbers[only, draft.columns[0]] * Decimal(str(chance.uniform(0.01, 0.3)))) + 1
        draft.numbers[row, hidden] = Decimal(amount if row == only else 0)
    crossed(chance, draft, down=True)
    draft.hide(column=hidden)
    return draft


@kind("a part not printed, in one period", "part")
def hidden_period(chance: Chance) -> Draft:
    draft = leaves(chance, rows=(8, 25), columns=(3, 8))
    hidden = draft.columns[-1]
    scaled(chance, draft, hidden, 0.005, 0.2)
    start = chance.randrange(2, len(draft.rows) - 3)
    for row in draft.rows[start:] if chance.random() < 0.5 else draft.rows[:start]:
        draft.numbers[row, hidden] = Decimal(0)
    crossed(chance, draft, down=False)
    draft.hide(column=hidden)
    return draft


@kind("a row of the total not printed", "part")
def hidden_row(chance: Chance) -> Draft:
    draft = leaves(chance)
    hidden = draft.rows[-1]
    crossed(chance, draft, down=True)
    draft.hide(row=hidden)
    return draft


@kind("the total row counts another set of rows", "part")
def other_rows(chance: Chance) -> Draft:
    draft = leaves(chance, rows=(8, 25))
    gone = some(chance, draft.rows, 2, 4)
    crossed(chance, draft, down=True)
    for row in gone:
        draft.hide(row=row)
    return draft


def _of_which(chance: Chance, zero: float, *, added: bool) -> Draft:
    draft = leaves(chance, columns=(2, 6))
    parts = list(draft.columns)
    draft.columns.append("of which")
    for row in draft.rows:
        share = Decimal(str(chance.uniform(0.02, 0.6))) if chance.random() >= zero else Decimal(0)
        draft.numbers[row, "of which"] = Decimal(round(draft.numbers[row, parts[-1]] * share))
    if not added:  # it is a part, which the spec does not know
        parts.append("of which")
    items = list(draft.rows)
    draft.add_total_column(parts)
    place(chance, draft.columns)
    if chance.random() < 0.7:
        draft.add_total_row()
        place(chance, draft.rows)
        draft.down(items, draft.columns)
    draft.across([*parts, "of which"] if added else parts[:-1], draft.rows)
    return draft


@kind('an "of which" column, mostly zero, added as a part', "part")
def of_which_zero(chance: Chance) -> Draft:
    return _of_which(chance, 0.8, added=True)


@kind('an "of which" column added as a part', "part")
def of_which(chance: Chance) -> Draft:
    return _of_which(chance, 0.05, added=True)


@kind("a part, mostly zero, left out of the sum", "part")
def left_out_zero(chance: Chance) -> Draft:
    return _of_which(chance, 0.8, added=False)


@kind("a part left out of the sum", "part")
def left_out(chance: Chance) -> Draft:
    return _of_which(chance, 0.05, added=False)


@kind("the total includes a sibling of its parts", "part")
def sibling(chance: Chance) -> Draft:
    draft = leaves(chance, columns=(4, 8))
    cut = chance.randint(1, len(draft.columns) - 2)
    inside, beside = draft.columns[cut:], draft.columns[:cut]
    for row in draft.rows:
        extra = draft.numbers[row, beside[-1]]
        draft.numbers[row, T] = sum((draft.numbers[row, c] for c in inside), extra)
    place(chance, draft.columns)
    draft.across(inside, draft.rows)
    return draft


@kind("groups counted in both parts", "part")
def overlap(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, columns=(2, 4)), down=False)
    often = chance.choice((0.4, 0.8, 1.0))
    for row in draft.rows:
        if chance.random() < often:
            both = min(draft.numbers[row, c] for c in draft.columns if c != T)
            shift(draft, row, T, -round(both * Decimal(str(chance.uniform(0.02, 0.3)))))
    return draft


@kind("subtotals counted twice", "part")
def twice(chance: Chance) -> Draft:
    draft = leaves(chance, rows=(6, 22))
    grouped(chance, draft)
    everything = [row for row in draft.rows if row != T]
    draft.sums = [s for s in draft.sums if s.total[0] != T or s.parts[0][0] == T]
    draft.down(everything, draft.columns)
    return draft


@kind("a row counted in another group", "part")
def other_group(chance: Chance) -> Draft:
    draft = leaves(chance, rows=(8, 25))
    groups = grouped(chance, draft)
    giver = chance.choice([i for i, group in enumerate(groups) if len(group) > 1] or [0])
    taker = chance.choice([i for i in range(len(groups)) if i != giver])
    moved = chance.choice(groups[giver])
    for column in draft.columns:
        draft.numbers[f"group {giver}", column] -= draft.numbers[moved, column]
        draft.numbers[f"group {taker}", column] += draft.numbers[moved, column]
    return draft


# --- definitions ----------------------------------------------------------------------------


def _from_a_period(chance: Chance, change: Callable[[Draft, object], None]) -> Draft:
    draft = crossed(chance, leaves(chance, rows=(8, 25)), down=False)
    start = chance.randrange(2, len(draft.rows) - 2)
    for row in draft.rows[start:] if chance.random() < 0.5 else draft.rows[:start]:
        change(draft, row)
    return draft


@kind("the total defined otherwise from a period on", "definition")
def changed_share(chance: Chance) -> Draft:
    share = chance.choice((-1, 1)) * chance.uniform(0.005, 0.1)

    def change(draft: Draft, row: object) -> None:
        factor = Decimal(str(1 + share * chance.uniform(0.8, 1.2)))
        draft.numbers[row, T] = Decimal(round(draft.numbers[row, T] * factor))

    return _from_a_period(chance, change)


@kind("a part not counted in the total from a period on", "definition")
def no_longer(chance: Chance) -> Draft:
    def change(draft: Draft, row: object) -> None:
        draft.numbers[row, T] -= draft.numbers[row, 0]

    return _from_a_period(chance, change)


@kind("another definition in half of the rows, both ways", "definition")
def changed_some(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance), down=False)
    for row in some(chance, draft.rows, len(draft.rows) // 2, len(draft.rows)):
        wide = max(3, int(draft.numbers[row, T] * Decimal("0.02")))
        shift(draft, row, T, chance.choice((-1, 1)) * chance.randint(1, wide))
    return draft


@kind("percentages that fall short: 100 minus others", "definition")
def short(chance: Chance) -> Draft:
    draft = leaves(chance, columns=(3, 8))
    scaled(chance, draft, draft.columns[-1], 0.01, 0.2)
    crossed(chance, draft, down=False)
    for row in draft.rows:
        whole = draft.numbers[row, T] or 1
        for column in draft.columns:
            draft.numbers[row, column] = draft.numbers[row, column] * 100 / whole
    draft.decimals = chance.choice((0, 1, 1, 2))
    draft.round_to(Decimal(1).scaleb(-draft.decimals))
    draft.hide(column=max(c for c in draft.columns if isinstance(c, int)))
    return draft


@kind("averages declared as sums", "definition")
def averages(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, columns=(2, 5)), down=False)
    for row in draft.rows:
        draft.numbers[row, T] = draft.numbers[row, T] / (len(draft.columns) - 1)
    draft.decimals = chance.choice((0, 1))
    draft.round_to(Decimal(1).scaleb(-draft.decimals))
    return draft


@kind("index numbers declared as sums", "definition")
def index_numbers(chance: Chance) -> Draft:
    draft = leaves(chance, columns=(2, 6))
    for column in draft.columns:
        trend = chance.uniform(0.98, 1.06)
        for i, row in enumerate(draft.rows):
            draft.numbers[row, column] = Decimal(str(100 * trend**i * chance.lognormvariate(0, 0.01)))
    draft.add_total_column()
    for row in draft.rows:
        draft.numbers[row, T] /= len(draft.columns)
    parts = list(draft.columns)
    place(chance, draft.columns)
    draft.across(parts, draft.rows)
    draft.decimals = 1
    draft.round_to(Decimal("0.1"))
    return draft


@kind("net of a deduction that is not stated", "definition")
def deduction(chance: Chance) -> Draft:
    draft = leaves(chance, columns=(2, 6))
    parts = list(draft.columns)
    items = list(draft.rows)
    draft.add_total_column()
    for row in draft.rows:
        share = Decimal(str(chance.uniform(0.01, 0.15)))
        draft.numbers[row, "less"] = Decimal(round(draft.numbers[row, T] * share))
        draft.numbers[row, T] -= draft.numbers[row, "less"]
    draft.columns += ["less", T]
    if chance.random() < 0.6:
        draft.add_total_row()
        place(chance, draft.rows)
        draft.down(items, draft.columns)
    draft.across([*parts, "less"] if chance.random() < 0.5 else parts, draft.rows)
    return draft


@kind("total and parts of different dates", "definition")
def dates(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance), down=False)
    growth = chance.uniform(0.003, 0.03)
    for row in draft.rows:
        later = Decimal(str(1 + growth * chance.uniform(0.3, 1.7)))
        draft.numbers[row, T] = Decimal(round(draft.numbers[row, T] * later))
    return draft


@kind("the total row of another date", "definition")
def dated_row(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance), down=True)
    growth = chance.uniform(0.003, 0.03)
    for column in draft.columns:
        later = Decimal(str(1 + growth * chance.uniform(0.3, 1.7)))
        draft.numbers[T, column] = Decimal(round(draft.numbers[T, column] * later))
    draft.numbers[T, T] = sum((draft.numbers[T, c] for c in draft.columns if c != T), Decimal(0))
    return draft


@kind("census undercount: parts always short of the total", "definition")
def undercount(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, least=2.5), down=False)
    rate = chance.uniform(0.001, 0.02)
    for row in draft.rows:
        more = Decimal(str(rate * chance.lognormvariate(0, 0.8)))
        shift(draft, row, T, max(1, round(draft.numbers[row, T] * more)))
    return draft


@kind("volumes chained to a base year", "definition")
def chained(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, rows=(8, 22), least=3.0), down=False)
    base = chance.randrange(len(draft.rows))
    drift = chance.choice((-1, 1)) * chance.uniform(0.0005, 0.004)
    for i, row in enumerate(draft.rows):
        apart = Decimal(str(1 + drift * abs(i - base) * chance.uniform(0.6, 1.4)))
        draft.numbers[row, T] = Decimal(round(draft.numbers[row, T] * apart))
    return draft


@kind("a statistical discrepancy that is not printed", "definition")
def discrepancy(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, least=3.0), down=False)
    for row in draft.rows:
        shift(draft, row, T, round(draft.numbers[row, T] * Decimal(str(chance.gauss(0, 0.006)))))
    return draft


@kind("the total counts persons, the parts cases", "definition")
def persons(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, columns=(3, 7)))
    for row in draft.rows:
        if row != T:
            less = Decimal(str(chance.uniform(0.01, 0.25)))
            shift(draft, row, T, -round(draft.numbers[row, T] * less))
    if T in draft.rows:
        draft.numbers[T, T] = sum((draft.numbers[r, T] for r in draft.rows if r != T), Decimal(0))
    return draft


# --- units ----------------------------------------------------------------------------------


@kind("the total column in thousands", "unit")
def total_unit(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, least=4.0))
    factor = chance.choice((1000, 1000, 100, 10))
    for row in draft.rows:
        draft.numbers[row, T] /= factor
    draft.round_to(1)
    return draft


@kind("a part's column in thousands", "unit")
def part_unit(chance: Chance) -> Draft:
    draft = leaves(chance, columns=(3, 7), least=4.0)
    crossed(chance, draft)
    column = chance.choice([c for c in draft.columns if c != T])
    for row in draft.rows:
        draft.numbers[row, column] /= 1000
    draft.round_to(1)
    return draft


@kind("one row in another unit than its total", "unit")
def row_unit(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, least=3.5), down=True)
    row = chance.choice([r for r in draft.rows if r != T])
    factor = chance.choice((Decimal(1000), Decimal("0.001")))
    for column in draft.columns:
        draft.numbers[row, column] *= factor
    draft.round_to(1)
    return draft


@kind("the total in another measure (acres, pounds, miles)", "unit")
def measure(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance, least=2.5), down=False)
    factor = Decimal(chance.choice(("2.4711", "2.2046", "1.1023", "0.9072", "1.6093")))
    for row in draft.rows:
        draft.numbers[row, T] *= factor
    draft.round_to(1)
    return draft


@kind("units from a period on", "unit")
def unit_period(chance: Chance) -> Draft:
    def change(draft: Draft, row: object) -> None:
        draft.numbers[row, T] = Decimal(round(draft.numbers[row, T] / 1000))

    return _from_a_period(chance, change)


# --- a line or two: arithmetic can hardly tell ----------------------------------------------------


@kind("a cell revised, its totals not", "lone")
def revised(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance))
    row, column = _leaf(chance, draft, 20)
    change = Decimal(str(chance.choice((-1, 1)) * chance.uniform(0.005, 0.15)))
    shift(draft, row, column, round(draft.numbers[row, column] * change) or 1)
    return draft


@kind("a cell rounded the other way than its two totals", "lone")
def rounded_crossing(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance), down=True)
    row, column = _leaf(chance, draft)
    shift(draft, row, column, chance.choice((-1, 1)))
    return draft


@kind("a row revised, the total row not", "lone")
def revised_row(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance), down=True)
    row = chance.choice([r for r in draft.rows if r != T])
    parts = [c for c in draft.columns if c != T]
    for column in parts:
        change = Decimal(str(chance.gauss(0.01, 0.03)))
        shift(draft, row, column, round(draft.numbers[row, column] * change))
    draft.numbers[row, T] = sum((draft.numbers[row, c] for c in parts), Decimal(0))
    return draft


def _suppressed(chance: Chance, *, dash: bool) -> Draft:
    draft = leaves(chance)
    rows = some(chance, draft.rows, 1, 4)
    hidden: set[Key] = set()
    for row in rows:
        column = chance.choice(draft.columns)
        if chance.random() < 0.7:  # too few to be shown
            draft.numbers[row, column] = Decimal(chance.randint(1, 9))
        hidden.add((row, column))
    crossed(chance, draft)
    for key in hidden:
        draft.numbers[key] = Decimal(0)
    (draft.dash if dash else draft.blank).update(hidden)
    return draft


@kind("suppressed cells, printed as dashes, taken for nil", "lone")
def suppressed(chance: Chance) -> Draft:
    return _suppressed(chance, dash=True)


@kind("blank cells taken for zero", "lone")
def blank(chance: Chance) -> Draft:
    return _suppressed(chance, dash=False)


@kind("a part not printed, in one row", "lone")
def hidden_in_one(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance), down=False)
    row = chance.choice(draft.rows)
    more = Decimal(str(chance.uniform(0.005, 0.1)))
    shift(draft, row, T, round(draft.numbers[row, T] * more) or 1)
    return draft


@kind("the last period's total of another release", "lone")
def provisional(chance: Chance) -> Draft:
    draft = crossed(chance, leaves(chance), down=False)
    change = Decimal(str(chance.choice((-1, 1)) * chance.uniform(0.001, 0.03)))
    row = draft.rows[-1]
    shift(draft, row, T, round(draft.numbers[row, T] * change) or 1)
    return draft
