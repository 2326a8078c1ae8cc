"""Notebooks run in this process, cell by cell, as a kernel would show them.

``python -m tests.docs.notebooks`` writes what the cells of the documentation's notebooks show into them.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"


def read(path: Path) -> dict[str, Any]:
    """A notebook as JSON."""
    notebook: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return notebook


def run(notebook: dict[str, Any]) -> list[dict[str, list[str]]]:
    """What each code cell shows, by kind of content; installing is left out."""
    known: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(line for line in cell["source"] if not line.startswith("%"))
            shown.append(_shown(_value(source, known)))
    return shown


def _value(source: str, known: dict[str, Any]) -> Any:
    """The value of a cell's last expression."""
    parsed = ast.parse(source)
    last = parsed.body[-1] if parsed.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(parsed, "<cell>", "exec"), known)  # noqa: S102  # the documentation's own
        return None
    del parsed.body[-1]
    exec(compile(parsed, "<cell>", "exec"), known)  # noqa: S102
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), known)  # noqa: S307


def _shown(value: Any) -> dict[str, list[str]]:
    if value is None:
        return {}
    found = {"text/plain": repr(value).splitlines(keepends=True)}
    if (html := getattr(value, "_repr_html_", None)) is not None:
        found["text/html"] = html().splitlines(keepends=True)
    return found


def _write(path: Path) -> None:
    notebook = read(path)
    shown = iter(run(notebook))
    for number, cell in enumerate((c for c in notebook["cells"] if c["cell_type"] == "code"), 1):
        data = next(shown)
        output = {"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"}
        cell["execution_count"], cell["outputs"] = number, [output] if data else []
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for each in sorted(HOW_TO.glob("*.ipynb")):
        _write(each)
