"""amyqa's checks for anybody's Pandera schema: importing this module registers them.

>>> import pandera.pandas as pa
>>> import amyqa.pandera
>>> check = pa.Check.totals(dimension="sex", total="total", parts=["male", "female"], value="persons")

On a tidy frame (one row a number) the check says False for every row of a broken identity.
"""

from amyqa.engines.schema import run_schema
from amyqa.engines.schemafile import load_schema
from amyqa.engines.tidy import observed

__all__ = ["load_schema", "observed", "run_schema"]
