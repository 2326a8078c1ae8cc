"""YAML as plain text, lists and mappings, with the line and column of everything."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from amyqa.errors import BadInput, BadRule, BadSpec, Problem, Problems
from amyqa.reading import yamlfile
from amyqa.reading.yamlfile import YamlFile, read_yaml, show_path


@pytest.fixture(scope="module", params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request):
    """Both of PyYAML's loaders: the fast one is not built everywhere."""
    if not hasattr(yaml, request.param):
        pytest.skip("PyYAML without libyaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yamlfile, "_LOADER", getattr(yaml, request.param))
        yield


def gather(path: Path) -> tuple[YamlFile | None, tuple[Problem, ...]]:
    problems = Problems()
    file = read_yaml(path, "t.yaml", BadSpec, problems)
    try:
        problems.raise_if_any()
    except (BadSpec, BadInput) as error:
        return file, error.problems
    return file, ()


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "t.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def file_of(folder: Path, content: str | bytes) -> YamlFile:
    file, problems = gather(written(folder, content))
    assert problems == ()
    assert file is not None
    return file


def problems_of(folder: Path, content: str | bytes) -> tuple[Problem, ...]:
    problems = gather(written(folder, content))[1]
    assert all(problem.file == "t.yaml" for problem in problems)
    return problems


def problem_of(folder: Path, content: str | bytes) -> Problem:
    [problem] = problems_of(folder, content)
    return problem


def place(problem: Problem) -> tuple[int | None, int | None]:
    return problem.line, problem.column


# --- what is read -----------------------------------------------------------------------------------

SCALARS = [
    "no", "No", "yes", "on", "off", "true", "False", "null", "Null", "~", "2005", "1.10", "010", "0x10",
    "0b11", "1_000", "1e3", "12:30:45", "2005-01-01", ".nan", ".inf", "-.inf", "+1", "<<", "=", "y", "n",
    "1,234", "(0.6)", "HRD Male", "é – ½",
]  # fmt: skip


@pytest.mark.parametrize("word", SCALARS)
def test_every_word_stays_the_text_that_was_written(tmp_path, word):
    content = f"plain: {word}\nquoted: '{word}'\nlisted: [\"{word.replace(',', '.')}\"]\n{word}: key\n"
    file = file_of(tmp_path, content)
    assert file.content == {"plain": word, "quoted": word, "listed": [word.replace(",", ".")], word: "key"}


def test_a_value_that_is_left_out_is_empty_text(tmp_path):
    assert file_of(tmp_path, "a:\nb: ''\nc: [ '' ]\nd:\n  -\n").content == {
        "a": "", "b": "", "c": [""], "d": [""],
    }  # fmt: skip


def test_long_texts_may_be_folded_or_kept(tmp_path):
    content = "a: one\n  two\nb: >\n  one\n  two\nc: |\n  one\n  two\n"
    assert file_of(tmp_path, content).content == {"a": "one two", "b": "one two\n", "c": "one\ntwo\n"}


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_says_nothing_and_is_no_mistake(tmp_path, content):
    assert file_of(tmp_path, content).content in ({}, "")


@pytest.mark.parametrize(
    ("content", "read"), [("- a\n- b\n", ["a", "b"]), ("word\n", "word"), ("[]", []), ("{}", {})]
)
def test_any_kind_may_stand_at_the_top(tmp_path, content, read):
    assert file_of(tmp_path, content).content == read


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("bom", ["", "\ufeff"], ids=["", "bom"])
def test_every_key_and_entry_has_its_line_and_column(tmp_path, end, bom):
    content = "# comment\ntitle: T\nzero:\n  - {sex: male, age: all}\n  - sex: female\n"
    file = file_of(tmp_path, bom + content.replace("\n", end))
    places = {show_path(path): (file.lines[path], file.columns[path]) for path in file.lines}
    assert places == {
        "": (2, 1),
        "title": (2, 1),
        "zero": (3, 1),
        "zero[0]": (4, 5),
        "zero[0].sex": (4, 6),
        "zero[0].age": (4, 17),
        "zero[1]": (5, 5),
        "zero[1].sex": (5, 5),
    }


def test_a_problem_stands_at_its_key_or_at_the_nearest_one_above(tmp_path):
    file = file_of(tmp_path, "a: 1\nb:\n    c: 2\n")
    for path, where in {("b", "c"): (3, 5), ("b", "d"): (2, 1), ("e",): (1, 1), (): (1, 1)}.items():
        problem = file.problem(path, "is odd", "mend it")
        assert (place(problem), problem.key) == (where, show_path(path) or None)
    assert str(file.problem(("b", "c"), "is odd", "mend it")) == "t.yaml:3:5: b.c: is odd (mend it)"
    assert str(YamlFile("t.yaml").problem(("b",), "is odd")) == "t.yaml:1: b: is odd"


PLAIN = st.recursive(
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(content=PLAIN, indent=st.sampled_from([None, 2]))
def test_what_is_written_is_read_back_and_everything_has_a_line(tmp_path_factory, content, indent):
    text = json.dumps(content, ensure_ascii=False, indent=indent)
    file, problems = gather(written(tmp_path_factory.getbasetemp(), text))
    assert problems == ()
    assert file is not None
    assert file.content == content
    assert file.lines.keys() == file.columns.keys() == set(paths(content))
    assert max(file.lines.values()) <= text.count("\n") + 1


def paths(content: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, object]] = []
    if isinstance(content, dict):
        inner = list(content.items())
    elif isinstance(content, list):
        inner = list(enumerate(content))
    return [path, *(below for key, value in inner for below in paths(value, (*path, key)))]


@settings(deadline=None)
@given(content=st.text("ab: -?[]{},&*!|>'\"%@`#\n\t\r\\0~\x07\u2028", max_size=30) | st.binary(max_size=30))
def test_any_file_is_read_or_refused_with_its_line(tmp_path_factory, content):
    file, problems = gather(written(tmp_path_factory.getbasetemp(), content))
    assert (file is None) <= bool(problems)
    assert all(problem.file == "t.yaml" and problem.line for problem in problems)


# --- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("a: b: c\n", 1),
        ("a: 1\nb: [1\nc: 2\n", 3),
        ("a: @x\n", 1),
        ("a: 'x' y\n", 1),
        ("a: 1\n b: 2\n", 2),
        ("a: 1\n- b\n", 2),
        ("a: %x\n", 1),
        ("a: 1\n---\nb: 2\n", 2),
        ("ok: 1\ntitle: Males: a study\n", 2),
    ],
)
def test_what_is_not_yaml_is_told_with_its_line_and_advice(tmp_path, content, line):
    problem = problem_of(tmp_path, content)
    assert problem.message.startswith("is not YAML: ")
    assert problem.line == line
    assert problem.column
    assert "indentation" in problem.hint


