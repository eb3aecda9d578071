"""Pieces of statements that look for what came back to one therapist."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from assessment.records.ids import ClientId, ClinicId, TherapistId
from assessment.records.tables import invitations, responses
from assessment.records.transactions import Transaction


def invited_by(clinic: ClinicId, only: TherapistId) -> Select[Any]:
    """Return what asks for the ids of a therapist's invitations."""
    return select(invitations.c.id).where(
        invitations.c.clinic == clinic, invitations.c.therapist == only
    )


def came_back_to(only: TherapistId) -> ColumnElement[bool]:
    """Return the condition that a response came back to a therapist, asked of each one singly.

    Where a list is short, or ends early, that is faster than to find all of their invitations.
    """
    return exists().where(
        invitations.c.clinic == responses.c.clinic,
        invitations.c.id == responses.c.invitation,
        invitations.c.therapist == only,
    )


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
    """Return how many invitations are a therapist's, and how many responses came back to them."""
    mine = invited_by(clinic, only)
    back = select(responses.c.id).where(
        responses.c.clinic == clinic, responses.c.invitation.in_(mine)
    )
    made, sent = (
        tx.connection.execute(select(func.count()).select_from(one.subquery())).scalar_one()
        for one in (mine, back)
    )
    return made, sent
