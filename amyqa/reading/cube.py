"""A cube's YAML: which column of a long file is which dimension, and which the value, status and unit.

A cube is a file of observations, one a line: a column for each dimension, and one for the value. What
depends on the file (a column that is not there) is checked where the file is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from amyqa.errors import BadSpec, Problem, Problems, did_you_mean
from amyqa.model import Measure
from amyqa.reading.codelists import CodeList, read_code_lists
from amyqa.reading.spec import RESERVED, Delimiter, Dimension, Mark, Name
from amyqa.reading.tokens import shorten
from amyqa.reading.yamlfile import KeyPath, YamlFile, read_yaml


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _as_column(value: object) -> object:
    return {"column": value} if isinstance(value, str) else value


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Files = Annotated[list[Name], BeforeValidator(_as_list)]


class CubeDimension(_Part):
    """A dimension.

    Args:
        column: where its codes stand.
        codes: CSVs of codes with their parents, beside the YAML or in the yearbook's ``codes/``.
        total: the code that stands for all others, where its name does not say so.
    """

    column: Name
    codes: Files = []
    total: Name | None = None


class StatusColumn(_Part):
    """A column that says what an observation's value is worth.

    Args:
        missing: its codes for a value that is unknown, whatever stands there.
        nil: its codes for a value that is zero.
    """

    column: Name
    missing: list[str] = []
    nil: list[str] = []


class UnitColumn(_Part):
    """A column of units, which must be one and the same: what has another unit is another cube."""

    column: Name


class CubeSpec(_Part):
    """Everything the YAML of a cube says.

    Args:
        title, family, measure, exact, rounded, negative, assumptions, notes: as in a table's YAML.
        dimensions: each dimension's column, or its column, code lists and total.
        value: the column of numbers.
        status: a column of statuses.
        unit: of the values, as ``persons``, or the column that names it.
        nil: tokens of the value that count as zero; missing: those that mean unknown.
        decimal, thousands, delimiter: one character each, of a text.
        table: of a database, the table that the cube is.
    """

    title: Name
    family: Name
    dimensions: dict[Dimension, Annotated[CubeDimension, BeforeValidator(_as_column)]]
    value: Name
    status: Annotated[StatusColumn, BeforeValidator(_as_column)] | None = None
    unit: str | UnitColumn = ""
    measure: Measure | None = None
    exact: bool = False
    rounded: Annotated[Decimal, Field(gt=0, le=10**12)] | None = None
    nil: list[str] = []
    missing: list[str] = []
    decimal: Mark = "."
    thousands: Mark = ","
    delimiter: Delimiter = ","
    table: Name | None = None
    negative: bool = False
    assumptions: list[Name] = []
    notes: dict[Name, str] = {}


@dataclass(frozen=True)
class Cube:
    """A cube as its files say.

    Args:
        id: path under ``data/`` without its ending.
        path, file: the data, and its name for people.
        codes: of the dimensions that have a code list.
    """

    id: str
    path: Path
    file: str
    spec: CubeSpec
    codes: Mapping[str, CodeList]
    yaml: YamlFile

    def at(self, key: KeyPath, message: str, advice: str = "") -> Problem:
        """A problem at a key of the YAML."""
        return self.yaml.problem(key, message, advice)


def read_cube(
    id: str, data: Path, yaml: Path, show: Callable[[Path], str], folders: Sequence[Path], problems: Problems
) -> Cube | None:
    """Read a cube's YAML and code lists; its data are not opened.

    Args:
        show: names a path for people.
        folders: where code lists are looked for, each in turn.
        problems: where every mistake goes.
    """
    yaml_file = read_yaml(yaml, show(yaml), BadSpec, problems)
    if yaml_file is None:
        return None
    content = yaml_file.content
    if not isinstance(content, dict):
        problems.add(
            BadSpec, yaml_file.problem((), "is not a mapping of keys to values", "begin with title:")
        )
        return None
    try:
        spec = CubeSpec.model_validate(content)
    except ValidationError as error:
        for path, message, advice in _mistakes(error, yaml_file):
            problems.add(BadSpec, yaml_file.problem(path, message, advice))
        return None
    mistakes = len(problems)
    _refuse_repeated(spec, yaml_file, problems)
    codes = {}
    for name, dimension in spec.dimensions.items():
        found = [_found(file, folders, yaml_file, name, problems) for file in dimension.codes]
        if found:
            files = [(file, show(file)) for file in found if file is not None]
            codes[name] = read_code_lists(files, problems)
    return Cube(id, data, show(data), spec, codes, yaml_file) if len(problems) == mistakes else None


def _found(
    file: str, folders: Sequence[Path], yaml_file: YamlFile, dimension: str, problems: Problems
) -> Path | None:
    """A code list's file, within the yearbook."""
    key = ("dimensions", dimension, "codes")
    for folder in folders:
        path = folder / file
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            return path
    there = sorted({path.name for folder in folders for path in folder.glob("*.csv")})
    problem = yaml_file.problem(key, f"there is no code list {shorten(file)}", did_you_mean(file, there))
    problems.add(BadSpec, problem)
    return None


