"""A passkey that is refused leaves an entry with the account to which it belongs."""

from __future__ import annotations

import json

import pytest

from assessment.practice.staff.account_mails import AccountMails
from assessment.practice.staff.accounts import Accounts, SignedIn
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.passkeys import Challenge, Passkeys, Place
from assessment.practice.staff.refusals import Refused
from assessment.records import audit, passkeys
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import new_id
from assessment.records.passkeys import Passkey
from tests.practice.staff.test_accounts import Clock, signed_in
from tests.practice.staff.test_colleagues import enrolment, people

__all__ = ["enrolment", "people"]

HERE = Place("localhost", "http://localhost:8000")
KNOWN = "Zm91bmQ"


@pytest.fixture
def who(database: Database, people: Accounts, enrolment: Enrolment) -> SignedIn:
    """Ana, who has a passkey."""
    ana = signed_in(people)[1]
    made = Passkey(
        id=new_id(), clinic=ana.clinic.id, therapist=ana.therapist.id, credential=KNOWN,
        name="Safari", made_at=1, used_at=None, public_key="a2V5", count=0, asked_at=1.0,
    )  # fmt: skip
    with database.writing() as tx:
        passkeys.add(tx, made)
    return ana


def noted(database: Database, who: SignedIn) -> list[tuple[str, str | None, str]]:
    with database.reading() as tx:
        found = audit.listed(tx, who.clinic.id, audit.Sought(), None, 20)
    refused = (Act.SIGN_IN_FAILED, Act.PASSWORD_REFUSED)
    return [(one.act, one.therapist, one.device) for one in found if one.act in refused]


def test_a_sign_in_that_fails_is_logged_where_the_passkey_is_one_of_ours(
    database: Database, who: SignedIn
) -> None:
    taken = Passkeys(database, Clock(), AccountMails())
    challenge = Challenge("bm90aGluZw", Clock()())
    for answer in (json.dumps({"id": KNOWN}), json.dumps({"id": "bm9ib2R5cw"}), "no answer"):
        with pytest.raises(Refused):
            taken.sign_in(HERE, challenge, answer, "Safari on Mac", lambda _: False)

    assert noted(database, who) == [(Act.SIGN_IN_FAILED, who.therapist.id, "Safari on Mac")]


def test_a_passkey_that_is_refused_in_place_of_the_password_is_logged(
    database: Database, who: SignedIn
) -> None:
    taken = Passkeys(database, Clock(), AccountMails())
    with pytest.raises(Refused):
        taken.confirm(who, HERE, Challenge("bm90aGluZw", Clock()()), json.dumps({"id": KNOWN}))

    assert noted(database, who) == [(Act.PASSWORD_REFUSED, who.therapist.id, who.session.browser)]
