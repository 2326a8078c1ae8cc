"""Great Expectations' own expectations that a suite may use, and what each of their arguments may hold.

A suite is only read. So an expectation is listed here once it is known what its arguments reach in
Great Expectations: values that are compared and counted, and nothing else. What is not listed is
refused, each with what to use instead: conditions in pandas' or SQL's words and types by name are
evaluated, a JSON Schema may name addresses on the network, a query is a program of its own.
Regular expressions are listed; :mod:`amyqa.engines.patterns` matches them, without backtracking.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

from amyqa.reading.yamlfile import Plain

Kind: TypeAlias = Literal[
    "column", "columns", "number", "truth", "share", "scalars", "pairs", "regex", "regexes", "word", "where"
]
Arguments: TypeAlias = Mapping[str, Kind]

WHERE = "where"
"""Our own argument, which all of them take: only the records with these codes."""

_COLUMN: Arguments = {"column": "column"}
_MAP: Arguments = {**_COLUMN, "mostly": "share"}
_BETWEEN: Arguments = {"min_value": "number", "max_value": "number"}
_STRICT: Arguments = {**_BETWEEN, "strict_min": "truth", "strict_max": "truth"}
_PAIR: Arguments = {"column_A": "column", "column_B": "column", "mostly": "share", "ignore_row_if": "word"}
_LIST: Arguments = {"column_list": "columns", "mostly": "share", "ignore_row_if": "word"}
_NUMBERS = (
    "max", "mean", "median", "min", "proportion_of_non_null_values", "proportion_of_unique_values",
    "stdev", "sum", "unique_value_count",
)  # fmt: skip

ALLOWED: Mapping[str, Arguments] = {
    **{f"expect_column_{number}_to_be_between": {**_COLUMN, **_STRICT} for number in _NUMBERS},
    "expect_column_distinct_values_to_be_in_set": {**_COLUMN, "value_set": "scalars"},
    "expect_column_distinct_values_to_contain_set": {**_COLUMN, "value_set": "scalars"},
    "expect_column_distinct_values_to_equal_set": {**_COLUMN, "value_set": "scalars"},
    "expect_column_most_common_value_to_be_in_set": {
        **_COLUMN, "value_set": "scalars", "ties_okay": "truth",
    },
    "expect_column_to_exist": {**_COLUMN, "column_index": "number"},
    "expect_column_value_lengths_to_be_between": {**_MAP, **_STRICT},
    "expect_column_value_lengths_to_equal": {**_MAP, "value": "number"},
    "expect_column_value_z_scores_to_be_less_than": {**_MAP, "threshold": "number", "double_sided": "truth"},
    "expect_column_values_to_be_between": {**_MAP, **_STRICT},
    "expect_column_values_to_be_decreasing": {**_MAP, "strictly": "truth"},
    "expect_column_values_to_be_in_set": {**_MAP, "value_set": "scalars"},
    "expect_column_values_to_be_increasing": {**_MAP, "strictly": "truth"},
    "expect_column_values_to_be_null": _MAP,
    "expect_column_values_to_be_unique": _MAP,
    "expect_column_values_to_match_regex": {**_MAP, "regex": "regex"},
    "expect_column_values_to_match_regex_list": {**_MAP, "regex_list": "regexes", "match_on": "word"},
    "expect_column_values_to_match_strftime_format": {**_MAP, "strftime_format": "word"},
    "expect_column_values_to_not_be_in_set": {**_MAP, "value_set": "scalars"},
    "expect_column_values_to_not_be_null": _MAP,
    "expect_column_values_to_not_be_outliers": {**_MAP, "method": "word", "multiplier": "number"},
    "expect_column_values_to_not_match_regex": {**_MAP, "regex": "regex"},
    "expect_column_values_to_not_match_regex_list": {**_MAP, "regex_list": "regexes"},
    "expect_column_pair_values_a_to_be_greater_than_b": {**_PAIR, "or_equal": "truth"},
    "expect_column_pair_values_to_be_equal": _PAIR,
    "expect_column_pair_values_to_be_in_set": {**_PAIR, "value_pairs_set": "pairs"},
    "expect_compound_columns_to_be_unique": _LIST,
    "expect_multicolumn_sum_to_equal": {**_LIST, "sum_total": "number"},
    "expect_multicolumn_values_to_be_equal": _LIST,
    "expect_select_column_values_to_be_unique_within_record": _LIST,
    "expect_table_column_count_to_be_between": _BETWEEN,
    "expect_table_column_count_to_equal": {"value": "number"},
    "expect_table_columns_to_match_ordered_list": {"column_list": "columns"},
    "expect_table_columns_to_match_set": {"column_set": "columns", "exact_match": "truth"},
    "expect_table_row_count_to_be_between": _STRICT,
    "expect_table_row_count_to_equal": {"value": "number"},
}  # fmt: skip

_OPTIONAL = {
    *_STRICT, "mostly", "ignore_row_if", "match_on", "ties_okay", "column_index", "double_sided",
    "strictly", "or_equal", "exact_match", "method", "multiplier",
}  # fmt: skip

_SCHEMA = "a check in the family's schema (schemas/) may be any Python"
_BETWEEN_TABLES = "compare tables with amyqa's own rules, which amyqa rules lists"
_REFUSED: Mapping[str, str] = {
    "like_pattern": "use expect_column_values_to_match_regex",
    "type": "say a column's type in the family's schema (schemas/)",
    "other_table": _BETWEEN_TABLES,
    "query": _BETWEEN_TABLES,
    "rows_expectation": "use expect_column_values_to_be_between with where: {dimension: code}",
    "quantile": "use expect_column_median_to_be_between",
    "dateutil": "use expect_column_values_to_match_strftime_format",
    "expect_multicolumn_values_to_be_unique": "use expect_select_column_values_to_be_unique_within_record",
}
_CONDITIONS = ("row_condition", "condition_parser")


def instead(expectation: str) -> str:
    """What to use instead of an expectation that is not listed."""
    return next((told for word, told in _REFUSED.items() if word in expectation), _SCHEMA)


def instead_of(argument: str) -> str:
    """What to write instead of an argument that an expectation of Great Expectations has, or ""."""
    return "write where: with dimensions and codes, as {sex: male}" if argument in _CONDITIONS else ""


def known_arguments(expectation: str) -> Arguments:
    """The arguments of a listed expectation."""
    return {**ALLOWED[expectation], WHERE: "where"}


def required(expectation: str) -> list[str]:
    """Those of them that must be given."""
    return [name for name in ALLOWED[expectation] if name not in _OPTIONAL]


def converted(kind: Kind, value: Plain) -> Any:
    """A YAML value as Great Expectations takes it; scalars stay texts until their column is known.

    Raises:
        ValueError: with what it must be.
    """
    convert, wanted = _KINDS[kind]
    try:
        return convert(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"must be {wanted}") from None


def number(value: Plain) -> int | float:
    """A finite number.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str) or len(value) > _LONGEST_NUMBER or "_" in value:
        raise ValueError
    try:
        return int(value)
    except ValueError:
        if (found := float(value)) - found != 0:  # nan, inf
            raise
        return found


