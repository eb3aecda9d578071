"""Several who write at the same moment get one winner, and nobody's writing is lost."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from assessment.records import (
    attempts,
    clients,
    clinics,
    codes,
    inbox,
    invitations,
    responses,
    versions,
)
from assessment.records.database import Database
from assessment.records.ids import ClinicId, new_id
from assessment.records.inbox import Filter
from assessment.records.refusals import Taken
from assessment.records.transactions import Transaction, alone
from tests.records.conftest import OpenDatabase
from tests.records.some import NOW, move_in, some_client, some_clinic, some_response

TOGETHER = 10
FORKING = """
import os, sys

# As when another thread gives a connection back in the last moment.
os.register_at_fork(before=lambda: late and read())

from assessment.records import clinics
from assessment.records.database import Database
from assessment.records.refusals import Unavailable
from tests.records.some import VAULT, some_clinic

late = False
database = Database(sys.argv[1], VAULT)

def read():
    with database.reading() as tx:
        return clinics.every(tx)

def add():
    with database.writing() as tx:
        clinics.add(tx, some_clinic())

def opened():
    links = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    there = [os.readlink(link) for link in links if os.path.islink(link)]
    return [name for name in there if "clinic.db" in name or "socket" in name]

def child_writes():
    if os.fork():
        add()
        return os.waitstatus_to_exitcode(os.wait()[1])
    try:
        for _ in range(5):
            add()
    except Unavailable as refusal:
        os._exit(7 if "forked in the middle" in str(refusal) else 8)
    os._exit(0)

add()
if os.fork() == 0:
    os._exit(len(opened()))
print("inherited", os.waitstatus_to_exitcode(os.wait()[1]))
print("between", child_writes(), len(read()))
with database.reading() as tx:
    print("within", child_writes(), len(read()))
late = True
print("late", child_writes(), len(read()))
"""


def all_at_once(
    database: Database, act: Callable[[Transaction], object], count: int = TOGETHER
) -> list[Any]:
    """Let `count` threads do the same, each in a transaction of its own."""
    ready = threading.Barrier(count)

    def one(_: int) -> object:
        ready.wait(30)
        with database.writing() as tx:
            return act(tx)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_one_link_is_used_once_however_many_try(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    won = all_at_once(
        database, lambda tx: invitations.use(tx, house.id, house.invitation.id, NOW + 1)
    )

    assert sorted(won) == [False] * (TOGETHER - 1) + [True]


def test_a_link_is_used_or_revoked_but_never_both(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    turns = iter([invitations.use, invitations.revoke] * (TOGETHER // 2))
    won = all_at_once(database, lambda tx: next(turns)(tx, house.id, house.invitation.id, NOW + 1))
    with database.reading() as tx:
        left = invitations.get(tx, house.id, house.invitation.id)

    assert sorted(won) == [False] * (TOGETHER - 1) + [True]
    assert left is not None
    assert (left.used_at is None) != (left.revoked_at is None)


def test_one_code_is_used_once_however_many_try(database: Database) -> None:
    with database.writing() as tx:
        codes.add(tx, "code", codes.SETUP, None, None, None)
    won = all_at_once(database, lambda tx: codes.use(tx, "code", codes.SETUP, NOW))

    assert won.count((None, None)) == 1
    assert won.count(None) == TOGETHER - 1


def test_one_send_that_arrives_many_times_is_one_response(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    added = all_at_once(
        database,
        lambda tx: responses.add(tx, house.id, some_response(house.client.id), "the same"),
    )
    with database.reading() as tx:
        lines = inbox.listed(tx, house.id, Filter(), None, 100)

    assert sorted(added) == [False] * (TOGETHER - 1) + [True]
    assert len(lines) == 2


def test_what_is_counted_alone_is_never_more_than_is_allowed(database: Database) -> None:
    def take(tx: Transaction) -> bool:
        alone(tx, "tries", "key")
        is_taken = len(attempts.times(tx, "key", 0, NOW)) < 3
        if is_taken:
            attempts.add(tx, "key", NOW)
        return is_taken

    assert all_at_once(database, take).count(True) == 3


def test_one_address_of_a_clinic_is_given_once(database: Database) -> None:
    def claim(tx: Transaction) -> bool:
        try:
            clinics.add(tx, some_clinic(slug="same"))
        except Taken:
            return False
        return True

    assert sorted(all_at_once(database, claim)) == [False] * (TOGETHER - 1) + [True]


def test_a_protocol_is_kept_once_however_many_start(database: Database) -> None:
    all_at_once(database, lambda tx: versions.keep(tx, "v", "muscle_pain", {"a.yaml": "a: 1\n"}))

    with database.reading() as tx:
        assert versions.get(tx, "v") == {"a.yaml": "a: 1\n"}


def test_nothing_that_several_write_at_once_is_lost(url: str, open_database: OpenDatabase) -> None:
    one, two = open_database(url), open_database(url)
    with one.writing() as tx:
        clinic = some_clinic()
        clinics.add(tx, clinic)
        clients.add(tx, client := some_client(clinic.id))

    def send(database: Database) -> None:
        for _ in range(10):
            with database.writing() as tx:
                found = clinics.get(tx, ClinicId(clinic.id))
                assert found is not None
                clinics.update(tx, found)
                assert responses.add(tx, clinic.id, some_response(client.id), new_id())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, [one, two, one, two]))
    with one.reading() as tx:
        assert len(inbox.listed(tx, clinic.id, Filter(), None, 100)) == 40
        found = clinics.get(tx, clinic.id)
    assert found is not None
    assert found.revision == 41


def test_forked_processes_do_not_share_a_connection(url: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FORKING, url], capture_output=True, timeout=120, check=False
    )
    refused = ["within 7 8", "late 7 9"]
    written = ["within 0 13", "late 0 19"]

    assert ended.stderr.decode() == ""
    assert ended.stdout.decode().splitlines() == [
        "inherited 0",
        "between 0 7",
        *(refused if url.startswith("sqlite") else written),
    ]
