"""A table's YAML: what its rows and columns stand for, and how its tokens are written.

The models here are the contract; :func:`read_spec` turns their complaints into problems with
file, line, key path and the nearest valid word. What depends on the CSV (a column that is not
there) is checked by :mod:`amyqa.reading.table`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from math import prod
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from amyqa.errors import BadSpec, Problem, Problems, nearest
from amyqa.reading.tokens import fold, normalise
from amyqa.reading.yamlfile import KeyPath, YamlFile, read_yaml

TEXT_COLUMN = "text"
RESERVED = "OBS_"
UNSTATED = "(not stated)"
"""Stands in for a key that is missing, so that the rest can be checked all the same."""
_MAX_ROUNDS = 20

_MAX_LINES = 100_000
_MAX_PLACES = 1000
_LEFT_OUT = "…"

_LINES = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)


def _named(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value


def _mark(value: str) -> str:
    if len(value) != 1:
        raise ValueError("must be one character")
    if value.isalnum() or value in "+-()%":
        raise ValueError(f"{value!r} has a meaning in numbers already")
    return value


def _delimiter(value: str) -> str:
    value = {r"\t": "\t", "tab": "\t"}.get(value, value)
    if len(value) != 1 or value.isalnum() or value in '"\n\r':
        raise ValueError(r'must be one character, as ; or "\t"')
    return value


def _dimension(value: str) -> str:
    if value.upper().startswith(RESERVED):
        raise ValueError(f"a dimension's name cannot begin with {RESERVED}")
    return _named(value)


def line_numbers(value: str) -> tuple[int, ...]:
    """``"47-58, 61"`` as (47, …, 58, 61).

    Raises:
        ValueError: not line numbers from 1, backwards, or more than 100,000 lines.
    """
    numbers: list[int] = []
    for part in value.split(","):
        match = _LINES.fullmatch(part.strip())
        if not match:
            raise ValueError("must be line numbers, as in 597-608 or 55, 58")
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last or last - first + len(numbers) >= _MAX_LINES:
            raise ValueError(f"lines {part.strip()} run backwards, or are too many; the first line is 1")
        numbers.extend(range(first, last + 1))
    return tuple(numbers)


def _few_places(value: dict[str, list[str]]) -> dict[str, list[str]]:
    if prod(len(codes) for codes in value.values()) > _MAX_PLACES:
        raise ValueError(f"stands for more than {_MAX_PLACES:,} coordinates")
    return value


def _as_lines(value: object) -> object:
    return line_numbers(value) if isinstance(value, str) else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Name = Annotated[str, AfterValidator(_named)]
Dimension = Annotated[str, AfterValidator(_dimension)]
Lines = Annotated[tuple[int, ...], BeforeValidator(_as_lines)]
Codes = Annotated[list[Name], BeforeValidator(_as_list)]
Mark = Annotated[str, AfterValidator(_mark)]
Delimiter = Annotated[str, AfterValidator(_delimiter)]
Coordinates = Annotated[dict[Dimension, Codes], AfterValidator(_few_places)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Part):
    """Where the table was printed, for ``amyqa trace``.

    Args:
        document: the printed blocks, as ``seeds/cambodia-2005.txt``.
        lines: the lines the table stands on.
        header: lines that hold the words of the column labels.
        blanks: ``spaced`` when the print keeps each blank cell as spaces.
    """

    document: Name
    lines: Lines = ()
    header: Lines = ()
    blanks: Literal["spaced"] | None = None


class Rows(_Part):
    """What a row stands for.

    Args:
        dimension: the dimension whose code is the row's label.
        dimensions: for several key columns: column label to dimension.
        total: label of the total row.
    """

    dimension: Dimension | None = None
    dimensions: dict[Name, Dimension] | None = None
    total: Name | None = None


class Identities(_Part):
    """Relations stated as formulas, by where they hold."""

    in_every_row: list[Name] = Field(default=[], alias="in every row")
    in_every_column: list[Name] | dict[Name, list[Name | list[Name]]] = Field(
        default=[], alias="in every column"
    )
    cells: list[Name] = []
    other_tables: list[Name] = Field(default=[], alias="other tables")

    def __bool__(self) -> bool:
        return bool(self.in_every_row or self.in_every_column or self.cells or self.other_tables)


FieldType = Literal[
    "text", "number", "year", "month", "day", "lines", "table", "row", "column", "relation", "measure"
]
Measure = Literal["flow", "stock"]


class Spec(_Part):
    """Everything the YAML of a table says.

    Args:
        title: as printed, or close to it.
        family: which schema (``schemas/<family>.py``) and suite (``checks/<family>.yaml``) apply.
        unit: of the values, as ``persons``.
        measure: ``flow`` (counted over a period) or ``stock`` (at a date), for claims about it.
        exact: True: no rounding anywhere. Without `exact` and `rounded`, whole numbers are exact
            and decimals rounded to their last printed digit.
        rounded: the unit values were rounded to, as 1000.
        nil: tokens that count as zero; any dash stands for every dash.
        missing: further tokens that mean unknown.
        decimal, thousands, delimiter: one character each.
        rows, columns: the coordinates. A column maps each dimension to its code (or to several,
            where one printed cell stands for several); ``{}`` is a column outside any sum,
            ``text`` one that holds no numbers.
        codes: for a dimension whose codes nest: total to parts.
        zero: coordinates that are zero without being printed.
        negative: True where values may be below zero though none is printed so.
        identities: relations stated as formulas.
        fields: for a list of records (claims, events): column label to kind of field.
        period: for events: first and last month, as ``2004-07 to 2005-12``.
        uncertain: row label to the reason why its cells cannot be placed.
        assumptions: what the coordinates take for granted; diagnoses name them.
        notes: footnote marks and what they say.
    """

    title: Name
    family: Name
    source: Source | None = None
    unit: str = ""
    measure: Measure | None = None
    exact: bool = False
    rounded: Annotated[Decimal, Field(gt=0, le=10**12)] | None = None
    nil: list[str] = []
    missing: list[Name] = []
    decimal: Mark = "."
    thousands: Mark = ","
    delimiter: Delimiter = ","
    rows: Rows = Rows()
    columns: dict[Name, Coordinates | Literal["text"]] | None = None
    codes: dict[Dimension, dict[Name, list[Name]]] = {}
    zero: list[dict[Dimension, Name]] = []
    negative: bool = False
    identities: Identities = Identities()
    fields: dict[Name, FieldType] | None = None
    period: str | None = None
    uncertain: dict[Name, Name] = {}
    assumptions: list[Name] = []
    notes: dict[Name, str] = {}

    @cached_property
    def doubtful(self) -> frozenset[str]:
        """Labels of the rows whose cells cannot be placed, in normal form."""
        return frozenset(normalise(label) for label in self.uncertain)

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Names of all dimensions: the rows' first, then the columns', in order of appearance."""
        names = dict.fromkeys(self.row_dimensions.values())
        for coordinates in (self.columns or {}).values():
            if isinstance(coordinates, Mapping):
                names.update(dict.fromkeys(coordinates))
        return tuple(names)

    @cached_property
    def row_dimensions(self) -> dict[str, str]:
        """Dimension of each key column ("": the first column, whatever its label)."""
        if self.rows.dimensions:
            return dict(self.rows.dimensions)
        return {"": self.rows.dimension} if self.rows.dimension else {}


