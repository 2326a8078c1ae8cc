"""``amyqa explain``, ``trace`` and ``rules``: look without changing anything."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated

import typer

from amyqa.cli.output import drawn, print_result, width
from amyqa.cli.program import NeededEngine, app
from amyqa.errors import BadInput, Problem


@app.command(
    short_help="Show the sums, findings and diagnosis of a cell or table.",
    epilog="Example:  amyqa explain 2005/cambodia/deployed-to-malaysia 2006 Total",
)
def explain(
    table: Annotated[str, typer.Argument(metavar="TABLE", help="Its id, or the path of its CSV or YAML.")],
    row: Annotated[str | None, typer.Argument(metavar="ROW", help="The cell's row, by its label.")] = None,
    column: Annotated[str | None, typer.Argument(metavar="COLUMN", help="Its column, by its label.")] = None,
    engine: NeededEngine = None,
) -> None:
    """Show the sums of a cell, its findings and its diagnosis; without ROW and COLUMN, the table's."""
    from amyqa import pipeline
    from amyqa.reports.text import explain

    if row is not None and column is None:
        raise typer.BadParameter(
            f"which column of row {row!r}? (give its label, or leave out ROW for the whole table)",
            param_hint="COLUMN",
        )
    place = (row, column) if row is not None and column is not None else None
    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        found = pipeline.explain(table, place, pipeline.engine_named(engine))
    print_result(drawn(explain.render(found, width=width())))


@app.command(epilog="Example:  amyqa trace --document cambodia-2005.txt")
def trace(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="The yearbook, or a folder or table in it.")
    ] = Path(),
    document: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The printed document, to verify seeds/ against as well."),
    ] = None,
) -> None:
    """Verify every value against its source line in seeds/."""
    from amyqa import pipeline
    from amyqa.characters import visible
    from amyqa.reports.phrases import counted

    traced, untraced = pipeline.trace_yearbook(path, document)
    if document is not None and not traced:
        message, advice = (
            "cannot be verified against: no table here names a source",
            "write source: in a table's YAML",
        )
        raise BadInput([Problem(message, advice, file=str(document))])
    longest = max((len(id) for id in traced), default=0)
    for id, tokens in traced.items():
        print_result(f"{visible(id):<{longest}}  {tokens:>6,} tokens\n")
    for id in untraced:
        print_result(f"{visible(id)}: names no source; not traced\n")
    proven = " and the document" if document else ""
    total = f"{counted(sum(traced.values()), 'token')} in {counted(len(traced), 'table')}"
    print_result(f"{total} match their source lines{proven}.\n")


@app.command(epilog="Example:  amyqa rules --ess")
def rules(
    ess: Annotated[
        bool,
        typer.Option(
            "--ess",
            help="List the European Statistical System's 21 types of rule, and where each is covered.",
        ),
    ] = False,
) -> None:
    """List the rules, with their ESS codes and levels."""
    from amyqa.rules.vocabulary import RULES

    if ess:
        from amyqa.rules.ess import TYPES

        types = (
            (t.code, t.level, ", ".join(t.done_by), ", ".join(r.name for r in t.rules), t.title)
            for t in TYPES
        )
        _print_table([("ESS", "level", "done by", "rules", "what holds"), *types])
        return
    rows = [("rule", "ESS", "level", "done by", "what holds")]
    rows += [(rule.name, rule.ess, rule.level, rule.done_by, rule.title) for rule in RULES]
    _print_table(rows)
    print_result("\nIn a suite (checks/*.yaml) a rule is written as:\n")
    for rule in RULES:
        if rule.expectation:
            arguments = ", ".join(p.name for p in rule.parameters if not p.bound)
            print_result(f"  {rule.name}: {rule.expectation}({arguments})\n")


def _print_table(rows: Sequence[tuple[str, ...]]) -> None:
    """Columns side by side; the last one is as long as it is."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [word.ljust(width) for word, width in zip(row, widths, strict=False)]
        print_result("  ".join([*cells, row[-1]]) + "\n")
