"""How much waits to be sent, over all clinics: numbers, and nothing of what or to whom."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select

from assessment.records.audit_tables import audit_heads
from assessment.records.factor_tables import account_mails
from assessment.records.tables import outbox
from assessment.records.transactions import Transaction
from assessment.records.webhook_tables import deliveries, webhooks


@dataclass(frozen=True, slots=True)
class Waiting:
    """One queue: how many wait, how many of them are due, and how many seconds the first is late.

    `late` is 0 where nothing is due.
    """

    queue: str
    waiting: int
    due: int
    late: int


def waiting(tx: Transaction, now: int) -> tuple[Waiting, ...]:
    """Return how each queue stands: mails to clients, mails about accounts, webhooks.

    What waits for a webhook that is switched off does not count.
    """
    its = and_(webhooks.c.clinic == deliveries.c.clinic, webhooks.c.id == deliveries.c.webhook)
    asked: dict[str, Select[int, int, int | None]] = {
        "client_mails": _counts(outbox.c.due_at, now).where(outbox.c.claimed_at.is_(None)),
        "account_mails": _counts(account_mails.c.due_at, now),
        "webhooks": _counts(deliveries.c.due_at, now)
        .select_from(deliveries.join(webhooks, its))
        .where(deliveries.c.due_at.is_not(None), webhooks.c.off_at.is_(None)),
    }
    found = []
    for name, one in asked.items():
        number, due, first = tx.connection.execute(one).one()
        found.append(Waiting(name, number, due, 0 if first is None else now - first))
    return tuple(found)


def audit_entries(tx: Transaction) -> int:
    """Return how many entries all audit logs have together."""
    total = select(func.coalesce(func.sum(audit_heads.c.number), 0))
    return int(tx.connection.execute(total).scalar_one())


def _counts(due_at: ColumnElement[int | None], now: int) -> Select[int, int, int | None]:
    is_due = due_at <= now
    return select(
        func.count(),
        func.count().filter(is_due),
        func.min(due_at).filter(is_due),
    )  # fmt: skip
