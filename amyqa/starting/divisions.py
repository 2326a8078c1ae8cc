"""Shares, rates, averages and changes that a table's numbers keep, as ``ratios:`` of its YAML.

A sum that a misprint breaks is missed; a ratio that never was one accuses numbers that are right. So a
ratio is stated only of what is called one or has decimals, where all lines but a few keep it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from amyqa.reading.formulas import FormulaError, Labels
from amyqa.reading.labels import SHARE, holds
from amyqa.reading.ratios import parse
from amyqa.starting.additive import is_known, ratios
from amyqa.starting.quotients import quotients
from amyqa.starting.relations import Across, Readings, Relation
from amyqa.starting.stating import agreement, formula_scalar, in_quotes
from amyqa.starting.words import DIFFERENCE
from amyqa.starting.yamltext import commented

_MAX_RESULTS = 60
_LEAST_AGREE = 3
_MAX_CELLS = 200
_FEW, _NAMED = 10, 5
"""One line in so many may be a misprint, and one in any case; more of what is called a ratio."""


@dataclass(frozen=True)
class Divisions:
    """Ratios as lines of YAML, each told with how many lines agree; and the ratios themselves."""

    lines: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    found: tuple[Relation, ...] = ()


def divisions(
    readings: Readings,
    columns: Sequence[str],
    rows: Sequence[str],
    sums: Sequence[Relation],
    computed: Sequence[Relation] = (),
) -> Divisions:
    """What is printed of divisions in a table.

    Args:
        readings: row by row.
        columns, rows: labels, those of rows as formulas name them.
        sums: what is known to add up.
        computed: ratios that a workbook's formulas state.
    """
    lines: list[str] = []
    told: list[str] = []
    kept: list[Relation] = []
    cells: list[str] = []
    down = [list(column) for column in zip(*readings, strict=True)]
    sides: tuple[tuple[Across, Readings, Sequence[str], Sequence[str], str], ...] = (
        ("columns", down, columns, rows, "row"), ("rows", readings, rows, columns, "column"),
    )  # fmt: skip
    for across, items, labels, others, what in sides:
        if len(set(labels)) < len(labels) or len(set(others)) < len(others):
            continue
        stated = [each for each in map(partial(_whole, items), computed) if each.across == across]
        kept_in_all = [each for each in stated if each.computed]
        cells += [line for each in stated if not each.computed for line in _cells(each, labels, others)]
        results = _candidates(items, labels) - {each.total for each in stated}
        every = map(partial(_whole, items), quotients(items, across, sums, results))
        found = [*kept_in_all, *(each for each in every if _is_kept(each, labels))]
        if not found:
            continue
        kept += found
        lines.append(f"  in every {what}:")
        for each in found:
            text, count = ratio(each, labels), agreement(each, what)
            count = "as the workbook computes it" if each.computed else count
            told.append(f"{text}: {count}")
            lines += [f"    # {count}", f"    - {formula_scalar(text)}"]
    lines += ["  cells:", *cells] if cells else []
    if not lines:
        return Divisions()
    return Divisions((commented("ratios:", "guess: found in the numbers"), *lines), tuple(told), tuple(kept))


def _candidates(items: Readings, labels: Sequence[str]) -> frozenset[int]:
    """Items that may be results: they alone have decimals, or they are called so."""
    found = ratios(items, labels)
    found |= {i for i, label in enumerate(labels) if holds(label, DIFFERENCE)}
    if len(found) <= _MAX_RESULTS:
        return found
    named = frozenset(i for i in found if _is_named(labels[i]))
    return named if len(named) <= _MAX_RESULTS else frozenset()


def _is_kept(each: Relation, labels: Sequence[str]) -> bool:
    assert isinstance(each.total, int)
    few = _NAMED if _is_named(labels[each.total]) else _FEW
    return each.agree >= _LEAST_AGREE and each.of - each.agree <= max(1, each.of // few)


def _whole(items: Readings, each: Relation) -> Relation:
    """The same in all lines that print its numbers: what stands above the first that keeps it is told too.

    A formula that does not stand in all of them states its own lines alone: it is `computed` no more.
    """
    assert isinstance(each.total, int)
    others = {
        line
        for line in set(range(len(items[0]))) - set(each.lines)
        if all(is_known(items[i][line]) for i in (each.total, *each.parts))
    }
    if each.computed:
        return replace(each, computed=not others)
    return replace(each, lines=tuple(sorted({*each.lines, *others})), of=each.of + len(others))


def _cells(each: Relation, labels: Sequence[str], lines: Sequence[str]) -> list[str]:
    """A ratio that a workbook computes in some lines only, line by line."""
    texts = []
    for line in each.lines[:_MAX_CELLS]:
        pairs = [(lines[line], item) if each.across == "columns" else (item, lines[line]) for item in labels]
        texts.append(_written(each, [f"[{in_quotes(row)}, {in_quotes(column)}]" for row, column in pairs]))
    return [f"    - {formula_scalar(text)}" for text in texts]


def ratio(each: Relation, labels: Sequence[str]) -> str:
    """A division as a formula over labels, quoted only where it would read otherwise."""
    bare, quoted = (_written(each, [write(label) for label in labels]) for write in (str, in_quotes))
    known = Labels(labels, [], [], "label")
    try:
        return bare if parse(bare, known) == parse(quoted, known) else quoted
    except FormulaError:
        return quoted


def _written(each: Relation, labels: Sequence[str]) -> str:
    assert isinstance(each.total, int)
    result, names = labels[each.total], [labels[part] for part in each.parts]
    factor = "" if each.factor == 1 else f"{each.factor:f} * "
    if each.kind == "average":
        return f"{result} = average of {', '.join(names)}"
    if each.kind == "change":
        return f"{result} = {factor}({names[0]} - {names[1]}) / {names[1]}"
    return f"{result} = {factor}{names[0]} / {names[1]}"


def _is_named(label: str) -> bool:
    """Whether words say that a line is a share, a rate or a change."""
    return holds(label, SHARE) or holds(label, DIFFERENCE)
