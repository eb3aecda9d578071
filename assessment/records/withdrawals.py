"""Consents that clients took back. The response stays until the clinic erases it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, and_, select

from assessment.records import erasures
from assessment.records.authentic import is_authentic, mac_of
from assessment.records.erasures import Erased
from assessment.records.ids import ClinicId, ResponseId, TherapistId
from assessment.records.keeping_tables import withdrawals
from assessment.records.tables import responses
from assessment.records.transactions import Transaction, add_new
from assessment.records.whose import came_back_to

MOST = 20
"""Responses that a list of these names."""


def add(tx: Transaction, clinic: ClinicId, response: ResponseId, now: int) -> bool:
    """Note that the consent for a response was taken back; return False where it was before."""
    is_new = _put(tx, clinic, response, now)
    if is_new:
        hashed = tx.vault.erasure_hashes(clinic, withdrawals.name, response)[0]
        erasures.note(tx, [Erased(clinic, hashed, now)])
    return is_new


def add_again(tx: Transaction, entries: Collection[Erased]) -> int:
    """Put back what a backup did not have of these entries of the register; return how many."""
    times = {one.key: one.erased_at for one in entries}
    done = 0
    for clinic, ids in erasures.named(tx, responses, entries, withdrawals.name).items():
        for id in ids:
            hashes = tx.vault.erasure_hashes(clinic, withdrawals.name, id)
            at = min(times[clinic, one] for one in hashes if (clinic, one) in times)
            done += _put(tx, clinic, ResponseId(id), at)
    return done


def _put(tx: Transaction, clinic: ClinicId, response: ResponseId, at: int) -> bool:
    """Add the row; return False where there is one."""
    values = {"clinic": clinic, "id": response, "withdrawn_at": at}
    mac = mac_of(tx, withdrawals, values)
    return add_new(tx, withdrawals, ("clinic", "id"), **values, mac=mac)


def of_responses(
    tx: Transaction, clinic: ClinicId, ids: Iterable[ResponseId]
) -> dict[ResponseId, int]:
    """Return when the consents for these responses were taken back, of those that were.

    A row that somebody else changed counts: nothing is read as agreed to where it may not be.
    """
    mine = select(withdrawals).where(withdrawals.c.clinic == clinic, withdrawals.c.id.in_([*ids]))
    return _taken_back(tx, tx.connection.execute(mine))


def listed(
    tx: Transaction, clinic: ClinicId, only: TherapistId | None = None
) -> tuple[ResponseId, ...]:
    """Return the responses whose consent was taken back, the latest first, up to `MOST`.

    With `only`: of those that came back to them.
    """
    found = select(withdrawals).where(withdrawals.c.clinic == clinic)
    if only is not None:
        of_it = and_(responses.c.clinic == clinic, responses.c.id == withdrawals.c.id)
        found = found.join_from(withdrawals, responses, of_it).where(came_back_to(only))
    latest = found.order_by(withdrawals.c.withdrawn_at.desc(), withdrawals.c.id).limit(MOST)
    return tuple(_taken_back(tx, tx.connection.execute(latest)))


def _taken_back(tx: Transaction, rows: Iterable[Row[Any]]) -> dict[ResponseId, int]:
    """Return the times of these rows by response; one that is not as we wrote it is logged."""
    found = {}
    for row in rows:
        is_authentic(tx, withdrawals, row)
        found[row.id] = row.withdrawn_at
    return found
