"""Relations that were found, as formulas in a table's YAML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from amyqa.reading import formulas
from amyqa.reading.formulas import FormulaError, Labels
from amyqa.starting.relations import Across, Doubt, Relation
from amyqa.starting.yamltext import WIDTH, commented, quoted, scalar, wrapped

_MAX_RELATIONS = 500
_MAX_TERMS = 400


class Section:
    """The formulas of a draft, as lines of YAML.

    Args:
        columns, rows: labels.
        filled: columns that hold numbers.
        stated: relations to state.
        total: the row that is declared as the total of all others.

    After: ``lines``; ``sums``, each relation told with how many lines agree; ``apart``, columns and
    rows whose numbers are no amounts, and ``special``, those in which a total has parts of its own: what
    is stated of every line leaves both out.
    """

    def __init__(
        self,
        columns: Sequence[str],
        rows: Sequence[str],
        filled: frozenset[int],
        stated: Sequence[Relation],
        total: int | None,
    ) -> None:
        self.columns, self.rows, self.filled, self.total = columns, rows, filled, total
        self.sums: list[str] = []
        self.lines: list[str] = []
        stated = stated[:_MAX_RELATIONS]
        across = [r for r in stated if r.across == "columns" and not r.why]
        down = [r for r in stated if r.across == "rows" and not r.why]
        self.special = self._special(stated)
        self.apart = self._apart(stated)
        everywhere = [r for r in down if self._everywhere(r)]
        if across:
            self.lines.append("  in every row:")
            for relation in across:
                self.lines += self._formula(relation, self.columns, "row")
        if everywhere:
            self.lines.append("  in every column:")
            self._down(everywhere)
        if self.lines and (self.apart or any(self.special.values())):
            self.lines += self._except_in()
        cells = [line for r in down if r not in everywhere for line in self._cells(r)]
        for relation in stated:
            cells += self._own(relation, everywhere)
        if cells:
            self.lines += ["  cells:", *cells]
        if self.lines:
            self.lines.insert(0, commented("identities:", "guess: found in the numbers"))

    def _special(self, stated: Sequence[Relation]) -> dict[Across, list[int]]:
        """Lines in which a total has parts of its own, where their labels can be told from the others'."""
        found: dict[Across, list[int]] = {}
        sides: tuple[tuple[Across, Sequence[str], Sequence[str]], ...] = (
            ("columns", self.rows, self.columns), ("rows", self.columns, self.rows),
        )  # fmt: skip
        for across, labels, others in sides:
            lines = {line for r in stated if r.special and r.across == across for line in r.lines}
            found[across] = sorted(
                line for line in lines if labels[line] not in others and labels.count(labels[line]) == 1
            )
        return found

    def _except_in(self) -> list[str]:
        told = commented(
            "  except in:", "guess: rates and averages, which are not added up" if self.apart else ""
        )
        lines = [told, *(f"    - {scalar(label)}" for label in self.apart)]
        for labels, special in ((self.rows, self.special["columns"]), (self.columns, self.special["rows"])):
            for line in special:
                if labels[line] not in self.apart:
                    lines.append(
                        commented(
                            f"    - {scalar(labels[line])}", "guess: other parts are added here, see cells"
                        )
                    )
        return lines

    def _own(self, relation: Relation, everywhere: Sequence[Relation]) -> list[str]:
        """What a relation says in the lines that are left out of what is stated of every line."""
        lines = tuple(line for line in self.special[relation.across] if line in relation.lines)
        if relation.why and not relation.special:
            return self._cells(relation)
        if relation.special:
            return self._cells(relation if relation.across == "rows" else replace(relation, lines=lines))
        if lines and (relation.across == "columns" or relation in everywhere):
            return self._terms(replace(relation, lines=lines))
        return []

    def _everywhere(self, relation: Relation) -> bool:
        """Whether a relation of rows holds in every column that has amounts."""
        amounts = {c for c in self.filled if self.columns[c] not in self.apart}
        return amounts - set(self.special["rows"]) <= set(relation.lines)

    def _apart(self, stated: Sequence[Relation]) -> list[str]:
        """Labels of columns and of rows that no relation speaks of, though it would reach them.

        A label that a row and a column share could not say which of them is meant.
        """
        across = [r for r in stated if r.across == "columns"]
        down = [r for r in stated if r.across == "rows"]
        inside = {line for relation in down for line in relation.lines}
        columns = [self.columns[c] for c in sorted(self.filled) if down and c not in inside]
        inside = {line for relation in across for line in relation.lines}
        rows = [label for r, label in enumerate(self.rows) if across and r not in inside]
        apart = [label for label in columns if label not in self.rows or label in rows]
        return apart + [label for label in rows if label not in self.columns]

    def _formula(self, relation: Relation, labels: Sequence[str], what: str) -> list[str]:
        text, told = formula(relation, labels), agreement(relation, what)
        self.sums.append(f"{text}: {told}")
        line = commented(f"    - {formula_scalar(text)}", told)
        return [line] if len(line) <= WIDTH else [f"    # {told}", f"    - {formula_scalar(text)}"]

    def _down(self, relations: Sequence[Relation]) -> None:
        """Totals and their parts as a mapping; as formulas where these are no plain sums."""
        if any(r.minus or r.at_least or isinstance(r.total, Decimal) for r in relations):
            for relation in relations:
                self.lines += self._formula(relation, self.rows, "column")
            return
        by_total: dict[int, list[Relation]] = {}
        for relation in relations:
            assert isinstance(relation.total, int)
            by_total.setdefault(relation.total, []).append(relation)
        for total, members in by_total.items():
            label = scalar(self.rows[total])
            told = "; ".join(agreement(r, "column") for r in members)
            self.sums += [
                f"{self.rows[total]} = {shortly([self.rows[i] for i in r.parts])}: {agreement(r, 'column')}"
                for r in members
            ]
            self.lines.append(f"    # {told}")
            if len(members) == 1:
                self.lines += wrapped(f"    {label}: ", [self.rows[i] for i in members[0].parts], 6)
                continue
            self.lines.append(f"    {label}:")
            for relation in members:
                self.lines += wrapped("      - ", [self.rows[i] for i in relation.parts], 9)

    def _cells(self, relation: Relation) -> list[str]:
        """A relation that holds in some lines only."""
        labels, what = (self.rows, "column") if relation.across == "rows" else (self.columns, "row")
        total = labels[relation.total] if isinstance(relation.total, int) else str(relation.total)
        told = agreement(relation, what)
        if not self._is_whole(relation) and len(relation.lines) * len(relation.parts) > _MAX_TERMS:
            self.sums.append(f"{total}: a total in some columns only, too long to be stated")
            return []
        if not relation.lines:
            return []
        parts = "all others" if self._is_whole(relation) else shortly([labels[i] for i in relation.parts])
        self.sums.append(f"{total} = {parts}: {told}")
        return [f"    # {told}", *self._terms(relation)]

    def _is_whole(self, relation: Relation) -> bool:
        """Whether it is the declared total of all other rows."""
        rest = {i for i in range(len(self.rows)) if i != relation.total}
        declared = relation.across == "rows" and relation.total == self.total
        return declared and set(relation.parts) == rest and not relation.minus

    def _terms(self, relation: Relation) -> list[str]:
        """A relation, cell by cell, in each of its lines."""
        down = relation.across == "rows"
        labels, lines = (self.rows, self.columns) if down else (self.columns, self.rows)

        def cell(item: int, line: str) -> str:
            name = _label(labels[item])
            return f"[{name}, {line}]" if down else f"[{line}, {name}]"

        found = []
        for line in (_label(lines[line]) for line in relation.lines):
            right = " + ".join(cell(i, line) for i in relation.parts)
            right += "".join(f" - {cell(i, line)}" for i in relation.minus)
            if self._is_whole(relation):
                right = f"sum of {line}"
            left = cell(relation.total, line) if isinstance(relation.total, int) else str(relation.total)
            found.append(f"    - {formula_scalar(f'{left} {_sense(relation)} {right}')}")
        return found


