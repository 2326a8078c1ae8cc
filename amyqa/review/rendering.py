"""The pages of the review, made of templates; the report's style and its macros are theirs, too."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from amyqa.characters import visible
from amyqa.reports.html.words import isolated


def rendered(name: str, **values: object) -> str:
    """A template filled in; every text is escaped, and what is hidden in it made visible."""
    return _environment().get_template(name).render(**values)


@cache
def style() -> str:
    """The style of all pages."""
    return _environment().get_template("review.css.j2").render()


@cache
def script() -> str:
    """The script of the page."""
    return Path(__file__).with_name("review.js").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=ChoiceLoader(
            [PackageLoader("amyqa", "review/templates"), PackageLoader("amyqa", "reports/html/templates")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["told"] = isolated
    return environment


def _harmless(value: object) -> object:
    """The last thing done to any text before it is escaped; what a macro returns is escaped already."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
