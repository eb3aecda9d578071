"""What a monitor may know of the queues, and of how a database is used."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.exc import DatabaseError

from assessment.records import account_mails, deliveries, outbox, queues, webhooks
from assessment.records.account_mails import AccountMail
from assessment.records.database import Database
from assessment.records.ids import DeliveryId, new_id
from assessment.records.queues import Waiting
from assessment.records.refusals import Unavailable
from tests.records.some import ENVELOPE, NOW, move_in, some_mail

DAY = 86_400


def test_a_queue_is_what_waits_what_is_due_and_how_late_that_is(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)  # its mail is due in a day, its webhook now
        outbox.add(tx, some_mail(house.invitation, due_at=NOW - 60), ENVELOPE)
        claimed = some_mail(house.invitation, due_at=NOW - 900)
        outbox.add(tx, claimed, ENVELOPE)
        assert outbox.claim(tx, claimed, NOW) is not None
        account_mails.add(
            tx,
            AccountMail(
                new_id(), house.id, house.therapist.id, "password", "", NOW, NOW + 10
            ),
        )  # fmt: skip
    with database.reading() as tx:
        assert queues.waiting(tx, NOW) == (
            Waiting("client_mails", 2, 1, 60),
            Waiting("account_mails", 1, 0, 0),
            Waiting("webhooks", 1, 1, 0),
        )
        later = {one.queue: one for one in queues.waiting(tx, NOW + DAY)}
        assert later["client_mails"] == Waiting("client_mails", 2, 2, DAY + 60)
        assert queues.audit_entries(tx) == 0


def test_what_waits_for_nothing_any_more_does_not_count(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        over = replace(house.delivery, id=DeliveryId(new_id()), due_at=None)
        deliveries.add(tx, over, {})
        assert webhooks.switch_off(tx, house.id, house.webhook.id, NOW, "gone")
    with database.reading() as tx:
        assert queues.waiting(tx, NOW)[2] == Waiting("webhooks", 0, 0, 0)


class Watching:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.kinds: list[bool] = []

    def in_use(self, number: int) -> None:
        self.numbers.append(number)

    def used(self, seconds: float, *, writes: bool) -> None:
        assert seconds >= 0
        self.kinds.append(writes)


def test_each_use_of_a_connection_is_told_also_one_that_fails(database: Database) -> None:
    with database.reading():
        pass  # what is done once is done
    watching = Watching()
    database.watch(watching)
    with database.writing(), database.reading():
        pass
    with pytest.raises(ValueError, match="no"), database.reading():
        raise ValueError("no")
    assert watching.kinds == [False, True, False]
    assert watching.numbers == [1, 2, 1, 0, 1, 0]


def test_a_statement_is_told_without_its_values_also_one_that_fails(database: Database) -> None:
    told: list[str] = []
    database.watch_statements(lambda statement, begun: told.append(statement))
    with database.writing() as tx:
        house = move_in(tx)
    with pytest.raises((Unavailable, DatabaseError)), database.reading() as tx:
        tx.connection.exec_driver_sql("SELECT nothing FROM nowhere")
    everything = "\n".join(told)
    assert "INSERT INTO clients" in everything
    assert "SELECT nothing FROM nowhere" in told
    for value in (house.id, house.client.id, house.therapist.email, "canary"):
        assert value not in everything
