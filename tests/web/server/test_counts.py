"""All processes of a site count together in Redis, and go on alone while it is away."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assessment.web.server import counts
from assessment.web.server.counts import Counts
from assessment.web.server.throttle import Throttle
from tests.redis import Missing, Redis, running
from tests.web.conftest import KEY, MakeClient

ADDRESS = "192.0.2.77"
OTHER_KEY = bytes(32)


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    try:
        with running() as one:
            yield one
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def redis(server: Redis, monkeypatch: pytest.MonkeyPatch) -> Redis:
    monkeypatch.setattr(counts, "PATIENCE", 20.0)  # a busy machine takes its time
    with server.client() as client:
        client.flushall()
    return server


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who counts alone looks each time whether Redis is back."""
    monkeypatch.setattr(counts, "PAUSE", 0.0)


def throttle(
    url: str | None, per_hour: int = 2, name: str = "starts", key: bytes = KEY
) -> Throttle:
    """A throttle as another process of the same site has it."""
    return Throttle(name, per_hour, Counts(key, url))


@contextmanager
def deaf() -> Iterator[tuple[str, socket.socket]]:
    """Give the address of what takes connections, and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}", listener


def test_two_processes_count_together(redis: Redis) -> None:
    one, other = throttle(redis.url), throttle(redis.url)

    assert [one.take(ADDRESS), other.take(ADDRESS)] == [True, True]
    assert [one.take(ADDRESS), other.take(ADDRESS)] == [False, False]
    assert one.take("192.0.2.78"), "somebody else has an allowance of their own"


def test_what_came_to_nothing_and_what_was_refused_takes_no_place(redis: Redis) -> None:
    one, other = throttle(redis.url), throttle(redis.url)
    for _ in range(5):
        one.take(ADDRESS)
    other.give_back(ADDRESS)

    assert [one.take(ADDRESS), other.take(ADDRESS)] == [True, False]


def test_throttles_and_sites_do_not_count_for_each_other(redis: Redis) -> None:
    for one in (throttle(redis.url), throttle(redis.url, name="links")):
        assert [one.take(ADDRESS) for _ in range(3)] == [True, True, False]
    assert throttle(redis.url, key=OTHER_KEY).take(ADDRESS)


def test_redis_knows_nobody_and_forgets_after_an_hour(redis: Redis) -> None:
    one = throttle(redis.url)
    one.take(ADDRESS, "a clinic")
    one.give_back("192.0.2.99")  # of which it knows nothing any more
    with redis.client() as client:
        found = {name: (client.get(name), client.ttl(name)) for name in client.scan_iter()}

    assert len(found) == 2
    for name, (value, seconds) in found.items():
        assert name.startswith("assessment:")
        assert "192.0.2" not in f"{name} {value}"
        assert "clinic" not in name
        assert 0 < seconds <= 3600


def test_while_redis_is_gone_each_process_counts_alone_and_then_together_again(
    redis: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    one, other = throttle(redis.url), throttle(redis.url)
    assert one.take(ADDRESS)
    redis.stop()
    alone = [[each.take(ADDRESS) for _ in range(3)] for each in (one, other)]
    redis.start()
    together = [one.take(ADDRESS), other.take(ADDRESS), one.take(ADDRESS)]

    assert alone == [[True, True, False]] * 2
    assert together == [True, True, False]
    away = "REDIS_URL: no answer (ConnectionError), so each process counts for itself"
    back = "REDIS_URL: it answers again, so all processes count together"
    assert sorted(caplog.messages) == sorted([away, away, back, back]), "a line of each, once"


def test_what_never_answers_is_given_up_and_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counts, "PAUSE", 3600.0)
    with deaf() as (url, listener):
        one = throttle(url)
        assert [one.take(ADDRESS) for _ in range(3)] == [True, True, False]
        listener.accept()[0].close()
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert len([one for one in caplog.messages if one.startswith("REDIS_URL")]) == 1


def test_a_name_that_nobody_finds_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def search(*_: object, **__: object) -> list[object]:
        over.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", search)
    try:
        assert throttle("redis://cache.example").take(ADDRESS)
    finally:
        over.set()


def test_a_walk_begins_whatever_becomes_of_redis(make_client: MakeClient) -> None:
    with deaf() as (url, _):
        client = make_client(redis_url=url)
        token = client.get("/").token
        assert client.post("/", {"csrf_token": token}).status == 303
    assert make_client(redis_url="unix:///nowhere/redis.sock").post("/", {}).status == 303
