"""A table's YAML read: every mistake in an editor's words, with file, line and key path."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from amyqa.errors import MAX_ADVISED, BadSpec, Problem, Problems, close, did_you_mean
from amyqa.reading.spec.contradictions import contradictions
from amyqa.reading.spec.models import Spec
from amyqa.reading.spec.parts import (
    LEFT_OUT,
    TEXT_COLUMN,
    UNSTATED,
    Doubt,
    Identities,
    Mirror,
    Ratios,
    Rows,
    Source,
)
from amyqa.reading.tokens import shorten
from amyqa.reading.yamlfile import KeyPath, YamlFile, read_yaml

_MAX_ROUNDS = 20


def read_spec(
    path: Path, shown: str, problems: Problems
) -> tuple[Spec, YamlFile, frozenset[str | int]] | None:
    """Read and check a table's YAML.

    A mistake does not hide the next one: what is wrong is reported, left out, and the rest is
    checked all the same.

    Args:
        path: the file.
        shown: its name for people.
        problems: where every mistake goes.

    Returns:
        The spec (only to be trusted when no problem was added), the file it came from, for
        problems found later, and the keys that hold mistakes, so that these are not told twice;
        None when there is nothing to go on with.
    """
    yaml_file = read_yaml(path, shown, BadSpec, problems)
    if yaml_file is None:
        return None
    content = yaml_file.content
    if not isinstance(content, dict):
        advice = "begin with title: and family:"
        problems.add(BadSpec, yaml_file.problem((), "is not a mapping of keys to values", advice))
        return None
    spec = None
    mistakes: dict[KeyPath, Problem] = {}
    for _ in range(_MAX_ROUNDS):
        try:
            spec = Spec.model_validate(content)
            break
        except ValidationError as error:
            found = _mistakes(error, yaml_file)
        mistakes = found | mistakes
        for key_path in dict.fromkeys(path[: _ENTRIES.get(path[0], 2)] for path in found):
            _leave_out(content, key_path)
    for problem in mistakes.values():
        problems.add(BadSpec, problem)
    if spec is None:
        return None
    broken = frozenset(key_path[0] for key_path in mistakes)
    # a misspelt key is there, and what follows from its being misspelt is not told again
    unknown = [key for key in broken if key not in _KEYS[""]][:MAX_ADVISED]
    broken |= {known for key in unknown if (known := close(str(key), _KEYS[""])) is not None}
    contradicting = contradictions(spec, yaml_file, broken)
    for _, problem in contradicting:
        problems.add(BadSpec, problem)
    return spec, yaml_file, broken.union(*(key_path[:1] for key_path, _ in contradicting))


def _leave_out(content: Any, path: KeyPath) -> None:
    """Take what stands at a path out of the content, so that the rest can be checked.

    Entries of lists and of mappings of labels keep their place: something harmless is put there.
    """
    parents, last = path[:-1], path[-1]
    for part in parents:
        content = content[part]
    if isinstance(content, dict) and last not in content:
        content[last] = UNSTATED  # it was
        return
    harmless = _harmless(path, content[last], content)
    if harmless is None or harmless == content[last]:
        del content[last]
    else:
        content[last] = harmless


def _harmless(path: KeyPath, old: object, within: object) -> object:
    """What can stand where a mistake stood, without being another; None: nothing."""
    if len(path) != _ENTRIES.get(path[0]):
        return None
    if path[0] == "columns":
        return TEXT_COLUMN if isinstance(old, str) else {}
    if path[0] == "formulas":
        return None  # all of them: what is left of one would speak of another place
    if path[0] in ("zero", "multipliers"):
        return {} if path[0] == "zero" else None
    if path[0] == "mirrors":
        return {"table": LEFT_OUT}
    if path[0] == "fields":
        return TEXT_COLUMN
    return LEFT_OUT if isinstance(within, list) else [LEFT_OUT]


def _mistakes(error: ValidationError, yaml_file: YamlFile) -> dict[KeyPath, Problem]:
    """Pydantic's complaints, one per key path, in an editor's words."""
    told: dict[KeyPath, Any] = {}
    for item in error.errors(include_url=False):
        told.setdefault(_written_path(item["loc"], yaml_file), item)
    # of two things a value may be, the one that it is not complains about all of it
    around = {path[:length] for path in told for length in range(len(path))}
    found = ((path, item) for path, item in told.items() if path not in around)
    return {
        path: yaml_file.problem(path, *_wording(item, path, advise=number < MAX_ADVISED))
        for number, (path, item) in enumerate(found)
    }


def _written_path(loc: tuple[int | str, ...], yaml_file: YamlFile) -> KeyPath:
    """The part of pydantic's location that stands in the file (it adds the names of union arms)."""
    path: KeyPath = ()
    for part in loc:
        if (*path, part) in yaml_file.lines:
            path = (*path, part)
        elif part in _KEYS.get(path[0] if path else "", ()) or (not path and part in Spec.model_fields):
            return (*path, part)
    return path


