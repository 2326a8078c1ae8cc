"""A yearbook's own words: ``words.yaml`` at its root, read and put into use."""

from __future__ import annotations

from pathlib import Path

from amyqa.errors import BadInput, Problems
from amyqa.reading import vocabulary
from amyqa.reading.labels import plain
from amyqa.reading.yamlfile import KeyPath, YamlFile, read_yaml

NAME = "words.yaml"
_MAX_WORDS = 2_000


def use_words_of(root: Path) -> None:
    """Put the words of the yearbook in this folder into use; only those that are shipped where it has none.

    Raises:
        BadInput: every mistake: an unknown kind of words, no list of words, a word without letters.
    """
    path, problems = root / NAME, Problems()
    own: dict[str, list[str]] = {}
    if path.is_file():
        file = read_yaml(path, NAME, BadInput, problems)
        own = _own(file, problems) if file is not None else {}
    problems.raise_if_any()
    vocabulary.use(own)


def _own(file: YamlFile, problems: Problems) -> dict[str, list[str]]:
    if not isinstance(file.content, dict):
        problems.add(BadInput, file.problem((), "is no mapping of kinds to words", "as in total: [Kabuoan]"))
        return {}
    found: dict[str, list[str]] = {}
    for kind, listed in file.content.items():
        if kind not in vocabulary.kinds():
            advice = problems.did_you_mean(kind, vocabulary.kinds())
            problems.add(BadInput, file.problem((kind,), f"there is no kind of words {kind!r}", advice))
        elif not isinstance(listed, list):
            advice = f"put them into brackets: {kind}: [one, another]"
            problems.add(BadInput, file.problem((kind,), "is no list of words", advice))
        else:
            words = (_word(word, file, (kind, at), problems) for at, word in enumerate(listed))
            found[kind] = [word for word in words if word]
    if sum(map(len, found.values())) > _MAX_WORDS:
        message = f"holds more than {_MAX_WORDS:,} words"
        problems.add(BadInput, file.problem((), message, "keep those that stand in labels of tables"))
    return found


def _word(word: object, file: YamlFile, path: KeyPath, problems: Problems) -> str:
    if isinstance(word, str) and plain(word.removeprefix(vocabulary.WHOLE_LABEL)):
        return word
    advice = "write a word, or several, as they stand in labels"
    problems.add(BadInput, file.problem(path, "is no word", advice))
    return ""
