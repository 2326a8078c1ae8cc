"""Cubes out of core: time and memory beside hand-written SQL, from 1e5 observations up.

Each measurement is a process of its own, so that its peak of memory is its own. Process start and imports are
left out of the times. ``python benchmarks/cubes.py [observations] [--broken SHARE]``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

SPEC = """\
title: Observations of a benchmark
family: general
dimensions:
  sex: {column: SEX, total: T}
  age: {column: AGE, total: ALL}
  area: AREA
  year: TIME
value: OBS_VALUE
"""
_AGES, _YEARS = 20, 20

# The same treatment of what is nil and what is missing: an unknown part leaves its sum unknown, and only
# where the known ones exceed the total is it broken all the same.
HAND = """
SELECT COUNT(*) FILTER (WHERE n = {size} AND known = n AND total <> parts
        OR (n < {size} OR known < n) AND total < parts),
    COUNT(*) FILTER (WHERE n = {size} AND known = n), COUNT(*)
FROM (
    SELECT COUNT(*) AS n, COUNT(OBS_VALUE) AS known, SUM(OBS_VALUE) FILTER (WHERE {total}) AS total,
        SUM(OBS_VALUE) FILTER (WHERE NOT {total}) AS parts, COUNT(*) FILTER (WHERE {total}) AS tops
    FROM read_parquet('{file}') GROUP BY {others}
) WHERE tops > 0 AND n > 1
"""
ALONG = {
    "sex": ("SEX = 'T'", "AGE, AREA, TIME", 3),
    "age": ("AGE = 'ALL'", "SEX, AREA, TIME", _AGES + 1),
}


def write(folder: Path, observations: int, broken: float) -> Path:
    """A yearbook with one cube that adds up by sex and by age, but for cells with digits swapped."""
    data = folder / "data" / "2024" / "bench"
    data.mkdir(parents=True)
    (data / "cube.yaml").write_text(SPEC, "utf-8")
    areas = max(1, observations // (3 * (_AGES + 1) * _YEARS))
    wrong = f"hash(r, y, a) % 100000 < {int(broken * 100_000)}"
    with duckdb.connect() as connection:
        connection.execute(f"SET temp_directory = '{folder / 'spilled'}'")
        connection.execute(
            f"""COPY (
            WITH leaves AS (
                SELECT r, y, a, CAST(hash(r, y, a) % 9000 + 1000 AS BIGINT) AS m,
                    CAST(hash(a, y, r) % 9000 + 1000 AS BIGINT) AS f
                FROM range({areas}) t1(r), range({_YEARS}) t2(y), range({_AGES}) t3(a)
            ), ages AS (
                SELECT r, y, a, m, f FROM leaves
                UNION ALL SELECT r, y, -1, CAST(SUM(m) AS BIGINT), CAST(SUM(f) AS BIGINT)
                FROM leaves GROUP BY r, y
            )
            SELECT SEX, CASE WHEN a < 0 THEN 'ALL' ELSE 'A' || a END AS AGE, 'R' || r AS AREA,
                CAST(2000 + y AS VARCHAR) AS TIME,
                CASE WHEN a >= 0 AND {wrong} AND SEX = ['M', 'F', 'T'][1 + CAST(hash(a, r, y) % 3 AS INTEGER)]
                THEN OBS_VALUE // 100 * 100 + OBS_VALUE % 10 * 10 + OBS_VALUE // 10 % 10 ELSE OBS_VALUE END
                AS OBS_VALUE
            FROM (
                SELECT 'M' AS SEX, r, y, a, m AS OBS_VALUE FROM ages
                UNION ALL SELECT 'F', r, y, a, f FROM ages
                UNION ALL SELECT 'T', r, y, a, m + f FROM ages
            ) AS observed ORDER BY r, y, a, SEX
            ) TO '{data / "cube.parquet"}' (FORMAT parquet)"""
        )
    return data / "cube.yaml"


def measured(what: str, path: Path) -> dict[str, float]:
    """Time and memory of one way, in a process of its own."""
    command = [sys.executable, __file__, "--measure", what, "--path", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _hand(path: Path) -> dict[str, float]:
    connection = duckdb.connect(config={"memory_limit": "700MB", "temp_directory": str(path.parent / "hand")})
    start = time.perf_counter()
    found: dict[str, float] = {}
    for name, (total, others, size) in ALONG.items():
        file = path.with_suffix(".parquet")
        sql = HAND.format(file=file, total=total, others=others, size=size)
        [(broken, evaluated, _)] = connection.execute(sql).fetchall()
        found |= {f"broken {name}": broken, f"evaluated {name}": evaluated}
    return {"seconds": time.perf_counter() - start, **found}


def _ours(path: Path, *, whole: bool) -> dict[str, float]:
    from amyqa import pipeline
    from amyqa.cubes import sums

    spent: list[float] = []
    judge = sums.judge

    def timed(*given):
        start = time.perf_counter()
        found = judge(*given)
        spent.append(time.perf_counter() - start)
        return found

    sums.judge = timed
    start = time.perf_counter()
    report = pipeline.check([path], "duckdb")
    seconds = time.perf_counter() - start
    [cube] = report.cubes.values()
    return {
        "seconds": seconds if whole else sum(spent), "broken": cube.broken, "evaluated": cube.evaluated,
        "shown": cube.shown, "diagnosed": sum(len(each.explains) for each in report.diagnoses),
        "located": sum(each.located for each in report.diagnoses),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("observations", type=int, nargs="*", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--broken", type=float, default=0.0)
    parser.add_argument("--measure")
    parser.add_argument("--path", type=Path)
    given = parser.parse_args()
    if given.measure:
        found = (
            _hand(given.path)
            if given.measure == "hand"
            else _ours(given.path, whole=given.measure == "check")
        )
        status = Path("/proc/self/status").read_text("utf-8")  # rusage would count the parent's peak too
        found["megabytes"] = int(status.partition("VmHWM:")[2].split()[0]) / 1000
        print(json.dumps(found))
        return
    versions = f"Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    print(f"{platform.machine()}, {os.cpu_count()} cores, {versions}")
    for observations in given.observations:
        with tempfile.TemporaryDirectory(prefix="amyqa-bench-") as folder:
            path = write(Path(folder), observations, given.broken)
            hand, sums, check = (measured(what, path) for what in ("hand", "sums", "check"))
        print(f"\n{observations:,} observations, {given.broken:.0%} of the sums by sex broken")
        for name, found in (
            ("hand-written SQL", hand),
            ("amyqa, its sums", sums),
            ("amyqa check, whole", check),
        ):
            told = ", ".join(f"{key} {value:,.0f}" for key, value in found.items() if key not in ("seconds",))
            print(
                f"  {name:20} {found['seconds']:8.2f} s  {found['seconds'] / hand['seconds']:6.2f} x  {told}"
            )


if __name__ == "__main__":
    main()
