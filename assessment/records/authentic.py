"""The plain columns of a row, authenticated: whoever writes the database has no key of ours.

A row with another `mac` was changed by somebody else. What such a row opens stays shut; a response
is shown as the most urgent one.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Table, select

from assessment.records.api_tables import api_keys
from assessment.records.ids import ClinicId, ResponseId
from assessment.records.keeping_tables import withdrawals
from assessment.records.tables import codes, invitations, rechecks, responses, sessions
from assessment.records.tables_returning import return_codes
from assessment.records.transactions import Transaction

log = logging.getLogger("assessment")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    sessions.name: (
        "clinic", "id", "therapist", "csrf", "created_at", "confirmed_at", "token_hash", "ends_at",
    ),
    codes.name: ("code_hash", "purpose", "clinic", "therapist", "expires_at"),
    invitations.name: (
        "clinic", "id", "client", "therapist", "token_hash", "created_at", "expires_at",
    ),
    responses.name: (
        "clinic", "id", "client", "invitation", "version", "send_key", "urgency", "recommendation",
        "complete", "state", "received_at", "read_at",
    ),
    rechecks.name: (
        "clinic", "id", "version", "number", "urgency", "recommendation", "raised", "made_at",
        "seen_to",
    ),
    api_keys.name: ("clinic", "id", "therapist", "name", "scopes", "made_at", "key_hash"),
    withdrawals.name: ("clinic", "id", "withdrawn_at"),
    return_codes.name: ("clinic", "id", "code_hash", "expires_at", "tries", "sent"),
}  # fmt: skip
"""What is authenticated of each table, in this order; another order is another `mac`."""


def mac_of(tx: Transaction, table: Table, values: Mapping[str, object]) -> bytes:
    """Return the `mac` of a row with these values."""
    return tx.vault.mac(table.name, [values[name] for name in COLUMNS[table.name]])


def is_authentic(tx: Transaction, table: Table, row: Row[Any]) -> bool:
    """Whether a row, read with its `mac`, is as we wrote it; one that is not is logged."""
    values = [row._mapping[name] for name in COLUMNS[table.name]]
    return _is_ours(tx, table, row, values)


def _is_ours(tx: Transaction, table: Table, row: Row[Any], values: Sequence[object]) -> bool:
    if tx.vault.is_mac_of(row.mac, table.name, values):
        return True
    tell_changed(table.name, "" if table is codes else row.id)
    return False


def altered_responses(
    tx: Transaction, clinic: ClinicId, after: str, most: int
) -> tuple[tuple[ResponseId, ...], str]:
    """Return which of a clinic's next `most` responses, by id, were changed by somebody else.

    Also returns after which id to go on: an empty text when these were the last.
    """
    columns = (responses.c[name] for name in (*COLUMNS[responses.name], "mac"))
    rows = tx.connection.execute(
        select(*columns)
        .where(responses.c.clinic == clinic, responses.c.id > after)
        .order_by(responses.c.id)
        .limit(most)
    ).all()
    found = tuple(row.id for row in rows if not _is_ours(tx, responses, row, row[:-1]))
    return found, rows[-1].id if len(rows) == most else ""


@lru_cache(maxsize=4096)  # once for each row, not for each look at it
def tell_changed(table: str, id: str) -> None:
    """Log that a row was changed by somebody else: its table and its random id."""
    log.error("records: a row of %s was changed outside this program %s", table, id)
