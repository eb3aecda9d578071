"""Calls of other programs to make an invitation, which may come twice.

A booking system that heard no answer calls again, perhaps at the same moment. The id of what a call
makes follows from its name, so there is one at most; the secret of its link follows from all that
it said, so the same call learns the same link, and nothing more has to be stored. Both are made
with the key of the records: nobody else can tell them from random ones.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass

from assessment.records import invitations
from assessment.records.ids import InvitationId, hash_of, id_from
from assessment.records.model import Clinic, Invitation
from assessment.records.transactions import Transaction, alone
from assessment.records.vault import Secret, Vault


@dataclass(frozen=True, slots=True)
class Call:
    """A call: its `name` is the same whenever it is repeated, and it `says` what is wanted."""

    name: str
    says: str


class SaidOtherwise(Exception):
    """A call of this name said something else before, and made `invitation`."""

    def __init__(self, invitation: InvitationId) -> None:
        super().__init__()
        self.invitation = invitation


def made_for(call: Call, vault: Vault, clinic: Clinic) -> tuple[InvitationId, str]:
    """Return the id of the invitation that a call makes, and the secret of its link."""
    return _ever_made_for(call, vault, clinic)[0]


def made_before(tx: Transaction, call: Call, clinic: Clinic) -> tuple[Invitation, str] | None:
    """Return what a call made before, under whichever key, and the secret of its link.

    Raises SaidOtherwise when that one said else.
    """
    for id, token in _ever_made_for(call, tx.vault, clinic):
        found = invitations.get(tx, clinic.id, id)
        if found is not None:
            same = invitations.by_token(tx, token)
            if same is None or same.id != id:
                raise SaidOtherwise(id)
            return found, token
    return None


def alone_with(tx: Transaction, call: Call, clinic: Clinic) -> None:
    """Wait for others who are at the same call, under whichever key."""
    alone(tx, "call", clinic.id, hash_of(call.name))


def _ever_made_for(
    call: Call, vault: Vault, clinic: Clinic
) -> tuple[tuple[InvitationId, str], ...]:
    """Return what a call may have made, under each key; what it makes now is the first."""
    named = f"{clinic.id}\n{len(call.name)}\n{call.name}"
    ids = vault.secret_hashes(Secret.CALL, named)
    secrets = vault.secret_hashes(Secret.CALL, f"{named}\n{call.says}\nlink")
    return tuple(
        (InvitationId(id_from("call", id)), _token(secret))
        for id, secret in zip(ids, secrets, strict=True)
    )


def _token(secret: str) -> str:
    return urlsafe_b64encode(bytes.fromhex(secret)).decode().rstrip("=")
