"""Small pieces of the HTML page, kept as files beside this one, to see what a change does to them.

After a change that is meant, ``AMYQA_UPDATE_SNAPSHOTS=1 pytest tests/reports/test_html_snapshots.py``
writes them anew; the diff is then read like any other.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent


def kept(name: str, text: str) -> str:
    """What the file `name` holds; it is written first where that is asked for."""
    path = FOLDER / name
    if os.environ.get("AMYQA_UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    return path.read_text(encoding="utf-8")
