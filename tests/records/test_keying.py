"""Rows of before the hashes were keyed: they go on working, and nobody can put them back."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from alembic import command
from sqlalchemy import MetaData, insert, update

from assessment.records import (
    clinics,
    codes,
    inbox,
    invitations,
    notes,
    responses,
    sessions,
    tables,
    therapists,
)
from assessment.records.database import Database
from assessment.records.inbox import Filter
from assessment.records.model import State
from assessment.records.refusals import Unavailable
from assessment.records.upgrade import config
from assessment.records.vault import Vault
from tests.records.conftest import OpenDatabase
from tests.records.some import NOW, VAULT, Household, move_in
from tests.records.test_migrations import plainly


def plain(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def as_it_was(url: str, database: Database) -> Household:
    """Move a household into tables as they were before; return who lives there."""
    database.migrate()
    with database.writing() as tx:
        house = move_in(tx)
        rows = {
            table.name: [dict(row) for row in tx.connection.execute(table.select()).mappings()]
            for table in tables.metadata.sorted_tables
        }
    rows["sessions"][0]["token_hash"] = plain(f"session {house.session.id}")
    rows["invitations"][0]["token_hash"] = plain(f"link {house.invitation.id}")
    rows["responses"][0]["send_key"] = plain(house.send_key)
    rows["therapists"][0]["password_hash"] = "hash of a password"
    owner = {"clinic": house.id, "therapist": house.therapist.id}
    old_words = {"author_name": house.note.author_name, "text": house.note.text}
    place = ("notes", f"{house.id}/{house.response.line.id}/{house.note.id}", "sealed")
    rows["notes"][0]["sealed"] = VAULT.seal(old_words, *place)
    rows["codes"] = [
        {"code_hash": plain("CODE"), "purpose": codes.PASSWORD, "expires_at": NOW + 9, **owner}
    ]
    with plainly(url) as connection:
        tables.metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")
        connection.commit()
        command.upgrade(config(connection), "0003")
        old = MetaData()
        old.reflect(connection)
        for table in tables.metadata.sorted_tables:
            for row in rows[table.name] if table.name in old.tables else ():
                known = {name: row[name] for name in row if name in old.tables[table.name].c}
                connection.execute(insert(old.tables[table.name]).values(known))
        connection.commit()
    return house


def test_sessions_codes_links_passwords_and_responses_of_before_go_on_working(
    empty_url: str, open_database: OpenDatabase
) -> None:
    house = as_it_was(empty_url, open_database(empty_url))
    database = open_database(empty_url)
    database.migrate()

    with database.writing() as tx:
        found = sessions.find(tx, f"session {house.session.id}")
        assert found is not None
        assert found[0] == house.session
        assert invitations.by_token(tx, f"link {house.invitation.id}") == house.invitation
        assert codes.use(tx, "CODE", codes.PASSWORD, NOW) == (house.id, house.therapist.id)
        assert therapists.password_of(tx, house.id, house.therapist.id) == "hash of a password"
        assert inbox.listed(tx, house.id, Filter(), None, 9) == (house.response.line,)
        assert responses.by_visit(tx, house.id, house.send_key) == house.response.line.id
        account = house.therapist.email
        written = notes.of_response(tx, house.id, house.response.line.id)
        assert written == (replace(house.note, account=account),)
        responses.set_state(tx, house.id, house.response.line.id, State.REVIEWED)
        line = responses.line(tx, house.id, house.response.line.id)
        assert line is not None
        assert not line.altered


def test_nothing_is_authenticated_with_a_key_that_is_not_that_of_the_records(
    empty_url: str, open_database: OpenDatabase
) -> None:
    house = as_it_was(empty_url, open_database(empty_url))
    with pytest.raises(Unavailable, match=r"records\.key"):
        open_database(empty_url, Vault([b"k" * 32])).migrate()

    database = open_database(empty_url)
    database.migrate()
    with database.reading() as tx:
        assert invitations.by_token(tx, f"link {house.invitation.id}") is not None


def test_tables_that_somebody_put_back_to_before_are_not_authenticated(
    empty_url: str, open_database: OpenDatabase
) -> None:
    as_it_was(empty_url, open_database(empty_url))
    with plainly(empty_url) as connection:
        connection.execute(update(tables.therapists).values(password_hash="one of my own"))
        connection.commit()
    database = Database(empty_url, VAULT, keyed=True)

    with pytest.raises(Unavailable, match="older than those that this installation had"):
        database.migrate()
    with pytest.raises(Unavailable), database.reading():
        pytest.fail("what somebody wrote is taken")
    database.close()


def test_a_new_database_of_a_known_installation_is_made(empty_url: str) -> None:
    database = Database(empty_url, VAULT, keyed=True)
    database.migrate()
    with database.reading() as tx:
        assert not clinics.any_exists(tx)
    database.close()
