"""An engine: the few verbs that a session needs of one, and DuckDB behind them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import duckdb
import numpy as np
import pandas as pd

_LARGE = 100_000
"""Handing a smaller relation from thread to thread costs more than it saves."""


class Engine(Protocol):
    """Where relations are held, and asked in portable SQL."""

    def load(self, relation: str, data: pd.DataFrame) -> None:
        """Hold a frame as a relation."""

    def define(self, relation: str, select: str, *, stored: bool = True) -> None:
        """Hold what a SELECT yields as a relation, or only what it is called where it is not stored."""

    def columns(self, select: str) -> Mapping[str, np.ma.MaskedArray[Any, Any]]:
        """What a SELECT yields, column by column; masked where it is NULL."""

    def rows(self, select: str) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
        """What a SELECT yields: the names of its columns, and its rows."""

    def drop(self, relation: str) -> None:
        """Hold a relation no more."""

    def close(self) -> None:
        """Hold nothing any more."""


class DuckDB:
    """A database in memory, without access to files or the network."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(":memory:", config={"enable_external_access": False})
        self._threads = 0

    def load(self, relation: str, data: pd.DataFrame) -> None:
        """Hold a frame as a relation."""
        threads = (os.cpu_count() or 1) if len(data) >= _LARGE else 1
        if threads > self._threads:
            self._threads = threads
            self._connection.execute(f"SET threads TO {threads}")
        self._connection.register("amyqa_frame", data)
        self.define(relation, "SELECT * FROM amyqa_frame")
        self._connection.unregister("amyqa_frame")

    def define(self, relation: str, select: str, *, stored: bool = True) -> None:
        """Hold what a SELECT yields as a relation, or only what it is called where it is not stored."""
        kind = "TABLE" if stored else "VIEW"
        self._connection.execute(f"CREATE OR REPLACE TEMP {kind} {relation} AS {select}")

    def columns(self, select: str) -> Mapping[str, np.ma.MaskedArray[Any, Any]]:
        """What a SELECT yields, column by column; masked where it is NULL."""
        found = self._connection.execute(select).fetchnumpy()
        return {name: np.ma.asarray(column) for name, column in found.items()}

    def rows(self, select: str) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
        """What a SELECT yields: the names of its columns, and its rows."""
        cursor = self._connection.execute(select)
        return [column[0] for column in cursor.description or ()], cursor.fetchall()

    def drop(self, relation: str) -> None:
        """Hold a relation no more."""
        self._connection.execute(f"DROP TABLE IF EXISTS {relation}")

    def close(self) -> None:
        """Hold nothing any more."""
        self._connection.close()
