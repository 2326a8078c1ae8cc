"""Our expectations in anybody's GX context: on pandas, SQL and Spark, in checkpoints and Data Docs."""

from __future__ import annotations

import gc
import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import great_expectations as gx
import numpy as np
import pandas as pd
import pandera.pandas as pa
import pytest

import amyqa
import amyqa.pandera  # registers the checks
from amyqa.engines.gx_classes import EXPECTATIONS, class_name
from amyqa.great_expectations import (
    ExpectTotalsToEqualTheSumOfTheirParts,
    ExpectValuesToBeInRange,
)
from amyqa.rules.vocabulary import BY_EXPECTATION
from tests.engines import stubs

BROKEN = "2016: total 95; male 44 + female 15 = 59; 36 too many"


def catches() -> pd.DataFrame:
    """Boats by year and sex of their owners; 2016 does not add up, of 2017 a part is unknown."""
    numbers = [80, 50, 30, 95, 44, 15, 61, None, 20, 70, 40, 30]
    return pd.DataFrame(
        {
            "year": [str(2015 + i // 3) for i in range(12)],
            "sex": ["total", "male", "female"] * 4,
            "boats": pd.array(numbers, dtype="Int64"),
        }
    )


def sums(**more: Any) -> ExpectTotalsToEqualTheSumOfTheirParts:
    given = {"dimension": "sex", "total": "total", "parts": ["male", "female"], "value": "boats"}
    return ExpectTotalsToEqualTheSumOfTheirParts(**{**given, **more})


def pandas_batch(context: Any, frame: pd.DataFrame) -> Any:
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("boats")
    return asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": frame})


def sqlite_batch(context: Any, frame: pd.DataFrame, folder: Path) -> Any:
    file = folder / "boats.db"
    with sqlite3.connect(file) as connection:
        frame.astype(object).where(frame.notna(), None).to_sql("boats", connection, index=False)
    asset = context.data_sources.add_sqlite("lite", connection_string=f"sqlite:///{file}").add_table_asset(
        "boats", table_name="boats"
    )
    return asset.add_batch_definition_whole_table("all").get_batch()


@pytest.fixture
def context() -> Any:
    return gx.get_context(mode="ephemeral")


@pytest.fixture(params=["pandas", "sqlite"])
def batch(request: Any, context: Any, tmp_path: Path) -> Any:
    if request.param == "pandas":
        return pandas_batch(context, catches())
    pytest.importorskip("sqlalchemy")
    return sqlite_batch(context, catches(), tmp_path)


def test_a_broken_sum_is_told_with_its_arithmetic_on_any_batch(batch: Any) -> None:
    found = batch.validate(sums(), result_format="COMPLETE")
    assert not found.success
    assert found.result["element_count"] == 4
    assert found.result["unexpected_count"] == 1
    assert found.result["missing_count"] == 1
    assert found.result["unexpected_percent"] == pytest.approx(100 / 3)
    assert found.result["partial_unexpected_list"] == [BROKEN]
    assert found.result["unexpected_index_list"] == [3, 4, 5]


def test_mostly_is_the_share_of_evaluated_sums_that_hold(batch: Any) -> None:
    assert batch.validate(sums(mostly=0.6)).success
    assert not batch.validate(sums(mostly=0.7)).success
    refused = batch.validate(sums(mostly=1.5))
    assert not refused.success
    assert "is no share" in str(refused.exception_info)


def test_a_row_condition_picks_the_rows(batch: Any) -> None:
    from great_expectations.expectations.row_conditions import Column

    assert batch.validate(sums(row_condition=Column("year") != "2016")).success
    assert not batch.validate(sums(row_condition=Column("year") == "2016")).success


def test_more_rows_than_are_fetched_are_refused_in_a_sentence(
    context: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlalchemy")
    monkeypatch.setattr("amyqa.engines.gx_batches.MOST_FETCHED", 5)
    refused = sqlite_batch(context, catches(), tmp_path).validate(sums())
    assert not refused.success
    assert "the batch has 12 rows, more than the 5 that are fetched" in str(refused.exception_info)


def test_a_result_says_only_as_much_as_is_asked_for(context: Any) -> None:
    batch = pandas_batch(context, catches())
    assert batch.validate(sums(), result_format="BOOLEAN_ONLY").result == {}
    assert "unexpected_index_list" not in batch.validate(sums()).result


def test_every_expectation_has_a_class_of_its_name_and_types() -> None:
    import amyqa.great_expectations as ours

    for expectation, rule in BY_EXPECTATION.items():
        assert getattr(ours, class_name(rule)) is EXPECTATIONS[expectation]
    assert issubclass(ExpectValuesToBeInRange, ours.RuleExpectation)
    assert stubs.FILE.read_text(encoding="utf-8") == stubs.written(), "run python -m tests.engines.stubs"


def test_a_checkpoint_builds_data_docs_that_can_be_read(tmp_path: Path) -> None:
    context = gx.get_context(mode="file", project_root_dir=tmp_path)
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("boats")
    whole = asset.add_batch_definition_whole_dataframe("all")
    suite = context.suites.add(gx.ExpectationSuite(name="boats", expectations=[sums()]))
    validation = context.validation_definitions.add(
        gx.ValidationDefinition(name="boats", data=whole, suite=suite)
    )
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(
            name="print",
            validation_definitions=[validation],
            actions=[gx.checkpoint.UpdateDataDocsAction(name="docs")],
        )
    )
    assert not checkpoint.run({"dataframe": catches()}).success
    pages = [page.read_text(encoding="utf-8") for page in tmp_path.rglob("*.html")]
    told = [page for page in pages if BROKEN in page]
    assert told, "the broken sum is on no page"
    assert any("total = male + female, along sex, in boats" in page for page in pages)
    assert any("1 of 4 broken, 1 not evaluated" in page for page in told)
    assert not any("expect_totals_to_equal_the_sum_of_their_parts(**" in page for page in pages)


# --- a real server ---


def _close_lines() -> None:
    """Close the connections that a context keeps, here and not in whichever test collects them."""
    import sqlalchemy

    for each in gc.get_objects():
        if type(each) is sqlalchemy.engine.Engine:
            each.dispose()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def postgresql(tmp_path_factory: Any) -> Iterator[str]:
    """The address of a PostgreSQL of this test's own, in a temporary folder, run by nobody special."""
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("pg8000", reason="pg8000 is not installed")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("there is no PostgreSQL on this machine")
    folder = Path(tempfile.mkdtemp(prefix="amyqa-pg-"))
    as_user: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to be run by root
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data, home = folder / "data", found[-1].parent
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet: dict[str, Any] = {"cwd": folder, "capture_output": True, "timeout": 60, **as_user}
    made = subprocess.run([home / "initdb", "-D", data, "-U", "amyqa", "-A", "trust", "-N"], **quiet)
    assert made.returncode == 0, made.stderr
    server = subprocess.Popen(
        [home / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1", "-F"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **as_user,
    )  # fmt: skip
    try:
        while subprocess.run([home / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], **quiet).returncode:
            assert server.poll() is None, "the server does not start"
        yield f"postgresql+pg8000://amyqa@127.0.0.1:{port}/postgres"
    finally:
        _close_lines()
        server.send_signal(signal.SIGINT)  # without waiting for those who are connected
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_table_of_postgresql_is_judged_as_a_frame_is(postgresql: str, context: Any) -> None:
    import sqlalchemy as sa

    frame = catches()
    with sa.create_engine(postgresql).begin() as connection:
        connection.execute(sa.text("CREATE TABLE boats (year text, sex text, boats numeric(10, 0))"))
        known = frame.astype(object).where(frame.notna(), None)
        rows = [{str(key): item for key, item in row.items()} for row in known.to_dict("records")]
        connection.execute(sa.text("INSERT INTO boats VALUES (:year, :sex, :boats)"), rows)
    source = context.data_sources.add_postgres("pg", connection_string=postgresql)
    asset = source.add_table_asset("boats", table_name="boats")
    found = asset.add_batch_definition_whole_table("all").get_batch().validate(sums())
    assert found.result["partial_unexpected_list"] == [BROKEN]
    assert found.result["missing_count"] == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of Spark's own sockets
def test_a_spark_frame_is_judged_as_a_frame_is(context: Any) -> None:
    pyspark = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    if shutil.which("java") is None:
        pytest.skip("there is no Java on this machine")
    spark = pyspark.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").getOrCreate()
    try:
        frame = catches()
        rows = [tuple(None if pd.isna(item) else item for item in row) for row in frame.astype(object).values]
        data = spark.createDataFrame(rows, "year string, sex string, boats long")
        asset = context.data_sources.add_spark("spark").add_dataframe_asset("boats")
        batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": data})
        found = batch.validate(sums())
        assert found.result["partial_unexpected_list"] == [BROKEN]
        assert found.result["missing_count"] == 1
    finally:
        spark.stop()


# --- everywhere the same ---


def tables(number: int) -> list[pd.DataFrame]:
    """Generated tables, tidy: nine years by sex, some with broken sums."""
    rng = np.random.default_rng(20)
    made = []
    for n in range(number):
        parts = rng.integers(100, 5_000, (9, 2))
        totals = parts.sum(axis=1)
        for row in rng.choice(9, rng.integers(0, 3), replace=False):
            totals[row] += rng.choice([-900, -45, 7, 36, 1_000])
        made.append(
            pd.DataFrame(
                {
                    "table": f"T{n}",
                    "year": np.repeat([str(2001 + i) for i in range(9)], 3),
                    "sex": ["total", "male", "female"] * 9,
                    "boats": np.column_stack([totals, parts]).ravel(),
                }
            )
        )
    return made


# so many objects that lines which other tests left open are collected here
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("number", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_frames_pandera_and_great_expectations_find_the_same(
    number: int, context: Any, tmp_path: Path
) -> None:
    pytest.importorskip("sqlalchemy")
    every = tables(number)
    checked = {
        (frame["table"].iloc[0], finding.where["row"])
        for frame in every
        for finding in amyqa.check(frame[["year", "sex", "boats"]], value="boats", rows="year").findings
    }
    together = pd.concat(every, ignore_index=True)
    expectation = sums(by=["table", "year"])
    for batch in (pandas_batch(context, together), sqlite_batch(context, together, tmp_path)):
        told = batch.validate(expectation, result_format="COMPLETE").result["unexpected_list"]
        assert {tuple(each.partition(":")[0].split(", ")) for each in told} == checked
    check = pa.Check.totals(
        dimension="sex", total="total", parts=["male", "female"], value="boats", by=["table", "year"]
    )
    with pytest.raises(pa.errors.SchemaErrors) as failed:
        pa.DataFrameSchema(checks=[check]).validate(together, lazy=True)
    rows = together.iloc[failed.value.failure_cases["index"].unique().astype(int)]
    assert set(zip(rows["table"], rows["year"], strict=True)) == checked
