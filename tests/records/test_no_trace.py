"""No word of a client is in the files of a database, and erased rows leave nothing in SQLite's."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from assessment.records import clients, inbox, notes, responses
from assessment.records.database import Database
from assessment.records.ids import new_id
from assessment.records.inbox import Filter
from assessment.records.model import Response
from assessment.records.tables import client_words, metadata
from assessment.records.transactions import Transaction
from tests.postgresql import Postgresql, Private
from tests.records.conftest import OpenDatabase
from tests.records.some import (
    NOW,
    Household,
    move_in,
    some_client,
    some_content,
    some_note,
    some_response,
)

CANARY = b"canary"
OF_THE_CLINIC = ("webhooks", "own_questions")
"""Tables that seal what a clinic wrote, and no client."""
PIECE = 24
"""Bytes of a sealed value that are looked for at once; they are random, so none is there twice."""


def files_of(path: Path) -> dict[str, bytes]:
    """Every file that SQLite keeps beside this one, with it."""
    return {one.name: one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*"))}


def sealed_in(tx: Transaction) -> Iterator[bytes]:
    """Everything in the database that came from a client's words: sealed values and hashes."""
    for table in metadata.sorted_tables:
        if "sealed" in table.c and table.name not in OF_THE_CLINIC:
            yield from tx.connection.execute(select(table.c.sealed)).scalars()
    for word in tx.connection.execute(select(client_words.c.word)).scalars():
        yield word.encode()


def pieces(values: list[bytes]) -> list[bytes]:
    return [
        value[start : start + PIECE]
        for value in values
        for start in range(0, len(value) - PIECE + 1, PIECE)
    ]


def left_in(path: Path, values: list[bytes]) -> int:
    """How many pieces of these values are in any of the files."""
    everything = b"\n".join(files_of(path).values())
    return sum(piece in everything for piece in pieces(values))


def long_response(house: Household) -> Response:
    """Longer than a page of the database, so that it is spread over several."""
    content = some_content(message="Canarymessage " * 2000)
    return replace(some_response(house.client.id), content=content)


