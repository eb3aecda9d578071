"""Mails about an invitation are for whoever may see it, and go out only while somebody answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from assessment.practice.post.invitations import Invitations, Unknown
from assessment.practice.post.stages import MailStage
from assessment.practice.staff.accounts import SignedIn
from assessment.records import invitations, tables, therapists
from assessment.records.database import Database
from assessment.records.model import MailKind, Therapist
from tests.practice.post.conftest import Clock, Server
from tests.practice.post.test_outbox import DAY, LINK, REMINDER, address, days_of, invite, stages
from tests.records.some import disable, some_therapist


@pytest.fixture
def ben(database: Database, who: SignedIn) -> Therapist:
    """A colleague of theirs, who owns nothing."""
    colleague = some_therapist(who.clinic.id, is_owner=False)
    with database.writing() as tx:
        therapists.add(tx, colleague, None)
    return colleague


def test_where_the_clinic_chose_so_a_colleague_neither_sees_nor_sends_mails(
    desk: Invitations, who: SignedIn, ben: Therapist, server: Server, database: Database
) -> None:
    mine = replace(who, clinic=replace(who.clinic, inviter_only=True))
    theirs = replace(mine, therapist=ben)
    made = invite(desk, mine).invitation
    assert len(desk.mails(mine, made.id)) == 3
    with database.reading() as tx:
        before = tx.connection.execute(select(tables.outbox)).all()

    with pytest.raises(Unknown):
        desk.mails(theirs, made.id)
    with pytest.raises(Unknown):
        desk.mail(theirs, made.id, "ben@example.org", address("x"))

    assert server.taken == []
    with database.reading() as tx:
        assert tx.connection.execute(select(tables.outbox)).all() == before
    assert desk.mails(replace(who, therapist=ben), made.id), "where it did not, they are shared"


def test_a_reminder_of_somebody_whose_account_is_closed_waits_until_it_is_handed_over(
    desk: Invitations,
    who: SignedIn,
    ben: Therapist,
    server: Server,
    clock: Clock,
    database: Database,
) -> None:
    made = invite(desk, who, visit_at=None)
    desk.outbox.send_due()
    with database.writing() as tx:
        disable(tx, who.therapist, int(clock.now))
    for _ in days_of(desk, clock, days=5):
        pass
    assert server.subjects == [LINK]
    assert stages(desk, who, made)[1] == (MailKind.REMINDER, MailStage.WAITING)

    with database.writing() as tx:
        invitations.hand_over(tx, who.clinic.id, who.therapist.id, ben.id)
    clock.now += DAY
    desk.outbox.send_due()

    assert server.subjects == [LINK, REMINDER]


def test_what_waits_for_a_closed_account_is_forgotten_when_the_link_ends(
    desk: Invitations, who: SignedIn, server: Server, clock: Clock, database: Database
) -> None:
    invite(desk, who)
    with database.writing() as tx:
        disable(tx, who.therapist, int(clock.now))
    for _ in days_of(desk, clock):
        pass

    assert server.taken == []
    with database.reading() as tx:
        assert tx.connection.execute(select(tables.outbox)).all() == []
