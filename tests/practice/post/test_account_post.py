"""Mails to staff about their own account go out once, and tell no secret."""

from __future__ import annotations

import pytest

from assessment.practice.post.account_post import AccountPost
from assessment.practice.post.mail import MailFailed, Trouble
from assessment.practice.post.outbox import PAUSES
from assessment.practice.staff.account_mails import MOST_DEVICES, AccountMails, Happened
from assessment.practice.staff.accounts import SignedIn
from assessment.records import therapists
from assessment.records.database import Database
from tests.practice.post.conftest import Clock, Server


@pytest.fixture
def post(database: Database, clock: Clock, server: Server) -> AccountPost:
    return AccountPost(database, clock, server)  # type: ignore[arg-type]  # it sends, too


def tell(database: Database, who: SignedIn, what: Happened, clock: Clock) -> None:
    with database.writing() as tx:
        mails = AccountMails(can_mail=True)
        mails.tell(tx, who.therapist, what, int(clock()), "Firefox on Windows")


@pytest.mark.parametrize("what", Happened)
def test_each_is_told_once_to_its_owner(
    post: AccountPost, database: Database, who: SignedIn, clock: Clock, server: Server,
    what: Happened,
) -> None:  # fmt: skip
    tell(database, who, what, clock)
    assert (post.send_due(), post.send_due()) == (1, 0)
    [(to, letter)] = server.taken
    assert to == who.therapist.email
    assert letter.subject.startswith("Riverside: ")
    assert "Firefox on Windows" in letter.text
    assert "change your password" in letter.text


def test_what_the_server_did_not_take_is_tried_again_and_what_it_may_have_taken_is_not(
    post: AccountPost, database: Database, who: SignedIn, clock: Clock, server: Server
) -> None:
    tell(database, who, Happened.PASSWORD, clock)
    server.trouble = MailFailed(Trouble.NO_ANSWER)
    assert post.send_due() == 0
    clock.now += PAUSES[0]
    server.trouble = None
    assert post.send_due() == 1

    tell(database, who, Happened.PASSWORD, clock)
    server.trouble = MailFailed(Trouble.SLOW)
    assert post.send_due() == 0
    server.trouble = None
    clock.now += PAUSES[-1]
    assert post.send_due() == 0


def test_who_was_removed_gets_no_mail(
    post: AccountPost, database: Database, who: SignedIn, clock: Clock, server: Server
) -> None:
    tell(database, who, Happened.RESET, clock)
    with database.writing() as tx:
        therapists.remove(tx, who.clinic.id, who.therapist.id, int(clock()))
    assert post.send_due() == 0
    assert server.taken == []


def test_a_browser_without_cookies_fills_nobodys_letter_box(
    post: AccountPost, database: Database, who: SignedIn, clock: Clock
) -> None:
    for _ in range(MOST_DEVICES + 3):
        tell(database, who, Happened.NEW_DEVICE, clock)
    tell(database, who, Happened.PASSWORD, clock)
    assert post.send_due() == MOST_DEVICES + 1
