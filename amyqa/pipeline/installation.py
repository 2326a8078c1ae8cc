"""What amyqa needs of the machine that it runs on, and whether it is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module, metadata

from packaging.requirements import Requirement

from amyqa.version import VERSION

MODULES = {
    "great-expectations": "great_expectations", "pandera": "pandera.pandas", "pyyaml": "yaml",
    "typing-extensions": "typing_extensions",
}  # fmt: skip
"""What a distribution is imported as, where that is not its name."""
PYTHONS = ((3, 11), (3, 14))


@dataclass(frozen=True, slots=True)
class Part:
    """Something that amyqa uses.

    Args:
        found: its version, or what is wrong with it.
        needed: amyqa does not run without it.
        advice: what to do where it does not work.
    """

    name: str
    found: str
    works: bool
    needed: bool
    advice: str = ""


def examine_installation() -> list[Part]:
    """Each part that amyqa uses, imported to see whether it runs, and what amyqa gains by it."""
    return [_python(), *_packages(), _git(), _encoding()]


def _python() -> Part:
    version = sys.version_info[:2]
    least, most = (".".join(map(str, each)) for each in PYTHONS)
    return Part(
        "Python",
        ".".join(map(str, sys.version_info[:3])),
        PYTHONS[0] <= version <= PYTHONS[1],
        True,
        f"amyqa runs on {least} to {most}",
    )


def _packages() -> Iterator[Part]:
    """What is installed of amyqa, and what its distribution requires, extras last."""
    try:
        requirements = [Requirement(each) for each in metadata.requires("amyqa") or ()]
    except metadata.PackageNotFoundError:
        yield Part(
            "amyqa", "is not installed", False, True, "pip install it, or run make report in its checkout"
        )
        return
    yield Part("amyqa", VERSION, True, True)
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate():
            yield _package(requirement)
    for requirement in requirements:
        if requirement.marker is not None and not requirement.marker.evaluate():
            extra = next((e for e in _extras() if requirement.marker.evaluate({"extra": e})), None)
            if extra is not None:
                yield _package(requirement, extra)


def _extras() -> list[str]:
    return metadata.metadata("amyqa").get_all("Provides-Extra") or []


def _package(requirement: Requirement, extra: str = "") -> Part:
    name, needed = requirement.name, not extra
    install = f"pip install 'amyqa[{extra}]'" if extra else f"pip install '{name}{requirement.specifier}'"
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Part(name, "is not installed", False, needed, install)
    if not requirement.specifier.contains(version, prereleases=True):
        return Part(name, f"{version} is not {requirement.specifier}", False, needed, install)
    try:
        import_module(MODULES.get(name, name))
    except Exception as error:  # whatever a broken installation does
        broken = f"{version} does not load: {type(error).__name__}: {error}"
        return Part(name, broken, False, needed, f"pip install --force-reinstall '{name}=={version}'")
    return Part(name, version, True, needed)


def _git() -> Part:
    program, use = shutil.which("git"), "install git: check --since and compare need it"
    if program is None:
        return Part("git", "is not on the PATH", False, False, use)
    ran = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 (git, from the PATH)
    return Part("git", ran.stdout.strip().removeprefix("git version "), ran.returncode == 0, False, use)


def _encoding() -> Part:
    encoding = sys.stdout.encoding or "none"
    whole = encoding.lower().replace("-", "") == "utf8"
    advice = "set PYTHONUTF8=1: other characters are printed as escapes"
    return Part("output", f"encoded as {encoding}", whole, False, advice)
