"""Git repositories for tests, with nobody's settings but their own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def git(root: Path, *arguments: str, given: bytes = b"", fails: bool = False) -> str:
    """Run git; what it printed.

    Args:
        given: what it reads.
        fails: it may exit with another code than 0.
    """
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "LC_ALL": "C"}
    settings = [
        "-c",
        "user.name=A. Editor",
        "-c",
        "user.email=editor@example.org",
        "-c",
        "core.autocrlf=false",
    ]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | own
    command = ["git", *settings, *arguments]
    ran = subprocess.run(command, cwd=root, env=environment, input=given, capture_output=True)
    out = (ran.stdout + ran.stderr).decode()
    assert fails or ran.returncode == 0, out
    return out


def committed(root: Path, message: str = "all") -> str:
    """Commit everything in a folder, which becomes a repository if it is in none; the commit's hash."""
    if "true" not in git(root, "rev-parse", "--is-inside-work-tree", fails=True):
        git(root, "init", "--initial-branch=main")
    git(root, "add", "--all", ".")
    git(root, "commit", "--allow-empty", "--message", message)
    return git(root, "rev-parse", "HEAD").strip()
