"""A file of decisions as text: blocks put in, replaced and taken out, every other line left as it is.

The order of a block's lines is made for merging. Git joins what two branches added at one place into
one conflict as long as no more than three lines in a row are alike on both sides; so the lines that
are the same in many decisions never stand more than three together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

import yaml

from amyqa.characters import HIDDEN
from amyqa.model import Decision

HEADER = """\
# What was decided on findings of amyqa check. Written by `amyqa decide`; may be edited by hand:
# one block for each finding, by its id. A decision without a reason is refused.

"""

_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""As YAML counts lines."""

_BLANK = re.compile(r"(?:^|\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)$")
"""A text that ends with a blank line."""


def written(decision: Decision) -> str:
    """The decision as a block of lines, one for each part, however long."""
    about: dict[str, object] = {"date": decision.date, "who": decision.who}
    if decision.expires is not None:
        about["expires"] = decision.expires
    about |= {
        "finding": decision.message,
        "ruling": decision.ruling.value,
        "reason": decision.reason,
        "relation": decision.relation,
        "where": dict(decision.where),
        "table": decision.table,
        "rule": decision.rule,
        "severity": decision.severity.value,
        "printed": dict(decision.printed),
    }
    if decision.proposed:
        about["proposed"] = dict(decision.proposed)
    block = yaml.dump(
        {decision.finding: about},
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=10**9,
        default_flow_style=None,
    )
    return HIDDEN.sub(lambda match: match[0] if match[0] == "\n" else f"\\u{ord(match[0]):04x}", block)


class _Dumper(yaml.SafeDumper):
    """Writes a text on one line, whatever it holds; between quotes what is not seen, to be spelled out."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if HIDDEN.search(text) else None)


_Dumper.add_representer(str, _text)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A block, its own comments (directly above it), and what follows it: blank lines and other comments.

    The first piece is what stands before all blocks; its `key` is "".
    """

    key: str
    above: str
    block: str
    below: str

    @property
    def text(self) -> str:
        return self.above + self.block + self.below


def edited(text: str, lines: Mapping[str, int], new: Mapping[str, Decision | None]) -> str:
    """The text of a file with decisions put in or replaced, or (None) taken out.

    A decision that is taken out takes the comments directly above it along.

    Args:
        text: the file as it is; "" where there is none.
        lines: 1-based line of each block's key.
        new: by fingerprint. A new block goes before the first one with a higher fingerprint, so that two
            branches seldom add theirs at the same place.
    """
    ends = "\r\n" if "\r\n" in text else "\n"
    blocks = {key: written(each).replace("\n", ends) if each else None for key, each in new.items()}
    told = []
    for piece in _pieces(text or HEADER, lines):
        if piece.key not in blocks:
            told.append(piece)
        elif (block := blocks.pop(piece.key)) is not None:
            told.append(replace(piece, block=block))
        else:
            told.append(_Piece("", "", "", piece.below.lstrip()))
    for key, added in sorted(blocks.items()):
        if added is None:
            continue
        place = next((i for i, piece in enumerate(told) if piece.key > key), len(told))
        before = next((piece.text for piece in reversed(told[:place]) if piece.text), "\n\n")
        gap = "" if _BLANK.search(before) else ends if before.endswith(("\n", "\r")) else ends * 2
        told.insert(place, _Piece(key, gap, added, ends if place < len(told) else ""))
    return "".join(piece.text for piece in told)


def _pieces(text: str, lines: Mapping[str, int]) -> list[_Piece]:
    starts = [0, *(match.end() for match in _BREAK.finditer(text)), len(text)]
    rows = [text[start:end] for start, end in pairwise(starts)]
    cuts = [("", 0)]
    for key, line in sorted(lines.items(), key=lambda item: item[1]):
        first = line - 1
        while first > 0 and rows[first - 1].startswith("#"):
            first -= 1
        # comments at the top are the file's, not the first decision's
        cuts.append((key, first or line - 1))
    ends = [*(start for _, start in cuts[1:]), len(rows)]
    return [_piece(key, rows[start:end]) for (key, start), end in zip(cuts, ends, strict=True)]


def _piece(key: str, rows: list[str]) -> _Piece:
    above = "".join(takewhile(lambda row: row.startswith("#"), rows)) if key else ""
    below = list(takewhile(lambda row: row.startswith("#") or not row.strip(), reversed(rows)))
    rest = "".join(reversed(below)) if key else "".join(rows)
    whole = "".join(rows)
    return _Piece(key, above, whole[len(above) : len(whole) - len(rest)], rest)


def agree(before: str, after: str, new: Mapping[str, Decision | None]) -> bool:
    """Whether an edited text says what it should: the new, and of the old all else."""
    try:
        told, known = _plain(after), _plain(before)
    except yaml.YAMLError:
        return False
    for key, decision in new.items():
        known.pop(key, None)
        known |= _plain(written(decision)) if decision else {}
    return told == known


def _plain(text: str) -> dict[str, object]:
    return yaml.load(text, Loader=_LOADER) or {}  # noqa: S506 (it makes nothing but strings)
