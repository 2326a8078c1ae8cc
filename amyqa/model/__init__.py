"""The words of design, as frozen values: tokens read, tables, identities, findings, reports.

Values are exact decimals as printed (:class:`decimal.Decimal`), in the table's own unit.
Lines, rows and columns shown to people are 1-based.
"""

from amyqa.model.findings import (
    Decision,
    DecisionStatus,
    Finding,
    IdentityArithmetic,
    NotEvaluated,
    Ruling,
    Severity,
    Summand,
)
from amyqa.model.places import NOWHERE, Field, Origin, Original, Span
from amyqa.model.ratios import RatioCells, StatedRatio
from amyqa.model.reports import (
    ROLE_WORDS,
    Change,
    Counts,
    CubeSummary,
    Explanation,
    Failure,
    Imprint,
    PartlyChecked,
    RanRule,
    Report,
    TableDiagnosis,
    Unchecked,
    UncheckedTotal,
)
from amyqa.model.spec import FieldType, Measure, SourceSpec, TableSpec
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
    "NOWHERE",
    "NO_LABEL",
    "ROLE_WORDS",
    "Cell",
    "Change",
    "Counts",
    "CubeSummary",
    "Decision",
    "DecisionStatus",
    "Explanation",
    "Failure",
    "Field",
    "FieldType",
    "Finding",
    "IdentityArithmetic",
    "Imprint",
    "Measure",
    "NotEvaluated",
    "Origin",
    "Original",
    "PartlyChecked",
    "RanRule",
    "RatioCells",
    "Reading",
    "Reference",
    "Report",
    "Row",
    "Ruling",
    "Severity",
    "SourceSpec",
    "Span",
    "Stated",
    "StatedFormula",
    "StatedIdentity",
    "StatedRatio",
    "Status",
    "Summand",
    "Table",
    "TableDiagnosis",
    "TableSpec",
    "Term",
    "Unchecked",
    "UncheckedTotal",
]
