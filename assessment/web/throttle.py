"""A brake on starts and sends from one address. Decision 0009 says what it is and is not."""

from __future__ import annotations

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from assessment.practice.throttling import network_of


class Throttle:
    """Counts by address, in the memory of this process only."""

    def __init__(self, per_hour: int) -> None:
        self._limit = RateLimitItemPerHour(per_hour)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def may_start(self, address: str) -> bool:
        """Count one more start from this address, and say whether it is still within bounds."""
        return self._limiter.hit(self._limit, network_of(address))

    def is_open(self, *who: str) -> bool:
        """Whether one more from here would be within bounds; counts nothing."""
        return self._limiter.test(self._limit, *who)

    def count(self, *who: str) -> None:
        """Count one more from here."""
        self._limiter.hit(self._limit, *who)
