"""Deployment: people sent to work abroad, by year, sector and sex.

The structure of the family: code lists, keys, and what follows from the code list of sex itself.
A table need not have every dimension; sectors are its own.
"""

import pandera.pandas as pa

import amyqa.pandera  # noqa: F401  registers the checks

SEXES = ["total", "male", "female", "intersex", "not stated"]
# a year, a range of years or a part of a year; or a name without digits, for a total row: not "(no label)"
YEAR = r"^((18|19|20)\d\d(\D.*)?|[^\d(]\D*)$"

schema = pa.DataFrameSchema(
    name="deployment",
    columns={
        "year": pa.Column(str, pa.Check.str_matches(YEAR), required=False),
        "sector": pa.Column(str, pa.Check.str_length(min_value=1), required=False),
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
