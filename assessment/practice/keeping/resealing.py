"""Has everything that older keys made, and that can be made anew, made with the newest one.

In short transactions, beside all else that goes on. Several processes may be at it at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assessment.practice.name_search import write_words
from assessment.records import audit, resealing
from assessment.records.database import Database
from assessment.records.resealing import Key, Step
from assessment.records.transactions import mark_erased

AT_ONCE = 20
"""Rows in one transaction, so that nobody waits long for it."""
_LONGEST_PAUSE = 1.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values were made anew, and how many cannot be opened with the key that they name.

    `is_whole`: everything was looked at.
    """

    done: int
    unreadable: int
    is_whole: bool


class Resealer:
    """Goes through all records. `clock` gives Unix time, `pause` waits for some seconds.

    It rests after each step for as long as that took. SQLite has one writer at a time and no queue
    for it: whoever wrote without a pause would keep all others out until they gave up.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._clock = clock
        self._pause = pause
        self._whole: bytes | None = None

    def run(self, stop: Callable[[], bool] = lambda: False) -> Resealed:
        """Go through everything, until `stop`. Raises Unavailable."""
        done = unreadable = 0
        for step in self._steps():
            done += step.done
            unreadable += step.unreadable
            if stop():
                return Resealed(done, unreadable, is_whole=False)
        if done:
            with self._database.writing() as tx:
                mark_erased(tx)  # what older keys sealed, also from the log of SQLite
        return Resealed(done, unreadable, is_whole=True)

    def keep_up(self, stop: Callable[[], bool]) -> None:
        """Do so where there is an older key, once for each key. Raises Unavailable."""
        with self._database.reading() as tx:
            newest, has_older = tx.vault.newest, tx.vault.has_older
        if has_older and newest != self._whole and self.run(stop).is_whole:
            self._whole = newest

    def _steps(self) -> Iterator[Step]:
        for piece in resealing.pieces(write_words):  # clients are found anew as well
            last: Key | None = None
            while True:
                begun = time.monotonic()
                with self._database.writing() as tx:
                    step = piece(tx, last, AT_ONCE)
                yield step
                self._pause(min(time.monotonic() - begun, _LONGEST_PAUSE))
                last = step.last
                if last is None:
                    break
        with self._database.reading() as tx:
            every = audit.every_clinic(tx)
        for clinic, _ in every:
            with self._database.writing() as tx:
                noted = audit.note_new_key(tx, clinic, int(self._clock()))
            yield Step(int(noted), 0, None)
