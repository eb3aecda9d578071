"""What has been kept for its time, and what was said about that before it goes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, insert, or_, select

from assessment.records import erasures
from assessment.records.erasures import ErasedRow
from assessment.records.ids import ClientId, ClinicId, InvitationId, ResponseId, TherapistId
from assessment.records.keeping_tables import purge_notices
from assessment.records.searching import up_to
from assessment.records.tables import clients, invitations, responses
from assessment.records.transactions import Transaction
from assessment.records.whose import few_of, of_theirs

MOST = 1000
"""Responses or invitations up to which they are counted for a page."""

_HAS_RESPONSE = exists().where(
    responses.c.clinic == invitations.c.clinic, responses.c.invitation == invitations.c.id
)


def old_responses(
    tx: Transaction,
    clinic: ClinicId,
    until: int,
    limit: int,
    only: TherapistId | None = None,
) -> tuple[tuple[ResponseId, ClientId], ...]:
    """Return the responses that came by a time, the oldest first, with whose they are."""
    oldest = _responses(tx, clinic, until, only).order_by(responses.c.received_at, responses.c.id)
    return tuple((row.id, row.client) for row in tx.connection.execute(oldest.limit(limit)))


def old_invitations(
    tx: Transaction, clinic: ClinicId, unanswered: int | None, answered: int | None, limit: int
) -> tuple[tuple[InvitationId, ClientId], ...]:
    """Return invitations to go, with whose they are: those that ended by a time `unanswered`,
    and those that were `answered` by a time and whose response is gone. None for no such time.
    """
    ways = []
    if unanswered is not None:
        ways.append(and_(invitations.c.used_at.is_(None), invitations.c.expires_at <= unanswered))
    if answered is not None:
        ways.append(invitations.c.used_at <= answered)
    if not ways:
        return ()
    found = select(invitations.c.id, invitations.c.client).where(
        invitations.c.clinic == clinic, or_(*ways), ~_HAS_RESPONSE
    )
    rows = tx.connection.execute(found.limit(limit))
    return tuple((row.id, row.client) for row in rows)


def unanswered(
    tx: Transaction, clinic: ClinicId, until: int, limit: int, only: TherapistId | None = None
) -> tuple[InvitationId, ...]:
    """Return the invitations that ended by a time without an answer, the oldest first."""
    oldest = _unanswered(tx, clinic, until, only).order_by(invitations.c.expires_at)
    return tuple(tx.connection.execute(oldest.limit(limit)).scalars())


def count(
    tx: Transaction,
    clinic: ClinicId,
    answered: int | None,
    ended: int | None,
    only: TherapistId | None = None,
) -> tuple[int, int]:
    """Return how many responses came by a time and how many links ended by one; up to `MOST`."""
    return (
        0 if answered is None else up_to(tx, MOST, _times(_responses(tx, clinic, answered, only))),
        0 if ended is None else up_to(tx, MOST, _unanswered(tx, clinic, ended, only)),
    )


def oldest(tx: Transaction, clinic: ClinicId) -> tuple[int | None, int | None]:
    """Return when the oldest response came and when the first unanswered link ended or will."""
    came = select(func.min(responses.c.received_at)).where(responses.c.clinic == clinic)
    ended = select(func.min(invitations.c.expires_at)).where(
        invitations.c.clinic == clinic, invitations.c.used_at.is_(None)
    )
    return tx.connection.execute(came).scalar_one(), tx.connection.execute(ended).scalar_one()


def left_alone(
    tx: Transaction, clinic: ClinicId, among: Collection[ClientId]
) -> tuple[ClientId, ...]:
    """Return those clients of whom neither an invitation nor a response is left."""
    theirs = [
        exists().where(table.c.clinic == clients.c.clinic, table.c.client == clients.c.id)
        for table in (invitations, responses)
    ]
    found = select(clients.c.id).where(clients.c.clinic == clinic, clients.c.id.in_([*among]))
    return tuple(tx.connection.execute(found.where(*(~one for one in theirs))).scalars())


def erase_old(
    tx: Transaction,
    clinic: ClinicId,
    answered: int | None,
    ended: int | None,
    limit: int,
    now: int,
) -> tuple[tuple[ErasedRow, ...], tuple[ClientId, ...]]:
    """Erase the oldest few of what came by a time `answered` or `ended` by one; None for nothing.

    Clients go with the last that was theirs. Returns what went, and of which other clients
    something did.
    """
    sent = () if answered is None else old_responses(tx, clinic, answered, limit)
    gone = erasures.erase(tx, responses, clinic, [id for id, _ in sent], now)
    made = old_invitations(tx, clinic, ended, answered, limit)
    over = erasures.erase(tx, invitations, clinic, [id for id, _ in made], now)
    whose = dict.fromkeys(client for _, client in (*sent, *made))
    empty = left_alone(tx, clinic, whose)
    left = erasures.erase(tx, clients, clinic, empty, now)
    return (*gone, *over, *left), tuple(one for one in whose if one not in empty)


def announce(tx: Transaction, clinic: ClinicId, now: int, until: int) -> None:
    """Note that what has been kept for its time by `until` is said to go; drop older notices."""
    mine = purge_notices.c.clinic == clinic
    tx.connection.execute(delete(purge_notices).where(mine, purge_notices.c.made_at >= now))
    tx.connection.execute(insert(purge_notices).values(clinic=clinic, made_at=now, until=until))


def notices(tx: Transaction, clinic: ClinicId) -> tuple[tuple[int, int], ...]:
    """Return when something was said, and of what goes until when; the latest last."""
    found = select(purge_notices.c.made_at, purge_notices.c.until).where(
        purge_notices.c.clinic == clinic
    )
    rows = tx.connection.execute(found.order_by(purge_notices.c.made_at))
    return tuple((row.made_at, row.until) for row in rows)


def forget_notices(tx: Transaction, clinic: ClinicId, before: int | None = None) -> None:
    """Forget what was said, or what was said before a time; then nothing goes because of it."""
    mine = purge_notices.c.clinic == clinic
    if before is not None:
        mine = and_(mine, purge_notices.c.made_at < before)
    tx.connection.execute(delete(purge_notices).where(mine))


def _times(found: Select[Any]) -> Select[Any]:
    """Return what asks for no more than stands in the index, of responses to be counted."""
    return found.with_only_columns(responses.c.received_at)


def _responses(
    tx: Transaction, clinic: ClinicId, until: int, only: TherapistId | None
) -> Select[Any]:
    found = select(responses.c.id, responses.c.client).where(
        responses.c.clinic == clinic, responses.c.received_at <= until
    )
    return found if only is None else found.where(of_theirs(tx, clinic, only))


def _unanswered(
    tx: Transaction, clinic: ClinicId, until: int, only: TherapistId | None
) -> Select[Any]:
    found = select(invitations.c.id).where(
        invitations.c.clinic == clinic,
        invitations.c.used_at.is_(None),
        invitations.c.expires_at <= until,
        ~_HAS_RESPONSE,
    )
    if only is None:
        return found
    few = few_of(tx, clinic, only)
    return found.where(
        invitations.c.therapist == only if few is None else invitations.c.id.in_(few)
    )
