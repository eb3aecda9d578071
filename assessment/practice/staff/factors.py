"""The second factor: what somebody has besides their password, switched on and off by themselves.

An app shows a code of six digits that changes every 30 seconds (TOTP); the code of one step before
or after is taken as well. Ten recovery codes are for when the phone is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest

import pyotp

from assessment.practice.staff.account_mails import AccountMails, Happened
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.one_time import new_code, typed
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import audit, factors, passkeys, sessions
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.passkeys import Passkey
from assessment.records.transactions import Transaction, alone

STEP = 30
"""Seconds for which an app shows one code."""
CODES = 10
"""Recovery codes that somebody gets at once."""
_GROUPS = 2  # of five letters: 50 bits, guessed no oftener than the throttle lets anybody
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody has: an app since when (Unix seconds), passkeys, and how many codes."""

    app_since: int | None
    passkeys: tuple[Passkey, ...]
    codes_left: int

    @property
    def count(self) -> int:
        """How many second factors these are."""
        return len(self.passkeys) + (self.app_since is not None)


class Factors:
    """What a therapist can do about their own second factor; `who` is always that therapist.

    `clock` gives Unix time. The pages have asked for the password before they call what changes
    anything. Other sessions of the account end with a change, and it is told by mail. Every method
    raises Unavailable when the database is away; then nothing was changed.
    """

    def __init__(self, database: Database, clock: Callable[[], float], mails: AccountMails) -> None:
        self._database = database
        self._clock = clock
        self._mails = mails

    def held(self, who: SignedIn) -> Held:
        """Return what they have."""
        with self._database.reading() as tx:
            return _held(tx, who)

    def new_secret(self) -> str:
        """Return a secret for an app, in base32; nothing is stored yet."""
        return pyotp.random_base32()

    def switch_on_app(self, who: SignedIn, secret: str, code: str) -> tuple[str, ...]:
        """Take an app that shows the right code; return their recovery codes, where new ones
        were made.

        Raises Refused: WRONG_CODE.
        """
        now = int(self._clock())
        step = step_of(secret, code, now)
        if step is None:
            raise Refused(Refusal.WRONG_CODE)
        with self._database.writing() as tx:
            factors.set_app(tx, who.clinic.id, who.therapist.id, secret, step, now)
            self._changed(tx, who, Happened.APP_ON, Act.APP_ADDED)
            return first_codes(tx, who)

    def switch_off_app(self, who: SignedIn) -> None:
        """Take their app away. Raises Refused: LAST_FACTOR where the clinic requires one."""
        with self._database.writing() as tx:
            alone(tx, "factors", who.therapist.id)
            held = _held(tx, who)
            if held.app_since is None:
                return
            _refuse_last(who, held)
            factors.drop_app(tx, who.clinic.id, who.therapist.id)
            _drop_codes_of_none(tx, who)
            self._changed(tx, who, Happened.APP_OFF, Act.APP_REMOVED)

    def remove_passkey(self, who: SignedIn, id: str) -> bool:
        """Remove one of their passkeys; return whether there was one. Raises as above."""
        with self._database.writing() as tx:
            alone(tx, "factors", who.therapist.id)
            held = _held(tx, who)
            if id not in {one.id for one in held.passkeys}:
                return False
            _refuse_last(who, held)
            passkeys.remove(tx, who.clinic.id, who.therapist.id, id)
            _drop_codes_of_none(tx, who)
            self._changed(tx, who, Happened.PASSKEY_REMOVED, Act.PASSKEY_REMOVED, id)
            return True

    def new_codes(self, who: SignedIn) -> tuple[str, ...]:
        """Return new recovery codes; the old ones stop working. None without a second factor."""
        with self._database.writing() as tx:
            if not _held(tx, who).count:
                return ()
            now = int(self._clock())
            self._mails.tell(tx, who.therapist, Happened.NEW_CODES, now)
            audit.append(tx, who.by, Act.CODES_MADE, now)
            return _made(tx, who)

    def _changed(
        self, tx: Transaction, who: SignedIn, what: Happened, act: Act, about: str | None = None
    ) -> None:
        now = int(self._clock())
        sessions.end_all(tx, who.clinic.id, who.therapist.id, but=who.session.id)
        self._mails.tell(tx, who.therapist, what, now, who.session.browser)
        audit.append(tx, who.by, act, now, about)


def step_of(secret: str, code: str, now: int) -> int | None:
    """Return the step for which an app with this secret shows this code now; None for none."""
    digits = "".join(code.split())
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    app, here = pyotp.TOTP(secret, interval=STEP), now // STEP
    steps = (here - 1, here, here + 1)
    return next((one for one in steps if compare_digest(app.generate_otp(one), digits)), None)


def address_of(secret: str, email: str, clinic: str) -> str:
    """Return what the QR code says from which an app takes the secret."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=email, issuer_name=clinic)


def first_codes(tx: Transaction, who: SignedIn) -> tuple[str, ...]:
    """Return recovery codes for somebody who has none, and none for everybody else."""
    has_some = factors.codes_left(tx, who.clinic.id, who.therapist.id)
    return () if has_some else _made(tx, who)


def forget_factors(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> None:
    """Take every second factor of an account away, with its recovery codes."""
    factors.drop_app(tx, clinic, therapist)
    factors.drop_codes(tx, clinic, therapist)
    passkeys.remove_all(tx, clinic, therapist)


def _made(tx: Transaction, who: SignedIn) -> tuple[str, ...]:
    made = tuple(new_code(_GROUPS) for _ in range(CODES))
    factors.set_codes(tx, who.clinic.id, who.therapist.id, map(typed, made))
    return made


def _held(tx: Transaction, who: SignedIn) -> Held:
    clinic, id = who.clinic.id, who.therapist.id
    return Held(
        factors.app_since(tx, clinic, id),
        passkeys.of_therapist(tx, clinic, id),
        factors.codes_left(tx, clinic, id),
    )


def _refuse_last(who: SignedIn, held: Held) -> None:
    if who.clinic.needs_factor and held.count == 1:
        raise Refused(Refusal.LAST_FACTOR)


def _drop_codes_of_none(tx: Transaction, who: SignedIn) -> None:
    if not factors.has_any(tx, who.clinic.id, who.therapist.id):
        factors.drop_codes(tx, who.clinic.id, who.therapist.id)
