"""What opens something, what is seen first and who wrote a note need the key to be written."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from assessment.records.upgrade import CannotUpgrade
from assessment.records.vault import Secret, Unreadable, Vault

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TIME = sa.BigInteger()
TABLES: Mapping[str, Mapping[str, sa.types.TypeEngine[Any]]] = {
    "sessions": {
        "clinic": sa.Text(), "id": sa.Text(), "therapist": sa.Text(), "csrf": sa.Text(),
        "created_at": TIME, "confirmed_at": TIME, "token_hash": sa.Text(), "ends_at": TIME,
    },
    "codes": {
        "code_hash": sa.Text(), "purpose": sa.Text(), "clinic": sa.Text(), "therapist": sa.Text(),
        "expires_at": TIME,
    },
    "invitations": {
        "clinic": sa.Text(), "id": sa.Text(), "client": sa.Text(), "therapist": sa.Text(),
        "token_hash": sa.Text(), "created_at": TIME, "expires_at": TIME,
    },
    "responses": {
        "clinic": sa.Text(), "id": sa.Text(), "client": sa.Text(), "invitation": sa.Text(),
        "version": sa.Text(), "send_key": sa.Text(), "urgency": sa.Integer(),
        "recommendation": sa.Text(), "complete": sa.Boolean(), "state": sa.Text(),
        "received_at": TIME, "read_at": TIME,
    },
}  # fmt: skip
"""What is authenticated of each table, in this order."""
NOTE = ("clinic", "id", "response", "therapist", "created_at", "kind")
HASHES = {
    "sessions": ("token_hash", Secret.SESSION),
    "codes": ("code_hash", Secret.CODE),
    "invitations": ("token_hash", Secret.LINK),
    "responses": ("send_key", Secret.VISIT),
}

_BUNDLE = 1000

Change = Callable[[Mapping[str, object]], dict[str, object]]


def upgrade() -> None:
    """Key the hashes, seal those of passwords, authenticate plain columns, sign notes."""
    vault: Vault = context.config.attributes["vault"]
    _refuse_what_is_not_ours(vault)
    for name, columns in TABLES.items():
        op.add_column(name, sa.Column("mac", sa.LargeBinary(), nullable=True))
        keys = ("code_hash",) if name == "codes" else ("clinic", "id")
        _change(name, [*columns], keys, _keyed(vault, name))
    _change("therapists", ["clinic", "id", "password_hash"], ("clinic", "id"), _sealed(vault))
    _change("notes", [*NOTE, "sealed"], ("clinic", "id"), _signed(vault, _accounts()))


def _refuse_what_is_not_ours(vault: Vault) -> None:
    """Raise CannotUpgrade rather than authenticate what somebody else may have written.

    A key that is not that of the records is noticed by what is sealed of clients. Where there is no
    client yet it cannot be: nothing was sealed before this step, and any key is the first one then.
    """
    if context.config.attributes["keyed"] and _has_rows():
        raise CannotUpgrade(
            "its tables are older than those that this installation had before. If you put back "
            "a backup of an older version, remove the file records.keyed from the instance "
            "folder and start again. If you did not, somebody may have changed the database"
        )
    sealed = op.get_bind().execute(sa.text("SELECT sealed FROM clients LIMIT 20")).scalars().all()
    if sealed and not any(vault.has_key_of(bytes(one)) for one in sealed):
        raise CannotUpgrade("records.key in the instance folder is not the key of its records")


def _has_rows() -> bool:
    return op.get_bind().execute(sa.text("SELECT id FROM clinics LIMIT 1")).first() is not None


def _keyed(vault: Vault, table: str) -> Change:
    column, kind = HASHES[table]

    def change(row: Mapping[str, object]) -> dict[str, object]:
        values = {**row, column: vault.keyed_hash(kind, str(row[column]))}
        mac = vault.mac(table, [values[name] for name in TABLES[table]])
        return {column: values[column], "mac": mac}

    return change


def _sealed(vault: Vault) -> Change:
    def change(row: Mapping[str, object]) -> dict[str, object]:
        hashed = row["password_hash"]
        if hashed is None:
            return {"password_hash": None}
        place = ("therapists", f"{row['clinic']}/{row['id']}", "password_hash")
        return {"password_hash": b64encode(vault.seal({"hash": hashed}, *place)).decode()}

    return change


def _accounts() -> Mapping[tuple[str, str], str]:
    """Return with which address everybody signs in."""
    rows = op.get_bind().execute(sa.text("SELECT clinic, id, email FROM therapists"))
    return {(row.clinic, row.id): row.email for row in rows}


def _signed(vault: Vault, accounts: Mapping[tuple[str, str], str]) -> Change:
    """Seal with the words of a note who wrote it, when, and what it did."""

    def change(row: Mapping[str, object]) -> dict[str, object]:
        clinic, therapist = str(row["clinic"]), str(row["therapist"])
        place = ("notes", f"{clinic}/{row['response']}/{row['id']}", "sealed")
        sealed = bytes(row["sealed"])  # type: ignore[call-overload]  # a column of bytes
        try:
            words = vault.open(sealed, *place)
        except Unreadable:
            return {"sealed": sealed}
        beside = {name: row[name] for name in ("therapist", "created_at", "kind")}
        account = accounts.get((clinic, therapist), "")
        return {"sealed": vault.seal({**words, **beside, "account": account}, *place)}

    return change


def _change(table: str, columns: list[str], keys: tuple[str, ...], change: Change) -> None:
    types = {"created_at": TIME, **TABLES.get(table, {})}
    types |= {"mac": sa.LargeBinary(), "sealed": sa.LargeBinary()}
    there = sa.table(
        table, *(sa.column(name, types.get(name, sa.Text())) for name in {*columns, "mac"})
    )
    bind = op.get_bind()
    read = bind.execute(sa.select(*(there.c[name] for name in columns))).mappings().all()
    rows: Iterator[Mapping[str, object]] = (dict(row) for row in read)
    while bundle := list(islice(rows, _BUNDLE)):
        changed = [(row, change(row)) for row in bundle]
        update = (
            sa.update(there)
            .where(*(there.c[key] == sa.bindparam(f"old_{key}") for key in keys))
            .values({name: sa.bindparam(f"new_{name}") for name in changed[0][1]})
        )
        given = [
            {f"old_{key}": row[key] for key in keys}
            | {f"new_{name}": value for name, value in values.items()}
            for row, values in changed
        ]
        bind.execute(update, given)
