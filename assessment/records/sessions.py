"""Sign-ins. The token itself is only in the browser; its keyed hash finds the session."""

from __future__ import annotations

from dataclasses import asdict, fields

from sqlalchemy import and_, delete, insert, select, update

from assessment.records import clinics as clinics_module
from assessment.records import therapists as therapists_module
from assessment.records.authentic import is_authentic, mac_of
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.model import Clinic, StaffSession, Therapist
from assessment.records.tables import at, clinics, sessions, therapists
from assessment.records.transactions import Transaction
from assessment.records.vault import Secret

COLUMNS = [sessions.c[field.name] for field in fields(StaffSession)]


def add(tx: Transaction, token: str, session: StaffSession, ends_at: int) -> None:
    """Add a session that ends at `ends_at` whatever happens."""
    hashed = tx.vault.secret_hash(Secret.SESSION, token)
    values = asdict(session) | {"token_hash": hashed, "ends_at": ends_at}
    values["mac"] = mac_of(tx, sessions, values)
    tx.connection.execute(insert(sessions).values(values))


def find(tx: Transaction, token: str) -> tuple[StaffSession, Therapist, Clinic, int] | None:
    """Return whose session this is and when it ends, also when that is past.

    Whether it still counts (idle for too long, ended, therapist disabled) is for the caller. One
    that was changed by somebody else opens nothing: then None is returned.
    """
    hashes = tx.vault.secret_hashes(Secret.SESSION, token)
    is_it = sessions.c.token_hash.in_(hashes)
    own = tx.connection.execute(select(sessions).where(is_it)).first()
    if own is None or not is_authentic(tx, sessions, own):
        return None
    columns = [*COLUMNS, *therapists_module.COLUMNS, *clinics_module.COLUMNS, sessions.c.ends_at]
    row = tx.connection.execute(
        select(*columns)
        .join_from(
            sessions,
            therapists,
            and_(therapists.c.clinic == sessions.c.clinic, therapists.c.id == sessions.c.therapist),
        )
        .join(clinics, clinics.c.id == sessions.c.clinic)
        .where(is_it)
    ).one_or_none()
    if row is None:
        return None
    first, second = len(COLUMNS), len(COLUMNS) + len(therapists_module.COLUMNS)
    return (
        StaffSession(*row[:first]),
        Therapist(*row[first:second]),
        Clinic(*row[second:-1]),
        row.ends_at,
    )


def touch(tx: Transaction, clinic: ClinicId, id: str, now: int) -> None:
    """Write that a session is in use."""
    tx.connection.execute(update(sessions).where(at(sessions, clinic, id)).values(used_at=now))


def of_therapist(
    tx: Transaction, clinic: ClinicId, therapist: TherapistId
) -> tuple[StaffSession, ...]:
    """Return a therapist's sessions, the latest used first."""
    rows = tx.connection.execute(
        select(*COLUMNS)
        .where(sessions.c.clinic == clinic, sessions.c.therapist == therapist)
        .order_by(sessions.c.used_at.desc(), sessions.c.id)
    )
    return tuple(StaffSession(*row) for row in rows)


def end(tx: Transaction, clinic: ClinicId, therapist: TherapistId, id: str) -> bool:
    """End one of a therapist's sessions; return whether there was one."""
    ended = tx.connection.execute(
        delete(sessions).where(at(sessions, clinic, id), sessions.c.therapist == therapist)
    )
    return ended.rowcount == 1


def end_all(
    tx: Transaction, clinic: ClinicId, therapist: TherapistId, but: str | None = None
) -> None:
    """End a therapist's sessions, all but the one with the id `but`."""
    statement = delete(sessions).where(
        sessions.c.clinic == clinic, sessions.c.therapist == therapist
    )
    if but is not None:
        statement = statement.where(sessions.c.id != but)
    tx.connection.execute(statement)


def purge(tx: Transaction, before: int) -> None:
    """Remove sessions that ended before this time."""
    tx.connection.execute(delete(sessions).where(sessions.c.ends_at < before))
