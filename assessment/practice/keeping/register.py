"""The copy of the register of erasures that lies beside the database, and survives its restore.

A database that was put back from a backup has again what was erased since. When it is opened, and
while it runs, the two copies are compared: what only the file knows of is erased again.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assessment.practice.keeping.periods import DAY
from assessment.practice.name_search import write_words
from assessment.records import audit, clients, clinics, erasures, withdrawals
from assessment.records.audit import By
from assessment.records.database import Database
from assessment.records.erasures import Erased
from assessment.records.ids import ClinicId
from assessment.records.refusals import Unusable
from assessment.records.transactions import Transaction, alone

log = logging.getLogger("assessment")

_LINE = re.compile(r"(\d{1,12}) ([\w-]{1,64}) ([0-9a-f]{64})")


class Register:
    """The file; `clock` gives Unix time. Several processes may use it at once."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock

    def note(self, entries: Sequence[Erased]) -> None:
        """Add what was erased just now; raises nothing. `replay` adds what could not be."""
        try:
            self._append(entries)
        except OSError as error:
            log.error("INSTANCE: %s: %s", error.strerror, self._path)

    def replay(self, database: Database) -> int:
        """Erase again what only the file knows of, and write there what only the database knows.

        What a clinic need not remember any more is dropped from both. Returns how many rows were
        erased. Raises Unavailable, or Unusable where the file cannot be read or written: nothing
        that was erased may come back unseen.
        """
        try:
            return self._replayed(database)
        except OSError as error:
            raise Unusable(f"INSTANCE: {error.strerror}: {self._path}") from None

    def _replayed(self, database: Database) -> int:
        noted = self._read()
        with database.reading() as tx:
            known = {one.key: one for one in erasures.register(tx)}
            ends = _ends(tx, int(self._clock()))
        current = {key for key, one in (noted | known).items() if _is_current(one, ends)}
        if noted.keys() == known.keys() == current:
            return 0
        with database.writing() as tx:
            alone(tx, "erasures")
            known = {one.key: one for one in erasures.register(tx)}
            lacking = [one for key, one in noted.items() if key in current and key not in known]
            done = _erase_again(tx, lacking, int(self._clock()))
            for clinic, before in ends.items():
                erasures.forget(tx, clinic, before)
        if done:
            log.warning("erased again after a restore: %d clients, responses and links", done)
        self._write(known, ends)
        return done

    def _read(self) -> dict[tuple[str, str], Erased]:
        if not self._path.exists():
            return {}
        found = map(_LINE.fullmatch, self._path.read_text("ascii", errors="replace").splitlines())
        entries = (Erased(ClinicId(one[2]), one[3], int(one[1])) for one in found if one)
        return {one.key: one for one in entries}

    def _write(self, known: dict[tuple[str, str], Erased], ends: dict[ClinicId, int]) -> None:
        """Have the file hold both what it holds and what is known, without what is over."""
        with self._locked():
            noted = self._read()
            every = [one for one in (noted | known).values() if _is_current(one, ends)]
            if noted.keys() != {one.key for one in every}:
                draft = self._path.with_name(f"{self._path.name}.new")
                _put(draft, os.O_TRUNC, _lines(every))
                draft.replace(self._path)

    def _append(self, entries: Iterable[Erased]) -> None:
        with self._locked():
            # A line that somebody was killed in the middle of ends here.
            _put(self._path, os.O_APPEND, "\n" + _lines(entries))

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = os.open(
            self._path.with_name(f"{self._path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600
        )
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _put(path: Path, how: int, text: str) -> None:
    """Write text to a file that only we may read, and have it on the disk."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | how, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _lines(entries: Iterable[Erased]) -> str:
    return "".join(f"{one.erased_at} {one.clinic} {one.name_hash}\n" for one in entries)


def _ends(tx: Transaction, now: int) -> dict[ClinicId, int]:
    """Return before when each clinic need not remember an erasure, where it has chosen that."""
    chosen = (one for one in clinics.every(tx) if one.keep_erased)
    return {one.id: now - (one.keep_erased or 0) * DAY for one in chosen}


def _is_current(one: Erased, ends: dict[ClinicId, int]) -> bool:
    return one.erased_at >= ends.get(one.clinic, 0)


def _erase_again(tx: Transaction, lacking: Sequence[Erased], now: int) -> int:
    if not lacking:
        return 0
    erasures.add(tx, lacking)
    if taken_back := withdrawals.add_again(tx, lacking):
        log.warning("consents taken back, noted again after a restore: %d", taken_back)
    done, whose = erasures.erase_again(tx, lacking, now)
    for clinic, client in whose:
        if clients.get(tx, clinic, client) is not None:
            write_words(tx, clinic, client)
    for gone in sorted(done, key=lambda one: one.clinic):  # as everybody asks for several logs
        audit.append(tx, By(gone.clinic, None, audit.RESTORED), gone.act, now, gone.id)
    return len(done)
