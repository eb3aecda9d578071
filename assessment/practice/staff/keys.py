"""Keys with which other programs use the API of a clinic.

An owner makes a key and is shown it once. Who calls with it acts as that owner, within the scopes
of the key, for as long as they are an owner who can sign in.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from assessment.practice.cooldown import lately
from assessment.practice.staff.account_mails import AccountMails, Happened
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.owners import refuse_others
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import audit, clinics, keys, therapists
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import new_id, new_token
from assessment.records.keys import ApiKey, Scope
from assessment.records.model import StaffSession, Therapist
from assessment.records.refusals import Unavailable
from assessment.records.transactions import alone

MOST_KEYS = 20
"""Keys that a clinic can have."""
_PREFIX = "mpa_"
"""What every key begins with, so that one that leaked can be searched for."""
_TOLD_AGAIN = 60  # seconds between two notes of a key's use: not every call has to write


@dataclass(frozen=True, slots=True)
class Kept:
    """A key, and who made it; `works` while they are an owner who can sign in."""

    key: ApiKey
    maker: Therapist | None

    @property
    def works(self) -> bool:
        """Whether whoever calls with the key is let in."""
        return _is_owner(self.maker)


@dataclass(frozen=True, slots=True)
class Made:
    """A new key, with the `secret` that is told this once."""

    key: ApiKey
    secret: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a key, and the owner as whom it acts. `who.session` is in no table."""

    key: ApiKey
    who: SignedIn


class Keys:
    """What owners do about keys, and who calls with one.

    `clock` gives Unix time. What takes a `who` raises Refused (NOT_OWNER) for anybody but an owner.
    Every method raises Unavailable when the database is away; then nothing was changed.
    """

    def __init__(self, database: Database, clock: Callable[[], float], mails: AccountMails) -> None:
        self._database = database
        self._clock = clock
        self._mails = mails

    def listed(self, who: SignedIn) -> tuple[Kept, ...]:
        """Return the keys of their clinic, the newest first."""
        with self._database.reading() as tx:
            refuse_others(tx, who)
            clinic = who.clinic.id
            found = keys.of_clinic(tx, clinic)
            return tuple(Kept(one, therapists.get(tx, clinic, one.therapist)) for one in found)

    def make(self, who: SignedIn, name: str, scopes: frozenset[Scope]) -> Made:
        """Make a key, and tell them by mail. Raises Refused: TOO_MANY_KEYS."""
        now, clinic, secret = int(self._clock()), who.clinic.id, _PREFIX + new_token()
        key = ApiKey(new_id(), clinic, who.therapist.id, name, scopes, now)
        with self._database.writing() as tx:
            alone(tx, "keys", clinic)
            refuse_others(tx, who)
            if len(keys.of_clinic(tx, clinic)) >= MOST_KEYS:
                raise Refused(Refusal.TOO_MANY_KEYS)
            keys.add(tx, key, secret)
            self._mails.tell(tx, who.therapist, Happened.KEY_MADE, now, who.session.browser)
            audit.append(tx, who.by, Act.KEY_MADE, now, key.id)
            return Made(key, secret)

    def revoke(self, who: SignedIn, key: str) -> None:
        """Take a key away, which opens nothing from then on. LookupError: there is no such key."""
        with self._database.writing() as tx:
            refuse_others(tx, who)
            if not keys.remove(tx, who.clinic.id, key):
                raise LookupError("there is no such key")
            audit.append(tx, who.by, Act.KEY_REVOKED, int(self._clock()), key)

    def caller(self, secret: str) -> Caller | None:
        """Return who calls with this key; None when it opens nothing (any more)."""
        now = int(self._clock())
        with self._database.reading() as tx:
            key = keys.find(tx, secret)
            maker = None if key is None else therapists.get(tx, key.clinic, key.therapist)
            clinic = None if key is None else clinics.get(tx, key.clinic)
        if key is None or maker is None or clinic is None or not _is_owner(maker):
            return None
        if key.used_at is None or not lately(key.used_at, now, _TOLD_AGAIN):
            # Where nothing can be written, reading goes on.
            with suppress(Unavailable), self._database.writing() as tx:
                keys.touch(tx, key.clinic, key.id, now)
        session = StaffSession(key.id, key.clinic, maker.id, "", now, now, 0, f"API key {key.name}")
        return Caller(key, SignedIn(maker, clinic, session, now, now))


def _is_owner(maker: Therapist | None) -> bool:
    return maker is not None and maker.is_owner and maker.disabled_at is None
