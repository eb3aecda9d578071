"""What other programs are told of, put down in the transaction of what happened.

Nothing of what a client answered is in it, nor who they are: ids, and how urgent a response is
where the clinic says so for that webhook.
"""

from __future__ import annotations

import datetime
from enum import StrEnum

from assessment.records import deliveries, webhooks
from assessment.records.deliveries import Delivery
from assessment.records.ids import ClinicId, DeliveryId, InvitationId, ResponseId, new_id
from assessment.records.transactions import Transaction
from assessment.records.webhooks import Webhook


class Kind(StrEnum):
    """What happened, as it is named in a webhook."""

    RESPONSE_RECEIVED = "response.received"
    INVITATION_ENDED = "invitation.ended"
    TEST = "webhook.test"


class Ended(StrEnum):
    """Why nobody can answer an invitation any more."""

    DECLINED = "declined"
    REVOKED = "revoked"
    REPLACED = "replaced"


def response_received(
    tx: Transaction,
    clinic: ClinicId,
    response: ResponseId,
    invitation: InvitationId | None,
    urgency: int,
    now: int,
) -> None:
    """Put down that answers came in; `invitation` is None for those from the public page."""
    data: dict[str, object] = {"response": response, "invitation": invitation}
    for webhook in _asking(tx, clinic):
        told = data | {"urgency": urgency} if webhook.with_urgency else data
        _put(tx, webhook, Kind.RESPONSE_RECEIVED, told, now, invitation, response)


def invitation_ended(
    tx: Transaction,
    clinic: ClinicId,
    invitation: InvitationId,
    why: Ended,
    now: int,
    replaced_by: InvitationId | None = None,
) -> None:
    """Put down that an invitation ended without an answer."""
    data: dict[str, object] = {"invitation": invitation, "reason": why.value}
    if replaced_by is not None:
        data["replaced_by"] = replaced_by
    for webhook in _asking(tx, clinic):
        _put(tx, webhook, Kind.INVITATION_ENDED, data, now, invitation)


def tried_out(tx: Transaction, webhook: Webhook, now: int) -> None:
    """Put down something to try a webhook with."""
    _put(tx, webhook, Kind.TEST, {}, now)


def _asking(tx: Transaction, clinic: ClinicId) -> list[Webhook]:
    found = webhooks.of_clinic(tx, clinic)
    return [one for one in found if one.readable and one.off_at is None]


def _put(
    tx: Transaction,
    webhook: Webhook,
    kind: Kind,
    data: dict[str, object],
    now: int,
    invitation: InvitationId | None = None,
    response: ResponseId | None = None,
) -> None:
    happened = datetime.datetime.fromtimestamp(now, datetime.UTC)
    told = {"type": kind.value, "timestamp": f"{happened:%Y-%m-%dT%H:%M:%SZ}", "data": data}
    delivery = Delivery(
        clinic=webhook.clinic,
        id=DeliveryId(new_id()),
        webhook=webhook.id,
        kind=kind.value,
        made_at=now,
        due_at=now,
        invitation=invitation,
        response=response,
    )
    deliveries.add(tx, delivery, told)
