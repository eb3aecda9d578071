"""What becomes of somebody's API keys when their account is closed, or taken back."""

from __future__ import annotations

from assessment.records import audit, keys
from assessment.records.acts import Act
from assessment.records.audit import By
from assessment.records.model import Therapist
from assessment.records.transactions import Transaction


def drop_keys(tx: Transaction, by: By, of: Therapist, now: int) -> None:
    """Take every key that they made away: whoever had their account may hold one."""
    for id in keys.remove_all(tx, of.clinic, of.id):
        audit.append(tx, by, Act.KEY_REVOKED, now, id)
