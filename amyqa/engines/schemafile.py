"""A schema module read: loaded as the Python that it is, and what it names held against the tables."""

from __future__ import annotations

import ast
import importlib.util
import re
import traceback
from collections.abc import Iterable
from pathlib import Path

import pandera.pandas as pa

from amyqa.errors import BadRule, Problem, Problems, close
from amyqa.rules.observations import Observations
from amyqa.rules.suite import known_codes, named_codes
from amyqa.sources.files import MAX_YAML_BYTES, read_text


def load_schema(path: Path, shown: str) -> pa.DataFrameSchema:
    """The ``schema`` of a schema module (Python of the yearbook: it is code, and runs).

    Raises:
        BadInput: it is no file of text.
        BadRule: the module cannot be run, or defines no schema.
    """
    spec = importlib.util.spec_from_file_location(f"amyqa_schema_{path.stem.replace('-', '_')}", path)
    assert spec is not None  # a .py file always has a loader
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import amyqa.engines.schema  # noqa: F401  registers our checks, which the module may name

    read_text(path, shown, MAX_YAML_BYTES)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever the yearbook's code raises is a mistake in that file
        frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path)]
        line = error.lineno if isinstance(error, SyntaxError) else frames[-1].lineno if frames else None
        message, advice = f"cannot be run: {type(error).__name__}: {error}", "fix the schema's Python"
        if match := re.match(r"'<class 'pandera\S*Check'>' object has no attribute '(\w+)'", str(error)):
            message, near = f"there is no check {match[1]!r}", close(match[1], dir(pa.Check))
            advice = f"did you mean {near!r}?" if near else advice
        raise BadRule([Problem(message, advice, shown, line)]) from error
    schema = getattr(module, "schema", None)
    if not isinstance(schema, pa.DataFrameSchema):
        advice = "define schema = pandera.pandas.DataFrameSchema(…)"
        raise BadRule([Problem("defines no schema", advice, shown, 1)])
    return schema


def words(schema: pa.DataFrameSchema) -> dict[str, list[str]]:
    """Dimensions that a schema names, with the codes that it lists for them."""
    found: dict[str, list[str]] = {}
    for name, column in schema.columns.items():
        if not str(name).startswith("OBS_"):
            listed = [
                check.statistics.get("allowed_values") or () for check in column.checks if check.statistics
            ]
            found[str(name)] = [str(code) for codes in listed for code in codes]
    for check in schema.checks:
        statistics = check.statistics or {}
        if statistics.get("dimension") and statistics.get("codes"):
            found.setdefault(statistics["dimension"], []).extend(statistics["codes"])
    return found


def check_words(
    schema: pa.DataFrameSchema, path: Path, shown: str, tables: Iterable[Observations], problems: Problems
) -> None:
    """Every dimension and code that our checks in a schema name must be known to it, or to a table.

    A dimension that is only misspelt is one that no table has: the check would never run.

    Args:
        tables: all tables of the family.
    """
    columns = {name: codes for name, codes in words(schema).items() if name in schema.columns}
    codes = known_codes(path.stem, tables, columns)
    for check in schema.checks:
        given = check.statistics or {}
        dimension = given.get("dimension")
        if not isinstance(dimension, str) or not codes.known:
            continue
        for key, word, message, hint in codes.mistakes(named_codes(given, dimension, ())):
            problems.add(BadRule, Problem(message, hint, shown, _line_of(path, word), key=str(key[0])))


def _line_of(path: Path, word: str) -> int | None:
    """The first line of a module that holds a text."""
    nodes = ast.walk(ast.parse(path.read_bytes()))
    return min((n.lineno for n in nodes if isinstance(n, ast.Constant) and n.value == word), default=None)