def _keys(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


_KEYS: dict[str | int, list[str]] = {
    "": _keys(Spec),
    "source": _keys(Source),
    "rows": _keys(Rows),
    "identities": _keys(Identities),
    "ratios": _keys(Ratios),
    "formulas": _keys(Doubt),
    "mirrors": _keys(Mirror),
}
# How deep the entries lie that keep their place when they are left out.
_ENTRIES: dict[str | int, int] = {
    "columns": 2, "fields": 2, "zero": 2, "nil": 2, "missing": 2, "assumptions": 2, "identities": 3,
    "ratios": 3, "mirrors": 2, "multipliers": 2, "cumulative": 2, "formulas": 1,
}  # fmt: skip
_EXPECTED = {
    "bool_parsing": ("must be true or false", ""),
    "bool_type": ("must be true or false", ""),
    "decimal_parsing": ("must be a number", "as in 1000"),
    "decimal_type": ("must be a number", "as in 1000"),
    "dict_type": ("must be a mapping of keys to values", "write it as key: value"),
    "model_type": ("must be a mapping of keys to values", "write it as key: value"),
    "model_attributes_type": ("must be a mapping of keys to values", "write it as key: value"),
    "list_type": ("must be a list", "write each entry after a dash, or all in [ ]"),
    "string_type": ("must be one word or text", "quote it where it holds : or [ or {"),
    "greater_than": ("must be above 0", "as in 1000"),
    "less_than_equal": ("is too large", "as in 1000"),
    "finite_number": ("must be a number", "as in 1000"),
}


def _wording(item: Any, path: KeyPath, *, advise: bool) -> tuple[str, str]:
    """What is wrong, and how to mend it; the nearest words are looked for where `advise` says so."""
    kind, last = item["type"], path[-1] if path else ""
    if kind == "extra_forbidden":
        known = _KEYS.get(path[0] if len(path) > 1 else "", [])
        return f"unknown key {shorten(str(last))}", did_you_mean(str(last), known) if advise else ""
    if kind == "missing":
        return "is missing", f"add {last}:"
    if len(path) == 2 and path[0] == "columns" and kind in ("dict_type", "literal_error"):
        return "must be coordinates or the word text", "as in {sex: male, sector: all}, or {} for none"
    if path[:1] in (("nil",), ("missing",)) and len(path) == 1 and kind in ("list_type", "dict_type"):
        return (
            "must be a list of tokens, or a mapping of labels to lists",
            'as in ["-"], or {Other: ["", "-"]}',
        )
    if path == ("cumulative",) and kind in ("list_type", "dict_type"):
        return (
            "must be a list of labels, or a mapping",
            "as in [Registered to date], or {Registered: each year}",
        )
    if kind == "literal_error":
        words = re.findall(r"'([^']+)'", item["ctx"]["expected"])
        if not isinstance(word := item["input"], str):
            return "must be one word", f"known: {', '.join(words)}"
        return f"unknown word {shorten(word)}", did_you_mean(word, words) if advise else ""
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    if kind == "value_error":
        error = item["ctx"]["error"]
        return str(error), getattr(error, "hint", "")
    return str(item["msg"]).removeprefix("Input ").lower(), ""
