"""A process that writes decisions one by one, and says of each when it is kept."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from amyqa.decisions import store
from tests.decisions.builder import decision, yearbook


def main(root: str, first: str, last: str) -> None:
    for number in range(int(first), int(last)):
        store.write(yearbook(Path(root)), [decision(number)])
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        time.sleep(0.015)  # the other one's turn: who lets go of a lock is the first to have it again


if __name__ == "__main__":
    main(*sys.argv[1:])
