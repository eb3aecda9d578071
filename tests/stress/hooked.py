"""A webhook of a clinic, and whether the program that it leads to was told of everything."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import exists, select

from assessment.practice.events import Kind
from assessment.practice.hooks.signing import new_secret
from assessment.records import webhooks
from assessment.records.ids import WebhookId, new_id
from assessment.records.webhook_tables import deliveries
from assessment.records.webhooks import Webhook
from tests.practice.hooks.stand_in import HOST, StandIn, Taken
from tests.stress.clinic import Clinic

Told = tuple[str, str]
"""What happened, and the id of the response or the invitation that it happened to."""
_ABOUT = {Kind.RESPONSE_RECEIVED.value: "response", Kind.INVITATION_ENDED.value: "invitation"}


@dataclass
class Hooks:
    """The webhook of a clinic, and the program that it leads to."""

    clinic: Clinic
    program: StandIn
    webhook: Webhook = field(init=False)

    def __post_init__(self) -> None:
        """Add the webhook."""
        self.webhook = Webhook(
            self.clinic.owner().clinic.id, WebhookId(new_id()), int(time.time()),
            f"https://{HOST}/in?key=a", new_secret(), with_urgency=True,
        )  # fmt: skip
        with self.clinic.database.writing() as tx:
            webhooks.add(tx, self.webhook)

    def is_waiting(self) -> bool:
        """Whether something has not arrived yet, as far as is known."""
        with self.clinic.database.reading() as tx:
            waits = select(exists().where(deliveries.c.due_at.is_not(None)))
            return bool(tx.connection.execute(waits).scalar_one())

    def faults(self, happened: set[Told]) -> Iterator[str]:
        """Say which of what happened was not told, or not as it should be."""
        ids: dict[Told, set[str]] = {}
        bodies: dict[str, set[bytes]] = {}
        for one in self.program.taken:
            if not one.is_signed_with(self.webhook.secret):
                yield "a webhook: its signature is wrong"
            ids.setdefault(_told(one), set()).add(one.id)
            bodies.setdefault(one.id, set()).add(one.body)
        yield from (f"a webhook: {what} of {about} was lost" for what, about in happened - {*ids})
        yield from (f"a webhook: {what} of {about} never was" for what, about in {*ids} - happened)
        for (what, about), known_as in ids.items():
            if len(known_as) != 1:
                yield f"a webhook: {what} of {about} has {len(known_as)} ids"
        if any(len(said) != 1 for said in bodies.values()):
            yield "a webhook: one id says different things"


def _told(taken: Taken) -> Told:
    said = json.loads(taken.body)
    return said["type"], said["data"][_ABOUT[said["type"]]]
