"""A cube's file as a relation of DuckDB: Parquet, folders, CSV, compressed, or the table of a database.

The file is only read. The connection may open that file and its own temporary folder, and nothing else:
no other file, no extension, no network.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np
import pandas as pd

from amyqa.engines.database import DuckDB, Engine
from amyqa.errors import BadInput, Problem, did_you_mean
from amyqa.rules.rule import name, text

PARQUET, CSV, DATABASE = (".parquet", ".pq"), (".csv", ".tsv", ".txt"), (".duckdb", ".db", ".ddb")
_LEAST, _MOST, _OF_A_MILLION = 500, 3000, 60
"""Megabytes that a check may hold: at least, at most, and for each million of observations."""
_KINDS = {
    "VARCHAR": "text", "ENUM": "text", "TINYINT": "whole", "SMALLINT": "whole", "INTEGER": "whole",
    "BIGINT": "whole", "HUGEINT": "whole", "UTINYINT": "whole", "USMALLINT": "whole", "UINTEGER": "whole",
    "UBIGINT": "whole", "UHUGEINT": "whole", "DECIMAL": "decimal", "FLOAT": "float", "DOUBLE": "float",
    "DATE": "date", "TIMESTAMP": "date", "TIMESTAMP_NS": "date", "TIMESTAMP_MS": "date",
    "TIMESTAMP_S": "date", "BOOLEAN": "boolean",
}  # fmt: skip


@dataclass(frozen=True)
class CubeFile:
    """What is to be opened.

    Args:
        path: a file or folder.
        shown: its name for people.
        delimiter: of a CSV.
        table: of a database; "": its only one.
        columns: those that are needed; a text is held without its others.
    """

    path: Path
    shown: str
    delimiter: str = ","
    table: str = ""
    columns: tuple[str, ...] = ()


class CubeEngine(Engine, Protocol):
    """An engine that opens a cube's file."""

    def open(self, file: CubeFile) -> Mapping[str, str]:
        """Hold a file as the relation ``cube_file``, with OBS_FILE and OBS_LINE where they are known.

        Returns:
            What kind each column is: text, whole, decimal, float, date, boolean, or a type's own name.

        Raises:
            BadInput: it is not there, damaged, or lacks a column.
        """


