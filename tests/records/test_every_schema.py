"""What was stored in the tables of any step that there ever was is read today."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, text

from assessment.records import clients, clinics, invitations, notes, responses, tables, therapists
from assessment.records.audit_check import faults
from assessment.records.authentic import mac_of
from assessment.records.migrations.releases import RELEASES
from assessment.records.resealing import AUTHENTICATED, PLACES
from assessment.records.transactions import Transaction
from assessment.records.upgrade import MIGRATIONS, config
from tests.records.conftest import OpenDatabase
from tests.records.some import VAULT, Household, move_in
from tests.records.test_migrations import move_in_then, plainly

STEPS = sorted(one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
IN_MAKE_TEST = {"0001", *RELEASES.values()}
"""The first, and the last of each release; the others are slow together."""


def counted(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = set(inspect(connection).get_table_names()) - {"alembic_version", "oldest_code"}
    return {
        name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()  # noqa: S608  our own names
        for name in names
    }


def unreadable(tx: Transaction) -> Iterator[str]:
    """Open every sealed value, and hold every row to what authenticates it."""
    for place in PLACES:
        columns = [place.table.c[name] for name in (*place.owner, place.column)]
        for *owner, value in tx.connection.execute(select(*columns)):
            if value is None:
                continue
            sealed = b64decode(value) if place.as_text else bytes(value)
            if not tx.vault.open(sealed, place.table.name, "/".join(owner), place.column):
                yield f"{place.table.name}: empty"
    for table in AUTHENTICATED:
        for row in tx.connection.execute(select(table)).mappings():
            if bytes(row["mac"]) != mac_of(tx, table, dict(row)):
                yield f"{table.name}: another mac"


@pytest.mark.parametrize(
    "step",
    [one if one in IN_MAKE_TEST else pytest.param(one, marks=pytest.mark.slow) for one in STEPS],
)
def test_what_was_stored_under_any_earlier_step_is_read_today(
    step: str, empty_url: str, open_database: OpenDatabase, tmp_path: Path
) -> None:
    with plainly(empty_url) as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        command.upgrade(made, step)
        house = move_in_then(connection, open_database(f"sqlite:///{tmp_path / 'today.db'}"))
        before = counted(connection)
    assert sum(before.values()) >= 8
    database = open_database(empty_url)
    database.migrate()

    with database.reading() as tx:
        after = counted(tx.connection)
        assert {name: after[name] for name in before if name != "audit_entries"} == {
            name: count for name, count in before.items() if name != "audit_entries"
        }
        assert list(unreadable(tx)) == []
        if step < "0009":  # from there on the house would have begun its log by itself
            assert list(faults(tx, house.id)) == []
        reads_like(tx, house)
    with database.writing() as tx:
        other = move_in(tx)
    with database.reading() as tx:
        reads_like(tx, other)
        assert tx.connection.execute(select(func.count()).select_from(tables.clinics)).scalar() == 2


def reads_like(tx: Transaction, house: Household) -> None:
    """Fail unless everything that was there from the first step on reads as it was written."""
    clinic = clinics.get(tx, house.id)
    assert clinic is not None
    assert (clinic.name, clinic.slug, clinic.phone) == (
        house.clinic.name, house.clinic.slug, house.clinic.phone,
    )  # fmt: skip
    assert [one.email for one in therapists.of_clinic(tx, house.id)] == [house.therapist.email]
    assert clients.get(tx, house.id, house.client.id) == house.client
    link = invitations.get(tx, house.id, house.invitation.id)
    assert link is not None
    assert (link.name, link.email, link.note) == (
        house.invitation.name, house.invitation.email, house.invitation.note,
    )  # fmt: skip
    assert responses.get(tx, house.id, house.response.line.id) == house.response
    [note] = notes.of_response(tx, house.id, house.response.line.id)
    assert note.text == house.note.text
