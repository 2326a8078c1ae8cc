"""A new table in a yearbook: its CSV taken in, the draft of its YAML written beside it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from amyqa.errors import BadInput, Problem, Problems, nearest
from amyqa.project import Yearbook, open_yearbook
from amyqa.reading.files import read_text, write_atomically
from amyqa.reading.spec import read_spec
from amyqa.starting.draft import Draft, draft, taken_otherwise
from amyqa.starting.editors import SCHEMAS, write_schemas
from amyqa.starting.families import dimensions_of, guess_family
from amyqa.starting.intake import Taken, take
from amyqa.starting.words import table_name


@dataclass(frozen=True)
class New:
    """What was made.

    Args:
        yearbook: where.
        csv, yaml: the table's two files.
        copied: whether the CSV was copied into the yearbook.
        otherwise: what the copy has otherwise than the file, line by line.
    """

    yearbook: Path
    csv: Path
    yaml: Path
    draft: Draft
    copied: bool
    otherwise: tuple[str, ...] = ()


def new_table(
    csv: Path,
    *,
    family: str | None = None,
    to: Path | None = None,
    edition: str | None = None,
    chapter: str | None = None,
    header: Sequence[str] | None = None,
    header_lines: int | None = None,
    force: bool = False,
) -> New:
    """Take in a CSV and write the draft of its YAML.

    Args:
        csv: in a yearbook's ``data/``, or anywhere; then it is copied.
        family: None: guessed.
        to: a folder under ``data/`` for the copy; or else `edition` and `chapter`.
        header, header_lines: the labels of a file without a header, or how many lines it has.
        force: write over a YAML that is there.

    Raises:
        BadInput: what cannot be read, or would be written over; there is no such family.
    """
    text = read_text(csv, str(csv))
    yearbook = _yearbook(csv, to)
    target = _target(csv, yearbook, to, edition, chapter)
    yaml = target.with_suffix(".yaml")
    copied = target != csv.resolve()
    taken = take(text, str(csv), header=header, header_lines=header_lines)
    _refuse(yearbook, target, yaml, family, taken, copied=copied, force=force)
    chosen = family or guess_family(taken, csv.stem)[0]
    schema = os.path.relpath(yearbook.root / SCHEMAS / "table.schema.json", yaml.parent)
    drafted = draft(
        taken,
        csv.stem,
        family=family,
        dimensions=dimensions_of(yearbook, chosen),
        schema=Path(schema).as_posix(),
    )
    if copied:
        write_atomically(target, taken.csv() if taken.rewritten else text)
    write_atomically(yaml, drafted.text)
    write_schemas(yearbook.root, only_missing=True)
    problems = Problems()
    read_spec(yaml, yearbook.shown(yaml), problems)
    problems.raise_if_any()
    return New(yearbook.root, target, yaml, drafted, copied, tuple(taken_otherwise(taken)))


def _yearbook(csv: Path, to: Path | None) -> Yearbook:
    """The yearbook that a CSV lies in, that `to` names, or that one is in."""
    if _is_placed(csv):
        return open_yearbook(csv)
    place = to if to is not None and to.exists() else Path()
    try:
        return open_yearbook(place)
    except BadInput as error:
        advice = "go to a yearbook, or begin one: amyqa init DIR"
        raise BadInput([Problem("is no part of a yearbook", advice, file=str(Path.cwd()))]) from error


def _is_placed(csv: Path) -> bool:
    """Whether a CSV lies in the data/ of a yearbook."""
    try:
        return csv.resolve().is_relative_to(open_yearbook(csv).root / "data")
    except BadInput:
        return False


def _target(csv: Path, yearbook: Yearbook, to: Path | None, edition: str | None, chapter: str | None) -> Path:
    """Where the table's CSV belongs."""
    data = yearbook.root / "data"
    if csv.resolve().is_relative_to(data):
        return csv.resolve()
    name = f"{table_name(csv.stem)}.csv"
    if to is not None:
        folder = to if to.is_absolute() else Path.cwd() / to
        folder = Path(os.path.normpath(folder))
        target = folder if folder.suffix == ".csv" else folder / name
        if not target.is_relative_to(data):
            advice = "name a folder under data/, as data/2005/cambodia"
            raise BadInput([Problem("lies outside the yearbook's data/", advice, file=str(to))])
        return _within(target, data)
    chapters = sorted({files.csv.parent for files in yearbook.tables})
    if edition is not None or chapter is not None:
        folders = [word for word in (edition, chapter) if word is not None]
        for word in folders:
            if not word.strip() or set(word) & set("/\\\0") or word.startswith("."):
                message = f"{word!r} cannot be the name of a folder"
                raise BadInput([Problem(message, "as in --edition 2005 --chapter cambodia")])
        return _within(data.joinpath(*folders, name), data)
    if len(chapters) == 1:
        return chapters[0] / name
    advice = "say where it belongs: --edition 2005 --chapter cambodia, or --to data/2005/cambodia"
    raise BadInput([Problem(f"the yearbook has {len(chapters)} chapters", advice, file=str(csv))])


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
        problems.add(BadInput, Problem(f"there is no family {family!r}", nearest(family, yearbook.families)))
    if yaml.exists() and not force:
        shown = yearbook.shown(yaml)
        problems.add(BadInput, Problem("is there already", "--force writes over it", file=shown))
    if copied and target.exists() and not force:
        shown = yearbook.shown(target)
        problems.add(BadInput, Problem("is there already", "--force writes over it", file=shown))
    if not copied and taken.rewritten:
        what = "; ".join([*(f"line {number} is no row" for number, _ in taken.left_out[:3]), *taken.repairs])
        message = f"cannot be checked as it stands: {what}"
        advice = "move it out of data/; amyqa new copies it there as the check reads it"
        line = taken.left_out[0][0] if taken.left_out else 1
        problems.add(BadInput, Problem(message, advice, file=yearbook.shown(target), line=line))
    problems.raise_if_any()
