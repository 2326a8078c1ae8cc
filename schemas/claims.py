"""Claims: figures the text gives for something that a table prints too."""

import pandera.pandas as pa

import amyqa.pandera  # noqa: F401  registers the checks

schema = pa.DataFrameSchema(
    name="claims",
    columns={
        "text": pa.Column(str, pa.Check.str_length(min_value=1)),
        "table": pa.Column(str),
        "row": pa.Column(str),
        "column": pa.Column(str),
        "relation": pa.Column(str, pa.Check.isin(["=", "<=", ">="]), required=False),
        "measure": pa.Column(str, pa.Check.isin(["", "flow", "stock"]), required=False),
        "OBS_VALUE": pa.Column("Int64"),
    },
)
