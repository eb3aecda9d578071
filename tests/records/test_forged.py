"""Whoever can write the database, and has no key, opens nothing with it and calms nothing down."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Table, select, update

from assessment.records import (
    authentic,
    clients,
    codes,
    inbox,
    invitations,
    keys,
    notes,
    responses,
    sessions,
    tables,
    therapists,
)
from assessment.records.database import Database
from assessment.records.ids import new_id
from assessment.records.inbox import Filter
from assessment.records.model import State
from assessment.records.responses import Decision
from assessment.records.transactions import Transaction
from tests.records.some import (
    NOW,
    VERSION,
    Household,
    move_in,
    some_client,
    some_invitation,
    some_line,
    some_response,
)

CODE = "THE0CODE"
FIND: Mapping[str, Callable[[Transaction, str], object]] = {
    "sessions": sessions.find,
    "invitations": invitations.by_token,
    "api_keys": keys.find,
    "codes": lambda tx, code: codes.is_good(tx, code, codes.PASSWORD, NOW) or None,
}
COLUMN = {
    "sessions": "token_hash", "invitations": "token_hash", "codes": "code_hash",
    "api_keys": "key_hash",
}  # fmt: skip


@pytest.fixture(autouse=True)
def told_anew() -> None:
    """Each change is logged once in a process; here once in a test."""
    authentic.tell_changed.cache_clear()


def secrets_of(tx: Transaction, house: Household) -> dict[str, str]:
    """The secret of each kind that this household has; makes a code."""
    codes.add(tx, CODE, codes.PASSWORD, house.id, house.therapist.id, NOW + 60)
    return {
        "sessions": f"session {house.session.id}",
        "invitations": f"link {house.invitation.id}",
        "codes": CODE,
        "api_keys": f"key {house.key.id}",
    }


def rewrite(tx: Transaction, table: Table, **values: object) -> None:
    tx.connection.execute(update(table).values(**values))


@pytest.mark.parametrize("kind", sorted(FIND))
def test_a_hash_that_anybody_can_make_opens_nothing(database: Database, kind: str) -> None:
    with database.writing() as tx:
        own = secrets_of(tx, move_in(tx))
        assert FIND[kind](tx, own[kind]) is not None
        made = hashlib.sha256(b"made up").hexdigest()
        rewrite(tx, tables.metadata.tables[kind], **{COLUMN[kind]: made})

        assert FIND[kind](tx, "made up") is None


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("sessions", {"ends_at": NOW + 10**9}),
        ("sessions", {"confirmed_at": NOW + 10**9}),
        ("sessions", {"mac": None}),
        ("codes", {"expires_at": None}),
        ("codes", {"mac": b"made up"}),
        ("api_keys", {"scopes": "invitations:write responses:read"}),
        ("api_keys", {"mac": None}),
        ("invitations", {"expires_at": NOW + 10**9}),
        ("invitations", {"created_at": 1}),
    ],
    ids=str,
)
def test_a_secret_of_ones_own_opens_nothing_once_its_row_was_changed(
    database: Database, caplog: pytest.LogCaptureFixture, kind: str, values: dict[str, object]
) -> None:
    with database.writing() as tx:
        own = secrets_of(tx, move_in(tx))
        rewrite(tx, tables.metadata.tables[kind], **values)

        assert FIND[kind](tx, own[kind]) is None
    [line] = [one.getMessage() for one in caplog.records if "changed" in one.getMessage()]
    assert line.startswith(f"records: a row of {kind} was changed outside this program")
    assert "canary" not in caplog.text.lower()


def test_a_session_or_a_code_of_ones_own_is_not_turned_into_a_colleagues(
    database: Database,
) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        own = secrets_of(tx, house)
        there = tables.therapists
        colleague = dict(tx.connection.execute(select(there)).mappings().one())
        colleague |= {"id": "colleague", "email": "c@example.org", "email_key": "c@example.org"}
        tx.connection.execute(there.insert().values(colleague))
        for table in (tables.sessions, tables.codes):
            rewrite(tx, table, therapist="colleague")

        assert sessions.find(tx, own["sessions"]) is None
        assert codes.use(tx, CODE, codes.PASSWORD, NOW) is None


def test_a_password_is_good_for_the_account_alone_for_which_it_was_set(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.writing() as tx:
        own, other = move_in(tx), move_in(tx)
        therapists.set_password(tx, own.id, own.therapist.id, "hash of my own password")
        there = tables.therapists
        stored = tx.connection.execute(
            select(there.c.password_hash).where(there.c.id == own.therapist.id)
        ).scalar_one()
        assert "hash of my own" not in stored
        for forged in (stored, "hash of my own password", "!", ""):
            row = tables.at(there, other.id, other.therapist.id)
            tx.connection.execute(update(there).where(row).values(password_hash=forged))

            assert therapists.password_of(tx, other.id, other.therapist.id) is None
            assert therapists.by_email(tx, other.therapist.email) == (other.therapist, None)
        assert therapists.password_of(tx, own.id, own.therapist.id) == "hash of my own password"
    assert f"a row of therapists was changed outside this program {other.therapist.id}" in (
        caplog.text
    )


@pytest.mark.parametrize(
    "values",
    [
        {"urgency": 0},
        {"recommendation": "self_care"},
        {"state": "reviewed"},
        {"read_at": NOW},
        {"received_at": 1},
        {"version": "another"},
        {"complete": False},
        {"invitation": None},
        {"send_key": "another"},
        {"mac": None},
    ],
    ids=str,
)
def test_a_response_of_which_any_plain_column_was_changed_is_most_urgent_new_and_unread(
    database: Database, caplog: pytest.LogCaptureFixture, values: dict[str, Any]
) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        rewrite(tx, tables.responses, **values)
        [line] = inbox.listed(tx, house.id, Filter(), None, 10)
        found = responses.line(tx, house.id, house.response.line.id)

    assert (line.altered, line.urgency, line.state, line.read_at) == (True, 3, State.NEW, None)
    assert found == line
    [told] = [one.getMessage() for one in caplog.records]
    assert told == f"records: a row of responses was changed outside this program {line.id}"


def test_a_note_says_who_wrote_it_whatever_stands_beside(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        changed = {"kind": "contacted", "created_at": NOW + 9}
        rewrite(tx, tables.notes, **changed)

        assert notes.of_response(tx, house.id, house.response.line.id) == (house.note,)


def test_what_is_done_with_a_response_keeps_it_authentic(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        id = house.response.line.id
        responses.set_state(tx, house.id, id, State.REVIEWED)
        responses.mark_read(tx, house.id, id, NOW + 5)
        responses.mark_read(tx, house.id, id, NOW + 9)
        line = responses.line(tx, house.id, id)

    assert line is not None
    assert (line.altered, line.state, line.read_at) == (False, State.REVIEWED, NOW + 5)


def test_a_changed_response_is_not_made_good_by_reading_it(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        id = house.response.line.id
        rewrite(tx, tables.responses, urgency=0)
        responses.mark_read(tx, house.id, id, NOW)
        responses.set_state(tx, house.id, id, State.REVIEWED)
        line = responses.line(tx, house.id, id)
        assert line is not None
        assert line.altered

        sent = Decision(2, "urgent_medical", complete=True, version=VERSION)
        responses.put_right(tx, house.id, id, sent, NOW)
        line = responses.line(tx, house.id, id)

    assert line is not None
    assert (line.altered, line.urgency, line.recommendation) == (False, 2, "urgent_medical")


@pytest.mark.parametrize("whose", ["of the client", "of another", "turned into the client's"])
def test_what_is_put_right_names_the_version_that_was_sealed_and_an_invitation_of_its_client(
    database: Database, whose: str
) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        id = house.response.line.id
        named = house.invitation
        if whose != "of the client":
            other = some_client(house.id)
            named = some_invitation(other, house.therapist)
            clients.add(tx, other)
            invitations.add(tx, named, "another link")
        if whose == "turned into the client's":
            row = tables.at(tables.invitations, house.id, named.id)
            turned = update(tables.invitations).where(row)
            tx.connection.execute(turned.values(client=house.client.id))
        rewrite(tx, tables.responses, invitation=named.id, version="made up")
        sent = Decision(2, "urgent_medical", complete=True, version="sealed")

        responses.put_right(tx, house.id, id, sent, NOW)
        found = responses.get(tx, house.id, id)

    assert found is not None
    assert not found.line.altered
    assert found.version == "sealed"
    assert found.invitation == (named.id if whose == "of the client" else None)


def test_changed_responses_are_found_bundle_by_bundle(database: Database) -> None:
    with database.writing() as tx:
        house, other = move_in(tx), move_in(tx)
        for _ in range(4):
            responses.add(tx, house.id, some_response(house.client.id), new_id())
        changed = some_line(house.client.id)
        responses.add(tx, house.id, some_response(house.client.id, id=changed.id), new_id())
        row = tables.at(tables.responses, house.id, changed.id)
        tx.connection.execute(update(tables.responses).where(row).values(urgency=0))
        found, after = authentic.altered_responses(tx, house.id, "", 4)
        more, end = authentic.altered_responses(tx, house.id, after, 4)

        assert (*found, *more) == (changed.id,)
        assert end == ""
        assert authentic.altered_responses(tx, other.id, "", 4) == ((), "")
