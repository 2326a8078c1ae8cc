"""What a stranger reads when a file is wrong: what, where and how to mend it, word for word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from amyqa import pipeline
from amyqa.errors import AmyqaError
from tests.yearbooks import problems_of

DATA = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))
CASES: dict[str, dict[str, Any]] = DATA["cases"]
CSV, YAML = "data/t.csv", "data/t.yaml"


def write(root: Path, case: dict[str, Any]) -> None:
    files: dict[str, str | None] = {**DATA["base"], **case.get("files", {})}
    for old, new in case.get("instead", {}).items():
        file = YAML if old in DATA["base"][YAML] else CSV
        assert old in (files[file] or "")
        files[file] = str(files[file]).replace(old, new)
    files[YAML] = None if files[YAML] is None else f"{files[YAML]}{case.get('more', '')}"
    for name in ("data", "schemas", "checks"):
        (root / name).mkdir()
    for name, text in files.items():
        if text is not None:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_wrong_file_is_told_word_for_word(tmp_path: Path, case: dict[str, Any]) -> None:
    write(tmp_path, case)
    try:
        failures = pipeline.check([tmp_path], "duckdb").failures
        told = [str(problem) for failure in failures for problem in failure.problems]
    except AmyqaError as error:
        told = problems_of(error)
    assert told == case["told"]


def test_the_base_of_the_cases_is_right(tmp_path: Path) -> None:
    write(tmp_path, {})
    assert pipeline.check([tmp_path], "duckdb").findings == ()


@pytest.mark.parametrize("message", sorted({told for case in CASES.values() for told in case["told"]}))
def test_a_message_says_where_and_how_to_mend_it_in_one_breath(message: str) -> None:
    assert re.match(r"(data|checks|schemas)/[\w./]+(:\d+)?(:\d+)?: ", message)
    assert message.endswith((")", "?")) or re.search(
        r"as in | as [\[{]|first line is 1|needs min|true or false", message
    )
    assert len(message) < 300
    assert "\n" not in message
    assert not re.search(r"Error\b.*Error\b|<class|object at|NoneType|KeyPath|pydantic", message)
