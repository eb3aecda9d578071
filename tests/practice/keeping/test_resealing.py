"""What older keys made is made anew with the newest one, whatever happens in between."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from assessment.practice.keeping.resealing import Resealer
from assessment.records import (
    account_mails,  # noqa: F401  so that all tables are known
    audit,
    audit_check,
    clients,
    codes,
    erasures,
    factors,
    inbox,
    invitations,
    keys,
    notes,
    outbox,
    passkeys,
    rechecks,
    responses,
    return_codes,
    sessions,
    therapists,
    webhooks,
    withdrawals,
)
from assessment.records.acts import Act
from assessment.records.audit import operator_of
from assessment.records.audit_tables import audit_entries, audit_heads
from assessment.records.authentic import COLUMNS
from assessment.records.database import Database
from assessment.records.ids import new_id
from assessment.records.inbox import Filter
from assessment.records.key_ring import Retired
from assessment.records.model import Recheck
from assessment.records.passkeys import Passkey
from assessment.records.resealing import AUTHENTICATED, PLACES, pieces
from assessment.records.tables import clients as clients_table
from assessment.records.tables import metadata
from assessment.records.tables import rechecks as rechecks_table
from assessment.records.transactions import Transaction
from assessment.records.vault import Vault, left_of
from tests.records.conftest import OpenDatabase
from tests.records.some import KEY, NOW, VAULT, Household, move_in, some_client, some_response

NEW = bytes(reversed(range(32)))
BOTH = Vault([NEW, KEY])
ONLY_NEW = Vault([NEW])
RETIRED: list[Retired] = [left_of(KEY)]
LATER = Vault([NEW], RETIRED)


def fill(tx: Transaction) -> Household:
    """Write something into every table that is sealed or authenticated."""
    house = move_in(tx)
    owner = (house.id, house.therapist.id)
    factors.set_app(tx, *owner, "CANARYSECRET", 7, NOW)
    factors.set_codes(tx, *owner, ["recovery"])
    passkeys.add(
        tx, Passkey(new_id(), *owner, f"credential {house.id}", "Phone", NOW, None, "key", 1, 2.0)
    )
    codes.add(tx, f"code {house.id}", codes.PASSWORD, *owner, NOW + 9)
    assert rechecks.add(tx, house.id, some_recheck(house))
    audit.append(tx, operator_of(house.id), Act.LOG_BEGUN, NOW)
    return house


def some_recheck(house: Household) -> Recheck:
    return Recheck(
        response=house.response.line.id,
        version="next",
        urgency=3,
        recommendation="emergency",
        raised=True,
        made_at=NOW,
        decision={"recommendation": "emergency"},
        unknown=(),
    )


@pytest.fixture
def house(database: Database) -> Household:
    with database.writing() as tx:
        return fill(tx)


def values(tx: Transaction) -> list[tuple[str, bytes]]:
    """Every value of every table that could be sealed, as bytes, with its table and column."""
    found = []
    for table in metadata.sorted_tables:
        for row in tx.connection.execute(select(table)).mappings():
            for name, value in row.items():
                if isinstance(value, str) and name == "password_hash":
                    value = b64decode(value)
                if isinstance(value, bytes | memoryview):
                    found.append((f"{table.name}.{name}", bytes(value)))
    return found


def made_with(tx: Transaction, vault: Vault) -> set[str]:
    """Where there is a value that was sealed with the newest key of this vault."""
    return {place for place, value in values(tx) if value.startswith(vault.newest)}


def test_every_sealed_column_of_every_table_is_sealed_anew(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    """The columns are found in the database, so that a table that comes later is asked for."""
    named = {f"{table.name}.sealed" for table in metadata.sorted_tables if "sealed" in table.c}
    with database.reading() as tx:
        before = made_with(tx, VAULT)
    assert before == named | {"therapists.password_hash"}, "fill() leaves one of them empty"

    changed = open_database(url, BOTH)
    assert Resealer(changed, lambda: NOW).run().unreadable == 0
    with changed.reading() as tx:
        assert made_with(tx, VAULT) == set()
        assert made_with(tx, ONLY_NEW) == before
    assert Resealer(changed, lambda: NOW).run().done == 0


def test_every_column_is_in_one_of_the_two_lists() -> None:
    sealed = {(place.table.name, place.column) for place in PLACES}
    assert sealed == {
        (table.name, name)
        for table in metadata.sorted_tables
        for name in ("sealed", "password_hash")
        if name in table.c
    }
    with_mac = {table.name for table in metadata.sorted_tables if "mac" in table.c}
    chained = {audit_entries.name, audit_heads.name}
    assert {table.name for table in AUTHENTICATED} == with_mac - chained == set(COLUMNS)


@pytest.mark.parametrize("vault", [BOTH, LATER], ids=["meanwhile", "afterwards"])
def test_everything_is_found_opened_and_believed(
    database: Database, house: Household, url: str, open_database: OpenDatabase, vault: Vault
) -> None:
    """Before it is made anew, and when the old key opens nothing any more."""
    if vault is LATER:
        Resealer(open_database(url, BOTH), lambda: NOW).run()
    changed = open_database(url, vault)
    place = (house.id, house.therapist.id)
    with changed.writing() as tx:
        assert sessions.find(tx, f"session {house.session.id}") is not None
        assert invitations.by_token(tx, f"link {house.invitation.id}") == house.invitation
        assert codes.use(tx, f"code {house.id}", codes.PASSWORD, NOW) == place
        assert keys.find(tx, f"key {house.key.id}") == house.key
        assert responses.by_visit(tx, house.id, house.send_key) == house.response.line.id
        assert responses.get(tx, house.id, house.response.line.id) == house.response
        again = some_response(house.client.id)
        assert not responses.add(tx, house.id, again, house.send_key), "one visit sends once"
        assert return_codes.take(tx, house.id, house.invitation.id, "012345", NOW)
        assert notes.of_response(tx, house.id, house.response.line.id) == (house.note,)
        assert webhooks.get(tx, house.id, house.webhook.id) == house.webhook
        assert outbox.claim(tx, house.mail, NOW) is not None
        assert therapists.password_of(tx, *place) == "hash of a password"
        app = factors.app_of(tx, *place)
        assert app is not None
        assert app.secret == "CANARYSECRET"
        assert factors.use_code(tx, *place, "recovery")
        assert passkeys.by_credential(tx, f"credential {house.id}") is not None
        assert withdrawals.of_responses(tx, house.id, [house.response.line.id])
        assert [*audit_check.faults(tx, house.id)] == []
        [line] = responses.of_client(tx, house.id, house.client.id)
        assert not line.altered


def test_a_client_is_found_by_name_before_and_after(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    changed = open_database(url, BOTH)
    for vault in (BOTH, BOTH, LATER):
        with open_database(url, vault).reading() as tx:
            words = (vault.search_hashes(house.id, "canaryname"),)
            [found] = inbox.listed(tx, house.id, Filter(words=words), None, 9)
            assert found.client == house.client.id
        Resealer(changed, lambda: NOW).run()


class Killed(BaseException):
    """Stands for a kill: nothing of ours is asked before it."""


def test_whoever_was_stopped_after_any_step_is_followed_by_one_who_ends(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    changed = open_database(url, BOTH)
    steps = 0
    while True:
        left = steps

        def stop() -> bool:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return False

        try:
            assert Resealer(changed, lambda: NOW).run(stop).is_whole
        except Killed:
            steps += 5
            with changed.reading() as tx:
                assert responses.get(tx, house.id, house.response.line.id) == house.response
                assert clients.get(tx, house.id, house.client.id) == house.client
        else:
            break
    assert steps > 0
    with open_database(url, LATER).reading() as tx:
        assert clients.get(tx, house.id, house.client.id) == house.client
        assert [*audit_check.faults(tx, house.id)] == []


def test_between_two_steps_others_write(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    """With no patience at all: a lock that is held would be refused at once."""
    hasty = open_database(url, BOTH, patience=0.0)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        with hasty.writing() as tx:
            clients.add(tx, some_client(house.id))

    Resealer(open_database(url, BOTH), lambda: NOW, pause).run()
    assert len(pauses) >= len(PLACES) + len(AUTHENTICATED)


def test_who_has_the_old_key_makes_nothing_that_counts_afterwards(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    """They write the database too."""
    Resealer(open_database(url, BOTH), lambda: NOW).run()
    with database.writing() as tx:  # with the old key only
        sessions.add(tx, "forged", replace(house.session, id=new_id()), NOW + 3600)
        codes.add(tx, "forged", codes.PASSWORD, house.id, house.therapist.id, NOW + 9)
    with open_database(url, LATER).writing() as tx:
        assert sessions.find(tx, "forged") is None
        assert codes.use(tx, "forged", codes.PASSWORD, NOW) is None


def test_a_log_never_goes_back_to_an_older_key(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    changed = open_database(url, BOTH)
    Resealer(changed, lambda: NOW).run()
    with changed.reading() as tx:
        last = audit.listed(tx, house.id, audit.Sought(), None, 1)[0]
        assert (last.act, last.number) == (Act.KEYS_CHANGED, 2)
    with changed.writing() as tx:
        head = audit.head_row(tx, house.id)
        assert head is not None
        mac = VAULT.mac(audit_heads.name, [house.id, 2, head.last.hex()])
        tx.connection.execute(update(audit_heads).values(mac=mac))
    with database.writing() as tx:  # goes on with the old key
        audit.append(tx, operator_of(house.id), Act.INVITED, NOW)
    with changed.reading() as tx:
        assert [*audit_check.faults(tx, house.id)] == [
            "entry 3 was changed, or does not follow the one before it"
        ]


def test_a_retired_key_makes_no_head(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    with open_database(url, LATER).reading() as tx:
        faults = [*audit_check.faults(tx, house.id)]
    assert faults == ["the record of its length was changed"]


def test_what_was_erased_before_is_recognised_afterwards(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    with database.writing() as tx:
        clients.erase(tx, house.id, house.client.id, NOW)
        clients.add(tx, house.client)  # a backup brings it back
    with open_database(url, LATER).writing() as tx:
        gone, _ = erasures.erase_again(tx, erasures.register(tx), NOW)
    assert [one.id for one in gone] == [house.client.id]


def test_what_nobody_can_open_stays_and_is_counted(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    broken = VAULT.newest + bytes(40)
    with database.writing() as tx:
        tx.connection.execute(update(rechecks_table).values(sealed=broken))
    assert Resealer(open_database(url, BOTH), lambda: NOW).run().unreadable == 1
    with database.reading() as tx:
        assert tx.connection.execute(select(rechecks_table.c.sealed)).scalar_one() == broken


def test_a_change_of_somebody_else_meanwhile_wins(
    database: Database, house: Household, url: str, open_database: OpenDatabase
) -> None:
    """Read by one, changed by another, then written: on PostgreSQL nothing else holds them off."""
    changed = open_database(url, BOTH)

    def rename(tx: Transaction, *_: object) -> None:
        place = ("clients", f"{house.id}/{house.client.id}", "sealed")
        new = BOTH.seal({"name": "Ann", "email": ""}, *place)
        tx.connection.execute(update(clients_table).values(sealed=new))

    first = next(iter(pieces(rename)))
    with changed.writing() as tx:
        assert first(tx, None, 9).done == 0
        found = clients.get(tx, house.id, house.client.id)
    assert found is not None
    assert found.name == "Ann"
