"""Opens what clinics store: the database of an installation, with its key."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from assessment.practice.keeping.register import Register
from assessment.records import clinics
from assessment.records.database import Database
from assessment.records.key_ring import KEY_BYTES
from assessment.records.refusals import Unavailable, Unusable
from assessment.records.sealed import are_sealed_with_our_key
from assessment.records.transactions import Transaction
from assessment.records.vault import Vault
from assessment.web.server.key_files import KeyFile
from assessment.web.server.logs import log
from assessment.web.server.secret import RECORDS_KEY_FILE, BadSecret, read_or_create_ring
from assessment.web.server.settings import Settings

KEYED_FILE = "records.keyed"
"""Says that the records were authenticated with the key once: nobody can put back older ones."""

AT_ONCE = 4
"""How many threads of a process use the database at a time. Half as many wait for it, and others
are left for pages that need none."""

ERASURES_FILE = "erasures"
"""The register of erasures beside the database; see `practice/keeping/register.py`."""


class WrongKey(Unavailable):
    """The key is not that of the records: as good as away, until the operator puts it right.

    Nothing could be read, and what is sent from now on could not be read with the right key.
    """


class BadDatabase(Exception):
    """The database cannot be used with these settings; `str()` says what to do."""


def open_database(settings: Settings, *, may_be_away: bool = False) -> Database:
    """Return the database, brought up to date.

    The key is made where there is none, but never for a database that holds clinics already: with
    a new key nothing of them could be read. A database that `may_be_away` is returned as it is
    then, and brought up to date when it is first used; it raises WrongKey then, which is
    Unavailable, for as long as the key is not that of its records. Raises BadDatabase, BadSecret,
    or Unavailable when the database is away and may not be, or has to tell first whether it needs
    the key that is missing.
    """
    if not (settings.instance / RECORDS_KEY_FILE).exists():
        _refuse_new_key(settings)
    ring = read_or_create_ring(settings.instance, RECORDS_KEY_FILE)
    file = KeyFile(settings.instance / RECORDS_KEY_FILE)
    vault = Vault(ring.secrets, ring.retired, file.changed)
    database = _opened(settings, vault, lambda tx: _refuse_other_key(settings, tx))
    try:
        database.migrate()
    except WrongKey as error:
        raise BadSecret(str(error)) from None
    except Unusable as error:
        raise BadDatabase(f"DATABASE_URL: {error}") from None
    except Unavailable as error:
        if not may_be_away:
            raise
        log.error("clinics cannot be served yet, the database cannot be opened: %s", error)
    return database


def _opened(settings: Settings, vault: Vault, check: Callable[[Transaction], None]) -> Database:
    keyed = (settings.instance / KEYED_FILE).exists()
    register = register_of(settings)

    def migrated() -> None:
        _remember_keyed(settings)
        register.replay(database)

    try:
        database = Database(
            settings.database,
            vault,
            check=check,
            keyed=keyed,
            migrated=migrated,
            registered=register.note,
            at_once=AT_ONCE,
        )
    except ValueError as error:
        raise BadDatabase(f"DATABASE_URL: {error}") from None
    except ModuleNotFoundError:
        raise BadDatabase(
            "DATABASE_URL: PostgreSQL needs the package psycopg; see pyproject.toml"
        ) from None
    return database


def register_of(settings: Settings) -> Register:
    """Return the register of erasures of an installation."""
    return Register(settings.instance / ERASURES_FILE, time.time)


def _refuse_new_key(settings: Settings) -> None:
    """Raise BadSecret when there are clinics whose records wait for the key that is missing."""
    # The folder is made first: the database may be the first file in it.
    try:
        settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSecret(f"INSTANCE: {error.strerror}: {error.filename}") from None
    database = _opened(
        settings, Vault([secrets.token_bytes(KEY_BYTES)]), lambda tx: _refuse_clinics(settings, tx)
    )
    try:
        # Nothing is brought up to date here: that would seal it with a key that nobody has.
        database.look()
    except WrongKey as error:
        raise BadSecret(str(error)) from None
    except Unusable as error:
        raise BadDatabase(f"DATABASE_URL: {error}") from None
    finally:
        database.close()


def _refuse_clinics(settings: Settings, tx: Transaction) -> None:
    if not clinics.any_exists(tx):
        return
    path = settings.instance / RECORDS_KEY_FILE
    raise WrongKey(
        f"INSTANCE: {path} is missing, and what clinics stored cannot be read without it; "
        "put it back from your backup"
    )


def _remember_keyed(settings: Settings) -> None:
    """Note beside the key that these tables are keyed; it is the key's folder that is trusted."""
    try:
        (settings.instance / KEYED_FILE).touch(mode=0o600)
    except OSError as error:
        log.error("INSTANCE: %s: %s", error.strerror, error.filename)


def _refuse_other_key(settings: Settings, tx: Transaction) -> None:
    """Raise WrongKey when the key is not the one with which the records were sealed."""
    if are_sealed_with_our_key(tx):
        return
    path = settings.instance / RECORDS_KEY_FILE
    raise WrongKey(
        f"INSTANCE: {path} is not the key that sealed the records in the database; "
        "put the right one back from your backup"
    )
