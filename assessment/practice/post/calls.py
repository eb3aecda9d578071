"""Calls of other programs to make an invitation, which may come twice.

A booking system that heard no answer calls again, perhaps at the same moment. The id of what a call
makes follows from its name, so there is one at most; the secret of its link follows from all that
it said, so the same call learns the same link, and nothing more has to be stored. Both are made
with the key of the records: nobody else can tell them from random ones.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass

from assessment.records.ids import InvitationId, id_from
from assessment.records.model import Clinic
from assessment.records.vault import Secret, Vault


@dataclass(frozen=True, slots=True)
class Call:
    """A call: its `name` is the same whenever it is repeated, and it `says` what is wanted."""

    name: str
    says: str


class SaidOtherwise(Exception):  # noqa: N818  an answer to whoever calls, not an error of ours
    """A call of this name said something else before, and made `invitation`."""

    def __init__(self, invitation: InvitationId) -> None:
        super().__init__()
        self.invitation = invitation


def made_for(call: Call, vault: Vault, clinic: Clinic) -> tuple[InvitationId, str]:
    """Return the id of the invitation that a call makes, and the secret of its link."""
    named = f"{clinic.id}\n{len(call.name)}\n{call.name}"
    id = id_from("call", vault.secret_hash(Secret.CALL, named))
    secret = vault.secret_hash(Secret.CALL, f"{named}\n{call.says}\nlink")
    return InvitationId(id), urlsafe_b64encode(bytes.fromhex(secret)).decode().rstrip("=")
