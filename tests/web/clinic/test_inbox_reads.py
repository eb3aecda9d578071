"""The inbox asks the database for each thing once, however much stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import Engine, event, text

from assessment.practice.responses.inbox import PAGE
from assessment.records import audit, rechecks, withdrawals
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.records.model import Recheck
from assessment.records.vault import Vault
from tests.records.conftest import migrated_template, url
from tests.web.clinic.sent import EMERGENCY, MASSAGE, send_to
from tests.web.clinic.staff import Staff
from tests.web.clinic.test_inbox import INBOX, names
from tests.web.conftest import KEY, Clock

__all__ = ["migrated_template", "url"]


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """A new database of either kind."""
    database = Database(url, Vault([KEY]))
    yield database
    database.close()


@dataclass
class Asked:
    """What a page asked of the database."""

    transactions: int = 0
    statements: list[str] = field(default_factory=list)

    def begin(self, *_: object) -> None:
        self.transactions += 1

    def note(self, *given: object) -> None:
        self.statements.append(str(given[2]))


def asked_by_inbox(staff: Staff) -> Asked:
    """Open the inbox twice, as the first notes who is there; return what the second took."""
    for _ in range(2):
        asked = Asked()
        event.listen(Engine, "begin", asked.begin)
        event.listen(Engine, "before_cursor_execute", asked.note)
        try:
            assert staff.get(f"{INBOX}?state=any").status == 200
        finally:
            event.remove(Engine, "begin", asked.begin)
            event.remove(Engine, "before_cursor_execute", asked.note)
    return asked


def busy(staff: Staff, database: Database, number: int) -> None:
    """Have as many wait by the rules of today, taken back, and changed by somebody else."""
    clinic = staff.who.clinic.id
    for _ in range(number):
        waits, gone, changed = (send_to(staff, MASSAGE, "Bea") for _ in range(3))
        with database.writing() as tx:
            assert rechecks.add(tx, clinic, Recheck(waits, "new", 3, "emergency", 1, {}, ()))
            withdrawals.add(tx, clinic, gone, 1)
            statement = text("UPDATE responses SET urgency = 9 WHERE id = :id")
            tx.connection.execute(statement, {"id": changed})


def test_a_full_page_takes_few_statements_and_no_more_for_what_stands_in_it(
    staff: Staff, database: Database
) -> None:
    for number in range(PAGE + 1):
        send_to(staff, EMERGENCY if number % 2 else MASSAGE, f"Client {number}")
    quiet = asked_by_inbox(staff)
    assert (quiet.transactions, len(quiet.statements) <= 25) == (3, True), quiet.statements

    busy(staff, database, 1)
    some = asked_by_inbox(staff)
    busy(staff, database, 3)
    more = asked_by_inbox(staff)
    assert some.transactions == more.transactions == 3
    assert len(some.statements) == len(more.statements) <= 30, more.statements


def test_each_look_leaves_its_entry_and_shows_what_has_come_since(
    staff: Staff, database: Database, clock: Clock
) -> None:
    def entries() -> int:
        with database.reading() as tx:
            found = audit.listed(tx, staff.who.clinic.id, audit.Sought(), None, 100)
        return sum(one.act == Act.INBOX_READ.value for one in found)

    seen: list[ResponseId] = []
    for number in range(2):
        clock.now += 60
        seen.append(send_to(staff, EMERGENCY, f"Client {number}"))
        page = staff.get(INBOX)
        assert len(names(page)) == len(seen)
        assert f"({len(seen)}" in page.title
        assert entries() == len(seen)
