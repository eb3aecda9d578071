"""Copies the records into a file while the product runs: `python deploy/backup.py FOLDER`.

It reads the same settings as the product. The copy is checked before it gets its name. The keys of
the instance folder are not in it, and belong elsewhere: docs/deploy.md. What has to be erased again
after a restore is put beside an encrypted copy; it holds no names.
"""

from __future__ import annotations

import datetime
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import click
from sqlalchemy import URL, make_url

from assessment.web.server.settings import BadSettings, read_settings
from assessment.web.server.storage import ERASURES_FILE

DAY = 24 * 60 * 60
NAME = "clinic-%Y%m%dT%H%M%SZ"
KINDS = (".db", ".dump")
PACKAGES = {"age": "age"}
"""Where a program comes from; the others come with PostgreSQL's own."""


class NoBackup(Exception):  # noqa: N818  a line for the operator, not an error of ours
    """There is no copy; `str()` says why."""


@click.command(help=(__doc__ or "").split("\n\n")[0])
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--keep-days", type=click.IntRange(min=1), help="Remove copies older than this.")
@click.option(
    "--encrypt-to",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A file with a public key of age; without its secret key nobody can open the copy.",
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
    """Return a new copy of the database, which nobody but us may read. Raises NoBackup."""
    os.umask(0o077)
    is_file = database.drivername == "sqlite"
    stem = datetime.datetime.now(datetime.UTC).strftime(NAME)
    copy = folder / (stem + (".db" if is_file else ".dump"))
    draft, sealed = copy.with_suffix(".part"), copy.with_suffix(".age.part")
    try:
        (copy_file if is_file else dump)(database, draft)
        if encrypt_to is None:
            return draft.rename(copy)
        _run(["age", "--recipients-file", str(encrypt_to), "--output", str(sealed), str(draft)], {})
        return sealed.rename(copy.with_name(copy.name + ".age"))
    finally:
        draft.unlink(missing_ok=True)
        sealed.unlink(missing_ok=True)


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


def dump(database: URL, draft: Path) -> None:
    """Dump a PostgreSQL database; the password does not show in the list of processes."""
    address = database.set(drivername="postgresql", password=None)
    secret = {} if database.password is None else {"PGPASSWORD": str(database.password)}
    dbname = address.render_as_string(hide_password=False)
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--file={draft}"]
    _run(["pg_dump", *options, f"--dbname={dbname}"], secret)
    _run(["pg_restore", "--list", str(draft)], {})


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


def _run(command: list[str], secret: dict[str, str]) -> None:
    try:
        ended = subprocess.run(  # noqa: S603  a fixed program, and an address from the settings
            command, env={**os.environ, **secret}, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        package = PACKAGES.get(command[0], "postgresql-client")
        raise NoBackup(f"{command[0]} is missing: apt install {package}") from None
    if ended.returncode:
        raise NoBackup(ended.stderr.strip() or f"{command[0]} ended with {ended.returncode}")


if __name__ == "__main__":
    main()
