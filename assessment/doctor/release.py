"""The release: which one this is, how old, and whether apt has a newer one."""

from __future__ import annotations

import datetime
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from assessment.doctor.findings import Finding, cannot_tell, many, to_do, well
from assessment.doctor.here import DAY, Here
from assessment.release import NAME, version

ABOUT = "release"
OLD = 90
"""Days after which there is most likely a newer one, with faults of security mended."""
_OFFERED = re.compile(r"^  Candidate: (\S+)$", re.MULTILINE)


def check(here: Here) -> Iterator[Finding]:
    """Read the file that the package brings, of lines such as `date: 2026-11-27`."""
    try:
        lines = here.places.release.read_text("utf-8").splitlines()
        told = {name.strip(): value.strip() for name, _, value in _apart(lines)}
        made = datetime.datetime.fromisoformat(told["date"])
        which = told["version"]
    except FileNotFoundError:
        yield _by_files(here)
        return
    except (OSError, ValueError, KeyError):
        yield cannot_tell(
            ABOUT, f"{here.places.release} cannot be read", "install the package again"
        )
        return
    newer = _newer(here, which)
    if newer is not None:
        says = f"version {which} is installed, and apt has {newer}"
        yield to_do(ABOUT, says, f"read its release notes, then: apt install {NAME}")
        return
    zoned = made if made.tzinfo else made.replace(tzinfo=datetime.UTC)
    yield _aged(here, f"version {which} is", zoned.timestamp(), "old")


def _newer(here: Here, than: str) -> str | None:
    """Return the version that apt would install; None where it is no newer, or cannot be told."""
    found = _OFFERED.search(_printed(here, here.places.apt, "policy", NAME) or "")
    if found is None or found[1] == "(none)":
        return None
    is_newer = _printed(here, here.places.dpkg, "--compare-versions", found[1], "gt", than)
    return None if is_newer is None else found[1]


def _printed(here: Here, program: Path, *words: str) -> str | None:
    """Return what a program of Debian prints; None where it says no, or is not there."""
    try:
        return subprocess.run(  # noqa: S603  Debian's own program
            [program, *words],
            env={"LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=here.seconds,
            check=True,
        ).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _apart(lines: list[str]) -> Iterator[tuple[str, str, str]]:
    """Take `name: value` and `name=value` alike."""
    for line in lines:
        yield line.partition(":" if ":" in line.partition("=")[0] else "=")


def _by_files(here: Here) -> Finding:
    """Tell the age of what was put here by git: an update writes what it changes."""
    try:
        changed = max(one.stat().st_mtime for one in here.places.program.rglob("*.py"))
    except (OSError, ValueError):
        return cannot_tell(ABOUT, "its age is unknown", "look at the dates of its files")
    return _aged(here, f"version {version()} was installed or updated", changed, "ago")


def _aged(here: Here, what: str, since: float, ending: str) -> Finding:
    days = int((here.clock() - since) // DAY)
    says = f"{what} {many(days, 'day')} {ending}"
    if days > OLD:
        return to_do(ABOUT, says, "look for a newer release, and read its notes")
    return well(ABOUT, says)
