"""The notebooks show what they would show if they were run now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import notebooks


@pytest.mark.parametrize("path", sorted(notebooks.HOW_TO.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_notebook_shows_what_it_says(path: Path) -> None:
    notebook = notebooks.read(path)
    kept = [
        cell["outputs"][0]["data"] if cell["outputs"] else {}
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    for shown, said in zip(notebooks.run(notebook), kept, strict=True):
        assert "".join(shown.get("text/plain", ())) == "".join(said.get("text/plain", ()))
        assert len("".join(said.get("text/html", ()))) < 8_000


def test_five_lines_lead_to_a_located_misprint() -> None:
    [first, *_] = [c for c in notebooks.read(notebooks.HOW_TO / "check-a-data-frame.ipynb")["cells"]
                   if c["cell_type"] == "code"]  # fmt: skip
    assert len(first["source"]) == 5
    assert first["source"][0].startswith("%pip install")
    told = "".join(first["outputs"][0]["data"]["text/plain"])
    assert "2015, Total: printed 438, its parts sum to 483" in told
    assert "<ins>4<b>83</b></ins>" in "".join(first["outputs"][0]["data"]["text/html"])