def read_spec(
    path: Path, shown: str, problems: Problems
) -> tuple[Spec, YamlFile, frozenset[str | int]] | None:
    """Read and check a table's YAML.

    A mistake does not hide the next one: what is wrong is reported, left out, and the rest is
    checked all the same.

    Args:
        path: the file.
        shown: its name for people.
        problems: where every mistake goes.

    Returns:
        The spec (only to be trusted when no problem was added), the file it came from, for
        problems found later, and the keys that hold mistakes, so that these are not told twice;
        None when there is nothing to go on with.
    """
    yaml_file = read_yaml(path, shown, BadSpec, problems)
    if yaml_file is None:
        return None
    content = yaml_file.content
    if not isinstance(content, dict):
        advice = "begin with title: and family:"
        problems.add(BadSpec, yaml_file.problem((), "is not a mapping of keys to values", advice))
        return None
    spec = None
    mistakes: dict[KeyPath, Problem] = {}
    for _ in range(_MAX_ROUNDS):
        try:
            spec = Spec.model_validate(content)
            break
        except ValidationError as error:
            found = _mistakes(error, yaml_file)
        mistakes = found | mistakes
        for key_path in dict.fromkeys(path[: _ENTRIES.get(path[0], 2)] for path in found):
            _leave_out(content, key_path)
    for problem in mistakes.values():
        problems.add(BadSpec, problem)
    if spec is None:
        return None
    broken = frozenset(key_path[0] for key_path in mistakes)
    contradictions = _contradictions(spec, yaml_file, broken)
    for _, problem in contradictions:
        problems.add(BadSpec, problem)
    return spec, yaml_file, broken.union(*(key_path[:1] for key_path, _ in contradictions))


