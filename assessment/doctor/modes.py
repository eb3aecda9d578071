"""Who may read the keys, the records and the settings."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from assessment.doctor.database import file_of
from assessment.doctor.findings import Finding, cannot_tell, to_do, well
from assessment.doctor.here import Here
from assessment.web.server.secret import KEY_FILE, RECORDS_KEY_FILE

ABOUT = "files"


def check(here: Here) -> Iterator[Finding]:
    """Look at the mode of each."""
    found = [one for path in _private(here) if (one := _open_to_others(path)) is not None]
    yield from found or [well(ABOUT, "others cannot read the keys, records or settings")]


def _private(here: Here) -> Iterator[Path]:
    instance = here.settings.instance
    yield from (instance, instance / KEY_FILE, instance / RECORDS_KEY_FILE)
    file = file_of(here)
    if file is not None:
        yield from (file, Path(f"{file}-wal"), Path(f"{file}-shm"))
    yield from (here.places.env_file, here.places.backup_key, here.places.backups)


def _open_to_others(path: Path) -> Finding | None:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None  # other checks say what is missing
    except OSError:
        return cannot_tell(ABOUT, f"{path} cannot be seen by this user", "run this as root")
    if not mode & 0o077:
        return None
    closed = "700" if path.is_dir() else "600"
    return to_do(ABOUT, f"others can read {path} (mode {mode:o})", f"chmod {closed} {path}")
