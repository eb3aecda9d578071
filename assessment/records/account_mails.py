"""Mails to staff about their own account that wait, in the transaction of what caused them.

A mail holds no words but those of a browser, such as "Firefox on Windows". It is removed before it
is sent, so nobody can send it a second time.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from sqlalchemy import delete, insert, select

from assessment.records.factor_tables import account_mails
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.tables import at
from assessment.records.transactions import Transaction


@dataclass(frozen=True, slots=True)
class AccountMail:
    """A mail that waits: to whom, what happened and when, and in which browser."""

    id: str
    clinic: ClinicId
    therapist: TherapistId
    kind: str
    browser: str
    made_at: int
    due_at: int
    tries: int = 0


_COLUMNS = [account_mails.c[field.name] for field in fields(AccountMail)]


def add(tx: Transaction, mail: AccountMail) -> None:
    """Add a mail that waits."""
    tx.connection.execute(insert(account_mails).values(asdict(mail)))


def due(tx: Transaction, now: int, limit: int) -> tuple[AccountMail, ...]:
    """Return up to `limit` mails of all clinics that are due, the longest due first."""
    rows = tx.connection.execute(
        select(*_COLUMNS)
        .where(account_mails.c.due_at <= now)
        .order_by(account_mails.c.due_at, account_mails.c.id)
        .limit(limit)
    )
    return tuple(AccountMail(*row) for row in rows)


def claim(tx: Transaction, mail: AccountMail) -> bool:
    """Take a mail for sending; of several who try at once, one gets it."""
    taken = delete(account_mails).where(at(account_mails, mail.clinic, mail.id))
    return tx.connection.execute(taken).rowcount == 1
