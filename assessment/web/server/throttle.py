"""A brake on starts and sends from one address. Decision 0009 says what it is and is not."""

from __future__ import annotations

from limits import RateLimitItemPerHour

from assessment.practice.staff.throttling import network_of
from assessment.web.server.counts import Counts


class Throttle:
    """Counts by address what bears this name."""

    def __init__(self, name: str, per_hour: int, counts: Counts) -> None:
        self._name = name
        self._limit = RateLimitItemPerHour(per_hour)
        self._counts = counts

    def take(self, address: str, *more: str) -> bool:
        """Count one more from this address, unless that would be out of bounds; say if it was.

        `more` tells apart what is counted on its own. Several at once get no more than one by one.
        """
        return self._counts.take(self._limit, self._name, network_of(address), *more)

    def give_back(self, address: str, *more: str) -> None:
        """Take one back that came to nothing."""
        self._counts.give_back(self._limit, self._name, network_of(address), *more)
