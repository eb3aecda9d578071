"""What the owner of a clinic does about webhooks: adds them, looks at what they were told."""

from __future__ import annotations

from collections.abc import Callable

from assessment.practice import events
from assessment.practice.hooks.destinations import NotAllowed
from assessment.practice.hooks.http_client import HttpClient
from assessment.practice.hooks.sending import Off
from assessment.practice.hooks.signing import new_secret
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.owners import refuse_others
from assessment.records import audit, deliveries, webhooks
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.deliveries import Delivery
from assessment.records.ids import DeliveryId, WebhookId, new_id
from assessment.records.transactions import Transaction, alone
from assessment.records.webhooks import Webhook

MOST = 5
"""Webhooks of one clinic."""
SHOWN = 50
"""Deliveries that are shown."""


class Webhooks:
    """What an owner can do; `who` is always that owner.

    Every method raises Refused (NOT_OWNER) for anybody else, LookupError for what their clinic does
    not have, and Unavailable when the database is away; then nothing was changed.
    """

    def __init__(self, database: Database, clock: Callable[[], float], caller: HttpClient) -> None:
        self._database = database
        self._clock = clock
        self._caller = caller

    def every(self, who: SignedIn) -> tuple[tuple[Webhook, ...], tuple[Delivery, ...]]:
        """Return every webhook, and the last deliveries, newest first."""
        with self._database.reading() as tx:
            refuse_others(tx, who)
            found = webhooks.of_clinic(tx, who.clinic.id)
            return found, deliveries.latest(tx, who.clinic.id, SHOWN)

    def add(self, who: SignedIn, url: str, *, with_urgency: bool) -> Webhook:
        """Add a destination; its secret is told this once.

        Raises NotAllowed for an address that may not be called, or when there are as many as can
        be.
        """
        with self._database.reading() as tx:
            refuse_others(tx, who)  # before a name is looked up for them
        self._caller.check(url)
        made = Webhook(
            who.clinic.id, WebhookId(new_id()), self._now(), url, new_secret(),
            with_urgency=with_urgency,
        )  # fmt: skip
        with self._database.writing() as tx:
            alone(tx, "webhooks", who.clinic.id)
            refuse_others(tx, who)
            if len(webhooks.of_clinic(tx, who.clinic.id)) >= MOST:
                raise NotAllowed(f"A clinic can have up to {MOST} webhooks. Remove one first")
            webhooks.add(tx, made)
            audit.append(tx, who.by, Act.WEBHOOK_ADDED, made.made_at, made.id)
            return made

    def remove(self, who: SignedIn, id: WebhookId) -> None:
        """Remove one, with everything that it was told or was to be told."""
        with self._database.writing() as tx:
            refuse_others(tx, who)
            webhooks.remove(tx, who.clinic.id, _found(tx, who, id).id)
            audit.append(tx, who.by, Act.WEBHOOK_REMOVED, self._now(), id)

    def switch(self, who: SignedIn, id: WebhookId, *, on: bool) -> None:
        """Go on with one, with what waited for it first, or send nothing more to it."""
        with self._database.writing() as tx:
            refuse_others(tx, who)
            one = _found(tx, who, id)
            if on:
                webhooks.switch_on(tx, one.clinic, one.id)
            else:
                webhooks.switch_off(tx, one.clinic, one.id, self._now(), Off.BY_OWNER.value)
            act = Act.WEBHOOK_ON if on else Act.WEBHOOK_OFF
            audit.append(tx, who.by, act, self._now(), id)

    def try_out(self, who: SignedIn, id: WebhookId) -> None:
        """Put down something that says nothing, to see whether it arrives."""
        with self._database.writing() as tx:
            refuse_others(tx, who)
            one = _found(tx, who, id)
            if one.readable and one.off_at is None:
                events.tried_out(tx, one, self._now())
                audit.append(tx, who.by, Act.WEBHOOK_TRIED, self._now(), id)

    def send_again(self, who: SignedIn, id: DeliveryId) -> None:
        """Have something sent once more, under the id that it had."""
        with self._database.writing() as tx:
            refuse_others(tx, who)
            if not deliveries.again(tx, who.clinic.id, id, self._now()):
                raise LookupError("there is no such delivery")
            audit.append(tx, who.by, Act.SENT_AGAIN, self._now(), id)

    def _now(self) -> int:
        return int(self._clock())


def _found(tx: Transaction, who: SignedIn, id: WebhookId) -> Webhook:
    found = webhooks.get(tx, who.clinic.id, id)
    if found is None:
        raise LookupError("there is no such webhook")
    return found