def _leave_out(content: Any, path: KeyPath) -> None:
    """Take what stands at a path out of the content, so that the rest can be checked.

    Entries of lists and of mappings of labels keep their place: something harmless is put there.
    """
    parents, last = path[:-1], path[-1]
    for part in parents:
        content = content[part]
    if isinstance(content, dict) and last not in content:
        content[last] = UNSTATED  # it was
        return
    harmless = _harmless(path, content[last], content)
    if harmless is None or harmless == content[last]:
        del content[last]
    else:
        content[last] = harmless


def _harmless(path: KeyPath, old: object, within: object) -> object:
    """What can stand where a mistake stood, without being another; None: nothing."""
    if len(path) != _ENTRIES.get(path[0]):
        return None
    if path[0] == "columns":
        return TEXT_COLUMN if isinstance(old, str) else {}
    if path[0] == "zero":
        return {}
    if path[0] == "fields":
        return TEXT_COLUMN
    return _LEFT_OUT if isinstance(within, list) else [_LEFT_OUT]


def is_left_out(text: str) -> bool:
    """Whether this stands where a mistake stood, which has been told."""
    return text == _LEFT_OUT


def _mistakes(error: ValidationError, yaml_file: YamlFile) -> dict[KeyPath, Problem]:
    """Pydantic's complaints, one per key path, in an editor's words."""
    found: dict[KeyPath, Problem] = {}
    for item in error.errors(include_url=False):
        path = _written_path(item["loc"], yaml_file)
        if path not in found:
            found[path] = yaml_file.problem(path, *_wording(item, path))
    # of two things a value may be, the one that it is not complains about all of it
    return {
        path: problem
        for path, problem in found.items()
        if not any(other[: len(path)] == path for other in found if other != path)
    }


def _written_path(loc: tuple[int | str, ...], yaml_file: YamlFile) -> KeyPath:
    """The part of pydantic's location that stands in the file (it adds the names of union arms)."""
    path: KeyPath = ()
    for part in loc:
        if (*path, part) in yaml_file.lines:
            path = (*path, part)
        elif part in _KEYS.get(path[0] if path else "", ()) or (not path and part in Spec.model_fields):
            return (*path, part)
    return path


