"""Backups: how old the newest one is, and whether one could be restored."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator

from assessment.doctor.findings import Finding, cannot_tell, many, to_do, well
from assessment.doctor.here import DAY, HOUR, Here

ABOUT = "backup"
NIGHTLY = 30 * HOUR
"""Seconds after which the copy of a night is missing."""
WEEKLY = 9 * DAY
_LOOK = (
    "find out why (journalctl -u clinic-backup), then run it again: systemctl start clinic-backup"
)
_SMALLEST = 100
"""Bytes; whatever is smaller is no copy of a database."""


def check(here: Here) -> Iterator[Finding]:
    """Look at the folder of copies, and at what the weekly try to restore one said."""
    yield _newest(here)
    yield from _restored(here)


def _newest(here: Here) -> Finding:
    folder = here.places.backups
    try:
        copies = [
            (found.st_mtime, found.st_size, one.name)
            for one in folder.iterdir()
            if one.name.startswith("clinic-") and not one.name.endswith(".part")
            for found in (one.stat(),)
        ]
    except FileNotFoundError:
        return to_do(
            ABOUT, f"there is no folder {folder}",
            "set up the nightly backup (docs/deploy.md#backup), or give its folder with --backups",
        )  # fmt: skip
    except OSError:
        return cannot_tell(ABOUT, f"{folder} cannot be seen by this user", "run this as root")
    if not copies:
        return to_do(ABOUT, f"there are no copies in {folder}", _LOOK)
    when, size, name = max(copies)
    hours = (here.clock() - when) / HOUR
    if size < _SMALLEST:
        return to_do(ABOUT, f"the newest copy, {name}, is empty", _LOOK)
    if hours * HOUR > NIGHTLY:
        return to_do(ABOUT, f"the newest copy is {many(hours, 'hour')} old", _LOOK)
    which = "the only copy" if len(copies) == 1 else f"the newest of {len(copies)} copies"
    return well(ABOUT, f"{which} is {many(hours, 'hour')} old")


def _restored(here: Here) -> Iterator[Finding]:
    """Give what the weekly try said, where it is set up: only the package does that by itself."""
    file = here.places.restore_test
    try:
        told = json.loads(file.read_text("utf-8"))
        well_done, when = bool(told["well"]), datetime.datetime.fromisoformat(told["at"])
    except FileNotFoundError:
        return
    except OSError:
        yield cannot_tell("restore", f"{file} cannot be seen by this user", "run this as root")
        return
    except (ValueError, KeyError, TypeError):
        yield cannot_tell("restore", f"{file} cannot be read", "run the restore test again")
        return
    days = (here.clock() - when.timestamp()) / DAY
    if not well_done:
        yield to_do(
            "restore", "the newest copy could not be restored in the last test",
            "find out why: journalctl -u clinic-restore-test",
        )  # fmt: skip
    elif days * DAY > WEEKLY:
        yield to_do(
            "restore", f"the last test restore was {many(days, 'day')} ago",
            "find out why it has not run since: systemctl list-timers",
        )  # fmt: skip
    else:
        yield well("restore", f"a copy was last restored as a test {many(days, 'day')} ago")
