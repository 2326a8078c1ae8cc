"""Written from the rules; python -m tests.engines.stubs writes it anew."""

from typing import Any

from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider

EXPECTATIONS: dict[str, type[RuleExpectation]]
METRICS: dict[str, type[TableMetricProvider]]

class RuleExpectation(BatchExpectation):
    def _validate(self, *args: Any, **kwargs: Any) -> dict[str, Any]: ...

class ExpectTotalsToEqualTheSumOfTheirParts(RuleExpectation):
    def __init__(
        self,
        *,
        dimension: str,
        total: str | None = ...,
        parts: list[str] | None = ...,
        optional: list[str] | None = ...,
        hierarchy: dict[str, list[str]] | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectStatedIdentitiesToHold(RuleExpectation):
    def __init__(
        self,
        *,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectValuesToBeInRange(RuleExpectation):
    def __init__(
        self,
        *,
        min: float | str | None = ...,
        max: float | str | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectRowsToBePlaced(RuleExpectation):
    def __init__(
        self,
        *,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectCellsToBeEmpty(RuleExpectation):
    def __init__(
        self,
        *,
        where: dict[str, list[str] | str] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectClaimsToAgreeWithCells(RuleExpectation):
    def __init__(
        self,
        *,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectClaimsToCompareLikeWithLike(RuleExpectation):
    def __init__(
        self,
        *,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectNumberOfRecordsToBeInRange(RuleExpectation):
    def __init__(
        self,
        *,
        min: float | str | None = ...,
        max: float | str | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectSeriesToHaveNoGaps(RuleExpectation):
    def __init__(
        self,
        *,
        dimension: str | None = ...,
        periods: list[list[int | str]] | None = ...,
        along: list[str] | None = ...,
        step: float | str | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectValuesToBeNoOutliersOfTheirSeries(RuleExpectation):
    def __init__(
        self,
        *,
        dimension: str | None = ...,
        periods: list[list[int | str]] | None = ...,
        along: list[str] | None = ...,
        shares: dict[str, list[str] | str] | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        method: str | None = ...,
        factor: float | str | None = ...,
        points: float | str | None = ...,
        usual: float | str | None = ...,
        least: float | str | None = ...,
        mad: float | str | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectValuesToChangeLittleBetweenPeriods(RuleExpectation):
    def __init__(
        self,
        *,
        dimension: str | None = ...,
        periods: list[list[int | str]] | None = ...,
        along: list[str] | None = ...,
        shares: dict[str, list[str] | str] | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        factor: float | str | None = ...,
        points: float | str | None = ...,
        least: float | str | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectRunningTotalsNeverToFall(RuleExpectation):
    def __init__(
        self,
        *,
        dimension: str | None = ...,
        periods: list[list[int | str]] | None = ...,
        along: list[str] | None = ...,
        shares: dict[str, list[str] | str] | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        starts: str | None = ...,
        cells: list[list[int | str]] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectAdjustedValuesToBePlausible(RuleExpectation):
    def __init__(
        self,
        *,
        adjustment: str,
        adjusted: str,
        unadjusted: str,
        dimension: str | None = ...,
        periods: list[list[int | str]] | None = ...,
        along: list[str] | None = ...,
        tolerance: float | str | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectCodesToBeConsistent(RuleExpectation):
    def __init__(
        self,
        *,
        then: dict[str, list[str] | str],
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
        **words: Any,
    ) -> None: ...

class ExpectRatiosToAgreeWithTheirNumbers(RuleExpectation):
    def __init__(
        self,
        *,
        ratio: dict[str, list[str] | str],
        numerator: dict[str, list[str] | str],
        denominator: dict[str, list[str] | str],
        factor: float | str | None = ...,
        relation: str | None = ...,
        tolerance: float | str | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectStatedRatiosToHold(RuleExpectation):
    def __init__(
        self,
        *,
        where: dict[str, list[str] | str] | None = ...,
        terms: list[list[int | str]] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectFormulasToBeSound(RuleExpectation):
    def __init__(
        self,
        *,
        cells: list[list[int | str]] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectPartsNotToExceedTheirTotal(RuleExpectation):
    def __init__(
        self,
        *,
        total: dict[str, list[str] | str],
        part: dict[str, list[str] | str] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectSharesToAddUpToTheWhole(RuleExpectation):
    def __init__(
        self,
        *,
        dimension: str,
        parts: list[str] | None = ...,
        whole: float | str | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectFewFiguresToBeRevised(RuleExpectation):
    def __init__(
        self,
        *,
        share: float | str | None = ...,
        few: float | str | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        covers: list[list[int | str]] | None = ...,
        lacking: list[list[int | str]] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        tolerance: float | str | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectRevisionsToBeSmall(RuleExpectation):
    def __init__(
        self,
        *,
        tolerance: float | str | None = ...,
        least: float | str | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        covers: list[list[int | str]] | None = ...,
        lacking: list[list[int | str]] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...

class ExpectMirrorFiguresToAgree(RuleExpectation):
    def __init__(
        self,
        *,
        tolerance: float | str | None = ...,
        least: float | str | None = ...,
        where: dict[str, list[str] | str] | None = ...,
        covers: list[list[int | str]] | None = ...,
        lacking: list[list[int | str]] | None = ...,
        value: str | None = ...,
        by: list[str] | None = ...,
        rounded: float | str | None = ...,
        mostly: float = ...,
        row_condition: Any = ...,
        severity: Any = ...,
        notes: str | list[str] | None = ...,
        meta: dict[str, Any] | None = ...,
    ) -> None: ...