@pytest.mark.parametrize("content", ["a: 1\nb: 'open\nc: 2\nd: 3\n", 'a: 1\nb: "open\n'])
def test_a_quote_left_open_is_told_where_it_was_opened(tmp_path, content):
    assert place(problem_of(tmp_path, content)) == (2, 4)


@pytest.mark.parametrize("content", ["a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 2\n"])
def test_tabs_are_named(tmp_path, content):
    problem = problem_of(tmp_path, content)
    assert problem.hint == "indent with spaces, not tabs"
    assert problem.line == content.count("\n")


@pytest.mark.parametrize(
    ("content", "tag", "path"),
    [
        ("a: !!python/object/apply:os.abort []\n", "python/object/apply:os.abort", "a"),
        ("a: !!python/name:os.abort\n", "python/name:os.abort", "a"),
        ("a: !!python/object/new:os.abort {}\n", "python/object/new:os.abort", "a"),
        ("a: [!!python/str x]\n", "python/str", "a[0]"),
        ("a: !foo x\n", "!foo", "a"),
        ("a: !<tag:example.org,2000:x> x\n", "tag:example.org,2000:x", "a"),
        ("b: 1\n!foo a: x\n", "!foo", "a"),
        ("!!python/name:os.abort a: x\n", "python/name:os.abort", "a"),
    ],
)
def test_a_tag_constructs_nothing_and_is_refused(tmp_path, content, tag, path):
    problem = problem_of(tmp_path, content)
    assert tag in problem.message
    assert (problem.line, problem.key) == (content.count("\n"), path)
    assert problem.hint


@pytest.mark.parametrize(
    ("content", "read"),
    [("a: !!str 5\n", {"a": "5"}), ("a: !!int 5\n", {"a": "5"}), ("a: !!null x\n", {"a": "x"})],
)
def test_a_standard_tag_changes_nothing(tmp_path, content, read):
    assert file_of(tmp_path, content).content == read


def test_every_alias_is_told_with_its_place(tmp_path):
    problems = problems_of(tmp_path, "a: &x [1, 2]\nb: *x\nc: {d: *x}\n<<: *x\n")
    assert [place(problem) for problem in problems] == [(2, 4), (3, 8), (4, 5)]
    assert {(p.message, p.hint) for p in problems} == {("uses an alias (*)", "write the value out")}


