"""What is to be told lies with its cause, arrives at least once, and says nothing of the client."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from assessment.practice.hooks import sending as module
from assessment.practice.hooks.sending import DAY, KEPT, PAUSES, Deliveries, Off, Stage
from assessment.practice.post.invitations import Invitations
from assessment.practice.staff.accounts import SignedIn
from assessment.records import clients, deliveries, webhook_tables, webhooks
from assessment.records.database import Database
from assessment.records.ids import InvitationId, WebhookId
from assessment.records.refusals import Unavailable
from assessment.records.webhooks import Webhook
from tests.practice.hooks.stand_in import StandIn
from tests.practice.post.conftest import Clock, Server
from tests.records.some import NOW


class Killed(BaseException):
    """The process ends here."""


def invite(desk: Invitations, who: SignedIn) -> InvitationId:
    return desk.invite(who, "Quillfeather", "q@example.org", 7, "Thistlewick").invitation.id


def test_a_revoked_invitation_is_told_of_once_signed_and_with_nothing_of_the_client(
    desk: Invitations, who: SignedIn, webhook: Webhook, sending: Deliveries, program: StandIn
) -> None:
    made = invite(desk, who)
    desk.revoke(who, made)
    assert sending.send_due() == {Stage.ARRIVED: 1}
    assert sending.send_due() == {}
    [taken] = program.taken
    assert taken.is_signed_with(webhook.secret)
    assert taken.headers["webhook-timestamp"] == str(NOW)
    assert taken.said == {
        "type": "invitation.ended",
        "timestamp": "2027-01-15T08:00:00Z",
        "data": {"invitation": made, "reason": "revoked"},
    }
    for word in (b"Quillfeather", b"Thistlewick", b"example.org"):
        assert word not in taken.body


def test_a_new_link_in_place_of_another_is_told_of_with_its_id(
    desk: Invitations, who: SignedIn, webhook: Webhook, sending: Deliveries, program: StandIn
) -> None:
    made = invite(desk, who)
    new = desk.resend(who, made).invitation.id
    sending.send_due()
    told = {"invitation": made, "reason": "replaced", "replaced_by": new}
    assert [one.said["data"] for one in program.taken] == [told]


def test_nothing_is_told_of_what_was_not_done(
    desk: Invitations,
    who: SignedIn,
    webhook: Webhook,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = invite(desk, who)

    def away(*_: object) -> None:
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "add", away)
        with pytest.raises(Unavailable):
            desk.revoke(who, made)
    assert desk.get(who, made).revoked_at is None, "one transaction holds both"
    with database.reading() as tx:
        assert deliveries.latest(tx, who.clinic.id, 9) == ()


def test_killed_between_sending_and_marking_it_is_sent_again_under_the_same_id(
    desk: Invitations,
    who: SignedIn,
    webhook: Webhook,
    sending: Deliveries,
    program: StandIn,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk.revoke(who, invite(desk, who))

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(deliveries, "finish", killed)
        with pytest.raises(Killed):
            sending.send_due()
    assert len(program.taken) == 1
    assert sending.send_due() == {}, "not at once: the other one may only be slow"
    clock.now += PAUSES[0]
    assert sending.send_due() == {Stage.ARRIVED: 1}
    first, second = program.taken
    assert (first.id, first.body) == (second.id, second.body)
    assert second.headers["webhook-timestamp"] == str(NOW + PAUSES[0])
    assert second.is_signed_with(webhook.secret)


def test_of_two_processes_that_send_at_once_one_does(
    desk: Invitations, who: SignedIn, webhook: Webhook, sending: Deliveries, database: Database
) -> None:
    desk.revoke(who, invite(desk, who))
    with database.reading() as tx:
        [seen] = deliveries.due(tx, NOW, 9)
    with database.writing() as tx:
        assert deliveries.begin(tx, seen, NOW, NOW + 60)
        assert not deliveries.begin(tx, seen, NOW, NOW + 60)


def test_what_does_not_arrive_is_tried_less_and_less_often_and_given_up_after_three_days(
    desk: Invitations,
    who: SignedIn,
    webhook: Webhook,
    sending: Deliveries,
    program: StandIn,
    clock: Clock,
    database: Database,
    server: Server,
) -> None:
    """Then the webhook is switched off, and its owner is told, once."""
    program.status = 500
    desk.revoke(who, invite(desk, who))
    for pause in PAUSES:
        assert sending.send_due() == {Stage.WAITING: 1}
        assert sending.send_due() == {}
        assert server.taken == []
        clock.now += pause
    assert clock.now - NOW > 3 * DAY
    assert sending.send_due() == {Stage.GIVEN_UP: 1}
    assert {one.id for one in program.taken} == {program.taken[0].id}
    assert len(program.taken) == len(PAUSES) + 1
    with database.reading() as tx:
        [off] = webhooks.of_clinic(tx, who.clinic.id)
        [given_up] = deliveries.latest(tx, who.clinic.id, 9)
    assert (off.off_at, off.off_because) == (clock.now, Off.FAILING)
    assert server.subjects == ["Riverside: a webhook was switched off"]
    assert (given_up.due_at, given_up.answer) == (None, "500")


def test_an_address_that_is_gone_is_switched_off_at_once_and_nothing_more_is_put_down(
    desk: Invitations,
    who: SignedIn,
    webhook: Webhook,
    sending: Deliveries,
    program: StandIn,
    database: Database,
) -> None:
    program.status = 410
    desk.revoke(who, invite(desk, who))
    sending.send_due()
    desk.revoke(who, invite(desk, who))
    with database.reading() as tx:
        [off] = webhooks.of_clinic(tx, who.clinic.id)
        assert len(deliveries.latest(tx, who.clinic.id, 9)) == 1
    assert off.off_because == Off.GONE
    assert sending.send_due() == {}


def test_a_webhook_that_does_not_answer_keeps_no_other_waiting(
    desk: Invitations,
    who: SignedIn,
    webhook: Webhook,
    sending: Deliveries,
    program: StandIn,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of what waits for it, one is tried at a time; also where it fills a whole look."""
    monkeypatch.setattr(module, "AT_ONCE", 1)
    for _ in range(3):
        desk.revoke(who, invite(desk, who))
    other = Webhook(
        who.clinic.id, WebhookId("other"), NOW, "https://hooks.example/other",
        webhook.secret, with_urgency=False,
    )  # fmt: skip
    with database.writing() as tx:
        webhooks.add(tx, other)
    desk.revoke(who, invite(desk, who))
    program.status = 503
    assert sending.send_due() == {Stage.WAITING: 2}
    assert sorted(one.path for one in program.taken) == ["/in?key=a", "/other"]


