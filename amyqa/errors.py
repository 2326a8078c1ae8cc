"""What amyqa says when it cannot do its job: what is wrong, where, and how to mend it.

Nothing here is about a number that cannot be right (that is a finding, and the job done).
Every mistake of a file is gathered before anything is raised, so that an editor mends a file once.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from amyqa.characters import visible

MAX_ADVISED = 200
"""After so many problems no more nearest words are looked for: it takes time, and nobody reads them."""
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that stands in the way.

    Args:
        message: what is wrong, in one breath.
        hint: what to do about it ("" when the message already says it).
        file: path as the user knows it.
        line: 1-based line of the file.
        column: 1-based column of that line (for CSV: the position of the field).
        key: path inside a YAML file, as in ``columns.Male.sex``.
    """

    message: str
    hint: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        key = f"{self.key}: " if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return visible(f"{place}: {key}{self.message}{hint}" if place else f"{key}{self.message}{hint}")


class AmyqaError(Exception):
    """amyqa failed; ``problems`` holds at least one :class:`Problem`.

    `code` is what the command exits with, and `closing` how it ends, with the number of problems.
    """

    code = 2
    closing = "amyqa failed: fix {} first."

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class BadInput(AmyqaError):
    """A file of data (or a path) that cannot be read."""


class Unread(BadInput):
    """A token of a table that cannot be read: its cell is unknown, and all else of the table is checked."""


class Untraced(BadInput):
    """The data are not as printed, or the seeds not as the document: what tracing is there to find."""

    code = 1
    closing = "The trace failed: {}."


class BadSpec(AmyqaError):
    """A table's YAML that says something impossible."""


class BadRule(AmyqaError):
    """A suite, a schema or a rule's arguments that cannot be run."""


class Problems:
    """Gathers problems; several readers share one, and it is raised once, at the end."""

    def __init__(self) -> None:
        self._found: list[tuple[type[AmyqaError], Problem]] = []
        self._owners: list[str] = []
        self._owner = ""

    @contextmanager
    def about(self, owner: str) -> Iterator[None]:
        """What is kept inside is a matter of this owner: a table, a family."""
        before, self._owner = self._owner, owner
        try:
            yield
        finally:
            self._owner = before

    def of(self, *owners: str) -> tuple[Problem, ...]:
        """The problems of some owners, each once, in the order of files and lines."""
        found = zip(self._found, self._owners, strict=True)
        return _in_order(problem for (_, problem), owner in found if owner in owners)

    def all(self) -> tuple[Problem, ...]:
        """Everything gathered, each once, in the order of files and lines."""
        return _in_order(problem for _, problem in self._found)

    def stop(self, *owners: str) -> bool:
        """Whether some problem of these owners is more than a cell that cannot be read."""
        found = zip(self._found, self._owners, strict=True)
        return any(owner in owners and kind is not Unread for (kind, _), owner in found)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, kind: type[AmyqaError], problem: Problem) -> None:
        """Keep one problem for later."""
        self._found.append((kind, problem))
        self._owners.append(self._owner)

    def extend(self, error: AmyqaError) -> None:
        """Keep all problems of an error that was raised."""
        for problem in error.problems:
            self.add(type(error), problem)

    def take_over(self, others: Problems, change: Callable[[Problem], Problem]) -> None:
        """Keep the problems that were gathered elsewhere, each changed."""
        for kind, problem in others._found:
            self.add(kind, change(problem))

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Swallow an :class:`AmyqaError` raised inside, keeping its problems."""
        try:
            yield
        except AmyqaError as error:
            self.extend(error)

    def did_you_mean(self, word: str, known: Iterable[str]) -> str:
        """Advice as of :func:`nearest`, as long as there are few enough problems to be read."""
        return did_you_mean(word, known) if len(self._found) < MAX_ADVISED else ""

    def raise_if_any(self) -> None:
        """Raise everything gathered as one error, in the order of files and lines.

        Raises:
            AmyqaError: of the common kind when all problems are of one kind.
        """
        if not self._found:
            return
        kinds = {BadInput if kind is Unread else kind for kind, _ in self._found}
        kind = kinds.pop() if len(kinds) == 1 else AmyqaError
        raise kind(self.all())


def _in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by file and line."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda p: (p.file or "", p.line or 0, p.column or 0)))


def close(word: str, known: Iterable[str], least: float = 0.6) -> str | None:
    """The known word that `word` may be a misspelling of; `least` of 1 would be the same word."""
    folded = {w[:_LONGEST].casefold(): w for w in known}
    found = difflib.get_close_matches(word[:_LONGEST].casefold(), list(folded), n=1, cutoff=least)
    return folded[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Advice naming the known word nearest to `word`, or the known words when none is near."""
    words = sorted({str(w) for w in known})
    if (found := close(word, words)) is not None:
        return f"did you mean {found!r}?"
    if not words:
        return ""
    shown = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f"known: {shown}"
