"""The words of design, as frozen values: tokens read, tables, identities, findings, reports.

Values are exact decimals as printed (:class:`decimal.Decimal`), in the table's own unit.
Lines, rows and columns shown to people are 1-based.
"""

from amyqa.model.findings import (
    Decision,
    Finding,
    Identity,
    NotEvaluated,
    Ruling,
    Severity,
    Standing,
    Summand,
)
from amyqa.model.reports import (
    Change,
    Counts,
    Diagnosis,
    Explanation,
    Failure,
    RanRule,
    Report,
    Span,
    Unchecked,
    UncheckedTotal,
)
from amyqa.model.tables import (
    NO_LABEL,
    Cell,
    Reading,
    Reference,
    Row,
    Stated,
    StatedFormula,
    StatedIdentity,
    Status,
    Table,
    Term,
)

__all__ = [
    "NO_LABEL",
    "Cell",
    "Change",
    "Counts",
    "Decision",
    "Diagnosis",
    "Explanation",
    "Failure",
    "Finding",
    "Identity",
    "NotEvaluated",
    "RanRule",
    "Reading",
    "Reference",
    "Report",
    "Row",
    "Ruling",
    "Severity",
    "Span",
    "Standing",
    "Stated",
    "StatedFormula",
    "StatedIdentity",
    "Status",
    "Summand",
    "Table",
    "Term",
    "Unchecked",
    "UncheckedTotal",
]
