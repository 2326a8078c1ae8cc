"""Frames of pandas, polars, pyarrow and the like, and arrays of numbers, as grids of tokens.

A frame's cells are known by the labels of its rows and columns, not by lines of a file. Numbers become the
tokens that would be printed for them: a column of floats has as many decimals as its numbers need.
"""

from __future__ import annotations

import datetime
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from amyqa.errors import BadInput, Problem, did_you_mean
from amyqa.model import Field, Span
from amyqa.sources.grids import MAX_CELLS

if TYPE_CHECKING:
    import narwhals as nw

JOINS = " – "
"""Joins the levels of a column's label, as a header of several lines is joined."""
_MOST_DECIMALS = 12
_DIGITS = 15
"""So many digits of a float are sure; what stands behind them is how computers add."""


@dataclass(frozen=True)
class FrameColumn:
    """A column, or a level of the index.

    Args:
        name: its label, the levels of one joined.
        tokens: row by row; "" for what is missing.
        counts: it holds numbers by its type, and no words.
        position: among the frame's columns, from 0; -1 for a level of the index.
    """

    name: str
    tokens: tuple[str, ...]
    counts: bool
    position: int = -1


@dataclass(frozen=True)
class FrameGrid:
    """A frame as tokens.

    Args:
        index: levels of the index; none where it only numbers the rows.
        columns: left to right.
        labels: what the frame itself calls its rows, one each.
        native: the frame it was made of.
    """

    index: tuple[FrameColumn, ...]
    columns: tuple[FrameColumn, ...]
    labels: Sequence[str]
    native: Any = field(repr=False, compare=False)

    @property
    def height(self) -> int:
        """Number of rows."""
        return len(self.labels)

    def named(self, name: object) -> FrameColumn:
        """A column or level of the index by its label.

        Raises:
            BadInput: there is none, or several.
        """
        wanted = label_of(name)
        found = [each for each in (*self.index, *self.columns) if each.name == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInput([Problem(f"the frame has {len(found)} columns {wanted!r}", "rename them")])
        advice = did_you_mean(wanted, [each.name for each in (*self.index, *self.columns)])
        raise BadInput([Problem(f"the frame has no column {wanted!r}", advice)])


@dataclass(frozen=True)
class FrameCells:
    """Where the fields of a frame's lines stand: a line is a row, known by its label.

    Args:
        rows: labels of the rows, by their numbers from 1.
        columns: labels of the fields, those of the rows' own labels first.
    """

    rows: Mapping[int, str]
    columns: Sequence[str]

    def address(self, line: int, position: int) -> str:
        """``row 2006, Total``."""
        return f"row {self.rows[line]}, {self.columns[position - 1]}"

    def spans(self, wanted: Collection[Field]) -> Mapping[Field, Span]:
        """A frame is no text."""
        return {}

    def written(self, token: str, span: Span) -> str:
        """As it is."""
        return token


def is_frame(data: object) -> bool:
    """Whether this is a frame that can be read; nothing is imported that is not there already."""
    kinds = {f"{kind.__module__.partition('.')[0]}.{kind.__name__}" for kind in type(data).__mro__}
    known = ("pandas.DataFrame", "polars.DataFrame", "polars.LazyFrame", "pyarrow.Table", "modin.DataFrame")
    return bool(kinds.intersection(known)) or hasattr(data, "__narwhals_dataframe__")


def is_array(data: object) -> bool:
    """Whether this is an array of rows and columns, as ``df.values`` is."""
    return hasattr(data, "__array__") and getattr(data, "ndim", 0) == 2


def read_frame(data: Any) -> FrameGrid:
    """A frame as tokens.

    Raises:
        BadInput: it has no cells or too many, or holds something that is no cell.
    """
    import narwhals as nw

    if nw.dependencies.is_pandas_like_dataframe(data):
        names, series = list(data.columns), [data.iloc[:, i] for i in range(data.shape[1])]
        index, labels = _index(data.index), _labels(data.index)
    else:
        frame = nw.from_native(data)
        whole = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
        data, names = whole.to_native(), list(whole.columns)
        series = [whole.get_column(name) for name in names]
        index, labels = (), [str(row) for row in range(len(whole))]
    _refuse_size(len(labels), len(names))
    columns = [nw.from_native(each, series_only=True) for each in series]
    read = [
        FrameColumn(name, tuple(tokens(column)), _counts(column), at)
        for at, (name, column) in enumerate(zip(_distinct(map(label_of, names)), columns, strict=True))
    ]
    return FrameGrid(index, tuple(read), labels, data)


def token_rows(data: Any) -> list[list[str]]:
    """The cells of an array, row by row.

    Raises:
        BadInput: it has no cells or too many.
    """
    _refuse_size(*data.shape)
    columns = [_printed(data[:, i].tolist()) for i in range(data.shape[1])]
    return [list(row) for row in zip(*columns, strict=True)]


def _refuse_size(rows: int, columns: int) -> None:
    if not rows or not columns:
        raise BadInput([Problem(f"the frame has {rows:,} rows and {columns:,} columns", "there is no cell")])
    if rows * columns > MAX_CELLS:
        message = f"the frame has {rows * columns:,} cells, more than the {MAX_CELLS:,} that fit in memory"
        raise BadInput([Problem(message, "check it in parts: for part in df.groupby(...)")])


def _index(index: Any) -> tuple[FrameColumn, ...]:
    """The levels of an index, unless it only numbers the rows."""
    levels = [index.get_level_values(i) for i in range(index.nlevels)]
    if len(levels) == 1 and type(index).__name__ == "RangeIndex" and index.name is None:
        return ()
    return tuple(
        FrameColumn(label_of(level.name), tuple(map(label_of, level.tolist())), counts=False)
        for level in levels
    )


def _labels(index: Any) -> list[str]:
    items = index.tolist()
    return list(map(str, items)) if type(index).__name__ == "RangeIndex" else list(map(label_of, items))


def label_of(label: object) -> str:
    """A label as people write it: the levels of one joined, 2001.0 as 2001, a day without its midnight."""
    if isinstance(label, tuple):
        return JOINS.join(dict.fromkeys(part for each in label if (part := label_of(each))))
    if label is None or label != label:
        return ""
    if isinstance(label, float) and label.is_integer():
        return f"{label:.0f}"
    if isinstance(label, datetime.datetime) and label.time() == datetime.time():
        return label.date().isoformat()
    return str(label).strip()


def _distinct(labels: Iterable[str]) -> list[str]:
    """Each column's own label: a repeated one with its number, a blank one with its place."""
    seen: Counter[str] = Counter()
    found = []
    for at, given in enumerate(labels, 1):
        label = given or f"Column {at}"
        seen[label] += 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found


# --- numbers ---


def _counts(column: nw.Series[Any]) -> bool:
    """Whether a column holds numbers, by its type or one by one."""
    dtype = column.dtype
    if dtype.is_numeric():
        return True
    if not _is_mixed(dtype):
        return False
    return all(_is_number(item) or _is_missing(item) for item in column.to_list())


def _is_mixed(dtype: Any) -> bool:
    import narwhals as nw

    return dtype in (nw.Object, nw.Unknown)


def tokens(column: nw.Series[Any]) -> list[str]:
    """What would be printed for the cells of a column."""
    import narwhals as nw

    items = column.to_list()
    if column.dtype.is_integer() and not column.null_count():
        return list(map(str, items))
    if column.dtype == nw.String:
        return ["" if _is_missing(item) else item for item in items]
    return _printed(items)


def _printed(items: Sequence[Any]) -> list[str]:
    """The items of a column as tokens, its floats with as many decimals as they need."""
    floats = [item for item in items if isinstance(item, float) and math.isfinite(item)]
    decimals = _decimals(floats)
    return [_token(item, decimals) for item in items]


def _token(item: Any, decimals: int | None) -> str:
    if _is_missing(item):
        return ""
    if isinstance(item, float):
        if decimals is None or not math.isfinite(item):
            return f"{Decimal(f'{item:.{_DIGITS}g}'):f}" if math.isfinite(item) else str(item)
        return f"{item:.{decimals}f}"
    if isinstance(item, Decimal):
        return f"{item:f}"
    return label_of(item)


def _decimals(floats: Sequence[float]) -> int | None:
    """The fewest decimals that say all of these numbers; None where they do not end, as thirds do."""
    most = 0
    for number in floats:
        exponent = Decimal(f"{number:.{_DIGITS}g}").normalize().as_tuple().exponent
        most = max(most, -int(exponent))
        if most > _MOST_DECIMALS:
            return None
    return most


def _is_missing(item: Any) -> bool:
    """None, NaN and their kin (NaT, NA), which no comparison finds equal to themselves."""
    if item is None:
        return True
    try:
        return bool(item != item)
    except TypeError:  # pandas.NA will not say
        return True
    except ValueError as error:  # an array
        message = f"a cell holds {type(item).__name__}, which is no single value"
        raise BadInput([Problem(message, "give each value a cell of its own")]) from error


def _is_number(item: Any) -> bool:
    return isinstance(item, int | float | Decimal) and not isinstance(item, bool)
