"""Copies the records into a file while the product runs: `python deploy/backup.py FOLDER`.

It reads the same settings as the product. The copy is checked before it gets its name; a dump that
is encrypted at once, by how pg_dump and age ended. The keys of the instance folder are not in it,
and belong elsewhere: docs/deploy.md. What has to be erased again after a restore is put beside an
encrypted copy; it holds no names.
"""

from __future__ import annotations

import datetime
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import IO

import click
from sqlalchemy import URL, make_url

from assessment.web.server.settings import BadSettings, read_settings
from assessment.web.server.storage import ERASURES_FILE

DAY = 24 * 60 * 60
ABANDONED = 60 * 60
"""Seconds after which nobody writes on to a draft."""
NAME = "clinic-%Y%m%dT%H%M%SZ"
KINDS = (".db", ".dump")
PACKAGES = {"age": "age"}
"""Where a program comes from; the others come with PostgreSQL's own."""


class NoBackup(Exception):
    """There is no copy; `str()` says why."""


@click.command(help=(__doc__ or "").split("\n\n")[0])
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--keep-days", type=click.IntRange(min=1), help="Remove copies older than this.")
@click.option(
    "--encrypt-to",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A file with an age public key; without its secret key, nobody can open the copy.",
)
def main(folder: Path, keep_days: int | None, encrypt_to: Path | None) -> None:
    """Make a copy, then remove old ones; ends with status 1 when there is no copy."""
    try:
        settings = read_settings()
        click.echo(back_up(make_url(settings.database), folder, encrypt_to))
        if encrypt_to is not None:
            keep_erasures(settings.instance / ERASURES_FILE, folder)
    except (BadSettings, NoBackup, OSError, sqlite3.Error) as error:
        sys.exit(f"no copy was made: {error}")
    if keep_days is not None:
        remove_older(folder, time.time() - keep_days * DAY)


def back_up(database: URL, folder: Path, encrypt_to: Path | None = None) -> Path:
    """Return a new copy of the database, which nobody but us may read. Raises NoBackup.

    Where it is encrypted, nothing else of it is ever in the folder.
    """
    os.umask(0o077)
    remove_drafts(folder, time.time() - ABANDONED)
    is_file = database.drivername == "sqlite"
    stem = datetime.datetime.now(datetime.UTC).strftime(NAME)
    copy = folder / (stem + (".db" if is_file else ".dump") + (".age" if encrypt_to else ""))
    draft = copy.with_name(f"{copy.name}.part")
    try:
        if encrypt_to is not None:
            (seal_file if is_file else seal_dump)(database, encrypt_to, draft)
        else:
            (copy_file if is_file else dump)(database, draft)
        return draft.rename(copy)
    finally:
        draft.unlink(missing_ok=True)


def copy_file(database: URL, draft: Path) -> None:
    """Copy a SQLite file as it is at one moment, whoever writes to it meanwhile."""
    source = Path(database.database or "").absolute()
    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=30)) as old,
        closing(sqlite3.connect(draft)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        found = new.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        raise NoBackup(f"{source} is damaged: {found}")


def seal_file(database: URL, public_key: Path, draft: Path) -> None:
    """Copy a SQLite file into an encrypted one."""
    with tempfile.TemporaryDirectory(prefix="clinic-") as private:
        plain = Path(private) / "clinic.db"
        copy_file(database, plain)
        with plain.open("rb") as content:
            _run(_sealing(public_key, draft), {}, content)


def dump(database: URL, draft: Path) -> None:
    """Dump a PostgreSQL database; the password does not show in the list of processes."""
    command, secret = _dumping(database)
    _run([*command, f"--file={draft}"], secret)
    _run(["pg_restore", "--list", str(draft)], {})


def seal_dump(database: URL, public_key: Path, draft: Path) -> None:
    """Dump a PostgreSQL database into an encrypted file; it is on no disk in the clear."""
    command, secret = _dumping(database)
    with tempfile.TemporaryFile() as told, _started(command, secret, told) as dumping:
        try:
            _run(_sealing(public_key, draft), {}, dumping.stdout)
            dumping.wait()
        finally:
            dumping.kill()  # it may wait for the database, and nobody for it any more
        if dumping.returncode:
            told.seek(0)
            raise NoBackup(_why(command, dumping.returncode, told.read().decode(errors="replace")))


def keep_erasures(register: Path, folder: Path) -> None:
    """Put the register of erasures beside the copies, where there is one."""
    if register.exists():
        draft = folder / f"{register.name}.part"
        shutil.copyfile(register, draft)
        draft.rename(folder / register.name)


def remove_older(folder: Path, than: float) -> None:
    """Remove copies that were made before this Unix time, and nothing else."""
    for copy in folder.glob("clinic-*"):
        if copy.name.removesuffix(".age").endswith(KINDS) and copy.stat().st_mtime < than:
            copy.unlink()


def remove_drafts(folder: Path, than: float) -> None:
    """Remove what a copy that was killed left behind, if nobody wrote to it since this time."""
    for draft in folder.glob("clinic-*.part"):
        if draft.stat().st_mtime < than:
            draft.unlink(missing_ok=True)


def _dumping(database: URL) -> tuple[list[str], dict[str, str]]:
    """Return the command that dumps a database, and what it needs in its environment."""
    address = database.set(drivername="postgresql", password=None)
    secret = {} if database.password is None else {"PGPASSWORD": str(database.password)}
    dbname = address.render_as_string(hide_password=False)
    options = ["--format=custom", "--no-owner", "--no-privileges"]
    return ["pg_dump", *options, f"--dbname={dbname}"], secret


def _sealing(public_key: Path, draft: Path) -> list[str]:
    return ["age", "--recipients-file", str(public_key), "--output", str(draft)]


def _started(
    command: list[str], secret: dict[str, str], told: IO[bytes]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command, env={**os.environ, **secret}, stdout=subprocess.PIPE, stderr=told
        )
    except FileNotFoundError:
        raise NoBackup(_missing(command)) from None


def _run(command: list[str], secret: dict[str, str], content: IO[bytes] | None = None) -> None:
    try:
        ended = subprocess.run(
            command, env={**os.environ, **secret}, stdin=content, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise NoBackup(_missing(command)) from None
    if ended.returncode:
        raise NoBackup(_why(command, ended.returncode, ended.stderr.decode(errors="replace")))


def _missing(command: list[str]) -> str:
    return f"{command[0]} is missing: apt install {PACKAGES.get(command[0], 'postgresql-client')}"


def _why(command: list[str], status: int, told: str) -> str:
    return told.strip() or f"{command[0]} ended with {status}"


if __name__ == "__main__":
    # What was begun is undone by this, as it would not be if the signal itself ended us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("no copy was made: it was stopped"))
    main()
