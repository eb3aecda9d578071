"""A clinic always has an owner who can sign in, whoever acts at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from assessment.practice.staff.accounts import Accounts, SignedIn
from assessment.practice.staff.colleagues import Colleagues, Step
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import therapists
from assessment.records.database import Database
from assessment.records.ids import TherapistId
from tests.practice.cheap import CHEAP
from tests.practice.staff.test_accounts import ANA, BEN, GOOD, Clock, signed_in


@pytest.fixture
def enrolment(database: Database) -> Enrolment:
    return Enrolment(database, Clock(), CHEAP)


@pytest.fixture
def people(database: Database, enrolment: Enrolment) -> Accounts:
    """A clinic with Ana, who owns it, and Ben."""
    enrolment.set_up(enrolment.new_setup_code(), "Riverside", "Ana Ruiz", ANA, GOOD)
    enrolment.set_password(BEN, enrolment.add_therapist(BEN, "Ben Okoro"), GOOD)
    return Accounts(database, Clock(), CHEAP)


@pytest.fixture
def colleagues(database: Database, people: Accounts, enrolment: Enrolment) -> Colleagues:
    return Colleagues(database, Clock(), enrolment)


def both(people: Accounts, colleagues: Colleagues) -> tuple[SignedIn, SignedIn]:
    """Ana and Ben, signed in, who own the clinic both."""
    ana, ben = signed_in(people)[1], signed_in(people, BEN)[1]
    colleagues.change(ana, ben.therapist.id, Step.MAKE_OWNER)
    return signed_in(people)[1], signed_in(people, BEN)[1]


def owners(database: Database, who: SignedIn) -> list[str]:
    with database.reading() as tx:
        everybody = therapists.of_clinic(tx, who.clinic.id)
    return [one.email for one in everybody if one.is_owner and one.disabled_at is None]


@pytest.mark.parametrize("step", [Step.REMOVE, Step.DISABLE, Step.MAKE_THERAPIST])
def test_two_owners_who_act_on_each_other_at_once_leave_one(
    people: Accounts, colleagues: Colleagues, database: Database, step: Step
) -> None:
    ana, ben = both(people, colleagues)

    def act(pair: tuple[SignedIn, SignedIn]) -> Refusal | None:
        who, whom = pair
        try:
            colleagues.change(who, whom.therapist.id, step, who.therapist.id)
        except Refused as refused:
            return refused.kind
        return None

    with ThreadPoolExecutor(2) as at_once:
        done = list(at_once.map(act, [(ana, ben), (ben, ana)]))

    assert done.count(None) == 1
    assert len(owners(database, ana)) == 1


def test_two_owners_who_step_down_at_once_leave_one(
    people: Accounts, colleagues: Colleagues, database: Database
) -> None:
    def step_down(who: SignedIn) -> Refusal | None:
        try:
            colleagues.change(who, who.therapist.id, Step.MAKE_THERAPIST)
        except Refused as refused:
            return refused.kind
        return None

    pair = both(people, colleagues)
    with ThreadPoolExecutor(2) as at_once:
        done = list(at_once.map(step_down, pair))

    assert sorted(map(str, done)) == sorted([str(None), Refusal.LAST_OWNER])
    assert len(owners(database, pair[0])) == 1


def test_who_was_made_a_therapist_a_moment_before_changes_nothing(
    people: Accounts, colleagues: Colleagues, database: Database
) -> None:
    ana, ben = both(people, colleagues)
    with database.writing() as tx:
        therapists.set_owner(tx, ben.clinic.id, ben.therapist.id, is_owner=False)
    with pytest.raises(Refused) as refused:
        colleagues.change(ben, ana.therapist.id, Step.DISABLE)

    assert refused.value.kind is Refusal.NOT_OWNER
    assert owners(database, ana) == [ANA]


def test_a_therapist_is_refused_whatever_they_try(people: Accounts, colleagues: Colleagues) -> None:
    """Also where a page would let them."""
    ana, ben = signed_in(people)[1], signed_in(people, BEN)[1]
    tried: list[Callable[[], object]] = [
        lambda: colleagues.everybody(ben),
        lambda: colleagues.one(ben, ana.therapist.id),
        lambda: colleagues.invite(ben, "c@example.org", "Cy", is_owner=True),
        lambda: colleagues.share(ben, inviter_only=False),
        *(
            partial(colleagues.change, ben, ana.therapist.id, step, ben.therapist.id)
            for step in Step
        ),
    ]
    for one in tried:
        with pytest.raises(Refused) as refused:
            one()
        assert refused.value.kind is Refusal.NOT_OWNER


def test_nobody_of_another_clinic_is_there_or_takes_over(
    people: Accounts, colleagues: Colleagues, enrolment: Enrolment
) -> None:
    ana, ben = signed_in(people)[1], signed_in(people, BEN)[1]
    enrolment.set_up(enrolment.new_setup_code(), "Hillside", "Bo Ek", "bo@example.org", GOOD)
    bo = signed_in(people, "bo@example.org")[1].therapist.id

    for step in Step:
        with pytest.raises(LookupError):
            colleagues.change(ana, bo, step, ana.therapist.id)
    for taker in (bo, TherapistId("nobody"), ben.therapist.id, None):
        with pytest.raises(Refused) as refused:
            colleagues.change(ana, ben.therapist.id, Step.REMOVE, taker)
        assert refused.value.kind is Refusal.NOBODY
