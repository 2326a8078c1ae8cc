"""Observations of a cube as a table: one dimension across, the others down.

From here on a cube is a table like any other: told, drawn and diagnosed by the same code.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from amyqa.cubes.cells import Cells
from amyqa.model import Reading, Row, Status, Table
from amyqa.model.places import Field, Span
from amyqa.reading.cube import CubeSpec
from amyqa.reading.spec import Spec
from amyqa.reading.tokens import normalise

_ABSENT = Reading(Status.MISSING, note="not in the cube")


@dataclass(frozen=True)
class Places:
    """Where each cell of the table stands in the cube's file."""

    addresses: Mapping[Field, str]

    def address(self, line: int, position: int) -> str:
        """``observation 12``."""
        return self.addresses.get((line, position), "")

    def spans(self, wanted: Collection[Field]) -> Mapping[Field, Span]:
        """None: the file is no text that anybody edits."""
        del wanted
        return {}

    def written(self, token: str, span: Span) -> str:
        """As it is."""
        del span
        return token


def pivot_of(cells: Cells) -> str:
    """The dimension that stands across: the one with the fewest codes."""
    return min(cells.dimensions, key=lambda d: (len(cells.codes[d].counts), d))


def as_table(cells: Cells, pivot: str, rows: Sequence[tuple[Any, ...]]) -> Table:
    """The table of some observations.

    Args:
        rows: codes, value, token, sign, file and line of each, those of a row one after the other.
    """
    dimensions = list(cells.dimensions)
    across, down = dimensions.index(pivot), [n for n, d in enumerate(dimensions) if d != pivot]
    there = {str(row[across]) for row in rows}
    columns = [code for code in cells.codes[pivot].counts if code in there]
    place = {code: c for c, code in enumerate(columns)}
    lines: dict[tuple[tuple[str, ...], int], list[tuple[Any, ...] | None]] = {}
    for each in rows:
        key = tuple(str(each[n]) for n in down)
        c = place[str(each[across])]
        copy = 0
        while lines.setdefault((key, copy), [None] * len(columns))[c] is not None:
            copy += 1  # another observation of the same coordinates: a row of its own
        lines[key, copy][c] = each
    addresses: dict[Field, str] = {}
    built = []
    first = len(down) + 1
    reader = _Reader(cells)
    for number, ((key, _), found) in enumerate(lines.items(), 1):
        tokens, readings = [], []
        for c, row in enumerate(found):
            token, reading = reader.read(row)
            tokens.append(token)
            readings.append(reading)
            if row is not None:
                addresses[number, first + c] = _address(cells, row)
        label = " | ".join(key) if key else "all"
        built.append(Row(label, key or ("all",), number, tuple(tokens), tuple(readings)))
    names = [dimensions[n] for n in down]
    return Table(
        id=cells.cube.id,
        file=cells.cube.file,
        spec=_spec(cells.cube.spec, names, pivot, columns, negative=cells.floor is None),
        columns=tuple(columns),
        positions=tuple(first + c for c in range(len(columns))),
        rows=tuple(built),
        key_columns=tuple(normalise(cells.cube.spec.dimensions[d].column) for d in names) or ("row",),
        stands=cells.cube.yaml.stands(2),
        origin=Places(addresses),
    )


def _address(cells: Cells, row: tuple[Any, ...]) -> str:
    file, line = row[-2], row[-1]
    noun = "line" if cells.is_text else "observation"
    return f"{file}, {noun} {line:,}" if file else f"{noun} {line:,}"


class _Reader:
    def __init__(self, cells: Cells) -> None:
        self.cells, self.decimals = cells, max(cells.decimals, 0)

    def read(self, row: tuple[Any, ...] | None) -> tuple[str, Reading]:
        """An observation's token and what it means; what is not in the cube is unknown."""
        if row is None:
            return "", _ABSENT
        value, token, sign = row[-5:-2]
        if value is None:
            shown = "" if token is None else str(token)
            return shown, Reading(Status.MISSING)
        number = Decimal(int(value)).scaleb(-self.cells.scale)
        number = number.quantize(Decimal(1).scaleb(-self.decimals))
        if sign == "nil":
            return str(token if token is not None else ""), Reading(Status.NIL, Decimal(0))
        shown = str(token) if self.cells.is_text else f"{number:f}"
        return shown, Reading(Status.VALUE, number, decimals=self.decimals)


def _spec(spec: CubeSpec, down: Sequence[str], pivot: str, columns: Sequence[str], *, negative: bool) -> Spec:
    """What a table's YAML would say of it."""
    unit = spec.unit if isinstance(spec.unit, str) else ""
    kept = ("title", "family", "measure", "exact", "rounded", "decimal", "thousands", "assumptions", "notes")
    said: dict[str, Any] = {
        **{key: getattr(spec, key) for key in kept},
        "unit": unit,
        "negative": negative,
        "columns": {code: {pivot: [code]} for code in columns},
    }
    if down:
        said["rows"] = {"dimensions": {spec.dimensions[d].column: d for d in down}}
    return Spec.model_validate(said)