def _refuse_repeated(spec: CubeSpec, yaml_file: YamlFile, problems: Problems) -> None:
    """A column is one thing."""
    stands: dict[str, KeyPath] = {}
    columns: list[tuple[KeyPath, str]] = [
        (("dimensions", name), each.column) for name, each in spec.dimensions.items()
    ]
    columns.append((("value",), spec.value))
    columns += [(("status",), spec.status.column)] if spec.status else []
    columns += [(("unit",), spec.unit.column)] if isinstance(spec.unit, UnitColumn) else []
    for key, column in columns:
        if column in stands:
            message = f"the column {shorten(column)} is {'.'.join(map(str, stands[column]))} already"
            problems.add(BadSpec, yaml_file.problem(key, message, "name each column once"))
        stands.setdefault(column, key)
    if not spec.dimensions:
        problems.add(BadSpec, yaml_file.problem(("dimensions",), "is empty", "as in {sex: SEX, year: TIME}"))


_KEYS: dict[str, list[str]] = {
    "": list(CubeSpec.model_fields),
    "dimensions": list(CubeDimension.model_fields),
    "status": list(StatusColumn.model_fields),
    "unit": list(UnitColumn.model_fields),
}
_EXPECTED = {
    "bool_parsing": ("must be true or false", ""),
    "dict_type": ("must be a mapping of keys to values", "as in {sex: SEX, year: TIME_PERIOD}"),
    "model_type": (
        "must be a column, or a mapping with column:",
        "as in {column: REF_AREA, codes: areas.csv}",
    ),
    "list_type": ("must be a list", "write each entry after a dash, or all in [ ]"),
    "string_type": ("must be one word or text", "quote it where it holds : or [ or {"),
    "decimal_parsing": ("must be a number", "as in 1000"),
    "greater_than": ("must be above 0", "as in 1000"),
    "less_than_equal": ("is too large", "as in 1000"),
}


def _mistakes(error: ValidationError, yaml_file: YamlFile) -> list[tuple[KeyPath, str, str]]:
    """Pydantic's complaints, one a key, in an editor's words."""
    found: dict[KeyPath, tuple[str, str]] = {}
    for item in error.errors(include_url=False):
        loc: tuple[Any, ...] = item["loc"]
        path: KeyPath = ()
        for part in loc:
            if (*path, part) in yaml_file.lines or not path:
                path = (*path, part)
        kind, last = item["type"], str(loc[-1])
        if kind == "extra_forbidden":
            known = _KEYS[str(loc[0])] if len(loc) > 1 else _KEYS[""]
            told = f"unknown key {shorten(last)}", did_you_mean(last, known)
        elif kind == "missing":
            told = f"{last} is missing", f"add {last}:"
        elif kind == "value_error":
            reason = item["ctx"]["error"]
            told = str(reason), getattr(reason, "hint", "")
        else:
            told = _EXPECTED.get(kind, (str(item["msg"]).lower(), ""))
        found.setdefault(path, told)
    return [(path, message, advice) for path, (message, advice) in found.items()]


__all__ = ["RESERVED", "Cube", "CubeDimension", "CubeSpec", "StatusColumn", "UnitColumn", "read_cube"]
