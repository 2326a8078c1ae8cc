"""amyqa's checks for anybody's Pandera schema: importing this module registers them.

>>> import pandera.pandas as pa
>>> import amyqa.pandera
>>> check = pa.Check.totals(dimension="sex", total="total", parts=["male", "female"], value="persons")

On a tidy frame (one row a number) a broken sum is one failure case, which tells its arithmetic. Schemas of
``pandera.polars`` take the same checks.
"""

from amyqa.engines.schema import run_schema
from amyqa.engines.schemafile import load_schema
from amyqa.engines.tidy import observed

__all__ = ["load_schema", "observed", "run_schema"]
