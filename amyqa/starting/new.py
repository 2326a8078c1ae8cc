"""A new table in a yearbook: its CSV taken in, the draft of its YAML written beside it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from amyqa.errors import AmyqaError, BadInput, Problem, Problems, did_you_mean
from amyqa.model import Original, Table
from amyqa.project import Yearbook, open_yearbook
from amyqa.reading.ownwords import use_words_of
from amyqa.reading.sheet import at_original
from amyqa.reading.table import read_table
from amyqa.reading.writing import write_atomically
from amyqa.rules.observations import observe
from amyqa.rules.structure import STRUCTURE
from amyqa.sources import Sheet
from amyqa.sources.files import unusable
from amyqa.sources.grids import Cells
from amyqa.starting.computed import computed
from amyqa.starting.documents import Document
from amyqa.starting.draft import Draft, draft
from amyqa.starting.editors import SCHEMAS, write_schemas
from amyqa.starting.families import GENERAL, dimensions_of, guess_family
from amyqa.starting.finding import only
from amyqa.starting.intake import Taken, take
from amyqa.starting.leftover import taken_otherwise
from amyqa.starting.words import table_name
from amyqa.starting.yamltext import commented

_DECLARE = "nil: or missing:"


@dataclass(frozen=True)
class New:
    """What was made.

    Args:
        yearbook: where.
        csv, yaml: the table's two files.
        copied: whether the CSV was copied into the yearbook.
        otherwise: what the copy has otherwise than the file, line by line.
        unread: the tokens that cannot be read: their cells are unknown until they are corrected.
        original: where its rows and columns stand in the file.
    """

    yearbook: Path
    csv: Path
    yaml: Path
    draft: Draft
    copied: bool
    otherwise: tuple[str, ...] = ()
    unread: tuple[Problem, ...] = ()
    original: Original | None = None


def new_table(
    csv: Path,
    *,
    sheet: Sheet | None = None,
    taken: Taken | None = None,
    name: str = "",
    document: Document | None = None,
    family: str | None = None,
    to: Path | None = None,
    edition: str | None = None,
    chapter: str | None = None,
    header: Sequence[str] | None = None,
    header_lines: int | None = None,
    missing: Sequence[str] = (),
    accept_repairs: bool = False,
    force: bool = False,
) -> New:
    """Take in a CSV and write the draft of its YAML.

    Args:
        csv: a file with one table: in a yearbook's ``data/``, or anywhere; then it is copied.
        sheet: one of several tables of the file.
        taken: what it was taken in as; None: that is found out.
        name: of the table; "": the file's.
        document: what is named as the table's source.
        family: None: guessed.
        to: a folder under ``data/`` for the copy; or else `edition` and `chapter`.
        header, header_lines: the labels of a file without a header, or how many lines it has.
        missing: tokens that stand for an unknown number.
        accept_repairs: read a line of another width in the one way that there is.
        force: write over a YAML that is there.

    Raises:
        BadInput: what cannot be read, but for a few tokens, or would be written over; there is no such
            family.
    """
    if sheet is None:
        sheet = only(csv)
    stem = name or _stem(csv)
    yearbook = yearbook_of(csv, to)
    use_words_of(yearbook.root)
    target = _target(csv, yearbook, to, edition, chapter, stem)
    yaml = target.with_suffix(".yaml")
    copied = target != csv.resolve()
    taken = taken or take(
        sheet, header=header, header_lines=header_lines, missing=missing, accept_repairs=accept_repairs
    )
    taken = replace(taken, computed=computed(sheet, taken))
    content = taken.csv() if taken.rewritten else sheet.text
    original = _original(sheet, taken)
    left = copied and not yaml.exists() and _holds(target, content)  # by a run of this that was stopped
    _refuse(yearbook, target, yaml, family, taken, copied=copied, force=force or left)
    schema = os.path.relpath(yearbook.root / SCHEMAS / "table.schema.json", yaml.parent)

    def drafted_as(family: str | None) -> tuple[Draft, Table | None, tuple[Problem, ...]]:
        dimensions = dimensions_of(yearbook, family or guess_family(taken, stem)[0])
        made = draft(taken, stem, family=family, dimensions=dimensions, schema=Path(schema).as_posix())
        if document is not None:
            made = replace(made, text=document.named_in(made.text, sheet, taken))
        return made, *_read_back(content, made, csv, target, yearbook, original if taken.rewritten else None)

    drafted, table, unread = drafted_as(family)
    if family is None and table is not None and not _fits(table, yearbook):
        guessed = drafted.family
        drafted, _, unread = drafted_as(GENERAL)
        told = f"family: {GENERAL}  # guess: the schema of {guessed} would refuse it\n"
        text = drafted.text.replace(f"family: {GENERAL}\n", told, 1)
        drafted = replace(drafted, text=text, guesses=drafted.guesses + 1)
    drafted = replace(drafted, text=drafted.text + _told_unread(unread))
    if copied:
        _write_both(target, content, yaml, drafted.text)
    else:
        write_atomically(yaml, drafted.text)
    write_schemas(yearbook.root, only_missing=True)
    return New(yearbook.root, target, yaml, drafted, copied, tuple(taken_otherwise(taken)), unread, original)


def _original(sheet: Sheet, taken: Taken) -> Original:
    """Where a table's rows and columns stand in its file; of a sheet, in its columns from A on."""
    origin, before = sheet.origin, 0
    if isinstance(origin, Cells):
        origin, before = replace(origin, left=1), origin.left - 1
    positions = tuple(before + position for position in taken.positions)
    return Original(sheet.shown, taken.numbers, positions, origin)


