"""The audit log: who did what, when, from which kind of device. One chain for each clinic.

An entry is authenticated together with the one before it, so none can be changed, taken out or
put between without our key. The head, a row of its own, says how many there are: whoever cuts off
the last ones would have to make that one anew. Nothing here changes an entry or removes one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, tuple_, update

from assessment.records.acts import Act, Kind
from assessment.records.audit_tables import audit_entries, audit_heads
from assessment.records.authentic import tell_changed
from assessment.records.ids import ClinicId, TherapistId
from assessment.records.tables import clinics
from assessment.records.transactions import Transaction, alone

OPERATOR = "command line"
"""The device of whoever runs the site; they have no account."""
KEPT = "kept for its time"
"""In place of a device: nobody did it, the clinic had chosen when it goes."""
RESTORED = "again, after a restore"
"""In place of a device: nobody did it, it had been erased before."""
FOLLOWING = "after an answer"
"""In place of a device: nobody did it, the clinic had chosen what follows an answer."""

Key = tuple[int, int]
"""The place of an entry in a list: its time and its number."""
_COLUMNS = ("clinic", "number", "made_at", "kind", "act", "therapist", "device", "about")
_LOCK = "audit log"
_NOBODY = ""  # no NULL: PostgreSQL reads no order from an index for it


@dataclass(frozen=True, slots=True)
class By:
    """Who does something: of which clinic, which therapist, and on which kind of device.

    `therapist` is None for the operator, and for what is done by itself.
    """

    clinic: ClinicId
    therapist: TherapistId | None
    device: str


def operator_of(clinic: ClinicId) -> By:
    """Return who works on a clinic from the command line."""
    return By(clinic, None, OPERATOR)


@dataclass(frozen=True, slots=True)
class Entry:
    """One act. `about` is the id of what it was done to; `act` and `kind` are as stored."""

    number: int
    made_at: int
    kind: str
    act: str
    therapist: TherapistId | None
    device: str
    about: str | None

    @property
    def key(self) -> Key:
        """Where it stands in a list."""
        return self.made_at, self.number


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log of a clinic goes; `mark` is a keyed hash of its whole past."""

    clinic: ClinicId
    number: int
    mark: str


@dataclass(frozen=True, slots=True)
class Sought:
    """Which entries are looked for: from `since`, and before `until` (Unix seconds)."""

    therapist: TherapistId | None = None
    by_operator: bool = False
    kind: Kind | None = None
    since: int | None = None
    until: int | None = None


def append(tx: Transaction, by: By, act: Act, now: int, about: str | None = None) -> None:
    """Add an entry, in the transaction of what it tells of.

    Do it last: whoever appends to the log of a clinic waits for the others who do, until they end.
    """
    alone(tx, _LOCK, by.clinic)
    number, before = _end(tx, by.clinic)
    values = dict(
        zip(
            _COLUMNS,
            (
                by.clinic,
                number + 1,
                now,
                act.kind.value,
                act.value,
                by.therapist or _NOBODY,
                by.device,
                about,
            ),
            strict=True,
        )
    )
    mac = _mac(tx, values, before)
    tx.connection.execute(insert(audit_entries).values(**values, mac=mac))
    _write_head(tx, by.clinic, number + 1, mac)


def listed(
    tx: Transaction, clinic: ClinicId, sought: Sought, before: Key | None, limit: int
) -> tuple[Entry, ...]:
    """Return up to `limit` entries that are looked for, before this key, the newest first."""
    table = audit_entries.c
    statement = select(*(table[name] for name in _COLUMNS[1:])).where(table.clinic == clinic)
    if sought.therapist is not None:
        statement = statement.where(table.therapist == sought.therapist)
    if sought.by_operator:
        statement = statement.where(table.therapist == _NOBODY)
    if sought.kind is not None:
        statement = statement.where(table.kind == sought.kind.value)
    if sought.since is not None:
        statement = statement.where(table.made_at >= sought.since)
    if sought.until is not None:
        statement = statement.where(table.made_at < sought.until)
    if before is not None:
        statement = statement.where(tuple_(table.made_at, table.number) < tuple_(*before))
    rows = tx.connection.execute(
        statement.order_by(table.made_at.desc(), table.number.desc()).limit(limit)
    )
    return tuple(_read(row) for row in rows)


