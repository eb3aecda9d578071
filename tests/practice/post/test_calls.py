"""A call of another program that comes twice makes one invitation, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from assessment.practice.post.calls import Call, SaidOtherwise, made_for
from assessment.practice.post.invitations import Invitations
from assessment.practice.post.issuing import Issued
from assessment.practice.staff.accounts import SignedIn
from assessment.records.database import Database
from assessment.records.vault import Vault
from tests.practice.post.test_invitations import signed_in
from tests.records.some import NOW, VAULT, some_clinic

CALL = Call("reference 17", '{"name": "Zoe"}')


@pytest.fixture
def who(database: Database) -> SignedIn:
    return signed_in(database, "Riverside")


@pytest.fixture
def sending(database: Database) -> Invitations:
    return Invitations(database, lambda: float(NOW))


def invite(sending: Invitations, who: SignedIn, call: Call = CALL) -> Issued:
    return sending.invite(who, "Zoe", "", 7, "", call=call)


def test_many_at_once_make_one_client_and_one_link(sending: Invitations, who: SignedIn) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(lambda _: invite(sending, who), range(8))]

    assert sum(one.is_new for one in found) == 1
    assert len({(one.invitation.id, one.invitation.client, one.token) for one in found}) == 1
    assert len(sending.listed(who).invitations) == 1


def test_the_same_name_with_other_words_makes_nothing(sending: Invitations, who: SignedIn) -> None:
    made = invite(sending, who)
    with pytest.raises(SaidOtherwise) as refused:
        invite(sending, who, replace(CALL, says='{"name": "Ann"}'))

    assert refused.value.invitation == made.invitation.id
    assert len(sending.listed(who).invitations) == 1


def test_a_call_that_was_never_made_is_not_known(sending: Invitations, who: SignedIn) -> None:
    assert sending.called(who, CALL) is None


def test_nobody_without_the_key_can_make_the_link_or_guess_the_invitation() -> None:
    """Whoever knows everything that was said, but not the key of the records."""
    clinic = some_clinic()
    ours, theirs = made_for(CALL, VAULT, clinic), made_for(CALL, Vault([bytes(32)]), clinic)

    assert ours[0] != theirs[0]
    assert ours[1] != theirs[1]
    assert len(ours[1]) == 43, "256 bits"


def test_names_that_run_into_what_was_said_stay_apart() -> None:
    clinic = some_clinic()
    calls = (Call("a", "b\nc"), Call("a\nb", "c"), Call("a\n", "b\nc"))

    assert len({made_for(call, VAULT, clinic)[0] for call in calls}) == 3
    assert len({made_for(call, VAULT, clinic)[1] for call in calls}) == 3
