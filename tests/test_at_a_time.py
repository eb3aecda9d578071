"""How many tests run at a time."""

from __future__ import annotations

import os

import pytest

from tests.conftest import pytest_xdist_auto_num_workers as at_a_time


@pytest.mark.parametrize(("cores", "number"), [(1, 0), (2, 2), (4, 4), (64, 4)])
def test_each_core_has_one_up_to_four_and_a_single_one_has_no_helpers(
    cores: int, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    assert at_a_time() == number
