"""A row that was changed, moved or sealed with another key is unreadable; the rest works."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Table, func, select, update

from assessment.records import (
    clients,
    deliveries,
    inbox,
    invitations,
    measures,
    notes,
    outbox,
    own_answers,
    own_questions,
    rechecks,
    responses,
    webhooks,
)
from assessment.records.database import Database
from assessment.records.ids import new_id
from assessment.records.inbox import Filter
from assessment.records.measure_tables import measures as measures_table
from assessment.records.model import MOST_URGENT, Recheck
from assessment.records.own_questions import OwnQuestions
from assessment.records.own_tables import own_answers as own_answers_table
from assessment.records.own_tables import own_questions as own_questions_table
from assessment.records.sealed import are_sealed_with_our_key
from assessment.records.tables import clients as clients_table
from assessment.records.tables import invitations as invitations_table
from assessment.records.tables import metadata
from assessment.records.tables import notes as notes_table
from assessment.records.tables import outbox as outbox_table
from assessment.records.tables import rechecks as rechecks_table
from assessment.records.tables import responses as responses_table
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable, Vault
from assessment.records.webhook_tables import deliveries as deliveries_table
from assessment.records.webhook_tables import webhooks as webhooks_table
from tests.records.conftest import OpenDatabase
from tests.records.some import (
    ENVELOPE,
    MEASURED,
    NOW,
    OWN,
    OWN_ANSWER,
    Household,
    move_in,
    some_client,
    some_invitation,
    some_note,
    some_response,
)

SEALED = [table for table in metadata.sorted_tables if "sealed" in table.c]


def spoil(tx: Transaction, table: Table, id: str) -> None:
    """Flip one bit in the middle of a row's sealed words."""
    row = table.c.id == id
    sealed = tx.connection.execute(select(table.c.sealed).where(row)).scalar_one()
    middle = len(sealed) // 2
    changed = sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :]
    tx.connection.execute(update(table).where(row).values(sealed=changed))


def swap(tx: Transaction, table: Table, one: str, two: str) -> None:
    """Exchange the sealed words of two rows."""
    found = {
        id: tx.connection.execute(select(table.c.sealed).where(table.c.id == id)).scalar_one()
        for id in (one, two)
    }
    for id, other in ((one, two), (two, one)):
        tx.connection.execute(update(table).where(table.c.id == id).values(sealed=found[other]))


def everything_is_unreadable(tx: Transaction, house: Household, *, altered: bool = False) -> None:
    line = house.response.line
    assert clients.get(tx, house.id, house.client.id) == replace(
        house.client, name="", email="", readable=False
    )
    assert invitations.get(tx, house.id, house.invitation.id) == replace(
        house.invitation, name="", email="", note="", readable=False
    )
    unreadable = replace(line, client_name="", readable=False)
    if altered:
        unreadable = replace(
            unreadable, altered=True, urgency=3, key=(line.urgency, line.received_at)
        )
    assert inbox.listed(tx, house.id, Filter(), None, 10) == (unreadable,)
    assert notes.of_response(tx, house.id, line.id) == (
        replace(house.note, author_name="", account="", text="", readable=False),
    )
    with pytest.raises(Unreadable, match=line.id):
        responses.get(tx, house.id, line.id)


def everything_is_readable(tx: Transaction, house: Household) -> None:
    line = house.response.line
    assert clients.get(tx, house.id, house.client.id) == house.client
    assert invitations.get(tx, house.id, house.invitation.id) == house.invitation
    assert inbox.listed(tx, house.id, Filter(), None, 10) == (line,)
    assert notes.of_response(tx, house.id, line.id) == (house.note,)
    assert responses.get(tx, house.id, line.id) == house.response


def test_every_table_with_words_is_tried_here() -> None:
    staffs = {"apps", "passkeys"}  # no words; tests/practice/staff/test_factors.py spoils them
    assert {table.name for table in SEALED} - staffs == {
        "clients", "deliveries", "invitations", "measures", "notes", "outbox", "own_answers",
        "own_questions", "rechecks", "responses", "webhooks",
    }  # fmt: skip


def test_a_webhook_that_somebody_changed_or_moved_leads_nowhere(database: Database) -> None:
    with database.writing() as tx:
        house, other, third = move_in(tx), move_in(tx), move_in(tx)
        swap(tx, webhooks_table, house.webhook.id, other.webhook.id)
        swap(tx, deliveries_table, house.delivery.id, other.delivery.id)
        spoil(tx, deliveries_table, third.delivery.id)

    with database.reading() as tx:
        for one in (house, other):
            found = webhooks.get(tx, one.id, one.webhook.id)
            assert found is not None
            assert (found.readable, found.url, found.secret) == (False, "", "")
            assert not found.with_urgency
            assert deliveries.told(tx, one.delivery) is None
        assert deliveries.told(tx, third.delivery) is None
        assert webhooks.get(tx, third.id, third.webhook.id) == third.webhook