def agreement(relation: Relation, what: str) -> str:
    """``48 of 48 rows agree``."""
    verb = "agrees" if 1 in (relation.agree, relation.of) else "agree"
    told = f"{relation.agree} of {relation.of} {what}{'' if relation.of == 1 else 's'} {verb}"
    if relation.computed:
        return f"as the workbook computes it; {told}"
    if relation.why:
        return f"guess: {relation.why}; {told}"
    if relation.at_least:
        return f"guess: at least that, for a part may not be printed; {told}"
    return f"guess: by its name and place; {told}" if relation.called else told


def formula(relation: Relation, labels: Sequence[str]) -> str:
    """A relation as a formula over labels, quoted only where it would read otherwise."""
    total = str(relation.total) if isinstance(relation.total, Decimal) else labels[relation.total]
    bare, quoted = (_joined(relation, labels, total, write) for write in (str, in_quotes))
    known = Labels(labels, [], [], "label")
    try:
        return bare if formulas.parse(bare, known) == formulas.parse(quoted, known) else quoted
    except FormulaError:
        return quoted


def _joined(relation: Relation, labels: Sequence[str], total: str, write: Callable[[str], str]) -> str:
    left = total if isinstance(relation.total, Decimal) else write(total)
    right = " + ".join(write(labels[i]) for i in relation.parts)
    less = "".join(f" - {write(labels[i])}" for i in relation.minus)
    return f"{left} {_sense(relation)} {right}{less}"


def _sense(relation: Relation) -> str:
    return ">=" if relation.at_least else "="


def in_quotes(label: str) -> str:
    """A label in quotes, where it holds none."""
    return label if '"' in label else f'"{label}"'


def _label(label: str) -> str:
    """A label inside brackets: in quotes where it holds what ends it."""
    plain = label.replace(" ", "").isalnum() and label == label.strip()
    return label if plain else in_quotes(label)


def formula_scalar(text: str) -> str:
    """A formula in double quotes, as people write it, where these need no escaping."""
    return f'"{text}"' if text.isprintable() and not set(text) & set('"\\') else scalar(text)


def shortly(labels: Sequence[str]) -> str:
    """Labels joined by plus signs; of many, the first two and the last."""
    if len(labels) <= 4:
        return " + ".join(labels)
    return f"{labels[0]} + {labels[1]} + … + {labels[-1]}"


def doubted(doubts: Sequence[Doubt], rows: Sequence[str], columns: Sequence[str]) -> list[str]:
    """What is wrong with a workbook's formulas, as lines of YAML."""
    lines = ["formulas:"] if doubts else []
    for each in doubts:
        cell = f"[{_label(rows[each.row])}, {_label(columns[each.column])}]"
        lines += [f"  - cell: {scalar(cell)}", f"    shows: {quoted(each.shows)}", f"    what: {each.what}"]
        lines.append(f"    told: {scalar(each.told)}")
    return lines
