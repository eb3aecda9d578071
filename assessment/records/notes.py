"""Notes: what therapists wrote and did about a response. There is no way to change one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select

from assessment.records.database import Transaction
from assessment.records.ids import ClinicId, ResponseId
from assessment.records.model import Note, NoteKind
from assessment.records.sealed import seal, words_of
from assessment.records.tables import notes


def add(tx: Transaction, clinic: ClinicId, note: Note) -> None:
    """Add a note to one of the clinic's responses."""
    words = {"author_name": note.author_name, "text": note.text}
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
        select(notes)
        .where(notes.c.clinic == clinic, notes.c.response == response)
        .order_by(notes.c.created_at, notes.c.id)
    )
    return tuple(_read(tx, row) for row in rows)


def _read(tx: Transaction, row: Row[Any]) -> Note:
    words = words_of(tx, notes, (row.clinic, row.response, row.id), row.sealed)
    return Note(
        id=row.id,
        response=row.response,
        therapist=row.therapist,
        author_name="" if words is None else words["author_name"],
        created_at=row.created_at,
        kind=NoteKind(row.kind),
        text="" if words is None else words["text"],
        readable=words is not None,
    )