def _write_both(csv: Path, content: str, yaml: Path, text: str) -> None:
    """Write a CSV and its YAML so that, whenever this is stopped, no YAML stands beside another table's CSV.

    An old YAML goes first. A CSV without one is told by every check, and taken in when this is run again.
    """
    before = {path: path.read_bytes() for path in (csv, yaml) if path.exists()}
    try:
        yaml.unlink(missing_ok=True)
        write_atomically(csv, content)
        write_atomically(yaml, text)
    except (BadInput, OSError):  # a full disk: all as it was, the YAML last
        for path in (csv, yaml):
            with suppress(BadInput, OSError):
                if path in before:
                    write_atomically(path, before[path])
                else:
                    path.unlink(missing_ok=True)
        raise


def _told_unread(problems: Sequence[Problem]) -> str:
    """Comments for the draft."""
    if not problems:
        return ""
    lines = ["cannot be read: correct these, or say what they mean; until then their cells are unknown"]
    for problem in problems:
        place = f"line {problem.line} of the file" if problem.line is not None else problem.file
        lines.append(f"  {place}: {problem.message}")
    return "".join(f"{commented('', line).strip()}\n" for line in lines)


def _holds(path: Path, content: str) -> bool:
    """Whether a file is there, and holds just this."""
    with suppress(OSError):
        return not path.is_symlink() and path.read_bytes() == content.encode()
    return False


def _stem(csv: Path) -> str:
    """A file's name without its ending, what is not UTF-8 in it left out."""
    return csv.stem.encode("utf-8", "replace").decode("utf-8").replace("?", "-")


def _read_back(
    content: str, drafted: Draft, source: Path, target: Path, yearbook: Yearbook, original: Original | None
) -> tuple[Table | None, tuple[Problem, ...]]:
    """Read the table as the check will: what it would refuse must not stop every later run.

    Returns:
        The table, and the tokens that cannot be read and do not keep it from being checked.

    Raises:
        AmyqaError: with the lines of the file that is taken in.
    """
    problems = Problems()
    id = target.relative_to(yearbook.root / "data").with_suffix("").as_posix()
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder, "table.csv"), Path(folder, "table.yaml")
        write_atomically(files[0], content)
        write_atomically(files[1], drafted.text)
        shown = (str(source), f"the draft of {yearbook.shown(target.with_suffix('.yaml'))}")
        table = read_table(id, *files, shown, problems)
    unread = tuple(_at_source(problem, str(source), original) for problem in problems.of(""))
    try:
        if problems.stop(""):
            problems.raise_if_any()
    except AmyqaError as error:
        raise type(error)(unread) from error
    return table, unread


def _fits(table: Table, yearbook: Yearbook) -> bool:
    """Whether a table is as the family that was guessed for it asks: its fields, codes and types."""
    if table.spec.family == GENERAL:
        return True
    from amyqa.engines.schema import run_schema  # heavy, and only needed here
    from amyqa.engines.schemafile import load_schema
    from amyqa.engines.session import Session

    path = yearbook.schema(table.spec.family)
    schema = load_schema(path, yearbook.shown(path))
    with Session() as session:
        [batch] = session.load([observe(table)])
        [rans] = run_schema(schema, session, batch).values()
    return not any(ran.rule in STRUCTURE and ran.outcome.violations for ran in rans)


def _at_source(problem: Problem, shown: str, original: Original | None) -> Problem:
    """A problem of the copy, at the line of the file that it was made of, with this command's advice."""
    if problem.hint.endswith(_DECLARE):
        problem = replace(
            problem, hint=f"{problem.hint.removesuffix(_DECLARE)}missing:, as --missing TOKEN does"
        )
    if original is None or problem.line is None or problem.line < 2:
        return problem
    return at_original(problem, shown, original)