def test_what_is_erased_is_told_to_nobody(
    desk: Invitations,
    who: SignedIn,
    webhook: Webhook,
    sending: Deliveries,
    program: StandIn,
    database: Database,
) -> None:
    made = invite(desk, who)
    desk.revoke(who, made)
    with database.writing() as tx:
        clients.erase(tx, who.clinic.id, desk.get(who, made).client, NOW)
    assert sending.send_due() == {}
    assert program.taken == []


def test_where_it_leads_and_what_it_says_is_sealed_and_forgotten_after_a_month(
    desk: Invitations,
    who: SignedIn,
    webhook: Webhook,
    sending: Deliveries,
    database: Database,
    clock: Clock,
) -> None:
    made = invite(desk, who)
    desk.revoke(who, made)
    with database.reading() as tx:
        for table in (webhook_tables.webhooks, webhook_tables.deliveries):
            for row in tx.connection.execute(select(table)):
                stored = repr(tuple(row)).encode()
                for word in (webhook.secret, "hooks.example", "revoked"):
                    assert word.encode() not in stored
    clock.now += KEPT + 1
    sending.send_due()
    with database.reading() as tx:
        assert deliveries.latest(tx, who.clinic.id, 9) == ()


KILLED = """
import os, signal, socket, ssl, sys
from assessment.practice.hooks.http_client import HttpClient
from assessment.practice.hooks.sending import Deliveries
from assessment.records import deliveries
from assessment.records.database import Database
from tests.practice.hooks.stand_in import PUBLIC
from tests.records.some import NOW, VAULT

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

deliveries.finish = killed
url, port, certificate = sys.argv[1:]
caller = HttpClient(
    lambda host: (PUBLIC,),
    lambda address, seconds: socket.create_connection(("127.0.0.1", int(port)), seconds),
    ssl.create_default_context(cafile=certificate),
)
Deliveries(Database(url, VAULT), lambda: NOW, caller).send_due()
"""


def test_a_process_that_is_really_killed_leaves_it_to_be_sent_again_under_the_same_id(
    desk: Invitations,
    who: SignedIn,
    webhook: Webhook,
    sending: Deliveries,
    program: StandIn,
    clock: Clock,
    url: str,
    certificate_file: Path,
) -> None:
    desk.revoke(who, invite(desk, who))
    arguments = [url, str(program.port), str(certificate_file)]
    ended = subprocess.run([sys.executable, "-c", KILLED, *arguments], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(program.taken) == 1
    clock.now += PAUSES[0]
    assert sending.send_due() == {Stage.ARRIVED: 1}
    assert program.taken[0].id == program.taken[1].id
