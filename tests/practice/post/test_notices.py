"""Therapists who ask for it are told of urgent responses, without a word about anybody."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.practice.intake.submission import Receipt
from assessment.practice.post import mail_quota
from assessment.practice.post import notices as post
from assessment.practice.post.mail import Mailer, MailServer
from assessment.practice.post.notices import PAUSE, Notices, Unwatched
from assessment.practice.practice import open_practice
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.practice.staff.enrolment import Enrolment
from assessment.protocols.load import load_protocol
from assessment.records import clients, clinics, invitations, responses, therapists
from assessment.records.database import Database
from assessment.records.ids import ClinicId, ResponseId, TherapistId
from assessment.records.model import Clinic, Therapist
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction
from assessment.screening import Screening
from tests.practice import mail_server
from tests.practice.cheap import CHEAP
from tests.records.some import (
    NOW,
    some_client,
    some_clinic,
    some_invitation,
    some_response,
    some_therapist,
)
from tests.web.conftest import Clock

SMALL = Path(__file__).parents[2] / "protocols" / "web_small"
INBOX = "https://clinic.example/clinic/inbox"
RESPONSE = ResponseId("a response")
SOMEBODY = TherapistId("somebody")
PATIENCE = 60.0
"""Seconds that nothing here takes, however busy the machine is."""


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic in which two of four ask for mail, and another clinic in which one does."""
    clinic, other = some_clinic(name="Praxis Müller"), some_clinic()
    staff = [
        some_therapist(clinic.id, email="one@clinic.example", urgent_mail=True),
        some_therapist(clinic.id, email="two@clinic.example", urgent_mail=True),
        some_therapist(clinic.id, email="asks-not@clinic.example"),
        some_therapist(clinic.id, email="left@clinic.example", urgent_mail=True, disabled_at=NOW),
        some_therapist(other.id, email="other@clinic.example", urgent_mail=True),
    ]
    with database.writing() as tx:
        clinics.add(tx, clinic)
        clinics.add(tx, other)
        for therapist in staff:
            therapists.add(tx, therapist, None)
    return clinic


def receipt(clinic: Clinic, *, invited: bool = True) -> Receipt:
    return Receipt(clinic.id, RESPONSE, 3, NOW, is_new=True, invited=invited)


def notices(
    database: Database, port: int, wait: float = PATIENCE, clock: Callable[[], float] = lambda: NOW
) -> Notices:
    return Notices(database, mailer(port), INBOX, clock, wait)


def mailer(port: int) -> Mailer:
    server = MailServer("127.0.0.1", port, "desk@clinic.example", security="none")
    return Mailer(server, seconds=PATIENCE, in_all=PATIENCE)


def wait_for_mail() -> None:
    """Wait until all that was to be sent is sent, or has failed."""
    for thread in threading.enumerate():
        if thread.name == "urgent mail":
            thread.join(PATIENCE)
            assert not thread.is_alive()


def test_those_who_ask_for_it_get_a_mail_that_leads_to_the_inbox(
    database: Database, clinic: Clinic
) -> None:
    with mail_server.running(mail_server.MailServer()) as server:
        notices(database, server.port).urgent(receipt(clinic))
    assert sorted(server.recipients) == ["one@clinic.example", "two@clinic.example"]
    assert [mail["To"] for mail in server.mails] == server.recipients, "each gets their own"
    for mail in server.mails:
        text = str(mail.get_content())
        assert INBOX in text
        assert "Praxis Müller" in text
        said = f"{mail['Subject']} {text}".lower()
        for word in ("emergency", "doctor", "client", "pain", "answer", "recommend", RESPONSE):
            assert word not in said


def test_where_the_clinic_chose_so_only_who_invited_and_the_owners_get_a_mail(
    database: Database, clinic: Clinic
) -> None:
    """And of what came from the public page, the owners only."""
    with database.writing() as tx:
        clinics.set_inviter_only(tx, clinic.id, inviter_only=True)
        staff = sorted(therapists.of_clinic(tx, clinic.id), key=lambda each: each.email)
        one, two = staff[-2:]
        third = some_therapist(clinic.id, email="three@clinic.example", urgent_mail=True)
        therapists.add(tx, replace(third, is_owner=False), None)
        therapists.set_owner(tx, clinic.id, one.id, is_owner=False)
        person = some_client(clinic.id)
        clients.add(tx, person)
        link = some_invitation(person, one)
        invitations.add(tx, link, "a link")
        response = some_response(person.id, link.id)
        responses.add(tx, clinic.id, response, "a visit")
    told = replace(receipt(clinic), response=response.line.id)
    with mail_server.running(mail_server.MailServer()) as server:
        telling = notices(database, server.port)
        telling.urgent(told)
        assert sorted(server.recipients) == [one.email, two.email]
        telling.urgent(receipt(clinic, invited=False))
        assert server.recipients[2:] == [two.email]

    with database.writing() as tx:
        therapists.disable(tx, clinic.id, two.id, NOW)
        chosen = clinics.get(tx, clinic.id)
    assert chosen is not None
    assert telling.unwatched(chosen, one.id) is None
    assert telling.unwatched(chosen, SOMEBODY) is Unwatched.NOBODY_ASKED


