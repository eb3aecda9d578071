"""Pauses that end, whatever a clock does."""

from __future__ import annotations

NEVER = float("-inf")
"""When something happened that has not happened yet."""


def lately(then: float, now: float, seconds: float) -> bool:
    """Whether something happened in the last `seconds`; times are Unix seconds.

    What happened later than now did so while a clock was wrong. It holds nothing up: else a clock
    that is put right would make a pause as long as it was wrong.
    """
    return 0 <= now - then < seconds
