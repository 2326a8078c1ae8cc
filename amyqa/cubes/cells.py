"""A cube's file as the relation ``cells``: a coordinate in each dimension, and a whole number or NULL.

Columns: one per dimension (never NULL), OBS_VALUE in units of 10**-scale (NULL: unknown), OBS_TOKEN as the
file has it, OBS_STATUS (value, nil or missing), OBS_FILE and OBS_LINE.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amyqa.cubes.codes import Codes, read_codes
from amyqa.engines.cubefiles import CubeEngine, CubeFile
from amyqa.errors import BadInput, BadSpec, Problem
from amyqa.reading.cube import Cube, UnitColumn
from amyqa.reading.tokens import shorten
from amyqa.rules.numbers import LARGEST
from amyqa.rules.rule import name, text, texts

MAX_DECIMALS = 6
"""More decimals than these are the work of a program; what is beyond them is not looked at."""


@dataclass(frozen=True)
class Cells:
    """A cube that is open.

    Args:
        rows: observations in the file.
        usable: those with a coordinate in each dimension, which are in ``cells``.
        codes: of each dimension.
        scale: values are whole numbers of 10**-scale units.
        decimals: that values are written with.
        tolerance: what each value may be off by, scaled.
        floor: 0 where nothing is below it, else None.
        is_text: the file holds tokens, in lines.
        problems: observations that cannot be read, which are unknown.
    """

    cube: Cube
    rows: int
    usable: int
    codes: Mapping[str, Codes]
    scale: int
    decimals: int
    tolerance: int
    floor: int | None
    is_text: bool
    problems: tuple[Problem, ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the dimensions."""
        return tuple(self.cube.spec.dimensions)


def open_cells(engine: CubeEngine, cube: Cube) -> Cells:
    """Open a cube's file, and look at its numbers and codes once.

    Raises:
        BadInput: it cannot be read, a column is not there or holds no numbers.
    """
    spec = cube.spec
    columns = [each.column for each in spec.dimensions.values()] + [spec.value]
    columns += [spec.status.column] if spec.status else []
    columns += [spec.unit.column] if isinstance(spec.unit, UnitColumn) else []
    file = CubeFile(cube.path, cube.file, spec.delimiter, spec.table or "", tuple(columns))
    kinds = engine.open(file)
    number = _number(cube, kinds[spec.value])
    codes = {dimension: read_codes(engine, cube, dimension, kinds) for dimension in spec.dimensions}
    _refuse_units(engine, cube)
    there = " AND ".join(f"{each.present}" for each in codes.values())
    found = _surveyed(engine, number, there, kinds[spec.value])
    if not found["usable"]:
        raise BadInput([Problem("holds no observations", "write the cube into it", cube.file)])
    decimals = 0
    if kinds[spec.value] != "whole":
        decimals = next((k for k in range(MAX_DECIMALS) if not found[f"beyond_{k}"]), MAX_DECIMALS)
    scale, tolerance = _scaled(cube, decimals)
    floor = None if spec.negative or (found["least"] or 0) < 0 else 0
    problems = [*_problems(cube, found, scale), *(p for each in codes.values() for p in each.problems)]
    select = _select(cube, number, codes, scale, kinds, large=_largest(found, scale) > LARGEST)
    engine.define("cells", select, stored=False)
    return Cells(
        cube, int(found["rows"]), int(found["usable"]), codes, scale, decimals, tolerance, floor,
        kinds[spec.value] == "text", tuple(problems),
    )  # fmt: skip


@dataclass(frozen=True)
class _Number:
    """SQL of a value: the number or NULL, and the conditions that it is zero by a sign, or unread."""

    value: str
    nil: str
    unread: str


def _number(cube: Cube, kind: str) -> _Number:
    """The value's column as a number.

    Raises:
        BadInput: its type holds none.
    """
    spec, column = cube.spec, name(cube.spec.value)
    nil, missing = "FALSE", "FALSE"
    if kind == "text":
        token = f"TRIM({column})"
        nil = f"{token} IN {texts(spec.nil)}" if spec.nil else nil
        missing = f"{token} IN {texts(['', *spec.missing])}"
        plain = token
        if spec.thousands.strip():
            grouped = rf"^[-+]?[0-9]{{1,3}}([{spec.thousands}][0-9]{{3}})+([{spec.decimal}][0-9]+)?$"
            plain = (
                f"CASE WHEN {token} LIKE {text('%' + spec.thousands + '%')} THEN CASE WHEN "
                f"regexp_matches({token}, {text(grouped)}) "
                f"THEN REPLACE({token}, {text(spec.thousands)}, '') END ELSE {token} END"
            )
        if spec.decimal != ".":
            plain = f"REPLACE({plain}, {text(spec.decimal)}, '.')"
        value = f"TRY_CAST({plain} AS DECIMAL(38, {MAX_DECIMALS}))"
        unread = f"{column} IS NOT NULL AND NOT ({nil}) AND NOT ({missing}) AND {value} IS NULL"
    elif kind == "float":
        missing = f"isnan({column})"
        value, unread = column, f"isinf({column})"
    elif kind in ("whole", "decimal"):
        value, unread = column, "FALSE"
    else:
        message = f"the column {spec.value!r} holds {kind}s, not numbers"
        raise BadInput([Problem(message, "value: names the column of numbers", cube.file)])
    if spec.status is not None:
        status = f"CAST({name(spec.status.column)} AS VARCHAR)"
        if spec.status.nil:
            nil = f"({nil} OR {status} IN {texts(spec.status.nil)})"
        if spec.status.missing:
            missing = f"({missing} OR {status} IN {texts(spec.status.missing)})"
        unread = f"({unread}) AND NOT COALESCE({missing} OR {nil}, FALSE)" if unread != "FALSE" else unread
    if missing != "FALSE" or unread != "FALSE":
        gone = f"COALESCE({missing}, FALSE) OR COALESCE({unread}, FALSE)"
        value = f"CASE WHEN {gone} THEN NULL ELSE {value} END"
    if nil != "FALSE":
        value = f"CASE WHEN COALESCE({nil}, FALSE) THEN 0 ELSE {value} END"
    return _Number(value, nil, unread)


