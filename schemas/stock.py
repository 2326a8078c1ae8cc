"""Stock: migrants abroad or in the country at a date, by visa status, sex and place.

The print's partitions (visa status, sex, first places) share one column, so that a table states its
sums as formulas.
"""

import pandera.pandas as pa

import amyqa.pandera  # noqa: F401  registers the checks

SEXES = ["total", "male", "female", "intersex", "not stated"]

schema = pa.DataFrameSchema(
    name="stock",
    columns={
        "sex": pa.Column(str, pa.Check.isin(SEXES), required=False),
        "OBS_VALUE": pa.Column("Int64", nullable=True),
    },
    checks=[
        pa.Check.unique_keys(),
        pa.Check.totals(
            dimension="sex", total="total", parts=["male", "female"], optional=["intersex", "not stated"]
        ),
    ],
)
