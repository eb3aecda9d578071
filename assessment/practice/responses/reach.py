"""How a therapist reaches a client: by what was last given of them in an invitation, or by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assessment.practice.staff.accounts import SignedIn
from assessment.records import clients, invitations
from assessment.records.ids import ClientId
from assessment.records.model import Client, Invitation
from assessment.records.transactions import Transaction
from assessment.records.whose import is_client_of


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach a client, the number as exports/phones.py keeps it; empty where not known."""

    phone: str = ""
    email: str = ""


UNKNOWN = Reach()


def reach_by(client: Client, invited: Iterable[Invitation]) -> Reach:
    """Return the first number and the first address of these invitations, or what is kept."""
    invited = tuple(invited)
    return Reach(
        next((one.phone for one in invited if one.phone), client.phone),
        next((one.email for one in invited if one.email), client.email),
    )


def reach_of(
    tx: Transaction, who: SignedIn, client: ClientId, invited: Invitation | None = None
) -> Reach:
    """Return how to reach a client, by the newest invitations that they see.

    What stands in `invited` comes before those. Of somebody they do not see nothing is known.
    """
    clinic, only = who.clinic.id, who.only
    found = clients.get(tx, clinic, client)
    if found is None or (only is not None and not is_client_of(tx, clinic, client, only)):
        return UNKNOWN
    every = invitations.of_client(tx, clinic, client)
    seen = [one for one in every if only in (None, one.therapist)]
    return reach_by(found, seen if invited is None else (invited, *seen))
