"""Pieces of statements that look for what came back to one therapist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, exists, false, select

from assessment.records.ids import ClientId, ClinicId, TherapistId
from assessment.records.searching import FEW, up_to
from assessment.records.tables import invitations, responses
from assessment.records.transactions import Transaction

MOST_COUNTED = 1000
"""Invitations of somebody, or responses to them, up to which they are counted."""


def invited_by(clinic: ClinicId, only: TherapistId) -> Select[Any]:
    """Return what asks for the ids of a therapist's invitations."""
    return select(invitations.c.id).where(
        invitations.c.clinic == clinic, invitations.c.therapist == only
    )


def came_back_to(only: TherapistId, source: FromClause = responses) -> ColumnElement[bool]:
    """Return the condition that a response came back to a therapist, asked of each one singly.

    Where a list is short, or ends early, that is faster than to find all of their invitations.
    `source` are some of the responses, where not all are looked at.
    """
    return exists().where(
        invitations.c.clinic == source.c.clinic,
        invitations.c.id == source.c.invitation,
        invitations.c.therapist == only,
    )


def of_theirs(tx: Transaction, clinic: ClinicId, only: TherapistId) -> ColumnElement[bool]:
    """Return the same condition for a long list: whoever invited few is looked for from these."""
    few = few_of(tx, clinic, only)
    if few is None:
        return came_back_to(only)
    # SQLite looks through a whole index for one of none.
    return responses.c.invitation.in_(few) if few else false()


def few_of(tx: Transaction, clinic: ClinicId, only: TherapistId) -> Sequence[str] | None:
    """Return the ids of a therapist's invitations; None where they are many.

    Told singly, a database sees how few they are; of a statement inside it knows nothing.
    """
    mine = tx.connection.execute(invited_by(clinic, only).limit(FEW + 1)).scalars().all()
    return tuple(mine) if len(mine) <= FEW else None


def is_client_of(tx: Transaction, clinic: ClinicId, client: ClientId, only: TherapistId) -> bool:
    """Whether a therapist invited a client."""
    mine = invited_by(clinic, only).where(invitations.c.client == client)
    return tx.connection.execute(mine.limit(1)).first() is not None


def inviter(tx: Transaction, clinic: ClinicId, response: str) -> TherapistId | None:
    """Return who invited the client who sent a response; None when nobody did."""
    found: TherapistId | None = tx.connection.execute(
        select(invitations.c.therapist)
        .join(
            responses,
            (responses.c.clinic == invitations.c.clinic)
            & (responses.c.invitation == invitations.c.id),
        )
        .where(responses.c.clinic == clinic, responses.c.id == response)
    ).scalar_one_or_none()
    return found


def counted(tx: Transaction, clinic: ClinicId, only: TherapistId) -> tuple[int, int]:
    """Return how many invitations are a therapist's, and how many responses came back to them.

    Each is counted up to one more than `MOST_COUNTED`.
    """
    mine = invited_by(clinic, only)
    answered = mine.where(  # a link takes one response
        exists().where(
            responses.c.clinic == invitations.c.clinic, responses.c.invitation == invitations.c.id
        )
    )
    return up_to(tx, MOST_COUNTED + 1, mine), up_to(tx, MOST_COUNTED + 1, answered)
