"""General: any table whose YAML says how it adds up; nothing else is taken for granted."""

import pandera.pandas as pa

import amyqa.pandera  # noqa: F401  registers the checks

schema = pa.DataFrameSchema(
    name="general",
    columns={"OBS_VALUE": pa.Column("Int64", nullable=True)},
    checks=[pa.Check.unique_keys()],
)
