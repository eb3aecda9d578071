"""Notes: what therapists wrote and did about a response. There is no way to change one.

Who wrote it, when, and what it did are sealed with its words. They also stand beside, for the
database to check and to sort by; what is read is what is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, insert, select

from assessment.records.ids import ClinicId, ResponseId
from assessment.records.model import Note, NoteKind
from assessment.records.sealed import known, seal, unseal
from assessment.records.tables import notes
from assessment.records.transactions import Transaction
from assessment.records.vault import Unreadable


def add(tx: Transaction, clinic: ClinicId, note: Note) -> None:
    """Add a note to one of the clinic's responses."""
    words = {
        "author_name": note.author_name,
        "account": note.account,
        "text": note.text,
        "therapist": note.therapist,
        "created_at": note.created_at,
        "kind": note.kind.value,
    }
    tx.connection.execute(
        insert(notes).values(
            clinic=clinic,
            id=note.id,
            response=note.response,
            therapist=note.therapist,
            created_at=note.created_at,
            kind=note.kind.value,
            sealed=seal(tx, notes, (clinic, note.response, note.id), words),
        )
    )


def of_response(tx: Transaction, clinic: ClinicId, response: ResponseId) -> tuple[Note, ...]:
    """Return the notes on a response, the oldest first."""
    rows = tx.connection.execute(
        select(notes).where(notes.c.clinic == clinic, notes.c.response == response)
    )
    return _in_order(_read(tx, row) for row in rows)


def of_responses(tx: Transaction, clinic: ClinicId, ids: Iterable[ResponseId]) -> tuple[Note, ...]:
    """Return the notes on any of these responses, the oldest first."""
    rows = tx.connection.execute(
        select(notes).where(notes.c.clinic == clinic, notes.c.response.in_([*ids]))
    )
    return _in_order(_read(tx, row) for row in rows)


def _in_order(found: Iterable[Note]) -> tuple[Note, ...]:
    return tuple(sorted(found, key=lambda one: (one.created_at, one.id)))


def _read(tx: Transaction, row: Row[Any]) -> Note:
    try:
        sealed = unseal(tx, notes, (row.clinic, row.response, row.id), row.sealed)
    except Unreadable:
        return Note(
            id=row.id,
            response=row.response,
            therapist=row.therapist,
            author_name="",
            account="",
            created_at=row.created_at,
            kind=NoteKind(row.kind),
            text="",
            readable=False,
        )
    written = known(Note, sealed) | {"kind": NoteKind(str(sealed["kind"]))}
    return Note(id=row.id, response=row.response, **written)
