"""How Sphinx builds these pages: ``make docs``. The reference is written from the program first."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import reference  # noqa: E402  (found by the path above)

import amyqa  # noqa: E402

project = "amyqa"
author = "the amyqa authors"
release = version = amyqa.__version__
extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["examples/**"]
nitpicky = True
html_theme = "furo"
html_title = f"amyqa {release}"
html_copy_source = False

reference.write(HERE / "reference")
