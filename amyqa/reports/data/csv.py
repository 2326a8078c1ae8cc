"""The findings as CSV: UTF-8, RFC 4180, and nothing that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import datetime
import io
from decimal import Decimal

from amyqa.characters import harmless
from amyqa.model import Report
from amyqa.reports.rows import COLUMNS, Value, rows


def render(report: Report) -> str:
    """One line for each finding, under the names of :data:`~amyqa.reports.rows.COLUMNS`.

    Texts that begin like a formula get an apostrophe; numbers, negative ones too, are numbers.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows(map(_field, row) for row in rows(report))
    return out.getvalue()


def _field(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, datetime.date) else harmless(str(value))
