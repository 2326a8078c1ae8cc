"""amyqa: the validation suite for statistical yearbooks.

>>> import amyqa
>>> run = amyqa.check(df)  # doctest: +SKIP
>>> report = amyqa.check("path/to/yearbook")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

from amyqa.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from amyqa.diagnosis.grid import Diagnosis, Sum
    from amyqa.frames.numbers import diagnose, infer
    from amyqa.frames.run import FrameRun
    from amyqa.model import Finding, TableDiagnosis
    from amyqa.reports.saving import SavableReport as Report
    from amyqa.starting.relations import Relation

__version__ = VERSION
__all__ = [
    "Diagnosis",
    "Finding",
    "FrameRun",
    "Relation",
    "Report",
    "Sum",
    "TableDiagnosis",
    "check",
    "diagnose",
    "infer",
]
_HOMES = {
    "Report": ("amyqa.reports.saving", "SavableReport"),
    "Finding": ("amyqa.model", "Finding"),
    "TableDiagnosis": ("amyqa.model", "TableDiagnosis"),
    "Diagnosis": ("amyqa.diagnosis.grid", "Diagnosis"),
    "Sum": ("amyqa.diagnosis.grid", "Sum"),
    "Relation": ("amyqa.starting.relations", "Relation"),
    "FrameRun": ("amyqa.frames.run", "FrameRun"),
    "diagnose": ("amyqa.frames.numbers", "diagnose"),
    "infer": ("amyqa.frames.numbers", "infer"),
}
"""Where what is public lives: it is imported when it is first asked for."""


@overload
def check(data: str | Path = ".", *, engine: str = "gx") -> Report: ...


@overload
def check(
    data: Any,
    *,
    rows: object = None,
    total: object = None,
    value: object = None,
    title: str = "",
    engine: str | None = None,
) -> FrameRun: ...


def check(
    data: Any = ".",
    *,
    rows: object = None,
    total: object = None,
    value: object = None,
    title: str = "",
    engine: str | None = None,
) -> Report:
    """Check a data frame, a yearbook, a part of one, or a file.

    Args:
        data: a frame of pandas, polars or pyarrow, wide (a row for each year, say) or tidy (a row for each
            number); or a path: the yearbook's folder, a folder, CSV or YAML in it, a file outside any.
        rows: of a frame: the column or level of the index that labels the rows, or a list of them; None: the
            index, where it has labels, or else what tells the rows apart.
        total: of a frame: the label of the total (or a list), where it is none that every reader knows.
        value: of a tidy frame: its column of numbers; None: its only one.
        title: of a frame: what reports call it.
        engine: ``gx`` or ``duckdb``; None: the quickest of them.

    Returns:
        What was found: it shows itself in a notebook and prints itself in a few lines; ``findings``,
        ``corrections``, ``save("report.html")``, ``assert_passing()``; of a frame also ``corrected()``.

    Raises:
        amyqa.errors.AmyqaError: something cannot be read or run, or the frame is not as it was said to be.
    """
    from amyqa.frames import checking

    return checking.check(data, rows=rows, total=total, value=value, title=title, engine=engine)


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        module, attribute = _HOMES[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'amyqa' has no attribute {name!r}")
