"""Puts an encrypted copy back into PostgreSQL: `python deploy/container/restore.py COPY`.

COPY is the name of a file in /var/backups/clinic. The secret key is in /run/backup.key. Everything
is put back, or nothing: on an error the database stays as it was. Stop the product first.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
from sqlalchemy import make_url

from assessment.web.server.settings import BadSettings, read_settings

FOLDER = Path("/var/backups/clinic")
SECRET_KEY = Path("/run/backup.key")


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
        sys.exit("nothing was restored: DATABASE_URL is no PostgreSQL; see docs/deploy.md")
    address = database.render_as_string(hide_password=False)
    opening = subprocess.Popen(  # noqa: S603  our own arguments
        ["age", "--decrypt", "--identity", str(SECRET_KEY), str(file)],  # noqa: S607
        stdout=subprocess.PIPE,
    )
    restoring = subprocess.run(  # noqa: S603  our own arguments
        ["pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges",  # noqa: S607
         "--single-transaction", "--exit-on-error", f"--dbname={address}"],
        stdin=opening.stdout, check=False,
    )  # fmt: skip
    if opening.wait() or restoring.returncode:
        sys.exit("nothing was restored: see above")
    click.echo(f"restored: {file.name}")


if __name__ == "__main__":
    main()
