"""Counts in the memory of this process, for many addresses.

The library looks through every count a hundredth of a second after each that it takes, in a thread
made for that. Where hundreds of people start in a second, and each counts for an hour, it would do
nothing else.
"""

from __future__ import annotations

import time

from limits.storage import MemoryStorage

SWEEP = 60
"""Seconds between two looks for counts that are over; one that is over counts no more anyway."""


class CountsInMemory(MemoryStorage):
    """The library's counts, swept once a minute. Whoever takes has to hold a lock."""

    def __init__(self) -> None:
        super().__init__()
        self._swept = time.time()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a count that lasts for so many seconds; return what it is now."""
        now = time.time()
        if abs(now - self._swept) > SWEEP:
            self._swept = now
            for over in [one for one, until in self.expirations.items() if until <= now]:
                self.clear(over)
        number = self.get(key) + amount
        if number == amount:
            self.expirations[key] = now + expiry
        self.storage[key] = number
        return number

    def decr(self, key: str, amount: int = 1) -> int:
        """Take from a count, down to nothing; return what it is now."""
        number = self.storage[key] = max(self.get(key) - amount, 0)
        return number
