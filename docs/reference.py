"""Writes the reference from the program itself: rules, commands and file formats."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer.main
import yaml
from typer.core import TyperArgument, TyperGroup

from amyqa.cli import app
from amyqa.rules.ess import TYPES
from amyqa.rules.rule import Parameter, Rule
from amyqa.rules.vocabulary import RULES
from amyqa.starting.editors import KINDS

CASES = Path(__file__).parent.parent / "tests" / "rules" / "cases"
"""The worked examples of the rules: the same that test them."""


def write(folder: Path) -> None:
    """Write all pages of the reference into a folder, and remove what is no longer one."""
    pages = {
        "index.md": _index(),
        "commands.md": "\n".join(_commands()),
        "rules/index.md": "\n".join(_rules()),
        **{f"rules/{rule.name}.md": "\n".join(_rule(rule)) for rule in RULES},
        **{f"{name}.md": page for name, page in _schemas()},
    }
    for name, text in pages.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
    for file in folder.rglob("*.md"):
        if file.relative_to(folder).as_posix() not in pages:
            file.unlink()


def _index() -> str:
    return "\n".join([
        "# Reference", "", "Written from the program when these pages are built.", "",
        "```{toctree}", ":maxdepth: 1", "",
        "commands", "rules/index", *(name for name, _ in _schemas()), "```", "",
    ])  # fmt: skip


# --- commands ---------------------------------------------------------------------------------


def _commands() -> Iterator[str]:
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    yield from ["# Commands", "", "Results go to stdout, everything else to stderr. Exit codes: 0, done, and"]
    yield from ["nothing at or above `--fail-on` is open; 1, findings, or a trace that does not hold;"]
    yield from ["2, amyqa failed and says what to fix.", ""]
    for name, command in sorted(group.commands.items()):
        context = typer.Context(command, info_name=f"amyqa {name}")
        yield from [f"## amyqa {name}", "", *(command.help or "").strip().splitlines(), ""]
        yield from ["```text", context.get_usage().removeprefix("Usage: "), "```", ""]
        records = [r for p in command.get_params(context) if (r := _parameter(p, context))]
        yield from _table(("argument or option", "what it does"), records)
        if command.epilog:
            example = command.epilog.partition("Example:")[2].strip() or command.epilog
            yield from ["Example:", "", "```text", example, "```", ""]


def _parameter(parameter: Any, context: typer.Context) -> tuple[str, str] | None:
    if isinstance(parameter, TyperArgument):
        return f"`{parameter.metavar or parameter.name.upper()}`", getattr(parameter, "help", "") or ""
    record = parameter.get_help_record(context)
    return (f"`{record[0]}`", record[1]) if record else None


# --- rules ------------------------------------------------------------------------------------


def _rules() -> Iterator[str]:
    yield from [
        "# Rules",
        "",
        "The whole vocabulary, with the code and level of each rule in the list of the",
    ]
    yield from ["European Statistical System.", ""]
    rows = [(f"[{r.name}]({r.name}.md)", r.ess, r.level, r.done_by, r.title) for r in RULES]
    yield from _table(("rule", "ESS", "level", "done by", "what holds"), rows)
    yield from ["## The 21 types of the European Statistical System", ""]
    by_code: dict[str, list[str]] = {}
    for rule in RULES:
        by_code.setdefault(rule.ess, []).append(f"[{rule.name}]({rule.name}.md)")
    types = [(t.code, t.meaning, t.level, ", ".join(by_code.get(t.code, ()))) for t in TYPES]
    yield from _table(("code", "what holds", "level", "rules"), types)
    yield from ["```{toctree}", ":hidden:", "", *(rule.name for rule in RULES), "```", ""]


def _rule(rule: Rule) -> Iterator[str]:
    yield from [f"# {rule.name}", "", f"{rule.title[:1].upper()}{rule.title[1:]}.", ""]
    yield f"ESS type {rule.ess}, level {rule.level}; done by {rule.done_by}."
    if rule.expectation:
        yield from ["", f"In a suite: `{rule.expectation}`."]
    if rule.check:
        yield from ["", f"In a schema: `pa.Check.{rule.check}`."]
    yield ""
    given = [p for p in rule.parameters if not p.bound]
    yield from _table(("parameter", "holds", "default", "what it is"), [_argument(p) for p in given])
    yield from [*(inspect.getdoc(inspect.getmodule(rule.tell)) or "").splitlines()[2:], ""]
    for passes, heading in ((True, "Passes"), (False, "Fails")):
        for case in _cases(rule):
            if case["passes"] is passes:
                yield from [f"## {heading}: {case['title']}", "", *_case(case)]


def _argument(parameter: Parameter) -> tuple[str, str, str, str]:
    default = (
        "required" if parameter.required else "" if parameter.default is None else f"{parameter.default}"
    )
    choices = f" ({', '.join(parameter.choices)})" if parameter.choices else ""
    source = f"; {parameter.source}" if parameter.source else ""
    return f"`{parameter.name}`", parameter.kind, default, f"{parameter.about}{choices}{source}"


def _cases(rule: Rule) -> list[dict[str, Any]]:
    file = CASES / f"{rule.name}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))["cases"] if file.exists() else []


def _case(case: Mapping[str, Any]) -> Iterator[str]:
    for id, table in case.get("tables", {}).items():
        yield from [f"`data/{id}.csv`", "", *_fence("text", table.get("csv", ""))]
        if spec := table.get("spec"):
            yield from [
                f"`data/{id}.yaml`",
                "",
                *_fence("yaml", spec if isinstance(spec, str) else _yaml(spec)),
            ]
    if suite := case.get("suite"):
        yield from ["In the suite:", "", *_fence("yaml", _yaml(suite))]
    schema = case.get("schema", "")
    if "\n" in schema:
        yield from ["In the schema:", "", *_fence("python", schema)]
    elif schema:
        yield from [f"The schema is that of the family `{schema}`.", ""]
    for key, words in (
        ("finding", "amyqa says:"),
        ("error", "amyqa refuses it:"),
        ("not_evaluated", "It is listed as not evaluated:"),
    ):
        if said := case.get(key):
            yield from [words, "", *_fence("text", "\n".join([said] if isinstance(said, str) else said))]


# --- file formats -----------------------------------------------------------------------------


def _schemas() -> Iterator[tuple[str, str]]:
    for name, schema in KINDS.items():
        content = schema()
        lines = [f"# {content['title'].partition(':')[0]}", "", *_sentence(content), ""]
        lines += [f"`amyqa schema {name}` prints it as a JSON Schema, for editors and other programs.", ""]
        rows = [(f"`{key}`", kind, about) for key, kind, about in _keys(content, content)]
        lines += [*_table(("key", "holds", "what it is"), rows)]
        whole = json.dumps(content, indent=1, ensure_ascii=False)
        lines += ["## The whole JSON Schema", "", *_fence("json", whole)]
        yield f"{name}-format", "\n".join(lines)


def _sentence(schema: Mapping[str, Any]) -> list[str]:
    told = schema.get("description") or schema["title"].partition(":")[2].strip()
    return [f"{told[:1].upper()}{told[1:]}".rstrip(".") + "."] if told else []


def _keys(
    schema: Mapping[str, Any], whole: Mapping[str, Any], path: str = "", depth: int = 0
) -> Iterator[tuple[str, str, str]]:
    """Key paths, what each holds, and what it is; three levels deep, lists as ``key[]``."""
    for key, value in schema.get("properties", {}).items():
        found = _resolved(value, whole)
        about = str(value.get("description") or found.get("description") or "")
        kind, inner, name = _kind(found, whole), found, f"{path}{key}"
        if kind.startswith("list") and "items" in found:
            inner, name = _resolved(found["items"], whole), f"{name}[]"
        yield name, kind, about
        if depth < 2:
            yield from _keys(inner, whole, f"{name}.", depth + 1)


def _resolved(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema itself, where another is referred to; the last of several, which is its full form."""
    if "$ref" in schema:
        return _resolved(whole["$defs"][schema["$ref"].rpartition("/")[2]], whole)
    if "anyOf" in schema and "type" not in schema:
        return _resolved(
            {**schema["anyOf"][-1], **{k: v for k, v in schema.items() if k == "description"}}, whole
        )
    return schema


def _kind(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    kinds = schema.get("type", "")
    if isinstance(kinds, list):
        return "word" if set(kinds) == {"string", "number", "boolean"} else " or ".join(kinds)
    if kinds == "array":
        return f"list of {_kind(_resolved(schema.get('items', {}), whole), whole) or 'anything'}"
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    return {"object": "mapping", "string": "word"}.get(kinds, str(kinds))


# --- Markdown ---------------------------------------------------------------------------------


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    if not rows:
        return []
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [
        f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in row)} |"
        for row in rows
    ]
    return [*lines, ""]


def _fence(language: str, text: str) -> list[str]:
    return [f"````{language}", text.rstrip("\n"), "````", ""]


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=88)
