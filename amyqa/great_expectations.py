"""amyqa's expectations for anybody's GX suite: importing this module registers them.

>>> import great_expectations as gx
>>> from amyqa.great_expectations import EXPECTATIONS
>>> Totals = EXPECTATIONS["expect_totals_to_equal_the_sum_of_their_parts"]
>>> expectation = Totals(dimension="sex", total="total", parts=["male", "female"], value="persons")

They run on pandas batches: tidy frames, one row a number, `value` naming the column of numbers.
"""

from amyqa.engines.expectations import EXPECTATIONS, METRICS

__all__ = ["EXPECTATIONS", "METRICS"]
