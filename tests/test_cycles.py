"""The search for cycles of objects is seldomer during a check, and put back as the host had it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from amyqa.pipeline.cycles import seldomer


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_it_is_never_paused_and_put_back_by_the_last_of_several_checks() -> None:
    gc.set_threshold(700, 10, 10)
    first, second = seldomer(), seldomer()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.isenabled()
    assert gc.get_threshold()[0] > 700
    second.__exit__(None, None, None)
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("chosen", [(0, 10, 10), (1_000_000, 10, 10)])
def test_a_host_that_searches_even_less_is_left_alone(chosen: tuple[int, int, int]) -> None:
    gc.set_threshold(*chosen)
    with seldomer():
        assert gc.get_threshold() == chosen
    assert gc.get_threshold() == chosen


def test_what_a_host_sets_meanwhile_stays() -> None:
    with seldomer():
        gc.set_threshold(900, 9, 9)
    assert gc.get_threshold() == (900, 9, 9)
