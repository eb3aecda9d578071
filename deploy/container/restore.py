"""Puts an encrypted copy back into PostgreSQL: `python deploy/container/restore.py COPY`.

COPY is the name of a file in /var/backups/clinic. The secret key is in /run/backup.key. Everything
is put back, and nothing else is left, or nothing is done: on an error the database stays as it was.
Stop the product first.
"""

from __future__ import annotations

from assessment.start import end_when_told

if __name__ == "__main__":
    end_when_told()  # before anything that takes a while to load

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

import click
from sqlalchemy import URL, make_url

from assessment.web.server.settings import BadSettings, read_settings

FOLDER = Path("/var/backups/clinic")
SECRET_KEY = Path("/run/backup.key")
FIRST = b"""BEGIN;
SET LOCAL lock_timeout = '10s';
SET LOCAL client_min_messages = warning;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""
"""A newer release may have made tables that the copy does not know; its steps make them again."""
LAST = b"COMMIT;\n"


@click.command(help=(__doc__ or "").split("\n\n")[0])
@click.argument("copy")
def main(copy: str) -> None:
    """Decrypt a copy, and put it back while it is decrypted: it is on no disk in the clear."""
    file = FOLDER / Path(copy).name
    if not file.is_file():
        sys.exit(f"nothing was restored: there is no {file}")
    try:
        database = make_url(read_settings().database)
    except BadSettings as error:
        sys.exit(f"nothing was restored: {error}")
    if database.drivername != "postgresql":
        sys.exit(
            "nothing was restored: DATABASE_URL is not a PostgreSQL address; see docs/deploy.md"
        )
    if not put_back(file, database):
        sys.exit("nothing was restored: see above. Is the product stopped?")
    click.echo(f"restored: {file.name}")


def put_back(file: Path, database: URL) -> bool:
    """Return whether everything was put back; what goes wrong is told on standard error.

    The last word is ours, and not psql's: it would keep what it got of a copy that ends too soon.
    """
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(_opening(file), stdout=pipe) as opening,
        subprocess.Popen(_READING, stdin=opening.stdout, stdout=pipe) as reading,
        subprocess.Popen(
            _writing(database), env=_with_password(database),
            stdin=pipe, stdout=subprocess.DEVNULL,
        ) as writing,
    ):  # fmt: skip
        opened, read = cast("IO[bytes]", opening.stdout), cast("IO[bytes]", reading.stdout)
        opened.close()  # so that age ends when nobody reads on
        with suppress(BrokenPipeError), cast("IO[bytes]", writing.stdin) as script:
            script.write(FIRST)
            shutil.copyfileobj(read, script)
            if reading.wait() == 0 and opening.wait() == 0:
                script.write(LAST)
        read.close()
        return not any([writing.wait(), reading.wait(), opening.wait()])


def _opening(file: Path) -> list[str]:
    return ["age", "--decrypt", "--identity", str(SECRET_KEY), str(file)]


_READING = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--file=-"]


def _writing(database: URL) -> list[str]:
    address = database.set(password=None).render_as_string(hide_password=False)
    # No line of a row is told, as it would be with an error by default.
    told = ["--quiet", "--set=VERBOSITY=terse", "--set=ON_ERROR_STOP=1"]
    return ["psql", "--no-psqlrc", *told, f"--dbname={address}"]


def _with_password(database: URL) -> dict[str, str]:
    """Return the environment of psql; a word of the command would be in the list of processes."""
    secret = {} if database.password is None else {"PGPASSWORD": str(database.password)}
    return {**os.environ, **secret}


if __name__ == "__main__":
    main()
