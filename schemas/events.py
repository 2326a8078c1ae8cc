"""Events: a chronicle with a year, mostly a month, sometimes a day."""

import pandera.pandas as pa

import amyqa.pandera  # noqa: F401  registers the checks

schema = pa.DataFrameSchema(
    name="events",
    columns={
        "year": pa.Column(str, pa.Check.str_matches(r"^\d{4}$")),
        "month": pa.Column(str, nullable=True, required=False),
        "day": pa.Column(str, nullable=True, required=False),
        "text": pa.Column(str, pa.Check.str_length(min_value=1)),
    },
    checks=[pa.Check.calendar_days(), pa.Check.within_period(), pa.Check.in_order()],
)
