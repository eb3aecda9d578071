"""Links for clients: made, replaced, revoked, listed; each clinic by itself."""

from __future__ import annotations

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from assessment.practice.name_search import hashes_of
from assessment.practice.post import mail_quota
from assessment.practice.post.invitations import Invitations, LinkEnded, NoMailServer, Unknown
from assessment.practice.post.issuing import Issued
from assessment.practice.post.mail import Mailer, MailFailed, MailServer
from assessment.practice.post.stages import Stage, stage_of
from assessment.practice.staff.accounts import SignedIn
from assessment.records import (
    clinics,
    codes,
    invitations,
    responses,
    sessions,
    tables,
    therapists,
)
from assessment.records.database import Database
from assessment.records.ids import ClientId, ClinicId, InvitationId, TherapistId, hash_of
from assessment.records.model import Invitation
from assessment.records.refusals import Unavailable
from tests.practice import mail_server
from tests.records.some import NOW, some_clinic, some_response, some_session, some_therapist

LINK = "https://clinic.example/i/secret"

DAY = 24 * 60 * 60
END = NOW + 16 * 60 * 60
"""When the first day ends in London."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def signed_in(database: Database, name: str) -> SignedIn:
    """Somebody of a new clinic, signed in."""
    clinic = some_clinic(name=name)
    therapist = some_therapist(clinic.id)
    with database.writing() as tx:
        clinics.add(tx, clinic)
        therapists.add(tx, therapist, None)
    return SignedIn(therapist, clinic, some_session(therapist), NOW + 900, NOW + 3600)


@pytest.fixture
def who(database: Database) -> SignedIn:
    return signed_in(database, "Riverside")


@pytest.fixture
def other(database: Database) -> SignedIn:
    return signed_in(database, "Hillside")


@pytest.fixture
def desk(database: Database, clock: Clock) -> Invitations:
    return Invitations(database, clock)


def invite(desk: Invitations, who: SignedIn, name: str = "Anna K.", days: int = 7) -> Issued:
    return desk.invite(who, name, "anna@example.org", days, "Tuesday")


def by_token(database: Database, token: str) -> Invitation | None:
    with database.reading() as tx:
        return invitations.by_token(tx, token)


def test_a_new_invitation_keeps_what_was_said_and_works_for_so_many_days(
    desk: Invitations, who: SignedIn, database: Database
) -> None:
    issued = invite(desk, who, days=3)
    found = desk.get(who, issued.invitation.id)
    assert found == issued.invitation
    assert (found.name, found.email, found.note) == ("Anna K.", "anna@example.org", "Tuesday")
    assert (found.created_at, found.expires_at) == (NOW, END + 3 * DAY)
    assert found.therapist == who.therapist.id
    assert desk.client(who, found.client).name == "Anna K."
    assert by_token(database, issued.token) == found


def test_a_new_client_can_be_searched_by_each_word_of_the_name(
    desk: Invitations, who: SignedIn, database: Database
) -> None:
    client = invite(desk, who, "Zoë O'Neill").invitation.client
    with database.reading() as tx:
        hashes = hashes_of(tx.vault, who.clinic.id, "zoe zo o ne nei neil neill")
        found = tx.connection.execute(select(tables.client_words)).all()
    assert {(row.client, row.word) for row in found} == {(client, word) for [word] in hashes}


def test_somebody_who_is_known_is_invited_again_as_the_same_client(
    desk: Invitations, who: SignedIn
) -> None:
    first = invite(desk, who).invitation
    again = desk.invite(who, "", "new@example.org", 7, "", first.client).invitation
    assert again.id != first.id
    assert (again.client, again.name, again.email) == (first.client, "Anna K.", "new@example.org")
    assert desk.stage(desk.get(who, first.id)) is Stage.MADE


def test_asvs_11_5_1_a_link_holds_256_random_bits_and_only_its_hash_is_stored(
    desk: Invitations, who: SignedIn, database: Database
) -> None:
    tokens = [invite(desk, who).token for _ in range(50)]
    assert len(set(tokens)) == 50
    assert all(len(base64.urlsafe_b64decode(token + "=")) == 32 for token in tokens)
    with database.reading() as tx:
        rows = [
            str(row._mapping.values())
            for table in tables.metadata.sorted_tables
            for row in tx.connection.execute(select(table))
        ]
    stored = "\n".join(rows)
    assert hash_of(tokens[0]) not in stored, "anybody could write one"
    assert not [token for token in tokens if token in stored]
    assert not re.search(r"\bAnna\b", stored), "as a word: an id may hold it by chance"
    assert "Tuesday" not in stored


def test_asvs_9_2_a_link_opens_nothing_else_and_nothing_else_opens_a_link(
    desk: Invitations, who: SignedIn, database: Database
) -> None:
    token = invite(desk, who).token
    with database.writing() as tx:
        for purpose in ("setup", "password"):
            assert codes.use(tx, token, purpose, NOW) is None
        assert sessions.find(tx, token) is None
        codes.add(tx, "a code", "setup", None, None, None)
        assert invitations.by_token(tx, "a code") is None


def test_a_new_link_takes_the_place_of_the_old_one(
    desk: Invitations, who: SignedIn, database: Database, clock: Clock
) -> None:
    old = invite(desk, who, days=3)
    clock.now += 2 * DAY
    new = desk.resend(who, old.invitation.id)
    before = by_token(database, old.token)
    assert before is not None
    assert before.revoked_at == NOW + 2 * DAY
    assert before.replaced_by == new.invitation.id
    assert desk.stage(before) is Stage.REPLACED
    after = by_token(database, new.token)
    assert after == new.invitation
    assert after.client == before.client
    assert (after.name, after.note) == (before.name, before.note)
    assert after.expires_at == END + 5 * DAY


def test_an_expired_link_can_be_replaced(desk: Invitations, who: SignedIn, clock: Clock) -> None:
    old = invite(desk, who).invitation
    clock.now += 8 * DAY
    assert desk.stage(old) is Stage.EXPIRED
    assert desk.stage(desk.resend(who, old.id).invitation) is Stage.MADE


def test_a_revoked_link_is_revoked(desk: Invitations, who: SignedIn) -> None:
    made = invite(desk, who).invitation
    desk.revoke(who, made.id)
    assert desk.stage(desk.get(who, made.id)) is Stage.REVOKED


@pytest.mark.parametrize("end", [Stage.SENT_BACK, Stage.REVOKED, Stage.REPLACED])
@pytest.mark.parametrize("step", ["resend", "revoke"])
def test_a_link_that_came_to_its_end_stays_as_it_is(
    desk: Invitations, who: SignedIn, database: Database, end: Stage, step: str
) -> None:
    made = invite(desk, who).invitation
    if end is Stage.SENT_BACK:
        with database.writing() as tx:
            assert invitations.use(tx, who.clinic.id, made.id, NOW)
    elif end is Stage.REVOKED:
        desk.revoke(who, made.id)
    else:
        desk.resend(who, made.id)
    before = desk.listed(who)
    with pytest.raises(LinkEnded) as ended:
        getattr(desk, step)(who, made.id)
    assert ended.value.stage is end
    assert desk.listed(who) == before, "nothing was made or changed"


def test_an_expired_link_need_not_be_revoked(
    desk: Invitations, who: SignedIn, clock: Clock
) -> None:
    made = invite(desk, who).invitation
    clock.now += 8 * DAY
    with pytest.raises(LinkEnded):
        desk.revoke(who, made.id)


def test_a_link_that_is_used_while_it_is_being_replaced_is_not_replaced(
    desk: Invitations, who: SignedIn, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = invite(desk, who).invitation
    revoke = invitations.revoke

    def too_late(tx: object, clinic: object, *more: object) -> bool:
        invitations.use(tx, clinic, made.id, NOW)  # type: ignore[arg-type]  # passed on as it came
        return revoke(tx, clinic, *more)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(invitations, "revoke", too_late)
    with pytest.raises(LinkEnded) as ended:
        desk.resend(who, made.id)
    assert ended.value.stage is Stage.SENT_BACK
    assert len(desk.listed(who).invitations) == 1


STATES = [
    (Stage.MADE, {}),
    (Stage.MAILED, {"mailed_at": NOW}),
    (Stage.OPENED, {"mailed_at": NOW, "opened_at": NOW}),
    (Stage.ANSWERING, {"opened_at": NOW, "answered": 9, "of_about": 17}),
    (Stage.EXPIRED, {"opened_at": NOW, "answered": 9, "expires_at": NOW}),
    (Stage.REVOKED, {"opened_at": NOW, "revoked_at": NOW, "expires_at": NOW}),
    (Stage.REPLACED, {"revoked_at": NOW, "replaced_by": "another"}),
    (Stage.CLOSED, {"closed_at": NOW, "expires_at": NOW}),
    (Stage.SENT_BACK, {"opened_at": NOW, "answered": 17, "used_at": NOW, "expires_at": NOW}),
]


@pytest.mark.parametrize(("stage", "columns"), STATES)
def test_what_became_of_an_invitation_is_told_from_its_columns_and_the_time(
    stage: Stage, columns: dict[str, object]
) -> None:
    made = Invitation(
        InvitationId("i"), ClinicId("c"), ClientId("cl"), TherapistId("t"), NOW, NOW + 1, "", "", ""
    )
    assert stage_of(replace(made, **columns), NOW) is stage  # type: ignore[arg-type]  # its own fields


def test_only_links_that_work_count_as_open() -> None:
    assert {stage for stage in Stage if stage.is_open} == {
        Stage.MADE, Stage.MAILED, Stage.OPENED, Stage.ANSWERING,
    }  # fmt: skip


def test_what_a_client_closed_is_never_sent_to_them_again(
    desk: Invitations, who: SignedIn, database: Database
) -> None:
    made = desk.invite(who, "Anna K.", "anna@example.org", 7, "").invitation
    with database.writing() as tx:
        invitations.close(tx, who.clinic.id, made.id, NOW)

    assert desk.stage(desk.get(who, made.id)) is Stage.CLOSED
    with pytest.raises(LinkEnded):
        desk.resend(who, made.id)
    with pytest.raises(LinkEnded):
        desk.revoke(who, made.id)


def test_the_list_is_newest_first_and_goes_on_where_it_stopped(
    desk: Invitations, who: SignedIn, clock: Clock
) -> None:
    made = []
    for number in range(7):
        clock.now += number % 2  # some are made in the same second
        made.append(invite(desk, who, f"Client {number}").invitation)
    seen: list[Invitation] = []
    cursor = None
    for _ in range(3):
        batch = desk.listed(who, cursor, limit=3)
        seen += batch.invitations
        cursor = batch.older
    assert cursor is None
    assert len(seen) == 7
    assert set(seen) == set(made)
    assert [one.created_at for one in seen] == sorted(
        (one.created_at for one in made), reverse=True
    )


def test_a_list_that_just_fits_has_nothing_older(desk: Invitations, who: SignedIn) -> None:
    for _ in range(3):
        invite(desk, who)
    assert desk.listed(who, limit=3).older is None


def test_asvs_8_2_2_and_8_4_1_a_clinic_never_reaches_another_ones_invitations(
    desk: Invitations, who: SignedIn, other: SignedIn
) -> None:
    theirs = invite(desk, who).invitation
    mailing = Invitations(desk._database, desk._clock, Mailer(MailServer("127.0.0.1", 1, "a@b.c")))
    for attempt in (
        lambda: desk.get(other, theirs.id),
        lambda: desk.resend(other, theirs.id),
        lambda: desk.revoke(other, theirs.id),
        lambda: desk.client(other, theirs.client),
        lambda: desk.invite(other, "Eve", "", 7, "", theirs.client),
        lambda: mailing.mail(other, theirs.id, "eve@example.org", LINK),
    ):
        with pytest.raises(Unknown):
            attempt()
    assert desk.response(other, theirs.id) is None
    assert desk.listed(other).invitations == ()
    assert desk.listed(who).invitations == (theirs,)


def test_what_came_back_with_a_link_is_found_until_it_is_erased(
    desk: Invitations, who: SignedIn, other: SignedIn, database: Database
) -> None:
    made = invite(desk, who).invitation
    assert desk.response(who, made.id) is None
    sent = some_response(made.client, made.id)
    with database.writing() as tx:
        assert responses.add(tx, who.clinic.id, sent, "key")
    assert desk.response(who, made.id) == sent.line.id
    assert desk.response(other, made.id) is None
    with database.writing() as tx:
        assert responses.erase(tx, who.clinic.id, sent.line.id, 1)
    assert desk.response(who, made.id) is None


def test_words_that_cannot_be_read_are_not_sent_on(
    desk: Invitations, who: SignedIn, database: Database, clock: Clock
) -> None:
    made = invite(desk, who).invitation
    with database.writing() as tx:
        for table in (tables.invitations, tables.clients):
            tx.connection.execute(update(table).values(sealed=b"no longer sealed"))
    assert not desk.get(who, made.id).readable
    with pytest.raises(Unknown):
        desk.resend(who, made.id)
    with pytest.raises(Unknown):
        desk.invite(who, "", "", 7, "", made.client)
    desk.revoke(who, made.id)


def mailing(database: Database, clock: Clock, port: int) -> Invitations:
    server = MailServer("127.0.0.1", port, "desk@clinic.example", security="none")
    return Invitations(database, clock, Mailer(server, clock, seconds=2))


def test_a_link_is_mailed_and_the_time_is_kept(
    database: Database, who: SignedIn, clock: Clock
) -> None:
    with mail_server.running(mail_server.MailServer()) as server:
        desk = mailing(database, clock, server.port)
        made = invite(desk, who).invitation
        clock.now += 60
        desk.mail(who, made.id, "anna@example.org", LINK)
    assert desk.get(who, made.id).mailed_at == NOW + 60
    assert desk.stage(desk.get(who, made.id)) is Stage.MAILED
    assert server.recipients == ["anna@example.org"]
    assert server.mail["From"] == "Riverside <desk@clinic.example>"
    text = server.text()
    assert LINK in text
    assert "until the end of 22 January 2027 (London time)." in text
    assert "weren't expecting" in text
    said = (text + server.mail.as_string()).lower()
    for word in ("anna k", "tuesday", "pain", "muscle", "massage", "symptom", "health"):
        assert word not in said


def test_what_follows_goes_to_the_address_that_the_link_went_to(
    database: Database, who: SignedIn, clock: Clock
) -> None:
    with mail_server.running(mail_server.MailServer()) as server:
        desk = mailing(database, clock, server.port)
        made = invite(desk, who).invitation
        desk.mail(who, made.id, "right@example.org", LINK)
    assert made.email != "right@example.org"
    found = desk.get(who, made.id)
    assert found == replace(made, email="right@example.org", mailed_at=NOW)
    assert desk.resend(who, made.id).invitation.email == "right@example.org"


def test_a_mail_that_was_not_taken_leaves_the_invitation_as_it_was(
    database: Database, who: SignedIn, clock: Clock
) -> None:
    with mail_server.running(mail_server.MailServer(answers={"RCPT": "550 no"})) as server:
        desk = mailing(database, clock, server.port)
        made = invite(desk, who).invitation
        with pytest.raises(MailFailed):
            desk.mail(who, made.id, "anna@example.org", LINK)
    assert desk.get(who, made.id) == made


def test_one_link_is_mailed_a_few_times_a_day_and_a_clinic_has_a_most_for_all(
    database: Database, who: SignedIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_quota, "MOST_A_DAY", 7)
    with mail_server.running(mail_server.MailServer()) as server:
        desk = mailing(database, clock, server.port)
        first, second = invite(desk, who).invitation, invite(desk, who).invitation
        for _ in range(mail_quota.MOST_BY_LINK):
            desk.mail(who, first.id, "anna@example.org", LINK)
        with pytest.raises(mail_quota.TooMany) as by_link:
            desk.mail(who, first.id, "anna@example.org", LINK)
        for _ in range(7 - mail_quota.MOST_BY_LINK):
            desk.mail(who, second.id, "anna@example.org", LINK)
        with pytest.raises(mail_quota.TooMany) as by_clinic:
            desk.mail(who, second.id, "anna@example.org", LINK)
        assert (by_link.value.by_link, by_clinic.value.by_link) == (True, False)
        assert len(server.mails) == 7
        clock.now = END
        desk.mail(who, first.id, "anna@example.org", LINK)
    assert len(server.mails) == 8, "the next day begins when it does at the clinic"


def test_mails_of_another_clinic_or_of_a_wrong_clock_count_for_nothing(
    database: Database, who: SignedIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_quota, "MOST_A_DAY", 1)
    other = signed_in(database, "Other")
    with mail_server.running(mail_server.MailServer()) as server:
        desk = mailing(database, clock, server.port)
        made, theirs = invite(desk, who).invitation, invite(desk, other).invitation
        desk.mail(other, theirs.id, "anna@example.org", LINK)
        clock.now += 4 * DAY  # it was wrong, and is put right
        desk.mail(who, made.id, "anna@example.org", LINK)
        clock.now -= 4 * DAY
        desk.mail(who, made.id, "anna@example.org", LINK)
        with pytest.raises(mail_quota.TooMany):
            desk.mail(who, made.id, "anna@example.org", LINK)
    assert len(server.mails) == 3


def test_of_many_who_mail_at_once_no_more_go_out(
    database: Database, who: SignedIn, clock: Clock
) -> None:
    def press(_: int) -> bool:
        try:
            desk.mail(who, made.id, "anna@example.org", LINK)
        except mail_quota.TooMany:
            return False
        return True

    with mail_server.running(mail_server.MailServer()) as server:
        desk = mailing(database, clock, server.port)
        made = invite(desk, who).invitation
        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(press, range(24))) == mail_quota.MOST_BY_LINK
    assert len(server.mails) == mail_quota.MOST_BY_LINK


def test_a_dead_link_is_not_mailed(database: Database, who: SignedIn, clock: Clock) -> None:
    with mail_server.running(mail_server.MailServer()) as server:
        desk = mailing(database, clock, server.port)
        made = invite(desk, who).invitation
        desk.revoke(who, made.id)
        with pytest.raises(LinkEnded):
            desk.mail(who, made.id, "anna@example.org", LINK)
    assert server.commands == []


def test_a_mail_that_is_out_counts_as_sent_though_the_database_has_gone(
    database: Database, who: SignedIn, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mail_server.running(mail_server.MailServer()) as server:
        desk = mailing(database, clock, server.port)
        made = invite(desk, who).invitation

        def away(*_: object) -> None:
            raise Unavailable("away")

        monkeypatch.setattr(invitations, "mailed", away)
        desk.mail(who, made.id, "anna@example.org", LINK)
    assert server.recipients == ["anna@example.org"]


def test_without_a_mail_server_that_is_said(desk: Invitations, who: SignedIn) -> None:
    assert not desk.outbox.can_mail
    with pytest.raises(NoMailServer):
        desk.mail(who, invite(desk, who).invitation.id, "anna@example.org", LINK)
