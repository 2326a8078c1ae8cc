"""The words of labels by what they say: those of ``words.json``, in many languages, and a yearbook's own.

They know no country and no table. They are read when a label is first looked at, and a yearbook adds to
them (``words.yaml``): what is remembered of labels is then forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

Words = Mapping[str, tuple[str, ...]]

WHOLE_LABEL = "="
"""Stands before a word that says something only where it is all of a label: ``=nam``."""
_ALSO = {"flow": ("difference",), "hundred": ("share",)}
"""Kinds that hold the words of others."""
_P = ParamSpec("_P")
_T = TypeVar("_T")
_forgetful: list[Callable[[], None]] = []
_own: dict[str, tuple[str, ...]] = {}


def remembered(size: int | None = None) -> Callable[[Callable[_P, _T]], Callable[_P, _T]]:
    """Remembers what a function of words returns until other words are in use."""

    def wrap(function: Callable[_P, _T]) -> Callable[_P, _T]:
        kept: Any = lru_cache(maxsize=size)(function)
        _forgetful.append(kept.cache_clear)
        result: Callable[_P, _T] = kept
        return result

    return wrap


@cache
def _shipped() -> Words:
    content: Mapping[str, Mapping[str, list[str]]] = json.loads(
        Path(__file__).with_name("words.json").read_text(encoding="utf-8")
    )
    return {
        kind: tuple(dict.fromkeys(word for words in languages.values() for word in words))
        for kind, languages in content.items()
    }


def kinds() -> tuple[str, ...]:
    """What words may say: ``total``, ``male``, ``share`` and others."""
    return tuple(_shipped())


@remembered()
def words_of(kind: str) -> tuple[str, ...]:
    """All words of a kind, as written, those that count as whole labels only with their mark."""
    more = (word for other in _ALSO.get(kind, ()) for word in words_of(other))
    return tuple(dict.fromkeys((*_shipped()[kind], *more, *_own.get(kind, ()))))


def use(own: Mapping[str, Iterable[str]]) -> None:
    """Add a yearbook's words to those that are shipped, in the place of another yearbook's."""
    new = {kind: tuple(words) for kind, words in own.items()}
    if new == _own:
        return
    _own.clear()
    _own.update(new)
    for forget in _forgetful:
        forget()
