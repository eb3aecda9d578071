"""A brake on starts and sends from one address. Decision 0009 says what it is and is not."""

from __future__ import annotations

import threading
import time

from limits import RateLimitItemPerHour
from limits.strategies import FixedWindowRateLimiter

from assessment.practice.staff.throttling import network_of
from assessment.web.server.counts_in_memory import CountsInMemory

_SKEW = 60
"""Seconds by which a clock is corrected every day, and nothing was wrong."""


class Throttle:
    """Counts by address, in the memory of this process only.

    A clock that is put back forgets what was counted: it would else count for as long as the clock
    was wrong.
    """

    def __init__(self, per_hour: int) -> None:
        self._limit = RateLimitItemPerHour(per_hour)
        self._storage = CountsInMemory()
        self._limiter = FixedWindowRateLimiter(self._storage)
        self._lock = threading.Lock()
        self._latest = time.time()

    def take(self, address: str, *more: str) -> bool:
        """Count one more from this address, unless that would be out of bounds; say if it was.

        `more` tells apart what is counted on its own. Several at once get no more than one by one.
        """
        who = (network_of(address), *more)
        with self._lock:
            now = self._now()
            return now.test(self._limit, *who) and now.hit(self._limit, *who)

    def give_back(self, address: str, *more: str) -> None:
        """Take one back that came to nothing."""
        with self._lock:
            self._storage.decr(self._limit.key_for(network_of(address), *more))

    def _now(self) -> FixedWindowRateLimiter:
        now = time.time()
        if now < self._latest - _SKEW:
            self._storage.reset()
        self._latest = now
        return self._limiter
