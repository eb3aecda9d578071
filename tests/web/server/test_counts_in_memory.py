"""Counts of many addresses cost no more than those of a few."""

from __future__ import annotations

import threading

import pytest

from assessment.web.server.counts_in_memory import SWEEP, CountsInMemory


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    moment = [1_800_000_000.0]
    monkeypatch.setattr("time.time", lambda: moment[0])
    return moment


def test_a_count_is_over_when_its_time_is(now: list[float]) -> None:
    held = CountsInMemory()
    assert [held.incr("one", 3600), held.incr("one", 3600), held.decr("one")] == [1, 2, 1]

    now[0] += 3600

    assert held.get("one") == 0
    assert held.incr("one", 3600) == 1


def test_counts_that_are_over_leave_the_memory_within_a_minute(now: list[float]) -> None:
    held = CountsInMemory()
    for number in range(50):
        held.incr(f"early {number}", 30)

    now[0] += SWEEP + 1
    held.incr("late", 3600)

    assert set(held.storage) == {"late"}


def test_taking_starts_no_thread() -> None:
    held = CountsInMemory()
    held.timer.join()  # that of the library, at its start
    before = threading.active_count()

    held.incr("one", 3600)

    assert threading.active_count() == before
