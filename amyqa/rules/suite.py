"""Suites as YAML in Great Expectations' form: read, checked entry by entry, bound to a table.

Great Expectations drops a bad entry with a line in its log; here every mistake of every suite is
reported before anything runs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from amyqa.errors import BadRule, Problem, Problems, did_you_mean
from amyqa.model import Severity
from amyqa.reading.yamlfile import KeyPath, Plain, YamlFile, read_yaml
from amyqa.rules import builtin as gx
from amyqa.rules.observations import Observations
from amyqa.rules.rule import Parameter, Rule
from amyqa.rules.shape import Arguments
from amyqa.rules.vocabulary import BY_EXPECTATION

SEVERITIES = {"critical": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
SUITE_KEYS = ("name", "expectations", "meta", "notes")
ENTRY_KEYS = ("type", "kwargs", "severity", "meta", "notes", "description", "id")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a suite.

    Args:
        rule: of our vocabulary; None for one of Great Expectations' own expectations.
        kwargs: checked arguments (numbers as Decimal); of a foreign type, as :mod:`builtin` converts them.
        meta: as written; ``reason`` and ``source`` say why.
        line: of the suite's file; 0 where none is written.
    """

    type: str
    rule: Rule | None
    kwargs: Arguments
    severity: Severity
    meta: Mapping[str, Any] = field(default_factory=dict)
    path: KeyPath = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Suite:
    """A family's suite."""

    family: str
    entries: tuple[Entry, ...]
    file: YamlFile


def read_suite(
    path: Path, shown: str, family: str, builtin: Callable[[], Collection[str]], problems: Problems
) -> Suite | None:
    """Read ``checks/<family>.yaml``.

    Args:
        builtin: yields the types of Great Expectations' own expectations.
        problems: where every mistake goes.
    """
    yaml_file = read_yaml(path, shown, BadRule, problems)
    if yaml_file is None:
        return None

    def add(key: KeyPath, message: str, hint: str = "") -> None:
        problems.add(BadRule, yaml_file.problem(key, message, hint))

    content = yaml_file.content
    if not isinstance(content, dict):
        add((), "is not a suite", "begin with name: and expectations:")
        return None
    for key in content:
        if key not in SUITE_KEYS:
            add((key,), f"unknown key {key!r}", did_you_mean(key, SUITE_KEYS))
    listed = content.get("expectations")
    if not isinstance(listed, list):
        add(("expectations",), "must be a list of expectations", "write each after a dash")
        return None
    reader = _EntryReader(yaml_file, builtin, add)
    entries = [reader.entry(item, ("expectations", i)) for i, item in enumerate(listed)]
    return Suite(family, tuple(entry for entry in entries if entry is not None), yaml_file)


