"""A brake on starts from one address. Decision 0009 says what it is and is not."""

from __future__ import annotations

from limits import RateLimitItemPerHour
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter


class Throttle:
    """Counts starts by address, in the memory of this process only."""

    def __init__(self, starts_per_hour: int) -> None:
        self._limit = RateLimitItemPerHour(starts_per_hour)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def may_start(self, address: str) -> bool:
        """Count one more start from this address, and say whether it is still within bounds."""
        return self._limiter.hit(self._limit, address)
