"""Workers received, by year, origin and sex."""

import pandera.pandas as pa

import amyqa.pandera  # noqa: F401  registers the checks

schema = pa.DataFrameSchema(
    name="origins",
    columns={
        "year": pa.Column(str),
        "sex": pa.Column(str, pa.Check.isin(["total", "male", "female"])),
        "OBS_VALUE": pa.Column("Int64", nullable=True),
    },
    checks=[pa.Check.unique_keys()],
)
