"""Tests whether the newest backup can be restored: `python deploy/try_restore.py FOLDER`.

It is restored in a scratch folder, opened with the keys of the installation, and read: every
clinic, and every response. The installation itself is not touched.
"""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import scratch_postgresql
from sqlalchemy import select

from assessment.doctor.findings import many
from assessment.records import clinics, responses, tables
from assessment.records.database import Database
from assessment.records.ids import ClinicId, ResponseId
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction
from assessment.web.server.secret import RECORDS_KEY_FILE, BadSecret
from assessment.web.server.settings import BadSettings, Settings, read_settings
from assessment.web.server.storage import ERASURES_FILE, KEYED_FILE, BadDatabase, open_database

AT_ONCE = 200


class NotRestored(Exception):
    """The copy cannot be restored; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try; `at` is its time (ISO 8601), `why` is empty where it was well."""

    well: bool
    at: str
    copy: str = ""
    clinics: int = 0
    responses: int = 0
    why: str = ""


@click.command(help=(__doc__ or "").split("\n\n")[0])
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--identity", type=click.Path(path_type=Path), help="The age secret key.")
@click.option("--status", type=click.Path(path_type=Path), help="Where to write the outcome.")
def main(folder: Path, identity: Path | None, status: Path | None) -> None:
    """Restore the newest copy, say what is in it, and end with status 1 when that fails."""
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    copy = None
    try:
        copy = newest(folder)
        found = read(copy, identity)
        tried = Tried(True, at, copy.name, *found)
    except (NotRestored, BadSettings, BadSecret, BadDatabase, Unavailable, OSError) as error:
        tried = Tried(False, at, copy.name if copy else "", why=str(error))
    if status is not None:
        _write(tried, status)
    if not tried.well:
        sys.exit(f"no backup could be restored: {tried.why}")
    click.echo(
        f"{tried.copy}: {many(tried.clinics, 'clinic')}, {many(tried.responses, 'response')},"
        " all readable"
    )


def newest(folder: Path) -> Path:
    """Return the newest copy in a folder; their names tell when they were made."""
    kinds = (".db", ".dump", ".db.age", ".dump.age")
    copies = [copy for copy in folder.glob("clinic-*") if copy.name.endswith(kinds)]
    if not copies:
        raise NotRestored(f"there is no copy in {folder}")
    return max(copies, key=lambda copy: copy.name)


def read(copy: Path, identity: Path | None) -> tuple[int, int]:
    """Return how many clinics and responses a copy holds. Raises NotRestored."""
    with tempfile.TemporaryDirectory(prefix="clinic-") as name:
        scratch = Path(name)
        plain = _opened(copy, identity, scratch)
        instance = _instance(read_settings(), scratch)
        with _placed(plain, instance) as address:
            settings = read_settings(instance=instance, database_url=address)
            database = open_database(settings)
            try:
                return _counted(database)
            finally:
                database.close()


def _opened(copy: Path, identity: Path | None, scratch: Path) -> Path:
    if copy.suffix != ".age":
        return copy
    if identity is None:
        raise NotRestored(f"{copy.name} is encrypted; give the key that opens it with --identity")
    plain = scratch / copy.name.removesuffix(".age")
    ended = subprocess.run(
        ["age", "--decrypt", "--identity", str(identity), "--output", str(plain), str(copy)],  # noqa: S607
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ended.returncode:
        raise NotRestored(f"{copy.name} cannot be decrypted: {ended.stderr.strip()}")
    return plain


def _instance(settings: Settings, scratch: Path) -> Path:
    """Make an instance folder with the keys of the installation."""
    instance = scratch / "instance"
    instance.mkdir(mode=0o700)
    for name in (RECORDS_KEY_FILE, KEYED_FILE, ERASURES_FILE):
        if (settings.instance / name).exists():
            shutil.copy(settings.instance / name, instance / name)
    if not (instance / RECORDS_KEY_FILE).exists():
        raise NotRestored(f"there is no {settings.instance / RECORDS_KEY_FILE} to open it with")
    return instance


@contextmanager
def _placed(plain: Path, instance: Path) -> Iterator[str]:
    """Yield the address of a database in which the copy was restored."""
    if plain.suffix == ".db":
        shutil.copyfile(plain, instance / "clinic.db")
        yield f"sqlite:///{instance / 'clinic.db'}"
        return
    try:
        with scratch_postgresql.restored(plain, instance.parent) as address:
            yield address
    except scratch_postgresql.Failed as error:
        raise NotRestored(str(error)) from None


def _counted(database: Database) -> tuple[int, int]:
    with database.reading() as tx:
        found = clinics.every(tx)
        return len(found), sum(_read_all(tx, one.id) for one in found)


def _read_all(tx: Transaction, clinic: ClinicId) -> int:
    """Return how many responses a clinic has, once each was opened. Raises NotRestored."""
    ids = [
        ResponseId(id)
        for id in tx.connection.execute(
            select(tables.responses.c.id).where(tables.responses.c.clinic == clinic)
        ).scalars()
    ]
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        if len(responses.contents(tx, clinic, some)) < len(some):
            raise NotRestored("some responses cannot be read with the keys of this installation")
    return len(ids)


def _write(tried: Tried, status: Path) -> None:
    draft = status.with_name(f"{status.name}.part")
    draft.write_text(json.dumps(asdict(tried)) + "\n", encoding="utf-8")
    draft.chmod(0o644)
    draft.rename(status)


if __name__ == "__main__":
    main()
