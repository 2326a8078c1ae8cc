"""Makes docs/report.png: the top of the report of the Cambodia chapter, as a browser shows it.

usage: python docs/picture.py

Needs chromium (or chromium-browser) on the PATH. The report is made anew, so that the picture is of
what the program writes now.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import amyqa
from amyqa.reports.html import render as html

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "report.png"
SIZE = "1280,800"
MAX_BYTES = 300_000


def main() -> None:
    """Check the chapter, and photograph its report."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        sys.exit("no chromium or chromium-browser on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "report.html", Path(folder) / "report.png"
        page.write_text(html.render(amyqa.check(ROOT / "data/2005/cambodia")), encoding="utf-8")
        options = [
            "--headless",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={folder}/profile",
            f"--window-size={SIZE}",
            f"--screenshot={shot}",
        ]
        if sys.platform == "linux":
            options.append("--no-sandbox")  # containers have none; the page is our own
        subprocess.run(  # noqa: S603  # the browser found on the PATH, on our own page
            [browser, *options, page.as_uri()], check=True, capture_output=True, timeout=120
        )
        if shot.stat().st_size > MAX_BYTES:
            sys.exit(f"the picture has {shot.stat().st_size:,} bytes, more than {MAX_BYTES:,}")
        shutil.copy(shot, PICTURE)


if __name__ == "__main__":
    main()