def test_own_answers_that_somebody_changed_or_moved_are_unreadable(database: Database) -> None:
    with database.writing() as tx:
        house, other = move_in(tx), move_in(tx)
        mine, theirs = house.response.line.id, other.response.line.id
        assert own_answers.of_responses(tx, house.id, [mine]) == {mine: (OWN_ANSWER,)}
        swap(tx, own_answers_table, mine, theirs)
        assert own_answers.of_responses(tx, house.id, [mine]) == {mine: None}
        swap(tx, own_answers_table, mine, theirs)
        spoil(tx, own_answers_table, mine)
        assert own_answers.of_responses(tx, house.id, [mine]) == {mine: None}
        assert own_answers.of_responses(tx, other.id, [theirs]) == {theirs: (OWN_ANSWER,)}


def test_measures_that_somebody_changed_or_moved_are_unreadable(database: Database) -> None:
    with database.writing() as tx:
        house, other = move_in(tx), move_in(tx)
        mine, theirs = house.response.line.id, other.response.line.id
        assert measures.of_responses(tx, house.id, [mine]) == {mine: MEASURED}
        swap(tx, measures_table, mine, theirs)
        assert measures.of_responses(tx, house.id, [mine]) == {mine: None}
        swap(tx, measures_table, mine, theirs)
        spoil(tx, measures_table, mine)
        assert measures.of_responses(tx, house.id, [mine]) == {mine: None}
        assert measures.of_responses(tx, other.id, [theirs]) == {theirs: MEASURED}


def test_own_questions_that_somebody_put_in_another_clinic_are_not_asked(
    database: Database,
) -> None:
    with database.writing() as tx:
        house, other = move_in(tx), move_in(tx)
        own_questions.put(tx, other.id, OwnQuestions((OWN, OWN)))
        table = own_questions_table
        theirs = select(table.c.sealed).where(table.c.clinic == other.id).scalar_subquery()
        moved = update(table).where(table.c.clinic == house.id).values(sealed=theirs)
        tx.connection.execute(moved)

        assert own_questions.of_clinic(tx, house.id) == OwnQuestions(readable=False)
        assert own_questions.of_clinic(tx, other.id) == OwnQuestions((OWN, OWN))


def test_a_second_advice_that_cannot_be_read_is_most_urgent(database: Database) -> None:
    with database.writing() as tx:
        house, other = move_in(tx), move_in(tx)
        for one in (house, other):
            said = Recheck(one.response.line.id, "new", 2, "urgent_medical", NOW, {"a": 1}, ("b",))
            assert rechecks.add(tx, one.id, said)
        spoil(tx, rechecks_table, house.response.line.id)

    with database.reading() as tx:
        for one, readable in ((house, False), (other, True)):
            id = one.response.line.id
            [found] = rechecks.of_responses(tx, one.id, [id])[id]
            assert (found.readable, found.urgency) == (readable, 2 if readable else MOST_URGENT)
            assert (found.decision, found.unknown) == (({"a": 1}, ("b",)) if readable else ({}, ()))
            assert [*rechecks.waiting(tx, one.id)] == [id]


def test_a_mail_that_somebody_changed_goes_nowhere(database: Database) -> None:
    """Also when they gave it the address and the link of another one."""
    with database.writing() as tx:
        spoilt, one, two, whole = (move_in(tx) for _ in range(4))
        spoil(tx, outbox_table, spoilt.mail.id)
        swap(tx, outbox_table, one.mail.id, two.mail.id)
    with database.writing() as tx:
        for house in (spoilt, one, two):
            assert outbox.claim(tx, house.mail, NOW) is None
            assert outbox.of_invitation(tx, house.id, house.invitation.id) == ()
        assert outbox.claim(tx, whole.mail, NOW) == ENVELOPE


def test_one_changed_bit_makes_that_row_unreadable_and_no_other(database: Database) -> None:
    with database.writing() as tx:
        house, other = move_in(tx), move_in(tx)
        spoil(tx, clients_table, house.client.id)
        spoil(tx, invitations_table, house.invitation.id)
        spoil(tx, responses_table, house.response.line.id)
        spoil(tx, notes_table, house.note.id)

    with database.reading() as tx:
        everything_is_unreadable(tx, house)
        everything_is_readable(tx, other)


