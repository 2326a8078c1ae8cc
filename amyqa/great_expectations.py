"""amyqa's expectations for anybody's GX suite: importing this module registers them.

>>> import great_expectations as gx
>>> from amyqa.great_expectations import ExpectTotalsToEqualTheSumOfTheirParts
>>> expectation = ExpectTotalsToEqualTheSumOfTheirParts(
...     dimension="sex", total="total", parts=["male", "female"], value="persons"
... )

They run on batches of pandas, SQL and Spark that are tidy: one row a number, `value` naming the column of
numbers. What is typed is in ``great_expectations.pyi``, which is written from the rules.
"""

from amyqa.engines.gx_classes import EXPECTATIONS, METRICS, RuleExpectation

_CLASSES = {each.__name__: each for each in EXPECTATIONS.values()}
globals().update(_CLASSES)

__all__ = ["EXPECTATIONS", "METRICS", "RuleExpectation", *_CLASSES]  # noqa: PLE0604  # all of them are names
