"""A table's YAML: what its rows and columns stand for, and how its tokens are written.

The models are the contract; :func:`read_spec` turns their complaints into problems with
file, line, key path and the nearest valid word. What depends on the CSV (a column that is not
there) is checked by :mod:`amyqa.reading.table`.
"""

from amyqa.reading.spec.models import Spec, expand, is_left_out
from amyqa.reading.spec.parts import (
    EVERY_COLUMN,
    LEFT_OUT,
    RESERVED,
    TEXT_COLUMN,
    UNSTATED,
    Codes,
    Coordinates,
    Delimiter,
    Dimension,
    Identities,
    Lines,
    Mark,
    Mirror,
    Name,
    Ratios,
    Rows,
    Source,
    line_numbers,
    period,
)
from amyqa.reading.spec.reader import (
    read_spec,
)

__all__ = [
    "EVERY_COLUMN",
    "LEFT_OUT",
    "RESERVED",
    "TEXT_COLUMN",
    "UNSTATED",
    "Codes",
    "Coordinates",
    "Delimiter",
    "Dimension",
    "Identities",
    "Lines",
    "Mark",
    "Mirror",
    "Name",
    "Ratios",
    "Rows",
    "Source",
    "Spec",
    "expand",
    "is_left_out",
    "line_numbers",
    "period",
    "read_spec",
]