class CubeDuckDB(DuckDB):
    """A database in a temporary folder, of limited memory."""

    def __init__(self) -> None:
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="amyqa-cube-"))
        except OSError as error:
            message = f"no temporary folder can be made: {error.strerror}"
            raise BadInput([Problem(message, "set TMPDIR to a folder with room")]) from error
        self._file = CubeFile(self._folder, "the cube")
        self._connection = duckdb.connect(
            str(self._folder / "work.duckdb"),
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "temp_directory": str(self._folder / "spilled"),
                "memory_limit": f"{_LEAST}MB",
                "preserve_insertion_order": False,
            },
        )
        self._connection.execute("SET enable_progress_bar = false")
        self._threads = 1_000_000  # as many as there are: what is loaded from frames is small

    def open(self, file: CubeFile) -> Mapping[str, str]:
        """Hold a file as the relation ``cube_file``."""
        self._file = file
        with self._told():
            database = _database(file)
            if database:
                self._connection.execute(f"ATTACH {text(str(file.path))} AS cube_database (READ_ONLY)")
            self._confine(file)
            if is_text(_files(file)[0]):  # a line's number is its place
                self._connection.execute("SET preserve_insertion_order = true")
            source, line = self._source(file, database=database)
            described = self._connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
            kinds = {column[0]: _kind(column[1]) for column in described}
            kept = [column for column in kinds if column not in ("OBS_FILE", "OBS_LINE", "file_row_number")]
            self._refuse_lacking(file, kept)
            columns = ", ".join(name(column) for column in kept if column in file.columns or not file.columns)
            self.define(
                "cube_file", f"SELECT {columns}, {line} FROM {source}", stored=not line.startswith("CAST")
            )
            rows = self._connection.execute("SELECT COUNT(*) FROM cube_file").fetchall()[0][0]
            megabytes = min(_MOST, max(_LEAST, rows // 1_000_000 * _OF_A_MILLION))
            self._connection.execute(f"SET memory_limit = '{megabytes}MB'")
            self._connection.execute("SET lock_configuration = true")
        return {column: kinds[column] for column in kept}

    def define(self, relation: str, select: str, *, stored: bool = True) -> None:
        """Hold what a SELECT yields as a relation, or only what it is called where it is not stored."""
        with self._told():
            super().define(relation, select, stored=stored)

    def columns(self, select: str) -> Mapping[str, np.ma.MaskedArray[Any, Any]]:
        """What a SELECT yields, column by column."""
        with self._told():
            return super().columns(select)

    def rows(self, select: str) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
        """What a SELECT yields: the names of its columns, and its rows."""
        with self._told():
            return super().rows(select)

    def close(self) -> None:
        """Hold nothing any more, and leave nothing behind."""
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _confine(self, file: CubeFile) -> None:
        """From here on, only the cube's file can be opened."""
        setting = "allowed_directories" if file.path.is_dir() else "allowed_paths"
        self._connection.execute(f"SET {setting} = [{text(str(file.path))}]")
        self._connection.execute("SET enable_external_access = false")

    def _source(self, file: CubeFile, *, database: bool) -> tuple[str, str]:
        """What the file is called in a FROM, and the columns that say where an observation stands."""
        if database:
            table = f"cube_database.{name(self._table(file))}"
            return table, "CAST('' AS VARCHAR) AS OBS_FILE, rowid + 1 AS OBS_LINE"
        files = _files(file)
        listed = ", ".join(text(str(path)) for path in files)
        if files[0].suffix.lower() in PARQUET:
            options = "file_row_number = true, filename = 'OBS_FILE', union_by_name = true"
            source = f"read_parquet([{listed}], {options})"
            shown = "''" if len(files) == 1 else "parse_filename(OBS_FILE)"
            return source, f"CAST({shown} AS VARCHAR) AS OBS_FILE, file_row_number + 1 AS OBS_LINE"
        delimiter = "\t" if ".tsv" in files[0].suffixes else file.delimiter
        source = (
            f"read_csv([{listed}], all_varchar = true, header = true, delim = {text(delimiter)}, "
            "quote = '\"', escape = '\"', auto_detect = false, filename = 'OBS_FILE', union_by_name = true, "
            f"columns = {_header(files, delimiter)})"
        )
        shown = "''" if len(files) == 1 else "parse_filename(OBS_FILE)"
        return source, f"{shown} AS OBS_FILE, ROW_NUMBER() OVER () + 1 AS OBS_LINE"

    def _table(self, file: CubeFile) -> str:
        sql = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'cube_database' UNION ALL "
        sql += "SELECT view_name FROM duckdb_views() WHERE database_name = 'cube_database' AND NOT internal"
        tables = [row[0] for row in self._connection.execute(sql).fetchall()]
        if file.table in tables or (not file.table and len(tables) == 1):
            return file.table or str(tables[0])
        message = f"has no table {file.table!r}" if file.table else f"holds {len(tables)} tables"
        advice = f"table: {did_you_mean(file.table or '', tables)}" if tables else "write the cube into it"
        raise BadInput([Problem(message, advice, file.shown)])

    def _refuse_lacking(self, file: CubeFile, columns: list[str]) -> None:
        lacking = [
            Problem(f"has no column {column!r}", did_you_mean(column, columns), file.shown)
            for column in file.columns
            if column not in columns
        ]
        if lacking:
            raise BadInput(lacking)

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What the database cannot do, in an editor's words."""
        try:
            yield
        except duckdb.InterruptException as error:
            raise KeyboardInterrupt from error
        except RuntimeError as error:
            if "interrupt" in str(error).casefold():
                raise KeyboardInterrupt from error
            raise
        except duckdb.Error as error:
            raise BadInput([_problem(str(error), self._file)]) from error


def load_columns(engine: Engine, relation: str, columns: Mapping[str, Sequence[str] | Sequence[int]]) -> None:
    """Hold words and whole numbers as a relation."""
    frame = {
        column: np.array(values, np.int64)
        if values and isinstance(values[0], int)
        else pd.array(list(map(str, values)), dtype="str")
        for column, values in columns.items()
    }
    engine.load(relation, pd.DataFrame(frame))


def _problem(message: str, file: CubeFile) -> Problem:
    first = message.splitlines()[0].strip()
    lowered = message.casefold()
    if "no space left" in lowered or "max_temp_directory_size" in lowered:
        advice = "free some room, or set TMPDIR to a folder with more of it"
        return Problem("the disk is full: what does not fit in memory has no place", advice, file.shown)
    if "out of memory" in lowered:
        advice = "check it on a machine with more memory, or split it by one of its dimensions"
        return Problem("is too large for the memory of a check", advice, file.shown)
    kind = first.partition(":")[0]
    told = first.partition(":")[2].strip() or first
    told = told.replace(str(file.path), file.shown)
    return Problem(
        f"cannot be read ({kind}: {told[:200]})",
        "write it again, and check that it opens elsewhere",
        file.shown,
    )


def _kind(declared: str) -> str:
    """What kind a column's type is; one in which nothing stands may be anything."""
    if declared.strip('"').casefold() == "null":
        return "text"
    if "[" in declared:
        return "a list"
    return _KINDS.get(declared.partition("(")[0].partition(" ")[0], declared.lower())


def _database(file: CubeFile) -> bool:
    return file.path.suffix.lower() in DATABASE


def _files(file: CubeFile) -> list[Path]:
    """The files of a cube: itself, or those of a folder that are alike.

    Raises:
        BadInput: a folder without any, or with several kinds.
    """
    if not file.path.is_dir():
        return [file.path]
    found = sorted(p for p in file.path.rglob("*") if p.is_file() and not p.name.startswith(("_", ".")))
    parquet = [p for p in found if p.suffix.lower() in PARQUET]
    texts = [p for p in found if is_text(p)]
    if parquet and texts:
        raise BadInput(
            [Problem("holds both Parquet and CSV", "keep one kind of file in a cube's folder", file.shown)]
        )
    if not (parquet or texts):
        raise BadInput([Problem("holds neither Parquet nor CSV", "put the cube's files there", file.shown)])
    return parquet or texts


def is_text(path: Path) -> bool:
    """Whether it is a CSV, compressed or not."""
    ending = path.with_suffix("").suffix if path.suffix.lower() == ".gz" else path.suffix
    return ending.lower() in CSV


def _header(files: list[Path], delimiter: str) -> str:
    """The columns of a CSV, all text, as DuckDB's ``columns`` takes them."""
    import csv
    import gzip

    names: dict[str, None] = {}
    for path in files[:1]:
        opener = gzip.open if path.suffix.lower() == ".gz" else open
        try:
            with opener(path, "rt", encoding="utf-8-sig", newline="") as lines:
                names |= dict.fromkeys(next(csv.reader(lines, delimiter=delimiter), []))
        except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise BadInput([Problem(f"cannot be read: {reason}", "write it again", path.name)]) from error
    return "{" + ", ".join(f"{text(column)}: 'VARCHAR'" for column in names) + "}"
