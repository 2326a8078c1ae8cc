"""Kinds of values in the JSON report, each with what its schema says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from amyqa.model import DecisionStatus, Severity

if TYPE_CHECKING:
    from collections.abc import Callable


class Says:
    """What the schema says of a value beside its type."""

    def __init__(self, description: str = "", **keywords: object) -> None:
        self.keywords = ({"description": description} if description else {}) | keywords

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], dict[str, Any]]) -> Any:
        """Called by pydantic, which is imported only where a schema is asked for."""
        return {**handler(core), **self.keywords}


class Exactly:
    """A value whose schema is just this."""

    def __init__(self, **schema: object) -> None:
        self.schema = schema

    def __get_pydantic_json_schema__(self, core: Any, handler: Callable[[Any], dict[str, Any]]) -> Any:
        """Called by pydantic."""
        del core, handler
        return self.schema


Count = Annotated[int, Says(minimum=0)]
Line = Annotated[int, Says(minimum=1)]
Share = Annotated[float, Says(minimum=0, maximum=1)]
Day = Annotated[str, Says(format="date")]
SeverityWord = Annotated[str, Exactly(enum=[severity.value for severity in Severity])]
Standing = Annotated[str, Exactly(enum=[status.value for status in DecisionStatus])]
Where = Annotated[dict[str, str], Says("Dimension (or row, column) to code.")]
Number = Annotated[
    int | float | str | None,
    Exactly(
        description="Exact. A string where a float would not be; null where there is none.",
        anyOf=[
            {"type": "number"},
            {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?([Ee][+-]?[0-9]+)?$"},
            {"type": "null"},
        ],
    ),
]
FileLine = Annotated[int, Says("Line of the file.", minimum=1)]
Position = Annotated[int, Says("Position of the field in that line, from 1.", minimum=1)]
SourceLine = Annotated[Line | None, Says("Line of the printed source.")]
Address = Annotated[str, Says("The cell in a workbook: 'Table 4'!D11.")]
Token = Annotated[str, Says("The token as it stands in the file.")]
