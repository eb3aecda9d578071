"""Makes every check, one after another; none keeps another from being made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from assessment.doctor import (
    address,
    backup,
    clock,
    database,
    disk,
    modes,
    nginx,
    post,
    release,
    settings_check,
)
from assessment.doctor.findings import Finding, cannot_tell
from assessment.doctor.here import Here

Check = Callable[[Here], Iterable[Finding]]

CHECKS: tuple[tuple[str, Check], ...] = (
    (settings_check.ABOUT, settings_check.check),
    (address.ABOUT, address.check),
    (nginx.ABOUT, nginx.check),
    (post.ABOUT, post.check),
    (clock.ABOUT, clock.check),
    (disk.ABOUT, disk.check),
    (modes.ABOUT, modes.check),
    (database.ABOUT, database.check),
    (backup.ABOUT, backup.check),
    (release.ABOUT, release.check),
)
"""Each with the name under which it is spoken of where it breaks."""


def examine(here: Here, checks: Iterable[tuple[str, Check]] = CHECKS) -> Iterator[Finding]:
    """Give what each check found, as soon as it is known."""
    for about, check in checks:
        try:
            yield from check(here)
        except Exception as error:  # what it says may hold anything
            yield cannot_tell(about, f"the check itself failed ({type(error).__qualname__})")
