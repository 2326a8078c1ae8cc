"""Opening files that may be anything, and writing them whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amyqa.errors import BadInput, Problem
from amyqa.reading.writing import write_atomically
from amyqa.sources.files import read_text


def refusal(path: Path, **limit: int) -> Problem:
    with pytest.raises(BadInput) as caught:
        read_text(path, "shown.csv", **limit)
    [problem] = caught.value.problems
    assert problem.file == "shown.csv"
    return problem


def refusal_of(folder: Path, content: bytes) -> Problem:
    path = folder / "file.csv"
    path.write_bytes(content)
    return refusal(path)


# --- reading ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "a\r\nb\r\n", "a\rb", "é – ½ \U0001f600\u2028x"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "bom"])
def test_text_is_read_as_it_stands(tmp_path, text, mark):
    path = tmp_path / "file.csv"
    path.write_bytes(mark + text.encode())
    assert read_text(path, "shown.csv") == text


def test_only_the_first_byte_order_mark_is_one(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"\xef\xbb\xbf\xef\xbb\xbfa")
    assert read_text(path, "shown.csv") == "\ufeffa"


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"caf\xe9,1\n", 1, 4),
        (b"a,b\n1,caf\xe9\n", 2, 6),
        (b"a,b\r\n1,caf\xe9\r\n", 2, 6),
        (b"a,b\r1,caf\xe9\r", 2, 6),
        (b"\xef\xbb\xbfa\nb\xe9", 2, 2),
        (b"\xef\xbb\xbf\xe9", 1, 4),
        (b"a\n\n\xff", 3, 1),
    ],
)
def test_latin_1_is_refused_with_its_place_and_what_to_do(tmp_path, content, line, column):
    problem = refusal_of(tmp_path, content)
    assert (problem.line, problem.column) == (line, column)
    assert problem.message.startswith("is not UTF-8: byte 0x")
    assert "UTF-8" in problem.hint


def test_the_byte_is_shown_as_the_letter_it_was_meant_for(tmp_path):
    assert "0xe9, 'é'" in refusal_of(tmp_path, b"caf\xe9").message


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_utf_16_is_refused_by_name(tmp_path, encoding):
    marks = {"utf-16-le-bom": b"\xff\xfe", "utf-16-be-bom": b"\xfe\xff"}
    content = marks.get(encoding, b"") + "a,b\n".encode(encoding.removesuffix("-bom"))
    problem = refusal_of(tmp_path, content)
    assert problem == Problem(
        "is UTF-16, not UTF-8", "save it as UTF-8 (in Excel: CSV UTF-8)", "shown.csv", 1, 1
    )


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"a,b\n1,\0\n", (2, 3)),
        (b"\0", (1, 1)),
        ("a,b\n".encode("utf-16-le"), (1, 2)),
        (b"PK\x03\x04\n\n\0", (3, 1)),
    ],
)
def test_a_nul_byte_is_refused_with_its_place(tmp_path, content, place):
    problem = refusal_of(tmp_path, content)
    assert (problem.message, problem.line, problem.column) == ("holds a NUL byte", *place)
    assert problem.hint


def test_a_folder_is_no_file(tmp_path):
    assert refusal(tmp_path).message == "is a folder where a file should be"


def test_a_missing_file_is_named(tmp_path):
    assert refusal(tmp_path / "no.csv").message == "cannot be read: No such file or directory"
    assert "cannot be read" in refusal(tmp_path / "no.csv" / "deeper.csv").message


@pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
def test_an_impossible_path_is_refused_not_raised(tmp_path, name):
    assert refusal(tmp_path / name).message.startswith("cannot be read")


def test_an_unreadable_file_is_told_with_the_reason(tmp_path, monkeypatch):
    path = tmp_path / "file.csv"
    path.write_text("a")

    def denied(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)  # chmod does not stop root
    assert refusal(path).message == "cannot be read: Permission denied"


def test_a_file_in_a_folder_that_cannot_be_entered_is_told(tmp_path, monkeypatch):
    def denied(self: Path, **how: bool) -> os.stat_result:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", denied)
    assert refusal(tmp_path / "file.csv").message == "cannot be read: Permission denied"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    assert refusal(tmp_path / "pipe.csv").message == "is not a file"


def test_a_file_above_the_limit_is_not_read(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"x" * 1001)
    problem = refusal(path, limit=1000)
    assert problem.message == "is too large: 1,001 bytes; at most 1,000 are read"
    path.write_bytes(b"x" * 1000)
    assert read_text(path, "shown.csv", 1000) == "x" * 1000


@settings(deadline=None)
@given(content=st.binary(max_size=40))
def test_any_bytes_are_text_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        text = read_text(path, "shown.csv")
    except BadInput as error:
        [problem] = error.problems
        lines = content.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert problem.line is not None
        assert 1 <= problem.line <= len(lines)
    else:
        assert text.encode() == content.removeprefix(b"\xef\xbb\xbf")


# --- writing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", ["é\n", b"\x00\xff", ""])
def test_what_is_written_is_what_was_given(tmp_path, content):
    write_atomically(tmp_path / "new" / "deep" / "file", content)
    written = (tmp_path / "new" / "deep" / "file").read_bytes()
    assert written == (content.encode() if isinstance(content, str) else content)


def test_an_old_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    write_atomically(path, "new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="modes as on Unix")
def test_others_may_read_what_is_written_as_the_umask_says(tmp_path):
    before = os.umask(0o027)
    try:
        write_atomically(tmp_path / "file", "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o640


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace", "fdopen"])
def test_when_writing_fails_the_old_file_stays_and_no_half_one(tmp_path, monkeypatch, step):
    path = tmp_path / "file"
    path.write_text("old")

    def full(*arguments: object, **more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, full)
    with pytest.raises(BadInput) as caught:
        write_atomically(path, "new")
    monkeypatch.undo()
    [problem] = caught.value.problems
    assert problem.message == "cannot be written: No space left on device"
    assert problem.hint
    assert problem.file == str(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_where_the_file_should_be_is_told_and_kept(tmp_path):
    (tmp_path / "file").mkdir()
    with pytest.raises(BadInput, match="cannot be written"):
        write_atomically(tmp_path / "file", "x")
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_file_where_the_folder_should_be_is_told(tmp_path):
    (tmp_path / "report").write_text("not a folder")
    with pytest.raises(BadInput, match="cannot be written"):
        write_atomically(tmp_path / "report" / "file", "x")
    assert (tmp_path / "report").read_text() == "not a folder"


def test_a_folder_that_cannot_be_written_to_is_bad_input(tmp_path, monkeypatch):
    def denied(**how: object) -> tuple[int, str]:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("amyqa.reading.writing.tempfile.mkstemp", denied)  # chmod does not stop root
    with pytest.raises(BadInput) as caught:
        write_atomically(tmp_path / "file", "x")
    assert caught.value.problems[0].message == "cannot be written: Permission denied"
    assert caught.value.problems[0].hint == "choose a folder you may write to"


def test_an_interrupted_writing_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupted(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "file", "x")
    assert list(tmp_path.iterdir()) == []
