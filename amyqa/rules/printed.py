"""What the printed cells of a grid hold: worked out once for each reading, not for each cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from amyqa.model import Status
from amyqa.rules.columns import Integers, Words
from amyqa.rules.numbers import ScaledNumbers


def printed(numbers: ScaledNumbers, at: NDArray[np.int64]) -> tuple[dict[str, Integers], Words]:
    """The numbers of a table's cells, row by row, and their status.

    Args:
        at: the columns (from 0) that each row is gone through by; one may stand there several times.

    Raises:
        BadInput: a value too large to be added up exactly.
    """
    readings = numbers.palette
    known = [numbers.anywhere(reading) for reading in readings.readings]
    local = [code for code, each in enumerate(known) if each is None]
    pairs = list(zip(*((None, None) if each is None else each for each in known), strict=True))
    ends = {
        name: Integers.of(column).take(readings.codes)
        for name, column in zip(("OBS_LOW", "OBS_HIGH"), pairs or [(), ()], strict=True)
    }
    status = Words.of([str(reading.status) for reading in readings.readings]).take(readings.codes)
    if local:
        _look_at(numbers, local, ends, status)
    found = {
        name: Integers(*(_across(part, at) for part in (each.values, each.missing)))
        for name, each in ends.items()
    }
    low, high = found["OBS_LOW"], found["OBS_HIGH"]
    if low.missing is None and high.missing is None and np.array_equal(low.values, high.values):
        found["OBS_HIGH"] = found["OBS_VALUE"] = low  # one column for all three, as most tables have it
    else:
        found["OBS_VALUE"] = Integers(low.values, low.mask | high.mask | (low.values != high.values))
    codes = readings.codes[:, at].ravel()
    # they depend on how a number is printed, not on the number
    forms = [(r.value is None, r.status is Status.NIL, r.decimals) for r in readings.readings]
    examples = dict(zip(forms, readings.readings, strict=True))
    for name, of in (("OBS_TOLERANCE", numbers.half_unit), ("OBS_STEP", numbers.step)):
        known_of = {form: of(reading) for form, reading in examples.items()}
        found[name] = Integers.of([known_of[form] for form in forms]).take(codes)
    _round_apart(numbers, at, found["OBS_TOLERANCE"])
    found |= {name: found[name].compact() for name in ("OBS_TOLERANCE", "OBS_STEP")}
    return found, Words(status.codes[:, at].ravel(), status.words)


def _across(part: Any, at: NDArray[np.int64]) -> Any:
    return None if part is None else part[:, at].ravel()


def _round_apart(numbers: ScaledNumbers, at: NDArray[np.int64], tolerance: Integers) -> None:
    """The tolerances of columns and rows that were rounded to a unit of their own."""
    table, own = numbers.table, numbers.table.spec.units.keys() - {""}
    if not own:
        return
    tolerances = tolerance.values.reshape(len(table.rows), len(at))
    named = [label in own for label in table.columns]
    for r, row in enumerate(table.rows):
        for place, c in enumerate(at.tolist()):
            if named[c] or row.label in own:
                tolerances[r, place] = numbers.half_unit(row.readings[c], row.label, table.columns[c])


def _look_at(
    numbers: ScaledNumbers, local: Sequence[int], ends: Mapping[str, Integers], status: Words
) -> None:
    """The cells whose interval depends on where they stand."""
    readings, table = numbers.palette, numbers.table
    for r, c in np.argwhere(np.isin(readings.codes, local)).tolist():
        reading = readings.readings[readings.codes[r, c]]
        interval = numbers.interval(reading, table.cell(table.cell_id(r, c)))
        for each, end in zip(ends.values(), interval, strict=True):
            assert each.missing is not None  # it is so far
            each.values[r, c], each.missing[r, c] = end or 0, end is None
        # more digits than the scale holds: known from both sides, not exactly
        if reading.status is Status.VALUE and interval[0] != interval[1]:
            status.codes[r, c] = status.code_of(str(Status.BOUND))
