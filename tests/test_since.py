"""``check --since``: only what was not found at a commit fails."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from amyqa.reading.git import _LOCKED
from tests.conftest import Ran, Run
from tests.repositories import committed, git
from tests.yearbooks import CHAPTER, shipped

KOREA = f"data/{CHAPTER}/deployed-to-south-korea"
MALAYSIA = f"data/{CHAPTER}/deployed-to-malaysia"


def check(run: Run, root: Path, since: str, *arguments: str) -> Ran:
    options = ("--engine", "duckdb", "--format", "json", "--since", since)
    return run("check", *options, *arguments, cwd=root)


@pytest.fixture
def korea(book: Callable[..., Path]) -> Path:
    """One table with three findings, committed."""
    root = book("deployed-to-south-korea")
    committed(root)
    return root


def change(root: Path, old: str, new: str) -> None:
    path = root / f"{KOREA}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_what_was_there_already_does_not_fail(run: Run, korea: Path) -> None:
    ran = check(run, korea, "HEAD")
    assert (ran.code, ran.err) == (
        0,
        "The gate lets it through: no new open error. 3 open since before HEAD, not counted.\n",
    )
    assert ran.report["since"] == "HEAD"
    assert [finding["known"] for finding in ran.report["findings"]] == [True] * 3
    assert run("check", "--engine", "duckdb", cwd=korea).code == 1


def test_the_report_names_the_commit_and_says_whether_the_data_has_changed_since(
    run: Run, korea: Path
) -> None:
    imprint = check(run, korea, "HEAD").report["imprint"]
    assert imprint["commit"] == git(korea, "rev-parse", "HEAD").strip()
    assert (imprint["yearbook"], imprint["editions"], imprint["changed"]) == (korea.name, ["2005"], False)
    change(korea, "432", "433")
    assert check(run, korea, "HEAD").report["imprint"]["changed"] is True


def test_what_is_new_comes_first_and_the_rest_is_marked_known(run: Run, korea: Path) -> None:
    change(korea, "432", "435")
    ran = run("check", "--engine", "duckdb", "--since", "HEAD", "--report", "out", cwd=korea)
    told = " ".join(ran.out.split())
    every = ran.out.count("[")
    assert (told.count("(known)"), every) == (2, 4)  # none is left out, and what was there is marked
    page = (korea / "out/report.html").read_text(encoding="utf-8")
    assert "known since HEAD" in page
    assert "new thing" in page or "Nothing new since HEAD" in page


def test_what_is_new_fails_and_is_told_apart(run: Run, korea: Path) -> None:
    change(korea, "432", "435")  # mends one sum, breaks two others
    ran = check(run, korea, "main")
    assert ran.code == 1
    assert ran.err == (
        "FAILED: 1 likely misprint (2 cells); 2 open errors (2 new since main). "
        "2 open since before main, not counted.\n"
    )
    assert sorted(finding["known"] for finding in ran.report["findings"]) == [False, False, True, True]
    committed(korea)
    assert check(run, korea, "main").code == 0
    assert check(run, korea, "HEAD~1").code == 1


def test_a_sorted_file_has_nothing_new(run: Run, korea: Path) -> None:
    path = korea / f"{KOREA}.csv"
    header, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    assert check(run, korea, "HEAD").code == 0


def test_a_table_that_is_new_is_new_as_a_whole(run: Run, korea: Path) -> None:
    other = shipped(korea.parent / "other", "deployed-to-malaysia")
    for ending in ("csv", "yaml"):
        (other / f"{MALAYSIA}.{ending}").rename(korea / f"{MALAYSIA}.{ending}")
    report = check(run, korea, "HEAD").report
    assert {f["table"] for f in report["findings"] if not f["known"]} == {MALAYSIA.removeprefix("data/")}
    assert check(run, korea, "HEAD", f"{KOREA}.csv").code == 0


def test_a_yearbook_in_a_folder_of_its_repository_is_found(run: Run, tmp_path: Path) -> None:
    (tmp_path / "README").write_text("of all years")
    before = committed(tmp_path)
    root = shipped(tmp_path / "années" / "2005 *", "deployed-to-south-korea")
    committed(tmp_path)
    assert check(run, root, "HEAD").code == 0
    ran = check(run, root, before)  # where it was not there yet, all is new
    assert (ran.code, [f["known"] for f in ran.report["findings"]]) == (1, [False] * 3)


def test_decided_and_known_findings_are_counted_apart(run: Run, korea: Path) -> None:
    first = check(run, korea, "HEAD").report["findings"][0]["id"]
    why = ("--ruling", "explained", "--reason", "see note a", "--who", "B")
    assert run("decide", first, *why, cwd=korea).code == 0
    ran = check(run, korea, "HEAD")
    assert (
        ran.err
        == "The gate lets it through: no new open error. 1 decided. 2 open since before HEAD, not counted.\n"
    )


def test_a_hooks_environment_leads_nowhere_else(
    run: Run, korea: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (other := tmp_path / "other").mkdir()
    committed(other)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    assert check(run, korea, "HEAD").code == 0


@pytest.mark.parametrize(
    "ref",
    ["nowhere", "-h", "--all", "HEAD:data", "", "HEAD^{tree}", "a b", "HEAD..main", "HEAD...main", "^HEAD"],
)
def test_a_ref_that_is_no_commit_is_refused(run: Run, korea: Path, ref: str) -> None:
    told = run("check", "--engine", "duckdb", f"--since={ref}", cwd=korea)
    if not ref:
        assert told.code == 1  # as without
        return
    assert f"there is no commit {ref!r}" in told.problems[0]


def test_a_yearbook_outside_git_cannot_be_compared(run: Run, book: Callable[..., Path]) -> None:
    told = check(run, book("deployed-to-saudi-arabia"), "HEAD")
    assert "not a git repository" in told.problems[0]
    assert "only a yearbook that is kept in git" in told.problems[0]


def test_without_git_it_is_said(run: Run, korea: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(korea))
    assert "git cannot be run" in check(run, korea, "HEAD").problems[0]


def test_a_commit_whose_yearbook_is_broken_says_so_with_its_files(run: Run, korea: Path) -> None:
    spec = korea / f"{KOREA}.yaml"
    good = spec.read_text(encoding="utf-8")
    spec.write_text(good.replace("family: deployment", "family: deploymint"), encoding="utf-8")
    committed(korea)
    spec.write_text(good, encoding="utf-8")
    told = check(run, korea, "HEAD")
    assert any("the yearbook of HEAD cannot be checked" in problem for problem in told.problems)
    assert any(problem.startswith(f"HEAD:{KOREA}.yaml") for problem in told.problems)
    assert run("check", "--engine", "duckdb", cwd=korea).code == 1


def tree_of(root: Path, *entries: tuple[str, str, str]) -> str:
    """A commit of a tree made by hand: mode, content, name."""
    lines = b""
    for mode, content, name in entries:
        if mode == "040000":
            blob = content
        else:
            blob = git(root, "hash-object", "-w", "--stdin", given=content.encode()).strip()
        kind = "tree" if mode == "040000" else "blob"
        lines += f"{mode} {kind} {blob}\t{name}\0".encode()
    return git(root, "mktree", "-z", given=lines).strip()


def test_links_in_an_old_commit_lead_nowhere(run: Run, korea: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("Year,Total\n2004,1\n")
    for name, goal in (("out.csv", str(secret)), ("up.csv", "../../../../secret.csv"), ("x.csv", "x.csv")):
        (korea / f"data/{CHAPTER}/{name}").symlink_to(goal)
    committed(korea)
    (korea / f"data/{CHAPTER}/y.csv").symlink_to("z.csv")
    (korea / f"data/{CHAPTER}/z.csv").symlink_to("y.csv")
    (korea / f"data/{CHAPTER}/zz.csv").symlink_to("y.csv")
    committed(korea)
    for name in ("out.csv", "up.csv", "x.csv", "y.csv", "z.csv", "zz.csv"):
        (korea / f"data/{CHAPTER}/{name}").unlink()
    assert check(run, korea, "HEAD").code == 0
    assert secret.read_text() == "Year,Total\n2004,1\n"


def test_nothing_of_a_hostile_tree_is_written_outside(run: Run, korea: Path, tmp_path: Path) -> None:
    inner = tree_of(korea, ("100644", "x", "evil.csv"))
    data = tree_of(korea, ("040000", inner, ".."), ("040000", inner, ".git"), ("100644", "y", "kept.txt"))
    tree = tree_of(korea, ("040000", data, "data"))
    hostile = git(korea, "commit-tree", tree, "-m", "hostile").strip()
    ran = check(run, korea, hostile)
    assert (ran.code, [finding["known"] for finding in ran.report["findings"]]) == (1, [False] * 3)
    for folder in (tmp_path, Path(tempfile.gettempdir())):
        assert not list(folder.glob("**/evil.csv" if folder is tmp_path else "*evil.csv"))


# --- a hostile repository ------------------------------------------------------------------------


def promised(root: Path, *lost: str) -> Path:
    """Make a repository a partial clone whose remote is fetched from by a program; the program's trace."""
    trace = root.parent / "trace"
    program = root.parent / "upload-pack"
    program.write_text(f"#!/bin/sh\ntouch {trace}\nexit 1\n")
    program.chmod(0o755)
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": str(root.parent),
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": str(program),
        "core.fsmonitor": str(program),
        "core.pager": str(program),
        "core.sshCommand": str(program),
        "core.hooksPath": str(root.parent),
        "diff.external": str(program),
        "filter.lfs.smudge": str(program),
        "filter.lfs.process": str(program),
        "alias.ls-tree": f"!{program}",
        "pager.ls-tree": "true",
        "gpg.program": str(program),
    }.items():
        git(root, "config", key, value)
    for name in lost:
        object = git(root, "rev-parse", name).strip()
        (root / ".git/objects" / object[:2] / object[2:]).unlink()
    return trace


