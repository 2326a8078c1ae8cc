"""The YAML of a cube, drafted: which columns are what, and which totals its sums keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from amyqa.cubes import sums
from amyqa.cubes.cells import Cells, open_cells
from amyqa.cubes.codes import MAX_CODES
from amyqa.engines.cubefiles import CubeEngine, CubeFile
from amyqa.errors import BadInput, Problem
from amyqa.model import Severity
from amyqa.reading.cube import Cube, CubeSpec
from amyqa.reading.labels import is_all
from amyqa.reading.yamlfile import YamlFile
from amyqa.rules import totals
from amyqa.rules.rule import name

_VALUES = ("obs_value", "value", "values", "observation", "figure", "number", "count")
_STATUSES = ("obs_status", "status", "obs_flag", "flag", "flags", "obs_conf", "conf_status")
_UNITS = ("unit_measure", "unit", "units", "unit_mult", "unit_multiplier")
_NOTES = ("dataflow", "structure", "structure_id", "action", "decimals", "comment", "obs_comment", "note")
_NAMES = {"ref_area": "area", "geo": "area", "time_period": "year", "time": "year"}
_TOTALS = ("_t", "t", "tot", "total", "all")
_SORTS = ("text", "whole", "decimal", "float", "date", "boolean")
_MOST_SIGNS = 8
_SHARE = 10
"""A total that misses more than one sum in so many is none."""


@dataclass(frozen=True)
class CubeDraft:
    """A draft.

    Args:
        text: of the YAML.
        told: what was found, in words.
    """

    text: str
    told: tuple[str, ...]


def draft(path: Path, shown: str, make: Callable[[], CubeEngine]) -> CubeDraft:
    """Look at a cube's file, and draft its YAML.

    Args:
        make: opens an engine.

    Raises:
        BadInput: it cannot be read, or has no column of numbers.
    """
    engine = make()
    try:
        kinds = engine.open(CubeFile(path, shown))
        value, dimensions, status, unit = _columns(engine, kinds, shown)
        signs = _signs(engine, value) if kinds[value] == "text" else []
    finally:
        engine.close()
    said = {"title": _title(path), "family": "general", "dimensions": dimensions, "value": value}
    said["missing"] = signs
    cube = Cube(path.stem, path, shown, CubeSpec.model_validate(said), {}, YamlFile(shown))
    engine = make()
    try:
        cells = open_cells(engine, cube)
        mark = sums.mark_repeated(engine, cells) if sums.repeated_keys(engine, cells) else ""
        found = {d: _total(engine, cells, d, mark) for d in cells.dimensions}
    finally:
        engine.close()
    told = [f"{cells.rows:,} observations in {len(dimensions)} dimensions"]
    told += [f"{d}: {code} is the total, in {text}" for d, (code, text) in found.items() if code]
    return CubeDraft(_text(path, value, signs, dimensions, status, unit, found), tuple(told))


def _columns(
    engine: CubeEngine, kinds: Mapping[str, str], shown: str
) -> tuple[str, dict[str, str], str, str]:
    """The column of values, that of each dimension, of the status and of the unit."""
    usable = [column for column, kind in kinds.items() if kind in _SORTS]
    if not usable:
        raise BadInput([Problem("has no column of words or numbers", "write it as a long table", shown)])
    counts = ", ".join(f"COUNT(DISTINCT {name(column)})" for column in usable)
    numbers = ", ".join(f"COUNT(TRY_CAST(CAST({name(column)} AS VARCHAR) AS DOUBLE))" for column in usable)
    _, [row] = engine.rows(f"SELECT {counts}, {numbers} FROM cube_file")
    distinct = dict(zip(usable, map(int, row[: len(usable)]), strict=True))
    numeric = {column: int(n) for column, n in zip(usable, row[len(usable) :], strict=True)}
    named = {column.casefold(): column for column in reversed(usable)}
    status = next((named[each] for each in _STATUSES if each in named), "")
    unit = next((named[each] for each in _UNITS if each in named), "")
    candidates = [
        c for c in usable if numeric[c] and kinds[c] not in ("date", "boolean") and c not in (status, unit)
    ]
    value = next((named[each] for each in _VALUES if named.get(each) in candidates), "")
    if not value and candidates:
        most = max(distinct[column] for column in candidates)
        value = [column for column in candidates if distinct[column] == most][-1]
    if not value:
        raise BadInput([Problem("has no column of numbers", "a cube has one observation a line", shown)])
    kept = [
        column
        for column in usable
        if column not in (value, status, unit)
        and 1 < distinct[column] <= MAX_CODES
        and column.casefold() not in _NOTES
    ]
    for one, other in combinations(list(kept), 2):  # a column of names beside one of codes
        if one in kept and other in kept and distinct[one] == distinct[other]:
            _, [[pairs]] = engine.rows(
                f"SELECT COUNT(*) FROM (SELECT DISTINCT {name(one)}, {name(other)} FROM cube_file) AS pairs"
            )
            if int(pairs) == distinct[one]:
                kept.remove(other)
    if not kept:
        raise BadInput([Problem("has no column of codes", "a cube has a column for each dimension", shown)])
    return value, {_dimension(column): column for column in kept}, status, unit


def _signs(engine: CubeEngine, value: str) -> list[str]:
    """The few tokens without a digit that stand where numbers do."""
    token = f"TRIM({name(value)})"
    _, rows = engine.rows(
        f"SELECT DISTINCT {token} AS token FROM cube_file WHERE {token} <> '' "
        f"AND TRY_CAST({token} AS DOUBLE) IS NULL LIMIT {_MOST_SIGNS + 1}"
    )
    signs = sorted(str(row[0]) for row in rows)
    plain = len(signs) <= _MOST_SIGNS and not any(c.isdigit() for sign in signs for c in sign)
    return signs if plain else []


def _dimension(column: str) -> str:
    plain = re.sub(r"\W+", "_", column.strip().casefold()).strip("_") or "dimension"
    return _NAMES.get(plain, plain)


def _total(engine: CubeEngine, cells: Cells, dimension: str, mark: str) -> tuple[str, str]:
    """The code of a dimension's total that its sums keep, and how many; "" where there is none."""
    codes = list(cells.codes[dimension].counts)
    named = [code for code in codes if is_all(code) or code.casefold() in _TOTALS]
    for number, code in enumerate(named):
        given = {"dimension": dimension, "total": code, "parts": [each for each in codes if each != code]}
        each = sums.bound(number, totals.RULE, given, cells, Severity.ERROR, "suite", "")
        if not each.partitions or len(codes) < 3:
            continue
        counted = sums.judge(engine, each, cells, mark)
        if counted.holding and counted.broken * _SHARE <= counted.evaluated:
            return code, f"{counted.holding:,} of {counted.evaluated:,} sums"
    return "", ""


