"""amyqa: the validation suite for statistical yearbooks.

>>> import amyqa
>>> report = amyqa.check("path/to/yearbook")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amyqa.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from amyqa.diagnosis.grid import Diagnosis, Sum
    from amyqa.diagnosis.grid import diagnose_grid as diagnose
    from amyqa.model import Finding, TableDiagnosis
    from amyqa.reports.saving import SavableReport as Report
    from amyqa.starting.inference import infer
    from amyqa.starting.relations import Relation

__version__ = VERSION
__all__ = [
    "Diagnosis",
    "Finding",
    "Relation",
    "Report",
    "Sum",
    "TableDiagnosis",
    "check",
    "diagnose",
    "infer",
]


def check(path: str | Path = ".", engine: str = "gx") -> Report:
    """Check a yearbook, or a part of it.

    Args:
        path: the yearbook's folder, or a folder, CSV or YAML in it.
        engine: ``gx`` or ``duckdb``.

    Returns:
        The report: tables, findings, what was not evaluated. ``report.to_html()`` and
        ``report.save("report.sarif")`` give it in every format.

    Raises:
        amyqa.errors.AmyqaError: something cannot be read or run.
    """
    from amyqa import pipeline
    from amyqa.reports.saving import savable

    return savable(pipeline.check([path], pipeline.engine_named(engine)))


def __getattr__(name: str) -> Any:
    if name == "Report":
        from amyqa.reports.saving import SavableReport

        return SavableReport
    if name in ("Finding", "TableDiagnosis"):
        from amyqa import model

        return getattr(model, name)
    if name in ("Diagnosis", "Sum", "diagnose"):
        from amyqa.diagnosis import grid

        return grid.diagnose_grid if name == "diagnose" else getattr(grid, name)
    if name == "infer":
        from amyqa.starting.inference import infer

        return infer
    if name == "Relation":
        from amyqa.starting.relations import Relation

        return Relation
    raise AttributeError(f"module 'amyqa' has no attribute {name!r}")
