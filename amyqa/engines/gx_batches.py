"""A batch of Great Expectations as a frame: pandas as it is, SQL and Spark fetched where that is small."""

from __future__ import annotations

from typing import Any

import pandas as pd
from great_expectations.core.metric_domain_types import MetricDomainTypes

from amyqa.errors import BadRule, Problem

MOST_FETCHED = 500_000
"""So many rows are fetched from a database or a cluster."""


def pandas_batch(execution_engine: Any, domain: Any) -> pd.DataFrame:
    """The rows of a pandas batch that `row_condition` picks."""
    data: pd.DataFrame = execution_engine.get_compute_domain(domain, MetricDomainTypes.TABLE)[0]
    return data


def sql_batch(execution_engine: Any, domain: Any) -> pd.DataFrame:
    """The rows of a table or query; the database picks those of `row_condition`.

    Raises:
        BadRule: they are too many to be fetched.
    """
    import sqlalchemy as sa

    rows = execution_engine.get_domain_records(domain_kwargs=domain)
    if not isinstance(rows, sa.Subquery | sa.Table):
        rows = rows.subquery() if hasattr(rows, "subquery") else rows
    [(number,)] = execution_engine.execute_query(sa.select(sa.func.count()).select_from(rows)).fetchall()
    _refuse(number)
    result = execution_engine.execute_query(sa.select(sa.text("*")).select_from(rows))
    names = [str(name) for name in result.keys()]  # noqa: SIM118  # no mapping
    fetched = [tuple(row) for row in result.fetchall()]
    return pd.DataFrame({n: pd.Series([r[i] for r in fetched], dtype=object) for i, n in enumerate(names)})


def spark_batch(execution_engine: Any, domain: Any) -> pd.DataFrame:
    """The rows of a Spark frame; the cluster picks those of `row_condition`.

    Raises:
        BadRule: they are too many to be fetched.
    """
    data = execution_engine.get_domain_records(domain_kwargs=domain)
    _refuse(data.count())
    fetched = [tuple(row) for row in data.collect()]
    return pd.DataFrame(
        {name: pd.Series([row[i] for row in fetched], dtype=object) for i, name in enumerate(data.columns)}
    )


def _refuse(rows: int) -> None:
    if rows > MOST_FETCHED:
        message = f"the batch has {rows:,} rows, more than the {MOST_FETCHED:,} that are fetched"
        raise BadRule([Problem(message, "pick some with row_condition=, or split the asset into batches")])
