"""Whoever takes an account back takes its API keys away from whoever had it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from assessment.practice.staff.account_mails import AccountMails
from assessment.practice.staff.accounts import Accounts, SignedIn
from assessment.practice.staff.colleagues import Colleagues, Step
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.keys import Keys
from assessment.records import account_mails, audit
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.keys import Scope
from tests.practice.staff.test_accounts import BEN, GOOD, Clock, signed_in
from tests.practice.staff.test_colleagues import both, colleagues, enrolment, people

__all__ = ["colleagues", "enrolment", "people"]

NEW = "some quite other words here"


@dataclass(frozen=True)
class House:
    """Ana and Ben, who both own a clinic; Ben has made a key."""

    ana: SignedIn
    ben: SignedIn
    people: Accounts
    colleagues: Colleagues
    enrolment: Enrolment
    keys: Keys
    secret: str

    def step(self, *steps: Step) -> None:
        for step in steps:
            self.colleagues.change(self.ana, self.ben.therapist.id, step, self.ana.therapist.id)

    def set_password(self) -> None:
        self.enrolment.set_password(BEN, self.enrolment.new_password_code(BEN), NEW)


@pytest.fixture
def house(
    database: Database, people: Accounts, colleagues: Colleagues, enrolment: Enrolment
) -> House:
    ana, ben = both(people, colleagues)
    keys = Keys(database, Clock(), AccountMails(can_mail=True))
    secret = keys.make(ben, "Bookings", frozenset(Scope)).secret
    return House(ana, signed_in(people, BEN)[1], people, colleagues, enrolment, keys, secret)


TAKEN_BACK: dict[str, Callable[[House], None]] = {
    "a new password by code": House.set_password,
    "signed out everywhere": lambda house: house.people.sign_out_everywhere(house.ben),
    "signed out by an owner": lambda house: house.step(Step.SIGN_OUT),
    "second step reset by an owner": lambda house: house.step(Step.RESET_FACTORS),
    "second step reset by the operator": lambda house: house.enrolment.reset_factors(BEN),
    "disabled and enabled": lambda house: house.step(Step.DISABLE, Step.ENABLE),
    "no owner, and one again": lambda house: house.step(Step.MAKE_THERAPIST, Step.MAKE_OWNER),
}


@pytest.mark.parametrize("how", TAKEN_BACK)
def test_no_old_key_opens_anything_once_an_account_was_taken_back(
    house: House, database: Database, how: str
) -> None:
    assert house.keys.caller(house.secret) is not None

    TAKEN_BACK[how](house)

    assert house.keys.caller(house.secret) is None
    assert house.keys.listed(house.ana) == ()
    with database.reading() as tx:
        logged = audit.listed(tx, house.ana.clinic.id, audit.Sought(), None, 20)
    assert [one.act for one in logged].count(Act.KEY_REVOKED) == 1


def test_a_key_outlives_what_does_not_take_the_account_back(house: House) -> None:
    other = signed_in(house.people, BEN)[1]
    assert house.people.end_session(house.ben, other.session.id)
    house.people.change_password(house.ben, GOOD, NEW)
    house.people.sign_out_everywhere(house.ana)

    assert house.keys.caller(house.secret) is not None


def test_an_owner_is_told_by_mail_of_a_key_that_was_made(house: House, database: Database) -> None:
    with database.reading() as tx:
        waiting = account_mails.due(tx, int(Clock()()), 10)
    assert [(one.therapist, one.kind) for one in waiting] == [(house.ben.therapist.id, "key made")]
