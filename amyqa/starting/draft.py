"""``amyqa new``: the draft of a table's YAML, from the words of its labels and from its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from amyqa.model import NO_LABEL, FieldType
from amyqa.reading.labels import is_total
from amyqa.reading.records import month_number
from amyqa.reading.tokens import normalise
from amyqa.starting import families, words
from amyqa.starting.columns import repeated_by_slip
from amyqa.starting.cumulative import cumulative
from amyqa.starting.cumulative import drafted as growing
from amyqa.starting.divisions import divisions
from amyqa.starting.evidence import Evidence, weigh
from amyqa.starting.hundreds import of_a_hundred
from amyqa.starting.intake import Taken
from amyqa.starting.layout import is_number
from amyqa.starting.leftover import leftover, taken_otherwise
from amyqa.starting.notating import marks, separators
from amyqa.starting.relations import Relation
from amyqa.starting.stating import Section, doubted, shortly
from amyqa.starting.yamltext import commented, flow_map, scalar, without_marks


@dataclass(frozen=True)
class Draft:
    """A draft.

    Args:
        text: the YAML.
        family: whose schema and suite apply.
        sums: relations that it states or implies, told with how many lines agree.
        guesses: lines that hold a guess.
        left: what it leaves out: numbers that no sum checks, relations that too few lines keep.
    """

    text: str
    family: str
    sums: tuple[str, ...]
    guesses: int
    left: tuple[str, ...] = ()


def draft(
    taken: Taken,
    stem: str,
    *,
    family: str | None = None,
    dimensions: frozenset[str] | None = None,
    schema: str = "",
) -> Draft:
    """Write the draft.

    Args:
        stem: the CSV's name without its ending.
        family: None: guessed.
        dimensions: that the family speaks of.
        schema: where the JSON Schema is, from the YAML's folder; "" for none.
    """
    guessed, reason = families.guess_family(taken, stem)
    why = "" if family else f"guess: {reason}"
    return _Writer(taken, stem, family or guessed, why, dimensions or frozenset()).draft(schema)


class _Writer:
    def __init__(self, taken: Taken, stem: str, family: str, why: str, dimensions: frozenset[str]) -> None:
        self.taken, self.stem, self.family, self.why = taken, stem, family, why
        self.dimensions = dimensions
        self.labels = [normalise(taken.labels[i]) for i in taken.amounts]
        self.sums: list[str] = []
        self.left: list[str] = []
        self.told: dict[int, list[str]] = {}
        self.lines: list[str] = []

    def draft(self, schema: str) -> Draft:
        if schema:
            self.lines.append(f"# yaml-language-server: $schema={schema}")
        self.lines.append("# A draft: check each guess, then take its comment away.")
        self.lines += [f"# {line}" for line in taken_otherwise(self.taken)]
        title, origin = self.taken.caption, "guess: from above the header"
        if not title:
            title, origin = words.title_of(self.stem), "guess: from the file's name"
        self._add(f"title: {scalar(title)}", origin)
        self._add(f"family: {scalar(self.family)}", self.why)
        if self.family in families.RECORDS:
            self._records()
        else:
            self._table(weigh(self.taken))
        text = "\n".join(map(without_marks, self.lines)) + "\n"
        return Draft(text, self.family, tuple(self.sums), text.count("# guess"), tuple(self.left))

    def _add(self, line: str, comment: str = "", column: int = 0) -> None:
        self.lines.append(commented(line, comment, column))

    # --- lists of records ---

    def _records(self) -> None:
        self.lines += separators(self.taken)
        fields = families.fields_of(self.taken)
        self._add("fields:", "guess: from the header")
        width = max(len(scalar(label)) for label in fields) + 1
        for label, kind in fields.items():
            self._add(f"  {(scalar(label) + ':').ljust(width)} {kind}")
        if self.family == "events":
            self._period({kind: label for label, kind in fields.items()})

    def _period(self, labels: dict[FieldType, str]) -> None:
        at = self.taken.labels.index
        found = []
        for line in self.taken.lines:
            year = line[at(labels["year"])].strip() if "year" in labels else ""
            month = month_number(line[at(labels["month"])]) if "month" in labels else None
            if year.isdigit() and len(year) == 4 and month:
                found.append(f"{year}-{month:02}")
        if found:
            self._add(f"period: {min(found)} to {max(found)}", "guess: the first and the last month named")

    # --- tables ---

    def _table(self, evidence: Evidence) -> None:
        unit = words.unit_in([*self.taken.labels, self.stem])
        if unit:
            self._add(f"unit: {scalar(unit)}", "guess: in brackets in the header")
        readings = evidence.readings
        self.lines += separators(self.taken)
        self.lines += marks(self.taken, evidence, self.labels, self._row_names)
        places = self._places(evidence)
        total, implied = self._total(evidence), self._implied(places)
        self._rows(total)
        stated = [
            r for r in evidence.studied.relations
            if not self._is_implied(r, total, implied) and self._can_be_named(r)
        ]  # fmt: skip
        hundreds = list(of_a_hundred(readings, stated))
        section = Section(self.labels, self._row_names, self.filled, hundreds, total)
        self._columns(places, nothing=not section.lines)
        self.lines += section.lines
        self.sums += section.sums
        studied = evidence.studied
        computed, rows = self.taken.computed, self._row_names
        divided = divisions(readings, self.labels, rows, studied.relations, computed.ratios)
        self.lines += [*divided.lines, *doubted(computed.doubts, rows, self.labels)]
        self.sums += divided.told
        self._cumulative()
        total_row = total if implied and self.row_dimension in self.dimensions else None
        told = [r for r in studied.relations if r in stated or self._is_implied(r, total, implied)]
        told += divided.found
        self.left += [*self.taken.remarks, *computed.remarks]
        self.left += leftover(readings, self.labels, rows, studied, told, implied, total_row)
        self.lines += [commented("", left).strip() for left in self.left]

    def _cumulative(self) -> None:
        """Columns or rows that count all to date."""
        said = (self.taken.caption, self.stem)
        found = cumulative(self.taken, self.taken.readings(()), self._row_names, said)
        self.lines += growing(found)
        self.sums += [f"{each.label} never falls: {each.told}" for each in found]

    def _places(self, evidence: Evidence) -> list[dict[str, str] | None] | None:
        """Coordinates of the columns, where the family speaks of them and the numbers bear them out."""
        places = words.column_coordinates(self.labels)
        if places is None or not any(place and place.keys() & self.dimensions for place in places):
            return None
        seen: set[tuple[tuple[str, str], ...]] = set()
        for place in places:
            if place and (key := tuple(sorted(place.items()))) in seen:
                return None
            if place:
                seen.add(key)
        borne_out = []
        for _, total, parts in words.hints(places):
            agree, of = evidence.agreement(total, parts)
            if of:
                borne_out.append(agree * 2 >= of)
                shown = shortly([self.labels[i] for i in parts])
                self.told.setdefault(total, []).append(f"= {shown} in {agree} of {of} rows")
        if sum(borne_out) * 2 < len(borne_out):
            self.told.clear()
            return None
        return places

    def _implied(self, places: Sequence[dict[str, str] | None] | None) -> set[tuple[int, frozenset[int]]]:
        """Sums of columns that follow from the coordinates."""
        if places is None:
            return set()
        return {
            (total, frozenset(parts))
            for dimension, total, parts in words.hints(places)
            if dimension in self.dimensions
        }

    def _total(self, evidence: Evidence) -> int | None:
        """The row of totals of all others."""
        labels = [self.taken.said.heard(label) for label in self.taken.row_labels]
        for relation in evidence.studied.relations:
            if relation.across == "rows" and isinstance(relation.total, int) and not relation.minus:
                rest = len(self.taken.lines) - 1 - len(relation.parts)
                if rest == 0 or (rest < 3 and is_total(labels[relation.total])):
                    return relation.total
        named = [i for i, label in enumerate(labels) if is_total(label)]
        return named[0] if len(named) == 1 and len(labels) > 2 else None

    @property
    def row_dimension(self) -> str:
        """The rows' dimension where the first column labels them and no label repeats; else ""."""
        labels = self.taken.row_labels
        if self.taken.keys != (0,) or (len(set(labels)) < len(labels) and not self._slips):
            return ""
        found = words.dimension_name(self.taken.labels[0], labels)
        return families.row_dimension(found, self.dimensions, self.family)

    @cached_property
    def _slips(self) -> frozenset[str]:
        """Labels that stand twice where a label should stand once: the check is to tell them."""
        return repeated_by_slip(
            self.taken.row_labels, self.taken.tokens, [line[self.taken.keys[0]] for line in self.taken.lines]
        )

    @property
    def _row_names(self) -> tuple[str, ...]:
        """The rows as formulas name them: where a dimension is declared, repeats have no number."""
        return self.taken.row_labels if self.row_dimension and self._slips else self.taken.rows

    def _rows(self, total: int | None) -> None:
        taken = self.taken
        parts = []
        if self.row_dimension:
            parts.append(f"dimension: {scalar(self.row_dimension)}")
        elif taken.keys != (0,):
            names: dict[str, str] = {}
            for i in taken.keys:
                name = words.dimension_name(taken.labels[i], [line[i] for line in taken.lines])
                while name in names.values():
                    name += " 2"
                names[normalise(taken.labels[i])] = name
            parts.append(f"dimensions: {flow_map(names)}")
        if total is not None and (label := self._total_label(total)):
            parts.append(f"total: {scalar(label)}")
        if parts:
            self._add(f"rows: {{{', '.join(parts)}}}", "guess: from the labels of the rows")

    def _total_label(self, total: int) -> str:
        """The key by which the total row is known, and no other row."""
        for i in self.taken.keys:
            column = [normalise(line[i]) for line in self.taken.lines]
            if column[total] and column.count(column[total]) == 1:
                return column[total]
        label = self.taken.row_labels[total]
        return label if label.startswith(NO_LABEL) else ""

    def _is_implied(
        self, relation: Relation, total: int | None, implied: set[tuple[int, frozenset[int]]]
    ) -> bool:
        if relation.across == "columns":
            return _shape(relation) in implied
        rest = {i for i in range(len(self.taken.lines)) if i != relation.total}
        return (
            bool(implied)
            and self.row_dimension in self.dimensions
            and relation.total == total
            and set(relation.parts) == rest
        )

    def _can_be_named(self, relation: Relation) -> bool:
        """Whether its rows have labels of their own; with several key columns, repeats get no #2."""
        if relation.across == "columns":
            return True
        labels = self.taken.row_labels
        rows = [*relation.parts, *relation.minus]
        if self.taken.keys == (0,):
            return not self._slips or len({labels[i] for i in rows}) == len(rows)
        return all(self._times[labels[i]] == 1 for i in (*rows, relation.total) if isinstance(i, int))

    def _words(self, column: int) -> str:
        """What is said of a column of words that holds numbers too."""
        if column in self.taken.foreign:
            return "guess: in another currency"
        tokens = [line[column] for line in self.taken.lines if line[column].strip()]
        numbers = sum(is_number(token) for token in tokens)
        verb = "is a number" if numbers == 1 else "are numbers"
        return f"guess: words; {numbers} of {len(tokens)} cells {verb}" if numbers else ""

    @cached_property
    def filled(self) -> frozenset[int]:
        """Amounts that hold a number other than zero."""
        readings = self.taken.readings(())
        return frozenset(c for row in readings for c, r in enumerate(row) if r is not None and r.value)

    @cached_property
    def _times(self) -> Counter[str]:
        return Counter(self.taken.row_labels)

    def _columns(self, places: Sequence[dict[str, str] | None] | None, *, nothing: bool) -> None:
        taken = self.taken
        texts = [i for i in range(len(taken.labels)) if i in taken.texts and i not in taken.keys]
        if places is None and not texts and not nothing:
            return
        comment = "guess: from the header" if places else ""
        if nothing and places is None:
            comment = "no sums were found: say below how the columns add up (identities:)"
        self._add("columns:", comment)
        width = max(len(scalar(normalise(taken.labels[i]))) for i in (*texts, *taken.amounts)) + 1
        for i in range(len(taken.labels)):
            if i in taken.keys:
                continue
            value, note = "text", ""
            if i in taken.texts:
                note = "guess: names the row, counts nothing" if i in taken.numbering else self._words(i)
            if i in taken.amounts:
                at = taken.amounts.index(i)
                place = places[at] if places else None
                value = flow_map(place) if place else "{}"
                if place and at in self.told:
                    note = f"guess: {'; '.join(self.told[at])}"
                    self.sums += [f"{self.labels[at]} {told}" for told in self.told[at]]
            label = scalar(normalise(taken.labels[i])) + ":"
            self._add(f"  {label.ljust(min(width, 40))} {value}", note)


def _shape(relation: Relation) -> tuple[int, frozenset[int]]:
    total = relation.total if isinstance(relation.total, int) else -1
    return total, frozenset(relation.parts)
