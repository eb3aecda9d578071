"""The protocols that were ever answered, so that a response reads as on its day."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import func, select

from assessment.records.tables import versions
from assessment.records.transactions import Transaction, add_new


def keep(tx: Transaction, version: str, protocol: str, files: Mapping[str, str]) -> None:
    """Keep the files of a protocol under its version; does nothing when it is there."""
    there = select(versions.c.version).where(versions.c.version == version)
    if tx.connection.execute(there).first() is None:  # the files are long: they are not read
        add_new(
            tx,
            versions,
            ("version",),
            version=version,
            protocol=protocol,
            files=json.dumps(dict(files)),
        )


def of_protocol(tx: Transaction, protocol: str) -> tuple[str, ...]:
    """Return every version of a protocol that was answered."""
    found = select(versions.c.version).where(versions.c.protocol == protocol)
    return tuple(tx.connection.execute(found.order_by(versions.c.version)).scalars())


def of_others(tx: Transaction, protocols: Collection[str]) -> int:
    """Return how many versions of protocols of other ids than these were answered."""
    found = select(func.count()).where(versions.c.protocol.not_in([*protocols]))
    return tx.connection.execute(found).scalar_one()


def get(tx: Transaction, version: str) -> Mapping[str, str] | None:
    """Return the files of a version, by their names."""
    found = tx.connection.execute(
        select(versions.c.files).where(versions.c.version == version)
    ).scalar_one_or_none()
    if found is None:
        return None
    files: Mapping[str, str] = json.loads(found)
    return files