def yearbook_of(csv: Path, to: Path | None) -> Yearbook:
    """The yearbook that a CSV lies in, that `to` names, or that one is in."""
    if _is_placed(csv):
        return open_yearbook(csv)
    place = to if to is not None and to.exists() else Path()
    try:
        return open_yearbook(place)
    except BadInput as error:
        advice = "go to a yearbook, or start one: amyqa init DIR"
        raise BadInput([Problem("is no part of a yearbook", advice, file=str(Path.cwd()))]) from error


def _is_placed(csv: Path) -> bool:
    """Whether a CSV lies in the data/ of a yearbook."""
    try:
        return csv.resolve().is_relative_to(open_yearbook(csv).root / "data")
    except BadInput:
        return False


def _target(
    csv: Path, yearbook: Yearbook, to: Path | None, edition: str | None, chapter: str | None, stem: str
) -> Path:
    """Where the table's CSV belongs."""
    data = yearbook.root / "data"
    if csv.resolve().is_relative_to(data):
        return _named(csv.resolve(), data)
    name = f"{table_name(stem)}.csv"
    if to is not None:
        folder = to if to.is_absolute() else Path.cwd() / to
        folder = Path(os.path.normpath(folder))
        target = folder if folder.suffix == ".csv" else folder / name
        if not target.is_relative_to(data):
            advice = "name a folder under data/, as data/2005/cambodia"
            raise BadInput([Problem("lies outside the yearbook's data/", advice, file=str(to))])
        return _within(_named(target, data), data)
    chapters = sorted({files.csv.parent for files in yearbook.tables})
    if edition is not None or chapter is not None:
        folders = [word for word in (edition, chapter) if word is not None]
        for word in folders:
            if reason := unusable(word):
                message = f"{word!r} cannot be the name of a folder: it {reason}"
                raise BadInput([Problem(message, "as in --edition 2005 --chapter cambodia")])
        return _within(_named(data.joinpath(*folders, name), data), data)
    if len(chapters) == 1:
        return _named(chapters[0] / name, data)
    advice = "say where it belongs: --edition 2005 --chapter cambodia, or --to data/2005/cambodia"
    raise BadInput([Problem(f"the yearbook has {len(chapters)} chapters", advice, file=str(csv))])


def _named(target: Path, data: Path) -> Path:
    """The same path, where each of its names can be kept on every machine.

    Raises:
        BadInput: one cannot.
    """
    for word in target.relative_to(data).parts:
        if reason := unusable(word):
            advice = "rename it; --to data/2005/cambodia/NAME.csv gives a copy another name"
            shown = str(data / target).encode("utf-8", "replace").decode()
            raise BadInput([Problem(f"cannot be called {word!r}: the name {reason}", advice, file=shown)])
    return target


def _within(target: Path, data: Path) -> Path:
    """The same path, where no link among its folders leads it elsewhere: what lies there is not checked."""
    if target.parent.resolve() != data.resolve() / target.parent.relative_to(data):
        message = "lies behind a link to a folder, which is not followed"
        raise BadInput([Problem(message, "put the folder itself there", file=str(target.parent))])
    return target


def _refuse(
    yearbook: Yearbook,
    target: Path,
    yaml: Path,
    family: str | None,
    taken: Taken,
    *,
    copied: bool,
    force: bool,
) -> None:
    """Everything that stands in the way, told before anything is written."""
    problems = Problems()
    if family is not None and family not in yearbook.families:
        problems.add(
            BadInput, Problem(f"there is no family {family!r}", did_you_mean(family, yearbook.families))
        )
    if yaml.exists() and not force:
        shown = yearbook.shown(yaml)
        problems.add(BadInput, Problem("already exists", "--force overwrites it", file=shown))
    beside = target.parent.iterdir() if copied and target.parent.is_dir() else ()
    if any(path.name.casefold() == target.name.casefold() for path in beside) and not force:
        shown = yearbook.shown(target)  # or one that differs in case only, which is one file elsewhere
        problems.add(BadInput, Problem("already exists", "--force overwrites it", file=shown))
    if not copied and taken.rewritten:
        what = "; ".join([*(f"line {number} is no row" for number, _ in taken.left_out[:3]), *taken.repairs])
        message = f"cannot be checked as it stands: {what}"
        advice = "move it out of data/; amyqa new copies it there as the check reads it"
        line = taken.left_out[0][0] if taken.left_out else 1
        problems.add(BadInput, Problem(message, advice, file=yearbook.shown(target), line=line))
    problems.raise_if_any()
