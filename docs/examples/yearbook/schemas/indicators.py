"""Annual indicators: one row for each, one column for each year."""

import pandera.pandas as pa

import amyqa.pandera  # noqa: F401  registers the checks

schema = pa.DataFrameSchema(
    name="indicators",
    columns={
        "indicator": pa.Column(str),
        "year": pa.Column(str),
        "OBS_VALUE": pa.Column("Int64", nullable=True),
    },
    checks=[pa.Check.unique_keys()],
)
