"""The audit log of a clinic: what was seen is put down, and an owner looks through all of it.

What is changed or erased puts its entry down itself, in its own transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import audit, audit_check, therapists
from assessment.records.acts import Act
from assessment.records.audit import Entry, Key, Sought
from assessment.records.database import Database
from assessment.records.model import Therapist

PAGE = 50
"""Entries that are shown at once."""
MOST_EXPORTED = 50_000
"""Entries of one file."""
MOST_FAULTS = 20
"""Faults of one log that are told; after so many it is clear enough."""

log = logging.getLogger("assessment")


class TooManyEntries(Exception):
    """These are more than fit into one file."""


@dataclass(frozen=True, slots=True)
class Found:
    """Some entries, the newest first; `older` is where the next ones start."""

    entries: tuple[Entry, ...]
    older: Key | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of one log found. `clinic` is as operators know it."""

    clinic: str
    entries: int
    faults: tuple[str, ...]


class AuditLog:
    """The audit logs. `clock` gives Unix time.

    Every method raises Unavailable when the database is away.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def saw(self, who: SignedIn, act: Act, about: Sequence[str] = ()) -> None:
        """Put down that they are about to be shown something, or given it as a file.

        Whoever calls this shows nothing before it has returned.
        """
        with self._database.writing() as tx:
            for one in about or (None,):
                audit.append(tx, who.by, act, int(self._clock()), one)

    def listed(self, who: SignedIn, sought: Sought, before: Key | None = None) -> Found:
        """Return the entries that are looked for, before the one with this key.

        Raises Refused (NOT_OWNER).
        """
        found = self._entries(who, sought, before, PAGE + 1)
        shown = found[:PAGE]
        return Found(shown, shown[-1].key if len(found) > PAGE else None)

    def exported(self, who: SignedIn, sought: Sought) -> tuple[Entry, ...]:
        """Return all entries that are looked for.

        Raises Refused (NOT_OWNER), or TooManyEntries.
        """
        found = self._entries(who, sought, None, MOST_EXPORTED + 1)
        if len(found) > MOST_EXPORTED:
            raise TooManyEntries
        return found

    def staff(self, who: SignedIn) -> tuple[Therapist, ...]:
        """Return everybody who is or was on the staff of their clinic."""
        with self._database.reading() as tx:
            return therapists.ever_of_clinic(tx, who.clinic.id)

    def tell(self) -> None:
        """Tell the security log how far each log goes: nobody can take that back there."""
        with self._database.reading() as tx:
            found = audit.heads(tx)
        for head in found:
            log.info("clinic: %s", audit_check.line_of(head))

    def lengths(self) -> tuple[Checked, ...]:
        """Return how far each log goes, as its head says; nothing is looked through."""
        with self._database.reading() as tx:
            ends = {head.clinic: head.number for head in audit.heads(tx)}
            every = audit.every_clinic(tx)
        return tuple(Checked(slug, ends.get(clinic, 0), ()) for clinic, slug in every)

    def check(self, lines: Iterable[str] = ()) -> tuple[Checked, ...]:
        """Look through every log; `lines` are those of a security log, to compare with."""
        told = audit_check.told_in(lines)
        with self._database.reading() as tx:
            lengths = {head.clinic: head.number for head in audit.heads(tx)}
            checked = [
                Checked(
                    slug,
                    lengths.get(clinic, 0),
                    tuple(islice(audit_check.faults(tx, clinic, told.get(clinic)), MOST_FAULTS)),
                )
                for clinic, slug in audit.every_clinic(tx)
            ]
            there = {clinic for clinic, _ in audit.every_clinic(tx)}
        gone = (
            Checked(clinic, 0, ("the security log notes this clinic, but it is not there",))
            for clinic in sorted(told.keys() - there)
        )
        return (*checked, *gone)

    def _entries(
        self, who: SignedIn, sought: Sought, before: Key | None, limit: int
    ) -> tuple[Entry, ...]:
        if not who.therapist.is_owner:
            raise Refused(Refusal.NOT_OWNER)
        with self._database.reading() as tx:
            return audit.listed(tx, who.clinic.id, sought, before, limit)
