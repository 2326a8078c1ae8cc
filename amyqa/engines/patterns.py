"""Regular expressions of a suite, matched by DuckDB's RE2: in time that grows with the text, whatever it is.

Python's own engine tries again and again where an expression such as ``(a+)+$`` is ambiguous. So each
entry that matches expressions reaches Great Expectations as one over the values that match.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import duckdb
import pandas as pd

_IN = "expect_column_values_to_be_in_set"
_NOT_IN = "expect_column_values_to_not_be_in_set"
_BECOMES = {
    "expect_column_values_to_match_regex": _IN,
    "expect_column_values_to_match_regex_list": _IN,
    "expect_column_values_to_not_match_regex": _NOT_IN,
    "expect_column_values_to_not_match_regex_list": _NOT_IN,
}
_JOINS: Mapping[str, Callable[[set[str], set[str]], set[str]]] = {
    "any": set.__or__,
    "all": set.__and__,
}


def as_values(type: str, kwargs: Mapping[str, Any], data: pd.DataFrame) -> tuple[str, dict[str, Any]]:
    """An entry of Great Expectations' own without regular expressions; any other as it is.

    Raises:
        ValueError: with what is wrong with an expression.
    """
    given = dict(kwargs)
    if type not in _BECOMES or given["column"] not in data:  # GX tells of a column that is not there
        return type, given
    expressions = given.pop("regex_list", None) or [given.pop("regex")]
    join = given.pop("match_on", "any")
    if join not in _JOINS:
        raise ValueError(f"match_on must be {' or '.join(_JOINS)}")
    worded = {value: str(value) for value in data[given["column"]].dropna().unique().tolist()}
    found = reduce(_JOINS[join], (matching(list(worded.values()), each) for each in expressions))
    given["value_set"] = [value for value, word in worded.items() if word in found]
    return _BECOMES[type], given


def matching(texts: Sequence[str], expression: str) -> set[str]:
    """The texts in which an expression is found.

    Raises:
        ValueError: RE2 has no such expression.
    """
    with duckdb.connect(":memory:", config={"enable_external_access": False, "threads": 1}) as database:
        query = "SELECT word FROM (SELECT unnest($1::VARCHAR[]) AS word) WHERE regexp_matches(word, $2)"
        try:
            return {word for (word,) in database.execute(query, [list(texts), expression]).fetchall()}
        except duckdb.Error as error:
            reason = str(error).splitlines()[0].split(": ", 1)[-1]
            raise ValueError(f"{expression!r} is no expression of RE2: {reason}") from None