def test_a_billion_laughs_are_not_laughed(tmp_path):
    lines = ["a0: &a0 [ha, ha, ha]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 40)]
    begin = time.process_time()
    assert len(problems_of(tmp_path, "\n".join(lines))) == 390
    assert time.process_time() - begin < 5


def test_every_key_that_stands_twice_is_told_at_its_second_place(tmp_path):
    problems = problems_of(tmp_path, "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n'a': 2\nb: 4\na: 5\n")
    assert [(place(p), p.key) for p in problems] == [
        ((5, 3), "b.c"),
        ((6, 1), "a"),
        ((7, 1), "b"),
        ((8, 1), "a"),
    ]
    assert {problem.hint for problem in problems} == {"keep one of them"}


def test_a_key_that_is_no_word_is_told(tmp_path):
    problem = problem_of(tmp_path, "a: 1\nb:\n  ? [x, y]\n  : 1\n")
    assert (problem.message, problem.line, problem.key) == ("has a key that is no word", 2, "b")


def nested(depth: int, style: str) -> str:
    if style == "[":
        return "[" * depth + "]" * depth
    if style == "{":
        return "{a: " * depth + "1" + "}" * depth
    if style == "lines":
        return "\n".join(" " * i + "a:" for i in range(depth)) + " 1"
    return style * depth + "x"


@pytest.mark.parametrize("style", ["[", "{", "- ", "? ", "lines"])
def test_what_is_nested_too_deeply_is_refused(tmp_path, style):
    assert problems_of(tmp_path, nested(40, style)) == () or style == "? "
    problem = problem_of(tmp_path, nested(41, style))
    assert (problem.message, bool(problem.hint)) == ("is nested too deeply", True)
    assert problem.line == (41 if style == "lines" else 1)


@pytest.mark.parametrize("style", ["[", "{", "- ", "? "])
@pytest.mark.parametrize("closed", [True, False])
def test_a_deep_file_neither_hangs_nor_crashes(tmp_path, style, closed):
    content = nested(200_000, style)
    begin = time.process_time()
    problem = problem_of(tmp_path, content if closed else content[:400_000])
    assert time.process_time() - begin < 5
    assert problem.message == "is nested too deeply"


@pytest.mark.parametrize(
    ("content", "where", "code"),
    [
        ("a: \x07\n", (1, 4), "U+0007"),
        ("title: ok\nb: caf\x01e\n", (2, 7), "U+0001"),
        ("a: \ufffe\n", (1, 4), "U+FFFE"),
    ],
)
def test_a_control_character_is_told_with_its_place(tmp_path, content, where, code):
    problem = problem_of(tmp_path, content)
    assert (place(problem), problem.message) == (where, f"holds the control character {code}")


@pytest.mark.parametrize("content", ['a: "x\\0y"\n', '"a\\0": x\n'])
def test_an_escaped_nul_is_refused(tmp_path, content):
    assert problem_of(tmp_path, content).message == "holds a NUL character"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a: caf\xe9\n", "is not UTF-8"),
        ("a: b\n".encode("utf-16"), "is UTF-16"),
        (b"a: \0\n", "holds a NUL byte"),
    ],
)
def test_what_is_not_utf_8_is_bad_input(tmp_path, content, message):
    problems = Problems()
    assert read_yaml(written(tmp_path, content), "t.yaml", BadSpec, problems) is None
    with pytest.raises(BadInput, match=message):
        problems.raise_if_any()


def test_a_file_of_5_mb_is_refused_at_once(tmp_path):
    path = written(tmp_path, "a: " + "x" * 5_000_000)
    begin = time.process_time()
    [problem] = gather(path)[1]
    assert time.process_time() - begin < 5
    assert problem.message.startswith("is too large: 5,000,003 bytes")


def test_a_folder_and_a_missing_file_are_told(tmp_path):
    for path, message in {tmp_path: "is a folder", tmp_path / "no.yaml": "cannot be read"}.items():
        file, [problem] = gather(path)
        assert file is None
        assert problem.message.startswith(message)


def test_a_mistake_is_of_the_kind_that_the_reader_asks_for(tmp_path):
    problems = Problems()
    read_yaml(written(tmp_path, "a: 1\na: 2\n"), "t.yaml", BadRule, problems)
    with pytest.raises(BadRule):
        problems.raise_if_any()


def test_several_kinds_of_mistakes_are_told_together(tmp_path):
    content = 'a: !foo 1\na: 2\nb:\n  ? [x]\n  : 1\nc: "\\0"\n'
    assert len(problems_of(tmp_path, content)) == 4


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ((), ""),
        (("a",), "a"),
        (("columns", "DW Total", "sex", 1), "columns.DW Total.sex[1]"),
        ((0, "a"), "[0].a"),
    ],
)
def test_a_key_path_is_shown_as_it_is_said(path, shown):
    assert show_path(path) == shown
