"""Copies the records every night, in a container that does nothing else.

    python deploy/container/nightly.py             stay, and make a copy at BACKUP_AT each night
    python deploy/container/nightly.py --once      make one now
    python deploy/container/nightly.py --healthy   say whether the newest copy is young enough

Copies go to /var/backups/clinic, encrypted for the public key in /run/backup.pub.
"""

from __future__ import annotations

from assessment.start import end_when_told

if __name__ == "__main__":
    end_when_told()  # before anything that takes a while to load

import datetime
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click

FOLDER = Path("/var/backups/clinic")
PUBLIC_KEY = Path("/run/backup.pub")
BACKUP = Path(__file__).resolve().parents[1] / "backup.py"
AT = "03:20"
"""UTC, where BACKUP_AT says nothing else."""
KEEP_DAYS = "14"
OLDEST = datetime.timedelta(hours=26)
AGAIN = datetime.timedelta(minutes=15)
"""How soon it is tried again after it failed."""


@click.command(help=(__doc__ or "").split("\n\n")[0])
@click.option("--once", is_flag=True, help="Make a copy now, and end.")
@click.option("--healthy", is_flag=True, help="End with status 1 if the newest copy is too old.")
def main(once: bool, healthy: bool) -> None:
    """Do one of the three."""
    if healthy:
        sys.exit(0 if is_young(newest(FOLDER), _now()) else 1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    if once:
        sys.exit(copy())
    stay()


def stay() -> None:
    """Make a copy each night, and one at once where there is none of the last day."""
    at = datetime.time.fromisoformat(os.environ.get("BACKUP_AT") or AT)
    due = _now() if not is_young(newest(FOLDER), _now()) else following(_now(), at)
    while True:
        time.sleep(max(0.0, (due - _now()).total_seconds()))
        due = following(_now(), at) if copy() == 0 else _now() + AGAIN


def copy() -> int:
    """Make a copy; return the exit status of what made it, which has said why if it failed."""
    command = [sys.executable, str(BACKUP), "--encrypt-to", str(PUBLIC_KEY)]
    keep = os.environ.get("BACKUP_KEEP_DAYS") or KEEP_DAYS
    with subprocess.Popen([*command, "--keep-days", keep, str(FOLDER)]) as making:
        try:
            return making.wait()
        finally:
            making.terminate()  # where we are stopped meanwhile; it leaves nothing half made


def newest(folder: Path) -> datetime.datetime | None:
    """Return when the newest encrypted copy in a folder was made, or None if there is none."""
    made = [path.stat().st_mtime for path in folder.glob("clinic-*.age")]
    return datetime.datetime.fromtimestamp(max(made), datetime.UTC) if made else None


def is_young(made: datetime.datetime | None, now: datetime.datetime) -> bool:
    """Whether a copy that was made then is one of the last night."""
    return made is not None and now - made < OLDEST


def following(now: datetime.datetime, at: datetime.time) -> datetime.datetime:
    """Return the next moment at which the clock shows `at` in UTC."""
    today = datetime.datetime.combine(now.date(), at, datetime.UTC)
    return today if today > now else today + datetime.timedelta(days=1)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


if __name__ == "__main__":
    main()
