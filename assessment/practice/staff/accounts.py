"""Who is signed in: passwords and sessions of a clinic's staff.

A session is a secret of 256 bits that only the browser holds; the database holds its hash. It ends
on its own, and a copy of it is dead the moment that it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from assessment.practice.cooldown import lately
from assessment.practice.staff.account_mails import AccountMails, Happened
from assessment.practice.staff.first_step import (
    LONGEST,
    HalfWay,
    SecondStepNeeded,
    shown_by,
    started,
)
from assessment.practice.staff.key_ring import drop_keys
from assessment.practice.staff.passwords import Passwords
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.practice.staff.throttling import (
    confirming,
    count_again,
    count_try,
    signing_in,
    was_right,
)
from assessment.records import audit, factors, sessions, therapists
from assessment.records.acts import Act
from assessment.records.audit import By
from assessment.records.database import Database
from assessment.records.ids import TherapistId, new_id, new_token
from assessment.records.model import Clinic, StaffSession, Therapist
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction

IDLE = 15 * 60
"""Seconds without a page after which a session ends."""
FRESH = 5 * 60
"""Seconds for which a password that was given again counts."""
_SKEW = 60  # seconds by which a clock is corrected every day, and nothing was wrong
_TOLD_AGAIN = 30  # seconds between two notes of a session's use: not every page has to write


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person of a request: who, of which clinic, and until when (Unix seconds).

    `lacks_factor`: their clinic requires a second factor, and they have none yet.
    """

    therapist: Therapist
    clinic: Clinic
    session: StaffSession
    idle_ends: int
    ends: int
    lacks_factor: bool = False

    @property
    def account(self) -> str:
        """Whose account it is, and of which clinic, as one word."""
        return f"{self.clinic.id}.{self.therapist.id}"

    @property
    def by(self) -> By:
        """Who they are in the audit log, and on which kind of device."""
        return By(self.clinic.id, self.therapist.id, self.session.browser)

    @property
    def only(self) -> TherapistId | None:
        """Whose invitations, and what came back with them, they see; None: all of the clinic's."""
        sees_all = self.therapist.is_owner or not self.clinic.inviter_only
        return None if sees_all else self.therapist.id

    @property
    def form_token(self) -> str:
        """What the forms of this session carry: its secret, and whose they are."""
        return f"{self.session.csrf}.{self.account}"


