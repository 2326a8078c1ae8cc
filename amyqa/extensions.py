"""What other packages add: the entry points of ``amyqa.sources``, ``amyqa.rules`` and ``amyqa.formats``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amyqa.errors import BadInput, Problem

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


def entries(group: str) -> list[EntryPoint]:
    """The entry points that installed packages have in a group."""
    from importlib.metadata import entry_points  # takes a while, and is seldom needed

    return list(entry_points(group=group))


def load(entry: EntryPoint, kind: str) -> Any:
    """What an entry point names.

    Args:
        kind: what it should be, as ``format``.

    Raises:
        BadInput: it cannot be loaded, with the package to repair.
    """
    try:
        return entry.load()
    except Exception as error:  # whatever a stranger's package does
        raise refusal(entry, kind, f"cannot be loaded: {type(error).__name__}: {error}") from error


def refusal(entry: EntryPoint, kind: str, fault: str) -> BadInput:
    """The error about an entry point: ``the rule 'x' is no amyqa Rule``."""
    package = getattr(entry, "dist", None)
    advice = f"repair or remove the package {package.name}" if package else ""
    return BadInput([Problem(f"the {kind} {entry.name!r} {fault}", advice)])