def _keys(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


_KEYS: dict[str | int, list[str]] = {
    "": _keys(Spec),
    "source": _keys(Source),
    "rows": _keys(Rows),
    "identities": _keys(Identities),
}
# How deep the entries lie that keep their place when they are left out.
_ENTRIES: dict[str | int, int] = {
    "columns": 2, "fields": 2, "zero": 2, "nil": 2, "missing": 2, "assumptions": 2, "identities": 3,
}  # fmt: skip
_EXPECTED = {
    "bool_parsing": ("must be true or false", ""),
    "bool_type": ("must be true or false", ""),
    "decimal_parsing": ("must be a number, as in 1000", ""),
    "decimal_type": ("must be a number, as in 1000", ""),
    "dict_type": ("must be a mapping of keys to values", "write it as key: value"),
    "model_type": ("must be a mapping of keys to values", "write it as key: value"),
    "model_attributes_type": ("must be a mapping of keys to values", "write it as key: value"),
    "list_type": ("must be a list", "write each entry after a dash, or all in [ ]"),
    "string_type": ("must be one word or text", ""),
}


def _wording(item: Any, path: KeyPath) -> tuple[str, str]:
    kind, last = item["type"], path[-1] if path else ""
    if kind == "extra_forbidden":
        known = _KEYS.get(path[0] if len(path) > 1 else "", [])
        return f"unknown key {last!r}", nearest(str(last), known)
    if kind == "missing":
        return "is missing", f"add {last}:"
    if len(path) == 2 and path[0] == "columns" and kind in ("dict_type", "literal_error"):
        return "must be coordinates or the word text", "as in {sex: male, sector: all}, or {} for none"
    if kind == "literal_error":
        words = re.findall(r"'([^']+)'", item["ctx"]["expected"])
        return f"unknown word {item['input']!r}", nearest(str(item["input"]), words)
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind == "value_error":
        return str(item["ctx"]["error"]), ""
    return str(item["msg"]).removeprefix("Input ").lower(), ""


def _contradictions(
    spec: Spec, yaml_file: YamlFile, broken: frozenset[str | int]
) -> list[tuple[KeyPath, Problem]]:
    """Mistakes between keys that are each well formed, and their key paths."""
    problems: list[tuple[KeyPath, Problem]] = []

    def add(path: KeyPath, message: str, mend: str = "") -> None:
        problems.append((path, yaml_file.problem(path, message, mend)))

    if spec.exact and spec.rounded is not None:
        add(("rounded",), "the table cannot be both exact and rounded", "keep one of exact and rounded")
    if spec.decimal == spec.thousands:
        key = "decimal" if "decimal" in spec.model_fields_set else "thousands"
        add((key,), f"decimal and thousands are both {spec.decimal!r}", "declare decimal: and thousands:")
    if both := sorted(set(map(fold, spec.nil)) & set(map(fold, spec.missing)) - {_LEFT_OUT}):
        add(("missing",), f"{both[0]!r} is both nil and missing", "keep it in one of them")
    for label, coordinates in (spec.columns or {}).items():
        for name in coordinates if isinstance(coordinates, Mapping) else ():
            if name in spec.row_dimensions.values():
                message = f"the rows have the dimension {name!r} already"
                add(("columns", label, name), message, "a cell has one code in a dimension; rename one")
    if spec.rows.dimension and spec.rows.dimensions:
        add(("rows",), "rows has both dimension and dimensions", "keep one")
    for label, name in (spec.rows.dimensions or {}).items():
        if (other := next(k for k, v in spec.row_dimensions.items() if v == name)) != label:
            add(("rows", "dimensions", label), f"{other!r} has the dimension {name!r} already", "rename one")
    if spec.fields is not None:
        for key in ("rows", "columns", "identities", "zero", "codes"):
            if key in spec.model_fields_set:
                add((key,), f"a list of records (fields:) has no {key}", "drop one of the two")
    elif spec.columns is None and not spec.identities and not broken & {"columns", "identities", "fields"}:
        add(
            (),
            "says nothing to check",
            "say what the columns stand for (columns:) or how they add up (identities:)",
        )
    folded: dict[str, str] = {}
    for name in spec.dimensions:
        if (other := folded.setdefault(name.casefold(), name)) != name:
            add(
                ("columns",), f"dimensions {other!r} and {name!r} differ only in capitals", "use one spelling"
            )
    # dimensions of columns that were left out are known as well
    written = (path[2] for path in yaml_file.lines if path[:1] == ("columns",) and len(path) == 3)
    known = [*spec.dimensions, *map(str, written)]
    for i, zero in enumerate(spec.zero):
        for name in zero:
            if name not in known:
                message = f"no row or column has the dimension {name!r}"
                add(("zero", i, name), message, nearest(name, known))
    for name in spec.codes:
        if name not in known:
            add(("codes", name), f"no row or column has the dimension {name!r}", nearest(name, known))
    _same_coordinates(spec, add)
    if spec.period is not None:
        try:
            period(spec.period)
        except ValueError as error:
            add(("period",), str(error), "write it as 2004-07 to 2005-12")
    return problems


def _same_coordinates(spec: Spec, add: Any) -> None:
    """Two columns must not stand for the same thing."""
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for label, coordinates in (spec.columns or {}).items():
        if not isinstance(coordinates, Mapping) or not coordinates:
            continue
        for place in expand(coordinates):
            key = tuple(sorted(place.items()))
            if (other := seen.setdefault(key, label)) != label:
                shown = ", ".join(f"{k}: {v}" for k, v in place.items())
                message = f"has the same coordinates as column {other!r}: {{{shown}}}"
                add(("columns", label), message, "one printed number cannot stand in two columns")
                break


def expand(coordinates: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """All single coordinates of a cell that stands for several, in the order written."""
    places: list[dict[str, str]] = [{}]
    for dimension, codes in coordinates.items():
        places = [{**place, dimension: code} for place in places for code in dict.fromkeys(codes)]
    return places


def period(value: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """``2004-07 to 2005-12`` as ((2004, 7), (2005, 12)).

    Raises:
        ValueError: not two months in order.
    """
    match = re.fullmatch(r"(\d{4})-(\d\d) to (\d{4})-(\d\d)", value.strip())
    if not match:
        raise ValueError("is not a period")
    first, last = (int(match[1]), int(match[2])), (int(match[3]), int(match[4]))
    if not (1 <= first[1] <= 12 and 1 <= last[1] <= 12 and (1, 1) <= first <= last):
        raise ValueError("is not a period from one month to a later one")
    return first, last