class Accounts:
    """What a therapist can do about their own account; `who` is always that therapist.

    `clock` gives Unix time. Every method raises Unavailable when the database is away; then
    nothing was changed.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], float],
        passwords: Passwords,
        mails: AccountMails | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords
        self._mails = mails or AccountMails()

    def sign_in(
        self,
        email: str,
        password: str,
        address: str,
        browser: str,
        device: str | None = None,
        *,
        is_new: bool = False,
    ) -> str:
        """Return the secret of a new session.

        `address` is where the request came from; it is counted and never stored as it is.
        `browser` names the browser in words, `device` one from which this account was signed in
        to before; `is_new`: the account was made just now. Raises SecondStepNeeded where they have
        a second factor, and Refused: WRONG, as slowly and in the same way whether or not there is
        such an account, or WAIT after too many tries.
        """
        now = self._now()
        with self._database.writing() as tx:
            counted = count_try(tx, signing_in(tx, email, address, device), now)
            found = therapists.by_email(tx, email)
        therapist, stored = found or (None, None)
        right = self._passwords.is_right(stored, password)
        # Hashing takes long, and nobody else can write meanwhile on SQLite: never in a transaction.
        outdated = right and stored is not None and self._passwords.is_outdated(stored)
        upgraded = self._passwords.hash(password) if outdated else None
        if not right or stored is None or therapist is None or therapist.disabled_at is not None:
            with self._database.writing() as tx:
                count_again(tx, counted)  # so that it writes, and takes as long, either way
                if therapist is not None:
                    by = By(therapist.clinic, therapist.id, browser)
                    audit.append(tx, by, Act.SIGN_IN_FAILED, now)
            raise Refused(Refusal.WRONG)
        with self._database.writing() as tx:
            clinic, id = therapist.clinic, therapist.id
            if not therapists.replace_password(tx, clinic, id, stored, upgraded or stored):
                raise Refused(Refusal.WRONG)
            was_right(tx, counted)
            if not factors.has_any(tx, clinic, id):
                is_known = is_new or device is not None
                return started(tx, self._mails, therapist, browser, now, is_known=is_known)
        raise SecondStepNeeded(HalfWay(clinic, id, shown_by(upgraded or stored)))

    def session(self, token: str, *, used: bool = True) -> SignedIn | None:
        """Return who holds this secret, if their session has not ended; note that it is `used`."""
        now = self._now()
        with self._database.reading() as tx:
            found = sessions.find(tx, token)
            if found is None:
                return None
            session, therapist, clinic, ends = found
            lacks = clinic.needs_factor and not factors.has_any(tx, clinic.id, therapist.id)
        idle_since = now - session.used_at
        if now >= ends or idle_since >= IDLE or therapist.disabled_at is not None:
            return None
        if session.created_at > now + _SKEW:
            return None  # begun while a clock was wrong: it would last for as long as that was
        if used and (idle_since >= _TOLD_AGAIN or idle_since < 0):
            # Where nothing can be written, reading goes on until the session ends.
            with suppress(Unavailable), self._database.writing() as tx:
                sessions.touch(tx, clinic.id, session.id, now)
                session = replace(session, used_at=now)
        idle_ends = min(session.used_at + IDLE, ends)
        return SignedIn(therapist, clinic, session, idle_ends, ends, lacks)

    def sign_out(self, token: str) -> None:
        """End the session of this secret, if there is one."""
        with self._database.writing() as tx:
            found = sessions.find(tx, token)
            if found is not None:
                session = found[0]
                sessions.end(tx, session.clinic, session.therapist, session.id)
                by = By(session.clinic, session.therapist, session.browser)
                audit.append(tx, by, Act.SIGNED_OUT, self._now())

    def sessions(self, who: SignedIn) -> tuple[StaffSession, ...]:
        """Return their sessions that have not ended, the one used last first."""
        now = self._now()
        with self._database.reading() as tx:
            found = sessions.of_therapist(tx, who.clinic.id, who.therapist.id)
        open_ones = [
            one for one in found if now < one.used_at + IDLE and now < one.created_at + LONGEST
        ]
        return tuple(sorted(open_ones, key=lambda one: (-one.used_at, one.id)))

    def end_session(self, who: SignedIn, session: str) -> bool:
        """End one of their sessions; return whether there was such a one."""
        with self._database.writing() as tx:
            is_ended = sessions.end(tx, who.clinic.id, who.therapist.id, session)
            if is_ended:
                act = Act.SIGNED_OUT if session == who.session.id else Act.SESSION_ENDED
                audit.append(tx, who.by, act, self._now())
            return is_ended

    def sign_out_everywhere(self, who: SignedIn) -> None:
        """End all of their sessions, and take their API keys away."""
        with self._database.writing() as tx:
            sessions.end_all(tx, who.clinic.id, who.therapist.id)
            drop_keys(tx, who.by, who.therapist, self._now())
            audit.append(tx, who.by, Act.SIGNED_OUT_EVERYWHERE, self._now())

    def is_fresh(self, who: SignedIn) -> bool:
        """Whether they gave their password in the last minutes."""
        return lately(who.session.confirmed_at, self._now(), FRESH)

    def change_password(self, who: SignedIn, old: str, new: str) -> str:
        """Change their password and end their other sessions.

        Returns the secret that replaces the one of this session. Raises Refused: WRONG or WAIT
        about the old password, or what `refuse_weak` says about the new one.
        """
        self._passwords.refuse_weak(new, who.therapist.name, who.therapist.email, who.clinic.name)
        now = self.check(who, old)
        stored = self._passwords.hash(new)
        with self._database.writing() as tx:
            therapists.set_password(tx, who.clinic.id, who.therapist.id, stored)
            sessions.end_all(tx, who.clinic.id, who.therapist.id, but=who.session.id)
            self._mails.tell(tx, who.therapist, Happened.PASSWORD, now, who.session.browser)
            token = renewed(tx, who, now)
            audit.append(tx, who.by, Act.PASSWORD_CHANGED, now)
            return token

    def change_details(
        self, who: SignedIn, name: str, *, urgent_mail: bool, password: str = ""
    ) -> str | None:
        """Change how they are called, and whether urgent responses are told by mail.

        Another name needs their password, since notes carry it; a change of mail does, unless they
        gave it in the last minutes. Where it was needed, the secret that replaces the one of their
        session is returned. Raises Refused: CONFIRM when it is missing, WRONG, or WAIT after too
        many tries.
        """
        renamed = name != who.therapist.name
        mail = urgent_mail != who.therapist.urgent_mail
        needed = renamed or (mail and not self.is_fresh(who))
        if needed and not password:
            raise Refused(Refusal.CONFIRM)
        now = self.check(who, password) if needed else self._now()
        with self._database.writing() as tx:
            therapists.set_details(
                tx, who.clinic.id, who.therapist.id, name, urgent_mail=urgent_mail
            )
            token = renewed(tx, who, now) if needed else None
            audit.append(tx, who.by, Act.DETAILS_CHANGED, now)
            return token

    def confirm(self, who: SignedIn, password: str) -> str:
        """Take their password again; return the secret that replaces that of their session.

        Raises Refused: WRONG or WAIT.
        """
        now = self.check(who, password)
        with self._database.writing() as tx:
            return renewed(tx, who, now)

    def check(self, who: SignedIn, password: str) -> int:
        """Return the time; raises Refused: WRONG when this is not their password, or WAIT.

        What follows in a transaction of its own ends with `renewed`.
        """
        now = self._now()
        with self._database.writing() as tx:
            counted = count_try(tx, confirming(tx, who.therapist.email), now)
            stored = therapists.password_of(tx, who.clinic.id, who.therapist.id)
        if not self._passwords.is_right(stored, password):
            with self._database.writing() as tx:
                audit.append(tx, who.by, Act.PASSWORD_REFUSED, now)
            raise Refused(Refusal.WRONG)
        with self._database.writing() as tx:
            was_right(tx, counted)
        return now

    def _now(self) -> int:
        return int(self._clock())


def renewed(tx: Transaction, who: SignedIn, now: int) -> str:
    """Put a new secret in place of that of their session (ASVS 7.2.4), and return it.

    Forms that are open stay good. Raises Refused (WRONG) when the session was ended meanwhile.
    """
    token = new_token()
    session = replace(who.session, id=new_id(), used_at=now, confirmed_at=now)
    if not sessions.end(tx, who.clinic.id, who.therapist.id, who.session.id):
        raise Refused(Refusal.WRONG)  # it was ended elsewhere in this moment, and stays so
    sessions.add(tx, token, session, who.ends)
    return token
