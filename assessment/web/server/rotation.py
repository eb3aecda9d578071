"""Puts new keys in front of those of an installation, and takes old ones out of use."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assessment.practice.keeping.resealing import Resealed, Resealer
from assessment.records.database import Database
from assessment.records.key_ring import KEY_BYTES, Ring
from assessment.records.vault import left_of
from assessment.web.server.key_files import change_keys
from assessment.web.server.secret import KEY_FILE, RECORDS_KEY_FILE, read_or_create_ring

DAY = 24 * 60 * 60
LONGEST_COOKIE = 180 * DAY
"""Seconds for which a browser keeps a cookie of ours: the one by which it is known again."""


class CannotRetire(Exception):
    """The old keys are still needed; `str()` says for what."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What was made anew. Not `is_new`: that was the rest of an earlier change of keys."""

    made: Resealed
    is_new: bool


class Rotation:
    """Changes the keys in a folder, and the records with them. `clock` gives Unix time."""

    def __init__(self, instance: Path, database: Database, clock: Callable[[], float]) -> None:
        self._records = instance / RECORDS_KEY_FILE
        self._instance = instance
        self._resealer = Resealer(database, clock)
        self._clock = clock

    def rotate(self) -> Rotated:
        """Make new keys, and all records anew; or end a change of keys that was stopped.

        Raises BadSecret, or Unavailable: then call it again.
        """
        if len(self._ring().keys) > 1:
            made = self._resealer.run()
            if made.done:
                return Rotated(made, is_new=False)
        now = int(self._clock())
        read_or_create_ring(self._instance, KEY_FILE)
        cookies = self._instance / KEY_FILE
        change_keys(cookies, lambda ring: _new(ring.since(now - LONGEST_COOKIE), now))
        change_keys(self._records, lambda ring: _new(ring, now))
        return Rotated(self._resealer.run(), is_new=True)

    def retire(self) -> int:
        """Take the old keys of the records out of use; return how many there were.

        Raises CannotRetire when something needs them, BadSecret, or Unavailable.
        """
        ring = self._ring()
        if len(ring.keys) == 1:
            return 0
        # A process looks for new keys with each transaction, and none takes as long as a day.
        if ring.keys[0].since > self._clock() - DAY:
            raise CannotRetire("the newest key has to be in use for a day first")
        made = self._resealer.run()
        if made.done:
            raise CannotRetire(
                f"{made.done} values still had an old key, and now have the new one. If a server "
                "has been running since before the change, restart it. Then run this again"
            )
        if made.unreadable:
            raise CannotRetire(f"{made.unreadable} sealed values need an old key, and are damaged")

        def retired(current: Ring) -> Ring:
            if current != ring:
                raise CannotRetire("the keys have just been changed")
            left = (left_of(secret) for secret in ring.secrets[1:])
            return Ring(ring.keys[:1], (*left, *ring.retired))

        change_keys(self._records, retired)
        return len(ring.keys) - 1

    def _ring(self) -> Ring:
        return read_or_create_ring(self._instance, RECORDS_KEY_FILE)


def _new(ring: Ring, now: int) -> Ring:
    return ring.with_new(secrets.token_bytes(KEY_BYTES), now)
