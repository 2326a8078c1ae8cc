"""Mistakes between keys of a table's YAML that are each well formed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from amyqa.errors import Problem, did_you_mean
from amyqa.reading.spec.models import Spec, expand
from amyqa.reading.spec.parts import LEFT_OUT
from amyqa.reading.tokens import normalise
from amyqa.reading.yamlfile import KeyPath, YamlFile

_Mistake = tuple[KeyPath, str, str]
"""Key path, what is wrong, and how to mend it."""


def contradictions(
    spec: Spec, yaml_file: YamlFile, broken: frozenset[str | int]
) -> list[tuple[KeyPath, Problem]]:
    """Mistakes between keys, and their key paths.

    Args:
        broken: top keys that hold a mistake that has been told.
    """
    # dimensions of columns that were left out are known as well
    written = (path[2] for path in yaml_file.lines if path[:1] == ("columns",) and len(path) == 3)
    known = (*spec.dimensions, *map(str, written))
    found = (_notation(spec), _kind(spec, broken), _dimensions(spec, known), _same_coordinates(spec))
    return [
        (path, yaml_file.problem(path, what, hint)) for mistakes in found for path, what, hint in mistakes
    ]


def _notation(spec: Spec) -> Iterator[_Mistake]:
    """How tokens are written."""
    if spec.exact and spec.rounded is not None:
        yield ("rounded",), "the table cannot be both exact and rounded", "keep one of exact and rounded"
    if spec.decimal == spec.thousands:
        key = "decimal" if "decimal" in spec.model_fields_set else "thousands"
        yield (key,), f"decimal and thousands are both {spec.decimal!r}", "declare decimal: and thousands:"
    nil, missing = spec.signs
    for label, tokens in missing.items():
        if both := sorted(nil.get(label, frozenset()) & tokens - {LEFT_OUT}):
            path = ("missing", *(key for key in _written(spec.missing) if label and normalise(key) == label))
            yield path, f"{both[0]!r} is both nil and missing", "keep it in one of them"
    for word in spec.multipliers:
        if word in spec.notes:
            message = f"{word!r} is both a multiplier and a footnote mark"
            yield ("multipliers", word), message, "keep it under multipliers: or under notes:"


def _written(given: list[str] | dict[str, list[str]]) -> list[str]:
    """The labels of a mapping of signs, as written."""
    return list(given) if isinstance(given, dict) else []


def _kind(spec: Spec, broken: frozenset[str | int]) -> Iterator[_Mistake]:
    """A table of rows and columns, or a list of records, but not both and not neither."""
    if spec.fields is not None:
        for key in (
            "rows",
            "columns",
            "identities",
            "ratios",
            "formulas",
            "cumulative",
            "zero",
            "codes",
            "mirrors",
        ):
            if key in spec.model_fields_set:
                yield (key,), f"a list of records (fields:) has no {key}", "drop one of the two"
    elif (
        spec.columns is None
        and not (spec.identities or spec.ratios or spec.cumulative)
        and not broken & {"columns", "identities", "ratios", "cumulative", "fields"}
    ):
        advice = "say what the columns stand for (columns:) or how they add up (identities:)"
        yield (), "says nothing to check", advice


def _dimensions(spec: Spec, known: tuple[str, ...]) -> Iterator[_Mistake]:
    """Each dimension has one home and one spelling, and no other is named."""
    for label, coordinates in (spec.columns or {}).items():
        for name in coordinates if isinstance(coordinates, Mapping) else ():
            if name in spec.row_dimensions.values():
                advice = "a cell has one code in a dimension; rename one"
                yield ("columns", label, name), f"the rows have the dimension {name!r} already", advice
    if spec.rows.dimension and spec.rows.dimensions:
        yield ("rows",), "rows has both dimension and dimensions", "keep one"
    for label, name in (spec.rows.dimensions or {}).items():
        if (other := next(k for k, v in spec.row_dimensions.items() if v == name)) != label:
            yield ("rows", "dimensions", label), f"{other!r} has the dimension {name!r} already", "rename one"
    folded: dict[str, str] = {}
    for name in spec.dimensions:
        if (other := folded.setdefault(name.casefold(), name)) != name:
            message = f"dimensions {other!r} and {name!r} differ only in capitals"
            yield ("columns",), message, "use one spelling"
    paths: list[tuple[KeyPath, str]] = [
        (("zero", i, name), name) for i, zero in enumerate(spec.zero) for name in zero
    ]
    for path, name in [*paths, *((("codes", name), name) for name in spec.codes)]:
        if name not in known:
            yield path, f"no row or column has the dimension {name!r}", did_you_mean(name, known)


def _same_coordinates(spec: Spec) -> Iterator[_Mistake]:
    """Two columns must not stand for the same thing."""
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for label, coordinates in (spec.columns or {}).items():
        if not isinstance(coordinates, Mapping) or not coordinates:
            continue
        for place in expand(coordinates):
            key = tuple(sorted(place.items()))
            if (other := seen.setdefault(key, label)) != label:
                shown = ", ".join(f"{k}: {v}" for k, v in place.items())
                message = f"has the same coordinates as column {other!r}: {{{shown}}}"
                yield ("columns", label), message, "one printed number cannot stand in two columns"
                break
