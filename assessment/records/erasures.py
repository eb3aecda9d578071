"""Erases rows, and keeps a register of that without a name: what a row was called, as keyed hash.

A backup brings back what was erased since. The register tells which of it has to go again; a copy
of it lies outside of the database, and `Database` hands over what each transaction added.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Table, and_, delete, or_, select, update

from assessment.records.acts import Act
from assessment.records.ids import ClientId, ClinicId
from assessment.records.keeping_tables import erasures
from assessment.records.tables import clients, invitations, responses
from assessment.records.transactions import REGISTERED, Transaction, add_new, mark_erased

Of = tuple[ClinicId, ClientId]
ACTS = {
    clients: Act.CLIENT_ERASED, responses: Act.RESPONSE_ERASED, invitations: Act.INVITATION_ERASED,
}  # fmt: skip
"""What is erased by itself, in the order in which it can be, and as what that is logged.

All else goes with one of these.
"""


@dataclass(frozen=True, slots=True)
class Erased:
    """That something of a clinic was erased, and when; nobody can read from it what that was."""

    clinic: ClinicId
    name_hash: str
    erased_at: int

    @property
    def key(self) -> tuple[str, str]:
        """What it is told by."""
        return self.clinic, self.name_hash


@dataclass(frozen=True, slots=True)
class ErasedRow:
    """One row that was erased, and as what that is logged."""

    clinic: ClinicId
    act: Act
    id: str


def erase(
    tx: Transaction, table: Table, clinic: ClinicId, ids: Sequence[str], now: int
) -> tuple[ErasedRow, ...]:
    """Erase rows of a clinic with all that hangs on them; return those that were there.

    On SQLite the bytes are overwritten in the file at once. The audit log is the caller's, who
    knows who did it.
    """
    if not ids:
        return ()
    mark_erased(tx)
    if table is invitations:  # an older link may say that one of these took its place
        replaced = and_(invitations.c.clinic == clinic, invitations.c.replaced_by.in_(ids))
        tx.connection.execute(update(invitations).where(replaced).values(replaced_by=None))
    these = delete(table).where(table.c.clinic == clinic, table.c.id.in_(ids))
    gone = tx.connection.execute(these.returning(table.c.id)).scalars().all()
    entries = [
        Erased(clinic, tx.vault.erasure_hashes(clinic, table.name, id)[0], now) for id in gone
    ]
    note(tx, entries)
    return tuple(ErasedRow(clinic, ACTS[table], id) for id in gone)


def note(tx: Transaction, entries: Sequence[Erased]) -> None:
    """Note what happened just now in the register, and hand it over for the copy beside."""
    add(tx, entries)
    tx.connection.info.setdefault(REGISTERED, []).extend(entries)


def register(tx: Transaction) -> tuple[Erased, ...]:
    """Return the register of all clinics."""
    rows = tx.connection.execute(select(erasures))
    return tuple(Erased(row.clinic, row.name_hash, row.erased_at) for row in rows)


def add(tx: Transaction, entries: Iterable[Erased]) -> None:
    """Add what another copy of the register has; what is there stays."""
    for one in entries:
        add_new(tx, erasures, ("clinic", "name_hash"), **asdict(one))


def forget(tx: Transaction, clinic: ClinicId, before: int) -> None:
    """Forget what a clinic erased before a time."""
    old = and_(erasures.c.clinic == clinic, erasures.c.erased_at < before)
    tx.connection.execute(delete(erasures).where(old))


def erase_again(
    tx: Transaction, entries: Collection[Erased], now: int
) -> tuple[tuple[ErasedRow, ...], set[Of]]:
    """Erase what is there of what these entries stand for; return what that was.

    Also returns of which clients a response went, as pairs of clinic and client.
    """
    done, whose = list[ErasedRow](), set[Of]()
    for table in ACTS:
        for clinic, ids in named(tx, table, entries, table.name).items():
            if table is responses:
                mine = and_(table.c.clinic == clinic, table.c.id.in_(ids))
                found = tx.connection.execute(select(table.c.client).where(mine)).scalars()
                whose |= {(clinic, ClientId(one)) for one in found}
            done += erase(tx, table, clinic, ids, now)
    return tuple(done), whose


def named(
    tx: Transaction, table: Table, entries: Collection[Erased], what: str
) -> dict[ClinicId, list[str]]:
    """Return the ids of the rows of a table that these entries stand for, by clinic.

    `what` is what was noted of them: the name of a table.
    """
    names = {one.key for one in entries}
    among = {one.clinic for one in entries}
    rows = tx.connection.execute(
        select(table.c.clinic, table.c.id).where(or_(*(table.c.clinic == one for one in among)))
    ).all()
    found: dict[ClinicId, list[str]] = {}
    for clinic, id in rows:
        hashes = tx.vault.erasure_hashes(clinic, what, id)
        if any((clinic, one) in names for one in hashes):
            found.setdefault(clinic, []).append(id)
    return found