def test_only_the_spoilt_row_of_a_clinic_is_unreadable(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        spoil(tx, responses_table, house.response.line.id)

    with database.reading() as tx:
        assert clients.get(tx, house.id, house.client.id) == house.client
        assert inbox.listed(tx, house.id, Filter(), None, 10) == (house.response.line,)
        with pytest.raises(Unreadable):
            responses.get(tx, house.id, house.response.line.id)


def test_rows_whose_words_were_exchanged_are_unreadable(database: Database) -> None:
    with database.writing() as tx:
        one, two, other = move_in(tx), move_in(tx), move_in(tx)
        swap(tx, clients_table, one.client.id, two.client.id)
        swap(tx, invitations_table, one.invitation.id, two.invitation.id)
        swap(tx, responses_table, one.response.line.id, two.response.line.id)
        swap(tx, notes_table, one.note.id, two.note.id)

    with database.reading() as tx:
        everything_is_unreadable(tx, one)
        everything_is_unreadable(tx, two)
        everything_is_readable(tx, other)


def test_exchanged_within_one_client_they_are_unreadable_too(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        again = some_response(house.client.id)
        responses.add(tx, house.id, again, new_id())
        link = some_invitation(house.client, house.therapist)
        invitations.add(tx, link, "link")
        note = some_note(house.response.line.id, house.therapist)
        notes.add(tx, house.id, note)
        swap(tx, responses_table, house.response.line.id, again.line.id)
        swap(tx, invitations_table, house.invitation.id, link.id)
        swap(tx, notes_table, house.note.id, note.id)

        for id in (house.response.line.id, again.line.id):
            with pytest.raises(Unreadable):
                responses.get(tx, house.id, id)
        links = invitations.of_client(tx, house.id, house.client.id)
        written = notes.of_response(tx, house.id, house.response.line.id)
        assert [one.readable for one in links] == [False, False]
        assert [one.readable for one in written] == [False, False]


def test_what_is_moved_to_another_owner_is_unreadable(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        other = some_client(house.id)
        clients.add(tx, other)
        later = some_response(other.id)
        responses.add(tx, house.id, later, new_id())
        for table in (responses_table, invitations_table):
            tx.connection.execute(update(table).values(client=other.id))
        tx.connection.execute(update(notes_table).values(response=later.line.id))

        with pytest.raises(Unreadable):
            responses.get(tx, house.id, house.response.line.id)
        [link] = invitations.of_client(tx, house.id, other.id)
        [note] = notes.of_response(tx, house.id, later.line.id)
        assert (link.readable, note.readable) == (False, False)


def test_with_another_key_all_words_are_unreadable_and_lists_still_open(
    url: str, database: Database, open_database: OpenDatabase
) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    with open_database(url, Vault([b"k" * 32])).reading() as tx:
        everything_is_unreadable(tx, house, altered=True)


def test_after_a_new_key_is_put_in_front_old_and_new_rows_are_readable(
    url: str, database: Database, open_database: OpenDatabase
) -> None:
    with database.writing() as tx:
        old = move_in(tx)
    with open_database(url, Vault([b"k" * 32, bytes(range(32))])).writing() as tx:
        everything_is_readable(tx, move_in(tx))
        everything_is_readable(tx, old)


def test_a_database_tells_whether_it_was_sealed_with_this_key(
    url: str, database: Database, open_database: OpenDatabase
) -> None:
    stranger = open_database(url, Vault([b"k" * 32]))
    with stranger.reading() as tx:
        assert are_sealed_with_our_key(tx)
    with database.writing() as tx:
        move_in(tx)
        assert are_sealed_with_our_key(tx)
    with stranger.reading() as tx:
        assert not are_sealed_with_our_key(tx)


def test_unreadable_rows_can_still_be_erased(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        spoil(tx, clients_table, house.client.id)
        said = Recheck(house.response.line.id, "new", 2, "urgent_medical", NOW, {}, ())
        assert rechecks.add(tx, house.id, said)
        spoil(tx, responses_table, house.response.line.id)
        spoil(tx, rechecks_table, house.response.line.id)
        responses.mark_read(tx, house.id, house.response.line.id, NOW)
        assert clients.erase(tx, house.id, house.client.id, NOW)
        left = [
            tx.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in SEALED
            if table not in (webhooks_table, own_questions_table)  # no client's
        ]
        assert left == [0] * (len(SEALED) - 2)
