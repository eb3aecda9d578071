"""Passkeys (WebAuthn): signing in, and showing again who one is, with what a device holds.

A device answers a challenge only after it was unlocked by a finger, a face or a PIN (user
verification is always required), so a passkey is two factors in one. No challenge is answered
twice: each has the time at which it was made, and a passkey takes later ones only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from assessment.practice.staff.account_mails import AccountMails, Happened
from assessment.practice.staff.accounts import SignedIn, renewed
from assessment.practice.staff.factors import first_codes
from assessment.practice.staff.first_step import started
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import audit, passkeys, sessions, therapists
from assessment.records.acts import Act
from assessment.records.audit import By
from assessment.records.database import Database
from assessment.records.ids import new_id
from assessment.records.model import Therapist
from assessment.records.passkeys import Passkey
from assessment.records.refusals import Taken
from assessment.records.transactions import Transaction, alone

_REQUIRED = UserVerificationRequirement.REQUIRED
MOST = 20
"""Passkeys of one account."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys are used: the host that they belong to, and the origin of our pages."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a device has to answer (base64url), made `at` (Unix seconds, with fractions)."""

    value: str
    at: float


class Passkeys:
    """Makes and takes passkeys. `clock` gives Unix time.

    Whatever is wrong with an answer, it is Refused: PASSKEY. Every method raises Unavailable when
    the database is away; then nothing was changed.
    """

    def __init__(self, database: Database, clock: Callable[[], float], mails: AccountMails) -> None:
        self._database = database
        self._clock = clock
        self._mails = mails

    def ask_new(self, who: SignedIn, place: Place) -> tuple[str, Challenge]:
        """Return what a browser needs to make a passkey (JSON), and its challenge."""
        with self._database.reading() as tx:
            held = passkeys.of_therapist(tx, who.clinic.id, who.therapist.id)
        options = generate_registration_options(
            rp_id=place.host,
            rp_name=who.clinic.name,
            user_id=who.therapist.id.encode(),
            user_name=who.therapist.email,
            user_display_name=who.therapist.name,
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in held
            ],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
            ),
        )
        return options_to_json(options), self._challenge(options.challenge)

    def add(
        self, who: SignedIn, place: Place, challenge: Challenge, answer: str
    ) -> tuple[str, ...]:
        """Take a new passkey; return their recovery codes, where new ones were made."""
        try:
            made = verify_registration_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge.value),
                expected_rp_id=place.host,
                expected_origin=place.origin,
                require_user_verification=True,
            )
        except Exception:  # a browser may send anything, and the library raises as it reads it
            raise Refused(Refusal.PASSKEY) from None
        now = int(self._clock())
        passkey = Passkey(
            id=new_id(),
            clinic=who.clinic.id,
            therapist=who.therapist.id,
            credential=bytes_to_base64url(made.credential_id),
            name=who.session.browser,
            made_at=now,
            used_at=None,
            public_key=bytes_to_base64url(made.credential_public_key),
            count=made.sign_count,
            asked_at=challenge.at,
        )
        with self._database.writing() as tx:
            return self._added(tx, who, passkey, now)

    def ask(self, place: Place) -> tuple[str, Challenge]:
        """Return what a browser needs to use a passkey (JSON), and its challenge."""
        options = generate_authentication_options(rp_id=place.host, user_verification=_REQUIRED)
        return options_to_json(options), self._challenge(options.challenge)

    def sign_in(
        self,
        place: Place,
        challenge: Challenge,
        answer: str,
        browser: str,
        is_known: Callable[[str], bool],
    ) -> tuple[str, str]:
        """Return the secret of a new session, and the email address of whose it is.

        `is_known` tells whether an address was signed in to on this device before.
        """
        now = int(self._clock())
        with self._failure_noted(answer, browser, now), self._database.writing() as tx:
            one = _answered(tx, place, challenge, answer, now)
            known = is_known(one.email)
            return started(tx, self._mails, one, browser, now, is_known=known), one.email

    def confirm(self, who: SignedIn, place: Place, challenge: Challenge, answer: str) -> str:
        """Take a passkey in place of the password; return the secret that replaces the session's.

        Raises Refused also for the passkey of somebody else.
        """
        now = int(self._clock())
        with self._refusal_noted(who.by, now), self._database.writing() as tx:
            one = _answered(tx, place, challenge, answer, now)
            if (one.clinic, one.id) != (who.clinic.id, who.therapist.id):
                raise Refused(Refusal.PASSKEY)
            return renewed(tx, who, now)

    def _added(self, tx: Transaction, who: SignedIn, passkey: Passkey, now: int) -> tuple[str, ...]:
        alone(tx, "factors", who.therapist.id)
        if len(passkeys.of_therapist(tx, passkey.clinic, passkey.therapist)) >= MOST:
            raise Refused(Refusal.PASSKEY)
        try:
            passkeys.add(tx, passkey)
        except Taken:
            raise Refused(Refusal.PASSKEY) from None
        sessions.end_all(tx, passkey.clinic, passkey.therapist, but=who.session.id)
        self._mails.tell(tx, who.therapist, Happened.PASSKEY_ADDED, now, passkey.name)
        audit.append(tx, who.by, Act.PASSKEY_ADDED, now, passkey.id)
        return first_codes(tx, who)

    @contextmanager
    def _failure_noted(self, answer: str, browser: str, now: int) -> Iterator[None]:
        """Log a sign-in that fails, where the passkey is one of an account's."""
        try:
            yield
        except Refused:
            with self._database.writing() as tx:
                found = passkeys.by_credential(tx, _credential_in(answer))
                if found is not None:
                    by = By(found[0].clinic, found[0].therapist, browser)
                    audit.append(tx, by, Act.SIGN_IN_FAILED, now)
            raise

    @contextmanager
    def _refusal_noted(self, by: By, now: int) -> Iterator[None]:
        try:
            yield
        except Refused:
            with self._database.writing() as tx:
                audit.append(tx, by, Act.PASSWORD_REFUSED, now)
            raise

    def _challenge(self, value: bytes) -> Challenge:
        return Challenge(bytes_to_base64url(value), self._clock())


def _answered(
    tx: Transaction, place: Place, challenge: Challenge, answer: str, now: int
) -> Therapist:
    """Return whose passkey answered a challenge. Raises Refused."""
    found = passkeys.by_credential(tx, _credential_in(answer))
    if found is None:
        raise Refused(Refusal.PASSKEY)
    passkey, stored = found
    if challenge.at <= passkey.asked_at:
        raise Refused(Refusal.PASSKEY)
    try:
        shown = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge.value),
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.count,
            require_user_verification=True,
        )
    except Exception:  # as above
        raise Refused(Refusal.PASSKEY) from None
    if not passkeys.use(tx, passkey, stored, shown.new_sign_count, challenge.at, now):
        raise Refused(Refusal.PASSKEY)
    one = therapists.get(tx, passkey.clinic, passkey.therapist)
    if one is None or one.disabled_at is not None:
        raise Refused(Refusal.PASSKEY)
    return one


def _credential_in(answer: str) -> str:
    try:
        return str(json.loads(answer)["id"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused(Refusal.PASSKEY) from None
