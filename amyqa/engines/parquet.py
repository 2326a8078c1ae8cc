"""Rows to Parquet, written by DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from amyqa.rules.rule import name, text

DIGITS = 38
"""Most digits of a decimal in Parquet."""
_TYPES: Mapping[str, str] = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "yes or no": "BOOLEAN",
    "date": "DATE",
}


def parquet(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A Parquet file with these rows.

    Args:
        columns: name to kind: text, whole, decimal, yes or no, date. A column of decimals gets the scale
            that holds its numbers exactly; where that needs more than 38 digits, it is text.
        rows: values along the columns; None where there is none.
    """
    data = list(zip(*rows, strict=True)) or [()] * len(columns)
    fields = []
    frame = {}
    for number, ((column, kind), values) in enumerate(zip(columns.items(), data, strict=True)):
        type = _decimal(values) if kind == "decimal" else _TYPES[kind]
        # everything crosses as text, so that nothing is guessed, and is cast to its declared type
        frame[f"c{number}"] = pd.Series([_text(value) for value in values], dtype="str")
        fields.append(f"CAST(c{number} AS {type}) AS {name(column)}")
    with duckdb.connect(":memory:") as connection, tempfile.TemporaryDirectory() as folder:
        connection.register("given", pd.DataFrame(frame))
        file = Path(folder) / "rows.parquet"
        select = f"SELECT {', '.join(fields)} FROM given"
        connection.execute(f"COPY ({select}) TO {text(str(file))} (FORMAT parquet, COMPRESSION zstd)")
        return file.read_bytes()


def _text(value: Any) -> str | None:
    return f"{value:f}" if isinstance(value, Decimal) else None if value is None else str(value)


def _decimal(given: Iterable[Decimal | None]) -> str:
    """The type that holds all these numbers exactly."""
    values = [value for value in given if value is not None]
    scale = max((-int(value.as_tuple().exponent) for value in values), default=0)
    scale = max(scale, 0)
    whole = max((value.adjusted() + 1 for value in values if value), default=1)
    width = max(whole, 1) + scale
    return f"DECIMAL({max(width, 18)}, {scale})" if width <= DIGITS else "VARCHAR"
