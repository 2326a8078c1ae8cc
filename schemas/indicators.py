"""Annual indicators: one row for each indicator, one column for each year."""

import pandera.pandas as pa

import amyqa.pandera  # noqa: F401  registers the checks

YEAR = r"^(18|19|20)\d\d(\D.*)?$"

# The form of the 2005 yearbook. A table with less than half of its rows has another form, and owes none.
INDICATORS = [
    "Population (million; mid-year estimate)",
    "% population below poverty line",
    "% population living in rural areas",
    "Economic growth: real GDP (%)",
    "Per capita GDP (US$)",
    "Per capita GDP: purchasing power parity (US$)",
    "Inflation rate: CPI (%; annual ave.); capital city only",
    "Exchange rate (KHR per US$; annual ave.)",
    "International reserves (US$ million; yearend)",
    "Foreign direct investments: actual (US$ million; yearend)",
    "Trade balance (US$ million; yearend)",
    "Foreign (total external) debt (US$ billion; yearend)",
    "Foreign (total external) debt as % of GNP",
    "Budget balance (US$; yearend)",
    "Budget deficit as % of GDP",
    "Labor force (million)",
    "Women as % of labor force",
    "Number unemployed",
    "Unemployment rate (% of labor force)",
    "Underemployment rate (% labor force)",
    "Women unemployment rate (% of labor force)",
    "Average income: urban (US$/month)",
    "Average income: women (US$/month)",
    "Adult literacy rate (% of age 15 & above who can read/write)",
    "Net migration rate (net # of migrants per 1,000 popn)",
    "Annual outflow/deployment of MWs",
    "% women in the annual outflow",
    "Annual inflow of MWs",
    "% women in the annual inflow",
    "Annual migrants’ remittance (US$ billion/yr)",
    "Reported # of migrant deaths during the year",
    "Estimated # deported during the year",
    "Jailed/detained during the year",
    "HIV/AIDS adult prevalence rate (adult PLHA as % of adult popn)",
    "# People living with HIV/AIDS (thousand)",
    "# AIDS deaths during the year (adults+children)",
    "Cumulative #: HIV/AIDS cases among migrants (living+died)",
]

schema = pa.DataFrameSchema(
    name="indicators",
    columns={
        "indicator": pa.Column(str, pa.Check.str_length(min_value=1)),
        "year": pa.Column(str, pa.Check.str_matches(YEAR)),
        "OBS_VALUE": pa.Column("Int64", nullable=True),
    },
    checks=[
        pa.Check.unique_keys(),
        pa.Check.expected_codes(dimension="indicator", codes=INDICATORS, least=0.5, severity="warning"),
    ],
)
