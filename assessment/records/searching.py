"""Pieces of statements that look for clients by words of their names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select

from assessment.records.ids import ClinicId
from assessment.records.tables import client_words
from assessment.records.transactions import Transaction

Word = tuple[str, ...]
"""What may be stored of a word: its hash under each key."""
FEW = 1000
"""Clients or invitations up to which a list starts from them; with more, it walks the list."""


def with_all(clinic: ClinicId, words: tuple[Word, ...]) -> Select[Any]:
    """Return what asks for the clients who have all of these words."""
    first, *others = (
        select(client_words.c.client).where(
            client_words.c.clinic == clinic, client_words.c.word.in_(word)
        )
        for word in dict.fromkeys(words)
    )
    return first.where(*(client_words.c.client.in_(other) for other in others))


def up_to(tx: Transaction, most: int, found: Select[Any]) -> int:
    """Return how many rows there are, without looking at more than `most`."""
    counted = select(func.count()).select_from(found.limit(most).subquery())
    return tx.connection.execute(counted).scalar_one()
