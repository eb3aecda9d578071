"""Where it is counted how often something was done in the last hour: in memory, or in Redis.

Redis stands for Valkey too. Nothing of a person gets there: what is counted is named by a keyed
hash, and forgotten after an hour. While it does not answer, each process counts for itself.
"""

from __future__ import annotations

import hmac
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from limits import RateLimitItem
from limits.storage import RedisStorage
from limits.strategies import FixedWindowRateLimiter

from assessment.records.key_ring import apart
from assessment.web.server.counts_in_memory import CountsInMemory
from assessment.web.server.logs import log
from assessment.web.server.settings import Settings

PATIENCE = 0.2
"""Seconds for which one request waits for Redis."""
PAUSE = 5.0
"""Seconds for which nobody asks it again when it did not answer; then one does."""
PREFIX = "assessment"
"""What the keys in Redis begin with."""
_SKEW = 60
"""Seconds by which a clock is corrected every day, and nothing was wrong."""


class Counts:
    """Counts against limits. Safe to share between threads, and to make before a fork.

    `key` holds the keys of the site, the newest first: each process of it has the same. Without
    the address of a Redis the memory of this process counts.
    """

    def __init__(self, key: bytes, redis: str | None = None) -> None:
        self._key = hmac.digest(apart(key)[0], b"what is counted", "sha256")
        self._memory = _Memory()
        self._shared = None if redis is None else _Shared(redis)
        self._lock = threading.Lock()
        self._asked_again_at: float | None = None

    def take(self, limit: RateLimitItem, *who: str) -> bool:
        """Count one more, unless that would be out of bounds; say if it was counted.

        Several at once get no more than one by one.
        """
        return self._done(limit, who, lambda store, name: store.take(limit, name))

    def give_back(self, limit: RateLimitItem, *who: str) -> None:
        """Take one back that came to nothing."""
        self._done(limit, who, lambda store, name: store.give_back(limit, name))

    def _done(
        self, limit: RateLimitItem, who: tuple[str, ...], act: Callable[[_Store, str], bool]
    ) -> bool:
        name = hmac.digest(self._key, json.dumps(who).encode(), "sha256").hex()[:32]
        shared = self._shared
        if shared is None or not self._may_ask():
            return act(self._memory, name)
        try:
            answer = _in_time(lambda: act(shared, name))
        except Exception as error:  # whatever the library raises must cost nobody their page
            self._is_away(type(error).__name__)
            return act(self._memory, name)
        self._is_back()
        return answer

    def _may_ask(self) -> bool:
        """Whether to ask Redis. After a pause one request finds out for all others."""
        if self._asked_again_at is None:
            return True
        with self._lock:
            now = time.monotonic()
            if self._asked_again_at is None:
                return True
            if now < self._asked_again_at:
                return False
            self._asked_again_at = now + PAUSE
            return True

    def _is_away(self, why: str) -> None:
        with self._lock:
            was_there = self._asked_again_at is None
            self._asked_again_at = time.monotonic() + PAUSE
        if was_there:
            log.warning("REDIS_URL: no answer (%s), so each process counts for itself", why)

    def _is_back(self) -> None:
        if self._asked_again_at is not None:
            with self._lock:
                was_away, self._asked_again_at = self._asked_again_at is not None, None
            if was_away:
                log.warning("REDIS_URL: it answers again, so all processes count together")


def counts_of(settings: Settings, key: bytes) -> Counts:
    """Return what counts for a site, as its settings say."""
    redis = settings.redis_url
    return Counts(key, None if redis is None else redis.get_secret_value())


class _Store:
    """What counts, by the name of what is counted."""

    def take(self, limit: RateLimitItem, name: str) -> bool:
        """Count one more, if it fits."""
        raise NotImplementedError

    def give_back(self, limit: RateLimitItem, name: str) -> bool:
        """Count one less."""
        raise NotImplementedError


class _Memory(_Store):
    """A clock that is put back forgets what was counted: it would else count for as long as the
    clock was wrong.
    """

    def __init__(self) -> None:
        self._storage = CountsInMemory()
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._lock = threading.Lock()
        self._latest = time.time()

    def take(self, limit: RateLimitItem, name: str) -> bool:
        with self._lock:
            self._watch_the_clock()
            return self._limiter.test(limit, name) and self._limiter.hit(limit, name)

    def give_back(self, limit: RateLimitItem, name: str) -> bool:
        with self._lock:
            self._storage.decr(limit.key_for(name))
        return True

    def _watch_the_clock(self) -> None:
        now = time.time()
        if now < self._latest - _SKEW:
            self._storage.reset()
        self._latest = now


class _Shared(_Store):
    """Redis or Valkey. Its own clock says when an hour is over."""

    def __init__(self, address: str) -> None:
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._storage = RedisStorage(
            address,
            key_prefix=PREFIX,
            socket_connect_timeout=PATIENCE,
            socket_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]  # handed on as it is
        )
        self._limiter = FixedWindowRateLimiter(self._storage)

    def take(self, limit: RateLimitItem, name: str) -> bool:
        if self._limiter.hit(limit, name):
            return True
        self.give_back(limit, name)  # else those who were refused would take the place of others
        return False

    def give_back(self, limit: RateLimitItem, name: str) -> bool:
        # As a count of minus one it is forgotten after an hour, also where there was none any more.
        self._storage.incr(limit.key_for(name), limit.get_expiry(), -1)
        return True


def _in_time(work: Callable[[], bool]) -> bool:
    """Do some work on a thread of its own; raises what it raises, or TimeoutError.

    A timeout of a socket bounds neither the search for a name nor an answer that comes in drops.
    """
    done = Future[bool]()

    def run() -> None:
        try:
            done.set_result(work())
        except Exception as error:  # it is raised again, by the thread that waits
            done.set_exception(error)

    threading.Thread(target=run, name="counts", daemon=True).start()
    return done.result(PATIENCE)