class _EntryReader:
    def __init__(
        self, yaml_file: YamlFile, builtin: Callable[[], Collection[str]], add: Callable[..., None]
    ) -> None:
        self.yaml, self.builtin, self.add = yaml_file, builtin, add

    def entry(self, item: Plain, path: KeyPath) -> Entry | None:
        """One entry, or None when its type is unknown."""
        if not isinstance(item, dict):
            self.add(path, "is not an expectation", "write type:, kwargs: and severity:")
            return None
        for key in item:
            if key not in ENTRY_KEYS:
                self.add((*path, key), f"unknown key {key!r}", did_you_mean(key, ENTRY_KEYS))
        severity = item.get("severity", "critical")
        if not isinstance(severity, str) or severity not in SEVERITIES:
            advice = "write critical" if severity == "error" else did_you_mean(str(severity), SEVERITIES)
            self.add((*path, "severity"), f"unknown severity {severity!r}", advice)
        kwargs = item.get("kwargs") or {}
        if not isinstance(kwargs, dict):
            self.add((*path, "kwargs"), "must be a mapping of arguments to values", "as {dimension: sex}")
            return None
        kind = item.get("type")
        if not isinstance(kind, str) or not kind:
            self.add((*path, "type"), "is missing", "name an expectation; amyqa rules lists them")
            return None
        rule = BY_EXPECTATION.get(kind)
        meta = item.get("meta")
        known = Entry(
            kind, rule, {}, SEVERITIES.get(str(severity), Severity.ERROR), _mapping(meta), path,
            self.yaml.lines.get(path, 0),
        )  # fmt: skip
        if rule is not None:
            self.reasons(rule, kwargs, known.meta, path)
            return replace(known, kwargs=self.arguments(rule, kwargs, path))
        if kind in gx.ALLOWED:
            return replace(known, kwargs=self.foreign_arguments(kind, kwargs, path))
        if kind in self.builtin():
            message = f"{kind} is not run from a suite, which is only read"
            self.add((*path, "type"), message, gx.instead(kind))
        else:
            advice = did_you_mean(kind, [*BY_EXPECTATION, *gx.ALLOWED])
            self.add((*path, "type"), f"unknown expectation {kind!r}", advice)
        return None

    def foreign_arguments(self, kind: str, kwargs: Mapping[str, Plain], path: KeyPath) -> Arguments:
        """Arguments of one of Great Expectations' own, each known to hold data only."""
        known = gx.known_arguments(kind)
        arguments: dict[str, Any] = {}
        for key, value in kwargs.items():
            here = (*path, "kwargs", key)
            if key not in known:
                advice = gx.instead_of(key) or did_you_mean(key, known)
                self.add(here, f"{kind} takes no {key!r} in a suite", advice)
                continue
            try:
                arguments[key] = gx.converted(known[key], value)
            except ValueError as error:
                self.add(here, str(error))
        for name in gx.required(kind):
            if name not in kwargs:
                self.add((*path, "kwargs", name), "is missing")
        return arguments

    def reasons(
        self, rule: Rule, kwargs: Mapping[str, Plain], meta: Mapping[str, Any], path: KeyPath
    ) -> None:
        """Another threshold than the default needs a reason; no two yearbooks would agree otherwise."""
        given = [p for p in rule.parameters if p.source and p.name in kwargs]
        if not given or str(meta.get("reason") or "").strip():
            return
        defaults = ", ".join(f"{p.name} {'' if p.default is None else p.default}".strip() for p in given)
        advice = f"say why under meta: {{reason: …}}, or keep the default ({defaults})"
        self.add((*path, "kwargs", given[0].name), "sets a threshold without a reason", advice)

    def arguments(self, rule: Rule, kwargs: Mapping[str, Plain], path: KeyPath) -> Arguments:
        """Arguments of the right names and kinds (codes are checked against tables later)."""
        known = {parameter.name: parameter for parameter in rule.parameters if not parameter.bound}
        arguments: dict[str, Any] = {}
        for key, value in kwargs.items():
            here = (*path, "kwargs", key)
            if key not in known:
                advice = did_you_mean(key, known) or "it takes no arguments"
                self.add(here, f"{rule.expectation} has no argument {key!r}", advice)
                continue
            try:
                arguments[key] = _converted(known[key], value)
            except ValueError as error:
                self.add(here, str(error))
        for name, parameter in known.items():
            if parameter.required and name not in kwargs:
                self.add((*path, "kwargs", name), "is missing", parameter.about)
        if rule.accept and (wrong := rule.accept(kwargs)):
            self.add((*path, "kwargs"), wrong)
        return arguments


def _mapping(value: Plain | None) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _converted(parameter: Parameter, value: Plain) -> Any:
    """A YAML value as the parameter's kind takes it.

    Raises:
        ValueError: with what it must be.
    """
    kind = parameter.kind
    if parameter.choices and value not in parameter.choices:
        raise ValueError(f"must be {' or '.join(parameter.choices)}")
    if kind in ("dimension", "code", "text") and isinstance(value, str) and value:
        return value
    if kind == "number" and isinstance(value, str):
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if number.is_finite() and abs(number) < 10**15 and int(number.as_tuple().exponent) > -15:
            return number
    if kind == "codes" and isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return value
    if kind in ("where", "hierarchy") and isinstance(value, dict):
        lists = {k: [v] if isinstance(v, str) else v for k, v in value.items()}
        if all(isinstance(v, list) and v and all(isinstance(c, str) for c in v) for v in lists.values()):
            return lists
    wanted = {
        "number": "a number, as in 100 or 0.5",
        "codes": "a list of codes, as [male, female]",
        "where": "a mapping of dimensions to codes, as {sector: all}",
        "hierarchy": "a mapping of totals to lists of parts, as {all: [farm, industry]}",
    }.get(kind, "one word")
    raise ValueError(f"must be {wanted}")


