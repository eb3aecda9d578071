"""Invitations: links that were handed out, and how far each has got."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, select, tuple_, update

from assessment.records.authentic import is_authentic, mac_of
from assessment.records.ids import ClientId, ClinicId, InvitationId
from assessment.records.model import Invitation
from assessment.records.sealed import seal, words_of
from assessment.records.tables import at, invitations, storable
from assessment.records.transactions import Transaction
from assessment.records.vault import Secret

_WORDS = ("name", "email", "note")
_PLAIN = [f.name for f in fields(Invitation) if f.name not in (*_WORDS, "readable")]
_COLUMNS = [invitations.c[name] for name in (*_PLAIN, "sealed")]


def add(tx: Transaction, invitation: Invitation, token: str) -> None:
    """Add an invitation; `token` is what stands in its link."""
    values = {name: getattr(invitation, name) for name in _PLAIN}
    words = {name: getattr(invitation, name) for name in _WORDS}
    place = (invitation.clinic, invitation.client, invitation.id)
    sealed = seal(tx, invitations, place, words)
    hashed = tx.vault.secret_hash(Secret.LINK, token)
    row = {**values, "token_hash": hashed, "sealed": sealed}
    row["mac"] = mac_of(tx, invitations, row)
    tx.connection.execute(insert(invitations).values(row))


def get(tx: Transaction, clinic: ClinicId, id: InvitationId) -> Invitation | None:
    """Return one of a clinic's invitations."""
    return _one(tx, at(invitations, clinic, id))


def by_token(tx: Transaction, token: str) -> Invitation | None:
    """Return the invitation of a link, also one that is used, revoked or has expired.

    One that was changed by somebody else opens nothing.
    """
    hashed = tx.vault.secret_hash(Secret.LINK, token)
    row = tx.connection.execute(
        select(invitations).where(invitations.c.token_hash == hashed)
    ).one_or_none()
    if row is None or not is_authentic(tx, invitations, row):
        return None
    return get(tx, row.clinic, row.id)


def listed(
    tx: Transaction, clinic: ClinicId, *, before: tuple[int, str] | None, limit: int
) -> tuple[Invitation, ...]:
    """Return a clinic's invitations, the newest first.

    `before` is the `created_at` and the id of the last one that was seen.
    """
    key = (invitations.c.created_at, invitations.c.id)
    statement = select(*_COLUMNS).where(invitations.c.clinic == clinic)
    if before is not None:
        statement = statement.where(tuple_(*key) < (storable(before[0]), before[1]))
    ordered = statement.order_by(*(column.desc() for column in key)).limit(limit)
    return tuple(_read(tx, row) for row in tx.connection.execute(ordered))


def of_client(tx: Transaction, clinic: ClinicId, client: ClientId) -> tuple[Invitation, ...]:
    """Return a client's invitations, the newest first."""
    rows = tx.connection.execute(
        select(*_COLUMNS)
        .where(invitations.c.clinic == clinic, invitations.c.client == client)
        .order_by(invitations.c.created_at.desc(), invitations.c.id.desc())
    )
    return tuple(_read(tx, row) for row in rows)


def was_for(tx: Transaction, clinic: ClinicId, id: InvitationId, client: ClientId) -> bool:
    """Whether we wrote this invitation, and for this client."""
    row = tx.connection.execute(
        select(invitations).where(at(invitations, clinic, id), invitations.c.client == client)
    ).one_or_none()
    return row is not None and is_authentic(tx, invitations, row)


def opened(tx: Transaction, clinic: ClinicId, id: InvitationId, now: int) -> None:
    """Write when the link was opened; only the first time counts."""
    _write(tx, clinic, id, invitations.c.opened_at.is_(None), opened_at=now)


def progress(
    tx: Transaction, clinic: ClinicId, id: InvitationId, answered: int, of_about: int
) -> None:
    """Write how many questions are answered, of about how many; not of a link that is closed."""
    is_kept = invitations.c.closed_at.is_(None)
    _write(tx, clinic, id, is_kept, answered=answered, of_about=of_about)


def mailed(tx: Transaction, clinic: ClinicId, id: InvitationId, now: int) -> None:
    """Write when the link was last mailed."""
    _write(tx, clinic, id, mailed_at=now)


def revoke(
    tx: Transaction,
    clinic: ClinicId,
    id: InvitationId,
    now: int,
    replaced_by: InvitationId | None = None,
) -> bool:
    """Make a link useless that has not ended yet; return whether it was one."""
    return _write(tx, clinic, id, _IS_OPEN, revoked_at=now, replaced_by=replaced_by)


def use(tx: Transaction, clinic: ClinicId, id: InvitationId, now: int) -> bool:
    """Use a link up; return whether it was neither used nor revoked nor closed.

    Of several who try at once, one succeeds. Expiry is for the caller.
    """
    return _write(tx, clinic, id, _IS_OPEN, used_at=now)


def close(tx: Transaction, clinic: ClinicId, id: InvitationId, now: int) -> bool:
    """Close a link at the client's wish, unless it has ended; return whether it was open.

    How far they got is forgotten.
    """
    forgotten = {"opened_at": None, "answered": 0, "of_about": 0}
    return _write(tx, clinic, id, _IS_OPEN, closed_at=now, **forgotten)


_IS_OPEN = and_(
    invitations.c.used_at.is_(None),
    invitations.c.revoked_at.is_(None),
    invitations.c.closed_at.is_(None),
)


def _write(
    tx: Transaction,
    clinic: ClinicId,
    id: InvitationId,
    *conditions: ColumnElement[bool],
    **values: object,
) -> bool:
    statement = update(invitations).where(at(invitations, clinic, id), *conditions)
    return tx.connection.execute(statement.values(**values)).rowcount == 1


def _one(tx: Transaction, condition: ColumnElement[bool]) -> Invitation | None:
    row = tx.connection.execute(select(*_COLUMNS).where(condition)).one_or_none()
    return None if row is None else _read(tx, row)


def _read(tx: Transaction, row: Row[Any]) -> Invitation:
    words = words_of(tx, invitations, (row.clinic, row.client, row.id), row.sealed)
    plain: dict[str, Any] = dict(zip(_PLAIN, row, strict=False))
    plain |= {name: "" if words is None else words[name] for name in _WORDS}
    return Invitation(**plain, readable=words is not None)
