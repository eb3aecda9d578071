"""What a clinic has kept for its time, and what not yet, and whether just the right things went."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from assessment.practice.keeping.periods import AHEAD, DAY
from assessment.practice.post.invitations import Invitations
from assessment.records import clients, clinics, invitations, keeping, responses
from assessment.records.acts import Act
from assessment.records.audit_tables import audit_entries
from assessment.records.ids import ClinicId, InvitationId, ResponseId, new_id
from assessment.records.tables import invitations as invitations_table
from assessment.records.tables import responses as responses_table
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable
from tests.records.some import some_client, some_response
from tests.stress.clinic import Clinic

KEPT, KEPT_UNANSWERED = 90, 30
_TOLD_AGO = 8 * DAY
_DAYS = 7


@dataclass(frozen=True)
class Old:
    """Responses and invitations that are due to be erased, and some that are not yet."""

    clinic: ClinicId
    due: frozenset[ResponseId]
    due_links: frozenset[InvitationId]
    kept: frozenset[ResponseId]
    kept_links: frozenset[InvitationId]

    def left(self, tx: Transaction) -> int:
        """Return how many are there that are due."""
        return sum(1 for _ in self._there(tx))

    def _there(self, tx: Transaction) -> Iterator[str]:
        for table, due in ((responses_table, self.due), (invitations_table, self.due_links)):
            yield from tx.connection.execute(
                select(table.c.id).where(table.c.clinic == self.clinic, table.c.id.in_(due))
            ).scalars()

    def faults(self, tx: Transaction) -> Iterator[str]:
        """Say what stayed that should have gone, and what went that should have stayed."""
        yield from (f"{one} was not purged" for one in self._there(tx))
        for response in self.kept:
            try:
                there = responses.get(tx, self.clinic, response) is not None
            except Unreadable:
                there = False
            if not there:
                yield f"response {response} cannot be read before it is due to go"
        for link in self.kept_links:
            if (found := invitations.get(tx, self.clinic, link)) is None or not found.readable:
                yield f"invitation {link} cannot be read before it is due to go"
        expected = Counter((Act.RESPONSE_ERASED.value, str(one)) for one in self.due)
        expected.update((Act.INVITATION_ERASED.value, str(one)) for one in self.due_links)
        if _erased(tx, self.clinic) != expected:
            yield "the audit log does not say once of each what was purged"


def grown_old(clinic: Clinic, count: int) -> Old:
    """Give a clinic so many of each kind, periods, and a notice of what goes."""
    who, now = clinic.owner(), int(time.time())
    id = who.clinic.id
    with clinic.database.writing() as tx:
        clinics.set_periods(tx, id, KEPT, KEPT_UNANSWERED, KEPT)
        keeping.announce(tx, id, now - _TOLD_AGO, now - _TOLD_AGO + AHEAD)
        due = _responses(tx, id, count, now - (KEPT + 1) * DAY)
        kept = _responses(tx, id, count, now - (KEPT - 1) * DAY)

    def links(days_ago: int) -> frozenset[InvitationId]:
        desk = Invitations(clinic.database, lambda: now - days_ago * DAY)
        made = (desk.invite(who, "Somebody", "", _DAYS, "") for _ in range(count))
        return frozenset(one.invitation.id for one in made)

    ended = KEPT_UNANSWERED + _DAYS
    return Old(id, due, links(ended + 2), kept, links(ended - 2))


def _responses(tx: Transaction, clinic: ClinicId, count: int, came: int) -> frozenset[ResponseId]:
    made = set()
    for _ in range(count):
        client = some_client(clinic)
        response = some_response(client.id, received_at=came)
        clients.add(tx, client)
        responses.add(tx, clinic, response, new_id())
        made.add(response.line.id)
    return frozenset(made)


def _erased(tx: Transaction, clinic: ClinicId) -> Counter[tuple[str, str]]:
    acts = (Act.RESPONSE_ERASED.value, Act.INVITATION_ERASED.value)
    entries = audit_entries.c
    rows = tx.connection.execute(
        select(entries.act, entries.about).where(entries.clinic == clinic, entries.act.in_(acts))
    )
    return Counter((act, about) for act, about in rows)