_LONGEST_NUMBER = 40
LONGEST_REGEX = 1000


def _text(value: Plain) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError
    return value


def _regex(value: Plain) -> str:
    if len(text := _text(value)) > LONGEST_REGEX:
        raise ValueError
    return text


def _truth(value: Plain) -> bool:
    if value not in ("true", "false"):
        raise ValueError
    return value == "true"


def _share(value: Plain) -> float:
    if not 0 <= (share := float(number(value))) <= 1:
        raise ValueError
    return share


def _list(of: Callable[[Plain], Any]) -> Callable[[Plain], list[Any]]:
    def convert(value: Plain) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise ValueError
        return [of(each) for each in value]

    return convert


def _pair(value: Plain) -> list[str]:
    first, second = _list(_text)(value)
    return [first, second]


def _where(value: Plain) -> dict[str, list[str]]:
    if not isinstance(value, dict) or not value:
        raise ValueError
    return {name: [codes] if isinstance(codes, str) else _list(_text)(codes) for name, codes in value.items()}


_KINDS: Mapping[Kind, tuple[Callable[[Plain], Any], str]] = {
    "column": (_text, "the name of a column, as OBS_VALUE or sex"),
    "columns": (_list(_text), "a list of columns, as [year, sex]"),
    "number": (number, "a number, as in 100 or 0.5"),
    "truth": (_truth, "true or false"),
    "share": (_share, "a share from 0 to 1"),
    "scalars": (_list(_text), "a list of words or numbers"),
    "pairs": (_list(_pair), "a list of pairs, as [[male, 1], [female, 2]]"),
    "regex": (_regex, f"a regular expression of at most {LONGEST_REGEX} characters"),
    "regexes": (_list(_regex), f"a list of regular expressions of at most {LONGEST_REGEX} characters"),
    "word": (_text, "one word"),
    "where": (_where, "a mapping of dimensions to codes, as {sector: all}"),
}
