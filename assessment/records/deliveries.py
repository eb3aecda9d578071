"""What webhooks are told, put down in the transaction of what happened.

A delivery is repeated until it has arrived, under the same id. The next try is put down before one
begins: whoever is killed while sending leaves it to be sent again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Row, and_, delete, insert, select, tuple_, update

from assessment.records.ids import ClinicId, DeliveryId, InvitationId, ResponseId, WebhookId
from assessment.records.sealed import seal, unseal
from assessment.records.tables import at
from assessment.records.transactions import Transaction, mark_erased
from assessment.records.vault import Unreadable
from assessment.records.webhook_tables import deliveries, webhooks

ARRIVED = "arrived"
"""The `answer` of a delivery that has arrived."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing that one webhook is told; its id is the same on every try.

    It is sent at `due_at`; None when nothing more will be tried. `answer` names what came of the
    last try. It goes when the invitation or the response goes that it is about.
    """

    clinic: ClinicId
    id: DeliveryId
    webhook: WebhookId
    kind: str
    made_at: int
    due_at: int | None
    tried_at: int | None = None
    tries: int = 0
    answer: str | None = None
    invitation: InvitationId | None = None
    response: ResponseId | None = None


_COLUMNS = [deliveries.c[field.name] for field in fields(Delivery)]


def add(tx: Transaction, delivery: Delivery, told: Mapping[str, object]) -> None:
    """Add a delivery that waits; `told` is what it says."""
    row = asdict(delivery) | {"sealed": seal(tx, deliveries, _place(delivery), told)}
    tx.connection.execute(insert(deliveries).values(row))


def due(
    tx: Transaction, now: int, limit: int, without: Collection[tuple[ClinicId, WebhookId]] = ()
) -> tuple[Delivery, ...]:
    """Return up to `limit` deliveries of all clinics that are due, the longest due first.

    None of webhooks that are switched off, nor of those `without` which the caller goes on.
    """
    of_it = and_(webhooks.c.clinic == deliveries.c.clinic, webhooks.c.id == deliveries.c.webhook)
    statement = (
        select(*_COLUMNS)
        .join_from(deliveries, webhooks, of_it)
        .where(deliveries.c.due_at <= now, webhooks.c.off_at.is_(None))
    )
    if without:
        key = tuple_(deliveries.c.clinic, deliveries.c.webhook)
        statement = statement.where(key.not_in([*without]))
    rows = tx.connection.execute(
        statement.order_by(deliveries.c.due_at, deliveries.c.id).limit(limit)
    )
    return tuple(map(_read, rows))


def begin(tx: Transaction, delivery: Delivery, now: int, again_at: int | None) -> bool:
    """Begin a try, and put down when the next one is; of several at once, one gets True."""
    as_seen = and_(
        at(deliveries, delivery.clinic, delivery.id),
        deliveries.c.due_at == delivery.due_at,
        deliveries.c.tries == delivery.tries,
    )
    begun = update(deliveries).where(as_seen)
    begun = begun.values(due_at=again_at, tried_at=now, tries=delivery.tries + 1, answer=None)
    return tx.connection.execute(begun).rowcount == 1


def finish(tx: Transaction, delivery: Delivery, answer: str, *, over: bool) -> None:
    """Write what came of the try that began with `delivery`; it is the last one if it is `over`.

    Where somebody asked for it once more in the meantime, that stays so.
    """
    this_try = and_(
        at(deliveries, delivery.clinic, delivery.id), deliveries.c.tries == delivery.tries + 1
    )
    values: dict[str, object] = {"answer": answer}
    if over:
        values["due_at"] = None
    tx.connection.execute(update(deliveries).where(this_try).values(values))


def again(tx: Transaction, clinic: ClinicId, id: DeliveryId, now: int) -> bool:
    """Have a delivery sent once more, now; False when there is none."""
    anew = update(deliveries).where(at(deliveries, clinic, id)).values(due_at=now, tries=0)
    return tx.connection.execute(anew).rowcount == 1


def told(tx: Transaction, delivery: Delivery) -> dict[str, object] | None:
    """Return what a delivery says; None when it is gone or cannot be read."""
    row = tx.connection.execute(
        select(deliveries.c.sealed).where(at(deliveries, delivery.clinic, delivery.id))
    ).one_or_none()
    try:
        return None if row is None else unseal(tx, deliveries, _place(delivery), row.sealed)
    except Unreadable:
        return None


def latest(tx: Transaction, clinic: ClinicId, limit: int) -> tuple[Delivery, ...]:
    """Return the last `limit` deliveries of a clinic, newest first."""
    rows = tx.connection.execute(
        select(*_COLUMNS)
        .where(deliveries.c.clinic == clinic)
        .order_by(deliveries.c.made_at.desc(), deliveries.c.id.desc())
        .limit(limit)
    )
    return tuple(map(_read, rows))


def is_any_before(tx: Transaction, time: int) -> bool:
    """Whether there is a delivery that was put down before this time."""
    older = select(deliveries.c.id).where(deliveries.c.made_at < time).limit(1)
    return tx.connection.execute(older).first() is not None


def forget_before(tx: Transaction, time: int) -> None:
    """Remove every delivery that was put down before this time."""
    tx.connection.execute(delete(deliveries).where(deliveries.c.made_at < time))
    mark_erased(tx)


def _place(delivery: Delivery) -> tuple[str, ...]:
    return delivery.clinic, delivery.webhook, delivery.id


def _read(row: Row[Any]) -> Delivery:
    return Delivery(**row._mapping)
