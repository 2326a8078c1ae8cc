"""Foreign words within an English sentence: each stands by itself, whichever way it is written."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from amyqa.characters import visible

# Hebrew, Arabic and their kin, with their presentation forms; Chinese, Japanese, Korean
_RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_EAST_ASIAN = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
_BETWEEN = "[^A-Za-z,:;=+≠→<>&]*"
_FOREIGN = re.compile(
    "|".join(f"[{script}](?:{_BETWEEN}[{script}])?" for script in (_RIGHT_TO_LEFT, _EAST_ASIAN))
)
_WRITTEN_LEFTWARDS = re.compile(f"[{_RIGHT_TO_LEFT}]")


def isolated(text: str) -> Markup:
    """The sentence, escaped, with each foreign label isolated: what surrounds it stays in its order."""
    told = visible(text)
    if told.isascii():
        return escape(told)
    return Markup(  # noqa: S704  # its parts are escaped
        _FOREIGN.sub(lambda match: f"<bdi>{match[0]}</bdi>", str(escape(told)))
    )


def leftwards(labels: list[str]) -> bool:
    """Whether most of the labels are written from right to left."""
    worded = [label for label in labels if any(char.isalpha() for char in label)]
    return 2 * sum(bool(_WRITTEN_LEFTWARDS.search(label)) for label in worded) > len(worded)
