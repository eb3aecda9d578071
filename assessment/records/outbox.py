"""Mails to clients that wait to be sent, in the transaction of what caused them.

A mail is claimed before it is sent: from then on it does not wait any more, and neither its address
nor its link is stored. So whatever happens afterwards, nobody can send it a second time.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Row, and_, delete, func, insert, select, update

from assessment.records.ids import ClinicId, InvitationId
from assessment.records.model import Envelope, Mail, MailKind, Outcome
from assessment.records.sealed import known, seal, words_of
from assessment.records.tables import at, outbox
from assessment.records.transactions import Transaction

_COLUMNS = [outbox.c[field.name] for field in fields(Mail)]
_WAITS = outbox.c.claimed_at.is_(None)


def add(tx: Transaction, mail: Mail, envelope: Envelope) -> None:
    """Add a mail that waits."""
    row = asdict(mail) | {"sealed": _sealed(tx, mail, envelope)}
    tx.connection.execute(insert(outbox).values(row))


def due(tx: Transaction, now: int, limit: int) -> tuple[Mail, ...]:
    """Return up to `limit` mails of all clinics that wait and are due, the longest due first."""
    rows = tx.connection.execute(
        select(*_COLUMNS)
        .where(_WAITS, outbox.c.due_at <= now)
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(limit)
    )
    return tuple(map(_read, rows))


def of_invitation(tx: Transaction, clinic: ClinicId, invitation: InvitationId) -> tuple[Mail, ...]:
    """Return every mail about an invitation, in the order of their times."""
    rows = tx.connection.execute(
        select(*_COLUMNS)
        .where(outbox.c.clinic == clinic, outbox.c.invitation == invitation)
        .order_by(outbox.c.due_at, outbox.c.id)
    )
    return tuple(map(_read, rows))


def claim(tx: Transaction, mail: Mail, now: int) -> Envelope | None:
    """Begin to send a mail that waits: return whom it goes to and its link, and forget both.

    None when it does not wait any more; one that cannot be read is removed. Of several who claim it
    at once, one gets it. Sending may begin once this is committed.
    """
    waiting = and_(at(outbox, mail.clinic, mail.id), _WAITS)
    row = tx.connection.execute(select(outbox.c.sealed).where(waiting)).one_or_none()
    words = None if row is None else words_of(tx, outbox, _place(mail), row.sealed)
    if words is None:
        drop(tx, mail)
        return None
    begun = update(outbox).where(waiting).values(claimed_at=now, sealed=None)
    return (
        Envelope(**known(Envelope, words)) if tx.connection.execute(begun).rowcount == 1 else None
    )


def put_back(tx: Transaction, mail: Mail, envelope: Envelope, due_at: int) -> None:
    """Have a mail wait again that certainly was not sent: once more it is not taken."""
    begun = and_(at(outbox, mail.clinic, mail.id), ~_WAITS, outbox.c.outcome.is_(None))
    tx.connection.execute(
        update(outbox)
        .where(begun)
        .values(
            claimed_at=None,
            due_at=due_at,
            tries=outbox.c.tries + 1,
            sealed=_sealed(tx, mail, envelope),
        )
    )


def postpone(tx: Transaction, mail: Mail, due_at: int) -> None:
    """Have a mail that waits do so until another time."""
    waiting = and_(at(outbox, mail.clinic, mail.id), _WAITS)
    tx.connection.execute(update(outbox).where(waiting).values(due_at=due_at))


def drop(tx: Transaction, mail: Mail) -> None:
    """Remove a mail that waits, and shall not be sent any more."""
    tx.connection.execute(delete(outbox).where(at(outbox, mail.clinic, mail.id), _WAITS))


def finish(tx: Transaction, mail: Mail, outcome: Outcome, trouble: str | None = None) -> None:
    """Write what came of a mail; `trouble` names why it was not sent."""
    tx.connection.execute(
        update(outbox)
        .where(at(outbox, mail.clinic, mail.id))
        .values(outcome=outcome.value, trouble=trouble)
    )


def counts(tx: Transaction, now: int) -> tuple[int, int]:
    """Return how many mails of all clinics wait, and how many of those are due."""
    waiting = select(func.count()).select_from(outbox).where(_WAITS)
    late = waiting.where(outbox.c.due_at <= now)
    return tx.connection.execute(waiting).scalar_one(), tx.connection.execute(late).scalar_one()


def _sealed(tx: Transaction, mail: Mail, envelope: Envelope) -> bytes:
    return seal(tx, outbox, _place(mail), asdict(envelope))


def _place(mail: Mail) -> tuple[str, ...]:
    return mail.clinic, mail.invitation, mail.id


def _read(row: Row[Any]) -> Mail:
    values = dict(row._mapping)
    outcome = None if values["outcome"] is None else Outcome(values["outcome"])
    return Mail(**values | {"kind": MailKind(values["kind"]), "outcome": outcome})