def heads(tx: Transaction) -> tuple[Head, ...]:
    """Return how far the log of every clinic goes, as its head says."""
    table = audit_heads.c
    rows = tx.connection.execute(
        select(table.clinic, table.number, table.last).order_by(table.clinic)
    )
    return tuple(Head(row.clinic, row.number, mark_of(row.last)) for row in rows)


def head_row(tx: Transaction, clinic: ClinicId) -> Row[Any] | None:
    """Return the head of a clinic's log as it is stored, which may be by anybody."""
    return tx.connection.execute(
        select(audit_heads).where(audit_heads.c.clinic == clinic)
    ).one_or_none()


def is_head(tx: Transaction, row: Row[Any]) -> bool:
    """Whether we wrote this head."""
    return isinstance(row.last, bytes) and tx.vault.is_mac_of(
        row.mac, audit_heads.name, _head_values(row)
    )


def _is_newest(tx: Transaction, row: Row[Any]) -> bool:
    return tx.vault.is_newest_mac_of(row.mac, audit_heads.name, _head_values(row))


def _head_values(row: Row[Any]) -> list[object]:
    return [row.clinic, row.number, row.last.hex()]


def chain(tx: Transaction, clinic: ClinicId) -> Iterator[Row[Any]]:
    """Give every entry as it is stored, the first one first, a few thousand at a time."""
    statement = (
        select(audit_entries)
        .where(audit_entries.c.clinic == clinic)
        .order_by(audit_entries.c.number)
    )
    with tx.connection.execute(statement, execution_options={"yield_per": 2000}) as rows:
        yield from rows


def generation(tx: Transaction, row: Row[Any], before: bytes) -> int | None:
    """Return with which key we wrote this entry, right after one with this `mac`.

    A later key has a greater number. None when it is not ours, or does not follow that one.
    """
    values = [row._mapping[name] for name in _COLUMNS]
    return tx.vault.generation(row.mac, audit_entries.name, [*values, before.hex()])


def note_new_key(tx: Transaction, clinic: ClinicId, now: int) -> bool:
    """Go on with the first key where the last entry was made with an older one.

    Return whether that was so. A log that was damaged stays as it is.
    """
    alone(tx, _LOCK, clinic)
    head = head_row(tx, clinic)
    if head is None or not is_head(tx, head) or _is_newest(tx, head):
        return False
    append(tx, operator_of(clinic), Act.KEYS_CHANGED, now)
    return True


def mark_of(mac: object) -> str:
    """Return of a keyed hash what is told to the security log."""
    return mac.hex()[:32] if isinstance(mac, bytes) else ""


def every_clinic(tx: Transaction) -> tuple[tuple[ClinicId, str], ...]:
    """Return all clinics, each with the part of its address by which operators know it."""
    rows = tx.connection.execute(select(clinics.c.id, clinics.c.slug).order_by(clinics.c.slug))
    return tuple((row.id, row.slug) for row in rows)


def _read(row: Row[Any]) -> Entry:
    values = dict(row._mapping)
    return Entry(**values | {"therapist": values["therapist"] or None})


def _end(tx: Transaction, clinic: ClinicId) -> tuple[int, bytes]:
    """Return number and `mac` of the last entry, as the head says; 0 where there is none.

    Where the head is not ours, or gone, the next entry follows nothing: that it does not, is then
    seen for ever by whoever checks.
    """
    head = head_row(tx, clinic)
    if head is not None and is_head(tx, head):
        return head.number, head.last
    last = tx.connection.execute(
        select(audit_entries.c.number)
        .where(audit_entries.c.clinic == clinic)
        .order_by(audit_entries.c.number.desc())
        .limit(1)
    ).scalar()
    if head is not None or last is not None:
        tell_changed(audit_heads.name, clinic)
    return last or 0, b""


def _mac(tx: Transaction, values: Mapping[str, object], before: bytes) -> bytes:
    return tx.vault.mac(audit_entries.name, [*values.values(), before.hex()])


def _write_head(tx: Transaction, clinic: ClinicId, number: int, last: bytes) -> None:
    mac = tx.vault.mac(audit_heads.name, [clinic, number, last.hex()])
    row = {"number": number, "last": last, "mac": mac}
    there = update(audit_heads).where(audit_heads.c.clinic == clinic).values(row)
    if tx.connection.execute(there).rowcount == 0:
        tx.connection.execute(insert(audit_heads).values(clinic=clinic, **row))