@pytest.mark.parametrize("keeps", ["GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL"])
def test_a_repository_runs_nothing_and_a_missing_file_is_a_failure_with_its_name(
    run: Run, korea: Path, monkeypatch: pytest.MonkeyPatch, keeps: str
) -> None:
    # each alone is enough: an older git knows the second only
    for name in {"GIT_NO_LAZY_FETCH", "GIT_ALLOW_PROTOCOL"} - {keeps}:
        monkeypatch.delitem(_LOCKED, name)
    trace = promised(korea, f"HEAD:{KOREA}.csv")
    told = check(run, korea, "HEAD")
    assert told.code == 2
    assert told.problems[0].startswith(f"{KOREA}.csv: is not in this repository as it was at HEAD")
    assert not trace.exists()
    assert "from remote" in git(korea, "cat-file", "blob", f"HEAD:{KOREA}.csv", fails=True)
    assert trace.exists()  # so git itself, asked the plain way, does run it


@pytest.mark.parametrize("lost", ["HEAD^{tree}", "HEAD:data", "HEAD:checks"])
def test_a_folder_that_is_missing_is_a_failure_and_never_new_since(run: Run, korea: Path, lost: str) -> None:
    trace = promised(korea, lost)
    told = check(run, korea, "HEAD")
    assert (told.code, trace.exists()) == (2, False)
    assert "git cannot read the files of HEAD" in told.problems[0]


def test_settings_of_a_whole_repository_run_nothing(run: Run, korea: Path) -> None:
    trace = promised(korea)
    assert check(run, korea, "HEAD").code == 0
    assert not trace.exists()


def test_a_tree_that_has_no_end_is_refused(run: Run, korea: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amyqa.reading.git._MAX_LISTED", 2000)
    blob = git(korea, "hash-object", "-w", "--stdin", given=b"1").strip()
    entry = "\n".join(f"100644 blob {blob}\tx{i}" for i in range(10))
    tree = git(korea, "mktree", given=f"{entry}\n".encode()).strip()
    for _ in range(8):
        entry = "\n".join(f"040000 tree {tree}\tx{i}" for i in range(10))
        tree = git(korea, "mktree", given=f"{entry}\n".encode()).strip()
    top = git(korea, "mktree", given=f"040000 tree {tree}\tdata\n".encode()).strip()
    bomb = git(korea, "commit-tree", top, "-m", "ten to the ninth files").strip()
    told = check(run, korea, bomb)
    assert "lists more files than can be compared" in told.problems[0]
