"""``amyqa decide`` and ``amyqa decisions``: comply or explain."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from amyqa.cli.output import drawn, note, print_result, tell_failures
from amyqa.cli.program import NeededEngine, app, one_of

if TYPE_CHECKING:
    from amyqa.model import Report

RULINGS = ("corrected", "explained", "kept as printed", "ask the source")


def _ruling(text: str) -> str:
    return one_of(*RULINGS)(text) if text else text


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date (write it as 2027-01-31)") from None


@app.command(epilog='Example:  amyqa decide 4f4f b475 --ruling explained --reason "see note a"')
def decide(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID...",
            help="Findings, by the first characters of their ids, or a table for all its open findings.",
        ),
    ] = None,
    ruling: Annotated[
        str, typer.Option(metavar="RULING", callback=_ruling, help=f"{'; '.join(RULINGS)}.")
    ] = "",
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why. Every decision needs a reason.")] = "",
    who: Annotated[str, typer.Option(metavar="NAME", help="Who decided [default: git's user.name].")] = "",
    expires: Annotated[
        date | None,
        typer.Option(metavar="DATE", parser=_day, help="Its last day, such as 2027-01-31."),
    ] = None,
    workbook: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="XLSX", help="The report's workbook, with Ruling and Reason filled in."
        ),
    ] = None,
    all_open: Annotated[bool, typer.Option("--all-open", help="Decide on every open finding.")] = False,
    yearbook: Annotated[
        Path, typer.Option(metavar="PATH", help="The yearbook, or a folder or table in it.")
    ] = Path(),
    engine: NeededEngine = None,
) -> None:
    """Record in decisions/ what was decided about findings, and why."""
    from amyqa import pipeline
    from amyqa.characters import visible
    from amyqa.model import Ruling
    from amyqa.pipeline import deciding
    from amyqa.reports import rulings
    from amyqa.reports.phrases import counted

    if workbook is not None:
        if names or all_open or ruling or reason or expires:
            raise typer.BadParameter("takes rulings and reasons from the workbook alone", param_hint="--from")
    elif bool(names) is all_open:
        message = "give either the ids of findings or --all-open"
        raise typer.BadParameter(message, param_hint="ID, --all-open")
    elif not ruling:
        raise typer.BadParameter(f"Missing option '--ruling': {'; '.join(RULINGS)}")
    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        report = pipeline.check([yearbook], pipeline.engine_named(engine))
        if workbook is not None:
            decided, replaced = deciding.decide_from(report, yearbook, workbook, who)
        else:
            ruled = deciding.Ruled(Ruling(ruling), reason, who, expires)
            decided, replaced = deciding.decide(report, yearbook, names or (), ruled)
    for decision in decided:
        print_result(drawn(f"{decision.finding}  {visible(f'{decision.table}: {decision.message}')}\n"))
    for decision in replaced:
        before = visible(rulings.ruling_phrase(decision))
        note(f"{decision.finding}: replaces the earlier decision, {before}")
    made = {decision.finding: decision.ruling.value for decision in decided}
    if any(made.keys() & {f.id for f in cause.findings} for cause in rulings.contradictions(report, made)):
        note("Some findings of one cause are now corrected and others stand: rule on all of them alike.")
    files = " and ".join(sorted({visible(decision.file) for decision in decided}))
    told = f"{counted(len(decided), 'finding')} in {files}" if decided else "nothing is open"
    if workbook is not None:
        told = f"{counted(len(decided), 'finding')} in {files}" if decided else "nothing new is filled in"
    note(f"{ruling or 'Decided'}: {told}.")
    tell_failures(report.failures)


@app.command(epilog="Example:  amyqa decisions data/2005/cambodia --stale")
def decisions(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATHS", help="The yearbook, or folders or tables in it [default: .]."),
    ] = None,
    stale: Annotated[
        bool, typer.Option("--stale", help="Only those that no longer match a finding.")
    ] = False,
    expired: Annotated[bool, typer.Option("--expired", help="Only those that have expired.")] = False,
    reopened: Annotated[
        bool, typer.Option("--reopened", help="Only those whose numbers have changed.")
    ] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the stale ones.")] = False,
    learn: Annotated[
        bool, typer.Option("--learn", help="Learn from corrections which misprints are common here.")
    ] = False,
    engine: NeededEngine = None,
) -> None:
    """List the decisions, and which are in force today."""
    from amyqa import pipeline
    from amyqa.model import DecisionStatus
    from amyqa.pipeline import deciding
    from amyqa.reports import rulings
    from amyqa.reports.phrases import counted

    chosen = paths or [Path()]
    with redirect_stdout(sys.stderr):  # whatever a yearbook's schemas print
        report = pipeline.check(chosen, pipeline.engine_named(engine))
    if learn:
        _learn(report, chosen[0])
        return
    if prune:
        gone = deciding.prune(report, chosen[0])
        print_result(drawn(rulings.listed([(each, DecisionStatus.STALE) for each in gone])))
        note(f"Removed {counted(len(gone), 'stale decision')}.")
        return
    asked = {DecisionStatus.STALE: stale, DecisionStatus.EXPIRED: expired, DecisionStatus.REOPENED: reopened}
    wanted = [standing for standing, on in asked.items() if on] or list(DecisionStatus)
    shown = [(decision, standing) for decision, standing in report.decisions if standing in wanted]
    print_result(drawn(rulings.listed(shown)))
    tell_failures(report.failures)


def _learn(report: Report, path: Path) -> None:
    """Count what became of rulings, and keep what they teach where it does better than what is assumed."""
    from amyqa.pipeline import learning
    from amyqa.project import open_yearbook
    from amyqa.reports import shares

    rulings = learning.learn(report)
    print_result(drawn(shares.told(rulings.counts, rulings.misprints, rulings.learned)))
    if rulings.learned is None:
        least = f"{learning.LEAST_CORRECTIONS} corrected numbers in {learning.LEAST_TABLES} tables"
        note(f"Nothing is learned from fewer than {least}.")
    elif not rulings.better:
        note("The learned shares do no better: what is assumed stays.")
    else:
        name = learning.write_shares(open_yearbook(path), rulings)
        note(f"Written to {name}: amyqa check uses it from now on. Delete it to go back to what is assumed.")
    tell_failures(report.failures)
