"""The audit log: nobody without the key changes it, takes an entry out, or cuts off its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import delete, insert, select, update

from assessment.records import audit, clinics
from assessment.records.acts import Act, Kind
from assessment.records.audit import By, Sought
from assessment.records.audit_check import faults, line_of, told_in
from assessment.records.audit_tables import audit_entries, audit_heads
from assessment.records.database import Database
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.transactions import Transaction
from tests.records.some import NOW, some_clinic

ADA = TherapistId("ada")
APPEND = """
import sys
from assessment.records import audit
from assessment.records.acts import Act
from assessment.records.audit import By
from assessment.records.database import Database
from assessment.records.vault import Vault
database = Database(sys.argv[1], Vault([bytes(range(32))]), patience=60)
sys.stdin.read(1)
for number in range(int(sys.argv[3])):
    with database.writing() as tx:
        by = By(sys.argv[2], "ada", "Firefox on Linux")
        audit.append(tx, by, Act.RESPONSE_READ, 1800000000 + number)
"""


@pytest.fixture
def clinic(database: Database) -> ClinicId:
    """A clinic with a log of six entries."""
    made = some_clinic()
    with database.writing() as tx:
        clinics.add(tx, made)
        audit.append(tx, By(made.id, ADA, "Firefox on Linux"), Act.CLINIC_SET_UP, NOW)
    more(database, made.id, 5)
    return made.id


def more(database: Database, clinic: ClinicId, count: int, start: int = NOW) -> None:
    for number in range(count):
        with database.writing() as tx:
            by = By(clinic, ADA, "Firefox on Linux")
            audit.append(tx, by, Act.RESPONSE_READ, start + number, f"response-{number}")


def found(database: Database, clinic: ClinicId, log: str = "") -> list[str]:
    with database.reading() as tx:
        told = told_in(log.splitlines()).get(clinic)
        return list(faults(tx, clinic, told))


def log_of(database: Database) -> str:
    with database.reading() as tx:
        return "\n".join(f"2027-01-15 09:00:00+0000 {line_of(one)}" for one in audit.heads(tx))


def entry(number: int) -> object:
    return audit_entries.c.number == number


def changed(tx: Transaction) -> None:
    tx.connection.execute(update(audit_entries).where(entry(3)).values(therapist="somebody else"))  # type: ignore[arg-type]  # a condition


def taken_out(tx: Transaction) -> None:
    tx.connection.execute(delete(audit_entries).where(entry(3)))  # type: ignore[arg-type]  # a condition


def closed_up(tx: Transaction) -> None:
    taken_out(tx)
    for number in (4, 5, 6):
        tx.connection.execute(
            update(audit_entries).where(entry(number)).values(number=number - 1)  # type: ignore[arg-type]  # a condition
        )


def cut(tx: Transaction) -> None:
    tx.connection.execute(delete(audit_entries).where(audit_entries.c.number > 4))


def cut_with_its_head(tx: Transaction) -> None:
    cut(tx)
    tx.connection.execute(update(audit_heads).values(number=4))


def cut_without_a_head(tx: Transaction) -> None:
    cut(tx)
    tx.connection.execute(delete(audit_heads))


def all_gone(tx: Transaction) -> None:
    tx.connection.execute(delete(audit_entries))
    tx.connection.execute(delete(audit_heads))


def made_up(tx: Transaction) -> None:
    last = tx.connection.execute(select(audit_entries).where(entry(6))).one()  # type: ignore[arg-type]  # a condition
    tx.connection.execute(insert(audit_entries).values({**last._mapping, "number": 7}))


FORGERIES: dict[str, tuple[Callable[[Transaction], None], str]] = {
    "changed": (changed, "entry 3 was changed"),
    "taken out": (taken_out, "entry 3 is missing"),
    "taken out and closed up": (closed_up, "entry 3 was changed, or does not follow"),
    "cut": (cut, "entries 5 to 6 are missing"),
    "cut, with its head": (cut_with_its_head, "record of its length was changed"),
    "cut, without a head": (cut_without_a_head, "record of its length is missing"),
    "all gone": (all_gone, "the log is missing"),
    "made up": (made_up, "entry 7 was changed"),
}


def test_a_log_that_nobody_touched_is_as_it_should_be(database: Database, clinic: ClinicId) -> None:
    assert found(database, clinic, log_of(database)) == []
    more(database, clinic, 2)
    assert found(database, clinic) == []


@pytest.mark.parametrize("how", FORGERIES)
def test_whatever_somebody_does_to_it_is_found_and_stays_found(
    database: Database, clinic: ClinicId, how: str
) -> None:
    """Also after the clinic went on for a while, which writes new entries."""
    forge, words = FORGERIES[how]
    with database.writing() as tx:
        forge(tx)

    assert words in "\n".join(found(database, clinic))
    if how != "made up":  # in its place no further entry can be written
        more(database, clinic, 3)
        assert found(database, clinic) != []


def test_an_older_copy_put_back_is_found_by_what_the_security_log_was_told(
    database: Database, clinic: ClinicId
) -> None:
    with database.reading() as tx:
        entries = tx.connection.execute(select(audit_entries)).mappings().all()
        heads = tx.connection.execute(select(audit_heads)).mappings().all()
    more(database, clinic, 4)
    log = log_of(database)
    with database.writing() as tx:
        all_gone(tx)
        tx.connection.execute(insert(audit_entries), [dict(row) for row in entries])
        tx.connection.execute(insert(audit_heads), [dict(row) for row in heads])

    assert found(database, clinic) == [], "the copy is whole"
    [fault] = found(database, clinic, log)
    assert "noted entry 10, but the log ends with entry 6" in fault
    more(database, clinic, 5, NOW + 3600)
    [fault] = found(database, clinic, log)
    assert "entry 10 is not the one that the security log noted" in fault


def test_entries_hold_no_words_but_of_our_own(database: Database, clinic: ClinicId) -> None:
    with database.reading() as tx:
        [last, *_] = audit.listed(tx, clinic, Sought(), None, 50)

    assert (last.act, last.kind, last.about) == ("response read", "read", "response-4")
    assert (last.therapist, last.device) == ("ada", "Firefox on Linux")


def test_it_is_looked_through_page_by_page_newest_first(
    database: Database, clinic: ClinicId
) -> None:
    with database.reading() as tx:
        first = audit.listed(tx, clinic, Sought(kind=Kind.READ), None, 3)
        rest = audit.listed(tx, clinic, Sought(kind=Kind.READ), first[-1].key, 3)
        some = audit.listed(tx, clinic, Sought(since=NOW + 1, until=NOW + 3), None, 50)
        nobody = audit.listed(tx, clinic, Sought(therapist=TherapistId("bo")), None, 50)

    assert [one.number for one in (*first, *rest)] == [6, 5, 4, 3, 2]
    assert [one.made_at for one in some] == [NOW + 2, NOW + 1]
    assert nobody == ()


def test_many_processes_append_to_one_log_without_a_fork(
    database: Database, clinic: ClinicId, url: str
) -> None:
    command = [sys.executable, "-c", APPEND, url, clinic, "8"]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    for one in started:
        assert one.stdin is not None
        one.stdin.write(b"x")
        one.stdin.close()
    assert [one.wait(60) for one in started] == [0, 0, 0]

    assert found(database, clinic) == []
    with database.reading() as tx:
        assert [one.number for one in audit.heads(tx)] == [6 + 3 * 8]


def test_an_entry_is_kept_with_what_it_tells_of_or_neither_is(
    database: Database, clinic: ClinicId
) -> None:
    def undone() -> None:
        with database.writing() as tx:
            audit.append(tx, By(clinic, ADA, "Firefox"), Act.CLIENT_ERASED, NOW, "client-1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()

    assert found(database, clinic) == []
    with database.reading() as tx:
        assert len(audit.listed(tx, clinic, Sought(), None, 50)) == 6