@dataclass(frozen=True)
class Codes:
    """The dimensions and codes that a family's suite and schema may name.

    Args:
        known: dimensions with their codes, of tables and of the schema.
        open: dimensions that may have any code: no table has them yet, and the schema lists none.
    """

    family: str
    known: Mapping[str, Mapping[str, None]]
    open: frozenset[str]

    def mistakes(
        self, named: Iterable[tuple[KeyPath, str, Collection[str]]]
    ) -> Iterator[tuple[KeyPath, str, str, str]]:
        """Where a dimension or a code is not known: key path, the word, what is wrong, how to mend it."""
        for path, name, codes in named:
            if name not in self.known:
                message = f"no table of the family {self.family} has the dimension {name!r}"
                yield path, name, message, did_you_mean(name, self.known)
                continue
            for code in codes:
                if code not in self.known[name] and name not in self.open:
                    message = f"unknown code {code!r} of the dimension {name!r}"
                    yield path, code, message, did_you_mean(code, self.known[name])


def known_codes(family: str, tables: Iterable[Observations], words: Mapping[str, Sequence[str]]) -> Codes:
    """What the tables of a family have, and what its schema names (`words`)."""
    known: dict[str, dict[str, None]] = {}
    for observations in tables:
        for dimension in observations.shape.dimensions:
            known.setdefault(dimension, {}).update(dict.fromkeys(observations.codes(dimension)))
    if not known:
        return Codes(family, {}, frozenset())
    unlisted = frozenset(name for name, listed in words.items() if name not in known and not listed)
    for dimension, listed in words.items():
        known.setdefault(dimension, {}).update(dict.fromkeys(listed))
    return Codes(family, known, unlisted)


def check_codes(
    suite: Suite,
    tables: Iterable[Observations],
    problems: Problems,
    words: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Every dimension and code that a suite names must be known to a table of its family, or its schema.

    Args:
        tables: all tables of the family; with none, there is nothing to hold the suite against.
        words: dimensions that the schema names, with the codes it lists.
    """
    codes = known_codes(suite.family, tables, words or {})
    for entry in suite.entries:
        if not codes.known:
            continue
        here = (*entry.path, "kwargs")
        named = list(named_codes(entry.kwargs, entry.kwargs.get("dimension"), here)) if entry.rule else []
        picked = selections(entry.rule, entry.kwargs)
        named += [((*here, at, name), name, given) for at, name, given in picked]
        for path, _, message, hint in codes.mistakes(named):
            problems.add(BadRule, suite.file.problem(path, message, hint))


def named_codes(
    kwargs: Arguments, dimension: str | None, base: KeyPath
) -> Iterable[tuple[KeyPath, str, Collection[str]]]:
    """Key path, dimension and codes wherever arguments name codes of the dimension they are about."""
    if dimension is not None:
        yield (*base, "dimension"), dimension, ()
        if total := kwargs.get("total"):
            yield (*base, "total"), dimension, [total]
        if parts := kwargs.get("parts"):
            yield (*base, "parts"), dimension, parts
        for nested, members in (kwargs.get("hierarchy") or {}).items():
            yield (*base, "hierarchy", nested), dimension, [nested, *members]


def selections(rule: Rule | None, kwargs: Arguments) -> Iterable[tuple[str, str, Collection[str]]]:
    """Argument, dimension and codes wherever an argument picks cells by their codes."""
    names = [p.name for p in rule.parameters if p.kind == "where"] if rule else [gx.WHERE]
    for argument in names:
        for name, codes in (kwargs.get(argument) or {}).items():
            yield argument, name, [codes] if isinstance(codes, str) else codes


def bind(rule: Rule, kwargs: Arguments, observations: Observations) -> tuple[Arguments, str]:
    """Fill in what the table's spec knows.

    Returns:
        The arguments, and "" or the reason why the rule has nothing to judge in this table.
    """
    if rule.reads and rule.reads not in observations.texts:
        return kwargs, f"the table has no field {rule.reads!r}"
    for _, name, _ in selections(rule, kwargs):
        if name not in observations.shape.dimensions:
            return kwargs, f"the table has no dimension {name!r}"
    dimension = kwargs.get("dimension")
    if dimension is not None and not observations.codes(dimension):
        return kwargs, f"the table has no dimension {dimension!r}"
    return rule.bind(kwargs, observations) if rule.bind else (dict(kwargs), "")


def builtin_expectations() -> frozenset[str]:
    """Types of Great Expectations' own expectations, read off its folder: importing it takes seconds."""
    import importlib.util

    found = importlib.util.find_spec("great_expectations")
    if found is None or not found.submodule_search_locations:
        return frozenset()
    folder = Path(found.submodule_search_locations[0]) / "expectations" / "core"
    return frozenset(path.stem for path in folder.glob("*expect*.py"))


def placed(entry: Entry, suite: Suite, message: str, hint: str = "") -> Problem:
    """A problem at an entry's line."""
    return suite.file.problem(entry.path, message, hint)
