"""What has been kept for its time goes by itself: announced before, once, and nothing else."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from assessment.practice.keeping.notices import Keeping
from assessment.practice.keeping.periods import DAY, NOTICE
from assessment.practice.keeping.purging import ErasedCounts, Purging
from assessment.practice.staff.account_mails import AccountMails
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.refusals import Refused
from assessment.records import (
    account_mails,
    audit,
    clients,
    clinics,
    invitations,
    responses,
    therapists,
)
from assessment.records import keeping as stored
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.model import LAST_TIME
from tests.practice.post.conftest import Clock, Server
from tests.records.some import NOW, Household, some_client, some_invitation, some_response

YEAR = 365 * DAY


def chosen(database: Database, who: SignedIn) -> SignedIn:
    """The same person, of the clinic as it is stored now."""
    with database.reading() as tx:
        clinic = clinics.get(tx, who.clinic.id)
    assert clinic is not None
    return replace(who, clinic=clinic)


def is_there(database: Database, house: Household) -> tuple[bool, bool, bool]:
    """Whether the response, the invitation and the client are there."""
    with database.reading() as tx:
        return (
            responses.line(tx, house.id, house.response.line.id) is not None,
            invitations.get(tx, house.id, house.invitation.id) is not None,
            clients.get(tx, house.id, house.client.id) is not None,
        )


def test_nothing_goes_where_the_owner_has_not_chosen(
    database: Database, house: Household, purging: Purging, clock: Clock
) -> None:
    for clock.now in (NOW + 20 * YEAR, NOW + 21 * YEAR):
        assert purging.run() == {}
    assert is_there(database, house) == (True, True, True)


def test_nothing_goes_before_it_was_announced_for_a_week(
    database: Database,
    house: Household,
    who: SignedIn,
    keeping: Keeping,
    purging: Purging,
    clock: Clock,
    server: Server,
) -> None:
    """The server was off until long after its time: still the clinic hears of it first."""
    keeping.choose(who, 365, 90, 365)
    clock.now = start = NOW + 3 * YEAR
    assert purging.run() == {}
    going = keeping.going(chosen(database, who), listed=True)
    assert going is not None
    assert (going.first, [one.id for one in going.lines]) == (
        start + NOTICE, [house.response.line.id],
    )  # fmt: skip

    clock.now = start + NOTICE - 1
    assert purging.run() == {}
    assert is_there(database, house) == (True, True, True)
    [(to, letter)] = server.taken
    assert to == house.therapist.email
    assert "1 response will be erased" in letter.text
    assert "Canary" not in letter.text

    clock.now = start + NOTICE
    assert purging.run() == {house.id: ErasedCounts(1, 1, 1)}
    assert is_there(database, house) == (False, False, False)
    assert purging.run() == {}
    assert len(server.taken) == 1


def test_what_goes_by_itself_stands_in_the_log_by_its_random_name(
    database: Database,
    house: Household,
    who: SignedIn,
    keeping: Keeping,
    purging: Purging,
    clock: Clock,
) -> None:
    keeping.choose(who, 365, 90, 365)
    for clock.now in (NOW + 3 * YEAR, NOW + 3 * YEAR + NOTICE):
        purging.run()
    with database.reading() as tx:
        entries = audit.listed(tx, house.id, audit.Sought(since=NOW + YEAR), None, 10)
    assert [(one.act, one.about, one.therapist, one.device) for one in reversed(entries)] == [
        (act, id, None, audit.KEPT)
        for act, id in (
            (Act.RESPONSE_ERASED, house.response.line.id),
            (Act.INVITATION_ERASED, house.invitation.id),
            (Act.CLIENT_ERASED, house.client.id),
        )
    ]


def test_what_is_younger_than_the_period_stays_with_its_client(
    database: Database,
    house: Household,
    who: SignedIn,
    keeping: Keeping,
    purging: Purging,
    clock: Clock,
) -> None:
    later = some_response(house.client.id, received_at=NOW + 100 * DAY)
    open_link = some_invitation(house.client, house.therapist, expires_at=NOW + YEAR)
    with database.writing() as tx:
        responses.add(tx, house.id, later, "another visit")
        invitations.add(tx, open_link, "another link")
    keeping.choose(who, 90, 30, 365)
    for clock.now in range(NOW + 80 * DAY, NOW + 100 * DAY, 3 * DAY):
        purging.run()
    with database.reading() as tx:
        left = responses.of_client(tx, house.id, house.client.id)
        links = invitations.of_client(tx, house.id, house.client.id)
    assert [line.id for line in left] == [later.line.id]
    assert [one.id for one in links] == [open_link.id]
    assert is_there(database, house) == (False, False, True)


def test_never_by_itself_is_never(
    database: Database,
    house: Household,
    who: SignedIn,
    keeping: Keeping,
    purging: Purging,
    clock: Clock,
) -> None:
    keeping.choose(who, 0, 0, 0)
    clock.now = NOW + 50 * YEAR
    assert purging.run() == {}
    assert keeping.going(chosen(database, who)) is None
    assert is_there(database, house) == (True, True, True)


def test_a_new_choice_is_announced_anew(
    database: Database, who: SignedIn, keeping: Keeping, purging: Purging, clock: Clock
) -> None:
    keeping.choose(who, 365, 365, 365)
    clock.now = NOW + 3 * YEAR
    purging.run()
    clock.now += NOTICE
    keeping.choose(who, 90, 90, 365)
    assert keeping.going(chosen(database, who)) is None
    assert purging.run() == {}
    assert keeping.going(chosen(database, who)) is not None


def test_whoever_stops_half_way_goes_on_and_loses_no_count(
    database: Database,
    house: Household,
    who: SignedIn,
    keeping: Keeping,
    purging: Purging,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Killed after the first few, or told to stop: another process does the rest."""
    monkeypatch.setattr("assessment.practice.keeping.purging.AT_ONCE", 2)
    with database.writing() as tx:
        for number in range(5):
            client = some_client(house.id)
            clients.add(tx, client)
            responses.add(tx, house.id, some_response(client.id), f"visit {number}")
    keeping.choose(who, 90, 0, 365)
    clock.now = NOW + YEAR
    purging.run()
    clock.now += NOTICE
    steps = iter((False, False, True))
    caplog.set_level(logging.INFO, logger="assessment")
    [first] = purging.run(lambda: next(steps)).values()
    [second] = Purging(database, clock, None, "").run().values()
    assert first.responses == 2
    assert first.responses + second.responses == 6
    assert "clinic: purged: 2 responses, " in caplog.text
    with database.reading() as tx:
        assert stored.old_responses(tx, house.id, LAST_TIME, 10) == ()


def test_who_stopped_being_an_owner_meanwhile_chooses_nothing(
    database: Database, who: SignedIn, keeping: Keeping
) -> None:
    with database.writing() as tx:
        therapists.set_owner(tx, who.clinic.id, who.therapist.id, is_owner=False)
    assert who.therapist.is_owner

    with pytest.raises(Refused):
        keeping.choose(who, 90, 30, 365)
    assert not chosen(database, who).clinic.has_periods


def test_owners_are_told_by_mail_only_where_something_goes_sooner(
    database: Database, who: SignedIn, clock: Clock
) -> None:
    keeping = Keeping(database, clock, AccountMails(can_mail=True))

    def told(*periods: int) -> int:
        keeping.choose(who, *periods)
        with database.reading() as tx:
            return len(account_mails.due(tx, int(clock()), 10))

    assert told(90, 30, 365) == 0  # the first choice
    assert told(0, 90, 730) == 0  # all for longer
    assert told(90, 90, 730) == 1  # before, never
    assert told(90, 30, 730) == 2
