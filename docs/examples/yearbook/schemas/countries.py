"""Workers sent, by year and country."""

import pandera.pandas as pa

import amyqa.pandera  # noqa: F401  registers the checks

schema = pa.DataFrameSchema(
    name="countries",
    columns={
        "year": pa.Column(str),
        "OBS_VALUE": pa.Column("Int64", nullable=True),
    },
    checks=[pa.Check.unique_keys()],
)
