"""How long amyqa takes to start and to check a yearbook, measured against its own libraries.

    python benchmarks/startup.py [YEARBOOK] [--repeat N]

Seconds depend on the machine, ratios hardly do, so goals are ratios. Every command runs in a new
process, in turn with the others (a machine that slows down slows all of them), and the median
counts. One round of warm-up comes first, and byte code is cached, as on a user's machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAIN = "from amyqa.cli import main; main()"


def commands(yearbook: str) -> dict[str, list[str]]:
    amyqa = [sys.executable, "-c", MAIN]
    check = [*amyqa, "check", yearbook, "--fail-on", "never"]
    return {
        "import typer": [sys.executable, "-c", "import typer"],
        "import great_expectations": [sys.executable, "-c", "import great_expectations"],
        "amyqa --help": [*amyqa, "--help"],
        "amyqa check --engine duckdb": [*check, "--engine", "duckdb"],
        "amyqa check": check,
    }


# command, measured against, most it may take
GOALS = (
    ("amyqa --help", "import typer", 3.0),
    ("amyqa check --engine duckdb", "import great_expectations", 0.5),
    ("amyqa check", "import great_expectations", 1.6),
)


def child_environment(cache: str) -> dict[str, str]:
    """Byte code goes to a folder of the run, so that nobody's tree or setting plays a part."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    path = [str(ROOT), *filter(None, [environment.get("PYTHONPATH")])]
    return environment | {"PYTHONPATH": os.pathsep.join(path), "PYTHONPYCACHEPREFIX": cache}


def seconds(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    ran = subprocess.run(command, env=environment, capture_output=True, text=True)
    elapsed = time.perf_counter() - start
    if ran.returncode:
        sys.exit(f"{' '.join(command)} ended with {ran.returncode}:\n{ran.stderr}")
    return elapsed


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("yearbook", nargs="?", default=str(ROOT), help="folder (default: the repository)")
    parser.add_argument("--repeat", type=int, default=7, help="rounds after the warm-up (default: 7)")
    asked = parser.parse_args()

    runs = commands(asked.yearbook)
    times: dict[str, list[float]] = {name: [] for name in runs}
    with tempfile.TemporaryDirectory() as cache:
        environment = child_environment(cache)
        for turn in range(asked.repeat + 1):
            for name, command in runs.items():
                elapsed = seconds(command, environment)
                if turn:  # the first round warms up
                    times[name].append(elapsed)

    medians = {name: statistics.median(taken) for name, taken in times.items()}
    print(f"{'seconds, median of ' + str(asked.repeat):<32}{'median':>8}{'fastest':>9}{'slowest':>9}")
    for name, taken in times.items():
        print(f"{name:<32}{medians[name]:>8.3f}{min(taken):>9.3f}{max(taken):>9.3f}")

    print(f"\n{'ratio':<58}{'is':>6}{'goal':>6}")
    missed = 0
    for name, against, goal in GOALS:
        ratio = medians[name] / medians[against]
        missed += ratio > goal
        print(f"{name + ' / ' + against:<58}{ratio:>6.2f}{goal:>6.1f}{'' if ratio <= goal else '  missed'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