def test_no_word_of_a_client_is_in_a_row(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        responses.add(tx, house.id, long_response(house), new_id())
    with database.reading() as tx:
        rows = [
            repr(tuple(row)).lower().encode()
            for table in metadata.sorted_tables
            for row in tx.connection.execute(select(table))
        ]

    assert len(rows) == 26
    assert any(b"riverside massage" in row for row in rows)
    assert not any(CANARY in row or b"1980-02" in row or "zoë".encode() in row for row in rows)


def test_no_word_of_a_client_is_in_a_file_of_sqlite(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}")
    with database.writing() as tx:
        house = move_in(tx)
        responses.add(tx, house.id, long_response(house), new_id())
    with database.reading() as tx:
        assert clients.get(tx, house.id, house.client.id) == house.client
        files = files_of(sqlite_file)

    assert set(files) == {"clinic.db", "clinic.db-wal", "clinic.db-shm"}
    assert b"Riverside Massage" in files["clinic.db-wal"]
    assert [name for name, data in files.items() if CANARY in data.lower()] == []
    database.close()
    [(name, data)] = files_of(sqlite_file).items()
    assert name == "clinic.db"
    assert b"Riverside Massage" in data
    assert CANARY not in data.lower()


def test_no_word_of_a_client_is_in_a_file_of_postgresql(
    postgresql: Postgresql, postgresql_url: str, open_database: OpenDatabase
) -> None:
    if not isinstance(postgresql, Private):
        pytest.skip("they need a PostgreSQL of their own: unset TEST_DATABASE_URL")
    database = open_database(postgresql_url)
    with database.writing() as tx:
        house = move_in(tx)
        responses.add(tx, house.id, long_response(house), new_id())
    with database.reading() as tx:
        assert responses.get(tx, house.id, house.response.line.id) == house.response
    postgresql.checkpoint()
    database.close()

    files = {path: path.read_bytes() for path in postgresql.data.rglob("*") if path.is_file()}
    heap = [path for path, data in files.items() if b"Riverside Massage" in data]
    assert any("base" in path.parts for path in heap)
    assert any("pg_wal" in path.parts for path in heap)
    assert [path for path, data in files.items() if b"anaryname" in data] == []
    assert [path for path, data in files.items() if b"anarymessage" in data] == []


def test_an_erased_client_leaves_nothing_in_the_files_of_sqlite(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}")
    with database.writing() as tx:
        house = move_in(tx)
        responses.add(tx, house.id, long_response(house), new_id())
        values = list(sealed_in(tx))
        values += [one.encode() for one in (house.client.id, house.note.id, house.send_key)]
    assert left_in(sqlite_file, values) > 1000

    with database.writing() as tx:
        other = move_in(tx)
        kept = [value for value in sealed_in(tx) if value not in values]
        assert clients.erase(tx, house.id, house.client.id, NOW)

    assert left_in(sqlite_file, values) == 0
    assert left_in(sqlite_file, kept) > 0
    with database.reading() as tx:
        assert list(sealed_in(tx)) == kept
        assert clients.get(tx, house.id, house.client.id) is None
        assert responses.get(tx, other.id, other.response.line.id) == other.response


def test_an_erased_response_leaves_nothing_in_the_files_of_sqlite(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}")
    with database.writing() as tx:
        house = move_in(tx)
        before = list(sealed_in(tx))
        late = long_response(house)
        responses.add(tx, house.id, late, new_id())
        notes.add(tx, house.id, some_note(late.line.id, house.therapist))
        values = [value for value in sealed_in(tx) if value not in before]
    assert left_in(sqlite_file, values) > 1000

    with database.writing() as tx:
        assert responses.erase(tx, house.id, late.line.id, NOW)

    assert left_in(sqlite_file, values) == 0
    with database.reading() as tx:
        assert inbox.listed(tx, house.id, Filter(), None, 10) == (house.response.line,)
        assert notes.of_response(tx, house.id, house.response.line.id) == (house.note,)


def test_what_a_reader_kept_from_being_wiped_is_wiped_with_the_next_transaction(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    database = open_database(f"sqlite:///{sqlite_file}")
    with database.writing() as tx:
        house = move_in(tx)
        values = list(sealed_in(tx))
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM responses").fetchone() == (1,)
        with database.writing() as tx:
            assert clients.erase(tx, house.id, house.client.id, NOW)
        assert left_in(sqlite_file, values) > 0
        with database.reading() as tx:
            assert clients.get(tx, house.id, house.client.id) is None
        assert left_in(sqlite_file, values) > 0
        reader.execute("COMMIT")

    with database.reading() as tx:
        assert list(sealed_in(tx)) == []
    assert left_in(sqlite_file, values) == 0


def test_what_an_earlier_run_left_unwiped_is_wiped_at_the_start(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    first = open_database(f"sqlite:///{sqlite_file}")
    with first.writing() as tx:
        house = move_in(tx)
        values = list(sealed_in(tx))
    with first.writing() as tx:
        clients.erase(tx, house.id, house.client.id, NOW)
        tx.connection.info.clear()  # as when the process ends between erasing and wiping
    assert left_in(sqlite_file, values) > 0

    open_database(f"sqlite:///{sqlite_file}").migrate()
    assert left_in(sqlite_file, values) == 0


def test_erasing_that_is_undone_erases_nothing(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    with pytest.raises(ZeroDivisionError), database.writing() as tx:
        assert clients.erase(tx, house.id, house.client.id, NOW) / 0
    with database.reading() as tx:
        assert clients.get(tx, house.id, house.client.id) == house.client
        assert responses.get(tx, house.id, house.response.line.id) == house.response


def test_a_client_goes_with_everything_and_others_stay(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        other = some_client(house.id, created_at=NOW + 1)
        clients.add(tx, other)
        assert clients.erase(tx, house.id, house.client.id, NOW)
        assert not clients.erase(tx, house.id, house.client.id, NOW)
        left = {
            table.name: len(tx.connection.execute(select(table)).all())
            for table in metadata.sorted_tables
        }
    assert left == {
        "clinics": 1, "therapists": 1, "sessions": 1, "attempts": 0, "codes": 0, "versions": 1,
        "clients": 1, "client_words": 0, "invitations": 0, "responses": 0, "notes": 0,
        "audit_entries": 0, "audit_heads": 0,
        "rechecks": 0, "sent_mails": 0, "outbox": 0, "api_keys": 1, "arrivals": 0,
        "arrival_counts": 1, "arrival_marks": 1,
        "webhooks": 1, "deliveries": 0,
        "purge_notices": 0, "withdrawals": 0, "erasures": 2,
        "own_questions": 1, "own_answers": 0, "measures": 0,
        "leases": 0, "hosts": 0, "oldest_code": 1,
        "return_codes": 0, "apps": 0, "recovery_codes": 0, "passkeys": 0, "account_mails": 0,
    }  # fmt: skip


def test_nobody_else_may_read_the_files_of_sqlite(
    tmp_path: Path, open_database: OpenDatabase
) -> None:
    path = tmp_path / "clinic.db"
    database = open_database(f"sqlite:///{path}")
    database.migrate()
    with database.writing() as tx:
        move_in(tx)
        found = {one.name: stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}

    assert found == {"clinic.db": 0o600, "clinic.db-wal": 0o600, "clinic.db-shm": 0o600}


def test_a_file_that_others_could_read_is_made_private(
    sqlite_file: Path, open_database: OpenDatabase
) -> None:
    sqlite_file.chmod(0o644)
    open_database(f"sqlite:///{sqlite_file}").migrate()

    assert stat.S_IMODE(sqlite_file.stat().st_mode) == 0o600
