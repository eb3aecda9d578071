"""What is to be sent lies with its cause, and goes out at most once, and never to a dead link."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from assessment.exports.dates import Calendar
from assessment.practice.post import mail_quota, outbox
from assessment.practice.post.invitations import Invitations, LinkEnded
from assessment.practice.post.issuing import Details, Issued
from assessment.practice.post.mail import MailFailed, Trouble
from assessment.practice.post.outbox import PAUSES, Outbox
from assessment.practice.post.reminding import in_daytime, reminders
from assessment.practice.post.stages import MailStage, Stage, mail_stage
from assessment.practice.staff.accounts import SignedIn
from assessment.records import clients, invitations, tables
from assessment.records import outbox as mails
from assessment.records.database import Database
from assessment.records.model import Envelope, MailKind
from assessment.records.refusals import Unavailable
from tests.practice.post.conftest import Clock, Server
from tests.records.conftest import OpenDatabase
from tests.records.some import (
    NOW,
    some_client,
    some_clinic,
    some_invitation,
    some_therapist,
)

DAY = 24 * 60 * 60
VISIT = NOW + 5 * DAY + 6 * 60 * 60
"""Wednesday 20 January 2027, 14:00 in London; NOW is a Friday there, 08:00."""


LINK = "Questions before your visit to Riverside"
REMINDER = f"Reminder: {LINK}"


def address(token: str) -> str:
    return f"https://clinic.example/i/{token}"


def invite(desk: Invitations, who: SignedIn, visit_at: int | None = VISIT) -> Issued:
    details = Details(visit_at=visit_at)
    return desk.invite(who, "Anna K.", "anna@example.org", 14, "", None, details, address)


def stages(desk: Invitations, who: SignedIn, made: Issued) -> list[tuple[MailKind, MailStage]]:
    now = int(desk._clock())
    found = desk.mails(who, made.invitation.id)
    return [(one.kind, mail_stage(one, now)) for one in found]


def days_of(desk: Invitations, clock: Clock, days: int = 20) -> Iterator[float]:
    """Every hour of so many days, at each of which what is due is sent."""
    for _ in range(days * 24):
        clock.now += 60 * 60
        desk.outbox.send_due()
        yield clock.now


def test_the_link_and_its_reminders_are_put_down_with_the_invitation(
    desk: Invitations, who: SignedIn
) -> None:
    made = invite(desk, who)
    waiting = desk.mails(who, made.invitation.id)
    assert [(one.kind, one.due_at) for one in waiting] == [
        (MailKind.LINK, NOW),
        (MailKind.REMINDER, NOW + 2 * DAY),
        (MailKind.BEFORE_VISIT, VISIT - DAY - 4 * 60 * 60),
    ]


def test_nothing_is_put_down_when_the_invitation_is_not_made(
    desk: Invitations, who: SignedIn, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Unavailable("away")

    monkeypatch.setattr(mails, "add", away)
    with pytest.raises(Unavailable):
        invite(desk, who)
    with database.reading() as tx:
        for table in (tables.invitations, tables.clients, tables.outbox):
            assert tx.connection.execute(select(table)).all() == []


def test_a_client_who_never_answers_gets_the_link_and_two_reminders_each_once_and_by_day(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server
) -> None:
    made = invite(desk, who)
    desk.outbox.send_due()
    sent = {len(server.taken): NOW}
    for now in days_of(desk, clock):
        sent.setdefault(len(server.taken), int(now))
    assert server.subjects == [LINK, REMINDER, REMINDER]
    assert [to for to, _ in server.taken] == ["anna@example.org"] * 3
    assert all(address(made.token) in letter.text for _, letter in server.taken)
    assert all("visit on Wednesday 20 January at 14:00" in one.text for _, one in server.taken)
    assert "I would rather not answer" in server.taken[1][1].text
    clocks = [Calendar("Europe/London").clock(sent[count]).hour for count in (2, 3)]
    assert all(8 <= hour < 20 for hour in clocks)
    assert [stage for _, stage in stages(desk, who, made)] == [MailStage.SENT] * 3


@pytest.mark.parametrize("end", ["sent back", "revoked", "replaced", "closed", "erased", "expired"])
def test_nobody_is_reminded_once_the_link_has_ended(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server, database: Database, end: str
) -> None:
    made = invite(desk, who).invitation
    desk.outbox.send_due()
    with database.writing() as tx:
        if end == "sent back":
            invitations.use(tx, who.clinic.id, made.id, NOW)
        if end == "closed":
            invitations.close(tx, who.clinic.id, made.id, NOW)
        if end == "erased":
            clients.erase(tx, who.clinic.id, made.client, 1)
        if end == "expired":
            # As if somebody had made it for one hour.
            tx.connection.execute(update(tables.invitations).values(expires_at=NOW + 3600))
    if end == "revoked":
        desk.revoke(who, made.id)
    if end == "replaced":
        desk.resend(who, made.id)
    for _ in days_of(desk, clock):
        pass
    assert server.subjects == [LINK]
    with database.reading() as tx:
        left = tx.connection.execute(select(tables.outbox.c.sealed)).scalars()
        assert [one for one in left if one is not None] == [], "no link is kept either"


def test_no_sending_begins_after_a_revoke(
    desk: Invitations, who: SignedIn, server: Server, database: Database
) -> None:
    """Also not of a mail that was looked up before it, and whose row came back."""
    made = invite(desk, who)
    assert made.mail is not None
    with database.reading() as tx:
        looked_up = mails.due(tx, NOW, 10)
    desk.revoke(who, made.invitation.id)
    with database.writing() as tx:
        mails.add(tx, made.mail, Envelope("anna@example.org", "x"))
    assert looked_up == (made.mail,)
    assert not desk.outbox.send(made.mail)
    assert server.taken == []


def test_a_link_does_not_end_between_the_look_at_it_and_the_claim(
    desk: Invitations, who: SignedIn, url: str, open_database: OpenDatabase, database: Database
) -> None:
    made = invite(desk, who).invitation
    impatient = Invitations(open_database(url, patience=0.2), lambda: NOW)
    with database.writing() as tx:
        assert invitations.hold_open(tx, who.clinic.id, made.id, NOW) is not None
        with pytest.raises(Unavailable):  # it waits, and gives up
            impatient.revoke(who, made.id)
    impatient.revoke(who, made.id)


def test_a_revoke_and_a_claim_at_once_are_one_before_the_other(
    desk: Invitations, who: SignedIn, server: Server
) -> None:
    for _ in range(8):
        made = invite(desk, who, None)
        begun = len(server.taken)
        with ThreadPoolExecutor(2) as pool:
            sending = pool.submit(desk.outbox.send_due)
            pool.submit(desk.revoke, who, made.invitation.id).result()
            sending.result()
        ended = desk.get(who, made.invitation.id)
        was_sent = len(server.taken) > begun
        assert desk.stage(ended) is Stage.REVOKED
        found = [stage for kind, stage in stages(desk, who, made) if kind is MailKind.LINK]
        assert found == ([MailStage.SENT] if was_sent else [])


def test_several_processes_send_each_mail_once(
    database: Database, desk: Invitations, who: SignedIn, clock: Clock, server: Server
) -> None:
    made = [invite(desk, who, None) for _ in range(12)]
    others = [Outbox(database, clock, server) for _ in range(4)]  # type: ignore[arg-type]
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(one.send_due) for one in others]:
            done.result()
    links = [letter.text for _, letter in server.taken]
    assert len(links) == 12
    assert all(sum(address(one.token) in text for text in links) == 1 for one in made)


class Killed(BaseException):
    """The process ends here: nothing after it happens."""


@pytest.mark.parametrize("moment", ["before it is handed over", "after it was taken"])
def test_who_is_killed_has_perhaps_sent_it_and_nobody_repeats_it(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server,
    monkeypatch: pytest.MonkeyPatch, moment: str,
) -> None:  # fmt: skip
    def kill(*_: object) -> None:
        raise Killed

    made = invite(desk, who, None)
    with monkeypatch.context() as patch:
        if moment == "after it was taken":
            patch.setattr(mails, "finish", kill)
        else:
            patch.setattr(server, "meanwhile", kill)
        with pytest.raises(Killed):
            desk.outbox.send_due()
    before = len(server.taken)
    assert (MailKind.LINK, MailStage.UNDER_WAY) in stages(desk, who, made)
    clock.now += 3600
    desk.outbox.send_due()
    assert len(server.taken) == before
    assert (MailKind.LINK, MailStage.PERHAPS_SENT) in stages(desk, who, made)


@pytest.mark.parametrize("trouble", [Trouble.SLOW, Trouble.BROKEN_OFF])
def test_a_mail_with_an_unknown_outcome_is_never_repeated(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server, trouble: Trouble
) -> None:
    made = invite(desk, who, None)
    server.trouble = MailFailed(trouble)
    desk.outbox.send_due()
    server.trouble = None
    clock.now += 3600
    desk.outbox.send_due()
    assert server.taken == []
    assert (MailKind.LINK, MailStage.PERHAPS_SENT) in stages(desk, who, made)


def test_a_mail_that_certainly_was_not_taken_is_tried_again_a_few_times(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server
) -> None:
    made = invite(desk, who, None)
    server.trouble = MailFailed(Trouble.NO_ANSWER)
    tries = 0

    def count() -> None:
        nonlocal tries
        tries += 1

    server.meanwhile = count
    for _ in days_of(desk, clock, 1):
        pass
    assert tries == len(PAUSES) + 1
    assert stages(desk, who, made) == [(MailKind.LINK, MailStage.NOT_SENT)], "and no reminder"


def test_a_mail_that_is_tried_again_arrives_once(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server
) -> None:
    made = invite(desk, who, None)
    server.trouble = MailFailed(Trouble.LATER)
    desk.outbox.send_due()
    server.trouble = None
    clock.now += PAUSES[0]
    desk.outbox.send_due()
    assert server.subjects == [LINK]
    assert address(made.token) in server.taken[0][1].text


def test_a_mail_that_failed_while_the_link_was_revoked_is_not_tried_again(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server
) -> None:
    made = invite(desk, who, None)
    server.trouble = MailFailed(Trouble.NO_ANSWER)
    server.meanwhile = lambda: desk.revoke(who, made.invitation.id)
    desk.outbox.send_due()
    server.trouble, server.meanwhile = None, lambda: None
    for _ in days_of(desk, clock, 1):
        pass
    assert server.taken == []


def test_mails_over_the_days_most_wait_for_the_next_morning(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_quota, "MOST_A_DAY", 2)
    for _ in range(3):
        invite(desk, who, None)
    desk.outbox.send_due()
    assert len(server.taken) == 2
    clock.now += DAY
    desk.outbox.send_due()
    assert len(server.taken) == 3


def test_whoever_waits_for_a_mail_is_told_and_it_is_not_sent_later(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server
) -> None:
    made = invite(desk, who, None)
    assert made.mail is not None
    server.trouble = MailFailed(Trouble.NO_ANSWER)
    with pytest.raises(MailFailed):
        desk.outbox.send(made.mail)
    server.trouble = None
    for _ in days_of(desk, clock):
        pass
    assert server.taken == []


def test_a_link_that_is_mailed_again_brings_no_reminder_twice(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server
) -> None:
    made = invite(desk, who)
    for now in days_of(desk, clock, 3):
        assert now
    desk.mail(who, made.invitation.id, "anna.new@example.org", address(made.token))
    for _ in days_of(desk, clock):
        pass
    assert server.subjects == [LINK, REMINDER, LINK, REMINDER]
    assert server.taken[-1][0] == "anna.new@example.org"


def test_what_waits_at_night_waits_for_the_morning_and_not_beyond_the_visit(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server
) -> None:
    """As after a night, or a week, in which nothing ran."""
    invite(desk, who)
    desk.outbox.send_due()
    clock.now = NOW + 2 * DAY + 13 * 3600  # 21:00 there
    desk.outbox.send_due()
    assert server.subjects == [LINK]
    clock.now += 11 * 3600
    desk.outbox.send_due()
    assert server.subjects == [LINK, REMINDER]
    clock.now = VISIT + 60
    desk.outbox.send_due()
    assert server.subjects == [LINK, REMINDER]


def test_a_mail_to_a_link_that_has_ended_says_so(
    desk: Invitations, who: SignedIn, server: Server
) -> None:
    made = invite(desk, who).invitation
    desk.revoke(who, made.id)
    with pytest.raises(LinkEnded):
        desk.mail(who, made.id, "anna@example.org", "https://clinic.example/i/x")
    assert server.taken == []


def test_rows_hold_neither_address_nor_link_in_the_clear_and_nothing_of_either_once_sent(
    desk: Invitations, who: SignedIn, database: Database
) -> None:
    invite(desk, who, None)
    with database.reading() as tx:
        rows = repr(tx.connection.execute(select(tables.outbox)).all())
    assert not re.search(r"\banna\b", rows), "as a word: an id may hold it by chance"
    assert "clinic.example" not in rows
    desk.outbox.send_due()
    with database.reading() as tx:
        claimed = tables.outbox.c.claimed_at.is_not(None)
        sealed = tx.connection.execute(select(tables.outbox.c.sealed).where(claimed)).scalars()
        assert list(sealed) == [None]


def test_a_clinic_that_wants_no_reminders_sends_none(
    desk: Invitations, who: SignedIn, clock: Clock, server: Server
) -> None:
    quiet = replace(who, clinic=replace(who.clinic, remind_after=None, remind_before=None))
    invite(desk, quiet)
    for _ in days_of(desk, clock):
        pass
    assert server.subjects == [LINK]


ZONES = ("Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe", "Africa/Cairo")


@given(
    zone=st.sampled_from(ZONES),
    made=st.integers(NOW, NOW + 400 * DAY),
    days=st.sampled_from([None, 1, 2, 3]),
    before=st.booleans(),
    ahead=st.none() | st.integers(60, 60 * DAY),
    lasts=st.integers(60, 90 * DAY),
)
def test_reminders_are_by_day_on_days_of_their_own_and_before_it_is_too_late(
    zone: str, made: int, days: int | None, before: bool, ahead: int | None, lasts: int
) -> None:
    clinic = some_clinic(time_zone=zone, remind_after=days, remind_before=before)
    visit = None if ahead is None else made + ahead
    whom, by = some_client(clinic.id), some_therapist(clinic.id)
    invitation = some_invitation(whom, by, visit_at=visit, expires_at=made + lasts)
    calendar = Calendar(zone)

    due = reminders(clinic, invitation, made)

    on = [calendar.date(made), *(calendar.date(one) for one in due.values())]
    assert len(set(on)) == len(on), "never two on one day"
    for kind, at in due.items():
        assert datetime.time(8) <= calendar.clock(at) < datetime.time(20)
        assert made < at < invitation.expires_at
        assert visit is None or at < visit
        if kind is MailKind.BEFORE_VISIT:
            assert visit is not None
            assert (calendar.date(visit) - calendar.date(at)).days == 1


@given(zone=st.sampled_from(ZONES), at=st.integers(NOW, NOW + 400 * DAY))
def test_a_time_at_night_becomes_the_next_morning(zone: str, at: int) -> None:
    calendar = Calendar(zone)
    by_day = in_daytime(calendar, at)
    assert datetime.time(8) <= calendar.clock(by_day) < datetime.time(20)
    assert at <= by_day < at + 13 * 3600 + 3600
    assert in_daytime(calendar, by_day) == by_day


def test_the_outbox_is_looked_up_in_pieces(
    desk: Invitations, who: SignedIn, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    for _ in range(5):
        invite(desk, who, None)
    assert desk.outbox.send_due()[MailStage.SENT] == 5
    assert desk.outbox.counts() == (5, 0), "the reminders wait"


def test_a_mail_at_which_we_fail_keeps_no_other_one_waiting(
    desk: Invitations, who: SignedIn, server: Server, database: Database, clock: Clock
) -> None:
    """As when somebody wrote a visit into the database that no calendar has."""
    clinic = replace(who.clinic, remind_after=1, remind_before=None)
    spoilt = invite(desk, replace(who, clinic=clinic), None).invitation
    desk.outbox.send_due()
    with database.writing() as tx:
        row = tables.invitations.c.id == spoilt.id
        tx.connection.execute(update(tables.invitations).where(row).values(expires_at=2**60))
        due = tables.outbox.c.invitation == spoilt.id
        tx.connection.execute(
            update(tables.outbox).where(due, tables.outbox.c.claimed_at.is_(None)).values(due_at=1)
        )
    invite(desk, who, None)
    desk.outbox.send_due()
    assert server.subjects.count(LINK) == 2
