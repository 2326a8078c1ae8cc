"""Relations that were found, as formulas in a table's YAML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from amyqa.reading import formulas
from amyqa.reading.formulas import FormulaError, Labels
from amyqa.starting.relations import Relation
from amyqa.starting.yamltext import WIDTH, commented, scalar, wrapped

_MOST_RELATIONS = 500
_MOST_TERMS = 400


class Section:
    """The formulas of a draft, as lines of YAML.

    Args:
        columns, rows: labels.
        filled: columns that hold numbers.
        stated: relations to state.
        total: the row that is declared as the total of all others.

    After: ``lines``; ``sums``, each relation told with how many lines agree; ``apart``, columns and
    rows whose numbers are no amounts, so that what is stated of every line leaves them out.
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
        stated = stated[:_MOST_RELATIONS]
        across = [r for r in stated if r.across == "columns"]
        down = [r for r in stated if r.across == "rows"]
        self.apart = self._apart(across, down)
        everywhere = [r for r in down if self._everywhere(r)]
        if across:
            self.lines.append("  in every row:")
            for relation in across:
                self.lines += self._formula(relation, self.columns, "row")
        if everywhere:
            self.lines.append("  in every column:")
            self._down(everywhere)
        if self.lines and self.apart:
            told = commented("  except in:", "guess: rates and averages, which are not added up")
            self.lines += [told, *(f"    - {scalar(label)}" for label in self.apart)]
        cells = [line for r in down if r not in everywhere for line in self._cells(r)]
        if cells:
            self.lines += ["  cells:", *cells]
        if self.lines:
            self.lines.insert(0, commented("identities:", "guess: found in the numbers"))

    def _everywhere(self, relation: Relation) -> bool:
        """Whether a relation of rows holds in every column that has amounts."""
        amounts = {c for c in self.filled if self.columns[c] not in self.apart}
        return amounts <= set(relation.lines)

    def _apart(self, across: Sequence[Relation], down: Sequence[Relation]) -> list[str]:
        """Labels of columns and of rows that no relation speaks of, though it would reach them.

        A label that a row and a column share could not say which of them is meant.
        """
        inside = {line for relation in down for line in relation.lines}
        columns = [self.columns[c] for c in sorted(self.filled) if down and c not in inside]
        inside = {line for relation in across for line in relation.lines}
        rows = [label for r, label in enumerate(self.rows) if across and r not in inside]
        apart = [label for label in columns if label not in self.rows or label in rows]
        return apart + [label for label in rows if label not in self.columns]

    def _formula(self, relation: Relation, labels: Sequence[str], what: str) -> list[str]:
        text, told = formula(relation, labels), agreement(relation, what)
        self.sums.append(f"{text}: {told}")
        line = commented(f"    - {_formula_scalar(text)}", told)
        return [line] if len(line) <= WIDTH else [f"    # {told}", f"    - {_formula_scalar(text)}"]

    def _down(self, relations: Sequence[Relation]) -> None:
        """Totals and their parts as a mapping; as formulas where something is taken off."""
        if any(r.minus for r in relations):
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
        """A relation of rows that holds in some columns only."""
        assert isinstance(relation.total, int)
        total = self.rows[relation.total]
        known = {i for i in range(len(self.rows)) if i != relation.total}
        whole = relation.total == self.total and set(relation.parts) == known and not relation.minus
        if not whole and len(relation.lines) * len(relation.parts) > _MOST_TERMS:
            self.sums.append(f"{total}: a total in some columns only, too long to be stated")
            return []
        lines = []
        for c in relation.lines:
            column = _label(self.columns[c])
            if whole:
                right = f"sum of {column}"
            else:
                right = " + ".join(f"[{_label(self.rows[i])}, {column}]" for i in relation.parts)
                right += "".join(f" - [{_label(self.rows[i])}, {column}]" for i in relation.minus)
            lines.append(f"    - {_formula_scalar(f'[{_label(total)}, {column}] = {right}')}")
        parts = "all others" if whole else shortly([self.rows[i] for i in relation.parts])
        self.sums.append(f"{total} = {parts}: {agreement(relation, 'column')}")
        return [f"    # {agreement(relation, 'column')}", *lines]


def agreement(relation: Relation, what: str) -> str:
    """``48 of 48 rows agree``."""
    verb = "agrees" if relation.agree == 1 else "agree"
    told = f"{relation.agree} of {relation.of} {what}{'' if relation.of == 1 else 's'} {verb}"
    return f"guess: by its name and place; {told}" if relation.called else told


def formula(relation: Relation, labels: Sequence[str]) -> str:
    """A relation as a formula over labels, quoted only where it would read otherwise."""
    total = str(relation.total) if isinstance(relation.total, Decimal) else labels[relation.total]
    bare, quoted = (_joined(relation, labels, total, write) for write in (str, _in_quotes))
    known = Labels(labels, [], [], "label")
    try:
        return bare if formulas.parse(bare, known) == formulas.parse(quoted, known) else quoted
    except FormulaError:
        return quoted


def _joined(relation: Relation, labels: Sequence[str], total: str, write: Callable[[str], str]) -> str:
    left = total if isinstance(relation.total, Decimal) else write(total)
    right = " + ".join(write(labels[i]) for i in relation.parts)
    return f"{left} = {right}" + "".join(f" - {write(labels[i])}" for i in relation.minus)


def _in_quotes(label: str) -> str:
    return label if '"' in label else f'"{label}"'


def _label(label: str) -> str:
    """A label inside brackets: in quotes where it holds what ends it."""
    plain = label.replace(" ", "").isalnum() and label == label.strip()
    return label if plain else _in_quotes(label)


def _formula_scalar(text: str) -> str:
    """A formula in double quotes, as people write it, where these need no escaping."""
    return f'"{text}"' if text.isprintable() and not set(text) & set('"\\') else scalar(text)


def shortly(labels: Sequence[str]) -> str:
    """Labels joined by plus signs; of many, the first two and the last."""
    if len(labels) <= 4:
        return " + ".join(labels)
    return f"{labels[0]} + {labels[1]} + … + {labels[-1]}"
