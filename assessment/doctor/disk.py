"""Room on the disks that the product writes to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from assessment.doctor.database import file_of
from assessment.doctor.findings import Finding, cannot_tell, to_do, well
from assessment.doctor.here import Here

ABOUT = "disk"
ROOM = 500_000_000
"""Bytes below which something should be done, on a disk that is at least four times as large."""
_SHARE = 4
_FILES = 0.05
"""The same as a share of all files that can be made."""


def check(here: Here) -> Iterator[Finding]:
    """Look at each place; several on one disk are one line."""
    disks: dict[int, list[tuple[str, Path]]] = {}
    for name, path in _places(here):
        try:
            disks.setdefault(path.stat().st_dev, []).append((name, path))
        except FileNotFoundError:
            yield cannot_tell(ABOUT, f"{name}: there is no {path} yet")
        except OSError:
            yield cannot_tell(
                ABOUT, f"{name}: {path} cannot be seen by this user", "run this as root"
            )
    for places in disks.values():
        *names, last = (name for name, _ in places)
        yield _room(f"{', '.join(names)} and {last}" if names else last, places[0][1])


def _places(here: Here) -> Iterator[tuple[str, Path]]:
    yield "the instance folder", here.settings.instance
    file = file_of(here)
    if file is not None:
        yield "the database", file.absolute().parent
    # Python takes another folder where this one is full.
    named = here.environment.get("TMPDIR")
    yield "the temporary folder", Path(named or tempfile.gettempdir())
    yield "the logs", here.places.logs


def _room(names: str, path: Path) -> Finding:
    found = os.statvfs(path)
    free, size = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
    says = f"{free / 1e9:.1f} of {size / 1e9:.1f} GB free for {names}"
    if free < min(ROOM, size / _SHARE):
        return to_do(
            ABOUT, says, "free some space: once the disk is full, nobody can send anything"
        )
    if found.f_files and found.f_favail < _FILES * found.f_files:
        return to_do(
            ABOUT, f"almost no more files can be created for {names}", "remove small files"
        )
    return well(ABOUT, says)
