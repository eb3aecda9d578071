"""Second factors that are typed: the app that shows codes, and the codes for when it is lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update

from assessment.records.authentic import tell_changed
from assessment.records.factor_tables import apps, passkeys, recovery_codes
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.sealed import seal, unseal
from assessment.records.tables import at
from assessment.records.transactions import Transaction
from assessment.records.vault import Secret, Unreadable


@dataclass(frozen=True, slots=True)
class App:
    """An app that shows codes: its secret (base32), and the step of the last code it gave us.

    `stored` is the row as it was read, so that of two who use one code at once one is taken.
    """

    secret: str
    last_step: int
    stored: bytes


def has_any(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> bool:
    """Whether somebody has a second factor; codes for when it is lost are none."""
    wanted = or_(
        exists().where(at(apps, clinic, therapist)),
        exists().where(passkeys.c.clinic == clinic, passkeys.c.therapist == therapist),
    )
    return bool(tx.connection.execute(select(wanted)).scalar_one())


def set_app(
    tx: Transaction, clinic: ClinicId, therapist: TherapistId, secret: str, step: int, now: int
) -> None:
    """Write the app of somebody, in place of one from before; `step` is that of its last code."""
    drop_app(tx, clinic, therapist)
    sealed = _sealed(tx, clinic, therapist, secret, step)
    row = {"clinic": clinic, "id": therapist, "made_at": now, "sealed": sealed}
    tx.connection.execute(insert(apps).values(row))


def app_since(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> int | None:
    """Return since when somebody has an app; None where they have none."""
    found: int | None = tx.connection.execute(
        select(apps.c.made_at).where(at(apps, clinic, therapist))
    ).scalar_one_or_none()
    return found


def app_of(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> App | None:
    """Return somebody's app; None where they have none, or somebody else wrote it."""
    stored = tx.connection.execute(
        select(apps.c.sealed).where(at(apps, clinic, therapist))
    ).scalar_one_or_none()
    if stored is None:
        return None
    try:
        value = unseal(tx, apps, (clinic, therapist), stored)
    except Unreadable:
        tell_changed(apps.name, therapist)
        return None
    return App(str(value["secret"]), int(str(value["step"])), stored)


def use_step(
    tx: Transaction, clinic: ClinicId, therapist: TherapistId, app: App, step: int
) -> bool:
    """Write that the code of a step was given; return False when one was given meanwhile."""
    used = tx.connection.execute(
        update(apps)
        .where(at(apps, clinic, therapist), apps.c.sealed == app.stored)
        .values(sealed=_sealed(tx, clinic, therapist, app.secret, step))
    )
    return used.rowcount == 1


def drop_app(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> None:
    """Take somebody's app away."""
    tx.connection.execute(delete(apps).where(at(apps, clinic, therapist)))


def set_codes(
    tx: Transaction, clinic: ClinicId, therapist: TherapistId, codes: Iterable[str]
) -> None:
    """Write somebody's recovery codes in place of those from before."""
    drop_codes(tx, clinic, therapist)
    rows = [
        {
            "clinic": clinic,
            "code_hash": _hashes(tx, clinic, therapist, one)[0],
            "therapist": therapist,
        }
        for one in codes
    ]
    tx.connection.execute(insert(recovery_codes), rows)


def use_code(tx: Transaction, clinic: ClinicId, therapist: TherapistId, code: str) -> bool:
    """Use a recovery code up; of several who try at once, one succeeds."""
    used = tx.connection.execute(
        delete(recovery_codes).where(
            _codes(clinic, therapist),
            recovery_codes.c.code_hash.in_(_hashes(tx, clinic, therapist, code)),
        )
    )
    return used.rowcount == 1


def codes_left(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> int:
    """Return how many recovery codes somebody has."""
    counted = select(func.count()).select_from(recovery_codes).where(_codes(clinic, therapist))
    return int(tx.connection.execute(counted).scalar_one())


def drop_codes(tx: Transaction, clinic: ClinicId, therapist: TherapistId) -> None:
    """Take somebody's recovery codes away."""
    tx.connection.execute(delete(recovery_codes).where(_codes(clinic, therapist)))


def _codes(clinic: ClinicId, therapist: TherapistId) -> ColumnElement[bool]:
    return and_(recovery_codes.c.clinic == clinic, recovery_codes.c.therapist == therapist)


def _hashes(
    tx: Transaction, clinic: ClinicId, therapist: TherapistId, code: str
) -> tuple[str, ...]:
    """Return what may be stored of a code; in the row of somebody else it opens nothing."""
    return tx.vault.secret_hashes(Secret.RECOVERY, f"{clinic}/{therapist}/{code}")


def _sealed(
    tx: Transaction, clinic: ClinicId, therapist: TherapistId, secret: str, step: int
) -> bytes:
    return seal(tx, apps, (clinic, therapist), {"secret": secret, "step": step})