def _surveyed(engine: CubeEngine, number: _Number, there: str, kind: str) -> dict[str, Any]:
    """How many numbers there are, the least and the largest, and how many have more decimals than so many."""
    beyond = "" if kind == "whole" else "".join(
        f", SUM(CASE WHEN v <> ROUND(v, {k}) THEN 1 ELSE 0 END) AS beyond_{k}" for k in range(MAX_DECIMALS)
    )  # fmt: skip
    # without the decimals, which the largest may leave no room for
    sql = (
        "SELECT COUNT(*) AS rows, SUM(CASE WHEN present THEN 1 ELSE 0 END) AS usable, MIN(v) AS least, "
        f"MAX(v) AS most, SUM(CASE WHEN unread THEN 1 ELSE 0 END) AS unread{beyond} "
        f"FROM (SELECT {number.value} AS v, ({there}) AS present, COALESCE({number.unread}, FALSE) AS unread "
        "FROM cube_file) AS numbers"
    )
    names, rows = engine.rows(sql)
    return dict(zip(names, rows[0], strict=True))


def _scaled(cube: Cube, decimals: int) -> tuple[int, int]:
    """The scale, and what each number may be off by: half of what it was rounded to."""
    unit = cube.spec.rounded
    if unit is None:
        unit = Decimal(1).scaleb(-decimals) if decimals and not cube.spec.exact else Decimal(0)
    half = unit / 2
    scale = max(decimals, -int(half.normalize().as_tuple().exponent) if half else 0)
    return scale, int(half.scaleb(scale))


def _largest(found: Mapping[str, Any], scale: int) -> Decimal:
    return Decimal(str(max(abs(found["least"] or 0), abs(found["most"] or 0)))).scaleb(scale)


def _problems(cube: Cube, found: Mapping[str, Any], scale: int) -> list[Problem]:
    problems = []
    column, unread = cube.spec.value, int(found["unread"] or 0)
    if unread:
        message = (
            f"{unread:,} of {int(found['rows']):,} values in {column!r} are no numbers, and count as unknown"
        )
        problems.append(Problem(message, "write numbers, or name their signs in nil: or missing:", cube.file))
    if _largest(found, scale) > LARGEST:
        largest = max(abs(found["least"]), abs(found["most"]))
        message = f"{column!r} holds {largest:,.0f}, too large to be added up exactly: it counts as unknown"
        problems.append(
            Problem(message, "state the values in a larger unit, or with fewer decimals", cube.file)
        )
    return problems


def _select(
    cube: Cube,
    number: _Number,
    codes: Mapping[str, Codes],
    scale: int,
    kinds: Mapping[str, str],
    *,
    large: bool,
) -> str:
    spec, value = cube.spec, number.value
    if kinds[spec.value] != "whole" or scale:
        value = f"ROUND(({value}) * {10**scale}, 0)" if scale else f"ROUND({value}, 0)"
    value = f"CAST({value} AS BIGINT)"
    if large:
        limit = Decimal(LARGEST).scaleb(-scale)
        value = f"CASE WHEN ABS({number.value}) <= {limit:f} THEN {value} END"
    columns = [f"{each.expression} AS {name(dimension)}" for dimension, each in codes.items()]
    columns.append(f"{value} AS OBS_VALUE")
    columns.append(f"CAST({name(spec.value)} AS VARCHAR) AS OBS_TOKEN")
    columns.append(f"CASE WHEN COALESCE({number.nil}, FALSE) THEN 'nil' ELSE '' END AS OBS_SIGN")
    columns += ["OBS_FILE", "OBS_LINE"]
    joins = "".join(each.join for each in codes.values())
    there = [each.present for each in codes.values() if each.blank]
    where = f" WHERE {' AND '.join(there)}" if there else ""
    return f"SELECT {', '.join(columns)} FROM cube_file{joins}{where}"


def _refuse_units(engine: CubeEngine, cube: Cube) -> None:
    """Different units cannot be added up."""
    if not isinstance(unit := cube.spec.unit, UnitColumn):
        return
    _, rows = engine.rows(
        f"SELECT DISTINCT CAST({name(unit.column)} AS VARCHAR) AS unit FROM cube_file LIMIT 9"
    )
    units = sorted(str(row[0]) for row in rows if row[0] is not None)
    if len(units) > 1:
        shown = ", ".join(map(shorten, units))
        advice = "make it a dimension, or a cube of each"
        raise BadSpec(
            [cube.at(("unit",), f"the column {unit.column!r} holds several units: {shown}", advice)]
        )


def coordinates(dimensions: Sequence[str], alias: str = "") -> str:
    """The columns of some dimensions, for a SELECT or GROUP BY."""
    return ", ".join(f"{alias}{name(dimension)}" for dimension in dimensions)
