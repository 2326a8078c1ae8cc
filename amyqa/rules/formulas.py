"""What is wrong with a workbook's formulas, as the table's YAML tells it: ``formulas:``.

Whoever takes a workbook in sees its formulas, and a check only what they show. So what was seen is written
down, cell by cell, and told until the cell prints another number or the workbook is taken in anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from amyqa.model import Severity, Table
from amyqa.reading.formulas import FormulaError, Labels, Place, parse
from amyqa.rules.observations import Observations
from amyqa.rules.rule import Parameter, Pointwise, Relation, Rule, RuleRun, TableContext, ViolationMessage
from amyqa.rules.shape import Arguments, Shape, Violation

_CELLS = Parameter("cells", "values", "number and cell of what is told, whether it shows it yet", bound=True)
_GRAVE: Mapping[str, Severity] = {"may leave out": Severity.WARNING, "typed": Severity.WARNING}
_SHOULD: Mapping[str, str] = {
    "leaves out": "a formula takes in what its neighbours' formulas do",
    "may leave out": "a formula takes in the numbers beside its range",
    "typed over": "a formula stands where its neighbours have one",
    "typed": "a formula stands where its neighbours have one",
    "not worked out anew": "a formula's stored result is what it gives",
}


def subjects(arguments: Arguments, shape: Shape) -> str:
    """The cells that something is told of."""
    del arguments, shape
    return (
        "SELECT f.OBS_TABLE, f.doubt, f.shown, MIN(o.OBS_RECORD) AS record FROM formula_doubts f "
        "JOIN observations o ON o.OBS_TABLE = f.OBS_TABLE AND o.OBS_CELL = f.cell "
        "WHERE o.OBS_KIND = 'printed' GROUP BY f.OBS_TABLE, f.doubt, f.shown"
    )


def violation(arguments: Arguments, shape: Shape) -> str:
    """The cell still shows what it did."""
    del arguments, shape
    return "shown = 1"


def bind(arguments: Arguments, known: TableContext) -> tuple[Arguments, str]:
    """What the table's YAML tells of formulas."""
    cells = []
    if isinstance(known, Observations) and known.table.spec.formulas:
        cells = [[number, cell + known.first, shown] for number, cell, shown in _cells(known.table)]
    reason = "" if cells else "the table's YAML tells nothing of its workbook's formulas (formulas:)"
    return {**arguments, _CELLS.name: cells}, reason


def _cells(table: Table) -> Iterator[tuple[int, int, int]]:
    """Number and cell of each doubt whose cell is there, and whether it shows the same number."""
    rows = {row.label: r for r, row in reversed(list(enumerate(table.rows)))}
    labels = Labels([], list(rows), table.columns, "cell")
    for number, each in enumerate(table.spec.formulas):
        try:
            [_, (_, place)] = parse(f"0 = {each.cell}", labels).terms
        except (FormulaError, ValueError):
            continue  # its row has another name now
        if isinstance(place, Place):
            r, c = rows[place.row], table.columns.index(place.column)
            yield number, table.cell_id(r, c), int(table.rows[r].tokens[c].strip() == each.shows.strip())


def tell(ran: RuleRun, violation: Violation, observations: Observations) -> ViolationMessage:
    """The cell by its labels, then what is told of its formula."""
    del ran
    doubt = observations.table.spec.formulas[int(str(violation["doubt"]))]
    record = int(str(violation["record"]))
    cell = observations.cell(record)
    assert cell is not None
    where = observations.place(record) or {"row": cell.row, "column": cell.column}
    message = f"{cell.row}, {cell.column}: {doubt.told.rstrip('.')}."
    return ViolationMessage(
        where, _SHOULD[doubt.what], (cell,), message, cell.reading.value, severity=_GRAVE.get(doubt.what)
    )


def _rows(arguments: Arguments) -> Iterable[Sequence[int]]:
    return arguments.get(_CELLS.name) or ()


RULE = Rule(
    name="formulas",
    ess="VCO",
    level="1c",
    title="a workbook's formulas are as their neighbours, and their results were worked out anew",
    done_by="suite",
    expectation="expect_formulas_to_be_sound",
    definition=Pointwise(
        subjects,
        violation,
        told=Relation("formula_doubts", {"doubt": int, "cell": int, "shown": int}, _rows, (_CELLS.name,)),
        together=True,
    ),
    parameters=(_CELLS,),
    tell=tell,
    bind=bind,
)
