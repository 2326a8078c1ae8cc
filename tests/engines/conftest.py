"""What the tests of the engines share."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def great_expectations() -> None:
    """Great Expectations, imported before a test is timed: it takes seconds."""
    import amyqa.great_expectations  # noqa: F401
