"""The codes of a cube's dimensions, as the file has them and as rules know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from amyqa.engines.cubefiles import CubeEngine, load_columns
from amyqa.errors import BadInput, Problem
from amyqa.reading.codelists import CodeList
from amyqa.reading.cube import Cube
from amyqa.reading.labels import is_all
from amyqa.reading.tokens import normalise, shorten
from amyqa.rules.rule import name

MAX_CODES = 200_000
"""A dimension of more codes is no list that anybody keeps."""


@dataclass(frozen=True)
class Codes:
    """The codes of one dimension.

    Args:
        counts: each code in its normal form, with the number of its observations; in the order of letters.
        listed: the code list, if there is one.
        total: the code that stands for all others, where the YAML names it.
        blank: observations without a code.
        expression, present, join: SQL of a code in its normal form, of its being there, and of what it needs.
        problems: what is wrong with them.
    """

    counts: Mapping[str, int]
    listed: CodeList | None
    declared: str | None
    blank: int
    expression: str
    present: str
    join: str
    problems: tuple[Problem, ...]

    @cached_property
    def hierarchy(self) -> Mapping[str, Sequence[Sequence[str]]]:
        """Totals to their parts, of those that the file has."""
        listed = self.listed.hierarchy if self.listed is not None else {}
        return {total: ways for total, ways in listed.items() if total in self.counts}

    @cached_property
    def total(self) -> str | None:
        """The code that stands for all others."""
        if self.declared is not None:
            return self.declared if self.declared in self.counts else None
        return next((code for code in self.counts if is_all(code)), None)

    @cached_property
    def strangers(self) -> Sequence[str]:
        """Codes of the file that its code list does not have."""
        known = set(self.listed.codes) if self.listed is not None and self.listed.codes else set(self.counts)
        return [code for code in self.counts if code not in known]


def read_codes(engine: CubeEngine, cube: Cube, dimension: str, kinds: Mapping[str, str]) -> Codes:
    """The codes of a dimension, counted.

    Raises:
        BadInput: its column holds no codes, or too many.
    """
    spec = cube.spec.dimensions[dimension]
    kind, column = kinds[spec.column], name(spec.column)
    if kind not in ("text", "whole", "decimal", "float", "date", "boolean"):
        message = f"the column {spec.column!r} holds {kind}, not codes"
        raise BadInput([Problem(message, "name a column of words or whole numbers", cube.file)])
    raw = column if kind == "text" else f"CAST({column} AS VARCHAR)"
    if kind == "float":  # years that a program made floats of
        raw = f"CAST(CAST({column} AS BIGINT) AS VARCHAR)"
    select = f"SELECT {raw} AS code, COUNT(*) AS observations FROM cube_file GROUP BY 1 LIMIT {MAX_CODES + 1}"
    _, rows = engine.rows(select)
    if len(rows) > MAX_CODES:
        message = f"the column {spec.column!r} has more than {MAX_CODES:,} codes"
        raise BadInput([Problem(message, "a dimension has codes that many observations share", cube.file)])
    counts: dict[str, int] = {}
    written: dict[str, str] = {}
    blank = 0
    for code, observations in sorted(((r[0] or "", int(r[1])) for r in rows), key=lambda pair: str(pair[0])):
        normal = normalise(str(code))
        if not normal:
            blank += observations
            continue
        counts[normal] = counts.get(normal, 0) + observations
        if normal != code:
            written[str(code)] = normal
    expression, join = raw, ""
    if written:
        relation = f"written_{list(cube.spec.dimensions).index(dimension)}"
        load_columns(engine, relation, {"code": list(written), "normal": list(written.values())})
        join = f" LEFT JOIN {relation} ON {relation}.code = {raw}"
        expression = f"COALESCE({relation}.normal, {raw})"
    problems = []
    if blank:
        message = f"{blank:,} observations have no code in {spec.column!r}, and are left out"
        problems.append(Problem(message, "write their codes", cube.file))
    declared = normalise(spec.total) if spec.total else None
    if declared is not None and declared not in counts:
        told = f"total {shorten(declared)} is no code of the column {spec.column!r}"
        problems.append(cube.at(("dimensions", dimension, "total"), told, "write it as the file does"))
    present = f"NULLIF(TRIM({raw}), '') IS NOT NULL"
    listed = cube.codes.get(dimension)
    return Codes(counts, listed, declared, blank, expression, present, join, tuple(problems))
