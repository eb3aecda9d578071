"""Webhooks of a clinic: where it has another program told of what happened.

The address is sealed, since a part of it may be a password, and so are the secret that signs and
what may be told: nobody who only writes the database can have anything told to anybody.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from assessment.records.ids import ClinicId, WebhookId
from assessment.records.sealed import seal, unseal
from assessment.records.tables import at
from assessment.records.transactions import Transaction, mark_erased
from assessment.records.vault import Unreadable
from assessment.records.webhook_tables import webhooks


@dataclass(frozen=True, slots=True)
class Webhook:
    """One destination. Of one that is not `readable` nothing but plain columns is known.

    `secret` signs what is sent; `with_urgency`: it may be told how urgent a response is. Nothing
    has reached it since `failing_since`; nothing is sent since `off_at`, `off_because` names why.
    """

    clinic: ClinicId
    id: WebhookId
    made_at: int
    url: str
    secret: str
    with_urgency: bool
    failing_since: int | None = None
    off_at: int | None = None
    off_because: str | None = None
    readable: bool = True


_SEALED = ("url", "secret", "with_urgency")
_PLAIN = tuple(f.name for f in fields(Webhook) if f.name not in (*_SEALED, "readable"))


def add(tx: Transaction, webhook: Webhook) -> None:
    """Add a destination."""
    words = {name: getattr(webhook, name) for name in _SEALED}
    row = {name: getattr(webhook, name) for name in _PLAIN}
    row["sealed"] = seal(tx, webhooks, (webhook.clinic, webhook.id), words)
    tx.connection.execute(insert(webhooks).values(row))


def of_clinic(tx: Transaction, clinic: ClinicId) -> tuple[Webhook, ...]:
    """Return every destination of a clinic, the oldest first."""
    rows = tx.connection.execute(
        select(webhooks)
        .where(webhooks.c.clinic == clinic)
        .order_by(webhooks.c.made_at, webhooks.c.id)
    )
    return tuple(_read(tx, row) for row in rows)


def get(tx: Transaction, clinic: ClinicId, id: WebhookId) -> Webhook | None:
    """Return one of them."""
    row = tx.connection.execute(select(webhooks).where(at(webhooks, clinic, id))).one_or_none()
    return None if row is None else _read(tx, row)


def remove(tx: Transaction, clinic: ClinicId, id: WebhookId) -> None:
    """Remove one, with everything that was or is to be sent to it."""
    tx.connection.execute(delete(webhooks).where(at(webhooks, clinic, id)))
    mark_erased(tx)


def reached(tx: Transaction, clinic: ClinicId, id: WebhookId) -> None:
    """Write that something has reached it."""
    failing = at(webhooks, clinic, id) & webhooks.c.failing_since.is_not(None)
    tx.connection.execute(update(webhooks).where(failing).values(failing_since=None))


def failed(tx: Transaction, clinic: ClinicId, id: WebhookId, now: int) -> None:
    """Write that something did not reach it; the first time since it was reached counts."""
    well = at(webhooks, clinic, id) & webhooks.c.failing_since.is_(None)
    tx.connection.execute(update(webhooks).where(well).values(failing_since=now))


def switch_off(tx: Transaction, clinic: ClinicId, id: WebhookId, now: int, because: str) -> bool:
    """Send nothing more to it; of several who do so at once, one gets True."""
    on = at(webhooks, clinic, id) & webhooks.c.off_at.is_(None)
    done = tx.connection.execute(update(webhooks).where(on).values(off_at=now, off_because=because))
    return done.rowcount == 1


def switch_on(tx: Transaction, clinic: ClinicId, id: WebhookId) -> None:
    """Send to it again."""
    tx.connection.execute(
        update(webhooks)
        .where(at(webhooks, clinic, id))
        .values(off_at=None, off_because=None, failing_since=None)
    )


def _read(tx: Transaction, row: Row[Any]) -> Webhook:
    plain = {name: row._mapping[name] for name in _PLAIN}
    try:
        words: dict[str, Any] = unseal(tx, webhooks, (row.clinic, row.id), row.sealed)
    except Unreadable:
        return Webhook(**plain, url="", secret="", with_urgency=False, readable=False)
    return Webhook(**plain, **{name: words[name] for name in _SEALED})
