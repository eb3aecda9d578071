"""A clock that jumps, forwards or back, loses nobody for good and lets nobody in."""

from __future__ import annotations

import time

import pytest

from assessment.engine.protocol import Protocol
from assessment.web.factory import make_app
from assessment.web.server.counts import Counts
from assessment.web.server.settings import read_settings
from assessment.web.server.throttle import Throttle
from tests.web.client import Client
from tests.web.conftest import KEY, Clock, clean_environment, clock, small

__all__ = ("clean_environment", "clock", "small")

DAY = 24 * 60 * 60


@pytest.fixture
def client(small: Protocol, clock: Clock) -> Client:
    return Client(make_app(read_settings(), small, KEY, clock))


def test_a_clock_that_jumps_forwards_ends_a_walk_and_a_new_one_begins(
    client: Client, clock: Clock
) -> None:
    path = client.start().goes_to
    clock.now += 365 * DAY
    page = client.get(path)
    assert page.status == 400
    assert "This page has expired" in page.text
    assert client.walk({}) in ("/check", "/result")


def test_a_clock_that_is_put_back_keeps_a_walk(client: Client, clock: Clock) -> None:
    path = client.start().goes_to
    path = client.answer(path, "me").goes_to
    clock.now -= 60
    assert client.get(path).status == 200
    assert client.walk({}, path) in ("/check", "/result")


def test_a_clock_that_is_put_far_back_never_locks_anybody_out(client: Client, clock: Clock) -> None:
    client.start()
    clock.now -= 365 * DAY
    assert client.walk({}) in ("/check", "/result")


def test_throttles_forget_what_a_wrong_clock_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    throttle = Throttle("starts", 1, Counts(bytes(32)))
    monkeypatch.setattr(time, "time", lambda: now + 365 * DAY)
    assert throttle.take("192.0.2.1")
    assert not throttle.take("192.0.2.1")
    monkeypatch.setattr(time, "time", lambda: now)
    assert throttle.take("192.0.2.1")