def _title(path: Path) -> str:
    return path.name.partition(".")[0].replace("_", " ").replace("-", " ").capitalize() or "Cube"


def _text(
    path: Path, value: str, signs: Sequence[str], dimensions: Mapping[str, str], status: str, unit: str,
    found: Mapping[str, tuple[str, str]],
) -> str:  # fmt: skip
    lines = [
        "# A draft of amyqa new: check what is marked as a guess.",
        f"title: {_quoted(_title(path))}  # guess",
    ]
    lines += ["family: general", "dimensions:"]
    for dimension, column in dimensions.items():
        total, text = found[dimension]
        if total:
            lines.append(
                f"  {_quoted(dimension)}: {{column: {_quoted(column)}, total: {_quoted(total)}}}  # {text}"
            )
        else:
            lines.append(f"  {_quoted(dimension)}: {_quoted(column)}")
    lines.append(f"value: {_quoted(value)}")
    if signs:
        lines.append(f"missing: [{', '.join(map(_quoted, signs))}]  # guess: or is one of them nil:?")
    if status:
        lines.append(
            f"status: {_quoted(status)}  # guess; {{column: {status}, missing: [M]}} names what is unknown"
        )
    lines.append(f"unit: {{column: {_quoted(unit)}}}" if unit else "# unit: persons")
    lines.append("# A dimension whose codes nest: {column: AREA, codes: areas.csv}, a CSV of code,parent")
    return "\n".join(lines) + "\n"


def _quoted(word: str) -> str:
    """A word as YAML takes it for itself."""
    plain = re.fullmatch(r"[A-Za-z_][\w -]*[\w]|[A-Za-z_]", word)
    return word if plain else "'" + word.replace("'", "''") + "'"