def test_one_address_that_is_refused_does_not_keep_the_others_waiting(
    database: Database, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    refusing = mail_server.MailServer(answers={"RCPT": "550 <one@clinic.example> is not here"})
    with mail_server.running(refusing) as server:
        notices(database, server.port).urgent(receipt(clinic))
    assert len(server.recipients) == 2
    assert (
        caplog.messages == ["urgent mail not sent: The mail server didn't accept the address."] * 2
    )


def test_a_mail_server_that_hangs_holds_up_nobody(
    database: Database, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with mail_server.running(mail_server.MailServer(stall="greeting")) as server:
        notices(database, server.port, wait=0.1).urgent(receipt(clinic))
        assert caplog.messages == ["urgent mail: the database or the mail server is slow"]
    wait_for_mail()  # the thread ends by itself, once the server has gone


def test_of_many_urgent_responses_at_once_from_strangers_one_is_told_of(
    database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each one arrives while the one before it looks up whom to tell."""
    left = [receipt(clinic, invited=False) for _ in range(5)]
    look_up = therapists.of_clinic

    def slowly(tx: Transaction, id: ClinicId) -> tuple[Therapist, ...]:
        if left:
            notes.urgent(left.pop())
        return look_up(tx, id)

    with mail_server.running(mail_server.MailServer()) as server:
        notes = notices(database, server.port)
        monkeypatch.setattr(therapists, "of_clinic", slowly)
        notes.urgent(left.pop())
    assert sorted(server.recipients) == ["one@clinic.example", "two@clinic.example"]


@pytest.mark.parametrize("fault", [Unavailable("away"), ValueError("one@clinic.example")])
def test_nothing_that_goes_wrong_reaches_the_client_or_the_log(
    database: Database, clinic: Clinic, caplog: pytest.LogCaptureFixture, fault: Exception,
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)

    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(post, "BETWEEN", 0.0)
    if isinstance(fault, Unavailable):
        monkeypatch.setattr(database, "reading", fail)
    else:
        monkeypatch.setattr(Mailer, "send", fail)
    notices(database, 1).urgent(receipt(clinic))
    assert "urgent mail not sent" in caplog.text
    assert "one@" not in caplog.text + "".join(capfd.readouterr())


def test_a_database_that_is_away_for_a_moment_costs_no_mail(
    database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    reading, away = database.reading, [Unavailable("too many wait for it already")] * 3

    def soon() -> AbstractContextManager[Transaction]:
        if away:
            raise away.pop()
        return reading()

    monkeypatch.setattr(post, "BETWEEN", 0.0)
    monkeypatch.setattr(database, "reading", soon)
    with mail_server.running(mail_server.MailServer()) as server:
        notices(database, server.port).urgent(receipt(clinic))
    assert len(server.mails) == 2
    assert caplog.messages == []


def test_a_database_that_is_away_holds_up_nobody(
    database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = threading.Event()

    def away() -> AbstractContextManager[Transaction]:
        back.wait(PATIENCE)
        raise Unavailable("silent")

    monkeypatch.setattr(post, "TRIES", 1)
    monkeypatch.setattr(database, "reading", away)
    notices(database, 1, wait=0.01).urgent(receipt(clinic))
    assert not back.is_set()
    back.set()
    wait_for_mail()


def test_without_a_mail_server_nothing_is_looked_up(
    database: Database, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(Database, "reading")
    Notices(database, None, INBOX, lambda: NOW).urgent(receipt(clinic))


def test_where_nobody_asks_no_mail_server_is_spoken_to(database: Database, clinic: Clinic) -> None:
    with database.writing() as tx:
        for one in therapists.of_clinic(tx, clinic.id):
            therapists.set_details(tx, clinic.id, one.id, one.name, urgent_mail=False)
    with mail_server.running(mail_server.MailServer()) as server:
        notices(database, server.port).urgent(receipt(clinic))
    assert server.commands == []


def test_what_strangers_send_brings_one_mail_in_ten_minutes(
    database: Database, clinic: Clinic
) -> None:
    other = some_clinic()
    with database.writing() as tx:
        clinics.add(tx, other)
        therapists.add(
            tx, some_therapist(other.id, email="x@clinic.example", urgent_mail=True), None
        )
    clock = Clock()
    with mail_server.running(mail_server.MailServer()) as server:
        telling = notices(database, server.port, clock=clock)

        def mails(at: Clinic, *, invited: bool) -> int:
            before = len(server.mails)
            telling.urgent(receipt(at, invited=invited))
            return len(server.mails) - before

        assert mails(clinic, invited=False) == 2
        clock.now += PAUSE - 1
        assert mails(clinic, invited=False) == 0
        assert mails(other, invited=False) == 1, "clinics do not disturb each other"
        assert mails(clinic, invited=True) == 2, "a client is always told of"
        clock.now += 1
        assert mails(clinic, invited=False) == 2


def test_of_several_processes_one_mails_what_strangers_send(
    database: Database, clinic: Clinic
) -> None:
    with mail_server.running(mail_server.MailServer()) as server:
        one, other = (notices(database, server.port, clock=Clock()) for _ in range(2))
        one.urgent(receipt(clinic, invited=False))
        other.urgent(receipt(clinic, invited=False))
        assert len(server.mails) == 2, "each of the two who asked has one"
        other.urgent(receipt(clinic, invited=True))
        assert len(server.mails) == 4, "a client is always told of"


def test_a_process_that_left_it_to_another_tells_in_the_next_ten_minutes(
    database: Database, clinic: Clinic
) -> None:
    clock = Clock()
    clock.now -= clock.now % PAUSE
    with mail_server.running(mail_server.MailServer()) as server:
        one, other = (notices(database, server.port, clock=clock) for _ in range(2))
        one.urgent(receipt(clinic, invited=False))
        clock.now += PAUSE - 1
        other.urgent(receipt(clinic, invited=False))
        assert len(server.mails) == 2, "each of the two who asked has one"
        clock.now += 1
        other.urgent(receipt(clinic, invited=False))
    assert len(server.mails) == 4


def test_an_urgent_response_is_told_of_once_and_others_are_not(
    database: Database, clinic: Clinic
) -> None:
    protocol = load_protocol(SMALL)
    with mail_server.running(mail_server.MailServer()) as server:
        practice = open_practice(
            database, lambda: NOW, protocol, OldProtocols(Screening(protocol), SMALL),
            inbox_url=INBOX, mailer=mailer(server.port),
        )  # fmt: skip
        for urgency, is_new in ((1, True), (2, False)):
            practice.intake.announce(
                Receipt(clinic.id, RESPONSE, urgency, NOW, is_new, invited=True)
            )
        assert server.commands == []
        practice.intake.announce(Receipt(clinic.id, RESPONSE, 2, NOW, True, invited=True))
        wait_for_mail()
    assert len(server.mails) == 2
    assert INBOX in str(server.mails[0].get_content())


def test_an_account_that_was_reset_gets_none_until_it_is_asked_for_again(
    database: Database, clinic: Clinic
) -> None:
    """Who left keeps their mailbox, and an account is taken over by a reset."""
    Enrolment(database, lambda: NOW, CHEAP).new_password_code("one@clinic.example")
    with mail_server.running(mail_server.MailServer()) as server:
        notices(database, server.port).urgent(receipt(clinic))
    assert server.recipients == ["two@clinic.example"]


def test_a_mail_under_a_clock_that_was_wrong_holds_up_no_other(
    database: Database, clinic: Clinic
) -> None:
    clock = Clock()
    with mail_server.running(mail_server.MailServer()) as server:
        telling = notices(database, server.port, clock=clock)
        clock.now += 30 * 86400
        telling.urgent(receipt(clinic, invited=False))
        clock.now -= 30 * 86400
        telling.urgent(receipt(clinic, invited=False))
    assert len(server.mails) == 4, "twice to two people"


def test_it_is_known_that_nobody_is_told_and_why(database: Database, clinic: Clinic) -> None:
    assert notices(database, 1).unwatched(clinic, SOMEBODY) is None
    nowhere = Notices(database, None, INBOX, lambda: NOW)
    assert nowhere.unwatched(clinic, SOMEBODY) is Unwatched.NO_SERVER
    with database.writing() as tx:
        for one in therapists.of_clinic(tx, clinic.id):
            if one.disabled_at is None:
                therapists.set_details(tx, clinic.id, one.id, one.name, urgent_mail=False)
    assert notices(database, 1).unwatched(clinic, SOMEBODY) is Unwatched.NOBODY_ASKED


def test_a_clinic_is_told_of_so_many_on_a_day_and_no_more(
    database: Database, clinic: Clinic, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(mail_quota, "MOST_URGENT", 2)
    with mail_server.running(mail_server.MailServer()) as server:
        telling = notices(database, server.port)
        for _ in range(4):
            telling.urgent(receipt(clinic))
    assert len(server.mails) == 4, "two responses, told to two people"
    assert caplog.messages == ["urgent mail not sent: this clinic had too many today"] * 2
